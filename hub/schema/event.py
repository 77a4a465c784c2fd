"""The stream of events, in GraphQL words."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import ID

from hub.domain import directory
from hub.feed import item
from hub.models import Activity as ActivityRow
from hub.models import Aggregate, EventKind, Topic
from hub.models import Inquiry as InquiryRow
from hub.models import Participation as ParticipationRow
from hub.models import Transfer as TransferRow
from hub.resolvers import event as resolve
from hub.resolvers.relation import one
from hub.schema.activity import Activity
from hub.schema.inquiry import Inquiry
from hub.schema.liaison import Liaison
from hub.schema.organization import Organization
from hub.schema.participation import Participation
from hub.schema.scalars import Cursor, Int64
from hub.schema.transfer import Transfer
from hub.schema.words import derived, leaf, of_class, relation


@strawberry.type(
    description="Something that happened. It says that; `liaison` and `transfer` say what the viewer may see of it now (null when no longer visible). "
    "A `seq` not above the last one is a repetition; `aggregateVersion` only says which of two states is newer (several events may share one)."
)
class Event:
    """Something that happened."""

    is_type_of = of_class(item.Event)

    cursor: Cursor = leaf("The place behind this event: give it as `after` to go on.")
    seq: Int64 = leaf("Rises, but is not dense.")
    prev_seq: Int64 | None = leaf("The previous event of this very view: the test for a gap. Null at the beginning.")
    topic: Topic = leaf("What it is about.")
    kind: EventKind = leaf("What happened.")
    aggregate: ID = derived(
        resolve.aggregate,
        "The record whose version moves: OutflowStatement, InflowStatement, MatchCandidate, Transfer …, never the Liaison.",
    )
    aggregate_version: int = leaf(
        "The version of that record after the event; 0 to a partner, of a participation: how often it changed tells of absence."
    )
    replaces: ID | None = derived(
        resolve.replaces, "The Liaison id used before, where a match or its undoing changes it."
    )
    occurred_at: datetime = leaf("When it was true.")
    recorded_at: datetime = leaf("When the hub wrote it down.")
    organization: Organization | None = relation(
        directory.organizations, "organization_id", "Whose statement or step it is."
    )
    liaison: Liaison | None = derived(resolve.liaison_of, "The liaison as it is now, as far as it is visible.")
    transfer: Transfer | None = relation(
        one(TransferRow), "transfer_id", "The transfer as it is now, as far as it is visible."
    )
    participation: Participation | None = derived(
        resolve.record_of(ParticipationRow, Aggregate.PARTICIPATION), "The record of participation that it is about."
    )
    activity: Activity | None = derived(
        resolve.record_of(ActivityRow, Aggregate.ACTIVITY), "The activity that it is about."
    )
    inquiry: Inquiry | None = derived(resolve.record_of(InquiryRow, Aggregate.INQUIRY), "The inquiry that it is about.")


@strawberry.type(description="Nothing happened for a while; the stream lives.")
class Heartbeat:
    """The stream lives."""

    is_type_of = of_class(item.Heartbeat)

    cursor: Cursor = leaf("Where the reader stands.")
    head_seq: Int64 | None = leaf("The last event of this view.")
    at: datetime = leaf("The hub's time.")


@strawberry.type(
    description="The last item of a stream that cannot go on from its cursor: read everything anew, then go on from `snapshotCursor`."
)
class ResyncRequired:
    """Read everything anew."""

    is_type_of = of_class(item.ResyncRequired)

    reason: item.ResyncReason = leaf("Why.")
    oldest_cursor: Cursor = leaf("The place before the oldest kept event.")
    snapshot_cursor: Cursor = leaf("Take this before reading anew, and go on from it.")


@strawberry.type(
    description="The last item of a stream that the hub ends. Come back with `resumeAfter`; nothing is lost."
)
class Closing:
    """The hub ends the stream."""

    is_type_of = of_class(item.Closing)

    reason: item.CloseReason = leaf("Why.")
    resume_after: Cursor = leaf("The place behind the last item given.")
    retry_after_ms: int = leaf("How long to wait before coming back, in milliseconds.")


StreamItem = Annotated[
    Event | Heartbeat | ResyncRequired | Closing,
    strawberry.union("StreamItem", description="What a stream is made of."),
]


@strawberry.type(description="The stream by polling: the same items and cursors as the subscription.")
class EventPage:
    """The stream by polling."""

    items: list[StreamItem] = leaf("Oldest first. A ResyncRequired stands alone.")
    has_next: bool = leaf("Whether more events are there already.")
    head_seq: Int64 | None = leaf("The last event of this view.")
