"""Numbers in full: opened only where the row brings the sealed value, and noted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.ids import random_id
from hub.resolvers.context import Context

_NOTE = text(
    """
    insert into disclosure (id, organization_id, actor, document, people, at)
    values (:id, :organization, :actor, :document, :people, :at)
    """
)


def phone_in_full(row: Any, context: Context) -> str | None:
    """Return the phone of a row. The row has it sealed only for the branch whose record it is, and for the member."""
    if row.phone_sealed is None:
        return None
    subject: UUID = row.id
    context.disclosed.add(getattr(row, "member_id", subject))
    return context.hub.vault.unseal("phone", subject, row.phone_sealed)


async def note(connection: AsyncConnection, context: Context, document: bytes) -> None:
    """Write down whose numbers this operation opened: one row per operation."""
    await connection.execute(
        _NOTE,
        {
            "id": random_id(),
            "organization": context.viewer.organization,
            "actor": context.viewer.actor,
            "document": document,
            "people": sorted(context.disclosed),
            "at": context.now,
        },
    )
