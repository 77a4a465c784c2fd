"""The end of a liaison, visits home, and what the inflow side may say of an end: each side its own words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from hub.domain import departure, ending, leaving
from hub.domain.outcome import Changed
from hub.domain.viewer import Role
from hub.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    NotInForce,
    ReasonRequired,
    StaleVersion,
    WrongSide,
    WrongState,
)
from hub.models import EndReason, ReasonCode
from tests.domain.liaisons import TODAY, World, a_world, nobody
from tests.factories import a_viewer

TOMORROW = TODAY + timedelta(days=1)
END = {"letter_number": None, "note": None, "next_statement": None, "ended_on": TODAY, "reason": EndReason.RETURNED}
VISIT = {"came_on": date(2026, 11, 20), "left_on": None, "met_on": None, "note": None}


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def end(world: World, left, version: int = 2, **said) -> Changed:
    return await world.do(ending.end, "YL0101", liaison_id=left, version=version, **{**END, **said})


async def test_the_outflow_side_ends_a_liaison(world: World) -> None:
    _, left, came = await world.pair()
    assert await end(world, left, ended_on=date(2026, 11, 1), note="回村") == Changed(left, 3)
    row = await world.row("departure", left)
    assert (row["ended_on"], row["end_reason"], row["end_note"]) == (date(2026, 11, 1), "RETURNED", "回村")
    assert (await world.row("arrival", came))["state"] == "ARRIVED"
    assert (await world.events(left, heard_by="BJ01"))[-1] == "LIAISON_ENDED"
    assert (left, "OUTFLOW", "ENDED") in await world.inbox("YL")
    assert (came, "INFLOW", "ENDED") in await world.inbox("BJ")
    assert [v["version"] for v in await world.rows("select version from departure_history")] == [2]
    assert await world.inbox_differences() == 0


async def test_refused_ends(world: World) -> None:
    _, left, _ = await world.pair(departed_on="2026-03")
    said = {"liaison_id": left, "version": 2, **END}
    for refusal, who, more in (
        (WrongSide, "BJ01", {"version": 1}),
        (NotFound, "BJ02", {}),
        (NotFound, "YL0102", {}),
        (NotFound, "YL0101", {"liaison_id": nobody()}),
        (StaleVersion, "YL0101", {"version": 1}),
        (InvalidInput, "YL0101", {"ended_on": TOMORROW}),
        (InvalidInput, "YL0101", {"ended_on": date(2026, 2, 28)}),
        (InvalidInput, "YL0101", {"reason": EndReason.TRANSFERRED}),
        (InvalidInput, "YL0101", {"reason": EndReason.DECEASED}),
        (InvalidInput, "YL0101", {"reason": EndReason.MEMBERSHIP_ENDED}),
        (ReasonRequired, "YL0101", {"reason": EndReason.IN_ERROR, "note": " "}),
        (InvalidInput, "YL0101", {"reason": EndReason.MOVED_ON}),
        (InvalidInput, "YL0101", {"next_statement": {}}),
        (NotFound, "YL0101", {"reason": EndReason.MOVED_ON, "next_statement": {"inflow_organization_id": nobody()}}),
        (InvalidInput, "YL0101", {"reason": EndReason.MOVED_ON, "next_statement": {"departed_on": "2026-13"}}),
        (NotAllowed, a_viewer(world["YL0101"], Role.PARTNER), {}),
    ):
        await world.refused(refusal, ending.end, who, **{**said, **more})
    await end(world, left)
    await world.refused(WrongState, ending.end, "YL0101", **{**said, "version": 3})


@pytest.mark.parametrize(
    ("standing", "reason", "goes"),
    [
        ("DECEASED", EndReason.DECEASED, True),
        ("REMOVED", EndReason.MEMBERSHIP_ENDED, True),
        ("DECEASED", EndReason.MEMBERSHIP_ENDED, False),
        ("REMOVED", EndReason.DECEASED, False),
    ],
)
async def test_death_and_removal_follow_a_decision(world: World, standing: str, reason: EndReason, goes: bool) -> None:
    person, left, _ = await world.pair()
    async with world.database.begin() as connection:
        await connection.execute(text("update member set standing = :s where id = :id"), {"s": standing, "id": person})
    if goes:
        assert await end(world, left, reason=reason) == Changed(left, 3)
    else:
        await world.refused(InvalidInput, ending.end, "YL0101", liaison_id=left, version=2, **{**END, "reason": reason})


async def test_moving_on_needs_a_membership_in_force(world: World) -> None:
    person, left, _ = await world.pair()
    async with world.database.begin() as connection:
        await connection.execute(text("update member set standing = 'SUSPENDED' where id = :id"), {"id": person})
    said = {**END, "reason": EndReason.MOVED_ON, "next_statement": {}}
    await world.refused(NotInForce, ending.end, "YL0101", liaison_id=left, version=2, **said)


# Visits


async def test_a_visit_is_no_end_and_the_same_day_completes_it(world: World) -> None:
    _, left, _ = await world.pair()
    said = {"liaison_id": left, **VISIT}
    assert await world.do(ending.record_visit, "YL0101", version=2, **said) == Changed(left, 3)
    await world.unchanged(ending.record_visit, "YL0101", version=3, **said)
    more = {**said, "left_on": date(2026, 11, 22), "met_on": date(2026, 11, 21), "note": "已见面"}
    assert await world.do(ending.record_visit, "YL0101", version=3, **more) == Changed(left, 4)
    await world.unchanged(ending.record_visit, "YL0101", version=4, **said)  # left out says nothing
    found = await world.rows("select came_on, left_on, met_on, note from visit")
    assert [tuple(row.values()) for row in found] == [
        (date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 21), "已见面")
    ]
    assert (await world.row("departure", left))["ended_on"] is None
    assert (await world.events(left, heard_by="BJ01"))[-2:] == ["VISIT_RECORDED"] * 2


async def test_refused_visits(world: World) -> None:
    _, left, _ = await world.pair()
    said = {"liaison_id": left, "version": 2, **VISIT}
    for refusal, who, more in (
        (WrongSide, "BJ01", {}),
        (NotFound, "BJ02", {}),
        (StaleVersion, "YL0101", {"version": 1}),
        (InvalidInput, "YL0101", {"came_on": TOMORROW}),
        (InvalidInput, "YL0101", {"left_on": date(2026, 11, 19)}),
        (InvalidInput, "YL0101", {"met_on": date(2026, 11, 19)}),
        (InvalidInput, "YL0101", {"left_on": TOMORROW}),
    ):
        await world.refused(refusal, ending.record_visit, who, **{**said, **more})
    await end(world, left)
    await world.refused(WrongState, ending.record_visit, "YL0101", **{**said, "version": 3})


# The inflow side


@pytest.mark.parametrize("matched", [True, False])
async def test_leaving_is_said_by_the_inflow_side_and_ends_nothing(world: World, matched: bool) -> None:
    left, came = None, await world.arrive()
    if matched:
        left = await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    version = await world.version("arrival", came)
    said = {"liaison_id": came, "version": version, "left_on": "2026-10", "destination": "外省"}
    assert await world.do(leaving.record_leaving, "BJ01", **said) == Changed(came, version + 1)
    row = await world.row("arrival", came)
    assert (row["state"], row["left_on"], row["left_for"]) == ("LEFT", "2026-10", "外省")
    assert (came, "INFLOW", "MATCHED" if matched else "ENDED") in await world.inbox("BJ01")
    if left:
        assert (await world.row("departure", left))["ended_on"] is None
        assert (await world.events(came, heard_by="YL0101"))[-1] == "LEAVING_RECORDED"
    assert await world.inbox_differences() == 0


async def test_refused_leavings_and_returns(world: World) -> None:
    _, left, came = await world.pair()
    gone = {"left_on": "2026-10", "destination": None}
    back = {"reason": ReasonCode.NOT_LIVING_HERE, "note": None}
    for write, said in ((leaving.record_leaving, gone), (leaving.return_, back)):
        for refusal, who, more in (
            (WrongSide, "YL0101", {"version": 2}),
            (NotFound, "BJ02", {}),
            (NotFound, "BJ01", {"liaison_id": nobody()}),
            (StaleVersion, "BJ01", {"version": 2}),
        ):
            await world.refused(refusal, write, who, **{"liaison_id": left, "version": 1, **said, **more})
    await world.refused(
        InvalidInput, leaving.record_leaving, "BJ01", liaison_id=left, version=1, **{**gone, "left_on": "昨天"}
    )
    other = {"reason": ReasonCode.OTHER, "note": " "}
    await world.refused(ReasonRequired, leaving.return_, "BJ01", liaison_id=left, version=1, **other)
    await world.do(leaving.return_, "BJ01", liaison_id=left, version=1, **back)
    row = await world.row("arrival", came)
    assert (row["state"], row["return_reason"]) == ("RETURNED", "NOT_LIVING_HERE")
    for write, said in ((leaving.record_leaving, gone), (leaving.return_, back)):
        await world.refused(WrongState, write, "BJ01", liaison_id=left, version=2, **said)


async def test_what_a_transfer_or_decision_ends(world: World) -> None:
    person, left, _ = await world.pair()
    said = {"member_id": person, "on": TODAY, "reason": EndReason.TRANSFERRED}
    assert await world.do(departure.close_for_member, "BJ01", **said) == left
    assert (await world.row("departure", left))["end_reason"] == "TRANSFERRED"
    before = await world.everything()
    assert await world.do(departure.close_for_member, "BJ01", **said) is None
    assert await world.everything() == before
