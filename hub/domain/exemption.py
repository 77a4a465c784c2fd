"""Exemptions from attendance: old, ill, disabled members are held to no hard attendance (条例 Art 23)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import affiliation, visibility
from hub.domain.outcome import Changed
from hub.domain.scope import require_organization
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, NotFound, ReasonRequired, StaleVersion
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import Aggregate, EventKind, Exemption, ExemptionReason, Topic

_INSERT: Final = text(
    """
    insert into exemption (id, member_id, organization_id, reason, starts_on, ends_on, note, recorded_at, recorded_by)
    values (:id, :member, :organization, :reason, :starts_on, :ends_on, :note, :now, :by)
    """
)
_LOCK: Final = text("select * from exemption where id = :id for update")


async def record(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    reason: ExemptionReason,
    starts_on: date,
    ends_on: date | None = None,
    note: str | None = None,
) -> Changed:
    """The home branch exempts a member for a time; without an end until one is recorded.

    Raises NotFound, NotAllowed, WrongSide, InvalidInput, ReasonRequired (OTHER without words).
    """
    require_organization(viewer)
    await affiliation.lock_member(connection, member_id)
    formal = await affiliation.own_side(connection, viewer, member_id)
    if ends_on is not None and ends_on < starts_on:
        raise InvalidInput("endsOn")
    if reason is ExemptionReason.OTHER and not (note or "").strip():
        raise ReasonRequired("note")
    identifier = random_id()
    values: dict[str, Any] = {"id": identifier, "member": member_id, "organization": formal, "reason": reason.value}
    values |= {"starts_on": starts_on, "ends_on": ends_on, "note": note, "now": now, "by": viewer.actor}
    await connection.execute(_INSERT, values)
    await append(connection, [_event(identifier, 1, member_id, formal, now)], at=now)
    return Changed(identifier, 1, new=True)


async def end(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, exemption_id: UUID, version: int, ends_on: date
) -> Changed:
    """The home branch says when an exemption ended or will end. Raises NotFound, WrongSide, StaleVersion, InvalidInput."""
    require_organization(viewer)
    row = (await connection.execute(_LOCK, {"id": exemption_id})).mappings().one_or_none()
    if row is None or await visibility.row(connection, viewer, Exemption, exemption_id) is None:
        raise NotFound("exemptionId")
    formal = await affiliation.own_side(connection, viewer, row["member_id"])
    if row["version"] != version:
        raise StaleVersion("version", version=row["version"])
    if ends_on < row["starts_on"]:
        raise InvalidInput("endsOn")
    await connection.execute(
        text("update exemption set ends_on = :on, version = version + 1 where id = :id"),
        {"on": ends_on, "id": exemption_id},
    )
    await append(connection, [_event(exemption_id, version + 1, row["member_id"], formal, now)], at=now)
    return Changed(exemption_id, version + 1)


def _event(identifier: UUID, version: int, member_id: UUID, formal: UUID, now: datetime) -> Event:
    """Return an event about health, which the home side and the member alone hear."""
    return Event(
        topic=Topic.PARTICIPATION,
        kind=EventKind.EXEMPTION_RECORDED,
        aggregate=Aggregate.EXEMPTION,
        aggregate_id=identifier,
        aggregate_version=version,
        audience=[formal],
        organization=formal,
        member=member_id,
        occurred_at=now,
    )
