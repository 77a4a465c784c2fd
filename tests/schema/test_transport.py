"""Who may ask, and by which way: tokens, HTTP, sockets, uploads, health."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from hub.auth import Tokens
from hub.resolvers.node import TypeNumber
from hub.schema import server
from hub.schema.server import LARGEST_BODY
from hub.settings import Settings
from tests.factories import a_tree
from tests.schema.conftest import World, a_socket, gid

ACTOR = "{ viewer { actor } }"
EVENTS = "subscription($after: Cursor) { events(after: $after) { __typename ... on Event { cursor kind seq prevSeq aggregate } ... on Heartbeat { cursor } ... on Closing { reason resumeAfter retryAfterMs } } }"


async def organizations(world: World) -> dict[str, Any]:
    async with world.hub.engine.begin() as connection:
        return await a_tree(connection)


def bad_tokens(world: World, tmp_path: Any) -> dict[str, str | None]:
    organization = uuid4()
    other = Tokens.open(Settings(home=tmp_path / "other"))
    foreign = World(world.hub.__class__(**{**fields(world.hub), "tokens": other}), None).token(organization)
    good = world.token(organization)
    return {
        "none": None,
        "nonsense": "x",
        "expired": world.token(organization, days=-1),
        "foreign": foreign,
        "cut": good[:-4],
        "long": good * 100,
    }


def fields(hub: Any) -> dict[str, Any]:
    return {name: getattr(hub, name) for name in hub.__dataclass_fields__}


async def test_without_a_good_token_there_is_a_401_and_nothing_else(world: World, tmp_path: Any):
    for name, token in bad_tokens(world, tmp_path).items():
        async with world.client(token) as client:
            for query in (ACTOR, "{ __schema { types { name } } }", "{ syntax", "mutation { x }"):
                response = await client.post("/graphql", json={"query": query})
                assert response.status_code == 401, name
                assert response.json() == {"errors": [{"message": server._BAD_TOKEN}]}
            assert (await client.get("/graphql")).status_code == 401
            assert (await client.post("/graphql", content=b"x" * (LARGEST_BODY + 1))).status_code == 401


async def test_without_a_good_token_a_socket_closes_with_4403(world: World, tmp_path: Any):
    for token in bad_tokens(world, tmp_path).values():
        async with a_socket(world) as socket:
            payload = {} if token is None else {"authorization": f"Bearer {token}"}
            assert await socket.begin(payload) == 4403
    async with a_socket(world) as socket:
        assert await socket.begin({"authorization": 7}) == 4403


async def test_a_socket_takes_its_token_from_the_payload_or_the_header(world: World):
    bearer = f"Bearer {world.token(uuid4())}"
    async with a_socket(world) as socket:
        assert (await socket.begin({"Authorization": bearer}))["type"] == "connection_ack"
    async with a_socket(world, authorization=bearer) as socket:
        assert (await socket.begin())["type"] == "connection_ack"
        await socket.subscribe(ACTOR)
        assert (await socket.take())["payload"] == {"data": {"viewer": {"actor": "值班员"}}}
        assert (await socket.take()) == {"id": "1", "type": "complete"}


async def test_a_socket_ends_when_its_token_does(world: World):
    async with a_socket(world, authorization=f"Bearer {world.token(uuid4(), days=1 / 86400)}") as socket:
        await socket.begin()
        await asyncio.sleep(1.05)
        await socket.subscribe(ACTOR)
        assert await socket.take() == 4403


async def test_nothing_is_answered_before_a_socket_is_acknowledged(world: World):
    async with a_socket(world) as socket:
        await socket.take()
        await socket.subscribe(ACTOR)
        assert await socket.take() == 4401


async def test_the_older_socket_protocol_is_not_spoken(world: World):
    async with a_socket(world, "graphql-ws", authorization=f"Bearer {world.token(uuid4())}") as socket:
        assert await socket.take() == "websocket.accept"
        assert await socket.take() == 4406


async def test_a_faulty_document_ends_the_operation_and_not_the_socket(world: World):
    async with a_socket(world, authorization=f"Bearer {world.token(uuid4())}") as socket:
        await socket.begin()
        for query in ("{ 张三", "{ nothing }", "{ viewer { actor }"):
            await socket.subscribe(query)
            assert (await socket.take())["type"] == "error"
        await socket.subscribe(ACTOR)
        assert (await socket.take())["type"] == "next"


@pytest.mark.parametrize(
    ("accept", "media_type", "status"),
    [
        (None, "application/json", 200),
        ("*/*", "application/json", 200),
        ("application/json", "application/json", 200),
        ("application/graphql-response+json", "application/graphql-response+json", 400),
        ("application/graphql-response+json, application/json;q=0.9", "application/graphql-response+json", 400),
    ],
)
async def test_graphql_over_http(world: World, accept: str | None, media_type: str, status: int):
    headers = {} if accept is None else {"accept": accept}
    async with world.client(world.token(uuid4())) as client:
        if accept is None:
            del client.headers["accept"]
        good = await client.post("/graphql", json={"query": ACTOR}, headers=headers)
        assert good.status_code == 200
        assert good.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert good.content == '{"data":{"viewer":{"actor":"值班员"}}}'.encode()
        faulty = (
            {"query": "{ syntax"},
            {"query": "{ nothing }"},
            {"query": "query($d: Date!) { arrivals(arrivedSince: $d) { pageInfo { endCursor } } }", "variables": {}},
        )
        for body in faulty:
            bad = await client.post("/graphql", json=body, headers=headers)
            assert bad.status_code == status
            assert bad.headers["content-type"] == f"{media_type}; charset=utf-8"
            assert "data" not in bad.json()


async def test_what_is_no_request_is_a_4xx(world: World):
    async with world.client(world.token(uuid4())) as client:
        get = await client.get("/graphql", params={"query": ACTOR})
        assert (get.status_code, get.headers["allow"]) == (405, "POST")
        for content, kind in (
            (b"{", "application/json"),
            (b"[]", "application/json"),
            (b'[{"query": "{ viewer { actor } }"}]', "application/json"),
            (b'"x"', "application/json"),
            (b"7", "application/json"),
            (b"{}", "application/json"),
            (b'{"query": 7}', "application/json"),
            (b'{"query": "{ viewer { actor } }", "variables": "x"}', "application/json"),
            (b"query=x", "application/x-www-form-urlencoded"),
            (b"", "application/json"),
            (b"\xff\xfe", "application/json"),
            (b'{"query": "{ viewer { actor } }", "variables": ' + b"[" * 100_000, "application/json"),
            (b'{"query": "{ viewer { actor } }"}', "text/plain"),
        ):
            response = await client.post("/graphql", content=content, headers={"content-type": kind})
            assert 400 <= response.status_code < 500, (content, response.text)
            assert response.json()["errors"][0]["message"]
        subscription = await client.post("/graphql", json={"query": EVENTS})
        assert subscription.status_code == 400
        assert "data" not in subscription.json()


async def test_a_body_has_a_largest_size(world: World):
    async with world.client(world.token(uuid4())) as client:
        response = await client.post("/graphql", json={"query": ACTOR, "variables": {"x": "y" * LARGEST_BODY}})
        assert response.status_code == 413


async def test_an_upload_is_read_by_the_multipart_specification(world: World):
    tree = await organizations(world)
    query = "mutation($input: ImportLedgerInput!) { importLedger(input: $input) { __typename } }"
    variables = {"input": {"opId": str(uuid4()), "file": None, "kind": "MEMBERS"}}
    operations = json.dumps({"query": query, "variables": variables})
    async with world.client(world.token(tree["YL"], "DEPARTMENT")) as client:
        sent = await client.post(
            "/graphql",
            data={"operations": operations, "map": '{"0": ["variables.input.file"]}'},
            files={"0": ("a.csv", b"x", "text/csv")},
        )
        assert sent.status_code == 200, sent.text
        assert sent.json()["data"]["importLedger"]["__typename"] in ("ImportRun", "Refusal")
        for bad in (
            '{"0": ["variables.nothing.file"]}',
            '{"1": ["variables.input.file"]}',
            "[]",
            "7",
            '{"0": 7}',
            "{",
        ):
            response = await client.post(
                "/graphql", data={"operations": operations, "map": bad}, files={"0": ("a.csv", b"x", "text/csv")}
            )
            assert response.status_code == 400, bad
        for bad in ("7", "[]", '"x"', "null"):
            response = await client.post(
                "/graphql",
                data={"operations": bad, "map": '{"0": ["variables.input.file"]}'},
                files={"0": ("a.csv", b"x")},
            )
            assert response.status_code == 400, bad


async def test_an_upload_has_a_largest_size(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "LARGEST_UPLOAD", 1000)
    async with world.client(world.token(uuid4())) as client:
        response = await client.post(
            "/graphql", data={"operations": "{}", "map": "{}"}, files={"0": ("a", b"x" * 1000)}
        )
    assert response.status_code == 413


async def test_health_and_metrics(world: World, monkeypatch: pytest.MonkeyPatch):
    async with world.client() as client:
        assert (await client.get("/health/live")).json() == {"status": "ok"}
        ready = await client.get("/health/ready")
        assert ready.status_code == 200
        assert ready.json()["database"] == "ok"
        metrics = await client.get("/metrics")
        assert 'hub_requests_total{method="GET",route="/health/ready",status="200"} 1.0' in metrics.text
        assert "hub_outbox_pending 0.0" in metrics.text
        monkeypatch.setattr("hub.app.head", lambda: "9999")
        assert (await client.get("/health/ready")).status_code == 503
        assert (await client.get("/张三?phone=13800001111")).status_code == 404
        assert "张三" not in (await client.get("/metrics")).text


async def test_not_ready_without_a_database(world: World):
    from hub.database.engine import create_engine

    gone = create_engine("postgresql+asyncpg://nobody@/none?host=/nowhere")
    hub = world.hub.__class__(**{**fields(world.hub), "engine": gone})
    from hub.app import create_app

    async with World(hub, create_app(hub)).client() as client:
        response = await client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"database": "unreachable"})


SEVERAL = "query One { viewer { actor } } query Two { viewer { actor } }"
STREAMS = "subscription One { events { __typename } } subscription Two { events { __typename } }"
MUST_NAME = "Must provide operation name if query contains multiple operations."


REGISTER = """
mutation One($input: RegisterMemberInput!) { registerMember(input: $input) { __typename } }
query Two { viewer { actor } }
"""


@pytest.mark.parametrize(
    "document",
    [SEVERAL, SEVERAL + "subscription Three { events { __typename } }", REGISTER],
    ids=["queries", "queries and a subscription", "a mutation and a query"],
)
async def test_several_operations_and_no_name_run_none(world: World, document: str):
    tree = await organizations(world)
    said = {"opId": str(uuid4()), "organizationId": gid(TypeNumber.ORGANIZATION, tree["YL0101"]), "name": "林晓"}
    body = {"query": document, "variables": {"input": {**said, "citizenId": "110101199003070134", "category": "FULL"}}}
    async with world.client(world.token(tree["YL0101"], "BRANCH")) as client:
        for given in (body, {**body, "operationName": None}, {**body, "operationName": "Two"}, body):
            answer = (await client.post("/graphql", json=given)).json()
            if given.get("operationName"):
                assert answer == {"data": {"viewer": {"actor": "值班员"}}}
            else:
                assert "data" not in answer
                assert [error["message"] for error in answer["errors"]] == [MUST_NAME]
    async with world.hub.engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from member")) == 0


async def test_several_operations_and_no_name_run_none_on_a_socket(world: World):
    async with a_socket(world, authorization=f"Bearer {world.token(uuid4())}") as socket:
        await socket.begin()
        for document in (SEVERAL, STREAMS):
            await socket.subscribe(document)
            said = await socket.take()
            assert (said["type"], said["payload"][0]["message"]) == ("error", MUST_NAME)


async def test_several_operations_and_no_name_run_none_by_server_sent_events(world: World):
    async with world.client(world.token(uuid4())) as client:
        for document in (SEVERAL, STREAMS):
            answer = await client.post("/graphql", json={"query": document}, headers={"accept": "text/event-stream"})
            assert MUST_NAME in answer.text
            assert '"data":{' not in answer.text
