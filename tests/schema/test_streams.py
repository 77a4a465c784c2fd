"""Streams, on a socket and as server-sent events."""

import asyncio
import json
from contextlib import suppress
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from hub.resolvers.node import TypeNumber
from tests.factories import a_tree
from tests.schema.conftest import World, a_socket, gid

EVENTS = "subscription($after: Cursor) { events(after: $after) { __typename ... on Event { cursor kind seq prevSeq aggregate } ... on Heartbeat { cursor } ... on Closing { reason resumeAfter retryAfterMs } } }"


async def organizations(world: World) -> dict[str, Any]:
    async with world.hub.engine.begin() as connection:
        return await a_tree(connection)


async def test_a_stream_brings_events_and_ends_with_closing(world: World):
    tree = await organizations(world)
    hub = world.hub
    token = world.token(tree["YL0101"], "BRANCH")
    async with (
        hub.streams.running(),
        hub.bell.running(),
        a_socket(world, authorization=f"Bearer {token}") as socket,
    ):
        await socket.begin()
        await socket.subscribe(EVENTS)
        first = (await socket.take())["payload"]["data"]["events"]
        assert first["__typename"] == "Heartbeat"
        answer = await world.call(
            world.token(tree["YL0101"], "BRANCH"),
            "registerMember",
            "... on Member { id }",
            organizationId=gid(TypeNumber.ORGANIZATION, tree["YL0101"]),
            name="林晓",
            citizenId="110101199003070134",
            category="FULL",
            joinedOn="2015-06",
        )
        heard = (await socket.take())["payload"]["data"]["events"]
        assert heard["kind"] == "MEMBER_REGISTERED"
        assert heard["aggregate"] == answer["id"]
        polled = await world.ask(
            world.token(tree["YL0101"], "BRANCH"),
            "query($c: Cursor) { events(after: $c) { hasNext headSeq items { ... on Event { seq kind } } } }",
            c=first["cursor"],
        )
        assert polled["events"] == {
            "hasNext": False, "headSeq": heard["seq"], "items": [{"seq": heard["seq"], "kind": "MEMBER_REGISTERED"}],
        }  # fmt: skip
        closing = asyncio.create_task(hub.streams.close())
        last = (await socket.take())["payload"]["data"]["events"]
        assert (last["reason"], last["resumeAfter"]) == ("DEPLOY", heard["cursor"])
        assert (await socket.take())["type"] == "complete"
        await closing


async def test_a_stream_by_server_sent_events(world: World):
    tree = await organizations(world)
    async with world.hub.streams.running():
        token = world.token(tree["YL0101"], "BRANCH")
        taken: list[Any] = []

        async def receive() -> Any:
            if not taken:
                taken.append(0)
                return {"type": "http.request", "body": json.dumps({"query": EVENTS}).encode(), "more_body": False}
            return await asyncio.sleep(30)

        got: asyncio.Queue[Any] = asyncio.Queue()
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/graphql",
            "raw_path": b"/graphql", "query_string": b"", "root_path": "", "scheme": "http", "server": ("hub", 80),
            "headers": [
                (b"authorization", f"Bearer {token}".encode()), (b"accept", b"text/event-stream"),
                (b"content-type", b"application/json"),
            ],
        }  # fmt: skip
        task = asyncio.create_task(world.app(scope, receive, got.put))
        body = b""
        async with asyncio.timeout(5):
            start = await got.get()
            while b"Heartbeat" not in body:
                body += (await got.get())["body"]
        assert start["status"] == 200
        assert dict(start["headers"])[b"content-type"].startswith(b"text/event-stream")
        assert body.startswith((b"event: next", b":"))
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_cursor_that_is_none_is_invalid_input_on_both_ways(world: World):
    token = world.token(uuid4())
    answer = await world.answer(token, '{ events(after: "x") { hasNext } }')
    assert answer["errors"][0]["extensions"] == {"code": "INVALID_INPUT", "field": "after"}
    async with a_socket(world, authorization=f"Bearer {token}") as socket:
        await socket.begin()
        await socket.subscribe(EVENTS, after="x")
        message = await socket.take()
        assert (
            message["payload"][0]["extensions"]["code"] == "INVALID_INPUT"
            if message["type"] == "error"
            else message["payload"]["errors"][0]["extensions"]["code"] == "INVALID_INPUT"
        )


async def test_two_operations_of_one_socket_share_nothing_that_they_read(world: World):
    tree = await organizations(world)
    query = "query($c: String!) { organization(code: $c) { name } }"
    async with a_socket(world, authorization=f"Bearer {world.token(tree['YL'])}") as socket:
        await socket.begin()
        await socket.subscribe(query, c="YL01")
        assert (await socket.take())["payload"]["data"]["organization"] == {"name": "YL01"}
        await socket.take()
        async with world.hub.engine.begin() as connection:
            await connection.execute(text("update organization set name = '新名' where code = 'YL01'"))
        await socket.subscribe(query, c="YL01")
        assert (await socket.take())["payload"]["data"]["organization"] == {"name": "新名"}
