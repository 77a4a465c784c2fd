"""Pages of organizational life: activities, participation, inquiries, floating members. Like `page`, they authorize nothing,
except the participations of one member: whose records one sees there is asked of `visibility` row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, ColumnElement, cast, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import visibility
from hub.domain.access import confirmed
from hub.domain.page import NOTHING, Arm, Page, Position, Window, below, filtered, narrow, read
from hub.domain.viewer import Role, Viewer
from hub.errors import NotAllowed
from hub.models import Match, Participation, Side

_LINE = """(select from organization_closure line
             where line.ancestor = x.organization_id and line.descendant in (a.organization_id, a.branch_id)
                or line.descendant = x.organization_id and line.ancestor in (a.organization_id, a.branch_id))"""
# Open where somebody of the list's organization lives (就近就便), or held by an organization above it.
_NEAR = f"""x.is_open_to_arrivals and (
    exists (select from organization_closure c where c.ancestor = x.organization_id and c.descendant = :organization)
    or exists (select from match m join departure d on d.id = m.departure_id join arrival a on a.id = m.arrival_id
                where m.state = 'CONFIRMED' and m.ended_at is null and {below("d.organization_id")} and exists {_LINE}))"""
_NEAR_ME = f"""x.is_open_to_arrivals and exists (
    select from match m join arrival a on a.id = m.arrival_id
     where m.member_id = :member and m.state = 'CONFIRMED' and m.ended_at is null and exists {_LINE})"""
_MY_ARRIVALS = "(select m.arrival_id from match m where m.member_id = :member and m.state = 'CONFIRMED')"
_MINE = f"(p.member_id = :member or p.arrival_id in {_MY_ARRIVALS})"

_DAY = "(p.day::timestamp at time zone 'UTC')"
# Whose records are the organization's: where the member lives, the host, the home side, the home side's own, and what a
# member told that names it as the host. Each leaves out what one before it has.
_HERE = """p.arrival_id in (
    select a.id from organization_closure c join arrival a on a.organization_id = c.descendant where c.ancestor = :organization
    union
    select a.id from organization_closure c join arrival a on a.branch_id = c.descendant where c.ancestor = :organization)"""
_HOSTED = """p.arrival_id is not null and p.host_id in (
    select c.descendant from organization_closure c where c.ancestor = :organization)"""
_FORMAL = """select f.member_id from organization_closure c
      join affiliation f on f.organization_id = c.descendant and f.superseded_at = 'infinity'
     where c.ancestor = :organization
       and not exists (select from affiliation g where g.member_id = f.member_id and g.superseded_at = 'infinity'
                          and g.starts > f.starts)"""
_HOME = f"""p.arrival_id in (
    select m.arrival_id from organization_closure c join departure d on d.organization_id = c.descendant
      join match m on m.departure_id = d.id and m.state = 'CONFIRMED' where c.ancestor = :organization
    union
    select m.arrival_id from match m where m.state = 'CONFIRMED' and m.member_id in ({_FORMAL}))"""
_OWN = f"p.member_id in ({_FORMAL})"
_NAMED = f"""p.member_id is not null and p.host_id in (
    select c.descendant from organization_closure c where c.ancestor = :organization)
    and exists (select from match m join arrival a on a.id = m.arrival_id
                 where m.member_id = p.member_id and m.state = 'CONFIRMED' and {below("a.organization_id", "a.branch_id")})"""
_WHOSE = (
    (_HERE,),
    (_HOSTED, f"not ({_HERE})"),
    (_HOME, f"not ({_HERE})", f"not ({_HOSTED})"),
    (_OWN,),
    (_NAMED, f"not ({_OWN})"),
)


async def activities(
    connection: AsyncConnection,
    viewer: Viewer,
    window: Window,
    *,
    organization: UUID | None,
    since: date | None = None,
    until: date | None = None,
    kinds: Sequence[str] | None = None,
    open_to_arrivals: bool | None = None,
) -> Page:
    """Return a page of what an organization and those below it hold; with `open_to_arrivals` also what is open near its
    members. Of a member: what they took part in, or what is open near them."""
    parameters: dict[str, Any] = {}
    hosted = below("x.organization_id")
    if viewer.role is Role.MEMBER:
        parameters["member"] = viewer.member
        took_part = f"x.id in (select p.activity_id from participation p where {_MINE})"
        whose = [[_NEAR_ME]] if open_to_arrivals else [[took_part]]
    else:
        parameters["organization"] = await narrow(connection, viewer, organization)
        if parameters["organization"] is None:
            return NOTHING
        whose = [[hosted]]
        if open_to_arrivals:
            whose = [[hosted, "x.is_open_to_arrivals"], [_NEAR, f"not {hosted}"]]
    if open_to_arrivals is False:
        whose = [[*clauses, "not x.is_open_to_arrivals"] for clauses in whose]
    shared: list[str] = []
    # A month may mean each of its days. `~` sorts after digits and hyphens.
    for clause, key, day in (
        ("(x.held_on || '~') collate \"C\" >= :since", "since", since),
        ('x.held_on collate "C" <= :until', "until", until),
    ):
        if day is not None:
            shared.append(clause)
            parameters[key] = day.isoformat()
    filtered(shared, parameters, "x.kind", "kinds", kinds)
    arms = [Arm("activity x", "x.id", "x.recorded_at", [*clauses, *shared]) for clauses in whose]
    return await read(connection, arms, parameters, window)


async def participations(
    connection: AsyncConnection,
    viewer: Viewer,
    window: Window,
    *,
    organization: UUID | None,
    since: date | None = None,
    until: date | None = None,
    states: Sequence[str] | None = None,
    disputed: bool | None = None,
    waiting: bool | None = None,
) -> Page:
    """Return a page of records, latest day first: of the arrivals of an organization, of what it hosts, and of its
    members. Raises NotAllowed where a partner asks which are disputed."""
    if disputed is not None and viewer.role is Role.PARTNER:
        raise NotAllowed("disputed")
    parameters: dict[str, Any] = {}
    whose: Sequence[Sequence[str]] = _WHOSE
    if viewer.role is Role.MEMBER:
        parameters["member"] = viewer.member
        whose = ((_MINE,),)
    else:
        parameters["organization"] = await narrow(connection, viewer, organization)
        if parameters["organization"] is None:
            return NOTHING
    shared: list[str] = []
    for clause, key, day in (("p.day >= :since", "since", since), ("p.day <= :until", "until", until)):
        if day is not None:
            shared.append(clause)
            parameters[key] = day
    filtered(shared, parameters, "p.state", "states", states)
    if disputed is not None:
        shared.append(f"p.dispute_state is {'not ' if disputed else ''}distinct from 'DISPUTED'")
    if waiting is not None:
        shared.append("p.state = 'CONFIRMED'" if waiting else "p.state <> 'CONFIRMED'")
    arms = [Arm("participation p", "p.id", _DAY, [*clauses, *shared]) for clauses in whose]
    return await read(connection, arms, parameters, window)


async def of_person(
    connection: AsyncConnection,
    viewer: Viewer,
    window: Window,
    *,
    member: UUID | None = None,
    arrival: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Page:
    """Return a page of one person's records, latest day first: only those that the viewer sees, so that neither a gap
    nor `has_next` tells of others. `member`: of all their stays and their own; `arrival`: of one stay."""
    clauses: list[ColumnElement[bool]] = []
    if member is not None:
        stays = select(Match.arrival_id).where(Match.member_id == member, confirmed())
        clauses.append(or_(Participation.member_id == member, Participation.arrival_id.in_(stays)))
    else:
        clauses.append(Participation.arrival_id == arrival)
    clauses += [] if since is None else [Participation.day >= since]
    clauses += [] if until is None else [Participation.day <= until]
    at = func.timezone("UTC", cast(Participation.day, TIMESTAMP(timezone=False)), type_=TIMESTAMP(timezone=True))
    if window.after is not None:
        place = tuple_(literal(window.after.at, TIMESTAMP(timezone=True)), literal(window.after.id))
        clauses.append(tuple_(at, Participation.id) < place)
    why = visibility.access(Participation.__table__, viewer.role)  # type: ignore[arg-type]
    statement = (
        select(Participation.id, at.label("at"))
        .where(*clauses, why.is_not(None))
        .order_by(at.desc(), Participation.id.desc())
        .limit(window.first + 1)
    )
    found = (await connection.execute(statement, visibility.parameters(viewer))).all()
    places = [Position(row.at, row.id) for row in found[: window.first]]
    return Page(places, has_next=len(found) > window.first)


async def inquiries(
    connection: AsyncConnection,
    viewer: Viewer,
    window: Window,
    *,
    organization: UUID | None,
    side: Side | None = None,
    states: Sequence[str] | None = None,
) -> Page:
    """Return a page of inquiries, of one side or of both. Of a member: those about them."""
    parameters: dict[str, Any] = {}
    if viewer.role is Role.MEMBER:
        parameters["member"] = viewer.member
        clauses = ["i.member_id = :member"]
    else:
        parameters["organization"] = await narrow(connection, viewer, organization)
        if parameters["organization"] is None:
            return NOTHING
        outflow, inflow = below("i.outflow_organization_id"), below("i.inflow_organization_id")
        clauses = [{None: f"({outflow} or {inflow})", Side.OUTFLOW: outflow, Side.INFLOW: inflow}[side]]
    filtered(clauses, parameters, "i.state", "states", states)
    return await read(connection, [Arm("inquiry i", "i.id", "i.asked_at", clauses)], parameters, window)


async def floating(connection: AsyncConnection, viewer: Viewer, window: Window, *, organization: UUID) -> Page:
    """Return a page of the open departures of an organization, newest first. The organization's own tokens only."""
    narrowed = await narrow(connection, viewer, organization) if viewer.is_organization else None
    if narrowed is None:
        return NOTHING
    clauses = ["i.organization_id = :organization", "i.side = 'OUTFLOW'", "i.state <> 'ENDED'"]
    arm = Arm("inbox i", "i.id", "i.created_at", clauses)
    return await read(connection, [arm], {"organization": narrowed}, window)
