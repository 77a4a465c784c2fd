"""Marks of a roll call: √ # O ★ △ ×, words such as 病假, and the legend of a sheet that gives them other meanings.

An absence without leave weighs against a person: no doubtful mark becomes one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hub.sync.ledger import cells
from hub.sync.ledger.activity_kinds import DELIVERED, ON_SITE, ONLINE, SELF_STUDY
from hub.sync.ledger.workbook import Cell

PRESENT, LATE, ABSENT = "PRESENT", "LATE", "ABSENT_UNEXCUSED"
PERSONAL, SICK, OFFICIAL = "PERSONAL_LEAVE", "SICK_LEAVE", "OFFICIAL_LEAVE"
MARK_UNKNOWN = "MARK_UNKNOWN"


class Meaning(NamedTuple):
    """What a mark says; neither attendance nor mode where it means nothing."""

    attendance: str | None
    mode: str | None = None


Legend = Mapping[str, Meaning]
UNKNOWN = Meaning(None)
_NO_LEGEND: dict[str, Meaning] = {}

# Signs that people type for one another: a legend for one holds for the others, unless it names them too.
_ALIKE = [
    ("√✓✔☑🗹✅vV∨ⅴ", Meaning(PRESENT)),
    ("×✗✘✕✖╳☒❌xXхХχΧ", Meaning(ABSENT)),
    ("#♯", Meaning(LATE)),
    ("○〇◯⭕oOоОοΟ", Meaning(SICK)),
    ("★☆⭐", Meaning(OFFICIAL)),
    ("△▲∆Δ", Meaning(PERSONAL)),
]
_CLASS = {sign: number for number, (signs, _) in enumerate(_ALIKE) for sign in signs}
_USUAL = {sign: meaning for signs, meaning in _ALIKE for sign in signs}
_SIGNS = "".join(signs for signs, _ in _ALIKE) + "●◎⊙◉■□▣◆◇▼▽♦♢♥♡⊕⊗※＊*+＋§¤▪•"
_SIGN = re.compile(f"[{re.escape(_SIGNS)}]")
_LETTER = re.compile(r"[A-Za-zА-Яа-яΑ-ω]")
_VARIATION = dict.fromkeys([0xFE0E, 0xFE0F])
_LONGEST = 60

_BLANK = re.compile(
    r"[—–―‐‑−ー─\-_/\\|.。、,，\s]*|[(（][)）]|[□☐▢]+|(?:空白?|无|未填|不适用|none|null|n/?a)[。.]?", re.IGNORECASE
)
_ONLINE_WORDS = r"(?:线上|网上|在线|网络|视频|腾讯会议|钉钉|云会议|云端|远程|微信群?|直播|电话)"
_JOINED = r"(?:方式|形式|连线|会议|接入|参加|参会|参与|学习|出席|到会|观看|收看|听课|签到)*"
_DONE = r"(?:已|已经)?"
# Whole words; a time may follow.
_WORDS = [
    (Meaning(ABSENT), r"(?:无故|无因|无理由|未请假)?(?:缺席|旷会|旷课|缺勤|缺会|未到会?|未到场|未参加|未出席|未参会|没参加|没到|没来|未来|不到)|无故|缺|旷|否|不参加|未请假未到"),
    (Meaning(SICK), r"病|因病|生病|住院|病休|就医|看病"),
    (Meaning(OFFICIAL), r"公|因公|公务|公出|公干"),
    (Meaning(PERSONAL), r"事|因事|假|私事|休假|探亲|奔丧|(?:回老?家|有事|家[里中]有事)请假"),
    (Meaning(LATE), r"迟|晚到"),
    (Meaning(PRESENT, ON_SITE), rf"(?:现场|线下|到场){_JOINED}"),
    (Meaning(PRESENT), rf"{_DONE}(?:按时|准时|全程)?(?:到会?|出席|参加|参会|参与|签到|出勤|到课|列席)(?:会议|学习|活动)?|已签|实到|是|正常|全勤|完成|已完成|ok|yes"),
    (Meaning(PRESENT, ONLINE), rf"{_DONE}{_ONLINE_WORDS}{_JOINED}"),
    (Meaning(PRESENT, DELIVERED), rf"{_DONE}(?:送学(?:上门)?|上门送学){_JOINED}"),
    (Meaning(PRESENT, SELF_STUDY), rf"{_DONE}(?:会后|事后)?(?:补学|自学|补课|补|自主学习)(?:学习|完成)*"),
]  # fmt: skip
_COMPILED = [(meaning, re.compile(rf"(?:{words})(?:\d.*)?", re.IGNORECASE)) for meaning, words in _WORDS]
# Words that say enough however the text goes on: 迟到10分钟, 事假回老家, 公差去县里.
_BEGINNINGS = [
    (Meaning(LATE), r"迟到|会议迟到"),
    (Meaning(SICK), r"(?:请|因|已请)?病(?:假|休|重请假|请假)|住院|因病|生病"),
    (Meaning(OFFICIAL), r"(?:请|已请)?公(?:假|差|务|出)|(?:因公)?出差|因公|外出开会"),
    (Meaning(PERSONAL), r"(?:请|已请|有)?(?:事|探亲|奔?丧|婚|产|陪产|护理|育儿|年休?|休)假|(?:因事|已)?请假|因事|探亲|奔丧"),
]  # fmt: skip
_COMPILED_BEGINNINGS = [(meaning, re.compile(words)) for meaning, words in _BEGINNINGS]
_LATE = re.compile(r"(?<![未没不无])迟到")
_NOT_SO = re.compile(r"未请|没请|未准|不准|未批|无请假|没有请假|销假")
_BRACKETED = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]?")
_MODES = [
    (ONLINE, re.compile(_ONLINE_WORDS)),
    (DELIVERED, re.compile(r"送学")),
    (SELF_STUDY, re.compile(r"补学|自学|补课|^补$")),
    (ON_SITE, re.compile(r"^(?:现场|线下)")),
]
MODE_OF = {"现场": ON_SITE, "线上": ONLINE, "补学": SELF_STUDY, "送学": DELIVERED}
# How somebody was there, beside a sign. ×（补学） is none: who missed it and made up for it was not simply absent.
_WITH_MODE = re.compile(rf"(?P<sign>[{re.escape(_SIGNS)}])\((?P<mode>{'|'.join(MODE_OF)})\)")


def plain(cell: Cell) -> str:
    """Return a mark in normal width, without spaces."""
    if isinstance(cell, bool):
        return "√" if cell else "FALSE"
    return "".join(cells.plain(cell).translate(_VARIATION).split())


def is_blank(cell: Cell, legend: Legend = _NO_LEGEND) -> bool:
    """Tell whether a cell holds no mark: blank, -, /, 无; 缺 is one, and so is / where the legend says so."""
    if cell == "":
        return True
    text = plain(cell)
    return text not in legend and _BLANK.fullmatch(text) is not None


def read(cell: Cell, legend: Legend = _NO_LEGEND) -> Meaning:
    """Return what a mark means; UNKNOWN where it means nothing, or two things."""
    text = plain(cell)
    exact = _WITH_MODE.fullmatch(text)
    if exact and text not in legend:
        meaning = _sign(exact["sign"], legend)
        if meaning.attendance in {PRESENT, LATE}:
            return meaning._replace(mode=MODE_OF[exact["mode"]])
    return _read(text, tuple(legend.items())) if len(text) <= _LONGEST else UNKNOWN


# Words that other columns hold too: 是否低保 是, 党籍状态 正常.
_OF_OTHERS = re.compile(r"是|否|正常|完成|已完成|全勤|公|事|假|病|补|缺|ok|yes|[a-z]", re.IGNORECASE)


def is_plain(cell: Cell, legend: Legend = _NO_LEGEND) -> bool:
    """Tell whether a cell is a mark whatever stands above it: a sign, or a word of roll calls only."""
    if is_blank(cell, legend) or not isinstance(cell, (str, bool)):
        return False
    text = plain(cell)
    if len(text) > _LONGEST or read(cell, legend).attendance is None:
        return False
    return text in legend or _OF_OTHERS.fullmatch(text) is None


@functools.lru_cache(maxsize=20_000)
def _read(text: str, legend: tuple[tuple[str, Meaning], ...]) -> Meaning:
    known = dict(legend)
    if text in known:
        return known[text]
    note = "".join(match[1] for match in _BRACKETED.finditer(text))
    base = _BRACKETED.sub("", text).strip(".。,，;；:：、\"'“”")
    if not base:
        base, note = note, ""
    signs = list(dict.fromkeys(_SIGN.findall(_without_latin_words(base))))
    if base in known:
        found, said = known[base], note
    elif signs or (base[:1] in known and not base[:1].isalnum()):
        sign = signs[0] if signs else base[:1]
        rest = base.replace(sign, "")
        # Two signs, or a sign in the middle of words, say nothing for certain.
        if len(signs) > 1 or not (base.startswith(sign) or base.endswith(sign)):
            return UNKNOWN
        found, said = _sign(sign, known), rest + note
    else:
        found, said = word(base), note
        if found == Meaning(PERSONAL) and note and not _NOT_SO.search(note):
            found = next((w for w in (word(note),) if w.attendance in {SICK, OFFICIAL}), found)  # 请假（病）
    if found.attendance == ABSENT and said and word(said).attendance not in {None, ABSENT}:
        return UNKNOWN  # ×（请假）: one of the two is a slip of the pen
    if found.attendance == PRESENT and said and not _NOT_SO.search(said):
        if _LATE.search(said):
            return Meaning(LATE, found.mode or _mode(said))
        if word(said).attendance not in {None, PRESENT}:
            return UNKNOWN  # √（请假）: the same
    if found.attendance in {PRESENT, LATE} and found.mode is None and said:
        return Meaning(found.attendance, _mode(said))
    return found


def _without_latin_words(text: str) -> str:
    """Blank the letters of words such as OK: a letter is a mark only where it stands alone."""
    return re.sub(r"[A-Za-z]{2,}", lambda match: match[0] if len(set(match[0].upper())) == 1 else "·", text)


def _sign(sign: str, legend: Mapping[str, Meaning]) -> Meaning:
    if sign in legend:
        return legend[sign]
    alike = {legend[other] for other in legend if other in _CLASS and _CLASS[other] == _CLASS.get(sign, -1)}
    if alike:
        return alike.pop() if len(alike) == 1 else UNKNOWN
    return _USUAL.get(sign, UNKNOWN)


def word(text: str) -> Meaning:
    """Return what a word such as 到会, 病假 or 补学 means."""
    text = text.strip(".。,，;；:：、\"'“”")
    if not text or _NOT_SO.search(text):
        return UNKNOWN
    for meaning, pattern in _COMPILED:
        if pattern.fullmatch(text):
            return meaning
    return next((meaning for meaning, pattern in _COMPILED_BEGINNINGS if pattern.match(text)), UNKNOWN)


def _mode(text: str) -> str | None:
    found = {mode for mode, pattern in _MODES if pattern.search(text)}
    return found.pop() if len(found) == 1 else None


# Legends ----------------------------------------------------------------------------------------------------

_LABEL = re.compile(
    r"^\s*(?:附?注|备注|说明|图例|符号说明?|标记说明?|标识|填写说明|填表说明|考勤符号|注解|提示)(?:\s*\d+(?=\s*[:.、])|\d+)?\s*[:.、]?\s*"
)
_QUOTES = re.compile(r"[\"'“”‘’「」『』<>《》()\[\]【】〔〕]")
_JOIN = r"表示|代表|意为|为|是|即|指|[=:]"
# A digit or a stroke is a mark only where the legend plainly says so: 1=到会, but not 缺席：2人.
_LEGEND_SIGN = re.compile(
    rf"(?P<sign>(?<![A-Za-z])[{re.escape(_SIGNS)}](?![A-Za-z])|(?<![A-Za-z])[A-Za-z](?![A-Za-z])"
    rf"|(?<![\d.:\u4e00-\u9fff])\d(?=\s*(?:{_JOIN})|(?:\s*[—–-]+\s*)?[到出参迟病事公请缺旷线补自送未])(?!\s*[人名次])|(?<=[=打画划写填记])\d(?!\d|\s*[人名次])"
    rf"|(?<![\d.])[/\-—](?=\s*(?:{_JOIN})))"
)
_AROUND = re.compile(
    r"^(?:[\s,，;；。.、:：=\-—]|表示|代表|意为|[为是即指者])+|(?:[\s,，;；。.、:：=\-—]|表示|标注|[用打画划写填记标为是者的])+$"
)
_NUMBERING = re.compile(r"[,，;；。\s]\d\s*[、.]\s*$")
_CLAUSES = re.compile(r"[,;。]")
_FURTHER = re.compile(r"[、,/或和及含等包]|包括|以及|者|人员|\s")
_LONGEST_LEGEND, _LONGEST_WORD = 500, 8


def legend_of(texts: Iterable[str]) -> dict[str, Meaning]:
    """Return the signs that lines such as 注：√到会 ×缺席, 到会√ 缺席× or ○代表请假 explain, and what they mean.

    A sign with a meaning that is none of a roll call (★优秀) is kept as unknown: its usual meaning does not hold.
    """
    found: dict[str, Meaning] = {}
    for text in texts:
        if len(text) <= _LONGEST_LEGEND:
            found |= _pairs(text)
    return found


def is_sign(text: str) -> bool:
    """Tell whether a text is one sign and nothing else: before a name it numbers or marks the line."""
    return _SIGN.fullmatch(text) is not None


_ONE_SIGN = re.compile(rf"[{re.escape(_SIGNS)}A-Za-z\d/—-]")


def may_count(text: str) -> bool:
    """Tell whether a sign beside a word may as well be a number of people, or none."""
    return text.isdigit() or text in {"/", "-", "—"}


def paired(texts: Sequence[str]) -> str:
    """Return the legend that a row makes with sign and meaning in cells of their own: √ | 到会 | △ | 事假; else the empty text.

    The meaning may stand first. Each has to be one of a roll call, or the row may as well be about a person.
    """
    said = [text for text in (_LABEL.sub("", text) for text in texts) if text]
    if not said or len(said) % 2:
        return ""
    for sign_first, signs, words in ((True, said[::2], said[1::2]), (False, said[1::2], said[::2])):
        meanings = [_phrase(words_of, 0) for words_of in words]
        if all(map(_ONE_SIGN.fullmatch, signs)) and all(meaning not in (None, UNKNOWN) for meaning in meanings):
            # Numbers explain before the meaning only, and one in a row or behind a label: 到会 | 2 | 缺席 | 1 counts people.
            explains = sign_first and (len(signs) == 1 or said != list(texts))
            return (
                ""
                if any(map(may_count, signs)) and not explains
                else "；".join(map("=".join, zip(signs, words, strict=True)))
            )
    return ""


def legend_of_rows(rows: Iterable[Sequence[str]]) -> dict[str, Meaning]:
    """Return the legend that rows of texts make together: what one writes out goes before signs in cells of their own.

    Signs to which such cells give two meanings mean nothing.
    """
    written: dict[str, Meaning] = {}
    in_cells: dict[str, Meaning] = {}
    for texts in rows:
        if pairs := paired(texts):
            for sign, meaning in legend_of([pairs]).items():
                in_cells[sign] = meaning if in_cells.get(sign, meaning) == meaning else UNKNOWN
        else:
            written |= legend_of(["  ".join(texts)])
    return with_own(in_cells, written)


_SAID = {PRESENT: "到会", LATE: "迟到", ABSENT: "缺席", PERSONAL: "事假", SICK: "病假", OFFICIAL: "公假"}
_SAID_MODES = {mode: word for word, mode in MODE_OF.items()}


def explained(legend: Legend) -> str:
    """Return a legend as a line that reads the same again."""
    words = (
        (sign, _SAID_MODES.get(meaning.mode or "") or _SAID.get(meaning.attendance or "", "不明"))
        for sign, meaning in legend.items()
    )
    return "注：" + "；".join(f"{sign}={word}" for sign, word in words)


def with_own(others: Legend, own: Legend) -> dict[str, Meaning]:
    """Return a legend with those of other tables behind it: they say nothing of signs that look like its own."""
    known = {_CLASS.get(sign, sign) for sign in own}
    return {sign: meaning for sign, meaning in others.items() if _CLASS.get(sign, sign) not in known} | dict(own)


@functools.lru_cache(maxsize=5_000)
def _pairs(text: str) -> dict[str, Meaning]:
    text = _QUOTES.sub(" ", _LABEL.sub("", cells.plain(text).translate(_VARIATION)))
    signs = list(_LEGEND_SIGN.finditer(text))
    if not signs:
        return {}
    between = [
        text[a:b] for a, b in zip([0, *(s.end() for s in signs)], [*(s.start() for s in signs), len(text)], strict=True)
    ]
    # 到会√ 缺席× has the word first, √到会 ×缺席 the sign.
    words_first = _phrase(between[0], -1) not in (None, UNKNOWN)
    phrases = between[:-1] if words_first else between[1:]
    found: dict[str, Meaning] = {}
    for sign, phrase in zip(signs, phrases, strict=True):
        meaning = _phrase(phrase, -1 if words_first else 0)
        if meaning is not None:
            found.setdefault(sign["sign"], meaning)
    return found if any(meaning != UNKNOWN for meaning in found.values()) else {}


def _phrase(text: str, nearest: int) -> Meaning | None:
    """Return the meaning of what stands beside a sign: UNKNOWN of a short word that is none here, None of a sentence."""
    clauses = [clause for clause in _CLAUSES.split(_NUMBERING.sub("", text)) if _AROUND.sub("", clause)]
    text = clauses[nearest] if clauses else ""
    while (shorter := _AROUND.sub("", text)) != text:
        text = shorter
    if not text:
        return None
    parts = [part for part in _FURTHER.split(text) if part]
    if not parts or len(parts[0]) > _LONGEST_WORD:
        return None
    meanings = [meaning for part in parts if (meaning := word(part)) != UNKNOWN]
    if not meanings:
        return UNKNOWN
    if {SICK, PERSONAL} <= {meaning.attendance for meaning in meanings} and meanings[0].attendance == SICK:
        return Meaning(PERSONAL)  # 病、事假: one sign for both
    return meanings[0]
