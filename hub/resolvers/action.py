"""Calls that change something: one transaction, the same call twice is one, refusals are data."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry import UNSET

from hub.database.engine import transaction
from hub.domain import operation
from hub.domain.outcome import Changed
from hub.errors import InvalidInput, NotAllowed, NotFound, Refused
from hub.resolvers.context import Context
from hub.resolvers.node import TypeNumber

_STATEMENTS: Final = (TypeNumber.LIAISON, TypeNumber.OUTFLOW_STATEMENT, TypeNumber.INFLOW_STATEMENT)
# What an id in an input may name. The id of a liaison and that of a statement in it lead to the same.
_IDS: Final[dict[str, tuple[TypeNumber, ...]]] = {
    "organization_id": (TypeNumber.ORGANIZATION,),
    "branch_id": (TypeNumber.ORGANIZATION,),
    "inflow_organization_id": (TypeNumber.ORGANIZATION,),
    "member_id": (TypeNumber.MEMBER,),
    "liaison_id": _STATEMENTS,
    "departure_id": _STATEMENTS,
    "arrival_id": _STATEMENTS,
    "candidate_id": (TypeNumber.MATCH_CANDIDATE,),
    "transfer_id": (TypeNumber.TRANSFER,),
    "discrepancy_id": (TypeNumber.DISCREPANCY,),
    "import_run_id": (TypeNumber.IMPORT_RUN,),
    "host_id": (TypeNumber.ORGANIZATION,),
    "activity_id": (TypeNumber.ACTIVITY,),
    "participation_id": (TypeNumber.PARTICIPATION,),
    "participation_ids": (TypeNumber.PARTICIPATION,),
    "inquiry_id": (TypeNumber.INQUIRY,),
    "exemption_id": (TypeNumber.EXEMPTION,),
    "card_id": (TypeNumber.ACTIVITY_CARD,),
    "appraisal_id": (TypeNumber.APPRAISAL,),
    "issuer_id": (TypeNumber.ORGANIZATION,),
}
_ATTEMPTS: Final = 4
# A deadlock, a serialization failure, and what a constraint stopped because somebody else was first: read it again.
_AGAIN: Final = ("40P01", "40001", "23505", "23P01", "23503")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call was refused, in the words of the schema."""

    code: str
    message: str
    field: str | None
    current_version: int | None
    current_state: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """One call on its way: what was said (snake_case, ids decoded, what was left out missing) and who says it."""

    context: Context
    connection: AsyncConnection
    said: dict[str, Any]

    @property
    def by(self) -> dict[str, Any]:
        """The arguments that every domain write takes."""
        return {"viewer": self.context.viewer, "now": self.context.now}

    @property
    def by_vault(self) -> dict[str, Any]:
        """The same for those that seal or digest numbers."""
        return {**self.by, "vault": self.context.hub.vault}


@dataclass(frozen=True, slots=True)
class Action:
    """What a mutation does: `act` in the transaction, then `read` what it answers, as the caller sees it afterwards.

    `always`: searches and openings happen again when the call is repeated, and are audited again; `read` then takes
    what `act` found instead of an id. `for_members`: a member may do it too. `asks`: afterwards two records may look
    like one person; the job that asks is rung whether or not they do, so that the time it takes tells nothing.
    """

    name: str
    act: Callable[[Call], Awaitable[Any]]
    read: Callable[[Context, Any], Awaitable[Any]]
    always: bool = False
    for_members: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a call. It counts by its digest: the same file again is the same call."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """What tells two files apart."""
        return hashlib.sha256(self.content).hexdigest()


async def _received(upload: Any) -> File:
    if not hasattr(upload, "read"):
        raise InvalidInput("file")
    return File(str(upload.filename or ""), await upload.read())


async def run(action: Action, context: Context, data: Any) -> Any:
    """Do what an input asks, and return the answer, or the refusal."""
    try:
        found = await _commit(action, context, data)
    except Refused as refused:
        return refusal(refused)
    finally:
        # What was read before is not what is there now; also for the next mutation of the same document.
        await context.forget()
    context.hub.bell.ring()
    if action.asks:
        context.hub.ask()
    return await action.read(context, found)


def refusal(refused: Refused) -> Refusal:
    """Return a refusal in the words of the schema."""
    return Refusal(
        refused.code, refused.message, refused.field and camel(refused.field), refused.version, refused.state
    )


def camel(name: str) -> str:
    """Return a field's name as the schema writes it."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


async def _commit(action: Action, context: Context, data: Any) -> Any:
    _allow(action, context)
    said = given(data)
    if (upload := said.get("file")) is not None:
        said["file"] = await _received(upload)
    op_id: UUID = said.pop("op_id")
    decoded = _decoded(context, said)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await _attempt(action, context, op_id, said, decoded)
        except DBAPIError as error:
            if attempt == _ATTEMPTS or getattr(error.orig, "sqlstate", None) not in _AGAIN:
                raise
        await asyncio.sleep(random.uniform(0, 0.05 * attempt))  # noqa: S311 — only to come back at different times
    raise AssertionError("the last attempt returns or raises")


async def _attempt(
    action: Action, context: Context, op_id: UUID, said: Mapping[str, Any], decoded: Mapping[str, Any]
) -> Any:
    hub, viewer = context.hub, context.viewer
    async with transaction(hub.engine) as connection:
        arguments = {name: value.digest if isinstance(value, File) else value for name, value in said.items()}
        before = await operation.begin(connection, hub.vault, viewer, op_id, action.name, arguments, context.now)
        if before is not None and not action.always:
            return before.aggregate
        result = await action.act(Call(context, connection, dict(decoded)))
        if isinstance(result, Refused):
            raise result
        if not isinstance(result, Changed):
            return result
        await operation.done(connection, viewer, op_id, result.id, result.version)
        return result.id


def _allow(action: Action, context: Context) -> None:
    viewer = context.viewer
    if not viewer.is_organization and not (action.for_members and viewer.member is not None):
        raise NotAllowed


def given(data: Any) -> dict[str, Any]:
    """Return what an input says: fields that were left out are missing, null stays None."""
    said: dict[str, Any] = {}
    for field in dataclasses.fields(data):
        value = getattr(data, field.name)
        if value is UNSET:
            continue
        if dataclasses.is_dataclass(value):
            value = given(value)
        elif isinstance(value, list):
            value = [given(item) if dataclasses.is_dataclass(item) else item for item in value]
        if isinstance(value, str) and "\0" in value:
            raise InvalidInput(field.name)  # which the database has no way to keep
        said[field.name] = value.value if isinstance(value, Enum) and not isinstance(value, str) else value
    return said


def _decoded(context: Context, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same with global ids turned into UUIDs. An id that is none of this realm names nothing: NotFound."""
    decoded: dict[str, Any] = {}
    for name, value in said.items():
        if isinstance(value, dict):
            decoded[name] = _decoded(context, value)
        elif isinstance(value, list) and name in _IDS:
            decoded[name] = [_id(context, name, item) for item in value]
        elif isinstance(value, list):
            decoded[name] = [_line(context, item) if isinstance(item, dict) else item for item in value]
        elif value is not None and name in _IDS:
            decoded[name] = _id(context, name, value)
        else:
            decoded[name] = value
    return decoded


def _id(context: Context, name: str, value: Any) -> UUID:
    found = context.ids.decode(value)
    if found is None or found[0] not in _IDS[name]:
        raise NotFound(name)
    return found[1]


def _line(context: Context, said: Mapping[str, Any]) -> dict[str, Any] | Refused:
    """Return one line of a list, or why it cannot be taken: the other lines still can."""
    try:
        return _decoded(context, said)
    except Refused as refused:
        return refused
