"""An acceptance in time that is told after the withdrawal: a case for both, never a second holder (domain 0.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub import errors
from hub.domain import task
from hub.domain.dates import today
from hub.models import TaskKind
from tests.domain.transfers import TODAY, Case, a_case
from tests.factories import a_viewer

WITHDRAWN_ON = TODAY + timedelta(days=16)


@pytest.fixture
async def case(database) -> Case:
    """A transfer that was withdrawn, 16 days after the question, over the acceptor's silence; it is the day after."""
    case = await a_case(database)
    await case.steps("request", "confirm", "approve")
    case.wait(1)
    await case.step("withdraw", "YL0101", reason="MEMBERS_WISH")
    case.wait(16)
    await case.step("withdraw", "YL0101", reason="MEMBERS_WISH")
    case.wait(1)
    return case


async def cases(case: Case, who: str) -> list[tuple[str, str, int]]:
    codes = {key: code for code, key in case.ids.items()}
    async with case.database.connect() as connection:
        found = await task.page(
            connection, a_viewer(case[who]), now=case.now, organization=case[who], kinds=[TaskKind.LATE_ACCEPTANCE]
        )
    assert {one.object_id for one in found} <= {case.transfer}
    return [(one.turn, codes[one.organization_id], (one.due_on - today(case.now)).days) for one in found]


async def test_it_is_noted_and_moves_nobody(case: Case) -> None:
    before = await case.row()
    await case.step("accept", "BJ01", accepted_on=TODAY + timedelta(days=5), note="当日已接收")
    row = await case.row()
    changed = {column for column in row if row[column] != before[column]}
    assert changed == {"version", "updated_at", "late_accepted_on"}
    assert (row["state"], row["late_accepted_on"]) == ("WITHDRAWN", TODAY + timedelta(days=5))
    assert (await case.holder(), await case.one("select state from letter")) == ("YL0101", "VOID")
    assert (await case.events())[-2:] == ["TRANSFER_WITHDRAWN", "LATE_ACCEPTANCE_RECORDED"]
    last = (await case.rows("select kind, organization_id, by, note from transfer_step order by number desc limit 1"))[
        0
    ]
    assert tuple(last.values()) == ("LATE_ACCEPTANCE_RECORDED", case["BJ01"], "值班员", "当日已接收")
    told = (await case.rows("select audience from outbox order by id desc limit 1"))[0]["audience"]
    assert {case["YL01"], case["BJ01"]} <= set(told)


async def test_both_committees_have_it_until_it_is_settled(case: Case) -> None:
    assert (await cases(case, "YL01"), await cases(case, "BJ01")) == ([], [])
    await case.step("accept", "BJ01", accepted_on=TODAY)
    outflow, inflow = ("OUTFLOW", "YL01", 15), ("INFLOW", "BJ01", 15)
    assert (await cases(case, "YL01"), await cases(case, "BJ01")) == ([outflow], [inflow])
    assert (await cases(case, "YL0101"), await cases(case, "BJ02")) == ([], [])
    await case.refused(errors.ReasonRequired, "close", "YL01", note=" ")
    await case.refused(errors.WrongSide, "close", "BJ01", note="不认可")
    await case.step("close", "YL01", note="双方商定：撤回有效")
    assert (await cases(case, "YL01"), await cases(case, "BJ01")) == ([], [])
    assert (await case.row())["late_settled_on"] == today(case.now)
    assert (await case.events())[-1] == "LATE_ACCEPTANCE_SETTLED"
    assert (await case.state(), await case.holder()) == ("WITHDRAWN", "YL0101")
    await case.refused(errors.WrongState, "close", "YL01", note="再次")


async def test_another_request_settles_it(case: Case) -> None:
    await case.step("accept", "BJ01", accepted_on=TODAY)
    case.wait(1)
    await case.request()
    assert (await cases(case, "YL01"), await cases(case, "BJ01")) == ([], [])


@pytest.mark.parametrize(
    ("refusal", "who", "said"),
    [
        (errors.WrongState, "BJ01", {"accepted_on": WITHDRAWN_ON + timedelta(days=1)}),
        (errors.LetterExpired, "BJ01", {"accepted_on": TODAY - timedelta(days=1)}),
        (errors.ChecklistIncomplete, "BJ01", {"accepted_on": TODAY, "talked_on": None}),
        (errors.WrongSide, "YL01", {"accepted_on": TODAY}),
        (errors.CannotIssueLetters, "BJ010101", {"accepted_on": TODAY}),
        (errors.NotFound, "BJ02", {"accepted_on": TODAY}),
        (errors.StaleVersion, "BJ01", {"accepted_on": TODAY, "version": 1}),
    ],
)
async def test_what_is_no_acceptance_in_time_leaves_nothing(case: Case, refusal, who, said) -> None:
    await case.refused(refusal, "accept", who, **said)
    assert await cases(case, "BJ01") == []


async def test_it_is_told_once(case: Case) -> None:
    await case.step("accept", "BJ01", accepted_on=TODAY)
    await case.refused(errors.WrongState, "accept", "BJ01", accepted_on=TODAY)


async def test_a_withdrawal_that_was_granted_leaves_no_case(database) -> None:
    case = await a_case(database)
    await case.steps("request", "confirm", "approve")
    await case.step("withdraw", "YL0101", reason="MEMBERS_WISH")
    case.wait(3)
    await case.step("reject", "BJ01")
    assert await case.state() == "WITHDRAWN"
    await case.refused(errors.WrongState, "accept", "BJ01", accepted_on=TODAY)
