"""The shared record of one departure, read: a view over departure ⋈ confirmed match ⋈ arrival. Nothing is merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import visibility
from hub.domain.access import GRANTS
from hub.domain.dates import today
from hub.domain.viewer import Viewer
from hub.models import Arrival, Departure, EndReason, FieldClass, InflowState

_LEFT_STATES = (InflowState.RETURNED, InflowState.LEFT)
_OF_STANDING = (EndReason.DECEASED, EndReason.MEMBERSHIP_ENDED)

_LINKS = text(
    """
    select id, departure_id, arrival_id, member_id, confirmed_at, ended_at from match
     where state = 'CONFIRMED' and departure_id = any(:departures)
    union
    select id, departure_id, arrival_id, member_id, confirmed_at, ended_at from match
     where state = 'CONFIRMED' and arrival_id = any(:arrivals)
    """
)
# A denial reaches the inflow side, and only where the outflow statement named it (domain 0.11).
_DENIED = text(
    """
    select a.id from arrival a
     where a.id = any(:arrivals)
       and exists (select from match m where m.arrival_id = a.id and m.state = 'DENIED' and m.named)
       and exists (select from organization_closure c
                    where c.ancestor = :organization and c.descendant in (a.organization_id, a.branch_id))
    """
)
_OF_MATCHES = text("select id, departure_id from match where id = any(:matches) and state = 'CONFIRMED'")


class LiaisonState(StrEnum):
    """The state as this viewer may see it."""

    AWAITING_ARRIVAL = "AWAITING_ARRIVAL"
    UNMATCHED = "UNMATCHED"
    MATCHED = "MATCHED"
    DENIED = "DENIED"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Liaison:
    """What one viewer sees of a liaison. `id`: the departure's if they see one, else the arrival's.

    `match_id` is the confirmed match that joins the two statements.
    """

    id: UUID
    state: LiaisonState
    outflow: Row[Any] | None = None
    inflow: Row[Any] | None = None
    member_id: UUID | None = None
    match_id: UUID | None = None
    matched_on: date | None = None

    @property
    def started_on(self) -> str | None:
        """When the member left, else when they came; as exact as the source."""
        return (self.outflow and self.outflow.departed_on) or (self.inflow and self.inflow.arrived_on) or None

    @property
    def ended_on(self) -> date | None:
        """The day on which the outflow side ended it."""
        return self.outflow.ended_on if self.outflow else None

    @property
    def end_reason(self) -> str | None:
        """Why it ended; what tells of the membership comes only to those who may know of the standing."""
        if self.outflow is None or self.outflow.end_reason is None:
            return None
        if self.outflow.end_reason in _OF_STANDING and self.outflow.access not in GRANTS[FieldClass.STANDING]:
            return None
        return str(self.outflow.end_reason)

    @property
    def next_id(self) -> UUID | None:
        """The departure that a MOVED_ON opened."""
        return self.outflow.moved_on_to if self.outflow else None

    @property
    def departure_id(self) -> UUID | None:
        """The outflow statement, if the viewer sees it."""
        return self.outflow.id if self.outflow else None


async def of_departures(connection: AsyncConnection, viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, Liaison]:
    """Return the liaisons of those departures that the viewer sees, by departure."""
    departures, _ = await _read(connection, viewer, departures=list(ids), arrivals=[])
    return departures


async def of_arrivals(connection: AsyncConnection, viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, Liaison]:
    """Return the liaisons of those arrivals that the viewer sees, by arrival."""
    _, arrivals = await _read(connection, viewer, departures=[], arrivals=list(ids))
    return arrivals


async def of_statements(connection: AsyncConnection, viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, Liaison]:
    """Return liaisons by ids that may be departures or arrivals."""
    wanted = list(ids)
    departures, arrivals = await _read(connection, viewer, departures=wanted, arrivals=wanted)
    return {**arrivals, **departures}


async def of_members(connection: AsyncConnection, viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, Liaison]:
    """Return the open liaison of each member, as far as the viewer sees it."""
    rows = await visibility.rows(connection, viewer, Departure, ids, by="member_id")
    liaisons, _ = await _compose(connection, viewer, {row.id: row for row in rows if row.ended_on is None}, {})
    return {liaison.outflow.member_id: liaison for liaison in liaisons.values() if liaison.outflow}


async def of_matches(connection: AsyncConnection, viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, Liaison]:
    """Return the liaisons that confirmed matches join, by match."""
    found = (await connection.execute(_OF_MATCHES, {"matches": list(ids)})).all()
    liaisons = await of_departures(connection, viewer, {row.departure_id for row in found})
    return {row.id: liaisons[row.departure_id] for row in found if row.departure_id in liaisons}


async def _read(
    connection: AsyncConnection, viewer: Viewer, *, departures: list[UUID], arrivals: list[UUID]
) -> tuple[dict[UUID, Liaison], dict[UUID, Liaison]]:
    outflow = {row.id: row for row in await visibility.rows(connection, viewer, Departure, departures)}
    inflow = {row.id: row for row in await visibility.rows(connection, viewer, Arrival, arrivals)}
    return await _compose(connection, viewer, outflow, inflow)


async def _compose(
    connection: AsyncConnection, viewer: Viewer, outflow: dict[UUID, Row[Any]], inflow: dict[UUID, Row[Any]]
) -> tuple[dict[UUID, Liaison], dict[UUID, Liaison]]:
    """Join visible statements by confirmed matches. Always the same number of statements, whatever the numbers."""
    if not outflow and not inflow:
        return {}, {}
    links = (await connection.execute(_LINKS, {"departures": list(outflow), "arrivals": list(inflow)})).all()
    # The counterpart is looked up under its own predicate: a match that the viewer has no part in joins nothing.
    more_out = [link.departure_id for link in links if link.departure_id not in outflow]
    more_in = [link.arrival_id for link in links if link.arrival_id not in inflow]
    all_out = outflow | {row.id: row for row in await visibility.rows(connection, viewer, Departure, more_out)}
    all_in = inflow | {row.id: row for row in await visibility.rows(connection, viewer, Arrival, more_in)}
    denied = await _denied(connection, viewer, inflow)

    of_departure = {link.departure_id: link for link in links if link.arrival_id in all_in}
    of_arrival: dict[UUID, Row[Any]] = {}
    for link in links:
        if link.departure_id in all_out and _newer(link, of_arrival.get(link.arrival_id)):
            of_arrival[link.arrival_id] = link

    departures: dict[UUID, Liaison] = {}
    for identifier, row in outflow.items():
        departures[identifier] = _of_departure(row, of_departure.get(identifier), all_in)
    arrivals: dict[UUID, Liaison] = {}
    for identifier, row in inflow.items():
        joined = of_arrival.get(identifier)
        if joined is not None:
            arrivals[identifier] = _of_departure(all_out[joined.departure_id], joined, all_in)
        else:
            state = _unmatched_state(row, is_denied=identifier in denied)
            arrivals[identifier] = Liaison(id=identifier, state=state, inflow=row)
    return departures, arrivals


def _of_departure(row: Row[Any], link: Row[Any] | None, inflow: Mapping[UUID, Row[Any]]) -> Liaison:
    if row.ended_on is not None:
        state = LiaisonState.ENDED
    else:
        state = LiaisonState.MATCHED if link is not None else LiaisonState.AWAITING_ARRIVAL
    if link is None:
        return Liaison(id=row.id, state=state, outflow=row, member_id=row.member_id)
    return Liaison(
        id=row.id,
        state=state,
        outflow=row,
        inflow=inflow.get(link.arrival_id),
        member_id=row.member_id,
        match_id=link.id,
        matched_on=today(link.confirmed_at),
    )


def _unmatched_state(row: Row[Any], *, is_denied: bool) -> LiaisonState:
    if row.state in _LEFT_STATES:
        return LiaisonState.ENDED
    return LiaisonState.DENIED if is_denied else LiaisonState.UNMATCHED


def _newer(link: Row[Any], than: Row[Any] | None) -> bool:
    """Whether a match counts before another of the same arrival: the live one, else the latest."""
    if than is None or (link.ended_at is None) != (than.ended_at is None):
        return than is None or link.ended_at is None
    return bool(link.confirmed_at > than.confirmed_at)


async def _denied(connection: AsyncConnection, viewer: Viewer, arrivals: Iterable[UUID]) -> set[UUID]:
    wanted = list(arrivals)
    if not wanted:
        return set()
    parameters = {"arrivals": wanted, "organization": viewer.organization}
    return set((await connection.execute(_DENIED, parameters)).scalars())
