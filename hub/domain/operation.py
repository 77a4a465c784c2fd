"""The same call twice is one call (idempotency by opId)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.domain.viewer import Viewer
from hub.errors import OpIdReused

_BEGIN = text(
    """
    insert into operation (client, organization_id, op_id, mutation, input_digest, recorded_at)
    values (:client, :organization, :op_id, :mutation, :digest, :now)
    on conflict (client, organization_id, op_id) do nothing
    returning true
    """
)
_READ = text(
    """
    select mutation, input_digest, aggregate_id, aggregate_version from operation
     where client = :client and organization_id = :organization and op_id = :op_id
    """
)
_DONE = text(
    """
    update operation set aggregate_id = :aggregate, aggregate_version = :version
     where client = :client and organization_id = :organization and op_id = :op_id
    """
)


@dataclass(frozen=True, slots=True)
class Repeated:
    """The call was done before, to this record; read it again under today's visibility."""

    aggregate: UUID | None


async def begin(
    connection: AsyncConnection,
    vault: Vault,
    viewer: Viewer,
    op_id: UUID,
    mutation: str,
    arguments: Mapping[str, Any],
    now: datetime,
) -> Repeated | None:
    """Take an opId, or say that it was done before. Raises OpIdReused when it came with another input.

    A call in progress holds the row, so a concurrent repeat waits for its end. A refusal rolls the row back:
    nothing happened, so nothing is remembered.
    """
    key = {"client": viewer.client, "organization": viewer.organization, "op_id": op_id}
    digest = vault.digest(
        "operation", mutation + orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS, default=str).decode()
    )
    row = {**key, "mutation": mutation, "digest": digest, "now": now}
    if (await connection.execute(_BEGIN, row)).scalar():
        return None
    before = (await connection.execute(_READ, key)).one()
    if before.mutation != mutation or before.input_digest != digest:
        raise OpIdReused("opId")
    return Repeated(before.aggregate_id)


async def done(connection: AsyncConnection, viewer: Viewer, op_id: UUID, aggregate: UUID, version: int) -> None:
    """Note which record the call changed, so that a repeat can read it."""
    await connection.execute(
        _DONE,
        {
            "client": viewer.client,
            "organization": viewer.organization,
            "op_id": op_id,
            "aggregate": aggregate,
            "version": version,
        },
    )
