"""How a transfer is held and written: locked, judged for a viewer, changed together with its step and its events."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import Row, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import committee, national_system, visibility
from hub.domain.access import Access
from hub.domain.dates import today
from hub.domain.outcome import Changed
from hub.domain.rule import rule
from hub.domain.scope import in_scope
from hub.domain.transfer_steps import Step, Taken, offered, take, waits_for
from hub.domain.viewer import Viewer
from hub.errors import CannotIssueLetters, InvalidInput, NotAllowed, NotFound, ReasonRequired, StaleVersion, WrongSide
from hub.feed.append import Event, append
from hub.models import Aggregate, EventKind, ReasonCode, RuleCode, Side, Topic, Transfer, TransferState, TransferStep

_READ = text(
    """
    select outflow_organization_id, issuer_id, inflow_organization_id, review_organization_id from transfer
     where id = :id
    """
)
# Whoever asked from the inflow side: named by the first step.
_LOCK = text(
    """
    select t.*, (select s.organization_id from transfer_step s
                  where s.transfer_id = t.id and s.number = 1 and t.requested_side = 'INFLOW') as requester_id
      from transfer t where t.id = :id for update of t
    """
)
# The organizations that see a transfer (`visibility`): both sides, and below the accepting committee whoever asked and
# wherever the member lives by a confirmed match. Those above them hear it too.
_AUDIENCE = text(
    """
    with t as (select * from transfer where id = any(:ids)),
    sees as (
        select t.id, x.organization from t cross join lateral unnest(array[
               t.outflow_organization_id, t.issuer_id, t.inflow_organization_id, t.named_inflow_id, t.placed_in_id
               ]) as x(organization) where x.organization is not null
        union
        select t.id, c.descendant from t
          join lateral (
               select s.organization_id as organization from transfer_step s where s.transfer_id = t.id and s.number = 1
               union all
               select unnest(array[a.organization_id, a.branch_id]) from match m join arrival a on a.id = m.arrival_id
                where m.member_id = t.member_id and m.state = 'CONFIRMED') w on true
          join organization_closure c on c.ancestor = t.inflow_organization_id and c.descendant = w.organization
    )
    select id, array_agg(organization order by organization) as organizations from sees group by id
    """
)
# Held until the end: a step that changes who sees a transfer, and a match that does, come one after the other.
_OF_PEOPLE = text(
    """
    select * from transfer
     where member_id = any(array(
        select unnest(cast(:members as uuid[]))
        union select member_id from match where arrival_id = any(:arrivals) and state = 'CONFIRMED'))
     order by id for share
    """
)
_ABOVE = text(
    "select distinct ancestor from organization_closure where ancestor = any(:above) and descendant = any(:below)"
)
_STEPS = text("select * from transfer_step where transfer_id = any(:ids) order by transfer_id, number")
_LAST_STEP = text("select coalesce(max(number), 0) from transfer_step where transfer_id = :id")
_PLACES = ("outflow_organization_id", "issuer_id", "inflow_organization_id", "review_organization_id")
_COMMITTEES = ("issuer_id", "inflow_organization_id")


_YEAR_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_FIELDS = {
    "national_system_on": "nationalSystemOn",
    "letter_number": "letterNumber",
    "valid_days": "validDays",
    "dues_paid_through": "duesPaidThrough",
    "inflow_organization_id": "inflowOrganizationId",
}


class StepInput(TypedDict, total=False):
    """What a step may say besides which transfer; a step refuses what it has no use for."""

    note: str | None
    national_system_on: date | None
    letter_number: str | None
    valid_days: int | None
    dues_paid_through: str | None
    inflow_organization_id: UUID | None


@dataclass(frozen=True, slots=True)
class Held:
    """A locked transfer as one viewer may act on it. `places`: closed organizations are replaced by their successors."""

    row: Row[Any]
    sides: frozenset[Side]
    mine: set[UUID]
    places: Mapping[str, UUID | None]

    @property
    def id(self) -> UUID:
        """The transfer's id."""
        found: UUID = self.row.id
        return found

    @property
    def state(self) -> TransferState:
        """The state before the step."""
        return TransferState(self.row.state)

    def place(self, column: str) -> UUID:
        """Return an organization of the transfer that is always there."""
        found = self.places[column]
        assert found is not None
        return found

    def take(self, step: Step, version: int) -> Taken:
        """Return the line of the table for this viewer and state.

        Raises, in this order, WrongSide, then NotAllowed or CannotIssueLetters where the viewer stands below the
        organization that acts, WrongState, StaleVersion.
        """
        lines = {side: line for side in Side if side in self.sides and (line := offered(step, side))}
        if not lines:
            raise WrongSide
        # An organization above both sides acts for the side whose step it is now.
        side = next((side for side, line in lines.items() if self.state in line.before), next(iter(lines)))
        if (column := lines[side].by) is not None:
            self._require(column)
        line = take(step, self.state, side)
        if version != self.row.version:
            raise StaleVersion(version=self.row.version)
        return line

    def _require(self, column: str) -> None:
        actor = self.places[column]
        if actor is None or actor in self.mine:
            return
        raise CannotIssueLetters if column in _COMMITTEES else NotAllowed


@dataclass(frozen=True, slots=True)
class Change:
    """What a step writes besides the state: columns of the transfer, and why."""

    values: Mapping[str, Any] = field(default_factory=dict)
    reason: ReasonCode | None = None
    note: str | None = None


async def lock(connection: AsyncConnection, viewer: Viewer, transfer_id: UUID, sides: frozenset[Side]) -> Held | None:
    """Lock a transfer and the organizations of both sides, these first. None when there is no such transfer."""
    row = (await connection.execute(_READ, {"id": transfer_id})).one_or_none()
    if row is None:
        return None
    await committee.hold(connection, [place for column in _PLACES if (place := getattr(row, column))])
    row = (await connection.execute(_LOCK, {"id": transfer_id})).one()
    places: dict[str, UUID | None] = {column: getattr(row, column) for column in _PLACES}
    took_over = await committee.successors(connection, [place for place in places.values() if place])
    followed = {column: took_over.get(place, place) if place else None for column, place in places.items()}
    # Two sides that became one stay as the request says: what was begun can still be ended.
    if followed["inflow_organization_id"] not in (followed["issuer_id"], followed["outflow_organization_id"]):
        places = followed
    places["requester_id"] = row.requester_id or places["inflow_organization_id"]
    mine = await in_scope(connection, viewer, [*places.values(), row.named_inflow_id, row.placed_in_id])
    return Held(row, sides, mine, places)


async def hold(connection: AsyncConnection, viewer: Viewer, transfer_id: UUID) -> Held:
    """Lock a transfer for a step. Raises NotFound for strangers, NotAllowed for members and partners."""
    held = await lock(connection, viewer, transfer_id, frozenset())
    seen = await visibility.row(connection, viewer, Transfer, transfer_id)
    if held is None or seen is None:
        raise NotFound
    if seen.access in (Access.SELF, Access.PARTNER):
        raise NotAllowed
    sides = {Side.OUTFLOW if seen.access in (Access.HOLDER, Access.OWN) else Side.INFLOW}
    if held.mine & {held.places["inflow_organization_id"], held.row.named_inflow_id, held.row.placed_in_id}:
        sides.add(Side.INFLOW)
    return replace(held, sides=frozenset(sides))


async def write(
    connection: AsyncConnection, held: Held, *, viewer: Viewer, now: datetime, lines: Sequence[Taken], change: Change
) -> Changed:
    """Write a step: one new version, and for each line of the table its entry in the history and its event.

    Who saw the transfer before and does not after, and the other way round, hears TRANSFER_UNSHARED or TRANSFER_SHARED.
    """
    before = await audience(connection, [held.id])
    version = held.row.version + 1
    state = next((line.after for line in reversed(lines) if line.after), held.state)
    values = {
        "due_on": await due_on(connection, state, {**held.row._asdict(), **held.places, **change.values}, today(now)),
        **{column: held.places[column] for column in _PLACES},
        **change.values,
        "state": state.value,
        "version": version,
        "updated_at": now,
    }
    await connection.execute(update(Transfer).where(Transfer.id == held.id).values(**values))
    first = (await connection.execute(_LAST_STEP, {"id": held.id})).scalar_one() + 1
    await connection.execute(
        insert(TransferStep),
        [
            {
                "transfer_id": held.id,
                "number": number,
                "kind": line.kind.value,
                # The release is the holder's, though the hub takes it when the other side accepts.
                "organization_id": held.places["issuer_id"] if line.step is Step.RELEASE else viewer.organization,
                "at": now,
                "by": viewer.actor,
                "reason": change.reason.value if change.reason else None,
                "note": change.note,
            }
            for number, line in enumerate(lines, first)
        ],
    )
    after = await audience(connection, [held.id])
    template = event(EventKind.TRANSFER_SHARED, held.row, version, after[held.id], now, viewer.organization)
    heard = [replace(template, kind=line.kind) for line in lines]
    crossed = await _crossing(connection, template, before[held.id], after[held.id])
    await append(connection, [*crossed, *heard], at=now)
    if change.values.keys() & {"national_system_out_on", "national_system_in_on"}:
        await national_system.compare(connection, now=now, transfer_id=held.id, organizations=after[held.id])
    return Changed(held.id, version)


async def _crossing(
    connection: AsyncConnection, template: Event, before: Iterable[UUID], after: Iterable[UUID]
) -> list[Event]:
    """Return the events for those who cease and begin to see a transfer; who sees it anyway from above hears none."""
    events = []
    for kind, saw, see in (
        (EventKind.TRANSFER_UNSHARED, set(after), set(before)),
        (EventKind.TRANSFER_SHARED, set(before), set(after)),
    ):
        if crossed := see - saw:
            found = await connection.execute(_ABOVE, {"above": list(crossed), "below": list(saw)})
            if who := crossed - set(found.scalars()):
                events.append(replace(template, kind=kind, audience=sorted(who)))
    return events


@dataclass(frozen=True, slots=True)
class Sight:
    """Some people's transfers, and who saw them before a match or a placement changed it."""

    rows: list[Row[Any]]
    before: Mapping[UUID, list[UUID]]


async def sight(connection: AsyncConnection, *, members: Iterable[UUID] = (), arrivals: Iterable[UUID] = ()) -> Sight:
    """Return who sees the transfers of some members, and of those whom some arrivals are matched with. They stay locked:
    call it after the statements and matches are locked, and before they are written."""
    wanted = {"members": list(members), "arrivals": list(arrivals)}
    rows = list(await connection.execute(_OF_PEOPLE, wanted))
    return Sight(rows, await audience(connection, [row.id for row in rows]) if rows else {})


async def tell(connection: AsyncConnection, seen: Sight, *, now: datetime) -> None:
    """Tell those who by now see a transfer and did not, or did and see it no longer: where the member lives counts."""
    if not seen.rows:
        return
    after = await audience(connection, [row.id for row in seen.rows])
    events = []
    for row in seen.rows:
        template = event(EventKind.TRANSFER_SHARED, row, row.version, (), now, row.issuer_id)
        events += await _crossing(connection, template, seen.before[row.id], after[row.id])
    await append(connection, events, at=now)


async def audience(connection: AsyncConnection, transfer_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Return the organizations that see each transfer by themselves; those above them do by the tree."""
    rows = await connection.execute(_AUDIENCE, {"ids": list(transfer_ids)})
    return {row.id: row.organizations for row in rows}


def event(kind: EventKind, row: Any, version: int, organizations: Iterable[UUID], now: datetime, by: UUID) -> Event:
    """Return an event of a transfer."""
    return Event(
        topic=Topic.TRANSFER,
        kind=kind,
        aggregate=Aggregate.TRANSFER,
        aggregate_id=row.id,
        aggregate_version=version,
        audience=organizations,
        occurred_at=now,
        organization=by,
        transfer=row.id,
        member=row.member_id,
    )


async def due_on(connection: AsyncConnection, state: TransferState, row: Mapping[str, Any], day: date) -> date | None:
    """Return by when the next step is due: the receipt by its own day, everything else by the rule TRANSFER_STEP."""
    if state is TransferState.RELEASED:
        receipt: date | None = row["receipt_due_on"]
        return receipt
    side = waits_for(state)
    if side is None:
        return None
    actor = row["inflow_organization_id"] if side is Side.INFLOW else row["outflow_organization_id"]
    return (await rule(connection, RuleCode.TRANSFER_STEP, day, actor)).due(day)


async def steps(connection: AsyncConnection, transfer_ids: Iterable[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Return the history of each transfer, oldest first. For transfers already found visible; `note` is of class NAME."""
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in await connection.execute(_STEPS, {"ids": list(transfer_ids)}):
        found[row.transfer_id].append(row)
    return found


def reasoned(reason: ReasonCode | None, note: str | None) -> str | None:
    """Return the text of a reason. Raises ReasonRequired without a code, or with OTHER and no text (条例 Art 25)."""
    note = (note or "").strip() or None
    if reason is None or (reason is ReasonCode.OTHER and note is None):
        raise ReasonRequired("reason" if reason is None else "note")
    return note


def only(given: StepInput, *allowed: str) -> None:
    """Refuse what a step has no use for, rather than lose it. Raises InvalidInput."""
    for name, public in _FIELDS.items():
        if name not in allowed and given.get(name) is not None:
            raise InvalidInput(public)


def said(given: StepInput, side: Side, now: datetime) -> dict[str, Any]:
    """Return the columns that a step's input fills for the side that takes it. Raises InvalidInput."""
    dues = given.get("dues_paid_through")
    if dues is not None and not _YEAR_MONTH.fullmatch(dues):
        raise InvalidInput("duesPaidThrough")
    return {
        **national_system.said(side, given.get("national_system_on"), today(now)),
        **({"dues_paid_through": dues} if dues is not None else {}),
    }
