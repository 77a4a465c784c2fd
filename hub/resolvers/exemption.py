"""Exemptions from attendance: those of a member, and their steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hub.domain import exemption
from hub.models import Exemption
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.relation import many, one


async def of_member(row: Any, context: Context) -> Any:
    """Return the exemptions of a member, earliest first; none to whoever is not of their own side."""
    found = await context.load(many(Exemption, "member_id"), row.id)
    return sorted(found, key=lambda of: (of.starts_on, of.recorded_at))


async def _record(call: Call) -> Any:
    return await exemption.record(call.connection, **call.by, **call.said)


async def _end(call: Call) -> Any:
    return await exemption.end(call.connection, **call.by, **call.said)


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(Exemption), identifier)


record = Action("grantExemption", _record, _read)
end = Action("endExemption", _end, _read)
