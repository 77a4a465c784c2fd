"""Who has to act on a record and who learns of it, and who can have voted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from hub.domain import affiliation, participation, participation_steps, visibility
from hub.domain.participation import Told
from hub.domain.viewer import Role
from hub.errors import InvalidInput
from hub.models import Discrepancy
from tests.domain.liaisons import World, a_world
from tests.domain.lives import do, held, marked, reported
from tests.sync.ledger.imports import execute


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def test_what_waits_is_the_task_of_who_holds_the_membership_now(world: World) -> None:
    person, _, came = await world.pair()
    await marked(world, await held(world), came)
    await world.do(affiliation.move_branch, "YL01", member_id=person, branch_id=world["YL0102"], moved_on=world.today)
    world.wait(60)
    assert "PARTICIPATION_UNACKNOWLEDGED" in await world.kinds_of_tasks("YL0102")
    assert "PARTICIPATION_UNACKNOWLEDGED" not in await world.kinds_of_tasks("YL0101")


async def test_a_partner_is_not_told_that_there_is_a_difference_of_attendance(world: World) -> None:
    person, _, came = await world.pair()
    await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    await reported(world, person, host_id=world["BJ01"])
    found = [row["id"] for row in await world.rows("select id from discrepancy")]
    async with world.database.connect() as connection:
        for role, seen in ((Role.COMMITTEE, 1), (Role.PARTNER, 0)):
            for who in ("YL0101", "BJ01"):
                assert len(await visibility.rows(connection, world.viewer(who, role), Discrepancy, found)) == seen


def own(activity_id: UUID, member_id: UUID, **told: Any) -> participation.RecordParticipation:
    """A line of the home side's own roll call."""
    return participation.RecordParticipation(activity_id=activity_id, member_id=member_id, told=Told(**told))


@pytest.mark.parametrize(
    ("field", "said"),
    [("voted", {"voted": True}), ("minutes", {"minutes": 90}), ("hours", {"hours": Decimal(2)}),
     ("components_attended", {"components_attended": ("LECTURE",)})],
)  # fmt: skip
async def test_only_who_was_there_voted_sat_through_or_learned(world: World, field: str, said: dict[str, Any]) -> None:
    person, day = await world.member(), await held(world, "YL0101")
    absent = own(day, person, attendance="ABSENT_UNEXCUSED", **said)
    refusal = await world.refused(InvalidInput, participation.record, "YL0101", commands=[absent])
    assert refusal.field == field
    assert await world.rows("select * from participation") == []
    await world.one(participation.record, "YL0101", own(day, person, **said))


async def test_components_attended_are_those_of_the_activity(world: World) -> None:
    person, day = await world.member(), await held(world, "YL0101", components=("LECTURE", "FILM"))
    other = own(day, person, components_attended=("FILM", "PRACTICE"))
    refusal = await world.refused(InvalidInput, participation.record, "YL0101", commands=[other])
    assert refusal.field == "components_attended"
    record = (await world.one(participation.record, "YL0101", own(day, person, components_attended=("FILM",)))).id
    said = {"participation_id": record, "version": 1, "reason": "补记"}
    given = {"components_attended": ["PRACTICE"]}
    await world.refused(InvalidInput, participation_steps.correct, "YL0101", **said, given=given)
    assert (await world.row("participation", record))["components_attended"] == ["FILM"]


async def test_a_probationary_member_has_no_vote(world: World) -> None:
    person = await world.member()
    await execute(world, "update member set category = 'PROBATIONARY', full_member_on = null")
    day = await held(world, "YL0101", kind="MEMBER_CONGRESS")
    voted = own(day, person, voted=True)
    refusal = await world.refused(InvalidInput, participation.record, "YL0101", commands=[voted])
    assert (refusal.field, refusal.message) == ("voted", participation.NO_VOTE)
    record = (await world.one(participation.record, "YL0101", own(day, person))).id
    said = {"participation_id": record, "version": 1, "reason": "补记", "given": {"voted": True}}
    await world.refused(InvalidInput, participation_steps.correct, "YL0101", **said)
    # Full since the day after.
    await execute(world, "update member set category = 'FULL', full_member_on = '2026-11-10'")
    await world.refused(InvalidInput, participation_steps.correct, "YL0101", **said)
    await execute(world, "update member set full_member_on = '2026-11-09'")
    await world.do(participation_steps.correct, "YL0101", **said)
    assert (await world.row("participation", record))["voted"]


async def test_a_correction_to_absence_takes_the_vote_and_the_hours_and_one_to_presence_gives_hours(
    world: World,
) -> None:
    person, day = await world.member(), await held(world, "YL0101", kind="MEMBER_CONGRESS", hours=Decimal(2))
    record = (await world.one(participation.record, "YL0101", own(day, person, voted=True, minutes=90))).id
    names = ("attendance", "voted", "minutes", "hours")
    for given, kept in (
        ({"attendance": "SICK_LEAVE"}, ["SICK_LEAVE", False, None, None]),
        ({"attendance": "LATE"}, ["LATE", False, None, Decimal(2)]),
        ({"attendance": "ABSENT_UNEXCUSED", "hours": None}, ["ABSENT_UNEXCUSED", False, None, None]),
        ({"attendance": "PRESENT", "hours": Decimal(1)}, ["PRESENT", False, None, Decimal(1)]),
    ):
        await do(world, participation_steps.correct, record, "YL0101", reason="更正", given=given)
        row = await world.row("participation", record)
        assert [row[name] for name in names] == kept
    said = {"participation_id": record, "version": 5, "reason": "更正"}
    given = {"attendance": "SICK_LEAVE", "minutes": 30}
    await world.refused(InvalidInput, participation_steps.correct, "YL0101", **said, given=given)
    assert (await world.row("participation", record))["version"] == 5


async def test_what_a_correction_says_itself_stays_and_what_was_kept_before_does_not_hinder(world: World) -> None:
    person, day = await world.member(), await held(world, "YL0101", hours=Decimal(2))
    record = (await world.one(participation.record, "YL0101", own(day, person, attendance="SICK_LEAVE"))).id
    given = {"attendance": "LATE", "hours": None}
    await do(world, participation_steps.correct, record, "YL0101", reason="更正", given=given)
    assert (await world.row("participation", record))["hours"] is None
    await execute(world, "update participation set attendance = 'ABSENT_UNEXCUSED', hours = 2, voted = true")
    given = {"attendance": "SICK_LEAVE"}
    await do(world, participation_steps.correct, record, "YL0101", reason="更正", given=given)
    row = await world.row("participation", record)
    assert (row["attendance"], row["hours"], row["voted"]) == ("SICK_LEAVE", None, False)


@pytest.mark.parametrize(
    ("field", "said"), [("voted", {"voted": True}), ("attendance", {"attendance": "ABSENT_UNEXCUSED"})]
)
async def test_who_sits_in_neither_votes_nor_is_absent(world: World, field: str, said: dict[str, Any]) -> None:
    person, day = await world.member(), await held(world, "YL0101")
    observer = own(day, person, role="OBSERVER", **said)
    refusal = await world.refused(InvalidInput, participation.record, "YL0101", commands=[observer])
    assert refusal.field == field
    record = (await world.one(participation.record, "YL0101", own(day, person, **said))).id
    which = {"participation_id": record, "version": 1, "reason": "列席", "given": {"role": "OBSERVER"}}
    await world.refused(InvalidInput, participation_steps.correct, "YL0101", **which)
    assert (await world.row("participation", record))["role"] == "PARTICIPANT"
