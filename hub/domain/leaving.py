"""The end of a stay, said by the inflow side: sent back with a cause, or left. Only the outflow side ends a liaison."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import history, inbox, question, statement
from hub.domain.arrival import ENDED, event
from hub.domain.dates import today
from hub.domain.locate import own
from hub.domain.outcome import Changed
from hub.domain.pair import audiences
from hub.domain.viewer import Viewer
from hub.errors import ReasonRequired, WrongState
from hub.feed.append import append
from hub.models import EventKind, InflowState, ReasonCode, Side


async def return_(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    liaison_id: UUID,
    version: int,
    reason: ReasonCode,
    note: str | None,
) -> Changed:
    """The inflow side sends an arrival back (退回), with a cause (条例 Art 25: no refusing without one)."""
    if reason is ReasonCode.OTHER and not (note or "").strip():
        raise ReasonRequired("note")
    values = {"state": InflowState.RETURNED.value, "return_reason": reason.value, "return_note": note}
    return await _finish(connection, viewer, now, liaison_id, version, EventKind.ARRIVAL_RETURNED, values)


async def record_leaving(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    liaison_id: UUID,
    version: int,
    left_on: str,
    destination: str | None,
) -> Changed:
    """The inflow side says the member left; it becomes the outflow side's task, which alone ends a liaison."""
    refusal = statement.unsayable({"left_on": left_on, "left_for": destination}, today(now))
    if refusal is not None:
        raise refusal
    values = {"state": InflowState.LEFT.value, "left_on": left_on, "left_for": destination}
    return await _finish(connection, viewer, now, liaison_id, version, EventKind.LEAVING_RECORDED, values)


async def _finish(
    connection: AsyncConnection,
    viewer: Viewer,
    now: datetime,
    liaison_id: UUID,
    version: int,
    kind: EventKind,
    values: Mapping[str, Any],
) -> Changed:
    _located, row = await own(connection, viewer, Side.INFLOW, liaison_id, version)
    if row["state"] in ENDED:
        raise WrongState(state=row["state"], version=row["version"])
    shared = (await audiences(connection, arrivals=[row["id"]])).get(row["id"])
    await history.keep(connection, "arrival", [row["id"]])
    written = {**values, "amended_at": now, "amended_by": viewer.actor}
    await connection.execute(
        text(f"update arrival set {', '.join(f'{c} = :{c}' for c in written)}, version = version + 1 where id = :id"),
        {**written, "id": row["id"]},
    )
    ended = {**row, **values, "version": row["version"] + 1}
    await append(connection, [event(kind, ended, now, shared)], at=now)
    await question.drop(connection, now=now, by=viewer.actor, statements=[row["id"]])
    await inbox.restate(connection, [row["id"]])
    return Changed(row["id"], row["version"] + 1)
