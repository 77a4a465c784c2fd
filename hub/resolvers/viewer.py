"""Who is asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.domain.viewer import Role
from hub.resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Asking:
    """The caller, as the token says."""

    organization_id: UUID
    member_id: UUID | None
    roles: Sequence[Role]
    actor: str
    expires_at: datetime


def asking(context: Context) -> Asking:
    """Return the caller of this operation."""
    viewer = context.viewer
    return Asking(viewer.organization, viewer.member, [viewer.role], viewer.actor, context.claims.expires_at)
