"""Activity cards: the calls, and what hangs on one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hub.domain import activity_card, liaison
from hub.models import ActivityCard
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.relation import many, one


async def checks(row: Any, context: Context) -> Any:
    """Return the yearly checks of a card, oldest first."""
    return await context.load(activity_card.checks, row.id) or []


async def entries(row: Any, context: Context) -> Any:
    """Return the records that make a card's pages, oldest first, as far as they are visible."""
    return await context.load(activity_card.entries, row.id) or []


async def of_member(row: Any, context: Context) -> Any:
    """Return the cards of a member, newest first, as far as they are visible."""
    found = await context.load(many(ActivityCard, "member_id"), row.id) or []
    return sorted(found, key=lambda card: (card.issued_on, card.id), reverse=True)


async def _issue(call: Call) -> Any:
    return await activity_card.issue(call.connection, **call.by, **{"issuer_id": None, **call.said})


async def _present(call: Call) -> Any:
    return await activity_card.present(call.connection, **call.by_vault, **{"issuer_id": None, **call.said})


async def _check(call: Call) -> Any:
    return await activity_card.check(call.connection, **call.by, **call.said)


async def _return(call: Call) -> Any:
    return await activity_card.return_(call.connection, **call.by, **call.said)


async def _void(call: Call) -> Any:
    return await activity_card.void(call.connection, **call.by, **call.said)


async def _replace(call: Call) -> Any:
    return await activity_card.replace(call.connection, **call.by, **call.said)


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(ActivityCard), identifier)


async def _read_liaison(context: Context, statement: UUID) -> Any:
    return await context.load(liaison.of_statements, statement)


issue = Action("issueActivityCard", _issue, _read)
present = Action("verifyActivityCard", _present, _read_liaison, asks=True)
check = Action("checkActivityCard", _check, _read)
return_ = Action("returnActivityCard", _return, _read)
void = Action("voidActivityCard", _void, _read)
replace = Action("replaceActivityCard", _replace, _read)
