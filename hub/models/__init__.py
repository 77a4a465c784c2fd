"""Tables only, one file per noun. Importing this package loads them all into `Base.metadata`."""

from hub.models.activity import Activity, ActivityKind, Component, ParticipationMode
from hub.models.activity_card import CARD_ENDED, ActivityCard, CardCheck, CardState
from hub.models.affiliation import Affiliation
from hub.models.appraisal import Appraisal, AppraisalOpinion, Grade
from hub.models.arrival import Arrival, ArrivalHistory, InflowState, ReasonCode
from hub.models.audit import DataKey, Disclosure, Reveal
from hub.models.columns import Base, FieldClass
from hub.models.contact import Contact, ContactManner, LostFinding
from hub.models.departure import Departure, DepartureHistory, EndReason, Visit
from hub.models.discrepancy import Discrepancy, DiscrepancyState
from hub.models.event import Aggregate, EventKind, Feed, FeedAudience, FeedHead, Outbox, Topic
from hub.models.import_run import ImportRun, ImportState, LedgerKind, LedgerLine
from hub.models.inbox import Inbox
from hub.models.inquiry import Inquiry, InquiryRecord, InquiryState
from hub.models.job import Job
from hub.models.match import DenialCode, Match, MatchBasis, MatchState
from hub.models.member import DecisionKind, Identity, Member, MemberCategory, MembershipDecision, MemberStanding
from hub.models.operation import Operation
from hub.models.organization import (
    BRANCH_KINDS,
    Officer,
    Organization,
    OrganizationAlias,
    OrganizationClosure,
    OrganizationKind,
)
from hub.models.participation import (
    ATTENDED,
    Attendance,
    DisputeState,
    EvidenceKind,
    Exemption,
    ExemptionReason,
    Participation,
    ParticipationHistory,
    ParticipationRole,
    ParticipationSource,
    ParticipationState,
)
from hub.models.question import ANSWERED_BY_A_PERSON, Question, TaskKind
from hub.models.rule import DeadlineRule, RuleCode, RuleUnit
from hub.models.side import Side
from hub.models.transfer import FINISHED, LETTER_SEEN, Letter, LetterState, Transfer, TransferState, TransferStep

__all__ = [
    "ANSWERED_BY_A_PERSON",
    "ATTENDED",
    "BRANCH_KINDS",
    "CARD_ENDED",
    "FINISHED",
    "LETTER_SEEN",
    "Activity",
    "ActivityCard",
    "ActivityKind",
    "Affiliation",
    "Aggregate",
    "Appraisal",
    "AppraisalOpinion",
    "Arrival",
    "ArrivalHistory",
    "Attendance",
    "Base",
    "CardCheck",
    "CardState",
    "Component",
    "Contact",
    "ContactManner",
    "DataKey",
    "DeadlineRule",
    "DecisionKind",
    "DenialCode",
    "Departure",
    "DepartureHistory",
    "Disclosure",
    "Discrepancy",
    "DiscrepancyState",
    "DisputeState",
    "EndReason",
    "EventKind",
    "EvidenceKind",
    "Exemption",
    "ExemptionReason",
    "Feed",
    "FeedAudience",
    "FeedHead",
    "FieldClass",
    "Grade",
    "Identity",
    "ImportRun",
    "ImportState",
    "Inbox",
    "InflowState",
    "Inquiry",
    "InquiryRecord",
    "InquiryState",
    "Job",
    "LedgerKind",
    "LedgerLine",
    "Letter",
    "LetterState",
    "LostFinding",
    "Match",
    "MatchBasis",
    "MatchState",
    "Member",
    "MemberCategory",
    "MemberStanding",
    "MembershipDecision",
    "Officer",
    "Operation",
    "Organization",
    "OrganizationAlias",
    "OrganizationClosure",
    "OrganizationKind",
    "Outbox",
    "Participation",
    "ParticipationHistory",
    "ParticipationMode",
    "ParticipationRole",
    "ParticipationSource",
    "ParticipationState",
    "Question",
    "ReasonCode",
    "Reveal",
    "RuleCode",
    "RuleUnit",
    "Side",
    "TaskKind",
    "Topic",
    "Transfer",
    "TransferState",
    "TransferStep",
    "Visit",
]
