"""Who was shown personal data in full, and why. Kept apart from the records, readable by their owners."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal


class Disclosure(Base):
    """A request that selected numbers in full: who asked, by which document, about whom. Written before bytes leave."""

    __tablename__ = "disclosure"
    __table_args__ = (Index(None, "people", postgresql_using="gin"),)

    id: Mapped[UUID] = is_internal(primary_key=True)
    organization_id: Mapped[UUID] = is_internal()
    actor: Mapped[str] = is_internal()
    document: Mapped[bytes] = is_internal(LargeBinary)
    people: Mapped[list[UUID]] = is_internal(ARRAY(PgUUID(as_uuid=True)))
    at: Mapped[datetime] = is_internal(TIMESTAMP(timezone=True))


class Reveal(Base):
    """One sealed value opened, or one search by a whole number, with its reason."""

    __tablename__ = "reveal"
    __table_args__ = (Index(None, "subject_id"),)

    id: Mapped[UUID] = is_internal(primary_key=True)
    organization_id: Mapped[UUID] = is_internal()
    actor: Mapped[str] = is_internal()
    subject_id: Mapped[UUID | None] = is_internal()
    field: Mapped[str] = is_internal()
    reason: Mapped[str] = is_internal()
    at: Mapped[datetime] = is_internal(TIMESTAMP(timezone=True))


class DataKey(Base):
    """A key that seals values, one a year, wrapped by the hub's key."""

    __tablename__ = "data_key"

    id: Mapped[int] = is_internal(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = is_internal(LargeBinary)
