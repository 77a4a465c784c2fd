"""The lists of what the home side keeps of its members: activity cards, appraisals, exemptions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import page_home
from hub.domain.page import Page, Window
from hub.models import ActivityCard, Appraisal, Exemption
from hub.models.columns import Base
from hub.resolvers.connection import Connection, connect, ids
from hub.resolvers.context import Context
from hub.resolvers.relation import one

Listed = Callable[..., Awaitable[Connection]]
"""Called with (context, first, after, organization) and filters."""


def _list(purpose: str, page: Callable[..., Awaitable[Page]], model: type[Base]) -> Listed:
    async def listed(
        context: Context, first: int | None, after: str | None, organization: UUID | None, **filters: Any
    ) -> Connection:
        def find(connection: AsyncConnection, window: Window) -> Awaitable[Page]:
            return page(connection, context.viewer, window, organization=organization, **filters)

        async def load(found: Page) -> Any:
            return await context.load_many(one(model), ids(found))

        return await connect(context, purpose, first, after, find, load)

    return listed


cards = _list("activity cards", page_home.cards, ActivityCard)
appraisals = _list("appraisals", page_home.appraisals, Appraisal)
exemptions = _list("exemptions", page_home.exemptions, Exemption)
