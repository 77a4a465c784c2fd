"""Lists of records: whose, in which order, and each person's own when many are asked for at once."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event

from hub.domain import candidate, page_life
from hub.domain.page import Page, Window
from hub.domain.page_life import Asked
from hub.domain.viewer import Role
from tests.domain.liaisons import NAMES, World, a_world
from tests.domain.lives import held, marked, reported


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


def ids(page: Page) -> list[UUID]:
    return [position.id for position in page.positions]


async def listed(world: World, who: str, first: int = 50, **said) -> list[UUID]:
    """All pages of a list, and that no record is in two."""
    found: list[UUID] = []
    window = Window(first)
    async with world.database.connect() as connection:
        while True:
            page = await page_life.participations(
                connection, world.viewer(who), window, now=world.now, organization=world[who], **said
            )
            found += ids(page)
            if not page.has_next:
                break
            window = Window(first, page.positions[-1])
    assert len(found) == len(set(found))
    return found


async def test_each_side_lists_what_is_its_own_latest_day_first(world: World) -> None:
    person, _, came = await world.pair()
    seen = await marked(world, await held(world, held_on="2026-11-09"), came)
    own = await reported(world, person, "2026-11-10", host_text="市图书馆")
    stranger = await world.arrive("BJ02", which=2)
    elsewhere = await marked(world, await held(world, "BJ02"), stranger, who="BJ02")

    assert await listed(world, "YL0101") == [own, seen]
    assert await listed(world, "YL") == [own, seen]
    assert await listed(world, "BJ01") == [seen]
    assert await listed(world, "BJ02") == [elsewhere]
    assert await listed(world, "BJ") == sorted([seen, elsewhere], reverse=True)
    assert await listed(world, "YL02") == []


async def test_the_place_lists_what_a_member_told_once_it_is_linked_or_names_it(world: World) -> None:
    person, left, came = await world.pair()
    seen = await marked(world, await held(world), came)
    linked = await reported(world, person, host_text=NAMES["BJ01"])
    unlinked = await reported(world, person, "2026-11-08", host_text="市图书馆")
    named = await reported(world, person, "2026-11-07", host_id=world["BJ01"])
    assert (await world.row("participation", linked))["twin_id"] == seen

    assert await listed(world, "BJ01") == [*sorted([seen, linked], reverse=True), named]
    assert await listed(world, "YL0101") == [*sorted([seen, linked], reverse=True), unlinked, named]
    version = await world.version("departure", left)
    await world.do(candidate.undo, "YL0101", liaison_id=left, version=version, reason="不是同一人")
    assert await listed(world, "BJ01") == [seen]


@pytest.mark.parametrize("first", [1, 2, 50])
async def test_pages_reach_back_beyond_the_last_month(world: World, first: int) -> None:
    _, _, came = await world.pair()
    await world.say_inflow(came, arrived_on="2025-01-01")
    days = [date(2026, 11, 9) - timedelta(days=20 * n) for n in range(7)]
    records = [await marked(world, await held(world, held_on=day.isoformat()), came) for day in days]

    assert await listed(world, "BJ01", first) == records
    assert await listed(world, "YL0101", first) == records
    assert await listed(world, "BJ01", first, since=days[4], until=days[1]) == records[1:5]
    assert await listed(world, "BJ01", first, states=["CONFIRMED"]) == records
    assert await listed(world, "BJ01", first, disputed=True) == []


async def test_many_members_are_read_in_one_statement_each_with_their_own(world: World) -> None:
    people = [await world.pair(which=which, name=name) for which, name in ((1, "林晓"), (2, "周宁"), (3, "陈默"))]
    days = ("2026-11-08", "2026-11-09", "2026-11-10")
    activities = [await held(world, held_on=day) for day in days]
    expected = {
        person: [await marked(world, activity_id, came) for activity_id in reversed(activities)]
        for person, _, came in people[:2]
    }
    expected[people[2][0]] = []
    own = await reported(world, people[2][0], host_text="市图书馆")
    statements: list[str] = []
    event.listen(world.database.sync_engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    async def asked(who: str, window: Window, role: Role = Role.BRANCH, **said) -> dict[UUID, tuple[list[UUID], bool]]:
        keys = [Asked(person, window, **said) for person in expected]
        statements.clear()
        async with world.database.connect() as connection:
            pages = await page_life.of_members(connection, world.viewer(who, role), keys)
        assert len(statements) == 1
        return {key.of: (ids(page), page.has_next) for key, page in pages.items()}

    assert await asked("YL0101", Window(3)) == {
        person: (records or [own], False) for person, records in expected.items()
    }
    assert await asked("YL0101", Window(2), until=date(2026, 11, 9)) == {
        person: (records[1:] or [own], False) for person, records in expected.items()
    }
    first = await asked("BJ01", Window(1))
    assert first == {person: (records[:1], bool(records)) for person, records in expected.items()}
    assert await asked("YL02", Window(3)) == {person: ([], False) for person in expected}


async def test_stays_are_read_in_one_statement_each_with_its_own(world: World) -> None:
    stays = [(await world.pair(which=which, name=name))[2] for which, name in ((1, "林晓"), (2, "周宁"))]
    activity_id = await held(world)
    records = [await marked(world, activity_id, stay) for stay in stays]
    async with world.database.connect() as connection:
        pages = await page_life.of_stays(connection, world.viewer("YL0101"), [Asked(stay, Window(5)) for stay in stays])
        behind = await page_life.of_stays(
            connection,
            world.viewer("YL0101"),
            [Asked(stays[0], Window(5, pages[Asked(stays[0], Window(5))].positions[0]))],
        )
    assert [ids(pages[Asked(stay, Window(5))]) for stay in stays] == [[record] for record in records]
    assert [ids(page) for page in behind.values()] == [[]]
