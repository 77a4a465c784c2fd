"""Decisions on membership (党籍): taken by people, recorded here, never made here (条例 Art 24; domain 0.8, 0.9).

Category, standing and the date of full membership change here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import affiliation, committee, contact, departure, evidence, transfer
from hub.domain.dates import add_months, first_day, last_day, today
from hub.domain.outcome import Changed
from hub.domain.rule import rule
from hub.domain.viewer import Viewer
from hub.errors import InvalidInput, OpenTransferExists, WrongState
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import (
    Aggregate,
    DecisionKind,
    EndReason,
    EventKind,
    Member,
    MemberCategory,
    MembershipDecision,
    MemberStanding,
    RuleCode,
    Topic,
)

_FULL, _PROBATIONARY = MemberCategory.FULL, MemberCategory.PROBATIONARY
_S = MemberStanding


@dataclass(frozen=True, slots=True)
class Rule:
    """When a decision is possible and what holds after it; None: stays. Membership in force or not follows from `after`."""

    categories: frozenset[MemberCategory]
    before: frozenset[MemberStanding]
    after: MemberStanding | None = None
    category: MemberCategory | None = None


_BOTH, _IN_FORCE = frozenset({_FULL, _PROBATIONARY}), frozenset({_S.IN_FORCE})
_LIVING = frozenset({_S.IN_FORCE, _S.SUSPENDED})
TABLE = {
    DecisionKind.FULL_MEMBERSHIP: Rule(frozenset({_PROBATIONARY}), _IN_FORCE, category=_FULL),
    DecisionKind.PROBATION_EXTENDED: Rule(frozenset({_PROBATIONARY}), _IN_FORCE),
    # A probationary member is neither suspended nor removed: the candidacy is cancelled (domain 3.7).
    DecisionKind.CANDIDACY_CANCELLED: Rule(frozenset({_PROBATIONARY}), _IN_FORCE, _S.CANDIDACY_CANCELLED),
    DecisionKind.SUSPENDED: Rule(frozenset({_FULL}), _IN_FORCE, _S.SUSPENDED),
    # Also what was removed or expelled wrongly is restored, on appeal (党员权利保障条例).
    DecisionKind.RESTORED: Rule(_BOTH, frozenset({_S.SUSPENDED, _S.REMOVED, _S.EXPELLED}), _S.IN_FORCE),
    DecisionKind.REMOVED: Rule(frozenset({_FULL}), _LIVING, _S.REMOVED),
    DecisionKind.EXPELLED: Rule(frozenset({_FULL}), _LIVING, _S.EXPELLED),
    DecisionKind.DECEASED: Rule(_BOTH, _LIVING, _S.DECEASED),
}
_ADVERSE = (DecisionKind.SUSPENDED, DecisionKind.REMOVED, DecisionKind.CANDIDACY_CANCELLED)
"""Decisions that may rest on absence or silence. 开除 does not: it is discipline."""
_EXTENDED = text(
    "select exists (select from membership_decision where member_id = :member and kind = 'PROBATION_EXTENDED')"
)


def decide(
    kind: DecisionKind, category: MemberCategory, standing: MemberStanding
) -> tuple[MemberCategory, MemberStanding]:
    """Return category and standing after a decision. Raises WrongState where it is not possible."""
    line = TABLE[kind]
    if category not in line.categories or standing not in line.before:
        raise WrongState(state=standing.value)
    return line.category or category, line.after or standing


async def record_decision(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    member_id: UUID,
    kind: DecisionKind,
    decided_on: date,
    decided_by: str,
    document_number: str | None = None,
    until_on: date | None = None,
    note: str | None = None,
) -> Changed:
    """Record a decision of the organization that holds the membership; that one or one above it records it.

    A decision that ends membership ends the affiliation and the open departure; RESTORED takes the affiliation up again.
    It does not end a transfer on its way, which has to be withdrawn first: only death does.
    Raises NotFound, NotAllowed, WrongSide, WrongState, OpenTransferExists, InvalidInput, EvidenceOpen.
    """
    found = await affiliation.last(connection, member_id)
    await committee.hold(connection, [found.organization_id] if found else [])
    member = await affiliation.lock_member(connection, member_id)
    formal = await affiliation.own_side(connection, viewer, member_id)
    before = MemberCategory(member.category), MemberStanding(member.standing)
    category, standing = decide(kind, *before)
    ends = before[1] is _S.IN_FORCE and standing is not _S.IN_FORCE
    if ends and kind is not DecisionKind.DECEASED and await affiliation.transfer_under_way(connection, member_id):
        raise OpenTransferExists
    if kind in _ADVERSE:
        await _let_evidence_speak(connection, now, member_id, decided_on)
    link = await affiliation.last(connection, member_id)
    assert link is not None
    _possible_day(decided_on, today(now), link, ends=ends, resumes=kind is DecisionKind.RESTORED)
    if not decided_by.strip():
        raise InvalidInput("decidedBy")
    await _extension(connection, member, kind, decided_on, until_on)
    decision_id = random_id()
    decision = {
        "id": decision_id,
        "member_id": member_id,
        "kind": kind.value,
        "decided_on": decided_on,
        "decided_by": decided_by.strip(),
        "document_number": document_number,
        "until_on": until_on,
        "note": note,
        "recorded_at": now,
        "recorded_by": viewer.actor,
    }
    await connection.execute(insert(MembershipDecision).values(**decision))
    values: dict[str, Any] = {"category": category.value, "standing": standing.value, "version": member.version + 1}
    if kind is DecisionKind.FULL_MEMBERSHIP:
        values["full_member_on"] = decided_on.isoformat()
    await connection.execute(update(Member).where(Member.id == member_id).values(**values))
    if kind is DecisionKind.RESTORED:
        formal = await affiliation.resume(
            connection, member_id=member_id, on=decided_on, decision_id=decision_id, now=now, by=viewer.actor
        )
    await _tell(connection, viewer, now, member_id, values["version"], formal)
    if ends:
        await affiliation.end(connection, member_id=member_id, on=decided_on, decision_id=decision_id)
        reason = EndReason.DECEASED if kind is DecisionKind.DECEASED else EndReason.MEMBERSHIP_ENDED
        await departure.close_for_member(
            connection, viewer=viewer, now=now, member_id=member_id, on=decided_on, reason=reason
        )
    if kind is DecisionKind.DECEASED:
        await transfer.withdraw_for_member(connection, viewer=viewer, now=now, member_id=member_id)
    return Changed(member_id, values["version"])


async def _let_evidence_speak(connection: AsyncConnection, now: datetime, member_id: UUID, decided_on: date) -> None:
    """Refuse while evidence is open about the time that the decision may rest on: since the last sign of the member,
    and at least six months (条例 Art 24, Art 31(6))."""
    months = (await rule(connection, RuleCode.CONTACT_SEARCH, decided_on)).amount
    since = add_months(decided_on, -months)
    standing = (await contact.status(connection, now=now, members=[member_id])).get(member_id)
    if standing is not None:
        since = min(since, standing.since)
    await evidence.gate(connection, member_id=member_id, since=since, until=decided_on)


def _possible_day(decided_on: date, day: date, link: Row[Any], *, ends: bool, resumes: bool) -> None:
    """Check that the chain can end or go on that day: a link lasts at least a day, and no two overlap."""
    if decided_on > day or (ends and decided_on <= link.starts) or (resumes and decided_on < link.ends):
        raise InvalidInput("decidedOn")


async def _extension(
    connection: AsyncConnection, member: Row[Any], kind: DecisionKind, decided_on: date, until_on: date | None
) -> None:
    """Check an extension of probation: once, by six months to a year (条例; domain 3.7).

    It counts from the end of the first year where that day is known, else from the decision; since meetings come before
    or after that day, what is right by either is recorded.
    """
    if kind is not DecisionKind.PROBATION_EXTENDED:
        if until_on is not None:
            raise InvalidInput("untilOn")
        return
    if (await connection.execute(_EXTENDED, {"member": member.id})).scalar_one():
        raise WrongState(state=member.standing, message="预备期只能延长一次。 Probation is extended once only.")
    ends_of_term = [add_months(day(member.joined_on), 12) for day in (first_day, last_day) if member.joined_on]
    since = [decided_on, *ends_of_term]
    earliest, latest = add_months(min(since), 6), add_months(max(since), 12)
    # The last day of the extension may be written with or without the day on which the next period begins.
    if until_on is None or not earliest - timedelta(days=1) <= until_on <= latest:
        raise InvalidInput("untilOn")


async def _tell(
    connection: AsyncConnection, viewer: Viewer, now: datetime, member_id: UUID, version: int, formal: UUID
) -> None:
    """Write the event. Of class STANDING: the inflow side hears only that its arrangements end (LIAISON_ENDED)."""
    decided = Event(
        topic=Topic.MEMBER,
        kind=EventKind.MEMBERSHIP_DECIDED,
        aggregate=Aggregate.MEMBER,
        aggregate_id=member_id,
        aggregate_version=version,
        audience=[formal],
        occurred_at=now,
        organization=viewer.organization,
        member=member_id,
    )
    await append(connection, [decided], at=now)
