"""Recording who took part: the host's roll call, and what a member tells the home branch. Lists in, one outcome each.

The inflow side's record hangs on the arrival and waits there until a match; the home side's own and a self-report hang
on the member. A host's own roll call enters CONFIRMED and counts, acknowledged or not (domain 0.17).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.database.copy import copy_rows
from hub.domain import twin
from hub.domain.activity import MOST_HOURS
from hub.domain.dates import first_day, last_day, today
from hub.domain.outcome import Changed, Outcome
from hub.domain.participation_record import FORMAL, MATCHED, event, is_outside
from hub.domain.scope import in_scope, require_organization
from hub.domain.statement import MAX_LENGTH
from hub.domain.viewer import Viewer
from hub.errors import (
    AlreadyRecorded,
    InvalidInput,
    NotFound,
    NotHeldYet,
    OutsideStay,
    Refused,
    VotesElsewhere,
    WrongState,
)
from hub.feed.append import append
from hub.ids import random_id
from hub.models import (
    ATTENDED,
    Attendance,
    EventKind,
    MemberCategory,
    ParticipationMode,
    ParticipationRole,
    ParticipationSource,
    ParticipationState,
)
from hub.models.participation import ParticipationColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a record says of somebody's part, whoever tells it."""

    attendance: str = "PRESENT"
    mode: str | None = None
    role: str = "PARTICIPANT"
    voted: bool = False
    minutes: int | None = None
    hours: Decimal | None = None
    components_attended: tuple[str, ...] | None = None
    evidence_kind: str | None = None
    evidence_reference: str | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordParticipation:
    """One line of the host's roll call: an arrival of the place, or a member of the own side."""

    activity_id: UUID
    told: Told
    arrival_id: UUID | None = None
    member_id: UUID | None = None


COLUMNS: Final = ("id", "version", *(name for name in vars(ParticipationColumns) if not name.startswith("_")))
_DEFAULTS: Final = {"accepted_on_evidence": False, "voted": False}
_ACTIVITIES: Final = text("select * from activity where id = any(:ids) order by id for key share")
_HOLD_ARRIVALS: Final = text("select id from arrival where id = any(:ids) order by id for share")
_ARRIVALS: Final = text(
    f"""
    select a.id, a.organization_id, a.branch_id, a.state, a.arrived_on, a.left_on, a.amended_at, l.member_id,
           l.departure_id, l.organization_id as outflow_id, l.ended_on, f.organization_id as formal_id
      from arrival a {MATCHED.format(arrival="a.id")} {FORMAL.format(member="l.member_id")}
     where a.id = any(:ids)
    """
)
_MEMBERS: Final = text(
    f"""
    select m.id, m.category, m.full_member_on, f.organization_id as formal_id
      from member m {FORMAL.format(member="m.id")} where m.id = any(:ids)
    """
)
# Somebody is one person, by whichever of their stays or by their membership they were recorded.
_KNOWN: Final = text(
    f"""
    select p.id, p.version, p.activity_id, coalesce(p.member_id, l.member_id, p.arrival_id) as person, p.attendance,
           p.mode, p.role, p.voted, p.minutes, p.hours, p.components_attended, p.evidence_kind, p.evidence_reference
      from participation p {MATCHED.format(arrival="p.arrival_id")}
     where p.activity_id = any(:activities)
       and (p.member_id = any(:people) or p.arrival_id = any(cast(:people as uuid[]) || array(
            select arrival_id from match where state = 'CONFIRMED' and member_id = any(:people))))
    """
)


async def record(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, commands: Sequence[RecordParticipation]
) -> list[Outcome]:
    """Record a host's roll call. The same line again answers unchanged; another mark for it is ALREADY_RECORDED.

    Refusals: NOT_FOUND (activity, person), WRONG_STATE (cancelled), NOT_HELD_YET, OUTSIDE_STAY (on site before the
    arrival or after the stay ended), VOTES_ELSEWHERE, INVALID_INPUT.
    """
    require_organization(viewer)
    arrivals = sorted({c.arrival_id for c in commands if c.arrival_id is not None})
    # A match that is made meanwhile waits: it must find these records, or they must find the match.
    await connection.execute(_HOLD_ARRIVALS, {"ids": arrivals})
    people = await people_of(connection, arrivals, {c.member_id for c in commands if c.member_id is not None})
    activities = {
        row["id"]: row
        for row in (
            await connection.execute(_ACTIVITIES, {"ids": sorted({c.activity_id for c in commands})})
        ).mappings()
    }
    scope = await in_scope(
        connection,
        viewer,
        {row["organization_id"] for row in activities.values()}
        | {row[o] for row in people.values() for o in ("organization_id", "branch_id", "formal_id") if o in row},
    )
    known: dict[tuple[UUID, UUID], Any] = {
        (row.activity_id, row.person): row
        for row in await connection.execute(
            _KNOWN, {"activities": list(activities), "people": [*people, *map(_who, people.values())]}
        )
    }
    outcomes: list[Outcome] = []
    rows: list[dict[str, Any]] = []
    for command in commands:
        held = activities.get(command.activity_id)
        person = people.get(command.arrival_id or command.member_id)
        refusal = _refusal(command, held, person, scope, now)
        if refusal is not None or held is None or person is None:
            outcomes.append(refusal or NotFound("activityId"))
            continue
        before = known.get((held["id"], _who(person)))
        if before is not None:
            outcomes.append(repeated(before, command.told, held["mode"]))
            continue
        row = _of_roll_call(viewer, now, command, held, person)
        known[held["id"], _who(person)] = Written(row)
        rows.append(row)
        outcomes.append(Changed(row["id"], 1, new=True))
    await write(connection, now, rows, people)
    return outcomes


def _who(person: Mapping[Any, Any]) -> UUID:
    """Return whom a member or an arrival is: the member, where one is known by a confirmed match."""
    who: UUID = person.get("member_id") or person["id"]
    return who


_OF_DEPARTURES: Final = text("select id, member_id from departure where id = any(:ids)")


async def members_of(connection: AsyncConnection, departures: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return whose departures these are, by departure."""
    if not departures:
        return {}
    found = await connection.execute(_OF_DEPARTURES, {"ids": list(departures)})
    return {row.id: row.member_id for row in found}


async def require_host(connection: AsyncConnection, viewer: Viewer, activity_id: UUID) -> None:
    """Refuse whoever is not the host of an activity, nor above it. Raises NotAllowed, NotFound."""
    require_organization(viewer)
    host = await connection.scalar(text("select organization_id from activity where id = :id"), {"id": activity_id})
    if host is None or not await in_scope(connection, viewer, [host]):
        raise NotFound("activityId")


class Written:
    """A row that is being written, with its columns as attributes like one that was read."""

    def __init__(self, row: Mapping[Any, Any]) -> None:
        self.__dict__.update(row)


async def people_of(
    connection: AsyncConnection, arrivals: Sequence[UUID], members: set[UUID]
) -> dict[UUID | None, Mapping[Any, Any]]:
    """Return arrivals and members with the organizations that hear of them, by id."""
    found: dict[UUID | None, Mapping[Any, Any]] = {}
    if arrivals:
        found |= {r["id"]: r for r in (await connection.execute(_ARRIVALS, {"ids": list(arrivals)})).mappings()}
    if members:
        found |= {r["id"]: r for r in (await connection.execute(_MEMBERS, {"ids": sorted(members)})).mappings()}
    return found


def _refusal(
    command: RecordParticipation,
    held: Mapping[Any, Any] | None,
    person: Mapping[Any, Any] | None,
    scope: set[UUID],
    now: datetime,
) -> Refused | None:
    if held is None or held["organization_id"] not in scope:
        return NotFound("activityId")
    of_arrival = command.arrival_id is not None
    owners = ("organization_id", "branch_id") if of_arrival else ("formal_id",)
    if person is None or scope.isdisjoint({person[owner] for owner in owners} - {None}):
        return NotFound("liaisonId" if of_arrival else "memberId")
    if held["cancelled_at"] is not None:
        return WrongState("activityId", state="CANCELLED")
    if first_day(held["held_on"]) > today(now):
        return NotHeldYet("activityId")
    if command.told.voted and (of_arrival or held["organization_id"] != person["formal_id"]):
        return VotesElsewhere("voted")
    if command.told.voted and not may_vote(person, held["held_on"]):
        return InvalidInput("voted", message=NO_VOTE)
    if (
        of_arrival
        and (command.told.mode or held["mode"]) == ParticipationMode.ON_SITE
        and is_outside_stay(held["held_on"], person)
    ):
        return OutsideStay("activityId")
    return unsayable(command.told, held["components"])


NO_VOTE: Final = (
    "预备党员没有表决权（党章第七条）。请去掉“表决”。"
    " A probationary member has no vote (党章 Art 7). Leave the vote out."
)


def may_vote(member: Mapping[Any, Any], held_on: str) -> bool:
    """Tell whether somebody was a full member on a day (党章 Art 7)."""
    since = member["full_member_on"]
    return member["category"] == MemberCategory.FULL and (since is None or first_day(since) <= last_day(held_on))


def is_outside_stay(held_on: str, stay: Mapping[Any, Any]) -> bool:
    """Tell whether a day or month lies outside the stay of an arrival (arrived_on, left_on, state, amended_at, and
    ended_on of the departure it is matched with)."""
    came = stay["arrived_on"]
    ends = [day for day in (stay["ended_on"], stay["left_on"] and last_day(stay["left_on"])) if day is not None]
    if stay["state"] == "RETURNED":  # sent back, which has no day of its own
        ends.append(today(stay["amended_at"]))
    return is_outside(
        (first_day(held_on), last_day(held_on)),
        (first_day(came), last_day(came)) if came else None,
        min(ends) if ends else None,
    )


OF_WHO_WAS_THERE: Final = ("voted", "minutes", "hours", "components_attended")
"""What only a record of somebody who attended can say."""


def unsayable(told: Told, components: Sequence[str] = ()) -> InvalidInput | None:
    """Return why no record can hold what is told, or None. `components`: those of the activity, where it has any."""
    if told.minutes is not None and not 0 <= told.minutes <= MOST_HOURS * 60:
        return InvalidInput("minutes")
    if told.hours is not None and not 0 <= told.hours <= MOST_HOURS:
        return InvalidInput("hours")
    if told.role == ParticipationRole.OBSERVER:  # 列席 (domain 0.18)
        if told.voted:
            return InvalidInput("voted")
        if told.attendance == Attendance.ABSENT_UNEXCUSED:
            return InvalidInput("attendance")
    for name in OF_WHO_WAS_THERE:
        if getattr(told, name) and told.attendance not in ATTENDED:
            return InvalidInput(name)
    if components and not set(told.components_attended or ()) <= set(components):
        return InvalidInput("components_attended")
    for name in ("evidence_reference", "remark"):
        value = getattr(told, name)
        if value is not None and len(value) > MAX_LENGTH:
            return InvalidInput(name)
    return None


def repeated(before: Any, told: Told, usual_mode: str) -> Outcome:
    """Return unchanged where a record says this already; what it did not know is no other mark."""
    same = (before.attendance, before.mode, before.role, before.voted) == (
        told.attendance,
        told.mode or usual_mode,
        told.role,
        told.voted,
    )
    for name in ("minutes", "hours", "components_attended", "evidence_kind", "evidence_reference"):
        said, known = getattr(told, name), getattr(before, name)
        same = same and (said is None or (sorted(said) if isinstance(said, tuple) else said) == known)
    if same:
        return Changed(before.id, before.version, changed=False)
    return AlreadyRecorded("attendance", version=before.version)


def _of_roll_call(
    viewer: Viewer,
    now: datetime,
    command: RecordParticipation,
    held: Mapping[Any, Any],
    person: Mapping[Any, Any],
) -> dict[str, Any]:
    row = new_row(viewer, now, command.told, held["mode"], held["kind"], held["held_on"])
    row.update(
        activity_id=held["id"],
        arrival_id=command.arrival_id,
        member_id=command.member_id,
        organization_id=held["organization_id"],
        source=ParticipationSource.ROLL_CALL.value,
        title=held["title"],
        host_id=held["organization_id"],
        place=held["place"],
        state=ParticipationState.CONFIRMED.value,
        confirmed_at=now,
        confirmed_by=viewer.actor,
    )
    if row["hours"] is None and row["attendance"] in ATTENDED:
        row["hours"] = held["hours"]
    if command.member_id is not None:
        # The home side's own: whoever must take note has told it. It is no two-sided record (domain 0.14).
        row.update(
            state=ParticipationState.ACKNOWLEDGED.value,
            acknowledged_at=now,
            acknowledged_by=viewer.actor,
            organization_id=person["formal_id"],
        )
    return row


def new_row(viewer: Viewer, now: datetime, told: Told, mode: str, kind: str, held_on: str) -> dict[str, Any]:
    """Return a row of what was told, without whose it is and where it stands."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS) | _DEFAULTS
    row.update(
        id=random_id(),
        version=1,
        kind=kind,
        held_on=held_on,
        day=last_day(held_on),
        mode=told.mode or mode,
        attendance=told.attendance,
        role=told.role,
        voted=told.voted,
        minutes=told.minutes,
        hours=told.hours,
        components_attended=None if told.components_attended is None else sorted(told.components_attended),
        evidence_kind=told.evidence_kind,
        evidence_reference=told.evidence_reference,
        remark=told.remark,
        recorded_at=now,
        recorded_by=viewer.actor,
        amended_at=now,
        amended_by=viewer.actor,
    )
    return row


async def write(
    connection: AsyncConnection,
    now: datetime,
    rows: Sequence[dict[str, Any]],
    people: Mapping[UUID | None, Mapping[Any, Any]],
) -> None:
    """Write rows with their events, and link what is told twice."""
    await copy_rows(connection, "participation", COLUMNS, [[row[c] for c in COLUMNS] for row in rows])
    events = []
    members: set[UUID] = set()
    for row in rows:
        person = people[row["arrival_id"] or row["member_id"]]
        member = row["member_id"] or person["member_id"]
        if member is not None:
            members.add(member)
        hearing = {person.get(o) for o in ("organization_id", "branch_id", "outflow_id", "formal_id")}
        hearing.add(row["host_id"] if row["arrival_id"] is not None else None)
        events.append(
            event(
                EventKind.PARTICIPATION_RECORDED,
                row["id"],
                1,
                sorted(o for o in hearing if o is not None),
                now,
                organization=row["organization_id"],
                departure=person.get("departure_id"),
                arrival=row["arrival_id"],
                member=member,
            )
        )
    await append(connection, events, at=now)
    if rows:
        days = [row["day"] for row in rows]
        await twin.link(connection, now=now, members=members, since=min(days), until=max(days))
