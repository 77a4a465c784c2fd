"""Make workbooks for the tests, and the organizations of a county and a city that no sample ledger knows."""

from __future__ import annotations

import datetime as dt
import io

import xlsxwriter

from hub.domain.identity import check_digit
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.lines import LineReader
from hub.sync.ledger.organizations import OrganizationNames, OrganizationRecord
from hub.sync.ledger.tables import find_all
from hub.sync.ledger.workbook import read_workbook

TODAY = dt.date(2026, 11, 25)

RECORDS = [
    OrganizationRecord("D", "local", "LS", "中共临水县委员会组织部", "临水县委组织部", kind="ORGANIZATION_DEPARTMENT"),
    OrganizationRecord("T1", "local", "LS01", "中共临水县古渡镇委员会", "古渡镇党委", parent="D", kind="COMMITTEE"),
    OrganizationRecord("V1", "local", "LS0101", "中共临水县古渡镇槐树村支部委员会", "槐树村党支部", ("老槐村党支部",), "T1", "BRANCH"),
    OrganizationRecord("V2", "local", "LS0102", "中共临水县古渡镇石桥村总支部委员会", "石桥村党总支", (), "T1", "GENERAL_BRANCH"),
    OrganizationRecord("V21", "local", "LS010201", "中共临水县古渡镇石桥村第一支部委员会", "石桥村第一党支部", (), "V2", "BRANCH"),
    OrganizationRecord("V22", "local", "LS010202", "中共临水县古渡镇石桥村第二支部委员会", "石桥村第二党支部", (), "V2", "BRANCH"),
    OrganizationRecord("T2", "local", "LS02", "中共临水县柏林乡委员会", "柏林乡党委", parent="D", kind="COMMITTEE"),
    OrganizationRecord("V3", "local", "LS0201", "中共临水县柏林乡槐树村支部委员会", "柏林乡槐树村党支部", (), "T2", "BRANCH"),
    OrganizationRecord("V4", "local", "LS0202", "中共临水县柏林乡高坪村支部委员会", "高坪村党支部", (), "T2", "BRANCH"),
    OrganizationRecord("OLD", "local", "LS0209", "中共临水县柏林乡河湾村支部委员会", "河湾村党支部", (), "T2", "BRANCH", closed=True, successor="V4"),
    OrganizationRecord("C", "local", "HC", "中共海城区委员会组织部", "海城区委组织部", kind="ORGANIZATION_DEPARTMENT"),
    OrganizationRecord("S1", "local", "HC01", "中共海城区东湾街道工作委员会", "东湾街道党工委", parent="C", kind="WORK_COMMITTEE"),
    OrganizationRecord("S11", "local", "HC0101", "中共海城区东湾街道灯塔社区委员会", "灯塔社区党委", parent="S1", kind="COMMITTEE"),
    OrganizationRecord("S111", "local", "HC010101", "中共海城区东湾街道灯塔社区第一支部委员会", "灯塔社区第一党支部", (), "S11", "BRANCH"),
    OrganizationRecord("S112", "local", "HC010102", "中共海城区东湾街道灯塔社区第二支部委员会", "灯塔社区第二党支部", (), "S11", "BRANCH"),
    OrganizationRecord("S12", "local", "HC0102", "中共海城区东湾街道渔港社区委员会", "渔港社区党委", parent="S1", kind="COMMITTEE"),
    OrganizationRecord("S121", "local", "HC010201", "中共海城区东湾街道渔港社区第一支部委员会", "渔港社区第一党支部", (), "S12", "BRANCH"),
]  # fmt: skip
NAMES = OrganizationNames(RECORDS)


def citizen_id(number: int, born: str = "19750315") -> str:
    """Return a valid number that belongs to nobody: there is no place 998877."""
    body = f"998877{born}{number % 1000:03}"
    return body + check_digit(body)


def xlsx(*sheets, hidden_rows=(), hidden_sheets=(), dates=(), formats=None) -> bytes:
    """Return a workbook; a sheet is (name, rows) or (name, rows, merged ranges as A1:B2)."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    date_format = workbook.add_format({"num_format": "yyyy/m/d"})
    for name, rows, *merged in sheets:
        worksheet = workbook.add_worksheet(name)
        for area in merged[0] if merged else ():
            worksheet.merge_range(area, "")
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if cell is None or cell == "":
                    continue
                if isinstance(cell, bool):
                    worksheet.write_boolean(i, j, cell)
                elif isinstance(cell, dt.date):
                    form = (
                        workbook.add_format({"num_format": formats[i, j]})
                        if formats and (i, j) in formats
                        else date_format
                    )
                    worksheet.write_datetime(i, j, dt.datetime.combine(cell, dt.time()), form)
                elif isinstance(cell, (int, float)):
                    worksheet.write_number(i, j, cell)
                else:
                    worksheet.write_string(i, j, cell)
        for row in hidden_rows:
            worksheet.set_row(row, None, None, {"hidden": True})
        if name in hidden_sheets:
            worksheet.hide()
    workbook.close()
    return buffer.getvalue()


def read(source, kind: str, default=None, names=NAMES) -> list:
    """Return the typed rows of a file."""
    reader = LineReader(names, TODAY, default)
    return [row for table in find_all(read_workbook(source), Kind(kind)) for row in getattr(reader, kind)(table)]


def rollcalls(source, year=None, default=None, names=NAMES) -> list:
    """Return the roll calls of a file."""
    reader = LineReader(names, TODAY, default)
    return [reader.rollcall(table, year) for table in find_all(read_workbook(source), Kind.ROLLCALL)]


def errors(rows) -> list[tuple[int, str, str]]:
    return [(row.row, row.error.field, row.error.code) for row in rows if row.error]


def warnings(rows) -> list[tuple[int, str, str]]:
    return [(row.row, warning.field, warning.code) for row in rows for warning in row.warnings]
