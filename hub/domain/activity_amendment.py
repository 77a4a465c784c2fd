"""Amending an activity: its details, never what makes it this one (host, day, kind, title). Its hours are its people's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import activity, participation_steps
from hub.domain.outcome import Changed
from hub.domain.scope import require_organization
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, NotFound, WrongSide
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

_OUTSIDE: Final = text(
    """
    select exists (select from participation
                    where activity_id = :id and not components_attended <@ cast(:components as varchar[]))
    """
)
_OF_THESE_HOURS: Final = text(
    """
    select id from participation
     where activity_id = :id and attendance in ('PRESENT', 'LATE') and hours is not distinct from :hours
       and dispute_state is distinct from 'DISPUTED'
     order by id
    """
)
_REASON: Final = "活动学时更正 / the hours of the activity were corrected"


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

    Where the hours change, each record that has the old ones is corrected and waits for acknowledgement anew; one with
    hours of its own keeps them, and one in dispute waits for its answer. The same again changes nothing.
    Raises NotFound, StaleVersion, WrongState (cancelled), InvalidInput (also: components that somebody attended).
    """
    require_organization(viewer)
    row = await activity.own(connection, viewer, activity_id, version)
    new = {name: value for name, value in given.items() if name in DETAILS and value != row[name]}
    if not new:
        return Changed(activity_id, version, changed=False)
    after = {**row, **new}
    refusal = activity.impossible(
        row["held_on"], **{name: after[name] for name in ("starts_at", "ends_at", "hours", "place")}
    )
    if refusal is not None:
        raise refusal
    if (
        after["components"]
        and (await connection.execute(_OUTSIDE, {"id": activity_id, "components": after["components"]})).scalar_one()
    ):
        raise InvalidInput("components")
    listed = ", ".join(f"{name} = :{name}" for name in new)
    await connection.execute(
        text(f"update activity set {listed}, version = version + 1 where id = :id"), {**new, "id": activity_id}
    )
    told = activity.event(EventKind.ACTIVITY_AMENDED, activity_id, version + 1, row["organization_id"], now)
    await append(connection, [told], at=now)
    if "hours" in new:
        old = await connection.execute(_OF_THESE_HOURS, {"id": activity_id, "hours": row["hours"]})
        for record in old.scalars().all():
            await _correct(connection, viewer, now, record, new["hours"])
    return Changed(activity_id, version + 1)


async def _correct(
    connection: AsyncConnection, viewer: Viewer, now: datetime, record: UUID, hours: Decimal | None
) -> None:
    try:
        await participation_steps.correct(
            connection,
            viewer=viewer,
            now=now,
            participation_id=record,
            version=None,
            reason=_REASON,
            given={"hours": hours},
        )
    except (NotFound, WrongSide):
        return  # of somebody who belongs to others by now: what was told stays
