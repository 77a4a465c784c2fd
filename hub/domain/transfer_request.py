"""Requesting a transfer: from either side, on the member's own application."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import insert as insert_unless
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import affiliation, committee, question, transfer_record, visibility
from hub.domain.access import Access
from hub.domain.dates import today
from hub.domain.outcome import Changed
from hub.domain.scope import in_scope
from hub.domain.viewer import Viewer
from hub.errors import (
    CannotIssueLetters,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotInForce,
    OpenTransferExists,
    ReasonRequired,
    SameOrganization,
)
from hub.feed.append import append
from hub.ids import random_id
from hub.models import EventKind, Member, MemberStanding, Side, Transfer, TransferState, TransferStep

_HOSTS = text(
    """
    select exists (
        select from match m join arrival a on a.id = m.arrival_id
          join organization_closure c on c.ancestor = :viewer and c.descendant in (a.organization_id, a.branch_id)
         where m.member_id = :member and m.state = 'CONFIRMED' and m.ended_at is null)
    """
)
_OPEN = text(
    """
    select id from transfer
     where member_id = :member and state not in ('CLOSED', 'REFUSED', 'REJECTED', 'WITHDRAWN')
    """
)


async def request(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    inflow_organization_id: UUID,
    applied_on: date,
    reason: str,
) -> Changed:
    """Request a transfer on the member's own application, from either side.

    The accepting organization is derived upwards from whatever is named. The inflow side may ask where a confirmed
    match shares the member, and only for its own committee. Raises NotFound, NotAllowed, NotInForce,
    OpenTransferExists, InvalidInput, ReasonRequired, OrganizationClosed, CannotIssueLetters, SameOrganization.
    """
    holder = await affiliation.last(connection, member_id)
    await committee.hold(connection, [inflow_organization_id, *([holder.organization_id] if holder else [])])
    member = await affiliation.lock_member(connection, member_id)
    link = await affiliation.last(connection, member_id)
    seen = await visibility.row(connection, viewer, Member, member_id)
    if seen is None or link is None:
        raise NotFound
    if seen.access in (Access.SELF, Access.PARTNER):
        raise NotAllowed
    is_ours = bool(await in_scope(connection, viewer, [link.organization_id]))
    if not is_ours and not await _hosts(connection, viewer, member_id):
        raise NotAllowed
    if member.standing != MemberStanding.IN_FORCE or link.ends is not None:
        raise NotInForce
    if (await connection.execute(_OPEN, {"member": member_id})).first() is not None:
        raise OpenTransferExists
    if applied_on > today(now):
        raise InvalidInput("appliedOn")
    if not reason.strip():
        raise ReasonRequired("reason")
    ours = await committee.ladder(connection, link.organization_id)
    issuer, inflow = committee.committee(ours), await accepting(connection, inflow_organization_id)
    if issuer is None:
        raise CannotIssueLetters
    if issuer == inflow:
        raise SameOrganization("inflowOrganizationId")
    if not is_ours and not await _is_theirs(connection, viewer, inflow):
        raise NotAllowed("inflowOrganizationId")
    values: dict[str, Any] = {
        "id": random_id(),
        "state": TransferState.REQUESTED.value,
        "member_id": member_id,
        "outflow_organization_id": ours[0].id,
        "issuer_id": issuer,
        "inflow_organization_id": inflow,
        "named_inflow_id": inflow_organization_id,
        "requested_side": (Side.OUTFLOW if is_ours else Side.INFLOW).value,
        "applied_on": applied_on,
        "application_reason": reason.strip(),
        "created_at": now,
        "created_by": viewer.actor,
        "updated_at": now,
    }
    values["due_on"] = await transfer_record.due_on(connection, TransferState.REQUESTED, values, today(now))
    await _insert(connection, viewer, now, values)
    return Changed(values["id"], 1, new=True)


async def _insert(connection: AsyncConnection, viewer: Viewer, now: datetime, values: dict[str, Any]) -> None:
    added = await connection.execute(
        insert_unless(Transfer).values(**values).on_conflict_do_nothing().returning(Transfer.id, Transfer.member_id)
    )
    if (row := added.one_or_none()) is None:  # the unique index, should a writer ever not lock the member
        raise OpenTransferExists
    kind = EventKind.TRANSFER_REQUESTED
    first = {"transfer_id": row.id, "number": 1, "kind": kind.value, "at": now, "by": viewer.actor}
    await connection.execute(insert(TransferStep).values(**first, organization_id=viewer.organization))
    audience = await transfer_record.audience(connection, [row.id])
    told = transfer_record.event(kind, row, 1, audience[row.id], now, viewer.organization)
    await append(connection, [told], at=now)
    await question.answer_by_request(connection, now=now, member_id=row.member_id)


async def _hosts(connection: AsyncConnection, viewer: Viewer, member_id: UUID) -> bool:
    found = await connection.execute(_HOSTS, {"viewer": viewer.organization, "member": member_id})
    return bool(found.scalar_one())


async def accepting(connection: AsyncConnection, named: UUID) -> UUID:
    """Return the committee that accepts for a named organization. Raises NotFound, OrganizationClosed, CannotIssueLetters."""
    inflow = committee.committee(await committee.hold_open(connection, named, "inflowOrganizationId"))
    if inflow is None:
        raise CannotIssueLetters("inflowOrganizationId")
    return inflow


async def _is_theirs(connection: AsyncConnection, viewer: Viewer, inflow: UUID) -> bool:
    below = await committee.below(connection, inflow, [viewer.organization])
    return bool(below or await in_scope(connection, viewer, [inflow]))
