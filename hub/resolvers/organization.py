"""Organizations: the directory."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import directory, page
from hub.domain import organization as organizations
from hub.domain.page import Page, Window
from hub.resolvers.action import Action, Call
from hub.resolvers.connection import Connection, connect, ids
from hub.resolvers.context import Context


async def by_code(context: Context, code: str, system: str | None) -> Any:
    """Return the organization with an official code; without a system, of the hub's own."""
    async with context.reading() as connection:
        found = await directory.organization(connection, system or context.hub.settings.system, code)
    return None if found is None else await context.load(directory.organizations, found)


async def listed(context: Context, first: int | None, after: str | None, parent: UUID | None) -> Connection:
    """Return a page of the directory, or of what stands directly below one organization."""

    def find(connection: AsyncConnection, window: Window) -> Any:
        return page.organizations(connection, window, parent=parent)

    async def load(found: Page) -> Any:
        return await context.load_many(directory.organizations, ids(found))

    return await connect(context, "organizations", first, after, find, load)


async def _change_officer(call: Call) -> Any:
    said = call.said
    return await organizations.change_officer(
        call.connection,
        **call.by,
        organization_id=said["organization_id"],
        name=said["name"],
        phone=said.get("phone"),
        since_on=said["since_on"],
    )


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(directory.organizations, identifier)


change_officer = Action("changeOfficer", _change_officer, _read)
