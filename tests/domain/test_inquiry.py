"""Inquiries (协查函): who is asked, what may be attached, and whose task silence is."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from hub.domain import inquiry
from hub.errors import InvalidInput, NotFound, ReasonRequired, StaleVersion, WrongSide, WrongState
from tests.domain.liaisons import World, a_world
from tests.domain.lives import held, marked
from tests.factories import later

PERIOD = {"from_on": date(2026, 5, 1), "to_on": date(2026, 11, 20)}


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def asked(world: World, member_id: UUID, **said) -> UUID:
    return (await world.do(inquiry.ask, "YL0101", member_id=member_id, **{**PERIOD, **said})).id


async def test_the_place_of_the_match_is_asked_and_answers_with_records(world: World) -> None:
    person, _, came = await world.pair()
    await world.say_inflow(came, branch="BJ010101")
    record = await marked(world, await held(world), came)

    identifier = await asked(world, person, question="请告知参加情况")

    row = await world.row("inquiry", identifier)
    assert (row["inflow_organization_id"], row["arrival_id"], row["due_on"]) == (
        world["BJ010101"], came, date(2026, 12, 10),
    )  # fmt: skip
    assert await world.kinds_of_tasks("BJ010101") == ["INQUIRY"]
    assert await world.kinds_of_tasks("YL0101", "THEIRS") == ["INQUIRY"]
    await world.do(
        inquiry.answer, "BJ010101", inquiry_id=identifier, version=1, answer="参加了一次", participations=[record]
    )
    assert await world.rows("select participation_id from inquiry_record") == [{"participation_id": record}]
    assert await world.events(identifier, heard_by="YL0101") == ["INQUIRY_ASKED", "INQUIRY_ANSWERED"]
    assert await world.kinds_of_tasks("BJ010101") == []


async def test_records_of_somebody_else_or_of_no_match_are_not_attached(world: World) -> None:
    person, _, _ = await world.pair()
    other = await world.arrive(which=7, name="别人")
    record = await marked(world, await held(world), other)
    identifier = await asked(world, person)
    await world.refused(
        NotFound, inquiry.answer, "BJ01", inquiry_id=identifier, version=1, answer="x", participations=[record]
    )


async def test_without_a_match_whom_the_statement_names_else_it_must_be_said(world: World) -> None:
    person = await world.member(which=1)
    await world.refused(InvalidInput, inquiry.ask, "YL0101", member_id=person, **PERIOD)
    await world.leave(person, inflow_organization_id=world["BJ02"])
    first = await asked(world, person)
    assert (await world.row("inquiry", first))["inflow_organization_id"] == world["BJ02"]
    second = await asked(world, person, inflow_organization_id=world["BJ01"])
    assert (await world.row("inquiry", second))["arrival_id"] is None
    await world.refused(WrongState, inquiry.ask, "YL0101", member_id=person, **PERIOD)


async def test_only_the_side_that_is_asked_answers_and_once(world: World) -> None:
    person, _, _ = await world.pair()
    identifier = await asked(world, person)
    call = {"inquiry_id": identifier, "version": 1, "answer": "没有参加记录"}
    await world.refused(WrongSide, inquiry.answer, "YL0101", **call)
    await world.refused(NotFound, inquiry.answer, "BJ02", **call)
    await world.refused(StaleVersion, inquiry.answer, "BJ01", **{**call, "version": 2})
    await world.refused(ReasonRequired, inquiry.answer, "BJ01", **{**call, "answer": " "})
    await world.do(inquiry.answer, "BJ01", **call)
    await world.refused(WrongState, inquiry.answer, "BJ01", **{**call, "version": 2})


async def test_taking_back_needs_a_reason_that_stays(world: World) -> None:
    person, _, _ = await world.pair()
    identifier = await asked(world, person)
    call = {"inquiry_id": identifier, "version": 1}
    await world.refused(ReasonRequired, inquiry.withdraw, "YL0101", reason="", **call)
    await world.refused(WrongSide, inquiry.withdraw, "BJ01", reason="x", **call)
    await world.do(inquiry.withdraw, "YL0101", reason="期间写错", **call)
    row = await world.row("inquiry", identifier)
    assert (row["state"], row["withdrawal_reason"]) == ("WITHDRAWN", "期间写错")


async def test_silence_is_a_task_of_the_committee_and_then_of_its_superior(world: World) -> None:
    person, _, came = await world.pair()
    await world.say_inflow(came, branch="BJ010101")
    await asked(world, person)  # due on 2026-12-10

    async def overdue(who: str) -> bool:
        found = await world.tasks(who)
        return any(t.kind.value == "INQUIRY_OVERDUE" and t.organization_id == world[who] for t in found)

    world.now = later(15)
    assert not await overdue("BJ0101")
    world.now = later(16)
    assert (await overdue("BJ0101"), await overdue("BJ01")) == (True, False)
    world.now = later(23)
    assert (await overdue("BJ01"), await overdue("BJ")) == (True, False)
    world.now = later(30)
    assert await overdue("BJ")
