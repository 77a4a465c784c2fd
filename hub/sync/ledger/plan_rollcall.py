"""Planning a roll call: whose line it is, which activity each column is, and what each mark says that is new.

People are arrivals of the place first, members of the importer's own side else: whoever fits the day. Nothing of a person
who is neither is looked up, so a mark tells nothing about the members of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from hub.domain.activity import RecordActivity, folded
from hub.domain.dates import first_day, today
from hub.domain.participation import Told, is_outside_stay
from hub.domain.participation_record import MATCHED
from hub.models import ATTENDED, ActivityKind, Attendance, ParticipationMode
from hub.sync.ledger.corrected import BY_ROLL_CALL, CORRECTED_SINCE, EARLIER, is_old_news
from hub.sync.ledger.dates import DATE_IN_FUTURE
from hub.sync.ledger.plan_members import People
from hub.sync.ledger.planned import Context, Outcome, PlannedRow, same_place
from hub.sync.ledger.rows import Mark, Problem, RollcallActivity, RollcallRow, RollcallTable

_STAYS: Final = f"""
    select {{key}} as key, a.id, a.name_key, a.organization_id, a.branch_id, a.state, a.arrived_on, a.left_on,
           a.amended_at, l.member_id, l.ended_on
      from {{source}} {MATCHED.format(arrival="a.id")}
     where {{which}}
       and (:everywhere or exists (select from organization_closure s
                                    where s.ancestor = :viewer and s.descendant in (a.organization_id, a.branch_id)))
     order by a.state in ('RETURNED', 'LEFT'), a.recorded_at desc, a.id
"""
_BY_DIGEST: Final = text(
    _STAYS.format(
        key="i.digest",
        source="identity i join arrival a on a.id = i.subject_id",
        which="not i.of_member and i.digest = any(:keys)",
    )
)
_BY_NAME: Final = text(_STAYS.format(key="a.name_key", source="arrival a", which="a.name_key = any(:keys)"))
_ACTIVITIES: Final = text(
    """
    select a.id, a.organization_id, a.held_on, a.kind, coalesce(a.title, '') as title, a.mode, a.components
      from activity a
      join unnest(cast(:hosts as uuid[]), cast(:days as text[])) as w(host, day)
        on a.organization_id = w.host and a.held_on = w.day
     where a.cancelled_at is null
    """
)
_RECORDS: Final = text(
    f"""
    select {EARLIER}, p.id, p.activity_id, coalesce(p.arrival_id, p.member_id) as person, p.attendance, p.mode, p.dispute_state,
           p.components_attended,
           exists (select from participation s where s.twin_id = p.id) as is_linked
      from participation p where p.activity_id = any(:activities)
    """
)
_TOLD: Final = text(
    """
    select member_id, kind, held_on, host_id, host_text from participation
     where source = 'SELF_REPORT' and twin_id is null and member_id = any(:members) and held_on = any(:days)
    """
)
# An activity of no known kind needs a title, and a head that is only a day says none.
_UNNAMED: Final = "组织生活"
# Of two marks of one person at one activity the one that says more counts: who was there is not absent, nor who had leave.
_WEIGHT: Final = {a.value: 2 if a in ATTENDED else int(a is not Attendance.ABSENT_UNEXCUSED) for a in Attendance}


@dataclass(frozen=True, slots=True)
class MarkCommand:
    """What a mark does: a new record of somebody at an activity, or the correction of `record` (then of a report too,
    which has no activity)."""

    activity: RecordActivity | None
    told: Told
    arrival_id: UUID | None
    member_id: UUID | None
    record: UUID | None = None
    reason: str = BY_ROLL_CALL


class Stays:
    """The arrivals of the place by number and by name."""

    def __init__(self) -> None:
        self.by_digest: dict[bytes, list[Any]] = {}
        self.by_name: dict[str, list[Any]] = {}

    @classmethod
    async def load(cls, context: Context, rows: Sequence[RollcallRow[UUID]]) -> Stays:
        """Read everybody whom the lines may mean, in two statements."""
        found = cls()
        scope = {"everywhere": context.viewer.is_operator, "viewer": context.viewer.organization}
        digests = [context.digest(row.citizen_id) for row in rows if row.citizen_id]
        if digests:
            for stay in (await context.connection.execute(_BY_DIGEST, {**scope, "keys": digests})).mappings():
                found.by_digest.setdefault(stay["key"], []).append(stay)
        names = list({row.name_key for row in rows if not row.citizen_id})
        if names:
            for stay in (await context.connection.execute(_BY_NAME, {**scope, "keys": names})).mappings():
                found.by_name.setdefault(stay["key"], []).append(stay)
        return found


async def plan(context: Context, tables: Sequence[RollcallTable[UUID]]) -> tuple[list[PlannedRow], int]:
    """Plan the marks of a file, one row of the plan each, with one for each line and each head that is refused.

    Returns them with the number of people's lines.
    """
    rows = [row for table in tables for row in table.rows if row.error is None]
    stays, people = await Stays.load(context, rows), await People.load(context, rows, "m.id, m.name_key")
    activities, records = await _known(context, tables)
    told = await _told(context, tables, stays)
    planned: list[PlannedRow] = []
    seen: dict[tuple[Any, UUID], PlannedRow] = {}
    for number, (table, commands) in enumerate(_told_apart(tables, _commands(tables))):
        planned += [
            PlannedRow(table.sheet, a.row, number, Outcome.REFUSED, error=a.error, column=a.column)
            for a in table.activities
            if a.error is not None
        ]
        for row in table.rows:
            line = _Line(context, number, table, row, commands, activities, records, told, seen)
            planned += line.plan(stays, people)
    return planned, sum(len(table.rows) for table in tables)


def _commands(tables: Sequence[RollcallTable[UUID]]) -> list[list[RecordActivity | None]]:
    """Return the activity of each column of each table.

    Two columns may be one activity, one of them online: its own mode is that of the column that says none. It has the
    components of all.
    """
    made = [
        [None if a.error or table.organization is None else _activity(table, a) for a in table.activities]
        for table in tables
    ]
    modes: dict[tuple[Any, ...], str | None] = {}
    components: dict[tuple[Any, ...], set[str]] = {}
    for table, commands in zip(tables, made, strict=True):
        for column, command in zip(table.activities, commands, strict=True):
            if command is not None and (command.key not in modes or column.mode is None):
                modes[command.key] = command.mode
            if command is not None:
                components.setdefault(command.key, set()).update(command.components or ())
    return [
        [c and replace(c, mode=modes[c.key], components=tuple(sorted(components[c.key])) or None) for c in commands]
        for commands in made
    ]


def _told_apart(
    tables: Sequence[RollcallTable[UUID]], made: Sequence[Sequence[RecordActivity | None]]
) -> Iterator[tuple[RollcallTable[UUID], Sequence[RecordActivity | None]]]:
    """Yield each table and its activities; a column that says no mode is on site if another one of its activity says one.

    Whatever the activity was first recorded as: last month's file may have had the online column only.
    """
    said = {
        command.key
        for table, commands in zip(tables, made, strict=True)
        for column, command in zip(table.activities, commands, strict=True)
        if command is not None and column.mode is not None
    }
    for table, commands in zip(tables, made, strict=True):
        columns = (
            replace(column, mode=column.mode or ParticipationMode.ON_SITE.value)
            if command is not None and command.key in said
            else column
            for column, command in zip(table.activities, commands, strict=True)
        )
        yield replace(table, activities=tuple(columns)), commands


def _activity(table: RollcallTable[UUID], found: RollcallActivity) -> RecordActivity:
    assert table.organization is not None
    assert found.held_on is not None
    return RecordActivity(
        organization_id=table.organization,
        kind=found.kind,
        held_on=found.held_on,
        title=found.title or (_UNNAMED if found.kind == ActivityKind.OTHER else None),
        mode=found.mode or ParticipationMode.ON_SITE.value,
        components=found.components or None,
    )


async def _known(
    context: Context, tables: Sequence[RollcallTable[UUID]]
) -> tuple[dict[tuple[Any, ...], Any], dict[tuple[UUID, UUID], Any]]:
    wanted = [
        (t.organization, a.held_on) for t in tables for a in t.activities if t.organization is not None and a.held_on
    ]
    if not wanted:
        return {}, {}
    hosts, days = zip(*wanted, strict=True)
    found = await context.connection.execute(_ACTIVITIES, {"hosts": list(hosts), "days": list(days)})
    activities: dict[tuple[Any, ...], Any] = {(r.organization_id, r.held_on, r.kind, folded(r.title)): r for r in found}
    ids = [row.id for row in activities.values()]
    rows = await context.connection.execute(_RECORDS, {"activities": ids}) if ids else ()
    return activities, {(row.activity_id, row.person): row for row in rows}


async def _told(
    context: Context, tables: Sequence[RollcallTable[UUID]], stays: Stays
) -> dict[tuple[UUID, str, str], list[Any]]:
    """Return what members reported of the same days, so that a plan can say how much is told twice."""
    members = {
        stay["member_id"]
        for found in (stays.by_digest, stays.by_name)
        for several in found.values()
        for stay in several
        if stay["member_id"] is not None
    }
    days = {a.held_on for table in tables for a in table.activities if a.held_on}
    told: dict[tuple[UUID, str, str], list[Any]] = {}
    if members and days:
        for row in await context.connection.execute(_TOLD, {"members": list(members), "days": list(days)}):
            told.setdefault((row.member_id, row.kind, row.held_on), []).append(row)
    return told


class _Line:
    """One person's line, being planned."""

    def __init__(
        self,
        context: Context,
        number: int,
        table: RollcallTable[UUID],
        row: RollcallRow[UUID],
        commands: Sequence[RecordActivity | None],
        activities: dict[tuple[Any, ...], Any],
        records: dict[tuple[UUID, UUID], Any],
        told: dict[tuple[UUID, str, str], list[Any]],
        seen: dict[tuple[Any, UUID], PlannedRow],
    ) -> None:
        self._context, self._number, self._table, self._row = context, number, table, row
        self._commands, self._activities, self._records = commands, activities, records
        self._told, self._seen = told, seen

    def plan(self, stays: Stays, people: People) -> list[PlannedRow]:
        """Return the line's marks as planned, or the line as refused."""
        row = self._row
        if row.error is not None:
            return [self._refused(row.error)]
        if not self._context.owns(self._table.organization):
            return [self._refused(Problem("organization", "ORGANIZATION_UNKNOWN"))]
        who = self._who(stays, people)
        if isinstance(who, Problem):
            return [self._refused(who)]
        planned = [self._mark(mark, who) for mark in row.marks]
        if row.warnings and planned:
            good = next((item for item in planned if item.error is None), None)
            if good is not None:
                good.warnings = (*row.warnings, *good.warnings)
        return planned

    def _refused(self, problem: Problem) -> PlannedRow:
        return self._row_of(self._row.row, Outcome.REFUSED, error=problem)

    def _row_of(self, row: int, outcome: Outcome, **said: Any) -> PlannedRow:
        return PlannedRow(self._row.sheet, row, self._number, outcome, line=self._row.line, **said)

    def _in_line(self, organization: UUID | None) -> bool:
        names, host = self._context.names, self._table.organization
        return (
            organization is not None
            and host is not None
            and (names.is_below(organization, host) or names.is_below(host, organization))
        )

    def _who(self, stays: Stays, people: People) -> list[Any] | Problem:
        """Return whom the line means: the stays of one person, the nearest first, and the own member; or what is wrong."""
        row, context = self._row, self._context
        by_number = row.citizen_id is not None
        found = (
            stays.by_digest.get(context.digest(row.citizen_id), [])
            if row.citizen_id
            else stays.by_name.get(row.name_key, [])
        )
        # Who is placed goes by the branch: its committee registers the neighbours' people too.
        near = [stay for stay in found if self._in_line(stay["branch_id"] or stay["organization_id"])]
        if by_number:
            found = [*near, *(stay for stay in found if stay not in near)]
            named = [stay for stay in found if stay["name_key"] == row.name_key]
            if found and not named:
                return Problem("name", "NAME_MISMATCH")
            found = named
        else:
            found = near
            below = [s for s in found if row.organization in (s["branch_id"], s["organization_id"])]
            found = below or found  # a branch in a column tells people of one name apart
            live = {stay["id"] for stay in found if stay["state"] not in ("RETURNED", "LEFT")}
            gone = set() if live else {stay["member_id"] or stay["id"] for stay in found}
            if len(live) > 1 or len(gone) > 1:
                return Problem("name", "PERSON_AMBIGUOUS")
        member = people.who(context, row)
        if isinstance(member, Problem):
            if not found:
                return member
            member = None
        if member is not None and not self._in_line(member["organization_id"]):
            member = None
        if not by_number and found and member is not None and member["id"] not in {s["member_id"] for s in found}:
            return Problem("name", "PERSON_AMBIGUOUS")
        if not found and member is None:
            return Problem("citizenId" if by_number else "name", "PERSON_UNKNOWN")
        return [*found, *([member] if member is not None else [])]

    def _mark(self, mark: Mark, who: Sequence[Any]) -> PlannedRow:
        item = self._row_of(mark.row, Outcome.NEW, column=mark.column)
        activity = self._commands[mark.activity]
        if mark.error is not None or activity is None:
            problem = mark.error or Problem("organization", "ORGANIZATION_UNKNOWN")
            item.refuse(problem.field, problem.code)
            return item
        if first_day(activity.held_on) > today(self._context.now):
            item.refuse("heldOn", DATE_IN_FUTURE)
            return item
        known = self._activities.get(activity.key)
        # What the head of the column says holds for its marks; what the activity is said to be is for the others.
        said = mark.mode or self._table.activities[mark.activity].mode
        mode = said or (known.mode if known is not None else activity.mode) or ParticipationMode.ON_SITE.value
        fitting = [p for p in who if "arrived_on" not in p or not is_outside_stay(activity.held_on, p)]
        # Whom an earlier list meant is meant again, though they have registered elsewhere since.
        told = [p for p in who if known is not None and (known.id, p["id"]) in self._records]
        fitting = told or fitting
        person = (fitting or who)[0]
        if not fitting:
            if mode == ParticipationMode.ON_SITE:
                item.refuse("heldOn", "ACTIVITY_OUTSIDE_STAY")
                return item
            item.warnings = (Problem("heldOn", "ACTIVITY_OUTSIDE_STAY"),)
        assert mark.attendance is not None
        earlier = self._seen.get((activity.key, person["id"]))
        if earlier is not None:
            assert earlier.said is not None
            second = item if _WEIGHT[mark.attendance] <= _WEIGHT[earlier.said[0]] else earlier
            second.refuse("attendance", "DUPLICATE_IN_FILE")
            if second is item:
                return item
        self._seen[activity.key, person["id"]] = item
        # Of an activity that is known without components nobody attended one.
        of = activity.components if known is None else known.components
        components = tuple(one for one in mark.components if one in (of or ())) or None
        self._judge(
            item, Told(attendance=mark.attendance, mode=mode, components_attended=components), activity, known, person
        )
        item.matched = item.matched or (earlier is not None and earlier.matched)  # a report is taken once
        return item

    def _judge(self, item: PlannedRow, told: Told, activity: RecordActivity, known: Any, person: Any) -> None:
        assert told.mode is not None
        item.said = (told.attendance, told.mode)
        before = self._records.get((known.id, person["id"])) if known is not None else None
        of_arrival = "arrived_on" in person
        if before is not None:
            item.record, item.matched = before.id, before.is_linked
            same = before.mode == told.mode or told.attendance not in ATTENDED  # who was not there was so in no way
            components = list(told.components_attended or ())
            if before.attendance == told.attendance and same and components in ([], before.components_attended):
                item.outcome = Outcome.UNCHANGED
                return
            if is_old_news(before, told):
                item.leave_as_it_stands("attendance", CORRECTED_SINCE)
                return
            if before.dispute_state == "DISPUTED":
                item.refuse("attendance", "RECORD_DISPUTED")
                return
            item.outcome = Outcome.UPDATED
        elif of_arrival and person["member_id"] is not None:
            item.matched = self._is_told(person["member_id"], activity)
        item.command = MarkCommand(
            activity,
            told,
            person["id"] if of_arrival else None,
            None if of_arrival else person["id"],
            item.record,
        )

    def _is_told(self, member_id: UUID, activity: RecordActivity) -> bool:
        """Tell whether the member reported this too; each report is taken once."""
        reports = self._told.get((member_id, activity.kind, activity.held_on), [])
        for report in reports:
            if same_place(self._context, report, activity.organization_id):
                reports.remove(report)
                return True
        return False
