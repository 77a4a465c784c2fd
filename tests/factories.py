"""Builders of records for tests: plain functions on a connection, each with what the test does not care about filled in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import affiliation
from hub.domain.dates import SHANGHAI
from hub.domain.viewer import Role, Viewer
from hub.models import Arrival, Departure, Match, Member, Organization, OrganizationClosure

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)

# A county with two towns and a district with one street, as on the sample ledgers; YL03 has a general branch between.
TREE = {
    "YL": (None, "ORGANIZATION_DEPARTMENT", True),
    "YL01": ("YL", "COMMITTEE", True),
    "YL0101": ("YL01", "BRANCH", False),
    "YL0102": ("YL01", "BRANCH", False),
    "YL02": ("YL", "COMMITTEE", True),
    "YL0201": ("YL02", "BRANCH", False),
    "YL03": ("YL", "COMMITTEE", True),
    "YL03G": ("YL03", "GENERAL_BRANCH", False),
    "YL03G1": ("YL03G", "BRANCH", False),
    "BJ": (None, "ORGANIZATION_DEPARTMENT", True),
    "BJ01": ("BJ", "WORK_COMMITTEE", True),
    "BJ0101": ("BJ01", "COMMITTEE", False),
    "BJ010101": ("BJ0101", "BRANCH", False),
    "BJ010102": ("BJ0101", "BRANCH", False),
    "BJ0102": ("BJ01", "COMMITTEE", False),
    "BJ010201": ("BJ0102", "BRANCH", False),
    "BJ02": ("BJ", "WORK_COMMITTEE", True),
    "BJ0201": ("BJ02", "BRANCH", False),
}


async def an_organization(
    connection: AsyncConnection,
    code: str,
    *,
    parent: UUID | None = None,
    kind: str = "BRANCH",
    can_issue_letters: bool = False,
) -> UUID:
    """An organization below `parent`, with its place in the tree."""
    key = uuid4()
    await connection.execute(
        insert(Organization).values(
            id=key,
            system="local",
            code=code,
            name=code,
            short_name=code,
            kind=kind,
            parent_id=parent,
            can_issue_letters=can_issue_letters,
            recorded_at=NOW,
            recorded_by="test",
        )
    )
    await connection.execute(insert(OrganizationClosure).values(ancestor=key, descendant=key, depth=0))
    await connection.execute(
        text(
            "insert into organization_closure (ancestor, descendant, depth)"
            " select ancestor, :key, depth + 1 from organization_closure where descendant = :parent"
        ),
        {"key": key, "parent": parent},
    )
    return key


async def a_tree(connection: AsyncConnection) -> dict[str, UUID]:
    """All of TREE, by code."""
    ids: dict[str, UUID] = {}
    for code, (parent, kind, may) in TREE.items():
        above = ids[parent] if parent else None
        ids[code] = await an_organization(connection, code, parent=above, kind=kind, can_issue_letters=may)
    return ids


async def a_member(
    connection: AsyncConnection, organization: UUID, *, joined_on: str | None = "2015-06", **fields: Any
) -> UUID:
    """A member in force whose membership an organization holds."""
    key = uuid4()
    values: dict[str, Any] = {"name": "林晓", "category": "FULL", "dues_paid_through": "2026-10", **fields}
    await connection.execute(
        insert(Member).values(id=key, joined_on=joined_on, recorded_at=NOW, recorded_by="test", **values)
    )
    await affiliation.start(connection, [(key, organization, joined_on)], now=NOW, by="test")
    return key


async def a_departure(connection: AsyncConnection, member: UUID, organization: UUID, **fields: Any) -> UUID:
    """An open outflow statement."""
    key = uuid4()
    said: dict[str, Any] = {"departed_on": "2026-03", "recorded_at": NOW, "recorded_by": "test"}
    said |= {"amended_at": NOW, "amended_by": "test", **fields}
    await connection.execute(insert(Departure).values(id=key, member_id=member, organization_id=organization, **said))
    return key


async def an_arrival(connection: AsyncConnection, organization: UUID, **fields: Any) -> UUID:
    """An inflow statement."""
    key = uuid4()
    said: dict[str, Any] = {"name": "林晓", "recorded_at": NOW, "recorded_by": "test", "amended_at": NOW}
    await connection.execute(
        insert(Arrival).values(id=key, organization_id=organization, amended_by="test", **{**said, **fields})
    )
    return key


async def a_liaison(
    connection: AsyncConnection, member: UUID, outflow: UUID, inflow: UUID, branch: UUID | None = None
) -> tuple[UUID, UUID]:
    """A confirmed match between a departure and an arrival; returns both."""
    departure = await a_departure(connection, member, outflow)
    placed = {"branch_id": branch, "state": "PLACED"} if branch else {}
    arrival = await an_arrival(connection, inflow, **placed)
    await connection.execute(
        insert(Match).values(
            id=uuid4(),
            member_id=member,
            departure_id=departure,
            arrival_id=arrival,
            asked_organization_id=outflow,
            basis="IDENTITY_NUMBER",
            state="CONFIRMED",
            pair_digest=b"pair",
            confirmed_at=NOW,
            created_at=NOW,
        )
    )
    return departure, arrival


def a_viewer(organization: UUID, role: Role = Role.COMMITTEE, member: UUID | None = None) -> Viewer:
    """A caller with an organization's own token."""
    return Viewer(organization, role, "值班员", "test", member)


def later(days: int) -> datetime:
    """NOW, so many days later."""
    return NOW + timedelta(days=days)


async def everything(connection: AsyncConnection, but: Iterable[str] = ()) -> dict[str, str]:
    """A fingerprint of every table, to show that nothing happened."""
    tables = await connection.execute(
        text("select tablename from pg_tables where schemaname = 'public' order by tablename")
    )
    return {
        table: str(
            await connection.scalar(
                text(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t")
            )
        )
        for table in tables.scalars().all()
        if table not in but
    }


async def kinds(connection: AsyncConnection, aggregate_id: UUID) -> list[str]:
    """The kinds of the events of one record that wait for their number, oldest first."""
    found = await connection.execute(
        text("select kind from outbox where aggregate_id = :id order by id"), {"id": aggregate_id}
    )
    return list(found.scalars())
