"""Roll calls with people across and activities down, as branches draw them; and what is none of them."""

from __future__ import annotations

import datetime as dt

import pytest

from hub.sync.ledger.columns import Kind
from hub.sync.ledger.lines import LineReader
from hub.sync.ledger.tables import find_all
from hub.sync.ledger.workbook import Sheet, UnreadableFile, read_workbook
from tests.sync.ledger.imports import LEDGERS
from tests.sync.ledger.sheets import NAMES as ORGANIZATIONS
from tests.sync.ledger.sheets import TODAY, citizen_id, rollcalls, xlsx

A, B, C = citizen_id(1), citizen_id(2), citizen_id(3)
TITLE = "高坪村党支部2026年党员参加组织生活考勤表"
NAMES = ["张三", "李四", "王五"]
HEAD = ["日期", "活动内容", *NAMES]
FIRST = ["9月9日", "主题党日", "√", "△", "×"]
SECOND = ["9月23日", "党课", "√", "", "#"]
READ = {
    "张三": {("2026-09-09", "THEME_DAY"): "PRESENT", ("2026-09-23", "PARTY_LECTURE"): "PRESENT"},
    "李四": {("2026-09-09", "THEME_DAY"): "PERSONAL_LEAVE"},
    "王五": {("2026-09-09", "THEME_DAY"): "ABSENT_UNEXCUSED", ("2026-09-23", "PARTY_LECTURE"): "LATE"},
}


def read(*rows, merged=(), year=None, name="表"):
    return rollcalls(xlsx((name, list(rows), list(merged))), year)


def said(table):
    found = {}
    for row in table.rows:
        assert row.error is None
        held = [(table.activities[mark.activity], mark.attendance) for mark in row.marks]
        found[row.name] = {(one.held_on, one.kind): attendance for one, attendance in held}
    return found


def columns(*lines):
    """A sheet with these label cells before the usual marks."""
    return [[*labels, *marks] for labels, marks in zip(lines, (NAMES, FIRST[2:], SECOND[2:]), strict=True)]


SHAPES = {
    "day and activity": [[TITLE], HEAD, FIRST, SECOND],
    "activity and day": [[TITLE], *columns(["活动内容", "时间"], ["主题党日", "9月9日"], ["党课", "9月23日"])],
    "one column for both": [[TITLE], *columns(["时间/活动"], ["9月9日 主题党日"], ["9月23日党课"])],
    "the name at the left of the names": [[TITLE], *columns(["姓名"], ["9月9日 主题党日"], ["9月23日党课"])],
    "name and day share the corner": [[TITLE], *columns(["姓名\n日期"], ["9月9日 主题党日"], ["9月23日党课"])],
    "people at the left of the names": [[TITLE], *columns(["参会人员"], ["9月9日 主题党日"], ["9月23日党课"])],
    "an empty corner": [[TITLE], *columns([""], ["9月9日 主题党日"], ["9月23日党课"])],
    "the year in the corner": [["高坪村党支部考勤表"], *columns(["2026年"], ["9月9日 主题党日"], ["9月23日党课"])],
    "the month in the corner": [["高坪村党支部考勤表"], *columns(["2026年9月"], ["9日 主题党日"], ["23日党课"])],
    "dates of Excel": [[TITLE], *columns(HEAD[:2], [dt.date(2026, 9, 9), "主题党日"], [46288, "党课"])],
    "days of the month in the title": [["高坪村党支部2026年9月考勤表"], *columns(HEAD[:2], [9, "主题党日"], ["23日", "党课"])],
    "month and day as numbers": [[TITLE], *columns(["月", "日", "活动"], [9, 9, "主题党日"], ["", 23, "党课"])],
    "a month above its days": [[TITLE], *columns(["月份", "日期", "活动"], ["9月", "9日", "主题党日"], ["", "23日", "党课"])],
    "a month in a row of its own": [[TITLE], HEAD, ["9月"], ["9日", *FIRST[1:]], ["23日", *SECOND[1:]]],
    "a quarter before the days": [[TITLE], *columns(["季度", "日期", "活动"], ["第三季度", "9月9日", "主题党日"], ["", "9月23日", "党课"])],
    "what is done over and over": [[TITLE], *columns(["类别", "活动名称", "时间"], ["三会一课", "主题党日", "9月9日"], ["三会一课", "党课", "9月23日"])],
    "the same day and marks again": [[TITLE], HEAD, FIRST, ["9月23日", "党课", "〃", "", "#"]],
    "heads in two rows": [[TITLE], ["日期", "活动内容", "参会人员签到"], ["", "", *NAMES], FIRST, SECOND],
    "people are counted above the names": [[TITLE], ["", "序号", 1, 2, 3], HEAD, FIRST, SECOND],
    "names with spaces and notes": [[TITLE], [*HEAD[:2], "张  三", "李\n四", "王五（预备）"], FIRST, SECOND],
    "sums below": [
        [TITLE], HEAD, FIRST, SECOND, ["合计", "", 2, 0, 1], ["出勤率", "", "100%", "0%", "50%"], ["", "实到次数", 2, 0, 1], ["备注", "", "", "外出", ""],
        ["注：√到会 △事假 ×缺席 #迟到"], ["填表人：周洁", "", "支部书记：吴江"], ["签名", "", *NAMES],
    ],
    "columns that are nobody": [
        [TITLE], ["序号", "日期", "活动内容", "地点", "主持人", "记录人", *NAMES, "应到", "实到", "参加人数", "备注"],
        [1, *FIRST[:2], "会议室", "周洁", "吴江", *FIRST[2:], 3, 1, 1, "王五外出"], [2, *SECOND[:2], "广场", "吴江", "周洁", *SECOND[2:], 3, 2, 2, ""],
    ],
    "a row of numbers and posts below the names": [[TITLE], HEAD, ["身份证号", "", A, B, C], ["职务", "", "书记", "委员", ""], FIRST, SECOND],
    "boxes to tick": [[TITLE], HEAD, ["9月9日", "主题党日", "☑", "△", "×"], ["9月23日", "党课", "☑", "□", "#"]],
    "a title that begins with a day": [["2026年9月1日至12月31日高坪村党支部党员考勤表"], HEAD, FIRST, SECOND],
    "a title that begins with a year": [["2026年度高坪村党支部主题党日考勤表"], HEAD, FIRST, SECOND],
    "the branch in a line": [["考勤表"], ["党支部：高坪村党支部", "", "", "2026年第三季度"], HEAD, FIRST, SECOND],
    "signs of their own": [
        [TITLE], HEAD, ["9月9日", "主题党日", "●", "○", "◎"], ["9月23日", "党课", "●", "", "▲"], ["注：●到会 ○请假 ◎缺席 ▲迟到"],
    ],
    "signs explained beside the table": [
        [TITLE], [*HEAD, "", "●", "到会"], ["9月9日", "主题党日", "●", "○", "◎", "", "○", "请假"], ["9月23日", "党课", "●", "", "▲", "", "◎缺席", "▲迟到"],
    ],
    "signs explained in cells": [
        [TITLE], HEAD, ["9月9日", "主题党日", "●", "○", "◎"], ["9月23日", "党课", "●", "", "▲"], ["●", "到会", "○", "请假"], ["◎", "缺席", "▲", "迟到"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_people_across(shape):
    (table,) = read(*SHAPES[shape])
    assert table.organization == "V4"
    assert said(table) == READ
    assert [(one.title, one.mode, one.error) for one in table.activities] == [(None, None, None)] * 2


MERGED = {
    "months": ([[TITLE], *columns(["月份", "日期", "活动"], ["9月", "9日", "主题党日"], ["", "23日", "党课"])], ["A3:A4"]),
    "heads": ([[TITLE], ["日期", "活动内容", "参会人员签到"], ["", "", *NAMES], FIRST, SECOND], ["A2:A3", "B2:B3", "C2:E2"]),
    "the corner": ([[TITLE], ["姓名", "", *NAMES], FIRST, SECOND], ["A2:B2"]),
    "a month over the whole row": ([[TITLE], HEAD, ["9月"], ["9日", *FIRST[1:]], ["23日", *SECOND[1:]]], ["A3:E3"]),
    "the title and a line below": ([[TITLE], HEAD, FIRST, SECOND, ["注：√到会 △事假 ×缺席 #迟到"]], ["A1:E1", "A5:E5"]),
}  # fmt: skip


@pytest.mark.parametrize("shape", MERGED)
def test_people_across_with_merged_cells(shape):
    rows, merged = MERGED[shape]
    (table,) = read(*rows, merged=merged)
    assert said(table) == READ
    assert [one.error for one in table.activities] == [None, None]


def test_rows_and_columns_are_those_of_the_file():
    rows = [
        [],
        [],
        ["", TITLE],
        ["", *HEAD],
        ["", "身份证号", "", A, "", C],
        ["", *FIRST],
        ["", "13月9日", "党课", "√", "?", ""],
    ]
    (table,) = read(*rows)
    assert [(one.row, one.column, one.held_on) for one in table.activities] == [(6, 2, "2026-09-09"), (7, 2, None)]
    assert [(row.row, row.name, row.citizen_id) for row in table.rows] == [
        (4, "张三", A),
        (4, "李四", None),
        (4, "王五", C),
    ]
    assert [[(mark.row, mark.column) for mark in row.marks] for row in table.rows] == [[(6, 4)], [(6, 5)], [(6, 6)]]


def test_merged_marks_hold_for_each_person_and_day_and_an_unknown_one_is_one_error():
    rows = [
        [TITLE],
        HEAD,
        ["9月9日", "主题党日", "√", "", "#"],
        ["9月23日", "党课", "停电", "", ""],
        ["10月9日", "党课", "√", "〃", ""],
    ]
    (table,) = read(*rows, merged=["C3:D3", "C4:D4", "E3:E5"])
    marks = [[(mark.row, mark.column, mark.attendance) for mark in row.marks] for row in table.rows]
    assert marks == [
        [(3, 3, "PRESENT"), (4, 3, None), (5, 3, "PRESENT")],
        [(3, 4, "PRESENT"), (5, 4, None)],
        [(3, 5, "LATE"), (4, 5, "LATE"), (5, 5, "LATE")],
    ]


def test_an_activity_that_did_not_take_place_is_said_of_nobody():
    rows = [[TITLE], HEAD, FIRST, ["10月9日", "主题党日", "因疫情暂停"], SECOND]
    (table,) = read(*rows, merged=["C4:E4"])
    assert [(mark.row, mark.column) for row in table.rows for mark in row.marks if mark.error] == [(4, 3)]
    assert [(one.held_on, one.error) for one in table.activities] == [
        ("2026-09-09", None), ("2026-10-09", None), ("2026-09-23", None),
    ]  # fmt: skip


def test_a_mark_does_not_repeat_that_of_the_neighbour():
    (table,) = read([TITLE], HEAD, ["9月9日", "主题党日", "×", "〃", "√"], ["9月23日", "党课", "√", "√", "〃"])
    assert [[mark.attendance for mark in row.marks] for row in table.rows] == [
        ["ABSENT_UNEXCUSED", "PRESENT"], [None, "PRESENT"], ["PRESENT", "PRESENT"],
    ]  # fmt: skip


def test_how_it_was_held_has_a_column_of_its_own():
    rows = [
        ["时间", "主题", "形式", "张三", "李四"],
        ["9月9日", "网络安全", "现场", "√", "线上"],
        ["9月23日", "第三讲", "线上", "√", "√"],
    ]
    (table,) = read([TITLE], *rows)
    assert [(one.title, one.mode) for one in table.activities] == [("网络安全", "ON_SITE"), ("第三讲", "ONLINE")]
    assert [[mark.mode for mark in row.marks] for row in table.rows] == [[None, None], ["ONLINE", None]]


def test_rows_of_marks_that_say_nothing_and_days_that_are_none_are_one_error_each():
    rows = [HEAD, FIRST, ["第三次", "", "√", "×", "√"], ["13月9日", "党课", "√", "√", "√"], ["", "党课", "√", "√", "√"]]
    (table,) = read([TITLE], *rows)
    assert [(one.row, one.column, one.error.code) for one in table.activities if one.error] == [
        (4, 1, "ACTIVITY_UNKNOWN"), (5, 1, "DATE_INVALID"), (6, 2, "DATE_INVALID"),
    ]  # fmt: skip
    assert [[mark.attendance for mark in row.marks] for row in table.rows] == [["PRESENT"], ["PERSONAL_LEAVE"], ["ABSENT_UNEXCUSED"]]  # fmt: skip


def test_several_tables_on_a_sheet_each_with_its_host():
    rows = [
        ["2026年考勤表"], ["党支部：高坪村党支部"], HEAD, FIRST, ["合计", "", 1, 0, 0], [], ["党支部：柏林乡槐树村党支部"], HEAD[:4], FIRST[:4],
        ["日期", "活动内容", "钱进", "孙晓"], ["9月9日", "主题党日", "√", "×"],
    ]  # fmt: skip
    found = read(*rows)
    assert [(table.organization, [row.name for row in table.rows]) for table in found] == [
        ("V4", NAMES), ("V3", NAMES[:2]), ("V3", ["钱进", "孙晓"]),
    ]  # fmt: skip
    assert [[(one.row, one.held_on) for one in table.activities] for table in found] == [
        [(4, "2026-09-09")], [(9, "2026-09-09")], [(11, "2026-09-09")],
    ]  # fmt: skip


@pytest.mark.parametrize("number", [[], ["序号"]])
def test_two_tables_side_by_side_have_days_of_their_own(number):
    one = [1] * len(number)
    rows = [
        [*number, *HEAD[:4], "", *number, "日期", "活动内容", "赵六", "钱进"],
        [*one, *FIRST[:4], "", *one, "10月9日", "党课", "√", "×"],
    ]
    left, right = read([TITLE], *rows)
    assert said(left) == {
        "张三": {("2026-09-09", "THEME_DAY"): "PRESENT"},
        "李四": {("2026-09-09", "THEME_DAY"): "PERSONAL_LEAVE"},
    }
    assert said(right) == {
        "赵六": {("2026-10-09", "PARTY_LECTURE"): "PRESENT"},
        "钱进": {("2026-10-09", "PARTY_LECTURE"): "ABSENT_UNEXCUSED"},
    }
    assert [table.organization for table in (left, right)] == ["V4", "V4"]
    assert right.rows[1].marks[0].column == 9 + 2 * len(number)


def test_a_name_may_stand_over_mark_and_note():
    head = ["日期", "活动内容", "张三", "", "李四", ""]
    (table,) = read([TITLE], head, ["9月9日", "主题党日", "√", "早退", "△", "外出"], merged=["C2:D2", "E2:F2"])
    assert [(row.name, [mark.attendance for mark in row.marks]) for row in table.rows] == [
        ("张三", ["PRESENT"]),
        ("李四", ["PERSONAL_LEAVE"]),
    ]


def test_numbers_and_plain_words_are_marks_below_names():
    rows = [HEAD, ["9月9日", "主题党日", 1, 1, 0], ["9月23日", "党课", 1, "", 1], ["注：1=到会，0=缺席"]]
    assert [[mark.attendance for mark in row.marks] for row in read([TITLE], *rows)[0].rows] == [
        ["PRESENT"] * 2,
        ["PRESENT"],
        ["ABSENT_UNEXCUSED", "PRESENT"],
    ]
    rows = [HEAD, ["9月9日", "主题党日", "是", "病", "否"]]
    assert [row.marks[0].attendance for row in read([TITLE], *rows)[0].rows] == [
        "PRESENT",
        "SICK_LEAVE",
        "ABSENT_UNEXCUSED",
    ]


def test_another_table_below_is_not_read_into_it():
    rows = [
        HEAD,
        FIRST,
        [],
        ["请假情况"],
        ["日期", "姓名", "事由"],
        ["9月9日", "李四", "外出务工"],
        ["9月23日", "王五", "照顾老人"],
    ]
    (table,) = read([TITLE], *rows)
    assert [(one.row, one.held_on) for one in table.activities] == [(3, "2026-09-09")]


def test_one_table_across_and_one_down():
    rows = [
        ["2026年高坪村党支部考勤表"],
        HEAD,
        FIRST,
        [],
        ["党支部：柏林乡槐树村党支部"],
        ["姓名", "9月9日 党课"],
        ["赵六", "√"],
        ["钱进", "×"],
    ]
    found = read(*rows)
    assert [[row.name for row in table.rows] for table in found] == [NAMES, ["赵六", "钱进"]]
    assert [table.organization for table in found] == ["V4", "V3"]
    assert [(row.row, [mark.row for mark in row.marks]) for row in found[1].rows] == [(7, [7]), (8, [8])]


def test_a_branch_of_each_person():
    rows = [["2026年考勤表"], HEAD, ["所在党支部", "", "高坪村党支部", "同上", "柏林乡槐树村党支部"], FIRST]
    (table,) = read(*rows)
    assert [(row.name, row.organization) for row in table.rows] == [("张三", "V4"), ("李四", "V4"), ("王五", "V3")]


def test_the_only_activity_stands_above_the_names():
    rows = [["2026年9月9日高坪村党支部主题党日签到表"], ["姓名", *NAMES], ["签到", "√", "√", "请假"]]
    (table,) = read(*rows)
    assert table.organization == "V4"
    assert [(one.kind, one.held_on, one.row) for one in table.activities] == [("THEME_DAY", "2026-09-09", 3)]
    assert [row.marks[0].attendance for row in table.rows] == ["PRESENT", "PRESENT", "PERSONAL_LEAVE"]


def test_uncommon_names_are_people_where_the_others_are():
    head = ["日期", "活动", "张三", "买买提", "夙愿", "阿依古丽·艾山"]
    (table,) = read([TITLE], head, ["9月9日", "主题党日", "√", "△", "√", "×"])
    assert [row.name for row in table.rows] == head[2:]


def test_names_that_sound_like_other_words_are_names():
    head = [
        "日期",
        "活动",
        "马国庆",
        "李明月",
        "张镇",
        "周应",
        "党建国",
        "文明",
        "王村",
        "孙学习",
        "钱无忌",
        "周一鸣",
        "方正",
        "安静",
        "金党生",
        "时代",
    ]
    (table,) = read([TITLE], head, ["9月9日", "主题党日", *["√"] * 14])
    assert [row.name for row in table.rows] == head[2:]


def test_kinds_that_are_ticked_beside_the_people_are_nobody():
    head = ["日期", "张三", "李四", "党课", "主题党日", "志愿服务"]
    (table,) = read([TITLE], head, ["9月9日", "√", "×", "√", "", "√"], ["9月23日", "√", "√", "", "√", ""])
    assert [row.name for row in table.rows] == ["张三", "李四"]


def test_months_of_a_kind_that_the_title_names():
    (table,) = read(["高坪村党支部2026年主题党日考勤表"], ["月份", "张三", "李四"], [9, "√", "△"], ["10月", "", "√"])
    assert [(one.kind, one.held_on) for one in table.activities] == [("THEME_DAY", "2026-09"), ("THEME_DAY", "2026-10")]


def test_csv_knows_no_merges():
    lines = [TITLE + ",,,,", "月份,日期,活动,张三,李四", "9月,9日,主题党日,√,×", ",23日,党课,√,"]
    (table,) = rollcalls("\n".join(lines).encode())
    assert said(table) == {
        "张三": READ["张三"], "李四": {("2026-09-09", "THEME_DAY"): "ABSENT_UNEXCUSED"},
    }  # fmt: skip


NONE = {
    "a list of duties": [["2026年值班表"], ["日期", "带班领导", "值班人员"], ["9月9日", "张三", "李四"], ["9月10日", "王五", "赵六"]],
    "records of meetings": [["2026年会议记录"], ["时间", "主题", "主持人", "记录人", "参会人员"], ["9月9日", "党课", "张三", "李四", "王五、赵六"]],
    "points": [["2026年积分"], ["月份", "张三", "李四"], ["9月", "10", "9"], ["10月", "8", "9"]],
    "dues": [["高坪村党支部2026年党费收缴登记表"], ["月份", "张三", "李四"], ["9月", "√", "√"], ["10月", "√", "√"]],
    "names in rows": [["2026年签到"], ["日期", "签到"], ["9月9日", "张三", "李四"], ["", "王五", "赵六"]],
    "subjects": [["2026年"], ["日期", "卫生", "绿化", "巡逻"], ["9月9日", "√", "√", "√"]],
}  # fmt: skip


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_roll_call(name):
    with pytest.raises(UnreadableFile, match="没有找到表头"):
        read(*NONE[name])


ORDINARY = {
    "who spoke, above": [["日期", "", "9月9日", "9月23日"], ["主讲人", "", "周洁", "吴江"], ["序号", "姓名", "主题党日", "党课"], [1, "张三", "√", "√"], [2, "李四", "△", ""]],
    "who spoke, below": [["序号", "姓名", "9月9日主题党日", "9月23日党课"], [1, "张三", "√", "√"], [2, "李四", "△", ""], ["", "主持人", "周洁", "吴江"]],
    "side by side": [["姓名", "9月9日主题党日", "9月23日党课"] * 2, ["张三", "√", "√", "李四", "△", ""]],
    "numbered side by side": [["序号", "姓名", "9月9日主题党日", "9月23日党课"] * 2, [1, "张三", "√", "√", 2, "李四", "△", ""]],
    "a contact beside the name": [["姓名", "联系人", "9月9日主题党日", "9月23日党课"], ["张三", "周洁", "√", "√"], ["李四", "吴江", "△", ""]],
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_sheet_is_read_as_ever(name):
    found = read([TITLE], *ORDINARY[name])
    people = {person: marks for table in found for person, marks in said(table).items()}
    assert people == {"张三": READ["张三"], "李四": READ["李四"]}
    rows = range(1, len(ORDINARY[name]) + 2)
    assert all(mark.row == row.row and mark.row in rows for table in found for row in table.rows for mark in row.marks)


def test_the_sample_turned_over_says_the_same():
    down = find_all(read_workbook(LEDGERS / "rollcall.xlsx"), Kind.ROLLCALL)
    across = []
    for table in down:
        lines = list(table.called())
        rows = [[table.titles[0][0]], ["活动", *(line.cells["name"] for line, _ in lines)]]
        rows += [["身份证号", *(line.cells["citizenId"] for line, _ in lines)]]
        rows += [
            [head.cells[0].cell, *(marked[number][0] for _, marked in lines)]
            for number, head in enumerate(table.activities)
        ]
        across.append(Sheet(table.sheet.name, [row + [""] * (len(lines) + 1 - len(row)) for row in rows]))

    def marks(tables):
        reader = LineReader(ORGANIZATIONS, TODAY)
        for table in (reader.rollcall(table, 2026) for table in tables):
            for row in table.rows:
                for mark in row.marks:
                    one = table.activities[mark.activity]
                    yield row.citizen_id, row.name, one.held_on, one.kind, one.title, mark.attendance, mark.mode

    assert sorted(marks(find_all(across, Kind.ROLLCALL)), key=str) == sorted(marks(down), key=str)
    assert len(list(marks(down))) == 310
