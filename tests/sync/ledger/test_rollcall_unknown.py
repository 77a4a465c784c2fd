"""Columns of marks below a head that says nothing of an activity: one error each, and what stays without one."""

from __future__ import annotations

import pytest

from hub.sync.ledger.workbook import UnreadableFile
from tests.sync.ledger.sheets import citizen_id, rollcalls, xlsx

A, B, C = citizen_id(1), citizen_id(2), citizen_id(3)


def table(*rows, merged=(), name="表"):
    (found,) = rollcalls(xlsx((name, [["2026年点名册"], *rows], list(merged))), default="V4")
    return found


def faults(found):
    return [(one.row, one.column, one.error.field, one.error.code) for one in found.activities if one.error]


def said(found):
    return [[(mark.column, mark.attendance) for mark in row.marks] for row in found.rows]


@pytest.mark.parametrize("head", ["第一次", "三会一课", "签到", "到会情况", "2组", "现场会", "缺席", ""])
def test_marks_below_a_head_that_says_nothing_are_one_error_and_stay_out(head):
    found = table(
        ["姓名", "身份证号", head, "9月9日 党课"],
        ["周洁", A, "√", "×"],
        ["吴江", B, "×", "√"],
        ["郑海", C, "", "√"],
    )
    assert faults(found) == [(2, 3, "heldOn", "ACTIVITY_UNKNOWN")]
    assert said(found) == [[(4, "ABSENT_UNEXCUSED")], [(4, "PRESENT")], [(4, "PRESENT")]]


def test_each_column_has_its_own_error_and_a_merged_head_one():
    found = table(
        ["姓名", "身份证号", "第一次", "第二次", "9月9日 党课", "某事", ""],
        ["周洁", A, "√", "迟到", "√", "√", "√"],
        ["吴江", B, "√", "病假", "√", "√", "×"],
        merged=["F2:G2"],
    )
    assert [(row, column) for row, column, _, _ in faults(found)] == [(2, 3), (2, 4), (2, 6)]
    assert said(found) == [[(5, "PRESENT")], [(5, "PRESENT")]]


def test_the_error_stands_where_the_head_is_written():
    found = table(
        ["姓名", "身份证号", "第一次", "9月9日"],
        ["", "", "", "党课"],
        ["周洁", A, "√", "√"],
        merged=["A2:A3", "B2:B3", "C2:C3"],
    )
    assert faults(found) == [(2, 3, "heldOn", "ACTIVITY_UNKNOWN")]


def test_signs_of_the_legend_are_marks_as_well():
    rows = [["姓名", "身份证号", "第一次", "9月9日 党课"], ["周洁", A, "●", "●"], ["吴江", B, "●", "●"]]
    assert faults(table(*rows)) == []
    assert faults(table(*rows, ["注：●到会 ×缺席"])) == [(2, 3, "heldOn", "ACTIVITY_UNKNOWN")]


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("备注", "√|√"), ("联系电话", "17400000001|17400000002"), ("序号", "1|2"), ("应到", "5|5"), ("实到", "√|√"), ("出勤率", "100%|90%"), ("职务", "书记|委员"),
        ("所在党支部", "高坪村党支部|高坪村党支部"), ("请假原因", "病假|出差"), ("正式党员", "√|√"), ("男", "√|"), ("党费", "√|√"), ("是否低保", "是|否"),
        ("住户", "是|否"), ("状态", "正常|正常"), ("签名", "周洁|吴江"), ("班组", "甲|乙"), ("评分", "95|90"), ("", "家住村东|√|家住村西"), ("第一次", "|"),
        ("第一次", "√|村东|村西"),
    ],
)  # fmt: skip
def test_columns_that_are_no_marks_and_no_errors(head, cells):
    lines = [
        [name, number, cell, "√"]
        for name, number, cell in zip(["周洁", "吴江", "郑海"], [A, B, C], cells.split("|"), strict=False)
    ]
    found = table(["姓名", "身份证号", head, "9月9日 党课"], *lines)
    assert faults(found) == []
    assert {one for marks in said(found) for one in marks} == {(4, "PRESENT")}


def test_a_roll_call_of_nothing_but_such_columns_says_so():
    found = table(["姓名", "身份证号", "第一次", "第二次"], ["周洁", A, "√", "√"], ["吴江", B, "√", "×"])
    assert [(row, column) for row, column, _, _ in faults(found)] == [(2, 3), (2, 4)]
    assert said(found) == [[], []]


def test_a_list_of_people_with_ticks_is_no_roll_call():
    with pytest.raises(UnreadableFile, match="没有找到表头"):
        rollcalls(xlsx(("表", [["党员名册"], ["姓名", "身份证号", "有车"], ["周洁", A, "√"], ["吴江", B, "√"]])))
