"""One record of participation with the two sides it stands between: who told it, whose member it is, who hears of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.feed.append import Event
from hub.models import Aggregate, EventKind, Topic

# The latest confirmed match of an arrival: an ended stay stays the story of that member.
MATCHED: Final = """
    left join lateral (
        select m.id as match_id, m.member_id, m.departure_id, d.organization_id, d.ended_on
          from match m join departure d on d.id = m.departure_id
         where m.arrival_id = {arrival} and m.state = 'CONFIRMED'
         order by m.ended_at desc nulls first, m.confirmed_at desc limit 1) l on true
"""
# The branch that holds the membership, or held it last.
FORMAL: Final = """
    left join lateral (
        select f.organization_id, f.ends from affiliation f
         where f.member_id = {member} and f.superseded_at = 'infinity'
         order by f.starts desc limit 1) f on true
"""
_RECORDS: Final = f"""
    select p.*, a.organization_id as registrar_id, a.branch_id, l.member_id as matched_member_id, l.match_id,
           l.departure_id, l.organization_id as outflow_id, f.organization_id as formal_id, m.category, m.full_member_on,
           x.components, x.hours as usual_hours
      from participation p
      left join arrival a on a.id = p.arrival_id
      left join member m on m.id = p.member_id
      left join activity x on x.id = p.activity_id
      {MATCHED.format(arrival="p.arrival_id")}
      {FORMAL.format(member="coalesce(p.member_id, l.member_id)")}
     where p.id = any(:ids) order by p.id
"""
_HOLD: Final = text("select id from participation where id = any(:ids) order by id for update")
_READ: Final = text(_RECORDS)


@dataclass(frozen=True, slots=True)
class Record:
    """A row of `participation`, locked, with what it hangs on."""

    row: Mapping[Any, Any]

    @property
    def id(self) -> UUID:
        """Return the record's id."""
        return UUID(str(self.row["id"]))

    @property
    def member_id(self) -> UUID | None:
        """Return whose it is, as far as a match or the record itself says."""
        found: UUID | None = self.row["member_id"] or self.row["matched_member_id"]
        return found

    @property
    def inflow(self) -> set[UUID]:
        """Return the organizations of the side that saw the member: registrar, branch, host."""
        if self.row["arrival_id"] is None:
            return set()
        return {o for o in (self.row["registrar_id"], self.row["branch_id"], self.row["host_id"]) if o is not None}

    @property
    def home(self) -> set[UUID]:
        """Return the organizations that judge the member: who holds the membership, and who let them go."""
        return {o for o in (self.row["formal_id"], self.row["outflow_id"]) if o is not None}

    @property
    def recorders(self) -> set[UUID]:
        """Return who may correct it and answers a dispute: the side that told it."""
        return self.inflow or self.home

    @property
    def audience(self) -> list[UUID]:
        """Return who could see the record before or after."""
        return sorted(self.inflow | self.home)

    def event(self, kind: EventKind, version: int, now: datetime) -> Event:
        """Return an event about this record: that something happened, never what it says."""
        return event(
            kind,
            self.id,
            version,
            self.audience,
            now,
            organization=self.row["organization_id"],
            departure=self.row["departure_id"],
            arrival=self.row["arrival_id"],
            member=self.member_id,
        )


async def hold(connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Record]:
    """Lock records, by id, and return them with their sides as they now stand."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    await connection.execute(_HOLD, {"ids": wanted})
    rows = (await connection.execute(_READ, {"ids": wanted})).mappings()
    return {row["id"]: Record(row) for row in rows}


def event(
    kind: EventKind,
    identifier: UUID,
    version: int,
    audience: Iterable[UUID],
    now: datetime,
    *,
    aggregate: Aggregate = Aggregate.PARTICIPATION,
    organization: UUID | None = None,
    departure: UUID | None = None,
    arrival: UUID | None = None,
    member: UUID | None = None,
) -> Event:
    """Return an event of organizational life: about a participation, unless `aggregate` says about what."""
    return Event(
        topic=Topic.PARTICIPATION,
        kind=kind,
        aggregate=aggregate,
        aggregate_id=identifier,
        aggregate_version=version,
        audience=audience,
        organization=organization,
        departure=departure,
        arrival=arrival,
        member=member,
        occurred_at=now,
    )


def is_outside(held_on: tuple[date, date], came: tuple[date, date] | None, left: date | None) -> bool:
    """Tell whether an activity lies wholly before an arrival, or wholly after the stay ended.

    Both as (first, last day that the date can mean): a month is before or after only if all of it is.
    """
    first, last = held_on
    return (came is not None and last < came[0]) or (left is not None and first > left)
