"""The jobs themselves: all of them run on an empty hub, and what is to be forgotten is."""

from datetime import timedelta
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.crypto import Vault
from hub.database.engine import transaction
from hub.domain.dates import utc_now
from hub.domain.vault import open_vault
from hub.settings import Settings
from hub.sync.jobs import jobs
from hub.sync.jobs.forget import compare_inbox, forget_events, forget_operations
from tests.feed.world import event, happen, plant


@pytest.fixture
async def vault(database: AsyncEngine) -> Vault:
    async with transaction(database) as connection:
        return await open_vault(connection, bytes(32), utc_now())


async def test_every_job_runs_twice_on_an_empty_hub(database: AsyncEngine, vault: Vault) -> None:
    duties = jobs(Settings(), vault)
    assert len({job.name for job in duties}) == len(duties)
    for job in [*duties, *duties]:
        await job.run(database, utc_now())


async def test_operations_are_forgotten_after_90_days(database: AsyncEngine) -> None:
    async with transaction(database) as connection:
        await connection.execute(
            text(
                "insert into operation (client, organization_id, op_id, mutation, input_digest, recorded_at)"
                " select 'tests', :id, gen_random_uuid(), 'amend', '', now() - n * interval '1 day' + interval '1 hour'"
                " from generate_series(1, 180) n, generate_series(1, 30)"
            ),
            {"id": uuid4()},
        )
    assert await forget_operations(database, utc_now()) == 30 * 90
    assert await forget_operations(database, utc_now()) == 0
    async with database.connect() as connection:
        assert await connection.scalar(text("select count(*) from operation")) == 30 * 90


async def test_events_are_forgotten_with_their_audience(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    await happen(database, *[event([root], version=version) for version in range(3)])
    later = utc_now() + timedelta(days=400)
    assert await forget_events(database, utc_now(), timedelta(days=400)) == 0
    await happen(database, event([root]))
    assert await forget_events(database, later, timedelta(days=400)) == 3
    async with database.connect() as connection:
        assert await connection.scalar(text("select count(*) from feed")) == 1
        assert await connection.scalar(text("select count(*) from feed_audience")) == 1


async def test_a_wrong_inbox_is_reported(database: AsyncEngine) -> None:
    assert await compare_inbox(database, utc_now()) == 0
    async with transaction(database) as connection:
        await connection.execute(
            text(
                "insert into inbox (id, organization_id, side, state, created_at)"
                " values (gen_random_uuid(), gen_random_uuid(), 'OUTFLOW', 'ENDED', now())"
            )
        )
    with structlog.testing.capture_logs() as lines:
        assert await compare_inbox(database, utc_now()) == 1
    assert [(line["log_level"], line["rows"]) for line in lines] == [("error", 1)]
