"""What is told of participation, and what people do with a record: inputs and answers in GraphQL words."""

from datetime import date
from typing import Any
from uuid import UUID

import strawberry
from strawberry import ID

from hub.models import ActivityKind, Attendance, Component, EvidenceKind, ParticipationMode, ParticipationRole
from hub.resolvers import participation_action as action
from hub.schema.activity import Activity
from hub.schema.participation import Participation
from hub.schema.refusal import Refusal
from hub.schema.scalars import PartialDate, YearMonth
from hub.schema.words import OP_ID, each, given, leaf, of_class, optional, result

_WHICH = "Which record."
_VERSION = "Its version as it was read."
_LIAISON = "Whose: a liaison or one of its statements; for the place the arrival, for the home side the member."
_MEMBER = "Whose: a member of the own side; either this or `liaisonId`."
_ATTENDANCE = "出勤; left out: PRESENT."
_MODE = "How they took part; left out: as the activity."
_ROLE = "As what; left out: PARTICIPANT."
_VOTED = "Whether they voted; only at the formal organization."
_MINUTES = "For how long, in minutes."
_HOURS = "学时; left out: those of the activity."
_COMPONENTS = "Which parts of a theme day they attended."
_EVIDENCE = "What shows it."
_REFERENCE = "Where the evidence is kept: a reference, never the picture."
_REMARK = "备注; the own side only."


@strawberry.input(description="One line of a host's roll call: an arrival of the place, or a member of the own side.")
class RecordParticipationInput:
    """One line of a roll call."""

    op_id: UUID = given(OP_ID)
    activity_id: ID = given("Which activity; the caller's side hosts it.")
    liaison_id: ID | None = optional(_LIAISON)
    member_id: ID | None = optional(_MEMBER)
    attendance: Attendance | None = optional(_ATTENDANCE)
    mode: ParticipationMode | None = optional(_MODE)
    role: ParticipationRole | None = optional(_ROLE)
    voted: bool | None = optional(_VOTED)
    minutes: int | None = optional(_MINUTES)
    hours: float | None = optional(_HOURS)
    components_attended: list[Component] | None = optional(_COMPONENTS)
    evidence_kind: EvidenceKind | None = optional(_EVIDENCE)
    evidence_reference: str | None = optional(_REFERENCE)
    remark: str | None = optional(_REMARK)


@strawberry.input(description="One line of a roll call.")
class RollCallEntryInput:
    """One line of a roll call."""

    liaison_id: ID | None = optional(_LIAISON)
    member_id: ID | None = optional(_MEMBER)
    attendance: Attendance | None = optional(_ATTENDANCE)
    mode: ParticipationMode | None = optional(_MODE)
    role: ParticipationRole | None = optional(_ROLE)
    voted: bool | None = optional(_VOTED)
    minutes: int | None = optional(_MINUTES)
    hours: float | None = optional(_HOURS)
    components_attended: list[Component] | None = optional(_COMPONENTS)
    evidence_kind: EvidenceKind | None = optional(_EVIDENCE)
    evidence_reference: str | None = optional(_REFERENCE)
    remark: str | None = optional(_REMARK)


@strawberry.input(description="A whole roll call (签到表). Good lines go in, also when others are refused.")
class RecordAttendanceInput:
    """A whole roll call."""

    op_id: UUID = given(OP_ID)
    activity_id: ID = given("Which activity; the caller's side hosts it.")
    entries: list[RollCallEntryInput] = given(f"Its lines, at most {action.MOST_ENTRIES}.")


RecordParticipationResult = result("RecordParticipationResult", "The record, or why not.", Participation, Refusal)


@strawberry.type(description="What became of a roll call.")
class RollCall:
    """What became of a roll call."""

    is_type_of = of_class(action.RollCall)

    activity: Activity | None = leaf("The activity.")
    outcomes: Any = each(
        RecordParticipationResult,
        "What became of each line, in their order: the record, also one that was there already, or why it did not go in.",
    )


@strawberry.input(
    description="What a member tells the home branch: themself, or the branch for them. It counts once the host confirms it or the branch accepts it on evidence."
)
class ReportParticipationInput:
    """What a member tells the home branch."""

    op_id: UUID = given(OP_ID)
    member_id: ID | None = optional("Who took part; left out by the member's own token.")
    kind: ActivityKind = given("活动类型.")
    held_on: PartialDate = given("活动时间: a day, or a month.")
    title: str | None = optional("主题; mandatory with OTHER.")
    host_id: ID | None = optional("The host, an organization of this hub.")
    host_text: str | None = optional("The host in words, where it is on no hub.")
    place: str | None = optional("地点, at town level.")
    attendance: Attendance | None = optional(_ATTENDANCE)
    mode: ParticipationMode | None = optional("How they took part; left out: on site.")
    role: ParticipationRole | None = optional(_ROLE)
    minutes: int | None = optional(_MINUTES)
    hours: float | None = optional("学时.")
    components_attended: list[Component] | None = optional(_COMPONENTS)
    evidence_kind: EvidenceKind | None = optional(_EVIDENCE)
    evidence_reference: str | None = optional(_REFERENCE)
    remark: str | None = optional(_REMARK)


@strawberry.input(description="The host says that what a member told is so.")
class ConfirmParticipationInput:
    """It is so."""

    op_id: UUID = given(OP_ID)
    participation_id: ID = given(_WHICH)
    version: int = given(_VERSION)


@strawberry.input(description="The home branch accepts a report on evidence (凭佐证认可); it counts from then on.")
class AcceptReportInput:
    """Accepted on evidence."""

    op_id: UUID = given(OP_ID)
    participation_id: ID = given(_WHICH)
    version: int = given(_VERSION)
    evidence_kind: EvidenceKind | None = optional("What shows it; left out: as the report says.")
    evidence_reference: str | None = optional(_REFERENCE)


@strawberry.input(description="The formal organization takes note of a record (确认).")
class AcknowledgeParticipationInput:
    """Taken note of."""

    op_id: UUID = given(OP_ID)
    participation_id: ID = given(_WHICH)
    version: int = given(_VERSION)


@strawberry.input(description="The formal organization takes note of all that waits of a member and month.")
class AcknowledgeMonthInput:
    """A month taken note of."""

    op_id: UUID = given(OP_ID)
    member_id: ID = given("Whose records.")
    month: YearMonth = given("Of which month.")


@strawberry.type(description="What was taken note of.")
class Acknowledged:
    """What was taken note of."""

    is_type_of = of_class(action.Acknowledged)

    participations: list[Participation] = leaf("The records, now acknowledged.")
    count: int = leaf("How many of them by this very call.")


@strawberry.input(description="The member disputes a record (异议), or the home branch for them.")
class DisputeParticipationInput:
    """An objection."""

    op_id: UUID = given(OP_ID)
    participation_id: ID = given(_WHICH)
    version: int = given(_VERSION)
    reason: str = given("What is wrong with it.")


@strawberry.input(
    description="Whoever told a record answers its dispute: with a correction, or standing by it. A field left out stays."
)
class AnswerDisputeInput:
    """The answer to an objection."""

    op_id: UUID = given(OP_ID)
    participation_id: ID = given(_WHICH)
    version: int = given(_VERSION)
    answer: str = given("The answer in words.")
    attendance: Attendance | None = optional("The right mark.")
    mode: ParticipationMode | None = optional("How they took part.")
    role: ParticipationRole | None = optional("As what they took part.")
    minutes: int | None = optional(_MINUTES)
    hours: float | None = optional("学时.")
    components_attended: list[Component] | None = optional(_COMPONENTS)
    evidence_kind: EvidenceKind | None = optional(_EVIDENCE)
    evidence_reference: str | None = optional(_REFERENCE)
    remark: str | None = optional(_REMARK)


@strawberry.input(
    description="A correction by whoever told the record, of a report also by the member. The version before stays; a field left out stays, null clears."
)
class CorrectParticipationInput:
    """A correction."""

    op_id: UUID = given(OP_ID)
    participation_id: ID = given(_WHICH)
    version: int = given(_VERSION)
    reason: str = given("Why it was wrong; kept.")
    attendance: Attendance | None = optional("The right mark.")
    mode: ParticipationMode | None = optional("How they took part.")
    role: ParticipationRole | None = optional("As what they took part.")
    voted: bool | None = optional(_VOTED)
    minutes: int | None = optional(_MINUTES)
    hours: float | None = optional("学时.")
    components_attended: list[Component] | None = optional(_COMPONENTS)
    evidence_kind: EvidenceKind | None = optional(_EVIDENCE)
    evidence_reference: str | None = optional(_REFERENCE)
    remark: str | None = optional(_REMARK)


@strawberry.input(
    description="The home branch has heard the member about an absence that the place noted (听取本人说明)."
)
class HearAbsenceInput:
    """The member was heard."""

    op_id: UUID = given(OP_ID)
    participation_id: ID = given(_WHICH)
    version: int = given(_VERSION)
    heard_on: date = given("On which day.")
    statement: str | None = optional("What the member said; the home side and the member only.")


RecordAttendanceResult = result(
    "RecordAttendanceResult", "What became of each line, or why none was taken.", RollCall, Refusal
)
ReportParticipationResult = result("ReportParticipationResult", "The report, or why not.", Participation, Refusal)
ConfirmParticipationResult = result(
    "ConfirmParticipationResult", "The record, confirmed, or why not.", Participation, Refusal
)
AcceptReportResult = result("AcceptReportResult", "The record, accepted, or why not.", Participation, Refusal)
AcknowledgeParticipationResult = result(
    "AcknowledgeParticipationResult", "The record, acknowledged, or why not.", Participation, Refusal
)
AcknowledgeMonthResult = result(
    "AcknowledgeMonthResult", "What was taken note of, or why nothing was.", Acknowledged, Refusal
)
DisputeParticipationResult = result(
    "DisputeParticipationResult", "The record with the dispute, or why not.", Participation, Refusal
)
AnswerDisputeResult = result("AnswerDisputeResult", "The record with the answer, or why not.", Participation, Refusal)
CorrectParticipationResult = result(
    "CorrectParticipationResult", "The record, corrected, or why not.", Participation, Refusal
)
HearAbsenceResult = result("HearAbsenceResult", "The record, heard about, or why not.", Participation, Refusal)
