"""Settling a difference: the owner settles, the other side proposes (domain 0.24)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.domain import arrival, departure, discrepancy, participation_record, participation_steps
from hub.domain.dates import today
from hub.domain.outcome import Changed
from hub.domain.pair import Pair, pairs
from hub.domain.scope import in_scope, require_organization
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, NotAllowed, NotFound, ReasonRequired, Refused, StaleVersion, WrongState
from hub.feed.append import append
from hub.models import EventKind, Side

_ROW: Final = text("select * from discrepancy where id = :id")
_LOCK: Final = text("select * from discrepancy where id = :id for update")
_PROPOSE: Final = text(
    """
    update discrepancy set state = 'PROPOSED', proposal_take = :take, proposal_value = :value,
           proposal_confirmed_on = :confirmed_on, proposal_note = :note, proposed_at = :now, proposed_by = :by,
           version = version + 1
     where id = :id
    """
)
_HOLD_DEPARTURE: Final = text("select id from departure where id = :departure for update")
_HOLD_ARRIVAL: Final = text("select id from arrival where id = :arrival for update")
_HOLD_REPORT: Final = text("select id from participation where twin_id = :id order by id for update")
_SETTLED: Final = text(
    """
    update discrepancy set state = 'SETTLED', settled_at = :now, settled_by = :by, version = version + 1 where id = :id
    """
)


async def settle(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    vault: Vault,
    now: datetime,
    discrepancy_id: UUID,
    version: int,
    take: Side | None,
    value: str | None,
    confirmed_on: date | None,
    note: str | None,
) -> Changed:
    """Settle a difference as its owner, or propose as the other side.

    Taking the other's value amends the own statement; keeping the own sets its confirmedOn and settles the pair of
    values until one changes. `value` (the owner only) amends the own statement to what the member said. Of an attendance
    the place keeps its mark, or corrects it to what was reported, with the note as the reason.
    Raises NotFound, WrongState, StaleVersion, InvalidInput, ReasonRequired.
    """
    require_organization(viewer)
    row = (await connection.execute(_ROW, {"id": discrepancy_id})).mappings().one_or_none()
    if row is None:
        raise NotFound("discrepancyId")
    if row["match_id"] is None:
        raise NotAllowed
    pair = (await pairs(connection, [row["match_id"]]))[0]
    scope = await in_scope(connection, viewer, [*pair.outflow, *pair.inflow])
    sides = {side for side, of in ((Side.OUTFLOW, pair.outflow), (Side.INFLOW, pair.inflow)) if scope & set(of)}
    if not sides:
        raise NotFound("discrepancyId")
    await _hold_what_differs(connection, row, pair)
    row = (await connection.execute(_LOCK, {"id": discrepancy_id})).mappings().one()
    if row["state"] == "SETTLED":
        raise WrongState(state="SETTLED", version=row["version"])
    if row["version"] != version:
        raise StaleVersion("version", version=row["version"])
    is_attendance = row["field"] == discrepancy.ATTENDANCE
    _require_sayable(take, value, confirmed_on, now, is_attendance=is_attendance)
    owner = Side(row["owner"])
    if owner not in sides:
        return await _propose(connection, viewer, now, row, pair, take, value, confirmed_on, note)
    if is_attendance:
        await _correct(connection, viewer, now, row, owner, take, note)
    else:
        await _amend(connection, viewer, vault, now, row, pair, owner, take, value, confirmed_on)
    left = (await connection.execute(_LOCK, {"id": discrepancy_id})).mappings().one()
    if left["state"] == "SETTLED":
        return Changed(discrepancy_id, left["version"])
    if take is not owner:
        # The own statement says something new that still differs: the difference stays open with its new values.
        return Changed(discrepancy_id, left["version"])
    await connection.execute(_SETTLED, {"id": discrepancy_id, "now": now, "by": viewer.actor})
    settled = left["version"] + 1
    await append(
        connection,
        [discrepancy.event(EventKind.DISCREPANCY_SETTLED, discrepancy_id, settled, pair, now, field=row["field"])],
        at=now,
    )
    return Changed(discrepancy_id, settled)


async def _hold_what_differs(connection: AsyncConnection, row: RowMapping, pair: Pair) -> None:
    """Lock what a difference is about before the difference, as whoever writes it does: the host's record and then the
    report linked with it, or the two statements."""
    if row["participation_id"] is None:
        for statement in (_HOLD_DEPARTURE, _HOLD_ARRIVAL):
            await connection.execute(statement, {"departure": pair.departure_id, "arrival": pair.arrival_id})
        return
    await participation_record.hold(connection, [row["participation_id"]])
    await connection.execute(_HOLD_REPORT, {"id": row["participation_id"]})


def _require_sayable(
    take: Side | None, value: str | None, confirmed_on: date | None, now: datetime, *, is_attendance: bool
) -> None:
    if confirmed_on is not None and confirmed_on > today(now):
        raise InvalidInput("confirmedOn")
    if is_attendance and value is not None:
        raise InvalidInput("value")  # a mark is the host's or the member's; a third one nobody told
    if take is None and not (value or "").strip():
        raise InvalidInput("take")


async def _propose(
    connection: AsyncConnection,
    viewer: Viewer,
    now: datetime,
    row: RowMapping,
    pair: Pair,
    take: Side | None,
    value: str | None,
    confirmed_on: date | None,
    note: str | None,
) -> Changed:
    if row["field"] in ("phone", "address") and value:
        # A proposal is read by both sides: a number in full belongs into a statement, never into one.
        raise InvalidInput("value")
    await connection.execute(
        _PROPOSE,
        {
            "id": row["id"],
            "take": take.value if take else None,
            "value": value,
            "confirmed_on": confirmed_on,
            "note": note,
            "now": now,
            "by": viewer.actor,
        },
    )
    version = row["version"] + 1
    told = discrepancy.event(EventKind.DISCREPANCY_PROPOSED, row["id"], version, pair, now, field=row["field"])
    await append(connection, [told], at=now)
    return Changed(row["id"], version)


async def _correct(
    connection: AsyncConnection,
    viewer: Viewer,
    now: datetime,
    row: RowMapping,
    owner: Side,
    take: Side | None,
    note: str | None,
) -> None:
    """Correct the host's record to the reported attendance, which settles the difference; the own mark stays as it is."""
    if take is owner:
        return
    if not (note or "").strip():
        raise ReasonRequired("note")
    await participation_steps.correct(
        connection,
        viewer=viewer,
        now=now,
        participation_id=row["participation_id"],
        version=None,
        reason=note or "",
        given={"attendance": row["outflow_value"]},
    )


async def _amend(
    connection: AsyncConnection,
    viewer: Viewer,
    vault: Vault,
    now: datetime,
    row: RowMapping,
    pair: Pair,
    owner: Side,
    take: Side | None,
    value: str | None,
    confirmed_on: date | None,
) -> None:
    """Amend the owner's own statement: its value confirmed, the other's taken over, or a new one."""
    given: dict[str, Any] = {"confirmed_on": confirmed_on or today(now)}
    if value is not None or (take is not None and take is not owner):
        names = discrepancy.VALUES.get(row["field"])
        if names is None and row["field"] == "inflowOrganization" and value is None and owner is Side.OUTFLOW:
            given["inflow_organization_id"] = pair.inflow[-1]
        elif names is None:
            raise InvalidInput("take")
        else:
            own, other = (names[0], names[1]) if owner is Side.OUTFLOW else (names[1], names[0])
            given[own] = value if value is not None else await _other(connection, vault, pair, owner, other)
    outcome: Changed | Refused
    if owner is Side.OUTFLOW:
        amended = departure.AmendDeparture(departure_id=pair.departure_id, given=given)
        outcome = (await departure.amend(connection, viewer=viewer, vault=vault, now=now, commands=[amended]))[0]
    else:
        command = arrival.AmendArrival(arrival_id=pair.arrival_id, given=given)
        outcome = (await arrival.amend(connection, viewer=viewer, vault=vault, now=now, commands=[command]))[0]
    if isinstance(outcome, Refused):
        raise outcome


async def _other(connection: AsyncConnection, vault: Vault, pair: Pair, owner: Side, field: str) -> str | None:
    """Return the other side's value, opened where it is sealed."""
    table, identifier = ("arrival", pair.arrival_id) if owner is Side.OUTFLOW else ("departure", pair.departure_id)
    column = f"{field}_sealed" if field in ("phone", "address") else field
    found = dict(
        (await connection.execute(text(f"select {column} from {table} where id = :id"), {"id": identifier}))
        .mappings()
        .one()
    )
    stored = found[column]
    if stored is None or not column.endswith("_sealed"):
        return None if stored is None else str(stored)
    return vault.unseal(field, identifier, stored)
