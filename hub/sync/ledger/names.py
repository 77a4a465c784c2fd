"""The organizations that the hub knows, as an index of their names."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.sync.ledger.organizations import OrganizationNames, OrganizationRecord

_ALL: Final = text(
    """
    select o.id, o.system, o.code, o.name, o.short_name, o.parent_id, o.kind, o.closed_on is not null as closed,
           o.successor_id, coalesce(array_agg(a.name) filter (where a.name is not null), '{}') as aliases
      from organization o left join organization_alias a on a.organization_id = o.id
     group by o.id order by o.id
    """
)


async def load_names(connection: AsyncConnection) -> OrganizationNames[UUID]:
    """Return the index over every organization; the directory is open to all."""
    return OrganizationNames(
        OrganizationRecord(
            id=row.id,
            system=row.system,
            code=row.code,
            name=row.name,
            short_name=row.short_name,
            aliases=tuple(row.aliases),
            parent=row.parent_id,
            kind=row.kind,
            closed=row.closed,
            successor=row.successor_id,
        )
        for row in await connection.execute(_ALL)
    )
