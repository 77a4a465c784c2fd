"""Searching by a whole number, and opening one sealed value: what the answers are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.domain import liaison, reveal, search
from hub.errors import NotFound
from hub.models import Member
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one


@dataclass(frozen=True, slots=True)
class FoundByNumber:
    """The records that a number led to, as the caller may see them."""

    members: Sequence[Any]
    liaisons: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Revealed:
    """One sealed value, opened."""

    value: str


_AGGREGATES = {
    TypeNumber.MEMBER: "member",
    TypeNumber.OUTFLOW_STATEMENT: "departure",
    TypeNumber.INFLOW_STATEMENT: "arrival",
}


async def _find(call: Call) -> search.Found:
    said = call.said
    return await search.find_by_number(
        call.connection, **call.by_vault, kind=said["kind"].value, number=said["number"], reason=said["reason"]
    )


async def _read_found(context: Context, found: search.Found) -> FoundByNumber:
    members = await context.load_many(one(Member), found.members)
    liaisons = await context.load_many(liaison.of_statements, found.liaisons)
    return FoundByNumber([row for row in members if row], [of for of in liaisons if of])


async def _reveal(call: Call) -> str:
    said = call.said
    decoded = call.context.ids.decode(said["id"])
    aggregate = _AGGREGATES.get(TypeNumber(decoded[0])) if decoded and decoded[0] in list(TypeNumber) else None
    if decoded is None or aggregate is None:
        raise NotFound("id")
    subject: UUID = decoded[1]
    return await reveal.reveal(
        call.connection,
        **call.by_vault,
        aggregate=aggregate,
        subject_id=subject,
        field=said["field"],
        reason=said["reason"],
    )


async def _read_revealed(_context: Context, value: str) -> Revealed:
    return Revealed(value)


find_by_number = Action("findByNumber", _find, _read_found, always=True)
reveal_field = Action("revealField", _reveal, _read_revealed, always=True, for_members=True)
