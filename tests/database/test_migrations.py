"""The migrations make exactly the tables that the models describe, on the oldest and the newest PostgreSQL."""

import asyncio
import re
import sys
import warnings
from asyncio.subprocess import PIPE
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


# What makes up the tables, in PostgreSQL's own words: also checks, generated columns and conditions of indexes, which
# Alembic does not compare.
CATALOG = {
    "columns": """
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
               pg_get_expr(d.adbin, d.adrelid)
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped""",
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'public'::regnamespace""",
    "indexes": "select indexname, indexdef from pg_indexes where schemaname = 'public'",
}


async def catalog(engine: AsyncEngine) -> dict[str, set[str]]:
    async with engine.connect() as connection:
        return {
            what: {
                str(tuple(row)) for row in await connection.execute(text(query)) if "alembic_version" not in str(row)
            }
            for what, query in CATALOG.items()
        }


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    with warnings.catch_warnings():
        # It compares the text of generated columns, which PostgreSQL rewrites; the catalog compares them truly.
        warnings.filterwarnings("ignore", "Computed default on .* cannot be modified", UserWarning)
        return list(compare_metadata(context, Base.metadata))


async def test_the_migrated_database_has_the_tables_of_the_models(
    database: AsyncEngine, empty_database: AsyncEngine
) -> None:
    async with transaction(empty_database) as connection:
        await connection.run_sync(Base.metadata.create_all)
    migrated, described = await catalog(database), await catalog(empty_database)

    for what in CATALOG:
        assert migrated[what] - described[what] == set(), f"{what} that only the migrations make"
        assert described[what] - migrated[what] == set(), f"{what} that only the models have"
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


async def test_of_several_that_migrate_at_once_one_does_and_all_end_at_the_head(
    empty_database: AsyncEngine, tmp_path: Path
) -> None:
    url = empty_database.url.render_as_string(hide_password=False)
    environment = {"HUB_DATABASE_URL": url, "HUB_HOME": str(tmp_path)}
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-m", "hub", "migrate", env=environment, stderr=PIPE)
        for _ in range(3)
    ]
    said = [(await process.communicate())[1].decode() for process in processes]

    assert said == [f"数据库版本 / the database is at revision {head()}\n"] * 3
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
