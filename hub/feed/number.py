"""Giving events their numbers: from the outbox to the feed, one step at a time, by whichever process comes first.

Writers insert into the outbox after they hold the aggregate's lock, so outbox ids of one aggregate ascend in the order
of its versions. A step deletes what is committed there, in order of id; what commits later is numbered later. There is
no horizon to wait for and nothing to lose: a step that dies rolls back, and the rows are in the outbox again.
"""

from __future__ import annotations

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.database.engine import transaction

CHANNEL = "feed"
BATCH = 500
_BUSY_PAUSE = 0.005
_BUSY_TRIES = 200

# Whoever holds the head and then stands still (a stopped process) is disconnected, so that others can go on.
_HEAD = text(
    """
    select seq, set_config('idle_in_transaction_session_timeout', '5s', true)
      from feed_head for update skip locked
    """
)
_COLUMNS = """event_id, topic, kind, aggregate, aggregate_id, aggregate_version, replaces, organization_id,
              departure_id, arrival_id, transfer_id, member_id, occurred_at, recorded_at"""
# How far a number lies behind the one before, drawn anew for each: 1 to 1023, every octave alike, so that a sum looks like
# one draw. From the server's strong random numbers: what a reader sees must not tell what comes between.
_GAP = "floor(power(2.0, 10 * (('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint / 4294967296.0)))::bigint"
# Its own statement after the lock: its snapshot must see everything that was committed when the lock was taken.
_STEP = text(
    f"""
    with taken as (
        delete from outbox where id = any (array(select id from outbox order by id limit {BATCH})) returning *
    ), drawn as materialized (
        select {_GAP} as gap, * from taken
    ), numbered as materialized (
        select greatest(cast(:last as bigint), cast(extract(epoch from statement_timestamp()) * 1e6 as bigint))
               + cast(sum(gap) over (order by id) as bigint) as seq, *
          from drawn
    ), written as (
        insert into feed (seq, {_COLUMNS}) select seq, {_COLUMNS} from numbered
    ), heard as (
        insert into feed_audience (organization_id, seq)
        select distinct hearer, seq from numbered, unnest(audience) as hearer
    ), moved as (
        update feed_head set seq = (select max(seq) from numbered) where exists (select from numbered)
    )
    select count(*) from numbered
    """
)
_NOTIFY = text(f"notify {CHANNEL}")


async def number(connection: AsyncConnection) -> int:
    """Number up to 500 events in the caller's transaction and return how many; 0 also when another is at it.

    `seq` = the greater of the last one and the time in microseconds, plus what is drawn (decision 0007): it rises also
    after retention emptied the feed or a backup was restored. Commit at once: the lock on the head is held until then.
    """
    return await _step(connection) or 0


async def number_all(engine: AsyncEngine) -> int:
    """Number all events that are committed by now, in transactions of 500, and return how many this call did.

    Where another process is at it, wait for its end: its step may have begun before the caller's commit.
    """
    total, tries = 0, 0
    while tries < _BUSY_TRIES:
        async with transaction(engine) as connection:
            count = await _step(connection)
        if count is None:
            tries += 1
            await asyncio.sleep(_BUSY_PAUSE)
            continue
        total += count
        if count < BATCH:
            break
    return total


async def _step(connection: AsyncConnection) -> int | None:
    """One step; None = another process holds the head."""
    head = (await connection.execute(_HEAD)).first()
    if head is None:
        return None
    count = int((await connection.execute(_STEP, {"last": head.seq})).scalar_one())
    if count:
        # The only NOTIFY there is: one per step, never one per business transaction, whose commits it would slow.
        await connection.execute(_NOTIFY)
    return count
