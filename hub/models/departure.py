"""The outflow statement: what the organization that holds the membership says about one departure."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_contact, is_home, is_internal, is_name, is_open, is_partial_date, one_of


class EndReason(StrEnum):
    """Why the outflow side ended a liaison. A short return home is a visit, not an end."""

    RETURNED = "RETURNED"
    MOVED_ON = "MOVED_ON"
    TRANSFERRED = "TRANSFERRED"
    MEMBERSHIP_ENDED = "MEMBERSHIP_ENDED"
    DECEASED = "DECEASED"
    IN_ERROR = "IN_ERROR"


class OutflowColumns:
    """The columns of an outflow statement, the same in `departure` and in its history."""

    member_id: Mapped[UUID] = is_open(ForeignKey("member.id"))
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    departed_on: Mapped[str | None] = is_open()
    expected_return: Mapped[str | None] = is_open()
    destination: Mapped[str | None] = is_name()
    work_unit: Mapped[str | None] = is_name()
    address_sealed: Mapped[bytes | None] = is_internal(LargeBinary)
    address_masked: Mapped[str | None] = is_contact()
    address_digest: Mapped[bytes | None] = is_internal(LargeBinary)
    phone_sealed: Mapped[bytes | None] = is_internal(LargeBinary)
    phone_masked: Mapped[str | None] = is_contact()
    other_phone_sealed: Mapped[bytes | None] = is_internal(LargeBinary)
    other_phone_masked: Mapped[str | None] = is_contact()
    other_phone_whose: Mapped[str | None] = is_contact()
    phone_digests: Mapped[list[bytes] | None] = is_internal(ARRAY(LargeBinary))
    inflow_organization_id: Mapped[UUID | None] = is_open(ForeignKey("organization.id"))
    inflow_organization_text: Mapped[str | None] = is_name()
    named_organization_id: Mapped[UUID | None] = is_internal()
    inflow_leader_name: Mapped[str | None] = is_name()
    inflow_leader_phone: Mapped[str | None] = is_name()
    card_number: Mapped[str | None] = is_name()
    reason: Mapped[str | None] = is_home()
    remark: Mapped[str | None] = is_home()
    unreadable_sealed: Mapped[bytes | None] = is_internal(LargeBinary)
    confirmed_on: Mapped[date | None] = is_open()
    ended_on: Mapped[date | None] = is_open()
    end_reason: Mapped[str | None] = is_open()
    end_note: Mapped[str | None] = is_internal()
    end_letter_number: Mapped[str | None] = is_internal()
    moved_on_to: Mapped[UUID | None] = is_open()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
    amended_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    amended_by: Mapped[str] = is_internal()


class Departure(OutflowColumns, Base):
    """One departure of one member. `named_organization_id` is what the statement names: the organization, or the
    highest one of the place; it decides whether a certain match takes effect at once. It is derived, so no key
    guards it. `end_reason` and `ended_on` stand together."""

    __tablename__ = "departure"
    __table_args__ = (
        one_of("end_reason", EndReason),
        is_partial_date("departed_on"),
        is_partial_date("expected_return"),
        CheckConstraint("(ended_on is null) = (end_reason is null)", name="end_has_day_and_reason"),
        Index("one_open_departure", "member_id", unique=True, postgresql_where=text("ended_on is null")),
        Index(None, "organization_id"),
        Index(None, "card_number", postgresql_where=text("card_number is not null")),
        Index(None, "phone_digests", postgresql_using="gin"),
        # Room on each page: a match moves the version only, and then no index is touched.
        {"postgresql_with": {"fillfactor": 75}},
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")


class DepartureHistory(OutflowColumns, Base):
    """Superseded versions of a departure, the row as it was."""

    __tablename__ = "departure_history"

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(primary_key=True)


class Visit(Base):
    """A short return home (返乡) within one departure, with the meeting to hold (凡回乡必见面)."""

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("departure_id", "came_on", name="one_visit_per_day"),
        CheckConstraint("left_on is null or left_on >= came_on", name="left_not_before_came"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    departure_id: Mapped[UUID] = is_open(ForeignKey("departure.id"))
    came_on: Mapped[date] = is_open()
    left_on: Mapped[date | None] = is_open()
    met_on: Mapped[date | None] = is_open()
    note: Mapped[str | None] = is_home()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
