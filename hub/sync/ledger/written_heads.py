"""The head of an activity as an export writes it, 2026年9月9日 党课「第三讲」（线上）: it reads back whatever the title is."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from hub.domain.activity import usual_mode
from hub.sync.ledger.activity_dates import Parts
from hub.sync.ledger.activity_kinds import ONLINE
from hub.sync.ledger.marks import MODE_OF
from hub.sync.ledger.workbook import Cell

KINDS: Final = {
    "MEMBER_CONGRESS": "支部党员大会",
    "BRANCH_COMMITTEE": "支委会",
    "GROUP_MEETING": "党小组会",
    "PARTY_LECTURE": "党课",
    "THEME_DAY": "主题党日",
    "ORG_LIFE_MEETING": "组织生活会",
    "DEMOCRATIC_APPRAISAL": "民主评议党员",
    "TRAINING": "集中培训",
    "ONLINE_EXCHANGE": "网上学习交流",
    "THOUGHT_REPORT": "思想汇报",
    "VOLUNTEER": "志愿服务",
    "TALK": "谈心谈话",
    "OTHER": "其他",
}
MODES: Final = {mode: word for word, mode in MODE_OF.items()}
_KIND_OF = {word: kind for kind, word in KINDS.items()}
_HEAD = re.compile(
    rf"(?P<year>\d{{4}})年(?P<month>\d{{1,2}})月(?:(?P<day>\d{{1,2}})日)? (?P<kind>{'|'.join(KINDS.values())})"
    rf"(?:「(?P<title>.*)」)?(?:（(?P<mode>{'|'.join(MODES.values())})）)?",
    re.DOTALL,
)


class Written(NamedTuple):
    """What such a head says; no mode where it is the usual one of the kind."""

    day: Parts
    kind: str
    title: str | None
    mode: str | None


def write(held_on: str, kind: str, title: str | None, mode: str) -> str:
    """Return the head of an activity."""
    said = f"「{title}」" if title else ""
    return f"{day(held_on)} {KINDS[kind]}{said}" + (f"（{MODES[mode]}）" if mode != usual_mode(kind) else "")


def read(cell: Cell) -> Written | None:
    """Return what a head says that was written so, None of any other."""
    match = _HEAD.fullmatch(cell) if isinstance(cell, str) else None
    if match is None:
        return None
    said = Parts(int(match["year"]), int(match["month"]), int(match["day"]) if match["day"] else None)
    kind = _KIND_OF[match["kind"]]
    mode = MODE_OF[match["mode"]] if match["mode"] else ONLINE if kind == "ONLINE_EXCHANGE" else None
    return Written(said, kind, match["title"] or None, mode)


def is_head(cell: Cell) -> bool:
    """Tell whether a head was written so: then it is that of an activity, whatever the words of its title."""
    return isinstance(cell, str) and _HEAD.fullmatch(cell) is not None


def day(held_on: str) -> str:
    """Return a day or a month in words: 2026年9月9日."""
    year, month, *days = held_on.split("-")
    return f"{year}年{int(month)}月" + (f"{int(days[0])}日" if days else "")
