"""Activity cards: the calls, and what hangs on one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import activity_card, liaison, visibility
from hub.domain.viewer import Viewer
from hub.models import ActivityCard, Participation
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.relation import many, one

_CHECKS = text(
    "select card_id, year, organization_id, checked_on from card_check where card_id = any(:ids) order by year"
)
# What a card would have written in it: the records of the member's stays while it was in use.
_ENTRIES = text(
    """
    select x.id as card_id, p.id from activity_card x
      join match m on m.member_id = x.member_id and m.state = 'CONFIRMED'
      join participation p on p.arrival_id = m.arrival_id
       and p.day >= x.issued_on and p.day <= coalesce(x.ended_on, date '9999-12-31')
     where x.id = any(:ids) order by p.day, p.id
    """
)


async def _checks(connection: AsyncConnection, _viewer: Viewer, cards: list[UUID]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {card: [] for card in cards}
    for row in await connection.execute(_CHECKS, {"ids": cards}):
        found[row.card_id].append(row)
    return found


async def _entries(connection: AsyncConnection, viewer: Viewer, cards: list[UUID]) -> Mapping[UUID, list[Any]]:
    pairs = (await connection.execute(_ENTRIES, {"ids": cards})).all()
    seen = {row.id: row for row in await visibility.rows(connection, viewer, Participation, {p.id for p in pairs})}
    found: dict[UUID, list[Any]] = {card: [] for card in cards}
    for pair in pairs:
        if pair.id in seen:
            found[pair.card_id].append(seen[pair.id])
    return found


async def checks(row: Any, context: Context) -> Any:
    """Return the yearly checks of a card, oldest first."""
    return await context.load(_checks, row.id) or []


async def entries(row: Any, context: Context) -> Any:
    """Return the records that make a card's pages, oldest first, as far as they are visible."""
    return await context.load(_entries, row.id) or []


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


issue = Action("issueCard", _issue, _read)
present = Action("presentCard", _present, _read_liaison, asks=True)
check = Action("checkCard", _check, _read)
return_ = Action("returnCard", _return, _read)
void = Action("voidCard", _void, _read)
replace = Action("replaceCard", _replace, _read)
