"""Pages of ids: keyset, never offset; newest first (recorded, then id). Pages authorize nothing: rows come by `visibility`.

Every page is of one organization and what stands below it. A clause stands in the statement only when it is asked for:
a nullable cursor or filter costs a plan that fits neither case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import CursorCodec, NotSealedHere
from hub.domain.scope import in_scope
from hub.domain.statement import name_key
from hub.domain.viewer import Role, Viewer
from hub.errors import InvalidInput, NotAllowed
from hub.models import Side

LARGEST_PAGE = 100
USUAL_PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record stands in its list."""

    at: datetime
    id: UUID

    def seal(self, cursors: CursorCodec, purpose: str) -> str:
        """Return the cursor of this place in the lists of one purpose."""
        return cursors.seal(
            purpose, ((self.at - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True) + self.id.bytes
        )

    @classmethod
    def unseal(cls, cursors: CursorCodec, purpose: str, cursor: str) -> Position:
        """Return the place of a cursor. Raises InvalidInput for one that was not given out for such a list."""
        try:
            content = cursors.unseal(purpose, cursor)
        except NotSealedHere:
            raise InvalidInput("after", message="游标无效，请从头读取。 The cursor is not one of this list.") from None
        return cls(_EPOCH + int.from_bytes(content[:8], "big", signed=True) * _MICROSECOND, UUID(bytes=content[8:]))


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: at most `first` records behind a place."""

    first: int
    after: Position | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.first <= LARGEST_PAGE:
            raise InvalidInput(
                "first", message=f"first 须在 1 到 {LARGEST_PAGE} 之间。 `first` is between 1 and {LARGEST_PAGE}."
            )


@dataclass(frozen=True, slots=True)
class Page:
    """The places of one page, and whether there is more."""

    positions: Sequence[Position]
    has_next: bool
    sides: Sequence[Side] = ()
    """Of the ledger: whose statement each record is."""


NOTHING = Page((), has_next=False)


# Whose lists: of an organization by the inbox; of a member by what is theirs.
_INBOX = "i.organization_id = :organization"
_OWN = {
    Side.OUTFLOW: """i.id in (select d.id from departure d where d.member_id = :member)
        and i.organization_id = (select d.organization_id from departure d where d.id = i.id)""",
    Side.INFLOW: """i.id in (select m.arrival_id from match m where m.member_id = :member and m.state = 'CONFIRMED')
        and i.organization_id = (select a.organization_id from arrival a where a.id = i.id)""",
}
_NAMED = {
    Side.OUTFLOW: """exists (select from departure d join member m on m.id = d.member_id
        where d.id = i.id and m.name_key like :name)""",
    Side.INFLOW: "exists (select from arrival a where a.id = i.id and a.name_key like :name)",
}


async def statements(
    connection: AsyncConnection,
    viewer: Viewer,
    side: Side,
    window: Window,
    *,
    organization: UUID | None,
    states: Sequence[str] | None = None,
    name: str | None = None,
    inflow_states: Sequence[str] | None = None,
    branch: UUID | None = None,
    arrived_since: date | None = None,
) -> Page:
    """Return a page of departures or arrivals. A member has their own only."""
    if name is not None and viewer.role is Role.PARTNER:
        # A filter over a class of field that the viewer may not see would tell it value by value.
        raise NotAllowed("name")
    parameters: dict[str, Any] = {"side": side.value}
    clauses = ["i.side = :side"]
    if viewer.role is Role.MEMBER:
        parameters["member"] = viewer.member
        clauses.append(_OWN[side])
    else:
        parameters["organization"] = await narrow(connection, viewer, organization)
        if parameters["organization"] is None:
            return NOTHING
        clauses.append(_INBOX)
    if name is not None:
        parameters["name"] = _prefix(name)
        clauses.append(_NAMED[side])
    for clause, key, value in (
        ("a.state = any(:inflow_states)", "inflow_states", None if inflow_states is None else list(inflow_states)),
        ("a.branch_id = :branch", "branch", branch),
        # A partial date may mean its last day: 2026-05 counts from 2026-05-10 on. `~` sorts after digits and hyphens.
        ("(a.arrived_on || '~') collate \"C\" >= :since", "since", arrived_since and arrived_since.isoformat()),
    ):
        if value is not None:
            parameters[key] = value
            clauses.append(f"exists (select from arrival a where a.id = i.id and {clause})")
    arms = [clauses]
    if states is not None:
        # One arm per state, each ended by its own limit, so that a rare state is found by the index of states.
        arms = [[*clauses, f"i.state = :state_{number}"] for number in range(len(states))]
        parameters.update({f"state_{number}": state for number, state in enumerate(states)})
    return await read(connection, [Arm("inbox i", "i.id", "i.created_at", arm) for arm in arms], parameters, window)


async def candidates(
    connection: AsyncConnection,
    viewer: Viewer,
    window: Window,
    *,
    organization: UUID | None,
    states: Sequence[str] | None = None,
) -> Page:
    """Return a page of match candidates: the outflow side's questions. Members have none."""
    parameters: dict[str, Any] = {"organization": await narrow(connection, viewer, organization)}
    if parameters["organization"] is None:
        return NOTHING
    clauses = [below("m.asked_organization_id")]
    filtered(clauses, parameters, "m.state", "states", states)
    return await read(connection, [Arm("match m", "m.id", "m.created_at", clauses)], parameters, window)


async def transfers(
    connection: AsyncConnection,
    viewer: Viewer,
    window: Window,
    *,
    organization: UUID | None,
    side: Side | None = None,
    states: Sequence[str] | None = None,
) -> Page:
    """Return a page of transfers, of one side or of both."""
    parameters: dict[str, Any] = {}
    outflow = below("t.outflow_organization_id", "t.issuer_id")
    inflow = below("t.inflow_organization_id", "t.placed_in_id")
    if viewer.role is Role.MEMBER:
        parameters["member"] = viewer.member
        clauses = ["t.member_id = :member"]
    else:
        parameters["organization"] = await narrow(connection, viewer, organization)
        if parameters["organization"] is None:
            return NOTHING
        clauses = [{None: f"({outflow} or {inflow})", Side.OUTFLOW: outflow, Side.INFLOW: inflow}[side]]
    filtered(clauses, parameters, "t.state", "states", states)
    return await read(connection, [Arm("transfer t", "t.id", "t.created_at", clauses)], parameters, window)


async def discrepancies(
    connection: AsyncConnection,
    viewer: Viewer,
    window: Window,
    *,
    organization: UUID | None,
    states: Sequence[str] | None = None,
    fields: Sequence[str] | None = None,
) -> Page:
    """Return a page of differences of liaisons and transfers."""
    parameters: dict[str, Any] = {}
    if viewer.role is Role.MEMBER:
        parameters["member"] = viewer.member
        clauses = ["x.match_id in (select id from match where member_id = :member and state = 'CONFIRMED')"]
    else:
        parameters["organization"] = await narrow(connection, viewer, organization)
        if parameters["organization"] is None:
            return NOTHING
        of_pair = " or ".join((below("d.organization_id"), below("a.organization_id", "a.branch_id")))
        of_transfer = below("t.outflow_organization_id", "t.issuer_id", "t.inflow_organization_id", "t.placed_in_id")
        clauses = [
            f"""(exists (select from match m join departure d on d.id = m.departure_id join arrival a on a.id = m.arrival_id
                          where m.id = x.match_id and m.state = 'CONFIRMED' and ({of_pair}))
             or exists (select from transfer t where t.id = x.transfer_id and {of_transfer}))"""
        ]
    filtered(clauses, parameters, "x.state", "states", states)
    filtered(clauses, parameters, "x.field", "fields", fields)
    return await read(connection, [Arm("discrepancy x", "x.id", "x.opened_at", clauses)], parameters, window)


async def ledger(connection: AsyncConnection, viewer: Viewer, window: Window, *, organization: UUID) -> Page:
    """Return a page of the floating members of an organization: away from it, or staying with it, and not ended.

    Where both statements of a liaison lie below the organization, the outflow one stands for it.
    """
    narrowed = await narrow(connection, viewer, organization)
    if narrowed is None:
        return NOTHING
    away = ["i.organization_id = :organization", "i.side = 'OUTFLOW'", "i.state <> 'ENDED'"]
    here = [
        "i.organization_id = :organization",
        "i.side = 'INFLOW'",
        "i.state <> 'ENDED'",
        f"""not exists (select from match m join departure d on d.id = m.departure_id
                         where m.arrival_id = i.id and m.state = 'CONFIRMED' and m.ended_at is null
                           and {below("d.organization_id")})""",
    ]
    arms = [Arm("inbox i", "i.id", "i.created_at", clauses, "i.side") for clauses in (away, here)]
    return await read(connection, arms, {"organization": narrowed}, window)


async def organizations(connection: AsyncConnection, window: Window, *, parent: UUID | None) -> Page:
    """Return a page of the directory, or of what stands directly below one organization. Open to every token."""
    clauses = ["true"] if parent is None else ["o.parent_id = :parent"]
    parameters = {} if parent is None else {"parent": parent}
    return await read(connection, [Arm("organization o", "o.id", "o.recorded_at", clauses)], parameters, window)


# The list's organizations, and the members whose membership they hold, or held last.
MEMBERS = """with hosts as materialized (
    select c.descendant as id from organization_closure c where c.ancestor = :organization
), formal as materialized (
    select f.member_id as id from hosts h
      join affiliation f on f.organization_id = h.id and f.superseded_at = 'infinity'
     where not exists (select from affiliation g where g.member_id = f.member_id and g.superseded_at = 'infinity'
                          and g.starts > f.starts)
)"""


@dataclass(frozen=True, slots=True)
class Arm:
    """One source of a page; several are merged. `side` is an SQL expression."""

    table: str
    id: str
    at: str
    clauses: Sequence[str]
    side: str = "''"


async def read(
    connection: AsyncConnection, arms: Sequence[Arm], parameters: dict[str, Any], window: Window, *, given: str = ""
) -> Page:
    """Return the page of several sources, merged. `given`: common table expressions that they read."""
    if not arms:
        return NOTHING
    parameters["limit"] = window.first + 1
    if window.after is not None:
        parameters |= {"after_at": window.after.at, "after_id": window.after.id}
    selects = []
    for arm in arms:
        behind = [] if window.after is None else [f"({arm.at}, {arm.id}) < (:after_at, :after_id)"]
        where = " and ".join([*arm.clauses, *behind])
        selects.append(
            f"(select {arm.id} as id, {arm.at} as at, {arm.side} as side from {arm.table} where {where} "
            f"order by {arm.at} desc, {arm.id} desc limit :limit)"
        )
    statement = selects[0]
    if len(selects) > 1:
        statement = f"select * from ({' union all '.join(selects)}) merged order by at desc, id desc limit :limit"
    found = (await connection.execute(text(f"{given} {statement}".strip()), parameters)).all()
    kept = found[: window.first]
    return Page(
        [Position(row.at, row.id) for row in kept],
        has_next=len(found) > window.first,
        sides=[Side(row.side) for row in kept if row.side],
    )


async def narrow(connection: AsyncConnection, viewer: Viewer, organization: UUID | None) -> UUID | None:
    """Return whose list it is: the viewer's organization or one below it; None for anything else, and for members."""
    if viewer.role is Role.MEMBER:
        return None
    if organization is None or organization == viewer.organization:
        return viewer.organization
    return organization if organization in await in_scope(connection, viewer, [organization]) else None


def below(*columns: str) -> str:
    """Return the SQL of whether one of these organizations is the list's or stands below it."""
    listed = ", ".join(columns)
    return (
        f"exists (select from organization_closure c where c.ancestor = :organization and c.descendant in ({listed}))"
    )


def filtered(
    clauses: list[str], parameters: dict[str, Any], column: str, key: str, values: Sequence[str] | None
) -> None:
    """Add the clause that a column is one of some values, if it is asked for."""
    if values is not None:
        clauses.append(f"{column} = any(:{key})")
        parameters[key] = list(values)


def _prefix(name: str) -> str:
    """Return the LIKE pattern of names that begin so, by the key under which names are compared."""
    key = name_key(name).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{key}%"
