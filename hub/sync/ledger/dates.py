"""Date cells as partial dates: 2025-06-15, 2025-06 or 2025, as exact as the cell and never more so."""

from __future__ import annotations

import datetime as dt
import functools
import re

from hub.sync.ledger import cells
from hub.sync.ledger.workbook import Cell

DATE_INVALID = "DATE_INVALID"
DATE_IN_FUTURE = "DATE_IN_FUTURE"

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 3_653, 73_415  # 1910 to 2100; what is smaller may be a year or a mistake
_LONGEST = 60  # no date is longer; a cell may hold 32,767 characters
_SERIAL_TEXT = re.compile(r"[2-6]\d{4}(\.\d+)?")  # 1954 to 2091: a serial that was written as text
_CHINESE_DIGITS = str.maketrans("〇零○O一二三四五六七八九", "0000123456789")
_CHINESE_NUMBER = re.compile(r"([一二三四五六七八九])?十([一二三四五六七八九])?")
_TIME = re.compile(
    r"[T\s]*(上午|下午|早上|晚上|AM|PM)?\s*\d{1,2}[:时点]\d{1,2}([:分]\d{1,2}(\.\d+)?)?[秒分]?\s*(AM|PM|Z|[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\(?(星期|周|礼拜)[一二三四五六日天]\)?")
_TAIL = re.compile(r"(起|开始|以来|至今|--?今|外出|流出|流入|离开|到达|入党|转正)$")
_HEAD = re.compile(r"^(自|从|于|公元|时间:|日期:)")
_SEPARATOR = r"[年./\-\\,、_·]"
_DAY = re.compile(rf"(\d{{4}}|\d\d){_SEPARATOR}(\d{{1,2}})[月./\-\\,、_·](\d{{1,2}})[日号]?[.。]?")
_MONTH = re.compile(rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}})月?|(\d\d)年(\d{{1,2}})月?|(\d\d)[./\-](\d{{1,2}})月")
_MONTH_PART = re.compile(r"(?<=月)(份|初|上旬|中旬|下旬|中|底|末|间)$")
_YEAR = re.compile(r"(\d{4})年?(度)?|(\d\d)年")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)?")
_SHORT_COMPACT = re.compile(r"(\d\d)(\d\d)(\d\d)")


def partial_date(cell: Cell, today: dt.date, *, future: bool = False) -> tuple[str | None, str | None]:
    """Read a date; `future` allows days to come. Blank gives neither value nor code.

    Two-digit years up to this year are 20yy, else 19yy. What does not name a day, a month or a year for
    certain (去年三月, 3月5日, 2024年3月5日左右, the number 2025.1) is DATE_INVALID.
    """
    value, code = _read(cell, today)
    if value and not future and _first_day(value) > today:
        return None, DATE_IN_FUTURE
    return value, code


def year_month(cell: Cell, today: dt.date) -> tuple[str | None, str | None]:
    """Read the month up to which something is paid; a full date gives its month, a year alone gives none."""
    value, code = _read(cell, today)
    if value and len(value) < len("2026-10"):
        return None, DATE_INVALID
    return (value[:7] if value else None), code


def _first_day(partial: str) -> dt.date:
    return dt.date.fromisoformat((partial + "-01-01")[:10])


def _read(cell: Cell, today: dt.date) -> tuple[str | None, str | None]:
    if isinstance(cell, str):
        if not cell:
            return None, None
        return _read_text(cell, today) if len(cell) < _LONGEST else (None, DATE_INVALID)
    if isinstance(cell, dt.date):
        return (cell.isoformat(), None) if cell.year >= _FIRST_YEAR + 1 else (None, DATE_INVALID)
    if isinstance(cell, bool):
        return None, DATE_INVALID
    value = _from_number(float(cell), today)
    return value, None if value else DATE_INVALID


def _from_number(number: float, today: dt.date) -> str | None:
    if _FIRST_YEAR <= number <= _LAST_YEAR:
        # 2025.1 may have been January or October: Excel drops the zero. No other fraction is in doubt.
        text = repr(number).removesuffix(".0")
        return None if text.endswith(".1") and len(text) == len("2025.1") else _from_text(text, today)
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return (_EXCEL_EPOCH + dt.timedelta(days=int(number))).isoformat()
    return _compact(str(int(number)), today) if number.is_integer() and number > _LAST_SERIAL else None


@functools.lru_cache(maxsize=50_000)
def _read_text(text: str, today: dt.date) -> tuple[str | None, str | None]:
    if cells.is_blank(text):
        return None, None
    value = _from_text(text, today)
    return value, None if value else DATE_INVALID


def _from_text(text: str, today: dt.date) -> str | None:
    text = _WEEKDAY.sub("", cells.plain(text).lstrip("'`‘’"))
    text = _TIME.sub("", text) or text
    text = "".join(text.split())
    text = _CHINESE_NUMBER.sub(
        lambda m: str("一二三四五六七八九".find(m[1] or "一") * 10 + 10 + "一二三四五六七八九".find(m[2] or " ") + 1),
        text,
    )
    text = text.translate(_CHINESE_DIGITS)
    text = _MONTH_PART.sub("", _TAIL.sub("", _HEAD.sub("", text)))
    if match := _DAY.fullmatch(text):
        return _valid(_full_year(match[1], today), match[2], match[3])
    if match := _MONTH.fullmatch(text):
        return _valid(_full_year(match[1] or match[3] or match[5], today), match[2] or match[4] or match[6])
    if match := _YEAR.fullmatch(text):
        return _valid(_full_year(match[1] or match[3], today))
    if _SERIAL_TEXT.fullmatch(text):
        return _from_number(float(text), today)
    return _compact(text, today)


def _compact(text: str, today: dt.date) -> str | None:
    """Read 20260921 and 202609; 260921 only where it cannot be a year and a month."""
    if match := _COMPACT.fullmatch(text):
        value = _valid(match[1], match[2], match[3]) if match[3] else _valid(match[1], match[2])
        if value:
            return value
    if match := _SHORT_COMPACT.fullmatch(text):
        return _valid(_full_year(match[1], today), match[2], match[3])
    return None


def _full_year(year: str, today: dt.date) -> str:
    if len(year) == 4:
        return year
    return ("20" if int(year) <= today.year % 100 else "19") + year


def _valid(year: str, month: str | None = None, day: str | None = None) -> str | None:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    try:
        date = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    text = date.isoformat()
    return text if day else text[:7] if month else text[:4]
