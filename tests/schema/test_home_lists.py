"""Lists of what the home side keeps: cards, grades, exemptions; what the place and partners see of them."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from tests.schema.calls import a_match, organization, registered
from tests.schema.conftest import World

QUERY = """query($o: ID, $n: String, $year: Int, $on: Date, $first: Int = 50, $after: String) {
    activityCards(organization: $o, number: $n, first: $first, after: $after) {
        edges { node { number state } } pageInfo { hasNextPage endCursor } }
    appraisals(organization: $o, year: $year) { edges { node { year grade } } }
    exemptions(organization: $o, on: $on) { edges { node { reason startsOn } } } }"""
CARDS = """{ activityCards { edges { node { number } } } }"""


def nodes(found: dict[str, Any], name: str) -> list[Any]:
    return [edge["node"] for edge in found[name]["edges"]]


async def _kept(world: World, tree: dict[str, Any]) -> tuple[str, str]:
    """Two members of the branch, each with a card, a grade and an exemption; the first lives at BJ01."""
    home = world.token(tree["YL0101"], "BRANCH")
    member, liaison = await a_match(world, tree)
    other = (await registered(world, tree))["id"]
    for who, number, grade, day in (
        (member, "YL-1", "QUALIFIED", "2026-03-01"),
        (other, "YL-2", "EXCELLENT", "2026-05-01"),
    ):
        said = {"memberId": who, "number": number, "issuedOn": "2026-03-01"}
        assert (await world.call(home, "issueActivityCard", **said))["__typename"] == "ActivityCard"
        said = {"memberId": who, "year": 2025, "grade": grade, "decidedOn": "2025-12-20"}
        assert (await world.call(home, "recordAppraisal", **said))["__typename"] == "AppraisalRecorded"
        said = {"memberId": who, "reason": "ILLNESS", "startsOn": day, "endsOn": "2026-05-31"}
        assert (await world.call(home, "grantExemption", **said))["__typename"] == "Exemption"
    return member, liaison


async def test_the_home_side_lists_its_members_newest_first_and_narrows(world: World, tree: dict[str, Any]):
    await _kept(world, tree)
    for who in ("YL0101", "YL01", "YL"):
        found = await world.ask(world.token(tree[who]), QUERY)
        assert [card["number"] for card in nodes(found, "activityCards")] == ["YL-2", "YL-1"]
        assert [grade["grade"] for grade in nodes(found, "appraisals")] == ["EXCELLENT", "QUALIFIED"]
        assert [exempt["startsOn"] for exempt in nodes(found, "exemptions")] == ["2026-05-01", "2026-03-01"]
    county = world.token(tree["YL"], "DEPARTMENT")
    found = await world.ask(county, QUERY, n=" yl-1 ", year=2024, on="2026-04-30")
    assert nodes(found, "activityCards") == [{"number": "YL-1", "state": "ISSUED"}]
    assert nodes(found, "appraisals") == []
    assert [exempt["startsOn"] for exempt in nodes(found, "exemptions")] == ["2026-03-01"]
    page = (await world.ask(county, QUERY, first=1))["activityCards"]
    assert page["pageInfo"]["hasNextPage"] is True
    after = page["pageInfo"]["endCursor"]
    page = (await world.ask(county, QUERY, first=1, after=after))["activityCards"]
    assert ([edge["node"]["number"] for edge in page["edges"]], page["pageInfo"]["hasNextPage"]) == (["YL-1"], False)
    for stranger in (world.token(tree["YL02"]), world.token(tree["BJ02"])):
        found = await world.ask(stranger, QUERY, o=organization(tree, "YL0101"))
        assert [nodes(found, name) for name in ("activityCards", "appraisals", "exemptions")] == [[], [], []]


async def test_the_place_lists_the_cards_that_were_shown_to_it_and_nothing_else(world: World, tree: dict[str, Any]):
    _, liaison = await _kept(world, tree)
    place = world.token(tree["BJ01"])
    assert nodes(await world.ask(place, QUERY), "activityCards") == []
    await world.call(place, "verifyActivityCard", "... on Liaison { id }", liaisonId=liaison, number="YL-1")
    found = await world.ask(place, QUERY)
    assert nodes(found, "activityCards") == [{"number": "YL-1", "state": "PRESENTED"}]
    assert [nodes(found, name) for name in ("appraisals", "exemptions")] == [[], []]


async def test_a_member_lists_their_own_and_a_partner_no_grades(world: World, tree: dict[str, Any]):
    await _kept(world, tree)
    async with world.hub.engine.connect() as connection:
        query = "select id from member where id in (select member_id from match)"
        mine: UUID = await connection.scalar(text(query))
    found = await world.ask(world.token(tree["YL0101"], "MEMBER", mine), QUERY)
    assert [card["number"] for card in nodes(found, "activityCards")] == ["YL-1"]
    assert [grade["grade"] for grade in nodes(found, "appraisals")] == ["QUALIFIED"]
    assert [exempt["reason"] for exempt in nodes(found, "exemptions")] == ["ILLNESS"]
    partner = world.token(tree["YL0101"], "PARTNER")
    found = await world.ask(partner, QUERY)
    assert nodes(found, "activityCards") == [{"number": None, "state": "ISSUED"}] * 2
    assert [nodes(found, name) for name in ("appraisals", "exemptions")] == [[], []]
    refused = await world.answer(partner, QUERY, n="YL-1")
    assert refused["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
