"""Bring the database to the tables of this version, once, whoever comes first.

Migrations are numbered files, each following the one before: `versions/0001_what_it_does.py` is revision "0001". So the
newest is known from the folder alone, and a database that is up to date costs one query and no import of Alembic.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.operating import OperatorError

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
_UNDEFINED_TABLE = "42P01"


class DatabaseIsNewer(OperatorError):
    """The database was migrated by a newer version of the hub, whose tables this one does not know."""


def head() -> str | None:
    """The newest revision that this version knows; None where no migration has been written yet."""
    return max((file.name[:4] for file in (FOLDER / "versions").glob("[0-9]*.py")), default=None)


async def current(engine: AsyncEngine) -> str | None:
    """The revision of a database; None for an empty one."""
    async with engine.connect() as connection:
        try:
            found: str | None = await connection.scalar(text("select version_num from alembic_version"))
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) != _UNDEFINED_TABLE:
                raise
            return None
    return found


async def upgrade(engine: AsyncEngine) -> bool:
    """Migrate to the newest revision; returns whether there was anything to do."""
    known, found = head(), await current(engine)
    if known == found:
        return False
    if found is not None and (known is None or found > known):
        raise DatabaseIsNewer(
            f"数据库版本 {found} 比程序（{known}）新：请升级程序 / the database is at revision {found}, newer than this "
            f"program ({known}): upgrade the program"
        )
    async with engine.begin() as connection:
        await connection.run_sync(partial(_run, command="upgrade", revision="head"))
    return True


async def write_revision(engine: AsyncEngine, title: str, tables: MetaData) -> Path:
    """Write the next migration: what `tables` has and the migrated database lacks, to be read and corrected by hand."""
    await upgrade(engine)
    number = f"{int(head() or 0) + 1:04}"
    async with engine.begin() as connection:
        await connection.run_sync(
            partial(_run, tables=tables, command="revision", message=title, rev_id=number, autogenerate=True)
        )
    return next((FOLDER / "versions").glob(f"{number}_*.py"))


def configuration(connection: Connection, tables: MetaData | None = None) -> "Config":
    """Alembic's settings, for one connection; `tables` only where the two are compared."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "tables": tables})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def _run(connection: Connection, *, command: str, tables: MetaData | None = None, **arguments: Any) -> None:
    from alembic import command as commands

    getattr(commands, command)(configuration(connection, tables), **arguments)
