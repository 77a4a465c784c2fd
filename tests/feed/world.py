"""What the tests of the feed have in common: a small tree, writers as the domain writes, and a checker of what came."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.crypto import CursorCodec
from hub.database.engine import create_engine, transaction
from hub.domain.viewer import Role, Viewer
from hub.feed.append import Event, append
from hub.feed.bell import Bell
from hub.feed.follow import Limits, Streams
from hub.feed.number import number_all
from hub.models.event import Aggregate, EventKind, Topic

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
RETENTION = timedelta(days=400)
CURSORS = CursorCodec.of(bytes(32), "")


async def plant(engine: AsyncEngine, parents: Sequence[int | None]) -> list[UUID]:
    """A tree: organization i stands below `parents[i]`."""
    ids = [uuid4() for _ in parents]
    async with transaction(engine) as connection:
        for number, (identifier, parent) in enumerate(zip(ids, parents, strict=True)):
            await connection.execute(
                text(
                    "insert into organization (id, system, code, name, short_name, kind, parent_id, recorded_at,"
                    " recorded_by) values (:id, 'local', :code, :code, :code, 'COMMITTEE', :parent, now(), 'test')"
                ),
                {"id": identifier, "code": str(number), "parent": None if parent is None else ids[parent]},
            )
            above, depth = number, 0
            while above is not None:
                await connection.execute(
                    text("insert into organization_closure (ancestor, descendant, depth) values (:a, :d, :depth)"),
                    {"a": ids[above], "d": identifier, "depth": depth},
                )
                above, depth = parents[above], depth + 1
    return ids


def event(audience: Sequence[UUID], aggregate: UUID | None = None, version: int = 1, **changes: object) -> Event:
    given = {
        "topic": Topic.LIAISON,
        "kind": EventKind.STATEMENT_AMENDED,
        "aggregate": Aggregate.OUTFLOW_STATEMENT,
        "aggregate_id": aggregate or uuid4(),
        "aggregate_version": version,
        "audience": audience,
        "occurred_at": NOW,
    }
    return Event(**{**given, **changes})


async def happen(engine: AsyncEngine, *events: Event) -> None:
    """Append, commit and number."""
    async with transaction(engine) as connection:
        await append(connection, events, at=NOW)
    await number_all(engine)


def viewer(organization: UUID, role: Role = Role.COMMITTEE, member: UUID | None = None) -> Viewer:
    return Viewer(organization, role, "someone", "tests", member)


@asynccontextmanager
async def running(engine: AsyncEngine, heartbeat: float = 15, **limits: float) -> AsyncIterator[tuple[Streams, Bell]]:
    """What a process that serves streams runs."""
    streams = Streams(engine, heartbeat=heartbeat, retention=RETENTION, limits=Limits(**limits))
    bell = Bell(engine, streams.wake)
    async with streams.running(), bell.running():
        yield streams, bell


async def write(engine: AsyncEngine, aggregates: Sequence[UUID], times: int, done: list[tuple[UUID, int]]) -> None:
    """Change aggregates as the domain does: operation row, then lock, then event; some changes are rolled back."""
    for _ in range(times):
        async with engine.connect() as connection:
            await connection.execute(
                text(
                    "insert into operation (client, organization_id, op_id, mutation, input_digest, recorded_at)"
                    " values ('tests', :id, :op, 'amend', '', now())"
                ),
                {"id": aggregates[0], "op": uuid4()},
            )
            if random.random() < 0.1:
                await asyncio.sleep(0.05)  # a late lock: the transaction is old, its event is new
            aggregate = random.choice(aggregates)
            version = await _next_version(connection, aggregate)
            await append(connection, [event([aggregate], aggregate, version)], at=NOW)
            await asyncio.sleep(random.choice([0, 0, 0.001, 0.005]))
            if random.random() < 0.05:
                await connection.rollback()
                continue
            await connection.commit()
            done.append((aggregate, version))


async def _next_version(connection: AsyncConnection, aggregate: UUID) -> int:
    await connection.execute(text("select from organization where id = :id for update"), {"id": aggregate})
    changed = await connection.execute(
        text("update organization set version = version + 1 where id = :id returning version"), {"id": aggregate}
    )
    return int(changed.scalar_one())


@dataclass
class Findings:
    """What is wrong with what was delivered; all empty = nothing."""

    lost: int = 0
    twice: int = 0
    invented: int = 0
    inverted: int = 0
    errors: list[str] = field(default_factory=list)


def check(done: Sequence[tuple[UUID, int]], delivered: Sequence[tuple[UUID, int]]) -> Findings:
    seen, wanted = Counter(delivered), Counter(done)
    found = Findings(
        lost=(wanted - seen).total(),
        twice=sum(count - 1 for count in seen.values()),
        invented=len(set(seen) - set(wanted)),
    )
    highest: dict[UUID, int] = {}
    for aggregate, version in delivered:
        found.inverted += version <= highest.get(aggregate, 0)
        highest[aggregate] = max(version, highest.get(aggregate, 0))
    return found


@asynccontextmanager
async def unrelated_transaction(engine: AsyncEngine) -> AsyncIterator[None]:
    """One that has written and stays open, as a large import does."""
    other = create_engine(engine.url.render_as_string(hide_password=False))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(other.dispose)
        connection = await stack.enter_async_context(other.connect())
        await connection.execute(text("insert into job (name, due_at) values ('unrelated', now())"))
        yield
