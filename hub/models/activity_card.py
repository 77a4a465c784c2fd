"""Activity cards (流动党员活动证): issued at home, presented where the member lives, checked once a year."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal, is_name, is_open, one_of


class CardState(StrEnum):
    """ISSUED, PRESENTED at the inflow side, CHECKED for a year; then RETURNED, VOID or REPLACED by another."""

    ISSUED = "ISSUED"
    PRESENTED = "PRESENTED"
    CHECKED = "CHECKED"
    RETURNED = "RETURNED"
    VOID = "VOID"
    REPLACED = "REPLACED"


CARD_ENDED = (CardState.RETURNED, CardState.VOID, CardState.REPLACED)


class ActivityCard(Base):
    """One card. `issuer_id` numbers it (县级组织部门); `organization_id` hands it out. Its entries are the records."""

    __tablename__ = "activity_card"
    __table_args__ = (
        one_of("state", CardState),
        CheckConstraint("(state = 'REPLACED') = (replaced_by_id is not null)", name="replaced_by_another"),
        Index("one_number_per_issuer", "issuer_id", "number", unique=True),
        Index(
            "one_card_in_use",
            "member_id",
            unique=True,
            postgresql_where=text("state in ('ISSUED', 'PRESENTED', 'CHECKED')"),
        ),
        Index(None, "number"),
        Index(None, "member_id"),
        Index(None, "organization_id"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    number: Mapped[str] = is_name()
    issuer_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    member_id: Mapped[UUID] = is_open(ForeignKey("member.id"))
    state: Mapped[str] = is_open(server_default="ISSUED")
    issued_on: Mapped[date] = is_open()
    presented_on: Mapped[date | None] = is_open()
    arrival_id: Mapped[UUID | None] = is_open(ForeignKey("arrival.id"))
    ended_on: Mapped[date | None] = is_open()
    end_note: Mapped[str | None] = is_name()
    replaced_by_id: Mapped[UUID | None] = is_open(ForeignKey("activity_card.id"))
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()


class CardCheck(Base):
    """The yearly check (查验), with the appraisal, by the formal or the organizational-life branch."""

    __tablename__ = "card_check"

    card_id: Mapped[UUID] = is_open(ForeignKey("activity_card.id"), primary_key=True)
    year: Mapped[int] = is_open(primary_key=True, autoincrement=False)
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    checked_on: Mapped[date] = is_open()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
