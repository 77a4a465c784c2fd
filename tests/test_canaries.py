"""Canaries in every personal field: none is found in logs, metrics, events, operations or the text of an error."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.database.engine import open_database
from hub.domain.identity import check_digit
from hub.resolvers.node import TypeNumber
from hub.settings import Settings
from tests.factories import a_tree
from tests.schema.conftest import SCHEMA, gid
from tests.test_app import command, served

pytestmark = pytest.mark.xdist_group("process")

SEVENTEEN = "33018219770707311"
CITIZEN_ID = SEVENTEEN + check_digit(SEVENTEEN)
CANARIES = {
    "name": "金丝雀甲", "citizenId": CITIZEN_ID, "phone": "13977073111", "otherPhone": "13977073222",
    "address": "金丝雀路七号", "workUnit": "金丝雀公司", "destination": "金丝雀市", "remark": "金丝雀备注",
    "reason": "金丝雀缘由", "cardNumber": "金丝雀卡", "inflowLeaderName": "金丝雀乙", "inflowLeaderPhone": "13977073333",
    "otherPhoneWhose": "金丝雀丙", "inflowOrganizationText": "金丝雀党委", "education": "金丝雀学历",
    "occupation": "金丝雀岗位", "gender": "金丝雀性", "ethnicity": "金丝雀族", "homeOrganizationText": "金丝雀支部",
    "note": "金丝雀注", "evidenceReference": "金丝雀册", "answer": "金丝雀答", "statement": "金丝雀述", "question": "金丝雀问",
}  # fmt: skip
BOTH = ("workUnit", "address", "phone", "otherPhone", "otherPhoneWhose", "cardNumber", "remark")
TABLES = ("outbox", "feed", "feed_audience", "operation", "inbox", "job", "disclosure")


OF_RECORD = "... on Participation { id version }"


def said(*names: str) -> dict[str, str]:
    return {name: CANARIES[name] for name in names}


class Hub:
    """A hub in a process of its own, called over the network."""

    def __init__(self, address: str) -> None:
        self.client = httpx2.AsyncClient(base_url=address)
        self.answers: list[Any] = []

    async def ask(self, token: str, query: str, **variables: Any) -> Any:
        response = await self.client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {token}"},
        )
        self.answers.append(response.json())
        return self.answers[-1]

    async def call(self, token: str, mutation: str, answer: str = "__typename", /, **given: Any) -> Any:
        assert SCHEMA.mutation_type is not None
        kind = SCHEMA.mutation_type.fields[mutation].args["input"].type
        query = (
            f"mutation($i: {kind}) {{ {mutation}(input: $i) {{ {answer} ... on Refusal {{ code message field }} }} }}"
        )
        found = await self.ask(token, query, i={"opId": str(uuid4()), **given})
        return (found.get("data") or {}).get(mutation)


async def fill(hub: Hub, tree: dict[str, UUID], branch: str, street: str) -> str:
    """Register somebody on both sides, every field a canary; returns the outflow side's liaison."""
    member = await hub.call(
        branch,
        "registerMember",
        "... on Member { id }",
        organizationId=gid(TypeNumber.ORGANIZATION, tree["YL0101"]),
        category="FULL",
        joinedOn="2015",
        **said("name", "citizenId", "phone", "education", "occupation", "gender", "ethnicity"),
    )
    more = ("destination", "reason", "inflowLeaderName", "inflowLeaderPhone", "inflowOrganizationText")
    departure = await hub.call(
        branch, "registerDeparture", "... on Liaison { id }", memberId=member["id"], statement=said(*BOTH, *more)
    )
    arrival = await hub.call(
        street,
        "registerArrival",
        "... on Liaison { id }",
        organizationId=gid(TypeNumber.ORGANIZATION, tree["BJ01"]),
        **said("name", "citizenId"),
        statement=said(*BOTH, "homeOrganizationText"),
    )
    assert arrival["id"] != departure["id"]
    visit = {"liaisonId": departure["id"], "version": 1, "cameOn": "2026-10-01", "note": CANARIES["note"]}
    assert (await hub.call(branch, "recordReturnVisit", **visit))["__typename"] == "Liaison"
    await take_part(hub, tree, branch, street, member["id"], arrival["id"])
    assert all(canary in json.dumps(CANARIES, ensure_ascii=False) for canary in CANARIES.values())
    hub.answers.clear()
    return str(departure["id"])


async def take_part(hub: Hub, tree: dict[str, UUID], branch: str, street: str, member: str, arrival: str) -> None:
    """What is told of organizational life, every field a canary: record, dispute, hearing, exemption, contact, inquiry."""
    place = {"organizationId": gid(TypeNumber.ORGANIZATION, tree["BJ01"])}
    day = {"kind": "THEME_DAY", "heldOn": "2026-06-09"}
    activity = await hub.call(street, "planActivity", "... on Activity { id }", **place, **day)
    told = {"activityId": activity["id"], "evidenceKind": "SIGN_IN_SHEET", **said("remark", "evidenceReference")}
    marked = await hub.call(street, "recordParticipation", OF_RECORD, **told, liaisonId=arrival)
    assert marked["version"] == 1
    own = {"organizationId": gid(TypeNumber.ORGANIZATION, tree["YL0101"]), **day}
    activity = await hub.call(branch, "planActivity", "... on Activity { id }", **own)
    told |= {"activityId": activity["id"], "memberId": member, "attendance": "ABSENT_UNEXCUSED"}
    record = await hub.call(branch, "recordParticipation", OF_RECORD, **told)
    for step, given in (
        ("hearAbsence", {"heardOn": "2026-06-10", **said("statement")}),
        ("disputeParticipation", said("reason")),
        ("answerDispute", {**said("answer"), "attendance": "PRESENT"}),
        ("correctParticipation", {**said("reason"), "attendance": "LATE"}),
    ):
        which = {"participationId": record["id"], "version": record["version"]}
        record = await hub.call(branch, step, OF_RECORD, **which, **given)
        assert "version" in record, (step, record)
    await hub.call(branch, "reportParticipation", memberId=member, **day, **said("remark", "evidenceReference"))
    exempt = {"memberId": member, "reason": "OTHER", "startsOn": "2026-06-01", **said("note")}
    assert (await hub.call(branch, "grantExemption", **exempt))["__typename"] == "Exemption"
    contact = {"memberId": member, "on": "2026-06-20", "manner": "PHONE", "isTwoWay": True, **said("note")}
    assert (await hub.call(branch, "recordContact", **contact))["__typename"] == "Member"
    period = {"memberId": member, "fromOn": "2026-06-01", "toOn": "2026-06-30", **said("question")}
    asked = await hub.call(
        branch, "openInquiry", "... on Inquiry { id }", **period, inflowOrganizationId=place["organizationId"]
    )
    answered = await hub.call(street, "answerInquiry", inquiryId=asked["id"], version=1, **said("answer"))
    assert answered["__typename"] == "Inquiry"


async def provoke(hub: Hub, engine: AsyncEngine, tree: dict[str, UUID], branch: str, liaison: str) -> None:
    """What is refused, what is faulty, and what breaks down where the database quotes the row or the parameters."""
    await hub.call(branch, "findByNumber", kind="CITIZEN_ID", number=CITIZEN_ID, reason=" ")
    nothing = {"participationId": gid(TypeNumber.PARTICIPATION, uuid4()), "version": 1}
    await hub.call(branch, "disputeParticipation", **nothing, **said("reason"))
    await hub.call(branch, "correctParticipation", **nothing, **said("reason", "remark"), minutes=CANARIES["remark"])
    await hub.call(branch, "amendStatement", liaisonId=liaison, version=99, outflow=said("remark"))
    again = {
        "organizationId": gid(TypeNumber.ORGANIZATION, tree["YL0101"]),
        "category": "FULL",
        "joinedOn": "2015",
        **said("name", "citizenId"),
    }
    await hub.call(branch, "registerMember", **again)
    await hub.call(branch, "registerMember", **{**again, "joinedOn": CANARIES["name"], "category": CANARIES["name"]})
    await hub.ask(branch, f'{{ arrivals(name: "{CANARIES["name"]}" {CITIZEN_ID}) {{ nothing }} }}')
    await hub.ask(
        branch, f'{{ arrivals(first: "{CITIZEN_ID}", name: "{CANARIES["name"]}") {{ pageInfo {{ endCursor }} }} }}'
    )
    async with engine.begin() as connection:
        await connection.execute(text("alter table departure add constraint none check (work_unit <> '金丝雀乙公司')"))
        await connection.execute(text("alter table member rename column education to schooling"))
        await connection.execute(text("alter table visit rename column note to remark"))
    await hub.call(branch, "amendStatement", liaisonId=liaison, version=2, outflow={"workUnit": "金丝雀乙公司"})
    await hub.call(branch, "amendStatement", liaisonId=liaison, version=1, outflow={"workUnit": "金丝雀乙公司"})
    await hub.call(branch, "registerMember", **{**again, "citizenId": "330182197707073000"[:17] + "4"})
    await hub.call(
        branch, "recordReturnVisit", liaisonId=liaison, version=2, cameOn="2026-10-02", note=CANARIES["note"]
    )
    await hub.ask(branch, '{ departures(name: "金丝雀") { edges { node { visits { note } member { name } } } } }')
    await hub.client.get(f"/{CANARIES['name']}?number={CITIZEN_ID}", headers={"user-agent": CITIZEN_ID})


def postgres_log(home: Path) -> str:
    return "".join(path.read_text(errors="replace") for path in home.rglob("log") if path.is_file())


async def test_no_canary_leaves_by_the_back_door(hub_home: Path):
    settings = Settings(home=hub_home, postgres_fsync=False)
    async with open_database(settings) as engine:
        async with engine.begin() as connection:
            tree = await a_tree(connection)
        branch = await command(hub_home, "token", "--organization", "YL0101", "--role", "branch")
        street = await command(hub_home, "token", "--organization", "BJ01", "--role", "committee")
        async with served(hub_home) as (address, _process, log):
            hub = Hub(address)
            liaison = await fill(hub, tree, branch, street)
            await provoke(hub, engine, tree, branch, liaison)
            metrics = (await hub.client.get("/metrics")).text
            await hub.client.aclose()
        async with engine.connect() as connection:
            rows = [str(row) for table in TABLES for row in await connection.execute(text(f"select * from {table}"))]
    logged = log.read_text()
    broken = [
        a for a in hub.answers if any(e.get("extensions", {}).get("code") == "UNEXPECTED" for e in a.get("errors", ()))
    ]
    assert len(broken) >= 3, hub.answers
    assert logged.count("unexpected error") >= len(broken)
    assert len(rows) > 8
    haystacks = {
        "logs": logged,
        "PostgreSQL's log": postgres_log(hub_home),
        "metrics": metrics,
        "rows": "\n".join(rows),
        "errors": json.dumps(hub.answers, ensure_ascii=False),
    }
    for name, haystack in haystacks.items():
        for field, canary in CANARIES.items():
            assert canary not in haystack, f"{field} in {name}"
        assert "金丝雀" not in haystack, name
        assert "\\u91d1" not in haystack, name
