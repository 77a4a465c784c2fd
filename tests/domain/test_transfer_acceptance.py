"""Accepting: the checklist, the branch, and on which letter and day it counts."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from hub.errors import (
    BranchRequired,
    ChecklistIncomplete,
    InvalidInput,
    LetterExpired,
    NotFound,
    NotInForce,
    OrganizationClosed,
    SameOrganization,
)
from tests.domain.transfers import CHECKLIST, TODAY, a_case


@pytest.fixture
async def case(database):
    case = await a_case(database)
    await case.steps("request", "confirm")
    await case.step("approve", "YL01", letter_number="第1号", valid_days=10)
    return case


@pytest.mark.parametrize("missing", CHECKLIST)
async def test_the_checklist_of_three(case, missing):
    case.wait(3)
    field = {"phoned_on": "phonedOn", "unit_looked_up_on": "unitLookedUpOn", "talked_on": "talkedOn"}[missing]
    refused = await case.refused(ChecklistIncomplete, "accept", "BJ01", **{missing: None})
    assert refused.field == field
    late = {"accepted_on": TODAY, **dict.fromkeys(CHECKLIST, TODAY), missing: TODAY + timedelta(days=1)}
    refused = await case.refused(InvalidInput, "accept", "BJ01", **late)
    assert refused.field == field


async def test_the_branch(case):
    for branch in ("BJ01", "BJ0101", "BJ0201", "YL0102"):
        await case.refused(BranchRequired, "accept", "BJ01", branch_id=case[branch])
    await case.refused(NotFound, "accept", "BJ01", branch_id=case.member)
    async with case.database.begin() as connection:
        await connection.execute(text("update organization set closed_on = '2026-01-01' where code = 'BJ010102'"))
    await case.refused(OrganizationClosed, "accept", "BJ01", branch_id=case["BJ010102"])
    await case.step("accept", "BJ01", branch_id=case["BJ010201"])  # any branch below, not only the one named
    assert await case.holder() == "BJ010201"


async def test_a_branch_of_the_issuer_itself(database):
    case = await a_case(database, branch="YL0101")
    await case.request(to="YL")
    await case.step("confirm", "YL0101")
    await case.step("approve", "YL01")
    await case.refused(SameOrganization, "accept", "YL", branch_id=case["YL0102"])
    await case.step("accept", "YL", branch_id=case["YL0201"])  # a superior of both sides acts for either
    await case.step("return_receipt", "YL")
    await case.step("close", "YL")
    assert await case.holder() == "YL0201"


@pytest.mark.parametrize(("days", "refusal"), [(-1, LetterExpired), (0, None), (10, None), (11, LetterExpired)])
async def test_within_the_validity(case, days, refusal):
    case.wait(40)  # entered late, also after the letter's end: the day of acceptance counts
    on = TODAY + timedelta(days=days)
    if refusal:
        await case.refused(refusal, "accept", "BJ01", accepted_on=on)
    else:
        await case.step("accept", "BJ01", accepted_on=on)
        assert (await case.row())["accepted_on"] == on


async def test_not_in_the_future(case):
    refused = await case.refused(InvalidInput, "accept", "BJ01", accepted_on=TODAY + timedelta(days=1))
    assert refused.field == "acceptedOn"


async def test_after_the_start_of_the_present_link(database):
    case = await a_case(database, joined_on=TODAY.isoformat())
    await case.steps("request", "confirm", "approve")
    await case.refused(InvalidInput, "accept", "BJ01")
    case.wait(1)
    await case.step("accept", "BJ01")


async def test_a_replaced_letter_serves_within_its_own_validity(case):
    case.wait(20)
    await case.step("reissue_letter", "YL01", letter_number="第2号")
    await case.refused(LetterExpired, "accept", "BJ01", accepted_on=TODAY + timedelta(days=10))
    await case.refused(LetterExpired, "accept", "BJ01", letter_number="第1号")
    await case.refused(InvalidInput, "accept", "BJ01", letter_number="第3号")
    await case.step("accept", "BJ01", accepted_on=TODAY + timedelta(days=10), letter_number="第1号")
    letters = await case.rows("select number, state, void_reason is not null as why from letter order by number")
    assert [tuple(row.values()) for row in letters] == [("第1号", "USED", False), ("第2号", "VOID", True)]
    assert await case.one("select count(*) from letter where replaces_id is not null") == 1


async def test_a_letter_from_before_a_return_does_not_serve(case):
    await case.step("return_", "BJ01")
    case.wait(1)
    await case.step("confirm", "YL0101")
    await case.step("approve", "YL01", letter_number="第2号")
    await case.refused(InvalidInput, "accept", "BJ01", letter_number="第1号")
    await case.step("accept", "BJ01")
    assert await case.rows("select number from letter where state = 'USED'") == [{"number": "第2号"}]


async def test_membership_in_force(case):
    async with case.database.begin() as connection:
        await connection.execute(
            text(
                "with d as (insert into membership_decision (id, member_id, kind, decided_on, decided_by, recorded_at,"
                " recorded_by) values (gen_random_uuid(), :m, 'DECEASED', :on, '', now(), '') returning id)"
                " update affiliation set ends = :on, ended_by = d.id from d where member_id = :m"
            ),
            {"m": case.member, "on": date(2026, 11, 1)},
        )
    await case.refused(NotInForce, "accept", "BJ01")


async def test_the_receipt_once(case):
    await case.step("accept", "BJ01")
    await case.step("return_receipt", "BJ01")
    row = await case.row()
    assert (row["receipt_returned_on"], row["receipt_returned_by"]) == (TODAY, "值班员")
    assert await case.one("select count(*) from transfer_step where kind = 'RECEIPT_RETURNED'") == 1
