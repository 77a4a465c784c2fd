"""Activity cards: issued at home, presented at the place, checked once a year, and no oracle."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from hub.domain import activity_card, affiliation, candidate, membership
from hub.domain.viewer import Role
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
from hub.models import CardState, DecisionKind
from tests.domain.liaisons import TODAY, World, a_world
from tests.domain.lives import held, marked
from tests.sync.ledger.imports import execute

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


async def test_shown_there_again_says_nothing_new_and_takes_no_check_back(world: World) -> None:
    person, left, _ = await world.pair()
    card = await issued(world, person)
    shown = {"liaison_id": left, "number": "YL2026-001"}
    await world.do(activity_card.present, "BJ01", **shown)
    await world.unchanged(activity_card.present, "BJ01", **shown)
    await world.do(activity_card.check, "BJ01", card_id=card, version=2, year=2026)
    await world.unchanged(activity_card.present, "BJ01", **shown)
    assert (await world.row("activity_card", card))["state"] == "CHECKED"


async def test_elsewhere_nothing_shows_whether_there_is_such_a_card(world: World) -> None:
    """A card in use of somebody else, one that is void, one of the very person, and a number of nobody: the answer, the
    statement and all that is written are alike."""
    await issued(world, await world.member(which=1, name="周宁"))
    void = await issued(world, await world.member(which=2, name="陈默"), number="YL2026-002")
    await world.do(activity_card.void, "YL0101", card_id=void, version=1, reason="遗失")
    await issued(world, await world.member(which=3), number="YL2026-003")
    seen = []
    for number in ("YL2026-001", "YL2026-002", "YL2026-003", "YL2026-999"):
        came = await world.arrive(which=3 if number == "YL2026-003" else 5 + int(number[-1]))
        before = await world.everything()
        done = await world.do(activity_card.present, "BJ01", liaison_id=came, number=number)
        after = await world.everything()
        row = await world.row("arrival", came)
        written = sorted(table for table in after if after[table] != before[table])
        heard = await world.events(came, heard_by="BJ")
        seen.append((done.version, done.changed, done.new, row["version"], row["state"], heard, written))
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert await world.value("select count(*) from activity_card where state = 'PRESENTED'") == 0


async def test_a_card_that_is_not_the_members_or_not_in_use_stays_as_it_is(world: World) -> None:
    """Also on a matched arrival: a wrong number is noted, and that is all."""
    person, left, _ = await world.pair()
    other = await issued(world, await world.member(which=2, name="周宁"), number="YL2026-002")
    own = await issued(world, person)
    await world.do(activity_card.void, "YL0101", card_id=own, version=1, reason="遗失")
    for number in ("YL2026-001", "YL2026-002"):
        await world.do(activity_card.present, "BJ01", liaison_id=left, number=number)
    assert [(await world.row("activity_card", card))["state"] for card in (own, other)] == ["VOID", "ISSUED"]


async def test_an_undone_match_takes_the_presenting_back(world: World) -> None:
    person, left, _ = await world.pair()
    card = await issued(world, person)
    await world.do(activity_card.present, "BJ01", liaison_id=left, number="YL2026-001")
    version = await world.version("departure", left)

    await world.do(candidate.undo, "YL0101", liaison_id=left, version=version, reason="不是同一人")

    row = await world.row("activity_card", card)
    assert (row["state"], row["arrival_id"], row["presented_on"], row["version"]) == ("ISSUED", None, None, 3)
    lost = ["CARD_PRESENTED", "PARTICIPATION_UNSHARED"]
    assert await world.events(card, heard_by="BJ01") == lost
    await world.refused(NotFound, activity_card.check, "BJ01", card_id=card, version=3, year=2026)
    await world.do(activity_card.void, "YL0101", card_id=card, version=3, reason="遗失")
    assert await world.events(card, heard_by="BJ01") == lost
    told = ["CARD_ISSUED", "CARD_PRESENTED", "PARTICIPATION_UNSHARED", "CARD_VOIDED"]
    assert await world.events(card, heard_by="YL0101") == told


async def test_an_undone_match_takes_back_what_that_place_checked_and_leaves_the_homes_checks(world: World) -> None:
    person, left, _ = await world.pair()
    card = await issued(world, person)
    await world.do(activity_card.present, "BJ01", liaison_id=left, number="YL2026-001")
    await world.do(activity_card.check, "BJ01", card_id=card, version=2, year=2026)
    at_home = {"card": card, "home": world["YL0101"], "day": TODAY}
    await execute(
        world,
        "insert into card_check (card_id, year, organization_id, checked_on, recorded_at, recorded_by)"
        " values (:card, 2027, :home, :day, now(), 'x')",
        **at_home,
    )
    version = await world.version("departure", left)

    await world.do(candidate.undo, "YL0101", liaison_id=left, version=version, reason="不是同一人")

    assert await world.rows("select year, organization_id from card_check") == [
        {"year": 2027, "organization_id": world["YL0101"]}
    ]
    assert (await world.row("activity_card", card))["state"] == "CHECKED"


async def test_after_a_move_the_new_branch_is_the_home_of_the_card(world: World) -> None:
    person = await world.member()
    card = await issued(world, person)
    moved = {"member_id": person, "branch_id": world["YL0102"], "moved_on": TODAY}
    await world.do(affiliation.move_branch, "YL01", **moved)
    call = {"card_id": card, "version": 1}
    await world.refused(WrongSide, activity_card.void, "YL0101", reason="遗失", **call)
    await world.refused(WrongSide, activity_card.check, "YL0101", year=2026, **call)
    fresh = await world.do(activity_card.replace, "YL0102", number="YL2026-002", reason="破损", **call)
    assert (await world.row("activity_card", fresh.id))["organization_id"] == world["YL0102"]
    assert await world.events(card, heard_by="YL0102") == ["CARD_REPLACED"]


async def test_who_is_no_member_any_more_gets_no_card(world: World) -> None:
    person = await world.member()
    card = await issued(world, person)
    decided = {"kind": DecisionKind.EXPELLED, "decided_on": TODAY, "decided_by": "县纪委"}
    await world.do(membership.record_decision, "YL0101", member_id=person, **decided)
    call = {"card_id": card, "version": 1, "reason": "破损"}
    await world.refused(WrongState, activity_card.replace, "YL0101", number="YL2026-002", **call)
    await world.do(activity_card.void, "YL0101", **call)
    await world.refused(WrongState, activity_card.issue, "YL0101", member_id=person, **SAID)


async def test_the_entries_of_a_card_are_the_records_while_it_was_in_use(world: World) -> None:
    person, left, came = await world.pair()
    card = await issued(world, person, issued_on=date(2026, 6, 1))
    records = [
        await marked(world, await held(world, held_on=day), came) for day in ("2026-05-31", "2026-06-01", "2026-11-09")
    ]

    async def entries(who: str, role: Role = Role.COMMITTEE, member: UUID | None = None) -> list[UUID]:
        async with world.database.connect() as connection:
            found = await activity_card.entries(connection, world.viewer(who, role, member), [card])
        return [row.id for row in found[card]]

    assert await entries("YL0101") == records[1:]
    assert await entries("YL0101", Role.MEMBER, person) == records[1:]
    assert await entries("YL02") == []
    await world.do(activity_card.return_, "YL0101", card_id=card, version=1, returned_on=date(2026, 8, 1))
    assert await entries("YL0101") == records[1:2]
    version = await world.version("departure", left)
    await world.do(candidate.undo, "YL0101", liaison_id=left, version=version, reason="不是同一人")
    assert await entries("YL0101") == []


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


async def test_a_reason_has_a_length_and_a_step_a_day(world: World) -> None:
    card = await issued(world, await world.member())
    call = {"card_id": card, "version": 1}
    await world.refused(InvalidInput, activity_card.void, "YL0101", reason="长" * 501, **call)
    await world.refused(InvalidInput, activity_card.return_, "YL0101", returned_on=date(2026, 2, 28), **call)
    await world.refused(InvalidInput, activity_card.check, "YL0101", year=2025, **call)
    await world.refused(CardNumberTaken, activity_card.replace, "YL0101", number="YL 2026-001", reason="破损", **call)


async def test_the_place_may_check_what_was_presented_there(world: World) -> None:
    person, left, _ = await world.pair()
    card = await issued(world, person)
    await world.refused(NotFound, activity_card.check, "BJ01", card_id=card, version=1, year=2026)
    await world.do(activity_card.present, "BJ01", liaison_id=left, number="YL2026-001")
    await world.do(activity_card.check, "BJ01", card_id=card, version=2, year=2026)
    assert await world.rows("select year, organization_id from card_check") == [
        {"year": 2026, "organization_id": world["BJ01"]}
    ]
