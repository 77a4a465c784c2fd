"""Amending an activity, also to another day or kind: what its roll call took over from it follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import activity, history, participation, participation_record, twin
from hub.domain.dates import first_day, last_day, today
from hub.domain.outcome import Changed
from hub.domain.participation_record import Record
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, NotHeldYet, OutsideStay
from hub.feed.append import append
from hub.models import ATTENDED, EventKind, ParticipationMode

DETAILS: Final = (
    "kind", "held_on", "title", "starts_at", "ends_at", "place", "components", "is_compulsory", "hours",
    "is_open_to_arrivals", "is_away",
)  # fmt: skip
"""What can be amended. The host is who it is, and the mode is each record's own."""

_OF_ACTIVITY: Final = text("select id from participation where activity_id = :id")
_UPDATE: Final = text(
    """
    update participation set kind = :kind, held_on = :held_on, day = :day, title = :title, place = :place, hours = :hours,
           state = :state, confirmed_at = :confirmed_at, confirmed_by = :confirmed_by,
           acknowledged_at = :acknowledged_at, acknowledged_by = :acknowledged_by, overdue_at = :overdue_at,
           heard_on = :heard_on, heard_by = :heard_by, heard_statement = :heard_statement,
           reason = :reason, amended_at = :now, amended_by = :by, version = version + 1
     where id = :id
    """
)
_TAKEN_OVER: Final = (
    "kind", "held_on", "day", "title", "place", "hours", "state", "confirmed_at", "confirmed_by", "acknowledged_at",
    "acknowledged_by", "overdue_at", "heard_on", "heard_by", "heard_statement",
)  # fmt: skip
_REASON: Final = "活动信息更正 / the details of the activity were corrected"


async def amend(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    activity_id: UUID,
    version: int,
    given: Mapping[str, Any],
) -> Changed:
    """The host amends an activity; what is left out stays, None clears.

    Its records took day, kind, title, place and hours over from it, and follow, whoever called the roll and also while one
    is disputed; a place or hours of their own stay. With another day, kind or hours all are acknowledged anew, and with
    another day or kind the member is heard anew. The same again changes nothing.
    Raises NotFound, StaleVersion, WrongState (cancelled), InvalidInput (also: components that somebody attended),
    AlreadyRecorded (there is such an activity), OutsideStay and NotHeldYet (somebody was on site on that day).
    """
    await participation.require_host(connection, viewer, activity_id)
    await _hold(connection, activity_id)  # the records before the activity, as whoever corrects one of them
    row = await activity.own(connection, viewer, activity_id, version)
    new = {name: value for name, value in given.items() if name in DETAILS and value != row[name]}
    if not new:
        return Changed(activity_id, version, changed=False)
    after = {**row, **new}
    await activity.require_possible(connection, after, new)
    records = list((await _hold(connection, activity_id)).values())
    await _require_fitting(connection, now, records, new)
    listed = ", ".join(f"{name} = :{name}" for name in new)
    await connection.execute(
        text(f"update activity set {listed}, version = version + 1 where id = :id"), {**new, "id": activity_id}
    )
    told = activity.event(EventKind.ACTIVITY_AMENDED, activity_id, version + 1, row["organization_id"], now)
    await append(connection, [told], at=now)
    await _follow(connection, viewer, now, records, row, new)
    return Changed(activity_id, version + 1)


async def _hold(connection: AsyncConnection, activity_id: UUID) -> dict[UUID, Record]:
    found = await connection.execute(_OF_ACTIVITY, {"id": activity_id})
    return await participation_record.hold(connection, found.scalars().all())


async def _require_fitting(
    connection: AsyncConnection, now: datetime, records: Sequence[Record], new: Mapping[str, Any]
) -> None:
    """Refuse what cannot be of an activity in which these people took part."""
    attended = {component for record in records for component in record.row["components_attended"] or ()}
    if "components" in new and not attended <= set(new["components"]):
        raise InvalidInput("components")
    if "held_on" not in new or not records:
        return
    if first_day(new["held_on"]) > today(now):
        raise NotHeldYet("heldOn")
    on_site = [
        r.row["arrival_id"] for r in records if r.row["arrival_id"] and r.row["mode"] == ParticipationMode.ON_SITE
    ]
    stays = await participation.people_of(connection, sorted(set(on_site)), set())
    if any(participation.is_outside_stay(new["held_on"], stay) for stay in stays.values()):
        raise OutsideStay("heldOn")


async def _follow(
    connection: AsyncConnection,
    viewer: Viewer,
    now: datetime,
    records: Sequence[Record],
    before: Mapping[str, Any],
    new: Mapping[str, Any],
) -> None:
    """Correct the records that took over what is amended, each as a version of its own with an event."""
    following = [(record, said) for record in records if (said := _said_of(record, viewer, now, before, new))]
    if not following:
        return
    await history.keep(connection, "participation", [record.id for record, _ in following])
    common = {"reason": _REASON, "now": now, "by": viewer.actor}
    await connection.execute(
        _UPDATE,
        [
            {name: record.row[name] for name in _TAKEN_OVER} | said | common | {"id": record.id}
            for record, said in following
        ],
    )
    await append(
        connection,
        [r.event(EventKind.PARTICIPATION_CORRECTED, r.row["version"] + 1, now) for r, _ in following],
        at=now,
    )
    members = {record.member_id for record, _ in following if record.member_id is not None}
    if members and not new.keys().isdisjoint({"kind", "held_on"}):
        for day in sorted({last_day(before["held_on"]), last_day({**before, **new}["held_on"])}):
            await twin.link(connection, now=now, members=members, since=day, until=day)


def _said_of(
    record: Record, viewer: Viewer, now: datetime, before: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the columns of a record that follow an amendment."""
    said = {name: new[name] for name in activity.IDENTITY & new.keys()}
    if "held_on" in said:
        said["day"] = last_day(said["held_on"])
    if "place" in new and record.row["place"] == before["place"]:
        said["place"] = new["place"]
    if "hours" in new:  # told of all records alike: those of who was there would tell partners who was not
        said["hours"] = record.row["hours"]
        if record.row["attendance"] in ATTENDED and record.row["hours"] == before["hours"]:
            said["hours"] = new["hours"]
    if not said.keys().isdisjoint({"kind", "held_on"}):
        said |= dict.fromkeys(("heard_on", "heard_by", "heard_statement"))  # which was about another absence
    # The home side's own needs nobody's acknowledgement.
    if record.row["arrival_id"] is not None and not said.keys().isdisjoint({"kind", "held_on", "hours"}):
        said |= {"state": "CONFIRMED", "confirmed_at": now, "confirmed_by": viewer.actor,
                 "acknowledged_at": None, "acknowledged_by": None, "overdue_at": None}  # fmt: skip
    return said
