"""One row of a plan: what it would do, to which record, by which command; or why it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.domain.viewer import Viewer
from hub.sync.ledger.organizations import OrganizationNames
from hub.sync.ledger.rows import Problem

T = TypeVar("T")


class Outcome(StrEnum):
    """What a row does. The first letter stands for it in the run's record."""

    NEW = "NEW"
    UPDATED = "UPDATED"
    UNCHANGED = "SAME"
    REFUSED = "REFUSED"


@dataclass(slots=True)
class PlannedRow:
    """A row with its outcome; a row may be unchanged and still have a command, which takes a new remark along.

    `command` goes to the domain; `record` is the existing record, or the new one once applied. `list_of` is the branch
    whose own list this line stands in. `suggestions` become questions. Of a roll call each mark is one of these: `column`
    is where it stands, `said` its attendance and mode. `line` is the position in its table of a line whose problems have
    a column.
    """

    sheet: str
    row: int
    table: int
    outcome: Outcome
    error: Problem | None = None
    warnings: tuple[Problem, ...] = ()
    command: Any = None
    record: UUID | None = None
    list_of: UUID | None = None
    asked_organization: UUID | None = None
    suggestions: tuple[str, ...] = ()
    matched: bool = False
    column: int | None = None
    said: tuple[str, str] | None = None
    line: int | None = None

    def refuse(self, field_name: str, code: str) -> None:
        """Turn the row into a refused one: exactly one error, no warnings, nothing written."""
        self.outcome, self.error, self.warnings = Outcome.REFUSED, Problem(field_name, code), ()
        self.command, self.suggestions = None, ()

    def leave_as_it_stands(self, field_name: str, code: str) -> None:
        """Turn the row into one that changes nothing, with a warning."""
        self.outcome, self.warnings = Outcome.UNCHANGED, (*self.warnings, Problem(field_name, code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What planning needs besides the rows: who imports, what is known, and what day it is.

    `organization` is the one that the command names, None where the ledger itself says.
    """

    connection: AsyncConnection
    viewer: Viewer
    vault: Vault
    now: datetime
    names: OrganizationNames[UUID]
    organization: UUID | None
    system: str
    _digests: dict[str, bytes] = field(default_factory=dict)

    def owns(self, organization: UUID | None) -> bool:
        """Tell whether the importer may write for an organization: all may be, unless the command names one above."""
        if organization is None:
            return False
        return self.organization is None or self.names.is_below(organization, self.organization)

    def digest(self, citizen_id: str) -> bytes:
        """Return the digest of an identity number; a plan asks for it several times."""
        found = self._digests.get(citizen_id)
        if found is None:
            found = self._digests[citizen_id] = self.vault.digest("citizen id", citizen_id)
        return found


def said(**fields: Any) -> dict[str, Any]:
    """Return the fields that are said: a blank cell says nothing."""
    return {name: value for name, value in fields.items() if value is not None}


def is_less_exact(new: str | None, old: str | None) -> bool:
    """Tell whether a partial date says no more than what is known: 2024-01 beside 2024-01-16."""
    return new is not None and old is not None and old.startswith(new)


def in_portions(rows: Iterable[T], size: int = 4_000) -> Iterator[list[T]]:
    """Yield rows in portions: what is read and looked up for one is forgotten before the next."""
    waiting = iter(rows)
    while portion := list(islice(waiting, size)):
        yield portion


def same_place(context: Context, report: Any, host: UUID | None) -> bool:
    """Tell whether a report may be of what this host held: it names the host, one above or below it, or nobody."""
    if report.host_id is None:
        return report.host_text is None
    return host is not None and (
        context.names.is_below(report.host_id, host) or context.names.is_below(host, report.host_id)
    )
