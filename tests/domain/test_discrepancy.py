"""Differences between two statements: each field, who must act, settling and proposing, and what is not asked again."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from hub.domain import arrival, candidate, correction, discrepancy, ending, settlement
from hub.domain.discrepancy import Compared, owner
from hub.domain.outcome import Changed
from hub.domain.viewer import Role
from hub.errors import InvalidInput, NotAllowed, NotFound, StaleVersion, WrongState
from hub.models import EndReason, Side
from tests.domain.liaisons import TODAY, World, a_world, blocked, nobody, phone
from tests.factories import a_viewer

EARLIER, LATER = date(2026, 5, 1), date(2026, 9, 1)


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def differences(world: World, *states: str) -> list[tuple]:
    found = await world.rows(
        "select field, outflow_value, inflow_value, owner, state from discrepancy"
        " where state = any(:states) order by field",
        states=list(states or ("OPEN", "PROPOSED")),
    )
    return [tuple(row.values()) for row in found]


async def compare(world: World, subjects=None) -> Compared:
    async with world.database.begin() as connection:
        return await discrepancy.compare(connection, vault=world.vault, now=world.now, subjects=subjects)


async def a_difference(world: World, field: str = "workUnit") -> dict:
    return (await world.rows("select * from discrepancy where field = :field", field=field))[0]


@pytest.mark.parametrize("field", ["workUnit", "phone", "address"])
@pytest.mark.parametrize(
    ("ours", "theirs", "side"),
    [
        (None, None, Side.INFLOW),
        (EARLIER, EARLIER, Side.INFLOW),
        (EARLIER, LATER, Side.OUTFLOW),
        (LATER, EARLIER, Side.INFLOW),
        (None, EARLIER, Side.OUTFLOW),
        (EARLIER, None, Side.INFLOW),
    ],
)
def test_who_confirmed_longer_ago_must_act(field: str, ours, theirs, side: Side) -> None:
    assert owner(field, ours, theirs) is side


@pytest.mark.parametrize("ours", [None, EARLIER])
@pytest.mark.parametrize("theirs", [None, LATER])
@pytest.mark.parametrize(
    ("field", "side"),
    [
        ("inflowOrganization", Side.INFLOW),
        ("destination", Side.INFLOW),
        ("name", Side.OUTFLOW),
        ("cardNumber", Side.OUTFLOW),
        ("category", Side.OUTFLOW),
    ],
)
def test_whose_field_it_is_must_act(field: str, side: Side, ours, theirs) -> None:
    assert owner(field, ours, theirs) is side


# What differs


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ({"work_unit": "江北重工"}, {"work_unit": "新港物流"}, ("workUnit", "江北重工", "新港物流")),
        ({"work_unit": "江北重工"}, {"work_unit": "江 北重工 "}, None),
        ({"work_unit": "ABC公司"}, {"work_unit": "abc公司"}, None),
        ({"work_unit": "江北重工"}, {}, None),
        ({}, {"work_unit": "新港物流"}, None),
        ({"phone": phone(1)}, {"phone": phone(2)}, ("phone", "174******01", "174******02")),
        ({"phone": phone(1)}, {"phone": phone(2), "other_phone": phone(1)}, None),
        ({"phone": phone(1), "other_phone": phone(2)}, {"phone": phone(3), "other_phone": phone(2)}, None),
        ({"phone": phone(1)}, {}, None),
        ({"address": "滨江区新港街道1号"}, {"address": "滨江区新港街道2号"}, ("address", "滨江区新港街道***", "滨江区新港街道***")),
        ({"address": "滨江区新港街道1号"}, {"address": "滨江区 新港街道１号"}, None),
        ({"card_number": "YL-7"}, {"card_number": "YL-8"}, ("cardNumber", "YL-7", "YL-8")),
        ({"card_number": "YL-7"}, {"card_number": "yl-7 "}, None),
    ],
)  # fmt: skip
async def test_each_field(world: World, ours, theirs, expected) -> None:
    await world.leave(await world.member(), inflow_organization_id=world["BJ01"], **ours)
    await world.arrive(**theirs)
    found = await differences(world)
    assert [row[:3] for row in found] == ([expected] if expected else [])


async def test_equal_masks_say_that_the_difference_is_hidden(world: World) -> None:
    await world.leave(await world.member(), inflow_organization_id=world["BJ01"], phone="17491234567", work_unit="甲")
    await world.arrive(phone="17491111167", work_unit="乙")
    assert (await a_difference(world, "phone"))["differs_hidden"] is True
    assert (await a_difference(world, "workUnit"))["differs_hidden"] is False


@pytest.mark.parametrize(
    ("named", "branch", "differs"),
    [
        ("BJ01", "BJ010101", False),
        ("BJ01", None, False),
        ("BJ010101", None, False),
        ("BJ010101", "BJ010101", False),
        ("BJ0101", "BJ010101", False),
        ("BJ010101", "BJ010102", True),
        ("BJ0102", "BJ010101", True),
    ],
)
async def test_a_branch_inside_the_named_committee_is_no_difference(world: World, named, branch, differs) -> None:
    await world.leave(await world.member(), inflow_organization_id=world[named])
    await world.arrive(branch=branch)
    assert [row[0] for row in await differences(world)] == (["inflowOrganization"] if differs else [])


async def test_the_category_differs(world: World) -> None:
    await world.leave(await world.member(category="PROBATIONARY"), inflow_organization_id=world["BJ01"])
    await world.arrive(category="FULL")
    assert await differences(world) == [("category", "PROBATIONARY", "FULL", "OUTFLOW", "OPEN")]


async def test_a_difference_opens_with_the_match_and_both_sides_hear_of_it(world: World) -> None:
    await world.leave(await world.member(), inflow_organization_id=world["BJ01"], work_unit="江北重工")
    assert await world.value("select count(*) from discrepancy") == 0
    await world.arrive(work_unit="新港物流")
    found = await a_difference(world)
    assert (found["version"], found["state"], found["due_on"]) == (1, "OPEN", date(2026, 12, 25))
    for who in ("YL0101", "BJ01"):
        assert (await world.events(found["id"], heard_by=who)) == ["DISCREPANCY_OPENED"]
    assert await world.events(found["id"], heard_by="BJ02") == []


async def test_comparing_twice_changes_nothing(world: World) -> None:
    await world.leave(await world.member(), inflow_organization_id=world["BJ01"], work_unit="江北重工", phone=phone(1))
    await world.arrive(work_unit="新港物流", phone=phone(2), branch="BJ010101")
    before = await world.everything()
    assert await compare(world) == Compared(0, 0)
    assert await world.everything() == before


async def test_values_that_become_equal_close_it(world: World) -> None:
    _, _, came = await world.pair(work_unit="江北重工")
    await world.say_inflow(came, work_unit="新港物流")
    await world.say_inflow(came, work_unit="江北重工")
    assert await differences(world, "SETTLED") == [("workUnit", "江北重工", "新港物流", "INFLOW", "SETTLED")]
    found = await a_difference(world)
    assert (found["version"], found["settled_by"]) == (2, "hub")
    assert await world.events(found["id"]) == ["DISCREPANCY_OPENED", "DISCREPANCY_SETTLED"]
    # The same two values again are a difference again: in between they were equal.
    await world.say_inflow(came, work_unit="新港物流")
    assert await differences(world) == [("workUnit", "江北重工", "新港物流", "INFLOW", "OPEN")]
    assert await compare(world) == Compared(0, 0)


# Settling


async def open_one(world: World, **outflow) -> tuple:
    _, left, came = await world.pair(**{"work_unit": "江北重工", **outflow})
    await world.say_inflow(came, work_unit="新港物流")
    return left, came, await a_difference(world)


async def settle(world: World, who: str, found: dict, **said) -> Changed:
    usual = {"take": None, "value": None, "confirmed_on": None, "note": None, "version": found["version"]}
    return await world.do(settlement.settle, who, discrepancy_id=found["id"], **{**usual, **said})


async def test_the_owner_keeps_its_own(world: World) -> None:
    left, came, found = await open_one(world)
    assert await settle(world, "BJ01", found, take=Side.INFLOW) == Changed(found["id"], 2)
    assert (await a_difference(world))["state"] == "SETTLED"
    assert (await world.row("arrival", came))["confirmed_on"] == TODAY
    assert await world.events(found["id"]) == ["DISCREPANCY_OPENED", "DISCREPANCY_SETTLED"]
    # Settled is this pair of values: neither the job nor another field opens it again …
    assert await compare(world) == Compared(0, 0)
    await world.say_outflow(left, reason="务工")
    assert await differences(world) == []
    # … but another value does; whoever was confirmed longer ago must act now.
    await world.say_outflow(left, work_unit="江北船厂")
    assert await differences(world) == [("workUnit", "江北船厂", "新港物流", "OUTFLOW", "OPEN")]
    assert (await a_difference(world))["version"] == 3


async def test_the_owner_takes_the_others(world: World) -> None:
    _, came, found = await open_one(world)
    assert await settle(world, "BJ01", found, take=Side.OUTFLOW, confirmed_on=LATER) == Changed(found["id"], 2)
    row = await world.row("arrival", came)
    assert (row["work_unit"], row["confirmed_on"]) == ("江北重工", LATER)
    assert await differences(world) == []


async def test_the_outflow_side_takes_the_others_where_it_must_act(world: World) -> None:
    _, left, came = await world.pair(phone=phone(1), other_phone=phone(9), other_phone_whose="妻")
    await world.say_inflow(came, phone=phone(2), confirmed_on=LATER)
    found = await a_difference(world, "phone")
    assert found["owner"] == "OUTFLOW"
    await settle(world, "YL0101", found, take=Side.INFLOW)
    row = await world.row("departure", left)
    assert world.vault.unseal("phone", left, row["phone_sealed"]) == phone(2)
    assert world.vault.unseal("other phone", left, row["other_phone_sealed"]) == phone(9)
    assert await differences(world) == []


async def test_settling_waits_for_who_amends_the_statement(world: World) -> None:
    """Who amends holds the statement and then settles what became equal; whoever settles comes the same way round."""
    _, came, found = await open_one(world)
    async with world.database.begin() as connection:
        await connection.execute(text("select id from arrival where id = :id for update"), {"id": came})
        settling = asyncio.create_task(settle(world, "BJ01", found, take=Side.OUTFLOW))
        await blocked(world)
        command = arrival.AmendArrival(arrival_id=came, given={"work_unit": "江北重工", "confirmed_on": LATER})
        said = {"viewer": world.viewer("BJ01"), "vault": world.vault, "now": world.now}
        assert isinstance((await arrival.amend(connection, **said, commands=[command]))[0], Changed)
    with pytest.raises(WrongState):
        await settling
    assert await differences(world) == []


async def test_the_owner_says_what_the_member_said(world: World) -> None:
    """A third value is the own statement; it differs still, now confirmed, so the other side must act."""
    _, came, found = await open_one(world)
    changed = await settle(world, "BJ01", found, value="滨江码头")
    assert (await world.row("arrival", came))["work_unit"] == "滨江码头"
    assert await differences(world) == [("workUnit", "江北重工", "滨江码头", "OUTFLOW", "OPEN")]
    assert changed.version == (await a_difference(world))["version"]


async def test_the_other_side_proposes(world: World) -> None:
    left, came, found = await open_one(world)
    before = [await world.version("departure", left), await world.version("arrival", came)]
    said = {"take": Side.OUTFLOW, "confirmed_on": EARLIER, "note": "家属说"}
    assert await settle(world, "YL0101", found, **said) == Changed(found["id"], 2)
    assert [await world.version("departure", left), await world.version("arrival", came)] == before
    found = await a_difference(world)
    told = (found["state"], found["proposal_take"], found["proposal_confirmed_on"], found["proposal_note"])
    assert told == ("PROPOSED", "OUTFLOW", EARLIER, "家属说")
    assert await world.events(found["id"]) == ["DISCREPANCY_OPENED", "DISCREPANCY_PROPOSED"]
    assert await compare(world) == Compared(0, 0)
    await settle(world, "BJ01", found, take=Side.OUTFLOW)
    assert await differences(world) == []


async def test_a_number_in_full_is_no_proposal(world: World) -> None:
    _, _, came = await world.pair(phone=phone(1))
    await world.say_inflow(came, phone=phone(2))
    found = await a_difference(world, "phone")
    said = {"take": None, "value": phone(3), "confirmed_on": None, "note": None, "version": 1}
    await world.refused(InvalidInput, settlement.settle, "YL0101", discrepancy_id=found["id"], **said)


@pytest.mark.parametrize(
    ("field", "own", "other"), [("name", "YL0101", Side.INFLOW), ("category", "YL0101", Side.INFLOW)]
)
async def test_who_somebody_is_is_not_taken_over_here(world: World, field, own, other) -> None:
    """It is corrected, or decided, by its own call; keeping the own settles it."""
    person = await world.member(category="PROBATIONARY")
    await world.leave(person, inflow_organization_id=world["BJ01"])
    came = await world.arrive(category="FULL")
    if field == "name":
        said = {"member_id": None, "citizen_id": None, "birth_date": None, "reason": "更名", "name": "林小"}
        await world.do(correction.correct_identity, "BJ01", arrival_id=came, **said)
    found = await a_difference(world, field)
    said = {"take": other, "value": None, "confirmed_on": None, "note": None, "version": 1}
    await world.refused(InvalidInput, settlement.settle, own, discrepancy_id=found["id"], **said)
    await settle(world, own, found, take=Side.OUTFLOW)
    assert (await a_difference(world, field))["state"] == "SETTLED"


async def test_refused_settlements(world: World) -> None:
    _, _, found = await open_one(world)
    said = {"discrepancy_id": found["id"], "version": 1, "take": Side.INFLOW}
    said |= {"value": None, "confirmed_on": None, "note": None}
    for refusal, who, more in (
        (NotFound, "BJ02", {}),
        (NotFound, "YL0102", {}),
        (NotFound, "BJ01", {"discrepancy_id": nobody()}),
        (StaleVersion, "BJ01", {"version": 2}),
        (InvalidInput, "BJ01", {"take": None}),
        (InvalidInput, "BJ01", {"take": None, "value": " "}),
        (InvalidInput, "BJ01", {"confirmed_on": TODAY + timedelta(days=1)}),
        (InvalidInput, "BJ01", {"take": None, "value": "长" * 501}),
        (NotAllowed, a_viewer(world["BJ01"], Role.PARTNER), {}),
    ):
        await world.refused(refusal, settlement.settle, who, **{**said, **more})
    await settle(world, "BJ01", found, take=Side.INFLOW)
    for who in ("BJ01", "YL0101"):
        await world.refused(WrongState, settlement.settle, who, **{**said, "version": 2})


# What is over


async def test_undo_and_end_close_what_is_open(world: World) -> None:
    left, _, found = await open_one(world)
    version = await world.version("departure", left)
    await world.do(candidate.undo, "YL0101", liaison_id=left, version=version, reason="同名")
    assert await differences(world) == []
    assert await world.events(found["id"]) == ["DISCREPANCY_OPENED", "DISCREPANCY_SETTLED"]
    assert await compare(world) == Compared(0, 0)
    refused = {"version": 2, "take": Side.INFLOW, "value": None, "confirmed_on": None, "note": None}
    await world.refused(WrongState, settlement.settle, "BJ01", discrepancy_id=found["id"], **refused)


async def test_an_ended_liaison_has_no_open_difference(world: World) -> None:
    left, came, _ = await open_one(world)
    over = {"reason": EndReason.RETURNED, "ended_on": TODAY, "letter_number": None, "note": None}
    version = await world.version("departure", left)
    await world.do(ending.end, "YL0101", liaison_id=left, version=version, next_statement=None, **over)
    assert await differences(world) == []
    await world.say_inflow(came, work_unit="滨江码头")
    assert await compare(world) == Compared(0, 0)
    assert await differences(world) == []
