"""Following the feed: many streams in one process, at the cost of one read of the database per wake-up.

A stream has no queue. It holds a place in the feed and asks for what comes behind it: from the recent events that all
followers of the same view share, or, where it is further back, from the database. A reader that is slow or absent
therefore costs nothing but its place. What a stream shows, and when, depends on its own view alone.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.crypto import CursorCodec
from hub.feed import view as views
from hub.feed.bell import OUT_OF_REACH
from hub.feed.cursor import Position
from hub.feed.item import CloseReason, Closing, Event, Heartbeat, Item, ResyncReason, ResyncRequired
from hub.feed.shared import Shared
from hub.feed.view import Standing, View
from hub.logs import describe

_PAGE = 500
# Readers who were all sent away at once come back spread over this time, in milliseconds.
_RETURN = {
    CloseReason.DEPLOY: (500, 3000),
    CloseReason.AUTH_EXPIRED: (0, 0),
    CloseReason.REVOKED: (0, 0),
    CloseReason.LIMIT: (20_000, 40_000),
    CloseReason.SLOW_CONSUMER: (1000, 5000),
}
_log = structlog.get_logger("hub")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a process streams may take. `patience`: how long a reader may leave one item waiting, in seconds."""

    per_process: int = 5000
    per_reader: int = 50
    patience: float = 30


class Streams:
    """All streams of this process. A `Bell` wakes it; `close` ends every stream with a Closing item."""

    def __init__(
        self, engine: AsyncEngine, *, heartbeat: float, retention: timedelta, limits: Limits | None = None
    ) -> None:
        self._engine = engine
        self._heartbeat = heartbeat
        self._retention = retention
        self._limits = limits or Limits()
        self._shared: dict[tuple[View, int], Shared] = {}
        self._by_hearer: dict[UUID, list[Shared]] = {}
        # Up to where this process has read the feed; None while nobody follows.
        self._mark: int | None = None
        self._reading = asyncio.Lock()
        self._readers: Counter[Hashable] = Counter()
        self._news = asyncio.Event()
        self._ended = asyncio.Event()
        self._closing = False

    @property
    def count(self) -> int:
        """How many streams are open."""
        return self._readers.total()

    def wake(self) -> None:
        """Say that there may be new events."""
        self._news.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Pass news on to those whom it concerns, inside the block."""
        task = asyncio.create_task(self._spread())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def close(self, seconds: float = 5) -> None:
        """End every stream with Closing(DEPLOY) and wait until the readers have taken it, at most so long."""
        self._closing = True
        for shared in self._shared.values():
            shared.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.count:
                    self._ended.clear()
                    await self._ended.wait()

    async def follow(
        self,
        view: View,
        cursors: CursorCodec,
        after: str | None,
        *,
        reader: Hashable,
        expires_at: datetime | None = None,
    ) -> AsyncGenerator[Item, None]:
        """Yield the items of a view behind a cursor, or from now on; then the first is a heartbeat with a cursor.

        `reader`: whose streams count together. `expires_at`: of the token. ResyncRequired and Closing are always the
        last item. Raises UnreadableCursor; and, without a cursor to come back with, what the database raises.
        """
        position = None if after is None else Position.unseal(cursors, after)
        cursor = after
        with self._counted(reader) as refused:
            try:
                start = await self._start(view, cursors, position)
                if isinstance(start, ResyncRequired):
                    yield start
                    return
                async with self._sharing(view, start, cursors) as shared:
                    mark = shared.mark if position is None else position.seq
                    cursor = after or shared.cursor
                    if refused:
                        yield _closing(CloseReason.LIMIT, cursor)
                        return
                    if position is None:
                        yield Heartbeat(cursor, shared.head_seq, datetime.now(UTC))
                    async for item in self._items(shared, cursors, cursor, mark, expires_at):
                        cursor = item.cursor if isinstance(item, Event | Heartbeat) else cursor
                        yield item
            except OUT_OF_REACH as error:
                if cursor is None:
                    raise
                _log.warning("a stream lost the database", error=describe(error))
                yield _closing(CloseReason.DEPLOY, cursor)

    async def _items(
        self, shared: Shared, cursors: CursorCodec, cursor: str, mark: int, expires_at: datetime | None
    ) -> AsyncGenerator[Item, None]:
        clock = asyncio.get_running_loop().time
        expires = float("inf") if expires_at is None else clock() + (expires_at - datetime.now(UTC)).total_seconds()
        handed = clock()
        while True:
            turn = shared.turn
            due = clock() >= handed + self._heartbeat
            if due and not await shared.is_granted(self._heartbeat / 2):
                yield await self._anew(shared.view, cursors)
                return
            events, mark = await shared.after(mark)
            items: list[Event | Heartbeat] = [*events]
            if due and not events:
                items = [Heartbeat(cursor, shared.head_seq, datetime.now(UTC))]
            for item in items:
                if reason := self._over(clock(), expires):
                    yield _closing(reason, cursor)
                    return
                handed = clock()
                yield item
                cursor = item.cursor
                if clock() - handed > self._limits.patience:
                    yield _closing(CloseReason.SLOW_CONSUMER, cursor)
                    return
            if items:
                continue
            if reason := self._over(clock(), expires):
                yield _closing(reason, cursor)
                return
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(handed + self._heartbeat, expires)):
                    await turn.wait()

    def _over(self, now: float, expires: float) -> CloseReason | None:
        if self._closing:
            return CloseReason.DEPLOY
        return CloseReason.AUTH_EXPIRED if now >= expires else None

    async def _start(self, view: View, cursors: CursorCodec, position: Position | None) -> Standing | ResyncRequired:
        """Return how the view stands when a stream begins, or why it cannot."""
        async with self._engine.connect() as connection:
            at = await views.standing(connection, view, position)
            if position and (fault := views.fault(position, at, self._retention)):
                return await views.anew(connection, view, cursors, at, fault)
        return at

    async def _anew(self, view: View, cursors: CursorCodec) -> ResyncRequired:
        async with self._engine.connect() as connection:
            at = await views.standing(connection, view)
            return await views.anew(connection, view, cursors, at, ResyncReason.SCOPE_CHANGED)

    @contextmanager
    def _counted(self, reader: Hashable) -> Iterator[bool]:
        """Count a stream while it is open; yields whether it is one too many."""
        self._readers[reader] += 1
        try:
            yield self._readers[reader] > self._limits.per_reader or self.count > self._limits.per_process
        finally:
            self._readers[reader] -= 1
            if not self._readers[reader]:
                del self._readers[reader]
            self._ended.set()

    @asynccontextmanager
    async def _sharing(self, view: View, at: Standing, cursors: CursorCodec) -> AsyncIterator[Shared]:
        key = (view, at.grant)
        # Not while the feed is read: what is read next is the first that a new view hears.
        async with self._reading:
            shared = self._shared.get(key) or await self._share(view, at, cursors)
            shared.followers += 1
        try:
            yield shared
        finally:
            shared.followers -= 1
            if not shared.followers:
                del self._shared[key]
                self._by_hearer[view.hearer].remove(shared)
                if not self._by_hearer[view.hearer]:
                    del self._by_hearer[view.hearer]

    async def _share(self, view: View, at: Standing, cursors: CursorCodec) -> Shared:
        async with self._engine.connect() as connection:
            if self._mark is None:
                self._mark = (await views.standing(connection, view)).head
            begin = await views.start(connection, view, at)
        shared = Shared(self._engine, view, at, cursors, begin=begin, read_to=self._mark)
        self._shared[view, at.grant] = shared
        self._by_hearer.setdefault(view.hearer, []).append(shared)
        return shared

    async def _spread(self) -> None:
        """Pass on what is new, whenever the bell says that there may be something."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                async with self._reading:
                    await self._read()
            except OUT_OF_REACH as error:
                # The bell says so again within a second.
                _log.warning("news not read", error=describe(error))

    async def _read(self) -> None:
        full = True
        while full:
            if not self._shared:
                self._mark = None
            if self._mark is None:
                return
            async with self._engine.connect() as connection:
                news = await views.abroad(connection, self._mark, _PAGE)
            for row, hearers in news:
                for hearer in hearers:
                    for shared in self._by_hearer.get(hearer, ()):
                        shared.hear(row)
                self._mark = row.seq
            full = len(news) == _PAGE


def _closing(reason: CloseReason, cursor: str) -> Closing:
    return Closing(reason, cursor, random.randint(*_RETURN[reason]))  # noqa: S311 — spreads load, guards nothing
