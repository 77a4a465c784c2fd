"""The two statements of a liaison, each owned by its side, in GraphQL words."""

from datetime import date, datetime

import strawberry
from strawberry import ID

from hub.domain import directory
from hub.models import InflowState, MemberCategory, ReasonCode
from hub.resolvers.node import TypeNumber
from hub.resolvers.number import phone_in_full
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.scalars import PartialDate
from hub.schema.words import derived, identified, leaf, of_rows, optional, relation

_PHONE = "The phone number in full; null except to the branch whose own statement this is, and to the member. Selecting it is recorded; refused in subscriptions and to partners."
_VERSION = "Rises with each change of this statement; a call names the version it was decided on."


@strawberry.type(
    description="What the outflow side states of one departure (流出登记). Its counterpart sees it from the match on."
)
class OutflowStatement(Node):
    """What the outflow side states."""

    is_type_of = of_rows("departed_on")

    id: ID = identified(TypeNumber.OUTFLOW_STATEMENT)
    version: int = leaf(_VERSION)
    organization: Organization | None = relation(
        directory.organizations, "organization_id", "The branch whose statement this is."
    )
    departed_on: PartialDate | None = leaf("流出时间, as exact as the source.")
    expected_return: PartialDate | None = leaf("预计返回时间.")
    destination: str | None = leaf("流向, in words.")
    work_unit: str | None = leaf("流入地工作单位.")
    address_masked: str | None = leaf("现居住地址, down to the town or street.")
    phone_masked: str | None = leaf("The member's number with its first three and last two digits.")
    phone: str | None = derived(phone_in_full, _PHONE)
    other_phone_masked: str | None = leaf("A second number, masked.")
    other_phone_whose: str | None = leaf("Whose the second number is.")
    inflow_organization: Organization | None = relation(
        directory.organizations,
        "inflow_organization_id",
        "The inflow organization that the outflow side names (流入地党组织).",
    )
    inflow_organization_text: str | None = leaf(
        "The same in the words of the source, also where no organization was found by them."
    )
    inflow_leader_name: str | None = leaf("流入地党组织负责人.")
    inflow_leader_phone: str | None = leaf("Their official number.")
    card_number: str | None = leaf("流动党员活动证编号.")
    reason: str | None = leaf("流出原因; the own side only.")
    remark: str | None = leaf("备注; the own side only.")
    confirmed_on: date | None = leaf("The day on which this was last confirmed with the member.")
    recorded_at: datetime = leaf("When it was registered.")


@strawberry.type(
    description="What the inflow side states of one arrival (流入登记). Its counterpart sees it from the match on, and while it is asked about it."
)
class InflowStatement(Node):
    """What the inflow side states."""

    is_type_of = of_rows("arrived_on")

    id: ID = identified(TypeNumber.INFLOW_STATEMENT)
    version: int = leaf(_VERSION)
    state: InflowState = leaf("Where the member stands on the inflow side.")
    organization: Organization | None = relation(
        directory.organizations, "organization_id", "The organization that registered the arrival."
    )
    branch: Organization | None = relation(
        directory.organizations, "branch_id", "The branch in which the member is placed (纳入的党支部)."
    )
    name: str | None = leaf("姓名, as registered here.")
    citizen_id_masked: str | None = leaf("The identity number with its first and last character.")
    birth_date: date | None = leaf("出生日期.")
    category: MemberCategory | None = leaf("Full or probationary, as registered here.")
    left_on: PartialDate | None = leaf("离开时间, as the inflow side knows it.")
    left_for: str | None = leaf("Where to, in words.")
    return_reason: ReasonCode | None = leaf("Why it was returned.")
    return_note: str | None = leaf("The reason in words.")
    arrived_on: PartialDate | None = leaf("流入时间, as exact as the source.")
    placed_on: date | None = leaf("纳入党支部的日期.")
    home_organization_text: str | None = leaf("组织关系所在党组织, in the words of the source.")
    work_unit: str | None = leaf("工作单位.")
    address_masked: str | None = leaf("现居住地址, down to the town or street.")
    phone_masked: str | None = leaf("The member's number with its first three and last two digits.")
    phone: str | None = derived(phone_in_full, _PHONE)
    other_phone_masked: str | None = leaf("A second number, masked.")
    other_phone_whose: str | None = leaf("Whose the second number is.")
    card_number: str | None = leaf("流动党员活动证编号.")
    remark: str | None = leaf("备注; the own side only.")
    confirmed_on: date | None = leaf("The day on which this was last confirmed with the member.")
    recorded_at: datetime = leaf("When it was registered.")


@strawberry.input(
    description="What the outflow side states. In a register all but memberId may be unknown; in an amend a field left out says nothing, null clears."
)
class OutflowStatementInput:
    """What the outflow side states."""

    departed_on: PartialDate | None = optional("流出时间, as exact as known.")
    expected_return: PartialDate | None = optional("预计返回时间.")
    destination: str | None = optional("流向, in words.")
    work_unit: str | None = optional("流入地工作单位.")
    address: str | None = optional("现居住地址; sealed, shown down to the town.")
    phone: str | None = optional("The member's own number: mobile, with area code, of a service, or abroad (+…).")
    other_phone: str | None = optional("A second number; null clears whose it is, too.")
    other_phone_whose: str | None = optional("Whose the second number is.")
    inflow_organization_id: ID | None = optional("The inflow organization, where it is known.")
    inflow_organization_text: str | None = optional("The inflow organization or place in words; resolved if it can be.")
    inflow_leader_name: str | None = optional("流入地党组织负责人.")
    inflow_leader_phone: str | None = optional("Their official number.")
    card_number: str | None = optional("流动党员活动证编号.")
    reason: str | None = optional("流出原因.")
    remark: str | None = optional("备注.")
    confirmed_on: date | None = optional("The day on which this was confirmed with the member.")


@strawberry.input(description="What the inflow side states. In an amend a field left out says nothing, null clears.")
class InflowStatementInput:
    """What the inflow side states."""

    arrived_on: PartialDate | None = optional("流入时间, as exact as known.")
    home_organization_text: str | None = optional("组织关系所在党组织, in words.")
    work_unit: str | None = optional("工作单位.")
    address: str | None = optional("现居住地址; sealed, shown down to the town.")
    phone: str | None = optional("The member's own number: mobile, with area code, of a service, or abroad (+…).")
    other_phone: str | None = optional("A second number; null clears whose it is, too.")
    other_phone_whose: str | None = optional("Whose the second number is.")
    card_number: str | None = optional("流动党员活动证编号.")
    remark: str | None = optional("备注.")
    confirmed_on: date | None = optional("The day on which this was confirmed with the member.")
