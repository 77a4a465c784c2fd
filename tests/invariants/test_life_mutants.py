"""Each invariant of organizational life can be broken by leaving out one rule, and then its check says so."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text

from hub.domain import crossing, participation, participation_steps, twin
from hub.domain.participation import RecordParticipation, Told
from hub.errors import Refused
from tests.domain.liaisons import World, a_world
from tests.domain.lives import acknowledged, do, held, marked, reported
from tests.invariants.life_checks import CHECKS, broken
from tests.invariants.test_mutants import mutate, undo


@pytest.fixture
async def world(database) -> World:
    made = await a_world(database)
    await made.pair(1, "甲")
    return made


async def of(world: World) -> tuple[Any, Any]:
    """The member, and the arrival that is matched."""
    (row,) = await world.rows("select member_id, arrival_id from match")
    return row["member_id"], row["arrival_id"]


async def tell_of_another_kind(world: World) -> None:
    person, came = await of(world)
    await marked(world, await held(world), came)
    await reported(world, person, kind="PARTY_LECTURE")


async def note_and_undo(world: World) -> None:
    record = await marked(world, await held(world), (await of(world))[1])
    await acknowledged(world, record)
    await undo(world)


async def hear_and_undo(world: World) -> None:
    record = await marked(world, await held(world), (await of(world))[1], "ABSENT_UNEXCUSED")
    await do(world, participation_steps.hear, record, "YL0101", heard_on=world.today, statement="忘了")
    await undo(world)


async def learn_in_absence(world: World) -> None:
    await tried(world, Told(attendance="ABSENT_UNEXCUSED", minutes=90))


async def vote_away(world: World) -> None:
    told = Told(voted=True)
    command = RecordParticipation(activity_id=await held(world, "YL01"), member_id=(await of(world))[0], told=told)
    await world.do(participation.record, "YL01", commands=[command])


async def tried(world: World, told: Told) -> None:
    command = RecordParticipation(activity_id=await held(world), arrival_id=(await of(world))[1], told=told)
    await world.do(participation.record, "BJ01", commands=[command])


async def differ(world: World) -> Any:
    person, came = await of(world)
    record = await marked(world, await held(world), came, "ABSENT_UNEXCUSED")
    await reported(world, person)
    return record


async def differ_and_agree(world: World) -> None:
    record = await differ(world)
    await do(world, participation_steps.correct, record, "BJ01", reason="漏看", given={"attendance": "PRESENT"})


async def go_elsewhere_at_home(world: World) -> None:
    command = RecordParticipation(
        activity_id=await held(world, "YL01"), member_id=await world.member(which=5), told=Told()
    )
    await world.do(participation.record, "YL01", commands=[command])


async def correct(world: World) -> None:
    record = await marked(world, await held(world), (await of(world))[1])
    await do(world, participation_steps.correct, record, "BJ01", reason="看错", given={"attendance": "LATE"})


LEFT_OUT = {
    "what is told twice is one thing of one person": (twin, "_TWINS", " and h.kind = s.kind", "", tell_of_another_kind),
    "nobody takes note of what is not theirs": (crossing, "_TOUCHED", "state = 'ACKNOWLEDGED' or ", "", note_and_undo),
    "what the home side said goes with the match": (crossing, "_BACK", "heard_on = null, ", "", hear_and_undo),
    "who was absent did nothing there": (
        participation, "unsayable", "told.attendance not in ATTENDED", "False", learn_in_absence,
    ),
    "nobody votes away from home": (
        participation, "_refusal", ' or held["organization_id"] != person["formal_id"]', "", vote_away,
    ),
    "an open difference of attendance is between two that differ": (
        twin, "_compare", 'if row.id is not None and row.state != "SETTLED":', "if False:", differ_and_agree,
    ),
    "what differs in weight is a difference": (twin, "_compare", "weight(row.ours) == weight(row.theirs)", "True", differ),
    "a record is heard of only by those who could see it": (
        participation, "write", 'row["host_id"] if row["arrival_id"] is not None else None', 'row["host_id"]', go_elsewhere_at_home,
    ),
    "each version that said something else is kept": (
        participation_steps, "correct", 'await history.keep(connection, "participation", [record.id])', "pass", correct,
    ),
}  # fmt: skip


@pytest.mark.parametrize("invariant", list(LEFT_OUT))
async def test_a_rule_that_is_left_out_is_seen(world: World, monkeypatch: pytest.MonkeyPatch, invariant: str) -> None:
    module, name, old, new, act = LEFT_OUT[invariant]
    said = getattr(module, name)
    if callable(said):
        mutate(monkeypatch, module, name, old, new)
    else:
        assert str(said).count(old) == 1, f"{module.__name__}.{name} no longer says {old!r}"
        monkeypatch.setattr(module, name, text(str(said).replace(old, new)))
    await act(world)
    assert invariant in await told(world)


@pytest.mark.parametrize("invariant", list(LEFT_OUT))
async def test_with_the_rule_it_holds(world: World, invariant: str) -> None:
    with suppress(Refused):
        await LEFT_OUT[invariant][-1](world)
    assert await told(world) == {}


def test_every_invariant_has_its_mutant() -> None:
    assert set(LEFT_OUT) == set(CHECKS)


async def told(world: World) -> dict[str, int]:
    async with world.database.connect() as connection:
        return await broken(connection)
