"""Ordinary roll calls with rows of names, days at the left or another list on the sheet: none is read as people across."""

from __future__ import annotations

import pytest

from hub.sync.ledger.across import Turned
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.tables import find_all
from hub.sync.ledger.workbook import Sheet, UnreadableFile, read_workbook
from tests.sync.ledger.sheets import rollcalls, xlsx

TITLE = ["高坪村党支部2026年点名册"]
DAYS = ["9月9日主题党日", "9月23日党课"]
HEADS = ["姓名", *DAYS]
LINES = [["张三", "√", "√"], ["李四", "×", "√"], ["王五", "√", "△"]]
NUMBERED = [["序号", *HEADS], *([n, *line] for n, line in enumerate(LINES, start=1))]
READ = [
    ("张三", "2026-09-09", "PRESENT"), ("张三", "2026-09-23", "PRESENT"), ("李四", "2026-09-09", "ABSENT_UNEXCUSED"),
    ("李四", "2026-09-23", "PRESENT"), ("王五", "2026-09-09", "PRESENT"), ("王五", "2026-09-23", "PERSONAL_LEAVE"),
]  # fmt: skip
SIGN_IN = ["2026年9月9日高坪村党支部党员大会签到表"]
SIGNED = [("张三", "2026-09-09", "PRESENT"), ("李四", "2026-09-09", "ABSENT_UNEXCUSED")]
ACROSS = [["日期", "内容", "张三", "李四"], ["9月9日", "主题党日", "√", "×"]]


def source(*rows):
    return xlsx(("表", list(rows)))


def said(*rows):
    return sorted(
        (row.name, table.activities[mark.activity].held_on, mark.attendance)
        for table in rollcalls(source(*rows), 2026, "V4")
        for row in table.rows
        for mark in row.marks
    )


def shapes(*rows):
    return [type(table.sheet) for table in find_all(read_workbook(source(*rows)), Kind.ROLLCALL)]


ORDINARY = {
    "who wrote down, above": [TITLE, ["日期", "", "9月9日", "9月23日"], ["记录人", "", "周洁", "吴江"], ["序号", "姓名", "主题党日", "党课"], *NUMBERED[1:]],
    "who led, above": [TITLE, ["参会领导", "周洁", "吴江", "郑海"], ["主持人", "张三", "记录人", "李四"], ["时间", "9月9日"], *NUMBERED],
    "who led, labelled": [TITLE, ["参会领导：", "周洁", "吴江", "郑海"], ["主持人：", "张三", "记录人：", "李四"], *NUMBERED],
    "who spoke, next to the heads": [TITLE, ["主讲人", "周洁", "吴江"], HEADS, *LINES],
    "who spoke, below the heads": [TITLE, HEADS, ["主讲人", "周洁", "吴江"], *LINES],
    "who spoke, of each": [TITLE, ["姓名", "主讲人", *DAYS], *([name, "周洁", *marks] for name, *marks in LINES)],
    "who signs, below": [TITLE, HEADS, *LINES, ["日期", "9月9日", "9月23日"], ["考勤员签字", "周洁", "吴江"]],
    "who leads a group": [TITLE, ["党小组长", *HEADS], *(["周洁", *line] for line in LINES)],
    "groups and their leaders above": [TITLE, ["小组", "组长", "组员"], ["一组", "周洁", "吴江"], HEADS, *LINES],
    "when they joined": [TITLE, ["入党日期", *HEADS], *(["2001年7月1日", *line] for line in LINES)],
    "when they were born": [TITLE, ["出生年月", "姓名", "职务", *DAYS], *(["1970.5", name, "委员", *marks] for name, *marks in LINES)],
    "two columns of people": [TITLE, [*HEADS, *HEADS], [*LINES[0], *LINES[1]], LINES[2]],
    "a list of duties above": [["2026年9月值班表"], ["日期", "值班", "带班"], ["9月9日", "张三", "周洁"], ["9月10日", "李四", "吴江"], [], TITLE, HEADS, *LINES],
    "ticked duties above": [["2026年9月值班表"], ["日期", "张三", "李四"], ["9月9日", "√", ""], ["9月10日", "", "√"], [], TITLE, HEADS, *LINES],
    "dues below": [TITLE, HEADS, *LINES, [], ["2026年党费收缴"], ["月份", "张三", "李四"], ["9月", "√", "√"], ["10月", "√", ""]],
    "records of meetings above": [["2026年三会一课记录"], ["日期", "内容", "主持人", "记录人"], ["9月9日", "主题党日", "周洁", "吴江"], [], HEADS, *LINES],
    "who was away, beside": [TITLE, [*HEADS, "", "请假人员", "日期"], [*LINES[0], "", "李四", "9月9日"], [*LINES[1], "", "王五", "9月23日"], LINES[2]],
    "a list of duties beside": [TITLE, HEADS, [*LINES[0], "", "日期", "周洁", "吴江"], [*LINES[1], "", "9月9日", "√", ""], [*LINES[2], "", "9月10日", "", "√"]],
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_people_go_down(name):
    assert set(shapes(*ORDINARY[name])) == {Sheet}
    assert said(*ORDINARY[name]) == READ


SIGN_INS = {
    "two columns": [["姓名", "签到", "姓名", "签到"], ["张三", "√", "李四", "缺席"]],
    "two columns with numbers": [["序号", "姓名", "签到"] * 2, [1, "张三", "√", 2, "李四", "缺席"]],
    "two columns signed": [["姓名", "签名", "姓名", "签名"], ["张三", "张三", "李四", "缺席"]],
    "who was invited, above": [["参会人员", "周洁", "吴江", "郑海"], ["姓名", "签到"], ["张三", "√"], ["李四", "×"]],
    "who led, above": [["主持人", "周洁", "记录人", "吴江"], ["应到", "2", "实到", "1"], ["姓名", "到会情况"], ["张三", "√"], ["李四", "×"]],
    "seats": [["主席台"], ["", "周洁", "吴江"], ["第一排", "张三", "李四"], ["第二排", "赵六", "钱进"], [], ["姓名", "签到"], ["张三", "√"], ["李四", "×"]],
    "seats with ticks": [["", "周洁", "吴江"], ["第一排", "赵六", "钱进"], ["签到", "√", "√"], [], ["姓名", "签到"], ["张三", "√"], ["李四", "×"]],
}  # fmt: skip


@pytest.mark.parametrize("name", SIGN_INS)
def test_people_go_down_who_sign_in(name):
    assert set(shapes(SIGN_IN, *SIGN_INS[name])) == {Sheet}
    assert said(SIGN_IN, *SIGN_INS[name]) == SIGNED


NONE = {
    "votes": [["2026年9月支部党员大会表决情况"], ["议题", "张三", "李四"], ["9月工作计划", "√", "×"]],
    "an appraisal": [["2026年民主评议党员测评表"], ["日期", "张三", "李四"], ["9月9日", "√", "×"]],
    "dues of the day": [["2026年主题党日收缴党费登记表"], ["月份", "张三", "李四"], ["9月", "√", "√"]],
    "visits": [["2026年走访慰问记录"], ["日期", "张三", "李四"], ["9月9日", "√", ""]],
    "shifts": [["2026年9月防汛考勤"], ["日期", "班次", "张三", "李四"], ["9月9日", "早", "√", ""]],
    "the committee": [["高坪村党支部委员会名单"], ["任职日期", "书记", "委员"], ["2021年3月", "张三", "李四"], ["2024年3月", "赵六", "周洁"]],
}  # fmt: skip


@pytest.mark.parametrize("name", NONE)
def test_other_lists_are_no_roll_calls(name):
    with pytest.raises(UnreadableFile, match="没有找到表头"):
        find_all(read_workbook(source(*NONE[name])), Kind.ROLLCALL)


@pytest.mark.parametrize("title", ["2026年值班签到表", "2026年走访慰问活动考勤表"])
def test_a_title_that_calls_people_does_so_whatever_they_did(title):
    assert said([title], *ACROSS) == SIGNED


@pytest.mark.parametrize("between", [[], [[]], [[], ["第二页"]]])
def test_a_table_of_people_down_below_one_across_is_not_read_into_it(between):
    rows = [
        ["2026年点名册"],
        *ACROSS,
        *between,
        ["姓名", "10月9日主题党日", "10月23日党课"],
        ["王五", "√", "√"],
        ["赵六", "△", "×"],
    ]
    assert said(*rows) == sorted([*SIGNED, ("王五", "2026-10-09", "PRESENT"), ("王五", "2026-10-23", "PRESENT"), ("赵六", "2026-10-09", "PERSONAL_LEAVE"), ("赵六", "2026-10-23", "ABSENT_UNEXCUSED")])  # fmt: skip
    assert shapes(*rows) == [Turned, Sheet]


def test_what_a_table_of_people_down_says_is_no_title_of_one_across_below_it():
    rows = [
        ["2026年点名册"],
        ["党支部：高坪村党支部"],
        ["姓名", "9月9日主题党日"],
        ["张三", "√"],
        [],
        ["日期", "张三", "李四"],
        ["10月9日", "√", "×"],
    ]
    across, down = rollcalls(source(*rows))
    assert [(one.held_on, one.kind) for one in (*down.activities, *across.activities)] == [
        ("2026-09-09", "THEME_DAY"), ("2026-10-09", "OTHER"),
    ]  # fmt: skip
    assert [table.organization for table in (across, down)] == ["V4", "V4"]


def test_what_is_ticked_beside_the_people_and_is_no_attendance_is_nobody():
    rows = [["2026年考勤表"], ["日期", "张三", "李四", "党费", "合格"], ["9月9日", "√", "×", "√", "√"]]
    assert said(*rows) == SIGNED
