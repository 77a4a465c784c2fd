"""Members: what is written about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hub.domain import affiliation, correction, liaison, member, membership
from hub.errors import InvalidInput
from hub.models import Member
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.relation import one


async def _register(call: Call) -> Any:
    said = call.said
    command = member.RegisterMember(
        organization_id=said.pop("organization_id"), citizen_id=said.pop("citizen_id"), given=said
    )
    return (await member.register(call.connection, **call.by_vault, commands=[command]))[0]


async def _decide(call: Call) -> Any:
    return await membership.record_decision(call.connection, **call.by, **call.said)


async def _move_branch(call: Call) -> Any:
    return await affiliation.move_branch(call.connection, **call.by, **call.said)


async def _correct(call: Call) -> Any:
    said = call.said
    if (said.get("member_id") is None) == (said.get("arrival_id") is None):
        raise InvalidInput("memberId")
    return await correction.correct_identity(
        call.connection,
        **call.by_vault,
        member_id=said.get("member_id"),
        arrival_id=said.get("arrival_id"),
        name=said.get("name"),
        citizen_id=said.get("citizen_id"),
        birth_date=said.get("birth_date"),
        reason=said["reason"],
    )


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(Member), identifier)


async def _read_corrected(context: Context, identifier: UUID) -> Any:
    """Return the member, or the liaison of the arrival: an id is one or the other."""
    return await _read(context, identifier) or await context.load(liaison.of_statements, identifier)


register = Action("registerMember", _register, _read, asks=True)
record_decision = Action("recordMembershipDecision", _decide, _read)
move_branch = Action("moveBranch", _move_branch, _read)
correct_identity = Action("correctIdentity", _correct, _read_corrected, asks=True)
