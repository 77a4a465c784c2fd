"""Who took part in what (参加组织生活情况), in GraphQL words."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Optional

import strawberry
from strawberry import ID

from hub.domain import directory
from hub.models import Activity as ActivityRow
from hub.models import (
    ActivityKind,
    Attendance,
    Component,
    DisputeState,
    EvidenceKind,
    ParticipationMode,
    ParticipationRole,
    ParticipationSource,
    ParticipationState,
)
from hub.resolvers import participation as resolve
from hub.resolvers.node import TypeNumber
from hub.resolvers.relation import one
from hub.schema.activity import Activity
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.scalars import PartialDate
from hub.schema.words import derived, identified, leaf, of_rows, relation

if TYPE_CHECKING:
    from hub.schema.liaison import Liaison
    from hub.schema.member import Member


@strawberry.type(description="The member's objection to a record (异议), and what became of it.")
class Dispute:
    """The member's objection."""

    state: DisputeState = leaf("What became of it.")
    reason: str | None = leaf("What the member holds against the record.")
    disputed_at: datetime | None = leaf("When it was raised.")
    due_on: date | None = leaf("The day by which whoever told the record answers.")
    answer: str | None = leaf("The answer.")
    answered_at: datetime | None = leaf("When it was answered.")


@strawberry.type(description="What a record said before it was corrected.")
class ParticipationVersion:
    """What a record said before."""

    version: int = leaf("The version that this was.")
    attendance: Attendance | None = leaf("出勤: the mark; null to partners.")
    mode: ParticipationMode = leaf("How they took part.")
    role: ParticipationRole | None = leaf("As what they took part.")
    minutes: int | None = leaf("For how long, in minutes.")
    hours: float | None = leaf("学时.")
    components_attended: list[Component] | None = leaf("Which parts of a theme day they attended.")
    evidence_kind: EvidenceKind | None = leaf("What shows it.")
    evidence_reference: str | None = leaf("Where the evidence is kept.")
    remark: str | None = leaf("备注; the side that told the record only.")
    reason: str | None = leaf("Why this version corrected the one before it.")
    amended_at: datetime = leaf("When this version was told.")


@strawberry.type(
    description="One person's part in one activity, told by one side and relied on by both. "
    "Confirmed counts, acknowledged or not. An absence that the place noted weighs nothing until the home branch has heard the member."
)
class Participation(Node):
    """One person's part in one activity."""

    is_type_of = of_rows("accepted_on_evidence")

    id: ID = identified(TypeNumber.PARTICIPATION)
    version: int = leaf("Rises with each change; a call names the version it was decided on.")
    activity: Activity | None = relation(one(ActivityRow), "activity_id", "The activity, of a roll call.")
    member: Annotated["Member", strawberry.lazy("hub.schema.member")] | None = derived(
        resolve.member, "Whose part, once the reader may see it: through the match, or as the record says."
    )
    liaison: Annotated["Liaison", strawberry.lazy("hub.schema.liaison")] | None = derived(
        resolve.liaison_of, "The liaison of that stay, as far as it is visible."
    )
    host: Organization | None = relation(directory.organizations, "host_id", "The host (主办党组织) on this hub.")
    host_text: str | None = leaf("The host in the words of the report, where it is on no hub.")
    recorded_by: Organization | None = relation(directory.organizations, "organization_id", "The side that told it.")
    source: ParticipationSource = leaf("Who told it.")
    kind: ActivityKind = leaf("活动类型.")
    title: str | None = leaf("主题.")
    held_on: PartialDate = leaf("活动时间, as exact as the source.")
    place: str | None = leaf("地点, at town level.")
    mode: ParticipationMode = leaf("How they took part.")
    attendance: Attendance | None = leaf("出勤: the mark; null to partners.")
    role: ParticipationRole | None = leaf("As what they took part.")
    voted: bool | None = leaf("Whether they voted (表决): only at the formal organization.")
    minutes: int | None = leaf("For how long, in minutes.")
    hours: float | None = leaf("学时.")
    components_attended: list[Component] | None = leaf("Which parts of a theme day they attended.")
    evidence_kind: EvidenceKind | None = leaf("What shows it.")
    evidence_reference: str | None = leaf("Where the evidence is kept; never the evidence itself.")
    remark: str | None = leaf("备注; the side that told it only.")
    state: ParticipationState = leaf("How far it is.")
    counts: bool | None = derived(
        resolve.counts,
        "Whether it counts as attended: PRESENT or LATE, and confirmed or acknowledged. Null where the attendance is hidden. Of a linked pair the host's is the one to count.",
    )
    is_two_sided: bool = derived(
        resolve.is_two_sided,
        "Whether two organizations stand for it: the host that saw the member, and another, the member's own, that acknowledged it.",
    )
    confirmed_at: datetime | None = leaf("When the host said so, or the home branch accepted it on evidence.")
    accepted_on_evidence: bool = leaf("Whether the home branch accepted it on evidence (凭佐证认可).")
    acknowledged_at: datetime | None = leaf("When the formal organization took note (确认).")
    overdue_at: datetime | None = leaf("When it was found waiting longer than the rule allows.")
    twin: Optional[Annotated["Participation", strawberry.lazy("hub.schema.participation")]] = derived(  # noqa: UP045 — of a lazy type
        resolve.twin, "The record of the same thing that the other side told, if they are linked; counted once."
    )
    dispute: Dispute | None = derived(resolve.dispute, "The member's objection, if there was one.")
    heard_on: date | None = leaf("听取本人说明: the day on which the home branch heard the member about this absence.")
    heard_statement: str | None = leaf("What the member said; the home side and the member only.")
    reason: str | None = leaf("Why the last correction was made.")
    history: list[ParticipationVersion] = derived(resolve.history, "What it said before each correction, oldest first.")
    recorded_at: datetime = leaf("When it was told.")
    amended_at: datetime = leaf("When what it says was last changed.")
