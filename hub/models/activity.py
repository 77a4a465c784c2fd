"""Activities of organizational life (组织生活): what an organization held, when, and how."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal, is_open, is_partial_date, one_of


class ActivityKind(StrEnum):
    """三会一课 and the other forms of organizational life (支部工作条例; 党员教育管理工作条例 Art 16 to 20)."""

    MEMBER_CONGRESS = "MEMBER_CONGRESS"
    BRANCH_COMMITTEE = "BRANCH_COMMITTEE"
    GROUP_MEETING = "GROUP_MEETING"
    PARTY_LECTURE = "PARTY_LECTURE"
    THEME_DAY = "THEME_DAY"
    ORG_LIFE_MEETING = "ORG_LIFE_MEETING"
    DEMOCRATIC_APPRAISAL = "DEMOCRATIC_APPRAISAL"
    TRAINING = "TRAINING"
    ONLINE_EXCHANGE = "ONLINE_EXCHANGE"
    THOUGHT_REPORT = "THOUGHT_REPORT"
    VOLUNTEER = "VOLUNTEER"
    TALK = "TALK"
    OTHER = "OTHER"


class ParticipationMode(StrEnum):
    """How somebody takes part. DELIVERED: study material brought or sent to the member (送学)."""

    ON_SITE = "ON_SITE"
    ONLINE = "ONLINE"
    SELF_STUDY = "SELF_STUDY"
    DELIVERED = "DELIVERED"


class Component(StrEnum):
    """The parts of a theme day (一月一课一片一实践)."""

    LECTURE = "LECTURE"
    FILM = "FILM"
    PRACTICE = "PRACTICE"


class Activity(Base):
    """One activity of one host. `held_on` is as exact as the source; `place` at town level, never nearer.

    `is_open_to_arrivals`: arrivals of the place may come (就近就便). `is_away`: held where the members live, by an
    organization of another place (外地专题党课).
    """

    __tablename__ = "activity"
    __table_args__ = (
        one_of("kind", ActivityKind),
        one_of("mode", ParticipationMode),
        is_partial_date("held_on"),
        CheckConstraint("length(held_on) >= 7", name="held_on_is_a_month_at_least"),
        CheckConstraint("ends_at is null or ends_at >= starts_at", name="ends_not_before_it_starts"),
        CheckConstraint("hours is null or hours between 0 and 240", name="hours_are_possible"),
        CheckConstraint("components <@ array['LECTURE', 'FILM', 'PRACTICE']::varchar[]", name="components_are_known"),
        Index(
            "one_activity",
            "organization_id",
            "held_on",
            "kind",
            text("coalesce(title, '')"),
            unique=True,
            postgresql_where=text("cancelled_at is null"),
        ),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    kind: Mapped[str] = is_open()
    title: Mapped[str | None] = is_open()
    held_on: Mapped[str] = is_open()
    starts_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    ends_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    place: Mapped[str | None] = is_open()
    mode: Mapped[str] = is_open(server_default="ON_SITE")
    components: Mapped[list[str]] = is_open(ARRAY(String), server_default="{}")
    is_compulsory: Mapped[bool] = is_open(server_default=text("false"))
    hours: Mapped[Decimal | None] = is_open(Numeric(5, 2))
    is_open_to_arrivals: Mapped[bool] = is_open(server_default=text("false"))
    is_away: Mapped[bool] = is_open(server_default=text("false"))
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
    cancelled_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    cancelled_by: Mapped[str | None] = is_internal()
