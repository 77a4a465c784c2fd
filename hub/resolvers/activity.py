"""Activities: the list, and what is done with one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from hub.domain import activity, activity_amendment, page_life
from hub.errors import InvalidInput
from hub.models import Activity
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.listing import listing
from hub.resolvers.relation import one


def hours(number: float | None) -> Decimal | None:
    """Return hours as they are kept, to the hundredth."""
    return None if number is None else Decimal(f"{number:.2f}")


listed = listing("activities", page_life.activities, Activity)


def _trim(said: dict[str, Any]) -> None:
    """A title or place of nothing but spaces is none."""
    for name in ("title", "place"):
        if said.get(name) is not None:
            said[name] = said[name].strip() or None


async def _record(call: Call) -> Any:
    said = {name: value for name, value in call.said.items() if value is not None}
    _trim(said)
    said["hours"] = hours(said.get("hours"))
    if "components" in said:
        said["components"] = tuple(said["components"])
    return (await activity.record(call.connection, **call.by, commands=[activity.RecordActivity(**said)]))[0]


async def _amend(call: Call) -> Any:
    given: dict[str, Any] = {name: call.said.pop(name) for name in activity_amendment.DETAILS if name in call.said}
    _trim(given)
    if "hours" in given:
        given["hours"] = hours(given["hours"])
    if "components" in given:
        given["components"] = sorted(set(given["components"] or ()))
    for name in ("kind", "held_on"):
        if name in given and given[name] is None:
            raise InvalidInput(name)
    for name in ("is_compulsory", "is_open_to_arrivals", "is_away"):
        if name in given:
            given[name] = bool(given[name])
    return await activity_amendment.amend(call.connection, **call.by, **call.said, given=given)


async def _cancel(call: Call) -> Any:
    return await activity.cancel(call.connection, **call.by, **call.said)


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(Activity), identifier)


record = Action("planActivity", _record, _read)
amend = Action("amendActivity", _amend, _read)
cancel = Action("cancelActivity", _cancel, _read)
