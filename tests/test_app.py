"""The process itself: started as people start it, ended by a signal."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from websockets.asyncio.client import connect

from hub.database.engine import open_database
from hub.settings import Settings
from tests.factories import a_tree

pytestmark = pytest.mark.xdist_group("process")
HUB = str(Path(sys.executable).with_name("hub"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def command(home: Path, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        HUB, *arguments, env=environment(home), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode().strip()


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HUB_HOME": str(home), "HUB_POSTGRES_FSYNC": "false"}


@asynccontextmanager
async def served(home: Path, *more: str) -> AsyncIterator[tuple[str, Any, Path]]:
    """A hub serving; yields its address, the process and its log."""
    port = free_port()
    log = home / "serve.log"
    with log.open("wb") as lines:
        process = await asyncio.create_subprocess_exec(
            HUB, "serve", "--port", str(port), *more, env=environment(home), stdout=lines, stderr=lines
        )
    address = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(60), httpx2.AsyncClient(base_url=address) as client:
            while True:
                assert process.returncode is None, log.read_text()
                with suppress(httpx2.TransportError):
                    if (await client.get("/health/ready")).status_code == 200:
                        break
                await asyncio.sleep(0.05)
        yield address, process, log
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_serving_and_ending(hub_home: Path):
    settings = Settings(home=hub_home, postgres_fsync=False)
    async with open_database(settings) as engine, engine.begin() as connection:
        await a_tree(connection)
    token = await command(hub_home, "token", "--organization", "YL0101", "--role", "branch", "--actor", "王干事")
    async with served(hub_home) as (address, process, log):
        headers = {"authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=address, headers=headers) as client:
            answer = await client.post("/graphql", json={"query": "{ viewer { actor organization { code } } }"})
            assert answer.json() == {"data": {"viewer": {"actor": "王干事", "organization": {"code": "YL0101"}}}}
            assert (await client.get("/graphql?query=%7B张三%7D")).status_code == 405
        async with httpx2.AsyncClient(base_url=address) as client:
            assert (await client.post("/graphql", json={"query": "{ viewer { actor } }"})).status_code == 401
        uri = address.replace("http", "ws") + "/graphql"
        async with connect(uri, subprotocols=["graphql-transport-ws"]) as stream:
            assert stream.protocol.extensions == []
            await stream.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
            assert json.loads(await stream.recv())["type"] == "connection_ack"
            query = "subscription { events { __typename ... on Closing { reason resumeAfter } } }"
            await stream.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": query}}))
            assert json.loads(await stream.recv())["payload"]["data"]["events"]["__typename"] == "Heartbeat"
            process.send_signal(signal.SIGTERM)
            last = json.loads(await stream.recv())["payload"]["data"]["events"]
            assert (last["__typename"], last["reason"]) == ("Closing", "DEPLOY")
            assert json.loads(await stream.recv()) == {"id": "1", "type": "complete"}
        async with asyncio.timeout(20):
            assert await process.wait() == 0, log.read_text()
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
        asked = [line for line in lines if line["event"] == "request"]
        assert {"route": "/graphql", "method": "GET", "status": 405}.items() <= asked[-2].items()
        assert "张三" not in log.read_text()
        assert "%7B" not in log.read_text()
        assert not any("Traceback" in line for line in log.read_text().splitlines())


async def test_a_worker_alone(hub_home: Path):
    log = hub_home / "worker.log"
    with log.open("wb") as lines:
        process = await asyncio.create_subprocess_exec(
            HUB, "worker", env=environment(hub_home), stdout=lines, stderr=lines
        )
    settings = Settings(home=hub_home, postgres_fsync=False)
    async with asyncio.timeout(60), open_database(settings) as engine:
        while True:
            async with engine.connect() as connection:
                if await connection.scalar(text("select count(*) from job where finished_at is not null")):
                    break
            await asyncio.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        assert await process.wait() == 0, log.read_text()


async def test_another_key_is_refused_in_one_line(hub_home: Path):
    async with served(hub_home) as (_, process, _log):
        process.send_signal(signal.SIGTERM)
        await process.wait()
    (hub_home / "keys").unlink()
    process = await asyncio.create_subprocess_exec(
        HUB, "serve", "--port", str(free_port()), env=environment(hub_home), stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        _, said = await process.communicate()
    assert process.returncode == 2
    assert "put the original key file back" in said.decode()
    assert "Traceback" not in said.decode()
