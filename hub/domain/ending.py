"""Visits home, and the end of a liaison: both said by the outflow side alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.domain import departure
from hub.domain.dates import first_day, today
from hub.domain.locate import own
from hub.domain.outcome import Changed
from hub.domain.pair import audiences
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, ReasonRequired, WrongState
from hub.feed.append import append
from hub.ids import random_id
from hub.models import EndReason, EventKind, Side

_VISIT: Final = text(
    """
    insert into visit as v (id, departure_id, came_on, left_on, met_on, note, recorded_at, recorded_by)
    values (:id, :departure, :came_on, :left_on, :met_on, :note, :now, :by)
    on conflict (departure_id, came_on) do update
       set left_on = coalesce(excluded.left_on, v.left_on), met_on = coalesce(excluded.met_on, v.met_on),
           note = coalesce(excluded.note, v.note)
     where (coalesce(excluded.left_on, v.left_on), coalesce(excluded.met_on, v.met_on), coalesce(excluded.note, v.note))
           is distinct from (v.left_on, v.met_on, v.note)
    returning id
    """
)


async def record_visit(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    liaison_id: UUID,
    version: int,
    came_on: date,
    left_on: date | None,
    met_on: date | None,
    note: str | None,
) -> Changed:
    """Record a short return home (返乡), not an end; the same day again completes it, with the meeting held.

    It is the outflow side that meets the member (凡回乡必见面).
    Raises NotFound, WrongSide, WrongState, StaleVersion, InvalidInput with the field.
    """
    _located, row = await own(connection, viewer, Side.OUTFLOW, liaison_id, version)
    if row["ended_on"] is not None:
        raise WrongState(state="ENDED", version=row["version"])
    day = today(now)
    if came_on > day:
        raise InvalidInput("cameOn")
    for field, value in (("leftOn", left_on), ("metOn", met_on)):
        if value is not None and (value < came_on or value > day):
            raise InvalidInput(field)
    changed = await connection.execute(
        _VISIT,
        {
            "id": random_id(),
            "departure": row["id"],
            "came_on": came_on,
            "left_on": left_on,
            "met_on": met_on,
            "note": note,
            "now": now,
            "by": viewer.actor,
        },
    )
    if changed.first() is None:
        return Changed(row["id"], row["version"], changed=False)
    await connection.execute(text("update departure set version = version + 1 where id = :id"), {"id": row["id"]})
    seen = {**row, "version": row["version"] + 1}
    shared = (await audiences(connection, departures=[row["id"]])).get(row["id"])
    await append(connection, [departure.event(EventKind.VISIT_RECORDED, seen, now, shared)], at=now)
    return Changed(row["id"], row["version"] + 1)


async def end(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    vault: Vault,
    now: datetime,
    liaison_id: UUID,
    version: int,
    reason: EndReason,
    ended_on: date,
    letter_number: str | None,
    note: str | None,
    next_statement: Mapping[str, Any] | None,
) -> Changed:
    """End a liaison. Only the outflow side does; MOVED_ON opens the next from the same organization (A→B→C).

    TRANSFERRED without the hub's own transfer needs the letter's number. DECEASED and MEMBERSHIP_ENDED follow from a
    recorded decision, not from here. Also an arrival that is not matched can be ended by nobody here: its own side
    records that it left. Raises NotFound, WrongSide, WrongState, StaleVersion, InvalidInput, ReasonRequired.
    """
    _located, row = await own(connection, viewer, Side.OUTFLOW, liaison_id, version)
    if row["ended_on"] is not None:
        raise WrongState(state="ENDED", version=row["version"])
    if ended_on > today(now) or (row["departed_on"] and ended_on < first_day(row["departed_on"])):
        raise InvalidInput("endedOn")
    if reason in (EndReason.DECEASED, EndReason.MEMBERSHIP_ENDED):
        await _require_decision(connection, row["member_id"], reason)
    if reason is EndReason.TRANSFERRED and not (letter_number or "").strip():
        raise InvalidInput("letterNumber")
    if reason is EndReason.IN_ERROR and not (note or "").strip():
        raise ReasonRequired("note")
    if (next_statement is not None) != (reason is EndReason.MOVED_ON):
        raise InvalidInput("next")
    await departure.close(
        connection, by=viewer.actor, now=now, row=dict(row), on=ended_on, reason=reason, note=note, letter=letter_number
    )
    if next_statement is not None:
        command = departure.RegisterDeparture(member_id=row["member_id"], given=next_statement)
        opened = (await departure.register(connection, viewer=viewer, vault=vault, now=now, commands=[command]))[0]
        if not isinstance(opened, Changed):
            raise opened
        await connection.execute(
            text("update departure set moved_on_to = :next where id = :id"), {"next": opened.id, "id": row["id"]}
        )
    return Changed(row["id"], row["version"] + 1)


async def _require_decision(connection: AsyncConnection, member_id: UUID, reason: EndReason) -> None:
    """People decide on membership, and record it first: ending a liaison never says that somebody died."""
    standing = (
        await connection.execute(text("select standing from member where id = :id"), {"id": member_id})
    ).scalar_one()
    expected = standing == "DECEASED" if reason is EndReason.DECEASED else standing not in ("IN_FORCE", "DECEASED")
    if not expected:
        raise InvalidInput("reason")
