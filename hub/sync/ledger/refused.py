"""The refused lines as a new workbook in the shape of the old one, the reason beside each."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import xlsxwriter

from hub.sync.ledger import cells, marks
from hub.sync.ledger.across import Turned
from hub.sync.ledger.messages import message
from hub.sync.ledger.table import Table
from hub.sync.ledger.workbook import Row, Sheet

_FORBIDDEN_IN_SHEET_NAMES = str.maketrans("[]:*?/\\", "（）：＊？／＼")
_MAX_SHEET_NAME = 31


def write_refused(refused: Iterable[tuple[Table, int, str]]) -> bytes:
    """Return an xlsx with titles and heads of each table and its refused lines, given as (table, row, code).

    Every cell is written as text: no content of a ledger can become a formula. The file imports again once
    the lines are put right. Where a head is refused, all lines go along: what they say below it stayed out.
    """
    by_table: dict[int, tuple[Table, dict[int, str]]] = {}
    for table, row, code in refused:
        by_table.setdefault(id(table), (table, {}))[1][row] = code
    by_sheet: dict[int, list[tuple[Table, dict[int, str]]]] = {}
    for table, codes in by_table.values():
        by_sheet.setdefault(id(table.sheet), []).append((table, codes))
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "head": workbook.add_format({"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}),
        "text": workbook.add_format({"num_format": "@"}),
        "reason": workbook.add_format({"font_color": "#C00000", "text_wrap": True}),
    }
    used: set[str] = set()
    for tables in by_sheet.values():
        tables.sort(key=lambda item: item[0].lead)
        worksheet = workbook.add_worksheet(_sheet_name(tables[0][0].sheet.name, used))
        if isinstance(tables[0][0].sheet, Turned):
            _write_turned(worksheet, tables[0][0].sheet, *tables[0], formats)
        else:
            _write_sheet(worksheet, tables, formats)
    if not used:
        workbook.add_worksheet()
    workbook.close()
    return buffer.getvalue()


def _sheet_name(name: str, used: set[str]) -> str:
    plain = name.translate(_FORBIDDEN_IN_SHEET_NAMES).strip("'")[: _MAX_SHEET_NAME - 4] or "台账"
    unique, number = plain, 2
    while unique.casefold() in used:
        unique, number = f"{plain}({number})", number + 1
    used.add(unique.casefold())
    return unique


def _write_sheet(worksheet: Any, tables: Sequence[tuple[Table, dict[int, str]]], formats: Mapping[str, object]) -> None:
    at = 0
    own_titles, first_titles = tables[0][0].titles[:2]
    if tables[0][0].activities and own_titles != first_titles:  # they may say the year, or what the days are for
        for at, title in enumerate(first_titles):
            worksheet.write_string(at, 0, title, formats["head"])
        at += 1
    written_heads: set[int] = set()
    for table, codes in tables:
        sheet = table.sheet
        reasons = len(sheet.rows[0])
        if table.body not in written_heads:  # tables side by side share their heads
            written_heads.add(table.body)
            at = _write_heads(worksheet, table, at, reasons, formats["head"])
        reasons_of = dict(_reasons(table, codes))
        whole = _whole_rows(table, reasons_of)
        for row, reason in reasons_of.items():
            _write_row(worksheet, at, table.left, whole[row][table.left : table.right], formats["text"])
            worksheet.write_string(at, reasons, reason, formats["reason"])
            worksheet.write_string(at, reasons + 1, str(row), formats["text"])
            at += 1
        if table.legend:
            worksheet.write_string(at, table.left, marks.explained(table.legend), formats["text"])
            at += 1


def _write_turned(
    worksheet: Any, sheet: Turned, table: Table, codes: Mapping[int, str], formats: Mapping[str, object]
) -> None:
    """Write a table of people across as it stands in the file: the row of names, and the activities that were refused."""
    rows, first_row = sheet.source.rows, sheet.source.first_row
    own, first, _ = table.titles
    titles = list(dict.fromkeys([*first, *own]))
    for at, title in enumerate(titles):
        worksheet.write_string(at, 0, title, formats["head"])
    at, reasons = len(titles), len(rows[0])
    heads = [*range(sheet.top, sheet.rows_at[0] + 1), *sheet.rows_at[1 : len(sheet.rows_at) - len(sheet.held)]]
    for row in sorted(set(heads)):
        _write_row(worksheet, at, 0, rows[row], formats["head"])
        at += 1
    worksheet.write_string(at - 1, reasons, "退回原因", formats["head"])
    worksheet.write_string(at - 1, reasons + 1, "原行号", formats["head"])
    of_people = [
        f"第 {row} 行：{message(code)}" for row, code in sorted(codes.items()) if row - first_row not in sheet.held
    ]
    whole = {row: [line[y] for line in _lines_of(table)] for y, row in enumerate(sheet.rows_at)}
    for row in sheet.held:
        if not of_people and row + first_row not in codes:
            continue
        code = codes.get(row + first_row)
        for column, cell in zip(sheet.columns_at, whole[row], strict=True):
            if cell != "":
                worksheet.write_string(at, column, cells.written(cell), formats["text"])
        worksheet.write_string(at, reasons, message(code) if code else of_people[0], formats["reason"])
        worksheet.write_string(at, reasons + 1, str(row + first_row), formats["text"])
        at += 1
    if table.legend:
        worksheet.write_string(at, 0, marks.explained(table.legend), formats["text"])


def _lines_of(table: Table) -> list[Row]:
    """Return the lines of a table with what is merged over several cells in each of them."""
    rows = table.sheet.rows
    return [
        [rows[x][y] for x, y in (table.merged.get((i, j), (i, j)) for j in range(len(row)))]
        for i, row in enumerate(rows)
    ]


def _reasons(table: Table, codes: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Yield the rows to write and why: the refused ones; every line where a head is refused."""
    body = table.body + table.sheet.first_row
    heads = [f"第 {row} 行表头：{message(code)}" for row, code in sorted(codes.items()) if row < body]
    rows = {row for row in codes if row >= body}
    if heads:
        rows |= {line.row for line in table.lines()}
    for row in sorted(rows):
        yield row, message(codes[row]) if row in codes else heads[0]


def _whole_rows(table: Table, wanted: Collection[int]) -> dict[int, Row]:
    """Return lines as they stand alone: with what is merged over them, or repeated from above by 同上."""
    found: dict[int, Row] = {}
    for line, marked in table.called():
        if line.row in wanted:
            whole = found[line.row] = list(table.sheet.rows[line.index])
            for field, cell in line.cells.items():
                whole[table.fields[field]] = cell
            for head, (cell, _) in zip(table.activities, marked, strict=True):
                whole[head.column] = cell
    return found


def _write_heads(worksheet: Any, table: Table, at: int, reasons: int, form: object) -> int:
    sheet: Sheet = table.sheet
    for index in range(table.lead, table.body):
        _write_row(worksheet, at + index - table.lead, 0, sheet.rows[index], form)
    for area in sheet.merged:
        if table.lead <= area.top and area.bottom < table.body and (area.top, area.left) != (area.bottom, area.right):
            top, bottom = at + area.top - table.lead, at + area.bottom - table.lead
            text = cells.written(sheet.rows[area.top][area.left])
            worksheet.merge_range(top, area.left, bottom, area.right, "", form)
            worksheet.write_string(top, area.left, text, form)
    last = at + table.body - table.lead - 1
    worksheet.write_string(last, reasons, "退回原因", form)
    worksheet.write_string(last, reasons + 1, "原行号", form)
    return last + 1


def _write_row(worksheet: Any, at: int, left: int, row: Row, form: object) -> None:
    for column, cell in enumerate(row, start=left):
        if cell != "":
            worksheet.write_string(at, column, cells.written(cell), form)
