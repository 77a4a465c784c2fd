"""Inquiries (协查函): the outflow branch asks where a member lives what they took part in, and the place answers.

Silence is a task for the inflow committee, then for its superior; it is never an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import affiliation, visibility
from hub.domain.dates import today
from hub.domain.outcome import Changed
from hub.domain.participation_record import MATCHED
from hub.domain.rule import rule
from hub.domain.scope import in_scope, require_organization
from hub.domain.statement import MAX_LENGTH
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, NotFound, ReasonRequired, StaleVersion, WrongSide, WrongState
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import Aggregate, EventKind, Inquiry, InquiryState, RuleCode, Topic

# Whom to ask: where the member lives by a confirmed match, else whom the own outflow statement names.
_ADDRESSEE: Final = text(
    """
    select m.arrival_id, coalesce(a.branch_id, a.organization_id) as organization_id
      from match m join arrival a on a.id = m.arrival_id
     where m.member_id = :member and m.state = 'CONFIRMED'
       and coalesce(a.arrived_on, '0001') <= :until
     order by m.ended_at desc nulls first, m.confirmed_at desc limit 1
    """
)
_NAMED: Final = text(
    """
    select named_organization_id from departure where member_id = :member and named_organization_id is not null
     order by ended_on desc nulls first, recorded_at desc limit 1
    """
)
_INSERT: Final = text(
    """
    insert into inquiry (id, member_id, arrival_id, outflow_organization_id, inflow_organization_id, from_on, to_on,
                         question, due_on, asked_at, asked_by)
    values (:id, :member, :arrival, :outflow, :inflow, :since, :until, :question, :due, :now, :by)
    """
)
_SAME: Final = text(
    """
    select exists (select from inquiry where member_id = :member and inflow_organization_id = :inflow
                      and state = 'ASKED' and from_on = :since and to_on = :until)
    """
)


async def ask(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    from_on: date,
    to_on: date,
    question: str | None = None,
    inflow_organization_id: UUID | None = None,
) -> Changed:
    """The outflow branch asks about a member and a period. Without an organization: where the member lives, else whom
    the outflow statement names; to ask somebody else discloses the member to them, so it must be named.

    Raises NotFound, NotAllowed, WrongSide, InvalidInput (period; nobody to ask), WrongState (asked already).
    """
    require_organization(viewer)
    await affiliation.lock_member(connection, member_id)
    formal = await affiliation.own_side(connection, viewer, member_id)
    if to_on < from_on or from_on > today(now):
        raise InvalidInput("toOn" if to_on < from_on else "fromOn")
    if question is not None and len(question) > MAX_LENGTH:
        raise InvalidInput("question")
    found = (await connection.execute(_ADDRESSEE, {"member": member_id, "until": to_on.isoformat()})).one_or_none()
    arrival = None
    if inflow_organization_id is None and found is not None:
        arrival, inflow_organization_id = found.arrival_id, found.organization_id
    elif inflow_organization_id is None:
        inflow_organization_id = await connection.scalar(_NAMED, {"member": member_id})
    elif found is not None:
        below = text("select exists (select from organization_closure where ancestor = :above and descendant = :below)")
        places = {"above": inflow_organization_id, "below": found.organization_id}
        arrival = found.arrival_id if (await connection.execute(below, places)).scalar_one() else None
    if inflow_organization_id is None:
        raise InvalidInput(
            "inflowOrganizationId",
            message="这名党员没有已知的流入地党组织：请写明向谁协查。 Nobody is known to ask: name the organization.",
        )
    exists = text("select closed_on from organization where id = :id for key share")
    addressee = (await connection.execute(exists, {"id": inflow_organization_id})).one_or_none()
    if addressee is None or inflow_organization_id == formal:
        raise NotFound("inflowOrganizationId")
    same = {"member": member_id, "inflow": inflow_organization_id, "since": from_on, "until": to_on}
    if (await connection.execute(_SAME, same)).scalar_one():
        raise WrongState(state="ASKED")
    identifier = random_id()
    day = today(now)
    await connection.execute(
        _INSERT,
        {
            **same,
            "id": identifier,
            "arrival": arrival,
            "outflow": formal,
            "question": question,
            "due": (await rule(connection, RuleCode.INQUIRY_ANSWER, day, inflow_organization_id)).due(day),
            "now": now,
            "by": viewer.actor,
        },
    )
    row = {"id": identifier, "member_id": member_id, "arrival_id": arrival, "outflow_organization_id": formal,
           "inflow_organization_id": inflow_organization_id}  # fmt: skip
    await append(connection, [_event(EventKind.INQUIRY_ASKED, row, 1, now)], at=now)
    return Changed(identifier, 1, new=True)


_LOCK: Final = text("select * from inquiry where id = :id for update")
_RECORDS: Final = text(
    f"""
    select p.id, p.arrival_id, a.organization_id, a.branch_id, p.host_id, l.member_id
      from participation p join arrival a on a.id = p.arrival_id {MATCHED.format(arrival="p.arrival_id")}
     where p.id = any(:ids)
    """
)


async def answer(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    inquiry_id: UUID,
    version: int,
    answer: str,
    participations: Sequence[UUID] = (),
) -> Changed:
    """The inflow side answers, with records attached: those of the member's matched arrival. Of an arrival that is not
    matched it speaks in words; its records cross with the match and not before.

    Raises NotFound (inquiry, record), WrongSide, WrongState, StaleVersion, ReasonRequired (no answer in words).
    """
    row = await _own(connection, viewer, inquiry_id, version, "inflow_organization_id")
    if not answer.strip():
        raise ReasonRequired("answer")
    if len(answer) > MAX_LENGTH:
        raise InvalidInput("answer")
    found = (await connection.execute(_RECORDS, {"ids": list(participations)})).all()
    scope = await in_scope(connection, viewer, {o for r in found for o in (r.organization_id, r.branch_id, r.host_id)})
    fitting = {
        r.id
        for r in found
        if r.member_id == row["member_id"] and not scope.isdisjoint({r.organization_id, r.branch_id, r.host_id})
    }
    if fitting != set(participations):
        raise NotFound("participationIds")
    for participation in sorted(fitting):
        await connection.execute(
            text("insert into inquiry_record (inquiry_id, participation_id) values (:inquiry, :participation)"),
            {"inquiry": inquiry_id, "participation": participation},
        )
    await connection.execute(
        text(
            "update inquiry set state = 'ANSWERED', answer = :answer, answered_at = :now, answered_by = :by,"
            " version = version + 1 where id = :id"
        ),
        {"answer": answer.strip(), "now": now, "by": viewer.actor, "id": inquiry_id},
    )
    await append(connection, [_event(EventKind.INQUIRY_ANSWERED, row, version + 1, now)], at=now)
    return Changed(inquiry_id, version + 1)


async def withdraw(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, inquiry_id: UUID, version: int, reason: str
) -> Changed:
    """The outflow side takes its inquiry back, with a reason that stays: what was asked is not to vanish unanswered.

    Raises NotFound, WrongSide, WrongState, StaleVersion, ReasonRequired.
    """
    if not reason.strip():
        raise ReasonRequired("reason")
    row = await _own(connection, viewer, inquiry_id, version, "outflow_organization_id")
    await connection.execute(
        text(
            "update inquiry set state = 'WITHDRAWN', withdrawal_reason = :reason, version = version + 1 where id = :id"
        ),
        {"id": inquiry_id, "reason": reason.strip()},
    )
    await append(connection, [_event(EventKind.INQUIRY_WITHDRAWN, row, version + 1, now)], at=now)
    return Changed(inquiry_id, version + 1)


async def _own(connection: AsyncConnection, viewer: Viewer, inquiry_id: UUID, version: int, side: str) -> RowMapping:
    require_organization(viewer)
    if not viewer.is_operator and await visibility.row(connection, viewer, Inquiry, inquiry_id) is None:
        raise NotFound("inquiryId")
    row = (await connection.execute(_LOCK, {"id": inquiry_id})).mappings().one_or_none()
    if row is None:
        raise NotFound("inquiryId")
    if not await in_scope(connection, viewer, [row[side]]):
        raise WrongSide("inquiryId")
    if row["state"] != InquiryState.ASKED:
        raise WrongState("inquiryId", state=row["state"], version=row["version"])
    if row["version"] != version:
        raise StaleVersion("version", version=row["version"])
    return row


def _event(kind: EventKind, row: Any, version: int, now: datetime) -> Event:
    return Event(
        topic=Topic.PARTICIPATION,
        kind=kind,
        aggregate=Aggregate.INQUIRY,
        aggregate_id=row["id"],
        aggregate_version=version,
        audience=[row["outflow_organization_id"], row["inflow_organization_id"]],
        organization=row["outflow_organization_id"],
        arrival=row["arrival_id"],
        member=row["member_id"],
        occurred_at=now,
    )
