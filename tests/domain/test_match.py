"""Matching: what is certain and named for the registrar at once, everything else a question that one side alone sees."""

from __future__ import annotations

from datetime import date

import pytest

from hub.domain import arrival, candidate, departure, leaving
from hub.errors import NotFound, ReasonRequired, StaleVersion, WrongState
from hub.models import DenialCode
from tests.domain.liaisons import TODAY, World, a_world, nobody, number, short_number


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


# Certain and named: at once, in whichever order the two sides come

WHERE = [
    ("inflow_organization_id", "BJ01", True),
    ("inflow_organization_id", "BJ", True),
    ("inflow_organization_id", "BJ010101", True),
    ("inflow_organization_id", "BJ02", False),
    ("inflow_organization_id", "YL02", False),
    ("destination", "滨江区", True),
    ("destination", "滨江区新港街道", True),
    ("destination", "滨江区新港街道12号院", True),
    ("destination", "滨江区望江街道", False),
    ("destination", "外省", False),
]


def naming(world: World, field: str, named: str) -> dict[str, object]:
    return {field: world[named] if field.endswith("_id") else named}


@pytest.mark.parametrize(("field", "named", "at_once"), WHERE)
async def test_departure_first(world: World, field: str, named: str, at_once: bool) -> None:
    left = await world.leave(await world.member(), **naming(world, field, named))
    came = await world.arrive()
    assert await world.matched(left) == (came if at_once else None)
    assert await world.inbox_differences() == 0


@pytest.mark.parametrize(("field", "named", "at_once"), WHERE)
async def test_arrival_first(world: World, field: str, named: str, at_once: bool) -> None:
    person, came = await world.member(), await world.arrive()
    left = await world.leave(person, **naming(world, field, named))
    assert await world.matched(left) == (came if at_once else None)
    assert await world.inbox_differences() == 0


@pytest.mark.parametrize(("field", "named", "at_once"), WHERE)
async def test_departure_amended_later(world: World, field: str, named: str, at_once: bool) -> None:
    left, came = await world.leave(await world.member()), await world.arrive()
    assert await world.matched(left) is None
    await world.say_outflow(left, **naming(world, field, named))
    assert await world.matched(left) == (came if at_once else None)
    assert await world.inbox_differences() == 0


async def test_an_organization_in_the_statement_goes_before_its_place(world: World) -> None:
    left = await world.leave(await world.member(), inflow_organization_id=world["BJ02"], destination="滨江区新港街道")
    await world.arrive()
    assert await world.matched(left) is None
    assert (await world.row("departure", left))["named_organization_id"] == world["BJ02"]


async def test_a_match_at_once_tells_both_sides_and_moves_both_versions(world: World) -> None:
    _, left, came = await world.pair()
    assert await world.version("departure", left) == 2  # it stood before; the arrival is as new as its match
    assert await world.version("arrival", came) == 1
    shared = ["LIAISON_SHARED", "MATCH_CONFIRMED"]
    assert await world.events(left, heard_by="BJ01") == shared
    assert await world.events(came, heard_by="YL0101") == shared
    assert await world.events(left) == ["DEPARTURE_REGISTERED", *shared]
    assert await world.events(came) == ["ARRIVAL_REGISTERED", *shared]
    found = await world.rows("select aggregate_id, replaces from outbox where kind = 'MATCH_CONFIRMED' order by id")
    assert [tuple(row.values()) for row in found] == [(left, None), (came, came)]
    assert (left, "OUTFLOW", "MATCHED") in await world.inbox("YL")
    assert (came, "INFLOW", "MATCHED") in await world.inbox("BJ")


async def test_the_answer_gives_the_version_after_the_match(world: World) -> None:
    """Who goes on with the version of the answer must not be told that it is stale."""
    await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    command = arrival.RegisterArrival(organization_id=world["BJ01"], name="林晓", citizen_id=number())
    changed = await world.one(arrival.register, "BJ01", command)
    assert changed.version == await world.version("arrival", changed.id)

    person = await world.member(which=2, name="田禾")
    await world.arrive(which=2, name="田禾")
    command = departure.RegisterDeparture(member_id=person, given={"inflow_organization_id": world["BJ01"]})
    changed = await world.one(departure.register, "YL0101", command)
    assert changed.version == await world.version("departure", changed.id)

    late = await world.leave(await world.member(which=3, name="苏木"))
    await world.arrive(which=3, name="苏木")
    changed = await world.say_outflow(late, destination="滨江区")
    assert changed.version == await world.version("departure", late)


# What is certain


async def test_fifteen_and_eighteen_digits_are_one_person(world: World) -> None:
    left = await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    command = arrival.RegisterArrival(organization_id=world["BJ01"], name="林晓", citizen_id=short_number())
    came = (await world.one(arrival.register, "BJ01", command)).id
    assert await world.matched(left) == came


async def test_a_number_with_another_name_is_not_certain(world: World) -> None:
    left = await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    came = await world.arrive(name="林小")
    assert await world.matched(left) is None
    assert await world.ask() == 1
    assert (await world.question(came))["basis"] == "IDENTITY_NUMBER"


async def test_every_dot_and_space_in_a_name_is_equal(world: World) -> None:
    left = await world.leave(await world.member(name="阿桑·木沙"), inflow_organization_id=world["BJ01"])
    came = await world.arrive(name="阿桑• 木沙")
    assert await world.matched(left) == came


async def test_a_card_is_certain_only_with_its_issuer_and_the_name(world: World) -> None:
    person = await world.member(which=1)
    left = await world.leave(person, inflow_organization_id=world["BJ01"], card_number="YL-2026-7")
    await world.arrive(which=None, card_number="YL-2026-7")
    await world.arrive(which=None, name="别人", card_number="YL-2026-7", home_organization_id=world["YL01"])
    await world.arrive(which=None, card_number="YL-2026-7", home_organization_id=world["BJ02"])
    await world.arrive(which=None, card_number="YL-2026-8", home_organization_id=world["YL01"])
    await world.arrive(
        which=2, card_number="YL-2026-7", home_organization_id=world["YL01"]
    )  # two numbers: no hint helps
    assert await world.matched(left) is None
    came = await world.arrive(which=None, card_number="YL-2026-7", home_organization_id=world["YL01"])
    assert await world.matched(left) == came
    assert (await world.value("select basis from match where state = 'CONFIRMED'")) == "CARD"


async def test_a_card_that_is_stated_later_matches_too(world: World) -> None:
    left = await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    came = await world.arrive(which=None, card_number="YL-2026-7", home_organization_id=world["YL01"])
    assert await world.matched(left) is None
    await world.say_outflow(left, card_number="YL-2026-7")
    assert await world.matched(left) == came


async def test_who_left_again_is_not_matched(world: World) -> None:
    came = await world.arrive()
    await world.do(leaving.record_leaving, "BJ01", liaison_id=came, version=1, left_on="2026-10", destination=None)
    left = await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    assert await world.matched(left) is None
    assert await world.ask() == 0


async def test_one_departure_takes_one_arrival(world: World) -> None:
    """Two arrivals of one person: the first stands, the other stays unmatched and is not asked about either."""
    person = await world.member()
    first = await world.arrive("BJ01")
    world.wait(1)
    second = await world.arrive("BJ02")
    left = await world.leave(person, inflow_organization_id=world["BJ"])
    assert await world.matched(left) == first
    assert await world.ask() == 0
    assert (second, "INFLOW", "UNMATCHED") in await world.inbox("BJ02")


# Questions: for the outflow side alone


async def test_a_question_is_seen_by_the_outflow_side_alone(world: World) -> None:
    person = await world.member()
    left = await world.leave(person)
    came = await world.arrive()
    heard, seen = await world.events(heard_by="BJ"), await world.inbox("BJ")
    assert await world.ask() == 1
    assert await world.ask() == 0
    asked = await world.question(came)
    assert (asked["member_id"], asked["departure_id"], asked["asked_organization_id"]) == (
        person,
        left,
        world["YL0101"],
    )
    assert (asked["asked_on"], asked["due_on"]) == (TODAY, date(2026, 12, 10))
    assert await world.events(asked["id"]) == ["MATCH_ASKED"]
    assert await world.events(heard_by="BJ") == heard
    assert await world.inbox("BJ") == seen
    assert await world.version("arrival", came) == await world.version("departure", left) == 1


@pytest.mark.parametrize(
    ("home", "basis"),
    [
        (None, "NAME_AND_BIRTH_DATE"),
        ("YL01", "NAME_BIRTH_DATE_AND_ORGANIZATION"),
        ("YL02", "NAME_AND_BIRTH_DATE"),
    ],
)
async def test_name_and_birth_date_are_a_question_even_where_named(world: World, home: str | None, basis: str) -> None:
    left = await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    said = {"home_organization_id": world[home]} if home else {}
    came = await world.arrive(which=None, birth_date=date(1980, 3, 15), **said)
    assert await world.matched(left) is None
    assert await world.ask() == 1
    assert (await world.question(came))["basis"] == basis


async def test_never_on_name_and_phone(world: World) -> None:
    person = await world.member(phone="17491234567")
    await world.leave(person, inflow_organization_id=world["BJ01"], phone="17491234567")
    await world.arrive(which=None, phone="17491234567")
    assert await world.ask() == 0
    assert await world.value("select count(*) from match") == 0


async def test_two_numbers_that_differ_are_two_people(world: World) -> None:
    await world.leave(await world.member(which=1), inflow_organization_id=world["BJ01"])
    await world.arrive(which=2)  # the same name and birth date
    assert await world.ask() == 0


async def test_a_member_who_never_registered_a_departure_is_asked_about(world: World) -> None:
    person, came = await world.member(), await world.arrive()
    assert await world.ask() == 1
    changed = await world.answer(candidate.confirm, came)
    left = await world.value("select id from departure where member_id = :id", id=person)
    assert changed.id == left
    assert await world.matched(left) == came
    assert changed.version == await world.version("departure", left)
    assert await world.inbox_differences() == 0


async def test_a_confirmed_question_keeps_its_basis(world: World) -> None:
    left = await world.leave(await world.member())
    came = await world.arrive(which=None, birth_date=date(1980, 3, 15))
    await world.ask()
    asked = await world.question(came)
    await world.answer(candidate.confirm, came, departure_id=left)
    found = (await world.rows("select * from match"))[0]
    assert (found["id"], found["state"], found["basis"]) == (asked["id"], "CONFIRMED", "NAME_AND_BIRTH_DATE")
    assert await world.matched(left) == came
    assert (came, "INFLOW", "MATCHED") in await world.inbox("BJ01")


async def test_refused_answers_change_nothing(world: World) -> None:
    person = await world.member()
    await world.leave(person)
    came = await world.arrive()
    other = await world.leave(await world.member(which=2, name="田禾"))
    await world.ask()
    asked = await world.question(came)
    said = {"candidate_id": asked["id"], "version": 1}
    no = {"code": DenialCode.NOT_OUR_MEMBER, "note": None}
    for write, more in ((candidate.confirm, {}), (candidate.deny, no)):
        await world.refused(NotFound, write, "BJ01", **said, **more)  # the registrar knows of no question
        await world.refused(NotFound, write, "YL0201", **said, **more)
        await world.refused(NotFound, write, "YL0101", **{**said, "candidate_id": nobody()}, **more)
        stale = await world.refused(StaleVersion, write, "YL0101", **{**said, "version": 7}, **more)
        assert stale.version == 1
    await world.refused(NotFound, candidate.confirm, "YL0101", **said, departure_id=other)
    await world.refused(ReasonRequired, candidate.deny, "YL0101", **said, code=DenialCode.OTHER, note=" ")
    await world.answer(candidate.deny, came, **no)
    for write, more in ((candidate.confirm, {}), (candidate.deny, no)):
        await world.refused(WrongState, write, "YL0101", candidate_id=asked["id"], version=2, **more)


async def test_an_arrival_that_was_matched_meanwhile_is_nobody_elses(world: World) -> None:
    """Two members fit one arrival; what is still open about it waits for nobody, and cannot be confirmed."""
    one, two = await world.member(which=1), await world.member("YL0201", which=2)
    came = await world.arrive(which=None, birth_date=date(1980, 3, 15))
    assert await world.ask() == 2
    asked = {row["member_id"]: row for row in await world.rows("select * from match where state = 'ASKED'")}
    await world.do(candidate.confirm, "YL0101", candidate_id=asked[one]["id"], version=1)
    assert await world.kinds_of_tasks("YL0201") == []
    await world.refused(WrongState, candidate.confirm, "YL0201", candidate_id=asked[two]["id"], version=1)
    assert (came, "INFLOW", "MATCHED") in await world.inbox("BJ01")
