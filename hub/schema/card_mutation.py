"""What can be changed about activity cards and the appraisal."""

import strawberry

from hub.resolvers import activity_card, appraisal
from hub.schema.activity_card import (
    CheckActivityCardInput,
    CheckActivityCardResult,
    IssueActivityCardInput,
    IssueActivityCardResult,
    ReplaceActivityCardInput,
    ReplaceActivityCardResult,
    ReturnActivityCardInput,
    ReturnActivityCardResult,
    VerifyActivityCardInput,
    VerifyActivityCardResult,
    VoidActivityCardInput,
    VoidActivityCardResult,
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

    issue_activity_card = does(
        activity_card.issue, IssueActivityCardInput, IssueActivityCardResult, "发证, by the home branch."
    )
    verify_activity_card = does(
        activity_card.present,
        VerifyActivityCardInput,
        VerifyActivityCardResult,
        "出示: the inflow side notes the card that it was shown.",
    )
    check_activity_card = does(
        activity_card.check, CheckActivityCardInput, CheckActivityCardResult, "查验, once a year, by either branch."
    )
    return_activity_card = does(
        activity_card.return_, ReturnActivityCardInput, ReturnActivityCardResult, "交回, to the home branch."
    )
    void_activity_card = does(activity_card.void, VoidActivityCardInput, VoidActivityCardResult, "作废, with a reason.")
    replace_activity_card = does(
        activity_card.replace, ReplaceActivityCardInput, ReplaceActivityCardResult, "换发, with a reason."
    )
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
