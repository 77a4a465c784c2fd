"""Heads of roll calls: a person's columns by their words, and a column per activity by its day and kind.

Day and kind may stand in one cell or in rows of their own, above or below one another, merged or not.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TypeVar

from hub.sync.ledger import activity_dates, activity_kinds, cells, columns, components, marks, signin, written_heads
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.heads import ActivityHead, HeadCell, Heads, Merges, Says
from hub.sync.ledger.workbook import Cell, Row, Sheet

T = TypeVar("T")

_MAX_ROWS_UP = 4
_MAX_ROWS = 5
_LONGEST = 60
_MANY_LINES = 200
# What stands before the activities and says what their heads are.
_LABEL = re.compile(
    r"(?:序号?|编号|姓名|党员|活动|会议|组织生活|学习|参会|参加|召开|开展|举办|考勤)*(?:的)?(?:时间|日期|月份?|日|年份?|年度|内容|名称|主题|类别|类型|项目|事项|形式|方式|情况|次数?|活动|会议|[一二三四]季度)?"
)
# Rows about an activity that neither date nor name it.
_OTHER_ROW = re.compile(r".*(?:地点|场所|主持人?|主讲人?|记录人?|授课人?|学时|课时|时长|召集人?|应到|实到)(?:数|人数)?")
# What is noted of an activity beside its marks: why somebody was not there, and hours.
_NOTED = re.compile(
    r"(?:具体|主要)?(?:原因|事由|理由)|.{0,4}[未没不缺请假旷迟].{0,6}(?:原因|事由|理由)(?:说明|备注)?"
    r"|(?:学习|培训|参加|党课|累计|获得|取得|实际|所?计)*(?:学时|课时|时长|小时)(?:数|小时)*"
)
_MONTH_LABEL = re.compile(r"(?:按)?月份?")
# What is counted or noted of activities.
NO_ACTIVITY = re.compile(
    r"(?:出勤|到会|参会|参加|缺席|缺勤|签到|到课|出席|达标|合格|参与)率|次数|人数|人次|小计|合计|总计|累计|共计|统计|汇总|应参加|实参加|应到|实到|应出勤|实出勤|平均"
    r"|(?:积分|得分|扣分|评分|分数|分值|备注|说明|签字|签名|电话)$|^(?:备注|备考|附注|电话|手机|联系|签名|签字)|是否|入党|出生|转正"
)
# What is ticked or noted of a person and is no attendance.
NEVER_CALLED = re.compile(
    r"序号|编号|^(?:男|女)$|性别|年龄|党龄|民族|籍贯|学历|文化|职务|职称|身份|户籍|住址|政治面貌|(?:正式|预备|流动|在册|在职|退休|离退休|困难|老|新)党员|群众|低保|在职|退休"
    r"|党费|缴费|缴纳|已缴|未缴|通知|告知|领取|发放|原因|事由|理由|学时|课时|时长|小时|去向|图例|符号|含义|标记|工作单位|签退|考核|等次|优秀|合格|小组|支部|组织"
)
_TITLE = re.compile(r"(?:册|表|簿|台账|名单|汇总|一览)(?:\([^)]*\))?$")
_NUMBER_CELL = re.compile(r"[(]?(?:\d{1,2}(?:\.0)?|[甲乙丙丁戊己庚辛])[)]?|[①-⑳]")
_DAY_NUMBER = re.compile(r"(?:[1-9]|[12]\d|3[01])(?:\.0)?")
_NUMBERING = re.compile(r"序号?|编号|No\.?", re.IGNORECASE)


def read(sheet: Sheet, index: int, merged: Merges) -> list[Heads]:
    """Return the heads that have the name in this row; none where no activity stands beside it."""
    grid = _Grid(sheet, merged)
    names = grid.names(index)
    if not names:
        return []
    top, body = grid.extent(index, names)
    fields = [(column, found) for column in range(grid.width) if (found := grid.field(column, top, body))]
    taken = {column for column, _ in fields}
    activities = [
        head for c in range(grid.width) if c not in taken and (head := grid.activity(c, top, body, taken, min(names)))
    ]
    last = body
    if body < len(sheet.rows) and grid.is_numbering(body, names[0]):
        body += 1
    dated = {head.column for head in activities}
    others = [c for c in range(grid.width) if c not in taken and c not in dated]
    unknown = [head for c in others if (head := grid.unknown(c, top, last))]
    if not activities:
        activities = [head for c in others if (head := grid.sign_in(c, top, last))]
    lines = [] if dated else grid.lines_below(body, names[0])
    starts = _starts(grid, index, names, [head.column for head in activities])
    parts = []
    for left, right in zip(starts, [*starts[1:], grid.width], strict=True):
        best: dict[str, tuple[int, int]] = {}
        for column, found in _between(fields, left, right, lambda field: field[0]):
            if found.field not in best or found.rank < best[found.field][0]:
                best[found.field] = (found.rank, column)
        own = _between(activities, left, right, lambda head: head.column)
        beside = _between(unknown, left, right, lambda head: head.column)
        if not dated:
            own, beside = _without_days(own, beside, lines)
        if own and "name" in best:
            known = {field: column for field, (_, column) in best.items()}
            parts.append(Heads(known, [], body, left, right, top, tuple(own), tuple(beside)))
    return parts


def _starts(grid: _Grid, index: int, names: Sequence[int], activities: Sequence[int]) -> list[int]:
    """Return the columns with which tables side by side begin: each has a name and activities."""
    starts = [0]
    for earlier, later in itertools.pairwise(names):
        first = bisect_left(activities, earlier)
        if first < len(activities) and activities[first] < later < activities[-1]:
            numbered = _NUMBERING.fullmatch(columns.normal(grid.text(index, later - 1)))
            starts.append(later - 1 if numbered else later)
    return starts


def _between(found: Sequence[T], left: int, right: int, column: Callable[[T], int]) -> Sequence[T]:
    return found[bisect_left(found, left, key=column) : bisect_left(found, right, key=column)]


def _without_days(
    signed: Sequence[ActivityHead], unknown: Sequence[ActivityHead], lines: Sequence[Row]
) -> tuple[Sequence[ActivityHead], Sequence[ActivityHead]]:
    """Return the activities of heads that say no day, and what else may hold marks: the column in which people sign in."""
    if one := _one_to_sign_in(signed):
        return one, [head for head in unknown if head.column != one[0].column]
    return [head for head in unknown if _is_marked(lines, head.column)], ()


def _one_to_sign_in(heads: Sequence[ActivityHead]) -> Sequence[ActivityHead]:
    """Return the one column in which people sign in: beside 到会情况 a signature says nothing more. Two are none."""
    noted = [head for head in heads if not signin.is_signed(cells.plain(head.cells[0].cell))]
    found = noted or heads
    return found if len(found) == 1 else ()


def _is_marked(lines: Sequence[Row], column: int) -> bool:
    """Tell whether a column holds more marks than anything else."""
    filled = [cell for row in lines if (cell := row[column]) != ""]
    return sum(map(marks.is_plain, filled)) * 2 > len(filled)


def _is_of_person(text: str) -> bool:
    """Tell whether any ledger has a column of this head."""
    return any(columns.head(kind, text) for kind in (Kind.MEMBERS, Kind.OUTFLOW, Kind.INFLOW))


def _speaks(cell: Cell) -> bool:
    """Tell whether a cell dates or names an activity."""
    if isinstance(cell, (dt.date, float)):
        found, _ = activity_dates.parts(cell)
        return bool(found) or found.year is not None
    if written_heads.is_head(cell):
        return True
    if not isinstance(cell, str) or not 0 < len(cell) <= _LONGEST:
        return False
    found, rest = activity_dates.parts(cell)
    return bool(found) or found.year is not None or activity_kinds.read(rest).kind is not None


def _is_noted(cell: str) -> bool:
    """Tell whether a column of this head notes something beside the marks: 9月9日缺席原因, 学时."""
    rest = columns.normal(activity_dates.parts(cell)[1])
    return _NOTED.fullmatch(rest) is not None


class _Grid:
    """The cells of a sheet with merged ranges filled."""

    def __init__(self, sheet: Sheet, merged: Merges) -> None:
        self._rows = sheet.rows
        self._merged = merged
        self._labels: dict[int, tuple[str, str]] = {}
        self._filled: dict[int, list[int]] = {}
        self.width = len(sheet.rows[0])

    def _source(self, row: int, column: int) -> tuple[int, int]:
        return self._merged.get((row, column), (row, column))

    def _at(self, row: int, column: int) -> Cell:
        top, left = self._source(row, column)
        cell = self._rows[top][left]
        return cell if not isinstance(cell, str) or cell.strip() else ""

    def text(self, row: int, column: int) -> str:
        """Return a cell as text, the empty text left of the sheet."""
        return cells.plain(self._at(row, column)) if column >= 0 else ""

    def _own(self, row: int) -> list[int]:
        """Return the columns of a row that hold anything, a merged cell once and in its own row."""
        return [c for c in range(self.width) if self._rows[row][c] != "" and self._at(row, c) != ""]

    def names(self, row: int) -> list[int]:
        """Return the columns with the head of the name, of the best rank only."""
        heads = [(c, h) for c in self._own(row) if (h := self._head(row, c)) and h.field == "name"]
        best = min((head.rank for _, head in heads), default=0)
        return [column for column, head in heads if head.rank == best]

    def _head(self, row: int, column: int) -> columns.Head | None:
        cell = self._at(row, column)
        return columns.head(Kind.ROLLCALL, cell) if isinstance(cell, str) and not written_heads.is_head(cell) else None

    def extent(self, index: int, names: Sequence[int]) -> tuple[int, int]:
        """Return the first row of the heads and the row after their last."""
        body = index + 1
        while body < min(len(self._rows), index + _MAX_ROWS) and self._is_sub_head(index, body, names):
            body += 1
        top = index
        while top > max(0, index - _MAX_ROWS_UP) and self._is_group_row(top - 1, min(names)):
            top -= 1
        while top < index and self._is_about_all(top, min(names)):
            top += 1
        return top, body

    def _is_about_all(self, row: int, name: int) -> bool:
        """Tell whether the first row above the heads neither dates nor names activities: 主持人 | 周洁 | 应到 | 5."""
        own = self._own(row)
        label = next((columns.normal(self.text(row, c)) for c in own if c <= name), "")
        return _OTHER_ROW.fullmatch(label) is not None and not any(_speaks(self._at(row, c)) for c in own)

    def _is_sub_head(self, index: int, row: int, names: Sequence[int]) -> bool:
        if any(self._source(row, column)[0] <= index for column in names):
            return True
        own = self._own(row)
        if not own or any(column <= max(names[0], 0) for column in own):
            return False
        days = all(_DAY_NUMBER.fullmatch(self.text(row, c)) for c in own)
        if days and any(activity_dates.parts(self._at(index, c))[0].month for c in self._own(index)):
            return True
        texts = [self.text(row, c) for c in own]
        if any(map(_is_noted, texts)) and all(signin.is_head(text) or _is_noted(text) for text in texts):
            return True  # 到会 | 缺席原因 | 到会 | 学时
        speak = sum(_speaks(self._at(row, c)) or components.is_one_of_each(self.text(row, c)) for c in own)
        said = sum(self._head(row, c) is not None or bool(NO_ACTIVITY.search(self.text(row, c))) for c in own)
        return speak > 0 and (speak + said) * 2 >= len(own)

    def _is_group_row(self, row: int, name: int) -> bool:
        """Tell whether the row above the heads dates or names activities, and is no title."""
        own = self._own(row)
        labels, rest = [c for c in own if c <= name], [c for c in own if c > name]
        if not rest or not all(self._is_label(row, c) for c in labels):
            return False
        texts = [self.text(row, c) for c in rest]
        if any(len(text) > _LONGEST or _TITLE.search(text) or "：" in text or "。" in text for text in texts):
            return False
        if any(":" in activity_dates.parts(text)[1] for text in texts):
            return False
        if len(own) == 1:  # alone, it may as well be a line about the whole table
            found, left_over = activity_dates.parts(self._at(row, own[0]))
            over_several = self._source(row, min(own[0] + 1, self.width - 1)) == (row, own[0])
            said = activity_kinds.read(left_over)
            return (bool(found) or found.year is not None or said.kind is not None) and (over_several or not said.title)
        return any(_speaks(self._at(row, c)) for c in rest) or bool(labels)

    def _is_label(self, row: int, column: int) -> bool:
        words = columns.normal(self.text(row, column))
        return bool(words) and (_LABEL.fullmatch(words) or _OTHER_ROW.fullmatch(words)) is not None

    def field(self, column: int, top: int, body: int) -> columns.Head | None:
        """Return what a column holds of a person."""
        leaf = ""
        for row in range(body - 1, top - 1, -1):
            cell = self._at(row, column)
            if not isinstance(cell, str) or self._source(row, column)[1] != column or written_heads.is_head(cell):
                return None
            if cell and not leaf:
                leaf = cell
                if found := columns.head(Kind.ROLLCALL, leaf):
                    return found
            elif cell and cell != leaf:
                return columns.head(Kind.ROLLCALL, leaf, cell)
        return None

    def activity(self, column: int, top: int, body: int, taken: set[int], name: int) -> ActivityHead | None:
        """Return the heads of an activity's column; None where nothing dates or names one."""
        found: list[HeadCell] = []
        seen: set[tuple[int, int]] = set()
        for row in range(body - 1, top - 1, -1):
            label, unit = self._row_label(row, name)
            if _OTHER_ROW.fullmatch(label):
                continue
            source = self._source(row, column)
            cell = self._at(row, column)
            if cell == "" and found:
                source = row, self._spread(row, column, taken, found)
                cell = self._at(*source) if source[1] >= 0 else ""
            if cell == "" or source in seen:
                continue
            seen.add(source)
            beside = isinstance(cell, str) and (
                NO_ACTIVITY.search(cells.plain(cell)) or (not found and _is_noted(cell))
            )
            if beside and not written_heads.is_head(cell):
                return None
            group = source[1] != column or self._merged.get((row, column + 1)) == source
            found.append(HeadCell(source[0], cell, unit, group))
        months = any(_MONTH_LABEL.fullmatch(cells.plain(head.cell)) for head in found if head.is_group)
        units = tuple(self._with_unit(head, found, months=months) for head in found)
        dated = any(activity_dates.parts(head.cell, head.unit)[0] for head in units)
        return ActivityHead(column, units) if dated or any(_speaks(head.cell) for head in units) else None

    def unknown(self, column: int, top: int, body: int) -> ActivityHead | None:
        """Return the head of a column that may hold marks though it says nothing of an activity; None of other columns.

        Of a head that is merged over several columns it is the first one's.
        """
        at = next((row for row in range(body - 1, top - 1, -1) if self._at(row, column) != ""), body - 1)
        source = self._source(at, column)
        for row in range(top, body):
            text = self.text(row, column)
            if text and (NO_ACTIVITY.search(text) or NEVER_CALLED.search(text) or _is_of_person(text)):
                return None
        if source[1] != column:
            return None
        return ActivityHead(column, (HeadCell(source[0], self._at(*source), "", is_group=False),), Says.NOTHING)

    def sign_in(self, column: int, top: int, body: int) -> ActivityHead | None:
        """Return the head of a column in which people sign in for what the title says; None of other columns."""
        found = {self._source(row, column) for row in range(top, body) if self._at(row, column) != ""}
        if len(found) != 1:
            return None
        row, left = found.pop()
        cell = self._at(row, left)
        if left != column or not isinstance(cell, str) or not signin.is_head(cell):
            return None
        return ActivityHead(column, (HeadCell(row, cell, "", is_group=False),), Says.TITLE)

    def lines_below(self, body: int, name: int) -> list[Row]:
        """Return the first rows below the heads, up to the next head of the name."""
        rows = range(body, min(body + _MANY_LINES, len(self._rows)))
        return [self._rows[row] for row in itertools.takewhile(lambda row: not self._head(row, name), rows)]

    @staticmethod
    def _with_unit(head: HeadCell, heads: Sequence[HeadCell], *, months: bool) -> HeadCell:
        """Say of a number without a unit what it is: a day below a month, a month below 月份."""
        if head.unit:
            return head
        others = [activity_dates.parts(other.cell, other.unit)[0] for other in heads if other is not head]
        if any(other.month and other.day is None for other in others):
            return dataclasses.replace(head, unit="日")
        return dataclasses.replace(head, unit="月") if months else head

    def _row_label(self, row: int, name: int) -> tuple[str, str]:
        """Return what the cells before the activities say of a row, and the unit of its numbers."""
        if row not in self._labels:
            texts = (columns.normal(self.text(row, c)) for c in range(name + 1) if self._head(row, c) is None)
            label = next(filter(None, texts), "")
            unit = "月" if re.fullmatch(r"月份?", label) else "日" if re.fullmatch(r"日期?|号", label) else ""
            self._labels[row] = label, unit
        return self._labels[row]

    def _filled_before(self, row: int, column: int, taken: set[int]) -> int:
        """Return the nearest column to the left that is filled or taken, -1 for none."""
        if row not in self._filled:  # for the whole row at once: each column would look at all before it
            found = self._filled[row] = [-1]
            for at in range(self.width):
                found.append(at if at in taken or self._at(row, at) != "" else found[-1])
        return self._filled[row][column]

    def _spread(self, row: int, column: int, taken: set[int], below: Sequence[HeadCell]) -> int:
        """Return the column to the left whose head reaches over this one: csv knows no merges, and people forget them."""
        left = self._filled_before(row, column, taken)
        if left < 0 or left in taken or not _speaks(cell := self._at(row, left)):
            return -1
        said, rest = activity_dates.parts(cell)
        own = [activity_dates.parts(head.cell, head.unit) for head in below]
        is_part = components.is_one_of_each(cells.plain(below[0].cell))
        if said.day is not None and not is_part and (self._merged or any(part for part, _ in own)):
            return -1  # a whole day, in a file that knows merges, stands over its own column only
        if not said and not said.year and any(activity_kinds.read(text).kind for _, text in own):
            return -1
        return -1 if NO_ACTIVITY.search(rest) else left

    def is_numbering(self, row: int, name: int) -> bool:
        """Tell whether a row only counts the columns: （1）（2）（3）."""
        texts = [self.text(row, c) for c in self._own(row)]
        return len(texts) > 2 and bool(self.text(row, name)) and all(map(_NUMBER_CELL.fullmatch, texts))
