"""Jobs: when they are due, who runs them, and what becomes of one whose worker is killed."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.database.engine import transaction
from hub.domain.dates import SHANGHAI
from hub.sync.jobs.runner import MOST_STARTS, Job, Runner, held, release

HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=0.6)


def runner(engine: AsyncEngine, *jobs: Job) -> Runner:
    return Runner(engine, jobs, lease=LEASE, look_every=timedelta(seconds=0.05))


async def row(engine: AsyncEngine, name: str = "one") -> Row[Any]:
    async with engine.connect() as connection:
        return (await connection.execute(text("select * from job where name = :name"), {"name": name})).one()


async def until(fact: Callable[[], Awaitable[bool]], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not await fact():  # noqa: ASYNC110 — another process makes it true
            await asyncio.sleep(0.02)


class Counted:
    """A job's work that counts how often it began."""

    def __init__(self, seconds: float = 0) -> None:
        self.begun = 0
        self.seconds = seconds

    async def __call__(self, engine: AsyncEngine, now: datetime) -> None:
        self.begun += 1
        await asyncio.sleep(self.seconds)


async def test_a_job_runs_when_due_and_is_due_again_later(database: AsyncEngine) -> None:
    work = Counted()
    async with runner(database, Job("one", HOUR, work)).running():
        await until(lambda: finished(database))
        await asyncio.sleep(0.2)
    found = await row(database)
    assert (work.begun, found.starts, found.leased_until, found.failed) == (1, 0, None, None)
    assert HOUR < found.due_at - found.finished_at < 1.2 * HOUR


async def finished(engine: AsyncEngine, name: str = "one") -> bool:
    async with engine.connect() as connection:
        return bool(
            await connection.scalar(
                text("select finished_at is not null and leased_until is null from job where name = :name"),
                {"name": name},
            )
        )


async def test_a_ring_runs_a_job_that_is_not_due(database: AsyncEngine) -> None:
    work = Counted()
    one = runner(database, Job("one", HOUR, work))
    async with one.running():
        await until(lambda: finished(database))
        one.ring("one")
        await until(lambda: begun(work, 2))


async def begun(work: Counted, times: int) -> bool:
    return work.begun >= times


async def test_a_ring_during_a_run_is_another_run(database: AsyncEngine) -> None:
    """The run may have read the state before what the ring is about."""
    work = Counted(seconds=0.2)
    one = runner(database, Job("one", HOUR, work))
    async with one.running():
        await until(lambda: begun(work, 1))
        one.ring("one")
        await until(lambda: begun(work, 2))


async def test_two_workers_run_a_job_once_and_keep_their_lease(database: AsyncEngine) -> None:
    work = Counted(seconds=3 * LEASE.total_seconds())
    async with runner(database, Job("one", HOUR, work)).running(), runner(database, Job("one", HOUR, work)).running():
        await until(lambda: finished(database))
    assert work.begun == 1


async def test_a_long_job_does_not_keep_others_waiting(database: AsyncEngine) -> None:
    async with runner(database, Job("one", HOUR, Counted(60)), Job("two", HOUR, Counted())).running():
        await until(lambda: finished(database, "two"))
        assert not await finished(database)


async def test_a_failure_is_noted_without_what_it_says_and_tried_again(database: AsyncEngine) -> None:
    async def fail(engine: AsyncEngine, now: datetime) -> None:
        raise ValueError("桑吉 110101199003071233")

    async with runner(database, Job("one", HOUR, fail)).running():
        await until(lambda: failed(database))
    found = await row(database)
    assert found.failed.startswith("ValueError test_runner.py:")
    assert (found.starts, found.leased_until, found.finished_at) == (0, None, None)
    assert timedelta(minutes=4) < found.due_at - datetime.now(UTC) <= timedelta(minutes=5)


async def failed(engine: AsyncEngine) -> bool:
    async with engine.connect() as connection:
        return await connection.scalar(text("select count(failed) from job")) == 1


async def test_stopping_gives_a_job_back_at_once(database: AsyncEngine) -> None:
    work = Counted(seconds=60)
    async with runner(database, Job("one", HOUR, work)).running():
        await until(lambda: begun(work, 1))
    found = await row(database)
    assert (found.starts, found.leased_until, found.finished_at) == (0, None, None)
    assert found.due_at <= datetime.now(UTC)


async def start(engine: AsyncEngine, then: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.sync.jobs.job_process", engine.url.render_as_string(hide_password=False), then,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    while await process.stdout.readline() != b"began\n":
        assert process.returncode is None  # other lines are the log's
    return process


async def test_a_job_whose_worker_is_killed_is_taken_over(database: AsyncEngine) -> None:
    process = await start(database, "hang")
    work = Counted()
    async with runner(database, Job("one", HOUR, work)).running():
        await asyncio.sleep(2 * LEASE.total_seconds())
        assert work.begun == 0  # its worker lives and renews its lease
        process.kill()
        await process.wait()
        await until(lambda: begun(work, 1), seconds=3)
        await until(lambda: finished(database))
    assert (await row(database)).starts == 0


async def test_a_job_that_kills_its_worker_is_held_and_can_be_released(database: AsyncEngine) -> None:
    for number in range(1, MOST_STARTS + 1):
        process = await start(database, "kill")
        assert await process.wait() == -9
        assert (await row(database)).starts == number
        async with transaction(database) as connection:
            await connection.execute(text("update job set leased_until = now()"))
    work = Counted()
    async with runner(database, Job("one", HOUR, work)).running():
        await asyncio.sleep(0.3)
        assert work.begun == 0
        async with transaction(database) as connection:
            assert await held(connection) == ["one"]
            assert await release(connection, "one")
            assert not await release(connection, "one")
        await until(lambda: begun(work, 1))


async def test_a_worker_that_lost_its_lease_stops_and_writes_nothing(database: AsyncEngine) -> None:
    work = Counted(seconds=60)
    async with runner(database, Job("one", HOUR, work)).running():
        await until(lambda: begun(work, 1))
        async with transaction(database) as connection:
            await connection.execute(text("update job set leased_until = now() + interval '1 hour', starts = 2"))
        await asyncio.sleep(LEASE.total_seconds())
    found = await row(database)
    assert (found.starts, found.finished_at) == (2, None)
    assert found.leased_until > datetime.now(UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 25, 1, 59, tzinfo=SHANGHAI), datetime(2026, 11, 25, 2, tzinfo=SHANGHAI)),
        (datetime(2026, 11, 25, 2, tzinfo=SHANGHAI), datetime(2026, 11, 26, 2, tzinfo=SHANGHAI)),
        (datetime(2026, 11, 25, 17, tzinfo=UTC), datetime(2026, 11, 26, 2, tzinfo=SHANGHAI)),
        (datetime(2026, 11, 25, 19, tzinfo=UTC), datetime(2026, 11, 27, 2, tzinfo=SHANGHAI)),
    ],
)
def test_a_daily_job_is_due_at_its_time_in_shanghai(now: datetime, due: datetime) -> None:
    assert Job("one", time(2), Counted()).due_after(now) == due
