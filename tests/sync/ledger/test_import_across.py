"""People across on a hub: the same again changes nothing, problems stand where they are, what is refused imports once put right."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from hub.sync.ledger.refused import write_refused
from tests.domain.liaisons import number
from tests.sync.ledger.imports import Hub, problems
from tests.sync.ledger.sheets import xlsx

UNTOUCHED = ("import_run", "feed", "feed_audience", "feed_head", "outbox")


@pytest.fixture
async def hub(hub: Hub) -> Hub:
    await hub.arrive(which=1, name="林晓", branch="BJ010101")
    await hub.arrive(which=2, name="周宁", branch="BJ010101")
    return hub


def across(*rows, people=("林晓", "周宁"), numbers=()) -> bytes:
    above = [["2026年考勤表"], ["党组织：社区党委（代码 BJ0101）"], ["序号", "日期", "活动内容", *people]]
    return xlsx(("考勤", [*above, *([["", "身份证号", "", *numbers]] if numbers else []), *rows]))


def told(found) -> list[tuple]:
    return [(p["row"], p.get("column"), p["field"], p["code"]) for p in found]


async def records(hub: Hub) -> list[tuple]:
    rows = await hub.rows(
        "select a.name, p.held_on, p.kind, p.attendance, p.mode from participation p join arrival a on a.id = p.arrival_id"
        " order by p.day, a.name"
    )
    return [tuple(row.values()) for row in rows]


MARKS = [
    [1, "9月9日", "主题党日", "√", "△"],
    [2, "9月23日", "党课（线上）", "", "√"],
    [3, "10月9日", "主题党日", "×", "补学"],
]
WRITTEN = [
    ("周宁", "2026-09-09", "THEME_DAY", "PERSONAL_LEAVE", "ON_SITE"),
    ("林晓", "2026-09-09", "THEME_DAY", "PRESENT", "ON_SITE"),
    ("周宁", "2026-09-23", "PARTY_LECTURE", "PRESENT", "ONLINE"),
    ("周宁", "2026-10-09", "THEME_DAY", "PRESENT", "SELF_STUDY"),
    ("林晓", "2026-10-09", "THEME_DAY", "ABSENT_UNEXCUSED", "ON_SITE"),
]


async def test_people_across_go_in_once(hub: Hub) -> None:
    sheet = across(*MARKS, ["", "合计", "", 1, 3], numbers=(number(1), number(2)))
    first = await hub.report(sheet, "rollcall", "BJ01")
    assert (first.rows, first.accepted, first.new, first.errors, first.warnings) == (2, 5, 5, [], [])
    assert sorted(await records(hub)) == sorted(WRITTEN)

    before = await hub.everything(but=UNTOUCHED)
    again = await hub.report(sheet, "rollcall", "BJ01")
    assert (again.new, again.updated, again.unchanged) == (0, 0, 5)
    assert await hub.everything(but=UNTOUCHED) == before


async def test_a_list_of_people_down_says_the_same(hub: Hub) -> None:
    await hub.report(across(*MARKS), "rollcall", "BJ01")
    heads = ["姓名", "9月9日 主题党日", "9月23日 党课（线上）", "10月9日 主题党日"]
    rows = [heads, ["林晓", "√", "", "×"], ["周宁", "△", "√", "补学"]]
    down = xlsx(("点名", [["2026年点名册"], ["党组织：社区党委（代码 BJ0101）"], *rows]))
    report = await hub.report(down, "rollcall", "BJ01")
    assert (report.new, report.updated, report.unchanged) == (0, 0, 5)


async def test_each_problem_stands_in_its_own_cell(hub: Hub) -> None:
    rows = [
        [1, "9月9日", "主题党日", "√", "?", "√"],
        [2, "12月9日", "党课", "", "√", ""],
        [3, "2月30日", "党课", "√", "", ""],
    ]
    people = ("林晓", "周宁", "吴江")
    report = await hub.report(across(*rows, people=people, numbers=(number(1), "", number(9))), "rollcall", "BJ01")
    assert told(report.errors) == [
        (7, "B", "heldOn", "DATE_INVALID"),
        (5, "E", "attendance", "MARK_UNKNOWN"),
        (6, "E", "heldOn", "DATE_IN_FUTURE"),
        (4, "F", "citizenId", "PERSON_UNKNOWN"),
    ]
    assert await records(hub) == [("林晓", "2026-09-09", "THEME_DAY", "PRESENT", "ON_SITE")]


async def test_a_missing_number_and_an_unknown_name_stand_at_the_name(hub: Hub) -> None:
    report = await hub.report(across([*MARKS[0][:4], "√", "√"], people=("林晓", "周宁", "吴江")), "rollcall", "BJ01")
    assert told(report.errors) == [(3, "F", "name", "PERSON_UNKNOWN")]
    assert told(report.warnings) == [
        (3, "D", "citizenId", "IDENTITY_MISSING"),
        (3, "E", "citizenId", "IDENTITY_MISSING"),
    ]


async def test_what_is_refused_is_written_as_it_was_drawn_and_imports_once_put_right(hub: Hub) -> None:
    rows = [[1, "9月9日", "主题党日", "√", "?"], [2, "9月23日", "党课", "√", "√"], [3, "2月30日", "党课", "√", "√"]]
    made, report = await hub.apply(across(*rows, numbers=(number(1), number(2))), "rollcall", "BJ01")
    assert problems(report.errors) == [(7, "heldOn", "DATE_INVALID"), (5, "attendance", "MARK_UNKNOWN")]

    book = load_workbook(io.BytesIO(write_refused(made.refused())))
    sheet = book.active
    written = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert written[:4] == [
        ["2026年考勤表", *[""] * 6],
        ["党组织:社区党委(代码 BJ0101)", *[""] * 6],
        ["序号", "日期", "活动内容", "林晓", "周宁", "", ""],
        ["", "身份证号", "", number(1), number(2), "退回原因", "原行号"],
    ]
    assert [(row[1], row[3], row[4], row[6]) for row in written[4:]] == [
        ("9月9日", "√", "?", "5"), ("2月30日", "√", "√", "7"),
    ]  # fmt: skip

    sheet["E5"], sheet["B6"] = "#", "2月28日"
    buffer = io.BytesIO()
    book.save(buffer)
    again = await hub.report(buffer.getvalue(), "rollcall", "BJ01")
    assert (again.new, again.unchanged) == (1, 1)
    assert problems(again.errors) == [(6, "heldOn", "ACTIVITY_OUTSIDE_STAY")] * 2
