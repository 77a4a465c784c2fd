"""What happens to a record of participation after it was told: confirmed, acknowledged, disputed, corrected, heard.

The host confirms; the formal organization acknowledges, which is a duty with a clock and no condition; the member
disputes, and whoever told it answers. A correction keeps the version before it: nothing is edited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import history, twin, visibility
from hub.domain.dates import first_day, today
from hub.domain.outcome import Changed
from hub.domain.participation import NO_VOTE, OF_WHO_WAS_THERE, Told, may_vote, unsayable
from hub.domain.participation_record import Record, hold
from hub.domain.rule import rule
from hub.domain.scope import in_scope
from hub.domain.viewer import Viewer
from hub.errors import (
    InvalidInput,
    NotFound,
    ReasonRequired,
    StaleVersion,
    VotesElsewhere,
    WrongSide,
    WrongState,
)
from hub.feed.append import append
from hub.models import (
    ATTENDED,
    DisputeState,
    EventKind,
    Participation,
    ParticipationSource,
    ParticipationState,
    RuleCode,
)

CORRECTABLE: Final = frozenset(field.name for field in fields(Told))
_ID: Final = "participationId"


async def _own(
    connection: AsyncConnection,
    viewer: Viewer,
    participation_id: UUID,
    version: int | None,
    side: str,
) -> Record:
    """Return a record, locked, whose `side` (recorders, home, host, member) the caller stands on.

    Raises NotFound for what the caller cannot see, WrongSide, StaleVersion with the current version.
    """
    record = (await hold(connection, [participation_id])).get(participation_id)
    # The operator of the hub acts for every organization, and stands in none.
    if record is None or (
        not viewer.is_operator and await visibility.row(connection, viewer, Participation, participation_id) is None
    ):
        raise NotFound(_ID)
    if side == "member":
        allowed = viewer.member is not None and viewer.member == record.member_id
    elif not viewer.is_organization:
        allowed = False
    else:
        whose = {record.row["host_id"]} - {None} if side == "host" else getattr(record, side)
        allowed = bool(await in_scope(connection, viewer, whose))
    if not allowed:
        raise WrongSide(_ID)
    if version is not None and record.row["version"] != version:
        raise StaleVersion("version", version=record.row["version"])
    return record


async def _update(
    connection: AsyncConnection, record: Record, values: Mapping[str, Any], kind: EventKind, now: datetime
) -> Changed:
    version = record.row["version"] + 1
    listed = ", ".join(f"{column} = :{column}" for column in values)
    await connection.execute(
        text(f"update participation set {listed}, version = :version where id = :id"),
        {**values, "version": version, "id": record.id},
    )
    await append(connection, [record.event(kind, version, now)], at=now)
    return Changed(record.id, version)


async def confirm(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, participation_id: UUID, version: int
) -> Changed:
    """The host says that what a member told is so. Raises NotFound, WrongSide, WrongState, StaleVersion."""
    record = await _own(connection, viewer, participation_id, version, "host")
    _require_state(record, ParticipationState.RECORDED)
    values: dict[str, Any] = {"state": "CONFIRMED", "confirmed_at": now, "confirmed_by": viewer.actor}
    if await in_scope(connection, viewer, record.home):
        values |= {"state": "ACKNOWLEDGED", "acknowledged_at": now, "acknowledged_by": viewer.actor}
    return await _update(connection, record, values, EventKind.PARTICIPATION_CONFIRMED, now)


async def accept(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    participation_id: UUID,
    version: int,
    evidence_kind: str | None = None,
    evidence_reference: str | None = None,
) -> Changed:
    """The home branch accepts on evidence what no host of this hub confirms (domain 0.17); it counts from then on.

    Raises NotFound, WrongSide, WrongState, StaleVersion, InvalidInput (no evidence).
    """
    record = await _own(connection, viewer, participation_id, version, "home")
    _require_state(record, ParticipationState.RECORDED)
    shown = evidence_kind or record.row["evidence_kind"]
    if shown is None:
        raise InvalidInput("evidenceKind")
    values = {
        "state": "ACKNOWLEDGED",
        "accepted_on_evidence": True,
        "evidence_kind": shown,
        "evidence_reference": evidence_reference or record.row["evidence_reference"],
        "confirmed_at": now,
        "confirmed_by": viewer.actor,
        "acknowledged_at": now,
        "acknowledged_by": viewer.actor,
    }
    return await _update(connection, record, values, EventKind.PARTICIPATION_CONFIRMED, now)


def _require_state(record: Record, *states: ParticipationState) -> None:
    if record.row["state"] not in states:
        raise WrongState(_ID, state=record.row["state"], version=record.row["version"])


async def dispute(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, participation_id: UUID, version: int, reason: str
) -> Changed:
    """The member disputes a record, or the home branch for them (党员权利保障条例); whoever told it answers in time.

    Raises NotFound, WrongSide (the place disputes nothing of its own), WrongState, StaleVersion, ReasonRequired.
    """
    side = "member" if viewer.member is not None else "home"
    record = await _own(connection, viewer, participation_id, version, side)
    if not reason.strip():
        raise ReasonRequired("reason")
    # What the branch wrote down for a member is theirs to dispute too; the branch itself corrects it.
    is_own = record.row["source"] == ParticipationSource.SELF_REPORT and viewer.member is None
    if record.row["dispute_state"] == DisputeState.DISPUTED or is_own:
        raise WrongState(_ID, state=record.row["dispute_state"] or record.row["source"], version=record.row["version"])
    due = (await rule(connection, RuleCode.DISPUTE_ANSWER, today(now))).due(today(now))
    await history.keep(connection, "participation", [record.id])
    values = {
        "dispute_state": "DISPUTED",
        "dispute_reason": reason.strip(),
        "disputed_at": now,
        "dispute_due_on": due,
        "dispute_answer": None,
        "dispute_answered_at": None,
        "dispute_answered_by": None,
    }
    return await _update(connection, record, values, EventKind.PARTICIPATION_DISPUTED, now)


async def answer_dispute(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    participation_id: UUID,
    version: int,
    answer: str,
    given: Mapping[str, Any] | None = None,
) -> Changed:
    """Whoever told a record answers its dispute: with a correction (`given`), or standing by it.

    Raises NotFound, WrongSide, WrongState, StaleVersion, ReasonRequired, InvalidInput.
    """
    record = await _own(connection, viewer, participation_id, version, "recorders")
    if record.row["dispute_state"] != DisputeState.DISPUTED:
        raise WrongState(_ID, state=record.row["dispute_state"] or record.row["state"], version=record.row["version"])
    if not answer.strip():
        raise ReasonRequired("answer")
    answered: dict[str, Any] = {
        "dispute_state": "UPHELD",
        "dispute_answer": answer.strip(),
        "dispute_answered_at": now,
        "dispute_answered_by": viewer.actor,
    }
    if given:
        answered |= _corrected(record, given, viewer, now) | {"dispute_state": "CORRECTED", "reason": answer.strip()}
        await history.keep(connection, "participation", [record.id])
    changed = await _update(connection, record, answered, EventKind.DISPUTE_ANSWERED, now)
    if given:
        await _relink(connection, now, record)
    return changed


async def correct(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    participation_id: UUID,
    version: int | None,
    reason: str,
    given: Mapping[str, Any],
) -> Changed:
    """Whoever told a record corrects it, with a reason; the version before stays. It waits for acknowledgement anew.

    A member corrects their own report. `version` None (a ledger) corrects what is there.
    Raises NotFound, WrongSide, WrongState (a dispute is open: answer that), StaleVersion, ReasonRequired, InvalidInput.
    """
    record = await _own(connection, viewer, participation_id, version, "member" if viewer.member else "recorders")
    if viewer.member is not None and record.row["source"] != ParticipationSource.SELF_REPORT:
        raise WrongSide(_ID)
    if record.row["dispute_state"] == DisputeState.DISPUTED:
        raise WrongState(_ID, state="DISPUTED", version=record.row["version"])
    if not reason.strip():
        raise ReasonRequired("reason")
    values = _corrected(record, given, viewer, now)
    await history.keep(connection, "participation", [record.id])
    values["reason"] = reason.strip()
    changed = await _update(connection, record, values, EventKind.PARTICIPATION_CORRECTED, now)
    await _relink(connection, now, record)
    return changed


def _corrected(record: Record, given: Mapping[str, Any], viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Return the columns of a correction. Raises InvalidInput where it says nothing new or nothing possible."""
    new = {name: value for name, value in given.items() if name in CORRECTABLE and value != record.row[name]}
    if not new:
        raise InvalidInput("attendance")
    for name in ("attendance", "mode", "role", "voted"):
        if name in new and new[name] is None:
            raise InvalidInput(name)
    if new.get("voted") and (record.row["arrival_id"] is not None or record.row["host_id"] != record.row["formal_id"]):
        raise VotesElsewhere("voted")
    if new.get("voted") and not may_vote(record.row, record.row["held_on"]):
        raise InvalidInput("voted", message=NO_VOTE)
    _turn(record, given, new)
    refusal = unsayable(
        Told(**{name: new.get(name, record.row[name]) for name in CORRECTABLE}), record.row["components"] or ()
    )
    if refusal is not None:
        raise refusal
    if "components_attended" in new and new["components_attended"] is not None:
        new["components_attended"] = sorted(new["components_attended"])
    new |= {"amended_at": now, "amended_by": viewer.actor, "heard_on": None, "heard_by": None, "heard_statement": None}
    if record.row["source"] == ParticipationSource.SELF_REPORT:
        # What was confirmed or accepted was another thing.
        new |= {"state": "RECORDED", "confirmed_at": None, "confirmed_by": None, "accepted_on_evidence": False,
                "acknowledged_at": None, "acknowledged_by": None, "overdue_at": None}  # fmt: skip
    elif record.row["arrival_id"] is not None:
        new |= {"state": "CONFIRMED", "confirmed_at": now, "confirmed_by": viewer.actor,
                "acknowledged_at": None, "acknowledged_by": None, "overdue_at": None}  # fmt: skip
    return new


def _turn(record: Record, given: Mapping[str, Any], new: dict[str, Any]) -> None:
    """Take back of an absence what only who was there can have; where absence becomes presence, the hours of the activity
    are theirs. What the correction says itself stays."""
    was, now_is = record.row["attendance"] in ATTENDED, new.get("attendance", record.row["attendance"]) in ATTENDED
    if not now_is:
        nothing: dict[str, Any] = dict.fromkeys(OF_WHO_WAS_THERE) | {"voted": False}
        new |= {name: value for name, value in nothing.items() if name not in given and record.row[name] != value}
    if now_is and not was and "hours" not in given and record.row["usual_hours"] is not None:
        new["hours"] = record.row["usual_hours"]


async def _relink(connection: AsyncConnection, now: datetime, record: Record) -> None:
    if record.member_id is not None:
        day = record.row["day"]
        await twin.link(connection, now=now, members=[record.member_id], since=day, until=day)


async def hear(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    participation_id: UUID,
    version: int,
    heard_on: date,
    statement: str | None,
) -> Changed:
    """The home branch has heard the member about an absence that the place noted; only then may it weigh (domain 0.18).

    Raises NotFound, WrongSide, WrongState (no absence without cause), StaleVersion, InvalidInput (day).
    """
    record = await _own(connection, viewer, participation_id, version, "home")
    if record.row["attendance"] != "ABSENT_UNEXCUSED":
        raise WrongState(_ID, state=record.row["attendance"], version=record.row["version"])
    if not first_day(record.row["held_on"]) <= heard_on <= today(now):
        raise InvalidInput("heardOn")
    values = {"heard_on": heard_on, "heard_by": viewer.actor, "heard_statement": statement}
    return await _update(connection, record, values, EventKind.ABSENCE_HEARD, now)
