"""What an activity is called → its kind, what else is said of it, and how people took part.

No activity is refused for its name: what is no known word is its title.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from hub.sync.ledger import cells

OTHER = "OTHER"
ONLINE, ON_SITE, SELF_STUDY, DELIVERED = "ONLINE", "ON_SITE", "SELF_STUDY", "DELIVERED"


class Named(NamedTuple):
    """What a text says of an activity: kind, None where no word of it is known; the rest as title; the mode."""

    kind: str | None
    title: str | None
    mode: str | None


_KINDS = [
    ("ORG_LIFE_MEETING", r"(?:专题|年度)?组织生活会议?"),
    ("DEMOCRATIC_APPRAISAL", r"民主评议(?:党员)?(?:大会|会议|会|工作)?"),
    ("MEMBER_CONGRESS", r"(?:支部)?(?:全体)?党员大会(?:会议)?|支部大会|全体党员会议?"),
    ("BRANCH_COMMITTEE", r"支委(?:扩大)?会议?|支部委员会?(?:扩大)?会议"),
    ("GROUP_MEETING", r"党?小组(?:会议?|学习会|生活会)"),
    ("PARTY_LECTURE", r"(?:(?:党?支部)?书记)?[上讲听]?(?:专题|微)?党课(?:学习|教育|活动|讲座|辅导)?"),
    ("THEME_DAY", r"(?:党?支部)?(?:党员)?(?:固定)?主题党(?:员)?日\+?(?:活动)?|党员(?:固定)?活动日(?:活动)?|(?<![建入])党日(?:活动)?"),
    (
        "TRAINING",
        r"(?:党员)?(?:集中|教育|业务|[冬春夏秋]季|冬春|年度)*(?:培训|轮训)(?:班|会|学习|活动)?|(?:冬春|[冬春夏秋])训(?:班|学习)?",
    ),
    ("ONLINE_EXCHANGE", r"(?:网上|线上|网络|在线)(?:集中)?(?:学习(?:交流|教育|研讨)?|交流(?:学习)?)会?(?:活动)?"),
    ("THOUGHT_REPORT", r"(?:撰写|提交|递交|上交)?(?:书面)?(?:思想汇报|心得体会|学习心得)"),
    ("VOLUNTEER", r"(?:党员)?志愿者?(?:服务|活动|行动)*|(?:社会|主题)?(?<!一)实践(?:活动)?|公益(?:活动|劳动|服务)?"),
    ("TALK", r"谈心谈话|谈心|谈话"),
]  # fmt: skip
_COMPILED = [(kind, re.compile(words)) for kind, words in _KINDS]
# The name of the organization may stand before what it held: this is its kind only where there is no other.
_COMMITTEE = re.compile(r"支部委员会")
_BRANCH = re.compile(r"支部委员会(?!(?:扩大)?会议)")
CODES = frozenset([*(kind for kind, _ in _KINDS), OTHER])

_MODES = [
    (ONLINE, re.compile(r"线上|网上|在线|网络|腾讯会议|钉钉|视频会议|云会议|远程")),
    (DELIVERED, re.compile(r"送学(?:上门)?|上门送学")),
    (SELF_STUDY, re.compile(r"自学|补学|补课")),
    (ON_SITE, re.compile(r"线下")),
]
# Words that are a mode only in brackets, or where the mode is asked for: 现场教学 is an activity.
_ASKED = [
    (ONLINE, re.compile(r"视频|微信|云|直播|ONLINE")),
    (DELIVERED, re.compile(r"DELIVERED")),
    (SELF_STUDY, re.compile(r"补|SELF_STUDY")),
    (ON_SITE, re.compile(r"现场|面授|集中|ON_SITE|实地|到场")),
]
_BRACKETED = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_ONLY_A_MODE = re.compile(
    r"(?:采取|通过)?(?:线上|网上|在线|网络|腾讯会议|钉钉|视频|视频会议|云会议|远程|直播|微信群?|线下|现场|集中|自学|补学|补课|送学|送学上门|上门送学)+"
    r"(?:方式|形式|学习|参加|进行|召开|开展|会议|活动|直播)*"
)
_SAYS_NOTHING = re.compile(
    r"(?:召开|开展|举行|举办|参加|组织|活动|会议|学习|情况|签到|考勤|出勤|到会|参会|时间|日期|的|次|年度|度|月份|当日|当天|现场|内容|主题|名称|类别)*"
)
_EDGES = " 、,.。;；:：+＋-—–~·/\\|&和及暨与与\n\t"


def without_committee(text: str) -> str:
    """Return a title without 委员会 in the name of a branch: 高坪村支部委员会 is no meeting of its committee."""
    return _BRANCH.sub("支部", text)


@functools.lru_cache(maxsize=5_000)
def read(text: str) -> Named:
    """Judge a text: the kind that stands first in it, and the rest as title."""
    plain = " ".join(cells.plain(text).split())
    mode_said, rest = _mode(plain)
    found = _kind(rest)
    if found is None:
        title = _title(rest)
        return Named(None, None if title is None or _SAYS_NOTHING.fullmatch(title) else title, mode_said)
    kind, start, end = found
    return Named(
        kind, _title(f"{rest[:start]} {rest[end:]}"), mode_said or (ONLINE if kind == "ONLINE_EXCHANGE" else None)
    )


def _kind(text: str) -> tuple[str, int, int] | None:
    matches = [(match.start(), -match.end(), kind) for kind, words in _COMPILED if (match := words.search(text))]
    if matches:
        start, end, kind = min(matches)
        return kind, start, -end
    match = _COMMITTEE.search(text)
    return ("BRANCH_COMMITTEE", match.start(), match.end()) if match else None


def _mode(text: str) -> tuple[str | None, str]:
    """Return the mode that a text says, and the text without the brackets that say only this."""
    said = {mode for mode, words in _MODES if words.search(text)}
    modes: set[str] = set()  # in brackets they go first: 网络安全（现场） was not held online
    for match in reversed(list(_BRACKETED.finditer(text))):
        if _ONLY_A_MODE.fullmatch(match[1].strip()):
            modes |= {mode for mode, words in [*_MODES, *_ASKED] if words.search(match[1])}
            text = text[: match.start()] + " " + text[match.end() :]
    modes = modes or said
    # 线上线下 says both: then nothing is said of one person.
    return (modes.pop() if len(modes) == 1 else None), text


def _title(text: str) -> str | None:
    text = _BRACKETED.sub(lambda match: match[0] if match[1].strip(_EDGES) else " ", text)
    text = " ".join(text.split()).strip(_EDGES)
    while (match := _BRACKETED.fullmatch(text)) is not None:
        text = match[1].strip(_EDGES)
    if not text or _SAYS_NOTHING.fullmatch(text.replace(" ", "")) or _ONLY_A_MODE.fullmatch(text):
        return None
    return text


def mode(text: str) -> str | None:
    """Return how somebody took part, where this is what was asked for: 现场, 线上, 自学, 送学."""
    plain = "".join(cells.plain(text).split()).upper()
    found = {name for name, words in _MODES if words.search(plain)}
    found = found or {name for name, words in _ASKED if words.search(plain)}
    return found.pop() if len(found) == 1 else None
