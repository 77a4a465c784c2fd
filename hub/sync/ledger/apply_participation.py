"""Writing what a roll call or a list of reports says: activities first, then records, then corrections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import activity, participation, participation_steps, self_report
from hub.domain.activity import RecordActivity
from hub.domain.outcome import Changed
from hub.domain.outcome import Outcome as DomainOutcome
from hub.domain.participation import RecordParticipation
from hub.domain.viewer import Viewer
from hub.errors import Refused
from hub.models import LedgerKind
from hub.sync.ledger.plan_rollcall import MarkCommand
from hub.sync.ledger.planned import Outcome, PlannedRow
from hub.sync.ledger.report import Report

_LINKED: Final = text(
    """
    select count(*) from participation p
     where p.id = any(:ids) and (p.twin_id is not null or exists (select from participation s where s.twin_id = p.id))
    """
)


async def record_activities(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, rows: Sequence[PlannedRow]
) -> None:
    """Record the activities of a whole roll call, before its marks: two batches may then write marks of one."""
    wanted: dict[tuple[Any, ...], RecordActivity] = {}
    for row in rows:
        if row.command is not None:
            wanted.setdefault(row.command.activity.key, row.command.activity)
    await activity.record(connection, viewer=viewer, now=now, commands=list(wanted.values()), as_it_stands=True)


async def write(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, kind: LedgerKind, rows: Sequence[PlannedRow]
) -> list[tuple[PlannedRow, DomainOutcome]]:
    """Write one batch, in the caller's transaction."""
    who: dict[str, Any] = {"viewer": viewer, "now": now}
    fresh = [row for row in rows if row.command is not None and row.outcome is Outcome.NEW]
    known = [row for row in rows if row.command is not None and row.outcome is Outcome.UPDATED]
    if kind is LedgerKind.PARTICIPATION:
        done = await self_report.report(connection, **who, commands=[row.command for row in fresh])
    else:
        done = await _roll_call(connection, who, [row.command for row in fresh])
    corrected = [(row, await _correct(connection, who, row.command)) for row in known]
    return [*zip(fresh, done, strict=True), *corrected]


async def _roll_call(
    connection: AsyncConnection, who: dict[str, Any], commands: Sequence[MarkCommand]
) -> list[DomainOutcome]:
    activities = list({c.activity.key: c.activity for c in commands if c.activity is not None}.values())
    recorded = await activity.record(connection, **who, commands=activities, as_it_stands=True)
    found = {one.key: outcome for one, outcome in zip(activities, recorded, strict=True)}
    outcomes: list[DomainOutcome] = []
    good: list[RecordParticipation] = []
    places: list[int] = []
    for command in commands:
        assert command.activity is not None
        outcome = found[command.activity.key]
        if isinstance(outcome, Changed):
            places.append(len(outcomes))
            good.append(
                RecordParticipation(
                    activity_id=outcome.id,
                    told=command.told,
                    arrival_id=command.arrival_id,
                    member_id=command.member_id,
                )
            )
        outcomes.append(outcome)
    for place, done in zip(places, await participation.record(connection, **who, commands=good), strict=True):
        outcomes[place] = done
    return outcomes


async def _correct(connection: AsyncConnection, who: dict[str, Any], command: MarkCommand) -> DomainOutcome:
    assert command.record is not None
    given: dict[str, Any] = {"attendance": command.told.attendance, "mode": command.told.mode}
    if command.told.hours is not None:
        given["hours"] = command.told.hours
    if command.told.components_attended is not None:
        given["components_attended"] = sorted(command.told.components_attended)
    try:
        return await participation_steps.correct(
            connection,
            **who,
            participation_id=command.record,
            version=None,
            reason=command.reason,
            given=given,
        )
    except Refused as refusal:
        return refusal


async def count_linked(connection: AsyncConnection, report: Report, records: Sequence[UUID], fresh: int) -> None:
    """Say how many are counted with a record of the other side, as it stands now. `fresh`: records that are new."""
    report.linked = int((await connection.execute(_LINKED, {"ids": list(records)})).scalar_one())
    if report.kind is LedgerKind.PARTICIPATION and fresh == report.accepted:
        report.new = report.accepted - report.linked
