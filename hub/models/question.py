"""Questions that a person answers: still away? what does this remark mean? what should this cell say? why no transfer?

All other tasks are derived from the records they are about (`hub.domain.task`)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_home, is_internal, is_open, one_of
from hub.models.side import Side


class TaskKind(StrEnum):
    """All kinds of the contract; the first four are stored here, the rest derived."""

    STILL_AWAY = "STILL_AWAY"
    REMARK = "REMARK"
    UNREADABLE = "UNREADABLE"
    TRANSFER_ELIGIBLE = "TRANSFER_ELIGIBLE"
    MATCH = "MATCH"
    DENIAL = "DENIAL"
    DISCREPANCY = "DISCREPANCY"
    NO_ARRIVAL = "NO_ARRIVAL"
    NO_DEPARTURE = "NO_DEPARTURE"
    LEAVING = "LEAVING"
    RETURN_VISIT = "RETURN_VISIT"
    TRANSFER_STEP = "TRANSFER_STEP"
    RECEIPT = "RECEIPT"
    NATIONAL_SYSTEM_DATE = "NATIONAL_SYSTEM_DATE"
    LETTER_EXPIRED = "LETTER_EXPIRED"
    RETURNED_NOT_CLOSED = "RETURNED_NOT_CLOSED"
    TWO_MEMBERS = "TWO_MEMBERS"
    LATE_ACCEPTANCE = "LATE_ACCEPTANCE"
    PARTICIPATION_UNACKNOWLEDGED = "PARTICIPATION_UNACKNOWLEDGED"
    SELF_REPORT = "SELF_REPORT"
    DISPUTE = "DISPUTE"
    ABSENCE_UNHEARD = "ABSENCE_UNHEARD"
    INQUIRY = "INQUIRY"
    INQUIRY_OVERDUE = "INQUIRY_OVERDUE"
    SEARCH = "SEARCH"
    LOST_BUT_ACTIVE = "LOST_BUT_ACTIVE"


ANSWERED_BY_A_PERSON = (TaskKind.STILL_AWAY, TaskKind.REMARK, TaskKind.UNREADABLE, TaskKind.TRANSFER_ELIGIBLE)


class Question(Base):
    """One question to one organization about one statement (departure or arrival). Open until answered.

    `about` tells two questions of one kind on one statement apart: the field of an unreadable cell, the kind of
    remark, the month of a vanished line.
    """

    __tablename__ = "question"
    __table_args__ = (
        one_of("kind", TaskKind),
        one_of("turn", Side),
        CheckConstraint("(departure_id is null) <> (arrival_id is null)", name="about_one_statement"),
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered_at_with_by"),
        Index(
            "one_open_question",
            "kind",
            text("coalesce(departure_id, arrival_id)"),
            "about",
            unique=True,
            postgresql_where=text("answered_at is null"),
        ),
        Index(None, "organization_id", "due_on", postgresql_where=text("answered_at is null")),
        Index(None, "departure_id"),
        Index(None, "arrival_id"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    kind: Mapped[str] = is_open()
    turn: Mapped[str] = is_open()
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    departure_id: Mapped[UUID | None] = is_open(ForeignKey("departure.id"))
    arrival_id: Mapped[UUID | None] = is_open(ForeignKey("arrival.id"))
    about: Mapped[str] = is_open(server_default="")
    due_on: Mapped[date] = is_open()
    asked_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    answer: Mapped[str | None] = is_home()
    note: Mapped[str | None] = is_home()
    answered_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    answered_by: Mapped[str | None] = is_internal()
