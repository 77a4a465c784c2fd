"""Steps on reports, inquiries and the search for a member, over HTTP; and the numbers of a quarter."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from hub.domain.dates import today
from tests.schema import conftest
from tests.schema.calls import a_match, organization
from tests.schema.conftest import World

OF_RECORD = "... on Participation { id version state counts acceptedOnEvidence }"
OF_INQUIRY = "... on Inquiry { id version state }"
OF_MEMBER = "... on Member { id contact { state since evidence } }"


async def _told(world: World, tree: dict[str, Any], member: str, held_on: str) -> dict[str, Any]:
    said = {"memberId": member, "kind": "THEME_DAY", "heldOn": held_on, "hostId": organization(tree, "BJ01")}
    return await world.call(world.token(tree["YL0101"], "BRANCH"), "reportParticipation", OF_RECORD, **said)


async def test_a_report_counts_once_its_host_confirms_or_the_home_branch_accepts(world: World, tree: dict[str, Any]):
    place, home = world.token(tree["BJ01"]), world.token(tree["YL0101"], "BRANCH")
    member, _ = await a_match(world, tree)
    first = await _told(world, tree, member, "2026-11-09")
    second = await _told(world, tree, member, "2026-11-10")
    assert [(report["state"], report["counts"]) for report in (first, second)] == [("RECORDED", False)] * 2

    which = {"participationId": first["id"], "version": first["version"]}
    assert (await world.call(home, "confirmParticipation", **which))["code"] == "WRONG_SIDE"
    stale = await world.call(place, "confirmParticipation", **{**which, "version": 9})
    assert (stale["code"], stale["field"]) == ("STALE_VERSION", "version")
    confirmed = await world.call(place, "confirmParticipation", OF_RECORD, **which)
    assert (confirmed["state"], confirmed["counts"]) == ("CONFIRMED", True)

    which = {"participationId": second["id"], "version": second["version"]}
    assert (await world.call(place, "acceptReport", **which, evidenceKind="PHOTO"))["code"] == "WRONG_SIDE"
    assert (await world.call(home, "acceptReport", **which))["code"] == "INVALID_INPUT"
    accepted = await world.call(home, "acceptReport", OF_RECORD, **which, evidenceKind="PHOTO")
    assert (accepted["state"], accepted["counts"], accepted["acceptedOnEvidence"]) == ("ACKNOWLEDGED", True, True)


async def test_a_talk_is_contact_and_counts_as_no_attendance(world: World, tree: dict[str, Any]):
    member, _ = await a_match(world, tree)
    said = {"memberId": member, "kind": "TALK", "heldOn": "2026-11-09"}
    home = world.token(tree["YL0101"], "BRANCH")
    told = await world.call(home, "reportParticipation", OF_RECORD, **said)
    which = {"participationId": told["id"], "version": told["version"], "evidenceKind": "PHOTO"}
    accepted = await world.call(home, "acceptReport", OF_RECORD, **which)
    assert (accepted["state"], accepted["counts"]) == ("ACKNOWLEDGED", False)
    query = "query($m: ID!) { member(id: $m) { participationCount } }"
    assert (await world.ask(home, query, m=member))["member"] == {"participationCount": 0}


async def test_the_host_amends_an_activity_field_by_field(world: World, tree: dict[str, Any]):
    place = world.token(tree["BJ01"])
    of = "... on Activity { id version startsAt place components hours isCompulsory isOpenToArrivals }"
    said = {"organizationId": organization(tree, "BJ01"), "kind": "THEME_DAY", "heldOn": "2026-11-09"}
    planned = await world.call(place, "planActivity", of, **said, place="新港街道", components=["FILM"])
    again = await world.call(place, "planActivity", **said, place="滨江区")
    assert (again["code"], again["field"], again["currentVersion"]) == ("ALREADY_RECORDED", "place", 1)
    which = {"activityId": planned["id"], "version": 1}
    given = {"startsAt": "2026-11-09T09:00:00+08:00", "hours": 1.5, "components": None, "isOpenToArrivals": True}
    refused = await world.call(place, "amendActivity", **which, startsAt="2026-11-10T09:00:00+08:00")
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", "startsAt")
    assert await world.call(place, "amendActivity", of, **which, **given) == {
        "id": planned["id"], "version": 2, "startsAt": "2026-11-09T01:00:00+00:00", "place": "新港街道", "components": [],
        "hours": 1.5, "isCompulsory": False, "isOpenToArrivals": True,
    }  # fmt: skip
    empty = await world.call(place, "amendActivity", **(which | {"version": 2}), heldOn=None)
    assert (empty["code"], empty["field"]) == ("INVALID_INPUT", "heldOn")
    stale = await world.call(place, "amendActivity", **which, place=None)
    assert (stale["code"], stale["currentVersion"]) == ("STALE_VERSION", 2)
    cleared = await world.call(place, "amendActivity", of, **(which | {"version": 2}), place=None, isCompulsory=None)
    assert (cleared["version"], cleared["place"], cleared["startsAt"]) == (3, None, "2026-11-09T01:00:00+00:00")


async def test_an_inquiry_is_withdrawn_with_a_reason_by_who_asked(world: World, tree: dict[str, Any]):
    place, home = world.token(tree["BJ01"]), world.token(tree["YL0101"], "BRANCH")
    member, _ = await a_match(world, tree)
    period = {"memberId": member, "fromOn": "2026-05-01", "toOn": "2026-11-20"}
    asked = await world.call(home, "openInquiry", OF_INQUIRY, **period)
    which = {"inquiryId": asked["id"], "version": asked["version"]}
    assert (await world.call(place, "withdrawInquiry", **which, reason="x"))["code"] == "WRONG_SIDE"
    assert (await world.call(home, "withdrawInquiry", **which, reason=" "))["code"] == "REASON_REQUIRED"
    withdrawn = await world.call(home, "withdrawInquiry", OF_INQUIRY, **which, reason="已电话联系到本人")
    assert withdrawn["state"] == "WITHDRAWN"
    assert (await world.call(place, "answerInquiry", **which, answer="有"))["code"] == "WRONG_STATE"


async def test_a_member_is_found_lost_after_the_search_and_found_again(world: World, tree: dict[str, Any]):
    place, home = world.token(tree["BJ01"]), world.token(tree["YL0101"], "BRANCH")
    member, _ = await a_match(world, tree)
    day = today(conftest.utc_now())
    long_ago = {"day": (day - timedelta(days=400)).isoformat(), "at": conftest.utc_now() - timedelta(days=400)}
    async with world.hub.engine.begin() as connection:
        await connection.execute(text("update departure set departed_on = :day, recorded_at = :at"), long_ago)
        await connection.execute(
            text("update member set recorded_at = :at, dues_paid_through = null"), {"at": long_ago["at"]}
        )
    finding = {"memberId": member, "foundOn": day.isoformat(), "decidedBy": "柳河镇党委"}

    lacking = await world.call(home, "recordLost", **finding)
    assert lacking["code"] == "SEARCH_INCOMPLETE"
    assert "查找记录还缺" in lacking["message"]
    tried = {"memberId": member, "on": day.isoformat(), "note": "无人应答"}
    assert (await world.call(place, "logSearch", **tried, manner="PHONE"))["code"] == "WRONG_SIDE"
    for manner in ("PHONE", "FAMILY", "ADDRESS", "WORK_UNIT"):
        seen = await world.call(home, "logSearch", OF_MEMBER, **tried, manner=manner)
        assert seen["contact"]["state"] == "TO_BE_SEARCHED_FOR"
    inquiry = await world.call(
        home, "openInquiry", OF_INQUIRY, memberId=member, fromOn=long_ago["day"], toOn=day.isoformat()
    )
    assert (await world.call(home, "recordLost", **finding))["code"] == "EVIDENCE_OPEN"
    which = {"inquiryId": inquiry["id"], "version": inquiry["version"]}
    assert (await world.call(place, "answerInquiry", OF_INQUIRY, **which, answer="查无此人"))["state"] == "ANSWERED"

    lost = await world.call(home, "recordLost", OF_MEMBER, **finding)
    assert lost["contact"]["state"] == "LOST"
    assert (await world.call(home, "recordLost", **finding))["code"] == "WRONG_STATE"
    assert (await world.call(place, "liftLost", memberId=member, liftedOn=day.isoformat()))["code"] == "WRONG_SIDE"
    lifted = await world.call(home, "liftLost", OF_MEMBER, memberId=member, liftedOn=day.isoformat())
    assert lifted["contact"]["state"] == "TO_BE_SEARCHED_FOR"


async def test_a_quarter_is_read_of_a_liaison_and_counted_from_any_day(world: World, tree: dict[str, Any]):
    place, home = world.token(tree["BJ01"]), world.token(tree["YL0101"], "BRANCH")
    member, liaison = await a_match(world, tree)
    for held_on in ("2026-06-30", "2026-07-01", "2026-11-09"):
        report = await _told(world, tree, member, held_on)
        which = {"participationId": report["id"], "version": report["version"]}
        await world.call(place, "confirmParticipation", **which)
    query = """query($l: ID!, $m: ID!, $q: Quarter, $since: Date) {
        liaison(id: $l) { participationSummary(quarter: $q) { since until attended unacknowledged } }
        member(id: $m) { participationCount(since: $since) } }"""
    ids = {"l": liaison, "m": member}

    found = await world.ask(home, query, **ids, q="2026-Q3", since="2026-07-01")
    assert found["liaison"]["participationSummary"] == {
        "since": "2026-07-01", "until": "2026-09-30", "attended": 1, "unacknowledged": 1,
    }  # fmt: skip
    assert found["member"] == {"participationCount": 2}
    assert (await world.ask(home, query, **ids, since="2026-06-30"))["member"] == {"participationCount": 3}
    for reader in (place, world.token(tree["YL0101"], "PARTNER")):
        hidden = await world.ask(reader, query, **ids, q="2026-Q3")
        assert (hidden["liaison"], hidden["member"]) in (
            ({"participationSummary": None}, {"participationCount": None}), (None, None),
        )  # fmt: skip
    bad = await world.answer(home, query, **ids, q="2026-Q5")
    assert "2026-Q4" in bad["errors"][0]["message"]
    later = await world.answer(home, query, **ids, since=(today(conftest.utc_now()) + timedelta(days=1)).isoformat())
    assert later["errors"][0]["extensions"] == {"code": "INVALID_INPUT", "field": "since"}
