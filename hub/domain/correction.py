"""Correcting the identity of a member or of an arrival, each side its own; the old number keeps matching."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.domain import discrepancy, history, identity, inbox, match, statement, visibility
from hub.domain.outcome import Changed
from hub.domain.pair import pairs
from hub.domain.scope import in_scope, require_organization
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, NotFound, ReasonRequired, WrongSide
from hub.feed.append import Event, append
from hub.models import Aggregate, Arrival, EventKind, Member, Topic

_MEMBER: Final = text("select * from member where id = :id for update")
_HOLDER: Final = text(
    "select organization_id from affiliation where member_id = :id and superseded_at = 'infinity'"
    " order by starts desc limit 1"
)
_ARRIVAL: Final = text("select * from arrival where id = :id for update")
_SHARED: Final = text("select id from match where state = 'CONFIRMED' and (member_id = :id or arrival_id = :id)")


async def correct_identity(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    vault: Vault,
    now: datetime,
    member_id: UUID | None,
    arrival_id: UUID | None,
    name: str | None,
    citizen_id: str | None,
    birth_date: date | None,
    reason: str,
) -> Changed:
    """Correct the name, number or birth date of a member or of an arrival, each side its own.

    The old number keeps matching (domain 0.16). Raises NotFound, InvalidInput, ReasonRequired.
    """
    require_organization(viewer)
    if (member_id is None) == (arrival_id is None):
        raise InvalidInput("memberId")
    if not reason.strip():
        raise ReasonRequired("reason")
    number = identity.canonical(citizen_id) if citizen_id else None
    if citizen_id and number is None:
        raise InvalidInput("citizenId")
    if name is not None and not name.strip():
        raise InvalidInput("name")
    subject = member_id or arrival_id
    assert subject is not None
    row, owners = await _own_record(connection, viewer, subject, of_member=member_id is not None)
    wanted: dict[str, Any] = {}
    if name is not None:
        wanted.update(name=name.strip(), name_key=statement.name_key(name))
    if birth_date is not None or number is not None:
        wanted["birth_date"] = identity.birth_date(number) if number else birth_date
    if number is not None:
        wanted.update(statement.citizen_id_columns(vault, subject, number))
        await _replace_identity(connection, subject, vault.digest("citizen id", number), member_id is not None, now)
    if not wanted:
        raise InvalidInput("name")
    table = "member" if member_id is not None else "arrival"
    if table == "arrival":
        await history.keep(connection, "arrival", [subject])
        wanted.update(amended_at=now, amended_by=viewer.actor)
    await connection.execute(
        text(f"update {table} set {', '.join(f'{c} = :{c}' for c in wanted)}, version = version + 1 where id = :id"),
        {**wanted, "id": subject},
    )
    version = row["version"] + 1
    shared = await pairs(connection, (await connection.execute(_SHARED, {"id": subject})).scalars())
    other_side = [o for pair in shared for o in (pair.inflow if member_id is not None else pair.outflow)]
    aggregate = Aggregate.MEMBER if member_id is not None else Aggregate.INFLOW_STATEMENT
    await append(
        connection,
        [
            Event(
                topic=Topic.MEMBER if member_id is not None else Topic.LIAISON,
                kind=EventKind.IDENTITY_CORRECTED,
                aggregate=aggregate,
                aggregate_id=subject,
                aggregate_version=version,
                audience=[o for o in (*owners, *other_side) if o is not None],
                organization=owners[0],
                arrival=arrival_id,
                member=member_id or next((pair.member_id for pair in shared), None),
                occurred_at=now,
            )
        ],
        at=now,
    )
    whose = {"members": [subject]} if member_id is not None else {"arrivals": [subject]}
    matched = await match.match_certain(connection, now=now, by=viewer.actor, **whose, fresh={subject})
    await inbox.restate(connection, match.statements(matched))
    await discrepancy.compare(connection, vault=vault, now=now, subjects=[subject])
    return Changed(subject, version)


async def _own_record(
    connection: AsyncConnection, viewer: Viewer, subject: UUID, *, of_member: bool
) -> tuple[RowMapping, list[UUID | None]]:
    """Return the locked record and the organizations whose it is. Raises NotFound; WrongSide for one that is only seen."""
    statement_ = _MEMBER if of_member else _ARRIVAL
    row = (await connection.execute(statement_, {"id": subject})).mappings().one_or_none()
    if row is None:
        raise NotFound
    owners = (
        [(await connection.execute(_HOLDER, {"id": subject})).scalar_one_or_none()]
        if of_member
        else [row["organization_id"], row["branch_id"]]
    )
    if not await in_scope(connection, viewer, owners):
        seen = await visibility.row(connection, viewer, Member if of_member else Arrival, subject)
        raise WrongSide if seen is not None else NotFound
    return row, owners


async def _replace_identity(
    connection: AsyncConnection, subject: UUID, digest: bytes, of_member: bool, now: datetime
) -> None:
    await connection.execute(
        text(
            "update identity set replaced_at = :now where subject_id = :id and digest <> :digest and replaced_at is null"
        ),
        {"id": subject, "digest": digest, "now": now},
    )
    await connection.execute(
        text(
            "insert into identity (subject_id, digest, of_member) values (:id, :digest, :of_member)"
            " on conflict (subject_id, digest) do update set replaced_at = null"
        ),
        {"id": subject, "digest": digest, "of_member": of_member},
    )
