"""A roll call's columns → activities, and its cells → marks."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from hub.sync.ledger import activity_dates, activity_kinds, cells, components, marks, reasons, signin, written_heads
from hub.sync.ledger.activity_dates import Parts
from hub.sync.ledger.dates import DATE_INVALID
from hub.sync.ledger.heads import NAMED, ActivityHead, Says
from hub.sync.ledger.rows import Mark, Problem, RollcallActivity
from hub.sync.ledger.table import Line, Table
from hub.sync.ledger.written_heads import Written

ACTIVITY_UNKNOWN = "ACTIVITY_UNKNOWN"


def activities(table: Table, year: int | None) -> tuple[RollcallActivity, ...]:
    """Return the activities of a table, in the order of its columns.

    A head without a year takes `year`, else the one that the titles say, else that of the head to its left unless
    this would lead back in time.
    """
    year = year or activity_dates.year_of(table.titles)
    month = activity_dates.month_of(table.titles)
    titled = kind_of_titles(table.titles)
    found: list[RollcallActivity] = []
    before = activity_dates.NOTHING
    parts = components.of(table.activities, titled)
    for number, own in enumerate(table.activities):
        # The lowest head names the component: what stands above it is the activity.
        head = dataclasses.replace(own, cells=own.cells[1:]) if number in parts else own
        if head.says is Says.NOTHING:
            found.append(_unknown(table, head))
            continue
        if head.says is Says.TITLE:
            found.append(_of_titles(table, head, year))
            continue
        if len(head.cells) == 1 and (written := written_heads.read(head.cells[0].cell)):
            found.append(_written(table, head, written))
            before = written.day if found[-1].held_on else before
            continue
        said, row, texts = _read(head)
        if said.day and said.month is None:
            said = said._replace(month=month)
        if not said and len(table.activities) == 1 and (day := signin.told(table.titles).day).day:
            said = day  # 主题党日 below 2026年9月9日
        if said.year is None:
            said = said._replace(year=year or _year_after(before, said))
        named = activity_kinds.read(" ".join(texts))
        held_on = said.text() if said.month else None
        found.append(
            RollcallActivity(
                **_place(table, head, row),
                kind=named.kind or titled or activity_kinds.OTHER,
                title=named.title,
                held_on=held_on,
                mode=named.mode,
                error=None if held_on else Problem("heldOn", DATE_INVALID),
            )
        )
        before = said if held_on else before
    for number, part in parts.items():
        all_parts = {other.component for other in parts.values() if other.first == part.first and other.component}
        found[number] = dataclasses.replace(found[number], components=tuple(sorted(all_parts)))
    return tuple(found)


def _place(table: Table, head: ActivityHead, row: int) -> dict[str, Any]:
    at, column = table.sheet.place(row, head.column)
    return {"row": at, "column": column}


def _written(table: Table, head: ActivityHead, said: Written) -> RollcallActivity:
    held_on = said.day.text()
    return RollcallActivity(
        **_place(table, head, head.cells[0].row),
        kind=said.kind,
        title=said.title,
        held_on=held_on,
        mode=said.mode,
        error=None if held_on else Problem("heldOn", DATE_INVALID),
    )


def _unknown(table: Table, head: ActivityHead) -> RollcallActivity:
    return RollcallActivity(
        **_place(table, head, head.cells[0].row),
        kind=activity_kinds.OTHER,
        title=None,
        held_on=None,
        mode=None,
        error=Problem("heldOn", ACTIVITY_UNKNOWN),
    )


def _of_titles(table: Table, head: ActivityHead, year: int | None) -> RollcallActivity:
    """Return the activity of a sign-in sheet."""
    told = signin.told(table.titles)
    own = activity_kinds.read(activity_dates.parts(head.cells[0].cell)[1])  # 主题党日签到情况
    day = told.day
    if day.day and day.month is None:
        day = day._replace(month=activity_dates.month_of(table.titles))
    if day.year is None:
        day = day._replace(year=year or activity_dates.year_of(table.titles))
    held_on = day.text() if day.month else None
    return RollcallActivity(
        **_place(table, head, head.cells[0].row),
        kind=own.kind or told.named.kind or activity_kinds.OTHER,
        title=told.named.title,
        held_on=held_on,
        mode=own.mode or told.named.mode,
        error=None if held_on else Problem("heldOn", DATE_INVALID),
    )


def _read(head: ActivityHead) -> tuple[Parts, int, list[str]]:
    """Return what the heads of a column say of its day, the row that dates it, and the rest of their texts."""
    said, row = activity_dates.NOTHING, head.cells[0].row
    texts: list[str] = []
    for cell in head.cells:
        if cell.unit == NAMED:
            found, rest = activity_dates.NOTHING, cells.plain(cell.cell)
        else:
            found, rest = activity_dates.parts(cell.cell, cell.unit)
        if found and not said:
            row = cell.row
        said = said.below(found)
        rest = " ".join((activity_dates.without_season(rest) if cell.is_group else rest).split())
        # A group that neither dates nor names (出勤情况, 三会一课) says nothing of the single activity.
        if rest and (not cell.is_group or found or found.year or activity_kinds.read(rest).kind):
            texts.insert(0, rest)
    return said, row, texts


def _year_after(before: Parts, said: Parts) -> int | None:
    if before.year is None or said.month is None or before.month is None:
        return None
    return before.year if (said.month, said.day or 31) >= (before.month, before.day or 0) else None


def kind_of_titles(levels: Sequence[Sequence[str]]) -> str | None:
    """Return the kind that the titles name, where heads are only days: 主题党日签到册."""
    for texts in levels:
        plain = [activity_kinds.without_committee(text) for text in texts if len(text) < 100]
        kinds = {kind for text in plain if (kind := activity_kinds.read(text).kind)}
        if kinds:
            return kinds.pop() if len(kinds) == 1 else None
    return None


def called(table: Table, found: Sequence[RollcallActivity]) -> list[tuple[Line, tuple[Mark, ...]]]:
    """Return the lines of a table with their marks; cells that say nothing give none, nor do columns without a day."""
    unknown: set[tuple[int, int]] = set()
    lines = []
    why = reasons.columns(table)
    own = reasons.own_columns(table, found, why)
    parts = components.of(table.activities, kind_of_titles(table.titles))
    for line, filled in table.called(why):
        read = []
        marked, said = filled[: len(found)], dict(zip(why, (cell for cell, _ in filled[len(found) :]), strict=True))
        for number, (head, activity, (cell, source)) in enumerate(zip(table.activities, found, marked, strict=True)):
            if activity.error or marks.is_blank(cell, table.legend) or source in unknown:
                continue
            if head.says is Says.TITLE:
                meaning = signin.meaning(cells.plain(head.cells[0].cell), cell, line.cells["name"], table.legend)
            else:
                meaning = marks.read(cell, table.legend)
            error = None
            if meaning.attendance is None:
                error = Problem("attendance", marks.MARK_UNKNOWN)
                unknown.add(source)  # one error, however many cells it is merged over
            text = " ".join(cells.written(cell).split())
            row, column = table.sheet.place(line.index, head.column)
            read.append(Mark(row=row, column=column, activity=number, attendance=meaning.attendance, mode=meaning.mode, text=text, error=error))  # fmt: skip
        for at, mark in enumerate(read := components.together(read, parts) if parts else read):
            if mark.attendance == marks.ABSENT:
                meaning = reasons.judged(own.get(table.activities[mark.activity].column), said, table.legend)
                error = None if meaning.attendance else Problem("attendance", marks.MARK_UNKNOWN)
                read[at] = dataclasses.replace(mark, attendance=meaning.attendance, error=error)
        lines.append((line, tuple(read)))
    return lines
