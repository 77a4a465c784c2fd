from __future__ import annotations

import io

import openpyxl

from hub.sync.ledger.columns import Kind
from hub.sync.ledger.lines import LineReader
from hub.sync.ledger.refused import write_refused
from hub.sync.ledger.table import find_all
from hub.sync.ledger.workbook import read_workbook
from tests.sync.ledger.sheets import NAMES, TODAY, citizen_id, errors, read, xlsx

A = citizen_id(1)
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


def test_nothing_refused_is_an_empty_workbook():
    assert openpyxl.load_workbook(io.BytesIO(write_refused([]))).worksheets[0].max_row == 1
