"""Lists of an organization: a page of ids, and the visible rows that stand there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.page import Page, Window
from hub.models.columns import Base
from hub.resolvers.connection import Connection, connect, ids
from hub.resolvers.context import Context
from hub.resolvers.relation import one

Listed = Callable[..., Awaitable[Connection]]
"""Called with (context, first, after, organization) and filters."""


def listing(purpose: str, page: Callable[..., Awaitable[Page]], model: type[Base]) -> Listed:
    """Return the resolver of a list whose page gives ids of one table; hidden rows are left out."""

    async def listed(
        context: Context, first: int | None, after: str | None, organization: UUID | None, **filters: Any
    ) -> Connection:
        def find(connection: AsyncConnection, window: Window) -> Awaitable[Page]:
            return page(connection, context.viewer, window, organization=organization, **filters)

        async def load(found: Page) -> Any:
            return await context.load_many(one(model), ids(found))

        return await connect(context, purpose, first, after, find, load)

    return listed
