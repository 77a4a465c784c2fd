"""Writing events: rows of the outbox, in the transaction of the change they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.database.copy import copy_rows
from hub.ids import random_ids
from hub.models.event import Aggregate, EventKind, Topic

# The id of the event too: with a default that draws one for each row, COPY writes row by row instead of page by page.
_COLUMNS = (
    "event_id",
    "topic",
    "kind",
    "aggregate",
    "aggregate_id",
    "aggregate_version",
    "replaces",
    "organization_id",
    "departure_id",
    "arrival_id",
    "transfer_id",
    "member_id",
    "occurred_at",
    "recorded_at",
    "audience",
)


@dataclass(slots=True, kw_only=True)
class Event:
    """That something happened to one record. No content: readers fetch what they may see today.

    `audience`: the organizations that could see the record before or after; those above them hear it too.
    `organization`: whose statement or step it is. `member`: lets the member's own stream hear it.
    """

    topic: Topic
    kind: EventKind
    aggregate: Aggregate
    aggregate_id: UUID
    aggregate_version: int
    audience: Iterable[UUID]
    occurred_at: datetime
    organization: UUID | None = None
    departure: UUID | None = None
    arrival: UUID | None = None
    transfer: UUID | None = None
    member: UUID | None = None
    replaces: UUID | None = None


async def append(connection: AsyncConnection, events: Iterable[Event], *, at: datetime) -> None:
    """Write events to the outbox, in the order given. Call it after the aggregates are locked, never before:
    the numbering step goes by outbox id, so the lock is what keeps each aggregate's versions ascending."""
    told = list(events)
    rows = [
        (
            identifier,
            event.topic,
            event.kind,
            event.aggregate,
            event.aggregate_id,
            event.aggregate_version,
            event.replaces,
            event.organization,
            event.departure,
            event.arrival,
            event.transfer,
            event.member,
            event.occurred_at,
            at,
            list(dict.fromkeys(event.audience)),
        )
        for identifier, event in zip(random_ids(len(told)), told, strict=True)
    ]
    await copy_rows(connection, "outbox", _COLUMNS, rows)


async def pending(connection: AsyncConnection) -> int:
    """Return how many events wait for their number."""
    return int((await connection.execute(text("select count(*) from outbox"))).scalar_one())
