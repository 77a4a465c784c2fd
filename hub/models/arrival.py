"""The inflow statement: what the organization of the place says about one member who came."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_contact, is_home, is_internal, is_name, is_open, is_partial_date, one_of
from hub.models.member import MemberCategory


class InflowState(StrEnum):
    """Where the member stands on the inflow side, matched or not."""

    ARRIVED = "ARRIVED"
    VERIFYING = "VERIFYING"
    PLACED = "PLACED"
    RETURNED = "RETURNED"
    LEFT = "LEFT"


class ReasonCode(StrEnum):
    """No refusing without cause (条例 Art 25): the causes. Text is mandatory with OTHER."""

    FILE_INCOMPLETE = "FILE_INCOMPLETE"
    DUES_UNPAID = "DUES_UNPAID"
    WRONG_ADDRESSEE = "WRONG_ADDRESSEE"
    NOT_HERE_SIX_MONTHS = "NOT_HERE_SIX_MONTHS"
    ADMISSION_IN_DOUBT = "ADMISSION_IN_DOUBT"
    MEMBERS_WISH = "MEMBERS_WISH"
    NOT_LIVING_HERE = "NOT_LIVING_HERE"
    DUPLICATE = "DUPLICATE"
    OTHER = "OTHER"


class InflowColumns:
    """The columns of an inflow statement, the same in `arrival` and in its history."""

    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    branch_id: Mapped[UUID | None] = is_open(ForeignKey("organization.id"))
    state: Mapped[str] = is_open(server_default="ARRIVED")
    name: Mapped[str | None] = is_name()
    name_key: Mapped[str | None] = is_internal()
    birth_date: Mapped[date | None] = is_name()
    category: Mapped[str | None] = is_name()
    citizen_id_sealed: Mapped[bytes | None] = is_internal(LargeBinary)
    citizen_id_masked: Mapped[str | None] = is_contact()
    arrived_on: Mapped[str | None] = is_open()
    placed_on: Mapped[date | None] = is_open()
    left_on: Mapped[str | None] = is_open()
    left_for: Mapped[str | None] = is_name()
    return_reason: Mapped[str | None] = is_open()
    return_note: Mapped[str | None] = is_name()
    home_organization_text: Mapped[str | None] = is_name()
    home_organization_id: Mapped[UUID | None] = is_internal()
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
    card_number: Mapped[str | None] = is_name()
    remark: Mapped[str | None] = is_home()
    unreadable_sealed: Mapped[bytes | None] = is_internal(LargeBinary)
    confirmed_on: Mapped[date | None] = is_open()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
    amended_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    amended_by: Mapped[str] = is_internal()


class Arrival(InflowColumns, Base):
    """One arrival. Placed in a branch or not, matched or not: two different things (domain 0.10)."""

    __tablename__ = "arrival"
    __table_args__ = (
        one_of("state", InflowState),
        one_of("category", MemberCategory),
        one_of("return_reason", ReasonCode),
        is_partial_date("arrived_on"),
        is_partial_date("left_on"),
        CheckConstraint("state <> 'PLACED' or branch_id is not null", name="placed_in_a_branch"),
        CheckConstraint("(state = 'RETURNED') = (return_reason is not null)", name="returned_with_reason"),
        Index(None, "organization_id"),
        Index(None, "branch_id"),
        Index(None, "name_key", "birth_date"),
        Index(None, "card_number", postgresql_where=text("card_number is not null")),
        Index(None, "phone_digests", postgresql_using="gin"),
        # Room on each page: a match moves the version only, and then no index is touched.
        {"postgresql_with": {"fillfactor": 75}},
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")


class ArrivalHistory(InflowColumns, Base):
    """Superseded versions of an arrival, the row as it was."""

    __tablename__ = "arrival_history"

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(primary_key=True)
