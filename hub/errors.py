"""What the hub may refuse. A refusal is data (a code, a field, what holds now), never a crash.

`code` is public: partners switch on it, so a code is never renamed. The docstring of
each subclass is the text a person reads: Chinese first, then English, saying what to do next.
"""

from __future__ import annotations

from typing import ClassVar


class Refused(Exception):
    """操作未被接受。 The call was refused."""

    code: ClassVar[str] = "NOT_ALLOWED"

    def __init__(
        self,
        field: str | None = None,
        *,
        version: int | None = None,
        state: str | None = None,
        message: str | None = None,
    ) -> None:
        super().__init__(self.code)
        self.field = field
        self.version = version
        self.state = state
        self._message = message

    @property
    def message(self) -> str:
        """Return the text for people; it never holds personal data."""
        if self._message:
            return self._message
        return " ".join((type(self).__doc__ or self.code).split())


class NotFound(Refused):
    """没有这条记录，或您无权查看。请核对编号。 No such record, or not yours to see. Check the id."""

    code = "NOT_FOUND"


class NotAllowed(Refused):
    """您的身份不能做这一步。请由有权的组织办理。 Your role may not do this. Ask the organization that may."""

    code = "NOT_ALLOWED"


class WrongSide(Refused):
    """这一步由另一方办理。请等待对方。 This step belongs to the other side. Wait for them."""

    code = "WRONG_SIDE"


class WrongState(Refused):
    """当前状态不能做这一步。请刷新后再看。 The present state does not allow this step. Read it again."""

    code = "WRONG_STATE"


class StaleVersion(Refused):
    """您读取之后记录已被修改。请重新读取后再决定。 It changed after you read it. Read it again, then decide."""

    code = "STALE_VERSION"


class OpIdReused(Refused):
    """同一操作号带来了不同内容。请换一个新的操作号。 This opId came with another input. Use a new one."""

    code = "OP_ID_REUSED"


class InvalidInput(Refused):
    """填写有误。请按提示改正后再提交。 The input is not right. Correct the named field and send it again."""

    code = "INVALID_INPUT"


class ReasonRequired(Refused):
    """必须写明理由。请填写理由后再提交。 A reason is required. Write it and send again."""

    code = "REASON_REQUIRED"


class CannotIssueLetters(Refused):
    """该组织无权开具或接收组织关系。请由有审批预备党员权限的基层党委办理。
    This organization may not issue or accept. Turn to the committee that may approve probationary members."""

    code = "CANNOT_ISSUE_LETTERS"


class OpenTransferExists(Refused):
    """该党员已有一件在办的转接。请先办结。 This member has an open transfer. Finish it first."""

    code = "OPEN_TRANSFER_EXISTS"


class SameOrganization(Refused):
    """转出与转入属于同一基层党委。请用支部间调动。 Both sides are one committee. Use moveBranch."""

    code = "SAME_ORGANIZATION"


class BranchRequired(Refused):
    """须落到一个党支部。请选择支部。 A member is placed in a branch. Choose one."""

    code = "BRANCH_REQUIRED"


class ChecklistIncomplete(Refused):
    """接收前须完成一次通话、一次单位核查、一次谈话。 Complete the call, the look-up of the unit and the talk first."""

    code = "CHECKLIST_INCOMPLETE"


class LetterExpired(Refused):
    """介绍信不在有效期内。请联系转出方重开。 The letter is not valid on that day. Ask for a new one."""

    code = "LETTER_EXPIRED"


class LetterNumberTaken(Refused):
    """本年度已有同号介绍信。请换一个编号。 This number was used this year. Choose another."""

    code = "LETTER_NUMBER_TAKEN"


class ValidDaysOverCap(Refused):
    """有效期超过规定上限。请缩短天数。 The validity is over the rule's cap. Choose fewer days."""

    code = "VALID_DAYS_OVER_CAP"


class NotInForce(Refused):
    """该党员党籍不在有效状态。请先办理党籍决定。 The membership is not in force. Record the decision first."""

    code = "NOT_IN_FORCE"


class AlreadyAway(Refused):
    """该党员已有一条在外记录。请先办结或修改原记录。 This member has an open departure. End or amend it."""

    code = "ALREADY_AWAY"


class AlreadyRegistered(Refused):
    """本组织范围内已登记过此人。请使用已有记录。 This person is registered in your own subtree. Use that record."""

    code = "ALREADY_REGISTERED"


class OrganizationClosed(Refused):
    """该组织已撤销。请选择其接续组织。 This organization is closed. Choose its successor."""

    code = "ORGANIZATION_CLOSED"


class ChangedSincePlan(Refused):
    """预览之后数据已变化。请重新预览。 The data changed after the plan was shown. Plan again."""

    code = "CHANGED_SINCE_PLAN"


class TooMany(Refused):
    """超过数量上限。请分批办理或明日再试。 Over the limit. Use smaller parts or try tomorrow."""

    code = "TOO_MANY"


class UnreadableFile(Refused):
    """文件无法读取。请另存为 xlsx 后重试。 The file cannot be read. Save it as xlsx and try again."""

    code = "UNREADABLE_FILE"


class EvidenceOpen(Refused):
    """该党员这段时间还有对方证据未处理完，不能作出不利认定。请先处理列出的事项。
    Evidence about this member and period is still open, so nothing adverse can be recorded. Settle what is listed first."""

    code = "EVIDENCE_OPEN"


class VotesElsewhere(Refused):
    """表决和选举只在正式组织关系所在支部。请去掉“表决”。 Votes are only at the formal organization. Leave the vote out."""

    code = "VOTES_ELSEWHERE"


class NotHeldYet(Refused):
    """活动尚未举行。请在活动之后登记。 The activity is still to come. Record it afterwards."""

    code = "NOT_HELD_YET"


class OutsideStay(Refused):
    """活动日期在报到之前或离开之后。请核对日期，或改为线上。
    On site before the arrival or after the stay ended. Check the day, or the mode."""

    code = "OUTSIDE_STAY"


class AlreadyRecorded(Refused):
    """这一项已有记录。如需修改，请办理更正。 This is recorded already. Correct the record instead."""

    code = "ALREADY_RECORDED"


class SearchIncomplete(Refused):
    """查找记录还不完整。请先完成列出的查找方式。 The search log is not complete. Do what is listed first."""

    code = "SEARCH_INCOMPLETE"


class CardNumberTaken(Refused):
    """同一发证单位已有此编号。请核对编号。 This issuer has used the number already. Check it."""

    code = "CARD_NUMBER_TAKEN"
