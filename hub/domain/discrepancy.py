"""Differences between two statements of one liaison: found, owned, proposed, settled. Nobody's statement is overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.database.copy import copy_rows
from hub.domain.dates import today
from hub.domain.pair import Pair, pairs
from hub.domain.rule import rule
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import Aggregate, EventKind, RuleCode, Side, Topic

# One row per confirmed pair and differing field. Blank on either side is no difference: it says nothing.
# An organization inside the named one is no difference, nor one above it while the member is not placed below.
_PLAIN = "regexp_replace(lower({}), '\\s', '', 'g')"
_RELATED = """
    exists (select from organization_closure c
             where (c.ancestor = {one} and c.descendant = {other}) or (c.ancestor = {other} and c.descendant = {one}))
"""
_FOUND: Final = text(
    f"""
    with pair as (
        select m.id as match_id, d.*, a.id as arrival, a.organization_id as registrar, a.branch_id,
               a.name as a_name, a.name_key as a_name_key, a.category as a_category, a.work_unit as a_unit,
               a.card_number as a_card, a.phone_digests as a_phones, a.phone_masked as a_phone,
               a.address_digest as a_address_digest, a.address_masked as a_address, a.confirmed_on as a_confirmed,
               p.name as p_name, p.name_key as p_name_key, p.category as p_category
          -- By the ids alone, first (`offset 0`): else an index of all live matches may seem as good while they are few.
          from (select * from match where id = any(:ids) offset 0) m
          join departure d on d.id = m.departure_id join arrival a on a.id = m.arrival_id
          join member p on p.id = m.member_id
         where m.state = 'CONFIRMED' and m.ended_at is null
    )
    select p.match_id, f.field, f.ours, f.theirs, coalesce(f.our_key, f.ours) as our_key,
           coalesce(f.their_key, f.theirs) as their_key, p.confirmed_on, p.a_confirmed
      from pair p
      left join organization n on n.id = p.inflow_organization_id
      left join organization l on l.id = coalesce(p.branch_id, p.registrar)
      cross join lateral (values
        ('workUnit', p.work_unit, p.a_unit, null, null,
         {_PLAIN.format("p.work_unit")} <> {_PLAIN.format("p.a_unit")}),
        ('phone', p.phone_masked, p.a_phone, array_to_string(p.phone_digests, ','), array_to_string(p.a_phones, ','),
         p.phone_digests is not null and p.a_phones is not null and not p.phone_digests && p.a_phones),
        ('address', p.address_masked, p.a_address, encode(p.address_digest, 'hex'), encode(p.a_address_digest, 'hex'),
         p.address_digest <> p.a_address_digest),
        ('inflowOrganization', n.name, l.name, null, null,
         n.id is not null and not {_RELATED.format(one="n.id", other="l.id")}),
        ('destination', p.destination, l.name, null, null,
         n.id is null and p.named_organization_id is not null
         and not {_RELATED.format(one="p.named_organization_id", other="l.id")}),
        ('name', p.p_name, p.a_name, null, null, p.p_name_key <> p.a_name_key),
        ('cardNumber', p.card_number, p.a_card, null, null,
         {_PLAIN.format("p.card_number")} <> {_PLAIN.format("p.a_card")}),
        ('category', p.p_category, p.a_category, null, null, p.p_category <> p.a_category)
      ) as f(field, ours, theirs, our_key, their_key, differs)
     where f.differs
    """
)
_KNOWN: Final = text(
    """
    select id, version, match_id, field, pair_digest, state from discrepancy
     where match_id = any(:ids) and participation_id is null order by id for update
    """
)
_LIVE: Final = "select id from match where state = 'CONFIRMED' and ended_at is null"
_ALL_LIVE: Final = text(_LIVE)
_LIVE_OF: Final = text(
    _LIVE + " and (id = any(:ids) or departure_id = any(:ids) or arrival_id = any(:ids) or member_id = any(:ids))"
)
_COLUMNS: Final = (
    "id",
    "version",
    "match_id",
    "field",
    "outflow_value",
    "inflow_value",
    "differs_hidden",
    "pair_digest",
    "owner",
    "state",
    "due_on",
    "opened_at",
)
_REOPEN: Final = text(
    """
    update discrepancy set outflow_value = :ours, inflow_value = :theirs, differs_hidden = :hidden,
           pair_digest = :digest, owner = :owner, state = 'OPEN', due_on = :due, version = version + 1,
           settled_at = null, settled_by = null, proposal_take = null, proposal_value = null,
           proposal_confirmed_on = null, proposal_note = null, proposed_at = null, proposed_by = null
     where id = :id
    """
)
_SETTLE: Final = text(
    """
    update discrepancy set state = 'SETTLED', settled_at = :now, settled_by = :by, version = version + 1
     where id = :id and state <> 'SETTLED'
    """
)
_OPEN: Final = text(
    "select id, version, field from discrepancy where match_id = :id and state <> 'SETTLED' order by id for update"
)
_FORGET_PAIR: Final = text("update discrepancy set pair_digest = '' where id = any(:ids)")
ATTENDANCE: Final = "attendance"
"""The field of a difference about somebody's part in an activity."""
_OF_ATTENDANCE: Final = {
    EventKind.DISCREPANCY_OPENED: EventKind.ATTENDANCE_DISCREPANCY_OPENED,
    EventKind.DISCREPANCY_PROPOSED: EventKind.ATTENDANCE_DISCREPANCY_PROPOSED,
    EventKind.DISCREPANCY_SETTLED: EventKind.ATTENDANCE_DISCREPANCY_SETTLED,
}
_BY_LATER_CONFIRMATION: Final = frozenset({"workUnit", "phone", "address"})
_OF_INFLOW: Final = frozenset({"inflowOrganization", "destination"})


def owner(field: str, outflow_confirmed: date | None, inflow_confirmed: date | None) -> Side:
    """Return the side that must act on a difference (domain 0.24).

    Unit, address, phone: the side whose value was confirmed with the member longer ago or never; a tie → INFLOW.
    Place and inflow organization → INFLOW. Name, card, category → OUTFLOW.
    """
    if field in _OF_INFLOW:
        return Side.INFLOW
    if field not in _BY_LATER_CONFIRMATION:
        return Side.OUTFLOW
    ours, theirs = outflow_confirmed or date.min, inflow_confirmed or date.min
    return Side.OUTFLOW if ours < theirs else Side.INFLOW


@dataclass(frozen=True, slots=True)
class Compared:
    """How many differences a comparison opened (or opened anew), and how many it found gone."""

    opened: int
    closed: int


async def compare(
    connection: AsyncConnection,
    *,
    vault: Vault,
    now: datetime,
    subjects: Iterable[UUID] | None = None,
    matches: Iterable[UUID] | None = None,
) -> Compared:
    """Compare the two statements of each live liaison, and open or settle differences accordingly.

    `matches`: live ones, by id; else `subjects`: ids of matches, departures, arrivals or members, None = everything.
    Running it twice changes nothing. A settled pair of values stays settled until one of the values changes.
    """
    if matches is not None:
        wanted = list(matches)
    elif subjects is None:
        wanted = list((await connection.execute(_ALL_LIVE)).scalars())
    else:
        wanted = list((await connection.execute(_LIVE_OF, {"ids": list(subjects)})).scalars())
    if not wanted:
        return Compared(0, 0)
    known = {(row.match_id, row.field): row for row in await connection.execute(_KNOWN, {"ids": wanted})}
    found = (await connection.execute(_FOUND, {"ids": wanted})).all()
    due = (await rule(connection, RuleCode.DISCREPANCY_SETTLED, today(now))).due(today(now))
    fresh: list[tuple[Any, ...]] = []
    again: list[dict[str, Any]] = []
    told: list[tuple[UUID, int, UUID]] = []
    for row in found:
        digest = vault.digest("pair", f"{row.field}\0{row.our_key}\0{row.their_key}")
        side = owner(row.field, row.confirmed_on, row.a_confirmed).value
        before = known.pop((row.match_id, row.field), None)
        hidden = row.ours == row.theirs
        if before is None:
            identifier = random_id()
            fresh.append(
                (identifier, 1, row.match_id, row.field, row.ours, row.theirs, hidden, digest, side, "OPEN", due, now)
            )
            told.append((identifier, 1, row.match_id))
        elif before.pair_digest != digest:
            again.append(
                {
                    "id": before.id,
                    "ours": row.ours,
                    "theirs": row.theirs,
                    "hidden": hidden,
                    "digest": digest,
                    "owner": side,
                    "due": due,
                }
            )
            told.append((before.id, before.version + 1, row.match_id))
    gone = [row for row in known.values() if row.state != "SETTLED"]
    # The values are equal now: should the old ones come back, they are a new difference, settled or not before.
    forgotten = [row.id for row in known.values() if row.pair_digest]
    await copy_rows(connection, "discrepancy", _COLUMNS, fresh)
    if again:
        await connection.execute(_REOPEN, again)
    if forgotten:
        await connection.execute(_FORGET_PAIR, {"ids": forgotten})
    if gone:
        await connection.execute(_SETTLE, [{"id": row.id, "now": now, "by": "hub"} for row in gone])
    sides = {
        p.match_id: p for p in await pairs(connection, {match_id for *_, match_id in told} | {r.match_id for r in gone})
    }
    await append(
        connection,
        [event(EventKind.DISCREPANCY_OPENED, i, v, sides[m], now) for i, v, m in told]
        + [event(EventKind.DISCREPANCY_SETTLED, r.id, r.version + 1, sides[r.match_id], now) for r in gone],
        at=now,
    )
    return Compared(len(told), len(gone))


async def drop(connection: AsyncConnection, *, now: datetime, by: str, pair: Pair) -> None:
    """Settle what is open between two statements that are no longer one liaison, because they never were."""
    await _settle_all(connection, now, by, pair, (await connection.execute(_OPEN, {"id": pair.match_id})).all())


async def end(connection: AsyncConnection, *, now: datetime, by: str, pair: Pair) -> None:
    """Settle what is open between the statements of a liaison that has ended. What is told of an attendance stays open:
    the stay remains the member's story, and an absence weighs no more than before until somebody settles it."""
    rows = (await connection.execute(_OPEN, {"id": pair.match_id})).all()
    await _settle_all(connection, now, by, pair, [row for row in rows if row.field != ATTENDANCE])


async def _settle_all(connection: AsyncConnection, now: datetime, by: str, pair: Pair, rows: Sequence[Any]) -> None:
    if not rows:
        return
    await connection.execute(_SETTLE, [{"id": row.id, "now": now, "by": by} for row in rows])
    told = [event(EventKind.DISCREPANCY_SETTLED, r.id, r.version + 1, pair, now, field=r.field) for r in rows]
    await append(connection, told, at=now)


def event(
    kind: EventKind, identifier: UUID, version: int, pair: Pair, now: datetime, *, field: str | None = None
) -> Event:
    """Return an event about one difference; both sides hear it. That of an attendance has a kind of its own, because
    the event alone tells that somebody was marked absent."""
    return Event(
        topic=Topic.DISCREPANCY,
        kind=_OF_ATTENDANCE[kind] if field == ATTENDANCE else kind,
        aggregate=Aggregate.DISCREPANCY,
        aggregate_id=identifier,
        aggregate_version=version,
        audience=(*pair.outflow, *pair.inflow),
        departure=pair.departure_id,
        arrival=pair.arrival_id,
        member=pair.member_id,
        occurred_at=now,
    )


VALUES: Final[Mapping[str, tuple[str, str]]] = {
    "workUnit": ("work_unit", "work_unit"),
    "phone": ("phone", "phone"),
    "address": ("address", "address"),
    "cardNumber": ("card_number", "card_number"),
}
"""Fields that a side may take from the other: their names in the outflow and in the inflow statement."""
