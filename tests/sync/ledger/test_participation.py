"""Reported participation: one activity of one person in each row."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from hub.sync.ledger.columns import Kind, head
from hub.sync.ledger.lines import LineReader
from hub.sync.ledger.tables import find_all
from hub.sync.ledger.workbook import UnreadableFile, read_workbook
from tests.sync.ledger.sheets import NAMES, TODAY, citizen_id, errors, read, warnings, xlsx

A, B, C = citizen_id(1), citizen_id(2), citizen_id(3)
HEAD = [
    "姓名",
    "身份证号码",
    "所在党支部",
    "活动类别",
    "活动名称",
    "活动日期",
    "组织单位",
    "参加方式",
    "佐证材料",
    "学时",
    "参加情况",
    "活动地点",
    "备注",
]
GOOD = [
    "周洁",
    A,
    "高坪村党支部",
    "主题党日",
    "参观纪念馆",
    "2026.9.9",
    "灯塔社区党委",
    "现场",
    "照片2张",
    "2",
    "√",
    "纪念馆",
    "自费",
]
AT = [
    "name",
    "number",
    "branch",
    "kind",
    "title",
    "date",
    "host",
    "mode",
    "evidence",
    "hours",
    "attendance",
    "place",
    "remark",
]


def rows(*lines, head=HEAD, year=None, above=(), merged=()):
    tables = find_all(read_workbook(xlsx(("表", [*above, head, *lines], list(merged)))), Kind.PARTICIPATION)
    reader = LineReader(NAMES, TODAY)
    return [row for table in tables for row in reader.participation(table, year)]


def changed(**cells):
    return [cells.get(key, cell) for key, cell in zip(AT, GOOD, strict=True)]


HEADS = {
    "activityKind": "活动类别|活动类型|组织生活类别|类别|类型|组织生活类型|学习类别",
    "activityTitle": "活动名称|学习内容|活动主题|会议名称|活动内容|内容|参加活动|参加的活动|组织生活内容|主要内容",
    "heldOn": "活动日期|参加时间|时间|日期|活动时间|参加日期|学习时间|召开时间|开展时间|组织生活时间",
    "host": "组织单位|主办单位|活动单位|举办党组织|主办党组织|活动组织单位|举办单位|流入地党组织|组织党支部",
    "mode": "参加方式|形式|方式|参加形式|活动形式|活动方式|学习方式",
    "evidence": "佐证|证明材料|佐证材料|印证材料|佐证资料|活动照片",
    "hours": "学时|课时|学时数|学习时长|学时（小时）",
    "attendance": "参加情况|出勤|出勤情况|是否参加|签到情况",
    "place": "地点|活动地点|学习地点|参加地点",
    "organization": "所在党支部|所在组织|组织关系所在党支部|党支部名称|流出地党组织",
    "remark": "备注",
    "-": "序号|联系电话|审核意见|职务|证明人|填报人",
}  # fmt: skip


@pytest.mark.parametrize(("field", "words"), [(field, words) for field, many in HEADS.items() for words in many.split("|")])  # fmt: skip
def test_heads(field, words):
    found = head(Kind.PARTICIPATION, words)
    assert (found.field if found else "-") == field


def test_a_good_row():
    (row,) = rows(GOOD)
    assert (row.row, row.name, row.citizen_id, row.organization, row.organization_from) == (2, "周洁", A, "V4", "CELL")
    assert (row.kind, row.title, row.held_on) == ("THEME_DAY", "参观纪念馆", "2026-09-09")
    assert (row.host, row.host_text, row.place, row.remark) == ("S11", "灯塔社区党委", "纪念馆", "自费")
    assert (row.mode, row.attendance, row.hours) == ("ON_SITE", "PRESENT", Decimal(2))
    assert (row.evidence_kind, row.evidence_text) == ("PHOTO", "照片2张")
    assert (row.error, row.warnings, row.unreadable) == (None, (), {})


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (changed(name=""), "name", "NAME_MISSING"),
        (changed(number="123", date=""), "citizenId", "IDENTITY_LENGTH"),
        (changed(branch="乌有村党支部"), "organization", "ORGANIZATION_UNKNOWN"),
        (changed(date=""), "heldOn", "DATE_INVALID"),
        (changed(date="2026"), "heldOn", "DATE_INVALID"),
        (changed(date="2026年"), "heldOn", "DATE_INVALID"),
        (changed(date="去年九月"), "heldOn", "DATE_INVALID"),
        (changed(date="2026.2.29"), "heldOn", "DATE_INVALID"),
        (changed(date="9月9日"), "heldOn", "DATE_INVALID"),
        (changed(date="9月9日上午"), "heldOn", "DATE_INVALID"),
        (changed(date="2026年9月9日党课"), "heldOn", "DATE_INVALID"),
        (changed(date="2026年9月上午"), "heldOn", "DATE_INVALID"),
        (changed(date="2026年12月9日上午"), "heldOn", "DATE_IN_FUTURE"),
        (changed(date="2026.12.9"), "heldOn", "DATE_IN_FUTURE"),
        (changed(kind="", title=""), "kind", "ACTIVITY_MISSING"),
        (changed(attendance="没有参加成"), "attendance", "MARK_UNKNOWN"),
    ],
)
def test_what_the_record_needs_refuses_the_row(row, field, code):
    (found,) = rows(row)
    assert errors([found]) == [(2, field, code)]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("row", "field", "text"),
    [
        (changed(mode="骑车"), "mode", "骑车"),
        (changed(evidence="见附页"), "evidence", "见附页"),
        (changed(hours="半天"), "hours", "半天"),
        (changed(hours="0"), "hours", "0"),
        (changed(attendance="表现积极"), "attendance", "表现积极"),
    ],
)
def test_what_else_is_unreadable_is_left_open(row, field, text):
    (found,) = rows(row)
    assert (found.error, warnings([found]), dict(found.unreadable)) == (None, [(2, field, "VALUE_UNREADABLE")], {field: text})  # fmt: skip


def test_hours_of_who_was_not_there_are_not_taken():
    (row,) = rows(changed(attendance="病假", hours="2"))
    assert (row.attendance, row.hours, row.error) == ("SICK_LEAVE", None, None)
    assert warnings([row]) == [(2, "hours", "HOURS_NOT_COUNTED")]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("滨江区新港街道工业路12号", "滨江区新港街道"),
        ("新港街道灯塔社区3栋2单元", "新港街道灯塔社区"),
        ("工业路五号院", None),
    ],
)
def test_a_place_is_kept_at_town_level(text, kept):
    (row,) = rows(changed(place=text))
    assert (row.place, row.error, row.unreadable) == (kept, None, {})
    assert warnings([row]) == [(2, "place", "PLACE_TOO_EXACT")]


@pytest.mark.parametrize("text", ["新港街道", "三楼会议室", "地铁10号线工地", "红旗村文化广场", "八一小学"])
def test_a_place_without_a_door_is_kept_as_it_is(text):
    (row,) = rows(changed(place=text))
    assert (row.place, row.warnings) == (text, ())


def test_an_unknown_host_is_kept_as_written():
    (row,) = rows(changed(host="外省某街道党工委"))
    assert (row.host, row.host_text, row.error) == (None, "外省某街道党工委", None)


@pytest.mark.parametrize(
    ("cell", "held_on"),
    [
        (dt.date(2026, 9, 9), "2026-09-09"), ("2026年9月9日", "2026-09-09"), ("2026.9", "2026-09"), (46274, "2026-09-09"), ("20260909", "2026-09-09"),
        ("2026年9月9日14:30", "2026-09-09"), ("2026.9.9-9.11", "2026-09-09"), ("2026年9月9日至11日", "2026-09-09"), ("9月9日", "2026-09-09"),
        ("9.9", "2026-09-09"), ("9月", "2026-09"), ("5月10日上午", "2026-05-10"), ("2025年6月10日上午", "2025-06-10"), ("6月11日下午", "2026-06-11"),
        ("2026年9月9日（晚上）", "2026-09-09"), ("9月9日 早上", "2026-09-09"), ("9月9日上午、下午", "2026-09-09"), ("5月中旬", "2026-05"), ("5月上旬", "2026-05"),
        ("2025年5月下旬", "2025-05"), ("9月初", "2026-09"),
    ],
)  # fmt: skip
def test_days(cell, held_on):
    (row,) = rows(changed(date=cell), year=2026)
    assert row.held_on == held_on


def test_the_title_says_the_year_and_the_command_goes_before_it():
    above = [["2025年流动党员自报参加组织生活情况"]]
    assert [row.held_on for row in rows(changed(date="9月9日"), above=above)] == ["2025-09-09"]
    assert [row.held_on for row in rows(changed(date="9月9日"), above=above, year=2024)] == ["2024-09-09"]


@pytest.mark.parametrize(
    ("kind", "title", "found"),
    [
        ("党课", "", ("PARTY_LECTURE", None, None)),
        ("微党课", "初心", ("PARTY_LECTURE", "初心", None)),
        ("主题党日（线上）", "", ("THEME_DAY", None, "ONLINE")),
        ("网上学习交流", "", ("ONLINE_EXCHANGE", None, "ONLINE")),
        ("其他", "支部党员大会", ("MEMBER_CONGRESS", None, None)),
        ("三会一课", "9月党课：初心", ("PARTY_LECTURE", "初心", None)),
        ("其他", "清明祭扫", ("OTHER", "清明祭扫", None)),
        ("其他", "", ("OTHER", "其他", None)),
        ("慰问老党员", "", ("OTHER", "慰问老党员", None)),
        ("", "高坪村党支部委员会2026年9月主题党日", ("THEME_DAY", "高坪村党支部委员会", None)),
        ("THEME_DAY", "", ("THEME_DAY", None, None)),
    ],
)
def test_activities(kind, title, found):
    (row,) = rows(changed(kind=kind, title=title, mode=""))
    assert (row.kind, row.title, row.mode) == found


@pytest.mark.parametrize(
    ("text", "mode"),
    [("现场", "ON_SITE"), ("线上", "ONLINE"), ("视频会议", "ONLINE"), ("自学", "SELF_STUDY"), ("补学", "SELF_STUDY"), ("送学", "DELIVERED"),
     ("送学上门", "DELIVERED"), ("线下", "ON_SITE"), ("现场参加", "ON_SITE"), ("集中学习", "ON_SITE"), ("", None), ("无", None)],
)  # fmt: skip
def test_modes(text, mode):
    (row,) = rows(changed(mode=text))
    assert (row.mode, row.warnings) == (mode, ())


@pytest.mark.parametrize(
    ("text", "kind"),
    [("照片", "PHOTO"), ("截图", "SCREENSHOT"), ("签到表", "SIGN_IN_SHEET"), ("证明", "CERTIFICATE"), ("视频", "VIDEO"), ("二维码签到", "QR_CODE"),
     ("其他", "OTHER"), ("签到表、照片", "SIGN_IN_SHEET"), ("学习强国截图", "SCREENSHOT"), ("", None)],
)  # fmt: skip
def test_evidence(text, kind):
    (row,) = rows(changed(evidence=text))
    assert (row.evidence_kind, row.evidence_text, row.warnings) == (kind, text or None, ())


@pytest.mark.parametrize(
    ("cell", "hours"), [(2, "2"), (1.5, "1.5"), ("1.5学时", "1.5"), ("3课时", "3"), ("2小时", "2"), ("90分钟", "1.5"), ("4个学时", "4")]
)  # fmt: skip
def test_hours(cell, hours):
    (row,) = rows(changed(hours=cell))
    assert row.hours == Decimal(hours)


@pytest.mark.parametrize(
    ("text", "found"),
    [("√", ("PRESENT", None)), ("已参加", ("PRESENT", None)), ("迟到", ("LATE", None)), ("病假", ("SICK_LEAVE", None)), ("×", ("ABSENT_UNEXCUSED", None)),
     ("线上参加", ("PRESENT", "ONLINE")), ("补学", ("PRESENT", "SELF_STUDY")), ("", ("PRESENT", None)), ("否", ("ABSENT_UNEXCUSED", None))],
)  # fmt: skip
def test_attendance(text, found):
    (row,) = rows(changed(attendance=text, mode=""))
    assert (row.attendance, row.mode) == found


def test_few_columns_are_enough():
    head = ["党员姓名", "参加时间", "学习内容"]
    (row,) = rows(["周洁", "2026.9.9", "党课"], head=head, above=[["党支部：高坪村党支部"]])
    assert (row.organization, row.organization_from, row.kind, row.held_on) == ("V4", "ABOVE", "PARTY_LECTURE", "2026-09-09")  # fmt: skip
    assert (row.attendance, row.mode, row.evidence_kind, row.hours) == ("PRESENT", None, None, None)
    assert warnings([row]) == [(3, "citizenId", "IDENTITY_MISSING")]


def test_the_title_names_the_activity_where_no_column_does():
    (row,) = rows(["周洁", A, "2026.9.9"], head=["姓名", "身份证号", "参加时间"], above=[["流动党员参加主题党日情况"]])
    assert (row.kind, row.title) == ("THEME_DAY", None)


def test_merged_cells_and_repeated_ones():
    found = rows(
        changed(), changed(name="吴江", number=B, kind="", date="", host=""), changed(name="郑海", number=C, kind="同上", date="〃", host="同上"),
        merged=["D2:D3", "F2:F3", "G2:G3"],
    )  # fmt: skip
    assert [(row.name, row.kind, row.held_on, row.host) for row in found] == [
        ("周洁", "THEME_DAY", "2026-09-09", "S11"), ("吴江", "THEME_DAY", "2026-09-09", "S11"), ("郑海", "THEME_DAY", "2026-09-09", "S11"),
    ]  # fmt: skip


def test_one_person_merged_over_several_activities():
    found = rows(
        changed(),
        changed(name="", number="", branch="", kind="党课", title="", date="2026.9.23"),
        merged=["A2:A3", "B2:B3", "C2:C3"],
    )
    assert [(row.name, row.citizen_id, row.organization, row.kind) for row in found] == [
        ("周洁", A, "V4", "THEME_DAY"), ("周洁", A, "V4", "PARTY_LECTURE"),
    ]  # fmt: skip


def test_several_tables_sums_and_notes():
    head = ["序号", "姓名", "身份证号", "活动类别", "活动日期"]
    source = xlsx(
        ("甲", [["2026年自报情况"], ["党支部：高坪村党支部"], head, [1, "周洁", A, "党课", "9月9日"], ["合计", "", "1人次"], [],
               ["党支部：柏林乡槐树村党支部"], head, [1, "吴江", B, "主题党日", "2026.9.9"], ["注：须附佐证材料。"]]),
        ("填表说明", [["一、如实填写。"]]),
        ("乙", [head, [1, "郑海", C, "党课", "2026-09"]]),
    )  # fmt: skip
    assert [(row.sheet, row.row, row.organization, row.kind, row.held_on) for row in read(source, "participation")] == [
        ("甲", 4, "V4", "PARTY_LECTURE", "2026-09-09"), ("甲", 9, "V3", "THEME_DAY", "2026-09-09"), ("乙", 2, None, "PARTY_LECTURE", "2026-09"),
    ]  # fmt: skip


def test_heads_in_two_rows():
    lines = [
        ["姓名", "身份证号", "参加组织生活情况", "", "", "佐证材料"], ["", "", "活动类别", "时间", "地点", ""], ["周洁", A, "党课", "2026.9.9", "村部", "照片"],
    ]  # fmt: skip
    (row,) = read(xlsx(("表", lines, ["A1:A2", "B1:B2", "C1:E1", "F1:F2"])), "participation")
    assert (row.row, row.kind, row.held_on, row.place, row.evidence_kind) == (3, "PARTY_LECTURE", "2026-09-09", "村部", "PHOTO")  # fmt: skip


@pytest.mark.parametrize(
    "head", [["姓名", "身份证号", "联系电话"], ["姓名", "身份证号", "9月9日 党课"], ["姓名", "流出时间", "流入地"]]
)
def test_other_ledgers_are_none(head):
    with pytest.raises(UnreadableFile, match="没有找到表头"):
        rows(["周洁", A, "√"], head=head)
