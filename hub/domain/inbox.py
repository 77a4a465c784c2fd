"""Keeping the paging index true: the only writer of `inbox`."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# The state as that side may see it. A denial reaches the inflow side only where the outflow statement named it.
# Not `exists`: for a batch of statements PostgreSQL would then read all matches there are, instead of looking up theirs.
_OUTFLOW_STATE = """
    case when d.ended_on is not null then 'ENDED'
         when (select true from match m where m.departure_id = d.id and m.state = 'CONFIRMED' limit 1) then 'MATCHED'
         else 'AWAITING_ARRIVAL' end
"""
_INFLOW_STATE = """
    case when l.live then 'MATCHED'
         when a.state in ('RETURNED', 'LEFT') or l.was_live then 'ENDED'
         when l.denied then 'DENIED'
         else 'UNMATCHED' end
"""
# By the arrival alone: with the state as well PostgreSQL may look through every match of that state for each arrival.
_OF_ARRIVAL = """
    select bool_or(m.state = 'CONFIRMED' and m.ended_at is null) as live, bool_or(m.state = 'CONFIRMED') as was_live,
           bool_or(m.state = 'DENIED' and m.named) as denied
      from match m where m.arrival_id = a.id
"""
_STATES = f"""
    select d.id, 'OUTFLOW' as side, {_OUTFLOW_STATE} as state, d.recorded_at as created_at,
           d.organization_id, cast(null as uuid) as branch_id
      from departure d where {{departures}}
    union all
    select a.id, 'INFLOW', {_INFLOW_STATE}, a.recorded_at, a.organization_id, a.branch_id
      from arrival a cross join lateral ({_OF_ARRIVAL}) l where {{arrivals}}
"""
# The state is judged once per statement, not once per list (`materialized`).
_WANTED = f"""
    with statement as materialized ({_STATES})
    select s.id, c.ancestor as organization_id, s.side, s.state, s.created_at
      from statement s
      join lateral (select ancestor from organization_closure where descendant = s.organization_id
                     union select ancestor from organization_closure where descendant = s.branch_id) c on true
"""
_OF_SOME = {"departures": "d.id = any(:ids)", "arrivals": "a.id = any(:ids)"}
_GONE = text(
    """
    delete from inbox i where i.id = any(:ids)
       and not exists (select from departure d join organization_closure c on c.descendant = d.organization_id
                        where d.id = i.id and c.ancestor = i.organization_id)
       and not exists (select from arrival a join organization_closure c
                                              on c.descendant in (a.organization_id, a.branch_id)
                        where a.id = i.id and c.ancestor = i.organization_id)
    """
)
_ADD = f"insert into inbox as i (id, organization_id, side, state, created_at) {_WANTED.format(**_OF_SOME)}"
_INSERT = text(_ADD)
_MERGE = text(
    _ADD + "on conflict (id, organization_id) do update set state = excluded.state where i.state <> excluded.state"
)
# A statement whose state changes while the tree moves above it: whoever comes second waits, and sees what the first did.
_HOLD = text(
    """
    select id from organization
     where id in (select organization_id from departure where id = any(:ids)
                  union select unnest(array[organization_id, branch_id]) from arrival where id = any(:ids))
     order by id for key share
    """
)
_RESTATE = text(
    f"update inbox i set state = s.state from ({_STATES.format(**_OF_SOME)}) s where i.id = s.id and i.state <> s.state"
)
_DIFFERENCES = text(
    "with wanted as ("
    + _WANTED.format(departures="true", arrivals="true")
    + """)
    select count(*) from wanted w full join inbox i on i.id = w.id and i.organization_id = w.organization_id
     where w.id is null or i.id is null or w.state <> i.state or w.created_at <> i.created_at
    """
)


async def add(connection: AsyncConnection, statements: Iterable[UUID]) -> None:
    """Write the rows of new statements (departures, arrivals), in the caller's transaction."""
    ids = sorted(set(statements))
    if ids:
        await connection.execute(_INSERT, {"ids": ids})


async def restate(connection: AsyncConnection, statements: Iterable[UUID]) -> None:
    """Bring the states of some statements up to date; whose lists they stand in is as before."""
    ids = sorted(set(statements))
    if ids:
        await connection.execute(_HOLD, {"ids": ids})
        await connection.execute(_RESTATE, {"ids": ids})


async def refresh(connection: AsyncConnection, statements: Iterable[UUID]) -> None:
    """Bring the rows of some statements up to date after they were placed elsewhere, or the tree changed."""
    ids = sorted(set(statements))
    if ids:
        await connection.execute(_HOLD, {"ids": ids})
        await connection.execute(_GONE, {"ids": ids})
        await connection.execute(_MERGE, {"ids": ids})


async def differences(connection: AsyncConnection) -> int:
    """Return how many rows differ from closure and statements; a nightly job reports anything but 0."""
    return int((await connection.execute(_DIFFERENCES)).scalar_one())
