"""Activity cards: issued at home, presented at the place, checked once a year, and no oracle."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from hub.domain import activity_card, candidate
from hub.errors import (
    AlreadyRecorded,
    CardNumberTaken,
    InvalidInput,
    NotFound,
    ReasonRequired,
    StaleVersion,
    WrongSide,
    WrongState,
)
from hub.models import CardState
from tests.domain.liaisons import TODAY, World, a_world

SAID = {"number": "yl 2026-001", "issued_on": date(2026, 3, 1)}


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def issued(world: World, member_id: UUID, **said: Any) -> UUID:
    return (await world.do(activity_card.issue, "YL0101", member_id=member_id, **{**SAID, **said})).id


async def test_a_card_is_numbered_by_the_department_and_one_is_in_use(world: World) -> None:
    person, other = await world.member(which=1), await world.member(which=2, name="周宁")
    card = await issued(world, person)
    row = await world.row("activity_card", card)
    assert (row["number"], row["issuer_id"], row["state"]) == ("YL2026-001", world["YL"], "ISSUED")
    await world.refused(AlreadyRecorded, activity_card.issue, "YL0101", member_id=person, **{**SAID, "number": "2"})
    await world.refused(CardNumberTaken, activity_card.issue, "YL0101", member_id=other, **SAID)
    await world.refused(InvalidInput, activity_card.issue, "YL0101", member_id=other, **{**SAID, "number": "无"})
    await world.refused(NotFound, activity_card.issue, "YL0101", member_id=other, issuer_id=world["BJ"], **SAID)


async def test_where_the_match_is_confirmed_a_card_counts_as_presented(world: World) -> None:
    person, left, came = await world.pair()
    card = await issued(world, person)
    await world.do(activity_card.present, "BJ01", liaison_id=left, number="YL2026-001", issuer_id=world["YL"])
    row = await world.row("activity_card", card)
    assert (row["state"], row["arrival_id"], row["presented_on"]) == ("PRESENTED", came, TODAY)
    assert await world.events(card, heard_by="BJ01") == ["CARD_PRESENTED"]
    await world.refused(WrongSide, activity_card.present, "YL0101", liaison_id=left, number="1")


async def test_elsewhere_nothing_shows_whether_there_is_such_a_card(world: World) -> None:
    """A card of a member who exists, and a number of nobody: answer, events and the statement are alike."""
    await issued(world, await world.member(which=1))
    seen = []
    for which, number in ((5, "YL2026-001"), (6, "YL2026-999")):
        came = await world.arrive(which=which, name="林晓")
        done = await world.do(activity_card.present, "BJ01", liaison_id=came, number=number)
        row = await world.row("arrival", came)
        seen.append(
            (done.version, done.changed, row["version"], row["state"], await world.events(came, heard_by="BJ01"))
        )
    assert seen[0] == seen[1]
    assert await world.value("select state from activity_card") == "ISSUED"


STEPS = {
    "check": (activity_card.check, {"year": 2026}),
    "return": (activity_card.return_, {"returned_on": TODAY}),
    "void": (activity_card.void, {"reason": "遗失"}),
    "replace": (activity_card.replace, {"number": "YL2026-002", "reason": "破损"}),
}
AFTER = {"check": "CHECKED", "return": "RETURNED", "void": "VOID", "replace": "REPLACED"}


@pytest.mark.parametrize("state", list(CardState))
@pytest.mark.parametrize("step", list(STEPS))
async def test_each_step_in_each_state_by_each_side(world: World, step: str, state: CardState) -> None:
    person, left, _ = await world.pair()
    card = await issued(world, person)
    await world.do(activity_card.present, "BJ01", liaison_id=left, number="YL2026-001")
    write, said = STEPS[step]
    if state in (CardState.CHECKED, CardState.RETURNED, CardState.VOID, CardState.REPLACED):
        before = {"CHECKED": "check", "RETURNED": "return", "VOID": "void", "REPLACED": "replace"}[state]
        make, given = STEPS[before]
        given = {**given, "year": 2026} if before == "check" else given
        await world.do(make, "YL0101", card_id=card, version=2, **given)
    elif state is CardState.ISSUED:
        from tests.sync.ledger.imports import execute

        await execute(world, "update activity_card set state = 'ISSUED'")
    version = await world.version("activity_card", card)
    call = {"card_id": card, "version": version, **said}

    if state in (CardState.RETURNED, CardState.VOID, CardState.REPLACED):
        await world.refused(WrongState, write, "YL0101", **call)
        return
    if step != "check":
        await world.refused(WrongSide, write, "BJ01", **call)
    await world.refused(NotFound, write, "BJ02", **call)
    await world.refused(StaleVersion, write, "YL0101", **{**call, "version": version + 1})
    if "reason" in said:
        await world.refused(ReasonRequired, write, "YL0101", **{**call, "reason": ""})
    if step == "check" and state is CardState.CHECKED:
        await world.refused(AlreadyRecorded, write, "BJ01", **call)
        return
    await world.do(write, "YL0101", **call)
    assert (await world.row("activity_card", card))["state"] == AFTER[step]
    if step == "replace":
        fresh = await world.rows("select number, state from activity_card where id <> :id", id=card)
        assert fresh == [{"number": "YL2026-002", "state": "ISSUED"}]


async def test_undoing_the_match_takes_the_card_back(world: World) -> None:
    person, left, _ = await world.pair()
    card = await issued(world, person)
    await world.do(activity_card.present, "BJ01", liaison_id=left, number="YL2026-001")
    version = await world.version("departure", left)

    await world.do(candidate.undo, "YL0101", liaison_id=left, version=version, reason="不是同一人")

    row = await world.row("activity_card", card)
    assert (row["state"], row["arrival_id"], row["presented_on"]) == ("ISSUED", None, None)
    assert await world.events(card, heard_by="BJ01") == ["CARD_PRESENTED", "PARTICIPATION_UNSHARED"]
    await world.refused(NotFound, activity_card.check, "BJ01", card_id=card, version=row["version"], year=2026)


async def test_the_place_may_check_what_was_presented_there(world: World) -> None:
    person, left, _ = await world.pair()
    card = await issued(world, person)
    await world.refused(NotFound, activity_card.check, "BJ01", card_id=card, version=1, year=2026)
    await world.do(activity_card.present, "BJ01", liaison_id=left, number="YL2026-001")
    await world.do(activity_card.check, "BJ01", card_id=card, version=2, year=2026)
    assert await world.rows("select year, organization_id from card_check") == [
        {"year": 2026, "organization_id": world["BJ01"]}
    ]
