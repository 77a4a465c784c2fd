"""Good files keep the types of their cells; of bad ones each ends in one clear line, with the parent unhurt."""

from __future__ import annotations

import datetime as dt
import io
import threading
import zipfile

import pytest
import xlsxwriter
import xlwt

from hub.sync.ledger import workbook
from hub.sync.ledger.workbook import UnreadableFile, read_workbook
from tests.sync.ledger.sheets import xlsx

ROWS = [["姓名", "身份证号"], ["周洁", "998877197503150012"]]


def complaint(source) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(source)
    text = str(caught.value)
    assert "\n" not in text
    assert " / " in text
    assert any("\u4e00" <= character <= "\u9fff" for character in text.split(" / ", maxsplit=1)[0])
    return text


def test_cells_keep_their_types_and_rows_their_numbers():
    source = xlsx(("表", [[], [], [None, "文", 5, 2.5, True, dt.date(2026, 5, 1)]]))
    (sheet,) = read_workbook(source)
    assert (sheet.name, sheet.first_row, sheet.first_column) == ("表", 3, 1)
    assert sheet.rows == [["文", 5.0, 2.5, True, dt.date(2026, 5, 1)]]
    assert type(sheet.rows[0][1]) is float
    assert type(sheet.rows[0][4]) is dt.date


def test_a_time_in_a_date_falls_away_and_a_bare_time_is_text():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet()
    page.write_number(0, 0, 46143 + 8.5 / 24, book.add_format({"num_format": "yyyy/m/d h:mm"}))
    page.write_number(0, 1, 0.5, book.add_format({"num_format": "h:mm"}))
    book.close()
    assert read_workbook(buffer.getvalue())[0].rows == [[dt.date(2026, 5, 1), "12:00:00"]]


@pytest.mark.parametrize("form", ['yyyy"年"m"月"', "yyyy-mm", "yyyy.mm", "mmm-yy"])
def test_a_date_that_shows_only_its_month_is_a_month(form):
    source = xlsx(("表", [[dt.date(2025, 6, 1), dt.date(2025, 6, 2)]]), formats={(0, 0): form})
    assert read_workbook(source)[0].rows == [["2025-06", dt.date(2025, 6, 2)]]


def test_hidden_rows_and_sheets_are_read_and_empty_ones_passed_over():
    source = xlsx(("一", ROWS), ("空", []), ("二", ROWS), hidden_rows=[1], hidden_sheets=["二"])
    assert [(sheet.name, len(sheet.rows)) for sheet in read_workbook(source)] == [("一", 2), ("二", 2)]


def test_merged_ranges_are_kept_as_positions_in_the_rows():
    source = xlsx(("表", [[], ["", "题"], ["", "甲", "乙"], ["", "", "丙"]], ["B2:C2", "B3:B4"]))
    (sheet,) = read_workbook(source)
    assert (sheet.first_row, sheet.first_column) == (2, 1)
    assert [(m.top, m.left, m.bottom, m.right) for m in sheet.merged] == [(0, 0, 0, 1), (1, 0, 2, 0)]


def test_xls_is_read():
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("旧表")
    for i, row in enumerate(ROWS):
        for j, cell in enumerate(row):
            page.write(i + 1, j, cell)
    page.write(3, 0, dt.date(2026, 5, 1), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    page.write_merge(5, 6, 0, 1, "并")
    buffer = io.BytesIO()
    book.save(buffer)
    (sheet,) = read_workbook(buffer.getvalue())
    assert (sheet.name, sheet.first_row) == ("旧表", 2)
    assert sheet.rows[:3] == [*ROWS, [dt.date(2026, 5, 1), ""]]
    assert sheet.merged[0].bottom == 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_three_encodings_and_with_three_delimiters(encoding, delimiter):
    text = "".join(delimiter.join(row) + "\r\n" for row in [*ROWS, ["“龘”", '="0855"']])
    (sheet,) = read_workbook(text.encode(encoding))
    assert sheet.rows == [*ROWS, ["“龘”", "0855"]]
    assert sheet.first_row == 1


def test_csv_rows_are_padded_and_line_breaks_in_quotes_belong_to_the_cell():
    assert read_workbook('姓名,"身份\n证号",备注\n周洁\n'.encode())[0].rows == [
        ["姓名", "身份\n证号", "备注"],
        ["周洁", "", ""],
    ]


def test_the_content_decides_not_the_name(tmp_path):
    path = tmp_path / "台账.csv"
    path.write_bytes(xlsx(("表", ROWS)))
    assert read_workbook(path)[0].rows == ROWS


def test_many_rows_arrive_whole_and_in_order():
    rows = [[f"名{n}", n] for n in range(2_345)]
    assert read_workbook(xlsx(("表", rows)))[0].rows == [[name, float(n)] for name, n in rows]


def test_reading_in_threads():
    source = xlsx(("表", ROWS))
    found = []
    threads = [threading.Thread(target=lambda: found.append(read_workbook(source)[0].rows)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [ROWS] * 4


def test_files_that_are_no_files(tmp_path):
    assert "找不到" in complaint(tmp_path / "没有.xlsx")
    assert "文件夹" in complaint(tmp_path)
    assert "空" in complaint(b"")
    assert "空" in complaint(b"\xef\xbb\xbf\r\n")


def test_a_damaged_workbook():
    good = xlsx(("表", ROWS))
    assert "损坏" in complaint(good[: len(good) // 2])
    assert "损坏" in complaint(b"PK\x03\x04" + b"\x00" * 200)
    assert "损坏" in complaint(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000)


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
    return buffer.getvalue()


def test_a_damaged_sheet_inside_a_whole_zip():
    assert "损坏" in complaint(
        repacked(xlsx(("表", ROWS)), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"})
    )


def test_a_zip_that_is_no_workbook():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "压缩包" in complaint(buffer.getvalue())


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(("表", ROWS)))) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
        with new.open("xl/media/bomb", "w", force_zip64=True) as stream:
            for _ in range((workbook.LIMITS["unpacked"] >> 20) + 1):
                stream.write(bytes(1 << 20))
    assert len(buffer.getvalue()) < 1 << 20
    assert "过大" in complaint(buffer.getvalue())


def test_too_many_parts():
    buffer = io.BytesIO(xlsx(("表", ROWS)))
    with zipfile.ZipFile(buffer, "a") as archive:
        for number in range(workbook.LIMITS["entries"] + 1):
            archive.writestr(f"xl/media/{number}", "")
    assert "条目" in complaint(buffer.getvalue())


def far_cell(row: int, column: int) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet()
    page.write(0, 0, "姓名")
    page.write(row, column, "x")
    book.close()
    return buffer.getvalue()


def test_a_cell_in_the_last_corner():
    text = complaint(far_cell(1_048_575, 16_383))
    assert "列数过多" in text
    assert "XFD" in text


def test_too_many_rows():
    assert "行数过多" in complaint(far_cell(1_048_575, 3))
    assert "行数过多" in complaint(b"a,b\n" * (2_000_001))


def test_too_many_columns_in_csv():
    assert "列数过多" in complaint(("姓名," * 2_000).encode())


def test_a_far_cell_behind_a_modest_claim_does_not_hurt_the_parent():
    corner = far_cell(1_048_575, 16_383)
    with zipfile.ZipFile(io.BytesIO(corner)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b'ref="A1:XFD1048576"' in xml
    lie = repacked(corner, {"xl/worksheets/sheet1.xml": xml.replace(b'ref="A1:XFD1048576"', b'ref="A1:B2"')})
    assert "内存" in complaint(lie)


def test_a_large_claim_without_cells_is_read():
    source = xlsx(("表", ROWS))
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    claim = repacked(source, {"xl/worksheets/sheet1.xml": xml.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')})
    assert read_workbook(claim)[0].rows == ROWS


@pytest.mark.parametrize(
    "start",
    [
        b"<html><table><tr><td>",
        b"\xef\xbb\xbf\r\n<!DOCTYPE html>",
        b"<?xml version='1.0'?><Workbook/>",
        b"MIME-Version: 1.0\r\n",
    ],
)
def test_a_web_page_named_xls(start, tmp_path):
    path = tmp_path / "台账.xls"
    path.write_bytes(start + "姓名</td></tr></table>".encode())
    assert "网页" in complaint(path)


def test_passwords():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600
    assert "密码" in complaint(ole)
    flagged = bytearray(xlsx(("表", ROWS)))
    at = 0
    while (at := flagged.find(b"PK\x01\x02", at)) >= 0:
        flagged[at + 8] |= 1
        at += 4
    assert "密码" in complaint(bytes(flagged))


def test_an_xls_with_a_password():
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x")
    buffer = io.BytesIO()
    book.save(buffer)
    data = bytearray(buffer.getvalue())
    at = data.find(b"\xe1\x00\x02\x00\xb0\x04", 512)  # an interface header: any record of the globals will do
    data[at : at + 2] = b"\x2f\x00"  # FILEPASS
    assert "密码" in complaint(bytes(data))


@pytest.mark.parametrize(
    "data",
    ["姓名,身份证号\n周洁,1\n".encode("utf-16"), b"\xff\xff\xfe\x80" * 50, b"\xef\xbb\xbf" + "姓名".encode("gb18030")],
)
def test_csv_in_another_encoding(data):
    assert "编码" in complaint(data)


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n", b"MZ\x00\x00"])
def test_other_files(data):
    assert "不是台账" in complaint(data)


def test_csv_with_an_endless_cell():
    assert "csv" in complaint(b'"' + b"a" * 200_000)


def test_a_file_that_is_too_large(monkeypatch, tmp_path):
    monkeypatch.setattr(workbook, "MAX_FILE_BYTES", 10)
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 11)
    assert "MiB" in complaint(path)
    assert "MiB" in complaint(b"a" * 11)


def test_no_reason_lacks_its_line():
    for code in workbook._REASONS:
        assert " / " in str(workbook.unreadable(code, "1"))
