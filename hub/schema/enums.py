"""The enumerations of the models as words of the schema, each value with its meaning.

They are here together, and imported before any type, since a type that names one has to find it described.
"""

from hub.domain.liaison import LiaisonState
from hub.domain.viewer import Role
from hub.feed.item import CloseReason, ResyncReason
from hub.models import (
    DecisionKind,
    DenialCode,
    DiscrepancyState,
    EndReason,
    EventKind,
    ImportState,
    InflowState,
    LedgerKind,
    LetterState,
    MatchBasis,
    MatchState,
    MemberCategory,
    MemberStanding,
    OrganizationKind,
    ReasonCode,
    Side,
    TaskKind,
    Topic,
    TransferState,
)
from hub.schema.words import enum

enum(
    Side,
    "The two sides of a liaison and of a transfer.",
    OUTFLOW="流出地: the side that holds the formal relationship.",
    INFLOW="流入地: the side where the member lives and works.",
)
enum(
    OrganizationKind,
    "What an organization is. What it may do is data (`canIssueLetters`) and does not follow from its kind.",
    ORGANIZATION_DEPARTMENT="组织部: organization department of a county, district or above.",
    COMMITTEE="党委 of a town, street, community, enterprise or institution.",
    WORK_COMMITTEE="党工委.",
    GENERAL_BRANCH="党总支.",
    BRANCH="党支部: every member is in one.",
    JOINT_BRANCH="联合党支部 of several units.",
    TEMPORARY_BRANCH="临时党支部.",
    FLOATING_BRANCH="流动党员党支部.",
    PARTY_GROUP="党小组.",
    OTHER="Anything else.",
)
enum(
    MemberCategory,
    "Full or probationary; changed only by a recorded decision.",
    FULL="正式党员.",
    PROBATIONARY="预备党员: time runs on while they are away.",
)
enum(
    MemberStanding,
    "Whether the membership is in force (党籍状态). Seen by the own side, and by the accepting side from the letter on.",
    IN_FORCE="Membership is in force.",
    SUSPENDED="停止党籍.",
    REMOVED="除名.",
    EXPELLED="开除党籍.",
    CANDIDACY_CANCELLED="取消预备党员资格.",
    DECEASED="去世.",
)
enum(
    DecisionKind,
    "A decision on membership, taken by people elsewhere and recorded here; the hub never decides one.",
    FULL_MEMBERSHIP="转正.",
    PROBATION_EXTENDED="延长预备期.",
    CANDIDACY_CANCELLED="取消预备党员资格.",
    SUSPENDED="停止党籍.",
    RESTORED="恢复党籍.",
    REMOVED="除名.",
    EXPELLED="开除党籍.",
    DECEASED="去世.",
)
enum(
    InflowState,
    "Where the member stands on the inflow side, whether matched or not. VERIFYING is set by the inflow side's own hand only, never by a candidate.",
    ARRIVED="报到: registered, not yet placed in a branch.",
    VERIFYING="核查中: the inflow side is finding out.",
    PLACED="已纳入一个党支部.",
    RETURNED="退回, with a reason.",
    LEFT="已离开: the inflow side says that the member left.",
)
enum(
    ReasonCode,
    "No refusing without cause (条例 Art 25): the causes; more may be added. Text is mandatory with OTHER.",
    FILE_INCOMPLETE="档案不全.",
    DUES_UNPAID="党费未交清.",
    WRONG_ADDRESSEE="抬头或接收组织有误.",
    NOT_HERE_SIX_MONTHS="在本地未满六个月.",
    ADMISSION_IN_DOUBT="入党手续存疑: goes to the county's examination.",
    MEMBERS_WISH="本人要求.",
    NOT_LIVING_HERE="不在本地居住或工作.",
    DUPLICATE="重复.",
    OTHER="其他: say what in the text.",
)
enum(
    LiaisonState,
    "The state of a liaison as this reader may see it.",
    AWAITING_ARRIVAL="Only the outflow statement, seen by the outflow side alone.",
    UNMATCHED="Only the inflow statement, whether or not a question about it is open.",
    MATCHED="Both statements, joined by a confirmed match.",
    DENIED="The outflow side said not ours; shown to the inflow side only if the outflow statement named it, else UNMATCHED.",
    ENDED="Ended by the outflow side; an unmatched arrival that LEFT or was RETURNED is ENDED too.",
)
enum(
    EndReason,
    "Why the outflow side ended a liaison. A short return home (返乡) is a visit, not an end.",
    RETURNED="回流: back for good.",
    MOVED_ON="Moved on to another place; the next liaison opens at once.",
    TRANSFERRED="组织关系已转接.",
    MEMBERSHIP_ENDED="Membership has ended; seen by those who may know of the standing.",
    DECEASED="去世; seen by those who may know of the standing.",
    IN_ERROR="登记有误.",
)
enum(
    MatchState,
    "Where the question stands.",
    ASKED="The outflow side has not answered yet.",
    CONFIRMED="Yes, this is ours.",
    DENIED="No, with a code.",
    UNDONE="A wrong match, taken back by either side.",
)
enum(
    MatchBasis,
    "What the two records share. Never name and phone alone.",
    IDENTITY_NUMBER="The identity number.",
    CARD="The number of the 活动证, with its issuer and the name.",
    NAME_AND_BIRTH_DATE="Name and birth date.",
    NAME_BIRTH_DATE_AND_ORGANIZATION="Name, birth date and the outflow organization that the arrival names.",
)
enum(
    DenialCode,
    "Why the outflow side says no.",
    NOT_OUR_MEMBER="不是本组织党员.",
    NOT_AWAY="没有外出.",
    ALREADY_TRANSFERRED="组织关系已转出.",
    OTHER="其他: say what in the note.",
)
enum(
    DiscrepancyState,
    "Where a difference stands.",
    OPEN="Waits for its owner.",
    PROPOSED="The other side has proposed how to settle it.",
    SETTLED="Settled; stays so until one of the values changes.",
)
enum(
    TransferState,
    "Where a transfer stands.",
    REQUESTED="Asked for, on the member's own application.",
    CONFIRMED="The outflow branch confirmed, outflow review runs.",
    LETTER_ISSUED="The introduction letter is issued. It moves nothing.",
    ACCEPTED="The acceptor accepted, the holder has not released yet (within one hub this does not last).",
    RELEASED="The formal affiliation has moved, valid from the day of acceptance.",
    RECEIPTED="The receipt (回执) has come back.",
    CLOSED="办结.",
    RETURNED="With the outflow branch for correction.",
    REFUSED="The outflow side refused, before the letter.",
    REJECTED="The inflow side did not accept.",
    WITHDRAWN="撤回.",
)
enum(
    LetterState,
    "States of the letter, not of the transfer: a new letter replaces an expired, void or lost one.",
    ISSUED="In force until it expires.",
    EXPIRED="Not handed in within its validity.",
    VOID="Replaced, lost or returned.",
    USED="The member was accepted on it.",
)
enum(
    Topic,
    "What an event is about; a reader may ask for some only.",
    MEMBER="Members, decisions, identities, officers.",
    LIAISON="Statements, matches, visits, ends.",
    TRANSFER="Transfers and letters.",
    PARTICIPATION="On-site participation (to come).",
    DISCREPANCY="Differences between the sides.",
    LEDGER="Ledgers applied.",
)
enum(
    EventKind,
    "What happened. Kinds ending in _SHARED: a record became visible to some readers; _UNSHARED: it ceased to be, forget it unless `node(aggregate)` still answers.",
    MEMBER_REGISTERED="A member was registered.",
    MEMBERSHIP_DECIDED="A decision on membership was recorded.",
    IDENTITY_CORRECTED="A name, number or birth date was corrected.",
    OFFICER_CHANGED="An organization has another contact.",
    DEPARTURE_REGISTERED="An outflow statement was registered.",
    ARRIVAL_REGISTERED="An inflow statement was registered.",
    MATCH_ASKED="The outflow side is asked about an arrival; heard by it alone.",
    MATCH_CONFIRMED="Two statements were joined: written once per statement; `replaces` stands in the arrival's.",
    MATCH_DENIED="The outflow side said no.",
    MATCH_UNDONE="A match was taken back: written once per statement.",
    DENIAL_OBJECTED="The inflow side asked to look again.",
    MEMBER_PLACED="The member was placed in a branch.",
    ARRIVAL_RETURNED="An arrival was sent back.",
    STATEMENT_AMENDED="A statement was amended or confirmed unchanged.",
    VISIT_RECORDED="A short return home was recorded.",
    LEAVING_RECORDED="The inflow side said that the member left.",
    LIAISON_ENDED="The outflow side ended the liaison.",
    LIAISON_SHARED="A statement and the member in it became visible.",
    LIAISON_UNSHARED="A statement and the member in it ceased to be visible.",
    TRANSFER_REQUESTED="A transfer was requested.",
    TRANSFER_CONFIRMED="The outflow branch confirmed.",
    TRANSFER_APPROVED="An outflow review step was taken.",
    LETTER_ISSUED="The letter was issued.",
    LETTER_REISSUED="A new letter replaced the old one.",
    LETTER_EXPIRED="The letter was not handed in within its validity.",
    TRANSFER_RETURNED="Returned for correction.",
    TRANSFER_REFUSED="The outflow side refused.",
    TRANSFER_SHARED="The transfer became visible.",
    TRANSFER_UNSHARED="The transfer ceased to be visible.",
    WITHDRAWAL_ASKED="The outflow side asked to withdraw after the letter.",
    TRANSFER_WITHDRAWN="The transfer was withdrawn.",
    TRANSFER_ACCEPTED="The inflow committee accepted.",
    TRANSFER_RELEASED="The formal affiliation has moved.",
    TRANSFER_REJECTED="The inflow committee did not accept.",
    RECEIPT_RETURNED="The receipt came back.",
    TRANSFER_CLOSED="办结.",
    BRANCH_MOVED="A member moved between branches of one committee.",
    DISCREPANCY_OPENED="The sides differ on a field.",
    DISCREPANCY_PROPOSED="One side proposed how to settle it.",
    DISCREPANCY_SETTLED="A difference was settled.",
    LEDGER_IMPORTED="A ledger was applied.",
)
enum(
    ResyncReason,
    "Why the reader has to read everything anew.",
    EXPIRED="The cursor is older than what is kept.",
    UNKNOWN_CURSOR="The event of the cursor is gone, although it should be kept: the hub was restored from a backup.",
    SCOPE_CHANGED="What this reader may see has changed.",
)
enum(
    CloseReason,
    "Why the hub ends a stream.",
    DEPLOY="The hub restarts; come back.",
    AUTH_EXPIRED="The token has expired; come back with a new one.",
    REVOKED="The token was withdrawn.",
    LIMIT="Too many streams of this reader.",
    SLOW_CONSUMER="The reader took too long to take an item.",
)
enum(
    LedgerKind,
    "What a ledger lists.",
    ORGANIZATIONS="党组织.",
    MEMBERS="党员.",
    OUTFLOW="流出党员.",
    INFLOW="流入党员.",
)
enum(
    ImportState,
    "Where a run stands.",
    PLANNED="Read and shown; nothing is written.",
    RUNNING="Being applied, in batches.",
    DONE="Applied and compared with the other side's statements.",
    FAILED="Stopped; what was applied stays, applying again goes on.",
    CANCELLED="Given up; what was applied stays, the upload is forgotten.",
)
enum(
    Role,
    "What a token may do. BRANCH, COMMITTEE and DEPARTMENT act for their organization and everything below it.",
    BRANCH="党支部.",
    COMMITTEE="基层党委.",
    DEPARTMENT="组织部.",
    PARTNER="A partner system: reads states, organizations and dates, never names, numbers or standing.",
    MEMBER="A member: reads everything about themselves.",
)
enum(
    TaskKind,
    "Derived from the records; only STILL_AWAY, REMARK, UNREADABLE and TRANSFER_ELIGIBLE are answered by a person.",
    STILL_AWAY="A line vanished from the branch's ledger: is the member still away?",
    REMARK="A remark such as 已返乡 or 联系不上: what follows from it?",
    UNREADABLE="A cell could not be read: what does it say?",
    TRANSFER_ELIGIBLE="Six months at a fixed place (应转尽转): request a transfer, or say why not.",
    MATCH="An arrival may be ours: yes or no?",
    DENIAL="The outflow side said no: look again, or object.",
    DISCREPANCY="The statements differ on a field.",
    NO_ARRIVAL="Departed, but nobody has registered the arrival (流出未流入).",
    NO_DEPARTURE="Arrived, but no departure is known (流入未流出).",
    LEAVING="The inflow side says that the member left: end or go on?",
    RETURN_VISIT="Home for a short time: hold the meeting (凡回乡必见面).",
    TRANSFER_STEP="A transfer waits for its next step.",
    RECEIPT="A receipt is due.",
    NATIONAL_SYSTEM_DATE="The date of the national system is missing.",
    LETTER_EXPIRED="A letter expired and was not accepted (口袋党员): issue a new one or withdraw.",
    RETURNED_NOT_CLOSED="Returned, but the liaison is still open.",
    TWO_MEMBERS="One identity number stands on two members: find out which record holds.",
)
