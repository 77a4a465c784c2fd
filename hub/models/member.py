"""Members, the numbers they are known by, and the decisions on their membership."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import (
    Base,
    is_contact,
    is_home,
    is_internal,
    is_name,
    is_open,
    is_partial_date,
    is_standing,
    one_of,
)


class MemberCategory(StrEnum):
    """Full (正式) or probationary (预备); changed only by a recorded decision."""

    FULL = "FULL"
    PROBATIONARY = "PROBATIONARY"


class MemberStanding(StrEnum):
    """Whether membership is in force (党籍状态)."""

    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    REMOVED = "REMOVED"
    EXPELLED = "EXPELLED"
    CANDIDACY_CANCELLED = "CANDIDACY_CANCELLED"
    DECEASED = "DECEASED"


class DecisionKind(StrEnum):
    """A decision on membership, taken by people and recorded here, never made here."""

    FULL_MEMBERSHIP = "FULL_MEMBERSHIP"
    PROBATION_EXTENDED = "PROBATION_EXTENDED"
    CANDIDACY_CANCELLED = "CANDIDACY_CANCELLED"
    SUSPENDED = "SUSPENDED"
    RESTORED = "RESTORED"
    REMOVED = "REMOVED"
    EXPELLED = "EXPELLED"
    DECEASED = "DECEASED"


class Member(Base):
    """A person whose membership some organization of this hub holds or held."""

    __tablename__ = "member"
    __table_args__ = (
        one_of("category", MemberCategory),
        one_of("standing", MemberStanding),
        is_partial_date("joined_on"),
        is_partial_date("full_member_on"),
        Index(None, "name_key", "birth_date"),
        Index(None, "phone_digests", postgresql_using="gin"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    name: Mapped[str | None] = is_name()
    name_key: Mapped[str | None] = is_internal()
    gender: Mapped[str | None] = is_name()
    birth_date: Mapped[date | None] = is_name()
    ethnicity: Mapped[str | None] = is_name()
    category: Mapped[str] = is_name()
    citizen_id_sealed: Mapped[bytes | None] = is_internal(LargeBinary)
    citizen_id_masked: Mapped[str | None] = is_contact()
    phone_sealed: Mapped[bytes | None] = is_internal(LargeBinary)
    phone_masked: Mapped[str | None] = is_contact()
    phone_digests: Mapped[list[bytes] | None] = is_internal(ARRAY(LargeBinary))
    standing: Mapped[str] = is_standing(server_default="IN_FORCE")
    joined_on: Mapped[str | None] = is_standing()
    full_member_on: Mapped[str | None] = is_standing()
    dues_paid_through: Mapped[str | None] = is_standing()
    education: Mapped[str | None] = is_home()
    occupation: Mapped[str | None] = is_home()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()


class Identity(Base):
    """A digest by which a member or an arrival is known. A corrected number keeps its old digest: both match.

    `subject_id` is a member's or an arrival's id. Not unique over the hub: two organizations may hold one person.
    """

    __tablename__ = "identity"
    __table_args__ = (Index(None, "digest"),)

    subject_id: Mapped[UUID] = is_internal(primary_key=True)
    digest: Mapped[bytes] = is_internal(LargeBinary, primary_key=True)
    of_member: Mapped[bool] = is_internal()
    replaced_at: Mapped[datetime | None] = is_internal(TIMESTAMP(timezone=True))


class MembershipDecision(Base):
    """A recorded decision (转正, 延长, 停止, 恢复, 除名, 死亡 …): who decided what, on which day, by which document."""

    __tablename__ = "membership_decision"
    __table_args__ = (one_of("kind", DecisionKind), Index(None, "member_id"))

    id: Mapped[UUID] = is_internal(primary_key=True)
    member_id: Mapped[UUID] = is_internal(ForeignKey("member.id"))
    kind: Mapped[str] = is_standing()
    decided_on: Mapped[date] = is_standing()
    decided_by: Mapped[str] = is_standing()
    document_number: Mapped[str | None] = is_standing()
    until_on: Mapped[date | None] = is_standing()
    note: Mapped[str | None] = is_standing()
    recorded_at: Mapped[datetime] = is_standing(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
