"""Appraisal: the calls, and what a member has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.domain import appraisal
from hub.errors import InvalidInput
from hub.models import Appraisal, AppraisalOpinion, Grade
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.relation import many, one

_OVER_A_THIRD = "本支部今年评为优秀的已超过正式党员的三分之一，请核对。 More than a third of the branch's full members are EXCELLENT."


@dataclass(frozen=True, slots=True)
class AppraisalRecorded:
    """A grade as recorded, with what somebody should think about."""

    appraisal_id: UUID
    warning: str | None


async def of_member(row: Any, context: Context) -> Any:
    """Return the appraisals of a member, newest year first, as far as they are visible."""
    found = await context.load(many(Appraisal, "member_id"), row.id) or []
    return sorted(found, key=lambda grade: grade.year, reverse=True)


async def opinions_of_member(row: Any, context: Context) -> Any:
    """Return the opinions about a member: of the places where they live or lived, and of floating branches."""
    return await context.load(appraisal.opinions, row.id) or []


async def opinions_of_liaison(of: Any, context: Context) -> Any:
    """Return the opinions that hang on a liaison's arrival, newest year first, as far as they are visible."""
    if of.inflow is None:
        return []
    found = await context.load(many(AppraisalOpinion, "arrival_id"), of.inflow.id) or []
    return sorted(found, key=lambda opinion: (opinion.year, opinion.id), reverse=True)


async def _give(call: Call) -> Any:
    said = dict(call.said)
    liaison_id, member_id = said.pop("liaison_id", None), said.pop("member_id", None)
    organization_id = said.pop("organization_id", None)
    if liaison_id is not None and member_id is None and organization_id is None:
        return await appraisal.give_opinion(call.connection, **call.by, liaison_id=liaison_id, **said)
    if liaison_id is not None or member_id is None or organization_id is None:
        raise InvalidInput("liaisonId")
    return await appraisal.give_floating_opinion(
        call.connection, **call.by, member_id=member_id, organization_id=organization_id, **said
    )


async def _record(call: Call) -> Any:
    said = {"grade": None, "note": None, **call.said}
    return await appraisal.record(call.connection, **call.by, **said)


async def _correct(call: Call) -> Any:
    return await appraisal.correct(call.connection, **call.by, **call.said)


async def _read_opinion(context: Context, identifier: UUID) -> Any:
    return await context.load(one(AppraisalOpinion), identifier)


async def _read(context: Context, identifier: UUID) -> Any:
    row = await context.load(one(Appraisal), identifier)
    if row is None:
        return None
    warning = None
    if row.grade == Grade.EXCELLENT:
        async with context.reading() as connection:
            counted = await appraisal.counted(connection, row.organization_id, row.year)
        warning = _OVER_A_THIRD if counted.is_over_a_third else None
    return AppraisalRecorded(identifier, warning)


give_opinion = Action("giveOpinion", _give, _read_opinion)
record = Action("recordAppraisal", _record, _read)
correct = Action("correctAppraisal", _correct, _read)
