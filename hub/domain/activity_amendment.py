"""Amending an activity: its details, never what makes it this one (host, day, kind, title). What its roll call took over
from it follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import activity, history, participation, participation_record
from hub.domain.outcome import Changed
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput
from hub.feed.append import append
from hub.models import EventKind

DETAILS: Final = (
    "starts_at",
    "ends_at",
    "place",
    "components",
    "is_compulsory",
    "hours",
    "is_open_to_arrivals",
    "is_away",
)
"""What can be amended. The mode is each record's own; another day, kind or title is another activity."""

_RECORDS: Final = text("select id from participation where activity_id = :id order by id for update")
_OUTSIDE: Final = text(
    """
    select exists (select from participation
                    where activity_id = :id and not components_attended <@ cast(:components as varchar[]))
    """
)
_FOLLOWING: Final = text(
    """
    select id from participation
     where activity_id = :id
       and (:of_place and place is not distinct from :place
            or :of_hours and attendance in ('PRESENT', 'LATE') and hours is not distinct from :hours)
     order by id
    """
)
_PLACE: Final = "place = case when place is not distinct from :old_place then :place else place end"
# What was acknowledged had other hours. The home side's own needs nobody's acknowledgement.
_HOURS: Final = """
    hours = case when takes then cast(:hours as numeric) else hours end,
    state = case when takes and arrival_id is not null then 'CONFIRMED' else state end,
    confirmed_at = case when takes and arrival_id is not null then :now else confirmed_at end,
    confirmed_by = case when takes and arrival_id is not null then :by else confirmed_by end,
    acknowledged_at = case when takes and arrival_id is not null then null else acknowledged_at end,
    acknowledged_by = case when takes and arrival_id is not null then null else acknowledged_by end,
    overdue_at = case when takes and arrival_id is not null then null else overdue_at end
""".replace("takes", "attendance in ('PRESENT', 'LATE') and hours is not distinct from :old_hours")
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
    """The host amends the details of an activity; what is left out stays, None clears.

    Its records took place and hours over from it: those that still have the old ones are corrected, whoever called the
    roll and also while one is disputed. Other hours wait for acknowledgement anew. The same again changes nothing.
    Raises NotFound, StaleVersion, WrongState (cancelled), InvalidInput (also: components that somebody attended).
    """
    await participation.require_host(connection, viewer, activity_id)
    # The records before the activity, as whoever corrects one of them.
    await connection.execute(_RECORDS, {"id": activity_id})
    row = await activity.own(connection, viewer, activity_id, version)
    new = {name: value for name, value in given.items() if name in DETAILS and value != row[name]}
    if not new:
        return Changed(activity_id, version, changed=False)
    refusal = activity.impossible(
        row["held_on"],
        **{name: {**row, **new}[name] for name in ("starts_at", "ends_at", "hours")},
        place=new.get("place"),
    )
    if refusal is not None:
        raise refusal
    if (
        new.get("components")
        and (await connection.execute(_OUTSIDE, {"id": activity_id, "components": new["components"]})).scalar_one()
    ):
        raise InvalidInput("components")
    listed = ", ".join(f"{name} = :{name}" for name in new)
    await connection.execute(
        text(f"update activity set {listed}, version = version + 1 where id = :id"), {**new, "id": activity_id}
    )
    told = activity.event(EventKind.ACTIVITY_AMENDED, activity_id, version + 1, row["organization_id"], now)
    await append(connection, [told], at=now)
    await _follow(connection, viewer, now, row, new)
    return Changed(activity_id, version + 1)


async def _follow(
    connection: AsyncConnection, viewer: Viewer, now: datetime, row: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    """Correct the records that took over what is amended, each as a version of its own with an event."""
    clauses = [clause for name, clause in (("place", _PLACE), ("hours", _HOURS)) if name in new]
    if not clauses:
        return
    of = {"id": row["id"], "place": row["place"], "hours": row["hours"]}
    following = await connection.execute(_FOLLOWING, {**of, "of_place": "place" in new, "of_hours": "hours" in new})
    records = await participation_record.hold(connection, following.scalars())
    if not records:
        return
    await history.keep(connection, "participation", records)
    values = {
        "place": new.get("place"),
        "hours": new.get("hours"),
        "old_place": row["place"],
        "old_hours": row["hours"],
    }
    await connection.execute(
        text(
            f"update participation set {', '.join(clauses)}, reason = :reason, amended_at = :now, amended_by = :by,"
            " version = version + 1 where id = any(:ids)"
        ),
        {**values, "reason": _REASON, "now": now, "by": viewer.actor, "ids": list(records)},
    )
    await append(
        connection,
        [r.event(EventKind.PARTICIPATION_CORRECTED, r.row["version"] + 1, now) for r in records.values()],
        at=now,
    )
