"""Sign-in sheets: the only activity stands above the table, in the title or in lines such as 时间：2026年9月9日."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hub.sync.ledger import activity_dates, activity_kinds, cells, columns, marks
from hub.sync.ledger.activity_dates import NOTHING, Parts
from hub.sync.ledger.activity_kinds import Named
from hub.sync.ledger.marks import Meaning
from hub.sync.ledger.workbook import Cell

_CALLING = re.compile(r"签到|签名|点名|考勤|出勤|出席|到会|到课|参会|与会")
_WHERE = r"(?:参会|参加|参学|参与|与会|到会|到场|到课|出席|出勤|签到|考勤|点名|会议|活动|学习|本人|党员|人员|上课|现场|实际|当日|本次)*"
_HEAD = re.compile(
    rf"(?:是否)?{_WHERE}(?:签到|签名|签字|签章|到会|到场|到课|出席|参会|参加|参学|出勤|考勤|点名)(?:情况|状况|状态|结果|记录|栏|处|确认|符号|标记|记号|与否|时间)?"
    r"|(?:到会|出席|参会|参加|缺席|缺勤|请假|迟到|签到|出勤)+(?:情况|状况|状态)"
)
_SIGNED = re.compile(r"签名|签字|签章")
_LABEL_OF_DAY = re.compile(
    r"(?:活动|会议|学习|开会|召开|开展|举办|培训|组织生活|主题党日|党日|党课|上课|签到|考勤)*(?:的)?(?:时间|日期)"
)
_LABEL_OF_KIND = re.compile(
    r"(?:活动|会议|学习|培训|组织生活|党日|党课)*(?:的)?(?:名称|类别|类型|形式)|活动|会议|活动或会议"
)
_LABEL_OF_THEME = re.compile(
    r"(?:活动|会议|学习|培训|组织生活|主题党日|党日|党课)*(?:的)?(?:主题|内容|事项|议题|议程|项目)"
)
_LABEL = r"(?P<label>[\u4e00-\u9fff]{2,8})\s*(?:\([^)]*\))?\s*:"
_LABELLED = re.compile(
    rf"(?<![\u4e00-\u9fff]){_LABEL}\s*(?P<value>.*?)(?=[\s;,。]+{_LABEL.replace('?P<label>', '?:')}|$)"
)
_LETTERS_APART = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])\s+([\u4e00-\u9fff])(?=\s*(?::|$))")
_NOT_THE_DAY = re.compile(
    r"(?:截至|截止|填报|填表|制表|报送|上报|统计|打印|更新|印发|审核|根据|按照|通知|文件|要求|入党|成立)"
)
_LONGEST, _LONGEST_NAME = 200, 100
_BEFORE_TITLE = re.compile(
    r"(?:\d{1,2}|[一二三四五六七八九十]+)[日号月]?(?:\([^)]*\))?(?P<title>[^\d日号月()]{2,30}?)(?:会议|活动)?(?:人员)?(?:签到|点名|考勤|参会|到会|出席)\S*$"
)
_CLOCK = re.compile(r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*)?\d{1,2}:\d{2}(?::\d{2})?")


class Told(NamedTuple):
    """What stands above a sign-in sheet: when it was, and what."""

    day: Parts
    named: Named


def speaks_of_calling(text: str) -> bool:
    """Tell whether a title is that of a list of who was there."""
    plain = "".join(cells.plain(text).split())
    return calls(text) or (len(plain) < _LONGEST_NAME and _kind(plain).kind is not None)


def calls(text: str) -> bool:
    """Tell whether a title says so in as many words: 签到表, 考勤, 到会情况."""
    plain = "".join(cells.plain(text).split())
    return len(plain) < _LONGEST_NAME and _CALLING.search(plain) is not None


def is_head(text: str) -> bool:
    """Tell whether a head is that of a column in which people sign in: 签到, 到会情况, 签名."""
    return _HEAD.fullmatch(columns.normal(text)) is not None


def is_signed(text: str) -> bool:
    """Tell whether a head asks for people's own names."""
    return _SIGNED.search(columns.normal(text)) is not None


def told(levels: Sequence[Sequence[str]]) -> Told:
    """Return day and activity as the titles say them, the nearest level first.

    A further level only adds what no nearer one says: above a second table with a title of its own, the day of the
    first is not its day.
    """
    day, named = NOTHING, Named(None, None, None)
    for number, texts in enumerate(levels):
        found = _level(texts)
        is_sheet_name = number == len(levels) - 1
        if not day and (is_sheet_name or number == 0 or not (named.kind or named.title)):
            day = found.day
        if not (named.kind or named.title):
            named = found.named
    return Told(day, named)


def _level(texts: Sequence[str]) -> Told:
    held: list[Parts] = []
    about: list[tuple[bool, str]] = []
    free: list[str] = []
    waiting = ""
    for said, text in _pairs(texts):
        label, waiting = said or waiting, ""  # the label may stand in a cell of its own
        if label and not text:
            waiting = label
            continue
        if _LABEL_OF_DAY.fullmatch(label):
            held.append(activity_dates.parts(text)[0])
        elif _LABEL_OF_KIND.fullmatch(label) or _LABEL_OF_THEME.fullmatch(label):
            about.append((_LABEL_OF_KIND.fullmatch(label) is not None, text))
        elif label and activity_kinds.read(label).kind:  # 主题党日：参观纪念馆
            about.append((True, f"{label} {text}"))
        elif not label and len(text) < _LONGEST_NAME and not _NOT_THE_DAY.search(text):
            free.append(text)
    day = _one(held) if held else _one([activity_dates.parts(text)[0] for text in free])
    return Told(day, _named([text for _, text in sorted(about, key=lambda one: not one[0])], free))


def _pairs(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield label and value of each thing that a line says; without a label what stands alone."""
    for text in texts:
        plain = _LETTERS_APART.sub(r"\1\2", cells.plain(text)[:_LONGEST])
        first = _LABELLED.search(plain)
        before = plain[: first.start()].strip() if first else plain
        if before:
            is_label = any(label.fullmatch(before) for label in (_LABEL_OF_DAY, _LABEL_OF_KIND, _LABEL_OF_THEME))
            yield (before, "") if is_label else ("", before)
        for match in _LABELLED.finditer(plain):
            yield match["label"], match["value"].strip()


def _one(found: Sequence[Parts]) -> Parts:
    """Return the one day that is said, else the one month; a wrong one where there are several."""
    for exact in (True, False):
        said = {parts for parts in found if parts.month and (parts.day is not None) == exact}
        days = {(parts.month, parts.day) for parts in said}
        years = {parts.year for parts in said if parts.year}
        if len(days) > 1 or len(years) > 1:
            return Parts(wrong=True)
        if said:
            return next(iter(said))._replace(year=years.pop() if years else None, wrong=any(p.wrong for p in said))
    return next((parts for parts in found if parts), NOTHING)


def _named(about: Sequence[str], free: Sequence[str]) -> Named:
    read = [activity_kinds.read(activity_dates.parts(text)[1]) for text in about]
    above = [_kind(text) for text in free]
    kinds = [one for one in (*read, *above) if one.kind]
    mode = next((one.mode for one in (*read, *above) if one.mode), None)
    title = next((one.title for one in read if one.title), None)
    if kinds:
        return Named(kinds[0].kind, title[:_LONGEST_NAME] if title else None, mode)
    if title is None:
        matches = (_BEFORE_TITLE.search("".join(text.split())) for text in free)
        title = next((match["title"] for match in matches if match), None)
        title = activity_kinds.read(title).title if title else None
    return Named(None, title[:_LONGEST_NAME] if title else None, mode)


def _kind(text: str) -> Named:
    """Judge a title; the name of a branch in it is no meeting of its committee."""
    return activity_kinds.read(activity_kinds.without_committee(activity_dates.parts(text)[1]))


# Cells ------------------------------------------------------------------------------------------------------

_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安"
    "常乐于傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋庞熊纪舒屈项祝董梁杜阮蓝闵季麻强贾路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞"
    "万支柯管卢莫房丁邓单杭洪包左石崔吉龚程邢裴陆荣翁荀甄曲封储靳焦牧山谷车侯宓蓬全班仰秋仲伊宫宁仇栾甘厉祖武符刘景詹束龙叶幸司黎薄印白怀蒲邰从索赖卓蔺屠蒙池乔"
    "阴胥苍闻莘党翟谭贡劳逄姬申扶堵冉宰雍桑桂牛寿通边扈燕冀尚农温别庄晏柴瞿阎慕连习艾鱼容向古易慎戈廖终居衡步都耿满弘匡国文寇广东欧沃利师巩聂晁勾敖冷辛阚那简饶曾"
    "沙丰巢关查游权付肖闫覃岳代亓佟苟鞠隋年涂官明原战矫展佘粟昝邸晋楚仝暴钮占代税丛"
)
_TWO_LETTERS = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "令狐",
    "慕容",
    "司徒",
    "夏侯",
    "端木",
    "南宫",
    "独孤",
)
_NO_SIGNATURE = re.compile(
    r"代签|代$|补签|外出|在外|外地|务工|打工|有事|生病|住院|手术|年老|年迈|高龄|通知|电话|请|未|没|不|无|任务|返|出国|出差|去世|调走|转走|本人|已|签|√|在家|带娃|值班|加班|上班"
)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")


def has_surname(text: str) -> bool:
    """Tell whether a text begins like a name: quick, and no more than that."""
    return text[:1] in _SURNAMES


def is_name(cell: Cell) -> bool:
    """Tell whether a cell is a person's name and nothing else: 周洁, 欧阳晓, 买买提·艾力; 外出 is none."""
    name = cells.name(cell)
    if name is None or not isinstance(cell, str) or _NO_SIGNATURE.search(cells.plain(cell)):
        return False
    if "·" in name:
        return 3 <= len(name) <= 20
    if _HAN_NAME.fullmatch(name) is None or marks.word(name) != marks.UNKNOWN:
        return False
    return name[0] in _SURNAMES or name.startswith(_TWO_LETTERS)


def meaning(head: str, cell: Cell, person: Cell, legend: marks.Legend) -> Meaning:
    """Return what a cell says in which people sign in: a mark, their own name, below 签名 any name, a time of day."""
    found = marks.read(cell, legend)
    if found.attendance:
        return found
    name = cells.name(cell)
    own = name is not None and name == cells.name(person)
    if own or (is_signed(head) and is_name(cell)) or ("时间" in head and _is_time(cell)):
        return Meaning(marks.PRESENT)
    return marks.UNKNOWN


def _is_time(cell: Cell) -> bool:
    if isinstance(cell, float):
        return 0 < cell < 1 or 40_000 < cell < 60_000
    return isinstance(cell, dt.date) or _CLOCK.fullmatch(cells.plain(cell)) is not None
