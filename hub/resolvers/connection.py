"""Connections: a page of places, the records that stand there, and the cursors that lead on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.page import USUAL_PAGE, Page, Position, Window
from hub.resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Edge:
    """One record and its place in the list."""

    cursor: str
    node: Any


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Connection:
    """One page of a list."""

    edges: Sequence[Edge]
    page_info: PageInfo


def window_of(context: Context, purpose: str, first: int | None, after: str | None) -> Window:
    """Return the part of a list that is asked for. Raises InvalidInput."""
    place = Position.unseal(context.cursors, purpose, after) if after is not None else None
    return Window(USUAL_PAGE if first is None else first, place)


async def connect(
    context: Context,
    purpose: str,
    first: int | None,
    after: str | None,
    find: Callable[[AsyncConnection, Window], Awaitable[Page]],
    load: Callable[[Page], Awaitable[Sequence[Any]]],
) -> Connection:
    """Return the page that `find` gives, each place with the record that `load` gives for it; hidden ones left out."""
    window = window_of(context, purpose, first, after)
    async with context.reading() as connection:
        page = await find(connection, window)
    return await connection_of(context, purpose, window, page, load)


async def connection_of(
    context: Context,
    purpose: str,
    window: Window,
    page: Page,
    load: Callable[[Page], Awaitable[Sequence[Any]]],
) -> Connection:
    """Return a page that was found already, with its records and cursors."""
    nodes = await load(page) if page.positions else []
    cursors = [position.seal(context.cursors, purpose) for position in page.positions]
    return Connection(
        [Edge(cursor, node) for cursor, node in zip(cursors, nodes, strict=True) if node is not None],
        PageInfo(
            has_next_page=page.has_next,
            has_previous_page=window.after is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
    )


def ids(page: Page) -> list[UUID]:
    """Return the ids of a page, in its order."""
    return [position.id for position in page.positions]
