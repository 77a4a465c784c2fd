"""Organizational life as tests drive it: what is held, who came, and how the home side and the member answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from hub.domain import acknowledgement, activity, participation, quarter, self_report
from hub.domain.outcome import Changed
from hub.domain.viewer import Role
from tests.domain.liaisons import World

SINCE, UNTIL = date(2026, 10, 1), date(2026, 12, 31)


async def held(
    world: World, who: str = "BJ01", held_on: str = "2026-11-09", kind: str = "THEME_DAY", **said: Any
) -> UUID:
    """An activity that `who` held."""
    command = activity.RecordActivity(organization_id=world[who], kind=kind, held_on=held_on, **said)
    return (await world.one(activity.record, who, command)).id


async def marked(
    world: World, activity_id: UUID, arrival_id: UUID, attendance: str = "PRESENT", who: str = "BJ01", **told: Any
) -> UUID:
    """A mark of the host's roll call for an arrival."""
    command = participation.RecordParticipation(
        activity_id=activity_id,
        arrival_id=arrival_id,
        told=participation.Told(attendance=attendance, **told),
    )
    return (await world.one(participation.record, who, command)).id


async def reported(
    world: World,
    member_id: UUID,
    held_on: str = "2026-11-09",
    kind: str = "THEME_DAY",
    who: str = "YL0101",
    **said: Any,
) -> UUID:
    """What a member told the home branch."""
    told = {key: said.pop(key) for key in ("attendance", "mode", "evidence_kind", "hours") if key in said}
    command = self_report.ReportParticipation(
        member_id=member_id, kind=kind, held_on=held_on, told=participation.Told(**told), **said
    )
    return (await world.one(self_report.report, who, command)).id


async def acknowledged(world: World, *records: UUID, who: str = "YL0101") -> None:
    """The home branch takes note."""
    outcomes = await world.do(acknowledgement.acknowledge, who, participations=list(records))
    assert all(isinstance(outcome, Changed) for outcome in outcomes), outcomes


async def do(world: World, step: Any, record: UUID, who: Any, **said: Any) -> Changed:
    """Take a step on a record as it stands."""
    version = await world.version("participation", record)
    return await world.do(step, who, participation_id=record, version=version, **said)


def themselves(world: World, member_id: UUID) -> Any:
    """The member as a caller."""
    return world.viewer("YL0101", Role.MEMBER, member_id)


async def summary(world: World, member_id: UUID, since: date = SINCE, until: date = UNTIL) -> quarter.Summary:
    """What the home branch sees of a member."""
    async with world.database.connect() as connection:
        return (await quarter.summaries(connection, members=[member_id], since=since, until=until))[member_id]


HOURS = Decimal(2)
