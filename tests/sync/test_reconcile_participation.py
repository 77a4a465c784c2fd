"""The nightly run over organizational life: linked late, overdue, to be searched for; twice changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from hub.domain import contact, inquiry
from hub.models import ContactManner
from hub.sync.reconcile import reconcile
from tests.domain.liaisons import World, a_world
from tests.domain.lives import acknowledged, held, marked, reported
from tests.factories import later
from tests.sync.ledger.imports import execute


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def run(world: World):
    return await reconcile(world.database, vault=world.vault, now=world.now)


async def test_what_two_sides_told_at_once_is_linked_by_night(world: World) -> None:
    person, _, came = await world.pair()
    record = await marked(world, await held(world), came)
    told = await reported(world, person, host_id=world["BJ01"])
    await execute(world, "update participation set twin_id = null")  # as if neither had seen the other

    first, second = await run(world), await run(world)

    assert (first.linked, second.linked) == (1, 0)
    assert (await world.row("participation", told))["twin_id"] == record


async def test_six_months_without_a_sign_ask_for_a_search_and_a_sign_ends_it(world: World) -> None:
    await world.pair()  # told on 2026-11-25
    world.now = later(180)  # 2027-05-24
    assert (await run(world)).searched == 0
    world.now = later(181)
    assert (await run(world)).searched == 1
    assert (await run(world)).searched == 0
    (found,) = [t for t in await world.tasks("YL0101") if t.kind.value == "SEARCH"]
    assert "2026-11-25" in found.text
    person = await world.value("select id from member")

    await world.do(
        contact.record, "YL0101", member_id=person, on=date(2027, 5, 25), manner=ContactManner.PHONE, is_two_way=True
    )
    await run(world)
    assert "SEARCH" not in await world.kinds_of_tasks("YL0101")


async def test_nobody_is_searched_for_while_evidence_is_open(world: World) -> None:
    _, _, came = await world.pair()
    record = await marked(world, await held(world, held_on="2026-05-09"), came)
    world.now = later(200)
    assert (await run(world)).searched == 0  # the record waits for acknowledgement
    await acknowledged(world, record)
    assert (await run(world)).searched == 1


async def test_overdue_is_said_by_night(world: World) -> None:
    _, _, came = await world.pair()
    record = await marked(world, await held(world), came)
    world.now = later(16)
    assert (await run(world)).overdue == 1
    assert (await world.row("participation", record))["overdue_at"] == world.now


async def test_the_inquiry_that_a_search_demands_does_not_end_the_duty(world: World) -> None:
    person, _, _ = await world.pair()
    world.now = later(200)
    assert (await run(world)).searched == 1
    period = {"from_on": date(2026, 12, 1), "to_on": date(2027, 6, 1)}
    asked = await world.do(inquiry.ask, "YL0101", member_id=person, **period)
    await run(world)
    assert "SEARCH" not in await world.kinds_of_tasks("YL0101")
    await world.do(inquiry.answer, "BJ01", inquiry_id=asked.id, version=1, answer="未见到本人")

    assert ((await run(world)).searched, (await run(world)).searched) == (1, 0)
    assert "SEARCH" in await world.kinds_of_tasks("YL0101")
