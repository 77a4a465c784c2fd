"""A confirmed match with the organizations of both sides: whom an event about it reaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

RELATED: Final = """
    exists (select from organization_closure c
             where (c.ancestor = {one} and c.descendant = {other}) or (c.ancestor = {other} and c.descendant = {one}))
"""
"""SQL: whether one organization stands above the other, or is it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A confirmed match with the organizations of both sides."""

    match_id: UUID
    member_id: UUID
    departure_id: UUID
    arrival_id: UUID
    departure_version: int
    arrival_version: int
    outflow: tuple[UUID, ...]
    inflow: tuple[UUID, ...]


_PAIR: Final = """
    select m.id, m.member_id, m.departure_id, m.arrival_id, d.version as departure_version,
           a.version as arrival_version, d.organization_id as outflow, a.organization_id as inflow, a.branch_id as branch
      from match m join departure d on d.id = m.departure_id join arrival a on a.id = m.arrival_id
     where {}
"""
_OF_DEPARTURES: Final = text(_PAIR.format("m.state = 'CONFIRMED' and m.departure_id = any(:ids)"))
_OF_ARRIVALS: Final = text(_PAIR.format("m.state = 'CONFIRMED' and m.ended_at is null and m.arrival_id = any(:ids)"))
_OF_MATCHES: Final = text(_PAIR.format("m.id = any(:ids)"))


def _pair(row: Any) -> Pair:
    inflow = (row.inflow,) if row.branch is None else (row.inflow, row.branch)
    return Pair(
        row.id,
        row.member_id,
        row.departure_id,
        row.arrival_id,
        row.departure_version,
        row.arrival_version,
        (row.outflow,),
        inflow,
    )


async def audiences(
    connection: AsyncConnection, *, departures: Iterable[UUID] = (), arrivals: Iterable[UUID] = ()
) -> dict[UUID, Pair]:
    """Return the confirmed match of each departure, or the live one of each arrival, by that statement's id."""
    found: dict[UUID, Pair] = {}
    if wanted := list(departures):
        for row in await connection.execute(_OF_DEPARTURES, {"ids": wanted}):
            found[row.departure_id] = _pair(row)
    if wanted := list(arrivals):
        for row in await connection.execute(_OF_ARRIVALS, {"ids": wanted}):
            found[row.arrival_id] = _pair(row)
    return found


async def pairs(connection: AsyncConnection, matches: Iterable[UUID]) -> list[Pair]:
    """Return some matches with the organizations and present versions of both sides."""
    return [_pair(row) for row in await connection.execute(_OF_MATCHES, {"ids": list(matches)})]
