"""Everything that can be changed. Each mutation takes one `input` with `opId` and answers `X | Refusal`."""

import strawberry

from hub.resolvers import discrepancy, import_run, match, member, organization, search, statement, task, transfer
from hub.schema.card_mutation import CardMutation
from hub.schema.discrepancy import SettleDiscrepancyInput, SettleDiscrepancyResult
from hub.schema.import_run import (
    ApplyImportInput,
    ApplyImportResult,
    CancelImportInput,
    CancelImportResult,
    ImportLedgerInput,
    ImportLedgerResult,
)
from hub.schema.liaison import (
    AmendStatementInput,
    AmendStatementResult,
    EndLiaisonInput,
    EndLiaisonResult,
    PlaceMemberInput,
    PlaceMemberResult,
    RecordLeavingInput,
    RecordLeavingResult,
    RecordReturnVisitInput,
    RecordReturnVisitResult,
    RegisterArrivalInput,
    RegisterArrivalResult,
    RegisterDepartureInput,
    RegisterDepartureResult,
    ReturnArrivalInput,
    ReturnArrivalResult,
)
from hub.schema.match import (
    ConfirmMatchInput,
    ConfirmMatchResult,
    DenyMatchInput,
    DenyMatchResult,
    ObjectToDenialInput,
    ObjectToDenialResult,
    UndoMatchInput,
    UndoMatchResult,
)
from hub.schema.member import (
    CorrectIdentityInput,
    CorrectIdentityResult,
    MoveBranchInput,
    MoveBranchResult,
    RecordMembershipDecisionInput,
    RecordMembershipDecisionResult,
    RegisterMemberInput,
    RegisterMemberResult,
)
from hub.schema.organization import ChangeOfficerInput, ChangeOfficerResult
from hub.schema.participation_mutation import ParticipationMutation
from hub.schema.search import FindByNumberInput, FindByNumberResult, RevealFieldInput, RevealFieldResult
from hub.schema.task import CompleteTaskInput, CompleteTaskResult
from hub.schema.transfer import (
    AcceptTransferInput,
    AcceptTransferResult,
    ApproveTransferResult,
    CloseTransferResult,
    ConfirmTransferResult,
    ReasonedTransferStepInput,
    RecordNationalSystemDateInput,
    RecordNationalSystemDateResult,
    RefuseTransferResult,
    ReissueLetterInput,
    ReissueLetterResult,
    RejectTransferResult,
    RequestTransferInput,
    RequestTransferResult,
    ReturnReceiptResult,
    ReturnTransferResult,
    TransferStepInput,
    WithdrawTransferResult,
)
from hub.schema.words import does


@strawberry.type(
    description="Everything that can be changed. A call that comes again with the same `opId` is the same call; a refusal changes nothing."
)
class Mutation(ParticipationMutation, CardMutation):
    """Everything that can be changed."""

    register_member = does(
        member.register,
        RegisterMemberInput,
        RegisterMemberResult,
        "Register a member in the branch that holds the formal relationship.",
    )
    record_membership_decision = does(
        member.record_decision,
        RecordMembershipDecisionInput,
        RecordMembershipDecisionResult,
        "转正, 延长, 停止, 恢复, 除名, 死亡 …: recorded, never made here.",
    )
    correct_identity = does(
        member.correct_identity,
        CorrectIdentityInput,
        CorrectIdentityResult,
        "Name, number or birth date of a member or of an arrival, each side its own; the old number keeps matching.",
    )
    change_officer = does(
        organization.change_officer,
        ChangeOfficerInput,
        ChangeOfficerResult,
        "专人负责: another contact, with hand-over.",
    )
    find_by_number = does(
        search.find_by_number,
        FindByNumberInput,
        FindByNumberResult,
        "Search by a whole number (identity, phone, card); a mutation, so that numbers never stand in a URL; audited with its reason.",
    )
    register_departure = does(
        statement.register_departure,
        RegisterDepartureInput,
        RegisterDepartureResult,
        "流出登记, by the branch that holds the relationship.",
    )
    register_arrival = does(
        statement.register_arrival,
        RegisterArrivalInput,
        RegisterArrivalResult,
        "流入登记, by the organization of the place.",
    )
    confirm_match = does(
        match.confirm,
        ConfirmMatchInput,
        ConfirmMatchResult,
        "The outflow side: yes, this is ours; without departureId the open departure, else one is registered.",
    )
    deny_match = does(match.deny, DenyMatchInput, DenyMatchResult, "The outflow side: no, with a code.")
    object_to_denial = does(
        match.object_to_denial, ObjectToDenialInput, ObjectToDenialResult, "The inflow side: look again, with a reason."
    )
    undo_match = does(
        match.undo,
        UndoMatchInput,
        UndoMatchResult,
        "Either side: what hung on the match goes back to its own statement.",
    )
    place_member = does(statement.place, PlaceMemberInput, PlaceMemberResult, "纳入一个党支部.")
    return_arrival = does(
        statement.return_arrival, ReturnArrivalInput, ReturnArrivalResult, "退回, reason code mandatory."
    )
    amend_statement = does(
        statement.amend,
        AmendStatementInput,
        AmendStatementResult,
        'Each side its own; `unchanged: true` ("confirmed unchanged") counts as an update.',
    )
    record_return_visit = does(
        statement.record_visit,
        RecordReturnVisitInput,
        RecordReturnVisitResult,
        "返乡, not an end; the same cameOn again completes it.",
    )
    record_leaving = does(
        statement.record_leaving,
        RecordLeavingInput,
        RecordLeavingResult,
        "The inflow side says the member left; becomes the outflow side's task.",
    )
    end_liaison = does(
        statement.end, EndLiaisonInput, EndLiaisonResult, "The outflow side ends it; MOVED_ON opens the next."
    )
    request_transfer = does(
        transfer.request,
        RequestTransferInput,
        RequestTransferResult,
        "On the member's own application, from either side.",
    )
    confirm_transfer = does(
        transfer.confirm,
        TransferStepInput,
        ConfirmTransferResult,
        "The outflow branch confirms; review steps follow; also resubmits a RETURNED one.",
    )
    approve_transfer = does(
        transfer.approve,
        TransferStepInput,
        ApproveTransferResult,
        "The next outflow review step; the last one issues the letter.",
    )
    return_transfer = does(
        transfer.return_,
        ReasonedTransferStepInput,
        ReturnTransferResult,
        "Before the letter either side, for correction; after it the inflow side only, and it voids the letter.",
    )
    refuse_transfer = does(
        transfer.refuse, ReasonedTransferStepInput, RefuseTransferResult, "The outflow side, before the letter."
    )
    withdraw_transfer = does(
        transfer.withdraw,
        ReasonedTransferStepInput,
        WithdrawTransferResult,
        "Before the letter the outflow side or whoever requested; after it only asks: acceptTransfer says no, rejectTransfer yes; asked again after the rule's days of silence it takes effect.",
    )
    reissue_letter = does(
        transfer.reissue_letter, ReissueLetterInput, ReissueLetterResult, "Lost or expired; the old letter is void."
    )
    accept_transfer = does(
        transfer.accept,
        AcceptTransferInput,
        AcceptTransferResult,
        "The inflow 基层党委; names the branch; binds the outflow side.",
    )
    reject_transfer = does(
        transfer.reject,
        ReasonedTransferStepInput,
        RejectTransferResult,
        "The inflow 基层党委 does not accept, with a reason.",
    )
    return_receipt = does(
        transfer.return_receipt, TransferStepInput, ReturnReceiptResult, "回执, from the accepting 基层党委."
    )
    close_transfer = does(transfer.close, TransferStepInput, CloseTransferResult, "办结, by the issuing 基层党委.")
    record_national_system_date = does(
        transfer.record_national_system_date,
        RecordNationalSystemDateInput,
        RecordNationalSystemDateResult,
        "The day on which the own side did it in the national system.",
    )
    move_branch = does(
        member.move_branch, MoveBranchInput, MoveBranchResult, "Within one 基层党委: one step, no letter."
    )
    settle_discrepancy = does(
        discrepancy.settle,
        SettleDiscrepancyInput,
        SettleDiscrepancyResult,
        "By the owner it settles; by the other side it proposes.",
    )
    complete_task = does(
        task.complete,
        CompleteTaskInput,
        CompleteTaskResult,
        "Only for kinds that a person answers: STILL_AWAY, REMARK, UNREADABLE, TRANSFER_ELIGIBLE.",
    )
    reveal_field = does(
        search.reveal_field, RevealFieldInput, RevealFieldResult, "One sealed value, with a reason; audited."
    )
    import_ledger = does(
        import_run.import_ledger,
        ImportLedgerInput,
        ImportLedgerResult,
        "Reads a ledger into a run in state PLANNED and writes nothing else. The same by `hub import FILE`.",
    )
    apply_import = does(
        import_run.apply_import,
        ApplyImportInput,
        ApplyImportResult,
        "Applies the plan that was shown: `planDigest` is the one of the run as read.",
    )
    cancel_import = does(
        import_run.cancel_import,
        CancelImportInput,
        CancelImportResult,
        "What was applied stays; the upload is forgotten.",
    )
