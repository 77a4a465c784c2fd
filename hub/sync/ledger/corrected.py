"""What a list said before and people have put right since: the same list again does not put it back."""

from __future__ import annotations

from typing import Any, Final

from hub.domain.participation import Told
from hub.models import ATTENDED

CORRECTED_SINCE: Final = "CORRECTED_SINCE"
BY_ROLL_CALL: Final = "点名册更正 / corrected by a later roll call"
BY_REPORT: Final = "自报更正 / corrected by a later report"
EARLIER: Final = """
    p.reason, array(select distinct h.attendance || ' ' || h.mode from participation_history h where h.id = p.id) as earlier
"""
"""The columns that `is_old_news` reads of a record `p`."""


def is_old_news(record: Any, told: Told) -> bool:
    """Tell whether a list repeats what a record said until somebody corrected it, answered a dispute or settled a
    difference. What a list corrected itself, a later list may correct back; and what is new is news."""
    if record.reason in (None, BY_ROLL_CALL, BY_REPORT):
        return False
    said = (told.attendance, told.mode) if told.attendance in ATTENDED else (told.attendance,)
    return any(tuple(earlier.split())[: len(said)] == said for earlier in record.earlier)
