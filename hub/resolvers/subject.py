"""Any record by its global id, or by the word of its type. Unknown and invisible answer alike: None."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hub.domain import directory, liaison
from hub.domain.viewer import NOBODY
from hub.models import (
    Activity,
    ActivityCard,
    Appraisal,
    AppraisalOpinion,
    Arrival,
    Departure,
    Discrepancy,
    Exemption,
    ImportRun,
    Inquiry,
    Match,
    Member,
    Participation,
    Transfer,
)
from hub.resolvers.context import Context, Read
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one

_READS: dict[int, Read] = {
    TypeNumber.ORGANIZATION: directory.organizations,
    TypeNumber.MEMBER: one(Member),
    TypeNumber.LIAISON: liaison.of_statements,
    TypeNumber.OUTFLOW_STATEMENT: one(Departure),
    TypeNumber.INFLOW_STATEMENT: one(Arrival),
    TypeNumber.MATCH_CANDIDATE: one(Match),
    TypeNumber.TRANSFER: one(Transfer),
    TypeNumber.DISCREPANCY: one(Discrepancy),
    TypeNumber.IMPORT_RUN: one(ImportRun),
    TypeNumber.ACTIVITY: one(Activity),
    TypeNumber.PARTICIPATION: one(Participation),
    TypeNumber.INQUIRY: one(Inquiry),
    TypeNumber.EXEMPTION: one(Exemption),
    TypeNumber.ACTIVITY_CARD: one(ActivityCard),
    TypeNumber.APPRAISAL: one(Appraisal),
    TypeNumber.APPRAISAL_OPINION: one(AppraisalOpinion),
}
_WORDS = {
    "Organization": TypeNumber.ORGANIZATION,
    "Member": TypeNumber.MEMBER,
    "Liaison": TypeNumber.LIAISON,
    "OutflowStatement": TypeNumber.OUTFLOW_STATEMENT,
    "InflowStatement": TypeNumber.INFLOW_STATEMENT,
    "MatchCandidate": TypeNumber.MATCH_CANDIDATE,
    "Transfer": TypeNumber.TRANSFER,
    "Discrepancy": TypeNumber.DISCREPANCY,
    "ImportRun": TypeNumber.IMPORT_RUN,
    "Activity": TypeNumber.ACTIVITY,
    "Participation": TypeNumber.PARTICIPATION,
    "Inquiry": TypeNumber.INQUIRY,
    "Exemption": TypeNumber.EXEMPTION,
}


_STATEMENTS = (TypeNumber.LIAISON, TypeNumber.OUTFLOW_STATEMENT, TypeNumber.INFLOW_STATEMENT)


async def of_number(context: Context, number: int, identifier: UUID) -> Any:
    """Return a record by the number of its type."""
    read = _READS.get(number)
    return None if read is None else await context.load(read, identifier)


async def of_word(context: Context, word: str, identifier: UUID) -> Any:
    """Return a record by the word of its type."""
    return await of_number(context, _WORDS[word], identifier)


async def of_id(context: Context, text: str, number: TypeNumber) -> Any:
    """Return a record by its global id, if it is of this type."""
    identifier = uuid_of(context, text, number)
    return None if identifier is None else await of_number(context, number, identifier)


async def liaison_of(context: Context, text: str) -> Any:
    """Return a liaison by its global id or by that of one of its statements."""
    identifier = uuid_of(context, text, *_STATEMENTS)
    return None if identifier is None else await context.load(liaison.of_statements, identifier)


def uuid_of(context: Context, text: str | None, *numbers: int) -> UUID | None:
    """Return the UUID of a global id of one of these types, or None for anything else."""
    decoded = context.ids.decode(text) if text is not None else None
    return decoded[1] if decoded is not None and decoded[0] in numbers else None


def organization_of(context: Context, text: str) -> UUID:
    """Return the organization of a global id; an unreadable id is an organization that nobody is."""
    return uuid_of(context, text, TypeNumber.ORGANIZATION) or NOBODY


def narrowed(context: Context, text: str | None) -> UUID | None:
    """Return the organization to which a list is narrowed, None where it is not."""
    return None if text is None else organization_of(context, text)
