"""Who has to act on a record and who learns of it, and who can have voted."""

from __future__ import annotations

import pytest

from hub.domain import affiliation, participation, visibility
from hub.domain.participation import Told
from hub.domain.viewer import Role
from hub.errors import InvalidInput
from hub.models import Discrepancy
from tests.domain.liaisons import World, a_world
from tests.domain.lives import held, marked, reported


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


async def test_only_who_was_there_voted(world: World) -> None:
    person = await world.member()
    own = await held(world, "YL0101")
    for attendance, refusal in (("ABSENT_UNEXCUSED", InvalidInput), ("PRESENT", None)):
        told = Told(attendance=attendance, voted=True)
        command = participation.RecordParticipation(activity_id=own, member_id=person, told=told)
        if refusal:
            await world.refused(refusal, participation.record, "YL0101", commands=[command])
        else:
            await world.one(participation.record, "YL0101", command)
