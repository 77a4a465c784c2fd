"""Democratic appraisal (民主评议): opinions of where the member takes part, one grade by the formal organization."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal, is_name, is_open, is_standing, one_of


class Grade(StrEnum):
    """优秀, 合格, 基本合格, 不合格."""

    EXCELLENT = "EXCELLENT"
    QUALIFIED = "QUALIFIED"
    BASICALLY_QUALIFIED = "BASICALLY_QUALIFIED"
    UNQUALIFIED = "UNQUALIFIED"


class Appraisal(Base):
    """The one grade of a member and year. Without a grade: a probationary member took part (条例 Art 18)."""

    __tablename__ = "appraisal"
    __table_args__ = (
        one_of("grade", Grade),
        Index("one_grade_per_member_and_year", "member_id", "year", unique=True),
        Index(None, "organization_id", "year"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    member_id: Mapped[UUID] = is_open(ForeignKey("member.id"))
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    year: Mapped[int] = is_open()
    grade: Mapped[str | None] = is_standing()
    decided_on: Mapped[date] = is_standing()
    note: Mapped[str | None] = is_standing()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()


class AppraisalOpinion(Base):
    """What the inflow side (on the arrival) or a floating branch (on the member) says; the home side decides."""

    __tablename__ = "appraisal_opinion"
    __table_args__ = (
        one_of("grade", Grade),
        CheckConstraint("(arrival_id is null) <> (member_id is null)", name="hangs_on_one"),
        Index(
            "one_opinion_per_year",
            text("coalesce(arrival_id, member_id)"),
            "organization_id",
            "year",
            unique=True,
        ),
        Index(None, "arrival_id"),
        Index(None, "member_id"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    arrival_id: Mapped[UUID | None] = is_open(ForeignKey("arrival.id"))
    member_id: Mapped[UUID | None] = is_open(ForeignKey("member.id"))
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    year: Mapped[int] = is_open()
    grade: Mapped[str | None] = is_name()
    opinion: Mapped[str | None] = is_name()
    given_on: Mapped[date] = is_open()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
