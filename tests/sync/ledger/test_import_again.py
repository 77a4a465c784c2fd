"""The same list again, after people have put something right: it does not put back what they corrected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from hub.domain import participation_steps, settlement
from hub.models import Side
from tests.domain.liaisons import number
from tests.domain.lives import do, reported, themselves
from tests.sync.ledger.imports import Hub
from tests.sync.ledger.test_import_rollcall import reports, rollcall, told


async def corrected(hub: Hub, record, _person) -> None:
    await do(hub, participation_steps.correct, record, "BJ01", reason="补交假条", given={"attendance": "SICK_LEAVE"})


async def answered(hub: Hub, record, person) -> None:
    await do(hub, participation_steps.dispute, record, themselves(hub, person), reason="我在场")
    given = {"attendance": "PRESENT"}
    await do(hub, participation_steps.answer_dispute, record, "BJ01", answer="确在", given=given)


async def settled(hub: Hub, _record, person) -> None:
    await reported(hub, person, "2026-09-09", host_id=hub["BJ01"])
    said = {"discrepancy_id": await hub.value("select id from discrepancy"), "version": 1, "take": Side.OUTFLOW}
    said |= {"value": None, "confirmed_on": None}
    await hub.do(settlement.settle, "BJ01", **said, note="照片属实")


@pytest.mark.parametrize(
    ("put_right", "left"), [(corrected, "SICK_LEAVE"), (answered, "PRESENT"), (settled, "PRESENT")]
)
async def test_what_was_put_right_stays_when_the_old_sheet_comes_again(
    hub: Hub, put_right: Callable[..., Awaitable[None]], left: str
) -> None:
    person, _, _ = await hub.pair(which=1)
    sheet = rollcall(("林晓", number(1), "×", "√"))
    await hub.report(sheet, "rollcall", "BJ01")
    record = await hub.value("select id from participation where attendance = 'ABSENT_UNEXCUSED'")
    await put_right(hub, record, person)
    version = await hub.version("participation", record)

    report = await hub.report(sheet, "rollcall", "BJ01")

    assert (report.updated, report.unchanged, told(report.errors)) == (0, 2, [])
    assert told(report.warnings) == [(4, "D", "attendance", "CORRECTED_SINCE")]
    row = await hub.row("participation", record)
    assert (row["attendance"], row["version"]) == (left, version)
    assert await hub.rows("select id from discrepancy where state <> 'SETTLED'") == []


async def test_a_list_that_says_something_new_still_corrects(hub: Hub) -> None:
    await hub.pair(which=1)
    await hub.report(rollcall(("林晓", number(1), "×", "")), "rollcall", "BJ01")
    record = await hub.value("select id from participation")
    await corrected(hub, record, None)
    report = await hub.report(rollcall(("林晓", number(1), "#", "")), "rollcall", "BJ01")
    assert (report.updated, report.warnings) == (1, [])
    assert (await hub.row("participation", record))["attendance"] == "LATE"


async def test_what_a_list_corrected_a_list_may_correct_back(hub: Hub) -> None:
    await hub.pair(which=1)
    for mark in ("×", "√", "×"):
        report = await hub.report(rollcall(("林晓", number(1), mark, "")), "rollcall", "BJ01")
        assert report.warnings == []
    row = await hub.row("participation", await hub.value("select id from participation"))
    assert (row["attendance"], row["version"]) == ("ABSENT_UNEXCUSED", 3)


async def test_an_old_list_of_reports_does_not_put_back_either(hub: Hub) -> None:
    await hub.member(which=1)
    first = reports(("林晓", number(1), "主题党日", "2026-09-09", "市图书馆", "现场", "照片"))
    await hub.report(first, "participation", "YL01")
    record = await hub.value("select id from participation")
    given = {"attendance": "PERSONAL_LEAVE"}
    await do(hub, participation_steps.correct, record, "YL0101", reason="本人说明", given=given)
    report = await hub.report(first, "participation", "YL01")
    assert (report.updated, report.unchanged) == (0, 1)
    assert [problem["code"] for problem in report.warnings] == ["CORRECTED_SINCE"]
    assert (await hub.row("participation", record))["attendance"] == "PERSONAL_LEAVE"
