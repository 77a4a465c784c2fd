"""Deadlines as rows: how long, from which rule, since when, for whom."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_open, one_of


class RuleUnit(StrEnum):
    """Months are calendar months, days are days; zone Asia/Shanghai."""

    DAY = "DAY"
    MONTH = "MONTH"


class RuleCode(StrEnum):
    """The deadlines of the hub. A local rule is labelled 本地设定 in its citation."""

    MATCH_ANSWER = "MATCH_ANSWER"
    ARRIVAL_EXPECTED = "ARRIVAL_EXPECTED"
    DEPARTURE_EXPECTED = "DEPARTURE_EXPECTED"
    DISCREPANCY_SETTLED = "DISCREPANCY_SETTLED"
    REMARK_ANSWER = "REMARK_ANSWER"
    STILL_AWAY_ANSWER = "STILL_AWAY_ANSWER"
    LEAVING_ANSWER = "LEAVING_ANSWER"
    RETURN_MEETING = "RETURN_MEETING"
    TRANSFER_ELIGIBLE_AFTER = "TRANSFER_ELIGIBLE_AFTER"
    TRANSFER_STEP = "TRANSFER_STEP"
    LETTER_VALID = "LETTER_VALID"
    LETTER_VALID_CAP = "LETTER_VALID_CAP"
    RECEIPT = "RECEIPT"
    WITHDRAWAL_SILENCE = "WITHDRAWAL_SILENCE"
    NATIONAL_SYSTEM = "NATIONAL_SYSTEM"
    LEDGER_FRESH = "LEDGER_FRESH"
    RETURNED_CLOSED = "RETURNED_CLOSED"
    TWO_MEMBERS_ANSWER = "TWO_MEMBERS_ANSWER"
    PARTICIPATION_ACKNOWLEDGED = "PARTICIPATION_ACKNOWLEDGED"
    SELF_REPORT_ANSWER = "SELF_REPORT_ANSWER"
    DISPUTE_ANSWER = "DISPUTE_ANSWER"
    ABSENCE_HEARD = "ABSENCE_HEARD"
    INQUIRY_ANSWER = "INQUIRY_ANSWER"
    INQUIRY_ESCALATED = "INQUIRY_ESCALATED"
    CONTACT_STALE = "CONTACT_STALE"
    CONTACT_SEARCH = "CONTACT_SEARCH"


class DeadlineRule(Base):
    """One deadline. Without an organization it holds everywhere; with one, in that subtree, nearest first."""

    __tablename__ = "deadline_rule"
    __table_args__ = (
        one_of("code", RuleCode),
        one_of("unit", RuleUnit),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        Index(None, "code", "organization_id", "effective_from", unique=True, postgresql_nulls_not_distinct=True),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    code: Mapped[str] = is_open()
    amount: Mapped[int] = is_open()
    unit: Mapped[str] = is_open()
    citation: Mapped[str] = is_open()
    effective_from: Mapped[date] = is_open()
    effective_to: Mapped[date | None] = is_open()
    organization_id: Mapped[UUID | None] = is_open(ForeignKey("organization.id"))
