"""Phone numbers: what is one, and how it is written; one rule for ledgers and for mutations."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

INVISIBLE: Final = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0x00AD, *range(0x202A, 0x202F)])
"""Characters without a shape, which copying brings along."""
_GAP = r"[ \-.\u00a0‐‑–—―]*"
NUMBER: Final = re.compile(
    rf"(?P<mobile>(?<!\d)(?:(?:\+|00)?86{_GAP})?(?P<m>1{_GAP}[3-9](?:{_GAP}\d){{9}})(?!\d))"
    rf"|(?P<land>(?<!\d)(?:(?:\+|00)?86{_GAP})?\(?(?P<area>0(?:10|2\d|[3-9]\d\d))\)?{_GAP}(?P<local>[2-9]\d{{2,3}}{_GAP}\d{{4}}))(?:(?!\d))"
    rf"(?:\s*(?:转|ext\.?|-|－|\*)\s*(?P<ext>\d{{1,6}})(?!\d))?"
    rf"|(?P<service>(?<!\d)[48]00{_GAP}\d(?:{_GAP}\d){{6}}(?!\d))"
    rf"|(?P<abroad>\+(?!86)\d(?:{_GAP}\d){{7,14}}(?!\d))"
    rf"|(?P<short>(?<!\d)[2-9]\d{{2,3}}{_GAP}\d{{4}}(?:(?!\d))(?:\s*(?:转|-)\s*(?P<ext2>\d{{1,6}})(?!\d))?)",
    re.IGNORECASE,
)
MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_QUOTES = "'`‘’"  # a table program writes them before a number that is text
_LONGEST = 60


def canonical(text: str) -> str | None:
    """Return the one number that a text is, as it is kept; None where it is none, several, or more than a number.

    Mobile, with area code, of a service, abroad (+…), or local, each with its extension; spaces, full-width forms, +86
    and strokes do not count.
    """
    if len(text) == 11 and text.isascii() and MOBILE.fullmatch(text):
        return text
    if len(text) > _LONGEST:
        return None
    shown = unicodedata.normalize("NFKC", text).translate(INVISIBLE).strip().lstrip(_QUOTES)
    match = NUMBER.fullmatch(shown)
    return written(match) if match else None


def written(match: re.Match[str]) -> str:
    """Return a number as it is kept, from a match of NUMBER."""
    if match["m"]:
        return re.sub(r"\D", "", match["m"])
    if match["land"]:
        number = f"{match['area']}-{re.sub(r'[^0-9]', '', match['local'])}"
        return f"{number}-{match['ext']}" if match["ext"] else number
    if match["abroad"]:
        return "+" + re.sub(r"\D", "", match["abroad"])
    if match["ext2"]:
        return re.sub(r"\D", "", match["short"].removesuffix(match["ext2"])) + "-" + match["ext2"]
    return re.sub(r"\D", "", match[0])
