"""Introduction letters (介绍信): issued, replaced, used, expired. Issuing one moves nothing.

Written only together with a step of the transfer that the letter belongs to, under that transfer's lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.dates import today
from hub.domain.rule import rule
from hub.domain.transfer_record import audience, event
from hub.errors import InvalidInput, LetterExpired, LetterNumberTaken, ValidDaysOverCap
from hub.feed.append import append
from hub.ids import random_id
from hub.models import EventKind, Letter, LetterState, RuleCode

_LAST_NUMBER = text(
    """
    select coalesce(max(number::int), 0) from letter
     where issuer_id = :issuer and year = :year and number ~ '^[0-9]{1,6}$'
    """
)
# The letter that stands for a transfer now: the used one, else the newest.
_CURRENT = text(
    """
    select distinct on (transfer_id) * from letter where transfer_id = any(:ids)
     order by transfer_id, (state = 'USED') desc, (state = 'ISSUED') desc, issued_at desc
    """
)
# The newest letter and those it replaced; letters of an earlier round, before a return, are not among them.
_ROUND = text(
    """
    with recursive chain as (
        (select * from letter where transfer_id = :transfer order by (state = 'ISSUED') desc, issued_at desc limit 1)
        union all
        select l.* from chain join letter l on l.id = chain.replaces_id
    )
    select * from chain
    """
)
_VOID = text(
    """
    update letter set state = 'VOID', void_reason = :reason
     where transfer_id = :transfer and state = 'ISSUED' and id is distinct from :but
    """
)
_USE = text("update letter set state = 'USED', void_reason = null where id = :id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A letter as asked for: `number` None = the next of the year, `valid_days` None = by the rule."""

    number: str | None = None
    valid_days: int | None = None


async def issue(
    connection: AsyncConnection,
    *,
    now: datetime,
    by: str,
    transfer_id: UUID,
    issuer_id: UUID,
    wanted: Wanted,
    replaces_id: UUID | None = None,
) -> date:
    """Issue a letter today; returns the last day on which it is valid. No other letter of the transfer is ISSUED.

    Raises InvalidInput, ValidDaysOverCap (rule LETTER_VALID_CAP), LetterNumberTaken.
    """
    issued_on = today(now)
    days = await _days(connection, issuer_id, issued_on, wanted.valid_days)
    values = {
        "transfer_id": transfer_id,
        "issuer_id": issuer_id,
        "year": issued_on.year,
        "state": LetterState.ISSUED.value,
        "issued_on": issued_on,
        "valid_days": days,
        "expires_on": issued_on + timedelta(days=days),
        "replaces_id": replaces_id,
        "issued_at": now,
        "issued_by": by,
    }
    if wanted.number is not None:
        if not (number := wanted.number.strip()):
            raise InvalidInput("letterNumber")
        if not await _insert(connection, values, number):
            raise LetterNumberTaken("letterNumber")
        return issued_on + timedelta(days=days)
    last = (await connection.execute(_LAST_NUMBER, {"issuer": issuer_id, "year": issued_on.year})).scalar_one()
    # Another letter of the same issuer may take the number meanwhile; then the next one is free.
    for following in count(last + 1):
        if await _insert(connection, values, f"{following:04}"):
            break
    return issued_on + timedelta(days=days)


async def _days(connection: AsyncConnection, issuer: UUID, issued_on: date, wanted: int | None) -> int:
    longest = (await rule(connection, RuleCode.LETTER_VALID_CAP, issued_on, issuer)).due(issued_on) - issued_on
    if wanted is None:
        usual = (await rule(connection, RuleCode.LETTER_VALID, issued_on, issuer)).due(issued_on) - issued_on
        return min(usual, longest).days
    if wanted < 1:
        raise InvalidInput("validDays")
    if wanted > longest.days:
        raise ValidDaysOverCap("validDays")
    return wanted


async def _insert(connection: AsyncConnection, values: dict[str, Any], number: str) -> bool:
    added = await connection.execute(
        insert(Letter)
        .values(id=random_id(), number=number, **values)
        .on_conflict_do_nothing(index_elements=["issuer_id", "year", "number"])
        .returning(Letter.id)
    )
    return added.scalar() is not None


async def void(connection: AsyncConnection, transfer_id: UUID, reason: str, *, but: UUID | None = None) -> None:
    """Make the valid letter of a transfer void, if there is one. A letter that has expired stays expired."""
    await connection.execute(_VOID, {"transfer": transfer_id, "reason": reason, "but": but})


async def use(connection: AsyncConnection, transfer_id: UUID, letter_id: UUID) -> None:
    """Mark the letter on which the member was accepted; another valid one is void from now on."""
    await void(connection, transfer_id, "已凭另一封介绍信接收 / accepted on another letter", but=letter_id)
    await connection.execute(_USE, {"id": letter_id})


async def of_round(connection: AsyncConnection, transfer_id: UUID) -> list[Row[Any]]:
    """Return the newest letter and those it replaced, newest first."""
    return list(await connection.execute(_ROUND, {"transfer": transfer_id}))


async def accepted_on(connection: AsyncConnection, transfer_id: UUID, number: str | None, day: date) -> Row[Any]:
    """Return the letter on which a member is accepted on a day: the newest, or the one named by its number.

    A replaced or expired letter serves if the day lies within its validity (domain 0.1).
    Raises InvalidInput for a number that is none of them, LetterExpired.
    """
    letters = await of_round(connection, transfer_id)
    named = [row for row in letters if number is None or row.number == number.strip()]
    if not named:
        raise InvalidInput("letterNumber")
    valid = [row for row in (named[:1] if number is None else named) if row.issued_on <= day <= row.expires_on]
    if not valid:
        raise LetterExpired("acceptedOn")
    return valid[0]


async def letters(connection: AsyncConnection, transfer_ids: Iterable[UUID]) -> dict[UUID, Row[Any]]:
    """Return the present letter of each transfer that has one. For transfers already found visible."""
    rows = await connection.execute(_CURRENT, {"ids": list(transfer_ids)})
    return {row.transfer_id: row for row in rows}


_DUE = text(
    """
    select t.id, t.member_id, t.issuer_id, t.version + 1 as version from transfer t
     where t.state = 'LETTER_ISSUED' and exists (select from letter l where l.transfer_id = t.id
                                                    and l.state = 'ISSUED' and l.expires_on < :day)
     order by t.id for update of t
    """
)
_EXPIRE = text(
    """
    update letter set state = 'EXPIRED'
     where transfer_id = any(:ids) and state = 'ISSUED' and expires_on < :day
    returning transfer_id
    """
)
_TELL = text(
    """
    with told as (update transfer set version = version + 1, updated_at = :now where id = any(:ids) returning id)
    insert into transfer_step (transfer_id, number, kind, organization_id, at, by)
    select t.id, (select max(s.number) + 1 from transfer_step s where s.transfer_id = t.id), 'LETTER_EXPIRED',
           t.issuer_id, :now, 'hub'
      from transfer t where t.id = any(:ids)
    """
)


async def expire(connection: AsyncConnection, *, now: datetime) -> int:
    """Expire the letters whose last day has passed; returns how many. Running it twice changes nothing.

    The transfer stays where it is: accepted on a day of the letter's validity, it still holds (domain 0.1, 0.3).
    """
    due = {row.id: row for row in await connection.execute(_DUE, {"day": today(now)})}
    # A step that held the lock first may have used or replaced the letter meanwhile: what is left expires.
    expired = await connection.execute(_EXPIRE, {"ids": list(due), "day": today(now)})
    ids = sorted(row.transfer_id for row in expired)
    if not ids:
        return 0
    await connection.execute(_TELL, {"ids": ids, "now": now})
    sees = await audience(connection, ids)
    kind = EventKind.LETTER_EXPIRED
    told = [event(kind, row, row.version, sees[row.id], now, row.issuer_id) for row in map(due.__getitem__, ids)]
    await append(connection, told, at=now)
    return len(ids)
