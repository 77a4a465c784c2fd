"""Organizations: registering and changing them, the tree and its closure, officers, and what a place means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import inbox, officer
from hub.domain import phone as phones
from hub.domain.dates import today
from hub.domain.outcome import Changed, Outcome
from hub.domain.scope import in_scope, require_organization
from hub.domain.statement import plain
from hub.domain.viewer import Role, Viewer
from hub.errors import InvalidInput, NotAllowed, NotFound, OrganizationClosed
from hub.feed.append import append


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOrganization:
    """What an organizations ledger says of one organization. `None` says nothing about an existing one.

    `parent_id` may be an organization of the same list; `id` is the existing one's, or a new one.
    """

    id: UUID
    system: str
    code: str
    name: str
    short_name: str | None = None
    kind: str | None = None
    parent_id: UUID | None = None
    division_code: str | None = None
    can_issue_letters: bool | None = None
    officer_name: str | None = None
    officer_phone: str | None = None
    aliases: tuple[str, ...] = ()
    closed_on: date | None = None
    successor_id: UUID | None = None


_FIELDS: Final = (
    "name",
    "short_name",
    "kind",
    "parent_id",
    "division_code",
    "can_issue_letters",
    "closed_on",
    "successor_id",
)
_CURRENT: Final = text("select * from organization where id = any(:ids) order by id for update")
_INSERT: Final = text(
    """
    insert into organization (id, system, code, name, short_name, kind, parent_id, division_code, can_issue_letters,
                              closed_on, successor_id, recorded_at, recorded_by)
    values (:id, :system, :code, :name, :short_name, :kind, null, :division_code, :can_issue_letters,
            :closed_on, null, :now, :by)
    """
)
_UPDATE: Final = text(
    """
    update organization set name = :name, short_name = :short_name, kind = :kind, parent_id = :parent_id,
           division_code = :division_code, can_issue_letters = :can_issue_letters, closed_on = :closed_on,
           successor_id = :successor_id, version = version + 1
     where id = :id
    """
)
_MOVE_VERSION: Final = text("update organization set version = version + 1 where id = :id")
_SET_RELATED: Final = text("update organization set parent_id = :parent, successor_id = :successor where id = :id")
_ALIAS: Final = text(
    "insert into organization_alias (organization_id, name) values (:id, :name) on conflict do nothing"
)
_BELOW: Final = text(
    """
    select id from organization where id in (
        select descendant from organization_closure where ancestor = any(:ids) union select unnest(cast(:ids as uuid[]))
    ) order by id for update
    """
)
# A closed organization stands below its successor, else below its superior. `union` ends where the tree is a ring.
_ABOVE: Final = """
    with recursive above (descendant, ancestor, depth) as (
        select id, id, 0 from organization where id = any(:ids)
        union
        select a.descendant, coalesce(o.successor_id, o.parent_id), a.depth + 1
          from above a join organization o on o.id = a.ancestor
         where coalesce(o.successor_id, o.parent_id) is not null and a.depth < 64
    )
"""
_RING: Final = text(_ABOVE + "select descendant from above where depth > 0 and ancestor = descendant limit 1")
_FORGET_CLOSURE: Final = text("delete from organization_closure where descendant = any(:ids)")
_CLOSURE: Final = text(
    _ABOVE
    + """
    insert into organization_closure (ancestor, descendant, depth)
    select ancestor, descendant, min(depth) from above group by 1, 2
    """
)
_STATEMENTS_BELOW: Final = text(
    """
    select d.id from departure d where d.organization_id = any(:ids)
    union select a.id from arrival a where a.organization_id = any(:ids) or a.branch_id = any(:ids)
    """
)


async def register(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, commands: Sequence[RegisterOrganization]
) -> list[Outcome]:
    """Register organizations and amend known ones, in one transaction, superiors in any order.

    A new name keeps the old one as an alias, so that old ledgers still resolve. Only the operator, or a department
    for its own subtree. Raises InvalidInput("parent") when the superiors form a ring.
    """
    require_organization(viewer)
    current = {
        row["id"]: dict(row)
        for row in (await connection.execute(_CURRENT, {"ids": sorted(c.id for c in commands)})).mappings()
    }
    await _require_own(connection, viewer, commands, set(current))
    outcomes: list[Outcome] = []
    inserted: list[dict[str, Any]] = []
    updated: list[dict[str, Any]] = []
    related: list[dict[str, Any]] = []
    moved: list[UUID] = []
    aliases: list[dict[str, Any]] = []
    for command in commands:
        before = current.get(command.id)
        aliases += [{"id": command.id, "name": alias} for alias in command.aliases]
        if before is None:
            inserted.append(
                {
                    "id": command.id,
                    "system": command.system,
                    "code": command.code,
                    "name": command.name,
                    "short_name": command.short_name or command.name,
                    "kind": command.kind or "OTHER",
                    "division_code": command.division_code,
                    "can_issue_letters": bool(command.can_issue_letters),
                    "closed_on": command.closed_on,
                    "now": now,
                    "by": viewer.actor,
                }
            )
            moved.append(command.id)
            related.append({"id": command.id, "parent": command.parent_id, "successor": command.successor_id})
            outcomes.append(Changed(command.id, 1, new=True))
            continue
        said = {field: getattr(command, field) for field in _FIELDS if getattr(command, field) is not None}
        if all(before[field] == value for field, value in said.items()):
            outcomes.append(Changed(command.id, before["version"], changed=False))
            continue
        if said.get("name", before["name"]) != before["name"]:
            aliases.append({"id": command.id, "name": before["name"]})
        if any(said.get(f, before[f]) != before[f] for f in ("parent_id", "successor_id")):
            moved.append(command.id)
        updated.append({**{field: before[field] for field in _FIELDS}, **said, "id": command.id})
        outcomes.append(Changed(command.id, before["version"] + 1))
    for statement, rows in ((_INSERT, inserted), (_UPDATE, updated), (_SET_RELATED, related), (_ALIAS, aliases)):
        if rows:
            await connection.execute(statement, rows)
    await _rebuild_closure(connection, moved)
    named = {c.id: (c.officer_name, c.officer_phone) for c in commands if c.officer_name}
    renamed = await officer.take_from_ledger(connection, by=viewer.actor, now=now, named=named)
    handed = [index for index, c in enumerate(commands) if c.id in renamed and c.id in current]
    for index in handed:
        outcome = outcomes[index]
        assert isinstance(outcome, Changed)
        if not outcome.changed:
            await connection.execute(_MOVE_VERSION, {"id": outcome.id})
            outcomes[index] = Changed(outcome.id, outcome.version + 1)
    events = [officer.changed_event(o.id, o.version, now) for o in outcomes if isinstance(o, Changed)]
    await append(connection, [events[index] for index in handed], at=now)
    return outcomes


async def _require_own(
    connection: AsyncConnection, viewer: Viewer, commands: Sequence[RegisterOrganization], known: set[UUID]
) -> None:
    """Refuse whoever is neither the operator nor a department that keeps to its own subtree.

    What is amended, the superiors and the successors have to stand below the department; a new one may stand below
    another new one of the same list, never alone. Raises NotAllowed.
    """
    if viewer.is_operator:
        return
    fresh = {c.id for c in commands} - known
    named = {o for c in commands for o in (c.parent_id, c.successor_id) if o is not None} - fresh
    wanted = named | known
    parents_missing = any(c.parent_id is None for c in commands if c.id in fresh)
    if viewer.role is not Role.DEPARTMENT or parents_missing or await in_scope(connection, viewer, wanted) != wanted:
        raise NotAllowed


async def close(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    organization_id: UUID,
    closed_on: date,
    successor_id: UUID | None,
) -> Changed:
    """Close an organization in favour of one successor: what is open follows it, old names still resolve."""
    require_organization(viewer)
    if organization_id not in await in_scope(connection, viewer, [organization_id]):
        raise NotFound
    row = (
        (await connection.execute(_CURRENT, {"ids": sorted({organization_id, successor_id or organization_id})}))
        .mappings()
        .all()
    )
    found = {r["id"]: r for r in row}
    if organization_id not in found:
        raise NotFound
    if found[organization_id]["closed_on"] is not None:
        raise OrganizationClosed
    if successor_id is not None and (successor_id not in found or found[successor_id]["closed_on"] is not None):
        raise OrganizationClosed("successor")
    if successor_id is not None and not await in_scope(connection, viewer, [successor_id]):
        raise NotAllowed("successor")  # what is open would come before the eyes of another subtree
    before = dict(found[organization_id])
    await connection.execute(
        _UPDATE,
        {
            **{f: before[f] for f in _FIELDS},
            "id": organization_id,
            "closed_on": closed_on,
            "successor_id": successor_id,
        },
    )
    await _rebuild_closure(connection, [organization_id])
    return Changed(organization_id, before["version"] + 1)


async def _rebuild_closure(connection: AsyncConnection, moved: Sequence[UUID]) -> None:
    """Recompute who stands above the moved organizations and everything below them.

    All of them are locked first: locking only the moved row leaves rows below it with the old superior when two
    changes of the tree meet. What is written into the closure locks the superiors in turn (its foreign keys).
    """
    if not moved:
        return
    below = list((await connection.execute(_BELOW, {"ids": sorted(moved)})).scalars())
    if (await connection.execute(_RING, {"ids": below})).first() is not None:
        raise InvalidInput("parent")
    await connection.execute(_FORGET_CLOSURE, {"ids": below})
    await connection.execute(_CLOSURE, {"ids": below})
    statements = (await connection.execute(_STATEMENTS_BELOW, {"ids": below})).scalars()
    await inbox.refresh(connection, statements)


async def change_officer(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    organization_id: UUID,
    name: str,
    phone: str | None,
    since_on: date,
) -> Changed:
    """Hand the contact of an organization over (专人负责): the old one's row ends, the history stays."""
    require_organization(viewer)
    if organization_id not in await in_scope(connection, viewer, [organization_id]):
        raise NotFound
    if not name.strip():
        raise InvalidInput("name")
    number = phones.canonical(phone) if phone else None
    if phone and number is None:
        raise InvalidInput("phone")
    found = (await connection.execute(_CURRENT, {"ids": [organization_id]})).mappings().one_or_none()
    if found is None:
        raise NotFound
    if found["closed_on"] is not None:
        raise OrganizationClosed
    began = await officer.since(connection, organization_id)
    if since_on > today(now) or (began is not None and since_on < began):
        raise InvalidInput("sinceOn")
    await officer.hand_over(
        connection,
        by=viewer.actor,
        now=now,
        organization_id=organization_id,
        name=name.strip(),
        phone=number,
        since_on=since_on,
    )
    await connection.execute(_MOVE_VERSION, {"id": organization_id})
    version = found["version"] + 1
    await append(connection, [officer.changed_event(organization_id, version, now)], at=now)
    return Changed(organization_id, version)


_BETWEEN_PLACES = re.compile(r"[-—–/\\·>→]+")
_PLACE_END = "省市区县旗镇乡街道"
_PLACES: Final = text(
    """
    with fitting as materialized (
        select p.place, o.id from unnest(cast(:places as text[])) as p(place)
          join organization o on o.closed_on is null
           and (starts_with(o.name, '中共' || p.place) or starts_with(o.name, p.place))
    ), placed as (
        select f.place, f.id, l.level, min(l.level) over (partition by f.place) as highest
          from fitting f
          join lateral (select max(c.depth) as level from organization_closure c where c.descendant = f.id) l on true
    )
    select place, (array_agg(id))[1] as id, count(*) as number from placed where level = highest group by place
    """
)


async def resolve_places(connection: AsyncConnection, places: Iterable[str | None]) -> dict[str, UUID]:
    """Return which organization each place means: the highest whose full name begins with it after 中共.

    A place with a house or a yard behind its last town, street or county word means that town, street or county.
    A place that fits no organization, or several equally high ones, is not in the result.
    """
    wanted = {place: _trim(place) for place in places if place}
    asked = sorted({trimmed for trimmed in wanted.values() if len(trimmed) > 1})
    if not asked:
        return {}
    found = {row.place: row.id for row in await connection.execute(_PLACES, {"places": asked}) if row.number == 1}
    return {place: found[trimmed] for place, trimmed in wanted.items() if trimmed in found}


def _trim(place: str) -> str:
    name = _BETWEEN_PLACES.sub("", plain(place)).removeprefix("中共")
    last = max(name.rfind(end) for end in _PLACE_END)
    return name[: last + 1] if last > 0 else name
