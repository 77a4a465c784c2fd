"""Opening one sealed value, with a reason; each time is audited."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.domain.scope import in_scope
from hub.domain.viewer import Role, Viewer
from hub.errors import InvalidInput, NotFound, ReasonRequired
from hub.ids import random_id

# aggregate → field → (column, purpose under which it was sealed)
_FIELDS: Final = {
    "member": {"citizenId": ("citizen_id_sealed", "citizen id"), "phone": ("phone_sealed", "phone")},
    "departure": {
        "phone": ("phone_sealed", "phone"),
        "otherPhone": ("other_phone_sealed", "other phone"),
        "address": ("address_sealed", "address"),
        "unreadable": ("unreadable_sealed", "unreadable"),
    },
    "arrival": {
        "citizenId": ("citizen_id_sealed", "citizen id"),
        "phone": ("phone_sealed", "phone"),
        "otherPhone": ("other_phone_sealed", "other phone"),
        "address": ("address_sealed", "address"),
        "unreadable": ("unreadable_sealed", "unreadable"),
    },
}
_OWNERS: Final = {
    "member": "select organization_id from affiliation where member_id = :id and superseded_at = 'infinity'"
    " order by starts desc limit 1",
    "departure": "select organization_id from departure where id = :id",
    "arrival": "select unnest(array[organization_id, branch_id]) from arrival where id = :id",
}


async def reveal(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    vault: Vault,
    now: datetime,
    aggregate: str,
    subject_id: UUID,
    field: str,
    reason: str,
) -> str:
    """Return one sealed value in full, to the organizations whose own record it is or to the member.

    `aggregate`: member, departure or arrival. Raises NotFound (also for a blank value), InvalidInput, ReasonRequired.
    """
    if not reason.strip():
        raise ReasonRequired("reason")
    if field not in _FIELDS[aggregate]:
        raise InvalidInput("field")
    owners = list((await connection.execute(text(_OWNERS[aggregate]), {"id": subject_id})).scalars())
    of_self = viewer.role is Role.MEMBER and aggregate == "member" and subject_id == viewer.member
    if not of_self and (not viewer.is_organization or not await in_scope(connection, viewer, owners)):
        raise NotFound("id")
    column, purpose = _FIELDS[aggregate][field]
    sealed = (
        await connection.execute(text(f"select {column} from {aggregate} where id = :id"), {"id": subject_id})
    ).scalar_one_or_none()
    if sealed is None:
        raise NotFound("field")
    await connection.execute(
        text(
            "insert into reveal (id, organization_id, actor, subject_id, field, reason, at)"
            " values (:id, :organization, :actor, :subject, :field, :reason, :now)"
        ),
        {
            "id": random_id(),
            "organization": viewer.organization,
            "actor": viewer.actor,
            "subject": subject_id,
            "field": field,
            "reason": reason,
            "now": now,
        },
    )
    return vault.unseal(purpose, subject_id, sealed)
