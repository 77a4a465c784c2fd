"""Differences between the two statements of one liaison, or the two sides of one transfer: each has an owner."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal, is_name, is_open, one_of
from hub.models.side import Side


class DiscrepancyState(StrEnum):
    """OPEN until the owner settles it; PROPOSED when the other side has suggested how."""

    OPEN = "OPEN"
    PROPOSED = "PROPOSED"
    SETTLED = "SETTLED"


class Discrepancy(Base):
    """One field on which the sides differ. `pair_digest` names the pair of values: a settled pair stays settled
    until one of the values changes (domain 0.24). Values are as on the page: masked where sealed.

    `participation_id`: the host's record, where the two sides tell one attendance differently."""

    __tablename__ = "discrepancy"
    __table_args__ = (
        one_of("state", DiscrepancyState),
        one_of("owner", Side),
        CheckConstraint("(match_id is null) <> (transfer_id is null)", name="of_one_record"),
        Index(
            "one_difference_per_field",
            "match_id",
            "field",
            unique=True,
            postgresql_where=text("match_id is not null and participation_id is null"),
        ),
        Index(
            "one_difference_per_participation",
            "participation_id",
            unique=True,
            postgresql_where=text("participation_id is not null"),
        ),
        Index(
            "one_difference_per_transfer_field",
            "transfer_id",
            "field",
            unique=True,
            postgresql_where=text("transfer_id is not null"),
        ),
        Index(None, "state", "due_on"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    match_id: Mapped[UUID | None] = is_open(ForeignKey("match.id"))
    transfer_id: Mapped[UUID | None] = is_open(ForeignKey("transfer.id"))
    participation_id: Mapped[UUID | None] = is_open(ForeignKey("participation.id"))
    field: Mapped[str] = is_open()
    outflow_value: Mapped[str | None] = is_name()
    inflow_value: Mapped[str | None] = is_name()
    differs_hidden: Mapped[bool] = is_open(server_default=text("false"))
    pair_digest: Mapped[bytes] = is_internal(LargeBinary)
    owner: Mapped[str] = is_open()
    state: Mapped[str] = is_open(server_default="OPEN")
    due_on: Mapped[date | None] = is_open()
    proposal_take: Mapped[str | None] = is_open()
    proposal_value: Mapped[str | None] = is_name()
    proposal_confirmed_on: Mapped[date | None] = is_open()
    proposal_note: Mapped[str | None] = is_name()
    proposed_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    proposed_by: Mapped[str | None] = is_open()
    opened_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    settled_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    settled_by: Mapped[str | None] = is_internal()
