"""Jobs that delete what is no longer needed, and one that looks whether something derived has gone wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.database.engine import transaction
from hub.domain import inbox
from hub.feed.view import oldest_kept

OPERATIONS_KEPT = timedelta(days=90)
_BATCH = 2000
_log = structlog.get_logger("hub")

_OPERATIONS = text(
    f"""
    delete from operation where ctid = any (array(
        select ctid from operation where recorded_at < :before limit {_BATCH}))
    """
)
# From the oldest on, so that a reader never finds a hole behind what it still finds.
_EVENTS = text(
    f"""
    with old as (select seq from feed where seq < :before order by seq limit {_BATCH}),
         heard as (delete from feed_audience a using old where a.seq = old.seq)
    delete from feed f using old where f.seq = old.seq
    """
)


async def forget_operations(engine: AsyncEngine, now: datetime) -> int:
    """Delete the operations after 90 days; the same opId is then a new call. Returns how many."""
    return await _in_batches(engine, _OPERATIONS, now - OPERATIONS_KEPT)


async def forget_events(engine: AsyncEngine, now: datetime, retention: timedelta) -> int:
    """Delete the events older than what is kept, with their audience. Returns how many."""
    return await _in_batches(engine, _EVENTS, oldest_kept(int(now.timestamp() * 1_000_000), retention))


async def _in_batches(engine: AsyncEngine, statement: TextClause, before: datetime | int) -> int:
    total, count = 0, _BATCH
    while count == _BATCH:
        async with transaction(engine) as connection:
            count = (await connection.execute(statement, {"before": before})).rowcount
        total += count
    return total


async def compare_inbox(engine: AsyncEngine, now: datetime) -> int:  # noqa: ARG001 — every job is given the time
    """Report how many rows of the paging index differ from what they are derived from; anything but 0 is a defect."""
    async with transaction(engine) as connection:
        differences = await inbox.differences(connection)
    if differences:
        _log.error("inbox differs from closure and statements", rows=differences)
    return differences
