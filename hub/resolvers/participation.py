"""Participation: the lists, and what hangs on one record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import liaison, page_life, participation_read
from hub.domain.page import Page, Window
from hub.models import ATTENDED, ActivityKind, Member, Participation, ParticipationState
from hub.resolvers.connection import Connection, connect, connection_of, ids, window_of
from hub.resolvers.context import Context
from hub.resolvers.relation import one


@dataclass(frozen=True, slots=True)
class Dispute:
    """The member's objection to a record, and what became of it."""

    state: str
    reason: str | None
    disputed_at: datetime | None
    due_on: date | None
    answer: str | None
    answered_at: datetime | None


async def listed(
    context: Context, first: int | None, after: str | None, organization: UUID | None, **filters: Any
) -> Connection:
    """Return a page of records of both sides."""

    def find(connection: AsyncConnection, window: Window) -> Any:
        return page_life.participations(
            connection, context.viewer, window, now=context.now, organization=organization, **filters
        )

    return await connect(context, "participations", first, after, find, _loading(context))


async def of_member(
    row: Any, context: Context, first: int | None, after: str | None, since: date | None, until: date | None
) -> Connection | None:
    """Return a page of a member's records, as far as the reader sees them; None where the member is hidden."""
    if await context.load(one(Member), row.id) is None:
        return None
    purpose = "participations of a member"
    window = window_of(context, purpose, first, after)
    page = await context.load(page_life.of_members, page_life.Asked(row.id, window, since, until))
    return await connection_of(context, purpose, window, page, _loading(context))


async def of_liaison(of: liaison.Liaison, context: Context, first: int | None, after: str | None) -> Connection | None:
    """Return a page of the records of a stay; None where the reader sees no stay."""
    stay = of.inflow and of.inflow.id
    if stay is None or await context.load(liaison.of_statements, of.id) is None:
        return None
    purpose = "participations of a stay"
    window = window_of(context, purpose, first, after)
    page = await context.load(page_life.of_stays, page_life.Asked(stay, window))
    return await connection_of(context, purpose, window, page, _loading(context))


def _loading(context: Context) -> Any:
    async def load(found: Page) -> Any:
        return await context.load_many(one(Participation), ids(found))

    return load


async def member(row: Any, context: Context) -> Any:
    """Return whose record it is, through the match or as it says itself."""
    of = await context.load(participation_read.sides, row.id)
    return None if of is None or of.member_id is None else await context.load(one(Member), of.member_id)


async def liaison_of(row: Any, context: Context) -> Any:
    """Return the liaison of the stay; of the home side's own record that of the member's open departure."""
    if row.arrival_id is not None:
        return await context.load(liaison.of_arrivals, row.arrival_id)
    return await context.load(liaison.of_members, row.member_id)


async def twin(row: Any, context: Context) -> Any:
    """Return the other side's record of the same thing."""
    return await context.load(participation_read.twins, row.id)


async def is_two_sided(row: Any, context: Context) -> bool:
    """Tell whether the host saw it and another organization took note."""
    of = await context.load(participation_read.sides, row.id)
    return of is not None and of.is_two_sided


def counts(row: Any, _context: Context) -> bool | None:
    """Tell whether it counts; None where the reader may not know who attended."""
    if row.attendance is None:
        return None
    talk = row.kind == ActivityKind.TALK  # a talk with somebody is contact, not organizational life
    return row.attendance in ATTENDED and row.state != ParticipationState.RECORDED and not talk


def dispute(row: Any, _context: Context) -> Dispute | None:
    """Return the member's objection, if there was one."""
    if row.dispute_state is None:
        return None
    return Dispute(
        row.dispute_state,
        row.dispute_reason,
        row.disputed_at,
        row.dispute_due_on,
        row.dispute_answer,
        row.dispute_answered_at,
    )


async def history(row: Any, context: Context) -> Any:
    """Return the superseded versions, oldest first."""
    return await context.load(participation_read.versions, row.id) or []
