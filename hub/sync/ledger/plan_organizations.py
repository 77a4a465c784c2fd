"""Planning a list of organizations: known by code or name, superiors in any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from hub.domain.dates import last_day
from hub.domain.organization import RegisterOrganization
from hub.ids import random_id
from hub.sync.ledger import superiors
from hub.sync.ledger.organizations import AMBIGUOUS
from hub.sync.ledger.planned import Context, Outcome, PlannedRow
from hub.sync.ledger.rows import OrganizationRow

_CURRENT: Final = text(
    """
    select o.*, f.name as officer_name, f.phone as officer_phone,
           array(select a.name from organization_alias a where a.organization_id = o.id) as aliases
      from organization o left join officer f on f.organization_id = o.id and f.until_on is null
     where o.id = any(:ids)
    """
)
_ABOVE: Final = text("select id, coalesce(successor_id, parent_id) as above from organization")
_COMPARED: Final = (
    "name",
    "short_name",
    "kind",
    "parent_id",
    "division_code",
    "can_issue_letters",
    "closed_on",
    "successor_id",
    "officer_name",
    "officer_phone",
)


async def plan(context: Context, rows: Sequence[tuple[int, OrganizationRow]]) -> list[PlannedRow]:
    """Plan the rows of an organizations ledger. A new organization needs a code; a known one goes by code or name."""
    linked = superiors.link([row for _, row in rows], context.names)
    ids: list[UUID | None] = []
    planned: list[PlannedRow] = []
    seen: set[UUID | str] = set()
    for (table, _), item in zip(rows, linked, strict=True):
        made = PlannedRow(item.row.sheet, item.row.row, table, Outcome.NEW, item.row.error, item.row.warnings)
        planned.append(made)
        ids.append(_identify(context, made, item.row, seen))
    current = {
        row["id"]: dict(row)
        for row in (await context.connection.execute(_CURRENT, {"ids": [i for i in ids if i is not None]})).mappings()
    }
    for made, item, found in zip(planned, linked, ids, strict=True):
        if made.outcome is Outcome.REFUSED or found is None:
            continue
        before = current.get(found)
        parent = item.parent
        if item.parent_row is not None:
            # A superior whose row is refused, since it is not the importer's, may be known and the same as before.
            parent = ids[item.parent_row] or _known(context, linked[item.parent_row].row)
            if ids[item.parent_row] is None and (before is None or parent != before["parent_id"]):
                made.refuse("parent", "ORGANIZATION_UNKNOWN")
                continue
        if before is not None and parent == before["parent_id"]:
            parent = None  # which says nothing new
        # A superior in the file is judged by its own row.
        if item.parent_row is None and not _may_stand_below(context, parent, is_new=before is None):
            made.refuse("parent", "ORGANIZATION_UNKNOWN")
            continue
        made.command = _command(context, item.row, found, parent, before)
        if before is not None:
            made.outcome = Outcome.UPDATED if _differs(made.command, before) else Outcome.UNCHANGED
    await _refuse_rings(context, planned)
    _refuse_below_refused(planned, linked)
    return planned


def _identify(context: Context, made: PlannedRow, row: OrganizationRow, seen: set[UUID | str]) -> UUID | None:
    """Return the organization a row is about, a known one or a new one; None where the row is refused."""
    if row.error is not None:
        made.outcome = Outcome.REFUSED
        return None
    known = _known(context, row)
    key = known or (row.code or "").upper()
    if known is None and row.code is None:
        made.refuse("code", "CODE_MISSING")
    elif known is not None and not context.owns(known):
        made.refuse("code", "ORGANIZATION_UNKNOWN")
    elif key in seen:
        made.refuse("code", "DUPLICATE_IN_FILE")
    else:
        seen.add(key)
        made.record = known
        return known or random_id()
    return None


def _may_stand_below(context: Context, parent: UUID | None, *, is_new: bool) -> bool:
    """Whoever imports for one organization adds below it; only the operator makes another root."""
    if parent is None:
        return context.organization is None or not is_new
    return context.owns(parent)


async def _refuse_rings(context: Context, planned: Sequence[PlannedRow]) -> None:
    """A superior that stands below the organization, as the hub knows it, is no superior."""
    above = {row.id: row.above for row in await context.connection.execute(_ABOVE)}
    commands = [made.command for made in planned if made.command is not None]
    above.update({c.id: c.parent_id for c in commands if c.parent_id is not None or c.id not in above})
    for made in planned:
        if made.command is None or made.command.parent_id is None:
            continue
        seen: set[UUID] = set()
        at: UUID | None = made.command.parent_id
        while at is not None and at not in seen and at != made.command.id:
            seen.add(at)
            at = above.get(at)
        if at == made.command.id:
            made.refuse("parent", "ORGANIZATION_UNKNOWN")


def _refuse_below_refused(planned: Sequence[PlannedRow], linked: Sequence[superiors.Linked[UUID]]) -> None:
    """A row whose superior in the file is refused after all cannot stand either, down to the last."""
    again = True
    while again:
        again = False
        for made, item in zip(planned, linked, strict=True):
            above = item.parent_row
            moves = made.command is not None and made.command.parent_id is not None
            if moves and above is not None and planned[above].outcome is Outcome.REFUSED:
                made.refuse("parent", "ORGANIZATION_UNKNOWN")
                again = True


def _known(context: Context, row: OrganizationRow) -> UUID | None:
    # A closed organization is itself here, not its successor: its line, given again, says nothing about that one.
    found = context.names.itself(f"{context.system}:{row.code}" if row.code else None, row.name)
    if found is None and row.code and ":" in row.code:
        found = context.names.itself(row.code, row.name)
    return found


def _command(
    context: Context, row: OrganizationRow, identifier: UUID, parent: UUID | None, before: dict[str, Any] | None
) -> RegisterOrganization:
    successor = context.names.find(row.successor_text)
    closed = last_day(row.closed_on) if row.closed_on else None
    system, _, code = (row.code or "").rpartition(":")
    return RegisterOrganization(
        id=identifier,
        system=before["system"] if before else system or context.system,
        code=before["code"] if before else code,
        name=row.name,
        short_name=row.short_name,
        kind=row.kind if row.kind != "OTHER" or before is None else None,
        parent_id=parent,
        division_code=row.division_code,
        can_issue_letters=row.can_issue_letters,
        officer_name=row.officer_name,
        officer_phone=row.officer_phone,
        aliases=row.aliases,
        closed_on=closed,
        successor_id=None if successor is AMBIGUOUS or closed is None else successor,
    )


def _differs(command: RegisterOrganization, before: dict[str, Any]) -> bool:
    if not set(command.aliases) <= {*before["aliases"], before["name"]}:
        return True
    said = ((name, getattr(command, name)) for name in _COMPARED)
    return any(value is not None and value != before[name] for name, value in said)
