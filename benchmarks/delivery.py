"""Commit to delivery: how long after its commit an event reaches a follower, at 50 commits a second.

Usage: python -m benchmarks.delivery [--seconds 10] [--rate 50] [--followers 100] [--url postgresql://…]
Prints one table: idle, and while an import-like writer loads the same database with batches of 500 events from another
process. Without --url a PostgreSQL of its own is started, with fsync on.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.crypto import CursorCodec
from hub.database.embedded import embedded
from hub.database.engine import create_engine, transaction
from hub.database.migrate import upgrade
from hub.feed.append import Event, append
from hub.feed.bell import Bell
from hub.feed.follow import Streams
from hub.feed.item import Event as Delivered
from hub.feed.number import number_all
from hub.feed.view import View
from hub.models.event import Aggregate, EventKind, Topic
from hub.settings import Settings

BATCH = 500


def change(organization: UUID, identifier: UUID) -> Event:
    return Event(
        topic=Topic.LIAISON,
        kind=EventKind.STATEMENT_AMENDED,
        aggregate=Aggregate.OUTFLOW_STATEMENT,
        aggregate_id=identifier,
        aggregate_version=1,
        audience=[organization],
        occurred_at=datetime.now(UTC),
    )


async def plant(engine: AsyncEngine, branches: int = 200) -> list[UUID]:
    """One root and its branches; the root comes first."""
    ids = [uuid4() for _ in range(branches + 1)]
    async with transaction(engine) as connection:
        for identifier in ids:
            await connection.execute(
                text(
                    "insert into organization (id, system, code, name, short_name, kind, recorded_at, recorded_by)"
                    " values (:id, 'bench', :code, '', '', 'BRANCH', now(), 'bench')"
                ),
                {"id": identifier, "code": str(identifier)},
            )
            await connection.execute(
                text("insert into organization_closure values (:id, :id, 0) on conflict do nothing"), {"id": identifier}
            )
        await connection.execute(
            text("insert into organization_closure select :root, unnest(cast(:ids as uuid[])), 1"),
            {"root": ids[0], "ids": ids[1:]},
        )
    return ids


async def load(url: str, branches: list[UUID]) -> None:
    """An import: transactions of 500 rows and their events, one after the other, each numbered after its commit."""
    engine = create_engine(url)
    while True:
        async with transaction(engine) as connection:
            now = datetime.now(UTC)
            await connection.execute(
                text(
                    "insert into operation (client, organization_id, op_id, mutation, input_digest, recorded_at)"
                    " select 'bench', gen_random_uuid(), gen_random_uuid(), 'import', sha256('x'), now()"
                    f" from generate_series(1, {BATCH * 2})"
                )
            )
            await append(connection, [change(branches[n % len(branches)], uuid4()) for n in range(BATCH)], at=now)
            # The work on each row that a real import does between its statements: about 0.3 ms.
            await asyncio.sleep(BATCH * 0.0003)
        await number_all(engine)


async def measure(engine: AsyncEngine, ids: list[UUID], seconds: float, rate: int, followers: int) -> list[float]:
    """Milliseconds from the return of COMMIT to the item in the hands of a follower."""
    root, *branches = ids
    streams = Streams(engine, heartbeat=15, retention=timedelta(days=400))
    bell = Bell(engine, streams.wake)
    committed: dict[UUID, float] = {}
    waited: list[float] = []
    heard: list[int] = []
    cursors = CursorCodec.of(bytes(32), "")

    async def listen(number: int) -> None:
        # One reader above all hears everything, the import too; the others one branch each.
        view = View(branches[number % len(branches)] if number else root, None, None, 0)
        async for item in streams.follow(view, cursors, None, reader=number):
            if isinstance(item, Delivered) and (began := committed.get(item.aggregate_id)):
                delivered(number, time.perf_counter() - began)

    def delivered(number: int, seconds: float) -> None:
        heard.append(number)
        waited.append(seconds * 1000)

    async with streams.running(), bell.running():
        tasks = [asyncio.create_task(listen(number)) for number in range(followers)]
        await asyncio.sleep(1)
        begun = time.perf_counter()
        for count in range(int(seconds * rate)):
            await asyncio.sleep(max(0, begun + count / rate - time.perf_counter()))
            identifier = uuid4()
            async with transaction(engine) as connection:
                await append(connection, [change(branches[count % len(branches)], identifier)], at=datetime.now(UTC))
            committed[identifier] = time.perf_counter()
            bell.ring()
        await asyncio.sleep(0.5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert heard.count(0) == len(committed), f"{heard.count(0)} delivered of {len(committed)}"
    return sorted(waited)


def scratch() -> Path:
    """A folder that the user of the embedded PostgreSQL may enter."""
    home = Path(tempfile.mkdtemp(prefix="liaison-hub-bench-"))
    home.chmod(0o711)
    return home


async def main(options: argparse.Namespace) -> None:
    with nullcontext(options.url) if options.url else embedded(Settings(home=scratch())) as url:
        engine = create_engine(url, pool_size=20)
        await upgrade(engine)
        ids = await plant(engine)
        print(f"| delivery, {options.rate} commits/s, {options.followers} followers | p50 ms | p99 ms | max ms |")
        print("|---|--:|--:|--:|")
        for name in ("idle", "while an import writes"):
            loader = None
            if name != "idle":
                loader = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "benchmarks.delivery", "--url", url, "--load", *map(str, ids[1:])
                )
            waited = await measure(engine, ids, options.seconds, options.rate, options.followers)
            if loader:
                loader.kill()
                await loader.wait()
            p50, p99 = (waited[int(len(waited) * share)] for share in (0.5, 0.99))
            print(f"| {name} | {p50:.1f} | {p99:.1f} | {waited[-1]:.1f} |", flush=True)
        async with engine.connect() as connection:
            print("events in the feed:", await connection.scalar(text("select count(*) from feed")))
        await engine.dispose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--followers", type=int, default=100)
    parser.add_argument("--url")
    parser.add_argument("--load", nargs="*", type=UUID, help=argparse.SUPPRESS)
    given = parser.parse_args()
    asyncio.run(load(given.url, given.load) if given.load else main(given))
