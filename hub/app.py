"""The only place that wires things together: settings in, a running hub out."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
import uvicorn
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from hub import logs
from hub.auth import InvalidToken, Tokens
from hub.crypto import read_or_create_master_key
from hub.database.engine import open_database, transaction
from hub.database.migrate import current, head
from hub.domain.dates import utc_now
from hub.domain.vault import open_vault
from hub.feed.append import pending
from hub.feed.bell import Bell
from hub.feed.follow import Streams
from hub.resolvers.context import Caller, Hub
from hub.resolvers.import_run import ERRORS_PATH, take_errors
from hub.schema.server import Endpoint, refused_token, verified
from hub.sync.jobs import ASK_CANDIDATES, jobs
from hub.sync.jobs.runner import Runner

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from hub.settings import Settings

_STREAMS_MAY_TAKE = 5.0
_REQUESTS_MAY_TAKE = 20
_LARGEST_SOCKET_MESSAGE = 256 * 1024
_LAG_THAT_ALARMS = 60.0
_LAG = text("select coalesce(extract(epoch from now() - min(recorded_at)), 0) from outbox")
_WORKBOOK = {
    "content-type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "content-disposition": 'attachment; filename="errors.xlsx"',
    "cache-control": "no-store",
}
_log = structlog.get_logger("hub")


class Metrics:
    """What is counted. Labels are fixed words of ours: never a name, an id or anything that a caller wrote."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "hub_requests", "Requests answered", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram("hub_request_seconds", "Time to answer", ["route"], registry=self.registry)
        self.operations = Counter("hub_operations", "GraphQL operations", ["outcome"], registry=self.registry)
        self.streams = Gauge("hub_streams", "Streams that are open", registry=self.registry)
        self.pending = Gauge("hub_outbox_pending", "Events that wait for their number", registry=self.registry)

    def observe(self, outcome: str) -> None:
        """Count what became of an operation: done, failed or unexpected."""
        self.operations.labels(outcome).inc()


@asynccontextmanager
async def opened(settings: Settings, metrics: Metrics, *, worker: bool) -> AsyncIterator[Hub]:
    """Open everything that a long-lived process needs: database, keys, the numbering of events, the streams; with
    `worker` the periodic duties too."""
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_database(settings))
        async with transaction(engine) as connection:
            vault = await open_vault(connection, read_or_create_master_key(settings.key_file), utc_now())
        streams = Streams(
            engine,
            heartbeat=settings.heartbeat_seconds,
            retention=timedelta(days=settings.feed_retention_days),
        )
        await stack.enter_async_context(streams.running())
        bell = Bell(engine, streams.wake)
        await stack.enter_async_context(bell.running())
        metrics.streams.set_function(lambda: streams.count)
        runner = Runner(engine, jobs(settings, vault))
        if worker:
            await stack.enter_async_context(runner.running())
        hub = Hub(
            settings,
            engine,
            vault,
            Tokens.open(settings),
            bell,
            streams,
            observe=metrics.observe,
            ask=partial(runner.ring, ASK_CANDIDATES),
        )
        stack.push_async_callback(hub.behind.end)
        yield hub


def create_app(hub: Hub, metrics: Metrics | None = None) -> Starlette:
    """Return the web application of an open hub."""
    counted = metrics or Metrics()

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        found, is_ready = await _readiness(hub)
        return JSONResponse(found, 200 if is_ready else 503)

    async def exposed(_request: Request) -> Response:
        async with hub.engine.connect() as connection:
            counted.pending.set(await pending(connection))
        return Response(generate_latest(counted.registry), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def errors_file(request: Request) -> Response:
        try:
            caller = Caller(hub, verified(hub, request.headers))
        except InvalidToken:
            return refused_token()
        found = await take_errors(caller.operation(), request.path_params["address"])
        return Response(status_code=404) if found is None else Response(found, headers=_WORKBOOK)

    endpoint = Endpoint(hub)
    app = Starlette(
        routes=[
            Route("/graphql", endpoint, name="graphql"),
            WebSocketRoute("/graphql", endpoint, name="graphql"),
            Route(f"{ERRORS_PATH}/{{address}}", errors_file, methods=["GET"]),
            Route("/health/live", live, methods=["GET"]),
            Route("/health/ready", ready, methods=["GET"]),
            Route("/metrics", exposed, methods=["GET"]),
        ]
    )
    app.add_middleware(Watched, metrics=counted)
    return app


async def _readiness(hub: Hub) -> tuple[dict[str, Any], bool]:
    """Return what the hub's work depends on, and whether it can work."""
    try:
        async with hub.engine.connect() as connection:
            lag = float(await connection.scalar(_LAG) or 0)
        revision = await current(hub.engine)
    except Exception as error:  # noqa: BLE001 — whatever it is: not ready
        _log.warning("not ready", error=logs.describe(error))
        return {"database": "unreachable"}, False
    found = {"database": "ok", "migration": revision, "numberingLagSeconds": round(max(lag, 0), 3)}
    return found, revision == head() and lag < _LAG_THAT_ALARMS


class Watched:
    """Counts and logs each request: the route, never the address as it was written, nor who asked, nor for what."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            spent = time.perf_counter() - begun
            path = scope["path"]
            if path.startswith(f"{ERRORS_PATH}/"):
                path = ERRORS_PATH
            route = path if path in _ROUTES else "other"
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self.metrics.requests.labels(route, method, str(status)).inc()
            self.metrics.seconds.labels(route).observe(spent)
            _log.info("request", route=route, method=method, status=status, milliseconds=round(spent * 1000, 1))


_ROUTES = frozenset({"/graphql", ERRORS_PATH, "/health/live", "/health/ready", "/metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Socket(WebSocketsSansIOProtocol):
    """A WebSocket that can be told to end while it is ending."""

    def shutdown(self) -> None:
        """Close with 1012, unless the other side was first; the server would break down over that."""
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()


class Server(uvicorn.Server):
    """Ends well: streams say goodbye, requests are finished, and the process leaves with status 0.

    `listening` is set once requests are taken.
    """

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams
        self.listening = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        self.listening.set()

    def handle_exit(self, sig: int, _frame: Any) -> None:
        """Begin to end, at the first signal; at the second interrupt, end at once. The signal is not raised again."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True

    async def shutdown(self, sockets: Any = None) -> None:
        """End the streams with Closing before their sockets are closed."""
        await self._streams.close(_STREAMS_MAY_TAKE)
        await super().shutdown(sockets)


def server(hub: Hub, metrics: Metrics, *, host: str, port: int) -> Server:
    """Return the web server of an open hub; `await server.serve()` runs it until it is told to end."""
    config = uvicorn.Config(
        create_app(hub, metrics),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        ws=_Socket,
        ws_max_size=_LARGEST_SOCKET_MESSAGE,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=_REQUESTS_MAY_TAKE,
        lifespan="off",
    )
    return Server(config, hub.streams)


def keep_out_of_collections() -> None:
    """Leave what was made at start, above all the schema, out of every later search for garbage.

    It lives as long as the process; looking through it again and again is what the slowest requests waited for.
    """
    gc.collect()
    gc.freeze()


def serve(settings: Settings, *, host: str, port: int, worker: bool) -> None:
    """Serve until a signal ends it; with `worker` the periodic duties run here too."""
    logs.configure(settings.log_level)

    async def run() -> None:
        metrics = Metrics()
        async with opened(settings, metrics, worker=worker) as hub:
            made = server(hub, metrics, host=host, port=port)
            keep_out_of_collections()
            await made.serve()

    _run(run())


def work(settings: Settings) -> None:
    """Run the periodic duties until a signal ends it."""
    logs.configure(settings.log_level)

    async def run() -> None:
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with opened(settings, Metrics(), worker=True):
            await ended.wait()

    _run(run())


def _run(main: Any) -> None:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
