"""The stream of events: by polling, by subscription, and what hangs on one event."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Any

from hub.domain import event as events
from hub.domain import liaison
from hub.domain.page import LARGEST_PAGE
from hub.errors import InvalidInput
from hub.feed.cursor import UnreadableCursor
from hub.feed.item import Event, EventPage, Item
from hub.models import Aggregate, Topic
from hub.resolvers.context import Context
from hub.resolvers.node import TypeNumber, of_aggregate
from hub.resolvers.relation import one


def aggregate(of: Event, context: Context) -> str:
    """Return the global id of the record whose version moves."""
    return context.ids.encode(of_aggregate(of.aggregate), of.aggregate_id)


def replaces(of: Event, context: Context) -> str | None:
    """Return the Liaison id used before."""
    return None if of.replaces is None else context.ids.encode(TypeNumber.LIAISON, of.replaces)


async def liaison_of(of: Event, context: Context) -> Any:
    """Return the liaison that an event is about: by the departure, else, where that is hidden, by the arrival."""
    for read, identifier in ((liaison.of_departures, of.departure_id), (liaison.of_arrivals, of.arrival_id)):
        if identifier is not None and (found := await context.load(read, identifier)) is not None:
            return found
    return None


def record_of(model: Any, aggregate_: Aggregate) -> Callable[[Event, Context], Any]:
    """Return the read of the record that an event is about, where it is one of a table."""

    by_id = one(model)

    def read(of: Event, context: Context) -> Any:
        return context.load(by_id, of.aggregate_id) if of.aggregate is aggregate_ else None

    return read


def _unreadable() -> InvalidInput:
    return InvalidInput("after", message="游标无效。 The cursor is not one of this hub for this caller.")


async def page(context: Context, after: str | None, topics: Sequence[Topic] | None, first: int) -> EventPage:
    """Return the next events behind a cursor."""
    if not 1 <= first <= LARGEST_PAGE:
        raise InvalidInput(
            "first", message=f"first 须在 1 到 {LARGEST_PAGE} 之间。 `first` is between 1 and {LARGEST_PAGE}."
        )
    retention = timedelta(days=context.hub.settings.feed_retention_days)
    try:
        async with context.reading() as connection:
            return await events.page(
                connection, context.viewer, context.cursors, after, topics, first, retention=retention
            )
    except UnreadableCursor:
        raise _unreadable() from None


async def follow(context: Context, after: str | None, topics: Sequence[Topic] | None) -> AsyncGenerator[Item, None]:
    """Yield the items behind a cursor, or from now on."""
    items = events.follow(
        context.hub.streams, context.viewer, context.cursors, after, topics, expires_at=context.claims.expires_at
    )
    try:
        async with aclosing(items):
            async for item in items:
                yield item
    except UnreadableCursor:
        raise _unreadable() from None
