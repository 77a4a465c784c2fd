"""Inquiries (协查函): the outflow branch asks the inflow side what a member took part in."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal, is_name, is_open, one_of


class InquiryState(StrEnum):
    """ASKED: unanswered, and nothing adverse about its period can be recorded."""

    ASKED = "ASKED"
    ANSWERED = "ANSWERED"
    WITHDRAWN = "WITHDRAWN"


class Inquiry(Base):
    """One question about one member and period. `inflow_organization_id` is who is asked."""

    __tablename__ = "inquiry"
    __table_args__ = (
        one_of("state", InquiryState),
        CheckConstraint("to_on >= from_on", name="period_has_an_end"),
        CheckConstraint("(state = 'ANSWERED') = (answered_at is not null)", name="answered_at"),
        CheckConstraint("state <> 'WITHDRAWN' or withdrawal_reason is not null", name="withdrawn_with_reason"),
        Index(None, "member_id", "state"),
        Index(None, "outflow_organization_id", "asked_at", "id"),
        Index(None, "inflow_organization_id", "asked_at", "id"),
        Index("ix_inquiry_open", "due_on", postgresql_where=text("state = 'ASKED'")),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    member_id: Mapped[UUID] = is_open(ForeignKey("member.id"))
    arrival_id: Mapped[UUID | None] = is_open(ForeignKey("arrival.id"))
    outflow_organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    inflow_organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    from_on: Mapped[date] = is_open()
    to_on: Mapped[date] = is_open()
    question: Mapped[str | None] = is_name()
    state: Mapped[str] = is_open(server_default="ASKED")
    due_on: Mapped[date] = is_open()
    asked_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    asked_by: Mapped[str] = is_internal()
    answer: Mapped[str | None] = is_name()
    answered_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    answered_by: Mapped[str | None] = is_internal()
    withdrawal_reason: Mapped[str | None] = is_name()


class InquiryRecord(Base):
    """A participation that an answer refers to."""

    __tablename__ = "inquiry_record"

    inquiry_id: Mapped[UUID] = is_open(ForeignKey("inquiry.id"), primary_key=True)
    participation_id: Mapped[UUID] = is_open(ForeignKey("participation.id"), primary_key=True)
