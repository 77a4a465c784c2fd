"""Organizations: the tree and its closure, names that are kept, closing in favour of a successor, officers, places."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from hub.domain import ending, organization
from hub.domain.organization import RegisterOrganization
from hub.domain.outcome import Changed
from hub.domain.viewer import Role, Viewer
from hub.errors import InvalidInput, NotAllowed, NotFound, OrganizationClosed, Refused
from hub.models import EndReason
from hub.sync.ledger.names import load_names
from tests.domain.liaisons import OPERATOR, TODAY, World, a_world, nobody
from tests.factories import a_viewer

DEADLOCK = "40P01"


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


def an(code: str, parent: UUID | None = None, **said) -> RegisterOrganization:
    return RegisterOrganization(
        **{"id": uuid4(), "system": "local", "code": code, "name": code, "parent_id": parent, **said}
    )


async def register(world: World, *commands: RegisterOrganization, who: str | Viewer = OPERATOR) -> list[Changed]:
    return await world.do(organization.register, who, commands=list(commands))


def a_department(world: World, code: str) -> Viewer:
    return a_viewer(world[code], Role.DEPARTMENT)


async def known(world: World, code: str, **said) -> RegisterOrganization:
    """What a ledger says of an organization that is known."""
    row = await world.row("organization", world[code])
    return RegisterOrganization(id=row["id"], system="local", code=code, name=said.pop("name", row["name"]), **said)


async def above(world: World, identifier: UUID) -> list[UUID]:
    """Who stands above an organization by the closure, itself first."""
    found = await world.rows(
        "select ancestor, depth from organization_closure where descendant = :id order by depth", id=identifier
    )
    assert [row["depth"] for row in found] == list(range(len(found)))
    return [row["ancestor"] for row in found]


CLOSURE_IS_RIGHT = """
    with recursive up (descendant, ancestor) as (
        select id, id from organization
        union select u.descendant, coalesce(o.successor_id, o.parent_id) from up u join organization o on o.id = u.ancestor
               where coalesce(o.successor_id, o.parent_id) is not null)
    select (select count(*) from (select ancestor, descendant from organization_closure except select ancestor, descendant from up) x)
         + (select count(*) from (select ancestor, descendant from up except select ancestor, descendant from organization_closure) y)
"""


async def closure_errors(world: World) -> int:
    return await world.value(CLOSURE_IS_RIGHT)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_superiors_stand_in_any_order(world: World, order) -> None:
    county = an("C")
    town = an("T", county.id)
    village = an("V", town.id)
    commands = [county, town, village]
    outcomes = await register(world, *(commands[at] for at in order))
    assert [(o.version, o.new) for o in outcomes] == [(1, True)] * 3
    assert await above(world, village.id) == [village.id, town.id, county.id]


@pytest.mark.parametrize("codes", [("YL01", "YL0101"), ("YL", "YL0101")])
async def test_a_ring_with_what_is_known_is_refused(world: World, codes) -> None:
    over, under = codes
    refusal = await world.refused(
        InvalidInput, organization.register, OPERATOR, commands=[await known(world, over, parent_id=world[under])]
    )
    assert refusal.field == "parent"


async def test_a_ring_within_a_list_is_refused(world: World) -> None:
    one, two = uuid4(), uuid4()
    await world.refused(
        InvalidInput, organization.register, OPERATOR, commands=[an("A", two, id=one), an("B", one, id=two)]
    )


async def test_moving_a_committee_takes_everything_below_along(world: World) -> None:
    _, left, came = await world.pair()
    outcomes = await register(world, await known(world, "BJ01", parent_id=world["YL"]))
    assert outcomes == [Changed(world["BJ01"], 2)]
    assert await above(world, world["BJ010101"]) == [world[c] for c in ("BJ010101", "BJ0101", "BJ01", "YL")]
    assert await closure_errors(world) == 0
    assert await world.inbox("BJ") == []
    assert set(await world.inbox("YL")) == {(left, "OUTFLOW", "MATCHED"), (came, "INFLOW", "MATCHED")}
    assert await world.inbox_differences() == 0


async def test_what_says_nothing_new_writes_nothing(world: World) -> None:
    await world.unchanged(organization.register, OPERATOR, commands=[await known(world, "YL01", kind="COMMITTEE")])


async def test_a_new_name_keeps_the_old_one(world: World) -> None:
    await register(world, await known(world, "YL0101", name="中共云岭县柳河镇青杨村支部委员会"))
    async with world.database.connect() as connection:
        names = await load_names(connection)
    assert names.find("白杨村党支部") == names.find("青杨村党支部") == world["YL0101"]
    assert await world.version("organization", world["YL0101"]) == 2


# Who may


async def test_a_department_registers_below_itself_only(world: World) -> None:
    who = a_department(world, "YL")
    town = an("YL09", world["YL"])
    await register(world, town, an("YL0901", town.id), await known(world, "YL0101", kind="JOINT_BRANCH"), who=who)
    assert (await world.row("organization", world["YL0101"]))["kind"] == "JOINT_BRANCH"
    for commands in (
        [an("BJ09", world["BJ"])],
        [an("ROOT")],
        [await known(world, "BJ01", kind="COMMITTEE")],
        # An organization of somebody else, drawn below one's own:
        [await known(world, "BJ01", parent_id=world["YL01"])],
        [await known(world, "YL01", parent_id=world["BJ01"])],
        [await known(world, "YL0101", closed_on=TODAY, successor_id=world["BJ0101"])],
        [an("YL0902", town.id), an("X", world["BJ"])],
    ):
        await world.refused(NotAllowed, organization.register, who, commands=commands)


async def test_nobody_else_registers_organizations(world: World) -> None:
    for role in (Role.BRANCH, Role.COMMITTEE, Role.PARTNER, Role.MEMBER):
        await world.refused(
            NotAllowed, organization.register, a_viewer(world["YL"], role), commands=[an("YL09", world["YL"])]
        )


# Closing


async def close(world: World, code: str, successor: str | None, who: str = "YL", on: date = TODAY) -> Changed:
    to = world[successor] if successor else None
    return await world.do(organization.close, who, organization_id=world[code], closed_on=on, successor_id=to)


async def test_what_is_open_follows_the_successor(world: World) -> None:
    left = await world.leave(await world.member("YL0201"), who="YL0201")
    assert await close(world, "YL0201", "YL0102") == Changed(world["YL0201"], 2)
    assert await above(world, world["YL0201"]) == [world[c] for c in ("YL0201", "YL0102", "YL01", "YL")]
    assert await world.inbox("YL02") == []
    assert await world.inbox("YL0102") == [(left, "OUTFLOW", "AWAITING_ARRIVAL")]
    said = {"letter_number": None, "note": None, "next_statement": None, "ended_on": TODAY}
    await world.do(ending.end, "YL0102", liaison_id=left, version=1, reason=EndReason.RETURNED, **said)
    assert await world.inbox("YL0102") == [(left, "OUTFLOW", "ENDED")]
    assert await world.inbox_differences() == 0


async def test_a_closed_committee_takes_its_branches_along(world: World) -> None:
    await close(world, "YL02", "YL01")
    assert await above(world, world["YL0201"]) == [world[c] for c in ("YL0201", "YL02", "YL01", "YL")]
    assert await closure_errors(world) == 0


async def test_refused_closings_change_nothing(world: World) -> None:
    await close(world, "YL02", "YL01")
    said = {"closed_on": TODAY}

    async def refuse(refusal: type[Refused], who: str, code: UUID, successor: UUID | None) -> Refused:
        return await world.refused(
            refusal, organization.close, who, organization_id=code, successor_id=successor, **said
        )

    await refuse(NotFound, "BJ", world["YL01"], None)
    await refuse(NotFound, "YL", nobody(), None)
    await refuse(OrganizationClosed, "YL", world["YL02"], world["YL01"])
    assert (await refuse(OrganizationClosed, "YL", world["YL03"], world["YL02"])).field == "successor"
    await refuse(InvalidInput, "YL", world["YL01"], world["YL0101"])  # the successor stands below it
    await refuse(NotAllowed, "YL", world["YL01"], world["BJ01"])  # another county would see what is open


# Officers


async def officers(world: World, code: str) -> list[tuple[str, str | None, date | None, date | None]]:
    found = await world.rows(
        "select name, phone, since_on, until_on from officer where organization_id = :id order by until_on nulls last",
        id=world[code],
    )
    return [tuple(row.values()) for row in found]


async def hand_over(world: World, name: str, since: date, who: str = "YL01", code: str = "YL01") -> Changed:
    return await world.do(
        organization.change_officer, who, organization_id=world[code], name=name, phone="17491112222", since_on=since
    )


async def test_an_officer_hands_over_with_history(world: World) -> None:
    assert await hand_over(world, "许平", date(2026, 1, 5)) == Changed(world["YL01"], 2)
    assert await hand_over(world, " 陈立新 ", date(2026, 9, 1)) == Changed(world["YL01"], 3)
    assert await officers(world, "YL01") == [
        ("许平", "17491112222", date(2026, 1, 5), date(2026, 9, 1)),
        ("陈立新", "17491112222", date(2026, 9, 1), None),
    ]
    assert await world.events(world["YL01"]) == ["OFFICER_CHANGED"] * 2


async def test_refused_hand_overs_change_nothing(world: World) -> None:
    await hand_over(world, "许平", date(2026, 1, 5))
    await close(world, "YL02", "YL01")
    said = {"organization_id": world["YL01"], "name": "林伟", "phone": None, "since_on": TODAY}
    for refusal, who, more in (
        (NotFound, "YL0101", {}),
        (NotFound, "BJ", {}),
        (NotFound, "YL", {"organization_id": nobody()}),
        (InvalidInput, "YL01", {"name": "  "}),
        (InvalidInput, "YL01", {"since_on": date(2026, 1, 4)}),
        (InvalidInput, "YL01", {"since_on": TODAY + timedelta(days=1)}),
        (OrganizationClosed, "YL", {"organization_id": world["YL02"]}),
        (NotAllowed, a_viewer(world["YL01"], Role.PARTNER), {}),
    ):
        await world.refused(refusal, organization.change_officer, who, **{**said, **more})


async def test_a_ledger_that_names_another_officer_hands_over(world: World) -> None:
    """On the legal day, whatever the zone of the clock: 25 November 23:30 in London is the 26th here."""
    await register(world, await known(world, "YL01", officer_name="许平", officer_phone="17491112222"))
    assert await officers(world, "YL01") == [("许平", "17491112222", None, None)]
    await world.unchanged(organization.register, OPERATOR, commands=[await known(world, "YL01", officer_name="许平")])
    world.now = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    outcomes = await register(world, await known(world, "YL01", officer_name="陈立新"))
    assert outcomes == [Changed(world["YL01"], 3)]
    assert await officers(world, "YL01") == [
        ("许平", "17491112222", None, date(2026, 11, 26)),
        ("陈立新", None, date(2026, 11, 26), None),
    ]
    assert await world.events(world["YL01"]) == ["OFFICER_CHANGED"] * 2


# Places


async def resolve(world: World, *places: str) -> dict[str, str]:
    codes = {identifier: code for code, identifier in world.ids.items()}
    async with world.database.connect() as connection:
        found = await organization.resolve_places(connection, places)
    return {place: codes[identifier] for place, identifier in found.items()}


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("滨江区", "BJ"),
        ("滨江区新港街道", "BJ01"),
        ("滨江区新港街道江北路12号3栋", "BJ01"),
        ("滨江 区新港街道", "BJ01"),
        ("滨江区-新港街道", "BJ01"),
        ("滨江区／新港街道", "BJ01"),
        ("中共滨江区", "BJ"),
        ("云岭县柳河镇", "YL01"),
        ("滨江区新港街道新港社区第一支部", "BJ0101"),
        ("滨江区某某街道", None),
        ("外省", None),
        ("区", None),
        ("", None),
    ],
)
async def test_a_place_means_the_highest_organization_of_that_name(world: World, place: str, code: str | None) -> None:
    assert (await resolve(world, place)).get(place) == code


async def test_a_place_of_two_equally_high_ones_means_none(world: World) -> None:
    await register(
        world,
        an("A", world["BJ"], name="中共滨江区江东街道工作委员会"),
        an("B", world["BJ"], name="中共滨江区江东街道商圈委员会"),
    )
    assert await resolve(world, "滨江区江东街道", "滨江区") == {"滨江区": "BJ"}


async def test_a_closed_organization_is_no_place(world: World) -> None:
    await close(world, "BJ02", "BJ01", who="BJ")
    assert await resolve(world, "滨江区望江街道") == {}
