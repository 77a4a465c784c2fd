"""A hub on a database of the test's own, callers with tokens, and a socket without a network."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from graphql import build_schema
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.app import create_app
from hub.auth import Claims, Role, Tokens
from hub.crypto import IdCodec
from hub.domain.dates import utc_now
from hub.domain.vault import open_vault
from hub.feed.bell import Bell
from hub.feed.follow import Streams
from hub.resolvers.context import Hub
from hub.resolvers.node import TypeNumber
from hub.schema.server import print_sdl
from hub.settings import Settings
from tests.factories import NOW, a_tree

MASTER = bytes(range(32))
SCHEMA = build_schema(print_sdl())


@dataclass
class World:
    """A running hub, seen from outside."""

    hub: Hub
    app: Any
    observed: list[str] = field(default_factory=list)

    def token(
        self, organization: UUID, role: str = "COMMITTEE", member: UUID | None = None, days: float = 36_500, **more: Any
    ) -> str:
        claims = Claims(
            actor=more.get("actor", "值班员"),
            organization=organization,
            role=Role(role),
            member=member,
            client=more.get("client", "test"),
            expires_at=utc_now() + timedelta(days=days),
        )
        return self.hub.tokens.issue(claims)

    def client(self, token: str | None = None) -> httpx2.AsyncClient:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        transport = httpx2.ASGITransport(app=self.app)
        return httpx2.AsyncClient(transport=transport, base_url="http://hub", headers=headers)

    async def answer(self, token: str, query: str, **variables: Any) -> dict[str, Any]:
        async with self.client(token) as client:
            response = await client.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code == 200, response.text
        return response.json()

    async def ask(self, token: str, query: str, **variables: Any) -> Any:
        """The data of an answer that has no errors."""
        answer = await self.answer(token, query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def call(self, token: str, mutation: str, answer: str = "__typename", /, **said: Any) -> Any:
        """The answer of one mutation, with everything of a refusal."""
        said.setdefault("opId", str(uuid4()))
        assert SCHEMA.mutation_type is not None
        kind = SCHEMA.mutation_type.fields[mutation].args["input"].type
        query = f"""
            mutation($input: {kind}) {{
                {mutation}(input: $input) {{
                    ... on Refusal {{ code field message currentVersion currentState }} {answer}
                }}
            }}"""
        return (await self.ask(token, query, input=said))[mutation]


def gid(number: TypeNumber, identifier: UUID, realm: str = "") -> str:
    return IdCodec(MASTER, realm).encode(number, identifier)


async def make_world(engine: AsyncEngine, home: Path, heartbeat: float = 15) -> World:
    """A hub on a database; its streams and its numbering are not running yet."""
    async with engine.begin() as connection:
        vault = await open_vault(connection, MASTER, utc_now())
    settings = Settings(home=home)
    observed: list[str] = []
    streams = Streams(engine, heartbeat=heartbeat, retention=timedelta(days=30))
    hub = Hub(settings, engine, vault, Tokens.open(settings), Bell(engine, streams.wake), streams, observed.append)
    return World(hub, create_app(hub), observed)


@pytest.fixture(autouse=True)
def _the_day_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock begins at NOW whenever the tests are run: the days that they write down stay past or to come."""
    began = utc_now()
    real = utc_now
    for module in ("hub.resolvers.context", "hub.schema.server", "tests.schema.conftest"):
        monkeypatch.setattr(f"{module}.utc_now", lambda: NOW + (real() - began))


@pytest.fixture
async def world(database: AsyncEngine, tmp_path: Path) -> World:
    return await make_world(database, tmp_path)


@pytest.fixture
async def tree(world: World) -> dict[str, Any]:
    async with world.hub.engine.begin() as connection:
        return await a_tree(connection)


class Socket:
    """The other end of a WebSocket, speaking ASGI."""

    def __init__(self, app: Any, headers: dict[str, str], protocol: str) -> None:
        self._to_app: asyncio.Queue[Any] = asyncio.Queue()
        self._from_app: asyncio.Queue[Any] = asyncio.Queue()
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "scheme": "ws",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "subprotocols": [protocol],
            "client": ("127.0.0.1", 1),
            "server": ("hub", 80),
        }
        self._to_app.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self._to_app.get, self._from_app.put))

    async def send(self, **message: Any) -> None:
        await self._to_app.put({"type": "websocket.receive", "text": json.dumps(message)})

    async def take(self, seconds: float = 5) -> Any:
        """The next message: JSON, or the code of the close."""
        async with asyncio.timeout(seconds):
            message = await self._from_app.get()
        if message["type"] == "websocket.close":
            return message["code"]
        return json.loads(message["text"]) if message["type"] == "websocket.send" else message["type"]

    async def begin(self, payload: dict[str, Any] | None = None) -> Any:
        assert await self.take() == "websocket.accept"
        await self.send(type="connection_init", payload=payload or {})
        return await self.take()

    async def subscribe(self, query: str, name: str = "1", **variables: Any) -> None:
        await self.send(type="subscribe", id=name, payload={"query": query, "variables": variables})

    async def hang_up(self) -> None:
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(5):
            await self.task


@asynccontextmanager
async def a_socket(world: World, protocol: str = "graphql-transport-ws", **headers: str) -> AsyncIterator[Socket]:
    socket = Socket(world.app, headers, protocol)
    try:
        yield socket
    finally:
        await socket.hang_up()
