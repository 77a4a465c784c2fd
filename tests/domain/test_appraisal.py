"""Appraisal: opinions of the place, one grade a year by the formal organization."""

from __future__ import annotations

from datetime import date

import pytest

from hub.domain import appraisal, candidate
from hub.errors import AlreadyRecorded, InvalidInput, NotFound, ReasonRequired, StaleVersion, WrongSide
from hub.models import Grade
from tests.domain.liaisons import World, a_world, nobody
from tests.sync.ledger.imports import execute

SAID = {"year": 2026, "decided_on": date(2026, 11, 20)}


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def test_one_grade_a_year_by_the_formal_organization_alone(world: World) -> None:
    person, _, _ = await world.pair()
    call = {"member_id": person, "grade": Grade.QUALIFIED, **SAID}
    await world.refused(WrongSide, appraisal.record, "BJ01", **call)
    await world.refused(NotFound, appraisal.record, "YL02", **call)
    await world.refused(InvalidInput, appraisal.record, "YL0101", **{**call, "year": 2027})
    await world.refused(InvalidInput, appraisal.record, "YL0101", **{**call, "grade": None})
    done = await world.do(appraisal.record, "YL0101", **call)
    await world.refused(AlreadyRecorded, appraisal.record, "YL0101", **call)
    assert (await world.row("appraisal", done.id))["grade"] == "QUALIFIED"
    assert await world.events(done.id, heard_by="YL01") == ["APPRAISAL_RECORDED"]
    assert await world.events(done.id, heard_by="BJ01") == []


async def test_a_probationary_member_takes_part_without_a_grade(world: World) -> None:
    person = await world.member(category="PROBATIONARY")
    await world.refused(InvalidInput, appraisal.record, "YL0101", member_id=person, grade=Grade.QUALIFIED, **SAID)
    done = await world.do(appraisal.record, "YL0101", member_id=person, grade=None, **SAID)
    assert (await world.row("appraisal", done.id))["grade"] is None


async def test_excellent_above_a_third_is_a_warning(world: World) -> None:
    people = [await world.member(which=n, name=f"甲{n}") for n in range(1, 5)]
    seen = []
    for person in people[:2]:
        await world.do(appraisal.record, "YL0101", member_id=person, grade=Grade.EXCELLENT, **SAID)
        async with world.database.connect() as connection:
            found = await appraisal.counted(connection, world["YL0101"], 2026)
        seen.append((found.excellent, found.full_members, found.is_over_a_third))
    assert seen == [(1, 4, False), (2, 4, True)]


async def test_a_correction_keeps_its_reason(world: World) -> None:
    person = await world.member()
    done = await world.do(appraisal.record, "YL0101", member_id=person, grade=Grade.QUALIFIED, **SAID)
    call = {"appraisal_id": done.id, "version": 1, "grade": Grade.EXCELLENT}
    await world.refused(ReasonRequired, appraisal.correct, "YL0101", reason=" ", **call)
    await world.refused(StaleVersion, appraisal.correct, "YL0101", reason="x", **{**call, "version": 2})
    await world.do(appraisal.correct, "YL0101", reason="登记有误", **call)
    row = await world.row("appraisal", done.id)
    assert (row["grade"], row["note"], row["version"]) == ("EXCELLENT", "QUALIFIED → EXCELLENT：登记有误", 2)


async def test_to_the_place_a_grade_is_not_there(world: World) -> None:
    """The same refusal as for an id of nothing, also in the field that it names."""
    person, _, _ = await world.pair()
    done = await world.do(appraisal.record, "YL0101", member_id=person, grade=Grade.QUALIFIED, **SAID)
    call = {"version": 1, "grade": Grade.EXCELLENT, "reason": "x"}
    for who in ("BJ01", "YL02"):
        there = await world.refused(NotFound, appraisal.correct, who, appraisal_id=done.id, **call)
        nothing = await world.refused(NotFound, appraisal.correct, who, appraisal_id=nobody(), **call)
        assert (there.field, there.message) == (nothing.field, nothing.message) == ("appraisalId", nothing.message)


async def test_texts_have_a_length(world: World) -> None:
    person = await world.member()
    call = {"member_id": person, "grade": Grade.QUALIFIED, **SAID}
    await world.refused(InvalidInput, appraisal.record, "YL0101", note="长" * 501, **call)
    done = await world.do(appraisal.record, "YL0101", **call)
    correction = {"appraisal_id": done.id, "version": 1, "grade": Grade.EXCELLENT}
    await world.refused(InvalidInput, appraisal.correct, "YL0101", reason="长" * 501, **correction)


async def test_an_opinion_waits_with_the_arrival_and_crosses_with_the_match(world: World) -> None:
    came = await world.arrive(which=1)
    given = {"liaison_id": came, "year": 2026, "grade": Grade.EXCELLENT, "opinion": "表现突出"}
    first = await world.do(appraisal.give_opinion, "BJ01", **given)
    again = await world.do(appraisal.give_opinion, "BJ01", **{**given, "grade": Grade.QUALIFIED})
    assert (again.id, again.version, again.new) == (first.id, 2, False)
    assert await world.events(first.id, heard_by="YL01") == []
    person = await world.member(which=1)

    left = await world.leave(person, inflow_organization_id=world["BJ01"])

    assert await world.events(first.id, heard_by="YL01") == ["PARTICIPATION_SHARED"]
    version = await world.version("departure", left)
    await world.do(candidate.undo, "YL0101", liaison_id=left, version=version, reason="不是同一人")
    assert await world.events(first.id, heard_by="YL01") == ["PARTICIPATION_SHARED", "PARTICIPATION_UNSHARED"]


async def test_the_home_side_gives_no_opinion_for_the_place(world: World) -> None:
    _, left, _ = await world.pair()
    await world.refused(WrongSide, appraisal.give_opinion, "YL0101", liaison_id=left, year=2026, opinion="x")
    await world.refused(InvalidInput, appraisal.give_opinion, "BJ01", liaison_id=left, year=2026)


async def test_a_floating_branch_gives_an_opinion_of_its_members(world: World) -> None:
    person = await world.member()
    await execute(world, "update organization set kind = 'FLOATING_BRANCH' where id = :id", id=world["YL0102"])
    given = {"member_id": person, "year": 2026, "opinion": "合格"}
    await world.refused(WrongSide, appraisal.give_floating_opinion, "YL01", organization_id=world["YL0101"], **given)
    await world.do(appraisal.give_floating_opinion, "YL01", organization_id=world["YL0102"], **given)
    assert await world.value("select member_id from appraisal_opinion") == person
