"""What a stream is made of: the four kinds of item, with the fields of the contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hub.models.event import Aggregate, EventKind, Topic


class ResyncReason(StrEnum):
    """Why the reader has to read everything anew."""

    EXPIRED = "EXPIRED"
    UNKNOWN_CURSOR = "UNKNOWN_CURSOR"
    SCOPE_CHANGED = "SCOPE_CHANGED"


class CloseReason(StrEnum):
    """Why the hub ends a stream."""

    DEPLOY = "DEPLOY"
    AUTH_EXPIRED = "AUTH_EXPIRED"
    REVOKED = "REVOKED"
    LIMIT = "LIMIT"
    SLOW_CONSUMER = "SLOW_CONSUMER"


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened. `prev_seq`: the previous event of this very view, that is of the same reader and topics.

    Followers of one view get the same object, so that it need be encoded only once.
    """

    cursor: str
    seq: int
    prev_seq: int | None
    topic: Topic
    kind: EventKind
    aggregate: Aggregate
    aggregate_id: UUID
    aggregate_version: int
    replaces: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    organization_id: UUID | None
    departure_id: UUID | None
    arrival_id: UUID | None
    transfer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Nothing happened in this view; `head_seq` is its last event."""

    cursor: str
    head_seq: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ResyncRequired:
    """The last item of a stream that cannot go on from its cursor.

    `snapshot_cursor`: go on from here after reading everything anew; `oldest_cursor`: what is still kept.
    """

    reason: ResyncReason
    oldest_cursor: str
    snapshot_cursor: str


@dataclass(frozen=True, slots=True)
class Closing:
    """The last item of a stream that the hub ends; the reader comes back with `resume_after`."""

    reason: CloseReason
    resume_after: str
    retry_after_ms: int


Item = Event | Heartbeat | ResyncRequired | Closing


@dataclass(frozen=True, slots=True)
class EventPage:
    """The stream by polling."""

    items: list[Item]
    has_next: bool
    head_seq: int | None
