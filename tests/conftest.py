"""A PostgreSQL per test run, a migrated template in it, and a clone of that template per test."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.database.embedded import embedded
from hub.database.engine import create_engine
from hub.database.locks import is_held, locked
from hub.database.migrate import upgrade
from hub.database.supervisor import SUPERVISOR
from hub.settings import Settings

OWN_SERVER = "HUB_TEST_DATABASE_URL"


def pytest_configure(config: pytest.Config) -> None:
    """One folder per run, which the workers of pytest-xdist share."""
    if hasattr(config, "workerinput"):
        config.run_home = Path(config.workerinput["run_home"])
        return
    config.run_home = make_home()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["run_home"] = str(node.config.run_home)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        remove_home(config.run_home)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer has set for their own hub must not reach the tests."""
    for name in [name for name in os.environ if name.startswith("HUB_") and not name.startswith("HUB_TEST_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Any:
    """Address of the run's PostgreSQL: the one in HUB_TEST_DATABASE_URL, else one of its own."""
    if own := os.environ.get(OWN_SERVER):
        yield Settings(database_url=own, home=pytestconfig.run_home).database_url
        return
    with embedded(Settings(home=pytestconfig.run_home, postgres_fsync=False)) as url:
        yield url


@pytest.fixture(scope="session")
async def template(server: str, pytestconfig: pytest.Config) -> AsyncIterator[str]:
    """Name of a migrated database, made by the first worker that asks."""
    name = f"template_{pytestconfig.run_home.name.rpartition('-')[2]}"
    with locked(pytestconfig.run_home / "template", fcntl.LOCK_EX):
        if (pytestconfig.run_home / "template.ready").exists():
            yield name
            return
        await on_server(server, f'create database "{name}"')
        engine = create_engine(database_url(server, name))
        await upgrade(engine)
        await engine.dispose()
        (pytestconfig.run_home / "template.ready").touch()
    yield name


@pytest.fixture
async def database(server: str, template: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a database of this test's own, with every table and no row beyond those of the migrations."""
    async with another_database(server, template) as engine:
        yield engine


@asynccontextmanager
async def another_database(server: str, template: str) -> AsyncIterator[AsyncEngine]:
    """The same, for tests that need several."""
    name = f"test_{uuid4().hex}"
    await on_server(server, f'create database "{name}" template "{template}"')
    engine = create_engine(database_url(server, name))
    try:
        yield engine
    finally:
        await engine.dispose()
        await on_server(server, f'drop database "{name}" with (force)')


@pytest.fixture
async def empty_database(server: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a database in which nothing has been made yet."""
    name = f"empty_{uuid4().hex}"
    await on_server(server, f'create database "{name}"')
    engine = create_engine(database_url(server, name))
    yield engine
    await engine.dispose()
    await on_server(server, f'drop database "{name}" with (force)')


@pytest.fixture
def hub_home() -> Iterator[Path]:
    """A HUB_HOME of this test's own; the test ends when its PostgreSQL has."""
    home = make_home()
    yield home
    remove_home(home)


def make_home() -> Path:
    # Not below pytest's own folder, which is closed to others: under root PostgreSQL runs as another user.
    home = Path(tempfile.mkdtemp(prefix="liaison-hub-tests-"))
    home.chmod(0o711)
    return home


def remove_home(home: Path) -> None:
    while is_held(home / SUPERVISOR):
        time.sleep(0.02)
    shutil.rmtree(home)


def database_url(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def on_server(server: str, statement: str) -> None:
    """Run a statement that PostgreSQL refuses inside a transaction."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
