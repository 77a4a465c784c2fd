"""What joins a departure and an arrival: a question to the outflow side, or its confirmed answer."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_home, is_internal, is_open, one_of


class MatchState(StrEnum):
    """ASKED: the outflow side has not answered. UNDONE: a wrong match taken back by either side."""

    ASKED = "ASKED"
    CONFIRMED = "CONFIRMED"
    DENIED = "DENIED"
    UNDONE = "UNDONE"


class MatchBasis(StrEnum):
    """What the two records share. Never name and phone."""

    IDENTITY_NUMBER = "IDENTITY_NUMBER"
    CARD = "CARD"
    NAME_AND_BIRTH_DATE = "NAME_AND_BIRTH_DATE"
    NAME_BIRTH_DATE_AND_ORGANIZATION = "NAME_BIRTH_DATE_AND_ORGANIZATION"


class DenialCode(StrEnum):
    """Why the outflow side says it is not theirs."""

    NOT_OUR_MEMBER = "NOT_OUR_MEMBER"
    NOT_AWAY = "NOT_AWAY"
    ALREADY_TRANSFERRED = "ALREADY_TRANSFERRED"
    OTHER = "OTHER"


class Match(Base):
    """One pair (member, arrival), with the departure once there is one. Live = CONFIRMED and not ended.

    `named` says whether the outflow statement named the registrar when the question was made: only then may a
    denial reach the inflow side (domain 0.11).
    """

    __tablename__ = "match"
    __table_args__ = (
        one_of("state", MatchState),
        one_of("basis", MatchBasis),
        one_of("denial", DenialCode),
        CheckConstraint("state <> 'CONFIRMED' or departure_id is not null", name="confirmed_with_departure"),
        CheckConstraint("state <> 'DENIED' or denial is not null", name="denied_with_code"),
        Index("one_match_per_departure", "departure_id", unique=True, postgresql_where=text("state = 'CONFIRMED'")),
        Index(
            "one_live_match_per_arrival",
            "arrival_id",
            unique=True,
            postgresql_where=text("state = 'CONFIRMED' and ended_at is null"),
        ),
        Index(
            "one_open_question_per_pair",
            "member_id",
            "arrival_id",
            unique=True,
            postgresql_where=text("state = 'ASKED'"),
        ),
        Index(None, "arrival_id"),
        Index(None, "member_id"),
        Index(None, "asked_organization_id", "state", "created_at", "id"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    member_id: Mapped[UUID] = is_open(ForeignKey("member.id"))
    departure_id: Mapped[UUID | None] = is_open(ForeignKey("departure.id"))
    arrival_id: Mapped[UUID] = is_open(ForeignKey("arrival.id"))
    asked_organization_id: Mapped[UUID] = is_open()
    basis: Mapped[str] = is_open()
    state: Mapped[str] = is_open()
    named: Mapped[bool] = is_internal(server_default=text("false"))
    pair_digest: Mapped[bytes] = is_internal(LargeBinary)
    asked_on: Mapped[date | None] = is_open()
    due_on: Mapped[date | None] = is_open()
    denial: Mapped[str | None] = is_open()
    denial_note: Mapped[str | None] = is_home()
    denied_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    denied_by: Mapped[str | None] = is_internal()
    objection: Mapped[str | None] = is_home()
    objected_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    objected_by: Mapped[str | None] = is_internal()
    confirmed_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    confirmed_by: Mapped[str | None] = is_internal()
    undone_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    undone_by: Mapped[str | None] = is_internal()
    undo_reason: Mapped[str | None] = is_home()
    ended_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    created_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
