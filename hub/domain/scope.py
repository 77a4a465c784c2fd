"""Which organizations a caller may act for."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.viewer import Viewer
from hub.errors import NotAllowed

_BELOW = text(
    "select descendant from organization_closure where ancestor = :viewer and descendant = any(:organizations)"
)


def require_organization(viewer: Viewer) -> None:
    """Refuse partners and members where an organization acts. Raises NotAllowed."""
    if not viewer.is_organization:
        raise NotAllowed


async def in_scope(connection: AsyncConnection, viewer: Viewer, organizations: Iterable[UUID | None]) -> set[UUID]:
    """Return those organizations that are the viewer's or stand below it (all of them for the operator)."""
    wanted = {organization for organization in organizations if organization is not None}
    if viewer.is_operator or not wanted:
        return wanted
    found = await connection.execute(_BELOW, {"viewer": viewer.organization, "organizations": list(wanted)})
    return set(found.scalars())
