"""Tasks: what waits for whom, in GraphQL words."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import strawberry
from strawberry import ID

from hub.domain import directory
from hub.domain.question import ANSWERS
from hub.domain.task import Task as TaskRow
from hub.models import Side, TaskKind
from hub.resolvers import task as resolve
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.refusal import Refusal
from hub.schema.words import OP_ID, derived, enum, given, leaf, of_class, optional, relation, result


class Whose(StrEnum):
    """Whose tasks."""

    MINE = "MINE"
    THEIRS = "THEIRS"


enum(
    Whose,
    "Whose tasks to list.",
    MINE="What waits for the viewer.",
    THEIRS="What the viewer waits for from the other side.",
)


@strawberry.type(description="What waits for somebody: what, who, until when, and the object. Its text names nobody.")
class Task(Node):
    """What waits for somebody."""

    is_type_of = of_class(TaskRow)

    id: ID = derived(
        resolve.identify, "The global id: of the object and the kind, so that a task keeps its id while it waits."
    )
    kind: TaskKind = leaf("What kind of task.")
    turn: Side = leaf("The side that must act.")
    organization: Organization | None = relation(directory.organizations, "organization_id", "Who must act.")
    text: str = leaf("What to do, in words; names nobody.")
    due_on: date | None = leaf("By when.")
    citation: str | None = leaf("The rule that says so; a local one is labelled 本地设定.")
    object: Node | None = derived(resolve.subject, "What it is about, as far as it is visible.")


@strawberry.input(
    description="An answer to a task that a person answers: STILL_AWAY, REMARK, UNREADABLE, TRANSFER_ELIGIBLE."
)
class CompleteTaskInput:
    """An answer to a task."""

    op_id: UUID = given(OP_ID)
    task_id: ID = given("Which task.")
    answer: str = given(
        "What holds; by kind one of: "
        + "; ".join(f"{kind.value}: {', '.join(answers)}" for kind, answers in ANSWERS.items())
        + "."
    )
    note: str | None = optional("What else should be known, in free words; TRANSFER_ELIGIBLE needs it as the reason.")


CompleteTaskResult = result("CompleteTaskResult", "The task, answered, or why not.", Task, Refusal)
