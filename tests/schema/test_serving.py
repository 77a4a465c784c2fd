"""How the hub answers: tokens, transports, limits, errors; each override of the library is seen to work."""

import asyncio
import json
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import text

from hub.auth import Tokens
from hub.domain import liaison
from hub.resolvers.node import TypeNumber
from hub.schema import server
from hub.schema.server import LARGEST_BODY, print_sdl
from hub.settings import Settings
from tests.factories import a_member, a_tree
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


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { organization " + "{ parent " * 12 + "{ id }" + " }" * 14,
        "{ viewer " + "{ viewer " * 950,
        "{ a(b: " + "[" * 1900,
        "{ " + " ".join(f"a{n}: viewer {{ actor }}" for n in range(61)) + " }",
        "{ " + "viewer { actor } " * 600 + " }",
        "{ ...A } fragment A on Query { viewer { actor } ...B } fragment B on Query { ...A }",
    ],
    ids=["depth", "absurd depth", "absurd lists", "aliases", "tokens", "a circle of fragments"],
)
async def test_limits(world: World, query: str):
    answer = await world.answer(world.token(uuid4()), query)
    assert "data" not in answer
    async with a_socket(world, authorization=f"Bearer {world.token(uuid4())}") as socket:
        await socket.begin()
        await socket.subscribe(query)
        assert (await socket.take())["type"] == "error"


async def test_introspection_by_usual_tools_is_within_the_limits(world: World):
    from graphql import build_client_schema, get_introspection_query, print_schema

    data = await world.ask(world.token(uuid4()), get_introspection_query(input_value_deprecation=True))
    assert "type OutflowStatement implements Node" in print_schema(build_client_schema(data))
    assert "type OutflowStatement implements Node" in print_sdl()


async def test_a_faulty_request_is_answered_without_its_values(world: World):
    token = world.token(uuid4())
    canary = "110101199003071234"
    requests = [
        ("query($o: ID!) { ledger(organization: $o) { pageInfo { endCursor } } }", {"o": {"x": canary}}),
        ("query($d: Date) { arrivals(arrivedSince: $d) { pageInfo { endCursor } } }", {"d": canary}),
        ("query($s: [LiaisonState!]) { arrivals(states: $s) { pageInfo { endCursor } } }", {"s": [canary]}),
        ("query($n: Int) { arrivals(first: $n) { pageInfo { endCursor } } }", {"n": canary}),
        (
            "mutation($i: RegisterMemberInput!) { registerMember(input: $i) { __typename } }",
            {"i": {"citizenId": canary}},
        ),
        (
            "mutation($i: RegisterMemberInput!) { registerMember(input: $i) { __typename } }",
            {"i": {"citizenId": [canary]}},
        ),
        (f'{{ arrivals(first: "{canary}") {{ pageInfo {{ endCursor }} }} }}', {}),
        (f'{{ arrivals(arrivedSince: "{canary}") {{ pageInfo {{ endCursor }} }} }}', {}),
        (f"{{ arrivals(name: {canary}) {{ pageInfo {{ endCursor }} }} }}", {}),
        (f"{{ arrivals(states: [P{canary}]) {{ pageInfo {{ endCursor }} }} }}", {}),
        (f'{{ "{canary}" }}', {}),
        (f"{{ viewer {{ actor }} }} P{canary}", {}),
    ]
    for query, variables in requests:
        answer = await world.answer(token, query, **variables)
        assert answer["errors"]
        assert canary not in json.dumps(answer, ensure_ascii=False), query


async def test_an_unexpected_error_is_masked_and_logged_by_its_id(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def break_down(*_: Any) -> Any:
        raise ValueError("张三 13800001111")

    monkeypatch.setattr(liaison, "of_statements", break_down)
    with structlog.testing.capture_logs() as lines:
        answer = await world.answer(
            world.token(uuid4()),
            "query($id: ID!) { lisi: liaison(id: $id) { id } }",
            id=gid(TypeNumber.LIAISON, uuid4()),
        )
    (error,) = answer["errors"]
    assert answer["data"] == {"lisi": None}
    assert error["extensions"]["code"] == "UNEXPECTED"
    assert error["extensions"]["id"] in error["message"]
    assert "张三" not in json.dumps(answer, ensure_ascii=False)
    (line,) = [line for line in lines if line["event"] == "unexpected error"]
    assert line["error_id"] == error["extensions"]["id"]
    assert line["field"] == "liaison"
    assert line["error"]["types"] == ["builtins.ValueError"]
    assert not any(word in str(lines) for word in ("张三", "1380", "lisi"))
    assert world.observed == ["unexpected", "failed"]
    # The library would have logged the message, the document and the traceback.
    assert [record for record in caplog.records if record.name.startswith("strawberry")] == []


async def test_a_socket_s_operation_that_breaks_down_is_logged_without_its_message(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def break_down(*_: Any) -> Any:
        raise ValueError("张三 13800001111")

    monkeypatch.setattr(server, "finished", break_down)
    with structlog.testing.capture_logs() as lines:
        async with a_socket(world, authorization=f"Bearer {world.token(uuid4())}") as socket:
            await socket.begin()
            await socket.subscribe(ACTOR)
            assert await socket.take() == {"id": "1", "type": "complete"}
    (line,) = [line for line in lines if line["event"] == "a socket's operation broke down"]
    assert line["error"]["types"] == ["builtins.ValueError"]
    assert "张三" not in str(lines)
    assert [record for record in caplog.records if record.name.startswith("strawberry")] == []


async def test_many_at_once_do_not_wait_for_each_other_for_ever(world: World):
    """More operations than connections, each of which notes a disclosure after it has read."""
    tree = await organizations(world)
    member = await a_phone(world, tree["YL0101"])
    token = world.token(tree["YL0101"], "BRANCH")
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[world.ask(token, PHONE, id=gid(TypeNumber.MEMBER, member)) for _ in range(40)])
    assert {answer["member"]["phone"] for answer in answers} == {"13800001111"}
    assert len(await disclosures(world)) == 40
    assert world.hub.engine.pool.checkedout() == 0


PHONE = "query($id: ID!) { member(id: $id) { phone phoneMasked } }"


async def a_phone(world: World, organization: Any) -> Any:
    async with world.hub.engine.begin() as connection:
        member = await a_member(connection, organization, phone_masked="138******11")
        sealed = world.hub.vault.seal("phone", member, "13800001111")
        await connection.execute(text("update member set phone_sealed = :s where id = :m"), {"s": sealed, "m": member})
    return member


async def disclosures(world: World) -> list[Any]:
    async with world.hub.engine.connect() as connection:
        return list(
            await connection.execute(text("select organization_id, actor, people, length(document) from disclosure"))
        )


async def test_a_number_in_full_is_noted_before_it_leaves(world: World):
    tree = await organizations(world)
    member = await a_phone(world, tree["YL0101"])
    asked = gid(TypeNumber.MEMBER, member)
    full = {"member": {"phone": "13800001111", "phoneMasked": "138******11"}}
    masked = {"member": {"phone": None, "phoneMasked": "138******11"}}
    assert await world.ask(world.token(tree["YL01"]), PHONE, id=asked) == masked
    assert await disclosures(world) == []
    assert await world.ask(world.token(tree["YL0101"], "BRANCH"), PHONE, id=asked) == full
    assert await disclosures(world) == [(tree["YL0101"], "值班员", [member], 32)]
    async with a_socket(world, authorization=f"Bearer {world.token(tree['YL0101'], 'MEMBER', member)}") as socket:
        await socket.begin()
        await socket.subscribe(PHONE, id=asked)
        assert (await socket.take())["payload"] == {"data": full}
    assert len(await disclosures(world)) == 2


async def test_a_number_that_cannot_be_noted_does_not_leave(world: World):
    tree = await organizations(world)
    member = await a_phone(world, tree["YL0101"])
    async with world.hub.engine.begin() as connection:
        await connection.execute(text("drop table disclosure"))
    answer = await world.answer(world.token(tree["YL0101"], "BRANCH"), PHONE, id=gid(TypeNumber.MEMBER, member))
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "UNEXPECTED"


@pytest.mark.parametrize("kind", ["Member", "OutflowStatement", "InflowStatement"])
async def test_numbers_in_full_are_refused_in_subscriptions_and_to_partners(world: World, kind: str):
    organization = uuid4()
    query = f"query($id: ID!) {{ node(id: $id) {{ ...A }} }} fragment A on {kind} {{ x: phone }}"
    partner = await world.answer(world.token(organization, "PARTNER"), query, id="x")
    assert "data" not in partner
    assert partner["errors"][0]["extensions"] == {"code": "NOT_ALLOWED"}
    assert (await world.ask(world.token(organization), query, id="x")) == {"node": None}
    stream = (
        "subscription { events { ... on Event { liaison { member { phone } outflow { phone } inflow { phone } } } } }"
    )
    async with a_socket(world, authorization=f"Bearer {world.token(organization)}") as socket:
        await socket.begin()
        await socket.subscribe(stream)
        message = await socket.take()
    assert message["type"] == "error"
    assert len(message["payload"]) == 3


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
