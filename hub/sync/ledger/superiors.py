"""The tree of an organizations ledger: superiors by code or name, in the file or known, rows in any order."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from hub.sync.ledger.organizations import AMBIGUOUS, OrganizationNames, OrganizationRecord
from hub.sync.ledger.rows import OrganizationRow, Problem

K = TypeVar("K", bound=Hashable)

ORGANIZATION_UNKNOWN = "ORGANIZATION_UNKNOWN"


@dataclasses.dataclass(frozen=True, slots=True)
class Linked(Generic[K]):
    """A row with its superior: another row of the file (its position), a known organization, or none of the two."""

    row: OrganizationRow
    parent_row: int | None = None
    parent: K | None = None


def link(rows: Sequence[OrganizationRow], known: OrganizationNames[K]) -> list[Linked[K]]:
    """Return the rows with their superiors; one that is written but cannot be found, or is a circle, refuses the row."""
    first: dict[str, int] = {}  # a line that repeats another is no second organization of that name
    for number, row in enumerate(rows):
        if row.error is None:
            first.setdefault(row.code or row.name, number)
    in_file = OrganizationNames(
        OrganizationRecord(
            number, "", rows[number].code, rows[number].name, rows[number].short_name, rows[number].aliases
        )
        for number in first.values()
    )
    linked = [_link(row, in_file, known) for row in rows]
    return [Linked(_refused(item.row)) if _in_circle(number, linked) else item for number, item in enumerate(linked)]


def _in_circle(number: int, linked: Sequence[Linked[K]]) -> bool:
    seen: set[int] = set()
    at = linked[number].parent_row
    while at is not None and at not in seen:
        if at == number:
            return True
        seen.add(at)
        at = linked[at].parent_row
    return False


def _link(row: OrganizationRow, in_file: OrganizationNames[int], known: OrganizationNames[K]) -> Linked[K]:
    if row.error or not (row.parent_code or row.parent_text):
        return Linked(row)
    for text in (row.parent_code, row.parent_text):
        local = in_file.find(text)
        if local is not None and local is not AMBIGUOUS:
            return Linked(row, parent_row=local)
        other = known.find(text)
        if other is not None and other is not AMBIGUOUS:
            return Linked(row, parent=other)
    return Linked(_refused(row))


def _refused(row: OrganizationRow) -> OrganizationRow:
    return dataclasses.replace(row, error=Problem("parent", ORGANIZATION_UNKNOWN), warnings=())
