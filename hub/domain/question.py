"""Questions that a person answers: STILL_AWAY, REMARK, UNREADABLE, TRANSFER_ELIGIBLE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.dates import today
from hub.domain.outcome import Changed
from hub.domain.rule import rule
from hub.domain.scope import in_scope, require_organization
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, NotFound, ReasonRequired, WrongState
from hub.ids import random_id
from hub.models import RuleCode, Side, TaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question about one statement; `about` tells two of one kind apart (a field, a kind of remark)."""

    kind: TaskKind
    side: Side
    organization_id: UUID
    statement_id: UUID
    about: str = ""


_RULE: Final = {
    TaskKind.STILL_AWAY: RuleCode.STILL_AWAY_ANSWER,
    TaskKind.REMARK: RuleCode.REMARK_ANSWER,
    TaskKind.UNREADABLE: RuleCode.REMARK_ANSWER,
    TaskKind.TRANSFER_ELIGIBLE: RuleCode.REMARK_ANSWER,
    TaskKind.SEARCH: RuleCode.REMARK_ANSWER,
}
_WHAT_HOLDS: Final = {
    "AWAY": "仍在外",
    "RETURNED": "已返回",
    "MOVED_ON": "去了别处",
    "TRANSFERRED": "组织关系已转走",
    "DECEASED": "去世",
    "NO_CONTACT": "暂未取得联系",
}
ANSWERS: Final[Mapping[TaskKind, Mapping[str, str]]] = {
    TaskKind.STILL_AWAY: _WHAT_HOLDS,
    TaskKind.REMARK: _WHAT_HOLDS,
    TaskKind.UNREADABLE: {"FILLED": "已补填", "NOT_KNOWN": "无从得知", "NOT_NEEDED": "无需填写"},
    # That a transfer will be requested is no answer: the request itself is.
    TaskKind.TRANSFER_ELIGIBLE: {
        "NOT_ELIGIBLE": "不符合条件",
        "NOT_FIXED": "地点不固定",
        "RETURNING_SOON": "近期将返回",
        "OTHER": "其他",
    },
}
"""What a person may answer, by kind, with its Chinese words; the hub itself also writes CLOSED and REQUESTED."""

# An open question is not asked twice; an answered one about the same thing is not asked again either,
# except whether somebody is still away, which each month's list may ask anew.
_ASK: Final = text(
    """
    insert into question (id, kind, turn, organization_id, departure_id, arrival_id, about, due_on, asked_at)
    select cast(:id as uuid), cast(:kind as text), cast(:turn as text), cast(:organization as uuid), cast(:departure as uuid),
           cast(:arrival as uuid), cast(:about as text), cast(:due as date), cast(:now as timestamptz)
     where not exists (
        select from question q where q.kind = cast(:kind as text) and q.about = cast(:about as text)
           and coalesce(q.departure_id, q.arrival_id) = coalesce(cast(:departure as uuid), cast(:arrival as uuid))
           and (q.answered_at is null or q.kind not in ('STILL_AWAY', 'SEARCH')))
    """
)


async def ask(connection: AsyncConnection, *, now: datetime, questions: Iterable[Ask]) -> None:
    """Ask questions that are not already open (or answered, where the answer stands)."""
    day = today(now)
    asked = list(questions)
    due = {kind: (await rule(connection, _RULE[kind], day)).due(day) for kind in {q.kind for q in asked}}
    rows = [
        {
            "id": random_id(),
            "kind": q.kind.value,
            "turn": q.side.value,
            "organization": q.organization_id,
            "departure": q.statement_id if q.side is Side.OUTFLOW else None,
            "arrival": q.statement_id if q.side is Side.INFLOW else None,
            "about": q.about,
            "due": due[q.kind],
            "now": now,
        }
        for q in asked
    ]
    if rows:
        await connection.execute(_ASK, rows)


async def ask_unreadable(
    connection: AsyncConnection, *, now: datetime, side: Side, said: Mapping[UUID, tuple[UUID, Mapping[str, str]]]
) -> None:
    """Ask what unreadable cells should say: statement → (organization to ask, field → original text)."""
    await ask(
        connection,
        now=now,
        questions=[
            Ask(kind=TaskKind.UNREADABLE, side=side, organization_id=organization, statement_id=statement, about=field)
            for statement, (organization, fields) in said.items()
            for field in fields
        ],
    )


async def filled(connection: AsyncConnection, *, now: datetime, by: str, said: Mapping[UUID, Iterable[str]]) -> None:
    """Close what was asked about unreadable cells whose fields are said now: statement → fields."""
    rows = [
        {"now": now, "by": by, "id": statement, "fields": sorted(fields)}
        for statement, fields in said.items()
        if fields
    ]
    if rows:
        await connection.execute(
            text(
                "update question set answer = 'FILLED', answered_at = :now, answered_by = :by"
                " where kind = 'UNREADABLE' and answered_at is null and about = any(:fields)"
                " and (departure_id = :id or arrival_id = :id)"
            ),
            rows,
        )


async def drop(connection: AsyncConnection, *, now: datetime, by: str, statements: Iterable[UUID]) -> None:
    """Close what is open about statements that are over."""
    await connection.execute(
        text(
            "update question set answer = 'CLOSED', answered_at = :now, answered_by = :by"
            " where answered_at is null and (departure_id = any(:ids) or arrival_id = any(:ids))"
        ),
        {"now": now, "by": by, "ids": list(statements)},
    )


async def complete(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    question_id: UUID,
    answer: str,
    note: str | None,
) -> Changed:
    """Answer a question. The answer is noted; it changes no state: what follows from it is another, deliberate call.

    TRANSFER_ELIGIBLE needs the reason why no transfer is requested. Raises NotFound, WrongState, InvalidInput.
    """
    require_organization(viewer)
    row = (
        (await connection.execute(text("select * from question where id = :id for update"), {"id": question_id}))
        .mappings()
        .one_or_none()
    )
    if row is None or not await in_scope(connection, viewer, [row["organization_id"]]):
        raise NotFound("taskId")
    if row["answered_at"] is not None:
        raise WrongState(state="ANSWERED")
    permitted = ANSWERS[TaskKind(row["kind"])]
    if answer not in permitted:
        raise InvalidInput("answer", message=_permitted(permitted))
    if row["kind"] == TaskKind.TRANSFER_ELIGIBLE and not (note or "").strip():
        raise ReasonRequired("note")
    await connection.execute(
        text(
            "update question set answer = :answer, note = :note, answered_at = :now, answered_by = :by where id = :id"
        ),
        {"answer": answer, "note": note, "now": now, "by": viewer.actor, "id": question_id},
    )
    return Changed(question_id, 1)


def _permitted(answers: Mapping[str, str]) -> str:
    chinese = "、".join(f"{words} {answer}" for answer, words in answers.items())
    return f"请答以下之一：{chinese}。 Answer one of: {', '.join(answers)}."


# Away for the rule's six calendar months at a place that the inflow side confirms: should transfer (应转尽转, 条例 Art 25).
# A month-only date counts from its last day, since the clock asks something of the member.
_ELIGIBLE: Final = text(
    """
    select d.id, d.organization_id, d.departed_on, a.arrived_on
      from match m join departure d on d.id = m.departure_id join arrival a on a.id = m.arrival_id
     where m.state = 'CONFIRMED' and m.ended_at is null and d.ended_on is null and a.state = 'PLACED'
       and a.arrived_on is not null and length(a.arrived_on) >= 7
       and (case when length(a.arrived_on) = 10 then a.arrived_on::date
                 else (a.arrived_on || '-01')::date + interval '1 month - 1 day' end)
           + cast(cast(:interval as text) as interval) <= cast(:day as date)
       and not exists (select from transfer t where t.member_id = d.member_id
                          and t.state not in ('CLOSED', 'REFUSED', 'REJECTED', 'WITHDRAWN'))
       and not exists (select from question q where q.kind = 'TRANSFER_ELIGIBLE' and q.departure_id = d.id)
    """
)
_ANSWER_BY_REQUEST: Final = text(
    """
    update question q set answer = 'REQUESTED', answered_at = :now, answered_by = 'hub'
      from departure d
     where q.kind = 'TRANSFER_ELIGIBLE' and q.answered_at is null and q.departure_id = d.id and d.member_id = :member
    """
)


async def answer_by_request(connection: AsyncConnection, *, now: datetime, member_id: UUID) -> None:
    """A request for transfer answers whether the member should transfer."""
    await connection.execute(_ANSWER_BY_REQUEST, {"now": now, "member": member_id})


async def ask_eligible(connection: AsyncConnection, *, now: datetime) -> int:
    """Ask about members who by the rule should transfer. Returns how many were asked."""
    day = today(now)
    after = await rule(connection, RuleCode.TRANSFER_ELIGIBLE_AFTER, day)
    rows: list[Any] = list(await connection.execute(_ELIGIBLE, {"interval": after.interval, "day": day}))
    await ask(
        connection,
        now=now,
        questions=[
            Ask(
                kind=TaskKind.TRANSFER_ELIGIBLE,
                side=Side.OUTFLOW,
                organization_id=row.organization_id,
                statement_id=row.id,
            )
            for row in rows
        ],
    )
    return len(rows)
