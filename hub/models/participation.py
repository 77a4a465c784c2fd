"""Who took part in what (参加组织生活情况): one record per person and activity, told by one side, relied on by both."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.activity import ActivityKind, ParticipationMode
from hub.models.columns import Base, is_home, is_internal, is_name, is_open, is_partial_date, one_of


class Attendance(StrEnum):
    """The marks of a sign-in sheet: √ # O ★ △ ×. Only ABSENT_UNEXCUSED is without cause."""

    PRESENT = "PRESENT"
    LATE = "LATE"
    SICK_LEAVE = "SICK_LEAVE"
    OFFICIAL_LEAVE = "OFFICIAL_LEAVE"
    PERSONAL_LEAVE = "PERSONAL_LEAVE"
    ABSENT_UNEXCUSED = "ABSENT_UNEXCUSED"


ATTENDED = (Attendance.PRESENT, Attendance.LATE)


class ParticipationSource(StrEnum):
    """ROLL_CALL: the host's own. SELF_REPORT: what the member told the home branch."""

    ROLL_CALL = "ROLL_CALL"
    SELF_REPORT = "SELF_REPORT"


class ParticipationState(StrEnum):
    """RECORDED: told. CONFIRMED: the host says so, or the home branch accepted it on evidence; it counts.
    ACKNOWLEDGED: the formal organization has taken note, which is a duty with a clock, never a condition."""

    RECORDED = "RECORDED"
    CONFIRMED = "CONFIRMED"
    ACKNOWLEDGED = "ACKNOWLEDGED"


class DisputeState(StrEnum):
    """What became of the member's objection to a record."""

    DISPUTED = "DISPUTED"
    CORRECTED = "CORRECTED"
    UPHELD = "UPHELD"


class ParticipationRole(StrEnum):
    """As what somebody took part. OBSERVER (列席) is no absence and no vote."""

    PARTICIPANT = "PARTICIPANT"
    CHAIR = "CHAIR"
    SPEAKER = "SPEAKER"
    OBSERVER = "OBSERVER"


class EvidenceKind(StrEnum):
    """What shows it. Only the kind and a reference are kept here, never the picture."""

    SIGN_IN_SHEET = "SIGN_IN_SHEET"
    PHOTO = "PHOTO"
    SCREENSHOT = "SCREENSHOT"
    VIDEO = "VIDEO"
    QR_CODE = "QR_CODE"
    CERTIFICATE = "CERTIFICATE"
    CARD_ENTRY = "CARD_ENTRY"
    OTHER = "OTHER"


class ParticipationColumns:
    """The columns of a record, the same in `participation` and in its history.

    The inflow side's record hangs on the arrival, the home side's own and a self-report on the member. `day` is the
    last day that `held_on` can mean: what lists and sums go by. `twin_id`: the host's record of the same thing.
    """

    activity_id: Mapped[UUID | None] = is_open(ForeignKey("activity.id"))
    arrival_id: Mapped[UUID | None] = is_open(ForeignKey("arrival.id"))
    member_id: Mapped[UUID | None] = is_open(ForeignKey("member.id"))
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    source: Mapped[str] = is_open()
    kind: Mapped[str] = is_open()
    title: Mapped[str | None] = is_name()
    held_on: Mapped[str] = is_open()
    day: Mapped[date] = is_open()
    host_id: Mapped[UUID | None] = is_open(ForeignKey("organization.id"))
    host_text: Mapped[str | None] = is_name()
    place: Mapped[str | None] = is_name()
    mode: Mapped[str] = is_open()
    attendance: Mapped[str] = is_name()
    role: Mapped[str] = is_name(server_default="PARTICIPANT")
    voted: Mapped[bool] = is_name(server_default=text("false"))
    minutes: Mapped[int | None] = is_name()
    hours: Mapped[Decimal | None] = is_name(Numeric(5, 2))
    components_attended: Mapped[list[str] | None] = is_name(ARRAY(String))
    evidence_kind: Mapped[str | None] = is_name()
    evidence_reference: Mapped[str | None] = is_name()
    remark: Mapped[str | None] = is_home()
    state: Mapped[str] = is_open()
    confirmed_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    confirmed_by: Mapped[str | None] = is_internal()
    accepted_on_evidence: Mapped[bool] = is_open(server_default=text("false"))
    acknowledged_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    acknowledged_by: Mapped[str | None] = is_internal()
    overdue_at: Mapped[datetime | None] = is_open(TIMESTAMP(timezone=True))
    dispute_state: Mapped[str | None] = is_name()
    dispute_reason: Mapped[str | None] = is_name()
    disputed_at: Mapped[datetime | None] = is_name(TIMESTAMP(timezone=True))
    dispute_due_on: Mapped[date | None] = is_name()
    dispute_answer: Mapped[str | None] = is_name()
    dispute_answered_at: Mapped[datetime | None] = is_name(TIMESTAMP(timezone=True))
    dispute_answered_by: Mapped[str | None] = is_internal()
    heard_on: Mapped[date | None] = is_name()
    heard_by: Mapped[str | None] = is_internal()
    heard_statement: Mapped[str | None] = is_home()
    twin_id: Mapped[UUID | None] = is_internal()
    reason: Mapped[str | None] = is_name()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
    amended_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    amended_by: Mapped[str] = is_internal()


class Participation(ParticipationColumns, Base):
    """One person's part in one activity. A correction keeps the version before it; nothing is edited."""

    __tablename__ = "participation"
    __table_args__ = (
        one_of("source", ParticipationSource),
        one_of("kind", ActivityKind),
        one_of("mode", ParticipationMode),
        one_of("attendance", Attendance),
        one_of("role", ParticipationRole),
        one_of("evidence_kind", EvidenceKind),
        one_of("state", ParticipationState),
        one_of("dispute_state", DisputeState),
        is_partial_date("held_on"),
        CheckConstraint("(arrival_id is null) <> (member_id is null)", name="hangs_on_one"),
        CheckConstraint("not voted or arrival_id is null", name="votes_only_at_the_formal_organization"),
        CheckConstraint("(state = 'RECORDED') = (confirmed_at is null)", name="confirmed_since"),
        CheckConstraint("(state = 'ACKNOWLEDGED') = (acknowledged_at is not null)", name="acknowledged_since"),
        CheckConstraint("twin_id is null or member_id is not null", name="twin_is_the_hosts"),
        CheckConstraint("hours is null or hours between 0 and 240", name="hours_are_possible"),
        CheckConstraint("minutes is null or minutes between 0 and 14400", name="minutes_are_possible"),
        Index(
            "one_record_per_arrival_and_activity",
            "activity_id",
            "arrival_id",
            unique=True,
            postgresql_where=text("activity_id is not null and arrival_id is not null"),
        ),
        Index(
            "one_record_per_member_and_activity",
            "activity_id",
            "member_id",
            unique=True,
            postgresql_where=text("activity_id is not null and member_id is not null"),
        ),
        Index(
            "one_self_report",
            "member_id",
            "day",
            "kind",
            "held_on",
            text("coalesce(host_id::text, host_text, '')"),
            text("coalesce(title, '')"),
            unique=True,
            postgresql_where=text("source = 'SELF_REPORT'"),
        ),
        Index("one_twin", "twin_id", unique=True, postgresql_where=text("twin_id is not null")),
        Index(None, "arrival_id", "day", postgresql_where=text("arrival_id is not null")),
        Index(None, "member_id", "day", postgresql_where=text("member_id is not null")),
        Index(None, "host_id", "day", postgresql_where=text("host_id is not null")),
        Index("ix_participation_waiting", "confirmed_at", postgresql_where=text("state = 'CONFIRMED'")),
        Index("ix_participation_told", "recorded_at", postgresql_where=text("state = 'RECORDED'")),
        Index("ix_participation_disputed", "dispute_due_on", postgresql_where=text("dispute_state = 'DISPUTED'")),
        Index(
            "ix_participation_unheard",
            "day",
            postgresql_where=text("attendance = 'ABSENT_UNEXCUSED' and heard_on is null"),
        ),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")


class ParticipationHistory(ParticipationColumns, Base):
    """Superseded versions of a record, the row as it was."""

    __tablename__ = "participation_history"

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(primary_key=True)


class ExemptionReason(StrEnum):
    """Who is held to no hard attendance (条例 Art 23)."""

    OLD_AGE = "OLD_AGE"
    ILLNESS = "ILLNESS"
    DISABILITY = "DISABILITY"
    OTHER = "OTHER"


class Exemption(Base):
    """From when to when a member need not attend, and why. Its reason is about health: the own side's alone."""

    __tablename__ = "exemption"
    __table_args__ = (
        one_of("reason", ExemptionReason),
        CheckConstraint("ends_on is null or ends_on >= starts_on", name="ends_not_before_it_starts"),
        Index(None, "member_id", "starts_on"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    member_id: Mapped[UUID] = is_open(ForeignKey("member.id"))
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    reason: Mapped[str] = is_home()
    starts_on: Mapped[date] = is_home()
    ends_on: Mapped[date | None] = is_home()
    note: Mapped[str | None] = is_home()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
