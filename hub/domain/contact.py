"""Contact with a member: from evidence and dated rules the hub computes how old the last sign is; people decide.

The last evidence is the latest of organizational life attended, dues paid by the member, and two-way contact (条例 Art
24; domain 0.19). At six months the hub says "to be searched for". LOST is a finding of people, after the search log is
complete; 停止党籍 is only ever their decision.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import affiliation, evidence
from hub.domain.dates import last_day, today
from hub.domain.evidence import Open
from hub.domain.outcome import Changed
from hub.domain.rule import general_rules, rule
from hub.domain.scope import require_organization
from hub.domain.statement import MAX_LENGTH
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, SearchIncomplete, WrongState
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import Aggregate, ContactManner, EventKind, RuleCode, Topic


class ContactState(StrEnum):
    """NO_DATA: the sign is old, but the inflow side is on no hub, so its silence says nothing. WITHHELD: six months are
    over, and evidence is open that may say otherwise. LOST: found by people."""

    IN_CONTACT = "IN_CONTACT"
    STALE = "STALE"
    NO_DATA = "NO_DATA"
    WITHHELD = "WITHHELD"
    TO_BE_SEARCHED_FOR = "TO_BE_SEARCHED_FOR"
    LOST = "LOST"


class EvidenceOf(StrEnum):
    """What the last evidence is."""

    ATTENDED = "ATTENDED"
    DUES_PAID = "DUES_PAID"
    CONTACT = "CONTACT"


@dataclass(frozen=True, slots=True)
class ContactStatus:
    """How a member stands. `since`: the day that the clock runs from; `evidence` None: there is none, it runs from the
    departure or the registration. `open`: what withholds a conclusion. `is_on_hub`: the place can be asked here."""

    member_id: UUID
    state: ContactState
    since: date
    evidence: EvidenceOf | None
    search_on: date
    is_on_hub: bool
    open: tuple[Open, ...] = ()


SEARCH: Final = (ContactManner.PHONE, ContactManner.FAMILY, ContactManner.ADDRESS, ContactManner.WORK_UNIT)
"""What a search log must hold before a finding (通过各种方式查找); the unit only where one is known. 本地设定."""

_DUES: Final = """
    (case when m.dues_paid_through is null then null
          else least((m.dues_paid_through || '-01')::date + interval '1 month - 1 day', cast(:today as date))::date end)
"""
_LAST: Final = text(
    f"""
    select m.id, m.standing, m.recorded_at, d.id as departure_id, d.departed_on, d.recorded_at as told_at,
           greatest(a.day, own.day) as attended_on, {_DUES} as paid_on, c.day as contact_on,
           (l.arrival_id is not null
            or exists (select from organization o where o.id = d.named_organization_id)) as is_on_hub,
           exists (select from lost_finding x where x.member_id = m.id and x.lifted_on is null) as is_lost
      from member m
      left join departure d on d.member_id = m.id and d.ended_on is null
      left join lateral (select k.arrival_id from match k where k.departure_id = d.id and k.state = 'CONFIRMED' limit 1) l
             on true
      left join lateral (
          select max(p.day) as day from match k join participation p on p.arrival_id = k.arrival_id
           where k.member_id = m.id and k.state = 'CONFIRMED' and p.attendance in ('PRESENT', 'LATE')
             and p.state in ('CONFIRMED', 'ACKNOWLEDGED')) a on true
      left join lateral (
          select max(p.day) as day from participation p
           where p.member_id = m.id and p.attendance in ('PRESENT', 'LATE')
             and p.state in ('CONFIRMED', 'ACKNOWLEDGED')) own on true
      left join lateral (
          select max(x.on_day) as day from contact x where x.member_id = m.id and x.is_two_way) c on true
     where m.id = any(:ids)
    """
)


async def status(connection: AsyncConnection, *, now: datetime, members: Collection[UUID]) -> dict[UUID, ContactStatus]:
    """Return how members in force stand, in two statements whatever their number."""
    day = today(now)
    rules = await general_rules(connection, day)
    rows = [
        row
        for row in await connection.execute(_LAST, {"ids": list(members), "today": day})
        if row.standing == "IN_FORCE"
    ]
    found: dict[UUID, ContactStatus] = {}
    doubtful: list[ContactStatus] = []
    for row in rows:
        signs = [
            (on, kind)
            for on, kind in (
                (row.attended_on, EvidenceOf.ATTENDED),
                (row.contact_on, EvidenceOf.CONTACT),
                (row.paid_on, EvidenceOf.DUES_PAID),
            )
            if on is not None
        ]
        since, kind = max(signs, key=lambda sign: sign[0]) if signs else (_clock_start(row), None)
        search_on = rules[RuleCode.CONTACT_SEARCH].due(since)
        if row.is_lost:
            state = ContactState.LOST
        elif day >= search_on:
            state = ContactState.TO_BE_SEARCHED_FOR
        elif day > rules[RuleCode.CONTACT_STALE].due(since):
            state = ContactState.STALE
        else:
            state = ContactState.IN_CONTACT
        if state in (ContactState.STALE, ContactState.TO_BE_SEARCHED_FOR) and row.departure_id and not row.is_on_hub:
            state = ContactState.NO_DATA
        found[row.id] = ContactStatus(row.id, state, since, kind, search_on, row.is_on_hub)
        if state is ContactState.TO_BE_SEARCHED_FOR:
            doubtful.append(found[row.id])
    is_open = await evidence.open_of(connection, [(item.member_id, item.since, day) for item in doubtful])
    for item in doubtful:
        if item.member_id in is_open:
            found[item.member_id] = ContactStatus(
                item.member_id,
                ContactState.WITHHELD,
                item.since,
                item.evidence,
                item.search_on,
                item.is_on_hub,
                tuple(is_open[item.member_id]),
            )
    return found


def _clock_start(row: Any) -> date:
    """Return where the clock begins without any evidence: the last day of the departure, but never before the hub was
    told of it. Of the time before, silence is no data."""
    told = today(row.told_at or row.recorded_at)
    return max(last_day(row.departed_on), told) if row.departed_on else told


_INSERT: Final = text(
    """
    insert into contact (id, member_id, organization_id, on_day, manner, is_two_way, is_search, note, recorded_at, recorded_by)
    values (:id, :member, :organization, :on, :manner, :two_way, :search, :note, :now, :by)
    """
)
_NEVER_TWO_WAY: Final = (ContactManner.FAMILY, ContactManner.WORK_UNIT, ContactManner.POLICE, ContactManner.NOTICE)


async def record(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    on: date,
    manner: ContactManner,
    is_two_way: bool,
    is_search: bool = False,
    note: str | None = None,
) -> Changed:
    """The home branch records that it reached a member, or tried. Only what the member answered is contact: what the
    family says or pays is not.

    Raises NotFound, NotAllowed, WrongSide, InvalidInput.
    """
    require_organization(viewer)
    member = await affiliation.lock_member(connection, member_id)
    formal = await affiliation.own_side(connection, viewer, member_id)
    if on > today(now):
        raise InvalidInput("on")
    if is_two_way and manner in _NEVER_TWO_WAY:
        raise InvalidInput("isTwoWay")
    if note is not None and len(note) > MAX_LENGTH:
        raise InvalidInput("note")
    values = {"id": random_id(), "member": member_id, "organization": formal, "on": on, "manner": manner.value}
    values |= {"two_way": is_two_way, "search": is_search, "note": note, "now": now, "by": viewer.actor}
    await connection.execute(_INSERT, values)
    await append(connection, [_event(EventKind.CONTACT_RECORDED, member, member.version, formal, now)], at=now)
    return Changed(member_id, member.version)


_LOG: Final = text("select distinct manner from contact where member_id = :member and is_search and on_day >= :since")
_UNIT: Final = text(
    "select exists (select from departure where member_id = :member and work_unit is not null and ended_on is null)"
)
_ASKED: Final = text(
    "select exists (select from inquiry where member_id = :member and state = 'ANSWERED' and to_on > :since"
    " and (asked_at at time zone 'Asia/Shanghai')::date > :since)"
)


async def record_lost(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    found_on: date,
    decided_by: str,
    note: str | None = None,
) -> Changed:
    """People found that a member is lost (失联): after six months, with the search log complete and no evidence open.

    Raises NotFound, WrongSide, WrongState (found lost already; not six months), EvidenceOpen, SearchIncomplete, which
    says what is missing, InvalidInput.
    """
    require_organization(viewer)
    member = await affiliation.lock_member(connection, member_id)
    formal = await affiliation.own_side(connection, viewer, member_id)
    if found_on > today(now):
        raise InvalidInput("foundOn")
    if not decided_by.strip():
        raise InvalidInput("decidedBy")
    standing = (await status(connection, now=now, members=[member_id])).get(member_id)
    if standing is None or standing.state is ContactState.LOST:
        raise WrongState(state="LOST" if standing else member.standing)
    await evidence.gate(connection, member_id=member_id, since=standing.since, until=found_on)
    six_months = await rule(connection, RuleCode.CONTACT_SEARCH, found_on)
    if found_on < six_months.due(standing.since):
        raise WrongState(state=standing.state.value)
    missing = await _missing(connection, member_id, standing)
    if missing:
        raise SearchIncomplete("memberId", message=_missing_in_words(missing))
    await connection.execute(
        text(
            "insert into lost_finding (id, member_id, organization_id, found_on, decided_by, note, recorded_at, recorded_by)"
            " values (:id, :member, :organization, :on, :decided_by, :note, :now, :by)"
        ),
        {"id": random_id(), "member": member_id, "organization": formal, "on": found_on, "note": note, "now": now,
         "decided_by": decided_by.strip(), "by": viewer.actor},
    )  # fmt: skip
    return await _moved(connection, EventKind.LOST_RECORDED, member, formal, now)


async def lift_lost(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, member_id: UUID, lifted_on: date
) -> Changed:
    """The member was found. Raises NotFound, WrongSide, WrongState (not found lost), InvalidInput."""
    require_organization(viewer)
    member = await affiliation.lock_member(connection, member_id)
    formal = await affiliation.own_side(connection, viewer, member_id)
    finding = (
        await connection.execute(
            text("select id, found_on from lost_finding where member_id = :id and lifted_on is null for update"),
            {"id": member_id},
        )
    ).one_or_none()
    if finding is None:
        raise WrongState(state=member.standing)
    if not finding.found_on <= lifted_on <= today(now):
        raise InvalidInput("liftedOn")
    await connection.execute(
        text("update lost_finding set lifted_on = :on where id = :id"), {"on": lifted_on, "id": finding.id}
    )
    return await _moved(connection, EventKind.LOST_LIFTED, member, formal, now)


async def _missing(connection: AsyncConnection, member_id: UUID, standing: ContactStatus) -> list[str]:
    since = standing.since
    done = set((await connection.execute(_LOG, {"member": member_id, "since": since})).scalars())
    wanted = [manner.value for manner in SEARCH if manner is not ContactManner.WORK_UNIT]
    if (await connection.execute(_UNIT, {"member": member_id})).scalar_one():
        wanted.append(ContactManner.WORK_UNIT.value)
    missing = [manner for manner in wanted if manner not in done]
    if (
        standing.is_on_hub
        and not (await connection.execute(_ASKED, {"member": member_id, "since": since})).scalar_one()
    ):
        missing.append("INQUIRY")
    return missing


_MANNERS: Final = {
    "PHONE": "打电话",
    "FAMILY": "问家属",
    "ADDRESS": "走访住处",
    "WORK_UNIT": "问工作单位",
    "INQUIRY": "向流入地协查",
}


def _missing_in_words(missing: Sequence[str]) -> str:
    listed = "、".join(_MANNERS[manner] for manner in missing)
    return f"查找记录还缺：{listed}。请先完成并登记。 The search log lacks: {', '.join(missing)}. Do and record them first."


async def _moved(connection: AsyncConnection, kind: EventKind, member: Any, formal: UUID, now: datetime) -> Changed:
    version = member.version + 1
    await connection.execute(
        text("update member set version = :version where id = :id"), {"version": version, "id": member.id}
    )
    await append(connection, [_event(kind, member, version, formal, now)], at=now)
    return Changed(member.id, version)


def _event(kind: EventKind, member: Any, version: int, formal: UUID, now: datetime) -> Event:
    """Return an event of class STANDING: the home side and the member hear it, nobody else."""
    return Event(
        topic=Topic.MEMBER,
        kind=kind,
        aggregate=Aggregate.MEMBER,
        aggregate_id=member.id,
        aggregate_version=version,
        audience=[formal],
        organization=formal,
        member=member.id,
        occurred_at=now,
    )
