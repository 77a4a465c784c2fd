"""The event log: an outbox that writers fill, a feed that one step numbers, and who may hear of what."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal, is_open


class Topic(StrEnum):
    """What an event is about."""

    MEMBER = "MEMBER"
    LIAISON = "LIAISON"
    TRANSFER = "TRANSFER"
    PARTICIPATION = "PARTICIPATION"
    DISCREPANCY = "DISCREPANCY"
    LEDGER = "LEDGER"


class EventKind(StrEnum):
    """NOUN_PAST_VERB, as in the contract."""

    MEMBER_REGISTERED = "MEMBER_REGISTERED"
    MEMBERSHIP_DECIDED = "MEMBERSHIP_DECIDED"
    IDENTITY_CORRECTED = "IDENTITY_CORRECTED"
    OFFICER_CHANGED = "OFFICER_CHANGED"
    DEPARTURE_REGISTERED = "DEPARTURE_REGISTERED"
    ARRIVAL_REGISTERED = "ARRIVAL_REGISTERED"
    MATCH_ASKED = "MATCH_ASKED"
    MATCH_CONFIRMED = "MATCH_CONFIRMED"
    MATCH_DENIED = "MATCH_DENIED"
    MATCH_UNDONE = "MATCH_UNDONE"
    DENIAL_OBJECTED = "DENIAL_OBJECTED"
    MEMBER_PLACED = "MEMBER_PLACED"
    ARRIVAL_RETURNED = "ARRIVAL_RETURNED"
    STATEMENT_AMENDED = "STATEMENT_AMENDED"
    VISIT_RECORDED = "VISIT_RECORDED"
    LEAVING_RECORDED = "LEAVING_RECORDED"
    LIAISON_ENDED = "LIAISON_ENDED"
    LIAISON_SHARED = "LIAISON_SHARED"
    LIAISON_UNSHARED = "LIAISON_UNSHARED"
    TRANSFER_REQUESTED = "TRANSFER_REQUESTED"
    TRANSFER_CONFIRMED = "TRANSFER_CONFIRMED"
    TRANSFER_APPROVED = "TRANSFER_APPROVED"
    LETTER_ISSUED = "LETTER_ISSUED"
    LETTER_REISSUED = "LETTER_REISSUED"
    LETTER_EXPIRED = "LETTER_EXPIRED"
    TRANSFER_RETURNED = "TRANSFER_RETURNED"
    TRANSFER_REFUSED = "TRANSFER_REFUSED"
    TRANSFER_SHARED = "TRANSFER_SHARED"
    TRANSFER_UNSHARED = "TRANSFER_UNSHARED"
    WITHDRAWAL_ASKED = "WITHDRAWAL_ASKED"
    TRANSFER_WITHDRAWN = "TRANSFER_WITHDRAWN"
    TRANSFER_ACCEPTED = "TRANSFER_ACCEPTED"
    LATE_ACCEPTANCE_RECORDED = "LATE_ACCEPTANCE_RECORDED"
    LATE_ACCEPTANCE_SETTLED = "LATE_ACCEPTANCE_SETTLED"
    TRANSFER_RELEASED = "TRANSFER_RELEASED"
    TRANSFER_REJECTED = "TRANSFER_REJECTED"
    RECEIPT_RETURNED = "RECEIPT_RETURNED"
    TRANSFER_CLOSED = "TRANSFER_CLOSED"
    BRANCH_MOVED = "BRANCH_MOVED"
    DISCREPANCY_OPENED = "DISCREPANCY_OPENED"
    DISCREPANCY_PROPOSED = "DISCREPANCY_PROPOSED"
    DISCREPANCY_SETTLED = "DISCREPANCY_SETTLED"
    ATTENDANCE_DISCREPANCY_OPENED = "ATTENDANCE_DISCREPANCY_OPENED"
    ATTENDANCE_DISCREPANCY_PROPOSED = "ATTENDANCE_DISCREPANCY_PROPOSED"
    ATTENDANCE_DISCREPANCY_SETTLED = "ATTENDANCE_DISCREPANCY_SETTLED"
    LEDGER_IMPORTED = "LEDGER_IMPORTED"
    ACTIVITY_RECORDED = "ACTIVITY_RECORDED"
    ACTIVITY_AMENDED = "ACTIVITY_AMENDED"
    ACTIVITY_CANCELLED = "ACTIVITY_CANCELLED"
    PARTICIPATION_RECORDED = "PARTICIPATION_RECORDED"
    PARTICIPATION_CONFIRMED = "PARTICIPATION_CONFIRMED"
    PARTICIPATION_ACKNOWLEDGED = "PARTICIPATION_ACKNOWLEDGED"
    PARTICIPATION_CORRECTED = "PARTICIPATION_CORRECTED"
    PARTICIPATION_DISPUTED = "PARTICIPATION_DISPUTED"
    DISPUTE_ANSWERED = "DISPUTE_ANSWERED"
    PARTICIPATION_SHARED = "PARTICIPATION_SHARED"
    PARTICIPATION_UNSHARED = "PARTICIPATION_UNSHARED"
    PARTICIPATION_OVERDUE = "PARTICIPATION_OVERDUE"
    ABSENCE_HEARD = "ABSENCE_HEARD"
    EXEMPTION_RECORDED = "EXEMPTION_RECORDED"
    INQUIRY_ASKED = "INQUIRY_ASKED"
    INQUIRY_ANSWERED = "INQUIRY_ANSWERED"
    INQUIRY_WITHDRAWN = "INQUIRY_WITHDRAWN"
    CONTACT_RECORDED = "CONTACT_RECORDED"
    LOST_RECORDED = "LOST_RECORDED"
    LOST_LIFTED = "LOST_LIFTED"
    CARD_ISSUED = "CARD_ISSUED"
    CARD_PRESENTED = "CARD_PRESENTED"
    CARD_CHECKED = "CARD_CHECKED"
    CARD_RETURNED = "CARD_RETURNED"
    CARD_VOIDED = "CARD_VOIDED"
    CARD_REPLACED = "CARD_REPLACED"
    OPINION_GIVEN = "OPINION_GIVEN"
    APPRAISAL_RECORDED = "APPRAISAL_RECORDED"


class Aggregate(StrEnum):
    """The records whose versions move."""

    OUTFLOW_STATEMENT = "OutflowStatement"
    INFLOW_STATEMENT = "InflowStatement"
    MATCH_CANDIDATE = "MatchCandidate"
    TRANSFER = "Transfer"
    DISCREPANCY = "Discrepancy"
    MEMBER = "Member"
    ORGANIZATION = "Organization"
    IMPORT_RUN = "ImportRun"
    ACTIVITY = "Activity"
    PARTICIPATION = "Participation"
    INQUIRY = "Inquiry"
    EXEMPTION = "Exemption"
    ACTIVITY_CARD = "ActivityCard"
    APPRAISAL = "Appraisal"
    APPRAISAL_OPINION = "AppraisalOpinion"


class EventColumns:
    """What an event says: that something happened, to which record, never the content."""

    topic: Mapped[str] = is_open()
    kind: Mapped[str] = is_open()
    aggregate: Mapped[str] = is_open()
    aggregate_id: Mapped[UUID] = is_open()
    aggregate_version: Mapped[int] = is_open()
    replaces: Mapped[UUID | None] = is_open()
    organization_id: Mapped[UUID | None] = is_open()
    departure_id: Mapped[UUID | None] = is_open()
    arrival_id: Mapped[UUID | None] = is_open()
    transfer_id: Mapped[UUID | None] = is_open()
    member_id: Mapped[UUID | None] = is_internal()
    occurred_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))


class Outbox(EventColumns, Base):
    """Events not yet numbered. A writer inserts after it holds the aggregate's lock; the numbering step deletes.

    `audience`: the organizations that could see the record before or after; those above them by the tree.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = is_internal(BigInteger, Identity(always=True, cache=1), primary_key=True)
    event_id: Mapped[UUID] = is_open(server_default=text("gen_random_uuid()"))
    audience: Mapped[list[UUID]] = is_internal(ARRAY(PgUUID(as_uuid=True)))


class Feed(EventColumns, Base):
    """Numbered events. `seq` rises, is not dense and is never used again, also after retention or restore."""

    __tablename__ = "feed"
    __table_args__ = (Index(None, "member_id", "seq"), Index(None, "topic", "seq"), Index(None, "recorded_at"))

    seq: Mapped[int] = is_open(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID] = is_open()


class FeedAudience(Base):
    """Which organization may hear of which event. Written with the event by one statement and forgotten with it; a key
    that checks each row again would cost as much as the rest of the numbering step."""

    __tablename__ = "feed_audience"
    __table_args__ = (Index(None, "seq", "organization_id"),)

    organization_id: Mapped[UUID] = is_internal(primary_key=True)
    seq: Mapped[int] = is_internal(BigInteger, primary_key=True)


class FeedHead(Base):
    """The last number given out; one row, whose lock makes numbering a single step at a time."""

    __tablename__ = "feed_head"

    single: Mapped[bool] = is_internal(primary_key=True, server_default="true")
    seq: Mapped[int] = is_internal(BigInteger, server_default="0")
