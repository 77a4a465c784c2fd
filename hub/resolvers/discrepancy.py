"""Differences between the sides: the list, and the proposal that one may carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import page, settlement
from hub.domain.page import Page, Window
from hub.domain.viewer import Role
from hub.models import Discrepancy
from hub.resolvers.action import Action, Call
from hub.resolvers.connection import Connection, connect, ids
from hub.resolvers.context import Context
from hub.resolvers.relation import one


@dataclass(frozen=True, slots=True)
class Proposal:
    """How the other side would settle a difference."""

    take: str | None
    value: str | None
    confirmed_on: date | None
    note: str | None
    at: datetime
    by: str | None


def proposal(row: Any, context: Context) -> Proposal | None:
    """Return what the other side proposed."""
    if row.proposed_at is None:
        return None
    return Proposal(
        row.proposal_take,
        row.proposal_value,
        row.proposal_confirmed_on,
        row.proposal_note,
        row.proposed_at,
        None if context.viewer.role is Role.PARTNER else row.proposed_by,
    )


async def listed(
    context: Context, first: int | None, after: str | None, organization: UUID | None, **filters: Any
) -> Connection:
    """Return a page of differences."""

    def find(connection: AsyncConnection, window: Window) -> Any:
        return page.discrepancies(connection, context.viewer, window, organization=organization, **filters)

    async def load(found: Page) -> Any:
        return await context.load_many(one(Discrepancy), ids(found))

    return await connect(context, "discrepancies", first, after, find, load)


async def _settle(call: Call) -> Any:
    said = call.said
    return await settlement.settle(
        call.connection,
        **call.by_vault,
        discrepancy_id=said["discrepancy_id"],
        version=said["version"],
        take=said.get("take"),
        value=said.get("value"),
        confirmed_on=said.get("confirmed_on"),
        note=said.get("note"),
    )


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(Discrepancy), identifier)


settle = Action("settleDiscrepancy", _settle, _read)
