"""Members: registering them with their formal affiliation, and amending what a ledger may amend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.database.copy import copy_rows
from hub.domain import affiliation, identity, statement
from hub.domain.dates import today
from hub.domain.outcome import Changed, Outcome
from hub.domain.scope import in_scope, require_organization
from hub.domain.viewer import Viewer
from hub.errors import AlreadyRegistered, InvalidInput, NotFound, OrganizationClosed
from hub.feed.append import Event, append
from hub.ids import next_id
from hub.models import Aggregate, EventKind, MemberCategory, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterMember:
    """A member of one organization. `given` holds the fields that are said (snake_case): name, category, joined_on,
    full_member_on, phone, gender, birth_date, ethnicity, education, occupation, dues_paid_through.

    `amend`: the line of a ledger about a known member amends what may be amended; else a known one is refused.
    `category` and `standing` of a known member never change here: they change by recorded decisions.
    """

    organization_id: UUID
    citizen_id: str | None
    given: Mapping[str, Any] = field(default_factory=dict)
    member_id: UUID | None = None
    amend: bool = False


_INSERTED: Final = (
    "id",
    "name",
    "name_key",
    "gender",
    "birth_date",
    "ethnicity",
    "category",
    "citizen_id_sealed",
    "citizen_id_masked",
    "phone_sealed",
    "phone_masked",
    "phone_digests",
    "joined_on",
    "full_member_on",
    "dues_paid_through",
    "education",
    "occupation",
    "recorded_at",
    "recorded_by",
)
_AMENDED: Final = (
    "gender",
    "ethnicity",
    "phone_sealed",
    "phone_masked",
    "phone_digests",
    "joined_on",
    "full_member_on",
    "dues_paid_through",
    "education",
    "occupation",
)
# ALREADY_REGISTERED only within the caller's own subtree: elsewhere a second record is made (domain 0.11).
_KNOWN: Final = text(
    """
    select i.digest, i.subject_id as id from identity i
      join lateral (select f.organization_id from affiliation f
                     where f.member_id = i.subject_id and f.superseded_at = 'infinity'
                     order by f.starts desc limit 1) f on true
     where i.of_member and i.digest = any(:digests)
       and (:everywhere or exists (select from organization_closure c
                                    where c.ancestor = :viewer and c.descendant = f.organization_id))
    """
)
_CURRENT: Final = text("select * from member where id = any(:ids) order by id for update")
_UPDATE: Final = text(
    "update member set "
    + ", ".join(f"{column} = :{column}" for column in _AMENDED)
    + ", version = version + 1 where id = :id"
)
_OPEN: Final = text("select id from organization where id = any(:ids) and closed_on is null")


async def register(
    connection: AsyncConnection, *, viewer: Viewer, vault: Vault, now: datetime, commands: Sequence[RegisterMember]
) -> list[Outcome]:
    """Register members with their formal affiliation; amend known ones where the command says so.

    The affiliation starts on the first possible day of `joined_on` (unknown: long ago), never on the day of entry.
    Refusals: NOT_FOUND (organization), ORGANIZATION_CLOSED, INVALID_INPUT (citizenId, name, dates), ALREADY_REGISTERED.
    """
    require_organization(viewer)
    organizations = await in_scope(connection, viewer, [c.organization_id for c in commands])
    still_open = set((await connection.execute(_OPEN, {"ids": list(organizations)})).scalars())
    numbers = [identity.canonical(c.citizen_id) if c.citizen_id else None for c in commands]
    digests = [vault.digest("citizen id", number) if number else None for number in numbers]
    known = await _known(connection, viewer, [digest for digest in digests if digest])
    outcomes: list[Outcome] = []
    rows: list[dict[str, Any]] = []
    chains: list[tuple[UUID, UUID, str | None]] = []
    identities: list[tuple[UUID, bytes, bool]] = []
    amended: dict[int, UUID] = {}
    for command, number, digest in zip(commands, numbers, digests, strict=True):
        refusal = _refusal(command, number, organizations, still_open, now)
        if refusal is not None:
            outcomes.append(refusal)
            continue
        existing = command.member_id or (known.get(digest) if digest else None)
        if existing is not None:
            if command.amend:
                amended[len(outcomes)] = existing
            outcomes.append(Changed(existing, 0, changed=False) if command.amend else AlreadyRegistered("citizenId"))
            continue
        member_id = next_id()
        if digest:
            known[digest] = member_id
            identities.append((member_id, digest, True))
        rows.append(_new_row(vault, viewer, now, member_id, number, command))
        chains.append((member_id, command.organization_id, command.given.get("joined_on")))
        outcomes.append(Changed(member_id, 1, new=True))
    await copy_rows(connection, "member", _INSERTED, [[row[c] for c in _INSERTED] for row in rows])
    await copy_rows(connection, "identity", ("subject_id", "digest", "of_member"), identities)
    await affiliation.start(connection, chains, now=now, by=viewer.actor)
    for index, changed in (await _amend(connection, vault, commands, amended)).items():
        outcomes[index] = changed
    await append(
        connection,
        [_registered(member_id, organization_id, now) for member_id, organization_id, _joined in chains],
        at=now,
    )
    return outcomes


async def _known(connection: AsyncConnection, viewer: Viewer, digests: list[bytes]) -> dict[bytes, UUID]:
    if not digests:
        return {}
    found = await connection.execute(
        _KNOWN, {"digests": digests, "everywhere": viewer.is_operator, "viewer": viewer.organization}
    )
    return {row.digest: row.id for row in found}


def _refusal(
    command: RegisterMember, number: str | None, organizations: set[UUID], still_open: set[UUID], now: datetime
) -> NotFound | OrganizationClosed | InvalidInput | None:
    if command.organization_id not in organizations:
        return NotFound("organizationId")
    if command.organization_id not in still_open:
        return OrganizationClosed("organizationId")
    if command.citizen_id and number is None:
        return InvalidInput("citizenId")
    if command.member_id is None and not str(command.given.get("name") or "").strip():
        return InvalidInput("name")
    return statement.unsayable(command.given, today(now))


def _new_row(
    vault: Vault, viewer: Viewer, now: datetime, member_id: UUID, number: str | None, command: RegisterMember
) -> dict[str, Any]:
    given = command.given
    name = str(given["name"]).strip()
    return {
        "id": member_id,
        "name": name,
        "name_key": statement.name_key(name),
        "gender": given.get("gender") or (identity.gender(number) if number else None),
        "birth_date": identity.birth_date(number) if number else given.get("birth_date"),
        "ethnicity": given.get("ethnicity"),
        "category": given.get("category") or MemberCategory.FULL.value,
        **statement.citizen_id_columns(vault, member_id, number),
        **_phone(vault, member_id, given),
        "joined_on": given.get("joined_on"),
        "full_member_on": given.get("full_member_on"),
        "dues_paid_through": given.get("dues_paid_through"),
        "education": given.get("education"),
        "occupation": given.get("occupation"),
        "recorded_at": now,
        "recorded_by": viewer.actor,
    }


def _phone(vault: Vault, member_id: UUID, given: Mapping[str, Any]) -> dict[str, Any]:
    cell = statement.phone_columns(vault, member_id, given)
    return {column: cell[column] for column in ("phone_sealed", "phone_masked", "phone_digests")}


async def _amend(
    connection: AsyncConnection, vault: Vault, commands: Sequence[RegisterMember], amended: Mapping[int, UUID]
) -> dict[int, Changed]:
    if not amended:
        return {}
    current = {
        row["id"]: dict(row)
        for row in (await connection.execute(_CURRENT, {"ids": sorted(set(amended.values()))})).mappings()
    }
    outcomes: dict[int, Changed] = {}
    updates: dict[UUID, dict[str, Any]] = {}
    for index, member_id in amended.items():
        before = current[member_id]
        given = {key: value for key, value in commands[index].given.items() if value is not None}
        wanted = {key: value for key, value in given.items() if key in _AMENDED}
        if "phone" in given:
            wanted.update(_phone(vault, member_id, given))
        changed = statement.changes(before, wanted)
        if changed:
            before.update(changed)
            updates[member_id] = before
        outcomes[index] = Changed(member_id, before["version"] + bool(changed), changed=bool(changed))
    if updates:
        await connection.execute(
            _UPDATE, [{column: row[column] for column in ("id", *_AMENDED)} for row in updates.values()]
        )
    return outcomes


def _registered(member_id: UUID, organization_id: UUID, now: datetime) -> Event:
    return Event(
        topic=Topic.MEMBER,
        kind=EventKind.MEMBER_REGISTERED,
        aggregate=Aggregate.MEMBER,
        aggregate_id=member_id,
        aggregate_version=1,
        audience=[organization_id],
        organization=organization_id,
        member=member_id,
        occurred_at=now,
    )
