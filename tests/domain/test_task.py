"""What waits for whom: each kind comes for the organization that must act, with its day, and goes when its record moves on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from hub.domain import candidate, ending, leaving, question, settlement, task
from hub.domain.task import After
from hub.domain.viewer import Role
from hub.models import DenialCode, EndReason, Side, TaskKind
from hub.sync import reconcile
from tests.domain.liaisons import TODAY, World, a_vault, a_world
from tests.domain.transfers import a_case
from tests.factories import a_viewer

IN_15_DAYS, IN_30_DAYS = date(2026, 12, 10), date(2026, 12, 25)
OUTFLOW, INFLOW = ("YL0101", "YL01", "YL"), ("BJ01", "BJ")
PRIVATE = {"MATCH", "NO_ARRIVAL", "NO_DEPARTURE", "STILL_AWAY", "REMARK", "UNREADABLE", "RETURN_VISIT", "TRANSFER_ELIGIBLE",
           "RETURNED_NOT_CLOSED", "TWO_MEMBERS"}  # fmt: skip


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def told(world: World, who: str, whose: str = "MINE") -> list[tuple]:
    return [
        (t.kind.value, t.turn.value, t.organization_id, t.due_on, t.object_id) for t in await world.tasks(who, whose)
    ]


async def waits(world: World, mine: tuple[str, ...], theirs: tuple[str, ...], *expected: tuple) -> None:
    """See that exactly these tasks wait for some, that others wait for them, and that nobody else hears of them."""
    for who in world.ids:
        assert await told(world, who) == (list(expected) if who in mine else []), who
        assert await told(world, who, "THEIRS") == (list(expected) if who in theirs else []), who


async def end(world: World, left, reason: EndReason = EndReason.RETURNED) -> None:
    version = await world.version("departure", left)
    said = {"ended_on": world.today, "letter_number": None, "note": None, "next_statement": None}
    await world.do(ending.end, "YL0101", liaison_id=left, version=version, reason=reason, **said)


async def test_match(world: World) -> None:
    await world.leave(await world.member(), departed_on="2026-11-20")
    came = await world.arrive(arrived_on="2026-11-20")
    await world.ask()
    asked = await world.question(came)
    await waits(world, OUTFLOW, (), ("MATCH", "OUTFLOW", world["YL0101"], IN_15_DAYS, asked["id"]))
    await world.do(leaving.record_leaving, "BJ01", liaison_id=came, version=1, left_on="2026-11", destination=None)
    await waits(world, (), ())


async def test_denial(world: World) -> None:
    await world.leave(await world.member(), departed_on="2026-11-20", inflow_organization_id=world["BJ01"])
    came = await world.arrive(which=None, arrived_on="2026-11-20", birth_date=date(1980, 3, 15))
    await world.ask()
    await world.answer(candidate.deny, came, code=DenialCode.NOT_AWAY, note=None)
    await waits(world, INFLOW, OUTFLOW, ("DENIAL", "INFLOW", world["BJ01"], IN_15_DAYS, came))
    await world.do(candidate.object_to_denial, "BJ01", liaison_id=came, version=2, reason="已核对")
    assert [row[0] for row in await told(world, "YL")] == ["MATCH"]
    assert await told(world, "BJ") == []


async def test_discrepancy(world: World) -> None:
    _, _, came = await world.pair(work_unit="江北重工")
    await world.say_inflow(came, work_unit="新港物流")
    found = (await world.rows("select * from discrepancy"))[0]
    await waits(world, INFLOW, OUTFLOW, ("DISCREPANCY", "INFLOW", world["BJ01"], IN_30_DAYS, found["id"]))
    await world.say_inflow(came, confirmed_on=TODAY, work_unit="滨江码头")
    await waits(world, OUTFLOW, INFLOW, ("DISCREPANCY", "OUTFLOW", world["YL0101"], IN_30_DAYS, found["id"]))
    keep = {"take": Side.OUTFLOW, "value": None, "confirmed_on": None, "note": None}
    await world.do(settlement.settle, "YL0101", discrepancy_id=found["id"], version=2, **keep)
    await waits(world, (), ())


@pytest.mark.parametrize(
    ("departed_on", "on"),
    [
        ("2026-11-20", date(2026, 12, 20)),
        ("2026-11", date(2026, 12, 30)),
        (None, date(2026, 12, 25)),
        ("2026-03", TODAY),
    ],
)
async def test_no_arrival_and_no_departure(world: World, departed_on, on: date) -> None:
    """From the rule's thirty days on, which run from the last day that an inexact date may mean."""
    left = await world.leave(await world.member(), departed_on=departed_on)
    came = await world.arrive(which=2, name="田禾", arrived_on=departed_on)
    for days in ((on - TODAY).days - 1, 1):
        if days >= 0:
            world.wait(days)
        if world.today < on:
            await waits(world, (), ())
    for who in OUTFLOW:
        assert await told(world, who) == [("NO_ARRIVAL", "OUTFLOW", world["YL0101"], IN_30_DAYS, left)]
    for who in INFLOW:
        assert await told(world, who) == [("NO_DEPARTURE", "INFLOW", world["BJ01"], IN_30_DAYS, came)]
    for who in world.ids:
        assert await told(world, who, "THEIRS") == []
    await end(world, left)
    await world.do(leaving.record_leaving, "BJ01", liaison_id=came, version=1, left_on="2026-11", destination=None)
    await waits(world, (), ())


async def test_no_arrival_goes_with_the_match(world: World) -> None:
    await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    assert await world.kinds_of_tasks("YL0101") == ["NO_ARRIVAL"]
    await world.arrive()
    await waits(world, (), ())


@pytest.mark.parametrize("kind", [TaskKind.STILL_AWAY, TaskKind.REMARK, TaskKind.UNREADABLE])
async def test_questions_wait_for_an_answer(world: World, kind: TaskKind) -> None:
    left = await world.leave(await world.member(), departed_on="2026-11-20")
    ask = question.Ask(kind=kind, side=Side.OUTFLOW, organization_id=world["YL0101"], statement_id=left, about="phone")
    async with world.database.begin() as connection:
        await question.ask(connection, now=world.now, questions=[ask, ask])
    await waits(world, OUTFLOW, (), (kind.value, "OUTFLOW", world["YL0101"], IN_15_DAYS, left))
    identifier = (await world.tasks("YL0101"))[0].id
    await world.do(
        question.complete, "YL0101", question_id=identifier, answer=next(iter(question.ANSWERS[kind])), note=None
    )
    await waits(world, (), ())


async def test_leaving(world: World) -> None:
    _, left, came = await world.pair()
    await world.do(leaving.record_leaving, "BJ01", liaison_id=came, version=1, left_on="2026-11", destination="外省")
    await waits(world, OUTFLOW, INFLOW, ("LEAVING", "OUTFLOW", world["YL0101"], IN_15_DAYS, left))
    await end(world, left)
    await waits(world, (), ())


async def test_return_visit(world: World) -> None:
    _, left, _ = await world.pair()
    said = {"liaison_id": left, "came_on": date(2026, 11, 20), "left_on": None, "note": None}
    await world.do(ending.record_visit, "YL0101", version=2, met_on=None, **said)
    await waits(world, OUTFLOW, (), ("RETURN_VISIT", "OUTFLOW", world["YL0101"], date(2026, 12, 5), left))
    await world.do(ending.record_visit, "YL0101", version=3, met_on=date(2026, 11, 22), **said)
    await waits(world, (), ())


@pytest.mark.parametrize("because", ["expected", "returned", "answered"])
async def test_returned_not_closed(world: World, because: str) -> None:
    said = {"expected_return": "2026-11-24"} if because == "expected" else {}
    _, left, came = await world.pair(**said)
    if because == "returned":
        reason = {"reason": leaving.ReasonCode.NOT_LIVING_HERE, "note": None}
        await world.do(leaving.return_, "BJ01", liaison_id=came, version=1, **reason)
    if because == "answered":
        ask = question.Ask(
            kind=TaskKind.STILL_AWAY, side=Side.OUTFLOW, organization_id=world["YL0101"], statement_id=left
        )
        async with world.database.begin() as connection:
            await question.ask(connection, now=world.now, questions=[ask])
        identifier = (await world.tasks("YL0101"))[0].id
        await world.do(question.complete, "YL0101", question_id=identifier, answer="RETURNED", note=None)
    await waits(world, OUTFLOW, (), ("RETURNED_NOT_CLOSED", "OUTFLOW", world["YL0101"], IN_15_DAYS, left))
    await end(world, left)
    await waits(world, (), ())


@pytest.mark.parametrize(
    ("arrived_on", "eligible"),
    [
        ("2026-05-25", True),
        ("2026-05-26", False),
        ("2026-04", True),
        ("2026-05", False),
        ("2025", False),
        (None, False),
    ],
)
async def test_six_months_at_one_place(world: World, arrived_on, eligible: bool) -> None:
    """A month counts from its last day, since the clock asks something of the member; a year says too little."""
    await world.leave(await world.member(), inflow_organization_id=world["BJ01"])
    await world.arrive(arrived_on=arrived_on, branch="BJ010101")
    for _ in range(2):
        await reconcile.reconcile(world.database, vault=world.vault, now=world.now)
    expected = ["TRANSFER_ELIGIBLE"] if eligible else []
    assert await world.kinds_of_tasks("YL0101") == expected
    assert await world.kinds_of_tasks("BJ") == await world.kinds_of_tasks("BJ", "THEIRS") == []


async def test_a_transfer_step_by_step(database) -> None:
    case = await a_case(database)
    world = World(database, case.ids, a_vault())

    async def kinds(who: str, whose: str = "MINE") -> list[str]:
        return await world.kinds_of_tasks(who, whose)

    await case.request()
    assert (await kinds("YL0101"), await kinds("BJ01", "THEIRS")) == (["TRANSFER_STEP"], ["TRANSFER_STEP"])
    await case.steps("confirm")
    assert (await kinds("YL01"), await kinds("YL0101")) == (["TRANSFER_STEP"], [])
    await case.steps("approve")
    assert (await kinds("BJ01"), await kinds("YL01")) == (["TRANSFER_STEP"], [])
    await case.step("accept", "BJ01")
    assert await kinds("BJ01") == ["NATIONAL_SYSTEM_DATE", "RECEIPT"]
    assert (await kinds("YL01"), await kinds("YL01", "THEIRS")) == (
        ["NATIONAL_SYSTEM_DATE"],
        ["NATIONAL_SYSTEM_DATE", "RECEIPT"],
    )
    await case.step("return_receipt", "BJ01")
    assert await kinds("YL01") == ["NATIONAL_SYSTEM_DATE", "TRANSFER_STEP"]
    await case.step("close", "YL01")
    for who in ("BJ01", "YL01"):
        assert await kinds(who) == ["NATIONAL_SYSTEM_DATE"]
        await case.step("record_national_system_date", who)
    for who in case.ids:
        assert await kinds(who) == await kinds(who, "THEIRS") == []


# Lists


async def a_busy_world(world: World) -> None:
    """Every kind of task that two sides can have, several times."""
    for n in range(1, 5):
        _, left, came = await world.pair(n, f"甲{'一二三四'[n - 1]}", work_unit="江北重工", phone=f"1749000000{n}")
        await world.say_inflow(came, work_unit="新港物流", phone=f"1749000001{n}")
        said = {"came_on": TODAY, "left_on": None, "met_on": None, "note": None}
        await world.do(ending.record_visit, "YL0101", liaison_id=left, version=2, **said)
        if n > 2:
            version = await world.version("arrival", came)
            await world.do(
                leaving.record_leaving, "BJ01", liaison_id=came, version=version, left_on="2026-11", destination=None
            )
    for n in range(11, 14):
        await world.leave(await world.member(which=n, name=f"乙{n}"))
        await world.arrive(which=n + 10, name=f"丙{n}")
        await world.arrive("BJ02", which=n, name=f"乙{n}")
    await world.ask()


async def test_pages_are_the_whole_list_in_order(world: World) -> None:
    await a_busy_world(world)
    for who in ("YL", "YL0101", "BJ", "BJ01"):
        for whose in ("MINE", "THEIRS"):
            whole = await world.tasks(who, whose)
            assert whole == sorted(whole, key=lambda t: (t.due_on, t.kind.value.encode(), t.id.bytes))
            paged: list[task.Task] = []
            while page := await world.tasks(who, whose, first=3, after=after(paged)):
                paged += page
            assert paged == whole
            one_kind = await world.tasks(who, whose, kinds=[TaskKind.DISCREPANCY])
            assert one_kind == [t for t in whole if t.kind is TaskKind.DISCREPANCY]
    assert len(await world.tasks("YL")) == 4 + 2 + 3 + 3


def after(paged: list[task.Task]) -> After | None:
    return After(paged[-1].due_on, paged[-1].kind.value, paged[-1].id) if paged else None


async def test_who_stands_above_both_sides_pages_without_loss(database) -> None:
    """Both dates of one transfer are due on one day: each has a name of its own."""
    case = await a_case(database)
    world = World(database, case.ids, a_vault())
    await case.request(to="YL0201")
    await case.steps("confirm", "approve")
    await case.step("accept", "YL02", branch_id=case["YL0201"])
    await case.step("return_receipt", "YL02")
    await case.step("close", "YL01")
    first = await world.tasks("YL", first=1)
    second = await world.tasks("YL", first=1, after=after(first))
    assert {(t.kind.value, t.turn.value) for t in (*first, *second)} == {
        ("NATIONAL_SYSTEM_DATE", "OUTFLOW"),
        ("NATIONAL_SYSTEM_DATE", "INFLOW"),
    }
    assert await world.tasks("YL", after=after(second)) == []


async def test_theirs_never_tells_of_what_the_other_side_has_to_itself(world: World) -> None:
    await a_busy_world(world)
    for who in world.ids:
        for found in await world.tasks(who, "THEIRS"):
            assert found.kind.value not in PRIVATE
            shared = await world.value(
                "select count(*) from match m join departure d on d.id = m.departure_id join arrival a on a.id = m.arrival_id"
                " left join discrepancy x on x.match_id = m.id where m.state = 'CONFIRMED'"
                " and :object in (d.id, a.id, x.id) and exists (select from organization_closure c where c.ancestor = :who"
                " and c.descendant in (d.organization_id, a.organization_id, a.branch_id))",
                object=found.object_id,
                who=world[who],
            )
            assert shared > 0, (who, found)


async def test_texts_name_nobody(world: World) -> None:
    await a_busy_world(world)
    for who in ("YL", "BJ"):
        for found in [*await world.tasks(who), *await world.tasks(who, "THEIRS")]:
            assert not any(canary in found.text for canary in ("甲", "乙", "丙", "1749", "江北", "新港"))
            assert found.citation


@pytest.mark.parametrize("role", [Role.PARTNER, Role.MEMBER])
async def test_partners_and_members_have_none(world: World, role: Role) -> None:
    person = await world.member()
    await world.leave(person)
    async with world.database.connect() as connection:
        viewer = a_viewer(world["YL"], role, person)
        assert await task.page(connection, viewer, now=world.now, organization=world["YL"]) == []


async def test_a_rule_that_changed_changes_the_day(world: World) -> None:
    await world.leave(await world.member())
    async with world.database.begin() as connection:
        await connection.execute(
            text(
                "insert into deadline_rule (id, code, amount, unit, citation, effective_from)"
                " values (gen_random_uuid(), 'ARRIVAL_EXPECTED', 2, 'MONTH', '新规定', '2026-11-01')"
            )
        )
    assert [(t.due_on, t.citation) for t in await world.tasks("YL0101")] == [(date(2027, 1, 25), "新规定")]
