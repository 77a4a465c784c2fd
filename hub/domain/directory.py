"""The directory of organizations, read. Open to every token; officers to organizations' own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.viewer import Viewer
from hub.models import Officer, Organization

_ORGANIZATIONS = select(*Organization.__table__.columns)
_OFFICERS = select(Officer.organization_id, Officer.name, Officer.phone, Officer.since_on.label("since"))
_FORMAL = text(
    "select member_id, organization_id from affiliation"
    " where member_id = any(:members) and ends is null and superseded_at = 'infinity'"
)


async def organizations(connection: AsyncConnection, _viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, Row[Any]]:
    """Return organizations by id."""
    found = await connection.execute(_ORGANIZATIONS.where(Organization.id.in_(list(ids))))
    return {row.id: row for row in found}


async def organization(connection: AsyncConnection, system: str, code: str) -> UUID | None:
    """Return the organization with an official code, or None."""
    found: UUID | None = await connection.scalar(
        select(Organization.id).where(Organization.system == system, Organization.code == code)
    )
    return found


async def officers(connection: AsyncConnection, viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, Row[Any]]:
    """Return the present officer of each organization. Partners and members see none."""
    if not viewer.is_organization:
        return {}
    found: Iterable[Any] = await connection.execute(
        _OFFICERS.where(Officer.organization_id.in_(list(ids)), Officer.until_on.is_(None))
    )
    return {row.organization_id: row for row in found}


async def formal(connection: AsyncConnection, viewer: Viewer, members: Iterable[UUID]) -> Mapping[UUID, Row[Any]]:
    """Return the organization that holds each member's formal relationship; none where membership has ended."""
    links = (await connection.execute(_FORMAL, {"members": list(members)})).all()
    found = await organizations(connection, viewer, {link.organization_id for link in links})
    return {link.member_id: found[link.organization_id] for link in links}
