"""Members, in GraphQL words."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import directory, liaison
from hub.models import DecisionKind, MemberCategory, MemberStanding
from hub.resolvers import activity_card, appraisal, exemption, participation, quarter
from hub.resolvers import contact as resolve_contact
from hub.resolvers.node import TypeNumber
from hub.resolvers.number import phone_in_full
from hub.schema.contact import ContactStatus, OpenEvidence
from hub.schema.exemption import Exemption
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.page import After, Connection, First
from hub.schema.participation import Participation
from hub.schema.quarter import ParticipationSummary
from hub.schema.refusal import Refusal
from hub.schema.scalars import PartialDate, YearMonth
from hub.schema.words import (
    OP_ID,
    Info,
    derived,
    given,
    identified,
    leaf,
    of_rows,
    optional,
    reads,
    relation,
    result,
    says,
)

if TYPE_CHECKING:
    from hub.schema.activity_card import ActivityCard
    from hub.schema.appraisal import Appraisal, AppraisalOpinion
    from hub.schema.liaison import Liaison


@strawberry.type(
    description="A person whose membership some organization of this hub holds or held. Each field is null where there is nothing, or where it is not for the reader."
)
class Member(Node):
    """A member."""

    is_type_of = of_rows("ethnicity")

    id: ID = identified(TypeNumber.MEMBER)
    name: str | None = leaf("姓名.")
    category: MemberCategory | None = leaf("Full or probationary.")
    standing: MemberStanding | None = leaf("Whether the membership is in force.")
    citizen_id_masked: str | None = leaf("The identity number (公民身份号码) with its first and last character.")
    phone_masked: str | None = leaf("The phone number with its first three and last two digits.")
    phone: str | None = derived(
        phone_in_full,
        "The phone number in full; null except to the branch whose own record this is, and to the member. Selecting it is recorded; refused in subscriptions and to partners.",
    )
    gender: str | None = leaf("性别, as in the register.")
    birth_date: date | None = leaf("出生日期.")
    ethnicity: str | None = leaf("民族.")
    education: str | None = leaf("学历; the own side only.")
    occupation: str | None = leaf("工作岗位; the own side only.")
    joined_on: PartialDate | None = leaf("入党时间, as exact as the source.")
    full_member_on: PartialDate | None = leaf("转正时间, as exact as the source.")
    dues_paid_through: YearMonth | None = leaf("党费交到: the last month paid.")
    formal_organization: Organization | None = relation(
        directory.formal,
        "id",
        "The organization that holds the formal relationship today (组织关系所在); null once membership has ended.",
    )
    exemptions: list[Exemption] = derived(
        exemption.of_member,
        "When they are held to no hard attendance (条例 Art 23), earliest first; empty to others than the home side and the member.",
    )
    cards: list[Annotated["ActivityCard", strawberry.lazy("hub.schema.activity_card")]] = derived(
        activity_card.of_member, "Their activity cards (流动党员活动证), newest first, as far as the reader sees them."
    )
    appraisals: list[Annotated["Appraisal", strawberry.lazy("hub.schema.appraisal")]] = derived(
        appraisal.of_member,
        "The grades of their years, newest first; empty to others than the home side and the member.",
    )
    opinions: list[Annotated["AppraisalOpinion", strawberry.lazy("hub.schema.appraisal")]] = derived(
        appraisal.opinions_of_member,
        "What places and floating branches say for the appraisal, as far as the reader sees it.",
    )
    contact: ContactStatus | None = derived(
        resolve_contact.status,
        "How old the last sign of them is; the home side and the member only, null once the membership is not in force.",
    )
    current_liaison: Annotated["Liaison", strawberry.lazy("hub.schema.liaison")] | None = relation(
        liaison.of_members, "id", "The open departure of this member with what the other side says, if there is one."
    )

    @reads(Connection[Participation] | None, "What they took part in, as far as the reader sees it, latest day first.")
    async def participations(
        self,
        info: Info,
        since: Annotated[date | None, says("Only from this day on.")] = None,
        until: Annotated[date | None, says("Only until this day.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return what they took part in."""
        return await participation.of_member(self, info.context, first, after, since, until)

    @reads(
        list[OpenEvidence] | None,
        "What blocks an adverse decision about a period; null to others than the home side and the member.",
    )
    async def open_evidence(
        self,
        info: Info,
        since: Annotated[date | None, says("The first day; left out: from the beginning.")] = None,
        until: Annotated[date | None, says("The last day; left out: today.")] = None,
    ) -> Any:
        """Return what is open."""
        return await resolve_contact.open_evidence(self, info.context, since, until)

    @reads(
        ParticipationSummary | None,
        "What they did in a quarter or a year; null to others than the home side and the member.",
    )
    async def summary(
        self,
        info: Info,
        year: Annotated[int, says("The year.")],
        number: Annotated[int | None, says("The quarter, 1 to 4; left out: the whole year.", name="quarter")] = None,
    ) -> Any:
        """Return what they did."""
        return await quarter.of_member(self, info.context, year, number)

    @reads(int | None, "参加次数 from a day on; null to others than the home side and the member.")
    async def participation_count(
        self, info: Info, since: Annotated[date | None, says("The first day; left out: this quarter's.")] = None
    ) -> Any:
        """Return how often they took part."""
        return await quarter.count(self, info.context, since)


@strawberry.input(description="A member to be registered in a branch.")
class RegisterMemberInput:
    """A member to be registered in a branch."""

    op_id: UUID = given(OP_ID)
    organization_id: ID = given("The branch that holds the formal relationship.")
    name: str = given("姓名.")
    citizen_id: str = given("公民身份号码, 15 or 18 characters; sealed at once, never shown in full.")
    category: MemberCategory = given("Full or probationary.")
    joined_on: PartialDate = given("入党时间, as exact as the source.")
    full_member_on: PartialDate | None = optional("转正时间, as exact as the source.")
    phone: str | None = optional("The member's own number.")
    gender: str | None = optional("性别.")
    ethnicity: str | None = optional("民族.")
    education: str | None = optional("学历.")
    occupation: str | None = optional("工作岗位.")
    dues_paid_through: YearMonth | None = optional("党费交到: the last month paid.")


@strawberry.input(description="A decision on membership that was taken and is now recorded.")
class RecordMembershipDecisionInput:
    """A decision on membership that was taken."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Whose membership.")
    kind: DecisionKind = given("What was decided.")
    decided_on: date = given("The day of the decision.")
    decided_by: str = given("The organization or meeting that decided.")
    document_number: str | None = optional("The number of the document (文号).")
    until_on: date | None = optional("The day until which it holds, such as the end of an extended probation.")
    note: str | None = optional("What else should be known.")


@strawberry.input(
    description="A correction of name, number or birth date: of a member by the branch, or of an arrival by whoever registered it."
)
class CorrectIdentityInput:
    """A correction of an identity."""

    op_id: UUID = given(OP_ID)
    member_id: ID | None = optional("The member; either this or `arrivalId`.")
    arrival_id: ID | None = optional("The inflow statement; either this or `memberId`.")
    name: str | None = optional("The right name.")
    citizen_id: str | None = optional("The right identity number; what matched the old one still does.")
    birth_date: date | None = optional("The right birth date.")
    reason: str = given("Why it was wrong; kept.")


@strawberry.input(description="A move of a member between branches of one 基层党委: one step, no letter.")
class MoveBranchInput:
    """A move between branches of one committee."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Who moves.")
    branch_id: ID = given("The new branch, below the same committee.")
    moved_on: date = given("The day from which the new branch holds the relationship.")
    note: str | None = optional("What else should be known.")


LIAISON: Any = Annotated["Liaison", strawberry.lazy("hub.schema.liaison")]
RegisterMemberResult = result("RegisterMemberResult", "The member registered, or why not.", Member, Refusal)
RecordMembershipDecisionResult = result(
    "RecordMembershipDecisionResult",
    "The member as they stand after the decision, or why it was not recorded.",
    Member,
    Refusal,
)
MoveBranchResult = result("MoveBranchResult", "The member in the new branch, or why not.", Member, Refusal)
CorrectIdentityResult = result(
    "CorrectIdentityResult",
    "The member, or the liaison of the arrival, as corrected; or why not.",
    Member,
    LIAISON,
    Refusal,
)
