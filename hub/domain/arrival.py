"""The inflow statement: registering an arrival, amending it, placing it in a branch, sending it back, leaving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.database.copy import copy_rows
from hub.domain import discrepancy, history, identity, inbox, match, question, statement, transfer_record
from hub.domain.dates import today
from hub.domain.locate import Located, locate, lock
from hub.domain.outcome import Changed, Outcome
from hub.domain.pair import Pair, audiences
from hub.domain.scope import in_scope, require_organization
from hub.domain.viewer import Viewer
from hub.errors import (
    AlreadyRegistered,
    BranchRequired,
    InvalidInput,
    NotFound,
    OrganizationClosed,
    Refused,
    StaleVersion,
    WrongState,
)
from hub.feed.append import Event, append
from hub.ids import next_id
from hub.models import BRANCH_KINDS, Aggregate, EventKind, InflowState, Side, Topic
from hub.models.arrival import InflowColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterArrival:
    """Somebody came. With a branch the arrival is placed at once; matched or not is another thing (domain 0.10)."""

    organization_id: UUID
    name: str
    branch_id: UUID | None = None
    citizen_id: str | None = None
    birth_date: date | None = None
    category: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendArrival:
    """What is new about one arrival. `version` None (a ledger) amends what is there; `branch_id` places it anew."""

    arrival_id: UUID
    given: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    unchanged: bool = False
    verifying: bool | None = None
    branch_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMember:
    """Placement in one branch (纳入一个党支部)."""

    liaison_id: UUID
    version: int
    branch_id: UUID
    placed_on: date


COLUMNS: Final = ("id", "version", *(name for name in vars(InflowColumns) if not name.startswith("_")))
_VALUES: Final = itemgetter(*COLUMNS)
_KEPT: Final = frozenset({"id", "version", "organization_id", "recorded_at", "recorded_by"})
_WRITTEN: Final = tuple(name for name in COLUMNS if name not in _KEPT)
ENDED: Final = (InflowState.RETURNED, InflowState.LEFT)
_ORGANIZATIONS: Final = text("select id, kind, closed_on from organization where id = any(:ids)")
_BELOW: Final = text(
    "select ancestor, descendant from organization_closure where ancestor = any(:above) and descendant = any(:below)"
)
# Only within the caller's own subtree: elsewhere a second arrival of one person is nobody's business here.
_KNOWN: Final = text(
    """
    select c.ancestor, i.digest from identity i join arrival a on a.id = i.subject_id and a.state not in ('RETURNED', 'LEFT')
      join organization_closure c on c.descendant = a.organization_id and c.ancestor = any(:registrars)
     where not i.of_member and i.digest = any(:digests)
    """
)
_UPDATE: Final = text(
    "update arrival set "
    + ", ".join(f"{column} = :{column}" for column in _WRITTEN)
    + ", version = version + 1 where id = :id"
)


async def register(
    connection: AsyncConnection, *, viewer: Viewer, vault: Vault, now: datetime, commands: Sequence[RegisterArrival]
) -> list[Outcome]:
    """Register arrivals. Certain matches that the outflow side named this registrar for are made in the same
    transaction; everything else answers the same whether or not such a member exists (domain 0.11).

    Refusals: NOT_FOUND (organization, branch), ORGANIZATION_CLOSED, BRANCH_REQUIRED, INVALID_INPUT, ALREADY_REGISTERED
    (within the own subtree only).
    """
    require_organization(viewer)
    tree = await _Tree.load(
        connection, viewer, {c.organization_id for c in commands}, {c.branch_id for c in commands} - {None}
    )
    numbers = [identity.canonical(c.citizen_id) if c.citizen_id else None for c in commands]
    digests = [vault.digest("citizen id", number) if number else None for number in numbers]
    known = await _known(connection, commands, digests)
    outcomes: list[Outcome] = []
    rows: list[dict[str, Any]] = []
    identities: list[tuple[UUID, bytes, bool]] = []
    said: dict[UUID, tuple[UUID, Mapping[str, str]]] = {}
    for command, number, digest in zip(commands, numbers, digests, strict=True):
        refusal = _refusal(command, number, tree, now)
        if refusal is None and digest is not None and (command.organization_id, digest) in known:
            refusal = AlreadyRegistered("citizenId")
        if refusal is not None:
            outcomes.append(refusal)
            continue
        row = _new_row(vault, viewer, now, command, number)
        if digest is not None:
            known.add((command.organization_id, digest))
            identities.append((row["id"], digest, False))
        rows.append(row)
        said[row["id"]] = (command.branch_id or command.organization_id, command.given.get("unreadable") or {})
        outcomes.append(Changed(row["id"], 1, new=True))
    await copy_rows(connection, "arrival", COLUMNS, map(_VALUES, rows))
    await copy_rows(connection, "identity", ("subject_id", "digest", "of_member"), identities)
    await append(connection, [event(EventKind.ARRIVAL_REGISTERED, row, now) for row in rows], at=now)
    await question.ask_unreadable(connection, now=now, side=Side.INFLOW, said=said)
    pairs = await match.match_certain(connection, now=now, by=viewer.actor, arrivals=said, fresh=said)
    await discrepancy.compare(connection, vault=vault, now=now, matches=[pair.match_id for pair in pairs])
    await inbox.add(connection, said)
    await inbox.restate(connection, [pair.departure_id for pair in pairs])
    return outcomes


@dataclass(frozen=True, slots=True)
class _Tree:
    """The organizations that some commands name, and which of them stand below which."""

    scope: set[UUID]
    kinds: Mapping[UUID, str]
    closed: set[UUID]
    below: set[tuple[UUID, UUID]]

    @classmethod
    async def load(
        cls, connection: AsyncConnection, viewer: Viewer, registrars: set[UUID], branches: set[Any]
    ) -> _Tree:
        scope = await in_scope(connection, viewer, registrars)
        rows = (await connection.execute(_ORGANIZATIONS, {"ids": list(registrars | branches)})).all()
        pairs = await connection.execute(_BELOW, {"above": list(registrars), "below": list(branches)})
        return cls(
            scope,
            {row.id: row.kind for row in rows},
            {row.id for row in rows if row.closed_on is not None},
            {(row.ancestor, row.descendant) for row in pairs},
        )

    def refuse_branch(self, registrar: UUID, branch: UUID) -> Refused | None:
        """Refuse a branch that is unknown here, closed, or no branch."""
        if branch not in self.kinds or (registrar, branch) not in self.below:
            return NotFound("branchId")
        if branch in self.closed:
            return OrganizationClosed("branchId")
        if self.kinds[branch] not in BRANCH_KINDS:
            return BranchRequired("branchId")
        return None


def _refusal(command: RegisterArrival, number: str | None, tree: _Tree, now: datetime) -> Refused | None:
    if command.organization_id not in tree.scope or command.organization_id not in tree.kinds:
        return NotFound("organizationId")
    if command.organization_id in tree.closed:
        return OrganizationClosed("organizationId")
    if command.branch_id is not None:
        refusal = tree.refuse_branch(command.organization_id, command.branch_id)
        if refusal is not None:
            return refusal
    if not statement.name_key(command.name):
        return InvalidInput("name")
    if command.citizen_id and number is None:
        return InvalidInput("citizenId")
    return statement.unsayable({"name": command.name, **command.given}, today(now))


async def _known(
    connection: AsyncConnection, commands: Sequence[RegisterArrival], digests: Sequence[bytes | None]
) -> set[tuple[UUID, bytes]]:
    wanted = [digest for digest in digests if digest]
    if not wanted:
        return set()
    registrars = list({c.organization_id for c in commands})
    found = await connection.execute(_KNOWN, {"registrars": registrars, "digests": wanted})
    return {(row.ancestor, row.digest) for row in found}


def _new_row(
    vault: Vault, viewer: Viewer, now: datetime, command: RegisterArrival, number: str | None
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row.update(id=next_id(), version=1, organization_id=command.organization_id, branch_id=command.branch_id)
    row.update(
        state=(InflowState.PLACED if command.branch_id else InflowState.ARRIVED).value,
        name=command.name.strip(),
        name_key=statement.name_key(command.name),
        birth_date=identity.birth_date(number) if number else command.birth_date,
        category=command.category,
    )
    row.update(statement.citizen_id_columns(vault, row["id"], number))
    row.update(statement.columns(vault, row["id"], command.given))
    row.update(recorded_at=now, recorded_by=viewer.actor, amended_at=now, amended_by=viewer.actor)
    return row


async def amend(
    connection: AsyncConnection, *, viewer: Viewer, vault: Vault, now: datetime, commands: Sequence[AmendArrival]
) -> list[Outcome]:
    """Amend inflow statements. What says nothing new answers unchanged and writes nothing.

    Refusals: NOT_FOUND, WRONG_STATE (left or sent back), STALE_VERSION with the current one, INVALID_INPUT, BRANCH_REQUIRED.
    """
    require_organization(viewer)
    locked = await lock(connection, Side.INFLOW, {c.arrival_id for c in commands})
    current = {identifier: dict(row) for identifier, row in locked.items()}
    scope = await in_scope(
        connection, viewer, {row[o] for row in current.values() for o in ("organization_id", "branch_id")}
    )
    tree = await _Tree.load(
        connection,
        viewer,
        {row["organization_id"] for row in current.values()},
        {c.branch_id for c in commands} - {None},
    )
    outcomes: list[Outcome] = []
    changed: dict[UUID, dict[str, Any]] = {}
    placed: list[UUID] = []
    said: dict[UUID, tuple[UUID, Mapping[str, str]]] = {}
    filled: dict[UUID, set[str]] = {}
    for command in commands:
        before = current.get(command.arrival_id)
        refusal = _unamendable(before, scope, tree, command, now)
        if refusal is not None or before is None:
            outcomes.append(refusal or NotFound("liaisonId"))
            continue
        wanted = statement.columns(vault, command.arrival_id, command.given, before)
        if command.unchanged:
            wanted.setdefault("confirmed_on", today(now))
        if command.verifying is not None:
            wanted["state"] = (InflowState.VERIFYING if command.verifying else InflowState.ARRIVED).value
        if command.branch_id is not None:
            wanted.update(branch_id=command.branch_id, state=InflowState.PLACED.value)
        new = statement.changes(before, wanted)
        if not new:
            outcomes.append(Changed(command.arrival_id, before["version"], changed=False))
            continue
        if "branch_id" in new:
            placed.append(before["id"])
        if "unreadable_sealed" in new:
            filled[before["id"]] = statement.fields_said(command.given)
        before.update(new, version=before["version"] + 1, amended_at=now, amended_by=viewer.actor)
        changed[before["id"]] = before
        said[before["id"]] = (
            before["branch_id"] or before["organization_id"],
            command.given.get("unreadable") or {},
        )
        outcomes.append(Changed(before["id"], before["version"]))
    if changed:
        await question.filled(connection, now=now, by=viewer.actor, said=filled)
        await _write(connection, vault, now, viewer, changed, placed, said)
    return outcomes


def _unamendable(
    before: Mapping[str, Any] | None, scope: set[UUID], tree: _Tree, command: AmendArrival, now: datetime
) -> Refused | None:
    if before is None or scope.isdisjoint({before["organization_id"], before["branch_id"]}):
        return NotFound("liaisonId")
    if before["state"] in ENDED:
        return WrongState(state=before["state"])
    if command.version is not None and command.version != before["version"]:
        return StaleVersion("version", version=before["version"])
    if command.branch_id is not None:
        refusal = tree.refuse_branch(before["organization_id"], command.branch_id)
        if refusal is not None:
            return refusal
    if command.verifying is not None and before["branch_id"] is not None:
        return WrongState("verifying", version=before["version"], state=before["state"])
    return statement.unsayable(command.given, today(now))


async def _write(
    connection: AsyncConnection,
    vault: Vault,
    now: datetime,
    viewer: Viewer,
    changed: Mapping[UUID, Mapping[str, Any]],
    placed: Iterable[UUID],
    said: Mapping[UUID, tuple[UUID, Mapping[str, str]]],
) -> None:
    await history.keep(connection, "arrival", changed)
    sides = await audiences(connection, arrivals=changed)
    moved = set(placed)
    transfers = await transfer_record.sight(connection, arrivals=moved) if moved else None
    await connection.execute(_UPDATE, [{c: row[c] for c in ("id", *_WRITTEN)} for row in changed.values()])
    await append(
        connection,
        [
            event(
                EventKind.MEMBER_PLACED if row["id"] in moved else EventKind.STATEMENT_AMENDED,
                row,
                now,
                sides.get(row["id"]),
            )
            for row in changed.values()
        ],
        at=now,
    )
    if transfers is not None:
        await transfer_record.tell(connection, transfers, now=now)
    await question.ask_unreadable(connection, now=now, side=Side.INFLOW, said=said)
    pairs = await match.match_certain(connection, now=now, by=viewer.actor, arrivals=changed, fresh=changed)
    await discrepancy.compare(connection, vault=vault, now=now, subjects=changed)
    await inbox.refresh(connection, moved)
    await inbox.restate(connection, [*changed, *match.statements(pairs)])


def event(kind: EventKind, row: Mapping[str, Any], now: datetime, shared: Pair | None = None) -> Event:
    """Return an event about one inflow statement; heard by its own side, and by the other one when it is shared."""
    own_side = [o for o in (row["organization_id"], row["branch_id"]) if o is not None]
    return Event(
        topic=Topic.LIAISON,
        kind=kind,
        aggregate=Aggregate.INFLOW_STATEMENT,
        aggregate_id=row["id"],
        aggregate_version=row["version"],
        audience=[*own_side, *(shared.outflow if shared else ())],
        organization=row["organization_id"],
        departure=shared.departure_id if shared else None,
        arrival=row["id"],
        member=shared.member_id if shared else None,
        occurred_at=now,
    )


async def place(
    connection: AsyncConnection, *, viewer: Viewer, vault: Vault, now: datetime, commands: Sequence[PlaceMember]
) -> list[Outcome]:
    """Place arrivals in branches, matched or not.

    Refusals: NOT_FOUND, WRONG_SIDE, WRONG_STATE, STALE_VERSION, BRANCH_REQUIRED, INVALID_INPUT (placedOn in the future).
    """
    found = await locate(connection, viewer, [c.liaison_id for c in commands])
    return [await _place(connection, viewer, vault, now, c, found[c.liaison_id]) for c in commands]


async def _place(
    connection: AsyncConnection, viewer: Viewer, vault: Vault, now: datetime, command: PlaceMember, located: Located
) -> Outcome:
    try:
        arrival_id = located.statement(Side.INFLOW)
    except Refused as refusal:
        return refusal
    if command.placed_on > today(now):
        return InvalidInput("placedOn")
    amendment = AmendArrival(
        arrival_id=arrival_id,
        version=command.version,
        branch_id=command.branch_id,
        given={"placed_on": command.placed_on},
    )
    return (await amend(connection, viewer=viewer, vault=vault, now=now, commands=[amendment]))[0]
