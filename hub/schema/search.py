"""Searching by a whole number and opening one sealed value, in GraphQL words. Both are audited with their reason."""

from enum import StrEnum
from uuid import UUID

import strawberry
from strawberry import ID

from hub.resolvers.search import FoundByNumber as Found
from hub.resolvers.search import Revealed
from hub.schema.liaison import Liaison
from hub.schema.member import Member
from hub.schema.refusal import Refusal
from hub.schema.words import OP_ID, enum, given, leaf, of_class, result


class NumberKind(StrEnum):
    """Which number."""

    CITIZEN_ID = "CITIZEN_ID"
    PHONE = "PHONE"
    CARD = "CARD"


enum(
    NumberKind,
    "Which number to search by. Always the whole number, never its last digits.",
    CITIZEN_ID="公民身份号码, 15 or 18 characters.",
    PHONE="A phone number.",
    CARD="流动党员活动证编号.",
)


@strawberry.type(description="What a number led to among the caller's own records.")
class FoundByNumber:
    """What a number led to."""

    is_type_of = of_class(Found)

    members: list[Member] = leaf("Members with this number.")
    liaisons: list[Liaison] = leaf("Liaisons with this number in one of their statements.")


@strawberry.type(description="One sealed value, opened. The opening is recorded with its reason.")
class RevealedField:
    """One sealed value, opened."""

    is_type_of = of_class(Revealed)

    value: str = leaf("The value in full.")


@strawberry.input(description="A search by a whole number among the caller's own records; recorded with its reason.")
class FindByNumberInput:
    """A search by a whole number."""

    op_id: UUID = given(OP_ID)
    kind: NumberKind = given("Which number.")
    number: str = given("The whole number.")
    reason: str = given("Why it is searched for; kept.")


@strawberry.input(description="The opening of one sealed value of a record of one's own; recorded with its reason.")
class RevealFieldInput:
    """The opening of one sealed value."""

    op_id: UUID = given(OP_ID)
    id: ID = given("The member or the statement.")
    field: str = given("citizenId, phone, otherPhone or address.")
    reason: str = given("Why it has to be read; kept.")


FindByNumberResult = result(
    "FindByNumberResult", "What was found, or why the search was refused.", FoundByNumber, Refusal
)
RevealFieldResult = result("RevealFieldResult", "The value, or why it stays sealed.", RevealedField, Refusal)
