"""`events(after:)`: pages, cursors, when the reader must read anew, and who hears what."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.crypto import CursorCodec
from hub.database.engine import transaction
from hub.domain.event import page
from hub.domain.viewer import Role, Viewer
from hub.feed.cursor import Position, UnreadableCursor
from hub.feed.item import Event, EventPage, ResyncReason, ResyncRequired
from hub.models.event import EventKind, Topic
from tests.feed.world import CURSORS, RETENTION, event, happen, plant, viewer


async def poll(
    engine: AsyncEngine,
    who: Viewer,
    after: str | None = None,
    topics: list[Topic] | None = None,
    first: int = 100,
    cursors: CursorCodec = CURSORS,
) -> EventPage:
    async with engine.connect() as connection:
        return await page(connection, who, cursors, after, topics, first, retention=RETENTION)


async def heard(engine: AsyncEngine, who: Viewer, **options: object) -> list[int]:
    """Versions, by which the tests name their events."""
    return [item.aggregate_version for item in (await poll(engine, who, **options)).items if isinstance(item, Event)]


async def test_pages_follow_each_other_without_gap_or_repetition(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    await happen(database, *[event([root], version=version) for version in range(7)])
    seen: list[Event] = []
    after, has_next, pages = None, True, 0
    while has_next:
        answer = await poll(database, viewer(root), after, first=3)
        seen += answer.items
        assert answer.head_seq is not None
        after, has_next, pages = answer.items[-1].cursor, answer.has_next, pages + 1
    assert [item.aggregate_version for item in seen] == [*range(7)]
    assert [item.prev_seq for item in seen] == [None, *[item.seq for item in seen[:-1]]]
    assert (pages, answer.head_seq) == (3, seen[-1].seq)
    assert await poll(database, viewer(root), after) == EventPage([], False, seen[-1].seq)
    assert await poll(database, viewer(uuid4())) == EventPage([], False, None)


async def test_a_superior_of_both_sides_hears_an_event_once(database: AsyncEngine) -> None:
    root, county, city, village, street, other = await plant(database, [None, 0, 0, 1, 2, 0])
    await happen(database, event([village, street], version=1), event([village], version=2), event([street], version=3))
    assert await heard(database, viewer(root)) == [1, 2, 3]
    assert await heard(database, viewer(county)) == [1, 2]
    assert await heard(database, viewer(village, Role.BRANCH)) == [1, 2]
    assert await heard(database, viewer(city)) == [1, 3]
    assert await heard(database, viewer(other)) == []


@pytest.mark.parametrize("below", [3, 80])
async def test_narrow_and_wide_readers_hear_the_same(database: AsyncEngine, below: int) -> None:
    root, *branches = await plant(database, [None, *([0] * below)])
    kinds = [(Topic.LIAISON, EventKind.STATEMENT_AMENDED), (Topic.MEMBER, EventKind.MEMBERSHIP_DECIDED)]
    await happen(
        database,
        *[
            event([branches[n % 3], branches[0]], version=n, topic=kinds[n % 2][0], kind=kinds[n % 2][1])
            for n in range(8)
        ],
    )
    assert await heard(database, viewer(root)) == [*range(8)]
    assert await heard(database, viewer(root), topics=[Topic.LIAISON]) == [0, 2, 4, 6]
    assert await heard(database, viewer(root), topics=[Topic.LIAISON, Topic.MEMBER], first=5) == [0, 1, 2, 3, 4]
    assert await heard(database, viewer(root), topics=[Topic.LEDGER]) == []
    assert await heard(database, viewer(root, Role.PARTNER)) == [0, 2, 4, 6]
    assert await heard(database, viewer(root, Role.PARTNER), topics=[Topic.MEMBER]) == []


async def test_what_a_view_tells_is_of_this_view(database: AsyncEngine) -> None:
    _, ours, theirs = await plant(database, [None, 0, 0])
    await happen(database, event([ours], version=1), event([theirs]), event([ours], version=2, topic=Topic.TRANSFER))
    await happen(database, event([ours], version=3), event([theirs]))
    items = (await poll(database, viewer(ours))).items
    assert [item.prev_seq for item in items] == [None, items[0].seq, items[1].seq]
    answer = await poll(database, viewer(ours), items[0].cursor, [Topic.LIAISON])
    assert [(item.aggregate_version, item.prev_seq) for item in answer.items] == [(3, items[0].seq)]
    assert answer.head_seq == items[2].seq
    assert (await poll(database, viewer(ours), topics=[Topic.TRANSFER])).head_seq == items[1].seq


async def test_members_hear_of_themselves(database: AsyncEngine) -> None:
    (branch,) = await plant(database, [None])
    one, other = uuid4(), uuid4()
    await happen(
        database, event([branch], version=1, member=one), event([branch], version=2, member=other), event([branch])
    )
    assert await heard(database, viewer(branch, Role.MEMBER, one)) == [1]
    assert await heard(database, viewer(branch, Role.MEMBER, other)) == [2]
    mine = (await poll(database, viewer(branch, Role.MEMBER, one))).items[0].cursor
    answer = await poll(database, viewer(branch, Role.MEMBER, other), mine)
    assert [item.reason for item in answer.items] == [ResyncReason.SCOPE_CHANGED]


async def test_a_partner_has_cursors_of_its_own(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    await happen(database, event([root]))
    partner = viewer(root, Role.PARTNER)
    theirs = CursorCodec.of(bytes(32), partner.realm)
    cursor = (await poll(database, partner, cursors=theirs)).items[0].cursor
    assert (await poll(database, partner, cursor, cursors=theirs)).items == []
    with pytest.raises(UnreadableCursor):
        await poll(database, viewer(root), cursor)


@pytest.mark.parametrize("cursor", ["", "nonsense", CURSORS.seal("feed", b"short"), CURSORS.seal("page", bytes(16))])
async def test_what_is_no_cursor_is_refused(database: AsyncEngine, cursor: str) -> None:
    with pytest.raises(UnreadableCursor):
        await poll(database, viewer(uuid4()), cursor)


async def resync(engine: AsyncEngine, who: Viewer, after: str) -> ResyncRequired:
    answer = await poll(engine, who, after)
    assert not answer.has_next
    (item,) = answer.items
    assert isinstance(item, ResyncRequired)
    return item


async def forget(engine: AsyncEngine, seq: int) -> None:
    async with transaction(engine) as connection:
        await connection.execute(text("delete from feed where seq = :seq"), {"seq": seq})


async def test_an_event_that_a_restore_took_away_is_an_unknown_cursor(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    await happen(database, event([root], version=1), event([root], version=2))
    first, second = (await poll(database, viewer(root))).items
    await forget(database, second.seq)
    item = await resync(database, viewer(root), second.cursor)
    assert item.reason is ResyncReason.UNKNOWN_CURSOR
    assert await heard(database, viewer(root), after=item.oldest_cursor) == [1]
    assert await heard(database, viewer(root), after=item.snapshot_cursor) == []
    await happen(database, event([root], version=3))
    assert await heard(database, viewer(root), after=item.snapshot_cursor) == [3]
    assert await heard(database, viewer(root), after=first.cursor) == [3]


async def test_another_event_with_the_same_number_is_not_the_one_of_the_cursor(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    await happen(database, event([root]))
    (item,) = (await poll(database, viewer(root))).items
    async with transaction(database) as connection:
        await connection.execute(text("update feed set event_id = :id"), {"id": uuid4()})
    assert (await resync(database, viewer(root), item.cursor)).reason is ResyncReason.UNKNOWN_CURSOR


async def test_an_event_older_than_what_is_kept_is_an_expired_cursor(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    await happen(database, event([root], version=1))
    (item,) = (await poll(database, viewer(root))).items
    old = item.seq - (RETENTION + timedelta(minutes=1)) // timedelta(microseconds=1)
    async with transaction(database) as connection:
        for table in ("feed_audience", "feed"):
            await connection.execute(text("set constraints all deferred"))
            await connection.execute(text(f"create table kept_{table} as table {table}"))
        await connection.execute(text("delete from feed"))
        await connection.execute(text("update kept_feed set seq = :old"), {"old": old})
        await connection.execute(text("update kept_feed_audience set seq = :old"), {"old": old})
        await connection.execute(text("insert into feed select * from kept_feed"))
        await connection.execute(text("insert into feed_audience select * from kept_feed_audience"))
    (item,) = (await poll(database, viewer(root))).items
    assert (await poll(database, viewer(root), item.cursor)).items == []  # old, but still there
    await forget(database, item.seq)
    answer = await resync(database, viewer(root), item.cursor)
    assert answer.reason is ResyncReason.EXPIRED
    assert answer.oldest_cursor == answer.snapshot_cursor
    await happen(database, event([root], version=2))
    assert await heard(database, viewer(root), after=answer.snapshot_cursor) == [2]


async def test_a_place_without_event_expires_too(database: AsyncEngine) -> None:
    (root,) = await plant(database, [None])
    grant = await current_grant(database, root)
    assert (await poll(database, viewer(root), Position.without_event(2 * 10**15, grant).seal(CURSORS))).items == []
    ancient = Position.without_event(10**15, grant).seal(CURSORS)
    assert (await resync(database, viewer(root), ancient)).reason is ResyncReason.EXPIRED


async def current_grant(engine: AsyncEngine, organization: UUID) -> int:
    await happen(engine, event([organization]))
    (item,) = (await poll(engine, viewer(organization))).items
    return Position.unseal(CURSORS, item.cursor).grant


async def test_another_grant_or_another_tree_changes_the_scope(database: AsyncEngine) -> None:
    root, county, _ = await plant(database, [None, 0, 1])
    await happen(database, event([county]))
    above, own = [(await poll(database, viewer(who))).items[0].cursor for who in (root, county)]
    assert (await resync(database, viewer(county), above)).reason is ResyncReason.SCOPE_CHANGED
    assert (await resync(database, viewer(county, Role.DEPARTMENT), own)).reason is ResyncReason.SCOPE_CHANGED
    async with transaction(database) as connection:
        await connection.execute(
            text("delete from organization_closure where ancestor = :county and depth = 1"), {"county": county}
        )
    item = await resync(database, viewer(county), own)
    assert item.reason is ResyncReason.SCOPE_CHANGED
    assert (await poll(database, viewer(county), item.snapshot_cursor)).items == []
    assert (await poll(database, viewer(root), above)).items == []
