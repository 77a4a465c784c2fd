"""Where members formally belong (隶属), as a chain: while membership is in force, one organization at every instant.

The database refuses a gap, an overlap and an end without successor when the transaction commits (see
`hub.models.affiliation`); the functions here only write what it accepts. Changed by registration, transfer, decision
and `move_branch`, nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.database.copy import copy_rows
from hub.domain import committee, departure, visibility
from hub.domain.access import Access
from hub.domain.dates import first_day, today
from hub.domain.outcome import Changed
from hub.domain.viewer import Viewer
from hub.errors import (
    BranchRequired,
    CannotIssueLetters,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotInForce,
    OpenTransferExists,
    SameOrganization,
    WrongSide,
)
from hub.feed.append import Event, append
from hub.models import Affiliation, Aggregate, EventKind, Member, Topic

UNKNOWN_START = date.min
"""How the driver writes and reads '-infinity': since when is not known."""

_PRESENT = text(
    """
    select organization_id, starts, ends, ended_by from affiliation
     where member_id = :member and superseded_at = 'infinity' order by starts desc limit 1
    """
)
_CLOSE = text(
    """
    update affiliation set ends = :on, ended_by = :decision
     where member_id = :member and superseded_at = 'infinity' and ends is null
    """
)
_SUPERSEDE = text(
    "update affiliation set superseded_at = :now where member_id = :member and superseded_at = 'infinity'"
)
# After the release a transfer only waits for its papers: it no longer stands in the way of the new organization.
_UNDER_WAY = text(
    """
    select exists (select from transfer where member_id = :member
                      and state in ('REQUESTED', 'CONFIRMED', 'LETTER_ISSUED', 'ACCEPTED', 'RETURNED'))
    """
)
_LOCK_MEMBER = text("select id, version, category, standing, joined_on from member where id = :member for update")
_BUMP_MEMBER = text("update member set version = version + 1 where id = :member returning version")


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain as a correction states it; `ended_by` and `resumed_by` are decisions."""

    organization: UUID
    starts: date
    ends: date | None = None
    ended_by: UUID | None = None
    resumed_by: UUID | None = None


async def start(
    connection: AsyncConnection, rows: Iterable[tuple[UUID, UUID, str | None]], *, now: datetime, by: str
) -> None:
    """Begin chains, in one statement: (member, organization, joined_on) each.

    A chain starts on the first day that joined_on can mean, not on the day of entry; unknown: since ever.
    """
    await copy_rows(
        connection,
        "affiliation",
        ("member_id", "organization_id", "starts", "recorded_at", "recorded_by"),
        [
            (member, organization, first_day(joined_on) if joined_on else UNKNOWN_START, now, by)
            for member, organization, joined_on in rows
        ],
    )


async def last(connection: AsyncConnection, member_id: UUID) -> Row[Any] | None:
    """Return the last link (organization_id, starts, ends, ended_by): the present one, or the one a decision ended."""
    return (await connection.execute(_PRESENT, {"member": member_id})).one_or_none()


async def holder(connection: AsyncConnection, member_id: UUID) -> UUID | None:
    """Return the organization that holds the membership now; None once it has ended."""
    link = await last(connection, member_id)
    return link.organization_id if link is not None and link.ends is None else None


async def lock_member(connection: AsyncConnection, member_id: UUID) -> Row[Any]:
    """Lock a member for a change of affiliation or membership. Raises NotFound."""
    found = (await connection.execute(_LOCK_MEMBER, {"member": member_id})).one_or_none()
    if found is None:
        raise NotFound
    return found


async def transfer_under_way(connection: AsyncConnection, member_id: UUID) -> bool:
    """Tell whether a transfer that has not moved the affiliation yet is open for the member."""
    return bool((await connection.execute(_UNDER_WAY, {"member": member_id})).scalar_one())


async def move(
    connection: AsyncConnection,
    *,
    member_id: UUID,
    to_organization: UUID,
    on: date,
    now: datetime,
    by: str,
    note: str | None = None,
) -> None:
    """Close the present link on a day and open the next on the same day. `on` lies after the start of the present one."""
    await connection.execute(_CLOSE, {"member": member_id, "on": on, "decision": None})
    await connection.execute(
        insert(Affiliation).values(
            member_id=member_id,
            organization_id=to_organization,
            starts=on,
            prev_ends=on,
            note=note,
            recorded_at=now,
            recorded_by=by,
        )
    )


async def end(connection: AsyncConnection, *, member_id: UUID, on: date, decision_id: UUID) -> None:
    """End the chain by a decision: from that day on the member belongs nowhere."""
    await connection.execute(_CLOSE, {"member": member_id, "on": on, "decision": decision_id})


async def resume(
    connection: AsyncConnection, *, member_id: UUID, on: date, decision_id: UUID, now: datetime, by: str
) -> UUID:
    """Take a chain up again by a decision, where it ended; returns that organization, or its successor if closed."""
    link = await last(connection, member_id)
    assert link is not None
    took_over = await committee.successors(connection, [link.organization_id])
    organization: UUID = took_over.get(link.organization_id, link.organization_id)
    await connection.execute(
        insert(Affiliation).values(
            member_id=member_id,
            organization_id=organization,
            starts=on,
            prev_ends=link.ends,
            resumed_by=decision_id,
            recorded_at=now,
            recorded_by=by,
        )
    )
    return organization


async def supersede(
    connection: AsyncConnection, *, member_id: UUID, links: Sequence[Link], now: datetime, by: str
) -> None:
    """Correct a chain: all links that hold are superseded and the given ones, in order, take their place.

    The old rows stay. What the new links leave open is refused by the database at commit.
    """
    await connection.execute(_SUPERSEDE, {"member": member_id, "now": now})
    before: Link | None = None
    for link in links:
        await connection.execute(
            insert(Affiliation).values(
                member_id=member_id,
                organization_id=link.organization,
                starts=link.starts,
                ends=link.ends,
                prev_ends=before.ends if before else None,
                ended_by=link.ended_by,
                resumed_by=link.resumed_by,
                recorded_at=now,
                recorded_by=by,
            )
        )
        before = link


async def own_side(connection: AsyncConnection, viewer: Viewer, member_id: UUID) -> UUID:
    """Return the organization that holds the membership, or held it last; the viewer must be it or stand above it.

    Raises NotFound for strangers, NotAllowed for members and partners, WrongSide for the inflow side.
    """
    seen = await visibility.row(connection, viewer, Member, member_id)
    if seen is None:
        raise NotFound
    if seen.access in (Access.SELF, Access.PARTNER):
        raise NotAllowed
    link = await last(connection, member_id)
    if link is None or not await committee.below(connection, viewer.organization, [link.organization_id]):
        raise WrongSide
    organization: UUID = link.organization_id
    return organization


async def move_branch(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    branch_id: UUID,
    moved_on: date,
    note: str | None = None,
) -> Changed:
    """Move a member between two branches of one committee (基层党委): one step, no letter (domain 0.6).

    The organization that moves stands above both branches: a branch does not put members into its neighbour.
    Raises NotFound, NotAllowed, WrongSide, NotInForce, OpenTransferExists, OrganizationClosed, BranchRequired,
    SameOrganization, CannotIssueLetters, InvalidInput.
    """
    await committee.hold(connection, [branch_id])
    member = await lock_member(connection, member_id)
    await own_side(connection, viewer, member_id)
    link = await last(connection, member_id)
    if link is None or link.ends is not None:
        raise NotInForce(state=member.standing)
    if await transfer_under_way(connection, member_id):
        raise OpenTransferExists
    target = await committee.hold_open(connection, branch_id, "branchId")
    if not target[0].is_branch:
        raise BranchRequired("branchId")
    if branch_id == link.organization_id:
        raise SameOrganization("branchId", message="党员已在该支部。 The member already belongs to this branch.")
    theirs = committee.committee(await committee.ladder(connection, link.organization_id))
    if theirs is None:
        raise CannotIssueLetters
    if theirs != committee.committee(target):
        raise InvalidInput(
            "branchId",
            message="该支部属于另一基层党委，请办理组织关系转接。 This branch is under another committee: request a transfer.",
        )
    if not await committee.below(connection, viewer.organization, [branch_id]):
        raise NotAllowed("branchId")
    if moved_on > today(now) or moved_on <= link.starts:
        raise InvalidInput("movedOn")
    by = viewer.actor
    await move(connection, member_id=member_id, to_organization=branch_id, on=moved_on, now=now, by=by, note=note)
    await departure.follow(connection, by=by, now=now, member_id=member_id, organization_id=branch_id)
    version: int = (await connection.execute(_BUMP_MEMBER, {"member": member_id})).scalar_one()
    await append(
        connection,
        [
            Event(
                topic=Topic.MEMBER,
                kind=EventKind.BRANCH_MOVED,
                aggregate=Aggregate.MEMBER,
                aggregate_id=member_id,
                aggregate_version=version,
                audience=[link.organization_id, branch_id],
                occurred_at=now,
                organization=viewer.organization,
                member=member_id,
            )
        ],
        at=now,
    )
    return Changed(member_id, version)
