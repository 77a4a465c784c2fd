"""From a liaison's id to the statement a caller may write: which side is it, and is it the caller's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.scope import in_scope, require_organization
from hub.domain.viewer import Viewer
from hub.errors import NotFound, Refused, StaleVersion, WrongSide
from hub.models import Side

# A liaison goes by its departure's id if there is one, else by its arrival's; the arrival's still resolves.
_LOCATE: Final = text(
    """
    select w.id as liaison_id, d.id as departure_id, d.organization_id as outflow,
           a.id as arrival_id, a.organization_id as inflow, a.branch_id as branch, l.id as match_id
      from unnest(cast(:ids as uuid[])) as w(id)
      left join lateral (
          select m.id, m.departure_id, m.arrival_id from match m
           where m.state = 'CONFIRMED' and (m.departure_id = w.id or (m.arrival_id = w.id and m.ended_at is null))
           limit 1) l on true
      left join departure d on d.id = coalesce(l.departure_id, w.id)
      left join arrival a on a.id = coalesce(l.arrival_id, w.id)
    """
)
_LOCK: Final = {
    Side.OUTFLOW: text("select * from departure where id = any(:ids) order by id for update"),
    Side.INFLOW: text("select * from arrival where id = any(:ids) order by id for update"),
}


@dataclass(frozen=True, slots=True)
class Located:
    """The two halves of one liaison, and which of them the caller stands on."""

    liaison_id: UUID
    departure_id: UUID | None
    arrival_id: UUID | None
    match_id: UUID | None
    sides: frozenset[Side]

    def statement(self, side: Side) -> UUID:
        """Return the caller's own statement on one side. Raises WrongSide, or NotFound for what it cannot see."""
        own = self.departure_id if side is Side.OUTFLOW else self.arrival_id
        if side in self.sides and own is not None:
            return own
        if self.sides:
            raise WrongSide
        raise NotFound("liaisonId")


async def locate(connection: AsyncConnection, viewer: Viewer, liaisons: Iterable[UUID]) -> dict[UUID, Located]:
    """Return what each id means to the caller. An id that the caller does not stand on has no sides."""
    require_organization(viewer)
    found = (await connection.execute(_LOCATE, {"ids": sorted(set(liaisons))})).all()
    scope = await in_scope(connection, viewer, {o for row in found for o in (row.outflow, row.inflow, row.branch)})
    result: dict[UUID, Located] = {}
    for row in found:
        sides: set[Side] = set()
        if row.outflow in scope:
            sides.add(Side.OUTFLOW)
        if row.inflow in scope or row.branch in scope:
            sides.add(Side.INFLOW)
        result[row.liaison_id] = Located(
            row.liaison_id, row.departure_id, row.arrival_id, row.match_id, frozenset(sides)
        )
    return result


async def lock(connection: AsyncConnection, side: Side, statements: Iterable[UUID]) -> dict[UUID, RowMapping]:
    """Lock statements of one side, by id, and return them."""
    rows = (await connection.execute(_LOCK[side], {"ids": sorted(set(statements))})).mappings()
    return {row["id"]: row for row in rows}


async def own(
    connection: AsyncConnection, viewer: Viewer, side: Side, liaison_id: UUID, version: int
) -> tuple[Located, RowMapping]:
    """Return the caller's own statement, locked, if it is still as the caller read it.

    Raises NotFound, WrongSide, StaleVersion with the current version.
    """
    located = (await locate(connection, viewer, [liaison_id]))[liaison_id]
    statement = located.statement(side)
    row = (await lock(connection, side, [statement]))[statement]
    if row["version"] != version:
        raise StaleVersion("version", version=row["version"])
    return located, row


def or_refusal(located: Located, side: Side) -> UUID | Refused:
    """Return the caller's own statement, or the refusal as data."""
    try:
        return located.statement(side)
    except Refused as refusal:
        return refusal
