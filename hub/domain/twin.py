"""The same thing told twice: what a member reported and what the host recorded are linked and counted once.

Same person through a confirmed match, same kind, same day, compatible place. Each side's entry stays; what differs is a
difference with both sides' evidence, not a winner.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.database.copy import copy_rows
from hub.domain import discrepancy
from hub.domain.dates import today
from hub.domain.pair import RELATED, Pair, pairs
from hub.domain.participation_record import event
from hub.domain.rule import rule
from hub.feed.append import append
from hub.ids import random_id
from hub.models import ATTENDED, Attendance, EventKind, RuleCode, Side

_PLACE: Final = f"""
    (case when s.host_id is not null then {RELATED.format(one="s.host_id", other="h.host_id")}
          when s.host_text is null then true
          else exists (select from organization o where o.id = h.host_id and s.host_text in (o.name, o.short_name)) end)
"""
_TWINS: Final = text(
    f"""
    with mine as (
        select distinct m.member_id, m.arrival_id from match m
         where m.member_id = any(:members) and m.state = 'CONFIRMED'
    ), seen as (
        select h.*, mine.member_id as whose from mine join participation h on h.arrival_id = mine.arrival_id
         where h.day between :since and :until
    )
    select s.id as told_id, h.id as seen_id, s.twin_id
      from participation s
      join seen h on h.whose = s.member_id and h.kind = s.kind and h.held_on = s.held_on and {_PLACE}
     where s.member_id = any(:members) and s.source = 'SELF_REPORT' and s.day between :since and :until
     order by s.day, s.recorded_at, s.id, (s.attendance = h.attendance) desc, (s.mode = h.mode) desc, h.id
    """
)
_LINKED: Final = text(
    """
    select id, twin_id from participation
     where member_id = any(:members) and twin_id is not null and day between :since and :until order by id for update
    """
)
_SET: Final = text("update participation set twin_id = :twin where id = :id")
# Whoever sees the host's record sees what it is linked with, from then on.
_TOLD: Final = text(
    """
    select s.id, s.version, s.member_id, s.organization_id, h.id as seen_id, h.arrival_id, h.host_id,
           a.organization_id as registrar_id, a.branch_id
      from unnest(cast(:told as uuid[]), cast(:seen as uuid[])) as w(told, seen)
      join participation s on s.id = w.told join participation h on h.id = w.seen join arrival a on a.id = h.arrival_id
     order by s.day, s.id
    """
)
_DIFFERING: Final = text(
    """
    select h.id as participation_id, s.attendance as ours, h.attendance as theirs, l.id as match_id,
           x.id, x.version, x.state, x.pair_digest
      from participation s join participation h on h.id = s.twin_id
      join lateral (select m.id from match m
                     where m.arrival_id = h.arrival_id and m.member_id = s.member_id and m.state = 'CONFIRMED'
                     order by m.ended_at desc nulls first limit 1) l on true
      left join discrepancy x on x.participation_id = h.id
     where s.member_id = any(:members) and s.day between :since and :until
    """
)
_FRESH: Final = (
    "id",
    "version",
    "match_id",
    "participation_id",
    "field",
    "outflow_value",
    "inflow_value",
    "pair_digest",
    "owner",
    "state",
    "due_on",
    "opened_at",
)
_REOPEN: Final = text(
    """
    update discrepancy set match_id = :match, outflow_value = :ours, inflow_value = :theirs, pair_digest = :digest,
           state = 'OPEN', due_on = :due, version = version + 1, settled_at = null, settled_by = null,
           proposal_take = null, proposal_value = null, proposal_confirmed_on = null, proposal_note = null,
           proposed_at = null, proposed_by = null
     where id = :id
    """
)
_SETTLE: Final = text(
    "update discrepancy set state = 'SETTLED', settled_at = :now, settled_by = 'hub', pair_digest = '',"
    " version = version + 1 where id = :id"
)
_FORGET: Final = text("update discrepancy set pair_digest = '' where participation_id = any(:seen)")
_GONE: Final = text(
    """
    select x.id, x.version, x.match_id from discrepancy x
     where x.participation_id = any(:seen) and x.state <> 'SETTLED'
       and not exists (select from participation s where s.twin_id = x.participation_id) order by x.id for update
    """
)


async def link(
    connection: AsyncConnection, *, now: datetime, members: Collection[UUID], since: date, until: date
) -> int:
    """Link what is told twice between two days, take back what no longer fits, and say what differs.

    Returns how many were linked anew. Twice changes nothing.
    """
    if not members:
        return 0
    wanted: dict[str, Any] = {"members": sorted(members), "since": since, "until": until}
    linked = {row.id: row.twin_id for row in await connection.execute(_LINKED, wanted)}
    kept, fresh = _chosen((await connection.execute(_TWINS, wanted)).all())
    loosened = {told: seen for told, seen in linked.items() if kept.get(told) != seen}
    if loosened:
        await connection.execute(_SET, [{"id": told, "twin": None} for told in loosened])
    if fresh:
        await connection.execute(_SET, [{"id": told, "twin": seen} for told, seen in fresh.items()])
    await _tell(connection, now, EventKind.PARTICIPATION_UNSHARED, loosened)
    await _tell(connection, now, EventKind.PARTICIPATION_SHARED, fresh)
    if linked or fresh:
        await _compare(connection, now, wanted)
    if loosened:
        await _close(connection, now, loosened.values())
    return len(fresh)


async def loosen(connection: AsyncConnection, *, now: datetime, arrival_id: UUID) -> None:
    """Take back every link to the records of one arrival, whose match was undone."""
    rows = await connection.execute(
        text(
            "select s.id, s.twin_id from participation s join participation h on h.id = s.twin_id"
            " where h.arrival_id = :arrival order by s.id for update of s"
        ),
        {"arrival": arrival_id},
    )
    linked = {row.id: row.twin_id for row in rows}
    if linked:
        await connection.execute(_SET, [{"id": told, "twin": None} for told in linked])
        # What was settled between these two is not settled for whoever is matched next.
        await connection.execute(_FORGET, {"seen": list(linked.values())})
        await _tell(connection, now, EventKind.PARTICIPATION_UNSHARED, linked)


def _chosen(found: Sequence[Row[Any]]) -> tuple[dict[UUID, UUID], dict[UUID, UUID]]:
    """Choose one partner each: what is linked and still fits stays, then in the order of days."""
    kept = {row.told_id: row.seen_id for row in found if row.twin_id == row.seen_id}
    taken, fresh = set(kept.values()), dict[UUID, UUID]()
    for row in found:
        if row.told_id not in kept and row.told_id not in fresh and row.seen_id not in taken:
            fresh[row.told_id] = row.seen_id
            taken.add(row.seen_id)
    return kept, fresh


async def _tell(connection: AsyncConnection, now: datetime, kind: EventKind, links: dict[UUID, UUID]) -> None:
    if not links:
        return
    rows = await connection.execute(_TOLD, {"told": list(links), "seen": list(links.values())})
    await append(
        connection,
        [
            event(
                kind,
                row.id,
                row.version,
                sorted({o for o in (row.registrar_id, row.branch_id, row.host_id) if o is not None}),
                now,
                organization=row.organization_id,
                arrival=row.arrival_id,
            )
            for row in rows
        ],
        at=now,
    )


def weight(attendance: str) -> str:
    """Return what a mark weighs: PRESENT and LATE are one, all leave is one, absence without cause is another."""
    if attendance in ATTENDED:
        return "ATTENDED"
    return "ABSENT" if attendance == Attendance.ABSENT_UNEXCUSED else "EXCUSED"


async def _compare(connection: AsyncConnection, now: datetime, wanted: dict[str, Any]) -> None:
    """Open a difference where the two tell another thing of one attendance; settle it where they agree."""
    day = today(now)
    due = (await rule(connection, RuleCode.DISCREPANCY_SETTLED, day)).due(day)
    fresh: list[tuple[Any, ...]] = []
    again: list[dict[str, Any]] = []
    gone: list[tuple[UUID, int, UUID]] = []
    opened: list[tuple[UUID, int, UUID]] = []
    for row in (await connection.execute(_DIFFERING, wanted)).all():
        if weight(row.ours) == weight(row.theirs):
            if row.id is not None and row.state != "SETTLED":
                gone.append((row.id, row.version + 1, row.match_id))
            continue
        digest = hashlib.sha256(f"{row.ours}\0{row.theirs}".encode()).digest()
        if row.id is None:
            identifier = random_id()
            side = Side.INFLOW.value  # who keeps the sign-in sheet looks first
            fresh.append(
                (identifier, 1, row.match_id, row.participation_id, discrepancy.ATTENDANCE, row.ours, row.theirs, digest, side, "OPEN",
                 due, now)
            )  # fmt: skip
            opened.append((identifier, 1, row.match_id))
        elif row.pair_digest != digest:
            again.append(
                {"id": row.id, "match": row.match_id, "ours": row.ours, "theirs": row.theirs, "digest": digest,
                 "due": due}
            )  # fmt: skip
            opened.append((row.id, row.version + 1, row.match_id))
    await copy_rows(connection, "discrepancy", _FRESH, fresh)
    if again:
        await connection.execute(_REOPEN, again)
    if gone:
        await connection.execute(_SETTLE, [{"id": identifier, "now": now} for identifier, _, _ in gone])
    await _tell_differences(connection, now, EventKind.DISCREPANCY_OPENED, opened)
    await _tell_differences(connection, now, EventKind.DISCREPANCY_SETTLED, gone)


async def _close(connection: AsyncConnection, now: datetime, seen: Iterable[UUID]) -> None:
    """Settle differences of records that are no longer linked."""
    rows = (await connection.execute(_GONE, {"seen": list(seen)})).all()
    if rows:
        await connection.execute(_SETTLE, [{"id": row.id, "now": now} for row in rows])
        told = [(row.id, row.version + 1, row.match_id) for row in rows]
        await _tell_differences(connection, now, EventKind.DISCREPANCY_SETTLED, told)


async def _tell_differences(
    connection: AsyncConnection, now: datetime, kind: EventKind, told: Sequence[tuple[UUID, int, UUID]]
) -> None:
    if not told:
        return
    sides: dict[UUID, Pair] = {p.match_id: p for p in await pairs(connection, {match for *_, match in told})}
    told_of = [discrepancy.event(kind, i, v, sides[m], now, field=discrepancy.ATTENDANCE) for i, v, m in told]
    await append(connection, told_of, at=now)
