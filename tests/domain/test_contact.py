"""How old the last sign of a member is, by dated rules; what the hub suggests, and what only people find."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from hub.domain import contact
from hub.domain.contact import ContactState, EvidenceOf
from hub.domain.dates import SHANGHAI
from hub.errors import InvalidInput, SearchIncomplete, WrongSide, WrongState
from hub.models import ContactManner
from tests.domain.liaisons import World, a_world
from tests.domain.lives import acknowledged, held, marked
from tests.sync.ledger.imports import execute


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def status(world: World, member_id, on: date) -> contact.ContactStatus:
    async with world.database.connect() as connection:
        now = datetime(on.year, on.month, on.day, 9, tzinfo=SHANGHAI)
        return (await contact.status(connection, now=now, members=[member_id]))[member_id]


async def reach(world: World, member_id, on: date, *, two_way: bool = True, manner=ContactManner.PHONE, search=False):
    await world.do(
        contact.record, "YL0101", member_id=member_id, on=on, manner=manner, is_two_way=two_way, is_search=search
    )


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 11, 30), ContactState.IN_CONTACT),
        (date(2026, 12, 1), ContactState.STALE),  # the day after three months
        (date(2027, 2, 27), ContactState.STALE),
        (date(2027, 2, 28), ContactState.TO_BE_SEARCHED_FOR),  # 31 August and six calendar months
    ],
)
async def test_months_are_calendar_months(world: World, on: date, state: ContactState) -> None:
    person, _, _ = await world.pair()
    await reach(world, person, date(2026, 8, 31))
    found = await status(world, person, on)
    assert (found.state, found.since, found.evidence) == (state, date(2026, 8, 31), EvidenceOf.CONTACT)
    assert found.search_on == date(2027, 2, 28)


async def test_the_latest_of_attended_paid_and_answered_counts(world: World) -> None:
    person, _, came = await world.pair()
    await reach(world, person, date(2026, 5, 1))
    record = await marked(world, await held(world, held_on="2026-09-09"), came, "LATE")
    await marked(world, await held(world, held_on="2026-10-09"), came, "ABSENT_UNEXCUSED")
    found = await status(world, person, date(2026, 11, 25))
    assert (found.since, found.evidence) == (date(2026, 9, 9), EvidenceOf.ATTENDED)

    await execute(world, "update member set dues_paid_through = '2026-10'")
    found = await status(world, person, date(2026, 11, 25))
    assert (found.since, found.evidence) == (date(2026, 10, 31), EvidenceOf.DUES_PAID)

    await execute(world, "update member set dues_paid_through = '2027-12'")  # paid ahead is a sign of today at most
    assert (await status(world, person, date(2026, 11, 25))).since == date(2026, 11, 25)
    await acknowledged(world, record)


async def test_what_the_family_says_is_no_contact(world: World) -> None:
    person, _, _ = await world.pair()
    await world.refused(
        InvalidInput, contact.record, "YL0101", member_id=person, on=date(2026, 11, 1), manner=ContactManner.FAMILY,
        is_two_way=True,
    )  # fmt: skip
    await reach(world, person, date(2026, 11, 1), two_way=False, manner=ContactManner.FAMILY)
    assert (await status(world, person, date(2026, 11, 25))).evidence is None


async def test_where_the_place_is_on_no_hub_silence_is_no_data(world: World) -> None:
    person = await world.member()
    await world.leave(person, destination="外省")
    assert (await status(world, person, date(2027, 11, 25))).state is ContactState.NO_DATA


async def test_open_evidence_withholds_the_suggestion_and_is_named(world: World) -> None:
    person, _, came = await world.pair()
    record = await marked(world, await held(world, held_on="2026-11-09"), came)
    found = await status(world, person, date(2027, 6, 1))
    assert found.state is ContactState.WITHHELD
    assert [(item.kind.value, item.object_id) for item in found.open] == [("UNACKNOWLEDGED", record)]
    await acknowledged(world, record)
    assert (await status(world, person, date(2027, 6, 1))).state is ContactState.TO_BE_SEARCHED_FOR


async def test_a_finding_needs_six_months_and_a_complete_log(world: World) -> None:
    person, _, _ = await world.pair(work_unit="江北重工")
    said = {"member_id": person, "decided_by": "柳河镇党委"}
    await world.refused(WrongState, contact.record_lost, "YL0101", found_on=date(2026, 11, 25), **said)
    world.now = datetime(2027, 6, 1, 9, tzinfo=SHANGHAI)

    refusal = await world.refused(SearchIncomplete, contact.record_lost, "YL0101", found_on=date(2027, 6, 1), **said)
    assert "打电话、问家属、走访住处、问工作单位、向流入地协查" in refusal.message
    await world.refused(WrongSide, contact.record_lost, "BJ01", found_on=date(2027, 6, 1), **said)


async def test_who_was_lost_and_shows_a_sign_is_a_task_until_it_is_lifted(world: World) -> None:
    person, _, came = await world.pair()
    await execute(
        world,
        "insert into lost_finding (id, member_id, organization_id, found_on, decided_by, recorded_at, recorded_by)"
        " select gen_random_uuid(), :member, :home, '2026-10-01', 'x', now(), 'x'",
        member=person,
        home=world["YL0101"],
    )
    assert (await status(world, person, date(2026, 11, 25))).state is ContactState.LOST
    assert "LOST_BUT_ACTIVE" not in await world.kinds_of_tasks("YL0101")
    await marked(world, await held(world), came)
    assert "LOST_BUT_ACTIVE" in await world.kinds_of_tasks("YL0101")

    await world.do(contact.lift_lost, "YL0101", member_id=person, lifted_on=date(2026, 11, 20))

    assert "LOST_BUT_ACTIVE" not in await world.kinds_of_tasks("YL0101")
    assert await world.events(person) == ["MEMBER_REGISTERED", "LOST_LIFTED"]
    assert await world.events(person, heard_by="BJ01") == []
