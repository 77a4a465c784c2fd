"""The formal organization takes note: singly or by month, and what nobody noted within the rule's days (domain 0.17)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import affiliation, visibility
from hub.domain.dates import first_day, last_day, today
from hub.domain.outcome import Changed, Outcome
from hub.domain.participation_record import Record, hold
from hub.domain.rule import rule
from hub.domain.scope import in_scope, require_organization
from hub.domain.viewer import Viewer
from hub.errors import NotFound, StaleVersion, WrongSide, WrongState
from hub.feed.append import append
from hub.models import EventKind, Participation, ParticipationState, RuleCode

_ID: Final = "participationId"
_ACKNOWLEDGE: Final = text(
    "update participation set state = 'ACKNOWLEDGED', acknowledged_at = :now, acknowledged_by = :by,"
    " version = version + 1 where id = any(:ids)"
)


async def acknowledge(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    participations: Sequence[UUID],
    versions: Mapping[UUID, int] | None = None,
) -> list[Outcome]:
    """The formal organization takes note of confirmed records: one outcome each; what is acknowledged is unchanged.

    `versions`: as they were read. Refusals: NOT_FOUND, WRONG_SIDE (the place cannot acknowledge its own), WRONG_STATE
    (not confirmed yet), STALE_VERSION.
    """
    require_organization(viewer)
    records = await hold(connection, participations)
    visible = {row.id for row in await visibility.rows(connection, viewer, Participation, participations)}
    if viewer.is_operator:
        visible = set(records)
    scope = await in_scope(connection, viewer, {o for record in records.values() for o in record.home})
    outcomes: list[Outcome] = []
    done: dict[UUID, Record] = {}
    for identifier in participations:
        record = records.get(identifier)
        if record is None or identifier not in visible:
            outcomes.append(NotFound(_ID))
        elif scope.isdisjoint(record.home):
            outcomes.append(WrongSide(_ID))
        elif record.row["state"] == ParticipationState.ACKNOWLEDGED or identifier in done:
            outcomes.append(Changed(identifier, record.row["version"] + (identifier in done), changed=False))
        elif record.row["state"] != ParticipationState.CONFIRMED:
            outcomes.append(WrongState(_ID, state=record.row["state"], version=record.row["version"]))
        elif (versions or {}).get(identifier, record.row["version"]) != record.row["version"]:
            outcomes.append(StaleVersion("version", version=record.row["version"]))
        else:
            done[identifier] = record
            outcomes.append(Changed(identifier, record.row["version"] + 1))
    if done:
        await connection.execute(_ACKNOWLEDGE, {"ids": list(done), "now": now, "by": viewer.actor})
        await append(
            connection,
            [r.event(EventKind.PARTICIPATION_ACKNOWLEDGED, r.row["version"] + 1, now) for r in done.values()],
            at=now,
        )
    return outcomes


_WAITING: Final = text(
    """
    select p.id from match m join participation p on p.arrival_id = m.arrival_id
     where m.member_id = :member and m.state = 'CONFIRMED' and p.state = 'CONFIRMED' and p.day between :since and :until
    union
    select p.id from participation p
     where p.member_id = :member and p.state = 'CONFIRMED' and p.day between :since and :until
    """
)


async def waiting(connection: AsyncConnection, member_id: UUID, since: date, until: date) -> list[UUID]:
    """Return the confirmed records of a member between two days that nobody has acknowledged, by id."""
    found = await connection.execute(_WAITING, {"member": member_id, "since": since, "until": until})
    return sorted(found.scalars())


async def acknowledge_month(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, member_id: UUID, month: str
) -> list[Outcome]:
    """The formal organization takes note of all that waits of a member and month (`2026-10`), at once.

    Raises NotFound, NotAllowed, WrongSide.
    """
    require_organization(viewer)
    await affiliation.own_side(connection, viewer, member_id)
    found = await waiting(connection, member_id, first_day(month), last_day(month))
    return await acknowledge(connection, viewer=viewer, now=now, participations=found)


_OVERDUE: Final = text(
    """
    select p.id from participation p
     where p.state = 'CONFIRMED' and p.overdue_at is null
       and (p.member_id is not null and (p.confirmed_at at time zone 'Asia/Shanghai')::date
                + cast(cast(:after as text) as interval) < :today
            or exists (select from match m where m.arrival_id = p.arrival_id and m.state = 'CONFIRMED'
                      and (greatest(p.confirmed_at, m.confirmed_at) at time zone 'Asia/Shanghai')::date
                          + cast(cast(:after as text) as interval) < :today))
     order by p.id limit :most
    """
)


async def note_overdue(connection: AsyncConnection, *, now: datetime, most: int = 500) -> int:
    """Say of each confirmed record that nobody acknowledged within the rule's days that it is overdue, once.

    Returns how many. Twice changes nothing.
    """
    after = await rule(connection, RuleCode.PARTICIPATION_ACKNOWLEDGED, today(now))
    parameters = {"after": after.interval, "today": today(now), "most": most}
    ids: Iterable[UUID] = (await connection.execute(_OVERDUE, parameters)).scalars()
    records = await hold(connection, ids)
    late = {key: record for key, record in records.items() if record.row["state"] == ParticipationState.CONFIRMED}
    if late:
        await connection.execute(
            text("update participation set overdue_at = :now, version = version + 1 where id = any(:ids)"),
            {"now": now, "ids": list(late)},
        )
        await append(
            connection,
            [r.event(EventKind.PARTICIPATION_OVERDUE, r.row["version"] + 1, now) for r in late.values()],
            at=now,
        )
    return len(late)
