"""The date on which each side did a transfer in the national system (全国党员管理信息系统): a difference has an owner.

The hub does not replace that system: it records each side's date; a missing one is a task, a different one a
discrepancy (domain 0.7).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.dates import today
from hub.domain.rule import rule
from hub.errors import InvalidInput
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import Aggregate, EventKind, RuleCode, Side, Topic

FIELD = "nationalSystemOn"
COLUMN = {Side.OUTFLOW: "national_system_out_on", Side.INFLOW: "national_system_in_on"}

_DATES = text(
    """
    select member_id, inflow_organization_id, national_system_out_on as ours, national_system_in_on as theirs
      from transfer where id = :transfer
    """
)
_OPEN = text(
    """
    insert into discrepancy as d (id, transfer_id, field, outflow_value, inflow_value, pair_digest, owner, state,
                                  due_on, opened_at)
    values (:id, :transfer, :field, :ours, :theirs, :pair, 'INFLOW', 'OPEN', :due, :now)
    on conflict (transfer_id, field) where transfer_id is not null do update
       set version = d.version + 1, state = 'OPEN', outflow_value = :ours, inflow_value = :theirs, pair_digest = :pair,
           due_on = :due, opened_at = :now, settled_at = null, settled_by = null, proposal_take = null,
           proposal_value = null, proposal_confirmed_on = null, proposal_note = null, proposed_at = null,
           proposed_by = null
     where d.pair_digest <> :pair
    returning id, version
    """
)
_SETTLE = text(
    """
    update discrepancy set version = version + 1, state = 'SETTLED', outflow_value = :ours, inflow_value = :theirs,
           pair_digest = :pair, settled_at = :now
     where transfer_id = :transfer and field = :field and state <> 'SETTLED'
    returning id, version
    """
)


def said(side: Side, on: date | None, day: date, field: str = FIELD) -> dict[str, Any]:
    """Return the column in which a side's date stands. Raises InvalidInput, with the field of the input, for a day to come."""
    if on is None:
        return {}
    if on > day:
        raise InvalidInput(field)
    return {COLUMN[side]: on}


async def compare(
    connection: AsyncConnection, *, now: datetime, transfer_id: UUID, organizations: Iterable[UUID]
) -> None:
    """Open, keep or settle the difference between both dates of a transfer whose lock is held.

    `organizations`: who hears of it. A settled pair of dates is not opened again until one of them changes.
    """
    row = (await connection.execute(_DATES, {"transfer": transfer_id})).one()
    values = {
        "transfer": transfer_id,
        "field": FIELD,
        "ours": row.ours.isoformat() if row.ours else None,
        "theirs": row.theirs.isoformat() if row.theirs else None,
        "pair": sha256(f"{row.ours} {row.theirs}".encode()).digest(),
        "now": now,
    }
    if row.ours and row.theirs and row.ours != row.theirs:
        settled = await rule(connection, RuleCode.DISCREPANCY_SETTLED, today(now), row.inflow_organization_id)
        due = settled.due(today(now))
        found = (await connection.execute(_OPEN, {**values, "id": random_id(), "due": due})).one_or_none()
        kind = EventKind.DISCREPANCY_OPENED
    else:
        found = (await connection.execute(_SETTLE, values)).one_or_none()
        kind = EventKind.DISCREPANCY_SETTLED
    if found is None:
        return
    told = Event(
        topic=Topic.DISCREPANCY,
        kind=kind,
        aggregate=Aggregate.DISCREPANCY,
        aggregate_id=found.id,
        aggregate_version=found.version,
        audience=organizations,
        occurred_at=now,
        transfer=transfer_id,
        member=row.member_id,
    )
    await append(connection, [told], at=now)
