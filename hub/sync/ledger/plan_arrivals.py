"""Planning an inflow ledger. Nothing here tells whether a member exists elsewhere (domain 0.11): a row is matched only
where the outflow side named this registrar, and a known number with another name is unmatched like a stranger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from hub.domain.arrival import AmendArrival, RegisterArrival
from hub.sync.ledger.organizations import AMBIGUOUS
from hub.sync.ledger.plan_departures import is_amendment
from hub.sync.ledger.planned import Context, Outcome, PlannedRow, said
from hub.sync.ledger.rows import InflowRow, Problem

_BY_DIGEST: Final = text(
    """
    select i.digest, c.ancestor as registrar, a.* from identity i join arrival a on a.id = i.subject_id
      join organization_closure c on c.descendant = a.organization_id and c.ancestor = any(:registrars)
     where not i.of_member and i.digest = any(:digests) and a.state not in ('RETURNED', 'LEFT')
     order by a.recorded_at desc, a.id
    """
)
_BY_NAME: Final = text(
    """
    select c.ancestor as registrar, a.* from arrival a
      join organization_closure c on c.descendant = a.organization_id and c.ancestor = any(:registrars)
     where a.name_key = any(:names) and a.state not in ('RETURNED', 'LEFT') order by a.recorded_at, a.id
    """
)
_LIVE: Final = text(
    "select arrival_id from match where state = 'CONFIRMED' and ended_at is null and arrival_id = any(:arrivals)"
)
# Whom the outflow side names, and where: what would be matched at once when it is registered (hub.domain.match).
_NAMED: Final = text(
    """
    select i.digest, m.name_key, d.named_organization_id as named
      from identity i join member m on m.id = i.subject_id
      join departure d on d.member_id = m.id and d.ended_on is null
     where i.of_member and i.digest = any(:digests) and d.named_organization_id is not null
       and not exists (select from match l where l.departure_id = d.id and l.state = 'CONFIRMED')
    """
)


class Arrivals:
    """The registrar's own arrivals that the rows may mean, and what of the rest would be matched at once."""

    def __init__(self) -> None:
        self.by_digest: dict[tuple[UUID, bytes], Any] = {}
        self.by_name: dict[tuple[UUID, str], list[Any]] = {}
        self.live: set[UUID] = set()
        self.named: dict[tuple[bytes, str], UUID] = {}

    @classmethod
    async def load(cls, context: Context, rows: Sequence[tuple[InflowRow[UUID], UUID]]) -> Arrivals:
        """Read them in at most five statements."""
        found = cls()
        registrars = list({registrar for _, registrar in rows})
        digests = [context.digest(row.citizen_id) for row, _ in rows if row.citizen_id]
        if digests:
            parameters = {"registrars": registrars, "digests": digests}
            for arrival in (await context.connection.execute(_BY_DIGEST, parameters)).mappings():
                found.by_digest[arrival["registrar"], arrival["digest"]] = arrival
            for row in await context.connection.execute(_NAMED, {"digests": digests}):
                found.named[row.digest, row.name_key] = row.named
        names = {row.name_key for row, _ in rows if not row.citizen_id}
        if names:
            parameters = {"registrars": registrars, "names": list(names)}
            for arrival in (await context.connection.execute(_BY_NAME, parameters)).mappings():
                found.by_name.setdefault((arrival["registrar"], arrival["name_key"]), []).append(arrival)
        known = [arrival["id"] for arrival in found.by_digest.values()]
        known += [arrival["id"] for arrivals in found.by_name.values() for arrival in arrivals]
        if known:
            found.live = set((await context.connection.execute(_LIVE, {"arrivals": known})).scalars())
        return found


async def plan(context: Context, rows: Sequence[tuple[int, InflowRow[UUID], UUID | None]]) -> list[PlannedRow]:
    """Plan the rows of an inflow ledger: (table, row, the branch whose own list it is)."""
    registrars = [_registrar(context, row) for _, row, _ in rows]
    arrivals = await Arrivals.load(
        context,
        [(row, r) for (_, row, _), r in zip(rows, registrars, strict=True) if r is not None and row.error is None],
    )
    seen: set[Any] = set()
    meant: set[UUID] = set()
    taken = {arrival["id"] for arrival in arrivals.by_digest.values()}  # the file says their number
    planned: list[PlannedRow] = []
    for (table, row, list_of), registrar in zip(rows, registrars, strict=True):
        item = PlannedRow(row.sheet, row.row, table, Outcome.NEW, row.error, row.warnings, list_of=list_of)
        planned.append(item)
        if row.error is not None:
            item.outcome = Outcome.REFUSED
            continue
        if registrar is None or not _may_place(context, registrar, row.branch):
            item.refuse("organization", "ORGANIZATION_UNKNOWN")
            continue
        key = row.citizen_id or (row.branch or registrar, row.name_key, row.birth_date)
        if key in seen:
            item.refuse("citizenId", "DUPLICATE_IN_FILE")
            continue
        before = _before(context, row, registrar, arrivals, taken)
        if before is not None and before["id"] in meant:
            item.refuse("citizenId", "DUPLICATE_IN_FILE")
            continue
        seen.add(key)
        if before is not None:
            meant.add(before["id"])
            taken.add(before["id"])
        _judge(context, item, row, registrar, arrivals, before)
    return planned


def _registrar(context: Context, row: InflowRow[UUID]) -> UUID | None:
    """Return who registers: named in the ledger or the command, else the committee above the branch."""
    if row.organization is not None or row.branch is None:
        return row.organization
    return context.names.committee_above(row.branch)


def _may_place(context: Context, registrar: UUID, branch: UUID | None) -> bool:
    return context.owns(registrar) and (branch is None or context.names.is_below(branch, registrar))


def _judge(
    context: Context,
    item: PlannedRow,
    row: InflowRow[UUID],
    registrar: UUID,
    arrivals: Arrivals,
    before: dict[str, Any] | None,
) -> None:
    item.asked_organization, item.suggestions = row.branch or registrar, row.suggestions
    home = context.names.find(row.home_organization_text)
    given = said(
        arrived_on=row.arrived_on,
        home_organization_text=row.home_organization_text,
        home_organization_id=None if home is AMBIGUOUS else home,
        work_unit=row.work_unit,
        address=row.address,
        card_number=row.card_number,
        remark=row.remark,
    )
    if row.phone or row.other_phone:
        given |= {"phone": row.phone, "other_phone": row.other_phone, "other_phone_whose": row.other_phone_whose}
    if row.unreadable:
        given["unreadable"] = dict(row.unreadable)
    if before is None:
        if row.citizen_id:
            digest = context.digest(row.citizen_id)
            named = arrivals.named.get((digest, row.name_key))
            item.matched = named is not None and (
                context.names.is_below(named, registrar) or context.names.is_below(registrar, named)
            )
        item.command = RegisterArrival(
            organization_id=registrar,
            name=row.name,
            branch_id=row.branch,
            citizen_id=row.citizen_id,
            birth_date=date.fromisoformat(row.birth_date) if row.birth_date else None,
            category=row.category,
            given=given,
        )
        return
    item.record, item.matched = before["id"], before["id"] in arrivals.live
    if before["name_key"] != row.name_key:
        # The number is corrected by hand, with a reason; a list does not rename anybody.
        item.warnings = (*item.warnings, Problem("name", "NAME_DIFFERS"))
    placed = {"branch_id": row.branch} if row.branch is not None else {}
    if is_amendment(context, item, given | placed, before):
        given = {
            k: v for k, v in given.items() if k != "arrived_on" or not str(before["arrived_on"] or "").startswith(v)
        }
        branch = row.branch if row.branch != before["branch_id"] else None
        item.command = AmendArrival(arrival_id=before["id"], given=given, branch_id=branch)


def _before(
    context: Context, row: InflowRow[UUID], registrar: UUID, arrivals: Arrivals, taken: set[UUID]
) -> dict[str, Any] | None:
    """Return the arrival that a row means: by its number, else by its name where nobody else of the file is meant.

    Without a number another branch or another birth date is another person; a shared phone goes first.
    """
    if row.citizen_id:
        found = arrivals.by_digest.get((registrar, context.digest(row.citizen_id)))
        return dict(found) if found is not None else None
    digest = context.vault.digest("phone", row.phone) if row.phone else None
    fitting = [
        arrival
        for arrival in arrivals.by_name.get((registrar, row.name_key), [])
        if arrival["id"] not in taken
        and (row.branch is None or arrival["branch_id"] in (None, row.branch))
        and (row.birth_date is None or str(arrival["birth_date"] or row.birth_date) == row.birth_date)
    ]
    fitting.sort(
        key=lambda arrival: (
            digest not in (arrival["phone_digests"] or ()),
            row.branch != arrival["branch_id"],
            (row.birth_date is None) != (arrival["birth_date"] is None),
            arrival["citizen_id_sealed"] is not None,
        )
    )
    return dict(fitting[0]) if fitting else None
