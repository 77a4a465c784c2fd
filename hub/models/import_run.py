"""Runs of ledger import: the sealed upload, the plan that was shown, how far it got; and each branch's last list."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal, is_open, one_of


class LedgerKind(StrEnum):
    """What a ledger lists."""

    ORGANIZATIONS = "ORGANIZATIONS"
    MEMBERS = "MEMBERS"
    OUTFLOW = "OUTFLOW"
    INFLOW = "INFLOW"
    ROLLCALL = "ROLLCALL"
    PARTICIPATION = "PARTICIPATION"


class ImportState(StrEnum):
    """PLANNED: shown, nothing written. CANCELLED: the upload is forgotten, what was applied stays."""

    PLANNED = "PLANNED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class ImportRun(Base):
    """One file read by one organization. `report` is the JSON report; it names no person. `outcomes` has one letter per
    row of the plan that was shown, so that a row that changed since can be told."""

    __tablename__ = "import_run"
    __table_args__ = (
        one_of("kind", LedgerKind),
        one_of("state", ImportState),
        Index(
            "one_apply_at_a_time",
            "organization_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'RUNNING'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "expires_at"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    kind: Mapped[str] = is_open()
    state: Mapped[str] = is_open()
    organization_id: Mapped[UUID | None] = is_open(ForeignKey("organization.id"))
    year: Mapped[int | None] = is_open()
    file_name: Mapped[str] = is_internal()
    upload_sealed: Mapped[bytes | None] = is_internal(LargeBinary)
    file_digest: Mapped[bytes] = is_internal(LargeBinary)
    plan_digest: Mapped[str | None] = is_open()
    outcomes: Mapped[str | None] = is_internal()
    report: Mapped[dict[str, Any] | None] = is_open(JSONB)
    done: Mapped[int] = is_open(server_default="0")
    total: Mapped[int | None] = is_open()
    errors_sealed: Mapped[bytes | None] = is_internal(LargeBinary)
    created_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    created_by: Mapped[str] = is_internal()
    expires_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))


class LedgerLine(Base):
    """The lines that a branch's own ledger gave last time; what a vanished line is judged by (domain 0.13)."""

    __tablename__ = "ledger_line"

    organization_id: Mapped[UUID] = is_internal(ForeignKey("organization.id"), primary_key=True)
    kind: Mapped[str] = is_internal(primary_key=True)
    statement_id: Mapped[UUID] = is_internal(primary_key=True)
    line: Mapped[int] = is_internal(BigInteger)
