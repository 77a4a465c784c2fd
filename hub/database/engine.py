"""The way to the database: opened for a process, and one transaction at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from hub.database.binaries import OLDEST
from hub.database.embedded import embedded, ensure_running
from hub.database.migrate import upgrade
from hub.operating import OperatorError, tell
from hub.settings import Settings

SESSION = {
    "application_name": "liaison-hub",
    "timezone": "Asia/Shanghai",  # a day is a day there, also in SQL
    "jit": "off",  # compiling costs more than these short queries take
    "idle_in_transaction_session_timeout": "5min",
}
_MEND_EVERY = 2.0


class DatabaseOutOfReach(OperatorError):
    """The server of HUB_DATABASE_URL does not answer, does not let the hub in, or is too old."""


def create_engine(url: str, **options: Any) -> AsyncEngine:
    """An engine on a database; `options` go to SQLAlchemy (`poolclass`, `pool_size`)."""
    # Parameters are personal data; they must not stand in the text of an error.
    engine = create_async_engine(url, connect_args={"server_settings": SESSION}, hide_parameters=True, **options)

    # After a restart of the server the pool holds dead connections; the driver knows, without a round trip.
    @event.listens_for(engine.sync_engine, "checkout")
    def refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction: committed when the block ends, rolled back when it raises. Nothing else commits."""
    async with engine.begin() as connection:
        yield connection


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The database of these settings, found or started, and migrated; it stays up inside the block."""
    own_server = settings.database_url is not None
    with nullcontext(settings.database_url) if own_server else embedded(settings) as url:
        assert url is not None
        engine = create_engine(url)
        mending = None if own_server else asyncio.create_task(_keep_running(settings))
        try:
            await _greet(engine)
            await upgrade(engine)
            yield engine
        finally:
            if mending:
                mending.cancel()
                with suppress(asyncio.CancelledError):
                    await mending
            await engine.dispose()


async def _greet(engine: AsyncEngine) -> None:
    """See that a server of the right age answers; raises `DatabaseOutOfReach`, in whose text no password stands."""
    try:
        async with engine.connect() as connection:
            version = int((connection.dialect.server_version_info or (0,))[0])
    except (OSError, TimeoutError, DBAPIError) as error:
        reason = type(getattr(error, "orig", None) or error).__name__
        where = engine.url.render_as_string(hide_password=True)
        raise DatabaseOutOfReach(f"连接不上数据库 {where} / the database cannot be reached: {reason}") from error
    if version < OLDEST:
        raise DatabaseOutOfReach(
            f"需要 PostgreSQL {OLDEST} 或更新，服务器是 {version} / PostgreSQL {OLDEST} or newer is needed, the server "
            f"is {version}"
        )


async def _keep_running(settings: Settings) -> None:
    """Bring the embedded database back, for a long-lived process, when its supervisor was killed."""
    while True:
        await asyncio.sleep(_MEND_EVERY)
        try:
            await asyncio.to_thread(ensure_running, settings)
        except OperatorError as error:  # a full disk, say: until it is mended, say so and try again
            tell(str(error))
