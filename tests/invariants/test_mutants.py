"""Each invariant can be broken, and then the checker says so: a check that cannot fail proves nothing."""

from __future__ import annotations

import inspect
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hub.domain import candidate, departure, discrepancy, ending, inbox, match, organization, transfer
from hub.domain.organization import RegisterOrganization
from hub.models import DenialCode, EndReason
from tests.domain.liaisons import OPERATOR, TODAY, World, a_world
from tests.invariants.checks import CHECKS, PAGING, broken

# Two liaisons, one open transfer; what follows writes past the domain, as a faulty version of it would.
A_COPY = """
    insert into {table} select (jsonb_populate_record(t, '{changes}'::jsonb)).* from {table} t
     where t.id = (select id from {table} order by id limit 1)
"""
NEW = '{{"id": "00000000-0000-7000-8000-00000000000{n}"{more}}}'
BY_A_CONSTRAINT = {
    "one organization at every instant": (
        "alter table affiliation drop constraint is_followed_by_a_link",
        "update affiliation set ends = date '2020-01-01' where member_id = (select id from member order by id limit 1)",
    ),
    "one open departure per member": (
        "drop index one_open_departure",
        A_COPY.format(table="departure", changes=NEW.format(n=1, more="")),
    ),
    "one confirmed match per departure": (
        "drop index one_match_per_departure",
        A_COPY.format(table="match", changes=NEW.format(n=2, more=', "ended_at": "2026-11-25T00:00:00Z"')),
    ),
    "one live match per arrival": (
        "drop index one_live_match_per_arrival",
        "update match set arrival_id = (select arrival_id from match order by id limit 1)",
    ),
    "one open transfer per member": (
        "drop index one_open_transfer",
        A_COPY.format(table="transfer", changes=NEW.format(n=3, more="")),
    ),
}


@pytest.fixture
async def world(database) -> World:
    made = await a_world(database)
    person, _, _ = await made.pair(1, "甲", work_unit="江北重工")
    await made.pair(2, "乙")
    said = {"member_id": person, "inflow_organization_id": made["BJ01"], "applied_on": TODAY, "reason": "长期在外"}
    await made.do(transfer.request, "YL0101", **said)
    return made


async def told(world: World) -> dict[str, int]:
    async with world.database.connect() as connection:
        return await broken(connection)


async def execute(world: World, statement: str) -> None:
    async with world.database.begin() as connection:
        await connection.execute(text(statement))


@pytest.mark.parametrize("invariant", list(BY_A_CONSTRAINT))
async def test_the_database_refuses_it_and_without_the_constraint_the_checker_sees_it(
    world: World, invariant: str
) -> None:
    constraint, harm = BY_A_CONSTRAINT[invariant]
    assert await told(world) == {}
    with pytest.raises(IntegrityError):
        await execute(world, harm)
    assert await told(world) == {}
    await execute(world, constraint)
    await execute(world, harm)
    assert invariant in await told(world)


def mutate(monkeypatch: pytest.MonkeyPatch, module: Any, function: str, old: str, new: str) -> None:
    """Replace one thing in a function of the domain."""
    source = inspect.getsource(getattr(module, function))
    assert source.count(old) == 1, f"{module.__name__}.{function} no longer says {old!r}"
    made: dict[str, Any] = {}
    exec(
        compile(source.replace(old, new), module.__file__, "exec", dont_inherit=True, flags=0x1000000),
        vars(module),
        made,
    )
    monkeypatch.setattr(module, function, made[function])


async def nothing(*_: Any, **__: Any) -> None:
    pass


async def end(world: World) -> None:
    left = await world.value("select departure_id from match order by departure_id limit 1")
    said = {
        "letter_number": None,
        "note": None,
        "next_statement": None,
        "ended_on": TODAY,
        "reason": EndReason.RETURNED,
    }
    await world.do(ending.end, "YL", liaison_id=left, version=await world.version("departure", left), **said)


async def undo(world: World) -> None:
    row = (
        await world.rows(
            "select d.id, d.version from departure d join member m on m.id = d.member_id where m.name = '甲'"
        )
    )[0]
    await world.do(candidate.undo, "YL", liaison_id=row["id"], version=row["version"], reason="同名")


async def differ_and_undo(world: World) -> None:
    came = await world.value("select id from arrival where name = '甲'")
    await world.say_inflow(came, work_unit="新港物流")
    await undo(world)


async def move(world: World) -> None:
    row = await world.row("organization", world["BJ0101"])
    command = RegisterOrganization(
        id=row["id"], system="local", code="BJ0101", name=row["name"], parent_id=world["BJ02"]
    )
    await world.do(organization.register, OPERATOR, commands=[command])


async def deny(world: World) -> None:
    await world.member(which=7, name="丙")
    came = await world.arrive(which=7, name="丙")
    await world.ask()
    await world.answer(candidate.deny, came, code=DenialCode.NOT_OUR_MEMBER, note=None)


async def visit(world: World) -> None:
    left = await world.value("select departure_id from match order by departure_id limit 1")
    version = await world.version("departure", left)
    said = {"came_on": TODAY - timedelta(days=1), "left_on": None, "met_on": None, "note": None}
    await world.do(ending.record_visit, "YL", liaison_id=left, version=version, **said)


async def depart(world: World) -> None:
    await world.leave(await world.member(which=8, name="丁"), inflow_organization_id=world["BJ02"])


BY_A_RULE = {
    "a match ends with its departure": (match, "end", "ended_at = :now, ", "", end),
    "nothing is open between statements that are not one liaison": (
        discrepancy, "_settle_all", "if not rows:", "if rows or not rows:", differ_and_undo,
    ),
    "the closure is the tree": (organization, "_rebuild_closure", "if not moved:", "if moved:", move),
    "a denial that the other side sees was to a registrar who was named": (
        candidate, "deny", "    if named:\n        events.append", "    if True:\n        events.append", deny,
    ),
    "versions of each record ascend in its events": (
        ending, "record_visit", 'seen = {**row, "version": row["version"] + 1}', 'seen = {**row, "version": 0}', visit,
    ),
    "no event reaches a side that could never see its record": (
        departure, "event", 'audience=[row["organization_id"], ', 'audience=[row["organization_id"], row["named_organization_id"], ', depart,
    ),
    PAGING: (inbox, "restate", "    if ids:", "    if not ids:", undo),
}  # fmt: skip


@pytest.mark.parametrize("invariant", list(BY_A_RULE))
async def test_a_rule_that_is_left_out_is_seen(world: World, monkeypatch: pytest.MonkeyPatch, invariant: str) -> None:
    module, function, old, new, act = BY_A_RULE[invariant]
    mutate(monkeypatch, module, function, old, new)
    await act(world)
    assert invariant in await told(world)


@pytest.mark.parametrize("invariant", list(BY_A_RULE))
async def test_with_the_rule_it_holds(world: World, invariant: str) -> None:
    await BY_A_RULE[invariant][-1](world)
    assert await told(world) == {}


def test_every_invariant_has_its_mutant() -> None:
    assert {*BY_A_CONSTRAINT, *BY_A_RULE} == {*CHECKS, PAGING}
    assert len(CHECKS) + 1 >= 10
