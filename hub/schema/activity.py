"""Activities of organizational life (组织生活), in GraphQL words."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import directory
from hub.models import ActivityKind, Component, ParticipationMode
from hub.resolvers.node import TypeNumber
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.refusal import Refusal
from hub.schema.scalars import PartialDate
from hub.schema.words import OP_ID, given, identified, leaf, of_rows, optional, relation, result


@strawberry.type(
    description="One activity of organizational life (组织生活) of one host. Others see it where it is open to them, or through a record of it."
)
class Activity(Node):
    """One activity of one host."""

    is_type_of = of_rows("is_open_to_arrivals")

    id: ID = identified(TypeNumber.ACTIVITY)
    version: int = leaf("Rises with each change; a call names the version it was decided on.")
    organization: Organization | None = relation(directory.organizations, "organization_id", "The host (主办党组织).")
    kind: ActivityKind = leaf("活动类型.")
    title: str | None = leaf("主题.")
    held_on: PartialDate = leaf("活动时间: a day, or a month where no more is known.")
    starts_at: datetime | None = leaf("When it begins.")
    ends_at: datetime | None = leaf("When it ends.")
    place: str | None = leaf("地点, at town level.")
    mode: ParticipationMode = leaf("How people take part, unless their record says otherwise.")
    components: list[Component] = leaf("What a theme day consists of (一课一片一实践).")
    is_compulsory: bool = leaf("Whether the course is compulsory (必修).")
    hours: float | None = leaf("学时: the hours of training that it counts for.")
    is_open_to_arrivals: bool = leaf("就近就便: whether arrivals of the place may come.")
    is_away: bool = leaf(
        "Whether it is held where the members live, by an organization of another place (外地专题党课)."
    )
    recorded_at: datetime = leaf("When it was recorded.")
    cancelled_at: datetime | None = leaf("When it was cancelled.")


@strawberry.input(description="An activity that is announced or was held. The same host, day, kind and title is one.")
class PlanActivityInput:
    """An activity."""

    op_id: UUID = given(OP_ID)
    organization_id: ID = given("The host: the caller's organization or one below it.")
    kind: ActivityKind = given("活动类型.")
    held_on: PartialDate = given("活动时间: a day, or a month.")
    title: str | None = optional("主题; mandatory with OTHER.")
    starts_at: datetime | None = optional("When it begins.")
    ends_at: datetime | None = optional("When it ends.")
    place: str | None = optional("地点, at town level and never nearer.")
    mode: ParticipationMode | None = optional("How people take part; left out: on site.")
    components: list[Component] | None = optional("What a theme day consists of.")
    is_compulsory: bool | None = optional("Whether the course is compulsory (必修).")
    hours: float | None = optional("学时.")
    is_open_to_arrivals: bool | None = optional("就近就便: whether arrivals of the place may come.")
    is_away: bool | None = optional("Whether it is held where the members live, away from the host's place.")


@strawberry.input(
    description="What was told of an activity: a field left out says nothing, null clears. The mode is that of each record. Its records follow; what was acknowledged of another day, kind or hours waits for acknowledgement anew."
)
class AmendActivityInput:
    """An amendment."""

    op_id: UUID = given(OP_ID)
    activity_id: ID = given("Which activity.")
    version: int = given("Its version as it was read.")
    kind: ActivityKind | None = optional("活动类型.")
    held_on: PartialDate | None = optional("活动时间: a day, or a month, on which everybody who was on site was there.")
    title: str | None = optional("主题; mandatory with OTHER.")
    starts_at: datetime | None = optional("When it begins: on its day.")
    ends_at: datetime | None = optional("When it ends.")
    place: str | None = optional("地点, at town level and never nearer.")
    components: list[Component] | None = optional("What a theme day consists of.")
    is_compulsory: bool | None = optional("Whether the course is compulsory (必修).")
    hours: float | None = optional("学时. Records with hours of their own keep them.")
    is_open_to_arrivals: bool | None = optional("就近就便: whether arrivals of the place may come.")
    is_away: bool | None = optional("Whether it is held where the members live, away from the host's place.")


@strawberry.input(description="An activity that will not take place. One that has records was held.")
class CancelActivityInput:
    """A cancellation."""

    op_id: UUID = given(OP_ID)
    activity_id: ID = given("Which activity.")
    version: int = given("Its version as it was read.")


PlanActivityResult = result("PlanActivityResult", "The activity, or why not.", Activity, Refusal)
AmendActivityResult = result("AmendActivityResult", "The activity, amended, or why not.", Activity, Refusal)
CancelActivityResult = result("CancelActivityResult", "The activity, cancelled, or why not.", Activity, Refusal)
