"""Citizen identity numbers (公民身份号码, GB 11643): read as typed, judged by length, check digit and date only.

The place code is no gate: places are split and renamed, and people keep the number of their birth.
"""

from __future__ import annotations

import datetime as dt
import re

from hub.domain.identity import birth_date, check_digit
from hub.sync.ledger import cells
from hub.sync.ledger.workbook import Cell

IDENTITY_DIGITS_LOST = "IDENTITY_DIGITS_LOST"
IDENTITY_LENGTH = "IDENTITY_LENGTH"
IDENTITY_CHECKSUM = "IDENTITY_CHECKSUM"

_OLDEST_BIRTH_YEAR = 1850
_SIXTEEN_DIGITS = 1e15
_LONGEST = 100
_EXPONENT = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.IGNORECASE)
_NOTE = re.compile(r"\([^)\d]*\)?|\[[^\]\d]*\]?|【[^】\d]*】?")
_GROUPING = re.compile(r"[\s\-‐‑–—―_.·,'\"‘’“”`´′]+")
_LABEL = re.compile(r"^[\u4e00-\u9fff]+:?|[\u4e00-\u9fff。;、]+$")
# What people type for the X at the end: Cyrillic and Greek letters, the sign of multiplication.
_TEN = str.maketrans(dict.fromkeys("xХхΧχ×✕✖╳", "X"))


def citizen_id(cell: Cell, today: dt.date) -> tuple[str | None, str | None]:
    """Return the number in its 18 characters; or the code of what is wrong; or neither, where the cell is blank."""
    if type(cell) is str and len(cell) == 18 and cell.isascii() and cell[:17].isdigit() and cell[17] in "0123456789Xx":
        number = cell.upper()  # the shape of nearly every cell
    elif isinstance(cell, float) and not isinstance(cell, bool):
        # Excel keeps fifteen digits of a number: what comes after them is lost for good.
        if abs(cell) >= _SIXTEEN_DIGITS:
            return None, IDENTITY_DIGITS_LOST
        number = cells.written(cell)
    elif cells.is_blank(cell):
        return None, None
    else:
        text = cells.plain(cell)
        if len(text) > _LONGEST:
            return None, IDENTITY_LENGTH
        if _EXPONENT.fullmatch(text.replace(" ", "")):
            return None, IDENTITY_DIGITS_LOST
        number = _LABEL.sub("", _GROUPING.sub("", _NOTE.sub("", text)))
        number = number[:-1] + number[-1:].translate(_TEN)
    if len(number) == 15 and number.isascii() and number.isdigit():
        body = number[:6] + "19" + number[6:]
        number = body + check_digit(body)
    elif len(number) != 18:
        return None, IDENTITY_LENGTH
    if not (number.isascii() and number[:17].isdigit()) or check_digit(number[:17]) != number[17]:
        return None, IDENTITY_CHECKSUM
    born = birth_date(number)
    if born is None or born > today or born.year < _OLDEST_BIRTH_YEAR:
        return None, IDENTITY_CHECKSUM
    return number, None
