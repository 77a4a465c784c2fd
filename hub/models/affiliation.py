"""The chain of formal affiliations (隶属): while membership is in force there is exactly one at every instant."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Date, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_home, is_internal, is_open


class Affiliation(Base):
    """One link: a member belongs to one organization from `starts` (inclusive) to `ends` (exclusive, null = open).

    Each link references its predecessor by `prev_ends` and its successor by the generated `next_starts`, so a gap,
    an overlap or a close without a successor is refused at commit. `ended_by` and `resumed_by` name the decision
    that ended or restored membership: only there may the chain stop or skip. A correction supersedes the whole
    chain in one transaction (`superseded_at`); superseded rows stay.
    """

    __tablename__ = "affiliation"
    __table_args__ = (
        UniqueConstraint("member_id", "superseded_at", "ends", name="one_end_per_day"),
        CheckConstraint("ends > starts", name="ends_after_start"),
        CheckConstraint(
            "prev_ends = starts or (resumed_by is not null and prev_ends < starts)", name="no_gap_without_decision"
        ),
        ForeignKeyConstraint(
            ["member_id", "superseded_at", "prev_ends"],
            ["affiliation.member_id", "affiliation.superseded_at", "affiliation.ends"],
            name="follows_a_link",
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(
            ["member_id", "superseded_at", "next_starts"],
            ["affiliation.member_id", "affiliation.superseded_at", "affiliation.starts"],
            name="is_followed_by_a_link",
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("one_first_link", "member_id", "superseded_at", unique=True, postgresql_where=text("prev_ends is null")),
        Index("one_open_link", "member_id", "superseded_at", unique=True, postgresql_where=text("ends is null")),
        Index("one_successor", "member_id", "superseded_at", "prev_ends", unique=True),
        Index(
            "present_members",
            "organization_id",
            "member_id",
            postgresql_where=text("ends is null and superseded_at = 'infinity'"),
        ),
    )

    member_id: Mapped[UUID] = is_open(ForeignKey("member.id"), primary_key=True)
    superseded_at: Mapped[datetime] = is_internal(
        TIMESTAMP(timezone=True), primary_key=True, server_default=text("'infinity'")
    )
    starts: Mapped[date] = is_open(primary_key=True)
    ends: Mapped[date | None] = is_open()
    prev_ends: Mapped[date | None] = is_internal()
    next_starts: Mapped[date | None] = is_internal(
        Date, Computed("case when ended_by is null then ends end", persisted=True)
    )
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    ended_by: Mapped[UUID | None] = is_internal(ForeignKey("membership_decision.id"))
    resumed_by: Mapped[UUID | None] = is_internal(ForeignKey("membership_decision.id"))
    note: Mapped[str | None] = is_home()
    recorded_at: Mapped[datetime] = is_internal(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
