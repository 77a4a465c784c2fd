"""Heads and marks as an export writes them: whatever the title, they read back as they were."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sync.ledger import marks, written_heads
from hub.sync.ledger.columns import Kind
from hub.sync.ledger.export_participation import MARKS
from hub.sync.ledger.lines import LineReader
from hub.sync.ledger.tables import find_all
from hub.sync.ledger.workbook import Sheet, UnreadableFile
from hub.sync.ledger.written_heads import KINDS, MODES
from tests.sync.ledger.sheets import NAMES, TODAY, citizen_id

LEGEND = "注：√到会 #迟到 O病假 ★公假 △事假 ×无故缺席"
NASTY = [
    "实到", "应到人数统计", "率先垂范", "9.9公益", "2026-10-01", "10月1日 党课", "注：√缺席", "合计", "姓名", "身份证号核对", "所在党支部", "备注", "电话",
    "网络安全", "a」（线上）", "「」", "（现场）", " 前后有空格 ", "两\n行", "党课", "=SUM(A1)", "长" * 500,
]  # fmt: skip


def roll_call(*heads: str, cells=("√",)):
    rows = [
        ["参加组织生活点名册"], ["党组织：中共临水县柏林乡高坪村支部委员会（代码 local:LS0202）"], ["序号", "姓名", "身份证号", "所在党支部", *heads],
        ["1", "周洁", citizen_id(1), "高坪村党支部", *cells], [LEGEND],
    ]  # fmt: skip
    width = max(map(len, rows))
    (table,) = find_all([Sheet("高坪村", [[*row, *[""] * (width - len(row))] for row in rows])], Kind.ROLLCALL)
    return LineReader(NAMES, TODAY).rollcall(table)


def read_back(held_on: str, kind: str, title: str | None, mode: str):
    found = roll_call(written_heads.write(held_on, kind, title, mode))
    (one,) = found.activities
    usual = "ONLINE" if kind == "ONLINE_EXCHANGE" else "ON_SITE"
    assert ([row.error for row in found.rows], one.error) == ([None], None)
    assert [mark.attendance for mark in found.rows[0].marks] == ["PRESENT"]
    return one.held_on, one.kind, one.title, one.mode or usual


@pytest.mark.parametrize("title", NASTY)
def test_a_nasty_title_reads_back(title):
    for held_on, kind, mode in itertools.product(("2026-09", "2026-09-09"), ("OTHER", "PARTY_LECTURE"), MODES):
        assert read_back(held_on, kind, title, mode) == (held_on, kind, title, mode)


@given(
    held_on=st.dates().filter(lambda day: 1921 < day.year < 2100).map(str) | st.just("2026-09"),
    kind=st.sampled_from(list(KINDS)),
    title=st.none() | st.text(min_size=1, max_size=60),
    mode=st.sampled_from(list(MODES)),
)
def test_any_head_reads_back(held_on, kind, title, mode):
    assert read_back(held_on, kind, title, mode) == (held_on, kind, title, mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("attendance", ["PRESENT", "LATE"])
def test_the_mark_of_who_was_there_reads_back_with_any_mode(attendance, mode):
    mark = f"{MARKS[attendance]}（{MODES[mode]}）"
    assert marks.read(mark) == marks.Meaning(attendance, mode)
    assert marks.read(mark, marks.legend_of([LEGEND])) == marks.Meaning(attendance, mode)


@pytest.mark.parametrize("mode", MODES.values())
@pytest.mark.parametrize("legend", [{}, marks.legend_of([LEGEND])])
def test_who_missed_it_and_made_up_for_it_is_not_absent(mode, legend):
    assert marks.read(f"×（{mode}）", legend) == marks.UNKNOWN
    assert marks.read(f"△（{mode}）", legend) == marks.Meaning("PERSONAL_LEAVE")


@pytest.mark.parametrize("mark", ["√（请假）", "×（请假）", "×（已补学）", "×线上", "缺席（线上）", "●（线上）"])
def test_what_no_export_writes_is_no_mark(mark):
    assert marks.read(mark) == marks.UNKNOWN


@pytest.mark.parametrize("day", ["2026年9月9日", "2026年9月9日 ", "2026-09-09 ", "9月9日", "2026年9月"])
@pytest.mark.parametrize(
    "words",
    [
        "备注",
        "出勤率",
        "实到",
        "合计",
        "缺席人数",
        "应到",
        "实到人数统计",
        "党课 签到率",
        "党课「第三讲」出勤率",
        "身份证号",
    ],
)
def test_counts_and_notes_are_no_activities_however_the_day_is_typed(day, words):
    found = roll_call("2026年9月9日 党课", f"{day}{words}", cells=("√", "√"))
    assert [(one.held_on, one.kind, one.error) for one in found.activities] == [("2026-09-09", "PARTY_LECTURE", None)]
    assert [len(row.marks) for row in found.rows] == [1]


@pytest.mark.parametrize("words", ["备注", "出勤率", "实到", "合计", "缺席人数", "党课 签到率"])
def test_the_same_words_in_the_title_of_an_export_are_one(words):
    found = roll_call(f"2026年9月9日 其他「{words}」", f"2026年9月10日 党课「{words}」", cells=("√", "√"))
    assert [(one.held_on, one.kind, one.title) for one in found.activities] == [
        ("2026-09-09", "OTHER", words), ("2026-09-10", "PARTY_LECTURE", words),
    ]  # fmt: skip


def test_a_day_that_does_not_exist_is_an_error_in_this_form_too():
    (one,) = roll_call("2026年2月30日 其他「9.9公益」").activities
    assert (one.held_on, one.error.field, one.error.code) == (None, "heldOn", "DATE_INVALID")


def test_the_committee_in_the_name_of_a_branch_is_no_meeting_of_it():
    """The line above the table names the host, whose days are not all meetings of its committee."""
    (one,) = roll_call("9月9日").activities
    assert one.kind == "OTHER"


def test_a_list_of_people_without_activities_is_no_roll_call_unless_it_calls_nobody():
    heads = ["序号", "姓名", "身份证号", "所在党支部"]
    assert find_all([Sheet("点名册", [["参加组织生活点名册", "", "", ""], heads])], Kind.ROLLCALL) == []
    for rows in (
        [["党员名册", "", "", ""], heads],
        [["点名册", "", "", ""], heads, ["1", "周洁", citizen_id(1), ""]],
    ):
        with pytest.raises(UnreadableFile, match="没有找到表头"):
            find_all([Sheet("表", rows)], Kind.ROLLCALL)
