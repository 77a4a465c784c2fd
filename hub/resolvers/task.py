"""Tasks: the list, one by id, and what one is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from hub.crypto import NotSealedHere
from hub.domain import question, task, visibility
from hub.domain.page import USUAL_PAGE, Window
from hub.domain.scope import in_scope
from hub.domain.task import After, Task
from hub.errors import InvalidInput, NotAllowed, NotFound
from hub.models import ANSWERED_BY_A_PERSON, Question, Side, TaskKind
from hub.resolvers.action import Action, Call
from hub.resolvers.connection import Connection, Edge, PageInfo
from hub.resolvers.context import Context
from hub.resolvers.node import TASK_NUMBERS
from hub.resolvers.relation import one
from hub.resolvers.subject import of_number, of_word

_PURPOSE = "tasks"
_KINDS = {number: kind for kind, number in TASK_NUMBERS.items()}
_BATCH = 100


def identify(of: Task, context: Context) -> str:
    """Return the global id of a task."""
    return context.ids.encode(TASK_NUMBERS[of.kind], of.id)


async def subject(of: Task, context: Context) -> Any:
    """Return the record that a task is about."""
    return await of_word(context, of.object_type, of.object_id)


async def listed(
    context: Context,
    first: int | None,
    after: str | None,
    organization: UUID | None,
    whose: str,
    kinds: Sequence[TaskKind] | None,
) -> Connection:
    """Return a page of tasks, soonest due first."""
    first = Window(USUAL_PAGE if first is None else first).first
    place = None if after is None else _unseal(context, after)
    wanted = organization or context.viewer.organization
    async with context.reading() as connection:
        found: list[Task] = []
        if kinds != [] and await in_scope(connection, context.viewer, [wanted]):
            found = await task.page(
                connection,
                context.viewer,
                now=context.now,
                organization=wanted,
                whose=whose,
                kinds=kinds,
                first=first + 1,
                after=place,
            )
    edges = [Edge(_seal(context, of), of) for of in found[:first]]
    return Connection(
        edges,
        PageInfo(
            has_next_page=len(found) > first,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


async def find(context: Context, kind: TaskKind, identifier: UUID) -> Task | None:
    """Return one open task of the viewer's organization or of those who keep it waiting."""
    for whose in ("MINE", "THEIRS"):
        after: After | None = None
        while True:
            async with context.reading() as connection:
                found = await task.page(
                    connection,
                    context.viewer,
                    now=context.now,
                    organization=context.viewer.organization,
                    whose=whose,
                    kinds=[kind],
                    first=_BATCH,
                    after=after,
                )
            if (hit := next((of for of in found if of.id == identifier), None)) is not None:
                return hit
            if len(found) < _BATCH:
                break
            after = After(found[-1].due_on, found[-1].kind.value, found[-1].id)
    return None


async def of_any_id(context: Context, text: str) -> Any:
    """Return any record by its global id, tasks included."""
    decoded = context.ids.decode(text)
    if decoded is None:
        return None
    number, identifier = decoded
    if (kind := _KINDS.get(number)) is not None:
        return await find(context, kind, identifier)
    return await of_number(context, number, identifier)


async def answered(context: Context, identifier: UUID) -> Task | None:
    """Return a question as the task that it was: it has left the list once it is answered."""
    row: Row[Any] | None = await context.load(one(Question), identifier)
    if row is None:
        return None
    return Task(
        id=row.id,
        kind=TaskKind(row.kind),
        turn=Side(row.turn),
        organization_id=row.organization_id,
        text="已答复 / answered",
        due_on=row.due_on,
        citation=None,
        object_type="Liaison",
        object_id=row.departure_id or row.arrival_id,
    )


def _seal(context: Context, of: Task) -> str:
    due = (of.due_on or date.max).toordinal().to_bytes(4, "big")
    return context.cursors.seal(_PURPOSE, due + bytes([TASK_NUMBERS[of.kind]]) + of.id.bytes)


def _unseal(context: Context, cursor: str) -> After:
    try:
        content = context.cursors.unseal(_PURPOSE, cursor)
    except NotSealedHere:
        raise InvalidInput("after", message="游标无效，请从头读取。 The cursor is not one of this list.") from None
    due = date.fromordinal(int.from_bytes(content[:4], "big"))
    return After(None if due == date.max else due, _KINDS[content[4]].value, UUID(bytes=content[5:]))


async def _complete(call: Call) -> Any:
    said = call.said
    decoded = call.context.ids.decode(said["task_id"])
    if decoded is None or decoded[0] not in _KINDS:
        raise NotFound("taskId")
    if _KINDS[decoded[0]] not in ANSWERED_BY_A_PERSON:
        raise NotAllowed(
            "taskId", message="这项任务随记录办结，不能直接答复。 This task goes when its record moves on."
        )
    row = await visibility.row(call.connection, call.context.viewer, Question, decoded[1])
    if row is None or row.kind != _KINDS[decoded[0]]:
        raise NotFound("taskId")
    return await question.complete(
        call.connection, **call.by, question_id=decoded[1], answer=said["answer"], note=said.get("note")
    )


complete = Action("completeTask", _complete, answered)
