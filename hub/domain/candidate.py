"""Questions about a match: the job that asks them, and what people answer. The outflow side confirms or denies, the
inflow side objects, either side undoes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.database.copy import copy_rows
from hub.domain import crossing, departure, discrepancy, inbox, match, transfer_record, visibility
from hub.domain.dates import today
from hub.domain.locate import locate, lock
from hub.domain.outcome import Changed
from hub.domain.pair import RELATED, pairs
from hub.domain.rule import rule
from hub.domain.scope import in_scope, require_organization
from hub.domain.viewer import Viewer
from hub.errors import NotFound, ReasonRequired, StaleVersion, WrongSide, WrongState
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import Aggregate, Arrival, DenialCode, EventKind, RuleCode, Side, Topic

_MATCH: Final = text("select * from match where id = :id for update")
_MEMBER: Final = text("select id from member where id = :id for update")
_OPEN_DEPARTURE: Final = text("select * from departure where member_id = :member and ended_on is null for update")
_ARRIVAL: Final = text("select * from arrival where id = :id for update")
_LIVE: Final = text(
    """
    select 1 from match where state = 'CONFIRMED'
       and (departure_id = :departure or (arrival_id = :arrival and ended_at is null)) limit 1
    """
)
_NAMED: Final = text(
    """
    select exists (
        select from departure d join organization_closure c
            on (c.ancestor = d.named_organization_id and c.descendant = :registrar)
            or (c.descendant = d.named_organization_id and c.ancestor = :registrar)
         where d.member_id = :member and d.ended_on is null)
    """
)


async def _asked(connection: AsyncConnection, viewer: Viewer, candidate_id: UUID, version: int) -> RowMapping:
    """Return a question of the caller's own side, locked after member, departure and arrival."""
    require_organization(viewer)
    seen = (await connection.execute(text("select * from match where id = :id"), {"id": candidate_id})).one_or_none()
    if seen is None or not await in_scope(connection, viewer, [seen.asked_organization_id]):
        raise NotFound("candidateId")
    await connection.execute(_MEMBER, {"id": seen.member_id})
    await connection.execute(_OPEN_DEPARTURE, {"member": seen.member_id})
    await connection.execute(_ARRIVAL, {"id": seen.arrival_id})
    row = (await connection.execute(_MATCH, {"id": candidate_id})).mappings().one()
    if row["state"] != "ASKED":
        raise WrongState(state=row["state"], version=row["version"])
    if row["version"] != version:
        raise StaleVersion("version", version=row["version"])
    return row


async def confirm(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    vault: Vault,
    now: datetime,
    candidate_id: UUID,
    version: int,
    departure_id: UUID | None = None,
) -> Changed:
    """The outflow side says: this is ours. The liaison is the open departure, else one is registered.

    Returns the departure as changed. Raises NotFound, WrongState, StaleVersion, NotInForce.
    """
    row = await _asked(connection, viewer, candidate_id, version)
    away = (await connection.execute(_OPEN_DEPARTURE, {"member": row["member_id"]})).mappings().one_or_none()
    if departure_id is not None and (away is None or away["id"] != departure_id):
        raise NotFound("departureId")
    if away is None:
        command = departure.RegisterDeparture(member_id=row["member_id"])
        outcome = (await departure.register(connection, viewer=viewer, vault=vault, now=now, commands=[command]))[0]
        if not isinstance(outcome, Changed):
            raise outcome
        departure_id = outcome.id
    else:
        departure_id = UUID(str(away["id"]))
    taken = {"departure": departure_id, "arrival": row["arrival_id"]}
    if (await connection.execute(_LIVE, taken)).first() is not None:
        raise WrongState(state="MATCHED")
    pairs = await match.confirm_rows(
        connection, now=now, by=viewer.actor, rows=[_Confirmed(departure_id, row["arrival_id"], row["member_id"])]
    )
    await inbox.restate(connection, match.statements(pairs))
    await discrepancy.compare(connection, vault=vault, now=now, subjects=[departure_id])
    return Changed(departure_id, pairs[0].departure_version)


class _Confirmed:
    """A pair whose question is answered; basis and digest stay those of the question."""

    basis = "IDENTITY_NUMBER"
    pair_digest = b""

    def __init__(self, departure_id: UUID, arrival_id: UUID, member_id: UUID) -> None:
        self.departure_id, self.arrival_id, self.member_id = departure_id, arrival_id, member_id


async def deny(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    candidate_id: UUID,
    version: int,
    code: DenialCode,
    note: str | None,
) -> Changed:
    """The outflow side says: not ours. It reaches only a registrar whom the outflow statement names (domain 0.11)."""
    row = await _asked(connection, viewer, candidate_id, version)
    if code is DenialCode.OTHER and not (note or "").strip():
        raise ReasonRequired("note")
    arrival = (await connection.execute(_ARRIVAL, {"id": row["arrival_id"]})).mappings().one()
    named = (
        await connection.execute(_NAMED, {"member": row["member_id"], "registrar": arrival["organization_id"]})
    ).scalar_one()
    await connection.execute(
        text(
            "update match set state = 'DENIED', denial = :code, denial_note = :note, denied_at = :now,"
            " denied_by = :by, named = :named, version = version + 1 where id = :id"
        ),
        {"code": code.value, "note": note, "now": now, "by": viewer.actor, "named": named, "id": candidate_id},
    )
    await match.judge_as_it_stands(connection, candidate_id)
    events = [
        match.asked(
            EventKind.MATCH_DENIED, candidate_id, version + 1, row["asked_organization_id"], row["departure_id"], now
        )
    ]
    if named:
        events.append(await _tell_registrar(connection, EventKind.MATCH_DENIED, arrival, now))
    await append(connection, events, at=now)
    if named:
        await inbox.restate(connection, [arrival["id"]])
    return Changed(candidate_id, version + 1)


async def _tell_registrar(connection: AsyncConnection, kind: EventKind, arrival: Any, now: datetime) -> Event:
    await connection.execute(text("update arrival set version = version + 1 where id = :id"), {"id": arrival["id"]})
    return Event(
        topic=Topic.LIAISON,
        kind=kind,
        aggregate=Aggregate.INFLOW_STATEMENT,
        aggregate_id=arrival["id"],
        aggregate_version=arrival["version"] + 1,
        audience=[o for o in (arrival["organization_id"], arrival["branch_id"]) if o is not None],
        organization=arrival["organization_id"],
        arrival=arrival["id"],
        occurred_at=now,
    )


async def object_to_denial(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, liaison_id: UUID, version: int, reason: str
) -> Changed:
    """The inflow side says: look again. The question is open again, with the objection.

    Only where a denial reached this registrar; otherwise WRONG_STATE, the same whether or not a question exists. Raises
    WrongSide for the outflow side that was asked, NotFound for strangers.
    """
    located = (await locate(connection, viewer, [liaison_id]))[liaison_id]
    if not located.sides and await visibility.row(connection, viewer, Arrival, liaison_id) is not None:
        # Who was asked about the arrival sees it, so that "not found" would be untrue.
        raise WrongSide
    statement = located.statement(Side.INFLOW)
    if not reason.strip():
        raise ReasonRequired("reason")
    arrival = (await lock(connection, Side.INFLOW, [statement]))[statement]
    if arrival["version"] != version:
        raise StaleVersion("version", version=arrival["version"])
    denied = (
        (
            await connection.execute(
                text(
                    "select * from match where arrival_id = :id and state = 'DENIED' and named"
                    " order by denied_at desc limit 1 for update"
                ),
                {"id": statement},
            )
        )
        .mappings()
        .one_or_none()
    )
    if denied is None or located.match_id is not None:
        raise WrongState(state="MATCHED" if located.match_id else "UNMATCHED")
    day = today(now)
    answer = await rule(connection, RuleCode.MATCH_ANSWER, day, denied["asked_organization_id"])
    await connection.execute(
        text(
            "update match set state = 'ASKED', objection = :reason, objected_at = :now, objected_by = :by,"
            " due_on = :due, version = version + 1 where id = :id"
        ),
        {"reason": reason, "now": now, "by": viewer.actor, "due": answer.due(day), "id": denied["id"]},
    )
    await append(
        connection,
        [
            match.asked(
                EventKind.DENIAL_OBJECTED,
                denied["id"],
                denied["version"] + 1,
                denied["asked_organization_id"],
                denied["departure_id"],
                now,
            ),
            await _tell_registrar(connection, EventKind.DENIAL_OBJECTED, arrival, now),
        ],
        at=now,
    )
    await inbox.restate(connection, [statement])
    return Changed(statement, version + 1)


async def undo(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, liaison_id: UUID, version: int, reason: str
) -> Changed:
    """Either side says: these are two people. Everything goes back to its own statement; the pair is not asked again.

    `version` is that of the caller's own statement. Raises NotFound, WrongSide, WrongState, StaleVersion.
    """
    if not reason.strip():
        raise ReasonRequired("reason")
    located = (await locate(connection, viewer, [liaison_id]))[liaison_id]
    if not located.sides:
        raise NotFound("liaisonId")
    if located.match_id is None or located.departure_id is None or located.arrival_id is None:
        raise WrongState(state="UNMATCHED" if Side.INFLOW in located.sides else "AWAITING_ARRIVAL")
    departures = await lock(connection, Side.OUTFLOW, [located.departure_id])
    arrivals = await lock(connection, Side.INFLOW, [located.arrival_id])
    versions = {
        Side.OUTFLOW: departures[located.departure_id]["version"],
        Side.INFLOW: arrivals[located.arrival_id]["version"],
    }
    if version not in {versions[side] for side in located.sides}:
        raise StaleVersion("version", version=versions[min(located.sides, key=str)])
    row = (await connection.execute(_MATCH, {"id": located.match_id})).mappings().one()
    if row["state"] != "CONFIRMED" or row["ended_at"] is not None:
        raise WrongState(state="ENDED")
    transfers = await transfer_record.sight(connection, members=[row["member_id"]])
    await connection.execute(
        text(
            "update match set state = 'UNDONE', undone_at = :now, undone_by = :by, undo_reason = :reason,"
            " version = version + 1 where id = :id"
        ),
        {"now": now, "by": viewer.actor, "reason": reason, "id": located.match_id},
    )
    await match.judge_as_it_stands(connection, located.match_id)
    for table, identifier in (("departure", located.departure_id), ("arrival", located.arrival_id)):
        await connection.execute(
            text(f"update {table} set version = version + 1 where id = :id"),
            {"id": identifier},
        )
    pair = (await pairs(connection, [located.match_id]))[0]
    await crossing.go_back(connection, now=now, pair=pair)
    await append(connection, match.parted(pair, now), at=now)
    await transfer_record.tell(connection, transfers, now=now)
    await discrepancy.drop(connection, now=now, by=viewer.actor, pair=pair)
    await inbox.restate(connection, [located.departure_id, located.arrival_id])
    statement = located.departure_id if Side.OUTFLOW in located.sides else located.arrival_id
    return Changed(statement, versions[Side.OUTFLOW if Side.OUTFLOW in located.sides else Side.INFLOW] + 1)


# The job. People with one number, or one name and birth date (never name and phone), or a card as a hint with the name.
_ASK: Final = text(
    f"""
    with arrivals as (
        select a.* from arrival a
         where a.state not in ('RETURNED', 'LEFT')
           and not exists (select from match l where l.arrival_id = a.id and l.state = 'CONFIRMED'
                              and l.ended_at is null)
    ), candidate as (
        select a.id as arrival_id, mi.subject_id as member_id, 1 as strength
          from arrivals a join identity ai on ai.subject_id = a.id and not ai.of_member
          join identity mi on mi.digest = ai.digest and mi.of_member
        union all
        select a.id, d.member_id, 2
          from arrivals a join departure d on d.card_number = a.card_number and d.ended_on is null
          join member m on m.id = d.member_id and m.name_key = a.name_key
        union all
        select a.id, m.id, 3
          from arrivals a join member m on m.name_key = a.name_key and m.birth_date = a.birth_date
         where not exists (select from identity i join identity j on j.subject_id = m.id and j.of_member
                            where i.subject_id = a.id)
    ), best as (
        select arrival_id, member_id, min(strength) as strength from candidate group by 1, 2
    )
    select a.id as arrival_id, m.id as member_id, d.id as departure_id, f.organization_id as asked,
           case b.strength when 1 then 'IDENTITY_NUMBER' when 2 then 'CARD'
                else case when exists (select from organization_closure c where c.ancestor = a.home_organization_id
                                          and c.descendant = f.organization_id)
                          then 'NAME_BIRTH_DATE_AND_ORGANIZATION' else 'NAME_AND_BIRTH_DATE' end end as basis,
           coalesce({RELATED.format(one="d.named_organization_id", other="a.organization_id")}, false) as named,
           {match.PAIR_DIGEST.format(named="d.named_organization_id")} as pair_digest
      from best b join arrival a on a.id = b.arrival_id join member m on m.id = b.member_id
      join affiliation f on f.member_id = m.id and f.superseded_at = 'infinity' and f.ends is null
      left join departure d on d.member_id = m.id and d.ended_on is null
     where m.standing = 'IN_FORCE'
       and not exists (select from match l where l.member_id = m.id and l.arrival_id = a.id and l.state = 'ASKED')
       and not exists (select from match l where l.departure_id = d.id and l.state = 'CONFIRMED')
       and (d.id is not null or not exists (select from match l where l.member_id = m.id and l.arrival_id = a.id
                                               and l.state = 'CONFIRMED'))
       and not exists (select from organization_closure c where c.ancestor = a.organization_id
                          and c.descendant = f.organization_id and a.branch_id = f.organization_id)
       and not exists (select from match l where l.member_id = m.id and l.arrival_id = a.id
                          and l.state in ('DENIED', 'UNDONE')
                          and l.pair_digest = {match.PAIR_DIGEST.format(named="d.named_organization_id")})
     order by m.id, a.id
     limit 2000
    """
)


async def ask_candidates(connection: AsyncConnection, *, now: datetime) -> int:
    """Ask the outflow side about arrivals that may be its members; returns how many questions were asked.

    Run as a job of its own: nothing that a registrar can see, not even a time or a version, tells of it. Twice in a
    row asks nothing the second time.
    """
    rows = (await connection.execute(_ASK)).all()
    if not rows:
        return 0
    day = today(now)
    answer = await rule(connection, RuleCode.MATCH_ANSWER, day)
    records: list[tuple[Any, ...]] = []
    events: list[Event] = []
    for row in rows:
        identifier = random_id()
        records.append(
            (
                identifier,
                1,
                row.member_id,
                row.departure_id,
                row.arrival_id,
                row.asked,
                row.basis,
                "ASKED",
                row.named,
                row.pair_digest,
                day,
                answer.due(day),
                None,
                None,
                now,
            )
        )
        events.append(match.asked(EventKind.MATCH_ASKED, identifier, 1, row.asked, row.departure_id, now))
    await copy_rows(connection, "match", match.COLUMNS, records)
    await append(connection, events, at=now)
    return len(rows)
