"""Sign-in sheets: the only activity stands above the table, in the title or in lines such as 时间：2026年9月9日."""

from __future__ import annotations

import re

from hub.sync.ledger import activity_kinds, cells

_CALLING = re.compile(r"签到|点名|考勤|出勤|出席|到会|到课|参会|与会")


def speaks_of_calling(text: str) -> bool:
    """Tell whether a title is that of a list of who was there."""
    plain = "".join(cells.plain(text).split())
    return len(plain) < 100 and (_CALLING.search(plain) is not None or activity_kinds.read(plain).kind is not None)
