"""Who begins and ceases to see a transfer by a match or a placement hears it, and nobody else does."""

from __future__ import annotations

import pytest

from hub.domain import candidate, transfer, visibility
from hub.domain.dates import today
from hub.models import Transfer
from tests.domain.liaisons import World, a_world

STREET = {"YL", "YL01", "YL0101", "BJ", "BJ01", "BJ0101", "BJ010101"}
"""Who sees a transfer from YL0101 to BJ010101 without any match."""


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def requested(world: World):
    person = await world.member()
    left = await world.leave(person, inflow_organization_id=world["BJ01"])
    said = {"applied_on": today(world.now), "reason": "长期在滨江工作"}
    changed = await world.do(
        transfer.request, "YL0101", member_id=person, inflow_organization_id=world["BJ010101"], **said
    )
    return left, changed.id


async def see(world: World, transfer_id) -> set[str]:
    async with world.database.connect() as connection:
        return {
            code
            for code in world.ids
            if await visibility.row(connection, world.viewer(code), Transfer, transfer_id) is not None
        }


async def told(world: World, transfer_id) -> list[tuple[str, list[str], int]]:
    codes = {key: code for code, key in world.ids.items()}
    rows = await world.rows(
        "select kind, audience, aggregate_version from outbox where aggregate_id = :id"
        " and kind in ('TRANSFER_SHARED', 'TRANSFER_UNSHARED') order by id",
        id=transfer_id,
    )
    return [(row["kind"], sorted(codes[one] for one in row["audience"]), row["aggregate_version"]) for row in rows]


async def test_a_match_a_placement_and_its_undoing_are_heard_by_whom_they_concern(world: World) -> None:
    left, transfer_id = await requested(world)
    assert await see(world, transfer_id) == STREET
    came = await world.arrive("BJ0102")
    assert await world.matched(left) == came
    assert await see(world, transfer_id) == STREET | {"BJ0102"}
    await world.say_inflow(came, "BJ0102", branch="BJ010201")
    assert await see(world, transfer_id) == STREET | {"BJ0102", "BJ010201"}
    await world.do(
        candidate.undo, "YL0101", liaison_id=left, version=await world.version("departure", left), reason="不是同一人"
    )
    assert await see(world, transfer_id) == STREET
    assert await told(world, transfer_id) == [
        ("TRANSFER_SHARED", ["BJ0102"], 1),
        ("TRANSFER_SHARED", ["BJ010201"], 1),
        ("TRANSFER_UNSHARED", ["BJ0102", "BJ010201"], 1),
    ]
    assert await world.version("transfer", transfer_id) == 1


async def test_a_branch_that_a_member_is_taken_out_of_sees_it_no_longer(world: World) -> None:
    _, transfer_id = await requested(world)
    came = await world.arrive(branch="BJ010201")
    await world.say_inflow(came, branch="BJ010101")
    assert await see(world, transfer_id) == STREET
    assert await told(world, transfer_id) == [
        ("TRANSFER_SHARED", ["BJ010201"], 1),
        ("TRANSFER_UNSHARED", ["BJ010201"], 1),
    ]


@pytest.mark.parametrize("who", ["BJ01", "BJ0101"])
async def test_who_sees_it_anyway_hears_nothing(world: World, who: str) -> None:
    left, transfer_id = await requested(world)
    came = await world.arrive(who, branch="BJ010101")
    assert await world.matched(left) == came
    await world.do(
        candidate.undo, who, liaison_id=left, version=await world.version("arrival", came), reason="不是同一人"
    )
    assert await see(world, transfer_id) == STREET
    assert await told(world, transfer_id) == []
