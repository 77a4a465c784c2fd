"""No to a match: a denial and whom it reaches, an objection, a match undone, and what an ended liaison leaves behind."""

from __future__ import annotations

from datetime import date

import pytest

from hub.domain import arrival, candidate, correction, departure, ending, leaving, organization
from hub.domain.outcome import Changed
from hub.errors import NotFound, ReasonRequired, StaleVersion, WrongSide, WrongState
from hub.models import DenialCode, EndReason
from tests.domain.liaisons import TODAY, World, a_world, nobody, number


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


# Denials


async def denied(world: World, *, named: bool) -> tuple[object, object]:
    said = {"inflow_organization_id": world["BJ01"]} if named else {}
    left = await world.leave(await world.member(), **said)
    came = await world.arrive(which=None, birth_date=date(1980, 3, 15))
    await world.ask()
    await world.answer(candidate.deny, came, code=DenialCode.NOT_AWAY, note=None)
    return left, came


async def test_a_denial_reaches_a_registrar_whom_the_statement_named(world: World) -> None:
    left, came = await denied(world, named=True)
    assert await world.version("arrival", came) == 2
    assert await world.events(came) == ["ARRIVAL_REGISTERED", "MATCH_DENIED"]
    assert (came, "INFLOW", "DENIED") in await world.inbox("BJ01")
    assert await world.version("departure", left) == 1
    assert await world.inbox_differences() == 0


async def test_a_denial_reaches_nobody_else(world: World) -> None:
    _, came = await denied(world, named=False)
    assert await world.version("arrival", came) == 1
    assert await world.events(heard_by="BJ") == ["ARRIVAL_REGISTERED"]
    assert (came, "INFLOW", "UNMATCHED") in await world.inbox("BJ01")
    await world.refused(WrongState, candidate.object_to_denial, "BJ01", liaison_id=came, version=1, reason="是本人")


async def test_a_denied_pair_is_not_asked_again_until_something_changes(world: World) -> None:
    left, came = await denied(world, named=False)
    assert await world.ask() == 0
    await world.say_inflow(came, work_unit="新港物流", phone="17491234567")
    await world.say_outflow(left, work_unit="新港物流")
    assert await world.ask() == 0
    await world.say_outflow(left, destination="滨江区")
    assert await world.ask() == 1


async def test_a_denied_pair_is_asked_again_once_an_identity_is_corrected(world: World) -> None:
    _, came = await denied(world, named=False)
    said = {"member_id": None, "name": None, "birth_date": None, "reason": "补录"}
    await world.do(correction.correct_identity, "BJ01", arrival_id=came, citizen_id=number(), **said)
    assert await world.ask() == 1


async def test_a_denied_pair_with_its_number_is_not_matched_by_the_same_statement(world: World) -> None:
    """Said no once: the certain match does not come behind it, unless an identity or the named place changes."""
    left = await world.leave(await world.member())
    came = await world.arrive()
    await world.ask()
    await world.answer(candidate.deny, came, code=DenialCode.NOT_OUR_MEMBER, note=None)
    await world.say_inflow(came, work_unit="新港物流")
    assert await world.matched(left) is None
    await world.say_outflow(left, inflow_organization_id=world["BJ01"])
    assert await world.matched(left) == came


async def test_an_objection_opens_the_question_again(world: World) -> None:
    _, came = await denied(world, named=True)
    said = {"liaison_id": came, "reason": "身份证已核对"}
    await world.refused(ReasonRequired, candidate.object_to_denial, "BJ01", **{**said, "reason": " "}, version=2)
    await world.refused(StaleVersion, candidate.object_to_denial, "BJ01", **said, version=1)
    await world.refused(NotFound, candidate.object_to_denial, "BJ02", **said, version=2)
    await world.refused(NotFound, candidate.object_to_denial, "YL0102", **said, version=2)
    for asked in ("YL0101", "YL"):
        await world.refused(WrongSide, candidate.object_to_denial, asked, **said, version=2)
    world.wait(3)
    changed = await world.do(candidate.object_to_denial, "BJ01", **said, version=2)
    assert changed == Changed(came, 3)
    asked = await world.question(came)
    assert (asked["objection"], asked["due_on"], asked["version"]) == ("身份证已核对", date(2026, 12, 13), 3)
    assert await world.events(asked["id"]) == ["MATCH_ASKED", "MATCH_DENIED", "DENIAL_OBJECTED"]
    assert (came, "INFLOW", "UNMATCHED") in await world.inbox("BJ01")
    await world.refused(WrongState, candidate.object_to_denial, "BJ01", **said, version=3)
    await world.answer(candidate.confirm, came)
    assert (came, "INFLOW", "MATCHED") in await world.inbox("BJ01")
    assert await world.inbox_differences() == 0


# Undo


@pytest.mark.parametrize(("who", "statement"), [("YL0101", "departure"), ("BJ01", "arrival")])
async def test_undo_gives_everything_back(world: World, who: str, statement: str) -> None:
    _, left, came = await world.pair(work_unit="江北重工")
    await world.say_inflow(came, work_unit="新港物流")
    assert await world.value("select count(*) from discrepancy where state = 'OPEN'") == 1
    own = left if statement == "departure" else came
    version = await world.version(statement, own)
    changed = await world.do(candidate.undo, who, liaison_id=left, version=version, reason="同名")
    assert changed == Changed(own, version + 1)
    assert await world.matched(left) is None
    assert (left, "OUTFLOW", "AWAITING_ARRIVAL") in await world.inbox("YL0101")
    assert (came, "INFLOW", "UNMATCHED") in await world.inbox("BJ01")
    assert await world.value("select count(*) from discrepancy where state <> 'SETTLED'") == 0
    assert (await world.row("departure", left))["work_unit"] == "江北重工"
    assert (await world.row("arrival", came))["work_unit"] == "新港物流"
    assert (await world.events(left, heard_by="BJ01"))[-2:] == ["MATCH_UNDONE", "LIAISON_UNSHARED"]
    assert (await world.events(came, heard_by="YL0101"))[-2:] == ["MATCH_UNDONE", "LIAISON_UNSHARED"]
    assert await world.inbox_differences() == 0


async def test_an_undone_pair_is_neither_matched_nor_asked_again(world: World) -> None:
    _, left, came = await world.pair()
    await world.do(candidate.undo, "BJ01", liaison_id=came, version=1, reason="不是同一人")
    await world.say_inflow(came, work_unit="新港物流")
    await world.say_outflow(left, work_unit="新港物流")
    assert await world.ask() == 0
    assert await world.matched(left) is None
    await world.say_outflow(left, destination="滨江区新港街道", inflow_organization_id=None)
    assert await world.matched(left) is None  # the place is the same organization
    await world.say_outflow(left, inflow_organization_id=world["BJ"])
    assert await world.matched(left) == came


async def test_after_an_undo_the_right_arrival_is_matched(world: World) -> None:
    """A wrong arrival under somebody's number, undone, does not stand in the way of the right one."""
    left = await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    await world.arrive()  # the wrong one
    await world.do(candidate.undo, "YL0101", liaison_id=left, version=2, reason="号码登错")
    right = await world.arrive("BJ0101", which=2)
    said = {"member_id": None, "name": None, "birth_date": None, "reason": "更正"}
    await world.do(correction.correct_identity, "BJ0101", arrival_id=right, citizen_id=number(), **said)
    assert await world.matched(left) == right


async def test_an_undone_arrival_does_not_hide_another_one_from_the_departure(world: World) -> None:
    _, left, _wrong = await world.pair()
    await world.do(candidate.undo, "YL0101", liaison_id=left, version=2, reason="号码登错")
    right = await world.arrive(which=None, card_number="YL-2026-7", home_organization_id=world["YL01"])
    await world.say_outflow(left, card_number="YL-2026-7")
    assert await world.matched(left) == right


async def test_refused_undos_change_nothing(world: World) -> None:
    _, left, came = await world.pair()
    said = {"liaison_id": left, "version": 1, "reason": "同名"}
    await world.refused(ReasonRequired, candidate.undo, "BJ01", **{**said, "reason": " "})
    await world.refused(NotFound, candidate.undo, "BJ02", **said)
    await world.refused(NotFound, candidate.undo, "BJ01", **{**said, "liaison_id": nobody()})
    assert (await world.refused(StaleVersion, candidate.undo, "BJ01", **{**said, "version": 2})).version == 1
    lone, alone = await world.leave(await world.member(which=2, name="田禾")), await world.arrive(which=3, name="苏木")
    await world.refused(WrongState, candidate.undo, "YL0101", **{**said, "liaison_id": lone, "version": 1})
    await world.refused(WrongState, candidate.undo, "BJ01", **{**said, "liaison_id": alone, "version": 1})
    await world.do(candidate.undo, "BJ01", **{**said, "liaison_id": came})
    await world.refused(WrongState, candidate.undo, "BJ01", **{**said, "liaison_id": came, "version": 2})


async def end(world: World, left: object, **said: object) -> Changed:
    usual = {"letter_number": None, "note": None, "next_statement": None, "ended_on": TODAY}
    version = await world.version("departure", left)
    return await world.do(ending.end, "YL0101", liaison_id=left, version=version, **{**usual, **said})


async def test_an_ended_liaison_is_neither_undone_nor_asked_about(world: World) -> None:
    _, left, came = await world.pair()
    await end(world, left, reason=EndReason.RETURNED)
    await world.refused(WrongState, candidate.undo, "YL0101", liaison_id=left, version=3, reason="晚了")
    assert await world.ask() == 0
    assert (came, "INFLOW", "ENDED") in await world.inbox("BJ01")


async def test_an_ended_liaison_frees_the_arrival_for_the_next_departure(world: World) -> None:
    person, left, came = await world.pair()
    await end(world, left, reason=EndReason.RETURNED)
    again = await world.leave(person, inflow_organization_id=world["BJ01"])
    assert await world.matched(again) == came
    assert await world.matched(left) == came  # as it was
    assert (came, "INFLOW", "MATCHED") in await world.inbox("BJ01")
    assert (left, "OUTFLOW", "ENDED") in await world.inbox("YL0101")
    assert await world.inbox_differences() == 0


async def test_moved_on_from_one_place_to_the_next(world: World) -> None:
    """A→B→C: one liaison ends, the next opens from the same outflow organization and matches the next arrival."""
    _, left, came = await world.pair()
    await end(world, left, reason=EndReason.MOVED_ON, next_statement={"inflow_organization_id": world["BJ02"]})
    following = (await world.row("departure", left))["moved_on_to"]
    at_c = await world.arrive("BJ02")
    assert await world.matched(following) == at_c
    assert await world.matched(left) == came
    assert await world.inbox_differences() == 0


async def test_a_closed_organization_passes_its_names_to_the_successor(world: World) -> None:
    """What is open follows: the statement named the street that was merged, the arrival comes to its successor."""
    left = await world.leave(await world.member(), inflow_organization_id=world["BJ02"])
    await world.do(organization.close, "BJ", organization_id=world["BJ02"], closed_on=TODAY, successor_id=world["BJ01"])
    came = await world.arrive("BJ01")
    assert await world.matched(left) == came


async def test_each_side_keeps_to_its_own(world: World) -> None:
    _, left, came = await world.pair()
    said = {"liaison_id": left, "version": 2}
    await world.refused(WrongSide, leaving.record_leaving, "YL0101", **said, left_on="2026-10", destination=None)
    await world.refused(
        WrongSide, ending.record_visit, "BJ01", **said, came_on=TODAY, left_on=None, met_on=None, note=None
    )
    command = arrival.PlaceMember(liaison_id=left, version=2, branch_id=world["BJ010101"], placed_on=TODAY)
    await world.refused(WrongSide, arrival.place, "YL0101", commands=[command])
    await world.refused(NotFound, arrival.place, "BJ02", commands=[command])
    await world.refused(NotFound, departure.amend, "BJ01", commands=[departure.AmendDeparture(departure_id=left)])
    await world.refused(NotFound, arrival.amend, "YL0101", commands=[arrival.AmendArrival(arrival_id=came)])
