"""Periodic duties: when each is next due and who runs it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal


class Job(Base):
    """When a periodic duty is next due, and who runs it now. A lease that runs out is taken over."""

    __tablename__ = "job"

    name: Mapped[str] = is_internal(primary_key=True)
    due_at: Mapped[datetime] = is_internal(TIMESTAMP(timezone=True))
    leased_until: Mapped[datetime | None] = is_internal(TIMESTAMP(timezone=True))
    starts: Mapped[int] = is_internal(server_default="0")
    finished_at: Mapped[datetime | None] = is_internal(TIMESTAMP(timezone=True))
    failed: Mapped[str | None] = is_internal()
