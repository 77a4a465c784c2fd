"""A file as sheets of typed cells: xlsx and xls through a child process, csv in three encodings.

Whatever is wrong with a file ends in `UnreadableFile` with one line for people; memory stays bounded.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import re
import struct
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

MAX_FILE_BYTES = 64 << 20
MAX_ROWS = 200_000
MAX_COLUMNS = 1_024
MAX_TABLES = 20_000
LIMITS = {
    "memory": 1 << 30,
    "seconds": 60,
    "unpacked": 512 << 20,
    "entries": 5_000,
    "rows": MAX_ROWS,
    "columns": MAX_COLUMNS,
    "cells": 8_000_000,
}
INTERNED = 50_000
_XLS_BEGIN = b"\x09\x08\x10\x00\x00\x06\x05\x00"  # BOF of the workbook globals, BIFF8
_XLS_PASSWORD = 0x2F  # FILEPASS

Cell = str | float | bool | dt.date
"""Text, a number (always float), true or false, a date; the empty text is a blank cell."""
Row = list[Cell]


class UnreadableFile(Exception):
    """Say in one line, Chinese first, why a file cannot be read and what to do."""


@dataclasses.dataclass(frozen=True, slots=True)
class Merged:
    """A merged range, as positions in `Sheet.rows`, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclasses.dataclass(slots=True)
class Sheet:
    """The filled part of one sheet. `rows[0]` is the row that Excel numbers `first_row`."""

    name: str
    rows: list[Row]
    first_row: int = 1
    first_column: int = 0
    merged: list[Merged] = dataclasses.field(default_factory=list)

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Return row and column of a cell of `rows` as they count in the file, from 1."""
        return self.first_row + row, self.first_column + column + 1


_REASONS = {
    "PASSWORD": "文件有密码，请去掉密码后再传 / the workbook is protected by a password: remove it and try again",
    "CORRUPT": "文件已损坏或不是 Excel 工作簿，请用 Excel 打开后另存为 .xlsx 再传"
    " / the workbook is damaged: open it in Excel and save it as .xlsx",
    "NOT_A_WORKBOOK": "压缩包里没有 Excel 工作簿，请传 .xlsx、.xls 或 .csv / a zip file, but no workbook inside",
    "UNPACKED": "文件解压后过大，已拒绝读取 / the workbook unpacks to far more than a ledger can hold",
    "ENTRIES": "文件内部条目过多（{at}），已拒绝读取 / the workbook holds too many parts ({at})",
    "ROWS": f"表格行数过多（{{at}} 行，最多 {MAX_ROWS} 行），请删去空行或分成几个文件"
    f" / too many rows ({{at}}, at most {MAX_ROWS}): delete empty rows or split the file",
    "COLUMNS": f"表格列数过多（到 {{at}}，最多 {MAX_COLUMNS} 列），请删去右侧多余的列"
    f" / too many columns (up to {{at}}, at most {MAX_COLUMNS}): delete what lies to the right",
    "TABLES": f"表头过多（超过 {MAX_TABLES} 个），请删去重复的表头或分成几个文件"
    f" / too many rows of heads (more than {MAX_TABLES}): delete repeated ones or split the file",
    "MEMORY": "读取文件需要的内存过多，请删去表格下方和右侧的空行空列后再传"
    " / reading needs too much memory: delete empty rows and columns, then try again",
    "TIME": "读取文件用时过长，已停止 / reading took too long and was stopped",
    "HTML": "这是改了扩展名的网页表格，不是 Excel 文件，请用 Excel 打开后另存为 .xlsx"
    " / a web page under the name of a workbook: open it in Excel and save it as .xlsx",
    "BINARY": "不是台账文件，请传 .xlsx、.xls 或 .csv / not a ledger: give an .xlsx, .xls or .csv file",
    "ENCODING": "csv 的编码不是 UTF-8 或 GB18030，请用 Excel 另存为“CSV UTF-8”"
    " / the csv is neither UTF-8 nor GB18030: save it as CSV UTF-8",
    "CSV": "csv 格式有误（引号不成对或单元格过长），请用 Excel 另存为 .xlsx / the csv is malformed: save it as .xlsx",
    "EMPTY": "文件是空的 / the file is empty",
    "SIZE": f"文件超过 {MAX_FILE_BYTES >> 20} MiB / the file is larger than {MAX_FILE_BYTES >> 20} MiB",
    "MISSING": "找不到文件 / no such file",
    "DIRECTORY": "这是文件夹，不是文件 / a folder, not a file",
    "DENIED": "没有读取文件的权限 / no permission to read the file",
}


def unreadable(code: str, at: str = "") -> UnreadableFile:
    """Return the error for one of the known reasons."""
    return UnreadableFile(_REASONS[code].format(at=at))


def read_workbook(source: str | Path | bytes) -> list[Sheet]:
    """Return the sheets that hold anything, hidden ones and hidden rows included, in the order of the file.

    The content decides what the file is, not its name. Blocks; a server calls it in a thread.
    """
    data = source if isinstance(source, bytes) else _read(Path(source))
    if len(data) > MAX_FILE_BYTES:
        raise unreadable("SIZE")
    if not data.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise unreadable("EMPTY")
    if data.startswith(b"PK"):
        return _read_in_child(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data or _is_locked_xls(data):
            raise unreadable("PASSWORD")
        return _read_in_child(data)
    return [_read_csv(data)]


def _is_locked_xls(data: bytes) -> bool:
    """Tell whether the first records of an xls ask for a password: calamine only says that it knows no such file."""
    at = data.find(_XLS_BEGIN)
    for _ in range(10):
        if at < 0 or at + 4 > len(data):
            break
        kind, length = struct.unpack_from("<HH", data, at)
        if kind == _XLS_PASSWORD:
            return True
        at += 4 + length
    return False


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise unreadable("SIZE")
        return path.read_bytes()
    except FileNotFoundError:
        raise unreadable("MISSING") from None
    except IsADirectoryError:
        raise unreadable("DIRECTORY") from None
    except OSError:
        raise unreadable("DENIED") from None


def _read_in_child(data: bytes) -> list[Sheet]:
    program = str(Path(__file__).with_name("workbook_child.py"))
    # -P keeps the folder of the program off the path: the child can import installed packages only.
    with subprocess.Popen(
        [sys.executable, "-P", "-X", "utf8", program, json.dumps(LIMITS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise unreadable("CORRUPT")
        try:
            try:
                child.stdin.write(data)
                child.stdin.close()
            except BrokenPipeError:
                pass  # it died while reading; its exit status says of what
            sheets, ended = _sheets_from(child.stdout)
        finally:
            child.kill()
            status = child.wait()
    if not ended:
        raise unreadable(_DEATHS.get(status, "CORRUPT"))
    return sheets


# Ended by a signal: the limit of processor time, or calamine giving up for want of memory.
_DEATHS = {-24: "TIME", -6: "MEMORY", -9: "MEMORY", -11: "MEMORY"}


def _sheets_from(lines: IO[bytes]) -> tuple[list[Sheet], bool]:
    """Collect what the child prints; the flag says that it came to its end."""
    sheets: list[Sheet] = []
    known: dict[str, str] = {}
    for line in lines:
        try:
            message: dict[str, Any] = json.loads(line)
        except ValueError:  # cut off in the middle of a line: the child died
            return sheets, False
        if "rows" in message:
            rows: list[Row] = message["rows"]
            for i, j in message["dates"]:
                rows[i][j] = dt.date.fromisoformat(str(rows[i][j]))
            sheets[-1].rows.extend(_shared(rows, known))
        elif "name" in message:
            top, left = message["top"], message["left"]
            merged = [Merged(r1 - top, c1 - left, r2 - top, c2 - left) for (r1, c1), (r2, c2) in message["merged"]]
            sheets.append(Sheet(message["name"], [], top + 1, left, [m for m in merged if m.top >= 0 and m.left >= 0]))
        elif "error" in message:
            raise unreadable(message["error"], message.get("at", ""))
        else:
            return sheets, True
    return sheets, False


def _shared(rows: Iterable[Row], known: dict[str, str]) -> Iterable[Row]:
    """Let equal texts be one object: units, places and branches repeat, and memory counts."""
    get = known.get
    for row in rows:
        yield [get(cell, cell) if type(cell) is str else cell for cell in row]
        if len(known) < INTERNED:
            for cell in row:
                if type(cell) is str:
                    known.setdefault(cell, cell)


def _read_csv(data: bytes) -> Sheet:
    text = _decode(data)
    if text.count("\n") > MAX_ROWS:
        raise unreadable("ROWS", str(text.count("\n")))
    start = text[:65_536]
    delimiter = max(",;\t", key=start.count)
    rows: list[Row] = []
    known: dict[str, str] = {}
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(record) > MAX_COLUMNS:
                raise unreadable("COLUMNS", str(len(record)))
            # ="0123" is how one makes Excel keep a number as text.
            cells: Row = [cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell for cell in record]
            rows.extend(_shared([cells], known))
    except csv.Error:
        raise unreadable("CSV") from None
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return Sheet("", rows)


def _decode(data: bytes) -> str:
    if re.match(rb"(\xef\xbb\xbf)?\s*(<|MIME-Version:)", data):
        raise unreadable("HTML")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise unreadable("ENCODING")
    if b"\x00" in data or data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf")):
        raise unreadable("BINARY")
    # A mark at the start promises UTF-8; without one GB18030 is tried, which accepts nearly every pair of bytes.
    marked = data.startswith(b"\xef\xbb\xbf")
    for encoding in ("utf-8-sig",) if marked else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable("ENCODING")
