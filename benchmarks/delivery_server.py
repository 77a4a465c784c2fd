"""Mutation to subscriber through the real server: HTTP in, WebSocket out, at 50 mutations a second.

Usage: python -m benchmarks.delivery_server [--seconds 10] [--rate 50] [--port 8765]
Starts `hub serve` on a scratch HUB_HOME. The time runs from the moment the request is sent until the subscriber has
read the event, so it holds the mutation itself: idle, while an import-like writer loads the database elsewhere, and
while it does so among the organizations that the subscriber hears, who then has to be sent all of that too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx2
import orjson
import websockets

from benchmarks.delivery import plant, scratch
from hub.auth import Claims, Role, Tokens
from hub.crypto import IdCodec
from hub.database.engine import open_database
from hub.resolvers.node import TypeNumber
from hub.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CHANGE = "mutation M($input: ChangeOfficerInput!) { changeOfficer(input: $input) { __typename } }"
LISTEN = "subscription { events { ... on Event { cursor seq prevSeq kind aggregate aggregateVersion } } }"
ids = IdCodec(b"")


@asynccontextmanager
async def server(settings: Settings, port: int) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub", "serve", "--port", str(port), "--no-worker"),
        env={**os.environ, "HUB_HOME": str(settings.home), "HUB_LOG_LEVEL": "ERROR"},
    )
    try:
        async with httpx2.AsyncClient() as client:
            for _ in range(200):
                await asyncio.sleep(0.1)
                try:
                    await client.get(f"http://127.0.0.1:{port}/health/live")
                except httpx2.ConnectError:
                    continue
                break
        yield
    finally:
        process.terminate()
        await process.wait()


async def subscribe(port: int, token: str, sent: dict[tuple[str, int], float], waited: list[float]) -> None:
    async with websockets.connect(
        f"ws://127.0.0.1:{port}/graphql",
        subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
        additional_headers={"Authorization": f"Bearer {token}"},
    ) as socket:
        await socket.send('{"type":"connection_init"}')
        await socket.recv()
        await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": {"query": LISTEN}}).decode())
        async for message in socket:
            item = orjson.loads(message)["payload"]["data"]["events"]
            if began := sent.get((item.get("aggregate"), item.get("aggregateVersion"))):
                waited.append((time.perf_counter() - began) * 1000)


async def measure(port: int, token: str, branches: list[UUID], options: argparse.Namespace, done: int) -> list[float]:
    sent: dict[tuple[str, int], float] = {}
    waited: list[float] = []
    async with AsyncExitStack() as stack:
        listening = asyncio.create_task(subscribe(port, token, sent, waited))
        stack.callback(listening.cancel)
        client = await stack.enter_async_context(httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}))
        await asyncio.sleep(1)

        async def change(number: int) -> None:
            branch = ids.encode(TypeNumber.ORGANIZATION, branches[number % len(branches)])
            given: dict[str, Any] = {
                "opId": str(uuid4()), "organizationId": branch, "name": "王五", "phone": None, "sinceOn": "2026-11-25",
            }  # fmt: skip
            sent[branch, number // len(branches) + 2] = time.perf_counter()
            answer = await client.post(
                f"http://127.0.0.1:{port}/graphql", json={"query": CHANGE, "variables": {"input": given}}
            )
            assert answer.json()["data"]["changeOfficer"]["__typename"] == "Organization", answer.text

        begun = time.perf_counter()
        changes = []
        for count in range(int(options.seconds * options.rate)):
            await asyncio.sleep(max(0, begun + count / options.rate - time.perf_counter()))
            changes.append(asyncio.create_task(change(done + count)))
        await asyncio.gather(*changes)
        await asyncio.sleep(3)
    assert len(waited) == len(sent), f"{len(waited)} delivered of {len(sent)}"
    return sorted(waited[options.rate :])  # the first second opens connections and plans statements


async def main(options: argparse.Namespace) -> None:
    settings = Settings(home=scratch())
    async with open_database(settings) as engine:
        root, *branches = await plant(engine)
        _, *others = await plant(engine)
        url = engine.url.render_as_string(hide_password=False)
        async with server(settings, options.port):
            claims = Claims("bench", root, Role.DEPARTMENT, None, "bench", datetime.now(UTC) + timedelta(hours=1))
            token = Tokens.open(settings).issue(claims)
            print(f"| mutation to subscriber, {options.rate}/s | p50 ms | p99 ms | max ms |")
            print("|---|--:|--:|--:|")
            turns = {"idle": [], "import elsewhere": others, "import in the same view": branches}
            for turn, (name, loaded) in enumerate(turns.items()):
                loader = None
                if loaded:
                    loader = await asyncio.create_subprocess_exec(
                        *(sys.executable, "-m", "benchmarks.delivery", "--url", url, "--load", *map(str, loaded))
                    )
                waited = await measure(
                    options.port, token, branches, options, turn * int(options.seconds * options.rate)
                )
                if loader:
                    loader.kill()
                    await loader.wait()
                p50, p99 = (waited[int(len(waited) * share)] for share in (0.5, 0.99))
                print(f"| {name} | {p50:.1f} | {p99:.1f} | {waited[-1]:.1f} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--port", type=int, default=8765)
    asyncio.run(main(parser.parse_args()))
