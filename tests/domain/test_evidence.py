"""Exculpatory evidence first: every path that records something adverse is shut while evidence about that time is open."""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hub.domain import appraisal, candidate, contact, inquiry, membership, participation_steps
from hub.errors import EvidenceOpen
from hub.models import ContactManner, DecisionKind, DenialCode, Grade
from tests.domain.liaisons import World, a_world
from tests.domain.lives import acknowledged, do, held, marked, themselves
from tests.factories import later

HUB = Path(__file__).parents[2] / "hub"
TODAY = date(2027, 6, 13)
"""200 days after the world begins: more than six months without a sign."""


@dataclass
class Case:
    """A member of YL0101 who lives at BJ01 by a confirmed match, six months on."""

    world: World
    member: UUID
    arrival: UUID


@pytest.fixture
async def case(database) -> Case:
    world = await a_world(database)
    person, _, came = await world.pair()
    world.now = later(200)
    # The search log is complete, and the place was asked once and has answered.
    for manner in (ContactManner.PHONE, ContactManner.FAMILY, ContactManner.ADDRESS):
        await world.do(
            contact.record, "YL0101", member_id=person, on=TODAY, manner=manner, is_two_way=False, is_search=True
        )
    await answered(world, await asked(world, person))
    return Case(world, person, came)


async def asked(world: World, member_id: UUID) -> UUID:
    said = {"member_id": member_id, "from_on": date(2026, 12, 1), "to_on": TODAY}
    return (await world.do(inquiry.ask, "YL0101", **said)).id


async def answered(world: World, inquiry_id: UUID) -> None:
    await world.do(inquiry.answer, "BJ01", inquiry_id=inquiry_id, version=1, answer="没有参加记录")


# What can be open, and how it is settled


async def a_question(case: Case) -> Callable[[], Awaitable[Any]]:
    """Another arrival that may be the member; the outflow side has not answered."""
    world = case.world
    await world.arrive("BJ02", which=1)
    await execute(world, "update match set departure_id = departure_id")
    assert await world.ask() in (0, 1)
    if not await world.rows("select id from match where state = 'ASKED'"):
        await execute(
            world,
            "insert into match (id, member_id, arrival_id, asked_organization_id, basis, state, pair_digest, asked_on,"
            " created_at) select gen_random_uuid(), :member, a.id, :home, 'IDENTITY_NUMBER', 'ASKED', 'x', :day, now()"
            " from arrival a where a.organization_id = :place",
            member=case.member,
            home=world["YL0101"],
            place=world["BJ02"],
            day=TODAY,
        )
    found = (await world.rows("select id, version from match where state = 'ASKED'"))[0]

    async def settle() -> None:
        said = {"candidate_id": found["id"], "version": found["version"], "code": DenialCode.NOT_OUR_MEMBER}
        await world.do(candidate.deny, "YL0101", note=None, **said)

    return settle


async def an_unacknowledged_record(case: Case) -> Callable[[], Awaitable[Any]]:
    day = await held(case.world, held_on="2027-01-09")
    record = await marked(case.world, day, case.arrival, "PERSONAL_LEAVE")
    return lambda: acknowledged(case.world, record)


async def a_disputed_record(case: Case) -> Callable[[], Awaitable[Any]]:
    day = await held(case.world, held_on="2027-01-09")
    record = await marked(case.world, day, case.arrival, "ABSENT_UNEXCUSED")
    await acknowledged(case.world, record)
    await do(case.world, participation_steps.dispute, record, themselves(case.world, case.member), reason="我请了假")
    return lambda: do(case.world, participation_steps.answer_dispute, record, "BJ01", answer="没有请假记录")


async def an_unanswered_inquiry(case: Case) -> Callable[[], Awaitable[Any]]:
    said = {"member_id": case.member, "from_on": date(2027, 1, 1), "to_on": date(2027, 3, 31)}
    identifier = (await case.world.do(inquiry.ask, "YL0101", **said)).id
    return lambda: answered(case.world, identifier)


async def execute(world: World, statement: str, **values: Any) -> None:
    from tests.sync.ledger.imports import execute as run

    await run(world, statement, **values)


OPEN = {
    a_question: "匹配询问待答复 1 项",
    an_unacknowledged_record: "参加记录待确认 1 项",
    a_disputed_record: "记录有异议待答复 1 项",
    an_unanswered_inquiry: "协查函待答复 1 项",
}


# The paths


def a_decision(kind: DecisionKind) -> tuple[Any, dict[str, Any]]:
    return membership.record_decision, {"kind": kind, "decided_on": TODAY, "decided_by": "支部党员大会"}


PATHS: dict[str, tuple[Any, dict[str, Any]]] = {
    "SUSPENDED": a_decision(DecisionKind.SUSPENDED),
    "REMOVED": a_decision(DecisionKind.REMOVED),
    "CANDIDACY_CANCELLED": a_decision(DecisionKind.CANDIDACY_CANCELLED),
    "LOST": (contact.record_lost, {"found_on": TODAY, "decided_by": "柳河镇党委"}),
    "UNQUALIFIED": (appraisal.record, {"year": 2027, "grade": Grade.UNQUALIFIED, "decided_on": TODAY}),
}


@pytest.mark.parametrize("path", list(PATHS))
@pytest.mark.parametrize("opened", list(OPEN), ids=lambda make: make.__name__)
async def test_no_path_passes_while_evidence_is_open(case: Case, path: str, opened) -> None:
    if path == "CANDIDACY_CANCELLED":
        await execute(case.world, "update member set category = 'PROBATIONARY'")
    settle = await opened(case)
    write, said = PATHS[path]

    refusal = await case.world.refused(EvidenceOpen, write, "YL0101", member_id=case.member, **said)

    assert OPEN[opened] in refusal.message
    assert "BJ0" not in refusal.message
    assert "新港" not in refusal.message
    await settle()
    await case.world.do(write, "YL0101", member_id=case.member, **said)


async def test_what_lies_outside_the_period_does_not_stand_in_the_way(case: Case) -> None:
    old = await marked(case.world, await held(case.world, held_on="2026-04-09"), case.arrival, "SICK_LEAVE")
    assert (await case.world.row("participation", old))["state"] == "CONFIRMED"
    write, said = PATHS["LOST"]
    await case.world.do(write, "YL0101", member_id=case.member, **said)


async def test_a_record_of_the_month_of_the_decision_stands_in_the_way(case: Case) -> None:
    await marked(case.world, await held(case.world, held_on="2027-06"), case.arrival, "SICK_LEAVE")
    write, said = PATHS["LOST"]
    await case.world.refused(EvidenceOpen, write, "YL0101", member_id=case.member, **said)


async def test_a_floating_branch_of_the_home_side_suggests_nothing_unqualified(case: Case) -> None:
    await execute(
        case.world, "update organization set kind = 'FLOATING_BRANCH' where id = :id", id=case.world["YL0102"]
    )
    await an_unanswered_inquiry(case)
    said = {"member_id": case.member, "organization_id": case.world["YL0102"], "year": 2027}
    await case.world.refused(EvidenceOpen, appraisal.give_floating_opinion, "YL01", grade=Grade.UNQUALIFIED, **said)
    await case.world.do(appraisal.give_floating_opinion, "YL01", grade=Grade.QUALIFIED, **said)


async def test_discipline_and_death_are_no_matter_of_absence(case: Case) -> None:
    await an_unanswered_inquiry(case)
    write, said = a_decision(DecisionKind.EXPELLED)
    await case.world.do(write, "YL0101", member_id=case.member, **said)


# Whoever writes one of these has to pass the gate.
ADVERSE = ("membership_decision", "MembershipDecision", "lost_finding", "LostFinding", "appraisal", "Appraisal")


def writes(source: str) -> bool:
    marks = ("insert into {} ", "insert({})", "update {} set grade")
    return any(mark.format(word) in source for word in ADVERSE for mark in marks)


def writers() -> dict[str, set[str]]:
    """Every function of the domain that inserts into an adverse table, with the functions that it calls."""
    found: dict[str, set[str]] = {}
    for file in sorted((HUB / "domain").glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        constants = {
            ast.unparse(node.target)
            for node in tree.body
            if isinstance(node, ast.AnnAssign) and node.value is not None and writes(ast.unparse(node.value))
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                source = ast.unparse(node)
                named = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
                if writes(source) or named & constants:
                    found[f"{file.stem}.{node.name}"] = {
                        ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)
                    }
    return found


def test_every_writer_of_something_adverse_passes_the_gate() -> None:
    found = writers()
    assert set(found) == {
        "membership.record_decision",
        "contact.record_lost",
        "appraisal.record",
        "appraisal.correct",
    }
    for name, calls in found.items():
        assert calls & {"evidence.gate", "_let_evidence_speak"}, name


def test_nothing_outside_the_domain_writes_something_adverse() -> None:
    for file in HUB.rglob("*.py"):
        if "domain" not in file.parts and "versions" not in file.parts:
            assert not writes(file.read_text(encoding="utf-8")), file
