"""Searching the caller's own records by a whole number; audited, whether or not it finds anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.domain import identity, phone, statement
from hub.domain.scope import require_organization
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, ReasonRequired
from hub.ids import random_id


@dataclass(frozen=True, slots=True)
class Found:
    """What a search by a whole number found within the searcher's own records."""

    members: list[UUID]
    liaisons: list[UUID]


_FIND_MEMBERS: Final = {
    "CITIZEN_ID": "exists (select from identity i where i.subject_id = m.id and i.of_member and i.digest = :digest)",
    "PHONE": "m.phone_digests @> array[cast(:digest as bytea)]",
    "CARD": "exists (select from departure d where d.member_id = m.id and d.card_number = :number)",
}
_FIND_DEPARTURES: Final = {
    "CITIZEN_ID": "exists (select from identity i where i.subject_id = d.member_id and i.of_member"
    " and i.digest = :digest)",
    "PHONE": "d.phone_digests @> array[cast(:digest as bytea)]",
    "CARD": "d.card_number = :number",
}
_FIND_ARRIVALS: Final = {
    "CITIZEN_ID": "exists (select from identity i where i.subject_id = a.id and not i.of_member and i.digest = :digest)",
    "PHONE": "a.phone_digests @> array[cast(:digest as bytea)]",
    "CARD": "a.card_number = :number",
}
_BELOW: Final = "exists (select from organization_closure c where c.ancestor = :viewer and c.descendant = {})"


async def find_by_number(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    vault: Vault,
    now: datetime,
    kind: str,
    number: str,
    reason: str,
) -> Found:
    """Search the caller's own records by a whole number; audited with its reason, whether or not it finds anything.

    Only the caller's own subtree is searched: a search over others would tell whether somebody exists elsewhere.
    """
    require_organization(viewer)
    if not reason.strip():
        raise ReasonRequired("reason")
    if kind == "CITIZEN_ID":
        normal = identity.canonical(number)
    else:
        normal = (phone.canonical(number) if kind == "PHONE" else None) or statement.plain(number)
    if not normal:
        raise InvalidInput("number")
    digest = vault.digest("citizen id" if kind == "CITIZEN_ID" else "phone", normal)
    await connection.execute(
        text(
            "insert into reveal (id, organization_id, actor, field, reason, at)"
            " values (:id, :organization, :actor, :field, :reason, :now)"
        ),
        {
            "id": random_id(),
            "organization": viewer.organization,
            "actor": viewer.actor,
            "field": f"search {kind}",
            "reason": reason,
            "now": now,
        },
    )
    parameters: dict[str, Any] = {"viewer": viewer.organization}
    parameters["number" if kind == "CARD" else "digest"] = normal if kind == "CARD" else digest
    members = text(
        f"select m.id from member m join affiliation f on f.member_id = m.id and f.superseded_at = 'infinity'"
        f" and f.ends is null where {_FIND_MEMBERS[kind]} and {_BELOW.format('f.organization_id')} order by m.id"
    )
    liaisons = text(
        f"select d.id from departure d where {_FIND_DEPARTURES[kind]} and {_BELOW.format('d.organization_id')}"
        f" union select coalesce((select m.departure_id from match m where m.arrival_id = a.id"
        f" and m.state = 'CONFIRMED' and m.ended_at is null), a.id) from arrival a where {_FIND_ARRIVALS[kind]}"
        f" and ({_BELOW.format('a.organization_id')} or {_BELOW.format('a.branch_id')}) order by 1"
    )
    return Found(
        list((await connection.execute(members, parameters)).scalars()),
        list((await connection.execute(liaisons, parameters)).scalars()),
    )
