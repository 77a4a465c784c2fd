"""Branches as other places name them: in sections, with the town before or behind, in cities with difficult names."""

from __future__ import annotations

import pytest

from hub.sync.ledger.organizations import OrganizationNames, OrganizationRecord
from hub.sync.ledger.superiors import link
from tests.sync.ledger.sheets import NAMES, citizen_id, errors, read, xlsx

A, B, C, D = (citizen_id(n) for n in range(1, 5))
HEAD = ["序号", "姓名", "身份证号"]


def test_bare_sections_lie_below_what_is_named_above_the_table():
    rows = [
        ["流出党员管理台账"],
        ["填报党组织：古渡镇石桥村党总支", "", "报送时间：2026-11-20"],
        HEAD,
        ["一、第一党支部（2人）"],
        [1, "周洁", A],
        [2, "郑立", B],
        ["二、第二党支部（1人）"],
        [1, "王大川", C],
        ["三、第三党支部"],
        [1, "冯石头", D],
    ]
    found = read(xlsx(("表", rows)), "outflow")
    assert [row.organization for row in found] == ["V21", "V21", "V22", None]
    assert errors(found) == [(10, "organization", "ORGANIZATION_UNKNOWN")]


def test_sections_with_their_own_heads_below_the_title_of_a_committee():
    rows = [
        ["灯塔社区党委流入党员登记台账（2026年11月）"],
        ["第一党支部（共2人）"], HEAD, [1, "周洁", A], [2, "郑立", B], ["小计", "2人"],
        ["第二党支部"], HEAD, [1, "王大川", C],
    ]  # fmt: skip
    for default in (None, "S1", "S11"):
        found = read(xlsx(("表", rows)), "inflow", default)
        assert [row.branch for row in found] == ["S111", "S111", "S112"]
        assert errors(found) == []


def test_a_branch_between_label_and_heads_goes_before_the_label():
    rows = [["流入党员登记台账"], ["填报单位：灯塔社区党委"], ["第二党支部（1人）"], HEAD, [1, "周洁", A]]
    (row,) = read(xlsx(("表", rows)), "inflow")
    assert row.branch == "S112"


def test_the_branch_of_the_sheet_holds_for_both_ledgers_on_it():
    rows = [
        ["槐树村党支部流动党员情况"],
        ["一、流出党员登记表"], ["姓名", "身份证号", "流出时间", "流入地"], ["周洁", A, "2025.5.5", "海城区"], [],
        ["二、流入党员登记表"], ["姓名", "身份证号", "流入时间", "组织关系所在地"], ["郑立", B, "2025.5.5", "北山县"],
    ]  # fmt: skip
    (out,) = read(xlsx(("表", rows)), "outflow", "T1")
    (into,) = read(xlsx(("表", rows)), "inflow", "T1")
    assert (out.name, out.organization) == ("周洁", "V1")
    assert (into.name, into.branch, into.error) == ("郑立", "V1", None)


@pytest.mark.parametrize(
    "text", ["古渡镇-槐树村", "古渡镇/槐树村党支部", "槐树村党支部（古渡镇）", "古渡镇党委—槐树村党支部"]
)
def test_the_town_beside_a_branch(text):
    assert NAMES.find("槐树村党支部", "T2") == "V3"
    assert NAMES.find(text) == "V1"


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        (
            "中共海州市东湖区金沙街道工作委员会",
            ["东湖区金沙街道党工委", "金沙街道", "江南省海州市东湖区金沙街道办事处"],
        ),
        ("中共新乡市新乡县古寨镇委员会", ["新乡县古寨镇党委", "古寨镇党委", "江南省新乡市新乡县古寨镇"]),
        ("中共景德镇市珠山区新厂街道工作委员会", ["珠山区新厂街道党工委", "新厂街道"]),
        ("中共宁波市鄞州区下应街道工作委员会", ["鄞州区下应街道", "下应街道党工委"]),
        ("中共凉山州西昌市安宁镇委员会", ["西昌市安宁镇党委", "安宁镇"]),
        ("中共乡宁县昌宁镇委员会", ["昌宁镇党委", "江南省乡宁县昌宁镇"]),
    ],
)
def test_places_whose_names_hold_the_word_for_another_kind(name, texts):
    names = OrganizationNames([OrganizationRecord("X", "local", "X1", name, kind="COMMITTEE")])
    assert [names.find(text) for text in texts] == ["X"] * len(texts)


def test_a_line_that_repeats_a_superior_makes_no_second_one():
    rows = [
        ["组织代码", "组织名称", "上级组织"],
        ["X1", "中共临水县新堤镇委员会", "无"],
        ["X101", "新堤镇第一党小组", "新堤镇党委"],
        ["X1", "中共临水县新堤镇委员会", ""],
    ]
    linked = link(read(xlsx(("表", rows)), "organizations"), OrganizationNames([]))
    assert [item.parent_row for item in linked] == [None, 0, None]
    assert [item.row.error for item in linked] == [None, None, None]


def test_a_closed_organization_is_itself_by_its_code_and_its_full_name():
    assert NAMES.find("LS0209") == "V4"  # in a ledger of members the successor is meant
    assert NAMES.itself("LS0209", "") == "OLD"
    assert NAMES.itself(None, "中共临水县柏林乡河湾村支部委员会") == "OLD"
    assert NAMES.itself(None, "高坪村党支部") == "V4"
