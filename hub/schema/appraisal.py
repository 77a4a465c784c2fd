"""Democratic appraisal (民主评议), in GraphQL words."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import directory
from hub.models import Appraisal as AppraisalRow
from hub.models import Grade
from hub.models import Member as MemberRow
from hub.resolvers import appraisal as resolve
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.refusal import Refusal
from hub.schema.words import given, identified, leaf, of_class, of_rows, optional, relation, result

if TYPE_CHECKING:
    from hub.schema.member import Member

OP_ID = "Makes a repeated call the same call: a new UUID per intention. Kept for 90 days."


@strawberry.type(description="The one grade of a member and year, by the formal organization. Probationers have none.")
class Appraisal(Node):
    """The one grade of a member and year."""

    is_type_of = of_rows("decided_on")

    id: ID = identified(TypeNumber.APPRAISAL)
    version: int = leaf("Rises with each correction.")
    member: Annotated["Member", strawberry.lazy("hub.schema.member")] | None = relation(
        one(MemberRow), "member_id", "Whose."
    )
    organization: Organization | None = relation(directory.organizations, "organization_id", "Who decided.")
    year: int = leaf("Of which year.")
    grade: Grade | None = leaf("The grade; null for a probationary member, and for readers who may not know.")
    decided_on: date | None = leaf("The day of the decision.")
    note: str | None = leaf("What else was said; corrections with their reason.")
    recorded_at: datetime = leaf("When it was recorded.")


@strawberry.type(
    description="What the place or a floating branch says for the appraisal; the formal organization decides."
)
class AppraisalOpinion(Node):
    """An opinion for the appraisal."""

    is_type_of = of_rows("given_on")

    id: ID = identified(TypeNumber.APPRAISAL_OPINION)
    version: int = leaf("Rises when it is given again.")
    organization: Organization | None = relation(directory.organizations, "organization_id", "Whose opinion it is.")
    year: int = leaf("Of which year.")
    grade: Grade | None = leaf("The grade that it suggests.")
    opinion: str | None = leaf("In words.")
    given_on: date = leaf("When it was given.")


@strawberry.type(description="An appraisal as recorded, with what somebody should think about.")
class AppraisalRecorded:
    """An appraisal as recorded."""

    is_type_of = of_class(resolve.AppraisalRecorded)

    appraisal: Appraisal | None = relation(one(AppraisalRow), "appraisal_id", "The appraisal.")
    warning: str | None = leaf("EXCELLENT above a third of the branch's full members; no refusal.")


@strawberry.input(
    description="An opinion for the appraisal: of the inflow side on a liaison, or of a floating branch on a member."
)
class GiveOpinionInput:
    """An opinion for the appraisal."""

    op_id: UUID = given(OP_ID)
    liaison_id: ID | None = optional("The inflow side: whose arrival.")
    member_id: ID | None = optional("A floating branch: which member, with `organizationId`.")
    organization_id: ID | None = optional("The floating branch.")
    year: int = given("Of which year.")
    grade: Grade | None = optional("The grade that it suggests.")
    opinion: str | None = optional("In words; one of the two is needed.")


@strawberry.input(description="The year's grade, decided by the formal organization.")
class RecordAppraisalInput:
    """The year's grade."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Whose.")
    year: int = given("Of which year.")
    grade: Grade | None = optional("The grade; left out for a probationary member, and only there.")
    decided_on: date = given("The day of the decision.")
    note: str | None = optional("What else should be known.")


@strawberry.input(description="A grade that was recorded wrongly.")
class CorrectAppraisalInput:
    """A grade that was recorded wrongly."""

    op_id: UUID = given(OP_ID)
    appraisal_id: ID = given("Which appraisal.")
    version: int = given("Its version as it was read.")
    grade: Grade = given("The right grade.")
    reason: str = given("Why it was wrong; kept.")


GiveOpinionResult = result("GiveOpinionResult", "The opinion, or why not.", AppraisalOpinion, Refusal)
RecordAppraisalResult = result("RecordAppraisalResult", "The appraisal, or why not.", AppraisalRecorded, Refusal)
CorrectAppraisalResult = result(
    "CorrectAppraisalResult", "The appraisal, corrected, or why not.", AppraisalRecorded, Refusal
)
