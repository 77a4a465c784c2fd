"""Who is asking: an organization (with a role), a partner, a member, or whoever operates the hub."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hub.auth import Role

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The verified caller. `client` names the client application for idempotency; `actor` the person, for the record.

    `is_operator`: a command on the hub's own machine, which may write for every organization of this hub.
    """

    organization: UUID
    role: Role
    actor: str
    client: str
    member: UUID | None = None
    is_operator: bool = False

    @property
    def is_organization(self) -> bool:
        """Whether this is an organization's own token: it may write and sees officers."""
        return self.role in (Role.BRANCH, Role.COMMITTEE, Role.DEPARTMENT)

    @property
    def realm(self) -> str:
        """The realm of this caller's global ids: empty for the hub's own clients, the organization for a partner."""
        return str(self.organization) if self.role is Role.PARTNER else ""

    @property
    def grant_version(self) -> int:
        """A number that changes when what the token may see changes; part of every cursor of the stream."""
        return int.from_bytes(self.organization.bytes[:3], "big") ^ (list(Role).index(self.role) + 1 << 24)


def operator(actor: str) -> Viewer:
    """Return the caller of a command on the hub's own machine."""
    return Viewer(NOBODY, Role.DEPARTMENT, actor, "hub", is_operator=True)


__all__ = ["NOBODY", "Role", "Viewer", "operator"]
