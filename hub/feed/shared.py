"""What all followers of one view in this process share: its recent events, each read and sealed once."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from operator import attrgetter
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.crypto import CursorCodec
from hub.feed import view as views
from hub.feed.cursor import Position
from hub.feed.item import Event
from hub.feed.view import Standing, View

_PAGE = 500
_KEPT = 1000
_seq = attrgetter("seq")


class Shared:
    """The recent events of a view. `head_seq` and `cursor` are of its last event.

    Marks are places in the whole feed, never shown: a follower has been given all of the view up to its mark.
    """

    def __init__(
        self, engine: AsyncEngine, view: View, at: Standing, cursors: CursorCodec, *, begin: Position, read_to: int
    ) -> None:
        """Begin behind the view's last event, `begin`, in a process that has read the feed up to `read_to`."""
        self.view = view
        self.followers = 0
        self.turn = asyncio.Event()
        self.cursor = begin.seal(cursors)
        self.head_seq = begin.seq if begin.has_event else None
        self._engine = engine
        self._at = at
        self._cursors = cursors
        # All events of the view above the floor that the process has read; what is older is read back.
        self._events: list[Event] = []
        self._floor = max(read_to, begin.seq) if begin.has_event else read_to
        self._lock = asyncio.Lock()
        self._checked = asyncio.get_running_loop().time()

    @property
    def mark(self) -> int:
        """The mark of a follower that hears what comes from now on."""
        return self._events[-1].seq if self._events else self._floor

    def wake(self) -> None:
        """Let the followers look up."""
        self.turn.set()
        self.turn = asyncio.Event()

    def hear(self, row: Row[Any]) -> None:
        """Take in a row of the feed that this reader may hear, if the view includes it."""
        if row.seq <= self._floor or not self.view.includes(row):
            return
        event = views.event(self.view, row, self.head_seq, self._at.grant, self._cursors)
        self._events.append(event)
        self.head_seq, self.cursor = event.seq, event.cursor
        if len(self._events) > 2 * _KEPT:
            self._floor = self._events[-_KEPT - 1].seq
            self._events = self._events[-_KEPT:]
        self.wake()

    async def after(self, mark: int) -> tuple[list[Event], int]:
        """Return events behind a mark, and the next mark. No event = there is none up to now."""
        if mark < self._floor:
            events, mark = await self._read_back(mark)
            if events or mark < self._floor:
                return events, mark
        events = self._events[bisect_right(self._events, mark, key=_seq) :]
        return events, events[-1].seq if events else mark

    async def is_granted(self, every: float) -> bool:
        """Tell whether the grant still holds, asking the database once per `every` seconds for all followers."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now - self._checked >= every:
                async with self._engine.connect() as connection:
                    at = await views.standing(connection, self.view)
                if at.grant != self._at.grant:
                    return False
                self._checked = now
        return True

    async def _read_back(self, mark: int) -> tuple[list[Event], int]:
        """Read for a follower that is further back than what is kept here."""
        floor = self._floor
        async with self._engine.connect() as connection:
            events = await views.read(
                connection, self.view, self._at, self._cursors, after=mark, limit=_PAGE
            )  # fmt: skip
        if len(events) == _PAGE:
            return events, events[-1].seq
        # Numbers become visible in their order: a short page shows everything up to the floor, and perhaps more.
        return events, max(floor, events[-1].seq) if events else floor
