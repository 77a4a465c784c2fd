"""Organizations: one tree, its closure, former names, and the officer who keeps contact."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped

from hub.models.columns import Base, is_internal, is_open, one_of


class OrganizationKind(StrEnum):
    """What an organization is; rights are data (`can_issue_letters`), not derived from the kind."""

    ORGANIZATION_DEPARTMENT = "ORGANIZATION_DEPARTMENT"
    COMMITTEE = "COMMITTEE"
    WORK_COMMITTEE = "WORK_COMMITTEE"
    GENERAL_BRANCH = "GENERAL_BRANCH"
    BRANCH = "BRANCH"
    JOINT_BRANCH = "JOINT_BRANCH"
    TEMPORARY_BRANCH = "TEMPORARY_BRANCH"
    FLOATING_BRANCH = "FLOATING_BRANCH"
    PARTY_GROUP = "PARTY_GROUP"
    OTHER = "OTHER"


BRANCH_KINDS = (
    OrganizationKind.BRANCH,
    OrganizationKind.JOINT_BRANCH,
    OrganizationKind.TEMPORARY_BRANCH,
    OrganizationKind.FLOATING_BRANCH,
)


class Organization(Base):
    """A party organization. Known by (system, code); the directory is open to every token."""

    __tablename__ = "organization"
    __table_args__ = (
        UniqueConstraint("system", "code", name="code_is_unique_in_its_system"),
        CheckConstraint("parent_id <> id", name="not_its_own_superior"),
        CheckConstraint("successor_id <> id", name="not_its_own_successor"),
        CheckConstraint("successor_id is null or closed_on is not null", name="successor_only_when_closed"),
        one_of("kind", OrganizationKind),
        Index(None, "parent_id"),
        Index(None, "name"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    version: Mapped[int] = is_open(server_default="1")
    system: Mapped[str] = is_open()
    code: Mapped[str] = is_open()
    name: Mapped[str] = is_open()
    short_name: Mapped[str] = is_open()
    kind: Mapped[str] = is_open()
    parent_id: Mapped[UUID | None] = is_open(ForeignKey("organization.id"))
    division_code: Mapped[str | None] = is_open()
    can_issue_letters: Mapped[bool] = is_open(server_default=text("false"))
    closed_on: Mapped[date | None] = is_open()
    successor_id: Mapped[UUID | None] = is_open(ForeignKey("organization.id"))
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()


class OrganizationClosure(Base):
    """Who stands above whom, each organization above itself. A closed one is below its successor."""

    __tablename__ = "organization_closure"
    __table_args__ = (Index(None, "descendant", "ancestor"),)

    ancestor: Mapped[UUID] = is_open(ForeignKey("organization.id"), primary_key=True)
    descendant: Mapped[UUID] = is_open(ForeignKey("organization.id"), primary_key=True)
    depth: Mapped[int] = is_open()


class OrganizationAlias(Base):
    """A former or customary name; ledgers that use it still resolve."""

    __tablename__ = "organization_alias"

    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"), primary_key=True)
    name: Mapped[str] = is_open(primary_key=True)


class Officer(Base):
    """The contact of an organization (专人负责), an official contact. The row without an end is the present one."""

    __tablename__ = "officer"
    __table_args__ = (
        Index("one_officer_at_a_time", "organization_id", unique=True, postgresql_where=text("until_on is null")),
        CheckConstraint("until_on is null or until_on >= since_on", name="until_not_before_since"),
    )

    id: Mapped[UUID] = is_open(primary_key=True)
    organization_id: Mapped[UUID] = is_open(ForeignKey("organization.id"))
    name: Mapped[str] = is_open()
    phone: Mapped[str | None] = is_open()
    since_on: Mapped[date | None] = is_open()
    until_on: Mapped[date | None] = is_open()
    recorded_at: Mapped[datetime] = is_open(TIMESTAMP(timezone=True))
    recorded_by: Mapped[str] = is_internal()
