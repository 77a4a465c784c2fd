"""Words and predicates of visibility: why a viewer sees a row, and what that grants. Used by `visibility` alone."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, bindparam, exists, literal, literal_column, or_
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import InstrumentedAttribute

from hub.models import FieldClass, Match, OrganizationClosure


class Access(StrEnum):
    """Why a viewer sees a row; it decides the classes of field.

    SELF: the member. HOLDER: the very organization whose record it is. OWN: an organization above it.
    ACCEPTOR: the inflow side of a transfer whose letter is issued. COUNTERPART: the other side of a shared record.
    PARTNER: a partner system.
    """

    SELF = "SELF"
    HOLDER = "HOLDER"
    OWN = "OWN"
    ACCEPTOR = "ACCEPTOR"
    COUNTERPART = "COUNTERPART"
    PARTNER = "PARTNER"


OWN_SIDE = (Access.SELF, Access.HOLDER, Access.OWN)
"""The member, and the side whose record it is."""
GRANTS: Mapping[FieldClass, tuple[Access, ...]] = {
    FieldClass.OPEN: tuple(Access),
    FieldClass.NAME: (*OWN_SIDE, Access.ACCEPTOR, Access.COUNTERPART),
    FieldClass.CONTACT: (*OWN_SIDE, Access.ACCEPTOR, Access.COUNTERPART),
    FieldClass.STANDING: (*OWN_SIDE, Access.ACCEPTOR),
    FieldClass.HOME: OWN_SIDE,
    FieldClass.INTERNAL: (),
}
IN_FULL = (Access.SELF, Access.HOLDER)
"""Who may read the sealed phone: the branch whose own record it is, and the member."""

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
FOREVER: ColumnElement[Any] = literal_column("'infinity'::timestamptz")
"""`superseded_at` of the links that hold."""
viewer_organization: ColumnElement[UUID] = bindparam("viewer_organization", type_=PgUUID(as_uuid=True))
viewer_member: ColumnElement[UUID] = bindparam("viewer_member", type_=PgUUID(as_uuid=True))


def below_viewer(organization: Column) -> ColumnElement[bool]:
    """Tell in SQL whether an organization is the viewer's or stands below it."""
    return exists().where(
        OrganizationClosure.ancestor == viewer_organization, OrganizationClosure.descendant == organization
    )


def is_viewer(organization: Column) -> ColumnElement[bool]:
    """Tell in SQL whether an organization is the very one that asks."""
    return organization == viewer_organization


def holder_or_own(*organizations: Column) -> list[tuple[ColumnElement[bool], ColumnElement[str]]]:
    """Return the first lines of a CASE: HOLDER for the organizations themselves, OWN for those above them."""
    return [
        (or_(*map(is_viewer, organizations)), word(Access.HOLDER)),
        (or_(*map(below_viewer, organizations)), word(Access.OWN)),
    ]


def word(access: Access) -> ColumnElement[str]:
    """Return an access as an SQL value."""
    return literal(access.value, String)


def confirmed(match: type[Match] = Match) -> ColumnElement[bool]:
    """Tell in SQL whether a match is confirmed, ended or not."""
    return match.state == "CONFIRMED"
