"""Activity cards and appraisal over HTTP: who does what, what it answers, and who never hears of it."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from hub.feed.number import number_all
from hub.resolvers.node import TypeNumber
from tests.schema.calls import a_match, organization
from tests.schema.conftest import World, gid

CARD = """id version number state presentedOn endNote issuer { code } organization { code } replacedBy { id number }
    checks { year organization { code } } entries { id }"""
OF_CARD = f"... on ActivityCard {{ {CARD} }}"
OPINION = "id version year grade opinion organization { code }"
OF_OPINION = f"... on AppraisalOpinion {{ {OPINION} }}"
OF_APPRAISAL = "... on AppraisalRecorded { warning appraisal { id version grade note } }"
NODE = f"query($id: ID!) {{ node(id: $id) {{ id {OF_CARD} ... on Appraisal {{ grade }} {OF_OPINION} }} }}"
EVENTS = "{ events(first: 100) { items { __typename ... on Event { kind aggregate } } } }"


async def _issued(world: World, tree: dict[str, Any], member: str) -> dict[str, Any]:
    home = world.token(tree["YL0101"], "BRANCH")
    said = {"memberId": member, "number": "YL 2026-001", "issuedOn": "2026-03-01"}
    return await world.call(home, "issueActivityCard", OF_CARD, **said)


async def test_a_card_is_issued_presented_checked_and_replaced(world: World, tree: dict[str, Any]):
    home, place = world.token(tree["YL0101"], "BRANCH"), world.token(tree["BJ01"])
    member, liaison = await a_match(world, tree)
    card = await _issued(world, tree, member)
    assert (card["number"], card["state"], card["issuer"]) == ("YL2026-001", "ISSUED", {"code": "YL"})
    assert (await world.ask(place, NODE, id=card["id"]))["node"] is None

    shown = {"liaisonId": liaison, "number": "YL2026-001", "issuerId": organization(tree, "YL")}
    assert (await world.call(home, "verifyActivityCard", **shown))["code"] == "WRONG_SIDE"
    await world.call(place, "verifyActivityCard", "... on Liaison { id }", **shown)
    seen = (await world.ask(place, NODE, id=card["id"]))["node"]
    assert (seen["state"], seen["number"], seen["entries"]) == ("PRESENTED", "YL2026-001", [])

    step = {"cardId": card["id"], "version": seen["version"]}
    assert (await world.call(place, "voidActivityCard", **step, reason="遗失"))["code"] == "WRONG_SIDE"
    year = int(await _value(world, "select extract(year from presented_on)::int from activity_card"))
    checked = await world.call(place, "checkActivityCard", OF_CARD, **step, year=year)
    assert checked["checks"] == [{"year": year, "organization": {"code": "BJ01"}}]
    refused = await world.call(home, "checkActivityCard", **{**step, "version": checked["version"]}, year=year)
    assert (refused["code"], refused["field"]) == ("ALREADY_RECORDED", "year")

    step["version"] = checked["version"]
    fresh = await world.call(home, "replaceActivityCard", OF_CARD, **step, number="YL2026-002", reason="破损")
    assert (fresh["number"], fresh["state"]) == ("YL2026-002", "ISSUED")
    old = (await world.ask(home, NODE, id=card["id"]))["node"]
    assert (old["state"], old["endNote"], old["replacedBy"]) == (
        "REPLACED", "破损", {"id": fresh["id"], "number": "YL2026-002"},
    )  # fmt: skip
    given = {
        "cardId": fresh["id"],
        "version": 1,
        "returnedOn": _day(await _value(world, "select max(issued_on) from activity_card")),
    }
    assert (await world.call(home, "returnActivityCard", OF_CARD, **given))["state"] == "RETURNED"
    assert (await world.call(home, "voidActivityCard", **{**step, "cardId": fresh["id"]}, reason="x"))[
        "code"
    ] == "WRONG_STATE"


async def test_the_same_call_twice_is_one_card(world: World, tree: dict[str, Any]):
    member, _ = await a_match(world, tree)
    home = world.token(tree["YL0101"], "BRANCH")
    said = {"memberId": member, "number": "1", "issuedOn": "2026-03-01", "opId": str(uuid4())}
    first = await world.call(home, "issueActivityCard", OF_CARD, **said)
    assert await world.call(home, "issueActivityCard", OF_CARD, **said) == first
    assert await _value(world, "select count(*) from activity_card") == 1


async def test_the_place_gives_an_opinion_and_the_home_side_the_grade(world: World, tree: dict[str, Any]):
    home, place = world.token(tree["YL0101"], "BRANCH"), world.token(tree["BJ01"])
    member, liaison = await a_match(world, tree)
    said = {"liaisonId": liaison, "year": 2026, "grade": "EXCELLENT", "opinion": "表现突出"}
    assert (await world.call(home, "giveOpinion", **said))["code"] == "WRONG_SIDE"
    opinion = await world.call(place, "giveOpinion", OF_OPINION, **said)
    assert (opinion["organization"], opinion["grade"]) == ({"code": "BJ010101"}, "EXCELLENT")
    of_member = f"query($id: ID!) {{ node(id: $id) {{ ... on Member {{ opinions {{ {OPINION} }} appraisals {{ id grade }} }} }} }}"
    assert (await world.ask(home, of_member, id=member))["node"]["opinions"] == [opinion]

    day = _day(await _value(world, "select given_on from appraisal_opinion"))
    grade = {"memberId": member, "year": int(day[:4]), "grade": "EXCELLENT", "decidedOn": day}
    assert (await world.call(place, "recordAppraisal", **grade))["code"] == "WRONG_SIDE"
    recorded = await world.call(home, "recordAppraisal", OF_APPRAISAL, **grade)
    assert recorded["warning"].startswith("本支部今年评为优秀的已超过正式党员的三分之一")
    assert (await world.call(home, "recordAppraisal", **grade))["code"] == "ALREADY_RECORDED"

    appraisal = recorded["appraisal"]
    wrong = {"appraisalId": appraisal["id"], "version": 1, "grade": "QUALIFIED", "reason": "登记有误"}
    assert (await world.call(place, "correctAppraisal", **wrong))["code"] == "NOT_FOUND"
    corrected = await world.call(home, "correctAppraisal", OF_APPRAISAL, **wrong)
    assert (corrected["warning"], corrected["appraisal"]["grade"]) == (None, "QUALIFIED")
    assert "登记有误" in corrected["appraisal"]["note"]

    seen = (await world.ask(place, of_member, id=member))["node"]
    assert (seen["appraisals"], seen["opinions"]) == ([], [opinion])
    assert (await world.ask(place, NODE, id=appraisal["id"]))["node"] is None


async def test_a_partner_sees_no_number_and_hears_of_no_grade(world: World, tree: dict[str, Any]):
    home, place = world.token(tree["YL0101"], "BRANCH"), world.token(tree["BJ01"])
    member, liaison = await a_match(world, tree)
    card = await _issued(world, tree, member)
    await world.call(place, "verifyActivityCard", liaisonId=liaison, number="YL2026-001")
    opinion = await world.call(place, "giveOpinion", OF_OPINION, liaisonId=liaison, year=2026, grade="QUALIFIED")
    day = _day(await _value(world, "select given_on from appraisal_opinion"))
    grade = {"memberId": member, "year": int(day[:4]), "grade": "QUALIFIED", "decidedOn": day}
    appraisal = (await world.call(home, "recordAppraisal", OF_APPRAISAL, **grade))["appraisal"]
    await number_all(world.hub.engine)
    for who in ("YL0101", "BJ01"):
        partner = world.token(tree[who], "PARTNER")
        node = (await world.ask(partner, NODE, id=card["id"]))["node"]
        assert node is None or node["number"] is None
        assert (await world.ask(partner, NODE, id=opinion["id"]))["node"] is None
        assert (await world.ask(partner, NODE, id=appraisal["id"]))["node"] is None
        heard = {item.get("kind") for item in (await world.ask(partner, EVENTS))["events"]["items"]}
        assert not heard & {"APPRAISAL_RECORDED", "OPINION_GIVEN"}
    for who, kinds in (("YL0101", {"APPRAISAL_RECORDED", "OPINION_GIVEN"}), ("BJ01", {"OPINION_GIVEN"})):
        items = (await world.ask(world.token(tree[who]), EVENTS))["events"]["items"]
        assert {item.get("kind") for item in items} & {"APPRAISAL_RECORDED", "OPINION_GIVEN"} == kinds


async def test_ids_of_another_kind_are_refused(world: World, tree: dict[str, Any]):
    member, _ = await a_match(world, tree)
    home = world.token(tree["YL0101"], "BRANCH")
    for mutation, said in (
        ("voidActivityCard", {"cardId": member, "version": 1, "reason": "x"}),
        ("correctAppraisal", {"appraisalId": member, "version": 1, "grade": "QUALIFIED", "reason": "x"}),
    ):
        assert (await world.call(home, mutation, **said))["code"] in {"INVALID_INPUT", "NOT_FOUND"}
    unknown = gid(TypeNumber.ACTIVITY_CARD, UUID(int=7))
    assert (await world.call(home, "voidActivityCard", cardId=unknown, version=1, reason="x"))["code"] == "NOT_FOUND"


def _day(value: Any) -> str:
    return value.isoformat()


async def _value(world: World, query: str) -> Any:
    async with world.hub.engine.connect() as connection:
        return await connection.scalar(text(query))
