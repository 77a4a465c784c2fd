"""The subscription: what it begins with, how it goes on, how it ends, and that it tells of its own view only."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.database.engine import transaction
from hub.domain.event import follow, page
from hub.domain.viewer import Role
from hub.feed import shared, view
from hub.feed.append import append
from hub.feed.bell import Bell
from hub.feed.cursor import Position, UnreadableCursor
from hub.feed.item import CloseReason, Closing, Event, Heartbeat, Item, ResyncReason, ResyncRequired
from hub.models.event import Topic
from tests.feed.world import CURSORS, NOW, RETENTION, event, happen, plant, running, viewer


async def take(stream: AsyncGenerator[Item, None], count: int, seconds: float = 3) -> list[Item]:
    async with asyncio.timeout(seconds):
        return [await anext(stream) for _ in range(count)]


async def silent(stream: AsyncGenerator[Item, None], seconds: float = 0.15) -> bool:
    """Whether nothing comes; the stream is of no use afterwards."""
    with pytest.raises(TimeoutError):
        await take(stream, 1, seconds)
    return True


async def test_from_now_on_begins_with_a_cursor_and_goes_on_with_what_happens(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    await happen(database, event([root], version=1))
    async with running(database) as (streams, _):
        stream = follow(streams, viewer(root), CURSORS, None, None)
        (beat,) = await take(stream, 1)
        await happen(database, event([root], version=2), event([root], version=3))
        two, three = await take(stream, 2)
    assert isinstance(beat, Heartbeat)
    assert (two.aggregate_version, two.prev_seq) == (2, beat.head_seq)
    assert (three.aggregate_version, three.prev_seq) == (3, two.seq)
    async with database.connect() as connection:
        polled = await page(connection, viewer(root), CURSORS, beat.cursor, None, 10, retention=RETENTION)
    assert polled.items == [two, three]


async def test_the_bell_numbers_what_was_committed(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with running(database) as (streams, bell):
        stream = follow(streams, viewer(root), CURSORS, None, None)
        await take(stream, 1)
        for rung in (True, False):  # without a ring it takes up to a second
            async with transaction(database) as connection:
                await append(connection, [event([root])], at=NOW)
            if rung:
                bell.ring()
            await take(stream, 1, seconds=0.5 if rung else 2)


async def test_after_a_cursor_comes_what_was_missed_then_what_happens(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "_PAGE", 3)
    monkeypatch.setattr(shared, "_KEPT", 4)
    (root,) = await plant(database, [None])
    await happen(database, *[event([root], version=version) for version in range(10)])
    async with running(database) as (streams, _):
        async with database.connect() as connection:
            first = (await page(connection, viewer(root), CURSORS, None, None, 1, retention=RETENTION)).items[0]
        stream = follow(streams, viewer(root), CURSORS, first.cursor, None)
        seen = await take(stream, 9)
        await happen(database, *[event([root], version=version) for version in range(10, 30)])
        live = follow(streams, viewer(root), CURSORS, seen[-1].cursor, None)
        assert [item.aggregate_version for item in await take(live, 20)] == [*range(10, 30)]
        # Now far behind what is kept in memory.
        seen += await take(stream, 20)
    assert [item.aggregate_version for item in seen] == [*range(1, 30)]
    assert [item.prev_seq for item in seen] == [first.seq, *[item.seq for item in seen[:-1]]]


async def test_a_cursor_from_before_the_first_event_is_one(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with running(database, heartbeat=0.05) as (streams, _):
        stream = follow(streams, viewer(root), CURSORS, None, None)
        beats = await take(stream, 3)
        assert {beat.cursor for beat in beats} == {beats[0].cursor}
        assert {beat.head_seq for beat in beats} == {None}
        await happen(database, event([root], version=1))
        again = follow(streams, viewer(root), CURSORS, beats[-1].cursor, None)
        assert [item.aggregate_version for item in await take(again, 1)] == [1]


async def test_heartbeats_come_in_silence_and_carry_the_last_event(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with running(database, heartbeat=0.2) as (streams, _):
        stream = follow(streams, viewer(root), CURSORS, None, None)
        await take(stream, 1)
        await happen(database, event([root]))
        (item, beat, other) = await take(stream, 3)
    assert isinstance(item, Event)
    assert (beat.cursor, beat.head_seq) == (item.cursor, item.seq)
    assert timedelta(seconds=0.19) < other.at - beat.at < timedelta(seconds=0.5)


async def test_a_quiet_stream_is_the_same_whatever_happens_elsewhere(database: AsyncEngine) -> None:
    """The oracle: nothing in or about a stream depends on events that the reader may not hear."""
    _, ours, theirs = await plant(database, [None, 0, 0])
    await happen(database, event([ours]))

    async def others(bell: Bell) -> None:
        while True:
            await happen(database, event([theirs]), event([theirs]))
            bell.ring()

    async def listen(*, busy: bool) -> list[Item]:
        async with running(database, heartbeat=0.3) as (streams, bell):
            at_work = asyncio.create_task(others(bell)) if busy else None
            items = await take(follow(streams, viewer(ours), CURSORS, None, None), 4)
            if at_work:
                at_work.cancel()
                await asyncio.gather(at_work, return_exceptions=True)
            return items

    quiet, busy = await listen(busy=False), await listen(busy=True)
    assert [(item.cursor, item.head_seq) for item in quiet] == [(item.cursor, item.head_seq) for item in busy]
    for items in (quiet, busy):
        assert all(timedelta(seconds=0.28) < b.at - a.at < timedelta(seconds=0.9) for a, b in pairwise(items))


async def test_followers_of_one_view_share_its_events(database: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = view.event

    def counted(*args: object) -> Event:
        made.append(make(*args).cursor)
        return make(*args)

    monkeypatch.setattr(view, "event", counted)
    _, ours, theirs = await plant(database, [None, 0, 0])
    async with running(database) as (streams, _):
        all_streams = [follow(streams, viewer(who), CURSORS, None, None) for who in (ours, ours, ours, theirs)]
        for stream in all_streams:
            await take(stream, 1)
        waiting = [asyncio.create_task(take(stream, 1)) for stream in all_streams[:3]]
        await happen(database, event([ours]))
        items = [(await task)[0] for task in waiting]
        assert made == [items[0].cursor]
        assert items[0] is items[1] is items[2]


async def test_a_stream_of_some_topics_hears_those(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with running(database, heartbeat=0.3) as (streams, _):
        stream = follow(streams, viewer(root), CURSORS, None, [Topic.TRANSFER])
        (beat,) = await take(stream, 1)
        await happen(database, event([root]), event([root], version=2, topic=Topic.TRANSFER), event([root]))
        item, later = await take(stream, 2)
    assert (item.aggregate_version, item.prev_seq, later.head_seq) == (2, None, item.seq)
    assert beat.cursor != later.cursor == item.cursor


async def test_a_cursor_that_does_not_hold_ends_the_stream(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with running(database) as (streams, _):
        stream = follow(streams, viewer(root), CURSORS, Position(1, b"gone", 0).seal(CURSORS), None)
        (item,) = await take(stream, 1)
        assert item.reason is ResyncReason.SCOPE_CHANGED
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
        with pytest.raises(UnreadableCursor):
            await anext(follow(streams, viewer(root), CURSORS, "nonsense", None))
        assert streams.count == 0


async def test_a_tree_that_changes_ends_the_stream(database: AsyncEngine) -> None:
    root, county = await plant(database, [None, 0])
    async with running(database, heartbeat=0.1) as (streams, _):
        stream = follow(streams, viewer(root), CURSORS, None, None)
        await take(stream, 2)
        async with transaction(database) as connection:
            await connection.execute(
                text("delete from organization_closure where descendant = :county and depth = 1"), {"county": county}
            )
        items = await take(stream, 1)
        if isinstance(items[-1], Heartbeat):  # the grant is looked at with every second heartbeat at the latest
            items += await take(stream, 1)
        assert isinstance(items[-1], ResyncRequired)
        assert items[-1].reason is ResyncReason.SCOPE_CHANGED
        again = follow(streams, viewer(root), CURSORS, items[-1].snapshot_cursor, None)
        assert isinstance((await take(again, 1))[0], Heartbeat)


async def test_a_deploy_ends_every_stream_and_each_can_go_on(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with running(database) as (streams, _):
        all_streams = [follow(streams, viewer(root), CURSORS, None, topics) for topics in (None, [Topic.LIAISON])]
        for stream in all_streams:
            await take(stream, 1)
        waiting = [asyncio.create_task(take(stream, 1)) for stream in all_streams]
        await asyncio.sleep(0.05)
        closing = asyncio.create_task(streams.close())
        items = [(await task)[0] for task in waiting]
        assert not closing.done()
        for stream in all_streams:
            await stream.aclose()
        await closing
        late = await take(follow(streams, viewer(root), CURSORS, items[0].resume_after, None), 1)
    assert [(item.reason, 500 <= item.retry_after_ms <= 3000) for item in [*items, *late]] == [
        (CloseReason.DEPLOY, True)
    ] * 3
    await happen(database, event([root], version=1))
    async with running(database) as (streams, _):
        stream = follow(streams, viewer(root), CURSORS, items[0].resume_after, None)
        assert [item.aggregate_version for item in await take(stream, 1)] == [1]


async def test_a_token_that_expires_ends_its_stream(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with running(database) as (streams, _):
        soon = datetime.now(UTC) + timedelta(seconds=0.2)
        stream = follow(streams, viewer(root), CURSORS, None, None, expires_at=soon)
        beat, end = await take(stream, 2)
        assert end == Closing(CloseReason.AUTH_EXPIRED, beat.cursor, 0)
        assert datetime.now(UTC) >= soon


async def test_too_many_streams_of_one_reader_are_sent_away(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with running(database, per_reader=2) as (streams, _):
        mine = [follow(streams, viewer(root), CURSORS, None, None) for _ in range(3)]
        items = [(await take(stream, 1))[0] for stream in mine]
        other = await take(follow(streams, viewer(root, Role.PARTNER), CURSORS, None, None), 1)
        assert [type(item) for item in [*items, *other]] == [Heartbeat, Heartbeat, Closing, Heartbeat]
        assert items[2].reason is CloseReason.LIMIT
        await mine[0].aclose()
        await mine[2].aclose()
        assert isinstance((await take(follow(streams, viewer(root), CURSORS, None, None), 1))[0], Heartbeat)


async def test_a_reader_who_leaves_an_item_waiting_is_sent_away(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    async with running(database, patience=0.1) as (streams, _):
        stream = follow(streams, viewer(root), CURSORS, None, None)
        await take(stream, 1)
        await happen(database, event([root]), event([root]))
        (item,) = await take(stream, 1)
        await asyncio.sleep(0.15)
        (end,) = await take(stream, 1)
        assert (end.reason, end.resume_after) == (CloseReason.SLOW_CONSUMER, item.cursor)
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_a_lost_connection_costs_a_second_and_no_event(
    database: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    (root,) = await plant(database, [None])
    async with running(database) as (streams, bell):
        stream = follow(streams, viewer(root), CURSORS, None, None)
        await take(stream, 1)
        async with database.connect() as connection:
            await connection.execute(
                text("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                     " and pid <> pg_backend_pid()")
            )  # fmt: skip
        await asyncio.sleep(0.1)  # the driver must hear of it before the pool can know
        async with transaction(database) as connection:
            await append(connection, [event([root], version=1)], at=NOW)
        bell.ring()
        (item,) = await take(stream, 1)
        if isinstance(item, Closing):  # it was reading just then
            assert item.reason is CloseReason.DEPLOY
            (item,) = await take(follow(streams, viewer(root), CURSORS, item.resume_after, None), 1)
        assert item.aggregate_version == 1
        # The listening connection is back: without polling.
        await asyncio.sleep(1.3)
        async with database.connect() as connection:
            listening = await connection.scalar(
                text(
                    "select count(*) from pg_stat_activity where datname = current_database() and query like 'LISTEN%'"
                )
            )
        assert listening == 1
