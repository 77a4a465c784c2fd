"""What can be changed of organizational life: activities, participation, inquiries, exemptions, contact."""

import strawberry

from hub.resolvers import activity, contact, exemption, inquiry
from hub.resolvers import participation_action as participation
from hub.schema.activity import (
    CancelActivityInput,
    CancelActivityResult,
    RecordActivityInput,
    RecordActivityResult,
)
from hub.schema.contact_input import (
    LiftLostInput,
    LiftLostResult,
    RecordContactInput,
    RecordContactResult,
    RecordLostInput,
    RecordLostResult,
)
from hub.schema.exemption import (
    EndExemptionInput,
    EndExemptionResult,
    RecordExemptionInput,
    RecordExemptionResult,
)
from hub.schema.inquiry import (
    AnswerInquiryInput,
    AnswerInquiryResult,
    AskInquiryInput,
    AskInquiryResult,
    WithdrawInquiryInput,
    WithdrawInquiryResult,
)
from hub.schema.participation_input import (
    AcceptParticipationInput,
    AcceptParticipationResult,
    AcknowledgeParticipationsInput,
    AcknowledgeParticipationsResult,
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
    RecordParticipationInput,
    RecordParticipationResult,
    RecordRollCallInput,
    RecordRollCallResult,
    ReportParticipationInput,
    ReportParticipationResult,
)
from hub.schema.words import does


@strawberry.type(description="What can be changed of organizational life.")
class ParticipationMutation:
    """What can be changed of organizational life."""

    record_activity = does(
        activity.record, RecordActivityInput, RecordActivityResult, "登记活动: announced or held, by its host."
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
    record_roll_call = does(
        participation.record_roll_call,
        RecordRollCallInput,
        RecordRollCallResult,
        "A whole roll call at once; good lines go in, also when others are refused.",
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
    accept_participation = does(
        participation.accept,
        AcceptParticipationInput,
        AcceptParticipationResult,
        "The home branch: accepted on evidence, where no host of this hub confirms.",
    )
    acknowledge_participations = does(
        participation.acknowledge,
        AcknowledgeParticipationsInput,
        AcknowledgeParticipationsResult,
        "The formal organization takes note, of single records or of a member's month. A duty with a clock, never a condition.",
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
    record_exemption = does(
        exemption.record, RecordExemptionInput, RecordExemptionResult, "The home branch: no hard attendance for a time."
    )
    end_exemption = does(
        exemption.end, EndExemptionInput, EndExemptionResult, "The home branch: when an exemption ended or will end."
    )
    ask_inquiry = does(
        inquiry.ask, AskInquiryInput, AskInquiryResult, "协查函, by the outflow side; silence is never an answer."
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
    record_lost = does(
        contact.record_lost,
        RecordLostInput,
        RecordLostResult,
        "失联: a finding of people. EVIDENCE_OPEN and SEARCH_INCOMPLETE name what is to be done first.",
    )
    lift_lost = does(contact.lift_lost, LiftLostInput, LiftLostResult, "The member was found.")
