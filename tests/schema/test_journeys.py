"""What people do, call by call, from both sides."""

from typing import Any
from uuid import uuid4

from sqlalchemy import text

from hub.resolvers.node import TASK_NUMBERS, TypeNumber
from tests.factories import a_member, an_arrival
from tests.schema.calls import OF_LIAISON, OF_MEMBER, OF_TRANSFER, a_match, number, organization, registered
from tests.schema.conftest import World, gid


async def test_left_out_says_nothing_and_null_clears(world: World, tree: dict[str, Any]):
    token = world.token(tree["YL0101"], "BRANCH")
    member = await registered(world, tree)
    opened = await world.call(
        token,
        "registerDeparture",
        OF_LIAISON,
        memberId=member["id"],
        statement={"departedOn": "2026-03", "workUnit": "甲公司", "phone": "13800001111", "remark": "备注"},
    )
    assert opened["state"] == "AWAITING_ARRIVAL"
    assert opened["outflow"]["phoneMasked"] == "138******11"
    amended = await world.call(
        token,
        "amendStatement",
        OF_LIAISON,
        liaisonId=opened["id"],
        version=opened["outflow"]["version"],
        outflow={"workUnit": None, "destination": "上海"},
    )
    assert amended["outflow"] == {**opened["outflow"], "version": 2, "workUnit": None}
    stale = await world.call(
        token, "amendStatement", liaisonId=opened["outflow"]["id"], version=1, outflow={"workUnit": "乙公司"}
    )
    assert (stale["code"], stale["currentVersion"]) == ("STALE_VERSION", 2)
    confirmed = await world.call(token, "amendStatement", OF_LIAISON, liaisonId=opened["id"], version=2, unchanged=True)
    assert confirmed["id"] == opened["id"]
    silent = await world.call(token, "amendStatement", liaisonId=opened["id"], version=3)
    assert silent["code"] == "INVALID_INPUT"
    both = await world.call(token, "amendStatement", liaisonId=opened["id"], version=3, outflow={}, inflow={})
    assert both["code"] == "INVALID_INPUT"
    other = await world.call(token, "amendStatement", liaisonId=opened["id"], version=3, verifying=True)
    assert other["code"] == "WRONG_SIDE"


async def test_an_arrival_placed_returned_and_left(world: World, tree: dict[str, Any]):
    token = world.token(tree["BJ01"])

    async def arrive(serial: int) -> Any:
        return await world.call(
            token,
            "registerArrival",
            OF_LIAISON,
            organizationId=organization(tree, "BJ01"),
            name="阿桑·木沙",
            citizenId=number(serial),
            statement={"arrivedOn": "2026-04", "workUnit": "甲公司"},
        )

    arrived = await arrive(30)
    assert (arrived["state"], arrived["inflow"]["state"]) == ("UNMATCHED", "ARRIVED")
    placed = await world.call(
        token,
        "placeMember",
        OF_LIAISON,
        liaisonId=arrived["id"],
        version=1,
        branchId=organization(tree, "BJ010101"),
        placedOn="2026-05-01",
    )
    assert placed["inflow"] | {"version": 0} == {
        "id": arrived["inflow"]["id"], "version": 0, "state": "PLACED", "branch": {"code": "BJ010101"},
    }  # fmt: skip
    left = await world.call(
        token,
        "recordLeaving",
        OF_LIAISON,
        liaisonId=arrived["id"],
        version=placed["inflow"]["version"],
        leftOn="2026-09",
    )
    assert (left["state"], left["inflow"]["state"]) == ("ENDED", "LEFT")
    second = await arrive(31)
    no_text = await world.call(token, "returnArrival", liaisonId=second["id"], version=1, reason="OTHER")
    assert no_text["code"] == "REASON_REQUIRED"
    returned = await world.call(
        token, "returnArrival", OF_LIAISON, liaisonId=second["id"], version=1, reason="NOT_LIVING_HERE"
    )
    assert (returned["state"], returned["inflow"]["state"]) == ("ENDED", "RETURNED")
    twice = await world.call(token, "returnArrival", liaisonId=second["id"], version=2, reason="NOT_LIVING_HERE")
    assert twice["code"] == "WRONG_STATE"


async def test_a_visit_an_undoing_and_an_end(world: World, tree: dict[str, Any]):
    branch, street = world.token(tree["YL0101"], "BRANCH"), world.token(tree["BJ01"])
    _, liaison = await a_match(world, tree)
    visited = await world.call(
        branch, "recordReturnVisit", "... on Liaison { visits { cameOn metOn note } }", liaisonId=liaison, version=1,
        cameOn="2026-10-01", note="在家",
    )  # fmt: skip
    assert visited["visits"] == [{"cameOn": "2026-10-01", "metOn": None, "note": "在家"}]
    seen = await world.ask(street, "query($id: ID!) { liaison(id: $id) { visits { cameOn note } } }", id=liaison)
    assert seen["liaison"]["visits"] == [{"cameOn": "2026-10-01", "note": None}]
    undone = await world.call(street, "undoMatch", OF_LIAISON, liaisonId=liaison, version=1, reason="同名不同人")
    assert (undone["state"], undone["outflow"]) == ("UNMATCHED", None)
    assert undone["id"] != liaison
    ended = await world.call(
        branch, "endLiaison", "... on Liaison { state endReason next { id state outflow { workUnit } } }",
        liaisonId=liaison, version=3, reason="MOVED_ON", endedOn="2026-11-01", next={"workUnit": "丙公司"},
    )  # fmt: skip
    assert (ended["state"], ended["endReason"]) == ("ENDED", "MOVED_ON")
    assert (ended["next"]["state"], ended["next"]["outflow"]) == ("AWAITING_ARRIVAL", {"workUnit": "丙公司"})


async def test_a_question_confirmed_and_another_denied(world: World, tree: dict[str, Any]):
    branch = world.token(tree["YL0101"], "BRANCH")
    async with world.hub.engine.begin() as connection:
        ids = []
        for _ in range(2):
            member = await a_member(connection, tree["YL0101"])
            arrival = await an_arrival(connection, tree["BJ01"])
            await connection.execute(
                text(
                    "insert into match (id, member_id, arrival_id, asked_organization_id, basis, state, pair_digest,"
                    " asked_on, due_on, created_at) values (:id, :m, :a, :o, 'NAME_AND_BIRTH_DATE', 'ASKED', 'x',"
                    " '2026-11-20', '2026-12-05', now())"
                ),
                {"id": (key := uuid4()), "m": member, "a": arrival, "o": tree["YL0101"]},
            )
            ids.append(gid(TypeNumber.MATCH_CANDIDATE, key))
    listed = await world.ask(
        branch,
        "{ matchCandidates(states: [ASKED]) { edges { node { id version basis dueOn member { name } arrival { name } } } } }",
    )
    assert {edge["node"]["id"] for edge in listed["matchCandidates"]["edges"]} == set(ids)
    tasks = await world.ask(
        branch, "{ tasks(kinds: [MATCH]) { edges { node { id kind turn dueOn text object { id __typename } } } } }"
    )
    task = tasks["tasks"]["edges"][0]["node"]
    assert (task["kind"], task["turn"], task["dueOn"]) == ("MATCH", "OUTFLOW", "2026-12-05")
    assert task["object"] == {"id": task["object"]["id"], "__typename": "MatchCandidate"}
    again = await world.ask(branch, "query($id: ID!) { node(id: $id) { id ... on Task { kind } } }", id=task["id"])
    assert again["node"] == {"id": task["id"], "kind": "MATCH"}
    by_hand = await world.call(branch, "completeTask", taskId=task["id"], answer="x")
    assert (by_hand["code"], by_hand["field"]) == ("NOT_ALLOWED", "taskId")
    nothing = await world.ask(
        world.token(tree["BJ01"]), "{ matchCandidates { edges { node { id } } } tasks { edges { node { id } } } }"
    )
    assert nothing["matchCandidates"]["edges"] == []
    confirmed = await world.call(branch, "confirmMatch", OF_LIAISON, candidateId=ids[0], version=1)
    assert confirmed["state"] == "MATCHED"
    denied = await world.call(
        branch,
        "denyMatch",
        "... on MatchCandidate { state denial }",
        candidateId=ids[1],
        version=1,
        code="NOT_OUR_MEMBER",
    )
    assert denied == {"state": "DENIED", "denial": "NOT_OUR_MEMBER"}


async def test_a_transfer_from_request_to_closed(world: World, tree: dict[str, Any]):
    member, _ = await a_match(world, tree)
    branch, town = world.token(tree["YL0101"], "BRANCH"), world.token(tree["YL01"])
    street, community = world.token(tree["BJ01"]), world.token(tree["BJ0101"])
    requested = await world.call(
        branch, "requestTransfer", OF_TRANSFER, memberId=member, inflowOrganizationId=organization(tree, "BJ010101"),
        appliedOn="2026-11-01", reason="在沪定居",
    )  # fmt: skip
    assert (requested["state"], requested["turn"]) == ("REQUESTED", "OUTFLOW")
    step = {"transferId": requested["id"]}
    confirmed = await world.call(branch, "confirmTransfer", OF_TRANSFER, version=1, **step)
    assert confirmed["state"] == "CONFIRMED"
    stale = await world.call(town, "approveTransfer", version=1, **step)
    assert (stale["code"], stale["currentVersion"]) == ("STALE_VERSION", 2)
    issued = await world.call(town, "approveTransfer", OF_TRANSFER, version=2, note=None, **step)
    assert (issued["state"], issued["turn"], issued["letter"]["state"]) == ("LETTER_ISSUED", "INFLOW", "ISSUED")
    accept = {
        "transferId": requested["id"], "version": 3, "acceptedOn": "2026-11-25", "branchId": organization(tree, "BJ010101"),
    }  # fmt: skip
    missing = await world.call(street, "acceptTransfer", **accept)
    assert missing["code"] == "CHECKLIST_INCOMPLETE"
    accept |= dict.fromkeys(("phonedOn", "unitLookedUpOn", "talkedOn"), "2026-11-24")
    below = await world.call(community, "acceptTransfer", **accept)
    assert below["code"] == "CANNOT_ISSUE_LETTERS"
    wrong = await world.call(town, "acceptTransfer", **accept)
    assert wrong["code"] == "WRONG_SIDE"
    accepted = await world.call(street, "acceptTransfer", OF_TRANSFER, **accept)
    assert (accepted["state"], accepted["placedIn"], accepted["receipt"]) == (
        "RELEASED", {"code": "BJ010101"}, {"dueOn": "2026-12-25"},
    )  # fmt: skip
    receipted = await world.call(street, "returnReceipt", OF_TRANSFER, version=accepted["version"], **step)
    closed = await world.call(town, "closeTransfer", OF_TRANSFER, version=receipted["version"], **step)
    assert (closed["state"], closed["turn"]) == ("CLOSED", None)
    assert [one["kind"] for one in closed["steps"]] == [
        "TRANSFER_REQUESTED", "TRANSFER_CONFIRMED", "TRANSFER_APPROVED", "LETTER_ISSUED", "TRANSFER_ACCEPTED",
        "TRANSFER_RELEASED", "RECEIPT_RETURNED", "TRANSFER_CLOSED",
    ]  # fmt: skip
    listed = "query($s: [TransferState!]) { transfers(side: INFLOW, states: $s) { edges { node { id } } } }"
    there = await world.ask(street, listed, s=["CLOSED"])
    assert there["transfers"]["edges"] == [{"node": {"id": requested["id"]}}]
    assert (await world.ask(town, listed))["transfers"]["edges"] == []
    moved = await world.ask(
        street, "query($id: ID!) { member(id: $id) { formalOrganization { code } standing } }", id=member
    )
    assert moved["member"] == {"formalOrganization": {"code": "BJ010101"}, "standing": "IN_FORCE"}


async def test_members_corrected_decided_on_moved_found_and_opened(world: World, tree: dict[str, Any]):
    member = await registered(world, tree, phone="13800001111")
    branch, town = world.token(tree["YL0101"], "BRANCH"), world.token(tree["YL01"])
    corrected = await world.call(
        branch, "correctIdentity", OF_MEMBER, memberId=member["id"], name="林小", reason="笔误"
    )
    assert corrected["name"] == "林小"
    neither = await world.call(branch, "correctIdentity", reason="笔误")
    assert neither["code"] == "INVALID_INPUT"
    moved = await world.call(
        town,
        "moveBranch",
        OF_MEMBER,
        memberId=member["id"],
        branchId=organization(tree, "YL0102"),
        movedOn="2026-11-01",
    )
    assert moved["formalOrganization"] == {"code": "YL0102"}
    found = await world.call(
        town,
        "findByNumber",
        "... on FoundByNumber { members { id } liaisons { id } }",
        kind="CITIZEN_ID",
        number=number(1),
        reason="核查",
    )
    assert found == {"members": [{"id": member["id"]}], "liaisons": []}
    op = str(uuid4())
    for _ in range(2):
        opened = await world.call(
            town,
            "revealField",
            "... on RevealedField { value }",
            opId=op,
            id=member["id"],
            field="citizenId",
            reason="核查",
        )
        assert opened == {"value": number(1)}
    async with world.hub.engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from reveal")) == 3
    decided = await world.call(
        town, "recordMembershipDecision", OF_MEMBER, memberId=member["id"], kind="SUSPENDED", decidedOn="2026-11-20",
        decidedBy="YL01",
    )  # fmt: skip
    assert decided["standing"] == "SUSPENDED"
    officer = await world.call(
        town, "changeOfficer", "... on Organization { officer { name phone since } }",
        organizationId=organization(tree, "YL01"), name="周敏", phone="0571-88881234", sinceOn="2026-11-01",
    )  # fmt: skip
    assert officer["officer"] == {"name": "周敏", "phone": "0571-88881234", "since": "2026-11-01"}


async def test_a_question_is_answered(world: World, tree: dict[str, Any]):
    _, liaison = await a_match(world, tree)
    question = uuid4()
    async with world.hub.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into question (id, kind, turn, organization_id, departure_id, due_on, asked_at)"
                " select :id, 'STILL_AWAY', 'OUTFLOW', organization_id, id, '2026-12-01', now() from departure"
            ),
            {"id": question},
        )
    from hub.models import TaskKind

    task = gid(TASK_NUMBERS[TaskKind.STILL_AWAY], question)
    op = str(uuid4())
    for _ in range(2):
        answered = await world.call(
            world.token(tree["YL0101"], "BRANCH"),
            "completeTask",
            "... on Task { id kind object { id } }",
            opId=op,
            taskId=task,
            answer="AWAY",
        )
        assert answered == {"id": task, "kind": "STILL_AWAY", "object": {"id": liaison}}
    again = await world.call(world.token(tree["YL0101"], "BRANCH"), "completeTask", taskId=task, answer="AWAY")
    assert again["code"] == "WRONG_STATE"
    kind = await world.call(
        world.token(tree["YL0101"], "BRANCH"),
        "completeTask",
        taskId=gid(TASK_NUMBERS[TaskKind.REMARK], question),
        answer="x",
    )
    assert kind["code"] == "NOT_FOUND"
