"""What crosses with a match: the records of an arrival reach the home branch, and go back when it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import history, twin
from hub.domain.pair import Pair
from hub.domain.participation_record import event
from hub.feed.append import append
from hub.models import Aggregate, EventKind

_OF_ARRIVALS: Final = text(
    "select id, version, arrival_id, organization_id, day from participation where arrival_id = any(:arrivals)"
    " order by day, recorded_at, id for update"
)
_OPINIONS: Final = text(
    "select id, version, arrival_id from appraisal_opinion where arrival_id = any(:arrivals) order by year, id"
)
# What the other side did to them was said of another person: acknowledgement, hearing, dispute.
_BACK: Final = text(
    """
    update participation set version = version + 1,
           state = case state when 'ACKNOWLEDGED' then 'CONFIRMED' else state end,
           acknowledged_at = null, acknowledged_by = null, overdue_at = null, heard_on = null, heard_by = null,
           heard_statement = null, dispute_state = null, dispute_reason = null, disputed_at = null,
           dispute_due_on = null, dispute_answer = null, dispute_answered_at = null, dispute_answered_by = null
     where id = any(:ids)
    """
)
# Nor may its earlier versions tell of that person.
_FORGET: Final = text(
    """
    update participation_history
       set state = case state when 'ACKNOWLEDGED' then 'CONFIRMED' else state end,
           acknowledged_at = null, acknowledged_by = null, overdue_at = null, heard_on = null, heard_by = null,
           heard_statement = null, dispute_state = null, dispute_reason = null, disputed_at = null,
           dispute_due_on = null, dispute_answer = null, dispute_answered_at = null, dispute_answered_by = null
     where id in (select id from participation where arrival_id = :arrival)
    """
)
# A card that was shown there was shown by somebody else, and what that place checked was that other person's.
_CHECKS: Final = text(
    """
    delete from card_check k using activity_card x
     where x.id = k.card_id and x.arrival_id = :arrival and k.checked_on >= x.presented_on
       and not exists (select from organization_closure c where c.ancestor = k.organization_id and c.descendant = x.organization_id)
       and exists (select from organization_closure c
                    where (c.ancestor = k.organization_id and c.descendant = any(:inflow))
                       or (c.descendant = k.organization_id and c.ancestor = any(:inflow)))
    """
)
_CARDS: Final = text(
    """
    update activity_card x set presented_on = null, arrival_id = null, version = version + 1,
           state = case when state not in ('PRESENTED', 'CHECKED') then state
                        when exists (select from card_check k where k.card_id = x.id) then 'CHECKED' else 'ISSUED' end
     where arrival_id = :arrival returning id, version, organization_id, member_id
    """
)
_TOUCHED: Final = text(
    """
    select id from participation
     where arrival_id = :arrival and (state = 'ACKNOWLEDGED' or overdue_at is not null or heard_on is not null
                                      or dispute_state is not null)
     order by id for update
    """
)


async def cross(connection: AsyncConnection, *, now: datetime, pairs: Sequence[Pair]) -> None:
    """Let the home branch hear of each record of the arrivals that were matched, in order, and link what is told twice."""
    rows = await _records(connection, [pair.arrival_id for pair in pairs])
    by_arrival = {pair.arrival_id: pair for pair in pairs}
    await _tell_opinions(connection, now, EventKind.PARTICIPATION_SHARED, by_arrival)
    if not rows:
        return
    await _tell(connection, now, EventKind.PARTICIPATION_SHARED, rows, by_arrival)
    days = [row.day for row in rows]
    members = {by_arrival[row.arrival_id].member_id for row in rows}
    await twin.link(connection, now=now, members=members, since=min(days), until=max(days))


async def go_back(connection: AsyncConnection, *, now: datetime, pair: Pair) -> None:
    """Take the records of an arrival from the other side's sight, with all that it did to them."""
    await twin.loosen(connection, now=now, arrival_id=pair.arrival_id)
    touched = list((await connection.execute(_TOUCHED, {"arrival": pair.arrival_id})).scalars())
    if touched:
        await history.keep(connection, "participation", touched)
        await connection.execute(_BACK, {"ids": touched})
    await connection.execute(_FORGET, {"arrival": pair.arrival_id})
    rows = await _records(connection, [pair.arrival_id])
    await _tell(connection, now, EventKind.PARTICIPATION_UNSHARED, rows, {pair.arrival_id: pair})
    await _tell_opinions(connection, now, EventKind.PARTICIPATION_UNSHARED, {pair.arrival_id: pair})
    await connection.execute(_CHECKS, {"arrival": pair.arrival_id, "inflow": list(pair.inflow)})
    cards = (await connection.execute(_CARDS, {"arrival": pair.arrival_id})).all()
    await append(
        connection,
        [
            event(
                EventKind.PARTICIPATION_UNSHARED,
                card.id,
                card.version,
                [*pair.inflow, *pair.outflow, card.organization_id],
                now,
                aggregate=Aggregate.ACTIVITY_CARD,
                organization=card.organization_id,
                member=card.member_id,
            )
            for card in cards
        ],
        at=now,
    )


async def _tell_opinions(
    connection: AsyncConnection, now: datetime, kind: EventKind, by_arrival: dict[UUID, Pair]
) -> None:
    """Let the home side hear of the opinions for the appraisal that wait with the arrivals, or that they went back."""
    rows = (await connection.execute(_OPINIONS, {"arrivals": list(by_arrival)})).all()
    await append(
        connection,
        [
            event(
                kind,
                row.id,
                row.version,
                by_arrival[row.arrival_id].outflow,
                now,
                aggregate=Aggregate.APPRAISAL_OPINION,
                departure=by_arrival[row.arrival_id].departure_id,
                arrival=row.arrival_id,
                member=by_arrival[row.arrival_id].member_id,
            )
            for row in rows
        ],
        at=now,
    )


async def _records(connection: AsyncConnection, arrivals: Sequence[UUID]) -> Sequence[Row[Any]]:
    return (await connection.execute(_OF_ARRIVALS, {"arrivals": list(arrivals)})).all()


async def _tell(
    connection: AsyncConnection,
    now: datetime,
    kind: EventKind,
    rows: Sequence[Row[Any]],
    by_arrival: dict[UUID, Pair],
) -> None:
    await append(
        connection,
        [
            event(
                kind,
                row.id,
                row.version,
                by_arrival[row.arrival_id].outflow,
                now,
                organization=row.organization_id,
                departure=by_arrival[row.arrival_id].departure_id,
                arrival=row.arrival_id,
                member=by_arrival[row.arrival_id].member_id,
            )
            for row in rows
        ],
        at=now,
    )
