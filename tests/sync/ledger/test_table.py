"""Heads are found, not assumed: each layout that branches use, on sheets made here."""

from __future__ import annotations

import pytest

from hub.sync.ledger.columns import Kind
from hub.sync.ledger.mentions import OrganizationMention, Source
from hub.sync.ledger.tables import find_all
from hub.sync.ledger.workbook import UnreadableFile, read_workbook
from tests.sync.ledger.sheets import citizen_id, xlsx

A, B, C = citizen_id(1), citizen_id(2), citizen_id(3)
HEAD = ["序号", "姓名", "身份证号码", "联系电话", "外出时间"]


def tables(source, kind=Kind.OUTFLOW):
    return find_all(read_workbook(source), kind)


def lines(source, kind=Kind.OUTFLOW):
    return [line for table in tables(source, kind) for line in table.lines()]


def names(source, kind=Kind.OUTFLOW):
    return [(line.row, line.cells["name"]) for line in lines(source, kind)]


def test_head_in_the_first_row():
    assert names(xlsx(("表", [HEAD, [1, "周洁", A]]))) == [(2, "周洁")]


def test_blank_rows_and_columns_and_titles_before_the_head():
    rows = [
        [],
        ["", "高坪村党支部2026年外出党员花名册"],
        [],
        ["", "截至2026年10月"],
        ["", *HEAD],
        ["", 1, "周洁", A],
        [],
    ]
    assert names(xlsx(("表", rows))) == [(6, "周洁")]


def test_spaced_and_broken_words_in_any_order():
    rows = [
        ["联系\n电话", "外 出 时 间", "公民\n身份号码", "姓        名", "序 号"],
        ["13912345678", "2025.6", A, "周洁", 1],
    ]
    (line,) = lines(xlsx(("表", rows)))
    assert line.cells == {"name": "周洁", "citizenId": A, "phone": "13912345678", "departedOn": "2025.6"}


TWO_ROWS = [
    ["序号", "姓名", "身份证号", "外出情况", "", "", "接收党组织", "", "", "流动党员证", "", "备注"],
    ["", "", "", "时间", "地点", "从事职业", "党组织名称", "联系人", "联系电话", "是否办理", "证号", ""],
    [1, "周洁", A, "2025.6", "海城区", "电工", "灯塔社区党委", "吴江", "13912345678", "是", "LS1", "无"],
]
FIELDS = [
    "name", "citizenId", "departedOn", "destination", "workUnit", "inflowOrganization", "inflowLeaderName", "inflowLeaderPhone", "cardIssued",
    "cardNumber", "remark",
]  # fmt: skip


def test_a_head_of_two_rows_with_merges():
    merges = ["A1:A2", "B1:B2", "C1:C2", "D1:F1", "G1:I1", "J1:K1", "L1:L2"]
    (table,) = tables(xlsx(("表", TWO_ROWS, merges)))
    assert table.fields == dict(zip(FIELDS, range(1, 12), strict=True))
    assert [line.row for line in table.lines()] == [3]


def test_a_head_of_two_rows_in_csv_where_merges_are_lost():
    text = "\n".join(",".join(str(cell) for cell in row) for row in TWO_ROWS)
    (table,) = tables(text.encode())
    assert table.fields == dict(zip(FIELDS, range(1, 12), strict=True))
    assert [line.row for line in table.lines()] == [3]


def test_a_row_of_groups_above_the_name():
    rows = [
        ["党员基本信息", "", "", "流动情况", "", "流入地党支部", ""],
        ["姓名", "公民身份号码", "手机", "日期", "去向", "名称", "电话"],
        ["周洁", A, "13912345678", "2025.6", "海城区", "灯塔社区", "13811112222"],
    ]
    (line,) = lines(xlsx(("表", rows, ["A1:C1", "D1:E1", "F1:G1"])))
    assert line.cells["phone"] == "13912345678"
    assert line.cells["inflowLeaderPhone"] == "13811112222"
    assert (line.cells["departedOn"], line.cells["destination"]) == ("2025.6", "海城区")


def test_a_head_of_three_rows():
    rows = [
        ["姓名", "身份证号", "流动情况", "", "", ""],
        ["", "", "外出", "", "流入地党组织", ""],
        ["", "", "外出时间", "外出地点", "名称", "负责人"],
        ["周洁", A, "2025.6", "海城区", "灯塔社区党委", "吴江"],
    ]
    (line,) = lines(xlsx(("表", rows, ["A1:A3", "B1:B3", "C1:F1", "C2:D2", "E2:F2"])))
    assert line.row == 4
    assert (line.cells["inflowOrganization"], line.cells["inflowLeaderName"]) == ("灯塔社区党委", "吴江")


@pytest.mark.parametrize(
    ("rows", "mention"),
    [
        ([["党组织：中共临水县柏林乡高坪村支部委员会（代码 LS0202）  联系人：吴江"]], OrganizationMention("中共临水县柏林乡高坪村支部委员会", "LS0202", Source.LINE)),
        ([["所在支部:高坪村党支部"]], OrganizationMention("高坪村党支部", None, Source.LINE)),
        ([["填报单位（盖章）：高坪村党支部          填报时间：2026年10月"]], OrganizationMention("高坪村党支部", None, Source.LINE)),
        ([["填报单位：", "高坪村党支部", "", "日期：2026.10.1"]], OrganizationMention("高坪村党支部", None, Source.LINE)),
        ([["单位：柏林乡党委    支部名称：高坪村党支部"]], OrganizationMention("高坪村党支部", None, Source.LINE, ("柏林乡党委",))),
        ([["填报单位：柏林乡党委"], ["党支部：高坪村党支部"]], OrganizationMention("高坪村党支部", None, Source.LINE, ("柏林乡党委",))),
        ([["党组织代码：LS0202"]], OrganizationMention(None, "LS0202", Source.LINE)),
        ([["外出党员登记表"], ["中共临水县柏林乡高坪村支部委员会"]], OrganizationMention("中共临水县柏林乡高坪村支部委员会", None, Source.LINE)),
        ([["高坪村党支部外出党员登记表"]], OrganizationMention("高坪村党支部", None, Source.TITLE)),
        ([["附件2：柏林乡高坪村党支部2026年度流出党员台账（10月）"]], OrganizationMention("柏林乡高坪村党支部", None, Source.TITLE)),
        ([["高坪村党支部外出党员登记表"], ["填报单位：柏林乡党委"]], OrganizationMention("高坪村党支部", None, Source.TITLE, ("柏林乡党委",))),
        ([["流出党员台账"]], OrganizationMention("高坪村", None, Source.SHEET_NAME)),
        ([], OrganizationMention("高坪村", None, Source.SHEET_NAME)),
    ],
)  # fmt: skip
def test_the_branch_above_the_table(rows, mention):
    (table,) = tables(xlsx(("高坪村", [*rows, HEAD, [1, "周洁", A]])))
    assert table.organization_above == mention


def test_names_of_sheets_that_say_nothing():
    for name in ("Sheet1", "工作表2", "11月", "流出党员台账"):
        (table,) = tables(xlsx((name, [HEAD, [1, "周洁", A]])))
        assert table.organization_above is None


def test_several_tables_on_one_sheet_each_below_its_branch():
    other = ["姓名", "手机号码", "公民身份证号", "流入地"]
    rows = [
        ["高坪村党支部流出党员台账"], HEAD, [1, "周洁", A], ["合计：1人"], [],
        ["党组织：中共临水县柏林乡槐树村支部委员会"], other, ["吴江", "13912345678", B, "海城区"], ["注：以上无误。"],
    ]  # fmt: skip
    found = tables(xlsx(("表", rows)))
    assert [[line.cells["citizenId"] for line in table.lines()] for table in found] == [[A], [B]]
    assert [table.organization_above.text for table in found] == ["高坪村党支部", "中共临水县柏林乡槐树村支部委员会"]
    assert (found[1].lead, found[1].body) == (3, 7)


def test_a_repeated_head_goes_on_with_the_same_branch():
    rows = [["支部名称：高坪村党支部"], HEAD, [1, "周洁", A], ["续表"], HEAD, [2, "吴江", B]]
    found = tables(xlsx(("表", rows)))
    assert [line.organization.text for table in found for line in table.lines()] == ["高坪村党支部"] * 2


def test_branches_as_lines_between_the_members():
    rows = [
        HEAD,
        ["一、柏林乡高坪村党支部（2人）"],
        [1, "周洁", A],
        [2, "吴江", B],
        ["小计", "", "2人"],
        ["二、柏林乡槐树村党支部"],
        [1, "郑海", C],
    ]
    assert [line.organization.text for line in lines(xlsx(("表", rows)))] == ["柏林乡高坪村党支部"] * 2 + [
        "柏林乡槐树村党支部"
    ]


def test_two_tables_side_by_side():
    head = ["序号", "姓名", "身份证号", "手机"]
    rows = [
        [*head, *head],
        [1, "周洁", A, "13912345678", 2, "吴江", B, "13811112222"],
        [3, "郑海", C, "", 4, "", "", ""],
    ]
    found = tables(xlsx(("表", rows)))
    assert [[line.cells["name"] for line in table.lines()] for table in found] == [["周洁", "郑海"], ["吴江"]]


def test_several_sheets_and_one_without_a_table():
    source = xlsx(
        ("填表说明", [["一、姓名要写全。"], ["二、身份证号填18位。"]]),
        ("甲", [HEAD, [1, "周洁", A]]),
        ("乙", [HEAD, [1, "吴江", B]]),
    )
    assert [table.sheet.name for table in tables(source)] == ["甲", "乙"]


def test_what_is_no_line():
    rows = [
        HEAD, [1, "周洁", A], [2], [3, "", "", "", ""], ["小计", "1人"], [], ["合计", "", "2"], ["合计", "", 2], ["共计       人"], ["合 计：", 2],
        ["填表人：吴江", "", "联系电话：13912345678"], ["制表：", "", "审核："], ["备注：联系电话请填本人的。"], ["注：1.姓名不得空。"],
        ["", "负责人签字："], ["2026年10月8日"], ["一、本表由支部填写。"], ["说明", "本表一式两份"], ["", "（盖章）"],
    ]  # fmt: skip
    assert names(xlsx(("表", rows))) == [(2, "周洁")]


def test_what_is_a_line_though_something_is_missing():
    rows = [
        HEAD,
        [1, "", A],
        [2, "周洁"],
        ["", "吴江", "", "13912345678"],
        [4, "", "", "13811112222", "2025.6"],
        [5, "共和", B],
        [6, "注定", C],
    ]
    assert [row for row, _ in names(xlsx(("表", rows)))] == [2, 3, 4, 5, 6, 7]


def test_hidden_rows_are_lines():
    assert len(lines(xlsx(("表", [HEAD, [1, "周洁", A], [2, "吴江", B]]), hidden_rows=[1]))) == 2


def test_cells_merged_down_hold_for_each_line():
    rows = [
        ["所在党支部", "姓名", "身份证号", "流入地"],
        ["高坪村党支部", "周洁", A, "海城区"],
        ["", "吴江", B],
        ["", "郑海", C, "省外"],
        ["", ""],
    ]
    found = lines(xlsx(("表", rows, ["A2:A5", "D2:D3"])))
    assert [line.cells["organization"] for line in found] == ["高坪村党支部"] * 3
    assert [line.cells["destination"] for line in found] == ["海城区", "海城区", "省外"]


@pytest.mark.parametrize("mark", ["〃", "同上", '"', "″", "”"])
def test_ditto_marks_repeat_the_cell_above(mark):
    rows = [
        ["姓名", "身份证号", "外出时间", "去向"],
        ["周洁", A, "2025.6", "海城区"],
        ["吴江", B, mark, mark],
        ["小计"],
        ["郑海", C, mark, "省外"],
    ]
    assert [(line.cells["departedOn"], line.cells["destination"]) for line in lines(xlsx(("表", rows)))] == [
        ("2025.6", "海城区"), ("2025.6", "海城区"), ("2025.6", "省外"),
    ]  # fmt: skip


def test_a_ditto_mark_with_nothing_above_stays():
    assert lines(xlsx(("表", [["姓名", "身份证号", "外出时间"], ["周洁", A, "〃"]])))[0].cells["departedOn"] == "〃"


def test_words_among_the_members_are_no_heads():
    rows = [["姓名", "政治面貌", "身份证号", "外出原因"], ["周洁", "党员", A, "其他"], ["姓名不详", "党员", B, "原因"]]
    assert len(tables(xlsx(("表", rows)))) == 1
    assert len(lines(xlsx(("表", rows)))) == 2


def test_the_other_side_s_sheet_is_passed_over():
    out = ["姓名", "身份证号", "流出时间"]
    come = ["姓名", "身份证号", "流入时间", "组织关系所在地"]
    source = xlsx(("流出党员", [out, ["周洁", A, "2025.6"]]), ("流入党员", [come, ["吴江", B, "2025.6", "某县"]]))
    assert [table.sheet.name for table in tables(source)] == ["流出党员"]
    assert [table.sheet.name for table in tables(source, Kind.INFLOW)] == ["流入党员"]


def test_a_file_without_a_table():
    for source in (
        xlsx(("表", [["一", "二"], ["三", "四"]])),
        "甲,乙\n1,2\n".encode(),
        "姓名,身份证号\n周洁,1\n".encode("big5", "ignore"),
    ):
        with pytest.raises(UnreadableFile, match="没有找到表头"):
            tables(source)
