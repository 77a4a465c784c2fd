"""Keeping the paging index true: the only writer of `inbox`."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# The state as that side may see it. A denial reaches the inflow side only where the outflow statement named it.
WANTED = """
    select d.id, c.ancestor as organization_id, 'OUTFLOW' as side,
           case when d.ended_on is not null then 'ENDED'
                when exists (select from match m where m.departure_id = d.id and m.state = 'CONFIRMED') then 'MATCHED'
                else 'AWAITING_ARRIVAL' end as state,
           d.recorded_at as created_at
      from departure d join organization_closure c on c.descendant = d.organization_id
     where {departures}
    union all
    select a.id, c.ancestor, 'INFLOW',
           case when l.live then 'MATCHED'
                when l.ended then 'ENDED'
                when a.state in ('RETURNED', 'LEFT') then 'ENDED'
                when exists (select from match m where m.arrival_id = a.id and m.state = 'DENIED' and m.named)
                     then 'DENIED'
                else 'UNMATCHED' end,
           a.recorded_at
      from arrival a
      join lateral (select distinct ancestor from organization_closure
                     where descendant in (a.organization_id, a.branch_id)) c on true
      left join lateral (select bool_or(m.ended_at is null) as live, bool_or(m.ended_at is not null) as ended
                           from match m where m.arrival_id = a.id and m.state = 'CONFIRMED') l on true
     where {arrivals}
"""
_REFRESH = text(
    "with wanted as ("
    + WANTED.format(departures="d.id = any(:ids)", arrivals="a.id = any(:ids)")
    + """),
    gone as (
        delete from inbox i where i.id = any(:ids)
           and not exists (select from wanted w where w.id = i.id and w.organization_id = i.organization_id)
    )
    insert into inbox as i (id, organization_id, side, state, created_at)
    select id, organization_id, side, state, created_at from wanted
    on conflict (id, organization_id) do update set state = excluded.state, side = excluded.side
     where i.state <> excluded.state
    """
)
_DIFFERENCES = text(
    "with wanted as ("
    + WANTED.format(departures="true", arrivals="true")
    + """)
    select count(*) from wanted w full join inbox i on i.id = w.id and i.organization_id = w.organization_id
     where w.id is null or i.id is null or w.state <> i.state or w.created_at <> i.created_at
    """
)


async def refresh(connection: AsyncConnection, statements: Iterable[UUID]) -> None:
    """Bring the rows of some statements (departures, arrivals) up to date, in the caller's transaction."""
    ids = sorted(set(statements))
    if ids:
        await connection.execute(_REFRESH, {"ids": ids})


async def differences(connection: AsyncConnection) -> int:
    """Return how many rows differ from closure and statements; a nightly job reports anything but 0."""
    return int((await connection.execute(_DIFFERENCES)).scalar_one())
