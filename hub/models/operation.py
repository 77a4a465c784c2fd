"""What makes a repeated call the same call (idempotency)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal


class Operation(Base):
    """One accepted mutation by (client, organization, opId). No answer is stored: a repeat reads the record anew.

    `input_digest` is keyed, so the row tells nothing about the input. Kept 90 days; refusals are not stored.
    """

    __tablename__ = "operation"
    __table_args__ = (Index(None, "recorded_at"),)

    client: Mapped[str] = is_internal(primary_key=True)
    organization_id: Mapped[UUID] = is_internal(primary_key=True)
    op_id: Mapped[UUID] = is_internal(primary_key=True)
    mutation: Mapped[str] = is_internal()
    input_digest: Mapped[bytes] = is_internal(LargeBinary)
    aggregate_id: Mapped[UUID | None] = is_internal()
    aggregate_version: Mapped[int | None] = is_internal()
    recorded_at: Mapped[datetime] = is_internal(TIMESTAMP(timezone=True))
