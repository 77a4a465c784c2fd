"""The identity number (公民身份号码, GB 11643): two forms are one person, and only length, check digit and date gate."""

from __future__ import annotations

import operator
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def check_digit(seventeen: str) -> str:
    """Return the 18th character (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(map(operator.mul, _WEIGHTS, map(int, seventeen))) % 11]


def canonical(number: str) -> str | None:
    """Return the 18-character form with upper-case X, or None when length, check digit or date do not fit.

    A 15-digit number (issued before 1999) becomes the 18-character one of the same person. The place code is never
    a gate: codes change every year, and a number keeps its first one for life.
    """
    number = number.strip().upper()
    if len(number) == 15 and number.isascii() and number.isdigit():
        seventeen = number[:6] + "19" + number[6:]
        number = seventeen + check_digit(seventeen)
    if len(number) != 18 or not (number.isascii() and number[:17].isdigit()):
        return None
    if check_digit(number[:17]) != number[17] or birth_date(number) is None:
        return None
    return number


def birth_date(number: str) -> date | None:
    """Return the date inside an 18-character number, or None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def gender(number: str) -> str:
    """Return 男 or 女, by the 17th digit."""
    return "男" if int(number[16]) % 2 else "女"
