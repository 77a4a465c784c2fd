"""Finishing an answer: what was opened is noted, and of errors is said what may be said."""

import hashlib
import re
from typing import Any

import structlog
from graphql import FieldNode, GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from hub.database.engine import transaction
from hub.errors import Refused
from hub.logs import describe, error_id
from hub.resolvers.action import camel
from hub.resolvers.context import Context
from hub.resolvers.number import note

UNEXPECTED = "UNEXPECTED"
_OF_THE_REQUEST = (GraphQLError, MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
_log = structlog.get_logger("hub.graphql")
# What the library repeats of the input in its messages: whole inputs, values, names that are none.
_VALUES = (
    (re.compile(r",? found:? .*", re.DOTALL), "."),
    (re.compile(r"(cannot represent [\w -]*?value)\b.*", re.DOTALL), r"\1."),
    (re.compile(r"Value ['\"].*['\"] does not exist", re.DOTALL), "Value does not exist"),
    (re.compile(r"(Syntax Error: (?:Unexpected|Invalid|Unterminated|Cannot) [\w ]*\w).*", re.DOTALL), r"\1."),
    (re.compile(r" Did you mean .*\?", re.DOTALL), ""),
)


async def finished(context: Context, document: str | None, result: Any) -> Any:
    """Return a result as it may leave: with its disclosures written down, and its errors masked."""
    if context.disclosed and result.data is not None:
        # One connection at a time: an operation that waits for a second while it holds one can stop all others.
        await context.forget()
        try:
            async with transaction(context.hub.engine) as connection:
                await note(connection, context, hashlib.sha256((document or "").encode()).digest())
        except Exception as error:  # noqa: BLE001 — whatever it was: what is not noted does not leave
            result.data = None
            result.errors = [GraphQLError("", original_error=error, path=[])]
        context.disclosed.clear()
    if result.errors:
        result.errors = [_said(context, error) for error in result.errors]
    context.hub.observe("failed" if result.errors else "done")
    return result


def _said(context: Context, error: GraphQLError) -> GraphQLError:
    """Return what may be said of an error: a refusal and a faulty request as they are, anything else by its id alone."""
    original = error.original_error
    if isinstance(original, Refused):
        extensions: dict[str, Any] = {"code": original.code}
        if original.field:
            extensions["field"] = camel(original.field)
        return GraphQLError(original.message, error.nodes, path=error.path, extensions=extensions)
    if error.path is None and (original is None or isinstance(original, _OF_THE_REQUEST)):
        return GraphQLError(
            without_values(error.message), error.nodes, error.source, error.positions, extensions=error.extensions
        )
    if error.path is None and isinstance(original, RecursionError):
        return GraphQLError("Syntax Error: The document is nested too deeply.")
    identifier = error_id()
    context.hub.observe("unexpected")
    _log.error(
        "unexpected error",
        error_id=identifier,
        field=_field(error),
        error=describe(original if original is not None else error),
    )
    return GraphQLError(
        f"系统出错，编号 {identifier}。 Something went wrong here; its number is {identifier}.",
        path=error.path,
        extensions={"code": UNEXPECTED, "id": identifier},
    )


def is_of_the_request(error: GraphQLError) -> bool:
    """Tell whether an error of a finished answer says that the request could not be executed at all."""
    return error.path is None and (error.extensions or {}).get("code") != UNEXPECTED


def without_values(message: str) -> str:
    """Return a message of the library about a faulty request, without what it repeats of the input."""
    for pattern, instead in _VALUES:
        message = pattern.sub(instead, message)
    return message


def _field(error: GraphQLError) -> str:
    """Return the field where an error arose, by its name in the schema: an alias is the caller's and may say anything."""
    node = error.nodes[0] if error.nodes else None
    return node.name.value if isinstance(node, FieldNode) else ""
