"""Candidates for a match: the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hub.domain import candidate, liaison, page
from hub.models import Match
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.listing import listing
from hub.resolvers.relation import one

listed = listing("match candidates", page.candidates, Match)


async def _confirm(call: Call) -> Any:
    return await candidate.confirm(call.connection, **call.by_vault, **call.said)


async def _deny(call: Call) -> Any:
    return await candidate.deny(call.connection, **call.by, **{"note": None, **call.said})


async def _object(call: Call) -> Any:
    return await candidate.object_to_denial(call.connection, **call.by, **call.said)


async def _undo(call: Call) -> Any:
    return await candidate.undo(call.connection, **call.by, **call.said)


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(Match), identifier)


async def _read_liaison(context: Context, statement: UUID) -> Any:
    return await context.load(liaison.of_statements, statement)


confirm = Action("confirmMatch", _confirm, _read_liaison)
deny = Action("denyMatch", _deny, _read)
object_to_denial = Action("objectToDenial", _object, _read_liaison)
undo = Action("undoMatch", _undo, _read_liaison, asks=True)
