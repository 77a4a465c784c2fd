"""Parts of one theme day in columns of their own: 一课 | 一片 | 一实践 are no three activities."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import NamedTuple

from hub.models import ATTENDED
from hub.sync.ledger import activity_dates, activity_kinds, cells, marks, signin
from hub.sync.ledger.heads import ActivityHead, Says
from hub.sync.ledger.rows import Mark

_THEME_DAY = "THEME_DAY"
_ONE_OF_EACH = {"一课": "LECTURE", "一片": "FILM", "一实践": "PRACTICE"}
_WORDS = [
    ("LECTURE", re.compile(r"[听上讲]党课")),
    ("FILM", re.compile(r"观影|看一部片|(?:观看)?红色电影")),
    ("PRACTICE", re.compile(r"实践活动|志愿服务(?:活动)?")),
]
_BRACKETED = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")


class Part(NamedTuple):
    """What a column holds of an activity: the number of the activity's first column, the component, and how it was held.

    Beside the components 到会 is about the whole: then there is no component.
    """

    first: int
    component: str | None
    mode: str | None


def of(heads: Sequence[ActivityHead], titled: str | None) -> dict[int, Part]:
    """Return the columns that hold components, by their number: two different ones at least below the same heads.

    `titled` is the kind that the titles name.
    """
    groups: dict[tuple[tuple[int, str], ...], dict[int, str | None]] = {}
    for number, head in enumerate(heads):
        component = _component(head, titled)
        if component or _is_whole(head):
            above = tuple((cell.row, cells.plain(cell.cell)) for cell in head.cells[1:])
            groups.setdefault(above, {})[number] = component
    return {
        number: Part(min(group), component, activity_kinds.read(cells.plain(heads[number].cells[0].cell)).mode)
        for group in groups.values()
        if len(set(group.values()) - {None}) > 1
        for number, component in group.items()
    }


def is_one_of_each(text: str) -> bool:
    """Tell whether a head is 一课, 一片 or 一实践: what it is a part of stands above it, or above a column to its left."""
    return text in _ONE_OF_EACH


def _is_whole(head: ActivityHead) -> bool:
    """Tell whether the lowest head says no more than that people were there."""
    if head.says is not Says.HEAD or len(head.cells) < 2 or head.cells[0].is_group:
        return False
    return signin.is_head(cells.plain(head.cells[0].cell))


def _component(head: ActivityHead, titled: str | None) -> str | None:
    if head.says is not Says.HEAD or len(head.cells) < 2 or head.cells[0].is_group:
        return None
    leaf = "".join(_BRACKETED.sub("", cells.plain(head.cells[0].cell)).split())
    if leaf in _ONE_OF_EACH:
        return _ONE_OF_EACH[leaf]
    rest = " ".join(activity_dates.parts(cell.cell, cell.unit)[1] for cell in head.cells[1:])
    if (activity_kinds.read(rest).kind or titled) != _THEME_DAY:
        return None
    return next((component for component, words in _WORDS if words.fullmatch(leaf)), None)


def together(read: Sequence[Mark], parts: dict[int, Part]) -> list[Mark]:
    """Return the marks of a line, those for the components of one activity as one mark, where the first of them stands.

    Whoever attended any component was there. Beside a mark that means nothing there is no absence.
    """
    found: list[Mark] = []
    groups: dict[int, list[Mark]] = {}
    for mark in read:
        if mark.activity in parts:
            groups.setdefault(parts[mark.activity].first, []).append(mark)
        else:
            found.append(mark)
    for first, group in groups.items():
        wrong = [mark for mark in group if mark.error is not None]
        found += [dataclasses.replace(mark, activity=first) for mark in wrong]
        good = [mark for mark in group if mark.error is None]
        attended = [mark for mark in good if mark.attendance in ATTENDED]
        if attended:
            found.append(_attended(attended, first, parts))
            continue
        leave = [mark for mark in good if mark.attendance != marks.ABSENT]
        if leave or (good and not wrong):
            found.append(dataclasses.replace((leave or good)[0], activity=first))
    return sorted(found, key=lambda mark: mark.column)


def _attended(group: Sequence[Mark], first: int, parts: dict[int, Part]) -> Mark:
    one = next((mark for mark in group if mark.attendance == marks.PRESENT), group[0])
    modes = {mark.mode or parts[mark.activity].mode for mark in group}
    components = {part for mark in group if (part := parts[mark.activity].component)}
    return dataclasses.replace(
        one, activity=first, mode=modes.pop() if len(modes) == 1 else None, components=tuple(sorted(components))
    )
