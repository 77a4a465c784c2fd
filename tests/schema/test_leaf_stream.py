"""What goes the short way says the same as the general way, item by item; what is more goes the general way."""

import asyncio
from typing import Any

import pytest

from hub.feed.number import number_all
from hub.resolvers.node import TypeNumber
from hub.schema import server
from hub.schema.leaf_stream import understand
from tests.schema.conftest import World, a_socket, gid

ALL = """
subscription Watch($after: Cursor, $topics: [Topic!]) {
  stream: events(after: $after, topics: $topics) {
    what: __typename
    ... on Event { cursor seq prevSeq topic kind aggregate aggregateVersion replaces occurredAt recordedAt }
    ...Ends
    ... on StreamItem { __typename }
    ... on Heartbeat { cursor headSeq }
  }
}
fragment Ends on Closing { reason after: resumeAfter retryAfterMs }
"""
NUMBERS = ("110101199003070134", "110101199003072359", "110101199003073175")


async def both(
    world: World, monkeypatch: pytest.MonkeyPatch, events: int = 1, **variables: Any
) -> tuple[list[Any], list[Any]]:
    """What two subscribers are sent until the hub closes the streams, which it does once each has so many: one the short
    way, one the general way."""
    headers = {"authorization": f"Bearer {world.token(world_tree(world)['YL0101'], 'BRANCH')}"}
    async with world.hub.streams.running(), a_socket(world, **headers) as short, a_socket(world, **headers) as general:
        heard: dict[str, list[Any]] = {"short": [], "general": []}
        for name, socket in (("short", short), ("general", general)):
            await socket.begin()
            await socket.subscribe(ALL, **variables)
            heard[name] += [await socket.take() for _ in range(events)]
            monkeypatch.setattr(server, "understand", lambda *_: None)
        closing = asyncio.create_task(world.hub.streams.close())
        for name, socket in (("short", short), ("general", general)):
            while heard[name][-1]["type"] == "next":
                heard[name].append(await socket.take())
        await closing
    return heard["short"], heard["general"]


def world_tree(world: World) -> dict[str, Any]:
    return world.tree  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
async def busy(world: World, tree: dict[str, Any]) -> World:
    world.tree = tree  # type: ignore[attr-defined]
    token = world.token(tree["YL0101"], "BRANCH")
    async with world.hub.bell.running():
        for number in NUMBERS:
            await world.call(
                token, "registerMember", "... on Member { id }",
                organizationId=gid(TypeNumber.ORGANIZATION, tree["YL0101"]), name="林晓", citizenId=number,
                category="FULL", joinedOn="2015-06",
            )  # fmt: skip
    await number_all(world.hub.engine)  # the bell may stop before the last event has its number
    return world


async def test_both_ways_say_the_same(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = busy.token(world_tree(busy)["YL0101"], "BRANCH")
    page = await busy.ask(token, "{ events(first: 1) { items { ... on Event { cursor } } } }")
    variables = {"after": page["events"]["items"][0]["cursor"], "topics": ["MEMBER"]}
    short, general = await both(busy, monkeypatch, events=2, **variables)
    for last in (short[-2], general[-2]):  # readers are sent back at different times, so as not to come all at once
        assert last["payload"]["data"]["stream"].pop("retryAfterMs") > 0
    assert short == general
    kinds = [m["payload"]["data"]["stream"].get("kind") for m in short if m["type"] == "next"]
    assert kinds == ["MEMBER_REGISTERED", "MEMBER_REGISTERED", None]


@pytest.mark.parametrize("variables", [{"after": "nonsense"}, {"after": "x" * 300}, {"topics": ["WEATHER"]}])
async def test_both_ways_refuse_the_same(
    busy: World, monkeypatch: pytest.MonkeyPatch, variables: dict[str, Any]
) -> None:
    short, general = await both(busy, monkeypatch, **variables)
    assert short == general


@pytest.mark.parametrize(
    "document",
    [
        "subscription { events { ... on Event { liaison { id } } } }",
        "subscription { events { ... on Event { seq @skip(if: true) } } }",
        "subscription { events { ... on Event { seq } ... on Event { organization { code } } } }",
        "subscription { events { ... on Event { nonsense } } }",
        "query { viewer { actor } }",
        "subscription { events { ... on Event { seq",
    ],
)
def test_what_is_more_goes_the_general_way(document: str) -> None:
    assert understand(server.schema()._schema, document, None) is None


def test_what_is_leaf_is_understood() -> None:
    assert understand(server.schema()._schema, ALL, None) is not None
