"""What the home branch records of contact with a member: inputs and answers in GraphQL words."""

from datetime import date
from uuid import UUID

import strawberry
from strawberry import ID

from hub.models import ContactManner
from hub.schema.member import Member
from hub.schema.refusal import Refusal
from hub.schema.words import OP_ID, given, optional, result


@strawberry.input(description="The home branch reached a member, or tried. What the family says or pays is no contact.")
class RecordContactInput:
    """One attempt."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Whom.")
    on: date = given("On which day.")
    manner: ContactManner = given("How.")
    is_two_way: bool = given("Whether the member answered in person (双向联系).")
    note: str | None = optional("What was learnt; the home side only.")


@strawberry.input(
    description="An entry of the search log (查找记录, 条例 Art 24): by phone, through the family, at the address, at the work unit."
)
class LogSearchInput:
    """One attempt to find a member."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Whom.")
    on: date = given("On which day.")
    manner: ContactManner = given("How.")
    is_two_way: bool = strawberry.field(description="Whether the member answered in person (双向联系).", default=False)
    note: str | None = optional("What was learnt; the home side only.")


@strawberry.input(
    description="People found that a member is lost (失联): after six months, with the search log complete and no evidence open."
)
class RecordLostInput:
    """A finding that a member is lost."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Who.")
    found_on: date = given("The day of the finding.")
    decided_by: str = given("The organization or meeting that found it.")
    note: str | None = optional("What else should be known.")


@strawberry.input(description="The member was found.")
class LiftLostInput:
    """The member was found."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Who.")
    lifted_on: date = given("On which day.")


RecordContactResult = result("RecordContactResult", "The member as they now stand, or why not.", Member, Refusal)
LogSearchResult = result("LogSearchResult", "The member as they now stand, or why not.", Member, Refusal)
RecordLostResult = result("RecordLostResult", "The member, found lost, or why it was not recorded.", Member, Refusal)
LiftLostResult = result("LiftLostResult", "The member as they now stand, or why not.", Member, Refusal)
