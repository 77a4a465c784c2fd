"""What can be changed of organizational life: activities, participation, inquiries, exemptions, contact."""

import strawberry

from hub.resolvers import activity, contact, exemption, inquiry
from hub.resolvers import participation_action as participation
from hub.schema.activity import (
    AmendActivityInput,
    AmendActivityResult,
    CancelActivityInput,
    CancelActivityResult,
    PlanActivityInput,
    PlanActivityResult,
)
from hub.schema.contact_input import (
    LiftLostInput,
    LiftLostResult,
    LogSearchInput,
    LogSearchResult,
    RecordContactInput,
    RecordContactResult,
    RecordLostInput,
    RecordLostResult,
)
from hub.schema.exemption import (
    EndExemptionInput,
    EndExemptionResult,
    GrantExemptionInput,
    GrantExemptionResult,
)
from hub.schema.inquiry import (
    AnswerInquiryInput,
    AnswerInquiryResult,
    OpenInquiryInput,
    OpenInquiryResult,
    WithdrawInquiryInput,
    WithdrawInquiryResult,
)
from hub.schema.participation_input import (
    AcceptReportInput,
    AcceptReportResult,
    AcknowledgeMonthInput,
    AcknowledgeMonthResult,
    AcknowledgeParticipationInput,
    AcknowledgeParticipationResult,
    AnswerDisputeInput,
    AnswerDisputeResult,
    ConfirmParticipationInput,
    ConfirmParticipationResult,
    CorrectParticipationInput,
    CorrectParticipationResult,
    DisputeParticipationInput,
    DisputeParticipationResult,
    HearAbsenceInput,
    HearAbsenceResult,
    RecordAttendanceInput,
    RecordAttendanceResult,
    RecordParticipationInput,
    RecordParticipationResult,
    ReportParticipationInput,
    ReportParticipationResult,
)
from hub.schema.words import does


@strawberry.type(description="What can be changed of organizational life.")
class ParticipationMutation:
    """What can be changed of organizational life."""

    plan_activity = does(
        activity.record, PlanActivityInput, PlanActivityResult, "登记活动: announced or held, by its host."
    )
    amend_activity = does(
        activity.amend, AmendActivityInput, AmendActivityResult, "更正活动: its details, by its host."
    )
    cancel_activity = does(
        activity.cancel, CancelActivityInput, CancelActivityResult, "It will not take place; only without records."
    )
    record_participation = does(
        participation.record,
        RecordParticipationInput,
        RecordParticipationResult,
        "One line of the host's roll call; it enters CONFIRMED and counts.",
    )
    record_attendance = does(
        participation.record_roll_call,
        RecordAttendanceInput,
        RecordAttendanceResult,
        "A whole roll call at once: an outcome for each line; good ones go in, also when others are refused.",
    )
    report_participation = does(
        participation.report,
        ReportParticipationInput,
        ReportParticipationResult,
        "党员自报: by the member themself, or by the home branch for them.",
    )
    confirm_participation = does(
        participation.confirm,
        ConfirmParticipationInput,
        ConfirmParticipationResult,
        "The host: what the member told is so.",
    )
    accept_report = does(
        participation.accept,
        AcceptReportInput,
        AcceptReportResult,
        "The home branch: accepted on evidence, where no host of this hub confirms.",
    )
    acknowledge_participation = does(
        participation.acknowledge,
        AcknowledgeParticipationInput,
        AcknowledgeParticipationResult,
        "The formal organization takes note of a record (确认). A duty with a clock, never a condition.",
    )
    acknowledge_month = does(
        participation.acknowledge_month,
        AcknowledgeMonthInput,
        AcknowledgeMonthResult,
        "The formal organization takes note of all that waits of a member and month.",
    )
    dispute_participation = does(
        participation.dispute,
        DisputeParticipationInput,
        DisputeParticipationResult,
        "异议, by the member or the home branch; whoever told the record answers within the rule's days.",
    )
    answer_dispute = does(
        participation.answer_dispute,
        AnswerDisputeInput,
        AnswerDisputeResult,
        "Whoever told the record: a correction, or standing by it.",
    )
    correct_participation = does(
        participation.correct,
        CorrectParticipationInput,
        CorrectParticipationResult,
        "更正, by whoever told it, with a reason; the version before stays, and it waits for acknowledgement anew.",
    )
    hear_absence = does(
        participation.hear,
        HearAbsenceInput,
        HearAbsenceResult,
        "The home branch has heard the member about an absence; only then may it weigh.",
    )
    grant_exemption = does(
        exemption.record, GrantExemptionInput, GrantExemptionResult, "The home branch: no hard attendance for a time."
    )
    end_exemption = does(
        exemption.end, EndExemptionInput, EndExemptionResult, "The home branch: when an exemption ended or will end."
    )
    open_inquiry = does(
        inquiry.ask, OpenInquiryInput, OpenInquiryResult, "协查函, by the outflow side; silence is never an answer."
    )
    answer_inquiry = does(
        inquiry.answer, AnswerInquiryInput, AnswerInquiryResult, "The inflow side's answer, with records attached."
    )
    withdraw_inquiry = does(
        inquiry.withdraw, WithdrawInquiryInput, WithdrawInquiryResult, "The outflow side takes it back, with a reason."
    )
    record_contact = does(
        contact.record, RecordContactInput, RecordContactResult, "The home branch reached a member, or tried."
    )
    log_search = does(
        contact.log_search,
        LogSearchInput,
        LogSearchResult,
        "The home branch looked for a member: an entry of the search log.",
    )
    record_lost = does(
        contact.record_lost,
        RecordLostInput,
        RecordLostResult,
        "失联: a finding of people. EVIDENCE_OPEN and SEARCH_INCOMPLETE name what is to be done first.",
    )
    lift_lost = does(contact.lift_lost, LiftLostInput, LiftLostResult, "The member was found.")
