"""Where a problem of a roll call or a report stands: the column of the field that is wrong, as Excel names it."""

from __future__ import annotations

import pytest

from tests.domain.liaisons import NAMES, number
from tests.sync.ledger.imports import Hub
from tests.sync.ledger.sheets import xlsx


def sheet(title: str, heads: list[str], *rows: list[str], left: int = 0) -> bytes:
    above = [[title], ["党组织：社区党委（代码 BJ0101）"], heads]
    return xlsx(("表", [["", *[""] * (left - 1), *row] if left else row for row in [*above, *rows]]))


def told(found) -> list[tuple]:
    return [(p["row"], p.get("column"), p["field"], p["code"]) for p in found]


async def test_a_refused_line_of_a_roll_call_names_the_column_of_its_field(hub: Hub) -> None:
    await hub.pair(which=1)
    heads = ["序号", "所在党支部", "身份证号", "姓名", "9月9日 党课"]
    report = await hub.report(
        sheet(
            "2026年点名册",
            heads,
            ["1", "", number(1), "", "√"],
            ["2", "", "123", "林晓", "√"],
            ["3", "", number(1), "周宁", "√"],
            ["4", "乌有村党支部", "", "林晓", "√"],
            ["5", "", number(9), "吴江", "√"],
            ["6", "", "", "吴江", "√"],
        ),
        "rollcall",
        "BJ01",
    )
    assert told(report.errors) == [
        (4, "D", "name", "NAME_MISSING"),
        (5, "C", "citizenId", "IDENTITY_LENGTH"),
        (6, "D", "name", "NAME_MISMATCH"),
        (7, "B", "organization", "ORGANIZATION_UNKNOWN"),
        (8, "C", "citizenId", "PERSON_UNKNOWN"),
        (9, "D", "name", "PERSON_UNKNOWN"),
    ]
    assert await hub.count("activity") == await hub.count("participation") == 0


@pytest.mark.parametrize(("heads", "column"), [(["姓名", "身份证号"], "C"), (["姓名", "性别"], "B")])
async def test_a_missing_number_is_one_of_the_numbers_column_or_of_the_names(hub: Hub, heads, column) -> None:
    await hub.arrive(which=1, name="林晓", branch="BJ010101")
    rows = [[*heads, "9月8日 党课", "9月9日 党课"], ["林晓", "", "", "√"]]
    report = await hub.report(sheet("2026年点名册", *rows, left=1), "rollcall", "BJ01")
    assert told(report.warnings) == [(4, column, "citizenId", "IDENTITY_MISSING")]
    assert (report.new, report.errors) == (1, [])


async def test_a_warning_about_a_mark_stays_at_the_mark(hub: Hub) -> None:
    await hub.arrive(which=1, name="林晓", branch="BJ010101", arrived_on="2026-10-01")
    rows = [["姓名", "身份证号", "9月9日 党课（线上）", "9月10日 党课"], ["林晓", number(1), "√", "√"]]
    report = await hub.report(sheet("2026年点名册", *rows), "rollcall", "BJ01")
    assert told(report.warnings) == [(4, "C", "heldOn", "ACTIVITY_OUTSIDE_STAY")]
    assert told(report.errors) == [(4, "D", "heldOn", "ACTIVITY_OUTSIDE_STAY")]


async def test_each_problem_of_reports_names_the_column_of_its_field(hub: Hub) -> None:
    await hub.member(which=1)
    heads = ["活动名称", "学时", "所在党支部", "参加方式", "身份证号码", "姓名", "参加情况", "活动日期"]
    good = ["党课", "2", "", "现场", number(1), "林晓", "到会", "2026-09-09"]
    rows = [
        [value if heads[at] != head else wrong for at, value in enumerate(good)]
        for head, wrong in [
            ("姓名", ""), ("姓名", "周宁"), ("身份证号码", "123"), ("身份证号码", number(9)), ("所在党支部", "乌有村党支部"), ("活动名称", ""),
            ("活动日期", ""), ("活动日期", "2026-12-09"), ("参加情况", "未请假"), ("学时", "很久"), ("学时", "2"),
        ]
    ]  # fmt: skip
    report = await hub.report(xlsx(("自报", [["自报情况"], heads, *rows])), "participation", "YL01")
    assert told(report.errors) == [
        (3, "F", "name", "NAME_MISSING"),
        (4, "F", "name", "NAME_MISMATCH"),
        (5, "E", "citizenId", "IDENTITY_LENGTH"),
        (6, "E", "citizenId", "PERSON_UNKNOWN"),
        (7, "C", "organization", "ORGANIZATION_UNKNOWN"),
        (8, "A", "kind", "ACTIVITY_MISSING"),
        (9, "H", "heldOn", "DATE_INVALID"),
        (10, "H", "heldOn", "DATE_IN_FUTURE"),
        (11, "G", "attendance", "MARK_UNKNOWN"),
        (13, "H", "heldOn", "DUPLICATE_IN_FILE"),
    ]
    assert told(report.warnings) == [(12, "B", "hours", "VALUE_UNREADABLE")]
    assert await hub.count("participation") == 1


async def test_a_report_that_names_another_branch_goes_in_with_a_warning(hub: Hub) -> None:
    person = await hub.member(which=1)
    heads = ["姓名", "身份证号码", "所在党支部", "活动名称", "活动日期"]
    rows = [
        ["林晓", number(1), branch, "党课", f"2026-09-0{day}"]
        for day, branch in enumerate(("", NAMES["YL0101"], NAMES["YL01"], NAMES["BJ010101"]), start=1)
    ]
    sheet = xlsx(("自报", [["自报情况"], heads, *rows]))
    report = await hub.report(sheet, "participation", "YL01")
    assert told(report.warnings) == [(6, "C", "organization", "ORGANIZATION_DIFFERS")]
    assert (report.new, report.errors) == (4, [])
    assert await hub.rows("select distinct member_id from participation") == [{"member_id": person}]
    formal = "select organization_id from affiliation where member_id = :id"
    assert await hub.rows(formal, id=person) == [{"organization_id": hub["YL0101"]}]

    again = await hub.report(sheet, "participation", "YL01")
    assert told(again.warnings) == [(6, "C", "organization", "ORGANIZATION_DIFFERS")]
    assert (again.unchanged, again.errors) == (4, [])
