"""Heads as other places write them: three rows, words below groups, neighbours, places in columns, counted columns."""

from __future__ import annotations

import pytest

from hub.sync.ledger import columns
from hub.sync.ledger.columns import Kind
from tests.sync.ledger.sheets import citizen_id, errors, read, warnings, xlsx

A, B = citizen_id(1), citizen_id(2)
V1 = "槐树村党支部"


def head(kind: str, leaf: str, group: str = "") -> str | None:
    found = columns.head(Kind(kind), leaf, group)
    return found.field if found else None


@pytest.mark.parametrize(
    ("kind", "leaf", "group", "field"),
    [
        ("organizations", "姓名", "流动党员联络员", "officerName"),
        ("organizations", "手机", "流动党员联络员", "officerPhone"),
        ("organizations", "代码", "上级党组织", "parentCode"),
        ("organizations", "名称", "上级党组织", "parent"),
        ("organizations", "名称", "党组织", "name"),
        ("organizations", "姓名", "党组织书记", None),
        ("organizations", "联系电话", "书记", None),
        ("organizations", "名称", "所在单位", None),
        ("organizations", "撤销后并入", "", "successor"),
        ("members", "时间", "入党", "joinedOn"),
        ("members", "日期", "出生", "birthDate"),
        ("members", "号码", "身份证", "citizenId"),
        ("members", "发证机关", "身份证", None),
        ("members", "电话", "家庭联系人", None),
        ("outflow", "名称", "所在党支部", "organization"),
        ("outflow", "年收入", "外出从事职业", None),
        ("outflow", "离校时间", "", "departedOn"),
        ("outflow", "离家时间", "", "departedOn"),
        ("outflow", "打工地住址", "", "address"),
        ("outflow", "家庭住址", "", None),
        ("outflow", "组织关系状态", "", "status"),
        ("outflow", "县（区）", "流入地", "county"),
        ("outflow", "流入省份", "", "province"),
    ],
)
def test_words_elsewhere(kind, leaf, group, field):
    assert head(kind, leaf, group) == field


def test_heads_of_three_rows():
    rows = [
        ["外出党员动态管理台账"],
        ["编号", "流出地党组织", "", "党员基本情况", "", "", "外出情况", "", "流入地党组织情况", "", ""],
        ["", "隶属关系", "", "个人信息", "", "联系电话", "外出时间", "去向", "名称", "联系人", ""],
        ["", "所属党委", "所在党支部", "姓名", "公民身份号码", "", "", "流入省市县", "", "姓名", "电话"],
        [1, "古渡镇党委", "槐树村党支部", "周洁", A, "17400000001", "2025.3", "海城区", "灯塔社区党委", "吴江", "17300000001"],
        [2, "柏林乡党委", "槐树村党支部", "郑立", B, "17400000002", "2025.3", "海城区", "东湾街道党工委", "", ""],
    ]  # fmt: skip
    merged = [
        "A1:K1",
        "A2:A4",
        "B2:C2",
        "D2:F2",
        "G2:H2",
        "I2:K2",
        "B3:C3",
        "D3:E3",
        "F3:F4",
        "G3:G4",
        "I3:I4",
        "J3:K3",
    ]
    one, two = read(xlsx(("台账", rows, merged)), "outflow")
    assert (one.row, one.organization, two.organization) == (5, "V1", "V3")
    assert (one.phone, one.departed_on, one.destination) == ("17400000001", "2025-03", "海城区")
    assert (one.inflow_organization, one.inflow_leader_name, one.inflow_leader_phone) == ("S11", "吴江", "17300000001")
    assert errors([one, two]) == []


def test_a_phone_is_that_of_the_person_before_it():
    rows = [
        ["姓名", "身份证号", "所在党支部", "接收党组织", "书记", "联系电话", "帮联干部", "联系电话", "手机"],
        ["周洁", A, V1, "灯塔社区党委", "吴江", "17300000001", "韩干部", "17300000002", "17400000001"],
    ]
    (row,) = read(xlsx(("表", rows)), "outflow")
    assert (row.phone, row.inflow_leader_name, row.inflow_leader_phone) == ("17400000001", "吴江", "17300000001")
    rows = [
        ["姓名", "流入地点", "所在党支部", "电话号码", "流入地党组织负责人姓名", "联系方式"],
        ["周洁", "海城区", "古渡镇槐树村", "17400000001", "吴江", "17300000001"],
    ]
    (row,) = read(xlsx(("表", rows)), "outflow")
    assert (row.phone, row.inflow_leader_name, row.inflow_leader_phone) == ("17400000001", "吴江", "17300000001")


def test_the_phone_of_the_home_branch_is_not_the_members():
    rows = [
        ["姓名", "公民身份号码", "组织关系所在党支部", "支部书记", "联系电话", "流入时间", "编入支部"],
        ["洪小满", A, "北山县某村党支部", "韩书记", "17500000001", "2026.3", "灯塔社区第一党支部"],
    ]
    (row,) = read(xlsx(("表", rows)), "inflow", "S1")
    assert (row.phone, row.branch, row.warnings) == (None, "S111", ())


def test_a_place_in_several_columns():
    rows = [
        ["姓名", "身份证号", "流入地", "", "", "外出时间"],
        ["", "", "省", "市", "县（区）", ""],
        ["周洁", A, "江南省", "海州市", "东湖区", "2025.4"],
    ]
    (row,) = read(xlsx(("表", rows, ["C1:E1"])), "outflow")
    assert (row.row, row.destination) == (3, "江南省海州市东湖区")
    rows = [["姓名", "身份证号", "流入省份", "流入城市", "流入区县"], ["周洁", A, "江南省", "海州市", "无"]]
    (row,) = read(xlsx(("表", rows)), "outflow")
    assert row.destination == "江南省海州市"


def test_a_row_that_counts_the_columns_is_none():
    rows = [
        ["党支部名称：槐树村党支部"],
        ["序号", "姓名", "公民身份证号", "人员类别"],
        ["（1）", "（2）", "（3）", "（4）"],
        [1, "周洁", A, "正式党员"],
    ]
    (row,) = read(xlsx(("表", rows)), "members", "T1")
    assert (row.row, row.name, row.organization, row.error) == (4, "周洁", "V1", None)
    rows[2] = ["甲", "乙", 1, 2]
    assert len(read(xlsx(("表", rows)), "members", "T1")) == 1


def test_the_export_of_a_university_calls_the_name_a_user():
    rows = [
        ["用户", "分党委名称", "党支部名称", "原职业", "外出流向", "流出时间", "是否持有《中国共产党流动党员活动证》", "组织关系状态"],
        ["周洁", "古渡镇党委", "槐树村党支部", "学生", "海城区", "2026-07-01", "是", "已转出"],
    ]  # fmt: skip
    (row,) = read(xlsx(("导出", rows)), "outflow")
    assert (row.name, row.organization, row.departed_on, row.card_issued) == ("周洁", "V1", "2026-07-01", True)
    assert row.suggestions == ("TRANSFERRED",)
    assert warnings([row]) == [(2, "citizenId", "IDENTITY_MISSING")]


def test_of_two_reasons_the_reason_is_read():
    rows = [["姓名", "身份证号", "流动类型", "流出理由"], ["周洁", A, "跨省", "务工"]]
    (row,) = read(xlsx(("表", rows)), "outflow")
    assert row.reason == "务工"
