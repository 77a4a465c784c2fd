"""Who sees which rows and which classes of field. The only place that says so.

Every root, every relation and the stream obtain rows by `rows`. A row comes with its `access`, a word per viewer and
row; a column whose class that word does not grant is null by a SQL CASE. No OR over roles: the statement is built for
the viewer's role, with parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    Table,
    bindparam,
    case,
    cast,
    exists,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from hub.domain.access import (
    FOREVER,
    GRANTS,
    IN_FULL,
    Access,
    below_viewer,
    confirmed,
    holder_or_own,
    is_viewer,
    viewer_member,
    word,
)
from hub.domain.viewer import Role, Viewer
from hub.domain.visibility_life import LIFE
from hub.models import (
    LETTER_SEEN,
    Affiliation,
    Arrival,
    Departure,
    Discrepancy,
    FieldClass,
    ImportRun,
    Inquiry,
    Match,
    Member,
    OrganizationClosure,
    Question,
    Transfer,
    TransferStep,
    Visit,
)


def _departure_access(role: Role) -> ColumnElement[str]:
    if role is Role.MEMBER:
        return case((Departure.member_id == viewer_member, word(Access.SELF)))
    counterpart = exists().where(
        Match.departure_id == Departure.id,
        confirmed(),
        Arrival.id == Match.arrival_id,
        or_(below_viewer(Arrival.organization_id), below_viewer(Arrival.branch_id)),
    )
    return case(*holder_or_own(Departure.organization_id), (counterpart, word(Access.COUNTERPART)))


def _arrival_access(role: Role) -> ColumnElement[str]:
    joined = exists().where(Match.arrival_id == Arrival.id, confirmed())
    if role is Role.MEMBER:
        return case((joined.where(Match.member_id == viewer_member), word(Access.SELF)))
    matched = exists().where(
        Match.arrival_id == Arrival.id,
        confirmed(),
        Departure.id == Match.departure_id,
        below_viewer(Departure.organization_id),
    )
    asked = exists().where(
        Match.arrival_id == Arrival.id,
        Match.state.in_(("ASKED", "DENIED")),
        below_viewer(Match.asked_organization_id),
    )
    return case(
        *holder_or_own(Arrival.organization_id, Arrival.branch_id),
        (matched, word(Access.COUNTERPART)),
        (asked, word(Access.COUNTERPART)),
    )


def _member_access(role: Role) -> ColumnElement[str]:
    if role is Role.MEMBER:
        return case((Member.id == viewer_member, word(Access.SELF)))
    link = exists().where(Affiliation.member_id == Member.id, Affiliation.superseded_at == FOREVER)
    present = link.where(Affiliation.ends.is_(None))
    later = aliased(Affiliation)
    # Where a decision ended the membership, its last holder keeps the record; a suspension that was lifted ended nothing.
    last = link.where(
        Affiliation.ended_by.is_not(None),
        ~exists().where(
            later.member_id == Affiliation.member_id,
            later.superseded_at == FOREVER,
            later.starts > Affiliation.starts,
        ),
    )
    receiving = exists().where(Transfer.member_id == Member.id, below_viewer(Transfer.inflow_organization_id))
    sharing = exists().where(
        Match.member_id == Member.id,
        confirmed(),
        Arrival.id == Match.arrival_id,
        or_(below_viewer(Arrival.organization_id), below_viewer(Arrival.branch_id)),
    )
    sending = exists().where(Transfer.member_id == Member.id, below_viewer(Transfer.outflow_organization_id))
    # Whoever is asked about somebody has to know about whom, as long as the answer is owed.
    asked = exists().where(
        Inquiry.member_id == Member.id, Inquiry.state == "ASKED", below_viewer(Inquiry.inflow_organization_id)
    )
    return case(
        (present.where(is_viewer(Affiliation.organization_id)), word(Access.HOLDER)),
        (present.where(below_viewer(Affiliation.organization_id)), word(Access.OWN)),
        (last.where(below_viewer(Affiliation.organization_id)), word(Access.OWN)),
        (receiving.where(Transfer.state.in_(LETTER_SEEN)), word(Access.ACCEPTOR)),
        (receiving, word(Access.COUNTERPART)),
        (sharing, word(Access.COUNTERPART)),
        (sending, word(Access.COUNTERPART)),
        (asked, word(Access.COUNTERPART)),
    )


def _match_access(role: Role) -> ColumnElement[str]:
    if role is Role.MEMBER:
        return cast(null(), String)
    return case(*holder_or_own(Match.asked_organization_id))


def _transfer_access(role: Role) -> ColumnElement[str]:
    if role is Role.MEMBER:
        return case((Transfer.member_id == viewer_member, word(Access.SELF)))
    receiving = or_(below_viewer(Transfer.inflow_organization_id), below_viewer(Transfer.placed_in_id))
    # Below the accepting committee: what the request named, whoever requested, and where the member lives.
    below = aliased(OrganizationClosure)
    asked = exists().where(
        TransferStep.transfer_id == Transfer.id,
        TransferStep.number == 1,
        below.ancestor == Transfer.inflow_organization_id,
        below.descendant == TransferStep.organization_id,
        below_viewer(below.descendant),
    )
    hosting = exists().where(
        Match.member_id == Transfer.member_id,
        confirmed(),
        Arrival.id == Match.arrival_id,
        below.ancestor == Transfer.inflow_organization_id,
        below.descendant.in_((Arrival.organization_id, Arrival.branch_id)),
        below_viewer(below.descendant),
    )
    return case(
        *holder_or_own(Transfer.outflow_organization_id, Transfer.issuer_id),
        (receiving & Transfer.state.in_(LETTER_SEEN), word(Access.ACCEPTOR)),
        (or_(receiving, below_viewer(Transfer.named_inflow_id), asked, hosting), word(Access.COUNTERPART)),
    )


def _discrepancy_access(role: Role) -> ColumnElement[str]:
    pair = (Match.id == Discrepancy.match_id) & confirmed()
    if role is Role.MEMBER:
        return case((exists().where(pair, Match.member_id == viewer_member), word(Access.SELF)))
    outflow = exists().where(pair, Departure.id == Match.departure_id, below_viewer(Departure.organization_id))
    inflow = exists().where(
        pair,
        Arrival.id == Match.arrival_id,
        or_(below_viewer(Arrival.organization_id), below_viewer(Arrival.branch_id)),
    )
    of_transfer = exists().where(
        Transfer.id == Discrepancy.transfer_id,
        or_(
            below_viewer(Transfer.outflow_organization_id),
            below_viewer(Transfer.inflow_organization_id),
        ),
    )
    seen = or_(outflow, inflow, of_transfer)
    if role is Role.PARTNER:
        # Where one side says present and the other absent, the difference itself tells of absence.
        seen &= Discrepancy.participation_id.is_(None)
    return case((seen, word(Access.COUNTERPART)))


def _visit_access(role: Role) -> ColumnElement[str]:
    mine = Departure.id == Visit.departure_id
    if role is Role.MEMBER:
        return case((exists().where(mine, Departure.member_id == viewer_member), word(Access.SELF)))
    outflow = exists().where(mine, below_viewer(Departure.organization_id))
    shared = exists().where(
        Match.departure_id == Visit.departure_id,
        confirmed(),
        Arrival.id == Match.arrival_id,
        or_(below_viewer(Arrival.organization_id), below_viewer(Arrival.branch_id)),
    )
    return case((outflow, word(Access.OWN)), (shared, word(Access.COUNTERPART)))


def _question_access(role: Role) -> ColumnElement[str]:
    return cast(null(), String) if role is Role.MEMBER else case(*holder_or_own(Question.organization_id))


def _import_run_access(role: Role) -> ColumnElement[str]:
    return cast(null(), String) if role is Role.MEMBER else case(*holder_or_own(ImportRun.organization_id))


_ACCESS = {
    **LIFE,
    "departure": _departure_access,
    "arrival": _arrival_access,
    "member": _member_access,
    "match": _match_access,
    "transfer": _transfer_access,
    "discrepancy": _discrepancy_access,
    "visit": _visit_access,
    "question": _question_access,
    "import_run": _import_run_access,
}


def access(table: Table, role: Role) -> ColumnElement[str]:
    """Return the SQL expression of why a viewer of this role sees a row of a table; null = not at all.

    A partner sees what its organization sees, as PARTNER, except what only people of the organization work with.
    """
    why = _ACCESS[table.name](role)
    if role is Role.PARTNER:
        return case((why.is_not(None), word(Access.PARTNER)))
    return why


def parameters(viewer: Viewer) -> dict[str, UUID | None]:
    """Return the parameters that every access expression needs."""
    return {"viewer_organization": viewer.organization, "viewer_member": viewer.member}


_APART: Final[ColumnElement[int]] = literal_column("0")
"""Keeps a subquery by itself: put into the statement around it, the access would be planned and asked for each column."""


@lru_cache(maxsize=256)
def statement(table: Table, role: Role, by: str = "id") -> Select[Any]:
    """Return the select of a table's rows with `access` and every column that the access grants.

    `by`: the column compared with the parameter `ids`. Sealed phones come only to HOLDER and SELF.
    """
    keys = (
        select(table.c.id.label("id"), access(table, role).label("access"))
        .where(table.c[by] == bindparam("ids", type_=ARRAY(PgUUID(as_uuid=True))).any_())
        .offset(_APART)
        .subquery("granted")
    )
    return (
        select(*_shown(table, keys.c.access), keys.c.access)
        .select_from(table.join(keys, table.c.id == keys.c.id))
        .where(keys.c.access.is_not(None))
    )


@lru_cache(maxsize=64)
def _versions(table: Table, of: Table, role: Role) -> Select[Any]:
    keys = (
        select(of.c.id.label("id"), access(of, role).label("access"))
        .where(of.c.id == bindparam("ids", type_=ARRAY(PgUUID(as_uuid=True))).any_())
        .offset(_APART)
        .subquery("granted")
    )
    return (
        select(*_shown(table, keys.c.access))
        .select_from(table.join(keys, table.c.id == keys.c.id))
        .where(keys.c.access.is_not(None))
        .order_by(table.c.id, table.c.version)
    )


def _shown(table: Table, why: ColumnElement[str]) -> list[ColumnElement[Any]]:
    """Return the columns of a table, each null where the access lacks its class."""
    columns: list[ColumnElement[Any]] = []
    for column in table.columns:
        field_class: FieldClass = column.info["class"]
        if column.name == "version" and table.name == "participation":
            # How often a record changed tells whether somebody was heard about it.
            columns.append(case((why == Access.PARTNER.value, 0), else_=column).label(column.key))
        elif column.name == "end_reason":
            columns.append(_ended_openly(why, column))
        elif column.name == "heard_statement":
            columns.append(_said_at_home(why, column))
        elif field_class is FieldClass.OPEN:
            columns.append(column)
        elif column.name == "phone_sealed":
            columns.append(_granted(why, IN_FULL, column))
        elif field_class is not FieldClass.INTERNAL:
            columns.append(_granted(why, GRANTS[field_class], column))
    return columns


def _said_at_home(why: ColumnElement[str], column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What the home branch heard from its member is the home side's, which of an arrival's record is the counterpart."""
    of_arrival = column.table.c.arrival_id.is_not(None)
    own = [Access.HOLDER.value, Access.OWN.value]
    home = case((of_arrival, why == Access.COUNTERPART.value), else_=why.in_(own))
    return case(((why == Access.SELF.value) | home, column)).label(column.key)


def _granted(why: ColumnElement[str], words: Iterable[Access], column: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((why.in_([item.value for item in words]), column)).label(column.key)


def _ended_openly(why: ColumnElement[str], column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Death and the end of membership are class STANDING: others learn only that arrangements end (domain 0.9)."""
    standing = [access_.value for access_ in GRANTS[FieldClass.STANDING]]
    return case((why.in_(standing) | column.not_in(("DECEASED", "MEMBERSHIP_ENDED")), column)).label(column.key)


async def rows(
    connection: AsyncConnection, viewer: Viewer, model: type[Any], ids: Iterable[UUID], *, by: str = "id"
) -> list[Row[Any]]:
    """Return the visible rows of a table whose column `by` is among `ids`, in no order. Invisible and unknown alike
    are absent. `model`: Member, Departure, Arrival, Match, Transfer, Discrepancy, Visit, Question, ImportRun."""
    wanted = list(ids)
    if not wanted:
        return []
    result = await connection.execute(
        statement(model.__table__, viewer.role, by), {**parameters(viewer), "ids": wanted}
    )
    return list(result)


async def row(connection: AsyncConnection, viewer: Viewer, model: type[Any], identifier: UUID) -> Row[Any] | None:
    """Return one visible row, or None."""
    found = await rows(connection, viewer, model, [identifier])
    return found[0] if found else None


async def versions(
    connection: AsyncConnection, viewer: Viewer, model: type[Any], of: type[Any], ids: Iterable[UUID]
) -> list[Row[Any]]:
    """Return the superseded versions (`model`) of the visible rows of a table (`of`), oldest first, with the same classes."""
    statement_ = _versions(model.__table__, of.__table__, viewer.role)
    return list(await connection.execute(statement_, {**parameters(viewer), "ids": list(ids)}))
