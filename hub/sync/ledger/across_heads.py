"""Rows of people's names across a sheet: who stands where, and what the columns beside them are called."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from collections.abc import Sequence

from hub.sync.ledger import activity_dates, cells, columns, marks, mentions, signin
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.heads import merged_cells
from hub.sync.ledger.table import DITTO
from hub.sync.ledger.workbook import Cell, Row, Sheet

_LONGEST_NAME, _LONG_WORD = 13, 5
_COUNTED = "0123456789.、 "
_MAX_ROWS_UP = 2
_ABOUT = r"(?:党员|人员|本人|活动|会议|组织生活|三会一课|主题党日|党日|党课|学习|参会|参加|参学|召开|开展|举办|举行|考勤|签到|点名|开会|具体|主要|姓名|名字|及|和|与|的)*"
_DAY = r"(?:时间|日期|年月日?|月份?|年份?|年度|季度|日|号)"
DAY_LABEL = re.compile(rf"(?:{_ABOUT}{_DAY})+{_ABOUT}")
CONTENT = re.compile(
    rf"(?:{_ABOUT}(?:内容|名称|主题|类别|类型|项目|事项|形式|方式|议题|议程|活动|会议|三会一课|组织生活|姓名))+{_ABOUT}"
)
BOTH = re.compile(rf"{_ABOUT}{_DAY}{_ABOUT}(?:内容|名称|主题|类别|类型|项目|事项|活动|会议){_ABOUT}")
# Columns, and rows, that are neither people nor activities.
OTHER = re.compile(
    r".*(?:人数|人次|次数|人员|名单|应到|实到|应参加|实参加|率|合计|小计|总计|备注|备考|附注|地点|场所|地址|会场|主持|主讲|授课|记录|召集|领学|负责人|联系人"
    r"|学时|课时|时长|积分|得分|照片|附件|签字|签章|签名|审核|缺席|请假|迟到|说明|序号|编号|序|组织者|效果|材料|佐证|党员数|总数|责任人|原因|事由|行号|评价|参加对象).*"
)
# Whole words that begin with a surname.
_NOT_NAMED_SO = re.compile(
    r"党(?:员|课|费|建|组|委|务|校|日|龄|组织|支部|小组|总支|员大会|员活动|建活动)|支部(?:会议|大会|书记|委员会?|活动)?|支委会?|项目|方[式法案]|计划|安排|平均"
    r"|成员|管理|全[体部年员勤]|金额|时[间长数]|单位|年[度月份龄]|周[一二三四五六日末]|谈话|谈心|谈心谈话|宣传|安全|文[件体]|国[庆家]|通[知报]|明细|关系|常委|解读"
    r"|班[次组级别]|花名册|应到|常规|向上|高[温考]|强化|相关|水费|金额|雷锋日"
)
_BRACKETED = re.compile(r"\([^)]*\)")
_NUMBERED = re.compile(r"[(（]?\d{1,3}[)）.、]?")
_FIELDS = {"citizenId", "organization", "organizationCode", "organizationParent", "gender", "birthDate"}


def may_name_people(row: Row) -> bool:
    """Tell whether a row could name people in several cells: quick, since every row is asked."""
    named = 0
    for cell in row:
        if type(cell) is float or (type(cell) is str and cell.isdigit()):
            if not named:
                return False  # as nearly every ordinary line begins
        elif type(cell) is str and len(cell) == 1 and named < 2 and marks.is_sign(cell):
            return False
        elif (
            type(cell) is str
            and 1 < len(cell) < _LONGEST_NAME
            and (signin.has_surname(cell.lstrip(_COUNTED)) or "·" in cell)
        ):
            named += len(cell) < _LONG_WORD or not cell.isalpha()  # 王五（预备）, but not 高坪村党支部
    return named > 1


def words_of(label: str) -> str:
    """Return a label as it is compared, without what it says in brackets: 活动时间（年月日）."""
    return columns.normal(_BRACKETED.sub("", cells.plain(label))) or columns.normal(label)


class Grid:
    """The cells of a sheet with merged ranges filled, and the legend of its marks."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.merged = merged_cells(sheet)
        self.width = len(sheet.rows[0])

    @functools.cached_property
    def legend(self) -> marks.Legend:
        """What the sheet explains of its marks, wherever."""
        rows = map(mentions.distinct_texts, self.sheet.rows)
        return marks.legend_of_rows(
            own for texts in rows for own in ([texts] if marks.paired(texts) else [[text] for text in texts])
        )

    def source(self, row: int, column: int) -> tuple[int, int]:
        """Return the cell that holds the text of a cell."""
        return self.merged.get((row, column), (row, column))

    def at(self, row: int, column: int) -> Cell:
        """Return a cell; what is blank only to the eye is the empty text."""
        top, left = self.source(row, column)
        cell = self.sheet.rows[top][left]
        return cell if not isinstance(cell, str) or cell.strip() else ""

    def text(self, row: int, column: int) -> str:
        """Return a cell as text."""
        return cells.plain(self.at(row, column))

    def own(self, row: int) -> list[int]:
        """Return the columns of a row that hold anything, a merged cell once and in its own row."""
        return [c for c in range(self.width) if self.source(row, c) == (row, c) and self.at(row, c) != ""]

    def is_mark(self, cell: Cell) -> bool:
        """Tell whether a cell is a mark whatever stands around it."""
        return isinstance(cell, bool) or marks.is_plain(cell, self.legend)

    def are_marks(self, found: Sequence[Cell]) -> bool:
        """Tell whether of the cells that hold anything at least half can be marks."""
        filled = [cell for cell in found if not marks.is_blank(cell, self.legend) and cell not in DITTO]
        return sum(marks.read(cell, self.legend).attendance is not None for cell in filled) * 2 >= len(filled)


@dataclasses.dataclass(slots=True)
class Head:
    """A row of names from column `left` to `right`: who stands where, and what the other columns are called."""

    row: int
    top: int
    left: int
    right: int
    people: list[int]
    unsure: list[int]
    labels: dict[int, str]

    @classmethod
    def read(cls, grid: Grid, row: int) -> Head | None:
        """Return the head that a row is; None where it is another row."""
        people = [c for c in grid.own(row) if is_person(grid.at(row, c))]
        if len(people) < 2 or people[0] == 0:
            return None
        top = _top(grid, row, people)
        labels, unsure = {}, []
        for column in range(grid.width):
            if grid.source(row, column)[1] in people:
                continue
            labels[column] = text = _label(grid, top, row, column)
            if text and not is_label(text):
                cell = grid.at(row, column)
                if column > people[-1] and grid.is_mark(cell):
                    continue  # the legend, beside the table
                if column < people[0] or not isinstance(cell, str) or grid.is_mark(cell):
                    return None
                unsure.append(column)
        return cls(row, top, 0, grid.width, people, unsure, labels)

    def beside(self) -> list[Head]:
        """Return the heads of tables side by side: each begins with its own column of days."""
        days = [c for c, text in self.labels.items() if _is_of_days(text)]
        starts = [self.left]
        for earlier, later in itertools.pairwise(self.people):
            day = next((c for c in days if earlier < c < later), None)
            if day is not None:
                numbered = _is_numbering(self.labels.get(day - 1, ""))
                starts.append(day - 1 if numbered else day)
        return [self._part(left, right) for left, right in itertools.pairwise([*starts, self.right])]

    def _part(self, left: int, right: int) -> Head:
        labels = {c: text for c, text in self.labels.items() if left <= c < right}
        people, unsure = ([c for c in found if left <= c < right] for found in (self.people, self.unsure))
        return Head(self.row, self.top, left, right, people, unsure, labels)


def _is_of_days(text: str) -> bool:
    words = words_of(text)
    return bool(words) and (DAY_LABEL.fullmatch(words) or BOTH.fullmatch(words)) is not None


def _is_numbering(text: str) -> bool:
    return re.fullmatch(r"序号?|编号", words_of(text)) is not None


def is_person(cell: Cell) -> bool:
    """Tell whether a cell is a person's name and no word that begins like one: 方式, 党员."""
    name = cells.name(cell)
    if name is None or not signin.is_name(name):
        return False
    return not any(words.fullmatch(name) for words in (_NOT_NAMED_SO, DAY_LABEL, CONTENT, BOTH))


def is_label(text: str) -> bool:
    """Tell whether a text is the head of days, of activities, or of what is neither these nor people."""
    words = words_of(text)
    patterns = (DAY_LABEL, CONTENT, BOTH, OTHER)
    return not words or any(p.fullmatch(words) for p in patterns) or says_period(text) or bool(field_of(text))


def says_period(text: str) -> bool:
    """Tell whether a text is a year, a month or both: they stand in the corner for all rows."""
    found, rest = activity_dates.parts(text)
    return not rest.strip() and found.day is None and not found.wrong and bool(found.year or found.month)


def field_of(text: str) -> str:
    """Return what a row says of the people in it; the empty text where it says nothing of them."""
    head = columns.head(Kind.ROLLCALL, text)
    return head.field if head and head.field in _FIELDS else ""


def _top(grid: Grid, row: int, people: Sequence[int]) -> int:
    """Return the first row of the heads: labels may be merged down from above the names, or stand only there."""
    top = row
    while top > max(0, row - _MAX_ROWS_UP):
        own = grid.own(top - 1)
        texts = [grid.text(top - 1, c) for c in own]
        reaches = any(grid.source(row, c)[0] == top - 1 for c in range(people[0]))
        heads = own and all((is_label(text) and not says_period(text)) or _NUMBERED.fullmatch(text) for text in texts)
        beside = len(own) > 1 or own == [people[0]]
        if not (reaches or (heads and beside)):
            break
        top -= 1
    return top


def _label(grid: Grid, top: int, row: int, column: int) -> str:
    """Return what a column is called: in the row of the names, else above it."""
    return next((text for at in range(row, top - 1, -1) if (text := grid.text(at, column))), "")
