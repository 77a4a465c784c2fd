"""Planning reported participation: one activity of one of the importer's own members per line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from hub.domain.activity import usual_mode
from hub.domain.dates import last_day
from hub.domain.participation import Told, is_outside_stay
from hub.domain.participation_record import MATCHED
from hub.domain.self_report import ReportParticipation
from hub.sync.ledger.corrected import BY_REPORT, CORRECTED_SINCE, EARLIER, is_old_news
from hub.sync.ledger.plan_members import People
from hub.sync.ledger.plan_rollcall import MarkCommand
from hub.sync.ledger.planned import Context, Outcome, PlannedRow, in_portions, same_place
from hub.sync.ledger.rows import ParticipationRow, Problem

_KNOWN: Final = text(
    f"""
    select {EARLIER}, p.id, p.member_id, p.kind, p.held_on, coalesce(p.host_id::text, p.host_text, '') as host,
           coalesce(p.title, '') as title, p.attendance, p.mode, p.evidence_kind, p.hours, p.dispute_state, p.twin_id
      from participation p
     where p.source = 'SELF_REPORT' and p.member_id = any(:members) and p.day between :since and :until
    """
)
# What the places recorded of the same members and days, and nobody reported yet.
_SEEN: Final = text(
    """
    select distinct m.member_id, p.id, p.kind, p.held_on, p.host_id
      from match m join participation p on p.arrival_id = m.arrival_id and p.day between :since and :until
     where m.member_id = any(:members) and m.state = 'CONFIRMED'
       and not exists (select from participation s where s.twin_id = p.id)
    """
)
_STAYS: Final = text(
    f"""
    select l.member_id, a.state, a.arrived_on, a.left_on, a.amended_at, l.ended_on
      from match k join arrival a on a.id = k.arrival_id {MATCHED.format(arrival="a.id")}
     where k.member_id = any(:members) and k.state = 'CONFIRMED'
    """
)


async def plan(context: Context, rows: Iterable[tuple[int, ParticipationRow[UUID]]]) -> list[PlannedRow]:
    """Plan the lines of a list of reports, given with their table's number."""
    seen: set[tuple[Any, ...]] = set()
    planned: list[PlannedRow] = []
    for portion in in_portions(rows):
        planned += await _plan(context, portion, seen)
    return planned


async def _plan(
    context: Context, rows: Sequence[tuple[int, ParticipationRow[UUID]]], taken: set[tuple[Any, ...]]
) -> list[PlannedRow]:
    people = await People.load(context, [row for _, row in rows], "m.id, m.name_key")
    who = [people.who(context, row) if row.error is None else row.error for _, row in rows]
    members = list({p["id"] for p in who if p is not None and not isinstance(p, Problem)})
    days = [last_day(row.held_on) for _, row in rows if row.error is None and row.held_on]
    known: dict[tuple[Any, ...], Any] = {}
    seen: dict[tuple[Any, ...], list[Any]] = {}
    stays: dict[UUID, list[Any]] = {}
    if members and days:
        wanted = {"members": members, "since": min(days), "until": max(days)}
        for r in await context.connection.execute(_KNOWN, wanted):
            known[r.member_id, r.kind, r.held_on, r.host, r.title] = r
        for r in await context.connection.execute(_SEEN, wanted):
            seen.setdefault((r.member_id, r.kind, r.held_on), []).append(r)
        for stay in (await context.connection.execute(_STAYS, {"members": members})).mappings():
            stays.setdefault(stay["member_id"], []).append(stay)
    planned: list[PlannedRow] = []
    for (table, row), person in zip(rows, who, strict=True):
        item = PlannedRow(row.sheet, row.row, table, Outcome.NEW, warnings=row.warnings, line=row.line)
        planned.append(item)
        if isinstance(person, Problem):
            item.refuse(person.field, person.code)
        elif person is None:
            item.refuse("citizenId", "PERSON_UNKNOWN")
        else:
            if row.organization is not None and not context.names.is_below(person["organization_id"], row.organization):
                item.warnings = (*item.warnings, Problem("organization", "ORGANIZATION_DIFFERS"))
            _judge(context, item, row, person["id"], taken, known, seen, stays.get(person["id"], []))
    return planned


def _judge(
    context: Context,
    item: PlannedRow,
    row: ParticipationRow[UUID],
    member_id: UUID,
    taken: set[tuple[Any, ...]],
    known: dict[tuple[Any, ...], Any],
    seen: dict[tuple[Any, ...], list[Any]],
    stays: Sequence[Any],
) -> None:
    assert row.kind is not None
    assert row.held_on is not None
    usual = usual_mode(row.kind)
    told = Told(
        attendance=row.attendance,
        mode=row.mode or usual,
        hours=row.hours,
        evidence_kind=row.evidence_kind or ("OTHER" if row.evidence_text else None),
        evidence_reference=row.evidence_text,
        remark=row.remark,
    )
    command = ReportParticipation(
        member_id=member_id,
        kind=row.kind,
        held_on=row.held_on,
        told=told,
        title=row.title,
        host_id=row.host,
        host_text=None if row.host is not None else row.host_text,
        place=row.place,
    )
    if command.key in taken:
        item.refuse("heldOn", "DUPLICATE_IN_FILE")
        return
    taken.add(command.key)
    if stays and all(is_outside_stay(row.held_on, stay) for stay in stays):
        # A member at home again takes part too.
        item.warnings = (*item.warnings, Problem("heldOn", "ACTIVITY_OUTSIDE_STAY"))
    item.said = (told.attendance, told.mode or usual)
    before = known.get(command.key)
    if before is None:
        item.matched = _is_seen(context, command, seen)
        item.command = command
        return
    item.record, item.matched = before.id, before.twin_id is not None
    said = (told.attendance, told.mode, told.hours if told.hours is not None else before.hours)
    if said == (before.attendance, before.mode, before.hours):
        item.outcome = Outcome.UNCHANGED
    elif is_old_news(before, told):
        item.leave_as_it_stands("attendance", CORRECTED_SINCE)
    elif before.dispute_state == "DISPUTED":
        item.refuse("attendance", "RECORD_DISPUTED")
    else:
        item.outcome = Outcome.UPDATED
        item.command = MarkCommand(None, told, None, member_id, before.id, BY_REPORT)


def _is_seen(context: Context, command: ReportParticipation, seen: dict[tuple[Any, ...], list[Any]]) -> bool:
    """Tell whether the host recorded this too; each of its records is taken once."""
    records = seen.get((command.member_id, command.kind, command.held_on), [])
    for record in records:
        if same_place(context, command, record.host_id):
            records.remove(record)
            return True
    return False
