"""Read one workbook from standard input and print its cells; runs as its own process.

calamine gives up the whole process when a file makes it ask for more memory than there is, so it never
runs inside the hub. This file is started by its path and imports nothing of the hub. It prints lines of
JSON: for each sheet a head, then its rows in blocks, at last {"end": true}; or {"error": CODE, "at": text}.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET  # bounded by the limits of this process

import python_calamine

BLOCK = 500
HEAD_BYTES = 16_384
DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s[^>]*?ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
# A cell with content; cells that only carry a style close themselves with "/>".
FILLED_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3})(\d+)"[^>/]*>')
STYLED_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*>")
REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})(\d+)"')
STYLE = re.compile(rb'\ss="(\d+)"')
NOT_A_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
BUILT_IN_MONTH_FORMATS = {17, 55, 57}  # mmm-yy, yyyy"年"m"月"


class Unreadable(Exception):
    """Say by a code why the file cannot be read."""


def main() -> int:
    """Read standard input under the limits of the command line and print."""
    limits: dict[str, int] = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    data = sys.stdin.buffer.read()
    try:
        months = check_zip(data, limits) if data.startswith(b"PK") else {}
        for line in sheets(data, limits, months):
            sys.stdout.write(line + "\n")
    except Unreadable as error:
        sys.stdout.write(json.dumps({"error": error.args[0], "at": error.args[1]}) + "\n")
    except python_calamine.PasswordError:
        sys.stdout.write('{"error": "PASSWORD"}\n')
    except (python_calamine.CalamineError, zipfile.BadZipFile, ET.ParseError, OSError, ValueError, KeyError):
        sys.stdout.write('{"error": "CORRUPT"}\n')
    except MemoryError:
        sys.stdout.write('{"error": "MEMORY"}\n')
    else:
        sys.stdout.write('{"end": true}\n')
    return 0


def check_zip(data: bytes, limits: dict[str, int]) -> dict[str, set[tuple[int, int]]]:
    """Refuse what would be too large before calamine sees it; return the cells that show a month only, by sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > limits["entries"]:
            raise Unreadable("ENTRIES", str(len(entries)))
        if any(entry.flag_bits & 1 for entry in entries):
            raise Unreadable("PASSWORD", "")
        if sum(entry.file_size for entry in entries) > limits["unpacked"]:
            raise Unreadable("UNPACKED", "")
        names = {entry.filename for entry in entries}
        if not any(name.lower().startswith("xl/workbook.") for name in names):
            raise Unreadable("NOT_A_WORKBOOK", "")
        for name in names:
            if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml"):
                check_extent(archive, name, limits)
        return month_cells(archive, names)


def check_extent(archive: zipfile.ZipFile, name: str, limits: dict[str, int]) -> None:
    """Refuse a sheet whose filled cells reach too far; what the sheet claims is only the hint to look closer."""
    with archive.open(name) as stream:
        claim = DIMENSION.search(stream.read(HEAD_BYTES))
    if claim and column_number(claim[1]) <= limits["columns"] and int(claim[2]) <= limits["rows"]:
        return
    with archive.open(name) as stream:
        for match in find_all(FILLED_CELL, stream):
            if column_number(match[1]) > limits["columns"]:
                raise Unreadable("COLUMNS", (match[1] + match[2]).decode())
            if int(match[2]) > limits["rows"]:
                raise Unreadable("ROWS", match[2].decode())


def find_all(pattern: re.Pattern[bytes], stream: Any) -> Iterator[re.Match[bytes]]:
    """Search a stream block by block; a tag may lie across two blocks."""
    rest = b""
    while block := stream.read(1 << 20):
        text = rest + block
        cut = text.rfind(b"<")
        yield from pattern.finditer(text, 0, max(cut, 0))
        rest = text[max(cut, 0) :][-4096:]


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def month_cells(archive: zipfile.ZipFile, names: set[str]) -> dict[str, set[tuple[int, int]]]:
    """Return, for each sheet, the cells whose number format shows year and month but no day.

    Who types 2025年6月 into Excel gets a cell that holds the first of June: the day is not theirs.
    """
    if not {"xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    styles = {str(style).encode() for style in month_styles(archive.read("xl/styles.xml"))}
    if not styles:
        return {}
    targets = {
        relation.get("Id"): str(relation.get("Target"))
        for relation in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    }
    cells: dict[str, set[tuple[int, int]]] = {}
    for sheet in ET.fromstring(archive.read("xl/workbook.xml")).findall(".//{*}sheet"):  # noqa: S314
        relation_id = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        path = targets.get(relation_id, "").lstrip("/")
        path = path if path.startswith("xl/") else "xl/" + path
        if path not in names:
            continue
        found = cells.setdefault(str(sheet.get("name")), set())
        with archive.open(path) as stream:
            for match in find_all(STYLED_CELL, stream):
                style, place = STYLE.search(match[0]), REFERENCE.search(match[0])
                if style and place and style[1] in styles:
                    found.add((int(place[2]) - 1, column_number(place[1]) - 1))
    return cells


def month_styles(xml: bytes) -> set[int]:
    """Return the positions of the cell styles that show a month without a day."""
    root = ET.fromstring(xml)  # noqa: S314
    formats = set(BUILT_IN_MONTH_FORMATS)
    for number_format in root.findall(".//{*}numFmt"):
        code = NOT_A_CODE.sub("", str(number_format.get("formatCode")).split(";")[0]).lower()
        if "y" in code and "m" in code and "d" not in code and "h" not in code:
            formats.add(int(str(number_format.get("numFmtId"))))
    styles = root.find("{*}cellXfs")
    return {
        i for i, style in enumerate(styles if styles is not None else ()) if int(style.get("numFmtId", 0)) in formats
    }


def sheets(data: bytes, limits: dict[str, int], months: dict[str, set[tuple[int, int]]]) -> Iterator[str]:
    """Yield the lines to print for each sheet."""
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    total = 0
    for index, meta in enumerate(workbook.sheets_metadata):
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        if sheet.start is None or sheet.end is None:
            continue
        (top, left), (bottom, right) = sheet.start, sheet.end
        total += bottom - top + 1
        if total > limits["rows"]:
            raise Unreadable("ROWS", str(total))
        if right >= limits["columns"] or (bottom - top + 1) * (right - left + 1) > limits["cells"]:
            raise Unreadable("COLUMNS", str(right + 1))
        yield dump({"name": meta.name, "top": top, "left": left, "merged": sheet.merged_cell_ranges or []})
        rows = itertools.islice(sheet.iter_rows(), top, None)  # iter_rows begins in row 1, but in column `left`
        shown_as_month = months.get(meta.name, set())
        for first in itertools.count(top, BLOCK):
            block = list(itertools.islice(rows, BLOCK))
            if not block:
                break
            yield dump({"rows": block, "dates": take_dates(block, first, left, shown_as_month)})


def take_dates(block: list[list[Any]], top: int, left: int, months: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Turn all that JSON cannot carry into text; return where the dates are."""
    plain = {str, float, bool, int}
    places = []
    for i, row in enumerate(block):
        if plain.issuperset(map(type, row)):
            continue
        for j, cell in enumerate(row):
            if type(cell) in plain:
                continue
            if isinstance(cell, dt.date):
                if (top + i, left + j) in months and cell.day == 1:
                    row[j] = f"{cell.year}-{cell.month:02}"
                    continue
                places.append((i, j))
                row[j] = cell.isoformat()[:10]
            else:
                row[j] = str(cell)
    return places


if __name__ == "__main__":
    sys.exit(main())
