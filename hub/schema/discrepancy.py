"""Differences between the sides, in GraphQL words."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import liaison
from hub.models import DiscrepancyState, Side
from hub.models import Participation as ParticipationRow
from hub.models import Transfer as TransferRow
from hub.resolvers.discrepancy import proposal
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one
from hub.schema.node import Node
from hub.schema.participation import Participation
from hub.schema.refusal import Refusal
from hub.schema.words import OP_ID, derived, given, identified, leaf, of_rows, optional, relation, result

if TYPE_CHECKING:
    from hub.schema.liaison import Liaison
    from hub.schema.transfer import Transfer


@strawberry.type(description="How the other side would settle a difference.")
class Proposal:
    """How the other side would settle it."""

    take: Side | None = leaf("Whose value to take.")
    value: str | None = leaf("A third value, masked where the field is sealed.")
    confirmed_on: date | None = leaf("The day on which that was confirmed with the member.")
    note: str | None = leaf("The reason in words.")
    at: datetime = leaf("When it was proposed.")
    by: str | None = leaf("Who proposed it.")


@strawberry.type(
    description="A field on which the two sides differ, and whose turn it is. Nobody overwrites the other's statement."
)
class Discrepancy(Node):
    """A field on which the two sides differ."""

    is_type_of = of_rows("differs_hidden")

    id: ID = identified(TypeNumber.DISCREPANCY)
    version: int = leaf("Rises with each change; a call names the version it was decided on.")
    field: str = leaf("workUnit, phone, inflowOrganization, name, …: the word of the statement.")
    outflow_value: str | None = leaf("What the outflow side states, masked as on the page.")
    inflow_value: str | None = leaf("What the inflow side states, masked as on the page.")
    differs_hidden: bool = leaf("Whether the values differ although their masks are equal.")
    owner: Side = leaf("The side that must act.")
    state: DiscrepancyState = leaf("Where it stands.")
    due_on: date | None = leaf("The day by which it is to be settled.")
    proposal: Proposal | None = derived(proposal, "What the other side proposed, if it did.")
    liaison: Annotated["Liaison", strawberry.lazy("hub.schema.liaison")] | None = relation(
        liaison.of_matches, "match_id", "The liaison whose statements differ."
    )
    participation: Participation | None = relation(
        one(ParticipationRow), "participation_id", "The host's record, where the sides differ on an attendance."
    )
    transfer: Annotated["Transfer", strawberry.lazy("hub.schema.transfer")] | None = relation(
        one(TransferRow), "transfer_id", "The transfer whose sides differ."
    )


@strawberry.input(description="How to settle a difference: by the owner it settles, by the other side it proposes.")
class SettleDiscrepancyInput:
    """How to settle a difference."""

    op_id: UUID = given(OP_ID)
    discrepancy_id: ID = given("Which difference.")
    version: int = given("Its version as it was read.")
    take: Side | None = optional("Whose value to take: the other's amends the own statement, the own confirms it.")
    value: str | None = optional("A third value instead; not of an attendance.")
    confirmed_on: date | None = optional("The day on which this was confirmed with the member.")
    note: str | None = optional(
        "The reason in words; mandatory where the place takes a reported attendance, as the reason of the correction."
    )


SettleDiscrepancyResult = result(
    "SettleDiscrepancyResult", "The difference, settled or with a proposal, or why not.", Discrepancy, Refusal
)
