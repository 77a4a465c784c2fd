"""Days of the law: calendar days in Asia/Shanghai, months that are calendar months, and dates as exact as their source."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991; no time-zone data needed
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def today(now: datetime) -> date:
    """Return the legal day of an instant."""
    return now.astimezone(SHANGHAI).date()


def utc_now() -> datetime:
    """Return the present instant. Called only where a request, a command or a job begins."""
    return datetime.now(UTC)


def add_months(day: date, months: int) -> date:
    """Return the day so many calendar months later: 31 August + 6 months is the last day of February."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@lru_cache(maxsize=4_096)
def is_partial(text: str) -> bool:
    """Tell whether a text is 2025, 2025-06 or 2025-06-15, and a day that exists."""
    matched = _PARTIAL.fullmatch(text)
    if not matched:
        return False
    try:
        date(int(matched[1]), int(matched[2] or 1), int(matched[3] or 1))
    except ValueError:
        return False
    return True


def first_day(partial: str) -> date:
    """Return the first day that a partial date can mean."""
    parts = [int(part) for part in partial.split("-")]
    return date(*[*parts, 1, 1][:3])


def last_day(partial: str) -> date:
    """Return the last day that a partial date can mean: it counts where a clock runs against a member."""
    parts = [int(part) for part in partial.split("-")]
    if len(parts) == 3:
        return date(*parts)
    month = parts[1] if len(parts) == 2 else 12
    return date(parts[0], month, calendar.monthrange(parts[0], month)[1])
