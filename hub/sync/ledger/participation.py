"""Cells of reported participation: the activity and its day, how and with what evidence somebody took part."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal

from hub.domain.activity import MOST_HOURS
from hub.domain.place import at_town_level
from hub.models import ATTENDED
from hub.sync.ledger import activity_dates, activity_kinds, cells, dates, marks
from hub.sync.ledger.cells import VALUE_UNREADABLE
from hub.sync.ledger.line_cells import LineCells
from hub.sync.ledger.rollcall import kind_of_titles
from hub.sync.ledger.workbook import Cell

ACTIVITY_MISSING = "ACTIVITY_MISSING"

_EVIDENCE = [
    ("QR_CODE", re.compile(r"二维码|扫码|QR_?CODE", re.IGNORECASE)),
    ("SCREENSHOT", re.compile(r"截图|截屏|SCREENSHOT", re.IGNORECASE)),
    ("SIGN_IN_SHEET", re.compile(r"签到|点名|SIGN_IN_SHEET", re.IGNORECASE)),
    ("CERTIFICATE", re.compile(r"证明|证书|结业|盖章|回执|CERTIFICATE", re.IGNORECASE)),
    ("VIDEO", re.compile(r"视频|录像|录屏|VIDEO", re.IGNORECASE)),
    ("PHOTO", re.compile(r"照片|相片|图片|合影|拍照|PHOTO", re.IGNORECASE)),
    ("OTHER", re.compile(r"其[他它]|OTHER|记录|笔记|心得|汇报|材料|报道|票据|手册", re.IGNORECASE)),
]
_HOURS = re.compile(r"(?:共|约)?(\d{1,4}(?:\.\d{1,2})?)(?:个)?(学时|课时|小时|h|hours?|分钟|分|min)?", re.IGNORECASE)
_MINUTES = {"分钟", "分", "min"}
_MOST_HOURS = MOST_HOURS
HOURS_NOT_COUNTED = "HOURS_NOT_COUNTED"
PLACE_TOO_EXACT = "PLACE_TOO_EXACT"
# What may stand beside a day, and beside a month, and says no other one.
_PART_OF_DAY = re.compile(
    r"[()起至止]*(?:[(]?(?:(?:上午|下午|早上|早晨|晚上|晚间|中午|傍晚|全天)[至到、和]?)+[)]?)?[()起至止]*"
)
_PART_OF_MONTH = re.compile(r"[()起至止]*(?:[(]?(?:上旬|中旬|下旬|初|中|底|末|间)[)]?)?[()起至止]*")
_DENIED = re.compile(r"未|没|缺|不|否|旷|无故")


def held_on(read: LineCells, today: dt.date, year: int | None) -> str | None:
    """Return the day or month of the activity; the record needs it, so a row without is refused."""
    cell = read.cell("heldOn")
    value, code = dates.partial_date(cell, today)
    if code == dates.DATE_INVALID and cell != "":
        said, rest = activity_dates.parts(cell)
        part = _PART_OF_DAY if said.day else _PART_OF_MONTH
        if said and part.fullmatch("".join(rest.split())):
            value = said._replace(year=said.year or year).text()
            if value and (value + "-01")[:10] > today.isoformat():
                value, code = None, dates.DATE_IN_FUTURE
    if value is None or len(value) < len("2026-09"):
        read.refuse("heldOn", code if code == dates.DATE_IN_FUTURE else dates.DATE_INVALID)
        return None
    return value


def activity(read: LineCells, titles: Sequence[Sequence[str]] | None) -> tuple[str | None, str | None, str | None]:
    """Return kind, title and mode of the activity; a row that names none is refused.

    `titles` are given where no column names the activity: then the one kind that they name is meant.
    """
    kind_text, title_text = read.text("activityKind"), read.text("activityTitle")
    if titles is not None and (titled := kind_of_titles(titles)):
        return titled, None, "ONLINE" if titled == "ONLINE_EXCHANGE" else None
    if kind_text is None and title_text is None:
        read.refuse("kind", ACTIVITY_MISSING)
        return None, None, None
    by_kind, by_title = _named(kind_text), _named(title_text)
    mode = by_kind.mode or by_title.mode
    if by_kind.kind:
        return by_kind.kind, title_text or by_kind.title, mode
    if by_title.kind:
        return by_title.kind, by_title.title or by_kind.title, mode
    return activity_kinds.OTHER, title_text or by_kind.title or kind_text, mode


def _named(text: str | None) -> activity_kinds.Named:
    if text is None:
        return activity_kinds.Named(None, None, None)
    code = text.strip().upper()
    if code in activity_kinds.CODES:
        return activity_kinds.Named(code, None, "ONLINE" if code == "ONLINE_EXCHANGE" else None)
    if re.fullmatch(r"其[他它]", text):
        return activity_kinds.Named(None, None, None)
    return activity_kinds.read(activity_dates.parts(text)[1])


def attendance(read: LineCells) -> tuple[str, str | None]:
    """Return attendance and mode by the words of a roll call; who reports nothing else was there."""
    cell = read.cell("attendance")
    if marks.is_blank(cell):
        return marks.PRESENT, None
    meaning = marks.read(cell)
    if meaning.attendance:
        return meaning.attendance, meaning.mode
    if _DENIED.search(cells.written(cell)):
        read.refuse("attendance", marks.MARK_UNKNOWN)  # in doubt nobody is counted as present
    else:
        read.leave_open("attendance", VALUE_UNREADABLE)
    return marks.PRESENT, None


def mode(cell: Cell) -> tuple[str | None, str | None]:
    """Read 现场, 线上, 自学, 送学."""
    if cells.is_blank(cell):
        return None, None
    value = activity_kinds.mode(cells.written(cell))
    return value, None if value else VALUE_UNREADABLE


def evidence_kind(cell: Cell) -> tuple[str | None, str | None]:
    """Read the kind of evidence, the surest first where several are named; the text is kept beside it."""
    if cells.is_blank(cell):
        return None, None
    text = cells.plain(cell)
    value = next((kind for kind, words in _EVIDENCE if words.search(text)), None)
    return value, None if value else VALUE_UNREADABLE


def place(read: LineCells) -> str | None:
    """Return where it was, at town level: the number of a house is left out with a warning, and kept nowhere."""
    found = read.text("place")
    kept = None if found is None else at_town_level(found)
    if kept != found:
        read.warn("place", PLACE_TOO_EXACT)
    return kept


def hours_of(read: LineCells, attendance: str) -> Decimal | None:
    """Return the hours of who was there; of anybody else they are left out with a warning."""
    found: Decimal | None = read.word("hours", hours)
    if found is not None and attendance not in ATTENDED:
        read.leave_open("hours", HOURS_NOT_COUNTED)
        return None
    return found


def hours(cell: Cell) -> tuple[Decimal | None, str | None]:
    """Read 2, 1.5学时, 90分钟."""
    if cells.is_blank(cell):
        return None, None
    match = None if isinstance(cell, (bool, dt.date)) else _HOURS.fullmatch("".join(cells.plain(cell).split()))
    if match is None:
        return None, VALUE_UNREADABLE
    value = Decimal(match[1])
    if (match[2] or "").lower() in _MINUTES:
        value = (value / 60).quantize(Decimal("0.01"))
    return (value, None) if 0 < value <= _MOST_HOURS else (None, VALUE_UNREADABLE)
