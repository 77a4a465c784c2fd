"""Days of activities as heads write them: 9月9日, 9.9, 9月, 2026年9月9日, 9月9日-11日; the year may stand elsewhere."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable
from typing import NamedTuple

from hub.sync.ledger import cells, dates
from hub.sync.ledger.workbook import Cell


class Parts(NamedTuple):
    """What a text says of a day. `wrong`: it means to be a date and cannot be one."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    wrong: bool = False

    def __bool__(self) -> bool:
        return self.month is not None or self.day is not None or self.wrong

    def below(self, above: Parts) -> Parts:
        """Return the parts with what is missing taken from a head above: 9日 below 9月, 9月9日 below 2026年."""
        year = self.year or above.year
        month, day = self.month, self.day
        if month is None:
            month = above.month
            day = above.day if day is None else day
        elif month == above.month and day is None:
            day = above.day
        return Parts(year, month, day, self.wrong or above.wrong)

    def text(self) -> str | None:
        """Return the date, or None where a part is missing or there is no such day."""
        if self.wrong or self.year is None or self.month is None:
            return None
        try:
            day = dt.date(self.year, self.month, self.day or 1)
        except ValueError:
            return None
        return day.isoformat() if self.day else f"{day:%Y-%m}"


NOTHING = Parts()
_LONGEST = 200
_DIGITS = "〇一二三四五六七八九"
_CHINESE_YEAR = re.compile(r"二[〇零○O][一二三四五六七八九〇零○O]{2}(?=\s*年)")
_CHINESE_DAY = re.compile(
    r"(?P<month>十[一二]?|[一二三四五六七八九])月(?:(?P<day>三十一?|二?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九])(?P<unit>[日号])|份?\s*$)"
)
_NUMBER = r"\d{1,2}"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SHORT_YEAR = r"(?P<year>(?:19|20)\d\d|\d\d)"
# In this order; the first that fits says the date. Months and days out of range are no date where only marks divide them.
_PATTERNS = [
    re.compile(rf"(?<!\d){_SHORT_YEAR}\s*年\s*(?P<month>{_NUMBER})\s*月\s*(?P<day>{_NUMBER})(?!\d)\s*[日号]?"),
    re.compile(rf"(?<![\d.]){_SHORT_YEAR}\s*(?P<mark>[./\-_、])\s*(?P<month>{_NUMBER})\s*[./\-_、]\s*(?P<day>{_NUMBER})(?!\d)\s*[日号]?"),
    re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\d)"),
    re.compile(rf"(?<!\d){_SHORT_YEAR}\s*年\s*(?P<month>{_NUMBER})\s*月份?(?!\s*\d)"),
    re.compile(rf"(?<![\d.]){_YEAR}\s*(?P<mark>[./\-])\s*(?P<month>{_NUMBER})(?![\d./\-])月?"),
    re.compile(rf"(?<![\d.\-~至])(?P<month>{_NUMBER})\s*月\s*(?P<day>{_NUMBER})(?!\d)(?!\s*[次人月期])\s*[日号]?"),
    re.compile(rf"(?<![\d./\-:第])(?P<month>{_NUMBER})\s*(?P<mark>[./])\s*(?P<day>{_NUMBER})(?!\d|[./]\d|\s*[%月次期])[日号]?"),
    re.compile(rf"(?<![\d./\-:第])(?P<month>{_NUMBER})(?P<mark>-)(?P<day>{_NUMBER})(?!\d|[./\-:]\d|\s*[%月次期日号])"),
    re.compile(r"^(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?![\d年])"),
    re.compile(rf"(?<![\d.\-~至])(?P<month>{_NUMBER})\s*月份?(?!\s*\d)"),
    re.compile(rf"(?<!\d)(?P<day>{_NUMBER})\s*[日号](?![楼院线厅馆室文令会])"),
]  # fmt: skip
_YEAR_ALONE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:\.0)?\s*(?:年度?|$)")
_MONTHS_TO = re.compile(
    r"(?:\d{1,2}\s*月?|[一二三四五六七八九十]+月)\s*[-~—–至到]+\s*(?:\d{1,2}|[一二三四五六七八九十]+)\s*月(?!\s*\d)"
)
_TO = re.compile(
    r"\s*(?:[-~—–至到、,和及])+\s*(?:(?:(?:20)?\d\d\s*[年./\-]\s*)?\d{1,2}\s*[月./\-]\s*\d{1,2}(?!\d)\s*[日号]?|\d{1,2}\s*[日号]|\d{1,2}(?=\s|$|[\u4e00-\u9fff]))"
)  # fmt: skip
_WEEKDAY = re.compile(r"\(?\s*(?:星期|周|礼拜)[一二三四五六日天]\s*\)?")
_CLOCK = r"(?:上午|下午|早上|晚上|中午)?\s*\d{1,2}\s*[:时点]\s*(?:\d{1,2}(?!\d)|半|整)?\s*分?"
_TIME = re.compile(rf"{_CLOCK}(?:\s*[-~—–至到]+\s*{_CLOCK})?")
_SEASON = re.compile(r"第?[一二三四1-4](?:[、,和至\-][一二三四1-4])*季度?|[上下]半年|(?<=\d年)度")
# A number cell cannot tell 9.1 from 9.10, nor 9.2 from 9.20.
_LOST_ZERO = re.compile(r"\d{1,2}\.[123]")


def parts(cell: Cell, unit: str = "") -> tuple[Parts, str]:
    """Return what a head says of a day, and the rest of its text; `unit` is 月 or 日 where a label says what numbers are."""
    if isinstance(cell, bool):
        return NOTHING, ""
    if isinstance(cell, dt.date):
        return Parts(cell.year, cell.month, cell.day), ""
    if isinstance(cell, float):
        return _of_number(cell, unit), ""
    if len(cell) > _LONGEST:
        return NOTHING, cell
    text = cells.plain(cell)
    if unit and text.isascii() and text.isdigit() and len(text) < 3:
        return _of_number(float(text), unit), ""
    return _of_text(text)


def _of_number(number: float, unit: str) -> Parts:
    written = cells.written(number)
    if number.is_integer() and 1 <= number <= 31 and unit:
        return Parts(month=int(number), wrong=number > 12) if unit == "月" else Parts(day=int(number))
    if number.is_integer() and 2000 <= number <= 2100:
        return Parts(year=int(number))
    if 1 < number < 13 and not number.is_integer():
        return Parts(wrong=True) if _LOST_ZERO.fullmatch(written) else _of_text(written)[0]
    value, _ = dates.partial_date(number, dt.date.max, future=True) if number > 2000 else (None, None)
    return _of_text(value)[0] if value else NOTHING


@functools.lru_cache(maxsize=20_000)
def _of_text(text: str) -> tuple[Parts, str]:
    text = _CHINESE_DAY.sub(_in_digits, _CHINESE_YEAR.sub(lambda m: _year_in_digits(m[0]), text))
    text = _WEEKDAY.sub(" ", " ".join(text.split()))
    if re.fullmatch(r"[4-6]\d{4}(\.0+)?", text):
        return _of_number(float(text), ""), ""
    text = _TIME.sub(" ", text)
    if match := _MONTHS_TO.search(text):
        return Parts(wrong=True), text[: match.start()] + " " + text[match.end() :]
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            said = match.groupdict()
            month, day = (int(said[name]) if said.get(name) else None for name in ("month", "day"))
            out_of_range = not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= 31 or month == 0 or day == 0
            if said.get("mark") and out_of_range:
                continue  # 20.5 and 1/50 are no dates that went wrong
            end = match.end()
            if day is not None and (to := _TO.match(text, end)):
                end = to.end()  # an activity of several days is held from the first
            rest = text[: match.start()] + " " + text[end:]
            if said.get("year"):
                year = int(said["year"])
                return Parts(year if year > 99 else 2000 + year, month, day, out_of_range), rest
            year_alone = _YEAR_ALONE.search(rest)
            if year_alone:
                rest = rest[: year_alone.start()] + " " + rest[year_alone.end() :]
            found = Parts(int(year_alone[1]) if year_alone else None, month, day, out_of_range)
            return _checked(found), rest
    if match := _YEAR_ALONE.search(text):
        return Parts(year=int(match[1])), text[: match.start()] + " " + text[match.end() :]
    return NOTHING, text


def _checked(found: Parts) -> Parts:
    """Mark a day that no year has: 31 November."""
    if found.month and found.day and not found.wrong:
        return found._replace(wrong=found._replace(year=2024).text() is None)
    return found


def _year_in_digits(text: str) -> str:
    return "".join("0" if c in "〇零○O" else str(_DIGITS.index(c)) for c in text)


def _in_digits(match: re.Match[str]) -> str:
    day = f"{_number(match['day'])}日" if match["day"] else ""
    return f"{_number(match['month'])}月{day}"


def _number(text: str) -> int:
    text = text.replace("廿", "二十")
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.index(text)
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)


def without_season(text: str) -> str:
    """Return the text of a group without the quarter that it stands for: that is no title."""
    return _SEASON.sub(" ", text)


_FILLED_IN = re.compile(
    r"(?:填报|填表|制表|报送|上报|统计|打印|更新|印发|审核)\s*(?:时间|日期)?\s*[::]?\s*(?:19|20)\d\d[^ ]*"
)
_SOME_YEAR = re.compile(
    r"(?<![\d.\-])((?:19|20)\d\d)(?=\s*(?:年|[./\-]\d|[-~—–至]|学年|[\u4e00-\u9fff)\]】]|$))"
    r"|(?<!\d)(\d\d)(?=年(?:度|第|[上下]半|\d|全|[一二三四]季))"
)
_TO_YEAR = re.compile(r"(?<=\d\d\d\d)年?度?\s*[-~—–至]+\s*((?:19|20)\d\d)(?=\s*(?:年|学年))")
_YEAR_AND_MONTH = re.compile(r"(?:(?:19|20)\d\d年)?\s*(?<!\d)(\d{1,2})月份?(?!\s*\d)")


def year_of(levels: Iterable[Iterable[str]]) -> int | None:
    """Return the year that titles say, the nearest level first; None where a level says more than one."""
    for texts in levels:
        found = set()
        for text in texts:
            plain = _FILLED_IN.sub(" ", _CHINESE_YEAR.sub(lambda m: _year_in_digits(m[0]), cells.plain(text)))
            found |= {int(one) if one else 2000 + int(other) for one, other in _SOME_YEAR.findall(plain)}
            found |= {int(year) for year in _TO_YEAR.findall(plain)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def month_of(levels: Iterable[Iterable[str]]) -> int | None:
    """Return the month that titles say, where heads are days only; None where a level says more than one."""
    for texts in levels:
        plain = [_FILLED_IN.sub(" ", cells.plain(text)) for text in texts]
        if any(_MONTHS_TO.search(text) for text in plain):
            return None
        found = {int(month) for text in plain for month in _YEAR_AND_MONTH.findall(text)}
        if found:
            month = found.pop()
            return month if not found and 1 <= month <= 12 else None
    return None
