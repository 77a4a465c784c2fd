"""Liaisons: the two lists, one by id, and what hangs on one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import liaison, page
from hub.domain.liaison import Liaison
from hub.domain.page import Page, Window
from hub.models import Discrepancy, Side, Transfer, Visit
from hub.resolvers.connection import Connection, connect, ids
from hub.resolvers.context import Context
from hub.resolvers.relation import many


async def listed(
    context: Context, side: Side, first: int | None, after: str | None, organization: UUID | None, **filters: Any
) -> Connection:
    """Return a page of one side's list."""

    def find(connection: AsyncConnection, window: Window) -> Any:
        return page.statements(connection, context.viewer, side, window, organization=organization, **filters)

    read = liaison.of_departures if side is Side.OUTFLOW else liaison.of_arrivals

    async def load(found: Page) -> Any:
        async with context.reading() as connection:
            liaisons = await read(connection, context.viewer, ids(found))
        return [liaisons.get(identifier) for identifier in ids(found)]

    return await connect(context, f"liaisons {side}", first, after, find, load)


async def visits(of: Liaison, context: Context) -> Any:
    """Return the visits of a liaison, oldest first."""
    if of.departure_id is None:
        return []
    return sorted(await context.load(many(Visit, "departure_id"), of.departure_id), key=lambda visit: visit.came_on)


async def discrepancies(of: Liaison, context: Context) -> Any:
    """Return where the statements differ."""
    if of.match_id is None:
        return []
    return sorted(await context.load(many(Discrepancy, "match_id"), of.match_id), key=lambda row: row.field)


async def transfer(of: Liaison, context: Context) -> Any:
    """Return the latest transfer of the member; of an ended liaison, the latest asked for until its end."""
    if of.member_id is None:
        return None
    until = of.ended_on or date.max
    found = [row for row in await context.load(many(Transfer, "member_id"), of.member_id) if row.applied_on <= until]
    return max(found, key=lambda row: row.created_at, default=None)
