"""Nothing lost, nothing twice, and the versions of each aggregate in their order: sixteen writers, three numberers."""

import asyncio
import itertools
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.database.engine import create_engine, transaction
from hub.domain.event import follow
from hub.feed import number as numbering
from hub.feed.item import Event
from hub.feed.number import number, number_all
from tests.feed.world import (
    CURSORS,
    NOW,
    Findings,
    append,
    check,
    event,
    happen,
    plant,
    running,
    unrelated_transaction,
    viewer,
    write,
)

WRITERS, TIMES = 16, 30
Step = Callable[[AsyncConnection], Awaitable[int]]


@pytest.fixture
async def many(database: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """The same database, with a connection for each writer."""
    engine = create_engine(database.url.render_as_string(hide_password=False), pool_size=30)
    yield engine
    await engine.dispose()


@dataclass
class Course:
    """How a run goes: writers begin when the numberers are ready, and write on until what is to happen has happened."""

    ready: asyncio.Event = field(default_factory=asyncio.Event)
    happened: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)


async def deliver(many: AsyncEngine, numberers: Callable[[Course], Awaitable[list[str]]]) -> Findings:
    """Write while `numberers` number and one stream follows; say what is wrong with what it delivered."""
    root, *aggregates = await plant(many, [None, *([0] * 12)])
    done: list[tuple[UUID, int]] = []
    delivered: list[tuple[UUID, int]] = []
    async with running(many) as (streams, _bell), unrelated_transaction(many):
        stream = follow(streams, viewer(root), CURSORS, None, None)
        await anext(stream)

        async def listen() -> None:
            last = None
            async for item in stream:
                assert isinstance(item, Event)
                assert item.prev_seq == last
                last = item.seq
                delivered.append((item.aggregate_id, item.aggregate_version))

        course = Course()
        listening, at_work = asyncio.create_task(listen()), asyncio.create_task(numberers(course))
        async with asyncio.timeout(60):
            await course.ready.wait()
            await asyncio.gather(*[write(many, aggregates, TIMES, done) for _ in range(WRITERS)])
            while not course.happened.is_set():
                await write(many, aggregates, 1, done)
        for _ in range(1500):
            await asyncio.sleep(0.02)
            if len(delivered) >= len(done):
                break
        course.stop.set()
        errors = await at_work
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    findings = check(done, delivered)
    findings.errors = errors
    return findings


async def test_three_processes_number_and_one_is_killed_in_its_step(many: AsyncEngine) -> None:
    url = many.url.render_as_string(hide_password=False)

    async def processes(course: Course) -> list[str]:
        started = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.feed.numbering_process", url, str(dies_in),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )
            for dies_in in (0, 0, 3)
        ]  # fmt: skip
        for process in started:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        course.ready.set()
        await started[2].wait()
        course.happened.set()
        await course.stop.wait()
        said = [await process.communicate(b"") for process in started]
        assert started[2].returncode == -9
        assert sum(int(out) for out, _ in said[:2]) > 0
        return []

    assert await deliver(many, processes) == Findings()


async def in_this_process(many: AsyncEngine, step: Step, course: Course) -> list[str]:
    errors: list[str] = []
    course.ready.set()
    course.happened.set()

    async def numberer() -> None:
        while not course.stop.is_set():
            try:
                async with transaction(many) as connection:
                    await step(connection)
            except IntegrityError as error:
                errors.append(str(error.orig))
            await asyncio.sleep(0.001)

    await asyncio.gather(*[numberer() for _ in range(3)])
    return errors


async def without_the_lock(connection: AsyncConnection) -> int:
    """A mutant: the same step, the head only read."""
    head = (await connection.execute(text("select seq from feed_head"))).scalar_one()
    await asyncio.sleep(0.002)
    return int((await connection.execute(numbering._STEP, {"last": head})).scalar_one())


async def above_the_last_id(connection: AsyncConnection) -> int:
    """A mutant: what everybody writes first, a reader of `id > last`. (The outbox keeps its rows.)"""
    head = (await connection.execute(text("select seq from feed_head for update"))).scalar_one()
    step = str(numbering._STEP).replace(
        "delete from outbox where id = any (array(select id from outbox order by id limit 500)) returning *",
        "select * from outbox where id > :last",
    )
    step = step.replace("max(seq) from numbered", "max(id) from numbered").replace(
        "greatest(cast(:last as bigint), cast(extract(epoch from statement_timestamp()) * 1e6 as bigint))\n"
        "               + cast(sum(gap) over (order by id) as bigint)",
        "id",
    )
    return int((await connection.execute(text(step), {"last": head})).scalar_one())


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the bell's own numbering out of it."""

    async def nothing(engine: AsyncEngine) -> int:
        return 0

    monkeypatch.setattr("hub.feed.bell.number_all", nothing)


@pytest.mark.usefixtures("alone")
async def test_the_checker_finds_nothing_wrong_with_the_step(many: AsyncEngine) -> None:
    assert await deliver(many, lambda course: in_this_process(many, number, course)) == Findings()


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("mutant", [without_the_lock, above_the_last_id])
async def test_the_checker_finds_the_mutants(many: AsyncEngine, mutant: Step) -> None:
    # As after the clock was set back: numbers go by the head alone.
    if mutant is without_the_lock:
        await set_head(many, "extract(epoch from now()) * 1e6 + 3600e6")
    assert await deliver(many, lambda course: in_this_process(many, mutant, course)) != Findings()


async def set_head(engine: AsyncEngine, seq: str) -> None:
    async with transaction(engine) as connection:
        await connection.execute(text(f"update feed_head set seq = cast({seq} as bigint)"))


async def test_numbers_rise_when_the_clock_does_not(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    await set_head(database, "4e15")
    await happen(database, event([root]), event([root]))
    async with database.connect() as connection:
        first, second = await connection.scalars(text("select seq from feed order by seq"))
        assert 4 * 10**15 < first < second
        assert await connection.scalar(text("select seq from feed_head")) == second


async def test_gaps_are_drawn_and_tell_no_count(database: AsyncEngine) -> None:
    """Neither always 1 nor by a pattern: from 1 to 1023, every octave about as often as any other."""
    (root,) = await plant(database, [None])
    await set_head(database, "4e15")
    async with transaction(database) as connection:
        await append(connection, [event([root], version=version) for version in range(5000)], at=NOW)
    await number_all(database)
    async with database.connect() as connection:
        seqs = list(await connection.scalars(text("select seq from feed order by seq")))
    gaps = [after - before for before, after in itertools.pairwise([4 * 10**15, *seqs])]
    octaves = Counter(gap.bit_length() for gap in gaps)
    assert set(octaves) == {*range(1, 11)}
    # Five hundred are to be expected of each; one in a million runs is farther off than this.
    assert all(370 < count < 630 for count in octaves.values()), octaves


async def test_numbers_are_not_used_again_when_the_feed_is_empty(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    await happen(database, event([root]))
    async with transaction(database) as connection:
        before = await connection.scalar(text("delete from feed returning seq"))
    await happen(database, event([root]))
    async with database.connect() as connection:
        assert await connection.scalar(text("select seq from feed")) > before


async def test_a_step_that_another_holds_does_nothing_and_numbering_all_waits_for_it(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with transaction(database) as connection:
        await append(connection, [event([root])], at=NOW)
    async with transaction(database) as holder:
        await holder.execute(numbering._HEAD)
        async with transaction(database) as connection:
            assert await number(connection) == 0
        waiting = asyncio.create_task(number_all(database))
        await asyncio.sleep(0.05)
        assert not waiting.done()
    assert await waiting == 1


async def test_more_than_one_step_is_numbered_at_once(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with transaction(database) as connection:
        await append(connection, [event([root], version=version) for version in range(1201)], at=NOW)
    assert await number_all(database) == 1201
    async with database.connect() as connection:
        assert list(await connection.scalars(text("select aggregate_version from feed order by seq"))) == [*range(1201)]
        assert await connection.scalar(text("select count(*) from feed_audience")) == 1201
        assert await connection.scalar(text("select count(*) from outbox")) == 0
