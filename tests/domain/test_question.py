"""Questions that a person answers: asked once, answered by whom they are put to, and without effect of their own."""

from __future__ import annotations

from datetime import date

import pytest

from hub.domain import ending, question
from hub.domain.outcome import Changed
from hub.domain.question import Ask
from hub.domain.viewer import Role
from hub.errors import InvalidInput, NotAllowed, NotFound, ReasonRequired, WrongState
from hub.models import EndReason, Side, TaskKind
from tests.domain.liaisons import TODAY, World, a_vault, a_world, nobody
from tests.domain.transfers import a_case
from tests.factories import a_viewer


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def ask(world: World, left, kind: TaskKind = TaskKind.REMARK, about: str = "RETURNED") -> None:
    command = Ask(kind=kind, side=Side.OUTFLOW, organization_id=world["YL0101"], statement_id=left, about=about)
    async with world.database.begin() as connection:
        await question.ask(connection, now=world.now, questions=[command])


async def answer(world: World, **said) -> Changed:
    found = (await world.rows("select id from question where answered_at is null"))[0]
    usual = {"question_id": found["id"], "answer": "AWAY", "note": None}
    return await world.do(question.complete, "YL0101", **{**usual, **said})


@pytest.mark.parametrize(
    ("kind", "again"),
    [(TaskKind.REMARK, 0), (TaskKind.UNREADABLE, 0), (TaskKind.TRANSFER_ELIGIBLE, 0), (TaskKind.STILL_AWAY, 1)],
)
async def test_an_answer_stands_but_still_away_may_be_asked_each_month(
    world: World, kind: TaskKind, again: int
) -> None:
    left = await world.leave(await world.member())
    await ask(world, left, kind)
    await ask(world, left, kind)
    assert await world.value("select count(*) from question") == 1
    await answer(world, answer=next(iter(question.ANSWERS[kind])), note="已核实")
    await ask(world, left, kind)
    assert await world.value("select count(*) from question where answered_at is null") == again


async def test_two_things_about_one_statement_are_two_questions(world: World) -> None:
    left = await world.leave(await world.member())
    for about in ("RETURNED", "NO_CONTACT", "RETURNED"):
        await ask(world, left, about=about)
    assert await world.value("select count(*) from question") == 2


async def test_an_answer_is_noted_and_changes_no_state(world: World) -> None:
    left = await world.leave(await world.member())
    await ask(world, left)
    before = await world.everything(but=("question",))
    await answer(world, answer="RETURNED", note="回乡定居")
    assert await world.everything(but=("question",)) == before
    found = (await world.rows("select answer, note, answered_by from question"))[0]
    assert tuple(found.values()) == ("RETURNED", "回乡定居", "值班员")


async def test_refused_answers(world: World) -> None:
    left = await world.leave(await world.member())
    await ask(world, left, TaskKind.TRANSFER_ELIGIBLE)
    identifier = await world.value("select id from question")
    said = {"question_id": identifier, "answer": "RETURNING_SOON", "note": "项目将结束"}
    for refusal, who, more in (
        (NotFound, "YL0102", {}),
        (NotFound, "BJ01", {}),
        (NotFound, "YL", {"question_id": nobody()}),
        (InvalidInput, "YL0101", {"answer": " "}),
        (InvalidInput, "YL0101", {"answer": "不转"}),
        (InvalidInput, "YL0101", {"answer": "AWAY"}),
        (ReasonRequired, "YL0101", {"note": None}),
        (ReasonRequired, "YL0101", {"note": " "}),
        (NotAllowed, a_viewer(world["YL0101"], Role.PARTNER), {}),
    ):
        await world.refused(refusal, question.complete, who, **{**said, **more})
    await answer(world, **said)
    await world.refused(WrongState, question.complete, "YL0101", **said)


@pytest.mark.parametrize("kind", question.ANSWERS)
async def test_each_kind_has_its_answers_and_a_refusal_names_them_in_chinese_first(
    world: World, kind: TaskKind
) -> None:
    left = await world.leave(await world.member())
    for number, permitted in enumerate(question.ANSWERS[kind]):
        await ask(world, left, kind, about=str(number))
        found = (await world.rows("select id from question where answered_at is null"))[0]["id"]
        wrong = {"question_id": found, "answer": "CLOSED", "note": "项目将结束"}
        refusal = await world.refused(InvalidInput, question.complete, "YL0101", **wrong)
        assert (refusal.field, refusal.message.partition(" ")[0]) == ("answer", FIRST_WORDS[kind])
        assert refusal.message.endswith(f"Answer one of: {', '.join(question.ANSWERS[kind])}.")
        await answer(world, answer=permitted, note="项目将结束")
    answered = await world.rows("select answer from question order by about")
    assert [row["answer"] for row in answered] == list(question.ANSWERS[kind])


FIRST_WORDS = {
    TaskKind.STILL_AWAY: "请答以下之一：仍在外",
    TaskKind.REMARK: "请答以下之一：仍在外",
    TaskKind.UNREADABLE: "请答以下之一：已补填",
    TaskKind.TRANSFER_ELIGIBLE: "请答以下之一：不符合条件",
}


async def test_what_is_open_about_an_ended_liaison_is_closed(world: World) -> None:
    left = await world.leave(await world.member())
    await ask(world, left)
    over = {
        "reason": EndReason.RETURNED,
        "ended_on": TODAY,
        "letter_number": None,
        "note": None,
        "next_statement": None,
    }
    await world.do(ending.end, "YL0101", liaison_id=left, version=1, **over)
    found = (await world.rows("select answer, answered_by from question"))[0]
    assert tuple(found.values()) == ("CLOSED", "值班员")


async def test_a_request_answers_whether_to_transfer(database) -> None:
    case = await a_case(database)
    world = World(database, case.ids, a_vault())
    left = await world.leave(case.member)
    await ask(world, left, TaskKind.TRANSFER_ELIGIBLE)
    await case.request()
    async with world.database.begin() as connection:
        assert await question.ask_eligible(connection, now=world.now) == 0
    assert await world.value("select answer from question") == "REQUESTED"
    assert await world.value("select due_on from question") == date(2026, 12, 10)
