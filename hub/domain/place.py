"""Where something took place: a town or a street and never nearer, because no duty needs a door."""

from __future__ import annotations

import re
from typing import Final

from hub.domain.statement import MAX_LENGTH
from hub.errors import InvalidInput

_DOOR: Final = re.compile(
    r"[0-9０-９一二三四五六七八九十百]+(?:[-－之][0-9０-９]+)?\s*(?:号(?!线)|室|弄|幢|栋|单元|[#＃])"
)
_TOWN: Final = re.compile(r".*(?:[省州市区县旗乡镇村]|街道|社区)")
_MESSAGE: Final = (
    "地点写到乡镇、街道即可，请去掉门牌号。 The town or the street is enough. Leave the number of the house out."
)


def refusal(place: str | None) -> InvalidInput | None:
    """Return why a place cannot be kept, or None."""
    if place is None:
        return None
    if len(place) > MAX_LENGTH:
        return InvalidInput("place")
    return InvalidInput("place", message=_MESSAGE) if _DOOR.search(place) else None


def at_town_level(place: str) -> str | None:
    """Return what a place says of the town: all of it if it names no door, else up to the last town, street or village
    that is named before one."""
    door = _DOOR.search(place)
    if door is None:
        return place
    town = _TOWN.match(place[: door.start()])
    return town[0] if town else None
