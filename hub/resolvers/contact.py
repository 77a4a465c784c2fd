"""Contact with a member, and what evidence is open: for the home side and the member alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import contact, evidence
from hub.domain.access import OWN_SIDE
from hub.domain.dates import today
from hub.domain.evidence import Open, OpenKind
from hub.domain.viewer import Viewer
from hub.models import Member
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one
from hub.resolvers.subject import of_number

_OBJECTS = {
    OpenKind.QUESTION: TypeNumber.MATCH_CANDIDATE,
    OpenKind.UNACKNOWLEDGED: TypeNumber.PARTICIPATION,
    OpenKind.DISPUTE: TypeNumber.PARTICIPATION,
    OpenKind.INQUIRY: TypeNumber.INQUIRY,
}


async def is_own_side(row: Any, context: Context) -> bool:
    """Tell whether the reader is the member or stands on the side that holds the membership."""
    member = await context.load(one(Member), row.id)
    return member is not None and member.access in OWN_SIDE


async def _standing(
    connection: AsyncConnection, _viewer: Viewer, keys: list[tuple[UUID, datetime]]
) -> Mapping[tuple[UUID, datetime], Any]:
    now = keys[0][1]  # one operation has one instant
    found = await contact.status(connection, now=now, members=[member for member, _ in keys])
    return {(member, now): of for member, of in found.items()}


async def _open(
    connection: AsyncConnection, _viewer: Viewer, keys: list[tuple[UUID, date, date]]
) -> Mapping[tuple[UUID, date, date], list[Open]]:
    found: dict[tuple[UUID, date, date], list[Open]] = {}
    for since, until in {key[1:] for key in keys}:
        members = [(key[0], since, until) for key in keys if key[1:] == (since, until)]
        for member, items in (await evidence.open_of(connection, members)).items():
            found[member, since, until] = items
    return found


async def status(row: Any, context: Context) -> Any:
    """Return how a member stands; None to whoever is not of their own side, and without a membership in force."""
    return await context.load(_standing, (row.id, context.now)) if await is_own_side(row, context) else None


async def of_summary(told: Any, context: Context) -> Any:
    """Return how the member of a summary stands now."""
    member = await context.load(one(Member), told.member_id)
    return None if member is None else await status(member, context)


async def open_evidence(row: Any, context: Context, since: date | None, until: date | None) -> Any:
    """Return what blocks an adverse decision about a period; None to whoever is not of the own side."""
    if not await is_own_side(row, context):
        return None
    return await context.load(_open, (row.id, since or date.min, until or today(context.now))) or []


async def subject(of: Open, context: Context) -> Any:
    """Return the record that is open, as far as it is visible."""
    return await of_number(context, _OBJECTS[of.kind], of.object_id)


async def _record(call: Call) -> Any:
    return await contact.record(call.connection, **call.by, **call.said)


async def _log_search(call: Call) -> Any:
    return await contact.record(call.connection, **call.by, **call.said, is_search=True)


async def _record_lost(call: Call) -> Any:
    return await contact.record_lost(call.connection, **call.by, **{"note": None, **call.said})


async def _lift_lost(call: Call) -> Any:
    return await contact.lift_lost(call.connection, **call.by, **call.said)


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(Member), identifier)


record = Action("recordContact", _record, _read)
log_search = Action("logSearch", _log_search, _read)
record_lost = Action("recordLost", _record_lost, _read)
lift_lost = Action("liftLost", _lift_lost, _read)
