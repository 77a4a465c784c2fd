"""Find the tables on a sheet and read their lines: heads are recognized by their words, wherever they stand."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence

from hub.sync.ledger import cells, heads, marks, mentions, rollcall_heads
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.heads import ActivityHead, Merges
from hub.sync.ledger.marks import Meaning
from hub.sync.ledger.mentions import OrganizationMention, Source
from hub.sync.ledger.workbook import Cell, Row, Sheet, UnreadableFile

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
_MAX_LEAD_ROWS = 12
# A row that has only these says nothing yet: such cells are filled in advance, or merged down.
_FILLED_IN_ADVANCE = {"organization", "organizationCode", "organizationParent", "registrar", "registrarCode", "branch", "branchCode", "gender", "category",
                      "isFullMember", "isProbationary", "cardIssued", "ethnicity"}  # fmt: skip
_NOT_MERGED_DOWN = {"name", "citizenId", "phone", "cardNumber", "code"}
_LONG_NUMBER = 15
# What the rows of a roll call that are no people begin with.
_NOT_CALLED = re.compile(
    r"(?:应|实|未)(?:到|参加|出勤|出席|参会)(?:会|党员)?(?:人数|人员|数|[:(]|$)|(?:到会|出席|参加|参会|出勤|缺席|缺勤|请假|迟到|病假|事假|公假|旷会|线上|补学|自学|签到|列席)(?:的)?(?:党员)?(?:总)?(?:人数|人次|率|合计|[:(])"
    r"|(?:活动|会议|学习)?(?:地点|场所|主题|内容|主持人?|主讲人?|记录人?|授课人?|学时|课时|时长|名称|时间|日期|类别|形式|方式|召集人?)[:(]?$"
    r"|(?:本页|本月|全年|人数|(?:党员|人员)?总(?:人)?数|党员人数|出勤|缺勤|百分比|比例|图例|符号|说明|注|备注|签字|签名|考勤员|点名人|制表|审核)[:(]?$"
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
    has `activities`, and its sheet may have a `legend` of their marks.
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
    top: int
    activities: tuple[ActivityHead, ...] = ()
    titles: tuple[tuple[str, ...], ...] = ()
    legend: dict[str, Meaning] = dataclasses.field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """Yield the lines: ditto marks and cells merged down are resolved, sums, notes and empty lines left out."""
        rows, first_row = self.sheet.rows, self.sheet.first_row
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
            yield Line(first_row + index, index, line, organization)

    def called(self) -> Iterator[tuple[Line, list[tuple[Cell, tuple[int, int]]]]]:
        """Yield the lines of a roll call with the cell of each activity, and where it stands: it may be merged over several."""
        above: dict[int, Cell] = {}
        for line in self.lines():
            found: list[tuple[Cell, tuple[int, int]]] = []
            for head in self.activities:
                at = line.index, head.column
                source = self.merged.get(at, at)
                cell = self.sheet.rows[source[0]][source[1]] if source[0] >= self.body else ""
                above[head.column] = cell = above.get(head.column, cell) if cell in DITTO else cell
                found.append((cell, source))
            yield line, found

    def _merged_down(self) -> dict[int, list[tuple[str, int]]]:
        # Only in reported participation one person has several lines.
        single = set() if self.kind is Kind.PARTICIPATION else _NOT_MERGED_DOWN
        by_column = {column: field for field, column in self.fields.items() if field not in single}
        found: dict[int, list[tuple[str, int]]] = {}
        for (row, column), (top, left) in self.merged.items():
            if row > top >= self.body and column == left and column in by_column and row < self.end:
                found.setdefault(row, []).append((by_column[column], top))
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
        columns_of_marks = {head.column for head in self.activities}
        own = mentions.distinct_texts(
            [row[column] for column in range(self.left, self.right) if column not in columns_of_marks]
        )
        name = row[self.fields["name"]]
        number = row[self.fields["citizenId"]] if "citizenId" in self.fields else ""
        if number != "" and _is_long_number(number):
            return True
        words = next((text for text in own if not text.isdigit()), "")
        if any(mentions.is_sum(text) or _is_count(text) for text in (words, str(name))):
            return False
        if not cells.is_blank(name):
            if isinstance(name, str) and marks.legend_of([name]):
                return False
            if len(own) == 1 and not called:
                return after_line and _may_be_name(own[0]) and not own[0].endswith(("支部", "小组", "党委", "总支"))
            return not mentions.is_note(words, numbered=words == mentions.normal_text(name))
        # Marks without a name are a line that lacks it; numbers without a name are sums.
        read = [marks.read(cell, self.legend) for cell in called if isinstance(cell, str)]
        if mentions.is_note(words) or not any(meaning.attendance for meaning in read):
            return False
        if any(marks.legend_of([text]) for text in own):
            return False
        if any(len(text) > 1 or text.isdigit() for text in own):
            return True
        return not marks.legend_of(["  ".join(mentions.distinct_texts(row))])


def _is_count(text: str) -> bool:
    """Tell whether a text counts or describes what was held: 实到, 请假, 到会率, 地点."""
    text = "".join(text.split())
    return _NOT_CALLED.match(text) is not None or (len(text) > 1 and marks.word(text) != marks.UNKNOWN)


def _is_long_number(cell: Cell) -> bool:
    return isinstance(cell, float) or sum(character.isdigit() for character in str(cell)) >= _LONG_NUMBER


def _may_be_name(text: str) -> bool:
    found = cells.name(text)
    return found is not None and 1 < len(found) < 16 and ":" not in text and not mentions.is_note(text)


_WANTED = {
    Kind.ORGANIZATIONS: "党组织名称和代码",
    Kind.ROLLCALL: "姓名和各次活动的日期或名称",
    Kind.PARTICIPATION: "姓名、活动类别和活动日期",
}


def find_all(sheets: Sequence[Sheet], kind: Kind) -> list[Table]:
    """Return every table of a file; a sheet without one (填表说明) is passed over."""
    tables = [table for sheet in sheets for table in find_tables(sheet, kind)]
    if not tables:
        wanted = _WANTED.get(kind, "姓名和身份证号码等")
        raise UnreadableFile(
            f"没有找到表头：请核对文件和台账种类，表头一行应有{wanted}；csv 请核对编码"
            f" / no head row of a ledger of kind {kind} was found: check the file, the kind and the encoding"
        )
    return tables


def find_tables(sheet: Sheet, kind: Kind) -> list[Table]:
    """Return the tables of one sheet from top to bottom: repeated heads (续表) begin a table of their own."""
    merged = heads.merged_cells(sheet)
    tables: list[Table] = []
    current: list[Table] = []
    above: OrganizationMention | None = None
    first: OrganizationMention | None = None
    titles: tuple[str, ...] = ()
    body = 0
    for index in heads.rows_with_name_head(sheet, kind):
        if index < body:
            continue
        called = kind is Kind.ROLLCALL
        parts = rollcall_heads.read(sheet, index, merged) if called else heads.read(sheet, kind, index, merged)
        if not parts:
            continue
        lead, top = body, parts[0].top
        for table in current:
            table.end = top
            lead = max([lead, *(line.index + 1 for line in table.lines())])
        texts = [mentions.distinct_texts(row) for row in sheet.rows[max(lead, top - _MAX_LEAD_ROWS) : top]]
        named = mentions.above(texts)
        if named and named.source is Source.LINE:  # 第二党支部 further down is one of what the sheet's first lines name
            named = mentions.inside(named, first)
        first = first or named
        above = named or above or mentions.in_sheet_name(sheet.name)
        title = "".join(text for row in texts for text in row) + sheet.name
        own_titles = tuple(text for row in texts for text in row)
        titles = titles or own_titles
        body = parts[0].body
        current = [
            Table(
                sheet,
                kind,
                part.fields,
                lead,
                body,
                len(sheet.rows),
                part.left,
                part.right,
                above,
                merged,
                top,
                part.activities,
                (own_titles, titles, (sheet.name,)),
            )
            for part in parts
            # A file may hold both ledgers: only what was asked for is read.
            if not heads.belongs_to_other_kind(kind, part, title)
        ]
        tables += current
        if not current:
            # What the title of another ledger names is not said of the next one.
            above = mentions.above([row for row in texts if not heads.names_other_kind(kind, "".join(row))])
    if kind is Kind.ROLLCALL:
        _find_legends(sheet, tables)
    return tables


def _find_legends(sheet: Sheet, tables: Sequence[Table]) -> None:
    """Give every roll call of a sheet the legend that stands above, below or beside it; its own goes before others."""
    found: list[dict[str, Meaning]] = []
    # What stands between two tables belongs to the upper one, unless the first has its legend above it.
    above = bool(tables and marks.legend_of(tables[0].titles[0]))
    for number, table in enumerate(tables):
        headed = max([*table.fields.values(), *(head.column for head in table.activities)]) + 1
        begin = table.lead if above or number == 0 else table.top
        after = itertools.islice(tables, number + 1, None)
        end = next((later.lead for later in after if above and later.top > table.top), table.end)
        texts: list[str] = []
        for index in range(begin, end):
            row = sheet.rows[index]
            if table.top <= index < table.body or (index >= table.body and table.is_line(row)):
                row = row[headed:] if table.right == len(row) else []
            text = "  ".join(mentions.distinct_texts(row))
            if text and marks.legend_of([text]):
                texts.append(text)
        found.append(marks.legend_of(texts))
    everywhere = {sign: meaning for legend in found for sign, meaning in legend.items()}
    for table, legend in zip(tables, found, strict=True):
        table.legend = marks.with_own(everywhere, legend)
