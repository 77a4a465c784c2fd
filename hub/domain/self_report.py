"""What members tell the home branch of their part in organizational life (自报): recorded, then confirmed by the host or
accepted on evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import place as places
from hub.domain.activity import is_day_or_month, usual_mode
from hub.domain.dates import first_day, last_day, today
from hub.domain.outcome import Changed, Outcome
from hub.domain.participation import Told, Written, new_row, people_of, repeated, unsayable, write
from hub.domain.scope import in_scope
from hub.domain.statement import MAX_LENGTH
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, NotAllowed, NotFound, NotHeldYet, Refused, VotesElsewhere
from hub.models import ActivityKind, ParticipationSource, ParticipationState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportParticipation:
    """What a member tells the home branch. The host is an organization of the hub, or words."""

    member_id: UUID
    kind: str
    held_on: str
    told: Told
    title: str | None = None
    host_id: UUID | None = None
    host_text: str | None = None
    place: str | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two reports one."""
        host = str(self.host_id) if self.host_id else self.host_text or ""
        return self.member_id, self.kind, self.held_on, host, self.title or ""


_REPORTED: Final = text(
    """
    select id, version, member_id, kind, held_on, coalesce(host_id::text, host_text, '') as host,
           coalesce(title, '') as title, attendance, mode, role, voted, minutes, hours, components_attended,
           evidence_kind, evidence_reference
      from participation
     where source = 'SELF_REPORT' and member_id = any(:members) and day between :since and :until
    """
)


async def report(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, commands: Sequence[ReportParticipation]
) -> list[Outcome]:
    """Record what members tell the home branch: by the members themselves, or by the branch for them. It enters
    RECORDED; the host confirms it, or the branch accepts it on evidence.

    Refusals: NOT_FOUND, NOT_ALLOWED (partners), NOT_HELD_YET, INVALID_INPUT, VOTES_ELSEWHERE, ALREADY_RECORDED.
    """
    if not viewer.is_organization and viewer.member is None:
        raise NotAllowed
    people = await people_of(connection, (), {command.member_id for command in commands})
    scope = (
        await in_scope(connection, viewer, {row["formal_id"] for row in people.values()})
        if (viewer.is_organization)
        else set()
    )
    hosts = {command.host_id for command in commands if command.host_id is not None}
    hosts -= set((await connection.execute(_HOSTS, {"ids": sorted(hosts)})).scalars()) if hosts else set()
    outcomes: list[Outcome] = []
    rows: list[dict[str, Any]] = []
    known = await _reports(connection, commands)
    for command in commands:
        person = people.get(command.member_id)
        refusal = _report_refusal(viewer, command, person, scope, now)
        if refusal is None and command.host_id in hosts:
            refusal = NotFound("hostId")
        if refusal is not None or person is None:
            outcomes.append(refusal or NotFound("memberId"))
            continue
        usual = usual_mode(command.kind)
        before = known.get(command.key)
        if before is not None:
            outcomes.append(repeated(before, command.told, usual))
            continue
        row = new_row(viewer, now, command.told, usual, command.kind, command.held_on)
        row.update(
            member_id=command.member_id,
            organization_id=person["formal_id"],
            source=ParticipationSource.SELF_REPORT.value,
            title=command.title,
            host_id=command.host_id,
            host_text=command.host_text,
            place=command.place,
            state=ParticipationState.RECORDED.value,
        )
        known[command.key] = Written(row)
        rows.append(row)
        outcomes.append(Changed(row["id"], 1, new=True))
    await write(connection, now, rows, {key: {**row, "member_id": key} for key, row in people.items()})
    return outcomes


_HOSTS: Final = text("select id from organization where id = any(:ids) order by id for key share")


async def _reports(connection: AsyncConnection, commands: Sequence[ReportParticipation]) -> dict[tuple[Any, ...], Any]:
    days = [last_day(c.held_on) for c in commands if is_day_or_month(c.held_on)]
    if not days:
        return {}
    wanted = {"members": list({c.member_id for c in commands}), "since": min(days), "until": max(days)}
    found = await connection.execute(_REPORTED, wanted)
    return {(row.member_id, row.kind, row.held_on, row.host, row.title): row for row in found}


def _report_refusal(
    viewer: Viewer,
    command: ReportParticipation,
    person: Mapping[Any, Any] | None,
    scope: set[UUID],
    now: datetime,
) -> Refused | None:
    if person is None or person["formal_id"] is None:
        return NotFound("memberId")
    if viewer.member != command.member_id and person["formal_id"] not in scope:
        return NotFound("memberId")
    if not is_day_or_month(command.held_on):
        return InvalidInput("heldOn")
    if first_day(command.held_on) > today(now):
        return NotHeldYet("heldOn")
    if command.told.voted:
        return VotesElsewhere("voted")
    if command.kind == ActivityKind.OTHER and not (command.title or "").strip():
        return InvalidInput("title")
    for field in ("title", "host_text"):
        value = getattr(command, field)
        if value is not None and len(value) > MAX_LENGTH:
            return InvalidInput(field)
    return places.refusal(command.place) or unsayable(command.told)
