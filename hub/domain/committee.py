"""Which committee (基层党委) stands for an organization: the nearest upwards that may issue and accept letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.errors import NotFound, OrganizationClosed
from hub.models import BRANCH_KINDS, OrganizationKind


@dataclass(frozen=True, slots=True)
class Rung:
    """One organization on the way up, with what a transfer asks of it."""

    id: UUID
    kind: OrganizationKind
    can_issue_letters: bool

    @property
    def is_branch(self) -> bool:
        """Whether members are placed in it."""
        return self.kind in BRANCH_KINDS


# The closure leads from a closed organization to its successor, so what is open follows it (domain 0.15).
_LADDER = text(
    """
    select o.id, o.kind, o.can_issue_letters
      from organization_closure c join organization o on o.id = c.ancestor
     where c.descendant = :organization and o.closed_on is null
     order by c.depth
    """
)
_HOLD = text("select id, closed_on from organization where id = any(:ids) order by id for share")
_BELOW = text("select descendant from organization_closure where ancestor = :organization and descendant = any(:ids)")


async def ladder(connection: AsyncConnection, organization: UUID) -> list[Rung]:
    """Return an organization and those above it, nearest first; closed ones are replaced by their successors."""
    found = await connection.execute(_LADDER, {"organization": organization})
    return [Rung(row.id, OrganizationKind(row.kind), row.can_issue_letters) for row in found]


def committee(rungs: Sequence[Rung]) -> UUID | None:
    """Return the nearest organization upwards that may issue and accept letters (条例 Art 25), if there is one."""
    return next((rung.id for rung in rungs if rung.can_issue_letters), None)


def review(rungs: Sequence[Rung]) -> list[UUID]:
    """Return whose review a transfer out needs, in order: from the superior of the first rung up to its committee.

    A member held by the committee itself needs its review only.
    """
    issuer = committee(rungs)
    ids = [rung.id for rung in rungs]
    if issuer is None:
        return []
    return ids[1 : ids.index(issuer) + 1] or [issuer]


async def hold(connection: AsyncConnection, organizations: Iterable[UUID]) -> dict[UUID, bool]:
    """Lock organizations FOR SHARE, so that the tree above them stands still; says of each whether it is open.

    A change of the tree locks the moved organization and everything below it, so these rows are enough.
    """
    found = await connection.execute(_HOLD, {"ids": sorted(set(organizations))})
    return {row.id: row.closed_on is None for row in found}


async def hold_open(connection: AsyncConnection, organization: UUID, field: str) -> list[Rung]:
    """Lock a named organization and return its ladder. Raises NotFound, OrganizationClosed, both with `field`."""
    is_open = (await hold(connection, [organization])).get(organization)
    if is_open is None:
        raise NotFound(field)
    if not is_open:
        raise OrganizationClosed(field)
    return await ladder(connection, organization)


async def successors(connection: AsyncConnection, organizations: Iterable[UUID]) -> dict[UUID, UUID]:
    """Lock organizations and return, for each closed one, the open one that took its place."""
    closed = [key for key, is_open in (await hold(connection, organizations)).items() if not is_open]
    ladders = {key: await ladder(connection, key) for key in closed}
    return {key: rungs[0].id for key, rungs in ladders.items() if rungs}


async def below(connection: AsyncConnection, organization: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return which of some organizations are this one or stand below it."""
    found = await connection.execute(_BELOW, {"organization": organization, "ids": list(ids)})
    return frozenset(row.descendant for row in found)
