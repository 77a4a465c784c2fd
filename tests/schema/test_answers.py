"""What an answer holds: limits, masked errors, numbers in full that are noted."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import text

from hub.domain import liaison
from hub.resolvers.node import TypeNumber
from hub.schema import server
from hub.schema.server import print_sdl
from tests.factories import a_member, a_tree
from tests.schema.conftest import World, a_socket, gid

ACTOR = "{ viewer { actor } }"


async def organizations(world: World) -> dict[str, Any]:
    async with world.hub.engine.begin() as connection:
        return await a_tree(connection)


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
