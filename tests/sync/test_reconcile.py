"""The nightly job: it finds what waits for somebody, and a second run finds nothing more."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from hub.domain import leaving
from hub.models import ReasonCode
from hub.sync import reconcile
from hub.sync.reconcile import Reconciled
from tests.domain.liaisons import World, a_vault, a_world
from tests.domain.transfers import a_case


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def run(world: World) -> Reconciled:
    return await reconcile.reconcile(world.database, vault=world.vault, now=world.now)


async def test_an_empty_hub(world: World) -> None:
    before = await world.everything()
    assert await run(world) == Reconciled()
    assert await world.everything() == before


async def test_a_second_run_changes_nothing(world: World) -> None:
    for n in range(1, 4):
        _, _, came = await world.pair(n, f"甲{n}", work_unit="江北重工")
        await world.say_inflow(came, branch="BJ010101", work_unit="新港物流")
    await world.leave(await world.member(which=8, name="田禾"))
    await world.arrive(which=8, name="田禾")
    found = await run(world)
    assert (found.candidates, found.eligible) == (1, 3)
    before = await world.everything()
    assert await run(world) == Reconciled()
    assert await world.everything() == before


async def test_what_was_written_past_the_domain_is_found(world: World) -> None:
    """A difference that nothing compared yet opens, one that is gone closes: also over many liaisons."""
    await world.pair(1, "甲", work_unit="江北重工")
    await world.pair(2, "乙", work_unit="江北重工")
    async with world.database.begin() as connection:
        await connection.execute(text("update arrival set work_unit = '新港物流'"))
    assert (await run(world)).opened == 2
    async with world.database.begin() as connection:
        await connection.execute(text("update arrival set work_unit = '江北重工' where name = '甲'"))
    assert await run(world) == Reconciled(closed=1)
    assert await world.value("select count(*) from discrepancy where state = 'OPEN'") == 1


async def test_more_liaisons_than_one_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "_BATCH", 2)
    for n in range(1, 6):
        await world.pair(n, f"甲{n}", work_unit="江北重工")
    async with world.database.begin() as connection:
        await connection.execute(text("update arrival set work_unit = '新港物流'"))
    assert (await run(world)).opened == 5


async def test_letters_that_expired(database) -> None:
    case = await a_case(database)
    world = World(database, case.ids, a_vault())
    await case.steps("request", "confirm", "approve")
    world.wait(30)
    assert (await run(world)).letters == 0  # the last day still counts
    world.wait(1)
    assert (await run(world)).letters == 1
    assert await world.kinds_of_tasks("YL01") == ["LETTER_EXPIRED"]
    assert await run(world) == Reconciled()


async def test_everything_that_is_to_be_found_is_somebodys_task(world: World) -> None:
    """domain 13: 1 OUT_NO_IN, 2 IN_NO_OUT, 19 returned but not closed, one number on two members."""
    await world.leave(await world.member(which=1))
    await world.arrive(which=2, name="田禾")
    _, _, came = await world.pair(3, "苏木")
    back = {"reason": ReasonCode.NOT_LIVING_HERE, "note": None}
    await world.do(leaving.return_, "BJ01", liaison_id=came, version=1, **back)
    await world.member("YL0201", which=4, name="石松")
    await world.member("BJ0201", which=4, name="石松")
    await run(world)
    everywhere = await world.tasks("YL") + await world.tasks("BJ")
    kinds = sorted(task.kind.value for task in everywhere)
    assert kinds == ["NO_ARRIVAL", "NO_DEPARTURE", "RETURNED_NOT_CLOSED", "TWO_MEMBERS"]
    assert all(task.due_on >= date(2026, 11, 25) for task in everywhere)
