"""A column beside the marks that says why somebody was not there, or for how many hours they were."""

from __future__ import annotations

import pytest

from tests.sync.ledger.sheets import citizen_id, rollcalls, xlsx

A, B, C = (citizen_id(number) for number in (1, 2, 3))
TITLE = ["2026年9月9日主题党日签到表"]


def said(*rows, merged=()):
    found = rollcalls(xlsx(("表", list(rows), list(merged))), 2026, default="V4")
    return [[m.attendance or m.error.code for m in row.marks] for table in found for row in table.rows]


def signed(heads, *lines):
    """Read a sign-in sheet; each line has what stands below the heads."""
    rows = [["姓名", "身份证号", *heads], *(["周洁", A, *cells] for cells in lines)]
    return [one for marked in said(TITLE, *rows) for one in marked]


REASONS = {
    "SICK_LEAVE": "住院|请病假|生病|做手术|病|因病未能参加|身体不适|请假（病）|O",
    "OFFICIAL_LEAVE": "出差|公务|值班|到外地出差|因公|公差去县里|★",
    "PERSONAL_LEAVE": "请假|请假回老家|回老家|家里有事|事假|孩子生病|照顾住院的母亲|有事|△",
    "MARK_UNKNOWN": "外出务工|待核实|补学|到会|出差途中生病|请假未批|3|不详",
    "ABSENT_UNEXCUSED": "|无|/|—|无故缺席|未请假|没有说明原因|旷会",
}


@pytest.mark.parametrize(("meaning", "text"), [(meaning, text) for meaning, many in REASONS.items() for text in many.split("|")])  # fmt: skip
def test_why_somebody_was_not_there(meaning, text):
    assert signed(["签到", "缺席原因"], ["×", text]) == [meaning]


@pytest.mark.parametrize(
    ("heads", "mark", "reason", "meaning"),
    [
        (["是否参加", "未参加原因"], "否", "住院", "SICK_LEAVE"),
        (["是否到会", "缺席原因"], "否", "请病假", "SICK_LEAVE"),
        (["是否到会", "缺席原因"], "否", "出差", "OFFICIAL_LEAVE"),
        (["签到", "请假事由"], "缺席", "出差", "OFFICIAL_LEAVE"),
        (["签到", "请假事由"], "×", "请假回老家", "PERSONAL_LEAVE"),
        (["签到", "未到会理由（详细）"], "×", "住院", "SICK_LEAVE"),
        (["9月9日 党课", "原因"], "×", "住院", "SICK_LEAVE"),
        (["9月9日 党课", "9月9日缺席原因"], "×", "住院", "SICK_LEAVE"),
    ],
)
def test_heads_of_reasons(heads, mark, reason, meaning):
    assert signed(heads, [mark, reason]) == [meaning]


def test_other_marks_stay_as_they_are():
    lines = [["√", "住院"], ["O", "出差"], ["#", "堵车"], ["", "住院"], ["？", "住院"]]
    assert signed(["签到", "原因"], *lines) == ["PRESENT", "SICK_LEAVE", "LATE", "MARK_UNKNOWN"]


def test_a_reason_merged_down_and_one_repeated():
    rows = [TITLE, ["姓名", "身份证号", "签到", "原因"], ["周洁", A, "×", "住院"], ["吴江", B, "×", ""]]
    assert said(*rows, merged=["D3:D4"]) == [["SICK_LEAVE"], ["SICK_LEAVE"]]
    assert said(*rows[:3], ["吴江", B, "×", "同上"]) == [["SICK_LEAVE"], ["SICK_LEAVE"]]


def test_each_line_below_one_merged_mark_has_its_own_reason():
    rows = [
        TITLE,
        ["姓名", "身份证号", "签到", "原因"],
        ["周洁", A, "×", "待核实"],
        ["吴江", B, "", "住院"],
        ["郑华", C, "", ""],
    ]
    assert said(*rows, merged=["C3:C5"]) == [["MARK_UNKNOWN"], ["SICK_LEAVE"], ["ABSENT_UNEXCUSED"]]


def test_of_several_columns_the_one_right_of_the_mark_counts():
    assert signed(["请假原因", "签到", "缺席原因"], ["×", "×", "住院"]) == ["SICK_LEAVE"]
    assert signed(["请假原因", "签到"], ["出差", "×"]) == ["OFFICIAL_LEAVE"]


@pytest.mark.parametrize("head", ["退回原因", "扣分理由", "流动原因"])
def test_reasons_for_something_else(head):
    heads = [head, "签到"] if head == "流动原因" else ["签到", head]
    cells = ["务工", "×"] if head == "流动原因" else ["×", "务工"]
    assert signed(heads, cells) == ["ABSENT_UNEXCUSED"]


def test_one_column_of_reasons_for_several_days_makes_absences_doubtful():
    heads = ["9月9日 党课", "9月23日 党课", "缺席原因"]
    lines = [["×", "√", "住院"], ["×", "×", ""], ["√", "√", "住院"], ["√", "×", "住院"]]
    assert signed(heads, *lines) == [
        "MARK_UNKNOWN", "PRESENT", "ABSENT_UNEXCUSED", "ABSENT_UNEXCUSED", "PRESENT", "PRESENT", "PRESENT", "MARK_UNKNOWN",
    ]  # fmt: skip


def test_a_column_of_reasons_beside_each_day():
    heads = ["9月9日 党课", "原因", "9月23日 党课", "原因"]
    lines = [["×", "住院", "×", "出差"], ["×", "", "√", ""], ["×", "住院", "×", ""]]
    assert signed(heads, *lines) == [
        "SICK_LEAVE", "OFFICIAL_LEAVE", "ABSENT_UNEXCUSED", "PRESENT", "SICK_LEAVE", "ABSENT_UNEXCUSED",
    ]  # fmt: skip


@pytest.mark.parametrize("beside", ["缺席原因", "学时", "课时数", "学习时长", "小时", "学时（小时）"])
def test_what_is_noted_below_the_day_is_no_mark(beside):
    rows = [
        ["姓名", "身份证号", "4月9日 集中培训", "", "5月9日 党课", ""],
        ["", "", "到会", beside, "到会", beside],
        ["周洁", A, "√", 8, "√", 4],
        ["吴江", B, "√", "8学时", "", ""],
    ]
    merged = ["A1:A2", "B1:B2", "C1:D1", "E1:F1"]
    assert said(*rows, merged=merged) == [["PRESENT", "PRESENT"], ["PRESENT"]]


def test_hours_in_the_name_of_an_activity():
    assert signed(["9月9日 党课（2学时）", "9月23日 集中培训 8学时"], ["√", "×"]) == ["PRESENT", "ABSENT_UNEXCUSED"]


def test_heads_that_nobody_merged():
    rows = [["姓名", "身份证号", "9月9日 党课", "", "10月9日 党课", ""], ["", "", "到会", "缺席原因", "到会", "学时"]]
    assert said(*rows, ["周洁", A, "×", "住院", "√", 2]) == [["SICK_LEAVE", "PRESENT"]]


def test_a_reason_beside_the_components_of_one_day():
    rows = [["姓名", "身份证号", "9月9日主题党日", "", "", "缺席原因"], ["", "", "一课", "一片", "一实践", ""]]
    lines = [["周洁", A, "×", "×", "×", "住院"], ["吴江", B, "√", "×", "×", "不详"], ["郑华", C, "×", "×", "×", "不详"]]
    merged = ["A1:A2", "B1:B2", "C1:E1", "F1:F2"]
    assert said(*rows, *lines, merged=merged) == [["SICK_LEAVE"], ["PRESENT"], ["MARK_UNKNOWN"]]
