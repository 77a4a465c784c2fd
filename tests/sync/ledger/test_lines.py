"""The rules of refusing, and what goes in with a value left open."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from hub.sync.ledger import messages
from hub.sync.ledger.marks import legend_of
from hub.sync.ledger.organizations import OrganizationNames, OrganizationRecord
from hub.sync.ledger.superiors import link
from tests.sync.ledger.sheets import NAMES, citizen_id, errors, read, warnings, xlsx

A, B, C = citizen_id(1), citizen_id(2), citizen_id(3)
HEAD = ["姓名", "身份证号", "所在党支部", "手机号", "流出时间", "流入地", "备注"]
GOOD = ["周洁", A, "高坪村党支部", "13912345678", "2025.6.1", "海城区东湾街道", ""]


def outflow(*rows, head=HEAD, **options):
    return read(xlsx(("表", [head, *rows])), "outflow", **options)


def changed(**cells):
    at = {"name": 0, "number": 1, "branch": 2, "phone": 3, "date": 4, "place": 5, "remark": 6}
    row = list(GOOD)
    for key, cell in cells.items():
        row[at[key]] = cell
    return row


def test_a_good_row():
    (row,) = outflow(GOOD)
    assert (row.row, row.name, row.citizen_id, row.organization, row.organization_from) == (2, "周洁", A, "V4", "CELL")
    assert (row.birth_date, row.gender) == ("1975-03-15", "男")
    assert (row.phone, row.departed_on, row.destination) == ("13912345678", "2025-06-01", "海城区东湾街道")
    assert row.error is None
    assert row.warnings == ()
    assert row.unreadable == {}


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (changed(name=""), "name", "NAME_MISSING"),
        (changed(name="无"), "name", "NAME_MISSING"),
        (changed(name="周洁（预备党员）", number="123"), "citizenId", "IDENTITY_LENGTH"),
        (changed(number=float(A[:17] + "0")), "citizenId", "IDENTITY_DIGITS_LOST"),
        (changed(number="9.9E+17"), "citizenId", "IDENTITY_DIGITS_LOST"),
        (changed(number=A[:17]), "citizenId", "IDENTITY_LENGTH"),
        (changed(number=A[:10] + "3" + A[11:]), "citizenId", "IDENTITY_CHECKSUM"),
        (changed(branch="乌有村党支部"), "organization", "ORGANIZATION_UNKNOWN"),
        (changed(branch="槐树村党支部"), "organization", "ORGANIZATION_UNKNOWN"),
        (changed(branch="第一党支部"), "organization", "ORGANIZATION_UNKNOWN"),
        (changed(name="", number="1", branch="?x"), "name", "NAME_MISSING"),
        (changed(number="1", branch="乌有村党支部", date="去年"), "citizenId", "IDENTITY_LENGTH"),
    ],
)
def test_a_refused_row_has_one_error_and_no_warnings(row, field, code):
    (found,) = outflow(row)
    assert errors([found]) == [(2, field, code)]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (changed(number=""), [("citizenId", "IDENTITY_MISSING")]),
        (changed(number="不详"), [("citizenId", "IDENTITY_MISSING")]),
        (changed(date="去年三月"), [("departedOn", "DATE_INVALID")]),
        (changed(date=2025.1), [("departedOn", "DATE_INVALID")]),
        (changed(date="2027-01-01"), [("departedOn", "DATE_IN_FUTURE")]),
        (changed(date=""), []),
        (changed(date="无"), []),
        (changed(phone="1391"), [("phone", "PHONE_INVALID")]),
        (changed(phone=""), [("phone", "PHONE_MISSING")]),
        (changed(phone="无"), [("phone", "PHONE_MISSING")]),
        (changed(phone="无电话", date="3月5日"), [("departedOn", "DATE_INVALID"), ("phone", "PHONE_MISSING")]),
    ],
)
def test_what_else_is_unreadable_goes_in_with_a_warning(row, found):
    (read_row,) = outflow(row)
    assert read_row.error is None
    assert [(warning.field, warning.code) for warning in read_row.warnings] == found
    for field, code in found:
        if code in {"DATE_INVALID", "DATE_IN_FUTURE", "PHONE_INVALID"}:
            assert read_row.unreadable[field]
    assert set(read_row.unreadable) == {f for f, c in found if c not in {"IDENTITY_MISSING", "PHONE_MISSING"}}


def test_the_original_text_is_kept():
    (row,) = outflow(changed(date="2024年春节后"))
    assert (row.departed_on, row.unreadable) == (None, {"departedOn": "2024年春节后"})
    assert outflow(changed(date=2025.1))[0].unreadable == {"departedOn": "2025.1"}


def test_a_ledger_without_a_phone_column_lacks_no_phone():
    rows = outflow(["周洁", A, "高坪村党支部", "2025.6"], head=["姓名", "身份证号", "所在党支部", "流出时间"])
    assert warnings(rows) == []


def test_a_ledger_without_numbers():
    source = xlsx(
        ("表", [["支部名称：高坪村党支部"], ["姓名", "联系电话", "何时外出"], ["周洁", "13912345678", "2025.6"]])
    )
    (row,) = read(source, "outflow")
    assert (row.organization, row.organization_from, row.citizen_id, row.departed_on) == (
        "V4",
        "ABOVE",
        None,
        "2025-06",
    )
    assert warnings([row]) == [(3, "citizenId", "IDENTITY_MISSING")]


def test_a_name_alone_means_nothing_without_a_branch():
    source = xlsx(("表", [["姓名", "联系电话", "身份证号"], ["周洁", "13912345678", ""], ["吴江", "13912345678", B]]))
    assert errors(read(source, "outflow")) == [(2, "organization", "ORGANIZATION_UNKNOWN")]
    rows = read(source, "outflow", default="V4")
    assert errors(rows) == []
    assert [(row.organization, row.organization_from) for row in rows] == [("V4", "DEFAULT")] * 2


def test_an_unknown_branch_above_the_table_refuses_its_lines():
    source = xlsx(("表", [["支部名称：乌有村党支部"], ["姓名", "身份证号", "流出时间"], ["周洁", A, "2025"]]))
    assert errors(read(source, "outflow")) == [(3, "organization", "ORGANIZATION_UNKNOWN")]


def test_an_unknown_name_in_a_title_is_only_a_hint():
    source = xlsx(("表", [["乌有县流出党员台账"], ["姓名", "身份证号", "流出时间"], ["周洁", A, "2025"]]))
    assert [(row.organization, row.organization_from) for row in read(source, "outflow", default="T2")] == [
        ("T2", "DEFAULT")
    ]


def test_a_title_names_the_branch():
    source = xlsx(("表", [["柏林乡高坪村党支部流出党员台账"], ["姓名", "身份证号", "流出时间"], ["周洁", A, "2025"]]))
    assert [(row.organization, row.organization_from) for row in read(source, "outflow")] == [("V4", "HINT")]


def test_bare_branches_are_looked_for_below_the_organization_above():
    rows = [
        ["党组织：石桥村党总支"],
        ["姓名", "身份证号", "所在支部"],
        ["周洁", A, "第一党支部"],
        ["吴江", B, "二支部"],
        ["郑海", C, "第九党支部"],
    ]
    found = read(xlsx(("表", rows)), "outflow")
    assert [row.organization for row in found] == ["V21", "V22", None]
    assert errors(found) == [(5, "organization", "ORGANIZATION_UNKNOWN")]


def test_committee_and_branch_in_two_columns():
    rows = [
        ["所属党委", "党支部名称", "姓名", "身份证号"],
        ["柏林乡党委", "槐树村党支部", "周洁", A],
        ["古渡镇党委", "槐树村党支部", "吴江", B],
    ]
    assert [row.organization for row in read(xlsx(("表", rows)), "outflow")] == ["V3", "V1"]


def test_code_and_name_have_to_mean_one_organization():
    head = ["姓名", "身份证号", "党支部名称", "党支部代码"]
    rows = outflow(
        ["周洁", A, "高坪村党支部", "LS0202"], ["周洁", A, "改名村党支部", "LS0202"], ["周洁", A, "高坪村党支部", "X"], ["周洁", A, "高坪村党支部", "LS0101"],
        head=head,
    )  # fmt: skip
    assert [row.organization for row in rows] == ["V4", "V4", "V4", None]
    assert errors(rows) == [(5, "organization", "ORGANIZATION_UNKNOWN")]


def test_two_phones_and_a_remark():
    (row,) = outflow(changed(phone="13912345678、13811112222（妻）", remark="2026年10月已返乡"))
    assert (row.phone, row.other_phone, row.other_phone_whose) == ("13912345678", "13811112222", "妻")
    assert (row.remark, row.suggestions) == ("2026年10月已返乡", ("RETURNED",))


def test_returning_in_a_column_of_its_own():
    head = ["姓名", "身份证号", "党支部", "是否返乡", "流动状态"]
    rows = outflow(["周洁", A, "高坪村", "是", ""], ["吴江", B, "高坪村", "否", "失联"], head=head)
    assert [row.suggestions for row in rows] == [("RETURNED",), ("NO_CONTACT",)]


def test_the_inflow_side_in_an_outflow_ledger():
    head = [
        "姓名",
        "身份证号",
        "党支部",
        "流入地党组织名称",
        "流入地党组织负责人及联系方式",
        "是否持有活动证",
        "活动证号",
        "预计返乡时间",
    ]
    rows = outflow(
        ["周洁", A, "高坪村", "东湾街道灯塔社区党委", "吴江 13912345678", "是", "LS001", "2027年春节"],
        ["吴江", B, "高坪村", "外省某街道党工委", "", "", "未办", "2027.2"],
        head=head,
    )
    assert (rows[0].inflow_organization, rows[0].inflow_leader_name, rows[0].inflow_leader_phone) == (
        "S11",
        "吴江",
        "13912345678",
    )
    assert (rows[0].card_issued, rows[0].card_number, rows[0].unreadable) == (
        True,
        "LS001",
        {"expectedReturn": "2027年春节"},
    )
    assert (rows[1].inflow_organization, rows[1].inflow_organization_text) == (None, "外省某街道党工委")
    assert (rows[1].card_issued, rows[1].card_number, rows[1].expected_return) == (None, None, "2027-02")


def test_an_inflow_ledger():
    head = [
        "姓名",
        "公民身份号码",
        "是否正式党员",
        "手机",
        "何时流入",
        "组织关系所在地",
        "现工作单位",
        "编入党支部",
        "居住地址",
    ]
    rows = [
        ["东湾街道流入党员花名册"], head,
        ["周洁", A, "是", "13912345678", "2025年6月", "中共临水县柏林乡高坪村支部委员会", "电子厂", "灯塔社区第一党支部", "灯塔路8号"],
        ["吴江", "", "否", "", dt.date(2026, 3, 1), "外省某村", "", "渔港社区第一支部", ""],
        ["郑海", C, "预备党员", "13912345678", "", "", "", "", ""],
        ["钱进", citizen_id(4), "是", "13912345678", "", "", "", "第一党支部", ""],
    ]  # fmt: skip
    found = read(xlsx(("表", rows)), "inflow", default="S1")
    assert [(row.organization, row.branch, row.category) for row in found] == [("S1", "S111", "FULL"), ("S1", "S121", "PROBATIONARY"), ("S1", None, "PROBATIONARY"), ("S1", None, "FULL")]  # fmt: skip
    assert found[0].home_organization_text == "中共临水县柏林乡高坪村支部委员会"
    assert (found[0].arrived_on, found[0].work_unit, found[0].address) == ("2025-06", "电子厂", "灯塔路8号")
    assert errors(found) == [(6, "organization", "ORGANIZATION_UNKNOWN")]
    assert warnings(found) == [(4, "citizenId", "IDENTITY_MISSING"), (4, "phone", "PHONE_MISSING")]


@pytest.mark.parametrize(("whose", "registrar"), [("S1", "S1"), ("S112", "S112"), (None, "S11")])
def test_a_branch_above_or_beside_its_lines_places_and_whose_ledger_it_is_registers(whose, registrar):
    above = [["党支部：灯塔社区第二党支部"], ["姓名", "身份证号", "流入时间"], ["周洁", A, "2025"]]
    beside = [["姓名", "身份证号", "流入时间", "编入党支部"], ["周洁", A, "2025", "灯塔社区第二党支部"]]
    for rows in (above, beside):
        (row,) = read(xlsx(("表", rows)), "inflow", default=whose)
        # Without anybody named, the plan takes the committee above the branch.
        assert (row.organization or "S11", row.branch) == (registrar, "S112")


def test_a_title_that_names_where_members_come_from_registers_nobody_there():
    rows = [["临水县流入党员名单"], ["姓名", "身份证号", "流入时间"], ["周洁", A, "2025"]]
    assert [row.organization for row in read(xlsx(("表", rows)), "inflow", default="S1")] == ["S1"]


def test_a_list_of_members():
    head = [
        "姓名",
        "所在党支部",
        "身份证号",
        "民族",
        "学历",
        "人员类别",
        "入党时间",
        "转正时间",
        "工作岗位",
        "手机",
        "党费交至",
        "户籍地址",
    ]
    rows = [
        head,
        [
            "周洁",
            "高坪村党支部",
            A,
            "汉",
            "大专",
            "正式党员",
            "2001.7",
            "2002年7月1日",
            "务农",
            13912345678,
            "2026年10月",
            "x",
        ],
        ["吴江", "高坪村党支部", B, "苗族", "", "", "1999.7.1", "2000.7.1", "", "", "2026", ""],
        ["郑海", "", C, "", "", "预备党员", "2026.5", "", "", "13912345678", "", ""],
    ]
    found = read(xlsx(("表", rows)), "members", default="V4")
    assert [(row.organization, row.category, row.joined_on, row.full_member_on) for row in found] == [
        ("V4", "FULL", "2001-07", "2002-07-01"), ("V4", "FULL", "1999-07-01", "2000-07-01"), ("V4", "PROBATIONARY", "2026-05", None),
    ]  # fmt: skip
    assert (found[0].ethnicity, found[0].education, found[0].occupation, found[0].dues_paid_through) == (
        "汉族",
        "大专",
        "务农",
        "2026-10",
    )
    assert warnings(found) == [(3, "phone", "PHONE_MISSING"), (3, "duesPaidThrough", "DATE_INVALID")]


def test_a_list_of_organizations_in_any_order_with_superiors_by_code_or_name():
    head = [
        "党组织名称",
        "代码",
        "简称",
        "类别",
        "上级党组织",
        "审批预备党员权限",
        "联系人",
        "联系电话",
        "书记",
        "曾用名",
    ]
    rows = [
        head,
        [
            "中共新川县甲镇乙村支部委员会",
            "X0101",
            "乙村党支部",
            "党支部",
            "甲镇党委",
            "否",
            "周洁",
            "13912345678",
            "秘",
            "丙村党支部、丁村党支部",
        ],
        ["中共新川县甲镇委员会", "X01", "甲镇党委", "基层党委", "X", "√", "吴江", "0855-8234567", "", "无"],
        ["中共新川县委员会组织部", "X", "", "组织部", "无", "", "", "", "", ""],
        ["中共临水县柏林乡新村支部委员会", "N1", "", "党支部", "柏林乡党委", "", "", "", "", ""],
        ["中共新川县戊镇委员会", "X02", "", "党委", "己县委组织部", 1, "", "", "", ""],
        ["", "X03", "", "党委", "", "", "", "", "", ""],
        ["环甲党支部", "R1", "", "党支部", "R2", "", "", "", "", ""],
        ["环乙党支部", "R2", "", "党支部", "R1", "", "", "", "", ""],
    ]
    linked = link(read(xlsx(("表", rows)), "organizations"), NAMES)
    assert [(item.parent_row, item.parent) for item in linked[:5]] == [
        (1, None),
        (2, None),
        (None, None),
        (None, "T2"),
        (None, None),
    ]
    found = [item.row for item in linked]
    assert errors(found) == [(6, "parent", "ORGANIZATION_UNKNOWN"), (7, "name", "NAME_MISSING"), (8, "parent", "ORGANIZATION_UNKNOWN"), (9, "parent", "ORGANIZATION_UNKNOWN")]  # fmt: skip
    assert [row.can_issue_letters for row in found[:5]] == [False, True, True, None, True]
    assert (found[0].officer_name, found[0].officer_phone, found[0].aliases, found[0].kind) == (
        "周洁",
        "13912345678",
        ("丙村党支部", "丁村党支部"),
        "BRANCH",
    )
    assert found[1].officer_phone == "0855-8234567"


def test_a_chain_of_superiors_is_no_circle_for_those_below_it():
    rows = [["名称", "代码", "上级代码"], ["甲党委", "A1", "A2"], ["乙党委", "A2", "A1"], ["丙党支部", "A3", "A1"]]
    linked = link(
        read(xlsx(("表", rows)), "organizations"), OrganizationNames([OrganizationRecord("x", "s", "c", "n")])
    )
    assert [item.row.error is not None for item in linked] == [True, True, False]


def test_every_code_has_its_message_and_none_names_anybody():
    for code in messages._MESSAGES:
        chinese, english = messages.message(code).split(" / ")
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese)
        assert english.isascii()
        assert legend_of([messages.message(code)]) == {}  # it stands beside the refused lines of a roll call


@pytest.mark.parametrize(
    "long",
    [
        "党支部：" * 8_000,
        "已" * 32_000,
        "1" * 32_000,
        "139-" * 8_000,
        " " * 32_000 + "x",
        "（" * 32_000,
        "第一" * 16_000 + "党支部",
    ],
)
def test_endless_cells_are_read_in_no_time(long):
    begin = time.process_time()
    rows = [
        [long],
        HEAD,
        [long] * len(HEAD),
        ["", "", long],
        [long],
        *[changed(**{key: long + "。"}) for key in ("name", "number", "branch", "phone", "date", "place", "remark")],
    ]
    found = outflow(*rows[2:], head=HEAD) + read(xlsx(("表", rows)), "outflow")
    assert all(row.error or row.warnings or row.destination or row.remark for row in found)
    assert time.process_time() - begin < 5
