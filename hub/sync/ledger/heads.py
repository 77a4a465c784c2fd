"""Rows of heads: one row, groups merged above it, leaves split below it, two tables side by side."""

from __future__ import annotations

import dataclasses
import enum
import itertools
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from hub.sync.ledger import columns
from hub.sync.ledger.columns import Head, Kind
from hub.sync.ledger.workbook import Cell, Sheet

Merges = Mapping[tuple[int, int], tuple[int, int]]
"""For each cell inside a merged range the cell that holds its text."""
MergedDown = Mapping[int, Sequence[tuple[int, int]]]
"""For each column the rows to which a cell is merged down, each with the row of its text, from top to bottom."""

_MAX_MERGED = 500_000
_MAX_HEAD_ROWS = 4
_MAX_NAME_HEAD = 40
_MAX_GROUP = 30
_MANY_DIGITS = re.compile(r"\d.*\d.*\d.*\d")
_NO_GROUP = re.compile(r"[:：。]")
_COLUMN_NUMBER = re.compile(
    r"[(（]?(?:\d{1,2}(?:\.0)?|[甲乙丙丁戊己庚辛A-Za-z]|[一二三四五六七八九十]{1,2})[)）]?|[①-⑳]"
)
_NUMBERING = re.compile(r"序号?|编号|No\.?", re.IGNORECASE)
_ORGANIZATION_FIELDS = {"code", "parent", "parentCode", "kind", "shortName"}
_PERSON_FIELDS = {"citizenId", "phone"}


NAMED = "名"


@dataclasses.dataclass(frozen=True, slots=True)
class HeadCell:
    """One head above a column: its row in `sheet.rows`, what it holds, 月 or 日 where a label says what numbers are.

    The unit `NAMED` says that it only names the activity: a date in it is none of its day.
    """

    row: int
    cell: Cell
    unit: str
    is_group: bool


class Says(enum.Enum):
    """Where a column's activity is said: by its own heads, by what stands above the table, or nowhere."""

    HEAD = enum.auto()
    TITLE = enum.auto()
    NOTHING = enum.auto()


@dataclasses.dataclass(frozen=True, slots=True)
class ActivityHead:
    """The heads of one activity's column, the lowest first."""

    column: int
    cells: tuple[HeadCell, ...]
    says: Says = Says.HEAD


@dataclasses.dataclass(slots=True)
class Heads:
    """The heads of one table: field → column; `heads` are (column, leaf, group); its lines begin at `body`.

    `top` is the row before which its titles end; `unknown` are columns that are a roll call's if they hold marks.
    """

    fields: dict[str, int]
    heads: list[tuple[int, str, str]]
    body: int
    left: int
    right: int
    top: int
    activities: tuple[ActivityHead, ...] = ()
    unknown: tuple[ActivityHead, ...] = ()


def merged_cells(sheet: Sheet) -> Merges:
    """Return the merged cells of a sheet, as far as there is anything in it."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    height, width = len(sheet.rows), len(sheet.rows[0]) if sheet.rows else 0
    for area in sheet.merged:
        bottom, right = min(area.bottom, height - 1), min(area.right, width - 1)
        if len(found) + max(bottom - area.top + 1, 0) * max(right - area.left + 1, 0) > _MAX_MERGED:
            break
        for row in range(area.top, bottom + 1):
            for column in range(area.left, right + 1):
                found[row, column] = (area.top, area.left)
    return found


def merged_down(merged: Merges) -> MergedDown:
    """Return what is merged down in each column; a sheet of many tables asks for each of them."""
    found: dict[int, list[tuple[int, int]]] = {}
    for (row, column), (top, left) in merged.items():
        if row > top and column == left:
            found.setdefault(column, []).append((row, top))
    for rows in found.values():
        rows.sort()
    return found


def rows_with_name_head(sheet: Sheet, kind: Kind) -> list[int]:
    """Return the rows in which a cell could be the head of the name: quick, since every row is asked."""
    may_be_name = re.compile("称|党组织" if kind is Kind.ORGANIZATIONS else "名|党员|用户").search
    known: dict[str, bool] = {}
    found = []
    for index, row in enumerate(sheet.rows):
        for cell in row:
            if type(cell) is str and 1 < len(cell) < _MAX_NAME_HEAD and may_be_name(cell):
                is_name = known.get(cell)
                if is_name is None:
                    is_name = known[cell] = _is_name(kind, cell)
                if is_name:
                    found.append(index)
                    break
    return found


def _is_name(kind: Kind, text: str) -> bool:
    head = columns.head(kind, text)
    return head is not None and head.field == "name"


def read(sheet: Sheet, kind: Kind, index: int, merged: Merges) -> list[Heads]:
    """Return the heads that have the name in this row; none where it turns out to be no row of heads."""
    grid = _Grid(sheet, kind, merged)
    names = [column for column, text in enumerate(grid.row(index)) if text and _is_name(kind, text)]
    body = index + 1
    while body < min(len(sheet.rows), index + _MAX_HEAD_ROWS) and grid.is_sub_head(index, body, names):
        body += 1
    top = index - 1 if index > 0 and grid.is_group_row(index - 1) else index
    while index - _MAX_HEAD_ROWS < top < index and top > 0 and grid.is_group_row(top - 1, sure=True):
        top -= 1
    found = [head for column in range(grid.width) if (head := grid.head(column, top, body))]
    if names and body < len(sheet.rows) and grid.is_numbering(body, names):
        body += 1
    return [part for part in _beside(kind, found, index, body, grid.width) if _is_enough(kind, part)]


class _Grid:
    """The texts of a sheet with merged ranges filled."""

    def __init__(self, sheet: Sheet, kind: Kind, merged: Merges) -> None:
        self._rows = sheet.rows
        self._kind = kind
        self._merged = merged
        self._reaching: dict[tuple[int, int], list[str]] = {}
        self.width = len(sheet.rows[0])

    def source(self, row: int, column: int) -> tuple[int, int]:
        return self._merged.get((row, column), (row, column))

    def at(self, row: int, column: int) -> str:
        top, left = self.source(row, column)
        cell = self._rows[top][left]
        return cell.strip() if isinstance(cell, str) else str(cell)

    def row(self, row: int) -> list[str]:
        """Return the texts of a row, a text that is merged over several columns once."""
        texts = [self.at(row, column) for column in range(self.width)]
        return [text if self.source(row, column)[1] == column else "" for column, text in enumerate(texts)]

    def is_sub_head(self, index: int, row: int, names: Sequence[int]) -> bool:
        """Tell whether a row below the head of the name still belongs to the heads."""
        if any(self.source(row, column)[0] <= index for column in names):
            return True
        own = [column for column, text in enumerate(self.row(row)) if text]
        if not own or any(self.at(row, column) for column in names):
            return False
        if any(":" in self.at(row, column) or _MANY_DIGITS.search(self.at(row, column)) for column in own):
            return False
        known = 0
        for column in own:
            head = columns.head(self._kind, self.at(row, column), self.spread(row - 1, column, row))
            known += head is not None and head.field != "name"
        return known * 2 >= len(own)

    def is_numbering(self, row: int, names: Sequence[int]) -> bool:
        """Tell whether a row only counts the columns: （1）（2）（3）, 甲 乙 1 2."""
        texts = [text for text in self.row(row) if text]
        return len(texts) > 2 and bool(self.at(row, names[0])) and all(map(_COLUMN_NUMBER.fullmatch, texts))

    def is_group_row(self, row: int, *, sure: bool = False) -> bool:
        """Tell whether the row above the heads holds heads of groups: several short words, no sentence.

        `sure` asks for one that is known: two rows up there may as well be a title.
        """
        texts = {text for text in self.row(row) if text}
        return (
            len(texts) > 1
            and not any(len(text) > _MAX_GROUP or _NO_GROUP.search(text) or _MANY_DIGITS.search(text) for text in texts)
            and (not sure or any(columns.is_group(text) or columns.head(self._kind, text) for text in texts))
        )

    def head(self, column: int, top: int, body: int) -> tuple[int, str, str] | None:
        """Return column, leaf and the group above it."""
        leaf, leaf_row = "", top
        for row in range(body - 1, top - 1, -1):
            if leaf := self.at(row, column):
                source_row, source_column = self.source(row, column)
                if source_column != column:
                    return None  # a head merged over two columns is the head of the first
                leaf_row = source_row
                break
        if not leaf:
            return None
        groups: list[str] = []
        for row in range(leaf_row - 1, top - 1, -1):
            group = self.spread(row, column, row + 1)
            if group and group not in (leaf, *groups):
                groups.append(group)
        return column, *self._of_groups(leaf, groups)

    def _of_groups(self, leaf: str, groups: Sequence[str]) -> tuple[str, str]:
        """Choose leaf and group so that they say most: of 流入地党组织, 联系人, 姓名 the leaf is 联系人姓名."""
        if len(groups) < 2:
            return leaf, groups[0] if groups else ""
        inner, outer = groups[0], groups[-1]
        others = columns.speaks_of_others(inner)
        choices = (
            [(inner + leaf, outer), (leaf, inner)] if others else [(inner + leaf, outer), (leaf, inner), (leaf, outer)]
        )
        return next((choice for choice in choices if columns.head(self._kind, *choice)), (leaf, inner))

    def spread(self, row: int, column: int, below: int) -> str:
        """Return the text of a cell, or of the one to the left that reaches over it: csv knows no merges."""
        reaching = self._reaching.get((row, below))
        if reaching is None:  # for the whole row at once: each column would look at all before it
            reaching = self._reaching[row, below] = []
            before = ""
            for at in range(self.width):
                before = self.at(row, at) or (before if self.at(below, at) else "")
                reaching.append(before)
        return reaching[column]


def _beside(kind: Kind, heads: list[tuple[int, str, str]], top: int, body: int, width: int) -> list[Heads]:
    """Divide the heads where name and number (or phone) come twice: two tables side by side."""
    judged = _of_neighbours(heads, [(column, columns.head(kind, leaf, group)) for column, leaf, group in heads])
    names = [column for column, head in judged if head and head.field == "name" and head.rank == 0]
    at = [column for column, _, _ in heads]
    last = {head.field: column for column, head in judged if head}
    asked = _ORGANIZATION_FIELDS if kind is Kind.ORGANIZATIONS else _PERSON_FIELDS
    starts = [0]
    for earlier, later in itertools.pairwise(names):
        begin, end = bisect_left(at, earlier + 1), bisect_left(at, later)
        if any(head and head.field in asked and last[head.field] > later for _, head in judged[begin:end]):
            numbered = begin < end and at[end - 1] == later - 1
            numbered = numbered and _NUMBERING.fullmatch(columns.normal(heads[end - 1][1])) is not None
            starts.append(later - 1 if numbered else later)
    parts = []
    for left, right in zip(starts, [*starts[1:], width], strict=True):
        begin, end = bisect_left(at, left), bisect_left(at, right)
        best: dict[str, tuple[int, int]] = {}
        for column, head in judged[begin:end]:
            if head and (head.field not in best or head.rank < best[head.field][0]):
                best[head.field] = (head.rank, column)
        fields = {field: column for field, (_, column) in best.items()}
        parts.append(Heads(fields, heads[begin:end], body, left, right, top))
    return parts


_GENERIC_PHONE = re.compile(r"(?:联系)?(?:电话|方式|手机)(?:号码?)?")
_CONTACT = re.compile(r"(?:党组织|支部|党支部)?(?:联系人|负责人|联络员|联络人|书记)(?:姓名)?")
_CONTACT_AND_PHONE = re.compile(
    rf"(?:党组织|党支部|支部)?{columns.CONTACT_WORDS}(?:及|和|与|以及){columns.PHONE_WORDS}"
)
_THEIR_PHONE = {"inflowLeaderName": "inflowLeaderPhone", "officerName": "officerPhone"}
_ORGANIZATION_NAMES = {"inflowOrganization", "homeOrganization", "organization", "branch", "organizationParent"}


def _of_neighbours(
    heads: Sequence[tuple[int, str, str]], judged: Sequence[tuple[int, Head | None]]
) -> list[tuple[int, Head | None]]:
    """Let what speaks of nobody by itself speak of its neighbour on the left.

    A phone is that of the person named just before it, 联系人 (及电话) that of the organization named just before them.
    """
    found = dict(judged)
    leaves = {column: leaf for column, leaf, group in heads if not group}
    flat = {column: columns.normal(leaf) for column, leaf in leaves.items()}
    for column, words in flat.items():
        if column - 1 not in flat:
            continue
        left, before = found.get(column - 1), flat[column - 1]
        if left and left.field == "inflowOrganization" and _CONTACT.fullmatch(words):
            found[column] = Head("inflowLeaderName", columns.LAST_RANK)
        elif left and left.field == "inflowOrganization" and _names_contact_and_phone(leaves[column]):
            found[column] = Head("inflowLeaderContact", columns.LAST_RANK)
        elif not _GENERIC_PHONE.fullmatch(words):
            continue
        elif left and left.field in _THEIR_PHONE:
            found[column] = Head(_THEIR_PHONE[left.field], 0)
        elif left is None and columns.speaks_of_others(before):
            organization = found.get(column - 2) if column - 2 in flat else None
            own = found[column]
            if organization and organization.field in _ORGANIZATION_NAMES:
                found[column] = None  # 组织关系所在党支部, 书记, 联系电话: theirs for certain
            elif own:
                found[column] = Head(own.field, columns.LAST_RANK)
    return list(found.items())


def _names_contact_and_phone(leaf: str) -> bool:
    return _CONTACT_AND_PHONE.fullmatch(columns.normal(columns.AND.sub("及", leaf))) is not None


def _is_enough(kind: Kind, part: Heads) -> bool:
    """Tell heads from a line of words that look like some: the name and something that goes with it."""
    fields = part.fields
    if "name" not in fields:
        return False
    if kind is Kind.ORGANIZATIONS:
        return bool(_ORGANIZATION_FIELDS & fields.keys())
    if kind is Kind.PARTICIPATION:
        return "heldOn" in fields and len(fields) > 2
    leaf, group = next((leaf, group) for column, leaf, group in part.heads if column == fields["name"])
    head = columns.head(kind, leaf, group)
    if head and head.rank:  # 党员 alone is a head only in company, and so is 用户
        company = _PERSON_FIELDS if head.rank == 1 else {"organization", "branch", *_PERSON_FIELDS}
        return len(fields) > 2 and bool(company & fields.keys())
    return len(fields) > 1


def belongs_to_other_kind(kind: Kind, part: Heads, title: str) -> bool:
    """Tell whether a table is plainly the other side's ledger: by its title and by its dates together."""
    if not names_other_kind(kind, title):
        return False
    other = Kind.INFLOW if kind is Kind.OUTFLOW else Kind.OUTFLOW
    own_date, other_date = ("departedOn", "arrivedOn") if kind is Kind.OUTFLOW else ("arrivedOn", "departedOn")
    if own_date in part.fields:
        return False
    return any((head := columns.head(other, leaf, group)) and head.field == other_date for _, leaf, group in part.heads)


def names_other_kind(kind: Kind, title: str) -> bool:
    """Tell whether a title is that of the other side's ledger."""
    if kind not in {Kind.OUTFLOW, Kind.INFLOW}:
        return False
    own, other = (r"流出|外出", r"流入") if kind is Kind.OUTFLOW else (r"流入", r"流出|外出")
    return re.search(other, title) is not None and re.search(own, title) is None
