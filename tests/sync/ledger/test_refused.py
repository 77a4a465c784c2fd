from __future__ import annotations

import datetime as dt
import io

import openpyxl

from hub.sync.ledger.columns import Kind
from hub.sync.ledger.lines import LineReader
from hub.sync.ledger.refused import write_refused
from hub.sync.ledger.tables import find_all
from hub.sync.ledger.workbook import read_workbook
from tests.sync.ledger.sheets import NAMES, TODAY, citizen_id, errors, read, rollcalls, xlsx

A, B, C = citizen_id(1), citizen_id(2), citizen_id(3)
ROWS = [
    ["流出党员台账"],
    ["支部名称：高坪村党支部"],
    ["姓名", "身份证号", "流出情况", ""],
    ["", "", "时间", "地点"],
    ["周洁", A, "2025.6", "海城区"],
    ["吴江", 9.98877197503e17, 45658, '=HYPERLINK("http://x")'],
    ["", citizen_id(2), "2025.1", "+1"],
]
MERGES = ["A1:D1", "A3:A4", "B3:B4", "C3:D3"]


def refused_of(source: bytes, kind: str = "outflow") -> bytes:
    reader = LineReader(NAMES, TODAY)
    tables = find_all(read_workbook(source), Kind(kind))
    return write_refused(
        (table, row.row, row.error.code) for table in tables for row in getattr(reader, kind)(table) if row.error
    )


def test_refused_rows_keep_the_shape_of_their_table():
    book = openpyxl.load_workbook(io.BytesIO(refused_of(xlsx(("台账", ROWS, MERGES)))))
    (sheet,) = book.worksheets
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values[0][0] == "流出党员台账"
    assert values[1][0] == "支部名称：高坪村党支部"
    assert values[3][2:] == ["时间", "地点", "退回原因", "原行号"]
    assert values[4][0] == "吴江"
    assert values[4][1].startswith("9.98877")
    assert values[4][2:4] == ["45658", '=HYPERLINK("http://x")']
    assert "文本" in values[4][4]
    assert [row[5] for row in values[4:]] == ["6", "7"]
    assert sorted(str(area) for area in sheet.merged_cells.ranges) == sorted(MERGES)


def test_no_cell_is_a_formula_or_a_number():
    book = openpyxl.load_workbook(io.BytesIO(refused_of(xlsx(("表", ROWS, MERGES)))))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_the_file_imports_again_and_says_the_same():
    again = read(refused_of(xlsx(("表", ROWS, MERGES))), "outflow")
    assert errors(again) == [(5, "citizenId", "IDENTITY_DIGITS_LOST"), (6, "name", "NAME_MISSING")]
    assert [(row.organization, row.departed_on) for row in again] == [("V4", "2025-01-01"), ("V4", "2025-01")]


def test_several_sheets_and_tables():
    head = ["姓名", "身份证号"]
    source = xlsx(
        ("甲", [head, ["", A], [], ["续表"], head, ["周洁", "1"]]),
        ("乙", [head, ["吴江", "2"]]),
        ("丙", [head, ["郑海", A]]),
    )
    book = openpyxl.load_workbook(io.BytesIO(refused_of(source)))
    assert book.sheetnames == ["甲", "乙"]
    assert errors(read(refused_of(source), "outflow")) == [(2, "name", "NAME_MISSING"), (6, "citizenId", "IDENTITY_LENGTH"), (2, "citizenId", "IDENTITY_LENGTH")]  # fmt: skip


def called(source: bytes, *codes: tuple[int, int, str]) -> bytes:
    """Return the refused lines of roll calls, given as (number of the table, row, code)."""
    tables = find_all(read_workbook(source), Kind.ROLLCALL)
    return write_refused((tables[number], row, code) for number, row, code in codes)


ROLLCALL = [
    ["2026年主题党日点名册", "", "", "", ""],
    ["姓名", "身份证号", "9月", "", dt.date(2026, 10, 9)],
    ["", "", "9日", "23日 党课", ""],
    ["周洁", "1", "○", "×", "√"],
    ["吴江", B, "", "同上", "√"],
    ["郑海", C, "√", "√", "?"],
    ["注：○到会 ×病假 △缺席 √迟到", "", "", "", ""],
    ["党支部：高坪村党支部", "", "", "", ""],
    ["姓名", "身份证号", "11月9日", "", ""],
    ["", A, "○", "", ""],
]
ROLLCALL_MERGES = ["A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "C4:C5"]


def said(table):
    return [(row.name, [mark.attendance for mark in row.marks]) for row in table.rows]


def test_a_roll_call_keeps_its_heads_its_legend_and_what_is_merged_over_a_line():
    source = called(xlsx(("表", ROLLCALL, ROLLCALL_MERGES)), (0, 5, "PERSON_UNKNOWN"), (1, 10, "NAME_MISSING"))
    first, second = rollcalls(source)
    assert [(one.kind, one.held_on) for one in first.activities] == [
        ("THEME_DAY", "2026-09-09"), ("PARTY_LECTURE", "2026-09-23"), ("THEME_DAY", "2026-10-09"),
    ]  # fmt: skip
    assert said(first) == [("吴江", ["PRESENT", "SICK_LEAVE", "LATE"])]
    assert [(one.kind, one.held_on) for one in second.activities] == [("THEME_DAY", "2026-11-09")]
    assert said(second) == [("", ["PRESENT"])]


def test_a_later_roll_call_alone_keeps_the_year_and_the_legend_of_its_sheet():
    (table,) = rollcalls(called(xlsx(("表", ROLLCALL, ROLLCALL_MERGES)), (1, 10, "NAME_MISSING")))
    assert [(one.kind, one.held_on) for one in table.activities] == [("THEME_DAY", "2026-11-09")]
    assert (table.organization, said(table)) == ("V4", [("", ["PRESENT"])])


def test_a_refused_head_takes_every_line_along():
    rows = [
        ["2026年点名册"],
        ["姓名", "身份证号", "11月31日 党课", "9月9日 党课"],
        ["周洁", "1", "√", "×"],
        ["吴江", B, "#", "√"],
    ]
    source = called(xlsx(("表", rows)), (0, 2, "DATE_INVALID"), (0, 3, "IDENTITY_LENGTH"))
    values = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(source)).worksheets[0].rows]
    assert [row[:4] for row in values] == [[*rows[0], None, None, None], *rows[1:]]
    assert "15 位或 18 位" in values[2][4]
    assert values[3][4].startswith("第 2 行表头：日期认不出")
    (table,) = rollcalls(source)
    assert [one.held_on for one in table.activities] == [None, "2026-09-09"]
    assert said(table) == [("周洁", ["ABSENT_UNEXCUSED"]), ("吴江", ["PRESENT"])]


def test_reported_participation_that_repeats_what_stands_above():
    rows = [
        ["姓名", "身份证号", "活动类别", "活动日期", "组织单位"],
        ["周洁", A, "党课", "2026.9.9", "高坪村党支部"],
        ["吴江", "1", "同上", "〃", ""],
    ]
    (row,) = read(refused_of(xlsx(("表", rows, ["E2:E3"])), "participation"), "participation")
    assert (row.kind, row.held_on, row.host, row.error.code) == ("PARTY_LECTURE", "2026-09-09", "V4", "IDENTITY_LENGTH")


def test_nothing_refused_is_an_empty_workbook():
    assert openpyxl.load_workbook(io.BytesIO(write_refused([]))).worksheets[0].max_row == 1
