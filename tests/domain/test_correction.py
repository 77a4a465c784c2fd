"""Correcting who somebody is: each side its own, the old number keeps matching, a name is a question for people."""

from __future__ import annotations

from datetime import date

import pytest

from hub.domain import correction, search
from hub.domain.outcome import Changed
from hub.domain.viewer import Role
from hub.errors import InvalidInput, NotAllowed, NotFound, ReasonRequired, WrongSide
from tests.domain.liaisons import World, a_world, nobody, number, phone, short_number
from tests.factories import a_viewer


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


NOTHING = {
    "member_id": None,
    "arrival_id": None,
    "name": None,
    "citizen_id": None,
    "birth_date": None,
    "reason": "更正",
}


async def correct(world: World, who: str, **said) -> Changed:
    return await world.do(correction.correct_identity, who, **{**NOTHING, **said})


async def test_a_corrected_number_matches_and_the_old_one_still_does(world: World) -> None:
    person = await world.member(which=1)
    left = await world.leave(person, inflow_organization_id=world["BJ01"])
    assert await correct(world, "YL0101", member_id=person, citizen_id=number(2)) == Changed(person, 2)
    came = await world.arrive(which=1)
    assert await world.matched(left) == came
    row = await world.row("member", person)
    assert world.vault.unseal("citizen id", person, row["citizen_id_sealed"]) == number(2)
    found = await world.rows("select replaced_at is null as holds from identity where subject_id = :id", id=person)
    assert sorted(row["holds"] for row in found) == [False, True]


async def test_the_new_number_matches_at_once_where_named(world: World) -> None:
    person = await world.member(which=1)
    left = await world.leave(person, inflow_organization_id=world["BJ01"])
    came = await world.arrive(which=2)
    assert await world.matched(left) is None
    changed = await correct(world, "YL0101", member_id=person, citizen_id=number(2))
    assert await world.matched(left) == came
    assert changed.version == await world.version("member", person)
    assert await world.inbox_differences() == 0


async def test_an_arrival_is_corrected_by_its_own_side(world: World) -> None:
    left = await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    came = await world.arrive(which=3, name="林小")
    assert await correct(world, "BJ01", arrival_id=came, name="林晓", citizen_id=short_number()) == Changed(came, 2)
    assert await world.matched(left) == came
    assert await world.version("arrival", came) == 2
    found = await world.rows("select name, version from arrival_history where id = :id", id=came)
    assert [tuple(row.values()) for row in found] == [("林小", 1)]


async def test_who_shares_the_record_hears_of_a_correction(world: World) -> None:
    person, _, came = await world.pair()
    await correct(world, "BJ01", arrival_id=came, name="林小")
    await correct(world, "YL0101", member_id=person, name="林晓红")
    assert (await world.events(came, heard_by="YL0101"))[-1] == "IDENTITY_CORRECTED"
    assert (await world.events(person, heard_by="BJ01"))[-1] == "IDENTITY_CORRECTED"
    assert await world.events(person, heard_by="BJ02") == []


async def test_a_changed_name_with_the_same_number_is_a_difference(world: World) -> None:
    person, _, _ = await world.pair()
    await correct(world, "YL0101", member_id=person, name="林晓红")
    found = await world.rows("select field, outflow_value, inflow_value, owner, state from discrepancy")
    assert [tuple(row.values()) for row in found] == [("name", "林晓红", "林晓", "OUTFLOW", "OPEN")]


async def test_a_birth_date_alone(world: World) -> None:
    came = await world.arrive(which=None)
    await correct(world, "BJ01", arrival_id=came, birth_date=date(1981, 1, 2))
    assert (await world.row("arrival", came))["birth_date"] == date(1981, 1, 2)


async def test_refused_corrections_change_nothing(world: World) -> None:
    person, _, came = await world.pair()
    for refusal, who, said in (
        (WrongSide, "BJ01", {"member_id": person, "name": "别人"}),
        (NotFound, "YL0102", {"member_id": person, "name": "别人"}),
        (WrongSide, "YL0101", {"arrival_id": came, "name": "别人"}),
        (NotFound, "BJ02", {"arrival_id": came, "name": "别人"}),
        (NotFound, "YL", {"member_id": nobody(), "name": "别人"}),
        (NotFound, "YL", {"member_id": came, "name": "别人"}),
        (InvalidInput, "YL", {"member_id": person}),
        (InvalidInput, "YL", {"name": "别人"}),
        (InvalidInput, "YL", {"member_id": person, "arrival_id": came, "name": "别人"}),
        (InvalidInput, "YL", {"member_id": person, "name": " "}),
        (ReasonRequired, "YL", {"member_id": person, "name": "别人", "reason": " "}),
        (InvalidInput, "YL", {"member_id": person, "citizen_id": number()[:-1] + "0"}),
        (NotAllowed, a_viewer(world["YL0101"], Role.MEMBER, person), {"member_id": person, "name": "别人"}),
    ):
        await world.refused(refusal, correction.correct_identity, who, **{**NOTHING, **said})


# Searching by a whole number


async def find(world: World, who: str, kind: str, what: str) -> search.Found:
    return await world.do(search.find_by_number, who, kind=kind, number=what, reason="核对")


async def test_a_search_finds_within_the_own_subtree_only(world: World) -> None:
    person = await world.member(phone=phone(1))
    left = await world.leave(person, phone=phone(2), card_number="YL-7")
    came = await world.arrive(phone=phone(2), card_number="YL-7")
    for kind, what, members in (
        ("CITIZEN_ID", number(), [person]),
        ("CITIZEN_ID", short_number(), [person]),
        ("PHONE", phone(1), [person]),
        ("PHONE", "174 9000 0002", []),
        ("CARD", "YL-7", [person]),
    ):
        liaisons = [] if (kind, what) == ("PHONE", phone(1)) else [left]
        assert await find(world, "YL01", kind, what) == search.Found(members, liaisons)
        inflow = [] if (kind, what) == ("PHONE", phone(1)) else [came]
        assert await find(world, "BJ01", kind, what) == search.Found([], inflow)
        assert await find(world, "YL0102", kind, what) == search.Found([], [])
    assert await world.value("select count(*) from reveal") == 15


async def test_a_matched_arrival_is_found_as_its_liaison(world: World) -> None:
    person, left, _ = await world.pair()
    assert await find(world, "BJ01", "CITIZEN_ID", number()) == search.Found([], [left])
    assert await find(world, "YL", "CITIZEN_ID", number()) == search.Found([person], [left])


async def test_part_of_a_number_finds_nobody_and_a_reason_is_needed(world: World) -> None:
    await world.member()
    for refusal, said in (
        (InvalidInput, {"kind": "CITIZEN_ID", "number": number()[-4:], "reason": "核对"}),
        (InvalidInput, {"kind": "PHONE", "number": " ", "reason": "核对"}),
        (ReasonRequired, {"kind": "PHONE", "number": phone(), "reason": " "}),
    ):
        await world.refused(refusal, search.find_by_number, "YL", **said)
