"""Pages of what the home side keeps of its members: activity cards, appraisals, exemptions. They authorize nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.activity_card import plain
from hub.domain.page import MEMBERS, NOTHING, Arm, Page, Window, below, filtered, narrow, read
from hub.domain.viewer import Role, Viewer
from hub.errors import NotAllowed

_OURS = "x.member_id in (select id from formal)"
_HANDED_OUT = "x.organization_id in (select id from hosts)"
_SHOWN_HERE = f"""exists (select from match m join arrival a on a.id = m.arrival_id
     where m.arrival_id = x.arrival_id and m.member_id = x.member_id and m.state = 'CONFIRMED'
       and {below("a.organization_id", "a.branch_id")})"""
_CARDS = (
    (_OURS,),
    (_HANDED_OUT, f"not {_OURS}"),
    (_SHOWN_HERE, f"not {_OURS}", f"not {_HANDED_OUT}"),
)


async def cards(
    connection: AsyncConnection,
    viewer: Viewer,
    window: Window,
    *,
    organization: UUID | None,
    states: Sequence[str] | None = None,
    number: str | None = None,
) -> Page:
    """Return a page of activity cards, newest first: of an organization's members, handed out there, or shown there.

    Of a member: their own. Raises NotAllowed where a partner asks by number.
    """
    if number is not None and viewer.role is Role.PARTNER:
        raise NotAllowed("number")
    shared: list[str] = []
    parameters: dict[str, Any] = {}
    filtered(shared, parameters, "x.state", "states", states)
    if number is not None:
        shared.append("x.number = :number")
        parameters["number"] = plain(number)
    return await _listed(connection, viewer, window, organization, "activity_card x", _CARDS, shared, parameters)


async def appraisals(
    connection: AsyncConnection,
    viewer: Viewer,
    window: Window,
    *,
    organization: UUID | None,
    year: int | None = None,
    grades: Sequence[str] | None = None,
) -> Page:
    """Return a page of grades, newest first, of an organization's members. Of a member: their own. Partners have none."""
    shared: list[str] = []
    parameters: dict[str, Any] = {}
    filtered(shared, parameters, "x.grade", "grades", grades)
    if year is not None:
        shared.append("x.year = :year")
        parameters["year"] = year
    return await _listed(connection, viewer, window, organization, "appraisal x", ((_OURS,),), shared, parameters)


async def exemptions(
    connection: AsyncConnection, viewer: Viewer, window: Window, *, organization: UUID | None, on: date | None = None
) -> Page:
    """Return a page of exemptions, newest first, of an organization's members; `on`: in force on that day. Of a member:
    their own. Partners have none."""
    shared: list[str] = []
    parameters: dict[str, Any] = {}
    if on is not None:
        shared.append("x.starts_on <= :on and (x.ends_on is null or x.ends_on >= :on)")
        parameters["on"] = on
    return await _listed(connection, viewer, window, organization, "exemption x", ((_OURS,),), shared, parameters)


async def _listed(
    connection: AsyncConnection,
    viewer: Viewer,
    window: Window,
    organization: UUID | None,
    table: str,
    whose: Sequence[Sequence[str]],
    shared: Sequence[str],
    parameters: dict[str, Any],
) -> Page:
    if viewer.role is Role.MEMBER:
        parameters["member"] = viewer.member
        arm = Arm(table, "x.id", "x.recorded_at", ["x.member_id = :member", *shared])
        return await read(connection, [arm], parameters, window)
    if viewer.role is Role.PARTNER and whose is not _CARDS:
        return NOTHING  # that there is such a record tells of health or standing
    parameters["organization"] = await narrow(connection, viewer, organization)
    if parameters["organization"] is None:
        return NOTHING
    arms = [Arm(table, "x.id", "x.recorded_at", [*clauses, *shared]) for clauses in whose]
    return await read(connection, arms, parameters, window, given=MEMBERS)
