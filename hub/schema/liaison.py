"""The shared record of one departure, in GraphQL words."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import liaison
from hub.models import EndReason, MemberCategory, ReasonCode
from hub.models import Member as MemberRow
from hub.resolvers import liaison as resolve
from hub.resolvers import participation, quarter
from hub.resolvers.appraisal import opinions_of_liaison
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one
from hub.schema.member import Member
from hub.schema.node import Node
from hub.schema.page import After, Connection, First
from hub.schema.participation import Participation
from hub.schema.quarter import ParticipationSummary
from hub.schema.refusal import Refusal
from hub.schema.scalars import PartialDate, Quarter
from hub.schema.statement import InflowStatement, InflowStatementInput, OutflowStatement, OutflowStatementInput
from hub.schema.words import (
    OP_ID,
    Info,
    derived,
    given,
    identified,
    leaf,
    of_class,
    optional,
    reads,
    relation,
    result,
    says,
)

if TYPE_CHECKING:
    from hub.schema.appraisal import AppraisalOpinion
    from hub.schema.discrepancy import Discrepancy
    from hub.schema.transfer import Transfer


@strawberry.type(
    description="A short return home (返乡) within one departure, with the meeting to hold (凡回乡必见面)."
)
class Visit:
    """A short return home."""

    came_on: date = leaf("The day they came.")
    left_on: date | None = leaf("The day they left again.")
    met_on: date | None = leaf("The day on which the branch met them.")
    note: str | None = leaf("What was noted; the own side only.")


@strawberry.type(
    description="The shared record of one departure: a view over the outflow statement, the inflow statement and the match between them."
)
class Liaison(Node):
    """The shared record of one departure."""

    is_type_of = of_class(liaison.Liaison)

    id: ID = identified(TypeNumber.LIAISON)
    state: liaison.LiaisonState = leaf("Where it stands, as this reader may see it.")
    member: Member | None = relation(
        one(MemberRow), "member_id", "The member, once the reader may see whose liaison this is."
    )
    outflow: OutflowStatement | None = leaf("What the outflow side states; null to an inflow side until it is matched.")
    inflow: InflowStatement | None = leaf("What the inflow side states; null to an outflow side until it is matched.")
    discrepancies: list[Annotated["Discrepancy", strawberry.lazy("hub.schema.discrepancy")]] = derived(
        resolve.discrepancies, "Where the two statements differ, settled ones included, by field."
    )
    matched_on: date | None = leaf("The day on which the match was confirmed.")
    started_on: PartialDate | None = leaf("When the member left, else when they came.")
    ended_on: date | None = leaf("The day on which the outflow side ended it.")
    end_reason: EndReason | None = leaf("Why it was ended.")
    visits: list[Visit] = derived(resolve.visits, "Short returns home within this departure, oldest first.")
    next: Annotated["Liaison", strawberry.lazy("hub.schema.liaison")] | None = relation(
        liaison.of_departures, "next_id", "The liaison that followed when the member moved on to another place."
    )
    transfer: Annotated["Transfer", strawberry.lazy("hub.schema.transfer")] | None = derived(
        resolve.transfer, "The transfer of this member that goes with this liaison, if one was requested: the latest."
    )

    opinions: list[Annotated["AppraisalOpinion", strawberry.lazy("hub.schema.appraisal")]] = derived(
        opinions_of_liaison, "What the place says for the appraisal, as far as the reader sees it, newest year first."
    )

    @reads(
        Connection[Participation] | None,
        "What they took part in during this stay, as far as the reader sees it, latest day first; null where no stay is visible.",
    )
    async def participations(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return what they took part in."""
        return await participation.of_liaison(cast("Any", self), info.context, first, after)

    @reads(
        ParticipationSummary | None,
        "What the member did in a quarter, wherever; null to others than the home side and the member.",
    )
    async def participation_summary(
        self,
        info: Info,
        named: Annotated[Quarter | None, says("Which quarter; left out: this one.", name="quarter")] = None,
    ) -> Any:
        """Return what the member did."""
        return await quarter.of_liaison(cast("Any", self), info.context, named)


_LIAISON = "Which liaison; the id of the own statement serves too."
_VERSION = "The version of the own statement as it was read."


@strawberry.input(
    description="A departure (流出登记): opens a liaison that the outflow side alone sees until it is matched."
)
class RegisterDepartureInput:
    """A departure."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Who left; the branch that holds the formal relationship registers.")
    statement: OutflowStatementInput = given("What is known about it.")


@strawberry.input(
    description="An arrival (流入登记). Nothing in the answer tells whether some other organization knows this person."
)
class RegisterArrivalInput:
    """An arrival."""

    op_id: UUID = given(OP_ID)
    organization_id: ID = given("The organization that registers: the caller's or one below it.")
    branch_id: ID | None = optional("The branch in which the member is placed at once, if known.")
    name: str = given("姓名.")
    citizen_id: str | None = optional("公民身份号码, 15 or 18 characters; sealed at once.")
    birth_date: date | None = optional("出生日期, where the number is not known.")
    category: MemberCategory | None = optional("Full or probationary.")
    statement: InflowStatementInput = given("What is known about it.")


@strawberry.input(description="A placement of the member in a branch (纳入一个党支部).")
class PlaceMemberInput:
    """A placement in a branch."""

    op_id: UUID = given(OP_ID)
    liaison_id: ID = given(_LIAISON)
    version: int = given(_VERSION)
    branch_id: ID = given("The branch.")
    placed_on: date = given("The day of the placement.")


@strawberry.input(description="The inflow side sends an arrival back (退回).")
class ReturnArrivalInput:
    """An arrival sent back."""

    op_id: UUID = given(OP_ID)
    liaison_id: ID = given(_LIAISON)
    version: int = given(_VERSION)
    reason: ReasonCode = given("Why: never without cause.")
    note: str | None = optional("The reason in words; mandatory with OTHER.")


@strawberry.input(
    description="What is new about the own statement: a field left out says nothing, null clears. Each side amends its own."
)
class AmendStatementInput:
    """What is new about the own statement."""

    op_id: UUID = given(OP_ID)
    liaison_id: ID = given(_LIAISON)
    version: int = given(_VERSION)
    unchanged: bool | None = optional("Confirmed unchanged: counts as an update for freshness.")
    verifying: bool | None = optional("The inflow side is finding out (核查中); false ends that.")
    outflow: OutflowStatementInput | None = optional("What the outflow side states anew.")
    inflow: InflowStatementInput | None = optional("What the inflow side states anew.")


@strawberry.input(description="A short return home (返乡): not an end. The same `cameOn` again completes it.")
class RecordReturnVisitInput:
    """A short return home."""

    op_id: UUID = given(OP_ID)
    liaison_id: ID = given(_LIAISON)
    version: int = given(_VERSION)
    came_on: date = given("The day they came.")
    left_on: date | None = optional("The day they left again.")
    met_on: date | None = optional("The day on which the branch met them (凡回乡必见面).")
    note: str | None = optional("What should be noted; the own side only.")


@strawberry.input(
    description="The inflow side says that the member left. It becomes the outflow side's task; only that side ends a liaison."
)
class RecordLeavingInput:
    """The member left."""

    op_id: UUID = given(OP_ID)
    liaison_id: ID = given(_LIAISON)
    version: int = given(_VERSION)
    left_on: PartialDate = given("When, as exact as known.")
    destination: str | None = optional("Where to, in words.")


@strawberry.input(description="The outflow side ends a liaison.")
class EndLiaisonInput:
    """The end of a liaison."""

    op_id: UUID = given(OP_ID)
    liaison_id: ID = given(_LIAISON)
    version: int = given(_VERSION)
    reason: EndReason = given("Why; MOVED_ON opens the next one.")
    ended_on: date = given("The day of the end.")
    letter_number: str | None = optional("The number of the letter, with TRANSFERRED.")
    note: str | None = optional("What else should be known.")
    next: OutflowStatementInput | None = optional("What is known about the next place, with MOVED_ON.")


RegisterDepartureResult = result("RegisterDepartureResult", "The liaison opened, or why not.", Liaison, Refusal)
RegisterArrivalResult = result(
    "RegisterArrivalResult", "The liaison as the registrar sees it, or why not.", Liaison, Refusal
)
PlaceMemberResult = result("PlaceMemberResult", "The liaison with the member placed, or why not.", Liaison, Refusal)
ReturnArrivalResult = result("ReturnArrivalResult", "The liaison, returned, or why not.", Liaison, Refusal)
AmendStatementResult = result(
    "AmendStatementResult", "The liaison with the amended statement, or why not.", Liaison, Refusal
)
RecordReturnVisitResult = result("RecordReturnVisitResult", "The liaison with the visit, or why not.", Liaison, Refusal)
RecordLeavingResult = result(
    "RecordLeavingResult", "The liaison with the leaving recorded, or why not.", Liaison, Refusal
)
EndLiaisonResult = result(
    "EndLiaisonResult", "The liaison, ended; `next` leads to the one that followed. Or why not.", Liaison, Refusal
)
