"""Planning an outflow ledger: who it is, whether they are away already, and what the line says that is new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from hub.domain import statement
from hub.domain.departure import AmendDeparture, RegisterDeparture
from hub.sync.ledger.plan_members import People
from hub.sync.ledger.planned import Context, Outcome, PlannedRow, in_portions, is_less_exact, said
from hub.sync.ledger.rows import OutflowRow, Problem

_OPEN: Final = text("select * from departure where member_id = any(:members) and ended_on is null")
_ENDED: Final = text(
    "select member_id, departed_on from departure where member_id = any(:members) and ended_on is not null"
)


async def plan(context: Context, rows: Iterable[tuple[int, OutflowRow[UUID], UUID | None]]) -> list[PlannedRow]:
    """Plan the rows of an outflow ledger: (table, row, the branch whose own list it is)."""
    seen: set[UUID] = set()
    planned: list[PlannedRow] = []
    for portion in in_portions(rows):
        planned += await _plan(context, portion, seen)
    return planned


async def _plan(
    context: Context, rows: Sequence[tuple[int, OutflowRow[UUID], UUID | None]], seen: set[UUID]
) -> list[PlannedRow]:
    people = await People.load(context, [row for _, row, _ in rows], "m.id, m.name_key, m.standing")
    who = [people.who(context, row) if row.error is None else row.error for _, row, _ in rows]
    members = list({person["id"] for person in who if person is not None and not isinstance(person, Problem)})
    away: dict[UUID, Any] = {}
    ended: set[tuple[UUID, str | None]] = set()
    if members:
        found = await context.connection.execute(_OPEN, {"members": members})
        away = {row["member_id"]: dict(row) for row in found.mappings()}
        ended = {(r.member_id, r.departed_on) for r in await context.connection.execute(_ENDED, {"members": members})}
    planned: list[PlannedRow] = []
    for (table, row, list_of), person in zip(rows, who, strict=True):
        item = PlannedRow(row.sheet, row.row, table, Outcome.NEW, warnings=row.warnings, list_of=list_of)
        planned.append(item)
        if person is None:
            item.refuse("citizenId", "PERSON_UNKNOWN")
        elif isinstance(person, Problem):
            item.refuse(person.field, person.code)
        elif person["id"] in seen:
            item.refuse("citizenId", "DUPLICATE_IN_FILE")
        elif person["standing"] != "IN_FORCE" or not person["holds"]:
            item.refuse("name", "NOT_IN_FORCE")
        else:
            seen.add(person["id"])
            _judge(context, item, row, person, away.get(person["id"]), ended)
    return planned


def _judge(
    context: Context,
    item: PlannedRow,
    row: OutflowRow[UUID],
    person: Any,
    before: dict[str, Any] | None,
    ended: set[tuple[UUID, str | None]],
) -> None:
    item.asked_organization, item.suggestions = person["organization_id"], row.suggestions
    if row.organization is not None and not context.names.is_below(person["organization_id"], row.organization):
        item.warnings = (*item.warnings, Problem("organization", "ORGANIZATION_DIFFERS"))
    given = said(
        departed_on=row.departed_on,
        expected_return=row.expected_return,
        destination=row.destination,
        work_unit=row.work_unit,
        address=row.address,
        inflow_organization_id=row.inflow_organization,
        inflow_organization_text=row.inflow_organization_text if row.inflow_organization is None else None,
        inflow_leader_name=row.inflow_leader_name,
        inflow_leader_phone=row.inflow_leader_phone,
        card_number=row.card_number,
        reason=row.reason,
        remark=row.remark,
    )
    if row.phone or row.other_phone:
        given |= {"phone": row.phone, "other_phone": row.other_phone, "other_phone_whose": row.other_phone_whose}
    if row.unreadable:
        given["unreadable"] = dict(row.unreadable)
    if before is None:
        if row.departed_on and (person["id"], row.departed_on) in ended:
            # The line tells of a departure that was ended since: an old list does not open it again.
            item.outcome = Outcome.UNCHANGED
            item.warnings = (*item.warnings, Problem("name", "LIAISON_ENDED"))
            item.suggestions = ()
            return
        item.command = RegisterDeparture(member_id=person["id"], given=given)
        return
    item.record = before["id"]
    if is_amendment(context, item, given, before):
        item.command = AmendDeparture(departure_id=before["id"], given=given)


def is_amendment(context: Context, item: PlannedRow, given: dict[str, Any], before: dict[str, Any]) -> bool:
    """Tell whether a line has anything to write. A remark and the text of a cell that cannot be read are taken along, but
    never make a row `updated`."""
    for name in ("departed_on", "expected_return", "arrived_on"):
        if is_less_exact(given.get(name), before.get(name)):
            del given[name]
    said_ = {name: value for name, value in given.items() if name != "branch_id"}
    new = statement.changes(before, statement.columns(context.vault, before["id"], said_, before))
    placed = given.get("branch_id") is not None and given["branch_id"] != before.get("branch_id")
    item.outcome = Outcome.UPDATED if placed or not _TAKEN_ALONG.issuperset(new) else Outcome.UNCHANGED
    return placed or bool(new)


_TAKEN_ALONG: Final = frozenset({"remark", "unreadable_sealed"})
