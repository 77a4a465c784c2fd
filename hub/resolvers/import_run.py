"""Runs of ledger import: the report as the run holds it, and the three calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.errors import NotAllowed
from hub.models import ImportRun
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.relation import one


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
        differences=[FieldCount(field, count) for field, count in (found.get("differences") or {}).items()],
        errors=[_problem(problem) for problem in found.get("errors") or ()],
        warnings=[_problem(problem) for problem in found.get("warnings") or ()],
    )


def errors_file(_row: Any, _context: Context) -> str | None:
    """Return the one-time address of the refused rows."""
    return None


def _problem(found: dict[str, Any]) -> RowProblem:
    return RowProblem(found.get("sheet"), found["row"], found.get("field"), found["code"], found["message"])


async def _not_yet(_call: Call) -> Any:
    # To be joined to `hub.sync.ledger`: plan the upload (counted by its digest), apply a plan, cancel a run.
    raise NotAllowed


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(ImportRun), identifier)


import_ledger = Action("importLedger", _not_yet, _read)
apply_import = Action("applyImport", _not_yet, _read)
cancel_import = Action("cancelImport", _not_yet, _read)
