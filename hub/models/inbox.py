"""The paging index: which statement stands in whose list, one row per organization above it. Derived."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_open, one_of
from hub.models.side import Side


class Inbox(Base):
    """`id` and `created_at` are those of the side's own statement, so a match moves no row in anyone's paging.

    Written only by `hub.domain.inbox.refresh` in the transaction that changes a statement; a nightly job compares
    it with closure and statements. It pages; it authorizes nothing.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        one_of("side", Side),
        # One index for both: a page of a rare state looks through the list here, without going to the rows.
        Index("inbox_pages", "organization_id", "side", "created_at", "id", postgresql_include=["state"]),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    organization_id: Mapped[UUID] = is_open(primary_key=True)
    # Words compared byte by byte: these columns are in every index, and a locale's rules cost more than the rest.
    side: Mapped[str] = is_open(Text(collation="C"))
    state: Mapped[str] = is_open(Text(collation="C"))
    created_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
