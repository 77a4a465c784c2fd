"""Find the tables on the sheets of a file: heads are recognized by their words, wherever they stand."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Collection, Sequence

from hub.sync.ledger import across, cells, heads, marks, mentions, rollcall_heads, signin
from hub.sync.ledger.across import Region
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.heads import Heads, Says
from hub.sync.ledger.marks import Meaning
from hub.sync.ledger.mentions import OrganizationMention, Source
from hub.sync.ledger.table import Table, is_count
from hub.sync.ledger.workbook import MAX_TABLES, Cell, Row, Sheet, UnreadableFile, unreadable

_MAX_LEAD_ROWS = 12
_MAX_LEGEND_ROWS = 200
_LEGEND_SHEET = re.compile(r"说明|图例|备注|符号|注释|须知|标记")
# What may stand above a legend beside the table. 备注, 党费, 次数 note something of each person.
_LEGEND_HEAD = re.compile(r"(?:(?:考勤|出勤|签到|打勾)?(?:图例|说明|符号|标[识记志]|记号|代号|含义|意义|表示|附?注))*")
# Ticks below people's names need not be attendance.
_OTHER_LIST = re.compile(
    r"党费|缴费|收缴|缴纳|值班|值守|轮值|积分|打卡|报销|补贴|发放|领取|领用|借阅|选票|投票|选举|计票|表决|测评|走访|慰问|体检"
)
_WANTED = {
    Kind.ORGANIZATIONS: "党组织名称和代码",
    Kind.ROLLCALL: "姓名和各次活动的日期或名称",
    Kind.PARTICIPATION: "姓名、活动类别和活动日期",
}


def find_all(sheets: Sequence[Sheet], kind: Kind) -> list[Table]:
    """Return every table of a file; a sheet without one (填表说明) is passed over."""
    found = [(sheet, find_tables(sheet, kind)) for sheet in sheets]
    tables = [table for _, of_sheet in found for table in of_sheet]
    if kind is Kind.ROLLCALL:
        legend = _legend_of_file([sheet for sheet, of_sheet in found if not of_sheet])
        for _, of_sheet in found:
            if legend and not any(table.legend for table in of_sheet):
                for table in of_sheet:
                    table.legend = legend
        for table in tables:
            _take_unknown(table)
    if not tables and not (kind is Kind.ROLLCALL and any(map(_calls_nobody, sheets))):
        wanted = _WANTED.get(kind, "姓名和身份证号码等")
        raise UnreadableFile(
            f"没有找到表头：请核对文件和台账种类，表头一行应有{wanted}；csv 请核对编码"
            f" / no head row of a ledger of kind {kind} was found: check the file, the kind and the encoding"
        )
    return tables


def find_tables(sheet: Sheet, kind: Kind) -> list[Table]:
    """Return the tables of one sheet from top to bottom: repeated heads (续表) begin a table of their own."""
    regions = across.find(sheet) if kind is Kind.ROLLCALL else []
    if not regions:
        return _find_tables(sheet, kind)
    rows: list[Row] = list(sheet.rows)
    for region in regions:
        for index in range(region.sheet.top, region.sheet.held[-1] + 1):
            rows[index] = [""] * len(rows[index])
    down = _find_tables(dataclasses.replace(sheet, rows=rows), kind)
    return [*_turned(sheet, regions, down), *down]


def _turned(sheet: Sheet, regions: Sequence[Region], down: Sequence[Table]) -> list[Table]:
    """Return the tables of those parts of a sheet that have people across; `down` are those of the rest."""
    tables: list[Table] = []
    above: OrganizationMention | None = None
    titles: tuple[str, ...] = ()
    lead = body = 0
    for region in regions:
        view = region.sheet
        if view.top >= body:  # tables side by side share their titles
            lead = body
        body = max(body, view.held[-1] + 1)
        for other in (table for table in down if lead <= table.top < view.top):  # its lines are no titles of this one
            lead = max(
                [other.body, *(line.index + 1 for line, found in other.called() if any(cell for cell, _ in found))]
            )
            above, titles = other.organization_above or above, titles or other.titles[1]
        texts = [mentions.distinct_texts(row) for row in sheet.rows[max(lead, view.top - _MAX_LEAD_ROWS) : view.top]]
        texts = [row for row in texts if not _is_footer(row)]
        above = mentions.above(texts) or above or mentions.in_sheet_name(sheet.name)
        own = tuple(text for row in texts for text in row)
        titles = titles or own
        levels = (own, titles, (sheet.name,))
        part = Heads(region.fields, [], region.body, 0, len(view.rows[0]), 0, region.activities)
        if not _is_other_list(own) and _is_called(part, levels[:2], sheet):
            tables.append(
                Table(
                    view,
                    Kind.ROLLCALL,
                    region.fields,
                    0,
                    region.body,
                    len(view.rows),
                    0,
                    part.right,
                    above,
                    region.merged,
                    heads.merged_down(region.merged),
                    0,
                    region.activities,
                    titles=levels,
                )
            )
    merged, beside = heads.merged_cells(sheet), dict[int, tuple[int, set[int]]]()
    for region in regions:
        view = region.sheet
        first = max(view.columns_at) + 1
        noted = _noted(sheet, merged, range(view.top, view.rows_at[0] + 1), first)
        beside |= dict.fromkeys(view.rows_at, (first, noted))
    legend = marks.legend_of_rows(
        texts
        for index, row in enumerate(sheet.rows)
        for texts in (_beside(row, *beside[index]) if index in beside else [_legend_texts(row)])
    )
    for table in tables:
        table.legend = legend
    return tables


def _is_other_list(titles: Sequence[str]) -> bool:
    """Tell whether a table is for something else than who was there: 主题党日收缴党费登记表, but not 值班签到表."""
    titles = [text for text in titles if not mentions.is_note(text)]
    return any(map(_OTHER_LIST.search, titles)) and not any(map(signin.calls, titles))


def _is_footer(texts: Sequence[str]) -> bool:
    """Tell whether a row below a table of people across sums up or explains it."""
    return bool(texts) and (mentions.is_sum(texts[0]) or is_count(texts[0]) or bool(_legend_texts(texts)))


def _find_tables(sheet: Sheet, kind: Kind) -> list[Table]:
    merged = heads.merged_cells(sheet)
    down = heads.merged_down(merged)
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
                down,
                top,
                part.activities,
                part.unknown,
                (own_titles, titles, (sheet.name,)),
            )
            for part in parts
            # A file may hold both ledgers: only what was asked for is read.
            if not heads.belongs_to_other_kind(kind, part, title)
            and (not called or _is_called(part, [own_titles, titles], sheet))
        ]
        tables += current
        if len(tables) > MAX_TABLES:
            raise unreadable("TABLES")
        if not current:
            # What the title of another ledger names is not said of the next one.
            above = mentions.above([row for row in texts if not heads.names_other_kind(kind, "".join(row))])
    if kind is Kind.ROLLCALL:
        _find_legends(sheet, tables)
    return tables


def _calls_nobody(sheet: Sheet) -> bool:
    """Tell whether a sheet is a roll call without activities and people: so one is exported where nothing was recorded."""
    named = heads.rows_with_name_head(sheet, Kind.ROLLCALL)
    if not named or any(cell != "" for row in sheet.rows[named[-1] + 1 :] for cell in row):
        return False
    return any(signin.speaks_of_calling(cells.plain(cell)) for row in sheet.rows[: named[0]] for cell in row)


def _is_called(part: Heads, levels: Sequence[Sequence[str]], sheet: Sheet) -> bool:
    """Tell whether heads are those of a roll call: what no head says has to be said above the table.

    A table with no more than a branch above it, or 续表, goes on with what the sheet begins with.
    """
    if any(head.says is Says.HEAD for head in part.activities):
        return True
    own, first = levels
    own = [text for text in own if not text.startswith("续") and not mentions.in_line([text])]
    return any(signin.speaks_of_calling(text) for text in (*(own or first), sheet.name))


def _take_unknown(table: Table) -> None:
    """Take the columns that hold marks below heads that say nothing of an activity: to pass over them loses data."""
    unknown = {head.column: head for head in table.unknown}
    last = max([*table.fields.values(), *(head.column for head in table.activities)], default=0)
    filled: Counter[int] = Counter()
    marked: Counter[int] = Counter()
    is_last = table.right == len(table.sheet.rows[0])
    noted = _noted(table.sheet, table.merged, range(table.top, table.body), last + 1) if unknown and is_last else set()
    for line in table.lines() if unknown else ():
        row = table.sheet.rows[line.index]
        beside = _beside(row, last + 1, noted) if is_last else []
        for column in unknown:
            if row[column] != "" and not (beside and column > last):
                filled[column] += 1
                marked[column] += marks.is_plain(row[column], table.legend)
    found = [head for column, head in unknown.items() if marked[column] * 2 > filled[column]]
    table.activities = tuple(sorted([*table.activities, *found], key=lambda head: head.column))


def _find_legends(sheet: Sheet, tables: Sequence[Table]) -> None:
    """Give every roll call of a sheet the legend that stands above, below or beside it; its own goes before others."""
    found: list[dict[str, Meaning]] = []
    of_rows: dict[int, list[str]] = {}
    nexts = _next_leads(tables)
    # What stands between two tables belongs to the upper one, unless the first has its legend above it.
    above = bool(tables and marks.legend_of(tables[0].titles[0]))
    for number, table in enumerate(tables):
        headed = max([*table.fields.values(), *(head.column for head in table.activities)]) + 1
        begin = table.lead if above or number == 0 else table.top
        end = nexts[number] if above else table.end
        is_last = table.right == len(sheet.rows[0])
        noted = _noted(sheet, table.merged, range(table.top, table.body), headed) if is_last else set()
        rows: list[list[str]] = []
        for index in range(begin, end):
            row = sheet.rows[index]
            if table.top <= index < table.body or (index >= table.body and table.is_line(row)):
                rows += _beside(row, headed, noted) if is_last else []
            else:
                if index not in of_rows:  # tables side by side share their rows
                    of_rows[index] = _legend_texts(row)
                rows.append(of_rows[index])
        found.append(marks.legend_of_rows(rows))
    everywhere = {sign: meaning for legend in found for sign, meaning in legend.items()}
    for table, legend in zip(tables, found, strict=True):
        table.legend = marks.with_own(everywhere, legend)


def _legend_of_file(sheets: Sequence[Sheet]) -> dict[str, Meaning]:
    """Return what sheets without people explain of marks (说明, 图例); signs to which they give two meanings mean nothing."""
    found: dict[str, Meaning] = {}
    for sheet in sheets:
        if len(sheet.rows) > _MAX_LEGEND_ROWS or heads.rows_with_name_head(sheet, Kind.ROLLCALL):
            continue
        legend = marks.legend_of_rows(_legend_texts(row) for row in sheet.rows)
        # One sign may stand in any text; several, or the sheet's name, say that it is a legend.
        if len(legend) > 1 or _LEGEND_SHEET.search(sheet.name):
            for sign, meaning in legend.items():
                found[sign] = meaning if found.get(sign, meaning) == meaning else marks.UNKNOWN
    return found


def _next_leads(tables: Sequence[Table]) -> list[int]:
    """Return for each table the row with which the titles of the next one below it begin, else the end of its own."""
    found: list[int] = []
    below: Table | None = None
    for table, later in zip(reversed(tables), [None, *reversed(tables)], strict=False):
        if later is not None and later.top > table.top:
            below = later
        found.append(below.lead if below else table.end)
    return found[::-1]


def _legend_texts(row: Sequence[Cell]) -> list[str]:
    """Return the texts of a row, or of the end of one, that explains marks; none where it does not."""
    texts = mentions.distinct_texts(row)
    return texts if texts and marks.legend_of_rows([texts]) else []


def _noted(sheet: Sheet, merged: heads.Merges, of_heads: range, first: int) -> set[int]:
    """Return the columns from `first` whose heads say what is noted: a tick there and 病假 beside it are no legend."""
    found = set()
    for at in of_heads:
        sources = (merged.get((at, column), (at, column)) for column in range(first, len(sheet.rows[0])))
        texts = ["", *(mentions.normal_text(sheet.rows[row][left]) for row, left in sources), ""]
        for column, (before, text, after) in enumerate(zip(texts, texts[1:], texts[2:], strict=False), start=first):
            explains = _LEGEND_HEAD.fullmatch(text.strip(":")) or marks.is_sign(text) or marks.legend_of([text])
            # 缺席 counts, but beside a sign it is its meaning: the legend begins in the row of heads.
            if not explains and not (
                marks.word(text) != marks.UNKNOWN and (marks.is_sign(before) or marks.is_sign(after))
            ):
                found.add(column)
    return found


def _beside(row: Sequence[Cell], first: int, noted: Collection[int]) -> list[list[str]]:
    """Return the texts beside a line, from column `first`, that explain marks; a note of somebody has one sign at most."""
    filled = [(column, cell) for column, cell in enumerate(row[first:], start=first) if cell != ""]
    texts = _legend_texts([cell for column, cell in filled if column not in noted])
    notes = ([mentions.normal_text(cell)] for column, cell in filled if column in noted)
    return [*([texts] if texts else []), *(note for note in notes if len(marks.legend_of(note)) > 1)]
