"""The schema as served: every override of the GraphQL library, in one place.

The library executes; what is ours here: who may ask at all, how much one request may ask for, what an answer looks like
over HTTP and WebSocket, what is said of an error, and that numbers in full are noted before they leave.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import aclosing, suppress
from functools import cache
from typing import Any

import orjson
import strawberry
import structlog
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    Undefined,
    ValidationRule,
    lexicographic_sort_schema,
    print_schema,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.extensions import (
    MaxAliasesLimiter,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    SchemaExtension,
    ValidationCache,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from hub.auth import Claims, InvalidToken
from hub.domain.dates import utc_now
from hub.domain.viewer import Role
from hub.errors import Refused
from hub.logs import describe, error_id
from hub.resolvers import event
from hub.resolvers.context import Caller, Context, Hub
from hub.schema.answer import finished, is_of_the_request
from hub.schema.leaf_stream import LeafStream, understand
from hub.schema.mutation import Mutation
from hub.schema.numbers import RefusedInStreams, RefusedToPartners
from hub.schema.query import Query
from hub.schema.scalars import SCALARS
from hub.schema.subscription import Subscription

DEEPEST = 12
MOST_ALIASES = 60
MOST_TOKENS = 2000
MOST_DOCUMENTS = 256
MOST_OPERATIONS_PER_SOCKET = 50
LARGEST_BODY = 256 * 1024
LARGEST_UPLOAD = 32 * 1024 * 1024
_CONTENT_TYPES = ("application/json", "multipart/form-data")
GRAPHQL_RESPONSE = "application/graphql-response+json"
_BAD_TOKEN = "令牌无效或已过期。 The token is not valid, or no longer."  # noqa: S105 — a sentence, not a token

_log = structlog.get_logger("hub.graphql")


class Parsed(ParserCache):
    """Keeps parsed documents; one that cannot be parsed is left to the library, which answers it as a faulty request."""

    def on_parse(self) -> Iterator[None]:
        """Find or parse the document."""
        # Raised from here, the error would not be answered on a socket, and be logged with the document.
        with suppress(GraphQLError, RecursionError):
            next(super().on_parse())
        yield


class NumbersInFull(SchemaExtension):
    """Refuse documents that select numbers in full, where they may not be: in subscriptions, and to partners."""

    def on_operation(self) -> Iterator[None]:
        """Add the rule to those by which this document is validated."""
        execution = self.execution_context
        rule = RefusedToPartners if execution.context.viewer.role is Role.PARTNER else RefusedInStreams
        execution.validation_rules = (*execution.validation_rules, rule)
        yield


class OnlyOperation(ValidationRule):
    """For requests that name no operation: the document may hold only one, else nobody said which is meant."""

    def enter_document(self, node: DocumentNode, *_args: Any) -> None:
        """Count the operations."""
        operations = [one for one in node.definitions if isinstance(one, OperationDefinitionNode)]
        if len(operations) > 1:
            self.report_error(
                GraphQLError("Must provide operation name if query contains multiple operations.", operations)
            )


class Named(SchemaExtension):
    """Refuse to choose among several operations: the library would run the first."""

    def on_operation(self) -> Iterator[None]:
        """Add the rule where the request names no operation. What it says of a document is remembered with the rules."""
        execution = self.execution_context
        if execution._provided_operation_name is None:  # noqa: SLF001 — `operation_name` is already the first one's
            execution.validation_rules = (*execution.validation_rules, OnlyOperation)
        yield


class ServedSchema(strawberry.Schema):
    """Each operation gets a context of its own, and its answer is finished before it leaves."""

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Execute a query or a mutation. A subscription has to come by a transport that can stream."""
        assert isinstance(context_value, Caller)
        context = context_value.operation()
        allowed = set(OperationType if allowed_operation_types is None else allowed_operation_types)
        try:
            result = await super().execute(
                query,
                variable_values,
                context,
                root_value,
                operation_name,
                allowed - {OperationType.SUBSCRIPTION},
                operation_extensions,
            )
            answer: ExecutionResult = await finished(context, query, result)
            return answer
        finally:
            await context.end()

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> Any:
        """Execute anything, item by item. Nothing that was read for one item is kept for the next."""
        assert isinstance(context_value, Caller)
        context = context_value.operation()
        leaf = understand(self._schema, query, operation_name) if query else None
        if leaf is not None and OperationType.SUBSCRIPTION in (allowed_operation_types or OperationType):
            given = leaf.arguments(self._schema, variable_values)
            if given is not None:
                return self._leaves(context, query, leaf, given)
        results = await super().stream(
            query,
            variable_values,
            context,
            root_value,
            operation_name,
            operation_extensions,
            allowed_operation_types,
        )
        return self._finishing(context, query, results)

    async def _leaves(
        self, context: Context, query: str | None, leaf: LeafStream, given: Mapping[str, Any]
    ) -> AsyncGenerator[Any, None]:
        """Answer a document that selects only what an item itself holds; a refusal is said as in any other answer."""
        try:
            async with aclosing(event.follow(context, given.get("after"), given.get("topics"))) as items:
                async for found in items:
                    yield ExecutionResult(data=leaf.data(found, context), errors=None)
        except Refused as refused:
            error = GraphQLError(refused.message, original_error=refused)
            yield await finished(context, query, ExecutionResult(data=None, errors=[error]))
        finally:
            await context.end()

    async def _finishing(self, context: Context, query: str | None, results: Any) -> AsyncGenerator[Any, None]:
        try:
            async with aclosing(results):
                async for result in results:
                    answer = await finished(context, query, result)
                    await context.forget()
                    yield answer
        finally:
            await context.end()

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Log nothing here: the library would log messages, values and the document. `finished` logs what may be."""


@cache
def schema() -> ServedSchema:
    """Return the schema; made once per process."""
    made = ServedSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[
            lambda: MaxTokensLimiter(max_token_count=MOST_TOKENS),
            lambda: MaxAliasesLimiter(max_alias_count=MOST_ALIASES),
            lambda: QueryDepthLimiter(max_depth=DEEPEST),
            NumbersInFull,
            Named,
            lambda: Parsed(maxsize=MOST_DOCUMENTS),
            lambda: ValidationCache(maxsize=MOST_DOCUMENTS),
        ],
    )
    # The library turns Python's `= None` into the default null; in the contract what may be left out has no default.
    for kind in made._schema.type_map.values():  # noqa: SLF001
        for field in getattr(kind, "fields", {}).values():
            for argument in getattr(field, "args", {}).values():
                if argument.default_value is None:
                    argument.default_value = Undefined
    return made


def print_sdl() -> str:
    """Return the public contract in SDL, sorted, so that a change shows as the lines that change."""
    return print_schema(lexicographic_sort_schema(schema()._schema)) + "\n"  # noqa: SLF001 — the library has no other way


class Socket(BaseGraphQLTransportWSHandler[Any, Any]):
    """One WebSocket, for as long as its token is good."""

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation, unless the token has expired since the socket was opened."""
        if self.connection_acknowledged and self.context.expired():
            await self.websocket.close(code=4403, reason="Forbidden")
            return
        await super().handle_subscribe(message)

    async def handle_task_exception(self, error: Exception) -> None:
        """Log what may be logged: the library would log messages, which may hold anything."""
        _log.error("a socket's operation broke down", error_id=error_id(), error=describe(error))


class TooLarge(Exception):
    """The body of a request is larger than it may be."""


class Endpoint(GraphQL[Any, Any]):
    """`/graphql`: GraphQL over HTTP, POST only, and graphql-transport-ws; both only with a valid token."""

    graphql_transport_ws_handler_class = Socket

    def __init__(self, hub: Hub) -> None:
        super().__init__(
            schema(),
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            multipart_uploads_enabled=True,
            max_subscriptions_per_connection=MOST_OPERATIONS_PER_SOCKET,
        )
        self.hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or serve one WebSocket."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, limited(scope, receive))
        try:
            request.state.claims = verified(self.hub, request.headers)
            if request.method != "POST":
                # Also for queries: what is asked for must never stand in an address.
                raise HTTPException(405, "GraphQL is asked by POST.")
            response = await self.run(request)
        except InvalidToken:
            response = refused_token()
        except TooLarge:
            response = _refused(413, "The request is too large.", {"Connection": "close"})
        except HTTPException as error:
            headers = {"Allow": "POST"} if error.status_code == 405 else {}
            response = _refused(error.status_code, error.reason, headers)
        finally:
            await request.close()
        await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Any) -> Caller:  # noqa: ARG002 — the library's hook
        """Return who is on the other end; over WebSocket that may be said later, by `connection_init`."""
        if isinstance(request, WebSocket):
            return Caller(self.hub, headers=request.headers)
        return Caller(self.hub, request.state.claims)

    async def on_ws_connect(self, context: Caller) -> Any:
        """Take a socket whose token is good, by header or `{"authorization": "Bearer …"}`; close any other with 4403."""
        try:
            context.claims = verified(self.hub, context.credentials)
        except InvalidToken:
            raise ConnectionRejectionError from None
        return strawberry.UNSET

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Begin the answer, in the media type that the caller asked for; application/json unless they did."""
        response = await super().get_sub_response(request)
        if GRAPHQL_RESPONSE in request.headers.get("accept", ""):
            response.media_type = GRAPHQL_RESPONSE
        return response

    async def process_result(self, request: Any, result: ExecutionResult) -> Any:
        """Return the answer to be encoded. A request that was not executed has no `data`, not even null."""
        answer = await super().process_result(request, result)
        if result.data is None and result.errors and all(map(is_of_the_request, result.errors)):
            return {name: value for name, value in answer.items() if name != "data"}
        return answer

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """Encode an answer. By the newer media type a request that was not executed is a 400; by the older it is a 200."""
        media_type = sub_response.media_type or "application/json"
        failed = media_type == GRAPHQL_RESPONSE and "data" not in response_data
        content_type = f"{media_type}; charset=utf-8"
        return Response(self.encode_json(response_data), 400 if failed else 200, {"content-type": content_type})

    def encode_json(self, data: object) -> str:
        """Encode in one go, Chinese as it is."""
        return orjson.dumps(data).decode()

    def decode_json(self, data: str | bytes) -> object:
        """Decode without a way to exhaust the stack by nesting."""
        return orjson.loads(data)

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> Any:
        """Read a request; one of another shape is the caller's fault, not ours."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        if kind not in _CONTENT_TYPES:
            raise HTTPException(415, "Send application/json, or multipart/form-data with a file.")
        try:
            return await super().parse_http_body(request)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise HTTPException(400, "The request cannot be read.") from error


def verified(hub: Hub, headers: Mapping[str, Any]) -> Claims:
    """Return the claims of a bearer token. Raises InvalidToken."""
    given = headers.get("authorization")
    scheme, _, token = given.partition(" ") if isinstance(given, str) else ("", "", "")
    if scheme.lower() != "bearer":
        raise InvalidToken
    return hub.tokens.verify(token.strip(), utc_now())


def refused_token() -> Response:
    """Return the one answer to every request without a valid token."""
    return _refused(401, _BAD_TOKEN, {"WWW-Authenticate": "Bearer"})


def limited(scope: Scope, receive: Receive) -> Receive:
    """Return `receive` for a body that may not be larger than its kind may be; TooLarge is raised where it is."""
    headers = dict(scope["headers"])
    most = LARGEST_UPLOAD if headers.get(b"content-type", b"").startswith(b"multipart/") else LARGEST_BODY
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLarge
        return message

    return counted


def _refused(status: int, message: str, headers: Mapping[str, str]) -> Response:
    return JSONResponse({"errors": [{"message": message}]}, status, dict(headers))
