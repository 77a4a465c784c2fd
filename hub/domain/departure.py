"""The outflow statement: registering a departure, amending it, visits home, and ending the liaison."""

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
from hub.domain import discrepancy, history, inbox, match, question, statement
from hub.domain.dates import today
from hub.domain.organization import resolve_places
from hub.domain.outcome import Changed, Outcome
from hub.domain.pair import Pair, audiences
from hub.domain.scope import in_scope, require_organization
from hub.domain.viewer import Viewer
from hub.errors import AlreadyAway, NotFound, NotInForce, Refused, StaleVersion, WrongState
from hub.feed.append import Event, append
from hub.ids import next_id
from hub.models import Aggregate, EndReason, EventKind, MemberStanding, Side, Topic
from hub.models.departure import OutflowColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterDeparture:
    """One departure of a member; the outflow organization is the one that holds the member's affiliation."""

    member_id: UUID
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendDeparture:
    """What is new about one departure. A field that is not given says nothing, None clears.

    `version`: as the caller read it; None (a ledger) amends what is there. `unchanged`: confirmed as it stands.
    """

    departure_id: UUID
    given: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    unchanged: bool = False


COLUMNS: Final = ("id", "version", *(name for name in vars(OutflowColumns) if not name.startswith("_")))
_VALUES: Final = itemgetter(*COLUMNS)
_STATED: Final = tuple(
    name
    for name in COLUMNS
    if name
    not in {
        "id",
        "version",
        "member_id",
        "organization_id",
        "recorded_at",
        "recorded_by",
        "amended_at",
        "amended_by",
        "ended_on",
        "end_reason",
        "end_note",
        "end_letter_number",
        "moved_on_to",
    }
)
_MEMBERS: Final = text(
    """
    select m.id, m.standing, f.organization_id,
           (select true from departure d where d.member_id = m.id and d.ended_on is null limit 1) as away
      from member m
      left join affiliation f on f.member_id = m.id and f.superseded_at = 'infinity' and f.ends is null
     where m.id = any(:ids) order by m.id for update of m
    """
)
_CURRENT: Final = text("select * from departure where id = any(:ids) order by id for update")
_UPDATE: Final = text(
    "update departure set "
    + ", ".join(f"{column} = :{column}" for column in _STATED)
    + ", version = version + 1, amended_at = :amended_at, amended_by = :amended_by where id = :id"
)


async def register(
    connection: AsyncConnection, *, viewer: Viewer, vault: Vault, now: datetime, commands: Sequence[RegisterDeparture]
) -> list[Outcome]:
    """Register departures; each opens a liaison that the outflow side alone sees until it is matched.

    An arrival that is waiting and is certainly this member is matched in the same transaction (domain 0.11).
    Refusals: NOT_FOUND (member, inflow organization), NOT_IN_FORCE, ALREADY_AWAY, INVALID_INPUT with the field.
    """
    require_organization(viewer)
    members = {
        row.id: row for row in await connection.execute(_MEMBERS, {"ids": sorted({c.member_id for c in commands})})
    }
    scope = await in_scope(connection, viewer, {row.organization_id for row in members.values()})
    places = await resolve_places(connection, {c.given.get("destination") for c in commands})
    known = await _known_organizations(connection, commands)
    outcomes: list[Outcome] = []
    rows: list[dict[str, Any]] = []
    away: set[UUID] = set()
    for command in commands:
        member = members.get(command.member_id)
        refusal = _refusal(member, scope, away, command, known, now)
        if refusal is not None or member is None:
            outcomes.append(refusal or NotFound("memberId"))
            continue
        away.add(command.member_id)
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        row.update(id=next_id(), version=1, member_id=command.member_id, organization_id=member.organization_id)
        row.update(recorded_at=now, recorded_by=viewer.actor, amended_at=now, amended_by=viewer.actor)
        row.update(statement.columns(vault, row["id"], command.given))
        row["named_organization_id"] = row["inflow_organization_id"] or places.get(row["destination"])
        rows.append(row)
        outcomes.append(Changed(row["id"], 1, new=True))
    await copy_rows(connection, "departure", COLUMNS, map(_VALUES, rows))
    await append(connection, [event(EventKind.DEPARTURE_REGISTERED, row, now) for row in rows], at=now)
    ids = [row["id"] for row in rows]
    await question.ask_unreadable(
        connection,
        now=now,
        side=Side.OUTFLOW,
        said={
            row["id"]: (row["organization_id"], command.given.get("unreadable") or {})
            for row, command in zip(rows, _accepted(commands, outcomes), strict=True)
        },
    )
    pairs = await match.match_certain(connection, now=now, by=viewer.actor, departures=ids, fresh=ids)
    await discrepancy.compare(connection, vault=vault, now=now, matches=[pair.match_id for pair in pairs])
    await inbox.add(connection, ids)
    await inbox.restate(connection, [pair.arrival_id for pair in pairs])
    return outcomes


def _accepted(commands: Sequence[Any], outcomes: Sequence[Outcome]) -> list[Any]:
    return [c for c, outcome in zip(commands, outcomes, strict=True) if isinstance(outcome, Changed) and outcome.new]


async def _known_organizations(connection: AsyncConnection, commands: Iterable[Any]) -> set[UUID]:
    named = {c.given.get("inflow_organization_id") for c in commands} - {None}
    if not named:
        return set()
    found = await connection.execute(text("select id from organization where id = any(:ids)"), {"ids": list(named)})
    return set(found.scalars())


def _refusal(
    member: Any, scope: set[UUID], away: set[UUID], command: RegisterDeparture, known: set[UUID], now: datetime
) -> Refused | None:
    if member is None or (member.organization_id is not None and member.organization_id not in scope):
        return NotFound("memberId")
    if member.standing != MemberStanding.IN_FORCE or member.organization_id is None:
        return NotInForce("memberId", state=member.standing)
    if member.away or member.id in away:
        return AlreadyAway("memberId")
    return _unsayable(command.given, known, now)


def _unsayable(given: Mapping[str, Any], known: set[UUID], now: datetime) -> Refused | None:
    named = given.get("inflow_organization_id")
    if named is not None and named not in known:
        return NotFound("inflowOrganizationId")
    return statement.unsayable(given, today(now))


async def amend(
    connection: AsyncConnection, *, viewer: Viewer, vault: Vault, now: datetime, commands: Sequence[AmendDeparture]
) -> list[Outcome]:
    """Amend outflow statements. What says nothing new answers unchanged and writes nothing.

    Refusals: NOT_FOUND, WRONG_STATE (ended), STALE_VERSION with the current one, INVALID_INPUT with the field.
    """
    require_organization(viewer)
    current = {
        row["id"]: dict(row)
        for row in (await connection.execute(_CURRENT, {"ids": sorted({c.departure_id for c in commands})})).mappings()
    }
    scope = await in_scope(connection, viewer, {row["organization_id"] for row in current.values()})
    places = await resolve_places(
        connection,
        {c.given.get("destination") for c in commands} | {row["destination"] for row in current.values()},
    )
    known = await _known_organizations(connection, commands)
    outcomes: list[Outcome] = []
    changed: dict[UUID, dict[str, Any]] = {}
    renamed: set[UUID] = set()
    asked: dict[UUID, tuple[UUID, Mapping[str, str]]] = {}
    filled: dict[UUID, set[str]] = {}
    for command in commands:
        before = current.get(command.departure_id)
        refusal = _unamendable(before, scope, command, known, now)
        if refusal is not None or before is None:
            outcomes.append(refusal or NotFound("liaisonId"))
            continue
        wanted = statement.columns(vault, command.departure_id, command.given, before)
        if "inflow_organization_id" in wanted or "destination" in wanted:
            named = wanted.get("inflow_organization_id", before["inflow_organization_id"])
            place = wanted.get("destination", before["destination"])
            wanted["named_organization_id"] = named or places.get(place)
        if command.unchanged:
            wanted.setdefault("confirmed_on", today(now))
        new = statement.changes(before, wanted)
        if not new:
            outcomes.append(Changed(command.departure_id, before["version"], changed=False))
            continue
        if not {"named_organization_id", "card_number"}.isdisjoint(new):
            renamed.add(before["id"])
        if "unreadable_sealed" in new:
            filled[before["id"]] = statement.fields_said(command.given)
        before.update(new, version=before["version"] + 1, amended_at=now, amended_by=viewer.actor)
        changed[before["id"]] = before
        asked[before["id"]] = (before["organization_id"], command.given.get("unreadable") or {})
        outcomes.append(Changed(before["id"], before["version"]))
    if changed:
        await history.keep(connection, "departure", changed)
        await connection.execute(
            _UPDATE,
            [{c: row[c] for c in ("id", "amended_at", "amended_by", *_STATED)} for row in changed.values()],
        )
        sides = await audiences(connection, departures=changed)
        await append(
            connection,
            [event(EventKind.STATEMENT_AMENDED, row, now, sides.get(row["id"])) for row in changed.values()],
            at=now,
        )
        await question.filled(connection, now=now, by=viewer.actor, said=filled)
        await question.ask_unreadable(connection, now=now, side=Side.OUTFLOW, said=asked)
        if renamed:
            pairs = await match.match_certain(
                connection, now=now, by=viewer.actor, departures=sorted(renamed), fresh=changed.keys()
            )
            await inbox.restate(connection, match.statements(pairs))
        await discrepancy.compare(connection, vault=vault, now=now, subjects=changed)
    return outcomes


def _unamendable(
    before: Mapping[str, Any] | None, scope: set[UUID], command: AmendDeparture, known: set[UUID], now: datetime
) -> Refused | None:
    if before is None or before["organization_id"] not in scope:
        return NotFound("liaisonId")
    if before["ended_on"] is not None:
        return WrongState(state="ENDED")
    if command.version is not None and command.version != before["version"]:
        return StaleVersion("version", version=before["version"])
    return _unsayable(command.given, known, now)


_OPEN_OF_MEMBER: Final = text("select * from departure where member_id = :member and ended_on is null for update")
_END: Final = text(
    """
    update departure set ended_on = :on, end_reason = :reason, end_note = :note, end_letter_number = :letter,
           moved_on_to = :moved_on_to, version = version + 1, amended_at = :now, amended_by = :by
     where id = :id
    """
)


async def close_for_member(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    on: date,
    reason: EndReason,
    note: str | None = None,
) -> UUID | None:
    """End the open departure of a member, if there is one, because a transfer or a decision ends the arrangement."""
    found = (await connection.execute(_OPEN_OF_MEMBER, {"member": member_id})).mappings().one_or_none()
    if found is None:
        return None
    await close(connection, by=viewer.actor, now=now, row=dict(found), on=on, reason=reason, note=note)
    return UUID(str(found["id"]))


async def follow(
    connection: AsyncConnection, *, by: str, now: datetime, member_id: UUID, organization_id: UUID
) -> None:
    """Let the open departure of a member go to the branch that holds the membership from now on."""
    row = (await connection.execute(_OPEN_OF_MEMBER, {"member": member_id})).mappings().one_or_none()
    if row is None or row["organization_id"] == organization_id:
        return
    await history.keep(connection, "departure", [row["id"]])
    await connection.execute(
        text(
            "update departure set organization_id = :organization, version = version + 1, amended_at = :now,"
            " amended_by = :by where id = :id"
        ),
        {"organization": organization_id, "now": now, "by": by, "id": row["id"]},
    )
    shared = (await audiences(connection, departures=[row["id"]])).get(row["id"])
    moved = event(EventKind.STATEMENT_AMENDED, {**row, "version": row["version"] + 1}, now, shared)
    moved.audience = [*moved.audience, organization_id]
    await append(connection, [moved], at=now)
    await inbox.refresh(connection, [row["id"]])


async def close(
    connection: AsyncConnection,
    *,
    by: str,
    now: datetime,
    row: Mapping[str, Any],
    on: date,
    reason: EndReason,
    note: str | None = None,
    letter: str | None = None,
    moved_on_to: UUID | None = None,
) -> int:
    """End one locked departure: its match, differences and questions end with it. Returns the new version."""
    await history.keep(connection, "departure", [row["id"]])
    shared = (await audiences(connection, departures=[row["id"]])).get(row["id"])
    values = {"on": on, "reason": reason.value, "note": note, "letter": letter, "moved_on_to": moved_on_to}
    await connection.execute(_END, {**values, "now": now, "by": by, "id": row["id"]})
    ended = {**row, "version": row["version"] + 1}
    await append(connection, [event(EventKind.LIAISON_ENDED, ended, now, shared)], at=now)
    if shared:
        await match.end(connection, now=now, match_id=shared.match_id)
        await discrepancy.end(connection, now=now, by=by, pair=shared)
    await question.drop(connection, now=now, by=by, statements=[row["id"]])
    await inbox.restate(connection, [row["id"], *([shared.arrival_id] if shared else [])])
    return int(ended["version"])


def event(kind: EventKind, row: Mapping[str, Any], now: datetime, shared: Pair | None = None) -> Event:
    """Return an event about one outflow statement; heard by its own side, and by the other one when it is shared."""
    return Event(
        topic=Topic.LIAISON,
        kind=kind,
        aggregate=Aggregate.OUTFLOW_STATEMENT,
        aggregate_id=row["id"],
        aggregate_version=row["version"],
        audience=[row["organization_id"], *(shared.inflow if shared else ())],
        organization=row["organization_id"],
        departure=row["id"],
        arrival=shared.arrival_id if shared else None,
        member=row["member_id"],
        occurred_at=now,
    )
