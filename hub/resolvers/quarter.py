"""What members did in a quarter or year: of one member, and of the floating members of a branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import page_life, quarter
from hub.domain.dates import today
from hub.domain.liaison import Liaison
from hub.domain.page import Page, Window
from hub.domain.quarter import Summary
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput
from hub.models import Departure, Member
from hub.resolvers.connection import Connection, connect, ids
from hub.resolvers.contact import is_own_side
from hub.resolvers.context import Context
from hub.resolvers.relation import one

Key = tuple[UUID, date, date]


@dataclass(frozen=True, slots=True)
class Told:
    """The summary of one member, with the period that it is about."""

    since: date
    until: date
    of: Summary

    def __getattr__(self, name: str) -> Any:
        """Return a number of the summary."""
        return getattr(self.of, name)


def period(year: int, number: int | None) -> tuple[date, date]:
    """Return the first and last day of a quarter, or of a year. Raises InvalidInput."""
    if not 1921 <= year <= 9998:
        raise InvalidInput("year")
    if number is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= number <= 4:
        raise InvalidInput("quarter")
    return quarter.quarter(year, number)


async def read(connection: AsyncConnection, _viewer: Viewer, keys: list[Key]) -> Mapping[Key, Told]:
    """Return the summaries of members and periods: one statement per period."""
    found: dict[Key, Told] = {}
    for since, until in sorted({key[1:] for key in keys}):
        members = [key[0] for key in keys if key[1:] == (since, until)]
        for member, of in (await quarter.summaries(connection, members=members, since=since, until=until)).items():
            found[member, since, until] = Told(since, until, of)
    return found


async def of_member(row: Any, context: Context, year: int, number: int | None) -> Told | None:
    """Return the summary of a member; None to whoever is not of their own side."""
    since, until = period(year, number)
    told: Told | None = await context.load(read, (row.id, since, until)) if await is_own_side(row, context) else None
    return told


async def of_liaison(of: Liaison, context: Context, named: str | None) -> Told | None:
    """Return the summary of a liaison's member in a quarter (`2026-Q4`), left out: this one; None to the other side."""
    since, until = period(int(named[:4]), int(named[-1])) if named else quarter.quarter_of(today(context.now))
    member = None if of.member_id is None else await context.load(one(Member), of.member_id)
    if member is None or not await is_own_side(member, context):
        return None
    told: Told | None = await context.load(read, (member.id, since, until))
    return told


async def count(row: Any, context: Context, since: date | None) -> int | None:
    """Return how often a member took part from a day on, left out: this quarter; None to others than the own side.

    Raises InvalidInput for a day to come.
    """
    day = today(context.now)
    begins = since or quarter.quarter_of(day)[0]
    if begins > day:
        raise InvalidInput("since")
    told = await context.load(read, (row.id, begins, day)) if await is_own_side(row, context) else None
    return None if told is None else int(told.attended)


async def listed(
    context: Context, first: int | None, after: str | None, organization: UUID, year: int, number: int | None
) -> Connection:
    """Return a page of the floating members of an organization, each with the summary."""
    since, until = period(year, number)

    def find(connection: AsyncConnection, window: Window) -> Any:
        return page_life.floating(connection, context.viewer, window, organization=organization)

    async def load(found: Page) -> Any:
        departures = await context.load_many(one(Departure), ids(found))
        keys = [(row.member_id, since, until) for row in departures if row is not None]
        told = dict(zip(keys, await context.load_many(read, keys), strict=True))
        return [row and told[row.member_id, since, until] for row in departures]

    return await connect(context, "summaries", first, after, find, load)
