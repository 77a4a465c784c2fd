"""Letters: their numbers, how long they are valid, and how they end."""

import asyncio
from datetime import date

import pytest

from hub.domain import letter, transfer
from hub.errors import InvalidInput, LetterNumberTaken, ValidDaysOverCap
from tests.domain.transfers import TODAY, Case, a_case
from tests.factories import a_member, a_viewer


@pytest.fixture
async def case(database):
    return await a_case(database)


async def test_the_letter(case):
    await case.steps("request", "confirm")
    await case.refused(ValidDaysOverCap, "approve", "YL01", valid_days=91)
    await case.refused(InvalidInput, "approve", "YL01", valid_days=0)
    await case.refused(InvalidInput, "approve", "YL01", letter_number=" ")
    await case.refused(InvalidInput, "approve", "YL01", dues_paid_through="2026-13")
    await case.refused(InvalidInput, "approve", "YL01", inflow_organization_id=case["BJ02"])
    await case.step("approve", "YL01", valid_days=90, dues_paid_through="2026-12", letter_number=" 7 ")
    assert await case.rows("select number, year, state, issued_on, valid_days, expires_on from letter") == [
        {
            "number": "7",
            "year": 2026,
            "state": "ISSUED",
            "issued_on": TODAY,
            "valid_days": 90,
            "expires_on": date(2027, 2, 23),
        }
    ]
    async with case.database.begin() as connection:
        other = Case(case.database, case.ids, await a_member(connection, case["YL0102"], dues_paid_through=None))
    await other.request("YL0102")
    await other.step("confirm", "YL0102")
    refused = await other.refused(InvalidInput, "approve", "YL01")
    assert refused.field == "duesPaidThrough"
    dues = {"dues_paid_through": "2026-11"}
    await other.refused(LetterNumberTaken, "approve", "YL01", letter_number="7", **dues)
    await other.step("approve", "YL01", **dues)
    issued = await other.rows("select number, valid_days from letter where transfer_id = :id")
    assert issued == [{"number": "0008", "valid_days": 30}]


async def test_letters_expire_once(case):
    await case.steps("request", "confirm", "approve")

    case.wait(30)
    assert await expire(case) == 0  # the last day counts
    case.wait(1)
    assert await expire(case) == 1
    before = await case.all()
    assert await expire(case) == 0
    assert await case.all() == before
    assert (await case.state(), await case.one("select state from letter")) == ("LETTER_ISSUED", "EXPIRED")
    assert (await case.events())[-1] == "LETTER_EXPIRED"
    versions = await case.rows("select aggregate_version as v from outbox where aggregate_id = :id order by id")
    assert [row["v"] for row in versions] == [1, 2, 3, 3, 4]
    await case.step("reissue_letter", "YL01", reason="逾期")
    assert [row["state"] for row in await case.rows("select state from letter order by number")] == [
        "EXPIRED",
        "ISSUED",
    ]


async def test_two_numbers_at_once(case):
    async with case.database.begin() as connection:
        members = [await a_member(connection, case["YL0102"]) for _ in range(4)]
    cases = [Case(case.database, case.ids, member) for member in members]
    for one in cases:
        await one.request("YL0102")
        await one.step("confirm", "YL0102")
    await asyncio.gather(*(one.step("approve", "YL01") for one in cases))
    numbers = await case.rows("select number from letter order by number")
    assert [row["number"] for row in numbers] == ["0001", "0002", "0003", "0004"]


async def expire(case):
    async with case.database.begin() as connection:
        return await letter.expire(connection, now=case.now)


async def test_a_letter_that_is_just_being_replaced_does_not_expire(case):
    await case.steps("request", "confirm", "approve")
    case.wait(31)
    async with case.database.begin() as connection:
        await transfer.reissue_letter(
            connection, viewer=a_viewer(case["YL01"]), now=case.now, transfer_id=case.transfer, version=3, reason="逾期"
        )
        expiring = asyncio.create_task(expire(case))
        for _ in range(1000):
            if await waiting(case):
                break
            await asyncio.sleep(0.01)
    assert await expiring == 0
    letters = await case.rows("select state from letter order by number")
    assert [row["state"] for row in letters] == ["VOID", "ISSUED"]
    assert (await case.events())[-1] == "LETTER_REISSUED"


async def waiting(case):
    return await case.one(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    )
