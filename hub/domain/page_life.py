"""Pages of organizational life: activities, participation, inquiries, floating members. Like `page`, they authorize nothing,
except the participations of one member: whose records one sees there is asked of `visibility` row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    bindparam,
    cast,
    func,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import visibility
from hub.domain.access import confirmed
from hub.domain.dates import today
from hub.domain.page import MEMBERS, NOTHING, Arm, Page, Position, Window, below, filtered, narrow, read
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
# member told that is linked with a record here or names a host here. Each arm leaves out what one before it has.
_SETS = f"""{MEMBERS}, here as materialized (
    select a.id from hosts h join arrival a on a.organization_id = h.id
    union select a.id from hosts h join arrival a on a.branch_id = h.id
), away as materialized (
    (select m.arrival_id as id from hosts h join departure d on d.organization_id = h.id
       join match m on m.departure_id = d.id and m.state = 'CONFIRMED'
     union select m.arrival_id from formal f join match m on m.member_id = f.id and m.state = 'CONFIRMED')
    except select id from here
)"""
_HOSTED = "p.arrival_id is not null and p.host_id in (select id from hosts)"
_LINKED = "p.twin_id in (select h.id from here join participation h on h.arrival_id = here.id where h.day >= :floor)"
_NAMED = f"""p.member_id is not null and p.host_id in (select id from hosts)
    and exists (select from match m join arrival a on a.id = m.arrival_id
                 where m.member_id = p.member_id and m.state = 'CONFIRMED' and {below("a.organization_id", "a.branch_id")})"""
_NOT_FORMAL = "p.member_id not in (select id from formal)"
_WHOSE = (
    ("p.arrival_id in (select id from here)",),
    ("p.arrival_id in (select id from away)",),
    (_HOSTED, "p.arrival_id not in (select id from here)", "p.arrival_id not in (select id from away)"),
    ("p.member_id in (select id from formal)",),
    (_LINKED, _NOT_FORMAL),
    (_NAMED, _NOT_FORMAL, f"({_LINKED}) is not true"),
)
_RECENT = timedelta(days=31)
"""How far back a list of records looks first: a city's last month fills a page, and all its years are not sorted."""


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
    now: datetime,
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
    shared: list[str] = []
    parameters: dict[str, Any] = {}
    filtered(shared, parameters, "p.state", "states", states)
    if disputed is not None:
        shared.append("p.dispute_state = 'DISPUTED'" if disputed else "p.dispute_state is distinct from 'DISPUTED'")
    if waiting is not None:
        shared.append("p.state = 'CONFIRMED'" if waiting else "p.state <> 'CONFIRMED'")
    if until is not None:
        shared.append("p.day <= :until")
        parameters["until"] = until
    if viewer.role is Role.MEMBER:
        parameters |= {"member": viewer.member, "floor": since or date.min}
        arms = [Arm("participation p", "p.id", _DAY, [_MINE, "p.day >= :floor", *shared])]
        return await read(connection, arms, parameters, window)
    parameters["organization"] = await narrow(connection, viewer, organization)
    if parameters["organization"] is None:
        return NOTHING
    arms = [Arm("participation p", "p.id", _DAY, ["p.day >= :floor", *clauses, *shared]) for clauses in _WHOSE]
    behind = window.after.at.date() if window.after is not None else None
    latest = min(day for day in (behind, until, today(now)) if day is not None)
    floors = sorted({max(latest - _RECENT, since or date.min), since or date.min}, reverse=True)
    page = NOTHING
    for floor in floors:
        page = await read(connection, arms, {**parameters, "floor": floor}, window, given=_SETS)
        if page.has_next:
            break
    return page


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of the records of one person: of a member (all stays and their own), or of an arrival (one stay)."""

    of: UUID
    window: Window
    since: date | None = None
    until: date | None = None


async def of_members(connection: AsyncConnection, viewer: Viewer, asked: Sequence[Asked]) -> Mapping[Asked, Page]:
    """Return pages of members' records, of all their stays and their own, latest day first; one statement for all that
    ask for the same part. Only records that the viewer sees: neither a gap nor `has_next` tells of others."""
    return await _of_people(connection, viewer, asked, _of_a_member)


async def of_stays(connection: AsyncConnection, viewer: Viewer, asked: Sequence[Asked]) -> Mapping[Asked, Page]:
    """Return pages of the records of stays, in the same manner."""
    return await _of_people(connection, viewer, asked, _of_a_stay)


def _of_a_member(person: FromClause) -> list[ColumnElement[bool]]:
    stays = select(Match.arrival_id).where(Match.member_id == person.c.of, confirmed()).correlate(person)
    return [Participation.member_id == person.c.of, Participation.arrival_id.in_(stays)]


def _of_a_stay(person: FromClause) -> list[ColumnElement[bool]]:
    return [Participation.arrival_id == person.c.of]


async def _of_people(
    connection: AsyncConnection,
    viewer: Viewer,
    asked: Sequence[Asked],
    whose: Callable[[FromClause], list[ColumnElement[bool]]],
) -> Mapping[Asked, Page]:
    """`whose` gives the arms of the records of a person (column `of`), each with its own index; no record is in two."""
    parts: dict[tuple[Window, date | None, date | None], dict[UUID, Asked]] = defaultdict(dict)
    for one in asked:
        parts[one.window, one.since, one.until][one.of] = one
    pages: dict[Asked, Page] = {}
    for (window, since, until), people in parts.items():
        statement = _of_each(viewer.role, whose, behind=window.after is not None, bounds=(since, until) != (None, None))
        given: dict[str, Any] = {**visibility.parameters(viewer), "people": list(people), "first": window.first + 1}
        given |= {"at": window.after.at, "id": window.after.id} if window.after is not None else {}
        given |= {"since": since or date.min, "until": until or date.max}
        found: dict[UUID, list[Position]] = {of: [] for of in people}
        for row in await connection.execute(statement, given):
            found[row.of].append(Position(row.at, row.id))
        for of, places in found.items():
            pages[people[of]] = Page(places[: window.first], has_next=len(places) > window.first)
    return pages


@lru_cache(maxsize=64)
def _of_each(
    role: Role, whose: Callable[[FromClause], list[ColumnElement[bool]]], *, behind: bool, bounds: bool
) -> Select[Any]:
    person = select(func.unnest(bindparam("people", type_=ARRAY(PgUUID))).label("of")).subquery("person")
    why = visibility.access(Participation.__table__, role)  # type: ignore[arg-type]
    at = func.timezone("UTC", cast(Participation.day, TIMESTAMP(timezone=False)), type_=TIMESTAMP(timezone=True))
    first = bindparam("first", type_=Integer)
    clauses: list[ColumnElement[bool]] = [why.is_not(None)]
    if bounds:
        clauses.append(Participation.day.between(bindparam("since", type_=Date), bindparam("until", type_=Date)))
    if behind:
        place = tuple_(bindparam("at", type_=TIMESTAMP(timezone=True)), bindparam("id", type_=PgUUID))
        clauses.append(tuple_(at, Participation.id) < place)
    arms = [
        select(Participation.id, at.label("at"))
        .where(arm, *clauses)
        .order_by(at.desc(), Participation.id.desc())
        .limit(first)
        .correlate(person)
        for arm in whose(person)
    ]
    both = union_all(*arms).subquery()
    latest = select(both.c.id).order_by(both.c.at.desc(), both.c.id.desc()).limit(first).correlate(person)
    listed = select(person.c.of, func.unnest(func.array(latest.scalar_subquery())).label("id")).subquery()
    return (
        select(listed.c.of, Participation.id, at.label("at"))
        .join(Participation, Participation.id == listed.c.id)
        .order_by(listed.c.of, at.desc(), Participation.id.desc())
    )


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
