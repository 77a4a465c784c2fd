"""Organizations and their officers, in GraphQL words."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import directory
from hub.models import OrganizationKind
from hub.resolvers.node import TypeNumber
from hub.schema.node import Node
from hub.schema.refusal import Refusal
from hub.schema.words import given, identified, leaf, of_rows, optional, relation, result


@strawberry.type(
    description="The contact of an organization (专人负责): an official contact, shown in full to organizations' own tokens."
)
class Officer:
    """The contact of an organization."""

    name: str = leaf("The officer's name.")
    phone: str | None = leaf("The official number.")
    since: date | None = leaf("The day on which they took over.")


@strawberry.type(description="A party organization. The directory is open to every token.")
class Organization(Node):
    """A party organization."""

    is_type_of = of_rows("short_name")

    id: ID = identified(TypeNumber.ORGANIZATION)
    code: str = leaf("The official number; unique only together with `system`.")
    system: str = leaf("The numbering system of the code.")
    name: str = leaf("The full name.")
    short_name: str = leaf("The name used among neighbours.")
    kind: OrganizationKind = leaf("What it is.")
    parent: Annotated["Organization", strawberry.lazy("hub.schema.organization")] | None = relation(
        directory.organizations, "parent_id", "The organization directly above."
    )
    division_code: str | None = leaf("The code of the place (行政区划代码).")
    can_issue_letters: bool = leaf("Whether it may issue introduction letters and accept members (有审批预备党员权限).")
    officer: Officer | None = relation(
        directory.officers, "id", "The present contact; null to partners and members, and where there is none."
    )
    closed_on: date | None = leaf("The day on which it was closed or merged (撤销).")
    successor: Annotated["Organization", strawberry.lazy("hub.schema.organization")] | None = relation(
        directory.organizations,
        "successor_id",
        "The organization that continues a closed one; names of old ledgers lead here.",
    )


@strawberry.input(description="A change of the officer (专人负责), with hand-over.")
class ChangeOfficerInput:
    """A change of the officer."""

    op_id: UUID = given("Makes a repeated call the same call: a new UUID per intention.")
    organization_id: ID = given("Whose officer changes.")
    name: str = given("The new officer's name.")
    phone: str | None = optional("Their official number.")
    since_on: date = given("The day on which they take over; the former one's time ends then.")


ChangeOfficerResult = result(
    "ChangeOfficerResult", "The organization with its new officer, or why not.", Organization, Refusal
)
