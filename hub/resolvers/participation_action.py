"""What people do with records of participation: roll calls, reports, steps of the two sides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.domain import acknowledgement, participation, participation_steps, self_report
from hub.domain.locate import Located, locate
from hub.domain.outcome import Changed, Outcome
from hub.domain.participation import RecordParticipation, Told
from hub.domain.self_report import ReportParticipation
from hub.errors import InvalidInput, NotFound, Refused, TooMany
from hub.models import Activity, Participation, Side
from hub.resolvers.action import Action, Call, refusal
from hub.resolvers.activity import hours
from hub.resolvers.context import Context
from hub.resolvers.relation import one

MOST_ENTRIES = 500
_TOLD = (
    "attendance", "mode", "role", "voted", "minutes", "hours", "components_attended", "evidence_kind",
    "evidence_reference", "remark",
)  # fmt: skip
_NEVER_NULL = ("attendance", "role", "voted")


@dataclass(frozen=True, slots=True)
class RollCall:
    """What became of each line of a roll call: the record, or a refusal."""

    activity: Any
    outcomes: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What was taken note of. `count`: how many by this very call."""

    participations: Sequence[Any]
    count: int


def _told(said: dict[str, Any]) -> Told:
    """Return what an input tells of somebody's part, and leave the rest of it in place."""
    given = {name: said.pop(name) for name in _TOLD if name in said}
    return Told(**_values({name: value for name, value in given.items() if value is not None}))


def _values(given: dict[str, Any]) -> dict[str, Any]:
    if "hours" in given:
        given["hours"] = hours(given["hours"])
    if given.get("components_attended") is not None:
        given["components_attended"] = tuple(sorted(set(given["components_attended"])))
    return given


def _corrections(said: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a correction as they are kept: null clears, except what cannot be empty."""
    given = _values({name: said.pop(name) for name in _TOLD if name in said})
    for name in _NEVER_NULL:
        if name in given and given[name] is None:
            raise InvalidInput(name)
    if given.get("components_attended") is not None:
        given["components_attended"] = list(given["components_attended"])
    return given


async def _commands(call: Call, activity: UUID, entries: Sequence[Any]) -> list[RecordParticipation | Refused]:
    """Return what each line says: of an arrival of the place, or of a member of the own side."""
    named = [e["liaison_id"] for e in entries if not isinstance(e, Refused) and e.get("liaison_id") is not None]
    located = await locate(call.connection, call.context.viewer, named)
    members = await _members(call, [of for of in located.values() if Side.OUTFLOW in of.sides])
    return [
        entry if isinstance(entry, Refused) else _command(activity, dict(entry), located, members) for entry in entries
    ]


async def _members(call: Call, found: Sequence[Located]) -> dict[UUID, UUID]:
    """Return whose departures these are."""
    return await participation.members_of(call.connection, [of.departure_id for of in found if of.departure_id])


def _command(
    activity: UUID, said: dict[str, Any], located: dict[UUID, Located], members: dict[UUID, UUID]
) -> RecordParticipation | Refused:
    liaison, member = said.pop("liaison_id", None), said.pop("member_id", None)
    if (liaison is None) == (member is None):
        return InvalidInput("liaisonId")
    told = _told(said)
    if member is not None:
        return RecordParticipation(activity_id=activity, told=told, member_id=member)
    of = located[liaison]
    if Side.INFLOW in of.sides and of.arrival_id is not None:
        return RecordParticipation(activity_id=activity, told=told, arrival_id=of.arrival_id)
    if Side.OUTFLOW in of.sides and of.departure_id in members:
        return RecordParticipation(activity_id=activity, told=told, member_id=members[of.departure_id])
    return NotFound("liaisonId")


async def _record(call: Call) -> Any:
    said = call.said
    activity = said.pop("activity_id")
    command = (await _commands(call, activity, [said]))[0]
    if isinstance(command, Refused):
        return command
    return (await participation.record(call.connection, **call.by, commands=[command]))[0]


async def _roll_call(call: Call) -> tuple[UUID, list[Outcome]]:
    activity, entries = call.said["activity_id"], call.said["entries"]
    if len(entries) > MOST_ENTRIES:
        raise TooMany("entries")
    commands = await _commands(call, activity, entries)
    good = [command for command in commands if not isinstance(command, Refused)]
    # Also without any good line: whose activity it is has to be asked first.
    await participation.require_host(call.connection, call.context.viewer, activity)
    outcomes = iter(await participation.record(call.connection, **call.by, commands=good))
    return activity, [c if isinstance(c, Refused) else next(outcomes) for c in commands]


async def _read_roll_call(context: Context, found: tuple[UUID, list[Outcome]]) -> RollCall:
    activity, outcomes = found
    return RollCall(
        await context.load(one(Activity), activity),
        [
            refusal(outcome) if isinstance(outcome, Refused) else await context.load(one(Participation), outcome.id)
            for outcome in outcomes
        ],
    )


async def _visible(context: Context, ids: Sequence[UUID]) -> list[Any]:
    rows = await context.load_many(one(Participation), list(dict.fromkeys(ids)))
    return [row for row in rows if row is not None]


async def _report(call: Call) -> Any:
    said = call.said
    told = _told(said)
    member = said.pop("member_id", None) or call.context.viewer.member
    if member is None:
        raise InvalidInput("memberId")
    command = ReportParticipation(member_id=member, told=told, **said)
    return (await self_report.report(call.connection, **call.by, commands=[command]))[0]


async def _acknowledge(call: Call) -> Outcome:
    said = call.said
    which = said["participation_id"]
    outcomes = await acknowledgement.acknowledge(
        call.connection, **call.by, participations=[which], versions={which: said["version"]}
    )
    return outcomes[0]


async def _acknowledge_month(call: Call) -> list[Outcome]:
    said = call.said
    outcomes = await acknowledgement.acknowledge_month(
        call.connection, **call.by, member_id=said["member_id"], month=str(said["month"])
    )
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            raise outcome  # all of them or none
    return outcomes


async def _read_acknowledged(context: Context, outcomes: list[Outcome]) -> Acknowledged:
    done = [outcome for outcome in outcomes if isinstance(outcome, Changed)]
    return Acknowledged(await _visible(context, [of.id for of in done]), sum(of.changed for of in done))


async def _answer_dispute(call: Call) -> Any:
    said = call.said
    given = _corrections(said)
    return await participation_steps.answer_dispute(call.connection, **call.by, **said, given=given or None)


async def _correct(call: Call) -> Any:
    said = call.said
    given = _corrections(said)
    return await participation_steps.correct(call.connection, **call.by, **said, given=given)


def _step(domain_write: Callable[..., Awaitable[Any]], **usual: Any) -> Callable[[Call], Awaitable[Any]]:
    """Return the act of a step that takes the input's fields as they are."""

    async def act(call: Call) -> Any:
        return await domain_write(call.connection, **call.by, **{**usual, **call.said})

    return act


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(Participation), identifier)


record = Action("recordParticipation", _record, _read)
record_roll_call = Action("recordAttendance", _roll_call, _read_roll_call, always=True)
report = Action("reportParticipation", _report, _read, for_members=True)
confirm = Action("confirmParticipation", _step(participation_steps.confirm), _read)
accept = Action("acceptReport", _step(participation_steps.accept), _read)
acknowledge = Action("acknowledgeParticipation", _acknowledge, _read)
acknowledge_month = Action("acknowledgeMonth", _acknowledge_month, _read_acknowledged, always=True)
dispute = Action("disputeParticipation", _step(participation_steps.dispute), _read, for_members=True)
answer_dispute = Action("answerDispute", _answer_dispute, _read)
correct = Action("correctParticipation", _correct, _read, for_members=True)
hear = Action("hearAbsence", _step(participation_steps.hear, statement=None), _read)
