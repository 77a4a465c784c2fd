"""Activities: announced or recorded by their host; the same activity twice is one (支部工作条例; 党员教育管理工作条例 Art 16)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.database.copy import copy_rows
from hub.domain import place as places
from hub.domain.dates import first_day, is_partial, last_day, today
from hub.domain.outcome import Changed, Outcome
from hub.domain.scope import in_scope, require_organization
from hub.domain.statement import MAX_LENGTH
from hub.domain.viewer import Viewer
from hub.errors import AlreadyRecorded, InvalidInput, NotFound, OrganizationClosed, Refused, StaleVersion, WrongState
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import ActivityKind, Aggregate, EventKind, ParticipationMode, Topic

IDENTITY: Final = frozenset({"kind", "held_on", "title"})
"""What makes an activity of a host this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordActivity:
    """What an organization holds or held. `held_on`: a day or a month; `place` at town level. None says nothing: the usual mode of the kind, no
    components, false."""

    organization_id: UUID
    kind: str
    held_on: str
    title: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str | None = None
    mode: str | None = None
    components: tuple[str, ...] | None = None
    is_compulsory: bool | None = None
    hours: Decimal | None = None
    is_open_to_arrivals: bool | None = None
    is_away: bool | None = None

    @property
    def key(self) -> tuple[UUID, str, str, str]:
        """What makes two commands one activity."""
        return self.organization_id, self.held_on, self.kind, folded(self.title)


def folded(title: str | None) -> str:
    """Return a title as it is compared: a sheet and a form write brackets, colons and spaces differently."""
    return "".join(unicodedata.normalize("NFKC", title or "").split())


_COLUMNS: Final = (
    "id",
    "version",
    "organization_id",
    "kind",
    "title",
    "held_on",
    "starts_at",
    "ends_at",
    "place",
    "mode",
    "components",
    "is_compulsory",
    "hours",
    "is_open_to_arrivals",
    "is_away",
    "recorded_at",
    "recorded_by",
)
_ORGANIZATIONS: Final = text("select id, closed_on from organization where id = any(:ids) order by id")
_HOLD: Final = text("select id from organization where id = any(:ids) order by id for no key update")
_KNOWN: Final = text(
    """
    select a.* from activity a
      join unnest(cast(:hosts as uuid[]), cast(:days as text[])) as w(host, day)
        on a.organization_id = w.host and a.held_on = w.day
     where a.cancelled_at is null
    """
)
MOST_HOURS: Final = 240


async def record(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    commands: Sequence[RecordActivity],
    as_it_stands: bool = False,
) -> list[Outcome]:
    """Record activities. One that is there already (host, day, kind, title) answers unchanged, if nothing else is said
    of it, or if it is to be taken `as_it_stands`.

    Refusals: NOT_FOUND (the host is not the caller's), ORGANIZATION_CLOSED, INVALID_INPUT, ALREADY_RECORDED (amend it,
    or give another one a title of its own).
    """
    require_organization(viewer)
    hosts = sorted({command.organization_id for command in commands})
    scope = await in_scope(connection, viewer, hosts)
    closed = {row.id: row.closed_on for row in await connection.execute(_ORGANIZATIONS, {"ids": hosts})}
    wanted = {"hosts": [c.organization_id for c in commands], "days": [c.held_on for c in commands]}
    known = await _known(connection, wanted)
    if any(command.key not in known for command in commands):
        # Two that record one activity at once: the second waits, and finds what the first wrote.
        await connection.execute(_HOLD, {"ids": hosts})
        known = await _known(connection, wanted)
    outcomes: list[Outcome] = []
    rows: list[tuple[Any, ...]] = []
    events: list[Event] = []
    for command in commands:
        refusal = _refusal(command, scope, closed)
        if refusal is not None:
            outcomes.append(refusal)
            continue
        before = known.get(command.key)
        if before is not None:
            outcomes.append(
                Changed(before["id"], before["version"], changed=False)
                if as_it_stands or (differs := _differs(before, command)) is None
                else AlreadyRecorded(differs, version=before["version"], message=_ANOTHER)
            )
            continue
        identifier = random_id()
        row = asdict(command) | {"id": identifier, "version": 1, "recorded_at": now, "recorded_by": viewer.actor}
        row |= {name: bool(row[name]) for name in ("is_compulsory", "is_open_to_arrivals", "is_away")}
        row |= {"mode": command.mode or usual_mode(command.kind), "components": sorted(set(command.components or ()))}
        known[command.key] = row
        rows.append(tuple(row[column] for column in _COLUMNS))
        events.append(event(EventKind.ACTIVITY_RECORDED, identifier, 1, command.organization_id, now))
        outcomes.append(Changed(identifier, 1, new=True))
    await copy_rows(connection, "activity", _COLUMNS, rows)
    await append(connection, events, at=now)
    return outcomes


async def _known(
    connection: AsyncConnection, wanted: dict[str, Any]
) -> dict[tuple[UUID, str, str, str], Mapping[Any, Any]]:
    return {
        (row["organization_id"], row["held_on"], row["kind"], folded(row["title"])): row
        for row in (await connection.execute(_KNOWN, wanted)).mappings()
    }


_ANOTHER: Final = (
    "当天已有同类同名的活动，且内容不同。要修改请用“更正活动”，确是另一场请写明不同的主题。"
    " The host has such an activity on that day, with other details. Amend it, or give another one a title of its own."
)
_DETAILS: Final = (
    "starts_at", "ends_at", "place", "mode", "hours", "components", "is_compulsory", "is_open_to_arrivals", "is_away",
)  # fmt: skip


def _differs(known: Mapping[Any, Any], command: RecordActivity) -> str | None:
    """Return the first detail that a command says and the known activity does not; what is left out says nothing."""
    for name in _DETAILS:
        said = getattr(command, name)
        if said is not None and (set(said) != set(known[name]) if name == "components" else said != known[name]):
            return name
    return None


def _refusal(command: RecordActivity, scope: set[UUID], closed: dict[UUID, Any]) -> Refused | None:
    if command.organization_id not in scope or command.organization_id not in closed:
        return NotFound("organizationId")
    if closed[command.organization_id] is not None:
        return OrganizationClosed("organizationId")
    return _impossible(asdict(command))


def _impossible(said: Mapping[str, Any]) -> InvalidInput | None:
    """Return what no activity can be, or None. It begins on its day or in its month, and may last longer."""
    held_on, starts_at, ends_at, title = (said[name] for name in ("held_on", "starts_at", "ends_at", "title"))
    if not is_day_or_month(held_on):
        return InvalidInput("heldOn")
    if starts_at is not None and not first_day(held_on) <= today(starts_at) <= last_day(held_on):
        return InvalidInput("startsAt")
    if ends_at is not None and (today(ends_at) < first_day(held_on) or (starts_at is not None and ends_at < starts_at)):
        return InvalidInput("endsAt")
    if said["hours"] is not None and not 0 <= said["hours"] <= MOST_HOURS:
        return InvalidInput("hours")
    if said["kind"] == ActivityKind.OTHER and not (title or "").strip():
        return InvalidInput("title")  # which says what it was
    if len(title or "") > MAX_LENGTH:
        return InvalidInput("title")
    return places.refusal(said["place"])


def usual_mode(kind: str) -> str:
    """Return how people take part in an activity of a kind, where nothing is said of it."""
    return (ParticipationMode.ONLINE if kind == ActivityKind.ONLINE_EXCHANGE else ParticipationMode.ON_SITE).value


def is_day_or_month(held_on: str) -> bool:
    """Tell whether a partial date is exact enough for an activity: a day or a month."""
    return len(held_on) >= len("2026-09") and is_partial(held_on)


async def require_possible(connection: AsyncConnection, after: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Refuse an amendment (`new`; `after`: the activity with it) to what no activity is, or to what another one is.

    Raises InvalidInput, AlreadyRecorded. A place that is not amended is not judged.
    """
    refusal = _impossible({**after, "place": new.get("place")})
    if refusal is not None:
        raise refusal
    if IDENTITY & new.keys():
        await connection.execute(_HOLD, {"ids": [after["organization_id"]]})
        known = await _known(connection, {"hosts": [after["organization_id"]], "days": [after["held_on"]]})
        key = after["organization_id"], after["held_on"], after["kind"], folded(after["title"])
        if key in known and known[key]["id"] != after["id"]:
            raise AlreadyRecorded("heldOn", version=known[key]["version"], message=_ANOTHER)


_LOCK: Final = text("select * from activity where id = :id for update")


async def own(connection: AsyncConnection, viewer: Viewer, activity_id: UUID, version: int) -> Mapping[Any, Any]:
    """Return an activity that the caller's side hosts and that was not cancelled, locked.

    Raises NotFound, StaleVersion, WrongState (cancelled).
    """
    row = (await connection.execute(_LOCK, {"id": activity_id})).mappings().one_or_none()
    if row is None or not await in_scope(connection, viewer, [row["organization_id"]]):
        raise NotFound("activityId")
    if row["version"] != version:
        raise StaleVersion("version", version=row["version"])
    if row["cancelled_at"] is not None:
        raise WrongState(state="CANCELLED", version=row["version"])
    return row


async def cancel(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, activity_id: UUID, version: int
) -> Changed:
    """Cancel an activity that nobody has taken part in yet.

    Raises NotFound, StaleVersion, WrongState (cancelled, or there are records of it).
    """
    require_organization(viewer)
    row = await own(connection, viewer, activity_id, version)
    taken = text("select exists (select from participation where activity_id = :id)")
    if (await connection.execute(taken, {"id": activity_id})).scalar_one():
        raise WrongState(state="HELD", version=row["version"])
    await connection.execute(
        text("update activity set cancelled_at = :now, cancelled_by = :by, version = version + 1 where id = :id"),
        {"now": now, "by": viewer.actor, "id": activity_id},
    )
    told = event(EventKind.ACTIVITY_CANCELLED, activity_id, version + 1, row["organization_id"], now)
    await append(connection, [told], at=now)
    return Changed(activity_id, version + 1)


def event(kind: EventKind, identifier: UUID, version: int, host: UUID, now: datetime) -> Event:
    """Return an event about an activity; its host hears it."""
    return Event(
        topic=Topic.PARTICIPATION,
        kind=kind,
        aggregate=Aggregate.ACTIVITY,
        aggregate_id=identifier,
        aggregate_version=version,
        audience=[host],
        organization=host,
        occurred_at=now,
    )
