"""One ledger per branch: each floating member with the open liaison and how fresh the own statement is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import liaison, page, quarter
from hub.domain.dates import today
from hub.domain.liaison import Liaison
from hub.domain.page import Page, Window
from hub.domain.rule import rule
from hub.models import RuleCode, Side
from hub.resolvers.connection import Connection, connect
from hub.resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ledger. `overdue` by the rule LEDGER_FRESH."""

    liaison: Liaison
    member_id: UUID | None
    fresh_on: date
    overdue: bool
    participation_count: int | None = None
    """Attended this quarter: the home side's lines alone, and never to partners."""


async def listed(context: Context, first: int | None, after: str | None, organization: UUID) -> Connection:
    """Return a page of an organization's ledger."""

    def find(connection: AsyncConnection, window: Window) -> Any:
        return page.ledger(connection, context.viewer, window, organization=organization)

    async def load(found: Page) -> Any:
        places = list(zip(found.positions, found.sides, strict=True))
        day = today(context.now)
        async with context.reading() as connection:
            away = [place.id for place, side in places if side is Side.OUTFLOW]
            here = [place.id for place, side in places if side is Side.INFLOW]
            outflow = await liaison.of_departures(connection, context.viewer, away)
            inflow = await liaison.of_arrivals(connection, context.viewer, here)
            fresh = await rule(connection, RuleCode.LEDGER_FRESH, day, organization)
            members = (
                [of.member_id for of in outflow.values() if of.member_id] if context.viewer.is_organization else []
            )
            since, until = quarter.quarter_of(day)
            summaries = await quarter.summaries(connection, members=members, since=since, until=until)
        entries: list[Entry | None] = []
        for place, side in places:
            of = (outflow if side is Side.OUTFLOW else inflow).get(place.id)
            own = None if of is None else of.outflow if side is Side.OUTFLOW else of.inflow
            if of is None or own is None:
                entries.append(None)
                continue
            fresh_on = max(today(own.amended_at), own.confirmed_on or date.min)
            summary = summaries.get(of.member_id) if side is Side.OUTFLOW and of.member_id else None
            attended = None if summary is None else summary.attended
            entries.append(Entry(of, of.member_id, fresh_on, fresh.due(fresh_on) < day, attended))
        return entries

    return await connect(context, "ledger", first, after, find, load)
