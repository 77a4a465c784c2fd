"""Where something took place: a town or a street and never nearer, because no duty needs a door."""

from __future__ import annotations

import re
from typing import Final

from hub.domain.statement import MAX_LENGTH
from hub.errors import InvalidInput

_HALF_WIDTH: Final = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})  # one for one
_NUMBER: Final = r"(?:\d+|[零〇一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾佰]+|[A-Za-z])"
# A number with the word of a door, at the end or before what is nearer still: 12号, 3栋2单元, 5号院, 12号楼会议室. With a name
# behind it (三号桥社区, 一号公路, 2号会议室) it is part of that name. Or several numbers in a row (5-2-301), or one after No.
_DOOR: Final = re.compile(
    rf"(?:{_NUMBER}[-之])*{_NUMBER}\s*(?:[号號](?:院|楼|门)|(?:[号號]|室|房|弄|幢|栋|座|单元|户|#)(?=$|[\s,;。、()内附\d]|{_NUMBER}\s*(?:室|房|单元|楼|层|户)))"
    r"|\d+(?:-\d+)+(?=$|[\s,;。、()号室])|(?<![A-Za-z])no\.?\s*\d|[路街巷道里]\d+(?=$|[\s,;。、()])",
    re.IGNORECASE,
)
# What a town's name ends with; 广州路, 中关村大街, 市民中心 and 小区 are none.
_TOWN: Final = re.compile(
    r"(?:自治区|街道|社区|[省州市县旗乡镇村]|(?<![小园])区)(?!路|街|巷|道|大街|大道|大厦|中心|中路|广场|政府|委|站|口|桥|城|民)"
)
_MESSAGE: Final = (
    "地点写到乡镇、街道即可，请去掉门牌号。 The town or the street is enough. Leave the number of the house out."
)


def refusal(place: str | None) -> InvalidInput | None:
    """Return why a place cannot be kept, or None."""
    if place is None:
        return None
    if len(place) > MAX_LENGTH:
        return InvalidInput("place")
    return InvalidInput("place", message=_MESSAGE) if _door(place) is not None else None


def at_town_level(place: str) -> str | None:
    """Return what a place says of the town: all of it if it names no door, else up to the last town, street or village
    that is named before one."""
    door = _door(place)
    if door is None:
        return place
    ends = [town.end() for town in _TOWN.finditer(place[:door]) if town.start() > 0]
    return place[: ends[-1]] if ends else None


def _door(place: str) -> int | None:
    """Return where the number of a house begins, if one is named."""
    found = _DOOR.search(place.translate(_HALF_WIDTH))
    return found.start() if found else None
