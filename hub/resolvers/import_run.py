"""Runs of ledger import: the report as the run holds it, and the three calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import NotSealedHere
from hub.database.engine import transaction
from hub.domain import visibility
from hub.domain.viewer import Viewer
from hub.models import ImportRun, ImportState, LedgerKind
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context, Hub
from hub.resolvers.relation import one
from hub.sync.ledger import run

ERRORS_PATH = "/errors-files"
_ERRORS = "errors file"
_WITH_ERRORS = text("select id from import_run where id = any(:ids) and errors_sealed is not null")
# The row is read before it is changed: what is returned is what was there.
_TAKE_ERRORS = text(
    """
    with taken as (select id, errors_sealed from import_run where id = :id and errors_sealed is not null for update)
    update import_run r set errors_sealed = null from taken t where r.id = t.id returning t.errors_sealed
    """
)


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How often the sides differ on a field."""

    field: str
    count: int


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row."""

    sheet: str | None
    row: int
    field: str | None
    code: str
    message: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The JSON report of an import, with its words in snake_case."""

    kind: str
    rows: int
    accepted: int
    new: int
    updated: int
    unchanged: int
    missing: int
    suggested_returned: int
    matched: int | None
    unmatched: int | None
    differences: list[FieldCount]
    errors: list[RowProblem]
    warnings: list[RowProblem]
    by_attendance: list[FieldCount] | None = None
    by_mode: list[FieldCount] | None = None
    linked: int | None = None


def report(row: Any, _context: Context) -> Report | None:
    """Return the report of a run."""
    found: dict[str, Any] | None = row.report
    if not found:
        return None
    return Report(
        kind=row.kind,
        rows=found.get("rows", 0),
        accepted=found.get("accepted", 0),
        new=found.get("new", 0),
        updated=found.get("updated", 0),
        unchanged=found.get("unchanged", 0),
        missing=found.get("missing", 0),
        suggested_returned=found.get("suggestedReturned", 0),
        matched=found.get("matched"),
        unmatched=found.get("unmatched"),
        differences=_counts(found.get("differences")) or [],
        errors=[_problem(problem) for problem in found.get("errors") or ()],
        warnings=[_problem(problem) for problem in found.get("warnings") or ()],
        by_attendance=_counts(found.get("byAttendance")),
        by_mode=_counts(found.get("byMode")),
        linked=found.get("linked"),
    )


def _counts(found: Mapping[str, int] | None) -> list[FieldCount] | None:
    return None if found is None else [FieldCount(word, count) for word, count in found.items()]


async def errors_file(row: Any, context: Context) -> str | None:
    """Return the address of the refused rows; none when there are none, or when they were fetched already."""
    if not await context.load(_with_errors, row.id):
        return None
    return f"{ERRORS_PATH}/{context.cursors.seal(_ERRORS, row.id.bytes)}"


async def _with_errors(connection: AsyncConnection, _viewer: Viewer, ids: list[UUID]) -> Mapping[UUID, bool]:
    found = await connection.execute(_WITH_ERRORS, {"ids": ids})
    return dict.fromkeys(found.scalars(), True)


async def take_errors(context: Context, address: str) -> bytes | None:
    """Return the workbook of an address and forget it: it is given once. None for an address that is none of theirs."""
    try:
        identifier = UUID(bytes=context.cursors.unseal(_ERRORS, address))
    except NotSealedHere:
        return None
    async with transaction(context.hub.engine) as connection:
        if await visibility.row(connection, context.viewer, ImportRun, identifier) is None:
            return None
        sealed: bytes | None = await connection.scalar(_TAKE_ERRORS, {"id": identifier})
    return None if sealed is None else context.hub.vault.unseal_bytes("errors", identifier, sealed)


def _problem(found: dict[str, Any]) -> RowProblem:
    return RowProblem(
        found.get("sheet"), found["row"], found.get("field"), found["code"], found["message"], found.get("column")
    )


async def _import(call: Call) -> Any:
    said = call.said
    return await run.start(
        call.connection,
        **call.by_vault,
        system=call.context.hub.settings.system,
        given=run.Import(
            kind=LedgerKind(said["kind"]),
            organization=said.get("organization_id"),
            content=said["file"].content,
            name=said["file"].name,
            year=said.get("year"),
        ),
    )


async def _apply(call: Call) -> Any:
    said = call.said
    return await run.begin(call.connection, **call.by, run_id=said["import_run_id"], plan_digest=said["plan_digest"])


async def _cancel(call: Call) -> Any:
    return await run.cancel(call.connection, **call.by, run_id=call.said["import_run_id"])


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(ImportRun), identifier)


async def _carry_out(context: Context, identifier: UUID) -> Any:
    """Let the run be carried out behind the answer; how far it is says the run itself."""
    found = await _read(context, identifier)
    if found is not None and found.state in (ImportState.PLANNED, ImportState.RUNNING):
        hub = context.hub
        hub.behind.start(
            run.carry_out(
                hub.engine,
                viewer=context.viewer,
                vault=hub.vault,
                now=context.now,
                system=hub.settings.system,
                run_id=identifier,
            ),
            then=partial(_finished, hub),
        )
    return found


def _finished(hub: Hub) -> None:
    hub.bell.ring()
    hub.ask()


import_ledger = Action("importLedger", _import, _read)
apply_import = Action("applyImport", _apply, _carry_out)
cancel_import = Action("cancelImport", _cancel, _read)
