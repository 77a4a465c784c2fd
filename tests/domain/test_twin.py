"""The same thing told twice: linked and counted once, and what differs is a difference with both sides' evidence."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from hub.domain import candidate, ending, participation, participation_record, participation_steps, settlement
from hub.errors import WrongState
from hub.models import EndReason, Side
from tests.domain.liaisons import World, a_world, blocked
from tests.domain.lives import acknowledged, do, held, marked, reported, summary, themselves


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def test_what_is_told_twice_is_linked_and_counted_once(world: World) -> None:
    person, _, came = await world.pair()
    told = await reported(world, person, host_id=world["BJ01"], evidence_kind="PHOTO")
    record = await marked(world, await held(world), came)

    assert (await world.row("participation", told))["twin_id"] == record
    assert await world.events(told, heard_by="BJ01") == ["PARTICIPATION_SHARED"]
    found = await summary(world, person)
    assert (found.attended, found.unacknowledged) == (1, 1)


@pytest.mark.parametrize(
    "said",
    [
        {"held_on": "2026-11-10"},
        {"held_on": "2026-11"},
        {"kind": "PARTY_LECTURE"},
        {"host": "BJ02"},
        {"host_text": "市图书馆"},
    ],
)
async def test_another_day_kind_or_place_is_another_thing(world: World, said) -> None:
    person, _, came = await world.pair()
    host = said.pop("host", None)
    told = await reported(world, person, **said, **({"host_id": world[host]} if host else {}))
    await marked(world, await held(world), came)
    assert (await world.row("participation", told))["twin_id"] is None


async def test_without_a_confirmed_match_nothing_is_linked(world: World) -> None:
    person = await world.member(which=1)
    await world.leave(person)
    came = await world.arrive(which=1)
    await marked(world, await held(world), came)
    told = await reported(world, person, host_id=world["BJ01"])
    assert (await world.row("participation", told))["twin_id"] is None


async def test_linking_keeps_the_hours_that_the_member_told(world: World) -> None:
    person, _, came = await world.pair()
    told = await reported(world, person, host_id=world["BJ01"], evidence_kind="PHOTO", hours=Decimal(4))
    await do(world, participation_steps.accept, told, "YL0101")
    assert (await summary(world, person)).hours == 4
    await marked(world, await held(world), came)
    found = await summary(world, person)
    assert (found.attended, found.hours) == (1, 4)


async def test_present_against_absent_is_a_difference_and_no_winner(world: World) -> None:
    person, _, came = await world.pair()
    record = await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    told = await reported(world, person, host_id=world["BJ01"], evidence_kind="PHOTO")

    (found,) = await world.rows("select * from discrepancy")
    assert (found["field"], found["outflow_value"], found["inflow_value"], found["owner"], found["state"]) == (
        "attendance", "PRESENT", "ABSENT_UNEXCUSED", "INFLOW", "OPEN",
    )  # fmt: skip
    assert found["participation_id"] == record
    assert "DISCREPANCY" in await world.kinds_of_tasks("BJ01")

    await do(world, participation_steps.correct, record, "BJ01", reason="签到表漏看", given={"attendance": "PRESENT"})

    assert (await world.rows("select state from discrepancy")) == [{"state": "SETTLED"}]
    assert (await world.row("participation", told))["twin_id"] == record


async def test_settling_an_attendance_waits_for_who_corrects_the_record(world: World) -> None:
    """Who corrects holds the record and then settles what agrees; whoever settles comes the same way round."""
    person, _, came = await world.pair()
    record = await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    await reported(world, person, host_id=world["BJ01"])
    (found,) = await world.rows("select id, version from discrepancy")
    said = {"discrepancy_id": found["id"], "version": found["version"], "take": Side.OUTFLOW, "note": "漏看"}
    said |= {"value": None, "confirmed_on": None}
    async with world.database.begin() as connection:
        await participation_record.hold(connection, [record])
        settling = asyncio.create_task(world.do(settlement.settle, "BJ01", **said))
        await blocked(world)
        call = {"viewer": world.viewer("BJ01"), "now": world.now, "participation_id": record, "version": 1}
        given = {"attendance": "PRESENT"}
        await participation_steps.correct(connection, **call, reason="签到表漏看", given=given)
    with pytest.raises(WrongState):
        await settling
    assert await world.rows("select state from discrepancy") == [{"state": "SETTLED"}]


async def test_an_absence_that_a_report_denies_does_not_weigh_until_it_is_settled(world: World) -> None:
    person, _, came = await world.pair()
    record = await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    await do(world, participation_steps.hear, record, "YL0101", heard_on=date(2026, 11, 20), statement="我在场")
    await reported(world, person, host_id=world["BJ01"])
    found = await summary(world, person)
    assert (found.attended, found.unexcused, found.unheard, found.disputed) == (0, 0, 0, 1)

    (differing,) = await world.rows("select id from discrepancy")
    said = {"discrepancy_id": differing["id"], "version": 1, "take": Side.INFLOW, "value": None, "confirmed_on": None}
    await world.do(settlement.settle, "BJ01", note="签到表上没有", **said)

    found = await summary(world, person)
    assert (found.attended, found.unexcused, found.unheard, found.disputed) == (0, 1, 0, 0)


async def a_difference(world: World) -> tuple[UUID, UUID, UUID, UUID]:
    """Absent says the place, and the member was heard; present says the member: member, departure, record, difference."""
    person, departed, came = await world.pair()
    record = await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    await do(world, participation_steps.hear, record, "YL0101", heard_on=date(2026, 11, 20), statement="我在场")
    await acknowledged(world, record)
    await reported(world, person, host_id=world["BJ01"])
    (found,) = await world.rows("select id from discrepancy")
    return person, departed, record, found["id"]


async def ended(world: World, departed: UUID) -> None:
    version = await world.version("departure", departed)
    said = {"liaison_id": departed, "version": version, "ended_on": world.today, "reason": EndReason.RETURNED}
    await world.do(ending.end, "YL0101", **said, note=None, letter_number=None, next_statement=None)


async def test_who_goes_home_is_not_absent_for_it(world: World) -> None:
    person, departed, _, difference = await a_difference(world)

    await ended(world, departed)

    found = await summary(world, person)
    assert (found.unexcused, found.unheard, found.disputed) == (0, 0, 1)
    assert await world.events(difference) == ["ATTENDANCE_DISCREPANCY_OPENED"]
    assert "DISCREPANCY" in await world.kinds_of_tasks("BJ01")
    said = {"discrepancy_id": difference, "version": 1, "take": Side.INFLOW, "value": None, "confirmed_on": None}
    await world.do(settlement.settle, "BJ01", note="签到表上没有", **said)
    assert (await summary(world, person)).unexcused == 1
    assert "DISCREPANCY" not in await world.kinds_of_tasks("BJ01")


async def test_a_report_after_the_end_is_somebodys_to_settle_too(world: World) -> None:
    person, departed, came = await world.pair()
    await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    await ended(world, departed)
    await reported(world, person, host_id=world["BJ01"])
    assert await world.rows("select state from discrepancy") == [{"state": "OPEN"}]
    assert "DISCREPANCY" in await world.kinds_of_tasks("BJ01")


async def test_an_undone_match_takes_the_difference_and_partners_do_not_hear_of_it(world: World) -> None:
    _, departed, _, difference = await a_difference(world)
    version = await world.version("departure", departed)
    await world.do(candidate.undo, "YL0101", liaison_id=departed, version=version, reason="不是同一人")
    told = [f"ATTENDANCE_DISCREPANCY_{step}" for step in ("OPENED", "SETTLED")]
    assert await world.events(difference) == told
    assert "DISCREPANCY" not in await world.kinds_of_tasks("BJ01")


async def test_an_answer_that_corrects_settles_the_difference(world: World) -> None:
    person, _, record, difference = await a_difference(world)
    await do(world, participation_steps.dispute, record, themselves(world, person), reason="我在场")
    given = {"attendance": "PRESENT"}
    await do(world, participation_steps.answer_dispute, record, "BJ01", answer="签到表漏看", given=given)
    assert (await world.row("discrepancy", difference))["state"] == "SETTLED"
    found = await summary(world, person)
    assert (found.attended, found.unexcused, found.disputed) == (1, 0, 0)


async def test_a_disputed_report_and_a_disputed_record_of_the_own_side_do_not_weigh(world: World) -> None:
    person, _, came = await world.pair()
    record = await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    await do(world, participation_steps.hear, record, "YL0101", heard_on=date(2026, 11, 20), statement="忘了")
    told = await reported(world, person, host_id=world["BJ01"], attendance="ABSENT_UNEXCUSED")
    own = await held(world, "YL0101", "2026-11-10")
    line = participation.RecordParticipation(
        activity_id=own, member_id=person, told=participation.Told(attendance="ABSENT_UNEXCUSED")
    )
    second = (await world.one(participation.record, "YL0101", line)).id
    found = await summary(world, person)
    assert (found.unexcused, found.unheard, found.disputed) == (2, 0, 0)
    for disputed, left in ((told, 1), (second, 0)):
        await do(world, participation_steps.dispute, disputed, themselves(world, person), reason="我没有这么说")
        found = await summary(world, person)
        assert (found.unexcused, found.disputed) == (left, 2 - left)


async def test_an_absence_in_dispute_is_not_also_unheard(world: World) -> None:
    person, _, came = await world.pair()
    record = await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    await do(world, participation_steps.dispute, record, themselves(world, person), reason="我在场")
    found = await summary(world, person)
    assert (found.unexcused, found.unheard, found.disputed) == (0, 0, 1)
