"""A table of a ledger and its lines: what is a person's line and what a sum, a note, a repeated head."""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from hub.sync.ledger import cells, marks, mentions, signin
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.heads import ActivityHead, MergedDown, Merges, Says
from hub.sync.ledger.marks import Meaning
from hub.sync.ledger.mentions import OrganizationMention
from hub.sync.ledger.workbook import Cell, Row, Sheet

DITTO = {
    "〃",
    "″",
    '"',
    "”",
    "“",
    "〞",
    "''",
    "＂",
    "同上",
    "同上。",
    "同 上",
    "上同",
    "同前",
    "々",
    "ˮ",
    "″″",
    "〃〃",
    "- 〃 -",
    "〃 ",
}
# A row that has only these says nothing yet: such cells are filled in advance, or merged down.
_FILLED_IN_ADVANCE = {"organization", "organizationCode", "organizationParent", "registrar", "registrarCode", "branch", "branchCode", "gender", "category",
                      "isFullMember", "isProbationary", "cardIssued", "ethnicity"}  # fmt: skip
_NOT_MERGED_DOWN = {"name", "citizenId", "phone", "cardNumber", "code"}
_LONG_NUMBER = 15
# The columns that may say what a problem is about, the likeliest first.
_SAID_IN = {
    "citizenId": ("citizenId", "name"),
    "organization": ("organization", "organizationCode", "organizationParent"),
    "kind": ("activityKind", "activityTitle"),
}
# What the rows of a roll call that are no people begin with.
_NOT_CALLED = re.compile(
    r"(?:应|实|未)(?:到|参加|出勤|出席|参会)(?:会|党员)?(?:人数|人员|数|[:(\d]|$)|(?:到会|出席|参加|参会|出勤|缺席|缺勤|请假|迟到|病假|事假|公假|旷会|线上|补学|自学|签到|列席)(?:的)?(?:党员)?(?:总)?(?:人数|人次|率|合计|[:(\d])"
    r"|(?:活动|会议|学习)?(?:地点|场所|主题|内容|主持人?|主讲人?|记录人?|授课人?|学时|课时|时长|名称|时间|日期|类别|形式|方式|召集人?)[:(]?$"
    r"|(?:本页|本月|全年|人数|(?:党员|人员)?总(?:人)?数|党员人数|出勤|缺勤|百分比|比例|图例|符号|标[识记志]|记号|说明|注|备注|(?:考勤员|点名人|记录人|主持人|负责人)?(?:签字|签名)|考勤员|点名人|制表|审核)[:(]?$"
)


@dataclasses.dataclass(slots=True)
class Line:
    """One line of a table: `row` as Excel numbers it, cells by field, the organization named above it."""

    row: int
    index: int
    cells: dict[str, Cell]
    organization: OrganizationMention | None


@dataclasses.dataclass(slots=True)
class Table:
    """One table: rows `lead` to `top` are its titles, to `body` its heads, to `end` its lines (indexes in sheet.rows).

    `titles` are the texts above it, then those above the first table of the sheet, then the sheet's name. A roll call
    has `activities`, and its sheet may have a `legend` of their marks; `unknown` are columns that are more of them if
    they hold marks.
    """

    sheet: Sheet
    kind: Kind
    fields: dict[str, int]
    lead: int
    body: int
    end: int
    left: int
    right: int
    organization_above: OrganizationMention | None
    merged: Merges
    down: MergedDown
    top: int
    activities: tuple[ActivityHead, ...] = ()
    unknown: tuple[ActivityHead, ...] = ()
    titles: tuple[tuple[str, ...], ...] = ()
    legend: dict[str, Meaning] = dataclasses.field(default_factory=dict)

    def place(self, line: int, field: str) -> tuple[int, int] | None:
        """Return row and column in the file of what a line says of a field; None where no column says it."""
        columns = (self.fields[name] for name in _SAID_IN.get(field, (field,)) if name in self.fields)
        column = next(columns, None)
        return None if column is None else self.sheet.place(line, column)

    def lines(self) -> Iterator[Line]:
        """Yield the lines: ditto marks and cells merged down are resolved, sums, notes and empty lines left out."""
        rows, place = self.sheet.rows, self.sheet.place
        fields = list(self.fields.items())
        down = self._merged_down()
        above: dict[str, Cell] = {}
        organization = self.organization_above
        after_line = True
        for index in range(self.body, self.end):
            row = rows[index]
            if not self.is_line(row, after_line=after_line):
                after_line = False
                organization = self._section(row) or organization
                continue
            after_line = True
            line = {field: row[column] for field, column in fields}
            if index in down:
                for field, top in down[index]:
                    if line[field] == "":
                        line[field] = rows[top][self.fields[field]]
            if not DITTO.isdisjoint(line.values()):
                for field, cell in line.items():
                    if cell in DITTO and field in above:
                        line[field] = above[field]
            above = line
            yield Line(place(index, 0)[0], index, line, organization)

    def called(self, others: Sequence[int] = ()) -> Iterator[tuple[Line, list[tuple[Cell, tuple[int, int]]]]]:
        """Yield the lines of a roll call with the cell of each activity, and where it stands: it may be merged over several.

        The cells of the columns `others` follow.
        """
        above: dict[int, Cell] = {}
        columns = [*(head.column for head in self.activities), *others]
        for line in self.lines():
            found: list[tuple[Cell, tuple[int, int]]] = []
            for column in columns:
                at = line.index, column
                source = self.merged.get(at, at)
                cell = self.sheet.rows[source[0]][source[1]] if source[0] >= self.body else ""
                above[column] = cell = above.get(column, cell) if cell in DITTO else cell
                found.append((cell, source))
            yield line, found

    def _merged_down(self) -> dict[int, list[tuple[str, int]]]:
        # Only in reported participation one person has several lines.
        single = set() if self.kind is Kind.PARTICIPATION else _NOT_MERGED_DOWN
        found: dict[int, list[tuple[str, int]]] = {}
        for field, column in self.fields.items():
            if field in single or column not in self.down:
                continue
            rows = self.down[column]
            for row, top in rows[bisect_left(rows, (self.body, 0)) : bisect_left(rows, (self.end, 0))]:
                if top >= self.body:
                    found.setdefault(row, []).append((field, top))
        return found

    def _section(self, row: Row) -> OrganizationMention | None:
        """Return the organization that a row between the lines names for those below it."""
        texts = mentions.distinct_texts(row[self.left : self.right])
        if len(texts) == 1 and not mentions.is_sum(texts[0]):
            found = mentions.in_line(texts)
            return mentions.inside(found, self.organization_above) if found else None
        return None

    def is_line(self, row: Row, *, after_line: bool = False) -> bool:
        """Tell whether a row is a line of the table; `after_line` says that the row before it is one."""
        if self.activities:
            return self._is_called(row, after_line=after_line)
        fields = self.fields
        name = row[fields["name"]]
        number = row[fields["citizenId"]] if "citizenId" in fields else ""
        if name != "" and number != "":  # nearly every line
            return not (isinstance(name, str) and mentions.is_sum(name)) or _is_long_number(number)
        part = row[self.left : self.right]
        texts = mentions.distinct_texts(part)
        if not texts:
            return False
        if number != "" and _is_long_number(number):
            return True
        words = next((text for text in texts if not text.isdigit()), "")
        if mentions.is_sum(words) or (isinstance(name, str) and mentions.is_sum(name)):
            return False
        if not cells.is_blank(name):
            if len(texts) == 1:  # a name alone, or a word that stands below the table
                return after_line and _may_be_name(texts[0])
            return not mentions.is_note(words, numbered=words == mentions.normal_text(name))
        if mentions.is_note(words) or len(texts) == 1 or sum(":" in text for text in texts) * 2 > len(texts):
            return False
        return any(
            not cells.is_blank(row[column]) for field, column in fields.items() if field not in _FILLED_IN_ADVANCE
        )

    def _is_called(self, row: Row, *, after_line: bool) -> bool:
        """Tell whether a row of a roll call is a person's line: counts, notes and rows about the activities are not."""
        called = [row[head.column] for head in self.activities if not marks.is_blank(row[head.column], self.legend)]
        signed = any(head.says is Says.TITLE and signin.is_name(row[head.column]) for head in self.activities)
        columns_of_marks = {head.column for head in self.activities}
        own = mentions.distinct_texts(
            [row[column] for column in range(self.left, self.right) if column not in columns_of_marks]
        )
        name = row[self.fields["name"]]
        number = row[self.fields["citizenId"]] if "citizenId" in self.fields else ""
        if number != "" and _is_long_number(number):
            return True
        if self._explains(row) and not signin.is_name(name):
            return False
        words = next((text for text in own if not text.isdigit() and not marks.is_sign(text)), "")
        if any(mentions.is_sum(text) or is_count(text) for text in (words, str(name))):
            return False
        if not cells.is_blank(name):
            if isinstance(name, str) and marks.legend_of([name]):
                return False
            if len(own) == 1 and not called:
                return after_line and _may_be_name(own[0]) and not own[0].endswith(("支部", "小组", "党委", "总支"))
            return not mentions.is_note(words, numbered=words == mentions.normal_text(name))
        # Marks without a name are a line that lacks it; numbers without a name are sums.
        read = [marks.read(cell, self.legend) for cell in called if isinstance(cell, str)]
        if mentions.is_note(words) or not (signed or any(meaning.attendance for meaning in read)):
            return False
        if any(marks.legend_of([text]) for text in own):
            return False
        if any(len(text) > 1 or text.isdigit() for text in own):
            return True
        return not marks.legend_of(["  ".join(mentions.distinct_texts(row))])

    def _explains(self, row: Row) -> bool:
        """Tell whether a row has signs and meanings in cells of their own.

        A number before a mark is none of them where numbers and marks stand: 2 | | 缺席 is a line that lacks its name.
        """
        texts = mentions.distinct_texts(row[self.left : self.right])
        if not marks.paired(texts):
            return False
        held, said = {head.column for head in self.activities}, self.fields.values()
        others = [c for c in range(self.left, self.right) if row[c] != "" and c not in held]
        is_line = all(c not in said and cells.plain(row[c]).isdigit() for c in others)
        return not (is_line and any(map(marks.may_count, texts)))


def is_count(text: str) -> bool:
    """Tell whether a text counts or describes what was held: 实到, 请假, 到会率, 地点."""
    text = "".join(text.split())
    return _NOT_CALLED.match(text) is not None or (len(text) > 1 and marks.word(text) != marks.UNKNOWN)


def _is_long_number(cell: Cell) -> bool:
    if isinstance(cell, float):  # 3 counts people, 1.1e17 was a number of 18 digits
        return cell >= float(10 ** (_LONG_NUMBER - 1))
    return sum(character.isdigit() for character in str(cell)) >= _LONG_NUMBER


def _may_be_name(text: str) -> bool:
    found = cells.name(text)
    return found is not None and 1 < len(found) < 16 and ":" not in text and not mentions.is_note(text)
