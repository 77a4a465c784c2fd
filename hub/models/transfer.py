"""Transfers of the formal relationship (组织关系转接), their steps, letters and receipts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal, is_name, is_open, is_standing, one_of
from hub.models.side import Side


class TransferState(StrEnum):
    """See the contract: CONFIRMED = outflow review runs; RELEASED = the affiliation has moved."""

    REQUESTED = "REQUESTED"
    CONFIRMED = "CONFIRMED"
    LETTER_ISSUED = "LETTER_ISSUED"
    ACCEPTED = "ACCEPTED"
    RELEASED = "RELEASED"
    RECEIPTED = "RECEIPTED"
    CLOSED = "CLOSED"
    RETURNED = "RETURNED"
    REFUSED = "REFUSED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


LETTER_SEEN = (
    TransferState.LETTER_ISSUED,
    TransferState.ACCEPTED,
    TransferState.RELEASED,
    TransferState.RECEIPTED,
    TransferState.CLOSED,
)
"""States in which the accepting side has the letter before it, and so sees the member's standing."""
FINISHED = (TransferState.CLOSED, TransferState.REFUSED, TransferState.REJECTED, TransferState.WITHDRAWN)


class LetterState(StrEnum):
    """States of the letter, not of the transfer: a new letter replaces an expired, void or lost one."""

    ISSUED = "ISSUED"
    EXPIRED = "EXPIRED"
    VOID = "VOID"
    USED = "USED"


class Transfer(Base):
    """One request to move a member's formal relationship. The row is the present, the steps are the history.

    `review_organization_id` is whose outflow review step is next while CONFIRMED. Only `hub.domain.transfer` writes.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        one_of("state", TransferState),
        one_of("requested_side", Side),
        CheckConstraint("outflow_organization_id <> inflow_organization_id", name="two_sides"),
        CheckConstraint("issuer_id <> inflow_organization_id", name="two_committees"),
        CheckConstraint("accepted_on is null or placed_in_id is not null", name="acceptance_names_the_branch"),
        CheckConstraint(
            "accepted_on is null or (phoned_on is not null and unit_looked_up_on is not null and talked_on is not null)",
            name="acceptance_has_its_checklist",
        ),
        CheckConstraint("receipt_returned_on is null or accepted_on is not null", name="receipt_only_after_acceptance"),
        Index(
            "one_open_transfer",
            "member_id",
            unique=True,
            postgresql_where=text("state not in ('CLOSED','REFUSED','REJECTED','WITHDRAWN')"),
        ),
        Index(None, "member_id"),
        Index(None, "outflow_organization_id", "created_at", "id"),
        Index(None, "inflow_organization_id", "created_at", "id"),
        Index(None, "issuer_id", "created_at", "id"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    state: Mapped[str] = is_open(server_default="REQUESTED")
    member_id: Mapped[UUID] = is_open(ForeignKey("member.id"))
    outflow_organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    issuer_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    inflow_organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    named_inflow_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    placed_in_id: Mapped[UUID | None] = is_open(ForeignKey("organization.id"))
    requested_side: Mapped[str] = is_open()
    review_organization_id: Mapped[UUID | None] = is_open(ForeignKey("organization.id"))
    due_on: Mapped[date | None] = is_open()
    applied_on: Mapped[date] = is_open()
    application_reason: Mapped[str] = is_name()
    dues_paid_through: Mapped[str | None] = is_standing()
    accepted_on: Mapped[date | None] = is_open()
    accepted_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    phoned_on: Mapped[date | None] = is_open()
    unit_looked_up_on: Mapped[date | None] = is_open()
    talked_on: Mapped[date | None] = is_open()
    withdrawal_asked_on: Mapped[date | None] = is_open()
    late_accepted_on: Mapped[date | None] = is_open()
    """The day of an acceptance that was told only after the withdrawal by silence: a case for both (domain 0.1)."""
    late_settled_on: Mapped[date | None] = is_open()
    receipt_due_on: Mapped[date | None] = is_open()
    receipt_returned_on: Mapped[date | None] = is_open()
    receipt_returned_by: Mapped[str | None] = is_open()
    national_system_out_on: Mapped[date | None] = is_open()
    national_system_in_on: Mapped[date | None] = is_open()
    created_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    created_by: Mapped[str] = is_internal()
    updated_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))


class TransferStep(Base):
    """One step somebody took: which, who, when, why. Appended, never edited."""

    __tablename__ = "transfer_step"

    transfer_id: Mapped[UUID] = is_open(ForeignKey("transfer.id"), primary_key=True)
    number: Mapped[int] = is_open(primary_key=True)
    kind: Mapped[str] = is_open()
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    by: Mapped[str] = is_open()
    reason: Mapped[str | None] = is_open()
    note: Mapped[str | None] = is_name()


class Letter(Base):
    """An introduction letter (介绍信). Issuing it moves nothing. Number unique per issuer and year."""

    __tablename__ = "letter"
    __table_args__ = (
        one_of("state", LetterState),
        UniqueConstraint("issuer_id", "year", "number", name="number_is_unique_per_issuer_and_year"),
        CheckConstraint("valid_days > 0", name="valid_days_positive"),
        CheckConstraint("expires_on = issued_on + valid_days", name="expires_after_valid_days"),
        CheckConstraint("year = extract(year from issued_on)::int", name="year_is_of_issue"),
        Index("one_valid_letter", "transfer_id", unique=True, postgresql_where=text("state = 'ISSUED'")),
        Index(None, "transfer_id"),
        Index(None, "expires_on", postgresql_where=text("state = 'ISSUED'")),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    transfer_id: Mapped[UUID] = is_open(ForeignKey("transfer.id"))
    issuer_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    year: Mapped[int] = is_open()
    number: Mapped[str] = is_open()
    state: Mapped[str] = is_open()
    issued_on: Mapped[date] = is_open()
    valid_days: Mapped[int] = is_open()
    expires_on: Mapped[date] = is_open()
    replaces_id: Mapped[UUID | None] = is_open(ForeignKey("letter.id"))
    void_reason: Mapped[str | None] = is_open()
    issued_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    issued_by: Mapped[str] = is_internal()
