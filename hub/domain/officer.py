"""The officer of an organization (专人负责): who keeps contact, and who did before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.dates import today
from hub.feed.append import Event
from hub.ids import random_id
from hub.models import Aggregate, EventKind, Topic

_PRESENT: Final = text(
    "select organization_id, name, phone, since_on from officer where organization_id = any(:ids) and until_on is null"
)
_END: Final = text("update officer set until_on = :since where organization_id = :id and until_on is null")
_NEW: Final = text(
    """
    insert into officer (id, organization_id, name, phone, since_on, recorded_at, recorded_by)
    values (:officer, :id, :name, :phone, :since, :now, :by)
    """
)


async def since(connection: AsyncConnection, organization_id: UUID) -> date | None:
    """Return since when the present officer has been it; None where that is unknown or there is none."""
    row = (await connection.execute(_PRESENT, {"ids": [organization_id]})).one_or_none()
    return row.since_on if row is not None else None


async def hand_over(
    connection: AsyncConnection,
    *,
    by: str,
    now: datetime,
    organization_id: UUID,
    name: str,
    phone: str | None,
    since_on: date | None,
) -> None:
    """End the present officer's row and begin the next one's; the history stays."""
    values: dict[str, Any] = {"id": organization_id, "since": since_on}
    if since_on is not None:
        await connection.execute(_END, values)
    await connection.execute(
        _NEW, {**values, "officer": random_id(), "name": name, "phone": phone, "now": now, "by": by}
    )


async def take_from_ledger(
    connection: AsyncConnection, *, by: str, now: datetime, named: Mapping[UUID, tuple[str, str | None]]
) -> set[UUID]:
    """Set the officers that a ledger names: organization → (name, phone, blank says nothing). Returns what changed."""
    if not named:
        return set()
    present = {row.organization_id: row for row in await connection.execute(_PRESENT, {"ids": list(named)})}
    changed: set[UUID] = set()
    for organization_id, (name, phone) in named.items():
        before = present.get(organization_id)
        if before is not None and before.name == name and phone in (None, before.phone):
            continue
        await hand_over(
            connection,
            by=by,
            now=now,
            organization_id=organization_id,
            name=name,
            phone=phone,
            since_on=today(now) if before is not None else None,
        )
        changed.add(organization_id)
    return changed


def changed_event(organization_id: UUID, version: int, now: datetime) -> Event:
    """Return the event of a hand-over."""
    return Event(
        topic=Topic.MEMBER,
        kind=EventKind.OFFICER_CHANGED,
        aggregate=Aggregate.ORGANIZATION,
        aggregate_id=organization_id,
        aggregate_version=version,
        audience=[organization_id],
        organization=organization_id,
        occurred_at=now,
    )
