"""Recording participation: the host's roll call, the member's report, what crosses with a match, and the steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hub.domain import (
    acknowledgement,
    activity,
    candidate,
    participation,
    participation_steps,
)
from hub.domain.participation import Told
from hub.errors import (
    AlreadyRecorded,
    InvalidInput,
    NotFound,
    NotHeldYet,
    OutsideStay,
    ReasonRequired,
    VotesElsewhere,
    WrongSide,
    WrongState,
)
from tests.domain.liaisons import OPERATOR, World, a_world
from tests.domain.lives import acknowledged, do, held, marked, reported, summary, themselves
from tests.factories import later


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


def line(activity_id, arrival_id, **told):
    return participation.RecordParticipation(
        activity_id=activity_id, arrival_id=arrival_id, told=participation.Told(**told)
    )


# The host's roll call


async def test_a_roll_call_enters_confirmed_and_the_home_branch_hears_of_it(world: World) -> None:
    person, left, came = await world.pair()
    day = await held(world, components=("LECTURE", "FILM"), hours=Decimal(2))

    record = await marked(world, day, came, "LATE", role="SPEAKER", components_attended=("LECTURE",))

    row = await world.row("participation", record)
    assert (row["state"], row["source"], row["arrival_id"], row["member_id"]) == ("CONFIRMED", "ROLL_CALL", came, None)
    assert (row["attendance"], row["role"], row["hours"], row["day"]) == (
        "LATE", "SPEAKER", Decimal("2.00"), date(2026, 11, 9),
    )  # fmt: skip
    assert row["components_attended"] == ["LECTURE"]
    assert await world.events(record, heard_by="YL0101") == ["PARTICIPATION_RECORDED"]
    assert await world.events(record, heard_by="BJ01") == ["PARTICIPATION_RECORDED"]
    assert await world.events(record, heard_by="YL02") == []
    found = (await world.rows("select * from outbox where aggregate_id = :id", id=record))[0]
    assert (found["member_id"], found["departure_id"], found["topic"]) == (person, left, "PARTICIPATION")


async def test_the_same_line_again_is_unchanged_and_another_mark_is_refused(world: World) -> None:
    _, _, came = await world.pair()
    day = await held(world)
    await marked(world, day, came)

    await world.unchanged(participation.record, "BJ01", commands=[line(day, came)])
    await world.refused(AlreadyRecorded, participation.record, "BJ01", commands=[line(day, came, attendance="LATE")])


async def test_of_two_marks_in_one_list_the_first_stands(world: World) -> None:
    _, _, came = await world.pair()
    day = await held(world)

    first, second = await world.do(
        participation.record, "BJ01", commands=[line(day, came), line(day, came, attendance="ABSENT_UNEXCUSED")]
    )

    assert type(second) is AlreadyRecorded
    assert (await world.row("participation", first.id))["attendance"] == "PRESENT"


async def test_one_person_is_recorded_once_by_the_stay_or_by_the_membership(world: World) -> None:
    """Whoever is above both sides can name a matched person either way."""
    person, _, came = await world.pair()
    held_here = await held(world)
    as_member = participation.RecordParticipation(activity_id=held_here, member_id=person, told=Told())
    ill = replace(as_member, told=Told(attendance="SICK_LEAVE"))

    first = await world.one(participation.record, OPERATOR, line(held_here, came))
    again = await world.one(participation.record, OPERATOR, as_member)
    await world.refused(AlreadyRecorded, participation.record, OPERATOR, commands=[ill])

    assert (again.id, again.changed) == (first.id, False)
    another = await held(world, held_on="2026-11-10")
    both = [replace(as_member, activity_id=another), line(another, came)]
    done = await world.do(participation.record, OPERATOR, commands=both)
    assert (done[0].new, done[1].id, done[1].changed) == (True, done[0].id, False)
    assert (await world.one(participation.record, OPERATOR, line(another, came))).changed is False
    assert await world.value("select count(*) from participation") == 2


async def test_an_activity_twice_is_one(world: World) -> None:
    day = await held(world)
    command = activity.RecordActivity(organization_id=world["BJ01"], kind="THEME_DAY", held_on="2026-11-09")
    await world.unchanged(activity.record, "BJ01", commands=[command])
    assert await world.value("select id from activity") == day


@pytest.mark.parametrize(
    ("held_on", "refusal"),
    [("2026-03-31", OutsideStay), ("2026-03", OutsideStay), ("2026-11-26", NotHeldYet), ("2026-12", NotHeldYet)],
)
async def test_a_mark_on_site_before_the_arrival_or_of_a_day_to_come_is_refused(world: World, held_on, refusal) -> None:
    _, _, came = await world.pair()  # who came in 2026-04
    day = await held(world, held_on=held_on)
    await world.refused(refusal, participation.record, "BJ01", commands=[line(day, came)])


@pytest.mark.parametrize("held_on", ["2026-04", "2026-04-01", "2026-11", "2026-11-25"])
async def test_a_month_is_before_or_after_only_if_all_of_it_is(world: World, held_on: str) -> None:
    _, _, came = await world.pair()
    await marked(world, await held(world, held_on=held_on), came)


async def test_online_study_outside_the_stay_goes_in(world: World) -> None:
    _, _, came = await world.pair()
    day = await held(world, held_on="2026-02-01", kind="ONLINE_EXCHANGE", mode="ONLINE")
    await marked(world, day, came)


async def test_a_vote_is_only_at_the_formal_organization(world: World) -> None:
    person, _, came = await world.pair()
    there = await held(world, kind="MEMBER_CONGRESS")
    home = await held(world, "YL0101", kind="MEMBER_CONGRESS")
    town = await held(world, "YL01", kind="MEMBER_CONGRESS")

    await world.refused(VotesElsewhere, participation.record, "BJ01", commands=[line(there, came, voted=True)])
    told = participation.Told(voted=True)
    at_town = participation.RecordParticipation(activity_id=town, member_id=person, told=told)
    await world.refused(VotesElsewhere, participation.record, "YL01", commands=[at_town])
    at_home = participation.RecordParticipation(activity_id=home, member_id=person, told=told)
    record = await world.one(participation.record, "YL0101", at_home)
    assert (await world.row("participation", record.id))["state"] == "ACKNOWLEDGED"


async def test_strangers_hosts_and_people_are_not_found(world: World) -> None:
    person, _, came = await world.pair()
    day, elsewhere = await held(world), await held(world, "BJ02")
    for who, activity_id in (("BJ02", day), ("BJ01", elsewhere), ("YL0101", day)):
        await world.refused(NotFound, participation.record, who, commands=[line(activity_id, came)])
    # The place records what it sees of an arrival, never of the member's own side.
    own = participation.RecordParticipation(activity_id=day, member_id=person, told=participation.Told())
    await world.refused(NotFound, participation.record, "BJ01", commands=[own])


# What crosses with a match


async def test_records_of_an_unmatched_arrival_cross_in_order_with_the_match_and_go_back(world: World) -> None:
    came = await world.arrive(which=1)
    later = await marked(world, await held(world, held_on="2026-11-09"), came)
    first = await marked(world, await held(world, held_on="2026-09-09"), came)
    person = await world.member(which=1)
    assert await world.events(first, heard_by="YL01") == []

    left = await world.leave(person, inflow_organization_id=world["BJ01"])

    assert await world.matched(left) == came
    crossed = await world.rows("select aggregate_id from outbox where kind = 'PARTICIPATION_SHARED' order by id")
    assert [row["aggregate_id"] for row in crossed] == [first, later]
    assert await world.events(first, heard_by="YL0101") == ["PARTICIPATION_SHARED"]
    assert await world.events(first, heard_by="BJ01") == ["PARTICIPATION_RECORDED"]
    await acknowledged(world, first)

    version = await world.version("departure", left)
    await world.do(candidate.undo, "YL0101", liaison_id=left, version=version, reason="不是同一人")

    assert await world.events(later, heard_by="YL0101") == ["PARTICIPATION_SHARED", "PARTICIPATION_UNSHARED"]
    row = await world.row("participation", first)
    assert (row["state"], row["acknowledged_at"], row["version"]) == ("CONFIRMED", None, 3)
    kept = await world.rows("select state from participation_history where id = :id", id=first)
    assert kept == [{"state": "CONFIRMED"}]  # nor do earlier versions tell what the wrong side did


async def test_a_question_about_a_match_lets_nothing_cross(world: World) -> None:
    await world.leave(await world.member(which=1))  # names nobody: a question
    came = await world.arrive(which=1)
    record = await marked(world, await held(world), came)
    assert await world.ask() == 1
    assert await world.events(record, heard_by="YL01") == []
    await world.refused(NotFound, acknowledgement.acknowledge, "YL0101", participations=[record])


async def test_undoing_a_match_leaves_no_word_of_the_wrong_person(world: World) -> None:
    person, left, came = await world.pair()
    record = await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    await do(world, participation_steps.dispute, record, themselves(world, person), reason="我在场")
    await do(world, participation_steps.answer_dispute, record, "BJ01", answer="属实", given={"attendance": "PRESENT"})

    version = await world.version("departure", left)
    await world.do(candidate.undo, "YL0101", liaison_id=left, version=version, reason="不是同一人")

    for table in ("participation", "participation_history"):
        told = await world.rows(f"select dispute_reason, dispute_state, heard_statement from {table}")
        assert told
        assert all(value is None for row in told for value in row.values()), table


# Steps


async def test_acknowledging_is_the_home_sides_and_is_done_once(world: World) -> None:
    _, _, came = await world.pair()
    record = await marked(world, await held(world), came)

    await world.refused(WrongSide, acknowledgement.acknowledge, "BJ01", participations=[record])
    await acknowledged(world, record)
    await world.unchanged(acknowledgement.acknowledge, "YL0101", participations=[record])
    assert await world.events(record) == ["PARTICIPATION_RECORDED", "PARTICIPATION_ACKNOWLEDGED"]


async def test_a_report_is_accepted_on_evidence_or_confirmed_by_its_host(world: World) -> None:
    person, _, _ = await world.pair()
    bare = await reported(world, person, host_text="市图书馆")
    shown = await reported(world, person, "2026-11-10", host_text="市图书馆", evidence_kind="PHOTO")
    there = await reported(world, person, "2026-11-11", host_id=world["BJ01"])

    version = await world.version("participation", bare)
    await world.refused(InvalidInput, participation_steps.accept, "YL0101", participation_id=bare, version=version)
    await do(world, participation_steps.accept, shown, "YL0101")
    await world.refused(WrongSide, participation_steps.confirm, "YL0101", participation_id=there, version=version)
    await do(world, participation_steps.confirm, there, "BJ01")

    states = await world.rows("select held_on, state, accepted_on_evidence from participation order by held_on")
    assert [tuple(row.values()) for row in states] == [
        ("2026-11-09", "RECORDED", False),
        ("2026-11-10", "ACKNOWLEDGED", True),
        ("2026-11-11", "CONFIRMED", False),
    ]
    assert (await summary(world, person)).attended == 2


async def test_the_member_disputes_and_the_place_answers(world: World) -> None:
    person, _, came = await world.pair()
    record = await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    version = await world.version("participation", record)
    me = themselves(world, person)

    await world.refused(
        ReasonRequired, participation_steps.dispute, me, participation_id=record, version=version, reason=" "
    )
    await world.refused(
        WrongSide, participation_steps.dispute, "BJ01", participation_id=record, version=version, reason="x"
    )
    await do(world, participation_steps.dispute, record, me, reason="我在场，有签到照片")
    assert (await summary(world, person)).disputed == 1
    assert "DISPUTE" in await world.kinds_of_tasks("BJ01")
    await world.refused(
        WrongState, participation_steps.correct, "BJ01", participation_id=record, version=2, reason="x",
        given={"attendance": "PRESENT"},
    )  # fmt: skip
    await do(world, participation_steps.answer_dispute, record, "BJ01", answer="核对属实", given={"attendance": "LATE"})

    row = await world.row("participation", record)
    assert (row["dispute_state"], row["attendance"], row["dispute_due_on"]) == ("CORRECTED", "LATE", date(2026, 12, 10))
    kept = await world.rows("select version, attendance from participation_history order by version")
    assert [tuple(found.values()) for found in kept] == [(1, "ABSENT_UNEXCUSED"), (2, "ABSENT_UNEXCUSED")]


async def test_an_absence_weighs_only_once_the_member_was_heard(world: World) -> None:
    person, _, came = await world.pair()
    record = await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    found = await summary(world, person)
    assert (found.unexcused, found.unheard) == (0, 1)
    assert "ABSENCE_UNHEARD" in await world.kinds_of_tasks("YL0101")

    await do(world, participation_steps.hear, record, "YL0101", heard_on=date(2026, 11, 20), statement="忘记请假")

    found = await summary(world, person)
    assert (found.unexcused, found.unheard) == (1, 0)
    assert "ABSENCE_UNHEARD" not in await world.kinds_of_tasks("YL0101")


async def test_what_nobody_acknowledges_is_said_to_be_overdue_once(world: World) -> None:
    _, _, came = await world.pair()
    record = await marked(world, await held(world), came)

    async def note() -> int:
        async with world.database.begin() as connection:
            return await acknowledgement.note_overdue(connection, now=world.now)

    assert await note() == 0
    assert "PARTICIPATION_UNACKNOWLEDGED" not in await world.kinds_of_tasks("YL0101")
    world.now = later(16)
    assert (await note(), await note()) == (1, 0)
    assert await world.events(record, heard_by="YL0101") == ["PARTICIPATION_RECORDED", "PARTICIPATION_OVERDUE"]
    assert "PARTICIPATION_UNACKNOWLEDGED" in await world.kinds_of_tasks("YL0101")
