"""Exculpatory evidence first: every path that records something adverse is shut while evidence about that time is open."""

from __future__ import annotations

import ast
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from hub.domain import appraisal, candidate, contact, inquiry, membership, participation_steps, settlement
from hub.domain.viewer import Viewer
from hub.errors import EvidenceOpen
from hub.models import ContactManner, DecisionKind, DenialCode, Grade, Side
from tests.domain.liaisons import World, a_world
from tests.domain.lives import acknowledged, do, held, marked, reported, themselves
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
    """Another arrival that may be the member; the outflow side has not answered. The job asks none about a member who is
    matched, so this one was asked before: written as it then stood."""
    world = case.world
    came = await world.arrive("BJ02", which=1)
    question = uuid4()
    await execute(
        world,
        "insert into match (id, member_id, arrival_id, asked_organization_id, basis, state, pair_digest, asked_on,"
        " created_at) values (:id, :member, :arrival, :home, 'IDENTITY_NUMBER', 'ASKED', 'x', :day, now())",
        id=question,
        member=case.member,
        arrival=came,
        home=world["YL0101"],
        day=TODAY,
    )

    async def settle() -> None:
        said = {"candidate_id": question, "version": 1, "code": DenialCode.NOT_OUR_MEMBER}
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


async def an_attendance_that_is_told_differently(case: Case) -> Callable[[], Awaitable[Any]]:
    record = await marked(case.world, await held(case.world, held_on="2027-01-09"), case.arrival, "ABSENT_UNEXCUSED")
    await acknowledged(case.world, record)
    await reported(case.world, case.member, "2027-01-09", host_id=case.world["BJ01"])
    (found,) = await case.world.rows("select id from discrepancy")
    said = {"discrepancy_id": found["id"], "version": 1, "take": Side.INFLOW, "value": None, "confirmed_on": None}
    return lambda: case.world.do(settlement.settle, "BJ01", note="签到表上没有", **said)


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
    a_disputed_record: "记录有异议或两边不一致待处理 1 项",
    an_attendance_that_is_told_differently: "记录有异议或两边不一致待处理 1 项",
    an_unanswered_inquiry: "协查函待答复 1 项",
}


# The paths


def a_decision(kind: DecisionKind) -> tuple[Any, dict[str, Any]]:
    return membership.record_decision, {"kind": kind, "decided_on": TODAY, "decided_by": "支部党员大会"}


async def a_correction(connection: Any, *, viewer: Viewer, now: datetime, member_id: UUID) -> Any:
    """The grade of the year, corrected to 不合格."""
    read = text("select id, version from appraisal where member_id = :member")
    row = (await connection.execute(read, {"member": member_id})).one()
    said = {"appraisal_id": row.id, "version": row.version, "grade": Grade.UNQUALIFIED, "reason": "复核"}
    return await appraisal.correct(connection, viewer=viewer, now=now, **said)


PATHS: dict[str, tuple[Any, dict[str, Any]]] = {
    "SUSPENDED": a_decision(DecisionKind.SUSPENDED),
    "REMOVED": a_decision(DecisionKind.REMOVED),
    "CANDIDACY_CANCELLED": a_decision(DecisionKind.CANDIDACY_CANCELLED),
    "LOST": (contact.record_lost, {"found_on": TODAY, "decided_by": "柳河镇党委"}),
    "UNQUALIFIED": (appraisal.record, {"year": 2027, "grade": Grade.UNQUALIFIED, "decided_on": TODAY}),
    "UNQUALIFIED, CORRECTED": (a_correction, {}),
}


@pytest.mark.parametrize("path", list(PATHS))
@pytest.mark.parametrize("opened", list(OPEN), ids=lambda make: make.__name__)
async def test_no_path_passes_while_evidence_is_open(case: Case, path: str, opened) -> None:
    write, said = PATHS[path]
    if path == "CANDIDACY_CANCELLED":
        await execute(case.world, "update member set category = 'PROBATIONARY'")
    if write is a_correction:
        grade = {"member_id": case.member, "year": 2027, "grade": Grade.QUALIFIED, "decided_on": TODAY}
        await case.world.do(appraisal.record, "YL0101", **grade)
    settle = await opened(case)

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
TABLES = {"membership_decision": "MembershipDecision", "lost_finding": "LostFinding", "appraisal": "Appraisal"}
SQL = re.compile(rf"\b(?:insert\s+into|merge\s+into|update|copy)\s+(?:{'|'.join(TABLES)})\b", re.IGNORECASE)
FREE = {"domain.contact.lift_lost": "takes a finding back: to the member's good"}
"""Writers that need no gate, and why. What one function records by kind, of which some are no matter of absence
(EXPELLED, DECEASED, FULL_MEMBERSHIP share `record_decision`), counts as passing it."""


def writes(node: ast.AST) -> bool:
    """Whether a piece of code writes into an adverse table: by SQL, by insert() or update(), or by a copy."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and SQL.search(part.value):
            return True
        if isinstance(part, ast.Call) and part.args:
            called = ast.unparse(part.func).rpartition(".")[2]
            named = {ast.unparse(argument).strip("'").rpartition(".")[2] for argument in part.args}
            if called in {"insert", "update", "copy_rows"} and named & {*TABLES, *TABLES.values()}:
                return True
    return False


def functions(tree: ast.Module) -> dict[str, ast.AST]:
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def calls(node: ast.AST) -> set[str]:
    return {ast.unparse(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)}


def writers(sources: Mapping[str, str]) -> dict[str, bool]:
    """Every function that writes into an adverse table, and whether it passes the gate, itself or by a function beside it."""
    trees = {module: ast.parse(source) for module, source in sources.items()}
    statements: set[str] = set()
    for module, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None and writes(node.value):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                statements |= {f"{module.rpartition('.')[2]}.{ast.unparse(target)}" for target in targets}
    found: dict[str, bool] = {}
    for module, tree in trees.items():
        own, stem = functions(tree), module.rpartition(".")[2]
        gates = {name for name, node in own.items() if "evidence.gate" in calls(node)}
        for name, node in own.items():
            named = {f"{stem}.{part.id}" for part in ast.walk(node) if isinstance(part, ast.Name)}
            named |= {ast.unparse(part) for part in ast.walk(node) if isinstance(part, ast.Attribute)}
            if writes(node) or named & statements:
                found[f"{module}.{name}"] = name in gates or not gates.isdisjoint(calls(node))
    return found


def test_every_writer_of_something_adverse_passes_the_gate() -> None:
    files = [file.relative_to(HUB) for file in HUB.rglob("*.py") if "migrations" not in file.parts]
    found = writers({".".join(f.with_suffix("").parts): (HUB / f).read_text(encoding="utf-8") for f in files})
    assert {"domain.membership.record_decision", "domain.contact.record_lost"} <= set(found)
    assert {"domain.appraisal.record", "domain.appraisal.correct"} <= set(found)
    assert {name for name, passes in found.items() if not passes} == set(FREE)


@pytest.mark.parametrize(
    "planted",
    [
        "async def f(c):\n    await c.execute(text('insert into lost_finding (id) values (1)'))",
        "_SQL: Final = text('update  appraisal set grade = 1')\nasync def f(c):\n    await c.execute(_SQL)",
        "_SQL = text('insert into appraisal (id)')\nasync def f(c):\n    await c.execute(_SQL)",
        "async def f(c):\n    await c.execute(insert(MembershipDecision).values(id=1))",
        "async def f(c):\n    await c.execute(insert(models.Appraisal))",
        "async def f(c):\n    await copy_rows(c, 'membership_decision', (), ())",
        "async def f(c):\n    await c.execute(g._SQL)",
    ],
)
def test_a_writer_that_goes_round_the_gate_is_seen(planted: str) -> None:
    beside = "_SQL = text('insert into lost_finding (id)')"
    assert writers({"sync.planted": planted, "domain.g": beside})["sync.planted.f"] is False


def test_an_opinion_is_no_appraisal() -> None:
    assert writers({"x": "async def f(c):\n    await c.execute(text('insert into appraisal_opinion (id)'))"}) == {}
