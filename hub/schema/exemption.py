"""Exemptions from attendance (条例 Art 23), in GraphQL words."""

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import directory
from hub.models import ExemptionReason
from hub.resolvers.node import TypeNumber
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.refusal import Refusal
from hub.schema.words import OP_ID, given, identified, leaf, of_rows, optional, relation, result


@strawberry.type(
    description="A time in which a member is held to no hard attendance (不硬性要求参加); the home side and the member only."
)
class Exemption(Node):
    """A time in which a member need not attend."""

    is_type_of = of_rows("starts_on")

    id: ID = identified(TypeNumber.EXEMPTION)
    version: int = leaf("Rises with each change; a call names the version it was decided on.")
    organization: Organization | None = relation(
        directory.organizations, "organization_id", "The branch that exempted the member."
    )
    reason: ExemptionReason | None = leaf("Why.")
    starts_on: date | None = leaf("From which day.")
    ends_on: date | None = leaf("The last day; null while it has no end.")
    note: str | None = leaf("What else should be known.")
    recorded_at: datetime = leaf("When it was recorded.")


@strawberry.input(description="The home branch exempts a member from attendance for a time.")
class GrantExemptionInput:
    """An exemption."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Whom.")
    reason: ExemptionReason = given("Why.")
    starts_on: date = given("From which day.")
    ends_on: date | None = optional("The last day; left out: until an end is recorded.")
    note: str | None = optional("What else should be known; mandatory with OTHER.")


@strawberry.input(description="When an exemption ended or will end.")
class EndExemptionInput:
    """The end of an exemption."""

    op_id: UUID = given(OP_ID)
    exemption_id: ID = given("Which exemption.")
    version: int = given("Its version as it was read.")
    ends_on: date = given("The last day.")


GrantExemptionResult = result("GrantExemptionResult", "The exemption, or why not.", Exemption, Refusal)
EndExemptionResult = result("EndExemptionResult", "The exemption with its end, or why not.", Exemption, Refusal)
