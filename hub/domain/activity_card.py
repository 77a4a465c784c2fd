"""Activity cards (流动党员活动证): numbered and handed out at home, presented where the member lives, checked once a year.

A card moves nothing and decides nothing. Presenting one tells the place what it says only where the match is confirmed;
everywhere else it is noted as a hint, and nothing shows whether such a card or such a member exists (domain 0.11, 0.22).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.domain import affiliation, arrival, locate, visibility
from hub.domain.dates import today
from hub.domain.outcome import Changed
from hub.domain.scope import in_scope, require_organization
from hub.domain.statement import MAX_LENGTH
from hub.domain.viewer import Viewer
from hub.errors import (
    AlreadyRecorded,
    CardNumberTaken,
    InvalidInput,
    NotFound,
    ReasonRequired,
    Refused,
    StaleVersion,
    WrongSide,
    WrongState,
)
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import ActivityCard, Aggregate, CardState, EventKind, Participation, Side, Topic

IN_USE: Final = (CardState.ISSUED, CardState.PRESENTED, CardState.CHECKED)
"""Only a card in use takes a step."""
_LONGEST: Final = 40
_ISSUER: Final = text(
    """
    select o.id from organization_closure c join organization o on o.id = c.ancestor
     where c.descendant = :organization and o.kind = 'ORGANIZATION_DEPARTMENT' order by c.depth limit 1
    """
)
_ABOVE: Final = text(
    "select exists (select from organization_closure where ancestor = :issuer and descendant = :organization)"
)
_TAKEN: Final = text("select exists (select from activity_card where issuer_id = :issuer and number = :number)")
_HELD: Final = text(
    "select id from activity_card where member_id = :member and state in ('ISSUED', 'PRESENTED', 'CHECKED')"
)
_INSERT: Final = text(
    """
    insert into activity_card (id, number, issuer_id, organization_id, member_id, issued_on, recorded_at, recorded_by)
    values (:id, :number, :issuer, :organization, :member, :on, :now, :by)
    """
)
_LOCK: Final = text("select * from activity_card where id = :id for update")


def plain(number: str) -> str:
    """Return a card's number as it is kept: without spaces, in capitals."""
    return "".join(number.split()).upper()


async def issue(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    number: str,
    issued_on: date,
    issuer_id: UUID | None = None,
) -> Changed:
    """The home branch hands out a card. Without an issuer: the nearest organization department, which numbers them.

    Raises NotFound, WrongSide, WrongState (not in force), AlreadyRecorded (a card in use), CardNumberTaken, InvalidInput.
    """
    require_organization(viewer)
    member = await affiliation.lock_member(connection, member_id)
    formal = await affiliation.own_side(connection, viewer, member_id)
    if member.standing != "IN_FORCE":
        raise WrongState(state=member.standing)
    if issued_on > today(now):
        raise InvalidInput("issuedOn")
    if (await connection.execute(_HELD, {"member": member_id})).first() is not None:
        raise AlreadyRecorded("memberId")
    return await _hand_out(connection, viewer, now, member_id, formal, number, issued_on, issuer_id)


async def _hand_out(
    connection: AsyncConnection,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    formal: UUID,
    number: str,
    issued_on: date,
    issuer_id: UUID | None,
) -> Changed:
    number = plain(number)
    if not number or len(number) > _LONGEST or not any(character.isdigit() for character in number):
        raise InvalidInput("number")
    issuer = issuer_id or await connection.scalar(_ISSUER, {"organization": formal})
    if issuer is None or not await connection.scalar(_ABOVE, {"issuer": issuer, "organization": formal}):
        raise NotFound("issuerId")
    if (await connection.execute(_TAKEN, {"issuer": issuer, "number": number})).scalar_one():
        raise CardNumberTaken("number")
    identifier = random_id()
    values = {"id": identifier, "number": number, "issuer": issuer, "organization": formal, "member": member_id}
    values |= {"on": issued_on, "now": now, "by": viewer.actor}
    await connection.execute(_INSERT, values)
    row = {"id": identifier, "organization_id": formal, "member_id": member_id, "arrival_id": None}
    await append(connection, [await _event(connection, EventKind.CARD_ISSUED, row, 1, now)], at=now)
    return Changed(identifier, 1, new=True)


_MATCHED: Final = text(
    """
    select x.* from match m join activity_card x on x.member_id = m.member_id
     where m.arrival_id = :arrival and m.state = 'CONFIRMED' and m.ended_at is null and x.number = :number
       and (cast(:issuer as uuid) is null or x.issuer_id = :issuer)
       and x.state in ('ISSUED', 'PRESENTED', 'CHECKED')
     for update of x
    """
)


async def present(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    vault: Vault,
    now: datetime,
    liaison_id: UUID,
    number: str,
    issuer_id: UUID | None = None,
) -> Changed:
    """The member shows the card at the inflow side. The number is noted in the own statement; where the match is confirmed
    and the card is that member's and in use, it counts as presented. Returns the arrival: it looks the same either way,
    and whoever may see the card finds it with the liaison.

    Raises NotFound, WrongSide, WrongState (left or sent back), InvalidInput.
    """
    require_organization(viewer)
    number = plain(number)
    if not number or len(number) > _LONGEST:
        raise InvalidInput("number")
    arrival_id = (await locate.locate(connection, viewer, [liaison_id]))[liaison_id].statement(Side.INFLOW)
    command = arrival.AmendArrival(arrival_id=arrival_id, given={"card_number": number})
    outcome = (await arrival.amend(connection, viewer=viewer, vault=vault, now=now, commands=[command]))[0]
    if isinstance(outcome, Refused):
        raise outcome
    shown = {"arrival": arrival_id, "number": number, "issuer": issuer_id}
    row = (await connection.execute(_MATCHED, shown)).mappings().one_or_none()
    # Shown there once more says nothing new, and takes no check back.
    if row is not None and row["arrival_id"] != arrival_id:
        values = {"state": CardState.PRESENTED.value, "presented_on": today(now), "arrival_id": arrival_id}
        await _update(connection, now, row, values, EventKind.CARD_PRESENTED)
    return outcome


async def check(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, card_id: UUID, version: int, year: int
) -> Changed:
    """The formal branch, or the one where the member takes part, checks a card for a year (查验), with the appraisal
    of that year; that it is not recorded yet stands in nobody's way (domain 2.1).

    Raises NotFound, WrongSide, WrongState, StaleVersion, AlreadyRecorded (checked for that year), InvalidInput.
    """
    row = await _own(connection, viewer, card_id, version, either=True)
    if not row["issued_on"].year <= year <= today(now).year:
        raise InvalidInput("year")
    known = text("select exists (select from card_check where card_id = :card and year = :year)")
    if (await connection.execute(known, {"card": card_id, "year": year})).scalar_one():
        raise AlreadyRecorded("year")
    await connection.execute(
        text(
            "insert into card_check (card_id, year, organization_id, checked_on, recorded_at, recorded_by)"
            " values (:card, :year, :organization, :on, :now, :by)"
        ),
        {"card": card_id, "year": year, "organization": viewer.organization, "on": today(now), "now": now,
         "by": viewer.actor},
    )  # fmt: skip
    return await _update(connection, now, row, {"state": CardState.CHECKED.value}, EventKind.CARD_CHECKED)


async def return_(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, card_id: UUID, version: int, returned_on: date
) -> Changed:
    """The member hands the card back to the home branch.

    Raises NotFound, WrongSide, WrongState, StaleVersion, InvalidInput.
    """
    row = await _own(connection, viewer, card_id, version)
    if not row["issued_on"] <= returned_on <= today(now):
        raise InvalidInput("returnedOn")
    values = {"state": CardState.RETURNED.value, "ended_on": returned_on}
    return await _update(connection, now, row, values, EventKind.CARD_RETURNED)


async def void(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, card_id: UUID, version: int, reason: str
) -> Changed:
    """The home branch declares a card void, with a reason.

    Raises NotFound, WrongSide, WrongState, StaleVersion, ReasonRequired, InvalidInput (a reason too long).
    """
    row = await _own(connection, viewer, card_id, version)
    _reason(reason)
    values = {"state": CardState.VOID.value, "ended_on": today(now), "end_note": reason.strip()}
    return await _update(connection, now, row, values, EventKind.CARD_VOIDED)


async def replace(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, card_id: UUID, version: int, number: str, reason: str
) -> Changed:
    """The home branch replaces a card by one with another number; returns the new one.

    Raises NotFound, WrongSide, WrongState (also: not in force), StaleVersion, ReasonRequired, CardNumberTaken, InvalidInput.
    """
    row = await _own(connection, viewer, card_id, version)
    _reason(reason)
    member_id: UUID = row["member_id"]
    member = await affiliation.lock_member(connection, member_id)
    formal = await affiliation.own_side(connection, viewer, member_id)
    if member.standing != "IN_FORCE":
        raise WrongState(state=member.standing)
    # Who numbered the old card numbers the new one, unless the member has since moved out from under them.
    placed = {"issuer": row["issuer_id"], "organization": formal}
    issuer = row["issuer_id"] if await connection.scalar(_ABOVE, placed) else None
    # The member has one card in use: the old one goes first, and says by what in the same transaction.
    ended = {"state": CardState.VOID.value, "ended_on": today(now), "end_note": reason.strip()}
    listed = ", ".join(f"{column} = :{column}" for column in ended)
    await connection.execute(text(f"update activity_card set {listed} where id = :id"), {**ended, "id": card_id})
    fresh = await _hand_out(connection, viewer, now, member_id, formal, number, today(now), issuer)
    values = {**ended, "state": CardState.REPLACED.value, "replaced_by_id": fresh.id}
    await _update(connection, now, row, values, EventKind.CARD_REPLACED)
    return fresh


def _reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonRequired("reason")
    if len(reason) > MAX_LENGTH:
        raise InvalidInput("reason")


_LIVES_AT: Final = text(
    """
    select a.organization_id, a.branch_id from match m join arrival a on a.id = m.arrival_id
     where m.member_id = :member and m.arrival_id = :arrival and m.state = 'CONFIRMED' and m.ended_at is null
    """
)


async def _own(
    connection: AsyncConnection, viewer: Viewer, card_id: UUID, version: int, *, either: bool = False
) -> RowMapping:
    """Return a card, locked after its member. Its home is who holds the membership now, or held it last; `either`: also
    the place where it was presented and the member still lives."""
    require_organization(viewer)
    if not viewer.is_operator and await visibility.row(connection, viewer, ActivityCard, card_id) is None:
        raise NotFound("cardId")
    whose = await connection.scalar(text("select member_id from activity_card where id = :id"), {"id": card_id})
    if whose is None:
        raise NotFound("cardId")
    await affiliation.lock_member(connection, whose)
    row = (await connection.execute(_LOCK, {"id": card_id})).mappings().one()
    home = await affiliation.last(connection, whose)
    may: list[UUID | None] = [home.organization_id] if home else []
    if either:
        at = await connection.execute(_LIVES_AT, {"member": whose, "arrival": row["arrival_id"]})
        may += [organization for place in at for organization in place]
    if not await in_scope(connection, viewer, may):
        raise WrongSide("cardId")
    if row["state"] not in IN_USE:
        raise WrongState("cardId", state=row["state"], version=row["version"])
    if row["version"] != version:
        raise StaleVersion("version", version=row["version"])
    return row


async def _update(
    connection: AsyncConnection, now: datetime, row: RowMapping, values: Mapping[str, Any], kind: EventKind
) -> Changed:
    version = row["version"] + 1
    listed = ", ".join(f"{column} = :{column}" for column in values)
    await connection.execute(
        text(f"update activity_card set {listed}, version = :version where id = :id"),
        {**values, "version": version, "id": row["id"]},
    )
    await append(connection, [await _event(connection, kind, {**row, **values}, version, now)], at=now)
    return Changed(row["id"], version)


_HEARING: Final = text("select organization_id, branch_id from arrival where id = :arrival")


async def _event(
    connection: AsyncConnection, kind: EventKind, row: Mapping[Any, Any], version: int, now: datetime
) -> Event:
    home = await affiliation.last(connection, row["member_id"])
    hearing = {row["organization_id"], home.organization_id if home else None}
    if row["arrival_id"] is not None:
        hearing |= set((await connection.execute(_HEARING, {"arrival": row["arrival_id"]})).one())
    return Event(
        topic=Topic.PARTICIPATION,
        kind=kind,
        aggregate=Aggregate.ACTIVITY_CARD,
        aggregate_id=row["id"],
        aggregate_version=version,
        audience=sorted(organization for organization in hearing if organization is not None),
        organization=row["organization_id"],
        arrival=row["arrival_id"],
        member=row["member_id"],
        occurred_at=now,
    )


# What a card would have written in it: the records of the member's stays while it was in use.
_ENTRIES: Final = text(
    """
    select distinct x.id as card_id, p.id, p.day from activity_card x
      join match m on m.member_id = x.member_id and m.state = 'CONFIRMED'
      join participation p on p.arrival_id = m.arrival_id
       and p.day >= x.issued_on and p.day <= coalesce(x.ended_on, date '9999-12-31')
     where x.id = any(:ids) order by p.day, p.id
    """
)
_CHECKS: Final = text(
    "select card_id, year, organization_id, checked_on from card_check where card_id = any(:ids) order by year"
)


async def entries(
    connection: AsyncConnection, viewer: Viewer, cards: Sequence[UUID]
) -> Mapping[UUID, Sequence[Row[Any]]]:
    """Return the entries of cards, oldest first, as far as the viewer sees the records."""
    pairs = (await connection.execute(_ENTRIES, {"ids": list(cards)})).all()
    seen = {row.id: row for row in await visibility.rows(connection, viewer, Participation, {p.id for p in pairs})}
    return {card: [seen[p.id] for p in pairs if p.card_id == card and p.id in seen] for card in cards}


async def checks(
    connection: AsyncConnection, _viewer: Viewer, cards: Sequence[UUID]
) -> Mapping[UUID, Sequence[Row[Any]]]:
    """Return the yearly checks of cards that the viewer sees, oldest first."""
    rows = (await connection.execute(_CHECKS, {"ids": list(cards)})).all()
    return {card: [row for row in rows if row.card_id == card] for card in cards}
