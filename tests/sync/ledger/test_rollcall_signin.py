"""Sign-in sheets: the only activity stands above the table, and people sign in one column."""

from __future__ import annotations

import datetime as dt

import pytest

from hub.sync.ledger import signin
from hub.sync.ledger.workbook import UnreadableFile
from tests.sync.ledger.sheets import citizen_id, errors, rollcalls, xlsx

A, B, C, D = (citizen_id(number) for number in (1, 2, 3, 4))
TITLE = "2026年9月9日主题党日签到表"
HEAD = ["序号", "姓名", "身份证号", "签到"]


def tables(*rows, merged=(), name="表", year=None):
    return rollcalls(xlsx((name, list(rows), list(merged))), year, default="V4")


def held(*rows, **options):
    found = [one for table in tables(*rows, **options) for one in table.activities]
    return [(one.kind, one.held_on, one.title, one.mode, one.error.code if one.error else None) for one in found]


def said(*rows, **options):
    return [[(m.attendance, m.mode) for m in row.marks] for table in tables(*rows, **options) for row in table.rows]


THEME_DAY = ("THEME_DAY", "2026-09-09", None, None, None)
ABOVE = {
    "in the title": ([TITLE], THEME_DAY),
    "day behind the kind": (["主题党日签到表（2026年9月9日）"], THEME_DAY),
    "with the branch": (["高坪村党支部2026年9月9日主题党日活动签到册"], THEME_DAY),
    "of a branch's committee": (["中共临水县柏林乡高坪村支部委员会", TITLE], THEME_DAY),
    "a line of its own": (["主题党日签到表", "时间：2026年9月9日"], THEME_DAY),
    "time of day and place": (["主题党日签到表", "时间：2026年9月9日下午14：30—16：30   地点：三楼3号会议室   主持人：周洁"], THEME_DAY),
    "kind in a line": (["签到表", "活动时间：2026.9.9", "活动内容：主题党日"], THEME_DAY),
    "letters apart": (["会议签到表", "时 间: 2026-09-09", "名 称：主题党日"], THEME_DAY),
    "a labelled name": (["签到表", "会议名称：支部党员大会  会议日期：2026年9月9日"], ("MEMBER_CONGRESS", "2026-09-09", None, None, None)),
    "what it was about": (["主题党日签到表", "时间：2026年9月9日", "活动主题：参观纪念馆"], ("THEME_DAY", "2026-09-09", "参观纪念馆", None, None)),
    "the kind as a label": (["签到表", "时间：2026年9月9日", "主题党日：参观纪念馆"], ("THEME_DAY", "2026-09-09", "参观纪念馆", None, None)),
    "no known kind": (["高坪村党支部2026年9月9日清明祭扫签到表"], ("OTHER", "2026-09-09", "清明祭扫", None, None)),
    "no known kind, labelled": (["签到表", "时间：2026年9月9日  活动内容：清明祭扫"], ("OTHER", "2026-09-09", "清明祭扫", None, None)),
    "online": (["2026年9月9日主题党日（线上）签到表"], ("THEME_DAY", "2026-09-09", None, "ONLINE", None)),
    "the year above": (["2026年主题党日签到表", "时间：9月9日"], THEME_DAY),
    "the month above": (["2026年9月主题党日签到表", "日期：9日"], THEME_DAY),
    "the labelled day goes first": (["主题党日签到表", "9月1日印", "时间：2026年9月9日"], THEME_DAY),
    "when it was filled in": ([TITLE, "填表时间：2026年9月12日  制表人：周洁"], THEME_DAY),
    "a month": (["2026年9月主题党日签到表"], ("THEME_DAY", "2026-09", None, None, None)),
    "several days": (["集中培训签到表", "时间：2026年9月9日至11日"], ("TRAINING", "2026-09-09", None, None, None)),
    "no day": (["主题党日签到表"], ("THEME_DAY", None, None, None, "DATE_INVALID")),
    "no such day": (["2026年2月30日主题党日签到表"], ("THEME_DAY", None, None, None, "DATE_INVALID")),
    "two days": (["2026年9月9日、10月9日主题党日签到表"], THEME_DAY),
    "two days that differ": (["主题党日签到表", "2026年9月9日", "2026年10月9日"], ("THEME_DAY", None, None, None, "DATE_INVALID")),
    "only when it was filled in": (["主题党日签到表", "填表时间：2026年9月12日"], ("THEME_DAY", None, None, None, "DATE_INVALID")),
}  # fmt: skip


@pytest.mark.parametrize("above", ABOVE)
def test_what_stands_above(above):
    lines, expected = ABOVE[above]
    assert held(*([line] for line in lines), HEAD, [1, "周洁", A, "√"]) == [expected]


def test_lines_in_cells_of_their_own():
    rows = [
        ["签到表"],
        ["时间", dt.date(2026, 9, 9), "地点", "会议室"],
        ["内容：", "主题党日"],
        HEAD,
        [1, "周洁", A, "√"],
    ]
    assert held(*rows) == [THEME_DAY]


def test_the_name_of_the_sheet_and_the_year_of_the_command():
    assert held(["签到表"], HEAD, [1, "周洁", A, "√"], name="9月9日主题党日", year=2026) == [THEME_DAY]


def test_a_head_that_names_the_kind_only_takes_the_day_above():
    rows = [["2026年9月9日点名册"], ["姓名", "身份证号", "主题党日"], ["周洁", A, "√"]]
    assert held(*rows) == [THEME_DAY]
    assert held(["2026年第三季度点名册"], *rows[1:]) == [("THEME_DAY", None, None, None, "DATE_INVALID")]


@pytest.mark.parametrize(
    "head",
    ["签到", "签到情况", "出席情况", "到会情况", "参会情况", "签名", "签字", "本人签名", "签到（签名）", "考勤", "考勤情况", "是否到会", "出勤", "签 到", "签到栏", "参会人员签名"],
)  # fmt: skip
def test_heads_of_the_column(head):
    assert said([TITLE], ["姓名", "身份证号", "职务", head, "备注"], ["周洁", A, "委员", "√", "请假"], ["吴江", B, "", "请假", ""]) == [
        [("PRESENT", None)], [("PERSONAL_LEAVE", None)],
    ]  # fmt: skip


def test_a_signature_is_being_there_and_an_empty_cell_says_nothing():
    found = said(
        [TITLE], ["姓名", "身份证号", "签名"], ["周洁", A, "周 洁"], ["吴江", B, ""], ["郑海", C, "欧阳晓"], ["钱进", D, "病假"],
    )  # fmt: skip
    assert found == [[("PRESENT", None)], [], [("PRESENT", None)], [("SICK_LEAVE", None)]]


@pytest.mark.parametrize("cell", ["外出", "代签", "周洁代签", "已通知", "李家有事", "任务在外", "王", "?"])
def test_what_is_no_signature_is_an_unknown_mark(cell):
    assert said([TITLE], ["姓名", "身份证号", "签名"], ["周洁", A, cell]) == [[(None, None)]]


def test_below_other_heads_only_the_own_name_is_a_signature():
    found = said([TITLE], HEAD, [1, "周洁", A, "周洁"], [2, "吴江", B, "王海"], [3, "郑海", C, "线上"])
    assert found == [[("PRESENT", None)], [(None, None)], [("PRESENT", "ONLINE")]]


def test_a_time_of_signing_in():
    rows = [["姓名", "身份证号", "签到时间"], ["周洁", A, "14:25"], ["吴江", B, "2026-09-09 14:31:02"], ["郑海", C, 0.6], ["钱进", D, "请假"]]  # fmt: skip
    assert [one[0][0] for one in said([TITLE], *rows)] == ["PRESENT"] * 3 + ["PERSONAL_LEAVE"]


def test_a_signature_beside_a_mark_says_nothing_more():
    rows = [["姓名", "身份证号", "到会情况", "签名"], ["周洁", A, "迟到", "周洁"], ["吴江", B, "", "吴江"]]
    assert said([TITLE], *rows) == [[("LATE", None)], []]


def test_who_signs_without_standing_on_the_list_lacks_a_name():
    (table,) = tables([TITLE], ["序号", "姓名", "签名"], [1, "周洁", "周洁"], [2, "", "吴江"], ["", "", "9月9日"])
    assert errors(table.rows) == [(4, "name", "NAME_MISSING")]


def test_people_beside_one_another():
    rows = [["序号", "姓名", "签到"] * 2, [1, "周洁", "√", 2, "吴江", "×"], [3, "郑海", "请假", "", "", ""]]
    found = tables([TITLE], *rows)
    assert [[row.name for row in table.rows] for table in found] == [["周洁", "郑海"], ["吴江"]]
    assert held([TITLE], *rows) == [THEME_DAY] * 2
    assert [table.activities[0].column for table in found] == [3, 6]


def test_each_table_of_a_sheet_has_its_own_title():
    rows = [
        [TITLE], HEAD, [1, "周洁", A, "√"], [], ["2026年10月9日党课签到表"], HEAD, [1, "周洁", A, "×"], ["支部党员大会签到表"], HEAD, [1, "周洁", A, "√"],
    ]  # fmt: skip
    assert held(*rows) == [
        THEME_DAY, ("PARTY_LECTURE", "2026-10-09", None, None, None), ("MEMBER_CONGRESS", None, None, None, "DATE_INVALID"),
    ]  # fmt: skip
    assert [table.rows[0].row for table in tables(*rows)] == [3, 7, 10]


def test_a_page_that_goes_on_is_of_the_same_day():
    assert held([TITLE], HEAD, [1, "周洁", A, "√"], HEAD, [2, "吴江", B, "√"]) == [THEME_DAY] * 2


def test_each_sheet_has_its_own_title():
    source = xlsx(("甲", [[TITLE], HEAD, [1, "周洁", A, "√"]]), ("乙", [["党课签到表"], ["时间：2026年9月23日"], HEAD, [1, "周洁", A, "√"]]))  # fmt: skip
    assert [(t.activities[0].kind, t.activities[0].held_on) for t in rollcalls(source)] == [("THEME_DAY", "2026-09-09"), ("PARTY_LECTURE", "2026-09-23")]  # fmt: skip


def test_where_heads_say_days_the_title_does_not():
    found = held([TITLE], ["姓名", "身份证号", "10月9日 党课", "签名", "签到"], ["周洁", A, "√", "周洁", "√"])
    assert found == [("PARTY_LECTURE", "2026-10-09", None, None, None), ("OTHER", None, None, None, "ACTIVITY_UNKNOWN")]


def test_a_column_for_each_meaning_is_not_guessed():
    found = held([TITLE], ["姓名", "身份证号", "上午签到情况", "下午签到情况"], ["周洁", A, "√", "√"])
    assert [code for *_, code in found] == ["ACTIVITY_UNKNOWN"] * 2
    rows = [["姓名", "身份证号", "签到", "缺席"], ["周洁", A, "√", ""], ["吴江", B, "", "√"]]
    assert said([TITLE], *rows) == [[("PRESENT", None)], []]
    assert [code for *_, code in held([TITLE], *rows)] == [None, "ACTIVITY_UNKNOWN"]


def test_a_list_that_people_sign_for_something_else_is_no_roll_call():
    for title in ("党员名册", "学习资料领取表"):
        with pytest.raises(UnreadableFile, match="没有找到表头"):
            tables([title], ["姓名", "身份证号", "签名"], ["周洁", A, "周洁"])


def test_rows_of_counts_are_no_people():
    rows = [
        [TITLE],
        HEAD,
        [1, "周洁", A, "√"],
        ["应到", 3, "实到", 1],
        ["应到20人", "", "", "实到18人"],
        ["到会率", "", "", "90%"],
        ["记录人：吴江"],
    ]
    assert [row.name for table in tables(*rows) for row in table.rows] == ["周洁"]


@pytest.mark.parametrize(("text", "name"), [("周洁", True), ("欧阳晓雪", True), ("买买提·艾力", True), ("周 洁", True), ("外出", False), ("务工", False), ("在家", False), ("", False), ("周洁周洁周洁", False)])  # fmt: skip
def test_names(text, name):
    assert signin.is_name(text) is name


@pytest.mark.parametrize(
    "above",
    [
        [["主持人", "周洁", "记录人", "吴江"]],
        [["应到", "2", "实到", "1"]],
        [["主持人", "周洁", "记录人", "吴江"], ["应到", "2", "实到", "1"]],
    ],
)
def test_what_is_said_of_the_meeting_above_the_heads_is_none_of_them(above):
    rows = [["2026年9月9日高坪村党支部党员大会签到表"], *above, ["姓名", "到会情况"], ["张三", "√"], ["李四", "×"]]
    (table,) = rollcalls(xlsx(("表", rows)))
    assert [(one.held_on, one.kind, one.error) for one in table.activities] == [("2026-09-09", "MEMBER_CONGRESS", None)]
    assert [(row.name, [mark.attendance for mark in row.marks]) for row in table.rows] == [
        ("张三", ["PRESENT"]), ("李四", ["ABSENT_UNEXCUSED"]),
    ]  # fmt: skip
