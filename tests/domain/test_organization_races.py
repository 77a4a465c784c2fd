"""Changes of the tree that meet each other, or a change of what stands below: nobody keeps an old superior."""

from __future__ import annotations

import asyncio
import random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.domain import arrival, candidate, organization
from hub.errors import InvalidInput
from tests.domain.liaisons import OPERATOR, World, a_world, blocked
from tests.domain.test_organization import above, closure_errors, known, register
from tests.factories import NOW, a_viewer

DEADLOCK = "40P01"


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def race(world: World, first, second) -> None:
    """Do two things at once, each in its own transaction; one may lose to a deadlock, and is then done again."""

    async def again(step) -> None:
        for _ in range(5):
            try:
                await step()
            except Exception as error:
                if "deadlock" not in str(error):
                    raise
            else:
                return

    await asyncio.gather(again(first), again(second))


@pytest.mark.parametrize("attempt", range(3))
async def test_a_move_below_what_moves_itself(world: World, attempt: int) -> None:
    """YL0101 goes below BJ0101 while BJ01 goes below YL: whoever is first, nobody keeps an old superior."""
    a, b = await known(world, "YL0101", parent_id=world["BJ0101"]), await known(world, "BJ01", parent_id=world["YL"])
    await race(world, lambda: register(world, a), lambda: register(world, b))
    assert await above(world, world["YL0101"]) == [world[c] for c in ("YL0101", "BJ0101", "BJ01", "YL")]
    assert await closure_errors(world) == 0


async def test_who_comes_to_stand_below_while_a_move_waits_moves_along(world: World) -> None:
    move = await known(world, "BJ01", parent_id=world["YL"])
    async with world.database.connect() as one:
        await organization.register(
            one, viewer=OPERATOR, now=NOW, commands=[await known(world, "YL0101", parent_id=world["BJ0101"])]
        )
        waiting = asyncio.create_task(register(world, move))
        await blocked(world)
        await one.commit()
        await waiting
    assert await above(world, world["YL0101"]) == [world[c] for c in ("YL0101", "BJ0101", "BJ01", "YL")]
    assert await closure_errors(world) == 0


@pytest.mark.parametrize("mover_first", [True, False])
async def test_an_arrival_registered_while_its_street_moves(world: World, mover_first: bool) -> None:
    move = await known(world, "BJ01", parent_id=world["YL"])
    await in_turn(
        world,
        lambda c: organization.register(c, viewer=OPERATOR, now=NOW, commands=[move]),
        lambda c: register_arrival(world, c),
        first_goes_first=mover_first,
    )
    assert {at[2] for at in await world.inbox("YL")} == {"UNMATCHED"}
    assert await world.inbox_differences() == 0


@pytest.mark.parametrize("mover_first", [True, False])
@pytest.mark.parametrize(("code", "below"), [("YL01", "YL02"), ("BJ01", "BJ02")])
async def test_a_match_undone_while_a_side_moves(world: World, code: str, below: str, mover_first: bool) -> None:
    """The state changes in the lists of old and new superiors alike."""
    _, left, came = await world.pair()
    move = await known(world, code, parent_id=world[below])
    await in_turn(
        world,
        lambda c: organization.register(c, viewer=OPERATOR, now=NOW, commands=[move]),
        lambda c: candidate.undo(c, viewer=a_viewer(world["YL"]), now=NOW, liaison_id=left, version=2, reason="同名"),
        first_goes_first=mover_first,
    )
    states = {"YL02": (left, "OUTFLOW", "AWAITING_ARRIVAL"), "BJ02": (came, "INFLOW", "UNMATCHED")}
    assert await world.inbox(below) == [states[below]]
    assert await world.inbox_differences() == 0


async def register_arrival(world: World, connection) -> None:
    command = arrival.RegisterArrival(organization_id=world["BJ0101"], name="林晓")
    await arrival.register(connection, viewer=a_viewer(world["BJ01"]), vault=world.vault, now=NOW, commands=[command])


async def in_turn(world: World, mover, writer, *, first_goes_first: bool) -> None:
    """Let one do its work, then the other, which has to wait for the first one's commit or sees it all."""
    first, second = (mover, writer) if first_goes_first else (writer, mover)

    async def do_second() -> None:
        async with world.database.begin() as two:
            await second(two)

    async with world.database.connect() as one:
        await one.execute(text("select 1"))
        await first(one)
        waiting = asyncio.create_task(do_second())
        await blocked(world)
        await one.commit()
        await waiting


async def test_many_moves_at_once_leave_a_right_closure(world: World) -> None:
    movable = ["YL0101", "YL0102", "YL0201", "YL03G", "YL03G1", "BJ0101", "BJ0102", "BJ0201"]
    targets = ["YL", "BJ", "YL01", "YL02", "YL03", "BJ01", "BJ02"]
    steps = random.Random(7)

    async def mover(seed: int) -> None:
        for _ in range(4):
            code, target = steps.choice(movable), steps.choice(targets)
            command = await known(world, code, parent_id=world[target])
            try:
                await register(world, command)
            except InvalidInput:
                continue
            except DBAPIError as error:
                assert error.orig.sqlstate == DEADLOCK, error  # noqa: PT017 the caller repeats a deadlock

    await asyncio.gather(*(mover(seed) for seed in range(4)))
    assert await closure_errors(world) == 0
    assert await world.inbox_differences() == 0
