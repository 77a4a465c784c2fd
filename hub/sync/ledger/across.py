"""Roll calls with people across and activities down, turned over so that they read like any other.

The head row has the people's names, each row below it is an activity: 日期 | 活动内容 | 周洁 | 吴江. An ordinary sheet is never
taken for one: besides names in a row it takes days or activities at its left, and marks where they meet.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence

from hub.sync.ledger import activity_dates, activity_kinds, cells, columns, marks, mentions, signin
from hub.sync.ledger.across_heads import (
    BOTH,
    CONTENT,
    DAY_LABEL,
    OTHER,
    Grid,
    Head,
    field_of,
    is_label,
    is_person,
    may_name_people,
    says_period,
    words_of,
)
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.heads import NAMED, ActivityHead, HeadCell, Merges, Says, rows_with_name_head
from hub.sync.ledger.rollcall_heads import NEVER_CALLED, NO_ACTIVITY
from hub.sync.ledger.table import DITTO, is_count
from hub.sync.ledger.workbook import Cell, Row, Sheet
from hub.sync.ledger.written_heads import is_head

_OF_PEOPLE = re.compile(r".*(?:人员|名单|党员)")
_HOW = re.compile(r".*(?:形式|方式)")
# What stands there says nothing of the single activity unless it is a day or a kind: 第三季度, 三会一课.
_GROUP = re.compile(r".*(?:季度?|类别|类型|种类)")
_MAX_HEADS = 3
_NOTHING_ABOVE = "〃?"  # not to be resolved from the neighbour, who is the person above once turned


@dataclasses.dataclass(slots=True)
class Turned(Sheet):
    """A part of `source` whose rows are its columns `columns_at`, and whose columns are its rows `rows_at`.

    In the source its titles end at `top`; its activities are the rows `held`.
    """

    source: Sheet = dataclasses.field(default_factory=lambda: Sheet("", []))
    rows_at: list[int] = dataclasses.field(default_factory=list)
    columns_at: list[int] = dataclasses.field(default_factory=list)
    top: int = 0
    held: list[int] = dataclasses.field(default_factory=list)

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Return row and column of a cell as they count in the file: where it stands before it is turned."""
        return self.source.place(self.rows_at[column], self.columns_at[row])


@dataclasses.dataclass(slots=True)
class Region:
    """A turned part with what its head says: the lines of people begin at `body`."""

    sheet: Turned
    fields: dict[str, int]
    activities: tuple[ActivityHead, ...]
    body: int
    merged: Merges


def find(sheet: Sheet) -> list[Region]:
    """Return the parts of a sheet that have people across and activities down, from top to bottom."""
    rows = [index for index, row in enumerate(sheet.rows) if may_name_people(row)]
    if not rows:
        return []
    grid = Grid(sheet)
    heads = [head for index in rows if (head := Head.read(grid, index)) is not None]
    others = [row for row in rows_with_name_head(sheet, Kind.ROLLCALL) if heads and _has_people_below(grid, row)]
    found: list[Region] = []
    for number, head in enumerate(heads):
        end = heads[number + 1].top if number + 1 < len(heads) else len(sheet.rows)
        end = next((row for row in others if head.row < row < end), end)
        found += [region for part in head.beside() if (region := _region(grid, part, end)) is not None]
    return found


def _has_people_below(grid: Grid, row: int) -> bool:
    """Tell whether a row has the head of the name above names: there a table begins whose people go down."""
    below = range(row + 1, min(row + 1 + _MAX_HEADS, len(grid.sheet.rows)))
    return any(
        (named := columns.head(Kind.ROLLCALL, grid.text(row, column))) is not None
        and named.field == "name"
        and any(is_person(grid.at(at, column)) for at in below)
        for column in grid.own(row)
    )


def _speaks(cell: Cell, unit: str) -> bool:
    """Tell whether a cell dates or names an activity."""
    if _dates(cell, unit):
        return True
    return isinstance(cell, str) and activity_kinds.read(activity_dates.parts(cell)[1]).kind is not None


def _dates(cell: Cell, unit: str) -> bool:
    return not isinstance(cell, bool) and bool(activity_dates.parts(cell, unit)[0])


def _sums_up(cell: Cell, unit: str) -> bool:
    """Tell whether a cell counts what a month held: 9月小计."""
    if not isinstance(cell, str) or not _dates(cell, unit) or is_head(cell):
        return False
    return NO_ACTIVITY.search(activity_dates.parts(cell, unit)[1]) is not None


def _says_day(cell: Cell, unit: str) -> bool:
    return not isinstance(cell, bool) and activity_dates.parts(cell, unit)[0].day is not None


def _unit(label: str) -> str:
    """Return what numbers below a label are."""
    words = words_of(label)
    if not DAY_LABEL.fullmatch(words):
        return ""
    return "月" if re.fullmatch(r".*月份?", words) else "日" if re.fullmatch(r".*(?:日期?|号)", words) else ""


def _region(grid: Grid, head: Head, end: int) -> Region | None:
    """Return the part below a row of names, if it is one: days or activities at the left, marks below the names."""
    said = list(_said(grid, head, end)) if head.people else []
    if not said or _is_list_of_people(grid, head, end):
        return None
    uncommon = [c for c in head.unsure if _is_marked(grid, head, c, end)]
    if len(head.unsure) - len(uncommon) > len(head.people):
        return None
    people = [*head.people, *uncommon]
    rows = _Rows(grid, head, sorted(people), said)
    for row in range(head.row + 1, end):
        if rows.are_over(row):
            break
        rows.add(row)
    return rows.turned() if rows.are_activities() else None


def _said(grid: Grid, head: Head, end: int) -> Iterator[int]:
    """Yield the columns that say what each row is: of days, of activities, and those without a head that speak of such."""
    for column, text in head.labels.items():
        words = words_of(text)
        # 序号 and 地点 are heads of neither; 姓名 and 参会人员 stand for the row of names.
        if column in head.unsure:
            continue
        of_people = column < head.people[0] and _OF_PEOPLE.fullmatch(words)
        if OTHER.fullmatch(words) and not BOTH.fullmatch(words) and not of_people:
            continue
        if not words and column > head.people[0]:
            continue  # notes beside the people, whatever they speak of
        speaks = any(_speaks(grid.at(row, column), _unit(text)) for row in range(head.row + 1, end))
        signs_in = column < head.people[0] and any(
            signin.is_head(grid.text(row, column)) for row in range(head.row + 1, end)
        )
        if speaks or signs_in or (words and CONTENT.fullmatch(words) and not of_people):
            yield column


def _is_list_of_people(grid: Grid, head: Head, end: int) -> bool:
    """Tell whether below the head of the name there are names: then people go down, whatever else there is."""
    for column, text in head.labels.items():
        named = columns.head(Kind.ROLLCALL, text)
        if named and named.field == "name":
            below = [cell for row in range(head.row + 1, end) if (cell := grid.at(row, column)) != ""]
            if sum(map(is_person, below)) * 2 > len(below):
                return True
    return False


def _is_marked(grid: Grid, head: Head, column: int, end: int) -> bool:
    """Tell whether below a head that is no common name there are marks: somebody else's, or nobody's, which is then said."""
    text = grid.text(head.row, column)
    if cells.name(grid.at(head.row, column)) is None or activity_kinds.read(text).kind or NEVER_CALLED.search(text):
        return False
    below = [grid.at(row, column) for row in range(head.row + 1, end)]
    return any(map(grid.is_mark, below)) and grid.are_marks(below)


class _Rows:
    """The rows below the names: what each says of the people, or which activity it is."""

    def __init__(self, grid: Grid, head: Head, people: list[int], said: list[int]) -> None:
        self._grid, self._head, self._people, self._said = grid, head, people, said
        self._fields: dict[str, int] = {}
        self._held: list[tuple[int, ActivityHead]] = []
        self._said_in: list[list[Cell]] = []
        self._above: dict[int, Cell] = {}
        self._units = [_unit(head.labels[column]) for column in said]
        self._period: Cell = ""
        self._dated = self._speaking = 0
        for row in range(head.top, head.row):
            self._take_field(row)

    def are_over(self, row: int) -> bool:
        """Tell whether a row has the heads of another table, or other names: the second row of seats."""
        if self._names_others(row):
            return True
        texts = [self._grid.text(row, c) for c in self._own(row)]
        day = any(DAY_LABEL.fullmatch(words_of(text)) for text in texts)
        return bool(self._held) and day and len(texts) > 1 and all(is_label(t) and not says_period(t) for t in texts)

    def _names_others(self, row: int) -> bool:
        left = next((text for c in range(self._head.left, self._people[0]) if (text := self._grid.text(row, c))), "")
        pairs = ((self._grid.at(row, c), self._grid.at(self._head.row, c)) for c in self._people)
        others = sum(is_person(cell) and cells.name(cell) != cells.name(above) for cell, above in pairs)
        return others > 1 and not is_label(left)

    def _own(self, row: int) -> list[int]:
        return [c for c in self._grid.own(row) if self._head.left <= c < self._head.right]

    def add(self, row: int) -> None:
        """Take a row as what it is; sums, counts, notes and legends are neither."""
        grid = self._grid
        own = self._own(row)
        first = grid.text(row, own[0]) if own else ""
        if not own or self._take_field(row) or self._is_footer(row, own, first):
            return
        if len(own) == 1 and says_period(first):  # a row of its own for the month above its days
            self._period = first
            return
        said = [self._repeated(row, column) for column in self._said]
        marked = [cell for column in self._people if (cell := self._mark(row, column)) != ""]
        speaks = any(map(_speaks, said, self._units))
        if not marked or not (speaks or grid.are_marks(marked)):
            return  # a title, or an activity that nobody was marked for
        self._dated += any(map(_dates, said, self._units))
        self._speaking += speaks
        self._held.append((row, self._activity(row, said, speaks=speaks)))
        self._said_in.append(said)

    def _mark(self, row: int, column: int) -> Cell:
        """Return what stands below a name; the empty text for no mark, and for what is merged over it from the left."""
        cell, source = self._grid.at(row, column), self._grid.source(row, column)
        return "" if source[1] < self._people[0] or marks.is_blank(cell, self._grid.legend) else cell

    def _take_field(self, row: int) -> bool:
        """Take a row of numbers or branches, which stands next to the names."""
        label = next((text for c in range(self._head.left, self._people[0]) if (text := self._grid.text(row, c))), "")
        field = field_of(label) if label and not self._held else ""
        if field:
            self._fields.setdefault(field, row)
        return bool(field)

    def _is_footer(self, row: int, own: Sequence[int], first: str) -> bool:
        """Tell whether a row sums up or explains the table."""
        said = [self._grid.at(row, c) for c in self._said]
        texts = mentions.distinct_texts(self._grid.sheet.rows[row][self._head.left : self._head.right])
        numbered = any(map(marks.may_count, texts)) and not set(own).isdisjoint(
            self._people
        )  # 9 | 病假 | is of the 9th
        if marks.paired(texts) and len(texts) == len(own) and not numbered:  # 签到 before nothing but √ is no legend
            return True
        if any(_sums_up(cell, unit) for cell, unit in zip(said, self._units, strict=True)):
            return True
        if any(map(_dates, said, self._units)) or any(signin.is_head(cells.plain(cell)) for cell in said):
            return False
        if marks.legend_of(["  ".join(texts)]):
            return True
        left = [self._grid.text(row, c) for c in own if c < self._people[0]] or [first]
        return any(mentions.is_sum(text) or mentions.is_note(text, numbered=False) or is_count(text) for text in left)

    def _repeated(self, row: int, column: int) -> Cell:
        """Return a cell; 〃 repeats the one above."""
        cell, above = self._grid.at(row, column), self._above.get(column, "")
        if cell in DITTO:
            cell = above or _NOTHING_ABOVE
        elif cell == "" and len(self._said) > 1 and self._reaches_down(column, above):
            cell = above
        if cell != "":
            self._above[column] = cell
        return cell

    def _reaches_down(self, column: int, cell: Cell) -> bool:
        """Tell whether a cell holds for those below it, though it is not merged: months do, and what the label calls a class."""
        is_month = says_period(cells.plain(cell)) or self._units[self._said.index(column)] == "月"
        return is_month or _GROUP.fullmatch(words_of(self._head.labels[column])) is not None

    def _activity(self, row: int, said: Sequence[Cell], *, speaks: bool) -> ActivityHead:
        """Return the heads of an activity, days last: where they say which day, a date in a title is of its words."""
        found = []
        is_day = [DAY_LABEL.fullmatch(words_of(self._head.labels[column])) is not None for column in self._said]
        dated = any(day and _says_day(cell, unit) for day, cell, unit in zip(is_day, said, self._units, strict=True))
        for number, (column, cell, unit) in enumerate(zip(self._said, said, self._units, strict=True)):
            words = words_of(self._head.labels[column])
            group = _GROUP.fullmatch(words) is not None or (is_day[number] and self._is_merged_down(row, column))
            if cell != "":
                how = _HOW.fullmatch(words) and isinstance(cell, str)
                said_here = f"({cell})" if how else cell  # 线上 in brackets is no title
                of_title = NAMED if dated and not is_day[number] else unit
                found.append((is_day[number], -number, HeadCell(number, said_here, of_title, group)))
        ordered = [one for *_, one in sorted(found, key=lambda one: one[:2])]
        periods = [self._period, *(text for c in self._said if says_period(text := self._head.labels[c]))]
        ordered += [HeadCell(0, period, "", is_group=True) for period in periods if period != ""]
        signs_in = not speaks and len(said) == 1 and signin.is_head(cells.plain(said[0]))
        says = Says.HEAD if speaks else Says.TITLE if signs_in else Says.NOTHING
        return ActivityHead(-1, tuple(ordered) or (HeadCell(0, "", "", is_group=False),), says)

    def _is_merged_down(self, row: int, column: int) -> bool:
        source = self._grid.source(row, column)
        return source[0] != row or self._grid.merged.get((row + 1, column)) == source

    def are_activities(self) -> bool:
        """Tell whether the rows are activities for certain: most say so, one is dated, and the people's cells are marks."""
        says_title = [head for _, head in self._held if head.says is Says.TITLE]
        if not self._dated and not (len(self._held) == 1 and says_title):
            return False
        if self._speaking * 2 < len(self._held) and not says_title:
            return False
        return self._grid.are_marks([self._grid.at(row, column) for row, _ in self._held for column in self._people])

    def turned(self) -> Region:
        """Return the part turned over: names, numbers and activities are its columns, people its lines."""
        grid, head = self._grid, self._head
        held = [row for row, _ in self._held]
        rows = [head.row, *self._fields.values(), *held]
        at = [*self._said, *self._people]
        first: dict[tuple[int, int], tuple[int, int]] = {}
        merged: dict[tuple[int, int], tuple[int, int]] = {}
        view: list[Row] = [
            [grid.at(row, column) for row in rows[: -len(held)]] + [said[x] for said in self._said_in]
            for x, column in enumerate(self._said)
        ]
        for x, column in enumerate(self._people, start=len(view)):
            line: Row = []
            for y, row in enumerate(rows):
                source = first.setdefault(grid.source(row, column), (x, y))
                if source != (x, y):
                    merged[x, y] = source
                is_its_own = source == (x, y) and grid.source(row, column)[1] >= self._people[0]
                line.append(grid.at(row, column) if is_its_own else "")
            view.append(line)
        self._resolve_dittos(view, held, len(rows) - len(held))
        sheet = Turned(grid.sheet.name, view, source=grid.sheet, rows_at=rows, columns_at=at, top=head.top, held=held)
        fields = {"name": 0} | {field: number for number, field in enumerate(self._fields, start=1)}
        activities = tuple(
            dataclasses.replace(one, column=number)
            for number, (_, one) in enumerate(self._held, start=len(rows) - len(held))
        )
        return Region(sheet, fields, activities, len(self._said), merged)

    def _resolve_dittos(self, view: Sequence[Row], held: Sequence[int], first: int) -> None:
        """Let 〃 repeat the mark above, which once turned stands to the left."""
        for line, column in zip(view[len(self._said) :], self._people, strict=True):
            above: Cell = _NOTHING_ABOVE
            for y, row in enumerate(held, start=first):
                if line[y] in DITTO:
                    line[y] = above
                above = line[y] or self._grid.at(row, column) or _NOTHING_ABOVE
