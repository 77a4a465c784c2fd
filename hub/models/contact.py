"""Contact with a member (联系): what was tried, what was answered, and the finding that somebody is lost (失联)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_home, is_internal, is_open, is_standing, one_of


class ContactManner(StrEnum):
    """How somebody was reached or looked for. DUES: the member paid; what the family pays is no contact."""

    PHONE = "PHONE"
    MESSAGE = "MESSAGE"
    MEETING = "MEETING"
    LETTER = "LETTER"
    REPORT = "REPORT"
    DUES = "DUES"
    FAMILY = "FAMILY"
    ADDRESS = "ADDRESS"
    WORK_UNIT = "WORK_UNIT"
    POLICE = "POLICE"
    NOTICE = "NOTICE"


class Contact(Base):
    """One attempt. `is_two_way`: the member answered in person. `is_search`: an entry of the search log (条例 Art 24)."""

    __tablename__ = "contact"
    __table_args__ = (one_of("manner", ContactManner), Index(None, "member_id", "on_day"))

    id: Mapped[UUID] = is_open(primary_key=True)
    member_id: Mapped[UUID] = is_open(ForeignKey("member.id"))
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    on_day: Mapped[date] = is_home()
    manner: Mapped[str] = is_home()
    is_two_way: Mapped[bool] = is_home()
    is_search: Mapped[bool] = is_home()
    note: Mapped[str | None] = is_home()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()


class LostFinding(Base):
    """A finding of people that a member is lost, after the search log was complete; lifted when they are found."""

    __tablename__ = "lost_finding"
    __table_args__ = (
        CheckConstraint("lifted_on is null or lifted_on >= found_on", name="lifted_not_before_found"),
        Index("one_open_finding", "member_id", unique=True, postgresql_where=text("lifted_on is null")),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    member_id: Mapped[UUID] = is_open(ForeignKey("member.id"))
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    found_on: Mapped[date] = is_standing()
    decided_by: Mapped[str] = is_standing()
    note: Mapped[str | None] = is_home()
    lifted_on: Mapped[date | None] = is_standing()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
