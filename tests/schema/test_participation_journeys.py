"""Organizational life over HTTP: what the place records, the home side and the member do with it, call by call."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from hub.feed.number import number_all
from hub.resolvers.node import TypeNumber
from tests.factories import a_member, an_arrival
from tests.schema.calls import a_match, organization
from tests.schema.conftest import World, gid

OF_ACTIVITY = "... on Activity { id version kind heldOn organization { code } isOpenToArrivals cancelledAt }"
FIELDS = """id version state attendance remark counts isTwoSided acknowledgedAt reason heardOn heardStatement
    member { name } liaison { id } host { code } recordedBy { code } twin { id attendance }
    dispute { state reason dueOn answer } history { version attendance reason }"""
OF_RECORD = f"... on Participation {{ {FIELDS} }}"
OF_ROLL_CALL = f"... on RollCall {{ activity {{ id }} outcomes {{ {OF_RECORD} ... on Refusal {{ code field }} }} }}"
OF_INQUIRY = "... on Inquiry { id version state answer dueOn member { name } participations { id } liaison { id } }"
OF_MEMBER = "... on Member { id contact { state } }"
LIST = f"query($waiting: Boolean) {{ participations(waiting: $waiting) {{ edges {{ node {{ {FIELDS} }} }} }} }}"
NODE = f"query($id: ID!) {{ node(id: $id) {{ id {OF_RECORD} }} }}"


async def _held(world: World, tree: dict[str, Any], day: str = "2026-11-09", **more: Any) -> dict[str, Any]:
    said = {"organizationId": organization(tree, "BJ01"), "kind": "THEME_DAY", "heldOn": day, **more}
    return await world.call(world.token(tree["BJ01"]), "planActivity", OF_ACTIVITY, **said)


async def _marked(world: World, tree: dict[str, Any], liaison: str, attendance: str = "PRESENT") -> dict[str, Any]:
    activity = await _held(world, tree)
    said = {"activityId": activity["id"], "liaisonId": liaison, "attendance": attendance, "remark": "坐在后排"}
    return await world.call(world.token(tree["BJ01"]), "recordParticipation", OF_RECORD, **said)


async def test_a_roll_call_crosses_and_is_acknowledged_by_the_month(world: World, tree: dict[str, Any]):
    place, home = world.token(tree["BJ01"]), world.token(tree["YL0101"], "BRANCH")
    member, liaison = await a_match(world, tree)
    async with world.hub.engine.begin() as connection:
        lone = gid(TypeNumber.LIAISON, await an_arrival(connection, tree["BJ01"], arrived_on="2026-04"))
    activity = await _held(world, tree, hours=2.5, components=["LECTURE"], isOpenToArrivals=True)
    assert activity["organization"] == {"code": "BJ01"}
    lines = [
        {"liaisonId": liaison, "attendance": "LATE", "remark": "坐在后排"},
        {"liaisonId": gid(TypeNumber.LIAISON, uuid4())},
        {"liaisonId": "nonsense"},
        {},
        {"liaisonId": lone, "attendance": "ABSENT_UNEXCUSED"},
        {"liaisonId": lone, "voted": True},
    ]
    said = {"activityId": activity["id"], "entries": lines}
    found = await world.call(place, "recordAttendance", OF_ROLL_CALL, **said)
    ours, *refused, alone, voted = found["outcomes"]
    assert [(r["code"], r["field"]) for r in [*refused, voted]] == [
        ("NOT_FOUND", "liaisonId"),
        ("NOT_FOUND", "liaisonId"),
        ("INVALID_INPUT", "liaisonId"),
        ("VOTES_ELSEWHERE", "voted"),
    ]
    assert (ours["attendance"], ours["remark"], ours["counts"], ours["member"]) == (
        "LATE", "坐在后排", True, {"name": "林晓"},
    )  # fmt: skip
    assert (alone["attendance"], alone["counts"], alone["member"]) == ("ABSENT_UNEXCUSED", False, None)
    again = await world.call(place, "recordAttendance", OF_ROLL_CALL, **said)
    assert [row.get("id") for row in again["outcomes"]] == [ours["id"], None, None, None, alone["id"], None]

    # The home side sees its own member's alone; that of an arrival without a match is no record to it.
    listed = (await world.ask(home, LIST))["participations"]["edges"]
    assert [(e["node"]["id"], e["node"]["remark"]) for e in listed] == [(ours["id"], None)]
    assert listed[0]["node"]["liaison"] == {"id": liaison}
    assert (await world.ask(home, NODE, id=alone["id"]))["node"] is None
    first = {"participationId": ours["id"], "version": ours["version"]}
    hidden = await world.call(home, "acknowledgeParticipation", **{**first, "participationId": alone["id"]})
    assert hidden["code"] == "NOT_FOUND"
    stale = await world.call(home, "acknowledgeParticipation", **{**first, "version": 9})
    assert (stale["code"], stale["field"]) == ("STALE_VERSION", "version")
    assert (await world.call(place, "acknowledgeParticipation", **first))["code"] == "WRONG_SIDE"

    answer = f"... on Acknowledged {{ count participations {{ {FIELDS} }} }}"
    month = {"memberId": member, "month": "2026-11"}
    assert (await world.call(place, "acknowledgeMonth", **month))["code"] == "WRONG_SIDE"
    stranger = world.token(tree["YL02"])
    assert (await world.call(stranger, "acknowledgeMonth", **month))["code"] == "NOT_FOUND"
    noted = await world.call(home, "acknowledgeMonth", answer, **month)
    assert (noted["count"], [row["state"] for row in noted["participations"]]) == (1, ["ACKNOWLEDGED"])
    assert noted["participations"][0]["isTwoSided"]
    assert (await world.call(home, "acknowledgeMonth", answer, **month))["count"] == 0
    assert (await world.call(home, "acknowledgeParticipation", OF_RECORD, **first))["state"] == "ACKNOWLEDGED"
    assert (await world.ask(place, LIST, waiting=True))["participations"]["edges"][0]["node"]["id"] == alone["id"]


async def test_a_partner_never_learns_of_attendance(world: World, tree: dict[str, Any]):
    member, liaison = await a_match(world, tree)
    await _marked(world, tree, liaison, "ABSENT_UNEXCUSED")
    for who in ("YL0101", "BJ01"):
        partner = world.token(tree[who], "PARTNER")
        node = (await world.ask(partner, LIST))["participations"]["edges"][0]["node"]
        assert node["state"] == "CONFIRMED"
        assert [node[name] for name in ("attendance", "counts", "remark", "dispute", "heardOn")] == [None] * 5
        refused = await world.answer(partner, "{ participations(disputed: true) { edges { cursor } } }")
        assert refused["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
        lines = (
            f'participationSummaries(organization: "{organization(tree, who)}", year: 2026) {{ edges {{ cursor }} }}'
        )
        assert (await world.ask(partner, f"{{ {lines} }}"))["participationSummaries"]["edges"] == []
    own = "{ viewer { member { contact { state } exemptions { id } summary(year: 2026, quarter: 4) { unheard } } } }"
    token = world.token(tree["YL0101"], "MEMBER", await world_member(world))
    found = (await world.ask(token, own))["viewer"]["member"]
    assert (found["exemptions"], found["summary"]) == ([], {"unheard": 1})
    assert found["contact"] is not None
    assert member


async def test_a_partner_cannot_count_who_was_heard(world: World, tree: dict[str, Any]):
    _, liaison = await a_match(world, tree)
    record = await _marked(world, tree, liaison, "ABSENT_UNEXCUSED")
    home = world.token(tree["YL0101"], "BRANCH")
    heard = {"participationId": record["id"], "version": 1, "heardOn": "2026-11-20", "statement": "忘了"}
    await world.call(home, "hearAbsence", **heard)
    await world.call(home, "acknowledgeParticipation", participationId=record["id"], version=2)
    await number_all(world.hub.engine)
    query = """{ participations { edges { node { version } } }
        events(topics: [PARTICIPATION]) { items { ... on Event { kind aggregateVersion } } } }"""
    for role, versions, version in (("COMMITTEE", [1, 2, 3], 3), ("PARTNER", [0, 0], 0)):
        found = await world.ask(world.token(tree["YL0101"], role), query)
        items = [item for item in found["events"]["items"] if not item["kind"].startswith("ACTIVITY")]
        assert [item["aggregateVersion"] for item in items] == versions
        assert [edge["node"]["version"] for edge in found["participations"]["edges"]] == [version]


async def world_member(world: World) -> Any:
    async with world.hub.engine.connect() as connection:
        return await connection.scalar(text("select id from member"))


async def test_a_member_disputes_and_the_place_answers(world: World, tree: dict[str, Any]):
    place, home = world.token(tree["BJ01"]), world.token(tree["YL0101"], "BRANCH")
    _, liaison = await a_match(world, tree)
    record = await _marked(world, tree, liaison, "ABSENT_UNEXCUSED")
    themselves = world.token(tree["YL0101"], "MEMBER", await world_member(world))
    said = {"participationId": record["id"], "version": record["version"], "reason": "我到会了"}
    assert (await world.call(place, "disputeParticipation", **said))["code"] == "WRONG_SIDE"
    disputed = await world.call(themselves, "disputeParticipation", OF_RECORD, **said)
    assert (disputed["dispute"]["state"], disputed["dispute"]["reason"]) == ("DISPUTED", "我到会了")
    heard = {"participationId": record["id"], "version": disputed["version"], "heardOn": "2026-11-10"}
    heard_record = await world.call(home, "hearAbsence", OF_RECORD, **heard, statement="当天在医院")
    assert heard_record["heardStatement"] == "当天在医院"
    seen = (await world.ask(place, NODE, id=record["id"]))["node"]
    assert (seen["heardOn"], seen["heardStatement"]) == ("2026-11-10", None)
    answered = await world.call(
        place,
        "answerDispute",
        OF_RECORD,
        participationId=record["id"],
        version=heard_record["version"],
        answer="签到表核对无误，已更正",
        attendance="PRESENT",
    )
    assert (answered["attendance"], answered["dispute"]["state"], answered["counts"]) == ("PRESENT", "CORRECTED", True)
    mine = (await world.ask(themselves, NODE, id=record["id"]))["node"]
    assert [version["attendance"] for version in mine["history"]][-1] == "ABSENT_UNEXCUSED"


async def test_what_a_member_reports_is_linked_and_a_difference_is_settled(world: World, tree: dict[str, Any]):
    place = world.token(tree["BJ01"])
    member, liaison = await a_match(world, tree)
    record = await _marked(world, tree, liaison, "ABSENT_UNEXCUSED")
    themselves = world.token(tree["YL0101"], "MEMBER", await world_member(world))
    told = {"kind": "THEME_DAY", "heldOn": "2026-11-09", "evidenceKind": "PHOTO"}
    nowhere = gid(TypeNumber.ORGANIZATION, uuid4())
    refused = await world.call(themselves, "reportParticipation", **told, hostId=nowhere)
    assert (refused["code"], refused["field"]) == ("NOT_FOUND", "hostId")
    report = await world.call(themselves, "reportParticipation", OF_RECORD, **told, hostId=organization(tree, "BJ01"))
    assert report["twin"] == {"id": record["id"], "attendance": "ABSENT_UNEXCUSED"}
    assert (await world.ask(place, NODE, id=record["id"]))["node"]["twin"]["id"] == report["id"]
    query = "{ discrepancies { edges { node { id version field inflowValue outflowValue participation { id } } } } }"
    found = (await world.ask(place, query))["discrepancies"]["edges"][0]["node"]
    assert (found["field"], found["participation"]) == ("attendance", {"id": record["id"]})
    of = "... on Discrepancy { version state proposal { take } }"
    which = {"discrepancyId": found["id"], "version": found["version"]}
    home = world.token(tree["YL0101"], "BRANCH")
    value = await world.call(place, "settleDiscrepancy", **which, value="LATE")
    assert (value["code"], value["field"]) == ("INVALID_INPUT", "value")
    proposed = await world.call(home, "settleDiscrepancy", of, **which, take="OUTFLOW", note="有照片")
    assert (proposed["state"], proposed["proposal"]) == ("PROPOSED", {"take": "OUTFLOW"})
    which["version"] = proposed["version"]
    assert (await world.call(place, "settleDiscrepancy", **which, take="OUTFLOW"))["code"] == "REASON_REQUIRED"
    settled = await world.call(place, "settleDiscrepancy", of, **which, take="OUTFLOW", note="照片属实")
    assert settled["state"] == "SETTLED"
    after = (await world.ask(home, NODE, id=record["id"]))["node"]
    assert (after["attendance"], after["reason"]) == ("PRESENT", "照片属实")
    assert member
    await number_all(world.hub.engine)
    events = "{ events(topics: [DISCREPANCY]) { items { ... on Event { kind } } } }"
    told = [f"ATTENDANCE_DISCREPANCY_{step}" for step in ("OPENED", "PROPOSED", "SETTLED")]
    for who in ("BJ01", "YL0101"):
        for role, heard in (("COMMITTEE", told), ("PARTNER", [])):  # the event alone tells that somebody was absent
            items = (await world.ask(world.token(tree[who], role), events))["events"]["items"]
            assert [item["kind"] for item in items] == heard


async def test_the_place_keeps_its_mark_and_the_difference_is_settled(world: World, tree: dict[str, Any]):
    place = world.token(tree["BJ01"])
    _, liaison = await a_match(world, tree)
    record = await _marked(world, tree, liaison, "ABSENT_UNEXCUSED")
    themselves = world.token(tree["YL0101"], "MEMBER", await world_member(world))
    await world.call(themselves, "reportParticipation", kind="THEME_DAY", heldOn="2026-11-09")
    found = (await world.ask(place, "{ discrepancies { edges { node { id version } } } }"))["discrepancies"]["edges"]
    which = {"discrepancyId": found[0]["node"]["id"], "version": found[0]["node"]["version"]}
    settled = await world.call(place, "settleDiscrepancy", "... on Discrepancy { state }", **which, take="INFLOW")
    assert settled["state"] == "SETTLED"
    assert (await world.ask(place, NODE, id=record["id"]))["node"]["attendance"] == "ABSENT_UNEXCUSED"


async def test_an_open_inquiry_blocks_what_is_adverse(world: World, tree: dict[str, Any]):
    place, home = world.token(tree["BJ01"]), world.token(tree["YL0101"], "BRANCH")
    member, liaison = await a_match(world, tree)
    asked = await world.call(
        home, "openInquiry", OF_INQUIRY, memberId=member, fromOn="2026-05-01", toOn="2026-11-20", question="是否参加"
    )
    assert (asked["state"], asked["member"]) == ("ASKED", {"name": "林晓"})
    decision = {"memberId": member, "kind": "SUSPENDED", "decidedOn": "2026-11-24", "decidedBy": "支部大会"}
    blocked = await world.call(home, "recordMembershipDecision", **decision)
    assert blocked["code"] == "EVIDENCE_OPEN"
    query = "query($id: ID!) { member(id: $id) { openEvidence { kind object { id } } standing } }"
    found = (await world.ask(home, query, id=member))["member"]
    assert found == {"openEvidence": [{"kind": "INQUIRY", "object": {"id": asked["id"]}}], "standing": "IN_FORCE"}
    assert (await world.ask(place, query, id=member))["member"]["openEvidence"] is None
    tasks = (await world.ask(place, "{ tasks(kinds: [INQUIRY]) { edges { node { object { id } } } } }"))["tasks"]
    assert tasks["edges"] == [{"node": {"object": {"id": asked["id"]}}}]
    listed = "{ inquiries(side: INFLOW, states: [ASKED]) { edges { node { question } } } }"
    assert (await world.ask(place, listed))["inquiries"]["edges"] == [{"node": {"question": "是否参加"}}]
    record = await _marked(world, tree, liaison)
    which = {"inquiryId": asked["id"], "version": asked["version"]}
    assert (await world.call(home, "answerInquiry", **which, answer="有"))["code"] == "WRONG_SIDE"
    answered = await world.call(
        place, "answerInquiry", OF_INQUIRY, **which, answer="11月到会", participationIds=[record["id"]]
    )
    assert (answered["state"], answered["participations"]) == ("ANSWERED", [{"id": record["id"]}])
    assert (await world.call(home, "recordMembershipDecision", **decision))["code"] == "EVIDENCE_OPEN"
    taken = {"participationId": record["id"], "version": record["version"]}
    assert (await world.call(home, "acknowledgeParticipation", OF_RECORD, **taken))["state"] == "ACKNOWLEDGED"
    done = await world.call(home, "recordMembershipDecision", "... on Member { standing }", **decision)
    assert done["standing"] == "SUSPENDED"


async def test_exemption_contact_and_the_quarter(world: World, tree: dict[str, Any]):
    place, home = world.token(tree["BJ01"]), world.token(tree["YL0101"], "BRANCH")
    member, liaison = await a_match(world, tree)
    await _marked(world, tree, liaison)
    of = "... on Exemption { id version reason startsOn endsOn note organization { code } }"
    said = {"memberId": member, "reason": "ILLNESS", "startsOn": "2026-10-10", "note": "住院"}
    exempt = await world.call(home, "grantExemption", of, **said)
    assert (exempt["reason"], exempt["organization"]) == ("ILLNESS", {"code": "YL0101"})
    ended = {"exemptionId": exempt["id"], "version": 1, "endsOn": "2026-10-20"}
    assert (await world.call(place, "endExemption", **ended))["code"] in ("NOT_FOUND", "WRONG_SIDE")
    assert (await world.call(home, "endExemption", of, **ended))["endsOn"] == "2026-10-20"
    contact = {"memberId": member, "on": "2026-11-20", "manner": "PHONE", "isTwoWay": True, "note": "电话畅通"}
    reached = await world.call(home, "recordContact", OF_MEMBER, **contact)
    assert reached["contact"] == {"state": "IN_CONTACT"}
    lost = {"memberId": member, "foundOn": "2026-11-24", "decidedBy": "支部大会"}
    assert (await world.call(home, "recordLost", **lost))["code"] in ("WRONG_STATE", "EVIDENCE_OPEN")
    assert (await world.call(home, "liftLost", memberId=member, liftedOn="2026-11-24"))["code"] == "WRONG_STATE"
    query = """query($o: ID!, $q: Int) { participationSummaries(organization: $o, year: 2026, quarter: $q) {
        edges { node { since until attended unacknowledged isExempt
        contact { since evidence } member { name contact { state } } } } } }"""
    lines = (await world.ask(home, query, o=organization(tree, "YL0101"), q=4))["participationSummaries"]["edges"]
    assert lines == [
        {"node": {"since": "2026-10-01", "until": "2026-12-31", "attended": 1, "unacknowledged": 1, "isExempt": True,
                  "contact": {"since": "2026-11-20", "evidence": "CONTACT"},
                  "member": {"name": "林晓", "contact": {"state": "IN_CONTACT"}}}}
    ]  # fmt: skip
    assert (await world.ask(place, query, o=organization(tree, "YL0101")))["participationSummaries"]["edges"] == []
    bad = await world.answer(home, query, o=organization(tree, "YL0101"), q=5)
    assert bad["errors"][0]["extensions"] == {"code": "INVALID_INPUT", "field": "quarter"}
    hidden = """query($id: ID!) { member(id: $id) { contact { state } exemptions { id } summary(year: 2026) { attended }
        participations { edges { node { attendance } } } } }"""
    assert (await world.ask(place, hidden, id=member))["member"] == {
        "contact": None, "exemptions": [], "summary": None,
        "participations": {"edges": [{"node": {"attendance": "PRESENT"}}]},
    }  # fmt: skip
    ledger = "query($o: ID!) { ledger(organization: $o) { edges { node { participationCount } } } }"
    for token, code, count in ((home, "YL0101", 1), (place, "BJ01", None)):
        found = (await world.ask(token, ledger, o=organization(tree, code)))["ledger"]["edges"]
        assert [edge["node"]["participationCount"] for edge in found] == [count]


@pytest.mark.parametrize(("wanted", "home", "member"), [(True, 1, 1), (None, 0, 0), (False, 0, 0)])
async def test_what_is_open_to_arrivals_is_seen_from_home(world: World, tree: dict[str, Any], wanted, home, member):
    await a_match(world, tree)
    activity = await _held(world, tree, isOpenToArrivals=True)
    await _held(world, tree, "2026-11-10")
    query = "query($open: Boolean) { activities(openToArrivals: $open) { edges { node { id } } } }"
    themselves = world.token(tree["YL0101"], "MEMBER", await world_member(world))
    for token, number in ((world.token(tree["YL0101"], "BRANCH"), home), (themselves, member)):
        found = (await world.ask(token, query, open=wanted))["activities"]["edges"]
        assert [edge["node"]["id"] for edge in found] == [activity["id"]] * number
    cancelled = {"activityId": activity["id"], "version": activity["version"]}
    refused = await world.call(world.token(tree["BJ02"]), "cancelActivity", **cancelled)
    assert refused["code"] == "NOT_FOUND"
    done = await world.call(world.token(tree["BJ01"]), "cancelActivity", OF_ACTIVITY, **cancelled)
    assert done["cancelledAt"] is not None


async def test_events_lead_to_what_happened_and_partners_hear_no_dispute(world: World, tree: dict[str, Any]):
    _, liaison = await a_match(world, tree)
    record = await _marked(world, tree, liaison)
    said = {"participationId": record["id"], "version": 1, "reason": "日期不对"}
    await world.call(world.token(tree["YL0101"], "BRANCH"), "disputeParticipation", **said)
    await number_all(world.hub.engine)
    query = "{ events(topics: [PARTICIPATION]) { items { ... on Event { kind participation { id } activity { id } inquiry { id } } } } }"
    heard = (await world.ask(world.token(tree["BJ01"]), query))["events"]["items"]
    assert [item["kind"] for item in heard] == ["ACTIVITY_RECORDED", "PARTICIPATION_RECORDED", "PARTICIPATION_DISPUTED"]
    assert heard[0]["activity"] is not None
    assert heard[1]["participation"] == {"id": record["id"]}
    told = (await world.ask(world.token(tree["BJ01"], "PARTNER"), query))["events"]["items"]
    assert [item["kind"] for item in told] == ["ACTIVITY_RECORDED", "PARTICIPATION_RECORDED"]


async def test_a_list_is_read_page_by_page(world: World, tree: dict[str, Any]):
    place = world.token(tree["BJ01"])
    member, liaison = await a_match(world, tree)
    for day in ("2026-09-09", "2026-10-09", "2026-11-09"):
        activity = await _held(world, tree, day)
        await world.call(place, "recordParticipation", activityId=activity["id"], liaisonId=liaison)
    page = "{ edges { node { heldOn } } pageInfo { hasNextPage endCursor } }"
    query = f"""query($m: ID!, $l: ID!, $a: String, $b: String, $c: String) {{
        participations(first: 2, after: $a) {page}
        member(id: $m) {{ participations(first: 2, after: $b) {page} }}
        liaison(id: $l) {{ participations(first: 2, after: $c) {page} }} }}"""
    for token in (place, world.token(tree["YL0101"], "BRANCH")):
        after: dict[str, Any] = {}
        for days, more in ((["2026-11-09", "2026-10-09"], True), (["2026-09-09"], False)):
            found = await world.ask(token, query, m=member, l=liaison, **after)
            lists = {
                "a": found["participations"], "b": found["member"]["participations"],
                "c": found["liaison"]["participations"],
            }  # fmt: skip
            for of in lists.values():
                assert [edge["node"]["heldOn"] for edge in of["edges"]] == days
                assert of["pageInfo"]["hasNextPage"] is more
            after = {name: of["pageInfo"]["endCursor"] for name, of in lists.items()}
    assert (await world.ask(world.token(tree["YL02"]), query, m=member, l=liaison)) == {
        "participations": {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}},
        "member": None, "liaison": None,
    }  # fmt: skip


async def test_the_home_side_records_its_own_and_nothing_for_another(world: World, tree: dict[str, Any]):
    home = world.token(tree["YL0101"], "BRANCH")
    member, liaison = await a_match(world, tree)
    async with world.hub.engine.begin() as connection:
        other = gid(TypeNumber.MEMBER, await a_member(connection, tree["YL0102"], name="周明", name_key="周明"))
    said = {"organizationId": organization(tree, "YL0101"), "kind": "MEMBER_CONGRESS", "heldOn": "2026-11-01"}
    activity = await world.call(home, "planActivity", OF_ACTIVITY, **said)
    which = {"activityId": activity["id"]}
    own = await world.call(home, "recordParticipation", OF_RECORD, **which, liaisonId=liaison, voted=True)
    assert (own["state"], own["isTwoSided"], own["recordedBy"]) == ("ACKNOWLEDGED", False, {"code": "YL0101"})
    assert (await world.call(home, "recordParticipation", **which, memberId=other))["code"] == "NOT_FOUND"
    twice = {**which, "memberId": member, "attendance": "ABSENT_UNEXCUSED"}
    assert (await world.call(home, "recordParticipation", **twice))["code"] == "ALREADY_RECORDED"
    fixed = await world.call(
        home,
        "correctParticipation",
        OF_RECORD,
        participationId=own["id"],
        version=1,
        reason="看错行",
        attendance="LATE",
    )
    assert [(v["version"], v["attendance"]) for v in fixed["history"]] == [(1, "PRESENT")]
    assert (await world.ask(world.token(tree["BJ01"]), NODE, id=own["id"]))["node"] is None
