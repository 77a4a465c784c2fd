"""Activity cards (流动党员活动证), in GraphQL words."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import directory
from hub.models import ActivityCard as CardRow
from hub.models import CardState
from hub.models import Member as MemberRow
from hub.resolvers import activity_card as resolve
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.refusal import Refusal
from hub.schema.words import derived, given, identified, leaf, of_rows, optional, relation, result

if TYPE_CHECKING:
    from hub.schema.liaison import Liaison
    from hub.schema.member import Member
    from hub.schema.participation import Participation

OP_ID = "Makes a repeated call the same call: a new UUID per intention. Kept for 90 days."


@strawberry.type(description="The yearly check (查验) of a card.")
class CardCheck:
    """The yearly check of a card."""

    year: int = leaf("For which year.")
    checked_on: date = leaf("When.")
    organization: Organization | None = relation(directory.organizations, "organization_id", "Who checked it.")


@strawberry.type(
    description="流动党员活动证: issued at home, presented where the member lives. It moves nothing and decides nothing."
)
class ActivityCard(Node):
    """An activity card."""

    is_type_of = of_rows("replaced_by_id")

    id: ID = identified(TypeNumber.ACTIVITY_CARD)
    version: int = leaf("Rises with each change; a call names the version it was decided on.")
    number: str | None = leaf("The number, unique per issuer.")
    state: CardState = leaf("Where it stands.")
    issuer: Organization | None = relation(directory.organizations, "issuer_id", "Who numbers it (县级组织部门).")
    organization: Organization | None = relation(
        directory.organizations, "organization_id", "The branch that handed it out."
    )
    member: Annotated["Member", strawberry.lazy("hub.schema.member")] | None = relation(
        one(MemberRow), "member_id", "Whose it is."
    )
    issued_on: date = leaf("发证日期.")
    presented_on: date | None = leaf("When it was shown at the inflow side.")
    ended_on: date | None = leaf("When it was handed back, voided or replaced.")
    end_note: str | None = leaf("Why it was voided or replaced.")
    replaced_by: Annotated["ActivityCard", strawberry.lazy("hub.schema.activity_card")] | None = relation(
        one(CardRow), "replaced_by_id", "The card that took its place."
    )
    checks: list[CardCheck] = derived(resolve.checks, "The yearly checks, oldest first.")
    entries: list[Annotated["Participation", strawberry.lazy("hub.schema.participation")]] = derived(
        resolve.entries, "Its pages: the records of the member's stays while it was in use, oldest first."
    )
    recorded_at: datetime = leaf("When it was recorded.")


@strawberry.input(description="A card handed out by the home branch.")
class IssueActivityCardInput:
    """A card handed out."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("To whom.")
    number: str = given("The number on it.")
    issued_on: date = given("发证日期.")
    issuer_id: ID | None = optional("Who numbers it; left out: the nearest organization department.")


@strawberry.input(
    description="A card shown at the inflow side. What it is worth shows only where the match is confirmed."
)
class VerifyActivityCardInput:
    """A card shown at the inflow side."""

    op_id: UUID = given(OP_ID)
    liaison_id: ID = given("Whose card it is said to be.")
    number: str = given("The number on it.")
    issuer_id: ID | None = optional("Who numbered it, as the card says.")


@strawberry.input(description="The yearly check of a card (查验), with the appraisal.")
class CheckActivityCardInput:
    """The yearly check."""

    op_id: UUID = given(OP_ID)
    card_id: ID = given("Which card.")
    version: int = given("Its version as it was read.")
    year: int = given("For which year.")


@strawberry.input(description="A card handed back to the home branch.")
class ReturnActivityCardInput:
    """A card handed back."""

    op_id: UUID = given(OP_ID)
    card_id: ID = given("Which card.")
    version: int = given("Its version as it was read.")
    returned_on: date = given("When.")


@strawberry.input(description="A card that is declared void.")
class VoidActivityCardInput:
    """A card declared void."""

    op_id: UUID = given(OP_ID)
    card_id: ID = given("Which card.")
    version: int = given("Its version as it was read.")
    reason: str = given("Why: lost, wrong, misused.")


@strawberry.input(description="Another card in the place of one.")
class ReplaceActivityCardInput:
    """Another card in the place of one."""

    op_id: UUID = given(OP_ID)
    card_id: ID = given("Which card.")
    version: int = given("Its version as it was read.")
    number: str = given("The number of the new one.")
    reason: str = given("Why.")


LIAISON: Any = Annotated["Liaison", strawberry.lazy("hub.schema.liaison")]
IssueActivityCardResult = result("IssueActivityCardResult", "The card, or why not.", ActivityCard, Refusal)
VerifyActivityCardResult = result(
    "VerifyActivityCardResult", "The liaison with the number noted, or why not.", LIAISON, Refusal
)
CheckActivityCardResult = result("CheckActivityCardResult", "The card, checked, or why not.", ActivityCard, Refusal)
ReturnActivityCardResult = result(
    "ReturnActivityCardResult", "The card, handed back, or why not.", ActivityCard, Refusal
)
VoidActivityCardResult = result("VoidActivityCardResult", "The card, void, or why not.", ActivityCard, Refusal)
ReplaceActivityCardResult = result("ReplaceActivityCardResult", "The new card, or why not.", ActivityCard, Refusal)
