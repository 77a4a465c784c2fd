"""Candidates for a match, in GraphQL words. The outflow side only."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import ID

from hub.models import Arrival, DenialCode, MatchBasis, MatchState
from hub.models import Member as MemberRow
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one
from hub.schema.member import Member
from hub.schema.node import Node
from hub.schema.refusal import Refusal
from hub.schema.statement import InflowStatement
from hub.schema.words import OP_ID, given, identified, leaf, of_rows, optional, relation, result

if TYPE_CHECKING:
    from hub.schema.liaison import Liaison


@strawberry.type(
    description="An arrival that may be one of ours and waits for our yes or no. Shown to the outflow side alone: whoever registered the arrival learns nothing from it."
)
class MatchCandidate(Node):
    """An arrival that may be one of ours."""

    is_type_of = of_rows("basis")

    id: ID = identified(TypeNumber.MATCH_CANDIDATE)
    version: int = leaf("Rises with each change of the candidate; a call names the version it was decided on.")
    state: MatchState = leaf("Where the question stands.")
    basis: MatchBasis = leaf("What the two records share.")
    member: Member | None = relation(one(MemberRow), "member_id", "Whom of ours it may be.")
    arrival: InflowStatement | None = relation(one(Arrival), "arrival_id", "What the inflow side states.")
    asked_on: date | None = leaf("The day on which the outflow side was asked.")
    due_on: date | None = leaf("The day by which the answer is due.")
    denial: DenialCode | None = leaf("Why the answer was no.")
    objection: str | None = leaf("What the inflow side held against the no.")


@strawberry.input(description="The outflow side: yes, this is ours.")
class ConfirmMatchInput:
    """Yes, this is ours."""

    op_id: UUID = given(OP_ID)
    candidate_id: ID = given("Which candidate.")
    version: int = given("The version of the candidate as it was read.")
    departure_id: ID | None = optional("Which departure it belongs to; left out: the open one, else one is registered.")


@strawberry.input(description="The outflow side: no, not ours.")
class DenyMatchInput:
    """No, not ours."""

    op_id: UUID = given(OP_ID)
    candidate_id: ID = given("Which candidate.")
    version: int = given("The version of the candidate as it was read.")
    code: DenialCode = given("Why not.")
    note: str | None = optional("The reason in words; mandatory with OTHER.")


@strawberry.input(description="The inflow side: look again.")
class ObjectToDenialInput:
    """Look again."""

    op_id: UUID = given(OP_ID)
    liaison_id: ID = given("The denied liaison.")
    version: int = given("The version of the own statement as it was read.")
    reason: str = given("Why the denial is doubted.")


@strawberry.input(
    description="Either side: these two do not belong together. What hung on the match goes back to its own statement."
)
class UndoMatchInput:
    """These two do not belong together."""

    op_id: UUID = given(OP_ID)
    liaison_id: ID = given("The matched liaison.")
    version: int = given("The version of the own statement as it was read.")
    reason: str = given("Why the match was wrong.")


LIAISON: Any = Annotated["Liaison", strawberry.lazy("hub.schema.liaison")]
ConfirmMatchResult = result("ConfirmMatchResult", "The liaison, now matched, or why not.", LIAISON, Refusal)
DenyMatchResult = result("DenyMatchResult", "The candidate, now denied, or why not.", MatchCandidate, Refusal)
ObjectToDenialResult = result("ObjectToDenialResult", "The liaison, asked about again, or why not.", LIAISON, Refusal)
UndoMatchResult = result(
    "UndoMatchResult", "The caller's own side of it, no longer matched, or why not.", LIAISON, Refusal
)
