"""What resolvers stand on: the hub (lives as long as the process), the caller (a token), the operation (one document)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from strawberry.dataloader import DataLoader

from hub.auth import Claims, Tokens
from hub.crypto import CursorCodec, IdCodec, Vault
from hub.domain.dates import utc_now
from hub.domain.viewer import Role, Viewer
from hub.errors import Refused
from hub.feed.follow import Streams
from hub.logs import describe, error_id
from hub.settings import Settings

_log = structlog.get_logger("hub")

Read = Callable[[AsyncConnection, Viewer, list[Any]], Awaitable[Mapping[Any, Any]]]
"""Reads many records at once for a viewer: keys in, what is visible of them out."""


class Bell(Protocol):
    """Wakes what waits for new events. Rung after each commit."""

    def ring(self) -> None:
        """Say that something was committed."""


class Behind:
    """Work that goes on behind an answer, in this process; it ends with the process."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], then: Callable[[], None]) -> None:
        """Begin some work, and call `then` when it is over."""

        async def carry_out() -> None:
            try:
                await work
            except Refused as refused:
                _log.warning("work behind an answer was refused", code=refused.code)
            except Exception as error:  # noqa: BLE001 — nobody else would hear of it
                _log.error("work behind an answer broke down", error_id=error_id(), error=describe(error))
            finally:
                then()

        task = asyncio.create_task(carry_out())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Cancel what is still going on, and wait for it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Hub:
    """What all requests share. `observe` counts what became of an operation, by a fixed word; `ask` lets the job look
    for new candidates soon."""

    settings: Settings
    engine: AsyncEngine
    vault: Vault
    tokens: Tokens
    bell: Bell
    streams: Streams
    observe: Callable[[str], None] = lambda _word: None
    ask: Callable[[], None] = lambda: None
    behind: Behind = field(default_factory=Behind)


@dataclass(slots=True)
class Caller:
    """Who is on the other end: of one HTTP request, or of one WebSocket for as long as it is open."""

    hub: Hub
    claims: Claims | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    connection_params: Mapping[str, Any] | None = None
    """The payload of `connection_init`; the library puts it here."""

    @property
    def credentials(self) -> Mapping[str, Any]:
        """Where to look for the token of a WebSocket: in what was said at its beginning, else in its headers."""
        said = {name.lower(): value for name, value in (self.connection_params or {}).items()}
        return said if "authorization" in said else self.headers

    def expired(self) -> bool:
        """Whether there is no valid token, or no longer."""
        return self.claims is None or self.claims.expires_at <= utc_now()

    def operation(self) -> Context:
        """Return the context of one operation. Never shared between two: it holds what was read."""
        assert self.claims is not None
        return Context(self.hub, self.claims)


def viewer_of(claims: Claims) -> Viewer:
    """Return the viewer whom verified claims describe."""
    return Viewer(claims.organization, Role(claims.role.value), claims.actor, claims.client, claims.member)


@dataclass(slots=True)
class Context:
    """One operation: its viewer, its instant, one read-only connection, and one loader per relation."""

    hub: Hub
    claims: Claims
    viewer: Viewer = field(init=False)
    ids: IdCodec = field(init=False)
    cursors: CursorCodec = field(init=False)
    now: datetime = field(init=False)
    disclosed: set[UUID] = field(default_factory=set)
    """Whose numbers were opened in full; noted before the answer leaves."""
    _loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)
    _connection: AsyncConnection | None = None
    _ended: bool = False
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.viewer = viewer_of(self.claims)
        self.ids = IdCodec(self.hub.vault.master, self.viewer.realm)
        self.cursors = CursorCodec.of(self.hub.vault.master, self.viewer.realm)
        self.now = utc_now()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """The connection of this operation, for one statement sequence at a time.

        One snapshot for the whole operation, so that a page and what hangs on it agree.
        """
        async with self._lock:
            if self._ended:
                # A loader that was left behind would take a connection that nobody gives back.
                raise asyncio.CancelledError
            if self._connection is None:
                connection = await self.hub.engine.connect()
                self._connection = await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            yield self._connection

    def load(self, read: Read, key: Any) -> Awaitable[Any]:
        """Return one record by a set-based read; all that is asked for in the same moment is read together."""
        loader = self._loaders.get(read)
        if loader is None:
            loader = self._loaders[read] = DataLoader(self._batched(read))
        return loader.load(key)

    async def load_many(self, read: Read, keys: Iterable[Any]) -> Sequence[Any]:
        """Return several records, in the order of their keys, None for those that are hidden."""
        return await asyncio.gather(*[self.load(read, key) for key in keys])

    async def forget(self) -> None:
        """Let go of the connection and of everything read, so that what follows sees the present."""
        self._loaders.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def end(self) -> None:
        """Forget everything for good: the operation is over."""
        self._ended = True
        await self.forget()

    def _batched(self, read: Read) -> Callable[[list[Any]], Awaitable[list[Any]]]:
        async def batch(keys: list[Any]) -> list[Any]:
            async with self.reading() as connection:
                found = await read(connection, self.viewer, keys)
            return [found.get(key) for key in keys]

        return batch
