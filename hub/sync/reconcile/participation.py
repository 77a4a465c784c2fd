"""Reconciling organizational life: what is told twice, what waits too long, who is to be searched for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.database.engine import transaction
from hub.domain import acknowledgement, search_duty, twin

_BATCH: Final = 500
# Reports that no record stands beside; two that were told at the same instant did not see each other.
_ALONE: Final = text(
    """
    select p.member_id, min(p.day) as since, max(p.day) as until from participation p
     where p.source = 'SELF_REPORT' and p.twin_id is null and p.member_id > :after
     group by p.member_id order by p.member_id limit :n
    """
)


@dataclass(frozen=True, slots=True)
class Lives:
    """What one run found: linked anew, overdue, members to be searched for."""

    linked: int
    overdue: int
    searched: int


async def reconcile_participation(engine: AsyncEngine, *, now: datetime) -> Lives:
    """Link, say what is overdue, and ask for searches, in transactions of their own. Twice changes nothing."""
    linked, after = 0, UUID(int=0)
    while True:
        async with transaction(engine) as connection:
            rows = (await connection.execute(_ALONE, {"after": after, "n": _BATCH})).all()
            if not rows:
                break
            linked += await twin.link(
                connection,
                now=now,
                members=[row.member_id for row in rows],
                since=min(row.since for row in rows),
                until=max(row.until for row in rows),
            )
        after = rows[-1].member_id
    overdue = 0
    while True:
        async with transaction(engine) as connection:
            found = await acknowledgement.note_overdue(connection, now=now)
        overdue += found
        if found == 0:
            break
    searched = 0
    last: UUID | None = UUID(int=0)
    while last is not None:
        async with transaction(engine) as connection:
            asked, last = await search_duty.ask(connection, now=now, after=last, n=_BATCH)
        searched += asked
    return Lives(linked, overdue, searched)
