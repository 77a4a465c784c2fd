"""What can be changed about activity cards and the appraisal."""

import strawberry

from hub.resolvers import activity_card, appraisal
from hub.schema.activity_card import (
    CheckCardInput,
    CheckCardResult,
    IssueCardInput,
    IssueCardResult,
    PresentCardInput,
    PresentCardResult,
    ReplaceCardInput,
    ReplaceCardResult,
    ReturnCardInput,
    ReturnCardResult,
    VoidCardInput,
    VoidCardResult,
)
from hub.schema.appraisal import (
    CorrectAppraisalInput,
    CorrectAppraisalResult,
    GiveOpinionInput,
    GiveOpinionResult,
    RecordAppraisalInput,
    RecordAppraisalResult,
)
from hub.schema.words import does


@strawberry.type(description="What can be changed about activity cards and the appraisal.")
class CardMutation:
    """What can be changed about activity cards and the appraisal."""

    issue_card = does(activity_card.issue, IssueCardInput, IssueCardResult, "发证, by the home branch.")
    present_card = does(
        activity_card.present,
        PresentCardInput,
        PresentCardResult,
        "出示: the inflow side notes the card that it was shown.",
    )
    check_card = does(activity_card.check, CheckCardInput, CheckCardResult, "查验, once a year, by either branch.")
    return_card = does(activity_card.return_, ReturnCardInput, ReturnCardResult, "交回, to the home branch.")
    void_card = does(activity_card.void, VoidCardInput, VoidCardResult, "作废, with a reason.")
    replace_card = does(activity_card.replace, ReplaceCardInput, ReplaceCardResult, "换发, with a reason.")
    give_opinion = does(
        appraisal.give_opinion,
        GiveOpinionInput,
        GiveOpinionResult,
        "评议意见, of the inflow side or a floating branch; given again it replaces.",
    )
    record_appraisal = does(
        appraisal.record,
        RecordAppraisalInput,
        RecordAppraisalResult,
        "评议等次, by the formal organization: recorded, never made here.",
    )
    correct_appraisal = does(
        appraisal.correct, CorrectAppraisalInput, CorrectAppraisalResult, "A grade that was recorded wrongly."
    )
