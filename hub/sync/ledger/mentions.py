"""The organization that is named above a table: in a line, in the title, by the name of the sheet.

Also: which lines are notes, signatures and sums, that no ledger line may be made of.
"""

from __future__ import annotations

import dataclasses
import enum
import re
import unicodedata
from collections.abc import Sequence

from hub.sync.ledger import cells
from hub.sync.ledger.workbook import Cell


class Source(enum.StrEnum):
    """Where an organization was named; a line says it, a title or a sheet's name only hints at it."""

    LINE = "LINE"
    TITLE = "TITLE"
    SHEET_NAME = "SHEET_NAME"


@dataclasses.dataclass(frozen=True, slots=True)
class OrganizationMention:
    """An organization named above a table; `within` are those named beside or above it, the nearest first."""

    text: str | None
    code: str | None
    source: Source
    within: tuple[str, ...] = ()


_LABELS = (
    (0, r"(?:所在|所属|流出地|隶属)?(?:党支部|支部)(?:名称|全称)?"),
    (1, r"(?:所在|所属|管理|流出地|隶属|本级)?党组织(?:名称|全称)?|组织名称"),
    (
        2,
        r"(?:填报|填表|上报|报送|编报|制表|造册|登记|汇总)(?:单位|党组织|党支部|支部|组织|党委)(?:名称)?|(?:单位|部门)(?:名称)?",
    ),
    (3, r"(?:所在|所属|上级|基层|乡镇|镇|街道)?(?:党委|党工委|党总支|总支)(?:名称)?"),
)
_LABELLED = re.compile(
    r"(?<![\u4e00-\u9fff])(?:" + "|".join(f"(?P<r{rank}>{words})" for rank, words in _LABELS) + r")\s*(?:\([^)]*\))?\s*"
    r":\s*(?P<value>\S.*?)(?=\s{2,}|\s+[\u4e00-\u9fff]{2,10}\s*(?:\([^)]*\))?\s*:|$)"
)
_CODE_LABELLED = re.compile(r"(?:党组织|党支部|支部|组织|单位)?(?:代码|编码|代号)\s*:\s*(?P<code>[A-Za-z0-9][\w\-:.]*)")
_CODE = re.compile(
    r"\(?\s*(?:党组织|党支部|支部|组织)?(?:代码|编码|编号|代号)?\s*:?\s*(?P<code>[A-Za-z0-9][A-Za-z0-9\-:._]+)\s*\)?$"
)
_ORGANIZATION_WORD = (
    r"(?:支部委员会|总支部委员会|党支部|党总支|总支部?|支部|党工委|工作委员会|工委|委员会|党委|组织部|党组)"
)
_BARE = re.compile(
    rf"(?:[一二三四五六七八九十\d]+\s*[、.]\s*|\([一二三四五六七八九十\d]+\)\s*)?(?P<text>[\u4e00-\u9fff\dA-Za-z·]{{1,40}}{_ORGANIZATION_WORD})"
    r"\s*(?:\((?P<note>[^)]*)\))?\s*(?:共?\s*\d+\s*(?:人|名|名党员))?\s*:?"
)
_TITLE_WORD = re.compile(
    r"党员|台账|名册|登记表|统计表|采集表|汇总表|一览表|名单|报表|信息表|情况表|明细表|登记簿|摸排表|调查表|点名[册表簿]|签到[册表簿]|考勤[册表簿]|(?:出勤|到会)(?:情况|记录|统计)"
)
_TITLE_CUT = re.compile(
    r"(?:(?:19|20)?\d\d年度?|[一二三四五六七八九十\d]{1,2}月份?|第[一二三四]季度|[上下]半年|截至|截止|关于|中共党员|(?:全体|在册)?(?:流出|流入|外出|流动|返乡|外来|务工|失联|正式|预备)*"
    r"(?:地)?党员(?!党?支部|党?总支|党委|之家)|党组织(?:基本)?(?:信息|情况|名册|台账)|(?:基本)?(?:信息|情况)(?:登记|统计|采集|汇总|一览)?表|(?:工作)?(?:台账|花?名册|登记[表簿]|统计表|汇总表|一览表|名单|明细表)|(?:参加)?(?:组织生活|主题党日|党日活动|三会一课|(?:支部)?党员大会|党课|集中培训)?(?:活动)?(?:点名|签到|考勤|出勤|到会)(?:[册表簿]|情况|记录|统计)).*$"
)
_TITLE_HEAD = re.compile(
    r"^\s*(?:附件|附表|附|表)\s*[一二三四五六七八九十\d]*(?:[-—]\d+)?\s*[:.、\s]\s*|^续表\s*\d*[:、\s]*"
)
# 2026年9月9日高坪村党支部主题党日签到表: what a title begins with, and where what was held begins.
_WHEN = r"(?:(?:19|20)?\d\d年度?|二[〇零○O][一二三四五六七八九〇零○O]{2}年度?|第?[一二三四1-4](?:[、,和至\-][一二三四1-4])?季度|[上下]半年|\d{1,2}月份?|\d{1,2}[日号])"
_DATED = re.compile(rf"{_WHEN}+(?:[-~—–至到]+{_WHEN}+)?(?:\([^)]*\))?")
_WHAT = re.compile(
    r"召开|开展|举行|举办|参加|主题|党员|全体|集中|三会一课|党课|学习|会议|活动|点名|签到|考勤|出勤|到会|登记|统计"
)
_BY_WHOM = re.compile(rf"[\u4e00-\u9fff\dA-Za-z·]{{1,40}}{_ORGANIZATION_WORD}")
_NO_SHEET_NAME = re.compile(
    r"(?:sheet|工作表|表|table|data)?\s*[\d一二三四五六七八九十]*月?(?:\(\d+\))?|新建.*|.*说明|目录|封面", re.IGNORECASE
)
_NOTE = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明|附注|附|注意事项|提示)\s*\d*\s*(?:[:.、]|\s|$)|[※*★▲]"
    r"|(?:填表|填报|制表|审核|审批|复核|经办|统计|录入|报送|上报)(?:人|员|者|单位|部门|领导|负责人)?(?:签[字章名])?\s*(?:\([^)]*\))?\s*:"
    r"|(?:单位|支部|党支部|党委|党组织|部门|主管|分管)?(?:负责人|责任人|领导|书记|联系人|联系电话|电话|主任)(?:签[字章名])?\s*(?:\([^)]*\))?\s*:"
    r"|(?:填表|填报|制表|报送|上报|统计)?(?:日期|时间)\s*:|\(?(?:公章|盖章|签章|签字)|截[至止]|以上|此表|本表|续表|第\s*\d+\s*页"
)
_NUMBERED_NOTE = re.compile(r"[一二三四五六七八九十]+\s*[、.]|\(?[\d一二三四五六七八九十]+\)?\s*[、.)]\s*\S{8,}|[①-⑳]")
_LONGEST = 200  # a cell may hold 32,767 characters
_SUM = re.compile(
    r"(?:本页|支部|全[镇乡县区村街]|以上)?(?:小计|合计|总计|共计|累计|总数|总人数|人数合计)(?:人数?|数)?\s*(?:[:(]|\d|人|名|$)|共\s*\d*\s*(?:人|名)"
)


def normal_text(cell: Cell) -> str:
    """Return a cell in normal width (brackets and colons too), without the spaces around it."""
    return cells.plain(cell)


def is_sum(text: str) -> bool:
    """Tell whether a text begins a line of sums: 小计, 合计：6人, 共计 人."""
    return _SUM.match("".join(text.split())) is not None


def is_note(text: str, *, numbered: bool = True) -> bool:
    """Tell whether a text begins a note or a line of signatures; a number (一、) may also count the lines."""
    return _NOTE.match(text) is not None or (numbered and _NUMBERED_NOTE.match(text) is not None)


def distinct_texts(row: Sequence[Cell]) -> list[str]:
    """Return the different texts of a row from left to right; of a long one its beginning."""
    return list(dict.fromkeys(text for cell in row if cell != "" and (text := normal_text(cell)[:_LONGEST])))


def above(rows: Sequence[Sequence[str]]) -> OrganizationMention | None:
    """Return the organization that the rows above a table name.

    The nearest line says it: 第一党支部 right above the table is a branch of what a label or the title names. A branch in
    the title goes before its superior in a line.
    """
    worded = [[text for text in texts if ":" in text or len(texts) > 1] for texts in rows]
    labelled = in_line([text for texts in worded for text in texts])
    labelled_at = max((number for number, texts in enumerate(worded) if in_line(texts)), default=-1)
    alone, alone_at = None, -1
    for number, texts in enumerate(rows):
        if len(texts) == 1 and (found := standing_alone(texts[0])):
            alone, alone_at = found, number
    title = next((found for texts in rows for text in texts if (found := in_title(text))), None)
    line: OrganizationMention | None
    outer: list[OrganizationMention | None]
    if labelled and not (alone and alone_at > labelled_at):
        line, outer = labelled, [alone, title]
    else:
        line, outer = alone, [labelled, title]
    if line and title and line.code is None and title.text and "支部" in title.text and "支部" not in (line.text or ""):
        return inside(title, line)
    return inside(line, *outer) if line else title


def inside(mention: OrganizationMention, *outer: OrganizationMention | None) -> OrganizationMention:
    """Return a mention that is to be looked for within others first, the nearest first."""
    names = [name for one in outer if one for name in (one.text or one.code, *one.within) if name]
    return dataclasses.replace(mention, within=tuple(dict.fromkeys([*mention.within, *names])))


def in_line(texts: Sequence[str]) -> OrganizationMention | None:
    """Return the organization that a line above a table names by a label, or by standing there alone."""
    joined = "  ".join(texts)
    joined = re.sub(r":\s+", ":", joined)
    found: dict[int, str] = {}
    for match in _LABELLED.finditer(joined):
        rank = next(rank for rank, _ in _LABELS if match[f"r{rank}"])
        found.setdefault(rank, match["value"].strip())
    code_match = _CODE_LABELLED.search(joined)
    code = code_match["code"] if code_match else None
    if found:
        ranks = sorted(found)
        text, own_code = split_code(found[ranks[0]])
        within = tuple(outer for rank in ranks[1:] if (outer := split_code(found[rank])[0]))
        return OrganizationMention(text, own_code or code, Source.LINE, within) if text or own_code or code else None
    if code:
        return OrganizationMention(None, code, Source.LINE)
    if len(texts) == 1:
        return standing_alone(texts[0])
    return None


def standing_alone(text: str) -> OrganizationMention | None:
    """Return the organization that a line consists of: 二、柳河镇白杨村党支部（15人）."""
    match = _BARE.fullmatch(text)
    if not match or _TITLE_WORD.search(text.replace("流动党员党支部", "")):
        return None
    _, code = split_code("(" + match["note"] + ")") if match["note"] else ("", None)
    return OrganizationMention(match["text"], code, Source.LINE)


def split_code(value: str) -> tuple[str | None, str | None]:
    """Split 中共…支部委员会（代码 YL0101） into name and code; brackets without a code (盖章) fall away."""
    value = value.strip()
    code = None
    match = re.search(r"\(([^()]*)\)\s*$", value)
    while match:
        inner = _CODE.fullmatch(match[1].strip())
        if inner and any(character.isdigit() for character in inner["code"]):
            code = inner["code"]
        value = value[: match.start()].strip()
        match = re.search(r"\(([^()]*)\)\s*$", value)
    if re.fullmatch(r"[A-Za-z0-9\-:._]+", value) and any(character.isdigit() for character in value):
        return None, code or value
    return (None if cells.is_blank(value) else value), code


def in_title(text: str) -> OrganizationMention | None:
    """Return what stands before 流出党员台账 and its like in a title."""
    if not _TITLE_WORD.search(text):
        return None
    name = _named(text)
    return OrganizationMention(name, None, Source.TITLE) if name else None


def in_sheet_name(name: str) -> OrganizationMention | None:
    """Return the organization that a sheet may be named after."""
    text = unicodedata.normalize("NFKC", name)[:_LONGEST]
    if _NO_SHEET_NAME.fullmatch(text):
        return None
    found = _named(text)
    return OrganizationMention(found, None, Source.SHEET_NAME) if found else None


def _named(title: str) -> str | None:
    text = re.sub(r"\([^()]*\)|\s+|[《》“”\"]", "", _TITLE_HEAD.sub("", title))
    if dated := _DATED.match(text):
        named = _BY_WHOM.match(_WHAT.split(text[dated.end() :], maxsplit=1)[0])
        if named:
            return named[0]
    text = _TITLE_CUT.sub("", text).strip("-—_:,.、 ")
    return text if len(text) > 1 else None
