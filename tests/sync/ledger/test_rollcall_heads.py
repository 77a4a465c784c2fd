"""Columns of roll calls: days and kinds in one cell or several rows, the year in the head, the title or the command."""

from __future__ import annotations

import datetime as dt

import pytest

from hub.sync.ledger.workbook import UnreadableFile
from tests.sync.ledger.sheets import citizen_id, rollcalls, xlsx

A, B = citizen_id(1), citizen_id(2)
TITLE = "2026年第三、四季度"


def activities(rows, merged=(), *, year=None, name="表"):
    return [one for table in rollcalls(xlsx((name, rows, list(merged))), year) for one in table.activities]


def held(*args, **options):
    return [(one.kind, one.held_on, one.title) for one in activities(*args, **options)]


def one_head(head, *, title=TITLE, **options):
    (found,) = activities([[title], ["姓名", "身份证号", head], ["周洁", A, "√"]], **options)
    return found


@pytest.mark.parametrize(
    ("head", "kind", "held_on", "title", "mode"),
    [
        ("9月9日 主题党日", "THEME_DAY", "2026-09-09", None, None),
        ("10月18日支部党员大会", "MEMBER_CONGRESS", "2026-10-18", None, None),
        ("9月9日\n主题党日", "THEME_DAY", "2026-09-09", None, None),
        ("2025年9月9日党课", "PARTY_LECTURE", "2025-09-09", None, None),
        ("9.9 主题党日", "THEME_DAY", "2026-09-09", None, None),
        ("9/9", "OTHER", "2026-09-09", None, None),
        (9.23, "OTHER", "2026-09-23", None, None),
        (9.09, "OTHER", "2026-09-09", None, None),
        ("2025-09-09 组织生活会", "ORG_LIFE_MEETING", "2025-09-09", None, None),
        ("9月 主题党日", "THEME_DAY", "2026-09", None, None),
        ("2026年9月支委会", "BRANCH_COMMITTEE", "2026-09", None, None),
        (dt.date(2026, 9, 9), "OTHER", "2026-09-09", None, None),
        (46274, "OTHER", "2026-09-09", None, None),
        ("20260909党课", "PARTY_LECTURE", "2026-09-09", None, None),
        ("0909党课", "PARTY_LECTURE", "2026-09-09", None, None),
        ("25.9.9 党课", "PARTY_LECTURE", "2025-09-09", None, None),
        ("九月二十三日微党课", "PARTY_LECTURE", "2026-09-23", None, None),
        ("主题党日（9月9日）", "THEME_DAY", "2026-09-09", None, None),
        ("9月9日（星期三）14:30-16:00 专题党课", "PARTY_LECTURE", "2026-09-09", None, None),
        ("9月9日-11日 集中培训", "TRAINING", "2026-09-09", None, None),
        ("9月30日至10月2日冬训", "TRAINING", "2026-09-30", None, None),
        ("9.9-9.11轮训", "TRAINING", "2026-09-09", None, None),
        ("9月9日 主题党日（线上）", "THEME_DAY", "2026-09-09", None, "ONLINE"),
        ("9月9日 党课 网络安全（现场）", "PARTY_LECTURE", "2026-09-09", "网络安全", "ON_SITE"),
        ("9月9日 网上学习交流", "ONLINE_EXCHANGE", "2026-09-09", None, "ONLINE"),
        ("9月9日线上主题党日", "THEME_DAY", "2026-09-09", None, "ONLINE"),
        ("9月9日 党课（自学）", "PARTY_LECTURE", "2026-09-09", None, "SELF_STUDY"),
        ("9月9日 主题党日：参观纪念馆", "THEME_DAY", "2026-09-09", "参观纪念馆", None),
        ("9月9日支部党员大会（选举）", "MEMBER_CONGRESS", "2026-09-09", "选举", None),
        ("9月9日组织生活会暨民主评议党员", "ORG_LIFE_MEETING", "2026-09-09", "民主评议党员", None),
        ("9月9日 “一月一课”主题党日", "THEME_DAY", "2026-09-09", "“一月一课”", None),
        ("9月9日 清明祭扫", "OTHER", "2026-09-09", "清明祭扫", None),
        ("9月9日 民主生活会", "OTHER", "2026-09-09", "民主生活会", None),
        ("9月9日 积分兑换活动", "OTHER", "2026-09-09", "积分兑换活动", None),
        ("9月9日 党员教育培训", "TRAINING", "2026-09-09", None, None),
        ("9月9日 志愿服务", "VOLUNTEER", "2026-09-09", None, None),
        ("9月9日 实践活动", "VOLUNTEER", "2026-09-09", None, None),
        ("9月9日 谈心谈话", "TALK", "2026-09-09", None, None),
        ("9月9日 心得体会", "THOUGHT_REPORT", "2026-09-09", None, None),
        ("9月9日 党小组会", "GROUP_MEETING", "2026-09-09", None, None),
        ("9月9日 支部委员会会议", "BRANCH_COMMITTEE", "2026-09-09", None, None),
        ("9月9日 党员活动日", "THEME_DAY", "2026-09-09", None, None),
        ("9月9日 第3次党课", "PARTY_LECTURE", "2026-09-09", "第3次", None),
    ],
)
def test_one_head(head, kind, held_on, title, mode):
    found = one_head(head)
    assert (found.kind, found.held_on, found.title, found.mode, found.error) == (kind, held_on, title, mode, None)
    assert (found.row, found.column) == (2, 3)


@pytest.mark.parametrize(
    "head",
    [
        "2月29日党课", "11月31日 主题党日", "11.31 主题党日", "13月9日党课", "主题党日", 9.1, 9.2, "9日 党课", "9—10月 主题党日",
    ],
)  # fmt: skip
def test_a_head_without_a_day_is_one_error_and_its_marks_stay_out(head):
    rows = [["姓名", "身份证号", head, "10月9日 党课"], ["周洁", A, "√", "√"], ["吴江", B, "√", "?"]]
    (table,) = rollcalls(xlsx(("表", [[TITLE], *rows])))
    assert [one.held_on for one in table.activities] == [None, "2026-10-09"]
    assert (table.activities[0].error.field, table.activities[0].error.code) == ("heldOn", "DATE_INVALID")
    assert [[mark.activity for mark in row.marks] for row in table.rows] == [[1], [1]]


def test_a_leap_day_of_a_leap_year():
    assert one_head("2月29日党课", title="2024年点名册").held_on == "2024-02-29"


def test_days_to_come_without_marks_are_no_error():
    rows = [[TITLE], ["姓名", "身份证号", "11月9日 党课", "12月9日 党课"], ["周洁", A, "√", ""]]
    assert held(rows) == [("PARTY_LECTURE", "2026-11-09", None), ("PARTY_LECTURE", "2026-12-09", None)]


@pytest.mark.parametrize(
    ("title", "year", "held_on"),
    [
        ("2026年第三、四季度", None, "2026-09-09"),
        ("高坪村党支部 2026 年度党员点名册", None, "2026-09-09"),
        ("党组织：高坪村党支部（代码 LS0202）   2026年第三季度", None, "2026-09-09"),
        ("二〇二六年度点名册", None, "2026-09-09"),
        ("25年第三季度", None, "2025-09-09"),
        ("2026年点名册   填表日期：2027年1月5日", None, "2026-09-09"),
        ("2026年第三季度", 2025, "2025-09-09"),
        ("2025-2026年度点名册", 2026, "2026-09-09"),
        ("2025-2026年度点名册", None, None),
        ("2025年12月—2026年1月", None, None),
        ("点名册", None, None),
        ("建党105周年点名册", None, None),
    ],
)
def test_the_year_of_a_head_without_one(title, year, held_on):
    assert one_head("9月9日 主题党日", title=title, year=year).held_on == held_on


def test_the_year_of_the_sheet_holds_for_its_later_tables_and_the_own_line_goes_first():
    head = ["姓名", "身份证号", "9月9日 党课"]
    rows = [
        ["2026年点名册"],
        head,
        ["周洁", A, "√"],
        ["党支部：槐树村党支部"],
        head,
        ["吴江", B, "√"],
        ["2025年"],
        head,
        ["郑海", A, "√"],
    ]
    assert [one.held_on for one in activities(rows)] == ["2026-09-09", "2026-09-09", "2025-09-09"]


def test_the_name_of_the_sheet_may_say_the_year():
    assert one_head("9月9日 党课", title="点名册", name="2026年").held_on == "2026-09-09"


def test_a_year_that_is_written_once_holds_to_the_right_until_time_runs_back():
    rows = [
        ["点名册"],
        ["姓名", "身份证号", "2025年11月9日 党课", "12月9日 党课", "1月9日 党课"],
        ["周洁", A, "√", "√", "√"],
    ]
    assert [one.held_on for one in activities(rows)] == ["2025-11-09", "2025-12-09", None]


def test_the_year_of_the_head_goes_before_that_of_the_command():
    assert one_head("2025年9月9日 党课", year=2026).held_on == "2025-09-09"


THREE = [("THEME_DAY", "2026-09-09", None), ("PARTY_LECTURE", "2026-09-23", None), ("THEME_DAY", "2026-10-09", None)]
SHAPES = {
    "months merged over days": (
        [[TITLE], ["序号", "姓名", "9月", "", "10月"], ["", "", "9日 主题党日", "23日 党课", "9日 主题党日"]],
        ["A2:A3", "B2:B3", "C2:D2"],
    ),
    "the same without merges": (
        [[TITLE], ["序号", "姓名", "9月", "", "10月"], ["", "", "9日 主题党日", "23日 党课", "9日 主题党日"]], [],
    ),
    "kind above, date below": (
        [[TITLE], ["序号", "姓名", "主题党日", "党课", "主题党日"], ["", "", "9月9日", "9月23日", "10月9日"]], ["A2:A3", "B2:B3"],
    ),
    "date above, kind below": (
        [[TITLE], ["序号", "姓名", "9月9日", "9月23日", "10月9日"], ["", "", "主题党日", "党课", "主题党日"]], ["A2:A3", "B2:B3"],
    ),
    "date cells above, kind below": (
        [[TITLE], ["序号", "姓名", dt.date(2026, 9, 9), dt.date(2026, 9, 23), dt.date(2026, 10, 9)], ["", "", "主题党日", "党课", "主题党日"]],
        ["A2:A3", "B2:B3"],
    ),
    "serials below, kind above": (
        [[TITLE], ["序号", "姓名", "主题党日", "党课", "主题党日"], ["", "", 46274, 46288, 46304]], [],
    ),
    "dates above the row of the name": (
        [[TITLE], ["", "", "9月9日", "9月23日", "10月9日"], ["序号", "姓名", "主题党日", "党课", "主题党日"]], [],
    ),
    "serials above the row of the name": (
        [[TITLE], ["", "", 46274, 46288, 46304], ["序号", "姓名", "主题党日", "党课", "主题党日"]], [],
    ),
    "labels before the rows": (
        [[TITLE], ["活动时间", "", "9月9日", "9月23日", "10月9日"], ["活动内容", "", "主题党日", "党课", "主题党日"], ["活动地点", "", "会议室", "广场", "会议室"], ["序号", "姓名", "", "", ""]],
        ["A2:B2", "A3:B3", "A4:B4"],
    ),
    "month and day as numbers": (
        [[TITLE], ["月", "", 9, 9, 10], ["日", "", 9, 23, 9], ["序号", "姓名", "主题党日", "党课", "主题党日"]], [],
    ),
    "day numbers below months, kinds below them": (
        [[TITLE], ["序号", "姓名", "9月", "", "10月"], ["", "", 9, 23, 9], ["", "", "主题党日", "党课", "主题党日"]],
        ["A2:A4", "B2:B4", "C2:D2"],
    ),
    "three rows, the year on top": (
        [["点名册"], ["序号", "姓名", "2026年", "", ""], ["", "", "9月", "", "10月"], ["", "", "9日 主题党日", "23日 党课", "9日 主题党日"]],
        ["A2:A4", "B2:B4", "C2:E2", "C3:D3"],
    ),
    "a group over all": (
        [[TITLE], ["序号", "姓名", "出勤情况", "", ""], ["", "", "9月9日 主题党日", "9月23日 党课", "10月9日 主题党日"]],
        ["A2:A3", "B2:B3", "C2:E2"],
    ),
    "a quarter over all": (
        [["2026年点名册"], ["序号", "姓名", "第三、四季度", "", ""], ["", "", "9月9日 主题党日", "9月23日 党课", "10月9日 主题党日"]],
        ["A2:A3", "B2:B3", "C2:E2"],
    ),
    "day and name share a head": (
        [[TITLE], ["序号", "日期\n姓名", "9月9日主题党日", "9月23日党课", "10月9日主题党日"]], [],
    ),
    "a line beside the title": (
        [["点名册", "", "", "2026年9月至10月"], ["序号", "姓名", "9月9日主题党日", "9月23日党课", "10月9日主题党日"]], [],
    ),
    "columns are counted": (
        [[TITLE], ["序号", "姓名", "9月9日主题党日", "9月23日党课", "10月9日主题党日"], ["（1）", "（2）", "（3）", "（4）", "（5）"]], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_heads_in_several_rows(shape):
    rows, merged = SHAPES[shape]
    people = [[1, "周洁", "√", "#", "×"], [2, "吴江", "√", "√", "√"]]
    (table,) = rollcalls(xlsx(("表", [*rows, *people], merged)), default="V4")
    assert [(one.kind, one.held_on, one.title) for one in table.activities] == THREE
    assert [one.column for one in table.activities] == [3, 4, 5]
    assert [(row.row, row.name, len(row.marks)) for row in table.rows] == [
        (len(rows) + 1, "周洁", 3), (len(rows) + 2, "吴江", 3),
    ]  # fmt: skip


def test_merges_are_lost_in_csv():
    rows = ["2026年点名册,,,,", "序号,姓名,9月,,10月", ",,9日 主题党日,23日 党课,9日 主题党日", "1,周洁,√,#,×"]
    (table,) = rollcalls("\n".join(rows).encode(), default="V4")
    assert [(one.kind, one.held_on, one.title) for one in table.activities] == THREE
    assert [row.name for row in table.rows] == ["周洁"]


def test_one_day_merged_over_two_kinds():
    rows = [
        [TITLE],
        ["姓名", "身份证号", "9月9日", "", "主题党日"],
        ["", "", "主题党日", "党课", "9月23日"],
        ["周洁", A, "√", "√", "√"],
    ]
    assert held(rows, ["A2:A3", "B2:B3", "C2:D2"]) == [
        ("THEME_DAY", "2026-09-09", None), ("PARTY_LECTURE", "2026-09-09", None), ("THEME_DAY", "2026-09-23", None),
    ]  # fmt: skip


def test_a_kind_without_a_day_takes_none_from_its_neighbour():
    rows = [
        [TITLE],
        ["姓名", "身份证号", "9月9日", "", ""],
        ["", "", "主题党日", "党课", ""],
        ["周洁", A, "√", "√", ""],
    ]
    found = activities(rows, ["A2:A3", "B2:B3"])
    assert [(one.kind, one.held_on) for one in found] == [("THEME_DAY", "2026-09-09"), ("PARTY_LECTURE", None)]


def test_the_head_cell_that_dates_an_activity():
    rows = [[], ["", TITLE], ["", "姓名", "身份证号", "9月9日"], ["", "", "", "主题党日"], ["", "周洁", A, "√"]]
    (found,) = activities(rows, ["B3:B4", "C3:C4"])
    assert (found.row, found.column) == (3, 4)


def test_the_title_says_what_days_are_for():
    rows = [["2026年主题党日签到册"], ["姓名", "身份证号", "9月9日", "10月9日 党课"], ["周洁", A, "√", "√"]]
    assert held(rows) == [("THEME_DAY", "2026-09-09", None), ("PARTY_LECTURE", "2026-10-09", None)]


def test_days_of_the_month_that_the_title_says():
    rows = [["2026年9月点名册"], ["姓名", "身份证号", "9日 主题党日", "23日 党课"], ["周洁", A, "√", "√"]]
    assert held(rows) == THREE[:2]


def test_months_of_a_year():
    rows = [
        ["2026年主题党日点名册"],
        ["姓名", "身份证号", *(f"{month}月" for month in range(1, 13))],
        ["周洁", A, *["√"] * 11],
    ]
    assert held(rows) == [("THEME_DAY", f"2026-{month:02}", None) for month in range(1, 13)]


def test_what_is_no_activity():
    heads = [
        "序号", "姓名", "身份证号", "所在党支部", "职务", "联系电话", "9月9日 党课", "9月合计", "党课次数", "应参加", "实参加", "次数", "到会次数", "缺席次数",
        "出勤率", "9月出勤率", "备注", "签名", "9月备注",
    ]  # fmt: skip
    rows = [
        [TITLE],
        heads,
        [
            1,
            "周洁",
            A,
            "高坪村党支部",
            "委员",
            "17400000001",
            "√",
            1,
            1,
            1,
            1,
            1,
            1,
            0,
            "100%",
            "100%",
            "√",
            "周洁",
            "√",
        ],
    ]
    assert held(rows) == [("PARTY_LECTURE", "2026-09-09", None)]


def test_sums_below_a_head_of_their_own():
    rows = [
        [TITLE],
        ["姓名", "身份证号", "9月9日", "统计", ""],
        ["", "", "党课", "到会", "党课"],
        ["周洁", A, "√", 1, 1],
    ]
    assert held(rows, ["A2:A3", "B2:B3", "D2:E2"]) == [("PARTY_LECTURE", "2026-09-09", None)]


def test_two_roll_calls_side_by_side():
    rows = [
        [TITLE],
        ["序号", "姓名", "9月9日党课", "10月9日党课"] * 2,
        [1, "周洁", "√", "×", 2, "吴江", "#", "√"],
        [3, "郑海", "√", "√"],
    ]
    left, right = rollcalls(xlsx(("表", rows)), default="V4")
    assert [[row.name for row in table.rows] for table in (left, right)] == [["周洁", "郑海"], ["吴江"]]
    assert [one.column for one in right.activities] == [7, 8]
    assert [mark.attendance for mark in right.rows[0].marks] == ["LATE", "PRESENT"]


def test_several_tables_on_a_sheet_each_with_its_host():
    head = ["序号", "姓名", "9月9日 党课"]
    rows = [
        ["2026年点名册"], ["党支部：高坪村党支部"], head, [1, "周洁", "√"], ["合计", "", 1], [],
        ["党支部：柏林乡槐树村党支部"], ["", "", "9月9日"], ["序号", "姓名", "党课"], [1, "吴江", "√"],
    ]  # fmt: skip
    found = rollcalls(xlsx(("表", rows)))
    assert [(table.organization, table.organization_text, table.organization_from) for table in found] == [
        ("V4", "高坪村党支部", "ABOVE"), ("V3", "柏林乡槐树村党支部", "ABOVE"),
    ]  # fmt: skip
    assert [[row.name for row in table.rows] for table in found] == [["周洁"], ["吴江"]]
    assert [one.row for table in found for one in table.activities] == [3, 8]


@pytest.mark.parametrize(
    ("rows", "name", "host", "source"),
    [
        ([["党组织代码：LS0202"], [TITLE]], "表", "V4", "ABOVE"),
        ([["高坪村党支部主题党日点名册"], [TITLE]], "表", "V4", "HINT"),
        ([["高坪村党支部2026年党员参加组织生活考勤表"]], "表", "V4", "HINT"),
        ([["2026年9月9日高坪村党支部主题党日签到表"]], "表", "V4", "HINT"),
        ([["2026年度中共临水县柏林乡高坪村支部委员会党员考勤表"]], "表", "V4", "HINT"),
        ([["2026年第三季度（7月至9月）高坪村党支部集中学习考勤表"]], "表", "V4", "HINT"),
        ([["9月1日至12月31日高坪村党支部点名册"]], "表", "V4", "HINT"),
        ([["2026年9月9日集中学习签到表"]], "高坪村", "V4", "HINT"),
        ([["2026年签到册"]], "高坪村", "V4", "HINT"),
        ([["2026年签到册"]], "签到表", None, None),
    ],
)
def test_the_host(rows, name, host, source):
    head = ["姓名", "身份证号", "9月9日 党课"]
    (table,) = rollcalls(xlsx((name, [*rows, head, ["周洁", A, "√"]])))
    assert (table.organization, table.organization_from) == (host, source)


def test_a_list_without_activities_is_no_roll_call():
    with pytest.raises(UnreadableFile, match="没有找到表头"):
        rollcalls(xlsx(("表", [["姓名", "身份证号", "联系电话"], ["周洁", A, "17400000001"]])))
