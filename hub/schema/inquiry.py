"""Inquiries (协查函), in GraphQL words."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import directory, liaison
from hub.models import InquiryState
from hub.models import Member as MemberRow
from hub.resolvers import inquiry as resolve
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.participation import Participation
from hub.schema.refusal import Refusal
from hub.schema.words import OP_ID, derived, given, identified, leaf, of_rows, optional, relation, result

if TYPE_CHECKING:
    from hub.schema.liaison import Liaison
    from hub.schema.member import Member


@strawberry.type(
    description="The outflow side asks where a member lives what they took part in (协查函). While it waits, nothing adverse about its period can be recorded."
)
class Inquiry(Node):
    """A question about one member and period."""

    is_type_of = of_rows("from_on")

    id: ID = identified(TypeNumber.INQUIRY)
    version: int = leaf("Rises with each change; a call names the version it was decided on.")
    state: InquiryState = leaf("Where it stands.")
    member: Annotated["Member", strawberry.lazy("hub.schema.member")] | None = relation(
        one(MemberRow), "member_id", "About whom; to the side that is asked while it owes the answer, or by a match."
    )
    liaison: Annotated["Liaison", strawberry.lazy("hub.schema.liaison")] | None = relation(
        liaison.of_arrivals, "arrival_id", "The liaison of the stay that is asked about, if one was matched."
    )
    outflow_organization: Organization | None = relation(
        directory.organizations, "outflow_organization_id", "Who asks."
    )
    inflow_organization: Organization | None = relation(
        directory.organizations, "inflow_organization_id", "Who is asked."
    )
    from_on: date = leaf("The first day of the period.")
    to_on: date = leaf("The last day of the period.")
    question: str | None = leaf("What else is asked, in words.")
    due_on: date = leaf("The day by which the answer is due.")
    asked_at: datetime = leaf("When it was asked.")
    answer: str | None = leaf("The answer in words.")
    answered_at: datetime | None = leaf("When it was answered.")
    participations: list[Participation] = derived(
        resolve.participations, "The records that the answer refers to, as far as they are visible, earliest first."
    )
    withdrawal_reason: str | None = leaf("Why it was taken back.")


@strawberry.input(description="An inquiry (协查函) about a member and a period.")
class OpenInquiryInput:
    """An inquiry."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("About whom.")
    from_on: date = given("The first day of the period.")
    to_on: date = given("The last day of the period.")
    question: str | None = optional("What else is asked.")
    inflow_organization_id: ID | None = optional(
        "Whom to ask, who thereby learns of the member; left out: where they live by a match, else whom the outflow statement names."
    )


@strawberry.input(description="The inflow side's answer.")
class AnswerInquiryInput:
    """An answer."""

    op_id: UUID = given(OP_ID)
    inquiry_id: ID = given("Which inquiry.")
    version: int = given("Its version as it was read.")
    answer: str = given("The answer in words.")
    participation_ids: list[ID] | None = optional("The records that it refers to, of this member's matched arrival.")


@strawberry.input(description="The outflow side takes an inquiry back, with a reason that stays.")
class WithdrawInquiryInput:
    """An inquiry taken back."""

    op_id: UUID = given(OP_ID)
    inquiry_id: ID = given("Which inquiry.")
    version: int = given("Its version as it was read.")
    reason: str = given("Why.")


OpenInquiryResult = result("OpenInquiryResult", "The inquiry, or why not.", Inquiry, Refusal)
AnswerInquiryResult = result("AnswerInquiryResult", "The inquiry, answered, or why not.", Inquiry, Refusal)
WithdrawInquiryResult = result("WithdrawInquiryResult", "The inquiry, taken back, or why not.", Inquiry, Refusal)
