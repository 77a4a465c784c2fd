"""Readers of single cells that hold words: names, yes and no, categories, card numbers, remarks.

Each returns a value, or a value and the code of what is wrong with it; none raises. Numbers of persons,
phones and dates have files of their own.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata

from hub.domain.phone import INVISIBLE
from hub.domain.statement import DOTS
from hub.sync.ledger.workbook import Cell

VALUE_UNREADABLE = "VALUE_UNREADABLE"

_SPACES = re.compile(r"\s+")
_BLANK = re.compile(
    r"""[—–―‐‑−ー─\-_/\\|.。、,，·?？*＊~～\s]*"""  # only strokes and marks
    r"|(暂|均)?(没有|无|缺|空|空白|不详|不祥|不明|不清楚|未知|未填写?|待填|待补充?|待定|待查|待核实?|不适用|略)[。.]?"
    r"|(尚|暂)?未(办理?|发放?|领取?|登记|提供)|none|null|nil|nan|n/?a|无此项|\#(n/?a|ref!|value!|name\??|div/0!|null!|num!)",
    re.IGNORECASE,
)


_LONGEST_KEPT = 100  # longer texts stay out of the caches: a cell may hold 32,767 characters
_LONGEST_NAME = 60
_LONGEST_WORD = 30
_LONGEST_REMARK = 1_000
_LONGEST_BLANK = 20  # no word for "nothing" is longer, spaces included


def plain(cell: Cell) -> str:
    """Return a cell as text in normal width, without invisible characters, trimmed."""
    if type(cell) is str:
        # Printable ASCII is in normal width already; most cells with numbers are.
        text = cell if cell.isascii() else unicodedata.normalize("NFKC", cell).translate(INVISIBLE)
        return text.strip()
    return written(cell).strip()


def written(cell: Cell) -> str:
    """Return a cell as a person would read it: the original text that is kept where a value is left open."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else repr(cell)


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell says nothing: empty, 无, —, /, 不详, 未办 and their like."""
    return cell == "" or (isinstance(cell, str) and len(cell) < _LONGEST_BLANK and _is_blank_text(cell))


@functools.lru_cache(maxsize=20_000)
def _is_blank_text(text: str) -> bool:
    return _BLANK.fullmatch(plain(text)) is not None


def text(cell: Cell) -> str | None:
    """Return free text on one line, or None where the cell is blank."""
    if type(cell) is not str:
        return written(cell)
    return _text(cell) if len(cell) < _LONGEST_KEPT else _SPACES.sub(" ", cell).strip() or None


@functools.lru_cache(maxsize=20_000)
def _text(cell: str) -> str | None:
    if is_blank(cell):
        return None
    if cell.isalnum():
        return cell  # nothing to trim: keep the shared object
    return _SPACES.sub(" ", cell).strip() or None


# Names ------------------------------------------------------------------------------------------------------

_DOTS = re.compile(f"[{DOTS}]+")
_BRACKETED = re.compile(r"[(\[{〔【<《（［｛〈「『][^)\]}〕】>》）］｝〉」』]*[)\]}〕】>》）］｝〉」』]?")
_NUMBERED = re.compile(r"^\s*\d+\s*[、.．\s]\s*")
# A note needs at least two characters before it: 张 新 is a name with a space in it.
_NAME_NOTE = re.compile(
    r"(?<=\S\S)(?:\s*[,，;；:：、/\\\-—]\s*(?:男|女|新|群众|\d+岁)|[\s,，;；:：、/\\\-—]+(?:(?:中共)?(?:预备|正式)?党员|同志|先生|女士|书记"
    r"|党小组长|委员|预备|正式|外出|流动|流出|流入|返乡|已\w+|拟\w+|未\w+|曾用名.*|原名.*))\s*$"
)
_NAME_TAIL = re.compile(r"(中共)?(预备党员|正式党员|同志)$")
_NAME_MARKS = re.compile(r"[*＊#※△▲☆★√✓@^+?？!！\"“”'‘’`,，;；:：、/\\|~\-—_\d①-⑳]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ'’ .\-]+")


def name(cell: Cell) -> str | None:
    """Return a name without spaces, brackets, notes and footnote marks, its dots as ·, or None where there is none."""
    if type(cell) is str:
        if 1 < len(cell) < 5 and _PLAIN_NAME.fullmatch(cell) and cell not in _NOT_A_NAME and cell[-2:] != "同志":
            return cell
        return _name(cell) if len(cell) < _LONGEST_NAME else None
    return None


_PLAIN_NAME = re.compile(r"[\u4e00-\u9fff]+")
_NOT_A_NAME = {"不详", "没有", "未知", "暂无", "空白", "不明", "未填", "待定", "待查", "不清楚", "待补充", "未提供"}


@functools.lru_cache(maxsize=20_000)
def _name(cell: str) -> str | None:
    if is_blank(cell):
        return None
    text = _BRACKETED.sub(" ", plain(cell)).strip() or plain(cell).strip("()[]{}〔〕【】<>《》｛｝〈〉「」『』")
    text = _NUMBERED.sub("", text)
    if _LATIN.fullmatch(text):
        return _SPACES.sub(" ", text).strip(" .-") or None
    text = _NAME_TAIL.sub("", _NAME_NOTE.sub("", text))
    text = _NAME_MARKS.sub("", _SPACES.sub("", text))
    text = _DOTS.sub("·", text).strip("·")
    return text or None


# Words from short lists -------------------------------------------------------------------------------------

_YES = re.compile(
    r"(是|有|对|√|✓|✔|☑|🗹|■|●|○|v|y|yes|t|true|1|ok|已|持有?|发|领)的?|已(发放?|领取?|办理?|持有?|返乡|转正)(证)?|(持|有)证"
)
_NO = re.compile(
    r"(否|无|没有?|未|不是?|×|✗|✘|✕|╳|☒|□|x|n|no|f|false|0|非|不具[有备])的?|(尚|暂)?(未|没有?)(发放?|领取?|办理?|持有?|返乡|转正|有)(证)?|无证"
)


@functools.lru_cache(maxsize=5_000)
def _yes_or_no(text: str) -> bool | None:
    text = _SPACES.sub("", _BRACKETED.sub("", text)).casefold()
    if _YES.fullmatch(text):
        return True
    return False if _NO.fullmatch(text) else None


def boolean(cell: Cell) -> tuple[bool | None, str | None]:
    """Read 是, √, 1, 有 and 否, ×, 0, 无; a blank cell is neither."""
    if isinstance(cell, bool):
        return cell, None
    if cell == "":
        return None, None
    if cell == "是" or cell == "√":
        return True, None
    word = plain(cell)
    value = _yes_or_no(word) if len(word) < _LONGEST_WORD else None
    if value is None and not is_blank(cell):
        return None, VALUE_UNREADABLE
    return value, None


_CATEGORIES = {
    **dict.fromkeys(["正式党员", "正式", "中共党员", "中共正式党员", "党员", "正式中共党员", "FULL"], "FULL"),
    **dict.fromkeys(["预备党员", "预备", "中共预备党员", "预备期", "预备期党员", "PROBATIONARY"], "PROBATIONARY"),
}


def category(cell: Cell) -> tuple[str | None, str | None]:
    """Read 正式党员 or 预备党员 by word: the numbers 1 and 2 mean opposite things in different systems."""
    if is_blank(cell):
        return None, None
    value = _CATEGORIES.get(_SPACES.sub("", _BRACKETED.sub("", plain(cell))).strip("。. "))
    return value, None if value else VALUE_UNREADABLE


_GENDER_WORDS = {"男", "女"}
_GENDERS = {
    **dict.fromkeys(["男", "男性", "m", "male", "1"], "男"),
    **dict.fromkeys(["女", "女性", "f", "female", "2"], "女"),
}


def gender(cell: Cell) -> tuple[str | None, str | None]:
    """Read 男 or 女, also by the codes of GB/T 2261.1; 0 and 9 say that it is not known."""
    if isinstance(cell, str) and cell in _GENDER_WORDS:
        return cell, None
    if is_blank(cell) or plain(cell) in {"0", "9"}:
        return None, None
    value = _GENDERS.get(plain(cell).casefold())
    return value, None if value else VALUE_UNREADABLE


def ethnicity(cell: Cell) -> str | None:
    """Return the ethnic group with its 族: 汉 and 汉族 are one."""
    value = text(cell)
    if value is None or value.endswith(("族", "人")) or not _PLAIN_NAME.fullmatch(value) or len(value) > 5:
        return value
    return value + "族"


# Numbers that are only words --------------------------------------------------------------------------------

_CARD_LABEL = re.compile(r"^(编号|证号|号码|NO\.?|№|第)[:.]?|号$", re.IGNORECASE)


_PLAIN_CARD = re.compile(r"[A-Z]*\d{4,}")


def card_number(cell: Cell) -> tuple[str | None, bool | None, str | None]:
    """Return the number of an activity card, whether a card is said to exist, and what is wrong."""
    if is_blank(cell):
        return None, None, None
    if type(cell) is str and _PLAIN_CARD.fullmatch(cell):
        return cell, True, None
    issued, _ = boolean(cell)
    if issued is not None and plain(cell) not in {"1", "0"}:
        return None, issued, None
    number = _CARD_LABEL.sub("", _SPACES.sub("", plain(cell)).upper())
    if not any(character.isdigit() for character in number):
        return None, None, VALUE_UNREADABLE
    return number, True, None


def code(cell: Cell) -> str | None:
    """Return an organization's code: never parsed, only trimmed and in capitals."""
    if is_blank(cell):
        return None
    return _SPACES.sub("", plain(cell)).lstrip("'`").upper() or None


# Remarks ----------------------------------------------------------------------------------------------------

RETURNED, TRANSFERRED, DECEASED, NO_CONTACT = "RETURNED", "TRANSFERRED", "DECEASED", "NO_CONTACT"

_CLAUSES = re.compile(r"[,，;；。.\n!！]")
# What is intended, doubted or denied has not happened.
_NOT_SO = re.compile(
    r"拟|计划|准备|预计|预期|将|打算|考虑|希望|想|意愿|可能|也许|如|若|是否|待|申请|尚|未|没|无法|不(?!幸|久|慎)|正在|(又|再|后)(次)?(外出|流出|离)"
)
# Visits and habits; they do not weaken a plain 已返乡.
_NOT_FOR_GOOD = re.compile(
    r"每年|逢年|逢节|每逢|每次|经常|偶尔|时常|时间|后再|前(?=返|回)|要|等待|过年|探亲|看望|休假|度假|短期|临时|春节(?!后)"
)
_ALREADY = re.compile(r"已(经)?[^,]{0,12}?[返回]")
_RETURNED = re.compile(
    r"(返|回)(乡|村|家|来|归|原籍|本地|老家|流出地|户籍地|县|镇)|返回(?!意见)|已(返|回)(?![复执电函信访])|回流|回(到|至)\w*(村|乡|镇|县|老家|家乡)"
)
_TRANSFERRED = re.compile(
    r"(转走|转出|迁出|转往|转移)|(组织)?关系(已|均|现|业)?(转|迁)(?!入|正|接中)|已转(?!正|入|达|告|发|账|载|业|岗|换)"
)
_NO_TRANSFER = re.compile(
    r"转(出|移|接)(中|手续)|办理中|证明|拟|计划|准备|申请|正在|待|未|没|预计|将|打算|要|可能|需|不|应|建议|欲|想|工作|岗位|户口"
)
_DECEASED = re.compile(r"去世|病故|病逝|逝世|死亡|亡故|已故|身故|过世|离世|辞世|病亡")
_RELATIVE = re.compile(
    r"[父母妻夫岳公婆爷奶儿女子兄弟姐妹哥嫂叔伯舅姨姑]|爱人|配偶|家人|家属|亲人|亲属|老人|长辈|未|没|不(?!幸)"
)
_NO_CONTACT = re.compile(
    r"(联系|联络|找|打)不(上|到|着|通)|(未|没有?|无法|不能|难以)(能)?(再|与?其|和其|同其|与本人)?(取得|联系|联络)(上|到)?|失(去)?联(系)?|失(去)联络"
    r"|无(法)?联系(?!电话|方式|人)|(去向|下落)不明|空号|停机|关机|无人接听|断联|断绝联系|无音讯|杳无"
)
_CONTACT_AGAIN = re.compile(
    r"(未|没有?|并?非|不是|不属于?|无)失(去)?联|(已|又|重新|恢复|现)(取得|恢复|能)?联系(上)?(?!不)|曾|找到|原失联|换号|(已)?恢复|联系方式|联系电话"
)


def suggestions(remark: str) -> tuple[str, ...]:
    """Return what a remark gives reason to ask about: RETURNED, TRANSFERRED, DECEASED, NO_CONTACT.

    A remark is never a state: it becomes a task for a person. What is meant for the future (拟返乡), denied
    (未返乡) or about somebody else (父亲去世) is no reason to ask.
    """
    return _suggestions(remark[:_LONGEST_REMARK]) if len(remark) > _LONGEST_KEPT else _short_suggestions(remark)


@functools.lru_cache(maxsize=20_000)
def _short_suggestions(remark: str) -> tuple[str, ...]:
    return _suggestions(remark)


def _suggestions(remark: str) -> tuple[str, ...]:
    found = []
    for clause in _CLAUSES.split(_SPACES.sub("", plain(remark))):
        came_back = _RETURNED.search(clause) and not _NOT_SO.search(clause)
        if came_back and (_ALREADY.search(clause) or not _NOT_FOR_GOOD.search(clause)):
            found.append(RETURNED)
        if _TRANSFERRED.search(clause) and not _NO_TRANSFER.search(clause):
            found.append(TRANSFERRED)
        if _DECEASED.search(clause) and not _RELATIVE.search(clause):
            found.append(DECEASED)
        if _NO_CONTACT.search(clause) and not _CONTACT_AGAIN.search(clause):
            found.append(NO_CONTACT)
    return tuple(dict.fromkeys(found))
