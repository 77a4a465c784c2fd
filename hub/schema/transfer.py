"""Transfers of the formal relationship (组织关系转接), in GraphQL words."""

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import directory
from hub.models import EventKind, LetterState, ReasonCode, Side, TransferState
from hub.models import Member as MemberRow
from hub.resolvers import transfer as resolve
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one
from hub.schema.member import Member
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.refusal import Refusal
from hub.schema.scalars import YearMonth
from hub.schema.words import OP_ID, derived, given, identified, leaf, of_rows, optional, relation, result


@strawberry.type(description="The introduction letter (介绍信) of a transfer. Issuing it moves nothing.")
class Letter:
    """The introduction letter."""

    number: str = leaf("The number, unique per issuer and year.")
    state: LetterState = leaf("Whether it can still be used.")
    issued_on: date = leaf("The day of issue.")
    valid_days: int = leaf("有效期, in days.")
    expires_on: date = leaf("The last day on which a member is accepted on it.")


@strawberry.type(description="The receipt (回执) that the accepting committee owes the issuing one.")
class Receipt:
    """The receipt."""

    due_on: date = leaf("One calendar month after acceptance.")
    returned_on: date | None = leaf("The day on which it was returned.")
    returned_by: str | None = leaf("Who returned it.")
    organization: Organization | None = relation(
        directory.organizations, "organization_id", "The committee that returns it."
    )


@strawberry.type(description="One step that somebody took. Steps are appended, never edited.")
class TransferStep:
    """One step of a transfer."""

    kind: EventKind = leaf("What was done.")
    organization: Organization | None = relation(
        directory.organizations, "organization_id", "Which organization did it."
    )
    at: datetime = leaf("When.")
    by: str | None = leaf("Who did it.")
    reason: str | None = leaf("The code of the reason, where one is mandatory.")
    note: str | None = leaf("The reason in words; null to partners.")


@strawberry.type(
    description="One request to move a member's formal relationship. The issuer is the branch's nearest organization upwards that can issue letters; "
    "review steps are the organizations from the branch's parent up to it."
)
class Transfer(Node):
    """One request to move a member's formal relationship."""

    is_type_of = of_rows("named_inflow_id")

    id: ID = identified(TypeNumber.TRANSFER)
    version: int = leaf("Rises with each step; a call names the version it was decided on.")
    state: TransferState = leaf("Where it stands.")
    member: Member | None = relation(one(MemberRow), "member_id", "Who moves.")
    outflow_organization: Organization | None = relation(
        directory.organizations, "outflow_organization_id", "The member's branch."
    )
    issuer: Organization | None = relation(
        directory.organizations, "issuer_id", "The organization that issues the letter and closes the transfer."
    )
    inflow_organization: Organization | None = relation(
        directory.organizations,
        "inflow_organization_id",
        "The accepting 基层党委, derived upwards from whatever was named.",
    )
    placed_in: Organization | None = relation(
        directory.organizations, "placed_in_id", "The branch that the acceptance names."
    )
    turn: Side | None = derived(resolve.turn, "Whose move it is; null when nothing is left to do.")
    due_on: date | None = leaf("The day by which that move is due.")
    letter: Letter | None = derived(resolve.letter, "The letter that counts: the used one, else the newest.")
    receipt: Receipt | None = derived(resolve.receipt, "The receipt, once it is owed.")
    steps: list[TransferStep] = derived(resolve.steps, "What was done, oldest first.")
    applied_on: date | None = leaf("The day of the member's own application.")
    accepted_on: date | None = leaf("The day of acceptance, from which the new affiliation is valid.")
    phoned_on: date | None = leaf("接收前通话: the day of the call.")
    unit_looked_up_on: date | None = leaf("接收前查单位: the day on which the unit was looked up.")
    talked_on: date | None = leaf("接收前谈话: the day of the talk.")
    withdrawal_asked_on: date | None = leaf("The day on which the outflow side asked to withdraw after the letter.")
    late_accepted_on: date | None = leaf(
        "The day of an acceptance that was told only after the withdrawal by silence took effect; it moved nobody, and is a case for both."
    )
    late_settled_on: date | None = leaf("The day on which that case was closed without another transfer.")
    national_system_out_on: date | None = leaf("The day on which the outflow side did it in the national system.")
    national_system_in_on: date | None = leaf("The day on which the inflow side did it in the national system.")
    created_at: datetime = leaf("When it was requested.")
    updated_at: datetime = leaf("When the last step was taken.")


_TRANSFER = "Which transfer."
_VERSION = "Its version as it was read."


@strawberry.input(
    description="A request to move the formal relationship, on the member's own application; from either side."
)
class RequestTransferInput:
    """A request to move the formal relationship."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Who moves.")
    inflow_organization_id: ID = given(
        "Where to: a branch or any organization above it; the accepting committee follows from it."
    )
    applied_on: date = given("The day of the member's own application.")
    reason: str = given("The reason that the application gives.")


@strawberry.input(description="A step of a transfer. Which of the optional fields count depends on the step.")
class TransferStepInput:
    """A step of a transfer."""

    op_id: UUID = given(OP_ID)
    transfer_id: ID = given(_TRANSFER)
    version: int = given(_VERSION)
    note: str | None = optional("What else should be known.")
    national_system_on: date | None = optional("The day on which the own side did it in the national system.")
    letter_number: str | None = optional(
        "The number of the letter, with the step that issues it; left out: the next of the year."
    )
    valid_days: int | None = optional("有效期 of the letter; left out: as the rule says.")
    dues_paid_through: YearMonth | None = optional("党费交到, for the letter.")
    inflow_organization_id: ID | None = optional(
        "Only when confirmTransfer resubmits a returned one: the new addressee."
    )


@strawberry.input(description="A step of a transfer that needs a reason.")
class ReasonedTransferStepInput:
    """A step that needs a reason."""

    op_id: UUID = given(OP_ID)
    transfer_id: ID = given(_TRANSFER)
    version: int = given(_VERSION)
    reason: ReasonCode = given("Why: never without cause (条例 Art 25).")
    note: str | None = optional("The reason in words; mandatory with OTHER.")


@strawberry.input(description="A new letter for one that is lost or has expired; the old one is void.")
class ReissueLetterInput:
    """A new letter."""

    op_id: UUID = given(OP_ID)
    transfer_id: ID = given(_TRANSFER)
    version: int = given(_VERSION)
    letter_number: str | None = optional("Its number; left out: the next of the year.")
    valid_days: int | None = optional("有效期; left out: as the rule says.")
    reason: str = given("What became of the old one.")


@strawberry.input(
    description="The acceptance by the inflow 基层党委, with its checklist of three. It binds the outflow side."
)
class AcceptTransferInput:
    """The acceptance."""

    op_id: UUID = given(OP_ID)
    transfer_id: ID = given(_TRANSFER)
    version: int = given(_VERSION)
    accepted_on: date = given("The day of acceptance: within that letter's validity, even if it was replaced since.")
    branch_id: ID = given("The branch in which the member is from that day.")
    letter_number: str | None = optional("The number of the letter that was handed in; left out: the present one.")
    phoned_on: date | None = optional("The day of the call (一次通话).")
    unit_looked_up_on: date | None = optional("The day on which the unit was looked up (一次单位核查).")
    talked_on: date | None = optional("The day of the talk (一次谈话).")
    national_system_on: date | None = optional("The day on which the inflow side did it in the national system.")
    note: str | None = optional("What else should be known.")


@strawberry.input(
    description="The day on which the own side did the transfer in the national system; each side its own."
)
class RecordNationalSystemDateInput:
    """The day of the national system."""

    op_id: UUID = given(OP_ID)
    transfer_id: ID = given(_TRANSFER)
    version: int = given(_VERSION)
    on: date = given("The day.")


RequestTransferResult = result("RequestTransferResult", "The transfer requested, or why not.", Transfer, Refusal)
ConfirmTransferResult = result(
    "ConfirmTransferResult", "The transfer, confirmed or resubmitted, or why not.", Transfer, Refusal
)
ApproveTransferResult = result(
    "ApproveTransferResult", "The transfer, approved one step further, or why not.", Transfer, Refusal
)
ReturnTransferResult = result(
    "ReturnTransferResult", "The transfer, returned for correction, or why not.", Transfer, Refusal
)
RefuseTransferResult = result("RefuseTransferResult", "The transfer, refused, or why not.", Transfer, Refusal)
WithdrawTransferResult = result(
    "WithdrawTransferResult", "The transfer, withdrawn or asked to be, or why not.", Transfer, Refusal
)
ReissueLetterResult = result("ReissueLetterResult", "The transfer with its new letter, or why not.", Transfer, Refusal)
AcceptTransferResult = result(
    "AcceptTransferResult", "The transfer, accepted and released, or why not.", Transfer, Refusal
)
RejectTransferResult = result("RejectTransferResult", "The transfer, rejected, or why not.", Transfer, Refusal)
ReturnReceiptResult = result(
    "ReturnReceiptResult", "The transfer with its receipt returned, or why not.", Transfer, Refusal
)
CloseTransferResult = result("CloseTransferResult", "The transfer, closed, or why not.", Transfer, Refusal)
RecordNationalSystemDateResult = result(
    "RecordNationalSystemDateResult", "The transfer with the date of one side, or why not.", Transfer, Refusal
)
