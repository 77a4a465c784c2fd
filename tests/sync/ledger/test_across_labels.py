"""People across: what the cells at the left of the marks say of each activity."""

from __future__ import annotations

import pytest

from tests.sync.ledger.sheets import rollcalls, xlsx

TITLE = "高坪村党支部2026年党员参加组织生活考勤表"
NAMES = ("张三", "李四")


def held(*rows, merged=(), people=NAMES):
    head, *below = rows
    lines = [[TITLE], [*head, *people], *([*row, "√", "×"] if row[-1:] != [None] else row[:-1] for row in below)]
    (table,) = rollcalls(xlsx(("表", lines, list(merged))))
    assert [row.name for row in table.rows] == ["张三", "李四"]
    return [(one.held_on, one.kind, one.title, one.mode) for one in table.activities]


def marked(*rows):
    (table,) = rollcalls(xlsx(("表", list(rows))))
    return [[(table.activities[mark.activity].held_on, mark.attendance) for mark in row.marks] for row in table.rows]


@pytest.mark.parametrize(
    "head",
    [
        ["活动时间\n（年月日）", "活动主题及内容"], ["召开时间", "会议名称"], ["开展日期", "学习内容"], ["日 期", "内 容"], ["时间", "三会一课"], ["具体时间", "主要内容"],
        ["年月日", "项目"], ["参会日期", "参会内容"],
    ],
)  # fmt: skip
def test_labels(head):
    assert held(head, ["9月9日", "主题党日"]) == [("2026-09-09", "THEME_DAY", None, None)]


def test_a_date_in_a_title_is_none_of_the_day():
    assert held(["日期", "内容"], ["9月9日", "学习7月1日讲话"]) == [("2026-09-09", "OTHER", "学习7月1日讲话", None)]
    assert held(["月份", "内容"], ["9月", "9日 主题党日"]) == [("2026-09-09", "THEME_DAY", None, None)]


def test_a_class_is_written_once():
    rows = [["活动类型", "日期"], ["主题党日", "9月9日"], ["", "10月9日"], ["党课", "9月23日"]]
    kinds = [("2026-09-09", "THEME_DAY"), ("2026-10-09", "THEME_DAY"), ("2026-09-23", "PARTY_LECTURE")]
    assert [one[:2] for one in held(*rows)] == kinds
    assert [one[:2] for one in held(*rows, merged=["A3:A4"])] == kinds


def test_a_content_that_is_left_out_is_not_that_of_the_row_above():
    rows = [["日期", "内容"], ["9月9日", "主题党日"], ["9月10日", ""]]
    assert [one[:2] for one in held(*rows)] == [("2026-09-09", "THEME_DAY"), ("2026-09-10", "OTHER")]


def test_sums_of_a_month_are_no_activities():
    rows = [
        ["日期", "内容"],
        ["9月9日", "主题党日"],
        ["9月小计", "", 1, 0, None],
        ["10月9日", "党课"],
        ["10月出勤率", "", "50%", "50%", None],
    ]
    assert [one[0] for one in held(*rows)] == ["2026-09-09", "2026-10-09"]


def test_years_in_rows_of_their_own():
    rows = [["日期", "内容"], ["2025年", None], ["12月9日", "党课"], ["2026年", None], ["1月9日", "党课"]]
    assert [one[0] for one in held(*rows)] == ["2025-12-09", "2026-01-09"]


def test_the_time_of_day_beside_the_day():
    assert held(["日期", "时间", "内容"], ["9月9日", "14:30", "党课"]) == [("2026-09-09", "PARTY_LECTURE", None, None)]


def test_names_may_be_counted():
    (table,) = rollcalls(xlsx(("表", [[TITLE], ["时间", "1 张三", "2、李四"], ["9月9日党课", "√", "×"]])))
    assert [row.name for row in table.rows] == ["张三", "李四"]


def test_groups_of_people_above_their_names():
    rows = [
        [TITLE],
        ["时间", "内容", "第一党小组", "", "第二党小组", ""],
        ["", "", "张三", "李四", "王五", "赵六"],
        ["9月9日", "主题党日", "√", "×", "√", "√"],
    ]
    (table,) = rollcalls(xlsx(("表", rows, ["A2:A3", "B2:B3", "C2:D2", "E2:F2"])))
    assert [row.name for row in table.rows] == ["张三", "李四", "王五", "赵六"]
    assert [(one.held_on, one.kind) for one in table.activities] == [("2026-09-09", "THEME_DAY")]


def test_a_number_before_a_mark_is_no_legend():
    rows = [["高坪村党支部2026年9月考勤表"], ["日期", *NAMES], [8, "√", "√"], [9, "病假", ""], ["23", "", "√"]]
    assert marked(*rows) == [
        [("2026-09-08", "PRESENT"), ("2026-09-09", "SICK_LEAVE")],
        [("2026-09-08", "PRESENT"), ("2026-09-23", "PRESENT")],
    ]
    rows = [[TITLE], ["序号", "日期", "内容", *NAMES], [1, "9月8日", "党课", "√", "√"], [2, "", "", "", "缺席"]]
    (table,) = rollcalls(xlsx(("表", rows)))
    assert [(one.row, one.column, one.error and one.error.code) for one in table.activities] == [
        (3, 2, None), (4, 2, "ACTIVITY_UNKNOWN"),
    ]  # fmt: skip


def test_what_is_noted_of_a_day_beside_the_people_is_no_legend():
    rows = [[TITLE], ["日期", *NAMES, "照片", "备注"], ["9月8日", "√", "√", "√", "缺席"], ["9月9日", "√", "×", "√", ""]]
    assert marked(*rows) == [
        [("2026-09-08", "PRESENT"), ("2026-09-09", "PRESENT")],
        [("2026-09-08", "PRESENT"), ("2026-09-09", "ABSENT_UNEXCUSED")],
    ]
