"""What a ledger would do, judged against the records: shown first, applied after. Planning writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from hub.domain.dates import today
from hub.models import BRANCH_KINDS, LedgerKind
from hub.sync.ledger import (
    plan_arrivals,
    plan_departures,
    plan_members,
    plan_organizations,
    plan_participation,
    plan_rollcall,
)
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.lines import LineReader
from hub.sync.ledger.mentions import Source
from hub.sync.ledger.planned import Context, Outcome, PlannedRow
from hub.sync.ledger.report import Report, report
from hub.sync.ledger.table import Table
from hub.sync.ledger.tables import find_all
from hub.sync.ledger.workbook import Sheet

_LISTED: Final = text(
    """
    select l.organization_id, l.statement_id,
           case when :outflow then exists (select from departure d where d.id = l.statement_id and d.ended_on is null)
                else exists (select from arrival a where a.id = l.statement_id and a.state not in ('RETURNED', 'LEFT'))
            end as stands
      from ledger_line l where l.kind = :kind and l.organization_id = any(:branches)
    """
)


# Without a repr: asyncio makes one of what its main coroutine returns, and of a whole ledger it is bigger than the ledger.
@dataclass(slots=True, repr=False)
class Plan:
    """All rows of a file with what they would do.

    `vanished`: per branch, the statements of its last own list that this one no longer has. `relisted`: the branches
    whose list this file replaces. `lines`: people's lines, where each row is one mark.
    """

    kind: LedgerKind
    tables: list[Table]
    rows: list[PlannedRow]
    vanished: dict[UUID, list[UUID]] = field(default_factory=dict)
    relisted: set[UUID] = field(default_factory=set)
    lines: int | None = None

    @property
    def report(self) -> Report:
        """The report of this plan as it stands."""
        return report(self.kind, self.rows, sum(map(len, self.vanished.values())), self.lines, self.tables)

    @property
    def outcomes(self) -> str:
        """One letter per row, in order."""
        return "".join(row.outcome.value[0] for row in self.rows)

    @property
    def digest(self) -> str:
        """What was shown, as one word: equal plans have equal digests."""
        told = f"{self.kind}\0{self.outcomes}\0{sorted(self.report.as_json().items(), key=lambda item: item[0])!r}"
        return hashlib.sha256(told.encode()).hexdigest()

    def refused(self) -> list[tuple[Table, int, str]]:
        """Return table, row and code of every refused row, for the workbook of errors."""
        return [(self.tables[row.table], row.row, row.error.code) for row in self.rows if row.error is not None]


async def plan(context: Context, kind: LedgerKind, sheets: Sequence[Sheet], year: int | None = None) -> Plan:
    """Plan a file. `year`: of days in a roll call that name none. Raises `UnreadableFile` where no table of this kind is found."""
    tables = find_all(sheets, Kind(kind.value.lower()))
    reader = LineReader(context.names, today(context.now), context.organization)
    if kind is LedgerKind.ORGANIZATIONS:
        rows = await plan_organizations.plan(
            context, [(n, row) for n, table in enumerate(tables) for row in reader.organizations(table)]
        )
    elif kind is LedgerKind.MEMBERS:
        rows = await plan_members.plan(
            context, ((n, row) for n, table in enumerate(tables) for row in reader.members(table))
        )
    elif kind is LedgerKind.OUTFLOW:
        rows = await plan_departures.plan(context, _listed(context, tables, reader.outflow))
    elif kind is LedgerKind.ROLLCALL:
        called = [reader.rollcall(table, year) for table in tables]
        rows, lines = await plan_rollcall.plan(context, called)
        return Plan(kind, tables, rows, lines=lines)
    elif kind is LedgerKind.PARTICIPATION:
        reports = ((n, row) for n, table in enumerate(tables) for row in reader.participation(table, year))
        return Plan(kind, tables, await plan_participation.plan(context, reports))
    else:
        rows = await plan_arrivals.plan(context, list(_listed(context, tables, reader.inflow)))
    made = Plan(kind, tables, rows)
    await _judge_lists(context, made)
    return made


def _listed(context: Context, tables: Sequence[Table], read: Any) -> Iterator[tuple[int, Any, UUID | None]]:
    """Yield (table, row, the branch whose own list the line stands in): its branch above the table, not in a column."""
    for number, table in enumerate(tables):
        above = table.organization_above
        own_list = "organization" not in table.fields and above is not None and above.source is not Source.SHEET_NAME
        for row in read(table):
            branch = row.organization if own_list and row.organization_from in ("ABOVE", "HINT") else None
            if branch is not None and context.names.kind(branch) not in BRANCH_KINDS:
                branch = None
            yield number, row, branch


async def _judge_lists(context: Context, made: Plan) -> None:
    """Find the lines that vanished: only from a list that repeats at least half of the last one (domain 0.13)."""
    present: dict[UUID, set[UUID]] = {}
    for row in made.rows:
        if row.list_of is not None and row.outcome is not Outcome.REFUSED:
            lines = present.setdefault(row.list_of, set())
            if row.record is not None:
                lines.add(row.record)
    if not present:
        return
    before: dict[UUID, list[Any]] = {}
    parameters = {
        "kind": made.kind.value,
        "outflow": made.kind is LedgerKind.OUTFLOW,
        "branches": list(present),
    }
    for line in await context.connection.execute(_LISTED, parameters):
        before.setdefault(line.organization_id, []).append(line)
    for branch, lines in present.items():
        # Who came home since and was ended is not expected: with them the list could never be its own again.
        last = [line for line in before.get(branch, []) if line.stands]
        repeated = sum(line.statement_id in lines for line in last)
        if 2 * repeated >= len(last):
            made.relisted.add(branch)
            vanished = [line.statement_id for line in last if line.statement_id not in lines]
            if vanished:
                made.vanished[branch] = vanished


def lines_of(rows: Iterable[PlannedRow], branches: set[UUID]) -> dict[UUID, list[tuple[UUID, int]]]:
    """Return the statements that each branch's list now has, with their line in the file."""
    found: dict[UUID, list[tuple[UUID, int]]] = {}
    for row in rows:
        if row.list_of in branches and row.record is not None and row.outcome is not Outcome.REFUSED:
            found.setdefault(row.list_of, []).append((row.record, row.row))
    return found
