"""Exculpatory evidence first: nothing adverse is suggested or recorded while evidence about that time is open.

The one gate before everything that says six months without organizational life (条例 Art 31(6)), lost (Art 24) or
unqualified. What is open is named by its kind: a question and an inquiry by themselves, never a host, and never a
record of an arrival that is not matched.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.errors import EvidenceOpen


class OpenKind(StrEnum):
    """What can be open."""

    QUESTION = "QUESTION"
    UNACKNOWLEDGED = "UNACKNOWLEDGED"
    DISPUTE = "DISPUTE"
    INQUIRY = "INQUIRY"


@dataclass(frozen=True, slots=True)
class Open:
    """One thing that is open about a member: a candidate, a participation or an inquiry, by id."""

    member_id: UUID
    kind: OpenKind
    object_id: UUID
    day: date | None


# A record of a month counts for every day of it: 2026-10 sorts before 2026-10-20.
# Where the place says absent and the member says present, the record is disputed, whichever of them spoke first.
# Whether a question is the member's is what it asks, so every open one counts, whatever the period.
_OPEN: Final = text(
    """
    with about as (
        select w.member_id, w.since, w.until
          from unnest(cast(:members as uuid[]), cast(:since as date[]), cast(:until as date[])) as w(member_id, since, until)
    ), matched as (
        select distinct b.member_id, b.since, b.until, m.arrival_id
          from about b join match m on m.member_id = b.member_id and m.state = 'CONFIRMED'
    )
    select b.member_id, 'QUESTION' as kind, m.id, m.asked_on as day
      from about b join match m on m.member_id = b.member_id and m.state = 'ASKED'
    union all
    select x.member_id, case when p.dispute_state = 'DISPUTED' or d.id is not null then 'DISPUTE' else 'UNACKNOWLEDGED' end,
           p.id, p.day
      from matched x join participation p on p.arrival_id = x.arrival_id and p.day >= x.since
       and p.held_on collate "C" <= to_char(x.until, 'YYYY-MM-DD')
      left join discrepancy d on d.participation_id = p.id and d.state <> 'SETTLED'
     where p.state = 'CONFIRMED' or p.dispute_state = 'DISPUTED' or d.id is not null
    union all
    select b.member_id, case p.dispute_state when 'DISPUTED' then 'DISPUTE' else 'UNACKNOWLEDGED' end, p.id, p.day
      from about b join participation p on p.member_id = b.member_id and p.day >= b.since
       and p.held_on collate "C" <= to_char(b.until, 'YYYY-MM-DD')
     where p.state = 'CONFIRMED' or p.dispute_state = 'DISPUTED'
    union all
    select b.member_id, 'INQUIRY', i.id, i.due_on
      from about b join inquiry i on i.member_id = b.member_id and i.state = 'ASKED'
       and i.from_on <= b.until and i.to_on >= b.since
     order by 1, 2, 4, 3
    """
)
_WORDS: Final = {
    OpenKind.QUESTION: ("匹配询问待答复", "question about a match"),
    OpenKind.UNACKNOWLEDGED: ("参加记录待确认", "record to acknowledge"),
    OpenKind.DISPUTE: ("记录有异议或两边不一致待处理", "disputed record or difference to settle"),
    OpenKind.INQUIRY: ("协查函待答复", "inquiry to be answered"),
}


async def open_of(connection: AsyncConnection, periods: Collection[tuple[UUID, date, date]]) -> dict[UUID, list[Open]]:
    """Return what is open about members, each within a period (member, first day, last day)."""
    if not periods:
        return {}
    members, since, until = zip(*periods, strict=True)
    found: dict[UUID, list[Open]] = {}
    rows = await connection.execute(_OPEN, {"members": list(members), "since": list(since), "until": list(until)})
    for row in rows:
        found.setdefault(row.member_id, []).append(Open(row.member_id, OpenKind(row.kind), row.id, row.day))
    return found


async def gate(connection: AsyncConnection, *, member_id: UUID, since: date, until: date) -> None:
    """Let pass what is adverse to a member about a period, if no evidence is open. Raises EvidenceOpen, which names it.

    Call it in the transaction that records, after the member is locked.
    """
    found = (await open_of(connection, [(member_id, since, until)])).get(member_id)
    if found:
        raise EvidenceOpen("memberId", message=in_words(found))


def in_words(found: Collection[Open]) -> str:
    """Return what is open, counted by kind, Chinese first; it names nobody."""
    counts = {kind: sum(item.kind is kind for item in found) for kind in OpenKind}
    chinese = "、".join(f"{_WORDS[kind][0]} {count} 项" for kind, count in counts.items() if count)
    english = ", ".join(f"{_WORDS[kind][1]}: {count}" for kind, count in counts.items() if count)
    return f"还有未处理完的证据，不能作出不利认定：{chinese}。请先处理。 Open evidence, settle it first: {english}."
