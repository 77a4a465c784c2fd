"""Democratic appraisal (民主评议): the place or a floating branch gives an opinion, the formal organization one grade a year.

条例 Art 18, Art 32. Probationary members take part without a grade. EXCELLENT above a third of a branch's full members is
a warning, not a refusal (domain 0.20).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import affiliation, evidence, locate, visibility
from hub.domain.dates import today
from hub.domain.outcome import Changed
from hub.domain.participation_record import FORMAL, MATCHED, event
from hub.domain.scope import in_scope, require_organization
from hub.domain.statement import MAX_LENGTH
from hub.domain.viewer import Viewer
from hub.errors import (
    AlreadyRecorded,
    InvalidInput,
    NotFound,
    ReasonRequired,
    StaleVersion,
    WrongSide,
    WrongState,
)
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import Aggregate, Appraisal, AppraisalOpinion, EventKind, Grade, Side

_FIRST_YEAR: Final = 1990


# Which opinions show is for their own predicate to say.
_STAYS: Final = text(
    "select distinct arrival_id, member_id from match where member_id = any(:members) and state = 'CONFIRMED'"
)


async def opinions(
    connection: AsyncConnection, viewer: Viewer, members: Sequence[UUID]
) -> Mapping[UUID, Sequence[Row[Any]]]:
    """Return the opinions about members, newest year first: of the places where they live or lived, and of floating
    branches, as far as the viewer sees them."""
    stays = {row.arrival_id: row.member_id for row in await connection.execute(_STAYS, {"members": list(members)})}
    found: dict[UUID, list[Row[Any]]] = {member: [] for member in members}
    for opinion in await visibility.rows(connection, viewer, AppraisalOpinion, stays, by="arrival_id"):
        found[stays[opinion.arrival_id]].append(opinion)
    for opinion in await visibility.rows(connection, viewer, AppraisalOpinion, members, by="member_id"):
        found[opinion.member_id].append(opinion)
    for listed in found.values():
        listed.sort(key=lambda opinion: (opinion.year, opinion.id), reverse=True)
    return found


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of a branch's full members are EXCELLENT in a year: a warning above a third, never a refusal."""

    excellent: int
    full_members: int

    @property
    def is_over_a_third(self) -> bool:
        """Whether more than a third of the branch's full members are EXCELLENT this year."""
        return self.excellent * 3 > self.full_members


_OPINION: Final = text(
    """
    select id, version from appraisal_opinion
     where coalesce(arrival_id, member_id) = :subject and organization_id = :organization and year = :year for update
    """
)
_GIVE: Final = text(
    """
    insert into appraisal_opinion (id, arrival_id, member_id, organization_id, year, grade, opinion, given_on, recorded_at,
                                   recorded_by)
    values (:id, :arrival, :member, :organization, :year, :grade, :opinion, :on, :now, :by)
    """
)
_GIVE_AGAIN: Final = text(
    """
    update appraisal_opinion set grade = :grade, opinion = :opinion, given_on = :on, recorded_at = :now, recorded_by = :by,
           version = version + 1
     where id = :id
    """
)
_ARRIVAL: Final = text(
    f"""
    select a.id, a.organization_id, a.branch_id, l.member_id, l.departure_id, l.organization_id as outflow_id,
           f.organization_id as formal_id
      from arrival a {MATCHED.format(arrival="a.id")} {FORMAL.format(member="l.member_id")}
     where a.id = :id
    """
)


async def give_opinion(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    liaison_id: UUID,
    year: int,
    grade: Grade | None = None,
    opinion: str | None = None,
) -> Changed:
    """The inflow side gives its opinion of an arrival, once a year; giving it again replaces it. It waits with an arrival
    that is not matched, and crosses with the match.

    Raises NotFound, WrongSide, InvalidInput (year; neither grade nor words).
    """
    require_organization(viewer)
    arrival_id = (await locate.locate(connection, viewer, [liaison_id]))[liaison_id].statement(Side.INFLOW)
    await locate.lock(connection, Side.INFLOW, [arrival_id])
    row = (await connection.execute(_ARRIVAL, {"id": arrival_id})).one()
    own = await in_scope(connection, viewer, [row.branch_id, row.organization_id])
    organization = row.branch_id if row.branch_id in own else row.organization_id
    _possible(year, now, grade, opinion)
    given = await _give(
        connection, viewer, now, organization=organization, year=year, grade=grade, opinion=opinion, arrival=arrival_id
    )
    hearing = {row.organization_id, row.branch_id, row.outflow_id, row.formal_id} - {None}
    told = event(
        EventKind.OPINION_GIVEN,
        given.id,
        given.version,
        sorted(hearing),
        now,
        aggregate=Aggregate.APPRAISAL_OPINION,
        arrival=arrival_id,
        departure=row.departure_id,
        member=row.member_id,
    )
    await append(connection, [told], at=now)
    return given


async def _give(
    connection: AsyncConnection,
    viewer: Viewer,
    now: datetime,
    *,
    organization: UUID,
    year: int,
    grade: Grade | None,
    opinion: str | None,
    arrival: UUID | None = None,
    member: UUID | None = None,
) -> Changed:
    """Write an opinion on an arrival or a member, or replace the one that this organization gave that year."""
    key = {"subject": arrival or member, "organization": organization, "year": year}
    before = (await connection.execute(_OPINION, key)).one_or_none()
    values: dict[str, Any] = {"grade": grade.value if grade else None, "opinion": opinion, "on": today(now)}
    values |= {"now": now, "by": viewer.actor}
    if before is not None:
        await connection.execute(_GIVE_AGAIN, {**values, "id": before.id})
        return Changed(before.id, before.version + 1)
    identifier = random_id()
    where = {"id": identifier, "arrival": arrival, "member": member, "organization": organization, "year": year}
    await connection.execute(_GIVE, {**values, **where})
    return Changed(identifier, 1, new=True)


def _possible(year: int, now: datetime, grade: Grade | None, opinion: str | None) -> None:
    if not _FIRST_YEAR <= year <= today(now).year:
        raise InvalidInput("year")
    if grade is None and not (opinion or "").strip():
        raise InvalidInput("opinion")
    if opinion is not None and len(opinion) > MAX_LENGTH:
        raise InvalidInput("opinion")


_KNOWN: Final = text("select id, version from appraisal where member_id = :member and year = :year for update")
_INSERT: Final = text(
    """
    insert into appraisal (id, member_id, organization_id, year, grade, decided_on, note, recorded_at, recorded_by)
    values (:id, :member, :organization, :year, :grade, :on, :note, :now, :by)
    """
)
_EXCELLENT: Final = text(
    """
    select count(*) filter (where x.grade = 'EXCELLENT') as excellent, count(*) as full_members
      from affiliation f join member m on m.id = f.member_id and m.category = 'FULL' and m.standing = 'IN_FORCE'
      left join appraisal x on x.member_id = m.id and x.year = :year
     where f.organization_id = :organization and f.superseded_at = 'infinity' and f.ends is null
    """
)


async def record(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    year: int,
    grade: Grade | None,
    decided_on: date,
    note: str | None = None,
) -> Changed:
    """The formal organization records the one grade of a member and year; a probationary member has none.

    Raises NotFound, WrongSide, InvalidInput (year, day; a grade where there is none, or none where there is one),
    AlreadyRecorded, WrongState (membership not in force), EvidenceOpen (UNQUALIFIED while evidence of that year is open).
    """
    require_organization(viewer)
    member = await affiliation.lock_member(connection, member_id)
    formal = await affiliation.own_side(connection, viewer, member_id)
    if member.standing != "IN_FORCE":
        raise WrongState(state=member.standing)
    if not _FIRST_YEAR <= year <= today(now).year:
        raise InvalidInput("year")
    if not date(year, 1, 1) <= decided_on <= today(now):
        raise InvalidInput("decidedOn")
    if (grade is None) is not (member.category == "PROBATIONARY"):
        raise InvalidInput("grade")
    if note is not None and len(note) > MAX_LENGTH:
        raise InvalidInput("note")
    if (await connection.execute(_KNOWN, {"member": member_id, "year": year})).first() is not None:
        raise AlreadyRecorded("year")
    await _let_evidence_speak(connection, member_id, year, grade)
    identifier = random_id()
    values = {"id": identifier, "member": member_id, "organization": formal, "year": year, "on": decided_on}
    values |= {"grade": grade.value if grade else None, "note": note, "now": now, "by": viewer.actor}
    await connection.execute(_INSERT, values)
    await append(connection, [_event(identifier, 1, member_id, formal, now)], at=now)
    return Changed(identifier, 1, new=True)


async def correct(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    appraisal_id: UUID,
    version: int,
    grade: Grade,
    reason: str,
) -> Changed:
    """The formal organization corrects a grade, with a reason that stays.

    Raises NotFound, WrongSide, StaleVersion, ReasonRequired, InvalidInput (of a probationary member), EvidenceOpen.
    """
    require_organization(viewer)
    # To the inflow side, which sees the member, a grade that it may not know is one that is not there.
    seen = await visibility.row(connection, viewer, Appraisal, appraisal_id)
    if seen is None:
        raise NotFound("appraisalId")
    await affiliation.lock_member(connection, seen.member_id)
    formal = await affiliation.own_side(connection, viewer, seen.member_id)
    row = (
        (await connection.execute(text("select * from appraisal where id = :id for update"), {"id": appraisal_id}))
        .mappings()
        .one()
    )
    if row["version"] != version:
        raise StaleVersion("version", version=row["version"])
    if not reason.strip():
        raise ReasonRequired("reason")
    if len(reason) > MAX_LENGTH:
        raise InvalidInput("reason")
    if row["grade"] is None or row["grade"] == grade.value:
        raise InvalidInput("grade")
    await _let_evidence_speak(connection, row["member_id"], row["year"], grade)
    said = f"{row['note']}；" if row["note"] else ""
    await connection.execute(
        text(
            "update appraisal set grade = :grade, note = :note, recorded_at = :now, recorded_by = :by, version = version + 1"
            " where id = :id"
        ),
        {"grade": grade.value, "note": f"{said}{row['grade']} → {grade.value}：{reason.strip()}", "now": now,
         "by": viewer.actor, "id": appraisal_id},
    )  # fmt: skip
    await append(connection, [_event(appraisal_id, version + 1, row["member_id"], formal, now)], at=now)
    return Changed(appraisal_id, version + 1)


async def _let_evidence_speak(connection: AsyncConnection, member_id: UUID, year: int, grade: Grade | None) -> None:
    """Refuse 不合格 while evidence about that year is open (domain 0.19)."""
    if grade is Grade.UNQUALIFIED:
        await evidence.gate(connection, member_id=member_id, since=date(year, 1, 1), until=date(year, 12, 31))


async def counted(connection: AsyncConnection, organization: UUID, year: int) -> Counted:
    """Return how many of a branch's full members are EXCELLENT in a year."""
    row = (await connection.execute(_EXCELLENT, {"organization": organization, "year": year})).one()
    return Counted(row.excellent, row.full_members)


def _event(identifier: UUID, version: int, member_id: UUID, formal: UUID, now: datetime) -> Event:
    """Return an event of class STANDING: the home side and the member hear it."""
    return event(
        EventKind.APPRAISAL_RECORDED,
        identifier,
        version,
        [formal],
        now,
        aggregate=Aggregate.APPRAISAL,
        organization=formal,
        member=member_id,
    )


async def give_floating_opinion(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    organization_id: UUID,
    year: int,
    grade: Grade | None = None,
    opinion: str | None = None,
) -> Changed:
    """A floating branch (流动党员党支部) of the home side gives its opinion of a member, once a year.

    Raises NotFound (member, organization), WrongSide (no floating branch of the caller), InvalidInput, EvidenceOpen.
    """
    require_organization(viewer)
    await affiliation.lock_member(connection, member_id)
    formal = await affiliation.own_side(connection, viewer, member_id)
    kind = await connection.scalar(text("select kind from organization where id = :id"), {"id": organization_id})
    if kind is None or not await in_scope(connection, viewer, [organization_id]):
        raise NotFound("organizationId")
    if kind != "FLOATING_BRANCH":
        raise WrongSide("organizationId")
    _possible(year, now, grade, opinion)
    await _let_evidence_speak(connection, member_id, year, grade)
    given = await _give(
        connection, viewer, now, organization=organization_id, year=year, grade=grade, opinion=opinion, member=member_id
    )
    told = event(
        EventKind.OPINION_GIVEN,
        given.id,
        given.version,
        sorted({organization_id, formal}),
        now,
        aggregate=Aggregate.APPRAISAL_OPINION,
        member=member_id,
    )
    await append(connection, [told], at=now)
    return given
