"""The duty to search (待查找): asked of the home branch at six months without a sign, closed by any newer sign.

Only suggested, never while evidence is open; what follows from a search is a finding of people (条例 Art 24).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import contact, question
from hub.domain.contact import ContactState
from hub.models import Side, TaskKind

_AWAY: Final = text(
    """
    select d.id, d.member_id, d.organization_id from departure d
     where d.ended_on is null and d.id > :after order by d.id limit :n
    """
)
_CLOSE: Final = text(
    """
    update question set answer = 'CLOSED', answered_at = :now, answered_by = 'hub'
     where kind = 'SEARCH' and answered_at is null and departure_id = :departure and about <> :about
    """
)
_ASKED: Final = text(
    "select departure_id, about from question where kind = 'SEARCH' and answered_at is null and departure_id = any(:ids)"
)


async def ask(connection: AsyncConnection, *, now: datetime, after: UUID, n: int = 500) -> tuple[int, UUID | None]:
    """Ask about the next `n` departures behind `after`, and close what a newer sign answered.

    Returns how many were asked, and the last departure, None at the end. Twice changes nothing.
    """
    rows: Sequence[Any] = (await connection.execute(_AWAY, {"after": after, "n": n})).all()
    if not rows:
        return 0, None
    status = await contact.status(connection, now=now, members=[row.member_id for row in rows])
    asked = {row.departure_id: row.about for row in await connection.execute(_ASKED, {"ids": [r.id for r in rows]})}
    wanted: dict[UUID, str] = {}
    for row in rows:
        standing = status.get(row.member_id)
        if standing is not None and standing.state is ContactState.TO_BE_SEARCHED_FOR:
            wanted[row.id] = standing.since.isoformat()
    stale = [
        {"now": now, "departure": departure, "about": wanted.get(departure, "")}
        for departure, about in asked.items()
        if wanted.get(departure) != about
    ]
    if stale:
        await connection.execute(_CLOSE, stale)
    fresh = [row for row in rows if row.id in wanted and asked.get(row.id) != wanted[row.id]]
    await question.ask(
        connection,
        now=now,
        questions=[
            question.Ask(
                kind=TaskKind.SEARCH,
                side=Side.OUTFLOW,
                organization_id=row.organization_id,
                statement_id=row.id,
                about=wanted[row.id],
            )
            for row in fresh
        ],
    )
    return len(fresh), rows[-1].id
