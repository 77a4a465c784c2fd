"""The bell of a process: rung after a commit it numbers the outbox, and it tells of what any process numbered.

Every second both are done anyway, so that a lost connection, or a process killed between commit and numbering, costs
a second and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.feed.number import CHANNEL, number_all
from hub.logs import describe

OUT_OF_REACH = (
    OSError,
    DBAPIError,
    NoConnectionFree,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What the database or the way to it may raise; the duties of a process outlive it."""
_FALLBACK = 1.0
_log = structlog.get_logger("hub")


class Bell:
    """One per process. `heard` is called when there may be new events: often for nothing, never too late."""

    def __init__(self, engine: AsyncEngine, heard: Callable[[], None] = lambda: None) -> None:
        self._engine = engine
        self._heard = heard
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Say that a transaction that appended events was committed. Returns at once."""
        self._rung.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Number and listen inside the block."""
        tasks = [asyncio.create_task(self._number()), asyncio.create_task(self._listen())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    async def _number(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_FALLBACK):
                    await self._rung.wait()
            by_hand = self._rung.is_set()
            # Cleared before numbering: who rings from now on committed too late for this step and gets another.
            self._rung.clear()
            try:
                await number_all(self._engine)
            except OUT_OF_REACH as error:
                _log.warning("numbering failed", error=describe(error))
                await asyncio.sleep(_FALLBACK)
            if not by_hand:
                self._heard()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except OUT_OF_REACH as error:
                _log.warning("listening failed", error=describe(error))
            await asyncio.sleep(_FALLBACK)

    async def _listen_once(self) -> None:
        """Pass notifications on until the connection is lost."""
        lost = asyncio.Event()
        async with self._engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            try:
                raw.add_termination_listener(lambda _raw: lost.set())
                await raw.add_listener(CHANNEL, lambda *_: self._heard())
                # What was numbered while nobody listened.
                self._heard()
                await lost.wait()
            finally:
                # A connection that listens must not go back to the pool.
                await connection.invalidate()
