"""Activities: the same twice is one, what its host amends of it is so for its records."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from hub.domain import activity, activity_amendment, participation, participation_record, participation_steps
from hub.domain.activity import RecordActivity
from hub.domain.dates import SHANGHAI
from hub.domain.outcome import Changed
from hub.domain.participation import Told
from hub.errors import AlreadyRecorded, InvalidInput, NotFound, NotHeldYet, OutsideStay, StaleVersion, WrongState
from tests.domain.liaisons import World, a_world, blocked
from tests.domain.lives import acknowledged, do, held, marked, reported, summary, themselves
from tests.sync.ledger.imports import execute

MORNING = datetime(2026, 11, 9, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


def said(world: World, **more: Any) -> RecordActivity:
    usual = {"kind": "PARTY_LECTURE", "held_on": "2026-11-09", **more}
    return RecordActivity(organization_id=world["BJ01"], **usual)


async def amended(world: World, day: UUID, version: int = 1, who: str = "BJ01", **given: Any) -> Changed:
    return await world.do(
        activity_amendment.amend, who, activity_id=day, version=version, given=given
    )  # fmt: skip


async def test_what_agrees_is_one_and_what_says_more_or_else_is_refused(world: World) -> None:
    first = await world.one(activity.record, "BJ01", said(world, starts_at=MORNING, hours=Decimal(2), place="新港街道"))
    for again in ({}, {"starts_at": MORNING}, {"hours": Decimal("2.00"), "mode": "ON_SITE"}):
        await world.unchanged(activity.record, "BJ01", commands=[said(world, **again)])
    for field, other in (
        ("starts_at", MORNING + timedelta(hours=5)),  # another one on the same day
        ("hours", Decimal(3)),
        ("place", "滨江区"),
        ("mode", "ONLINE"),
        ("components", ("LECTURE",)),
        ("is_compulsory", True),
    ):
        commands = [said(world, **{field: other})]
        refusal = await world.refused(AlreadyRecorded, activity.record, "BJ01", commands=commands)
        assert (refusal.field, refusal.version) == (field, 1)
    assert await world.value("select count(*) from activity") == 1
    assert await world.events(first.id) == ["ACTIVITY_RECORDED"]
    titled = said(world, title="下午场", starts_at=MORNING + timedelta(hours=5))
    assert (await world.one(activity.record, "BJ01", titled)).new


async def test_a_roll_call_takes_a_known_activity_as_it_stands(world: World) -> None:
    await world.one(activity.record, "BJ01", said(world))
    commands = [said(world, mode="ONLINE")]
    (outcome,) = await world.do(activity.record, "BJ01", commands=commands, as_it_stands=True)
    assert isinstance(outcome, Changed)
    assert not outcome.changed
    assert (await world.row("activity", outcome.id))["mode"] == "ON_SITE"


@pytest.mark.parametrize(
    ("held_on", "field", "details"),
    [
        ("2026-11-09", "startsAt", {"starts_at": MORNING + timedelta(days=1)}),
        ("2026-11-10", "startsAt", {"starts_at": MORNING}),
        ("2026-10", "startsAt", {"starts_at": MORNING}),
        ("2026-11-09", "endsAt", {"starts_at": MORNING, "ends_at": MORNING - timedelta(minutes=1)}),
        ("2026-11-09", "endsAt", {"ends_at": MORNING - timedelta(days=1)}),
        ("2026-11-09", "hours", {"hours": Decimal(241)}),
        ("2026-11-09", "place", {"place": "x" * 2001}),
        ("2026-11-09", "place", {"place": "新港街道工业路12号"}),
    ],
)
async def test_an_activity_begins_on_its_day(world: World, held_on: str, field: str, details: dict[str, Any]) -> None:
    commands = [said(world, held_on=held_on, **details)]
    refusal = await world.refused(InvalidInput, activity.record, "BJ01", commands=commands)
    assert refusal.field == field
    assert await world.value("select count(*) from activity") == 0
    day = await held(world, held_on=held_on)
    with pytest.raises(InvalidInput):
        await amended(world, day, **details)
    assert (await world.row("activity", day))["version"] == 1


async def test_a_training_of_several_days_and_the_day_by_the_clock_of_the_place(world: World) -> None:
    early = datetime(2026, 11, 8, 16, 30, tzinfo=UTC)  # 00:30 of the 9th in China
    await world.one(activity.record, "BJ01", said(world, starts_at=early, ends_at=MORNING + timedelta(days=4)))
    await world.one(activity.record, "BJ01", said(world, held_on="2026-11", starts_at=MORNING))


async def test_the_host_amends_what_was_told_of_it_but_not_whose_it_is_nor_how_people_took_part(world: World) -> None:
    day = await held(world, place="新港街道")
    given = {"title": "参观", "kind": "VOLUNTEER", "mode": "ONLINE", "organization_id": world["BJ02"]}
    done = await amended(world, day, starts_at=MORNING, place=None, is_open_to_arrivals=True, **given)
    assert done == Changed(day, 2)
    row = await world.row("activity", day)
    assert (row["starts_at"], row["place"], row["is_open_to_arrivals"]) == (MORNING, None, True)
    assert (row["title"], row["kind"], row["version"]) == ("参观", "VOLUNTEER", 2)
    assert (row["mode"], row["organization_id"]) == ("ON_SITE", world["BJ01"])
    assert (await amended(world, day, 2, starts_at=MORNING)).changed is False
    assert await world.events(day) == ["ACTIVITY_RECORDED", "ACTIVITY_AMENDED"]


async def test_on_another_day_its_records_follow_and_are_told_twice_with_what_is_of_that_day(world: World) -> None:
    person, _, came = await world.pair()
    wrong = await reported(world, person, "2026-10-09")
    right = await reported(world, person, "2026-11-09")
    day = await held(world, held_on="2026-10-09")
    record = await marked(world, day, came)
    await acknowledged(world, record)
    assert (await world.row("participation", wrong))["twin_id"] == record

    await amended(world, day, held_on="2026-11-09", title="参观")

    row = await world.row("participation", record)
    assert (row["held_on"], row["day"], row["title"]) == ("2026-11-09", date(2026, 11, 9), "参观")
    assert (row["state"], row["version"]) == ("CONFIRMED", 3)
    assert (await world.row("participation", wrong))["twin_id"] is None
    assert (await world.row("participation", right))["twin_id"] == record
    kept = await world.rows("select version, held_on from participation_history order by version")
    assert [tuple(found.values()) for found in kept] == [(2, "2026-10-09")]
    assert (await summary(world, person)).attended == 1


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"held_on": "2026-03-31"}, OutsideStay, "heldOn"),  # who came in 2026-04
        ({"held_on": "2026-11-26"}, NotHeldYet, "heldOn"),
        ({"held_on": "2026"}, InvalidInput, "heldOn"),
        ({"kind": "OTHER"}, InvalidInput, "title"),
        ({"title": "x" * 501}, InvalidInput, "title"),
        ({"held_on": "2026-11-10"}, AlreadyRecorded, "heldOn"),
        ({"kind": "PARTY_LECTURE"}, AlreadyRecorded, "heldOn"),
    ],
)
async def test_what_it_cannot_have_been_is_refused_and_nothing_moves(
    world: World, given: dict[str, Any], refusal: Any, field: str
) -> None:
    _, _, came = await world.pair()
    day = await held(world)
    record = await marked(world, day, came)
    await held(world, held_on="2026-11-10")
    await held(world, kind="PARTY_LECTURE")
    with pytest.raises(refusal) as told:
        await amended(world, day, **given)
    assert told.value.field == field
    assert (await world.row("activity", day))["version"] == 1
    assert (await world.row("participation", record))["version"] == 1


async def test_online_it_may_lie_outside_a_stay_and_without_records_it_may_be_to_come(world: World) -> None:
    _, _, came = await world.pair()
    day = await held(world)
    await marked(world, day, came, mode="ONLINE")
    await amended(world, day, held_on="2026-03-31")
    await amended(world, await held(world, kind="PARTY_LECTURE"), held_on="2026-12-09")


async def test_nobody_else_amends_it_nor_what_was_cancelled_or_has_changed(world: World) -> None:
    day = await held(world)
    for who, version, refusal in (("BJ02", 1, NotFound), ("YL0101", 1, NotFound), ("BJ01", 2, StaleVersion)):
        with pytest.raises(refusal):
            await amended(world, day, version, who, place="滨江区")
    await world.do(activity.cancel, "BJ01", activity_id=day, version=1)
    with pytest.raises(WrongState):
        await amended(world, day, 2, place="滨江区")
    assert (await world.row("activity", day))["place"] is None


async def test_hours_that_were_forgotten_are_those_of_who_was_there(world: World) -> None:
    person, _, came = await world.pair()
    other = await world.arrive("BJ01", which=2)
    day = await held(world)
    there = await marked(world, day, came)
    absent = await marked(world, day, other, "SICK_LEAVE")
    await acknowledged(world, there)
    assert (await summary(world, person)).hours == 0

    await amended(world, day, hours=Decimal(2))

    assert (await summary(world, person)).hours == 2
    row = await world.row("participation", there)
    assert (row["version"], row["state"], row["hours"]) == (3, "CONFIRMED", 2)
    # Told of all alike: those of who was there would tell a partner who was not.
    row = await world.row("participation", absent)
    assert (row["version"], row["state"], row["hours"]) == (2, "CONFIRMED", None)
    assert (await world.events(there))[-1] == "PARTICIPATION_CORRECTED"


async def test_hours_of_its_own_stay_and_one_in_dispute_gets_the_new_ones(world: World) -> None:
    person, _, came = await world.pair()
    day = await held(world, hours=Decimal(2))
    own = await marked(world, day, came, hours=Decimal("0.5"))
    second = await held(world, held_on="2026-11-10", hours=Decimal(2))
    disputed = await marked(world, second, came)
    await do(world, participation_steps.dispute, disputed, themselves(world, person), reason="讲了三个小时")
    await amended(world, day, hours=Decimal(3))
    await amended(world, second, hours=Decimal(3))
    row = await world.row("participation", own)
    assert (row["hours"], row["version"]) == (Decimal("0.5"), 2)
    row = await world.row("participation", disputed)
    assert (row["hours"], row["dispute_state"], row["version"]) == (3, "DISPUTED", 3)


async def test_a_place_that_is_amended_is_that_of_its_records_and_needs_no_new_acknowledgement(world: World) -> None:
    _, _, came = await world.pair()
    day = await held(world, place="新港街道")
    record = await marked(world, day, came)
    await acknowledged(world, record)
    await amended(world, day, place="望江街道")
    row = await world.row("participation", record)
    assert (row["place"], row["state"], row["version"]) == ("望江街道", "ACKNOWLEDGED", 3)
    kept = await world.rows("select version, place from participation_history order by version")
    assert [tuple(found.values()) for found in kept] == [(2, "新港街道")]


async def test_whoever_called_the_roll_and_wherever_the_member_went_the_hours_are_those_of_the_activity(
    world: World,
) -> None:
    person = await world.member("YL0102")
    command = RecordActivity(organization_id=world["YL0101"], kind="PARTY_LECTURE", held_on="2026-11-09")
    day = (await world.one(activity.record, "YL0101", command)).id
    line = participation.RecordParticipation(activity_id=day, member_id=person, told=Told())
    record = (await world.one(participation.record, "YL01", line)).id
    await amended(world, day, who="YL0101", hours=Decimal(2))
    row = await world.row("participation", record)
    assert (row["hours"], row["state"], row["version"]) == (2, "ACKNOWLEDGED", 2)


async def test_amending_waits_for_who_corrects_a_record_and_finds_what_they_wrote(world: World) -> None:
    """Both hold the record before the activity; the other way round they would wait for each other."""
    _, _, came = await world.pair()
    day = await held(world, hours=Decimal(2))
    record = await marked(world, day, came)
    async with world.database.begin() as connection:
        await participation_record.hold(connection, [record])
        amending = asyncio.create_task(amended(world, day, hours=Decimal(3)))
        await blocked(world)
        call = {"viewer": world.viewer("BJ01"), "now": world.now, "participation_id": record, "version": 1}
        await participation_steps.correct(connection, **call, reason="早退", given={"hours": Decimal("1.5")})
    await amending
    assert (await world.row("participation", record))["hours"] == Decimal("1.5")


async def test_two_who_amend_at_once_do_not_both_succeed(world: World) -> None:
    day = await held(world)
    both = (amended(world, day, hours=Decimal(2)), amended(world, day, hours=Decimal(3)))
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Changed", "StaleVersion"]


async def test_two_who_plan_one_activity_at_once_make_one(world: World) -> None:
    async with world.database.begin() as connection:
        first = await activity.record(connection, viewer=world.viewer("BJ01"), now=world.now, commands=[said(world)])
        other = asyncio.create_task(world.do(activity.record, "BJ01", commands=[said(world)]))
        await blocked(world)
    (outcome,) = await other
    assert (outcome.id, outcome.changed) == (first[0].id, False)


@pytest.mark.parametrize(
    ("known", "again"), [({"hours": Decimal(2)}, {"hours": Decimal(0)}), ({"is_compulsory": True}, {"is_compulsory": False}),
                         ({"components": ("FILM",)}, {"components": ()})],
)  # fmt: skip
async def test_nothing_and_none_are_two_things(world: World, known: dict[str, Any], again: dict[str, Any]) -> None:
    await world.one(activity.record, "BJ01", said(world, **known))
    await world.unchanged(activity.record, "BJ01", commands=[said(world)])
    refusal = await world.refused(AlreadyRecorded, activity.record, "BJ01", commands=[said(world, **again)])
    assert refusal.field == next(iter(again))


async def test_an_online_exchange_is_online_unless_said_otherwise(world: World) -> None:
    for kind, mode in (("ONLINE_EXCHANGE", "ONLINE"), ("THEME_DAY", "ON_SITE")):
        done = await world.one(activity.record, "BJ01", said(world, kind=kind))
        assert (await world.row("activity", done.id))["mode"] == mode


async def test_what_was_kept_before_does_not_hinder_another_detail(world: World) -> None:
    day = await held(world)
    await execute(world, "update activity set place = '新港街道工业路12号'")
    assert (await amended(world, day, hours=Decimal(2))).changed


async def test_what_somebody_attended_remains_a_component(world: World) -> None:
    _, _, came = await world.pair()
    day = await held(world, components=("FILM", "LECTURE"))
    await marked(world, day, came, components_attended=("FILM",))
    with pytest.raises(InvalidInput) as refusal:
        await amended(world, day, components=["LECTURE"])
    assert refusal.value.field == "components"
    assert (await world.row("activity", day))["components"] == ["FILM", "LECTURE"]
    await amended(world, day, components=["FILM"])


async def test_nothing_is_a_set_of_components_too(world: World) -> None:
    _, _, came = await world.pair()
    day = await held(world, components=("FILM",))
    await marked(world, day, came, components_attended=("FILM",))
    with pytest.raises(InvalidInput):
        await amended(world, day, components=[])
    assert (await world.row("activity", day))["components"] == ["FILM"]


async def test_of_another_day_the_member_is_heard_anew(world: World) -> None:
    person, _, came = await world.pair()
    day = await held(world, held_on="2026-10-09")
    record = await marked(world, day, came, "ABSENT_UNEXCUSED")
    await do(world, participation_steps.hear, record, "YL0101", heard_on=date(2026, 10, 12), statement="忘了")
    assert (await summary(world, person)).unexcused == 1
    await amended(world, day, held_on="2026-11-09")
    row = await world.row("participation", record)
    assert (row["heard_on"], row["heard_by"], row["heard_statement"]) == (None, None, None)
    found = await summary(world, person)
    assert (found.unexcused, found.unheard) == (0, 1)
