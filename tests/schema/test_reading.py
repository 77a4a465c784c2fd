"""What each kind of caller reads."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text

from hub.domain import inbox
from hub.resolvers.node import TypeNumber
from tests.factories import a_departure, a_liaison, a_member, a_tree, an_arrival
from tests.schema.conftest import World, gid

LISTED = """
    query($first: Int, $after: String) {
      arrivals(first: $first, after: $after) {
        edges { cursor node { id state matchedOn startedOn
            member { id name formalOrganization { code } currentLiaison { id } }
            outflow { id organization { code } inflowOrganization { code } } inflow { id name branch { code } }
            discrepancies { id field } visits { cameOn } next { id } transfer { id state letter { number } steps { kind } } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
"""


async def a_world(world: World, matched: int = 1, unmatched: int = 1) -> dict[str, Any]:
    async with world.hub.engine.begin() as connection:
        tree = await a_tree(connection)
        found: dict[str, Any] = {**tree, "liaisons": [], "unmatched": [], "members": []}
        for _ in range(matched):
            member = await a_member(connection, tree["YL0101"], phone_masked="138******11", education="大学")
            found["members"].append(member)
            found["liaisons"].append(
                await a_liaison(connection, member, tree["YL0101"], tree["BJ01"], tree["BJ010101"])
            )
        for _ in range(unmatched):
            found["unmatched"].append(await an_arrival(connection, tree["BJ01"], name="阿桑·木沙", name_key="阿桑木沙"))
        statements = [s for pair in found["liaisons"] for s in pair] + found["unmatched"]
        await inbox.refresh(connection, statements)
    return found


async def test_both_sides_read_the_same_liaison_under_the_same_id(world: World):
    found = await a_world(world)
    (departure, _arrival) = found["liaisons"][0]
    here = await world.ask(world.token(found["BJ01"]), LISTED, first=50)
    there = await world.ask(
        world.token(found["YL0101"], "BRANCH"), "{ departures { edges { node { id state inflow { name } } } } }"
    )
    nodes = [edge["node"] for edge in here["arrivals"]["edges"]]
    shared = next(node for node in nodes if node["state"] == "MATCHED")
    assert shared["id"] == gid(TypeNumber.LIAISON, departure)
    assert shared["outflow"]["organization"]["code"] == "YL0101"
    assert shared["inflow"]["branch"]["code"] == "BJ010101"
    assert shared["member"]["name"] == "林晓"
    assert [edge["node"] for edge in there["departures"]["edges"]] == [
        {"id": shared["id"], "state": "MATCHED", "inflow": {"name": "林晓"}}
    ]
    alone = next(node for node in nodes if node["state"] == "UNMATCHED")
    assert alone["id"] == gid(TypeNumber.LIAISON, found["unmatched"][0])
    assert alone["member"] is None
    assert alone["outflow"] is None


async def test_the_arrival_s_id_still_leads_to_the_liaison(world: World):
    found = await a_world(world)
    departure, arrival = found["liaisons"][0]
    answer = await world.ask(
        world.token(found["BJ01"]),
        "query($a: ID!, $b: ID!) { a: liaison(id: $a) { id } b: node(id: $b) { id __typename } c: node(id: $a) { id } }",
        a=gid(TypeNumber.LIAISON, arrival),
        b=gid(TypeNumber.INFLOW_STATEMENT, arrival),
    )
    liaison = gid(TypeNumber.LIAISON, departure)
    assert answer["a"] == {"id": liaison}
    assert answer["c"] == {"id": liaison}
    assert answer["b"]["__typename"] == "InflowStatement"


@pytest.mark.parametrize("size", [1, 50])
async def test_a_page_of_any_size_costs_the_same_number_of_statements(world: World, size: int):
    found = await a_world(world, matched=size, unmatched=size)
    token = world.token(found["BJ01"])
    await world.ask(token, "{ viewer { actor } }")
    statements: list[str] = []
    engine = world.hub.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement))
    answer = await world.ask(token, LISTED, first=100)
    assert len(answer["arrivals"]["edges"]) == 2 * size
    assert len(statements) == 15


async def test_pages_follow_each_other_without_gap_or_overlap(world: World):
    found = await a_world(world, matched=3, unmatched=4)
    token = world.token(found["BJ"], "DEPARTMENT")
    seen: list[str] = []
    after = None
    for _ in range(4):
        page = (await world.ask(token, LISTED, first=2, after=after))["arrivals"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = page["pageInfo"]["endCursor"]
    assert not page["pageInfo"]["hasNextPage"]
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("first", [0, -1, 101, 2_000_000])
async def test_a_page_has_a_largest_size(world: World, first: int):
    found = await a_world(world)
    answer = await world.answer(world.token(found["BJ01"]), LISTED, first=first)
    assert answer["errors"][0]["extensions"] == {"code": "INVALID_INPUT", "field": "first"}
    assert "100" in answer["errors"][0]["message"]


async def test_a_cursor_of_another_list_or_realm_is_refused(world: World):
    found = await a_world(world, matched=2)
    page = await world.ask(world.token(found["BJ01"]), LISTED, first=1)
    cursor = page["arrivals"]["pageInfo"]["endCursor"]
    for token, query in [
        (world.token(found["BJ01"]), "query($c: String) { departures(after: $c) { pageInfo { endCursor } } }"),
        (world.token(found["BJ01"]), "query($c: String) { tasks(after: $c) { pageInfo { endCursor } } }"),
        (world.token(found["BJ01"], "PARTNER"), "query($c: String) { arrivals(after: $c) { pageInfo { endCursor } } }"),
    ]:
        answer = await world.answer(token, query, c=cursor)
        assert answer["errors"][0]["extensions"]["field"] == "after"


async def test_filters(world: World):
    found = await a_world(world, matched=2, unmatched=3)
    token = world.token(found["BJ01"])

    async def count(arguments: str, **variables: Any) -> int:
        query = f'query($o: ID) {{ a: organization(code: "BJ01") {{ id }} arrivals({arguments}) {{ edges {{ node {{ id }} }} }} node(id: "") {{ id }} b: organizations(parent: $o) {{ pageInfo {{ hasNextPage }} }} }}'
        return len((await world.ask(token, query, **variables))["arrivals"]["edges"])

    assert await count("states: [UNMATCHED]") == 3
    assert await count("states: [MATCHED, UNMATCHED]") == 5
    assert await count("states: []") == 0
    assert await count("inflowStates: [PLACED]") == 2
    assert await count('name: "阿桑 木"') == 3
    assert await count('name: "%"') == 0
    branch = gid(TypeNumber.ORGANIZATION, found["BJ010101"])
    assert await count(f'branch: "{branch}"') == 2
    assert await count(f'organization: "{branch}"') == 2
    assert await count('organization: "nonsense"') == 0
    assert await count(f'organization: "{gid(TypeNumber.ORGANIZATION, found["YL"])}"') == 0


async def test_a_month_counts_for_every_day_that_it_may_mean(world: World):
    found = await a_world(world, matched=0, unmatched=0)
    async with world.hub.engine.begin() as connection:
        ids = [
            await an_arrival(connection, found["BJ01"], arrived_on=d) for d in ("2026-05", "2026-05-09", "2026-05-10")
        ]
        ids.append(await an_arrival(connection, found["BJ01"], arrived_on="2026"))
        await inbox.refresh(connection, ids)
    answer = await world.ask(
        world.token(found["BJ01"]), '{ arrivals(arrivedSince: "2026-05-10") { edges { node { startedOn } } } }'
    )
    assert {edge["node"]["startedOn"] for edge in answer["arrivals"]["edges"]} == {"2026-05", "2026-05-10", "2026"}


async def test_unknown_and_invisible_answer_alike(world: World):
    found = await a_world(world)
    departure, arrival = found["liaisons"][0]
    stranger = world.token(found["YL02"])
    ids = {
        TypeNumber.MEMBER: found["members"][0],
        TypeNumber.LIAISON: departure,
        TypeNumber.OUTFLOW_STATEMENT: departure,
        TypeNumber.INFLOW_STATEMENT: arrival,
    }
    query = "query($id: ID!) { node(id: $id) { id } member(id: $id) { id } liaison(id: $id) { id } transfer(id: $id) { id } }"
    nothing = {"node": None, "member": None, "liaison": None, "transfer": None}
    for number, identifier in ids.items():
        for asked in (gid(number, identifier), gid(number, uuid4()), "x", gid(number, identifier, "another realm")):
            assert await world.answer(stranger, query, id=asked) == {"data": nothing}


async def test_a_partner_reads_states_and_nothing_about_the_person(world: World):
    found = await a_world(world)
    token = world.token(found["BJ01"], "PARTNER")
    answer = await world.ask(
        token,
        """{ arrivals { edges { node { id state member { name standing phoneMasked education joinedOn }
             inflow { id state name workUnit phoneMasked addressMasked remark arrivedOn } outflow { departedOn } } } }
             organization(code: "BJ01") { id name officer { name } } }""",
    )
    nodes = [edge["node"] for edge in answer["arrivals"]["edges"]]
    assert len(nodes) == 2
    for node in nodes:
        assert node["inflow"] | {"id": 0} == {
            "id": 0, "state": node["inflow"]["state"], "name": None, "workUnit": None, "phoneMasked": None,
            "addressMasked": None, "remark": None, "arrivedOn": None,
        }  # fmt: skip
    matched = next(node for node in nodes if node["state"] == "MATCHED")
    assert set(matched["member"].values()) == {None}
    assert matched["outflow"] == {"departedOn": "2026-03"}
    # Ids are of the partner's own realm: two partners cannot join what they hold.
    assert matched["id"] != gid(TypeNumber.LIAISON, found["liaisons"][0][0])
    assert answer["organization"]["officer"] is None
    refused = await world.answer(token, '{ arrivals(name: "林") { edges { node { id } } } }')
    assert refused["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"


async def test_a_member_reads_everything_about_themselves_and_nobody_else(world: World):
    found = await a_world(world, matched=2)
    one, other = found["members"]
    token = world.token(found["YL0101"], "MEMBER", one)
    answer = await world.ask(
        token,
        """query($other: ID!) { viewer { roles member { id name education phoneMasked currentLiaison { state } } }
             member(id: $other) { id } departures { edges { node { member { id } } } } arrivals { edges { node { member { id } } } }
             matchCandidates { edges { node { id } } } tasks { edges { node { id } } } transfers { edges { node { id } } }
             discrepancies { edges { node { id } } } }""",
        other=gid(TypeNumber.MEMBER, other),
    )
    me = gid(TypeNumber.MEMBER, one)
    assert answer["viewer"] == {
        "roles": ["MEMBER"],
        "member": {
            "id": me, "name": "林晓", "education": "大学", "phoneMasked": "138******11",
            "currentLiaison": {"state": "MATCHED"},
        },
    }  # fmt: skip
    assert answer["member"] is None
    assert answer["departures"]["edges"] == [{"node": {"member": {"id": me}}}]
    assert answer["arrivals"]["edges"] == [{"node": {"member": {"id": me}}}]
    for name in ("matchCandidates", "tasks", "transfers", "discrepancies"):
        assert answer[name]["edges"] == []


async def test_a_denial_reaches_only_the_registrar_whom_the_statement_named(world: World):
    found = await a_world(world, matched=0, unmatched=2)
    async with world.hub.engine.begin() as connection:
        member = await a_member(connection, found["YL0101"])
        departure = await a_departure(connection, member, found["YL0101"])
        for arrival, named in zip(found["unmatched"], (True, False), strict=True):
            await connection.execute(
                text(
                    "insert into match (id, member_id, departure_id, arrival_id, asked_organization_id, basis, state, named,"
                    " pair_digest, denial, created_at) values (gen_random_uuid(), :m, :d, :a, :o, 'CARD', 'DENIED', :n, 'x',"
                    " 'NOT_AWAY', now())"
                ),
                {"m": member, "d": departure, "a": arrival, "o": found["YL0101"], "n": named},
            )
        await inbox.refresh(connection, [departure, *found["unmatched"]])
    here = await world.ask(world.token(found["BJ01"]), LISTED, first=10)
    states = {edge["node"]["inflow"]["id"]: edge["node"]["state"] for edge in here["arrivals"]["edges"]}
    named, unnamed = (gid(TypeNumber.INFLOW_STATEMENT, arrival) for arrival in found["unmatched"])
    assert states == {named: "DENIED", unnamed: "UNMATCHED"}
    branch = world.token(found["YL0101"], "BRANCH")
    there = await world.ask(branch, "{ departures { edges { node { state } } } }")
    assert there["departures"]["edges"] == [{"node": {"state": "AWAITING_ARRIVAL"}}]
    seen = await world.ask(
        branch, "query($id: ID!) { liaison(id: $id) { state } }", id=gid(TypeNumber.LIAISON, found["unmatched"][0])
    )
    assert seen["liaison"] == {"state": "UNMATCHED"}


async def test_an_end_that_tells_of_the_membership_stays_on_the_own_side(world: World):
    found = await a_world(world)
    departure: UUID = found["liaisons"][0][0]
    async with world.hub.engine.begin() as connection:
        await connection.execute(
            text("update departure set ended_on = '2026-11-01', end_reason = 'DECEASED' where id = :id"),
            {"id": departure},
        )
        await connection.execute(text("update match set ended_at = now()"))
        await inbox.refresh(connection, found["liaisons"][0])
    query = "query($id: ID!) { liaison(id: $id) { state endedOn endReason } }"
    asked = gid(TypeNumber.LIAISON, departure)
    ended = {"state": "ENDED", "endedOn": "2026-11-01"}
    own = await world.ask(world.token(found["YL01"]), query, id=asked)
    assert own["liaison"] == {**ended, "endReason": "DECEASED"}
    other = await world.ask(world.token(found["BJ01"]), query, id=asked)
    assert other["liaison"] == {**ended, "endReason": None}


async def test_the_ledger_has_one_line_per_floating_member(world: World):
    found = await a_world(world, matched=2, unmatched=1)
    query = """query($o: ID!) { ledger(organization: $o) {
        edges { node { member { name } liaison { state } freshOn overdue participationCount } } } }"""
    branch = await world.ask(
        world.token(found["YL0101"], "BRANCH"), query, o=gid(TypeNumber.ORGANIZATION, found["YL0101"])
    )
    line = {
        "member": {"name": "林晓"}, "liaison": {"state": "MATCHED"}, "freshOn": "2026-11-25", "overdue": False,
        "participationCount": 0,
    }  # fmt: skip
    assert [edge["node"] for edge in branch["ledger"]["edges"]] == [line, line]
    street = await world.ask(world.token(found["BJ01"]), query, o=gid(TypeNumber.ORGANIZATION, found["BJ01"]))
    assert sorted(edge["node"]["liaison"]["state"] for edge in street["ledger"]["edges"]) == [
        "MATCHED", "MATCHED", "UNMATCHED",
    ]  # fmt: skip
    elsewhere = await world.ask(world.token(found["BJ01"]), query, o=gid(TypeNumber.ORGANIZATION, found["YL0101"]))
    assert elsewhere["ledger"]["edges"] == []


async def test_the_directory_is_open_and_officers_are_for_organizations(world: World):
    found = await a_world(world)
    async with world.hub.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into officer (id, organization_id, name, phone, since_on, recorded_at, recorded_by)"
                " values (gen_random_uuid(), :o, '周敏', '0571-1', '2026-01-01', now(), 'test')"
            ),
            {"o": found["YL01"]},
        )
    query = """query($p: ID) { organization(code: "YL01") { name kind canIssueLetters parent { code } officer { name phone since } }
        organizations(parent: $p) { edges { node { code } } } }"""
    parent = gid(TypeNumber.ORGANIZATION, found["YL01"])
    answer = await world.ask(world.token(found["BJ0101"]), query, p=parent)
    assert answer["organization"] == {
        "name": "YL01", "kind": "COMMITTEE", "canIssueLetters": True, "parent": {"code": "YL"},
        "officer": {"name": "周敏", "phone": "0571-1", "since": "2026-01-01"},
    }  # fmt: skip
    assert {edge["node"]["code"] for edge in answer["organizations"]["edges"]} == {"YL0101", "YL0102"}
    member = await world.ask(world.token(found["YL0101"], "MEMBER", found["members"][0]), query)
    assert member["organization"]["officer"] is None
    assert len(member["organizations"]["edges"]) == 18
