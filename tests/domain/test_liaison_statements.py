"""Statements: a field left out says nothing, None clears; old versions are kept; numbers are sealed, masked and digested."""

from __future__ import annotations

from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import text

from hub.crypto import NotSealedHere
from hub.domain import arrival, departure, leaving, organization, reveal
from hub.domain.arrival import AmendArrival, PlaceMember, RegisterArrival
from hub.domain.departure import AmendDeparture, RegisterDeparture
from hub.domain.outcome import Changed
from hub.domain.viewer import Role
from hub.errors import (
    AlreadyAway,
    AlreadyRegistered,
    BranchRequired,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotInForce,
    OrganizationClosed,
    ReasonRequired,
    StaleVersion,
    WrongState,
)
from tests.domain.liaisons import OPERATOR, TODAY, World, a_world, nobody, number, phone, short_number
from tests.factories import a_member, a_viewer

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


def amend_out(left, version=None, *, unchanged=False, **given) -> AmendDeparture:
    return AmendDeparture(departure_id=left, version=version, unchanged=unchanged, given=given)


def amend_in(came, version=None, **given) -> AmendArrival:
    more = {key: given.pop(key) for key in ("unchanged", "verifying", "branch_id") if key in given}
    return AmendArrival(arrival_id=came, version=version, given=given, **more)


# Amending


async def test_left_out_says_nothing_and_none_clears(world: World) -> None:
    left = await world.leave(await world.member(), work_unit="江北重工", reason="务工", remark="已联系")
    assert await world.say_outflow(left, reason="经商", remark=None) == Changed(left, 2)
    row = await world.row("departure", left)
    assert (row["work_unit"], row["reason"], row["remark"], row["departed_on"]) == ("江北重工", "经商", None, "2026-03")
    kept = await world.rows("select version, reason, remark from departure_history where id = :id", id=left)
    assert [tuple(found.values()) for found in kept] == [(1, "务工", "已联系")]
    assert await world.events(left) == ["DEPARTURE_REGISTERED", "STATEMENT_AMENDED"]


@pytest.mark.parametrize(
    "said", [{}, {"work_unit": "江北重工"}, {"phone": phone(1)}, {"address": "滨江区新港街道 12 号"}]
)
async def test_what_says_nothing_new_writes_nothing(world: World, said) -> None:
    stated = {"work_unit": "江北重工", "phone": phone(1), "address": "滨江区新港街道12号"}
    left = await world.leave(await world.member(), **stated)
    came = await world.arrive(**stated)
    await world.unchanged(departure.amend, "YL0101", commands=[amend_out(left, 1, **said)])
    await world.unchanged(arrival.amend, "BJ01", commands=[amend_in(came, 1, **said)])


async def test_confirmed_unchanged_counts_as_an_update(world: World) -> None:
    left, came = await world.leave(await world.member()), await world.arrive()
    assert await world.one(departure.amend, "YL0101", amend_out(left, 1, unchanged=True)) == Changed(left, 2)
    assert await world.one(arrival.amend, "BJ01", amend_in(came, 1, unchanged=True)) == Changed(came, 2)
    assert (await world.row("departure", left))["confirmed_on"] == TODAY
    assert (await world.row("arrival", came))["confirmed_on"] == TODAY
    await world.unchanged(departure.amend, "YL0101", commands=[amend_out(left, 2, unchanged=True)])


async def test_several_commands_are_answered_in_their_order(world: World) -> None:
    one, two = (
        await world.leave(await world.member(which=1)),
        await world.leave(await world.member(which=2, name="田禾")),
    )
    commands = [
        amend_out(two, reason="经商"),
        amend_out(nobody()),
        amend_out(one, version=9),
        amend_out(one, reason="务工"),
    ]
    answers = await world.do(departure.amend, "YL0101", commands=commands)
    assert [answers[0], answers[3]] == [Changed(two, 2), Changed(one, 2)]
    assert [type(answers[1]), type(answers[2])] == [NotFound, StaleVersion]
    assert answers[2].version == 1


async def test_refused_amendments_of_a_departure(world: World) -> None:
    _, left, came = await world.pair()
    for refusal, who, command in (
        (NotFound, "YL0102", amend_out(left)),
        (NotFound, "BJ01", amend_out(left)),
        (NotFound, "YL0101", amend_out(came)),
        (NotFound, "YL0101", amend_out(nobody())),
        (StaleVersion, "YL0101", amend_out(left, 1, reason="经商")),
        (InvalidInput, "YL0101", amend_out(left, 2, departed_on="2026-13")),
        (InvalidInput, "YL0101", amend_out(left, 2, expected_return="2026-02-30")),
        (InvalidInput, "YL0101", amend_out(left, 2, work_unit="长" * 501)),
        (InvalidInput, "YL0101", amend_out(left, 2, confirmed_on=TOMORROW)),
        (NotFound, "YL0101", amend_out(left, 2, inflow_organization_id=nobody())),
    ):
        await world.refused(refusal, departure.amend, who, commands=[command])
    for role in (Role.PARTNER, Role.MEMBER):
        await world.refused(NotAllowed, departure.amend, a_viewer(world["YL0101"], role), commands=[amend_out(left)])


async def test_refused_amendments_of_an_arrival(world: World) -> None:
    _, left, came = await world.pair()
    for refusal, who, command in (
        (NotFound, "BJ02", amend_in(came)),
        (NotFound, "YL0101", amend_in(came)),
        (NotFound, "BJ01", amend_in(left)),
        (StaleVersion, "BJ01", amend_in(came, 2, work_unit="新港物流")),
        (InvalidInput, "BJ01", amend_in(came, 1, arrived_on="2026-4")),
        (InvalidInput, "BJ01", amend_in(came, 1, confirmed_on=TOMORROW)),
        (InvalidInput, "BJ01", amend_in(came, 1, arrived_on="2026-12")),
        (NotFound, "BJ01", amend_in(came, 1, branch_id=nobody())),
        (NotFound, "BJ", amend_in(came, 1, branch_id=world["BJ0201"])),
        (BranchRequired, "BJ01", amend_in(came, 1, branch_id=world["BJ0101"])),
    ):
        await world.refused(refusal, arrival.amend, who, commands=[command])


# Registering


async def test_refused_departures(world: World) -> None:
    home, away = await world.member(which=1), await world.member(which=2, name="田禾")
    await world.leave(away)
    async with world.database.begin() as connection:
        gone = await a_member(connection, world["YL0101"], name="苏木", standing="REMOVED")
    for refusal, who, command in (
        (NotFound, "YL0102", RegisterDeparture(member_id=home)),
        (NotFound, "BJ01", RegisterDeparture(member_id=home)),
        (NotFound, "YL0101", RegisterDeparture(member_id=nobody())),
        (AlreadyAway, "YL0101", RegisterDeparture(member_id=away)),
        (NotInForce, "YL0101", RegisterDeparture(member_id=gone)),
        (InvalidInput, "YL0101", RegisterDeparture(member_id=home, given={"departed_on": "昨天"})),
        (NotFound, "YL0101", RegisterDeparture(member_id=home, given={"inflow_organization_id": nobody()})),
    ):
        await world.refused(refusal, departure.register, who, commands=[command])
    twice = [RegisterDeparture(member_id=home), RegisterDeparture(member_id=home)]
    first, second = await world.do(departure.register, "YL0101", commands=twice)
    assert (first.new, type(second)) == (True, AlreadyAway)


async def test_refused_arrivals(world: World) -> None:
    await world.arrive("BJ01")
    await world.do(organization.close, "BJ", organization_id=world["BJ0201"], closed_on=TODAY, successor_id=None)

    def an(code: str = "BJ01", which: int = 2, **said) -> RegisterArrival:
        return RegisterArrival(**{"organization_id": world[code], "name": "田禾", "citizen_id": number(which), **said})

    for refusal, who, command in (
        (NotFound, "BJ01", an("BJ02")),
        (NotFound, "YL", an("BJ01")),
        (NotFound, OPERATOR, an("BJ01", organization_id=nobody())),
        (NotFound, "BJ01", an(branch_id=nobody())),
        (NotFound, "BJ", an(branch_id=world["BJ0201"])),
        (OrganizationClosed, "BJ", an("BJ0201")),
        (OrganizationClosed, "BJ", an("BJ02", branch_id=world["BJ0201"])),
        (BranchRequired, "BJ01", an(branch_id=world["BJ0101"])),
        (InvalidInput, "BJ01", an(name=" ")),
        (InvalidInput, "BJ01", an(citizen_id=number(2)[:-1])),
        (InvalidInput, "BJ01", an(given={"arrived_on": "2026-00"})),
        (InvalidInput, "BJ01", an(given={"arrived_on": "2026-11-26"})),
        (InvalidInput, "BJ01", an(name="长" * 501)),
        (AlreadyRegistered, "BJ01", an(citizen_id=short_number(1))),
        (AlreadyRegistered, "BJ", an("BJ", citizen_id=number(1))),
    ):
        await world.refused(refusal, arrival.register, who, commands=[command])


async def test_another_street_may_register_the_same_person(world: World) -> None:
    """Whether alone or in one list with others: known is who is registered below the registrar."""
    await world.arrive("BJ01")
    commands = [
        RegisterArrival(organization_id=world["BJ01"], name="田禾", citizen_id=number(2)),
        RegisterArrival(organization_id=world["BJ02"], name="林晓", citizen_id=number(1)),
        RegisterArrival(organization_id=world["BJ02"], name="田禾", citizen_id=number(2)),
    ]
    answers = await world.do(arrival.register, "BJ", commands=commands)
    assert [answer.new for answer in answers if isinstance(answer, Changed)] == [True] * 3


async def test_an_arrival_of_who_left_may_be_registered_anew(world: World) -> None:
    came = await world.arrive()
    async with world.database.begin() as connection:
        await connection.execute(text("update arrival set state = 'LEFT' where id = :id"), {"id": came})
    assert await world.arrive() != came


# Placing


async def test_placed_with_the_branch_that_registers(world: World) -> None:
    came = await world.arrive(branch="BJ010101")
    row = await world.row("arrival", came)
    assert (row["state"], row["branch_id"]) == ("PLACED", world["BJ010101"])
    assert await world.events(came, heard_by="BJ010101") == ["ARRIVAL_REGISTERED"]


async def test_place_an_arrival_matched_or_not(world: World) -> None:
    _, left, came = await world.pair()
    alone = await world.arrive(which=2, name="田禾")
    for liaison, statement in ((left, came), (alone, alone)):
        command = PlaceMember(liaison_id=liaison, version=1, branch_id=world["BJ010101"], placed_on=TODAY)
        assert await world.do(arrival.place, "BJ01", commands=[command]) == [Changed(statement, 2)]
        row = await world.row("arrival", statement)
        assert (row["state"], row["branch_id"], row["placed_on"]) == ("PLACED", world["BJ010101"], TODAY)
        assert (await world.events(statement))[-1] == "MEMBER_PLACED"
    assert {at[0] for at in await world.inbox("BJ010101")} == {came, alone}
    moved = PlaceMember(liaison_id=alone, version=2, branch_id=world["BJ010102"], placed_on=TODAY)
    await world.do(arrival.place, "BJ01", commands=[moved])
    assert {at[0] for at in await world.inbox("BJ010101")} == {came}
    assert await world.inbox_differences() == 0


async def test_refused_placements(world: World) -> None:
    came = await world.arrive()
    said = {"liaison_id": came, "version": 1, "branch_id": world["BJ010101"], "placed_on": TODAY}
    for refusal, who, more in (
        (NotFound, "BJ02", {}),
        (NotFound, "BJ01", {"liaison_id": nobody()}),
        (NotFound, "BJ01", {"branch_id": world["BJ0201"]}),
        (BranchRequired, "BJ01", {"branch_id": world["BJ0101"]}),
        (InvalidInput, "BJ01", {"placed_on": TOMORROW}),
        (StaleVersion, "BJ01", {"version": 2}),
    ):
        await world.refused(refusal, arrival.place, who, commands=[PlaceMember(**{**said, **more})])


async def test_verifying_is_set_by_the_own_hand_only(world: World) -> None:
    came = await world.arrive()
    await world.one(arrival.amend, "BJ01", amend_in(came, 1, verifying=True))
    assert (await world.row("arrival", came))["state"] == "VERIFYING"
    await world.one(arrival.amend, "BJ01", amend_in(came, 2, verifying=False))
    assert (await world.row("arrival", came))["state"] == "ARRIVED"
    placed = await world.arrive(which=2, branch="BJ010101")
    await world.refused(WrongState, arrival.amend, "BJ01", commands=[amend_in(placed, 1, verifying=True)])


async def test_who_left_is_not_amended(world: World) -> None:
    came = await world.arrive()
    leave = {"liaison_id": came, "version": 1, "left_on": "2026-12", "destination": None}
    await world.refused(InvalidInput, leaving.record_leaving, "BJ01", **leave)
    await world.do(leaving.record_leaving, "BJ01", liaison_id=came, version=1, left_on="2026-10", destination="外省")
    await world.refused(WrongState, arrival.amend, "BJ01", commands=[amend_in(came, 2, work_unit="新港物流")])


# Sealed values

SEALED = {"phone": "phone", "other_phone": "other phone", "address": "address"}


async def test_numbers_and_addresses_are_sealed_for_their_record(world: World) -> None:
    said = {
        "phone": phone(1),
        "other_phone": phone(2),
        "other_phone_whose": "妻",
        "address": "滨江区新港街道江北路12号",
    }
    left, came = await world.leave(await world.member(), **said), await world.arrive(**said)
    for table, statement, other in (("departure", left, came), ("arrival", came, left)):
        row = await world.row(table, statement)
        for field, purpose in SEALED.items():
            sealed = row[f"{field}_sealed"]
            assert world.vault.unseal(purpose, statement, sealed) == said[field]
            for subject, wrong in ((other, purpose), (statement, "citizen id")):
                with pytest.raises(NotSealedHere):
                    world.vault.unseal(wrong, subject, sealed)
        assert (row["phone_masked"], row["other_phone_masked"]) == ("174******01", "174******02")
        assert (row["other_phone_whose"], row["address_masked"]) == ("妻", "滨江区新港街道***")
        assert row["phone_digests"] == [world.vault.digest("phone", phone(n)) for n in (1, 2)]
        for canary in (phone(1), phone(2), "江北路"):
            assert await world.value(f"select count(*) from {table} t where t::text like '%{canary}%'") == 0


async def test_clearing_the_other_phone_clears_whose_it_is(world: World) -> None:
    said = {"phone": phone(1), "other_phone": phone(2), "other_phone_whose": "妻"}
    left, came = await world.leave(await world.member(), **said), await world.arrive(**said)
    await world.say_outflow(left, other_phone=None)
    await world.say_inflow(came, other_phone=None)
    for table, statement in (("departure", left), ("arrival", came)):
        row = await world.row(table, statement)
        assert (row["phone_masked"], row["other_phone_masked"], row["other_phone_whose"]) == ("174******01", None, None)
        assert row["phone_digests"] == [world.vault.digest("phone", phone(1))]


async def test_one_phone_alone_leaves_the_other(world: World) -> None:
    left = await world.leave(await world.member(), phone=phone(1), other_phone=phone(2), other_phone_whose="妻")
    await world.say_outflow(left, phone=phone(3))
    row = await world.row("departure", left)
    assert world.vault.unseal("phone", left, row["phone_sealed"]) == phone(3)
    assert world.vault.unseal("other phone", left, row["other_phone_sealed"]) == phone(2)
    assert (row["other_phone_masked"], row["other_phone_whose"]) == ("174******02", "妻")
    assert row["phone_digests"] == [world.vault.digest("phone", phone(n)) for n in (3, 2)]
    await world.say_outflow(left, other_phone=None, other_phone_whose=None)
    row = await world.row("departure", left)
    assert (row["other_phone_sealed"], row["other_phone_masked"], row["other_phone_whose"]) == (None, None, None)
    assert row["phone_digests"] == [world.vault.digest("phone", phone(3))]
    assert world.vault.unseal("phone", left, row["phone_sealed"]) == phone(3)


async def test_another_number_under_the_same_mask_is_a_change(world: World) -> None:
    left = await world.leave(await world.member(), phone="17491234567")
    assert await world.say_outflow(left, phone="17491111167") == Changed(left, 2)
    row = await world.row("departure", left)
    assert world.vault.unseal("phone", left, row["phone_sealed"]) == "17491111167"


async def unreadable(world: World, table: str, statement) -> dict[str, str]:
    sealed = (await world.row(table, statement))["unreadable_sealed"]
    return orjson.loads(world.vault.unseal_bytes("unreadable", statement, sealed)) if sealed else {}


async def open_questions(world: World) -> list[str]:
    found = await world.rows(
        "select about from question where kind = 'UNREADABLE' and answered_at is null order by about"
    )
    return [row["about"] for row in found]


async def test_what_could_not_be_read_is_kept_until_its_field_is_said(world: World) -> None:
    texts = {"departedOn": "去年夏天", "phone": "1749 丢了一位"}
    left = await world.leave(await world.member(), departed_on=None, unreadable=texts)
    assert await unreadable(world, "departure", left) == texts
    assert await open_questions(world) == ["departedOn", "phone"]
    await world.unchanged(departure.amend, "YL0101", commands=[amend_out(left, 1, unreadable=texts)])
    await world.say_outflow(left, departed_on="2025-07")
    assert await unreadable(world, "departure", left) == {"phone": texts["phone"]}
    assert await open_questions(world) == ["phone"]
    await world.say_outflow(left, unreadable={"expectedReturn": "过年"})
    assert await unreadable(world, "departure", left) == {"phone": texts["phone"], "expectedReturn": "过年"}
    await world.say_outflow(left, phone=phone(1), expected_return="2027-02")
    assert await unreadable(world, "departure", left) == {}
    assert await open_questions(world) == []


# Revealing


async def test_a_sealed_value_is_shown_to_its_own_side_and_the_member(world: World) -> None:
    person = await world.member(phone=phone(1))
    left, came = (
        await world.leave(person, phone=phone(2), address="滨江区江北路12号"),
        await world.arrive(phone=phone(3)),
    )

    async def show(who, aggregate: str, subject, field: str) -> str:
        said = {"aggregate": aggregate, "subject_id": subject, "field": field, "reason": "核对"}
        return await world.do(reveal.reveal, who, **said)

    member = a_viewer(world["YL0101"], Role.MEMBER, person)
    assert await show("YL0101", "member", person, "citizenId") == number()
    assert await show(member, "member", person, "phone") == phone(1)
    assert await show("YL", "departure", left, "address") == "滨江区江北路12号"
    assert await show("BJ", "arrival", came, "phone") == phone(3)
    assert await world.value("select count(*) from reveal where reason = '核对'") == 4
    said = {"aggregate": "departure", "subject_id": left, "field": "phone", "reason": "核对"}
    for refusal, who, more in (
        (NotFound, "BJ01", {}),
        (NotFound, "YL0102", {}),
        (NotFound, a_viewer(world["YL0101"], Role.PARTNER), {}),
        (NotFound, member, {}),
        (NotFound, "YL0101", {"subject_id": nobody()}),
        (NotFound, "YL0101", {"field": "otherPhone"}),
        (InvalidInput, "YL0101", {"field": "name"}),
        (ReasonRequired, "YL0101", {"reason": " "}),
        (NotFound, "YL0101", {"aggregate": "arrival", "subject_id": came}),
    ):
        await world.refused(refusal, reveal.reveal, who, **{**said, **more})


async def test_the_birth_date_follows_the_number(world: World) -> None:
    came = await world.arrive(birth_date=date(1999, 9, 9))
    assert (await world.row("arrival", came))["birth_date"] == date(1980, 3, 15)
