"""Doing what a plan says: in transactions of at most 500 rows, through the same domain functions as everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.crypto import Vault
from hub.database.copy import copy_rows, plan_anew
from hub.database.engine import transaction
from hub.domain import arrival, departure, member, organization, question
from hub.domain.outcome import Changed
from hub.domain.outcome import Outcome as DomainOutcome
from hub.domain.viewer import Viewer
from hub.errors import Refused
from hub.models import LedgerKind, Side, TaskKind
from hub.sync.ledger.apply_participation import count_linked, record_activities
from hub.sync.ledger.apply_participation import write as write_participation
from hub.sync.ledger.plan import Plan, lines_of
from hub.sync.ledger.planned import Outcome, PlannedRow
from hub.sync.ledger.report import Report

BATCH: Final = 500
AT_ONCE: Final = 2
_DEADLOCK: Final = "40P01"
_TRIES: Final = 5

Progress = Callable[[int, int], Awaitable[None]]
"""Called after each transaction with (rows done, rows in all)."""


@dataclass(frozen=True, slots=True)
class Applying:
    """Who applies, with which keys, at what instant."""

    engine: AsyncEngine
    viewer: Viewer
    vault: Vault
    now: datetime


async def apply(applying: Applying, made: Plan, progress: Progress) -> Report:
    """Apply a plan and return the report of what became of it.

    A row that the domain refuses now, though it was planned otherwise, is left out with CHANGED_SINCE_PLAN. Killed and
    run again it ends in the same state: what is there already is unchanged.
    """
    if made.kind is LedgerKind.ORGANIZATIONS:
        await _apply_organizations(applying, made)
        await progress(len(made.rows), len(made.rows))
        return made.report
    await _count_anew(applying.engine, made)
    if made.kind is LedgerKind.ROLLCALL:
        async with transaction(applying.engine) as connection:
            await record_activities(connection, viewer=applying.viewer, now=applying.now, rows=made.rows)
    await _apply_rows(applying, made, progress)
    touched = [row.record for row in made.rows if row.record is not None]
    if made.kind in (LedgerKind.OUTFLOW, LedgerKind.INFLOW):
        async with transaction(applying.engine) as connection:
            await _replace_lists(connection, applying, made)
    report = made.report
    if made.kind is LedgerKind.INFLOW:
        async with transaction(applying.engine) as connection:
            await _count_matches(connection, report, touched)
    if made.kind in (LedgerKind.ROLLCALL, LedgerKind.PARTICIPATION):
        fresh = sum(row.outcome is Outcome.NEW for row in made.rows)
        async with transaction(applying.engine) as connection:
            await count_linked(connection, report, touched, fresh)
    return report


_COUNTED: Final = (
    "identity", "member", "affiliation", "departure", "arrival", "match", "inbox", "organization_closure", "activity",
    "participation",
)  # fmt: skip
# Never counted, or more than twice as long as when it was.
_OUTGROWN: Final = text(
    """
    select relname from pg_class
     where oid in (select cast(name as regclass) from unnest(cast(:tables as text[])) name)
       and (reltuples < 0 or pg_relation_size(oid) > 2 * current_setting('block_size')::int * greatest(relpages, 1))
    """
)


async def _count_anew(engine: AsyncEngine, made: Plan) -> None:
    """Let PostgreSQL count, before a big ledger, the tables that it knows as much smaller; its own rounds come a minute too
    late, and look closer.

    Without it the tables count as empty, and each batch reads them from end to end.
    """
    if len(made.rows) >= 4 * BATCH:
        async with transaction(engine) as connection:
            outgrown = list((await connection.execute(_OUTGROWN, {"tables": list(_COUNTED)})).scalars())
            if outgrown:
                await connection.execute(text("set local default_statistics_target = 10"))
                await connection.execute(text(f"analyze {', '.join(outgrown)}"))


async def _apply_rows(applying: Applying, made: Plan, progress: Progress) -> None:
    """Apply the rows in batches, two at a time: while the database writes one, the next is made ready.

    Each row of a file is another person, so batches share no record; the file's order holds within a batch.
    """
    waiting = iter(range(0, len(made.rows), BATCH))
    done = 0

    async def work() -> None:
        nonlocal done
        for start in waiting:
            batch = made.rows[start : start + BATCH]
            await _apply_batch(
                applying, made.kind, [row for row in batch if row.command is not None or row.suggestions]
            )
            for row in batch:
                row.command = None  # what is written need not be kept
            done += len(batch)
            await progress(done, len(made.rows))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(work())


async def _apply_organizations(applying: Applying, made: Plan) -> None:
    """The tree is one thing: all good rows, or none."""
    rows = [row for row in made.rows if row.command is not None]
    async with transaction(applying.engine) as connection:
        outcomes = await organization.register(
            connection, viewer=applying.viewer, now=applying.now, commands=[row.command for row in rows]
        )
    for row, outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, Changed):
            row.record = outcome.id


async def _apply_batch(applying: Applying, kind: LedgerKind, rows: Sequence[PlannedRow]) -> None:
    """Apply some rows in one transaction. A deadlock repeats it; a constraint halves it, down to the row at fault."""
    if not rows:
        return
    for attempt in range(_TRIES):
        try:
            async with transaction(applying.engine) as connection:
                await plan_anew(connection)
                outcomes = await _write(connection, applying, kind, rows)
        except IntegrityError:
            if len(rows) == 1:
                rows[0].refuse("name", "CHANGED_SINCE_PLAN")
                return
            middle = len(rows) // 2
            await _apply_batch(applying, kind, rows[:middle])
            await _apply_batch(applying, kind, rows[middle:])
            return
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _DEADLOCK or attempt == _TRIES - 1:
                raise
        else:
            for row, outcome in outcomes:
                _note(row, outcome)
            return


def _note(row: PlannedRow, outcome: DomainOutcome) -> None:
    if isinstance(outcome, Refused):
        row.refuse("name", "CHANGED_SINCE_PLAN")
        return
    row.record = outcome.id


async def _write(
    connection: AsyncConnection, applying: Applying, kind: LedgerKind, rows: Sequence[PlannedRow]
) -> list[tuple[PlannedRow, DomainOutcome]]:
    """Write new records, then amendments, then the questions that remarks raise."""
    if kind in (LedgerKind.ROLLCALL, LedgerKind.PARTICIPATION):
        return await write_participation(connection, viewer=applying.viewer, now=applying.now, kind=kind, rows=rows)
    common: dict[str, Any] = {"viewer": applying.viewer, "vault": applying.vault, "now": applying.now}
    fresh = [row for row in rows if row.command is not None and row.outcome is Outcome.NEW]
    known = [row for row in rows if row.command is not None and row.outcome is not Outcome.NEW]
    outcomes: list[tuple[PlannedRow, DomainOutcome]] = []
    if kind is LedgerKind.MEMBERS:
        both = [*fresh, *known]
        done = await member.register(connection, **common, commands=[row.command for row in both])
        return list(zip(both, done, strict=True))
    register: Any = departure.register if kind is LedgerKind.OUTFLOW else arrival.register
    amend: Any = departure.amend if kind is LedgerKind.OUTFLOW else arrival.amend
    for group, write in ((fresh, register), (known, amend)):
        if group:
            done = await write(connection, **common, commands=[row.command for row in group])
            outcomes += zip(group, done, strict=True)
    records = {id(row): outcome.id for row, outcome in outcomes if isinstance(outcome, Changed)}
    side = Side.OUTFLOW if kind is LedgerKind.OUTFLOW else Side.INFLOW
    await question.ask(
        connection,
        now=applying.now,
        questions=[
            question.Ask(
                kind=TaskKind.REMARK,
                side=side,
                organization_id=row.asked_organization,
                statement_id=statement,
                about=suggestion,
            )
            for row in rows
            if (statement := records.get(id(row), row.record)) is not None and row.asked_organization is not None
            for suggestion in row.suggestions
        ],
    )
    return outcomes


_FORGET_LIST: Final = text("delete from ledger_line where kind = :kind and organization_id = any(:branches)")


async def _replace_lists(connection: AsyncConnection, applying: Applying, made: Plan) -> None:
    """Ask about the lines that vanished, and keep each branch's list for next time, in the last transaction of a run."""
    if not made.relisted:
        return
    side = Side.OUTFLOW if made.kind is LedgerKind.OUTFLOW else Side.INFLOW
    await question.ask(
        connection,
        now=applying.now,
        questions=[
            question.Ask(kind=TaskKind.STILL_AWAY, side=side, organization_id=branch, statement_id=statement)
            for branch, statements in made.vanished.items()
            for statement in statements
        ],
    )
    await connection.execute(_FORGET_LIST, {"kind": made.kind.value, "branches": list(made.relisted)})
    await copy_rows(
        connection,
        "ledger_line",
        ("organization_id", "kind", "statement_id", "line"),
        [
            (branch, made.kind.value, statement, line)
            for branch, statements in lines_of(made.rows, made.relisted).items()
            for statement, line in dict(statements).items()
        ],
    )


_MATCHED: Final = text(
    "select arrival_id, id from match where state = 'CONFIRMED' and ended_at is null and arrival_id = any(:ids)"
)
_DIFFERENCES: Final = text(
    """
    select field, count(*) as number from discrepancy
     where match_id = any(:ids) and state <> 'SETTLED' group by field order by count(*) desc, field
    """
)


async def _count_matches(connection: AsyncConnection, report: Report, arrivals: Sequence[UUID]) -> None:
    """Say what was matched and what differs, as it stands now."""
    matches = (await connection.execute(_MATCHED, {"ids": list(arrivals)})).all()
    report.matched = len(matches)
    report.unmatched = report.accepted - report.matched
    found = await connection.execute(_DIFFERENCES, {"ids": [row.id for row in matches]})
    report.differences = {row.field: row.number for row in found}
