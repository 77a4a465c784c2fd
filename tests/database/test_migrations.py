"""The migrations make exactly the tables that the models describe, on the oldest and the newest PostgreSQL."""

import asyncio
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.database.embedded import embedded
from hub.database.engine import create_engine, transaction
from hub.database.migrate import FOLDER, DatabaseIsNewer, current, head, upgrade
from hub.models import Base
from hub.settings import Settings

OLDEST = Path("/usr/lib/postgresql/15/bin")
FILES = sorted((FOLDER / "versions").glob("*.py"))


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return list(compare_metadata(context, Base.metadata))


async def test_the_migrated_database_has_the_tables_of_the_models(database: AsyncEngine) -> None:
    async with database.connect() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.skipif(not OLDEST.exists(), reason="PostgreSQL 15 is not installed here")
async def test_the_oldest_postgresql_gets_the_same_tables(hub_home: Path) -> None:
    with embedded(Settings(home=hub_home, postgres_bin=OLDEST, postgres_fsync=False)) as url:
        engine = create_engine(url)
        await upgrade(engine)
        async with engine.connect() as connection:
            version = await connection.scalar(text("show server_version"))
            found = await connection.run_sync(differences)
        await engine.dispose()
    assert (version[:3], found) == ("15.", [])


async def test_migrating_again_does_nothing(database: AsyncEngine) -> None:
    assert (await upgrade(database), await current(database)) == (False, head())


async def test_of_two_that_migrate_at_once_both_end_at_the_head(server: str, empty_database: AsyncEngine) -> None:
    await asyncio.gather(upgrade(empty_database), upgrade(empty_database))

    assert await current(empty_database) == head()


async def test_a_database_of_a_newer_hub_is_refused_and_left_alone(database: AsyncEngine) -> None:
    async with transaction(database) as connection:
        await connection.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(DatabaseIsNewer, match="9999"):
        await upgrade(database)

    assert await current(database) == "9999"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_migration_follows_the_one_before(file: Path) -> None:
    position = FILES.index(file)
    before = FILES[position - 1].name[:4] if position else None
    words = dict(re.findall(r"^(revision|down_revision)\b[^=]*= (.*)$", file.read_text(), re.MULTILINE))

    assert (file.name[:4], words["revision"].strip("\"'")) == (f"{position + 1:04}",) * 2
    assert words["down_revision"].strip("\"'") == str(before)
