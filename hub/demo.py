"""`hub demo`: a county and a district, their ledgers, one transfer, one roll call and inquiry, and a hub left serving."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx2
import orjson
from sqlalchemy import text
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from hub import app, demo_participation, logs
from hub.auth import Claims, Role
from hub.domain.dates import today, utc_now
from hub.domain.directory import organization
from hub.domain.viewer import Role as ViewerRole
from hub.domain.viewer import Viewer, operator
from hub.models import LedgerKind
from hub.operating import OperatorError
from hub.resolvers.context import Hub
from hub.settings import Settings
from hub.sync.ledger import run as runs
from hub.sync.ledger.command import apply_file
from hub.sync.ledger.report import in_words

_LEDGERS: Final = (
    ("organizations.csv", LedgerKind.ORGANIZATIONS, None),
    ("members.xlsx", LedgerKind.MEMBERS, None),
    ("outflow.xlsx", LedgerKind.OUTFLOW, None),
    ("outflow-old-export.csv", LedgerKind.OUTFLOW, None),
    ("inflow.xlsx", LedgerKind.INFLOW, "BJ01"),
)
_HOST: Final = "127.0.0.1"
_PORT: Final = 8000
_CLIENT: Final = "demo"


class SampleMissing(OperatorError):
    """找不到示例台账 / the sample ledgers are not there"""


class DemoBroke(OperatorError):
    """演示中断 / the demo broke off"""


def run(settings: Settings, *, once: bool) -> None:
    """Show what the hub does, then leave it serving; with `once` end instead."""
    logs.configure("WARNING")
    asyncio.run(_run(settings, once=once))


def say(line: str = "") -> None:
    """Write one line to the person who watches."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _run(settings: Settings, *, once: bool) -> None:
    metrics = app.Metrics()
    async with app.opened(settings, metrics, worker=True) as hub:
        await _load(hub)
        port = _free_port()
        server = app.server(hub, metrics, host=_HOST, port=port)
        serving = asyncio.create_task(server.serve())
        await server.listening.wait()
        url = f"http://{_HOST}:{port}/graphql"
        try:
            tokens = await _tokens(hub)
            await _walk(url, tokens)
            await _live(url, tokens)
            if not once:
                _invite(url, tokens)
                await serving
        finally:
            server.should_exit = True
            await serving


async def _load(hub: Hub) -> None:
    """Import the sample ledgers, unless they are here already."""
    async with hub.engine.connect() as connection:
        is_here = await organization(connection, hub.settings.system, "BJ010101") is not None
    if is_here:
        say("示例数据已在，直接使用 / the sample is loaded already")
    else:
        folder = _samples()
        for name, kind, code in _LEDGERS:
            await _import(hub, folder / name, kind, code)
        await _import(hub, folder / "rollcall.xlsx", LedgerKind.ROLLCALL, "BJ01", 2026)
        await _import(hub, folder / "participation-reported.xlsx", LedgerKind.PARTICIPATION, None)
    await _show_state(hub)


def _samples() -> Path:
    here = Path(__file__).parent
    for folder in (here / "examples", here.parent / "examples" / "ledgers"):
        if folder.is_dir():
            return folder
    raise SampleMissing("找不到示例台账（examples/ledgers）/ the sample ledgers (examples/ledgers) are not there")


async def _import(hub: Hub, file: Path, kind: LedgerKind, code: str | None, year: int | None = None) -> None:
    say(f"\n导入 / importing {file.name}")
    viewer, named = operator("hub demo"), None
    if code is not None:
        async with hub.engine.connect() as connection:
            named = await organization(connection, hub.settings.system, code)
        assert named is not None
        viewer = Viewer(named, ViewerRole.COMMITTEE, "hub demo", _CLIENT)
    content = await asyncio.to_thread(file.read_bytes)
    given = runs.Import(kind=kind, organization=named, content=content, name=file.name, year=year)
    _, report = await apply_file(hub.engine, hub.settings, hub.vault, viewer, given, utc_now())
    say(in_words(report, applied=True))


_STATE: Final = text(
    """
    select (select count(*) from departure where ended_on is null) as away,
           (select count(*) from arrival where state not in ('RETURNED', 'LEFT')) as here,
           (select count(*) from match where state = 'CONFIRMED' and ended_at is null) as matched,
           (select count(*) from discrepancy where state <> 'SETTLED') as differences
    """
)


async def _show_state(hub: Hub) -> None:
    async with hub.engine.connect() as connection:
        state = (await connection.execute(_STATE)).one()
    say(
        f"\n现在 / now：外出 away {state.away}，流入登记 arrived {state.here}，两边已对上 matched {state.matched}，"
        f"两边不一致 differences {state.differences}"
    )


def _free_port() -> int:
    """Return 8000, or any free port where that is taken."""
    for port in (_PORT, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((_HOST, port))
            return int(probe.getsockname()[1])
    raise DemoBroke("没有可用的端口 / no port is free")


async def _tokens(hub: Hub) -> dict[str, str]:
    """Issue tokens for the people of the demo, good for a day."""
    people = {
        "branch": ("YL0101", Role.BRANCH, "白杨村党支部"),
        "town": ("YL01", Role.COMMITTEE, "柳河镇党委"),
        "street": ("BJ01", Role.COMMITTEE, "新港街道党工委"),
        "partner": ("BJ", Role.PARTNER, "区级业务系统"),
    }
    found = {}
    async with hub.engine.connect() as connection:
        for who, (code, role, actor) in people.items():
            named = await organization(connection, hub.settings.system, code)
            assert named is not None
            claims = Claims(actor, named, role, None, _CLIENT, utc_now() + timedelta(days=1))
            found[who] = hub.tokens.issue(claims)
    return found


class Client:
    """A caller of the GraphQL endpoint."""

    def __init__(self, http: httpx2.AsyncClient, url: str, token: str) -> None:
        self._http, self._url, self._token = http, url, token

    async def run(self, document: str, **variables: Any) -> dict[str, Any]:
        """Run one operation and return its data. Raises DemoBroke on errors."""
        answer = await self._http.post(
            self._url,
            json={"query": document, "variables": variables},
            headers={"authorization": f"Bearer {self._token}"},
        )
        body = answer.json()
        if answer.status_code != 200 or body.get("errors"):
            raise DemoBroke(f"{answer.status_code} {body}")
        found: dict[str, Any] = body["data"]
        return found

    async def step(self, mutation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Take one step of a transfer and return it. Raises DemoBroke with the refusal."""
        name = mutation[0].upper() + mutation[1:]
        data = await self.run(
            f"mutation Step($input: {_INPUTS.get(mutation, 'TransferStepInput')}!) {{ {mutation}(input: $input) {{"
            " __typename ... on Transfer { id version state letter { number expiresOn } }"
            " ... on Refusal { code message field } } }",
            input={"opId": str(uuid4()), **given},
        )
        result: dict[str, Any] = data[mutation]
        if result["__typename"] == "Refusal":
            raise DemoBroke(f"{name}: {result['code']} {result['field'] or ''} {result['message']}")
        return result


_INPUTS: Final = {"requestTransfer": "RequestTransferInput", "acceptTransfer": "AcceptTransferInput"}
_CANDIDATES: Final = """
query AwayAndMatched {
  departures(states: [MATCHED], first: 50) {
    edges { node { id member { id name } transfer { id } inflow { branch { id name } organization { id name } } } }
  }
}
"""
_EVENTS: Final = """
subscription Watch {
  events {
    __typename
    ... on Event { seq kind topic }
    ... on Heartbeat { headSeq }
    ... on Closing { reason }
  }
}
"""


@asynccontextmanager
async def _watching(url: str, token: str) -> AsyncIterator[None]:
    """Print each event of the partner's view while the block runs."""
    async with connect(url.replace("http", "ws", 1), subprotocols=[Subprotocol("graphql-transport-ws")]) as socket_:
        await socket_.send(
            orjson.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}).decode()
        )
        await socket_.recv()
        await socket_.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": {"query": _EVENTS}}).decode())

        async def show() -> None:
            async for message in socket_:
                item = (orjson.loads(message).get("payload") or {}).get("data", {}).get("events")
                if item and item["__typename"] == "Event":
                    say(f"      ⇢ 区级系统收到 / the partner hears: {item['kind']}  seq {item['seq']}")

        shown = asyncio.create_task(show())
        await asyncio.sleep(0.3)
        try:
            yield
            await asyncio.sleep(0.5)
        finally:
            shown.cancel()
            with suppress(asyncio.CancelledError):
                await shown


async def _walk(url: str, tokens: Mapping[str, str]) -> None:
    """Walk one transfer of the formal relationship from request to closed."""
    async with httpx2.AsyncClient(timeout=30) as http:
        branch, town, street = (Client(http, url, tokens[who]) for who in ("branch", "town", "street"))
        edges = (await branch.run(_CANDIDATES))["departures"]["edges"]
        free = [edge["node"] for edge in edges if edge["node"]["transfer"] is None and edge["node"]["inflow"]]
        if not free:
            say("\n没有可供演示转接的党员了 / nobody is left to show a transfer with")
            return
        liaison = free[0]
        day = today(utc_now()).isoformat()
        here = liaison["inflow"]["branch"]
        say(f"\n组织关系转接演示 / one transfer: 白杨村党支部 → {here['name']}")
        async with _watching(url, tokens["partner"]):
            say("  1 白杨村党支部提出，附本人申请 / the branch requests, on the member's own application")
            transfer = await branch.step(
                "requestTransfer",
                {
                    "memberId": liaison["member"]["id"],
                    "inflowOrganizationId": here["id"],
                    "appliedOn": day,
                    "reason": "已在流入地固定居住工作满六个月",
                },
            )
            say("  2 白杨村党支部确认 / the branch confirms")
            transfer = await branch.step("confirmTransfer", _next(transfer))
            say("  3 柳河镇党委审核并开具介绍信 / the town committee approves and issues the letter")
            month = day[:7]
            transfer = await town.step(
                "approveTransfer", {**_next(transfer), "duesPaidThrough": month, "nationalSystemOn": day}
            )
            letter = transfer["letter"]
            say(f"      介绍信 / letter {letter['number']}，有效期至 / valid until {letter['expiresOn']}")
            say("  4 新港街道党工委通话、核查、谈话后接收 / the street committee accepts after call, look-up and talk")
            transfer = await street.step(
                "acceptTransfer",
                {
                    **_next(transfer),
                    "acceptedOn": day,
                    "branchId": here["id"],
                    "letterNumber": letter["number"],
                    "phonedOn": day,
                    "unitLookedUpOn": day,
                    "talkedOn": day,
                    "nationalSystemOn": day,
                },
            )
            say("  5 新港街道党工委寄回回执联 / the street committee returns the receipt")
            transfer = await street.step("returnReceipt", _next(transfer))
            say("  6 柳河镇党委办结 / the issuing committee closes")
            transfer = await town.step("closeTransfer", _next(transfer))
        say(f"  状态 / state: {transfer['state']}")


async def _live(url: str, tokens: Mapping[str, str]) -> None:
    """Show a roll call that reaches the home branch, and an inquiry that stands before a decision."""
    async with httpx2.AsyncClient(timeout=30) as http:
        branch, street = (Client(http, url, tokens[who]) for who in ("branch", "street"))
        async with _watching(url, tokens["partner"]):
            await demo_participation.walk(branch, street, say, today(utc_now()))


def _next(transfer: Mapping[str, Any]) -> dict[str, Any]:
    return {"transferId": transfer["id"], "version": transfer["version"]}


def _invite(url: str, tokens: Mapping[str, str]) -> None:
    """Tell what to try next."""
    asks = (
        ("street", "流入方：谁来了 / the inflow committee: who has arrived",
         "{ arrivals(first: 3) { edges { node { state member { name } inflow { branch { name } workUnit } } } } }"),
        ("branch", "流出方：两边不一致 / the outflow branch: where the two sides differ",
         "{ discrepancies(first: 3) { edges { node { field outflowValue inflowValue owner dueOn } } } }"),
        ("partner", "伙伴系统：事件流 / a partner: the stream by polling",
         "{ events(first: 3) { items { ... on Event { seq kind aggregateVersion } } headSeq } }"),
    )  # fmt: skip
    say(f"\n枢纽已在运行 / the hub is serving: {url}（Ctrl-C 结束 / ends it）")
    for who, what, query in asks:
        say(f"\n# {what}\nTOKEN={tokens[who]}")
        body = orjson.dumps({"query": query}).decode()
        say(f"curl -s {url} -H \"authorization: Bearer $TOKEN\" -H 'content-type: application/json' -d '{body}'")
    say()
