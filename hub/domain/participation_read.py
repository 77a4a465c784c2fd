"""What hangs on records of participation, read: whose they are, the other side's record of the same thing, versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import visibility
from hub.domain.participation_record import FORMAL, MATCHED
from hub.domain.viewer import Viewer
from hub.models import Participation, ParticipationHistory, ParticipationState

_SIDES: Final = text(
    f"""
    select p.id, p.arrival_id, coalesce(p.member_id, l.member_id) as member_id, l.departure_id, p.host_id, p.state,
           l.organization_id as outflow_id, f.organization_id as formal_id
      from participation p {MATCHED.format(arrival="p.arrival_id")}
      {FORMAL.format(member="coalesce(p.member_id, l.member_id)")}
     where p.id = any(:ids)
    """
)
_TWINS: Final = text("select id, twin_id from participation where id = any(:ids) or twin_id = any(:ids)")
_ATTACHED: Final = text("select inquiry_id, participation_id from inquiry_record where inquiry_id = any(:ids)")


@dataclass(frozen=True, slots=True)
class Sides:
    """Whose a record is, as far as a confirmed match or the record itself says; who sees the member is another question.

    `is_two_sided`: the host saw it and another organization, that of the member, took note (domain 0.14).
    """

    member_id: UUID | None
    departure_id: UUID | None
    is_two_sided: bool


async def sides(connection: AsyncConnection, _viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, Sides]:
    """Return whose records are, by record. Give only ids of records that the viewer sees."""
    return {
        row.id: Sides(
            row.member_id,
            row.departure_id,
            row.arrival_id is not None
            and row.state == ParticipationState.ACKNOWLEDGED
            and row.host_id not in (row.outflow_id, row.formal_id),
        )
        for row in await connection.execute(_SIDES, {"ids": list(ids)})
    }


async def twins(connection: AsyncConnection, viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, Row[Any]]:
    """Return the visible record of the same thing that the other side told, in both directions, by record."""
    wanted = set(ids)
    linked: dict[UUID, UUID] = {}
    for row in await connection.execute(_TWINS, {"ids": list(wanted)}):
        if row.twin_id is not None:
            linked |= {row.id: row.twin_id, row.twin_id: row.id}
    found = await visibility.rows(connection, viewer, Participation, {linked[i] for i in wanted if i in linked})
    by_id = {row.id: row for row in found}
    return {i: by_id[linked[i]] for i in wanted if linked.get(i) in by_id}


async def versions(connection: AsyncConnection, viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, list[Row[Any]]]:
    """Return the superseded versions of records, oldest first, to whoever sees the record."""
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in await visibility.versions(connection, viewer, ParticipationHistory, Participation, ids):
        found[row.id].append(row)
    return found


async def attached(connection: AsyncConnection, viewer: Viewer, ids: Iterable[UUID]) -> Mapping[UUID, list[Row[Any]]]:
    """Return the visible records that the answers to inquiries refer to, earliest first, by inquiry."""
    links = (await connection.execute(_ATTACHED, {"ids": list(ids)})).all()
    rows = await visibility.rows(connection, viewer, Participation, {link.participation_id for link in links})
    by_id = {row.id: row for row in rows}
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for link in links:
        if link.participation_id in by_id:
            found[link.inquiry_id].append(by_id[link.participation_id])
    return {key: sorted(records, key=lambda row: (row.day, row.id)) for key, records in found.items()}
