"""Phone cells: one or several numbers, each with whose it is; the member's own comes first."""

from __future__ import annotations

import dataclasses
import re

from hub.domain import phone
from hub.sync.ledger import cells
from hub.sync.ledger.workbook import Cell

PHONE_INVALID = "PHONE_INVALID"

_LONGEST = 200  # a cell may hold 32,767 characters
_BLANK = re.compile(r"(暂|均)?(无|没有|没|未留|未提供)(手机号?码?|电话号?码?|联系电话|联系方式|号码)")
_LOST_ZERO = re.compile(r"(?:10|2\d)[2-9]\d{7}|[3-9]\d\d[2-9]\d{6}")
_LABEL_MARKS = re.compile(r"[\s()\[\]【】:、,，;；/\\|.。\-—+&]+")
_SEPARATORS = re.compile(r"[、,，;；/\\|\n]|(?<=\D)或|和|及")
_OWN = re.compile(
    r"(本人|自己|党员本?人?|现用?|现在|新号?|旧号?|常用|备用|主号?|副号|短号|长号|手机|移动|联通|电信|座机|固话|固定|办公室?|单位|住宅|家里?|宅电|宅|微信|同号"
    r"|微信同号|电话|号码|联系|方式|的|是|为|号|tel|phone|mobile|wechat|[wv]x|广东|外地|本地|老家|或|和|及|\d)*",
    re.IGNORECASE,
)
_WORDS_AROUND_WHOSE = re.compile(r"(的|之)?(联系)?(手机|电话|号码|联系方式|联系人|手机号码?|电话号码|号)+$|^(是|为)")


@dataclasses.dataclass(frozen=True, slots=True)
class Phones:
    """The numbers of one cell. `own` may be missing where only another person's number is given."""

    own: str | None = None
    other: str | None = None
    other_whose: str | None = None


NONE = Phones()


def phones(cell: Cell) -> tuple[Phones, str | None]:
    """Read a phone cell: `17495798786、17492340211（妻）` gives the own number, then the other with 妻."""
    if type(cell) is str:
        if len(cell) == 11 and cell.isascii() and phone.MOBILE.fullmatch(cell):
            return Phones(cell), None
        if is_blank(cell):
            return NONE, None
        text = cells.plain(cell).lstrip("'`‘’")
    else:
        text = cells.written(cell)
        # A number cell drops the zero before an area code.
        if isinstance(cell, float) and _LOST_ZERO.fullmatch(text):
            text = "0" + text
    return _several(text)


def is_blank(cell: Cell) -> bool:
    """Tell whether a phone cell says nothing; 无手机 says no more than 无."""
    return cells.is_blank(cell) or (isinstance(cell, str) and _BLANK.fullmatch(cells.plain(cell)) is not None)


def _several(text: str) -> tuple[Phones, str | None]:
    if len(text) > _LONGEST:
        return NONE, PHONE_INVALID
    found: list[tuple[str, str | None]] = []
    before = ""
    position = 0
    complete = True
    for match in phone.NUMBER.finditer(text):
        between = text[position : match.start()]
        complete &= not _has_digits(between)
        # What stands in brackets behind a number belongs to it, what stands before the next to the next.
        behind, before = _divide(between, first=not found)
        if found and behind:
            found[-1] = (found[-1][0], behind)
        found.append((phone.written(match), before or None))
        position = match.end()
    rest = text[position:]
    complete &= not _has_digits(rest)
    if not found:
        return NONE, PHONE_INVALID
    behind, _ = _divide(rest + "、", first=False)
    if behind:
        found[-1] = (found[-1][0], behind)
    return _sorted(found), None if complete else PHONE_INVALID


def _has_digits(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _divide(between: str, *, first: bool) -> tuple[str, str]:
    """Split what stands between two numbers: what describes the one before, what the one behind."""
    if first:
        return "", between
    stripped = between.strip()
    if stripped.startswith(("(", "[", "【")):
        end = re.search(r"[)\]】]", stripped)
        cut = end.end() if end else len(stripped)
        return stripped[:cut], stripped[cut:]
    parts = _SEPARATORS.split(between, maxsplit=1)
    if len(parts) == 1:  # no separator: a word between two numbers describes the second
        return "", between
    return parts[0], parts[1]


def _sorted(found: list[tuple[str, str | None]]) -> Phones:
    own: list[str] = []
    others: list[tuple[str, str | None]] = []
    for number, label in found:
        words = _LABEL_MARKS.sub("", label or "")
        if _OWN.fullmatch(words):
            own.append(number)
        else:
            others.append((number, _WORDS_AROUND_WHOSE.sub("", words) or words))
    own = list(dict.fromkeys(own))
    others += [(number, None) for number in own[1:]]
    other, whose = others[0] if others else (None, None)
    return Phones(own[0] if own else None, other, whose)
