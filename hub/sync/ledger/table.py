"""Find the tables on a sheet and read their lines: heads are recognized by their words, wherever they stand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from hub.sync.ledger import cells, heads, mentions
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.heads import Merges
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
_FILLED_IN_ADVANCE = {"organization", "organizationCode", "organizationParent", "branch", "branchCode", "gender", "category",
                      "isFullMember", "isProbationary", "cardIssued", "ethnicity"}  # fmt: skip
_NOT_MERGED_DOWN = {"name", "citizenId", "phone", "cardNumber", "code"}
_LONG_NUMBER = 15


@dataclasses.dataclass(slots=True)
class Line:
    """One line of a table: `row` as Excel numbers it, cells by field, the organization named above it."""

    row: int
    index: int
    cells: dict[str, Cell]
    organization: OrganizationMention | None


@dataclasses.dataclass(slots=True)
class Table:
    """One table: rows `lead` to `body` are its title and heads, `body` to `end` its lines (indexes in sheet.rows)."""

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

    def _merged_down(self) -> dict[int, list[tuple[str, int]]]:
        by_column = {column: field for field, column in self.fields.items() if field not in _NOT_MERGED_DOWN}
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


def _is_long_number(cell: Cell) -> bool:
    return isinstance(cell, float) or sum(character.isdigit() for character in str(cell)) >= _LONG_NUMBER


def _may_be_name(text: str) -> bool:
    found = cells.name(text)
    return found is not None and 1 < len(found) < 16 and ":" not in text and not mentions.is_note(text)


def find_all(sheets: Sequence[Sheet], kind: Kind) -> list[Table]:
    """Return every table of a file; a sheet without one (填表说明) is passed over."""
    tables = [table for sheet in sheets for table in find_tables(sheet, kind)]
    if not tables:
        wanted = "党组织名称和代码" if kind is Kind.ORGANIZATIONS else "姓名和身份证号码等"
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
    body = 0
    for index in heads.rows_with_name_head(sheet, kind):
        parts = heads.read(sheet, kind, index, merged) if index >= body else []
        if not parts:
            continue
        lead = body
        for table in current:
            table.end = index
            lead = max([lead, *(line.index + 1 for line in table.lines())])
        texts = [mentions.distinct_texts(row) for row in sheet.rows[max(lead, index - _MAX_LEAD_ROWS) : index]]
        named = mentions.above(texts)
        if named and named.source is Source.LINE:  # 第二党支部 further down is one of what the sheet's first lines name
            named = mentions.inside(named, first)
        first = first or named
        above = named or above or mentions.in_sheet_name(sheet.name)
        title = "".join(text for row in texts for text in row) + sheet.name
        body = parts[0].body
        current = [
            Table(sheet, kind, part.fields, lead, body, len(sheet.rows), part.left, part.right, above, merged)
            for part in parts
            # A file may hold both ledgers: only what was asked for is read.
            if not heads.belongs_to_other_kind(kind, part, title)
        ]
        tables += current
        if not current:
            # What the title of another ledger names is not said of the next one.
            above = mentions.above([row for row in texts if not heads.names_other_kind(kind, "".join(row))])
    return tables
