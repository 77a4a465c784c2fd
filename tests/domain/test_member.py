"""Members: known within the own subtree, a second record elsewhere; what a list may amend; who sees the number twice."""

from __future__ import annotations

from datetime import date

import pytest

from hub.crypto import NotSealedHere
from hub.domain import correction, member, organization
from hub.domain.member import RegisterMember
from hub.domain.outcome import Changed
from hub.domain.viewer import Role
from hub.errors import AlreadyRegistered, InvalidInput, NotAllowed, NotFound, OrganizationClosed
from tests.domain.liaisons import OPERATOR, TODAY, World, a_world, nobody, number, phone, short_number
from tests.factories import a_viewer


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


def someone(world: World, code: str = "YL0101", citizen_id: str | None = None, **given) -> RegisterMember:
    more = {key: given.pop(key) for key in ("amend", "member_id") if key in given}
    said = {"name": "林晓", "category": "FULL", "joined_on": "2010-06", **given}
    return RegisterMember(organization_id=world[code], citizen_id=citizen_id or number(), given=said, **more)


async def register(world: World, who, *commands: RegisterMember) -> list:
    return await world.do(member.register, who, commands=list(commands))


async def chain(world: World, person) -> list[tuple]:
    found = await world.rows(
        "select organization_id, starts::text, ends from affiliation where member_id = :id", id=person
    )
    return [tuple(row.values()) for row in found]


@pytest.mark.parametrize(
    ("joined_on", "starts"),
    [("2010-06-15", "2010-06-15"), ("2010-06", "2010-06-01"), ("2010", "2010-01-01"), (None, "-infinity")],
)
async def test_the_affiliation_starts_on_the_first_possible_day(world: World, joined_on, starts) -> None:
    changed = await world.one(member.register, "YL0101", someone(world, joined_on=joined_on))
    assert changed == Changed(changed.id, 1, new=True)
    assert await chain(world, changed.id) == [(world["YL0101"], starts, None)]
    assert await world.events(changed.id, heard_by="YL0101") == ["MEMBER_REGISTERED"]
    assert await world.events(changed.id, heard_by="BJ") == []


async def test_what_is_stored_of_a_member(world: World) -> None:
    person = await world.member(phone=phone(7), gender=None)
    row = await world.row("member", person)
    assert (row["birth_date"], row["gender"], row["name_key"]) == (date(1980, 3, 15), "男", "林晓")
    assert (row["citizen_id_masked"], row["phone_masked"]) == ("9" + "*" * 16 + number()[-1], "174******07")
    assert world.vault.unseal("citizen id", person, row["citizen_id_sealed"]) == number()
    assert world.vault.unseal("phone", person, row["phone_sealed"]) == phone(7)
    with pytest.raises(NotSealedHere):
        world.vault.unseal("citizen id", nobody(), row["citizen_id_sealed"])
    with pytest.raises(NotSealedHere):
        world.vault.unseal("phone", person, row["citizen_id_sealed"])
    for table in ("member", "identity", "outbox", "affiliation"):
        assert await world.value(f"select count(*) from {table} t where t::text like '%{number()}%'") == 0


@pytest.mark.parametrize("form", [number(), number().lower(), short_number(), f" {number()} "])
async def test_known_within_the_own_subtree(world: World, form: str) -> None:
    await world.member("YL0101")
    for who, code in (("YL0101", "YL0101"), ("YL01", "YL0102"), ("YL", "YL0201"), (OPERATOR, "BJ010101")):
        refusal = await world.refused(
            AlreadyRegistered, member.register, who, commands=[someone(world, code, citizen_id=form)]
        )
        assert refusal.field == "citizenId"


async def test_twice_in_one_list(world: World) -> None:
    first, second = await register(world, "YL01", someone(world), someone(world, citizen_id=short_number()))
    assert first.new
    assert type(second) is AlreadyRegistered
    assert await world.value("select count(*) from member") == 1


async def test_elsewhere_a_second_record_is_made(world: World) -> None:
    """And only the department of the earlier record hears of it."""
    first = await world.member("YL0101")
    world.wait(1)
    second = await world.member("BJ010101")
    assert first != second
    assert [(t.kind, t.object_id, t.due_on) for t in await world.tasks("YL")] == [
        ("TWO_MEMBERS", first, date(2026, 12, 26))
    ]
    for who in ("YL0101", "YL01", "YL02", "BJ", "BJ01", "BJ010101"):
        assert await world.kinds_of_tasks(who) == [], who
        assert await world.kinds_of_tasks(who, "THEIRS") == [], who
    assert await world.kinds_of_tasks("YL", "THEIRS") == []


async def test_the_task_of_two_members_goes_when_one_number_is_corrected(world: World) -> None:
    await world.member("YL0101")
    world.wait(1)
    second = await world.member("BJ010101")
    said = {"arrival_id": None, "name": None, "birth_date": None, "reason": "登记错误"}
    await world.do(correction.correct_identity, "BJ010101", member_id=second, citizen_id=number(2), **said)
    assert await world.kinds_of_tasks("YL") == []


async def test_refused_members_are_not_there(world: World) -> None:
    await world.do(
        organization.close, "YL", organization_id=world["YL0102"], closed_on=TODAY, successor_id=world["YL0101"]
    )
    for refusal, who, command in (
        (NotFound, "YL01", someone(world, "BJ010101")),
        (NotFound, "YL0101", someone(world, "YL01")),
        (OrganizationClosed, "YL01", someone(world, "YL0102")),
        (InvalidInput, "YL01", someone(world, citizen_id=number()[:-1] + "0")),
        (InvalidInput, "YL01", someone(world, citizen_id="123")),
        (InvalidInput, "YL01", someone(world, citizen_id="998877198002300010")),
        (InvalidInput, "YL01", someone(world, name="  ")),
        (InvalidInput, "YL01", someone(world, name="长" * 501)),
        (InvalidInput, "YL01", someone(world, joined_on="2010-13")),
        (InvalidInput, "YL01", someone(world, joined_on="2026-12")),
        (InvalidInput, "YL01", someone(world, full_member_on="2010-6")),
        (InvalidInput, "YL01", someone(world, dues_paid_through="2026-1")),
        (NotAllowed, a_viewer(world["YL0101"], Role.PARTNER), someone(world)),
        (NotAllowed, a_viewer(world["YL0101"], Role.MEMBER), someone(world)),
    ):
        await world.refused(refusal, member.register, who, commands=[command])


async def test_one_refused_line_leaves_the_others(world: World) -> None:
    good, bad, other = await register(
        world, "YL01", someone(world), someone(world, citizen_id="1"), someone(world, citizen_id=number(2))
    )
    assert (good.new, type(bad), other.new) == (True, InvalidInput, True)
    assert await world.value("select count(*) from affiliation") == 2


# What a list amends


async def test_a_list_amends_what_it_may(world: World) -> None:
    person = await world.member(occupation="村民", phone=phone(1))
    again = someone(world, amend=True, occupation="瓦工", phone=phone(2), education=None)
    assert await register(world, "YL0101", again) == [Changed(person, 2)]
    row = await world.row("member", person)
    assert (row["occupation"], row["phone_masked"]) == ("瓦工", "174******02")
    assert world.vault.unseal("phone", person, row["phone_sealed"]) == phone(2)
    await world.unchanged(member.register, "YL0101", commands=[again])


async def test_a_list_changes_neither_name_nor_category_nor_standing_nor_branch(world: World) -> None:
    person = await world.member(category="PROBATIONARY")
    again = someone(world, "YL0102", amend=True, name="林小", category="FULL", standing="REMOVED", birth_date=TODAY)
    assert await register(world, "YL01", again) == [Changed(person, 1, changed=False)]
    row = await world.row("member", person)
    assert (row["name"], row["category"], row["standing"]) == ("林晓", "PROBATIONARY", "IN_FORCE")
    assert [link[0] for link in await chain(world, person)] == [world["YL0101"]]


async def test_equal_masks_with_other_numbers_are_a_change(world: World) -> None:
    person = await world.member(phone="17491234567")
    assert await register(world, "YL0101", someone(world, amend=True, phone="17491111167")) == [Changed(person, 2)]
    row = await world.row("member", person)
    assert world.vault.unseal("phone", person, row["phone_sealed"]) == "17491111167"
