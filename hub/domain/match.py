"""Matching: what joins a departure and an arrival at once, what is asked, and who hears of it.

The rules are domain 0.10 and 0.11. A certain match (identity number and name, or card with issuer and name) takes effect
at once only where the outflow statement names an organization in the registrar's own subtree or above it. Everything
else is a question that the outflow side alone sees, made by a job in its own transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.database.copy import copy_rows
from hub.domain import crossing, transfer_record
from hub.domain.pair import RELATED, Pair
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import Aggregate, EventKind, Topic

# What a pair is judged by: a denied or undone pair is judged again only when one of these changes.
PAIR_DIGEST: Final = """
    sha256(convert_to(concat_ws('|', m.id, a.id,
        (select string_agg(encode(i.digest, 'hex'), ',' order by i.digest) from identity i
          where i.subject_id in (m.id, a.id)),
        m.name_key, m.birth_date, a.name_key, a.birth_date, a.card_number, {named}, a.organization_id), 'UTF8'))
"""
_CERTAIN: Final = f"""
    with candidate as (
        select ai.subject_id as arrival_id, mi.subject_id as member_id, 'IDENTITY_NUMBER' as basis
          from identity ai join identity mi on mi.digest = ai.digest and mi.of_member
         where not ai.of_member and {{by_identity}}
        union
        select a.id, d.member_id, 'CARD'
          from arrival a join departure d on d.card_number = a.card_number and d.ended_on is null
         where a.card_number is not null and a.home_organization_id is not null and {{by_card}}
           and exists (select from organization_closure up join organization_closure down
                           on down.ancestor = up.ancestor
                        where up.descendant = a.home_organization_id and down.descendant = d.organization_id)
           and not exists (select from identity i join identity j on j.subject_id = d.member_id and j.of_member
                            where i.subject_id = a.id)
    ), judged as (
        select d.id as departure_id, a.id as arrival_id, m.id as member_id, c.basis, a.recorded_at,
               d.organization_id as outflow, a.organization_id as inflow, a.branch_id,
               {PAIR_DIGEST.format(named="d.named_organization_id")} as pair_digest
          from candidate c
          join arrival a on a.id = c.arrival_id and a.state not in ('RETURNED', 'LEFT')
          join member m on m.id = c.member_id and m.name_key = a.name_key
          join departure d on d.member_id = m.id and d.ended_on is null
         where d.named_organization_id is not null
           and {RELATED.format(one="d.named_organization_id", other="a.organization_id")}
           and not exists (select from match l where l.departure_id = d.id and l.state = 'CONFIRMED')
           and not exists (select from match l where l.arrival_id = a.id and l.state = 'CONFIRMED'
                              and l.ended_at is null)
    ), pair as (
        -- What was denied or undone goes before the choice: it must not hide the arrival that is right.
        select distinct on (j.departure_id) j.* from judged j
         where not exists (select from match l where l.member_id = j.member_id and l.arrival_id = j.arrival_id
                              and l.state in ('DENIED', 'UNDONE') and l.pair_digest = j.pair_digest)
         order by j.departure_id, j.basis desc, j.recorded_at, j.arrival_id
    )
    select distinct on (arrival_id) * from pair order by arrival_id, basis desc, departure_id
"""
_BY_ARRIVALS: Final = text(_CERTAIN.format(by_identity="ai.subject_id = any(:ids)", by_card="a.id = any(:ids)"))
_BY_MEMBERS: Final = text(_CERTAIN.format(by_identity="mi.subject_id = any(:ids)", by_card="d.member_id = any(:ids)"))
_LOCK: Final = {
    "departure": text("select id, version, organization_id from departure where id = any(:ids) order by id for update"),
    "arrival": text(
        "select id, version, organization_id, branch_id from arrival where id = any(:ids) order by id for update"
    ),
}
_MOVE: Final = {
    "departure": text("update departure set version = version + 1 where id = any(:ids)"),
    "arrival": text("update arrival set version = version + 1 where id = any(:ids)"),
}
_ASKED: Final = text(
    """
    select id, version, member_id, arrival_id from match
     where state = 'ASKED' and arrival_id = any(:arrivals) and member_id = any(:members) order by id for update
    """
)
_ANSWER: Final = text(
    """
    update match set state = 'CONFIRMED', departure_id = :departure, confirmed_at = :now, confirmed_by = :by,
           version = version + 1
     where id = :id
    """
)
COLUMNS: Final = (
    "id",
    "version",
    "member_id",
    "departure_id",
    "arrival_id",
    "asked_organization_id",
    "basis",
    "state",
    "named",
    "pair_digest",
    "asked_on",
    "due_on",
    "confirmed_at",
    "confirmed_by",
    "created_at",
)


async def match_certain(
    connection: AsyncConnection,
    *,
    now: datetime,
    by: str,
    departures: Iterable[UUID] = (),
    arrivals: Iterable[UUID] = (),
    members: Iterable[UUID] = (),
    fresh: Collection[UUID] = (),
) -> list[Pair]:
    """Match at once what is certain and was named for the registrar, in the caller's transaction.

    Call it after the statements are written. `fresh`: those that this transaction made; their version does not move
    again, since nobody saw the first. The caller refreshes the inbox for both sides (`statements`).
    """
    people = list(members)
    if wanted := list(departures):
        found = await connection.execute(text("select member_id from departure where id = any(:ids)"), {"ids": wanted})
        people += found.scalars()
    rows: list[Any] = []
    if people:
        rows += await connection.execute(_BY_MEMBERS, {"ids": people})
    if wanted := list(arrivals):
        rows += await connection.execute(_BY_ARRIVALS, {"ids": wanted})
    if not rows:
        return []
    return await confirm_rows(connection, now=now, by=by, rows=rows, fresh=fresh)


def statements(pairs_: Iterable[Pair]) -> list[UUID]:
    """Return the ids of both statements of some pairs."""
    return [statement for pair in pairs_ for statement in (pair.departure_id, pair.arrival_id)]


async def confirm_rows(
    connection: AsyncConnection, *, now: datetime, by: str, rows: Iterable[Any], fresh: Collection[UUID] = ()
) -> list[Pair]:
    """Write confirmed matches for pairs (departure_id, arrival_id, member_id, basis, pair_digest), with their events."""
    found = list(rows)
    outflow = await _moved(connection, "departure", [r.departure_id for r in found], fresh)
    inflow = await _moved(connection, "arrival", [r.arrival_id for r in found], fresh)
    asked_before = {
        (row.member_id, row.arrival_id): row
        for row in await connection.execute(
            _ASKED, {"arrivals": [r.arrival_id for r in found], "members": [r.member_id for r in found]}
        )
    }
    transfers = await transfer_record.sight(connection, members=[r.member_id for r in found])
    confirmed: list[Pair] = []
    records: list[tuple[Any, ...]] = []
    answers: list[dict[str, Any]] = []
    for row in found:
        departure, arrival = outflow[row.departure_id], inflow[row.arrival_id]
        question = asked_before.get((row.member_id, row.arrival_id))
        identifier = question.id if question else random_id()
        if question:
            answers.append({"id": identifier, "departure": row.departure_id, "now": now, "by": by})
        else:
            records.append(
                (
                    identifier,
                    1,
                    row.member_id,
                    row.departure_id,
                    row.arrival_id,
                    departure.organization_id,
                    row.basis,
                    "CONFIRMED",
                    True,
                    row.pair_digest,
                    None,
                    None,
                    now,
                    by,
                    now,
                )
            )
        confirmed.append(
            Pair(
                identifier,
                row.member_id,
                row.departure_id,
                row.arrival_id,
                departure.version,
                arrival.version,
                (departure.organization_id,),
                (arrival.organization_id,)
                if arrival.branch_id is None
                else (arrival.organization_id, arrival.branch_id),
            )
        )
    await copy_rows(connection, "match", COLUMNS, records)
    if answers:
        await connection.execute(_ANSWER, answers)
    await append(connection, [event for pair in confirmed for event in joined(pair, now)], at=now)
    await transfer_record.tell(connection, transfers, now=now)
    await crossing.cross(connection, now=now, pairs=confirmed)
    return confirmed


async def _moved(
    connection: AsyncConnection, table: str, ids: Iterable[UUID], fresh: Collection[UUID]
) -> dict[UUID, Any]:
    """Lock the statements, move the version of those that others may have seen, and return them as they now stand."""
    wanted = sorted(set(ids))
    seen = [statement for statement in wanted if statement not in fresh]
    if seen:
        await connection.execute(_LOCK[table], {"ids": seen})
        await connection.execute(_MOVE[table], {"ids": seen})
    return {row.id: row for row in await connection.execute(_LOCK[table], {"ids": wanted})}


def joined(pair: Pair, now: datetime) -> list[Event]:
    """Return the events of a match: each statement crosses to the other side, then both hear that they are one."""
    both = (*pair.outflow, *pair.inflow)
    return [
        _about(pair, EventKind.LIAISON_SHARED, Aggregate.INFLOW_STATEMENT, pair.outflow, now),
        _about(pair, EventKind.LIAISON_SHARED, Aggregate.OUTFLOW_STATEMENT, pair.inflow, now),
        _about(pair, EventKind.MATCH_CONFIRMED, Aggregate.OUTFLOW_STATEMENT, both, now),
        _about(pair, EventKind.MATCH_CONFIRMED, Aggregate.INFLOW_STATEMENT, both, now, pair.arrival_id),
    ]


def parted(pair: Pair, now: datetime) -> list[Event]:
    """Return the events of an undone match: both hear it, then each statement ceases to be seen by the other side."""
    both = (*pair.outflow, *pair.inflow)
    return [
        _about(pair, EventKind.MATCH_UNDONE, Aggregate.OUTFLOW_STATEMENT, both, now),
        _about(pair, EventKind.MATCH_UNDONE, Aggregate.INFLOW_STATEMENT, both, now, pair.departure_id),
        _about(pair, EventKind.LIAISON_UNSHARED, Aggregate.INFLOW_STATEMENT, pair.outflow, now),
        _about(pair, EventKind.LIAISON_UNSHARED, Aggregate.OUTFLOW_STATEMENT, pair.inflow, now),
    ]


def _about(
    pair: Pair,
    kind: EventKind,
    aggregate: Aggregate,
    audience: tuple[UUID, ...],
    now: datetime,
    replaces: UUID | None = None,
) -> Event:
    outflow = aggregate is Aggregate.OUTFLOW_STATEMENT
    return Event(
        topic=Topic.LIAISON,
        kind=kind,
        aggregate=aggregate,
        aggregate_id=pair.departure_id if outflow else pair.arrival_id,
        aggregate_version=pair.departure_version if outflow else pair.arrival_version,
        audience=audience,
        organization=pair.outflow[0] if outflow else pair.inflow[0],
        departure=pair.departure_id,
        arrival=pair.arrival_id,
        member=pair.member_id,
        replaces=replaces,
        occurred_at=now,
    )


_REDIGEST: Final = text(
    f"""
    update match x set pair_digest = (
        select {PAIR_DIGEST.format(named="d.named_organization_id")}
          from member m join arrival a on a.id = x.arrival_id
          left join departure d on d.member_id = m.id and d.ended_on is null
         where m.id = x.member_id)
     where x.id = :id
    """
)


async def judge_as_it_stands(connection: AsyncConnection, match_id: UUID) -> None:
    """Note what a denied or undone pair was judged by: it is asked again only when that changes."""
    await connection.execute(_REDIGEST, {"id": match_id})


async def end(connection: AsyncConnection, *, now: datetime, match_id: UUID) -> None:
    """Mark a match as ended with its departure; the pair stays one liaison, and the arrival is free for the next."""
    await connection.execute(
        text("update match set ended_at = :now, version = version + 1 where id = :id and ended_at is null"),
        {"now": now, "id": match_id},
    )


def asked(
    kind: EventKind, match_id: UUID, version: int, organization: UUID, departure: UUID | None, now: datetime
) -> Event:
    """Return an event about a question, which the outflow side alone hears."""
    return Event(
        topic=Topic.LIAISON,
        kind=kind,
        aggregate=Aggregate.MATCH_CANDIDATE,
        aggregate_id=match_id,
        aggregate_version=version,
        audience=[organization],
        organization=organization,
        departure=departure,
        occurred_at=now,
    )
