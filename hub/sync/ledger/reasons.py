"""Why somebody was not there, as a column beside the marks says it: a leave is no absence without leave."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hub.sync.ledger import cells, marks
from hub.sync.ledger.rows import RollcallActivity
from hub.sync.ledger.table import Table
from hub.sync.ledger.workbook import Cell

_HEAD = re.compile(r"原因|事由|理由")
# Reasons for other things: hub/sync/ledger/refused.py writes 退回原因.
_OF_OTHERS = re.compile(r"退回|[扣加评得积]分|党费|缴|困难|低保|贫|入党|处分|转[出入接移]")
_OF_STAY = re.compile(r"流[动出入]|外[流出]")

_FAMILY = re.compile(
    r"家[里中人属]|照[顾看料]|陪|护理|[父母]亲|爸|妈|爱人|妻|丈夫|老婆|老公|孩|儿子|女儿|孙|老人|公公|婆婆|岳[父母]"
)
_SICK = re.compile(r"病(?!房值)|住院|手术|就医|就诊|医院|化疗|骨折|受伤|发烧|感冒|身体不适")
_OFFICIAL = re.compile(r"出差|公[差务出干假]|因公|值班|执勤|外出开会")
_PERSONAL = re.compile(r"请假|回老?家|有事|事假|私事|探亲|奔?丧|婚|产假")
_LEAVE = {marks.SICK, marks.OFFICIAL, marks.PERSONAL}
_WITHOUT = re.compile(r"(?:未|没有?|无)(?:请假|说明|原因|理由)|(?:未|没有?)说(?:明)?(?:原因|理由)")
_NOT_SO = re.compile(r"[未没不无]有?(?:请|准|批|病|事|生)|销假|拒")
_LONGEST = 60


def columns(table: Table) -> list[int]:
    """Return the columns of a table that say why somebody was not there."""
    held = {head.column for head in table.activities}
    first = min(held, default=0)
    found = []
    for column in range(table.left, table.right):
        if column in held or column in table.fields.values():
            continue
        text = _head(table, column)
        if not _HEAD.search(text) or _OF_OTHERS.search(text) or (column < first and _OF_STAY.search(text)):
            continue
        found.append(column)
    return found


def _head(table: Table, column: int) -> str:
    """Return the lowest head of a column."""
    for row in range(table.body - 1, table.top - 1, -1):
        top, left = table.merged.get((row, column), (row, column))
        if text := cells.plain(table.sheet.rows[top][left]):
            return "".join(text.split())
    return ""


def own_columns(table: Table, found: Sequence[RollcallActivity], reasons: Sequence[int]) -> dict[int, int]:
    """Return for the column of an activity the one with its reasons, where it has one.

    What stands behind several activities in a row may be about any of them.
    """
    held = [head.column for head in table.activities]
    if not reasons:
        return {}
    if len({(one.kind, one.title, one.held_on) for one in found}) == 1:
        return {at: next((reason for reason in reasons if reason > at), reasons[-1]) for at in held}
    return {at: at + 1 for at in held if at + 1 in reasons and at - 1 not in held}


def judged(own: int | None, said: Mapping[int, Cell], legend: marks.Legend) -> marks.Meaning:
    """Return what an absence without leave is, given what the line says in its columns of reasons."""
    absent = marks.Meaning(marks.ABSENT)
    if own is not None:
        return absent if marks.is_blank(said[own]) else _read(said[own], legend)
    return absent if all(map(marks.is_blank, said.values())) else marks.UNKNOWN


def _read(cell: Cell, legend: marks.Legend) -> marks.Meaning:
    """Return the leave that a reason is, absence where it says that there was none, else UNKNOWN."""
    text = marks.plain(cell).rstrip(".。,，;；")
    meaning = marks.read(cell, legend)
    if meaning.attendance == marks.ABSENT or _WITHOUT.fullmatch(text):
        return marks.Meaning(marks.ABSENT)
    if len(text) > _LONGEST or _NOT_SO.search(text):
        return marks.UNKNOWN
    sick, official = _SICK.search(text), _OFFICIAL.search(text)
    if sick and official:
        return marks.UNKNOWN
    if sick:
        return marks.Meaning(marks.PERSONAL if _FAMILY.search(text) else marks.SICK)
    if official:
        return marks.Meaning(marks.OFFICIAL)
    if meaning.attendance in _LEAVE:
        return marks.Meaning(meaning.attendance)
    # 到会, 补学 beside ×: one of the two is a slip of the pen.
    return marks.Meaning(marks.PERSONAL) if meaning == marks.UNKNOWN and _PERSONAL.search(text) else marks.UNKNOWN
