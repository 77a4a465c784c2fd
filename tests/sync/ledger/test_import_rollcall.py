"""Roll calls and reports on a hub: whose mark it is, what is refused by itself, again, corrected, told twice."""

from __future__ import annotations

import json

import pytest

from hub.domain import candidate, participation_steps
from tests.domain.liaisons import NOW, World, a_vault, number
from tests.domain.lives import do, held, themselves
from tests.sync.ledger.imports import LEDGERS, Hub, execute, the_sample
from tests.sync.ledger.sheets import xlsx

SAMPLE = ("outflow.xlsx", "outflow-old-export.csv", "inflow.xlsx")


def rollcall(*rows, days=("9月9日 主题党日", "10月18日集中培训"), above="BJ0101", year="2026年") -> bytes:
    heads = ["序号", "姓名", "身份证号", *days]
    lines = [[n, *row] for n, row in enumerate(rows, start=1)]
    return xlsx(("点名", [["点名册"], [f"党组织：社区党委（代码 {above}）  {year}"], heads, *lines]))


def reports(*rows) -> bytes:
    return xlsx(
        (
            "自报",
            [
                ["自报情况"],
                ["姓名", "身份证号码", "活动类别", "活动日期", "组织单位", "参加方式", "佐证"],
                *map(list, rows),
            ],
        )
    )


def told(found) -> list[tuple]:
    return [(p["row"], p.get("column"), p["field"], p["code"]) for p in found]


async def records(hub: Hub) -> list[tuple]:
    rows = await hub.rows("select held_on, kind, attendance, mode, state, version from participation order by day, id")
    return [tuple(row.values()) for row in rows]


async def test_the_sample_gives_its_numbers_and_the_same_again_nothing(database) -> None:
    hub = await the_sample(database, World(database, {}, a_vault(), NOW), *SAMPLE)
    expected = json.loads((LEDGERS / "rollcall.expected.json").read_text())

    plan = (await hub.plan(LEDGERS / "rollcall.xlsx", "rollcall", "BJ01")).report
    report = await hub.report(LEDGERS / "rollcall.xlsx", "rollcall", "BJ01", 2026)

    assert plan.as_json() == report.as_json()
    assert (report.rows, report.accepted, report.new, report.errors) == (63, expected["records"], 310, [])
    assert report.by_attendance == expected["byAttendance"]
    assert (report.by_mode, report.linked) == ({"ON_SITE": 310}, 0)
    assert await hub.count("activity") == expected["activities"]

    planned = (await hub.plan(LEDGERS / "participation-reported.xlsx", "participation")).report
    reported = await hub.report(LEDGERS / "participation-reported.xlsx", "participation")
    assert planned.as_json() == reported.as_json()
    assert (reported.rows, reported.accepted, reported.new, reported.linked) == (32, 32, 16, 16)

    before = await hub.everything(but=("import_run", "feed", "feed_audience", "feed_head"))
    again = await hub.report(LEDGERS / "rollcall.xlsx", "rollcall", "BJ01", 2026)
    assert (again.new, again.updated, again.unchanged, again.linked) == (0, 0, 310, 16)
    again = await hub.report(LEDGERS / "participation-reported.xlsx", "participation")
    assert (again.new, again.unchanged, again.linked) == (0, 32, 16)
    assert await hub.everything(but=("import_run", "feed", "feed_audience", "feed_head")) == before


async def test_reports_before_the_roll_call_link_as_well(database) -> None:
    hub = await the_sample(database, World(database, {}, a_vault(), NOW), *SAMPLE)
    first = await hub.report(LEDGERS / "participation-reported.xlsx", "participation")
    assert (first.new, first.linked) == (32, 0)
    plan = (await hub.plan(LEDGERS / "rollcall.xlsx", "rollcall", "BJ01")).report
    assert plan.linked == 16
    assert (await hub.report(LEDGERS / "rollcall.xlsx", "rollcall", "BJ01", 2026)).linked == 16


async def test_each_fault_is_its_own_cell_and_the_rest_goes_in(hub: Hub) -> None:
    await hub.pair(which=1)  # who came in 2026-04
    await hub.arrive(which=2, name="周宁", branch="BJ010101", arrived_on="2026-10-01")

    report = await hub.report(
        rollcall(
            ("林晓", number(1), "√", "?", "√", "√"),
            ("周宁", number(2), "√", "×", "√", "线上"),
            ("吴江", number(3), "√", "√", "", ""),
            ("林晓", number(1), "×", "#", "", ""),
            days=("9月9日 主题党日", "10月18日集中培训", "12月9日 主题党日", "9月15日党课"),
        ),
        "rollcall",
        "BJ01",
    )

    assert told(report.errors) == [
        (4, "E", "attendance", "MARK_UNKNOWN"),
        (4, "F", "heldOn", "DATE_IN_FUTURE"),
        (5, "D", "heldOn", "ACTIVITY_OUTSIDE_STAY"),
        (5, "F", "heldOn", "DATE_IN_FUTURE"),
        (6, "C", "citizenId", "PERSON_UNKNOWN"),
        (7, "D", "attendance", "DUPLICATE_IN_FILE"),
    ]
    assert told(report.warnings) == [(5, "G", "heldOn", "ACTIVITY_OUTSIDE_STAY")]
    assert (report.rows, report.accepted, report.by_mode) == (4, 5, {"ONLINE": 1, "ON_SITE": 4})
    assert report.by_attendance == {"ABSENT_UNEXCUSED": 1, "LATE": 1, "PRESENT": 3}


async def test_a_day_that_does_not_exist_is_one_error_at_its_head(hub: Hub) -> None:
    await hub.pair(which=1)
    report = await hub.report(
        rollcall(("林晓", number(1), "√", "√"), days=("2月29日党课", "10月9日 主题党日")), "rollcall", "BJ01"
    )
    assert told(report.errors) == [(3, "D", "heldOn", "DATE_INVALID")]
    assert await records(hub) == [("2026-10-09", "THEME_DAY", "PRESENT", "ON_SITE", "CONFIRMED", 1)]


async def test_a_later_list_corrects_and_keeps_what_it_said_before(hub: Hub) -> None:
    await hub.pair(which=1)
    await hub.report(rollcall(("林晓", number(1), "×", "√")), "rollcall", "BJ01")
    report = await hub.report(rollcall(("林晓", number(1), "#", "√")), "rollcall", "BJ01")
    assert (report.new, report.updated, report.unchanged) == (0, 1, 1)
    assert await records(hub) == [
        ("2026-09-09", "THEME_DAY", "LATE", "ON_SITE", "CONFIRMED", 2),
        ("2026-10-18", "TRAINING", "PRESENT", "ON_SITE", "CONFIRMED", 1),
    ]
    kept = await hub.rows("select version, attendance from participation_history")
    assert kept == [{"version": 1, "attendance": "ABSENT_UNEXCUSED"}]


async def test_a_list_does_not_answer_a_dispute(hub: Hub) -> None:
    person, _, _ = await hub.pair(which=1)
    await hub.report(rollcall(("林晓", number(1), "×", "")), "rollcall", "BJ01")
    record = await hub.value("select id from participation")
    await do(hub, participation_steps.dispute, record, themselves(hub, person), reason="我在场")
    report = await hub.report(rollcall(("林晓", number(1), "√", "")), "rollcall", "BJ01")
    assert told(report.errors) == [(4, "D", "attendance", "RECORD_DISPUTED")]


async def test_names_without_numbers_are_looked_for_at_the_host(hub: Hub) -> None:
    await hub.arrive(which=1, name="林晓", branch="BJ010101")
    await hub.arrive(which=2, name="周宁", branch="BJ010101")
    await hub.arrive(which=3, name="周宁", branch="BJ010102")
    await hub.arrive("BJ02", which=4, name="吴江")
    report = await hub.report(
        rollcall(("林晓", "", "√", ""), ("周宁", "", "√", ""), ("吴江", "", "√", "")), "rollcall", "BJ"
    )
    assert told(report.errors) == [(5, "B", "name", "PERSON_AMBIGUOUS"), (6, "B", "name", "PERSON_UNKNOWN")]
    assert told(report.warnings) == [(4, "C", "citizenId", "IDENTITY_MISSING")]
    assert report.accepted == 1


async def test_two_who_left_with_one_name_are_not_guessed(hub: Hub) -> None:
    for which in (1, 2):
        await hub.arrive(which=which, name="林晓", branch="BJ010101")
    await execute(hub, "update arrival set state = 'LEFT', left_on = '2026-10-01'")
    report = await hub.report(rollcall(("林晓", "", "√", "")), "rollcall", "BJ01")
    assert told(report.errors) == [(4, "B", "name", "PERSON_AMBIGUOUS")]


async def test_whom_an_earlier_list_meant_is_meant_again(hub: Hub) -> None:
    """A member of the host's own side who registers as an arrival there afterwards is not recorded twice."""
    await hub.member("BJ010102", which=1)
    sheet = rollcall(("林晓", number(1), "√", "√"))
    assert (await hub.report(sheet, "rollcall", "BJ01")).new == 2
    await hub.arrive(which=1, arrived_on="2026-04")
    again = await hub.report(sheet, "rollcall", "BJ01")
    assert (again.new, again.unchanged) == (0, 2)


async def test_a_home_branch_calls_its_own_members(hub: Hub) -> None:
    person = await hub.member(which=1)
    report = await hub.report(rollcall(("林晓", number(1), "√", "△"), above="YL0101"), "rollcall", "YL01")
    assert (report.accepted, report.errors) == (2, [])
    rows = await hub.rows("select member_id, arrival_id, state from participation")
    assert rows == [{"member_id": person, "arrival_id": None, "state": "ACKNOWLEDGED"}] * 2


async def test_a_place_learns_nothing_of_members_elsewhere(hub: Hub) -> None:
    await hub.member(which=1)  # who exists, and has not arrived here
    first = await hub.report(rollcall(("林晓", number(1), "√", "√")), "rollcall", "BJ01")
    second = await hub.report(rollcall(("林晓", number(9), "√", "√")), "rollcall", "BJ01")
    assert first.as_json() == second.as_json()
    assert told(first.errors) == [(4, "C", "citizenId", "PERSON_UNKNOWN")]


async def test_a_foreign_host_is_no_organization_of_the_importer(hub: Hub) -> None:
    await hub.arrive("BJ02", which=1)
    report = await hub.report(rollcall(("林晓", number(1), "√", "√"), above="BJ02"), "rollcall", "BJ01")
    assert told(report.errors) == [(4, None, "organization", "ORGANIZATION_UNKNOWN")]
    assert await hub.count("activity") == 0


async def test_reports_are_refused_by_row_and_outside_the_stay_go_in(hub: Hub) -> None:
    await hub.pair(which=1)
    report = await hub.report(
        reports(
            ("林晓", number(1), "主题党日", "2026-11-09", "", "现场", "照片"),
            ("林晓", number(1), "主题党日", "2026-11-09", "", "现场", "照片"),
            ("林晓", number(1), "党课", "2026-02-09", "", "现场", "照片"),
            ("林晓", number(1), "党课", "2026-12-09", "", "现场", ""),
            ("吴江", number(8), "党课", "2026-10-09", "", "现场", ""),
        ),
        "participation",
        "YL01",
    )
    assert told(report.errors) == [
        (4, "D", "heldOn", "DUPLICATE_IN_FILE"),
        (6, "D", "heldOn", "DATE_IN_FUTURE"),
        (7, "B", "citizenId", "PERSON_UNKNOWN"),
    ]
    assert told(report.warnings) == [(5, "D", "heldOn", "ACTIVITY_OUTSIDE_STAY")]
    assert (report.accepted, report.new, report.linked) == (2, 2, 0)


async def test_an_unmatched_arrivals_marks_wait_and_cross_with_the_match(hub: Hub) -> None:
    await hub.leave(await hub.member(which=1))  # names nobody: a question
    came = await hub.arrive(which=1)
    await hub.report(rollcall(("林晓", number(1), "√", "√")), "rollcall", "BJ01")
    await hub.report(
        reports(("林晓", number(1), "主题党日", "2026-09-09", "", "现场", "照片")), "participation", "YL01"
    )
    assert await hub.count("participation", "twin_id is not null") == 0
    await hub.ask()
    await hub.answer(candidate.confirm, came)
    assert await hub.count("participation", "twin_id is not null") == 1


async def test_marks_below_a_head_of_no_activity_are_one_error_at_that_head(hub: Hub) -> None:
    await hub.pair(which=1)
    report = await hub.report(
        rollcall(("林晓", number(1), "√", "×", "√", "补学"), days=("第一次", "9月9日", "10月9日 主题党日", "电话")),
        "rollcall",
        "BJ01",
    )
    assert told(report.errors) == [(3, "D", "heldOn", "ACTIVITY_UNKNOWN")]
    assert [row[:3] for row in await records(hub)] == [
        ("2026-09-09", "OTHER", "ABSENT_UNEXCUSED"),
        ("2026-10-09", "THEME_DAY", "PRESENT"),
    ]


async def test_a_head_that_is_only_a_day_is_an_activity_without_a_kind(hub: Hub) -> None:
    await hub.pair(which=1)
    sheet = rollcall(("林晓", number(1), "√", "×"), days=("9月9日", "9月9日 清明祭扫"))
    report = await hub.report(sheet, "rollcall", "BJ01")
    assert (report.accepted, report.errors) == (2, [])
    rows = await hub.rows("select kind, title from activity order by title")
    assert rows == [{"kind": "OTHER", "title": "清明祭扫"}, {"kind": "OTHER", "title": "组织生活"}]
    again = await hub.report(sheet, "rollcall", "BJ01")
    assert (again.new, again.unchanged) == (0, 2)


async def test_a_sign_in_sheet_with_its_activity_above_it(hub: Hub) -> None:
    await hub.pair(which=1)
    await hub.arrive(which=2, name="周宁", branch="BJ010101")
    rows = [["2026年9月9日主题党日签到表"], ["党组织：社区党委（代码 BJ0101）"], ["序号", "姓名", "身份证号", "签名"]]
    sheet = xlsx(("签到", [*rows, [1, "林晓", number(1), "林晓"], [2, "周宁", number(2), "外出"]]))
    report = await hub.report(sheet, "rollcall", "BJ01")
    assert told(report.errors) == [(5, "D", "attendance", "MARK_UNKNOWN")]
    assert await records(hub) == [("2026-09-09", "THEME_DAY", "PRESENT", "ON_SITE", "CONFIRMED", 1)]


async def test_who_is_placed_is_meant_by_the_branch_and_not_by_the_committee_above(hub: Hub) -> None:
    """BJ01 registers everybody; a list of one community without numbers means nobody of another."""
    await hub.arrive("BJ01", which=3, name="张超", branch="BJ010201")
    here = await hub.arrive("BJ01", which=4, name="周艳", branch="BJ010101")
    await hub.arrive("BJ01", which=5, name="周艳", branch="BJ010201")

    report = await hub.report(rollcall(["张超", "", "×"], ["周艳", "", "√"], above="BJ0101"), "rollcall", "BJ01")

    assert [(problem["row"], problem["code"]) for problem in report.errors] == [(4, "PERSON_UNKNOWN")]
    assert await hub.rows("select arrival_id, attendance from participation") == [
        {"arrival_id": here, "attendance": "PRESENT"}
    ]


@pytest.mark.parametrize("days", [("8月1日 党课", "8月1日 党课（线上）"), ("8月1日 党课（线上）", "8月1日 党课")])
async def test_of_two_columns_of_one_activity_each_mark_keeps_the_mode_of_its_own(hub: Hub, days) -> None:
    await hub.pair(which=1)
    await hub.pair(which=2, name="周宁")
    rows = [("林晓", number(1), "√", ""), ("周宁", number(2), "", "√")]
    sheet = rollcall(*rows, days=days)

    first = await hub.report(sheet, "rollcall", "BJ01")
    before = await hub.everything(but=("import_run", "feed", "feed_audience", "feed_head"))
    again = await hub.report(sheet, "rollcall", "BJ01")

    assert (first.new, first.by_mode, first.errors) == (2, {"ONLINE": 1, "ON_SITE": 1}, [])
    assert await hub.rows("select kind, held_on, mode from activity") == [
        {"kind": "PARTY_LECTURE", "held_on": "2026-08-01", "mode": "ON_SITE"}
    ]
    assert (again.new, again.updated, again.unchanged) == (0, 0, 2)
    assert await hub.everything(but=("import_run", "feed", "feed_audience", "feed_head")) == before


async def test_a_head_that_says_no_mode_takes_that_of_the_activity_as_it_was_planned(hub: Hub) -> None:
    await hub.pair(which=1)
    await held(hub, "BJ0101", held_on="2026-08-01", kind="PARTY_LECTURE", mode="ONLINE")
    report = await hub.report(rollcall(("林晓", number(1), "√"), days=("8月1日 党课",)), "rollcall", "BJ01")
    assert (report.new, report.by_mode) == (1, {"ONLINE": 1})
    again = await hub.report(rollcall(("林晓", number(1), "√"), days=("8月1日 党课（现场）",)), "rollcall", "BJ01")
    assert (again.updated, again.by_mode) == (1, {"ON_SITE": 1})


@pytest.mark.parametrize(("mark", "said"), [("×", "ABSENT_UNEXCUSED"), ("△", "PERSONAL_LEAVE")])
async def test_how_it_was_held_is_no_difference_of_who_was_not_there(hub: Hub, mark: str, said: str) -> None:
    await hub.pair(which=1)
    await hub.report(rollcall(("林晓", number(1), mark), days=("8月1日 党课（线上）",)), "rollcall", "BJ01")
    before = [("2026-08-01", "PARTY_LECTURE", said, "ONLINE", "CONFIRMED", 1)]
    assert await records(hub) == before

    for day in ("8月1日 党课", "8月1日 党课（现场）"):
        again = await hub.report(rollcall(("林晓", number(1), mark), days=(day,)), "rollcall", "BJ01")
        assert (again.updated, again.unchanged) == (0, 1)
    assert await records(hub) == before


async def test_missed_and_made_up_for_is_asked_and_not_recorded(hub: Hub) -> None:
    await hub.pair(which=1)
    report = await hub.report(rollcall(("林晓", number(1), "×（补学）", "×（线上）")), "rollcall", "BJ01")
    assert told(report.errors) == [(4, "D", "attendance", "MARK_UNKNOWN"), (4, "E", "attendance", "MARK_UNKNOWN")]
    assert await records(hub) == []
