"""Ledgers from other places, planned and applied: again, and next month."""

from __future__ import annotations

import pytest

from tests.domain.liaisons import NOW, a_vault
from tests.sync.ledger.imports import LEDGERS, Hub, problems
from tests.sync.ledger.sheets import citizen_id, xlsx


@pytest.fixture
async def hub(database) -> Hub:
    """The sample's organizations."""
    made = Hub(database, {}, a_vault(), NOW)
    await made.report(LEDGERS / "organizations.csv", "organizations")
    return made


async def test_a_closed_branch_is_itself_in_its_own_list_and_its_successor_elsewhere(hub: Hub) -> None:
    heads = ["组织代码", "组织名称", "组织简称", "上级组织", "撤销日期", "撤销后并入"]
    rows = [
        ["YL0203", "中共云岭县石门乡下湾村支部委员会", "下湾村党支部", "石门乡党委", "2026.6.30", "上湾村党支部"],
        ["YL0201", "中共云岭县石门乡上湾村支部委员会", "上湾村党支部", "石门乡党委", "", ""],
    ]
    content = xlsx(("组织", [heads, *rows]))
    first = await hub.report(content, "organizations")
    assert (first.accepted, first.new, problems(first.errors)) == (2, 1, [])
    again = await hub.report(content, "organizations")
    assert (again.accepted, again.unchanged, problems(again.errors)) == (2, 2, [])
    closed = await hub.report(xlsx(("组织", [heads, ["", *rows[0][1:]]])), "organizations")
    assert (closed.accepted, closed.unchanged) == (1, 1)
    name = await hub.value("select name from organization where code = 'YL0201'")
    assert name == "中共云岭县石门乡上湾村支部委员会"
    members = [["姓名", "身份证号码", "所在党支部"], ["周洁", citizen_id(1), "下湾村党支部"]]
    assert (await hub.report(xlsx(("党员", members)), "members")).new == 1
    assert (await hub.report(xlsx(("党员", [["下湾村党支部党员名册"], *members])), "members")).unchanged == 1


async def test_a_register_of_the_old_form_by_name_only_again_and_next_month(hub: Hub) -> None:
    """Two rows of heads, the branch in the title alone, no numbers of identity, remarks, lines numbered in advance."""
    members = [["姓名", "身份证号码", "所在党支部"]]
    for n, name in enumerate(["周洁", "郑立夏", "阿依古丽·买买提", "张伟", "张伟", "王玥䶮"], 1):
        members.append([name, citizen_id(n), "上湾村党支部"])
    assert (await hub.report(xlsx(("党员", members)), "members")).new == 6

    def ledger(month: str, *lines: tuple[str, ...]) -> bytes:
        rows: list[list[object]] = [
            [f"石门乡上湾村党支部流出党员名册{month}"],
            ["序号", "姓名", "性别", "外出务工情况", "", "", "与党组织联系方式", "备注"],
            ["", "", "", "何时外出", "地点", "从事职业及年收入", "", ""],
        ]
        rows += [[n, name, "", *said] for n, (name, *said) in enumerate(lines, 1)]
        rows += [[len(lines) + 1], [len(lines) + 2], ["填表人：钱桂兰", "", "", "审核人：赵守田"]]
        merged = ["A1:H1", "D2:F2", "A2:A3", "B2:B3", "C2:C3", "G2:G3", "H2:H3"]
        return xlsx(("流出", rows, merged))

    october = ledger(
        "",
        ("周洁", "2024年3月", "滨江区", "建筑工，5万", "17400000001", "拟于年底返乡"),
        ("郑立夏", "去年春节后", "外省", "制衣，6万", "17400000002", "2026年10月已返乡"),
        ("张伟", "2023.5", "外省", "保安", "17400000003", ""),
        ("外人甲", "2023.5", "外省", "保安", "17400000004", ""),
        ("阿依古丽•买买提", "2023.5.6", "外省", "经商", "17400000005", "暂未取得联系"),
        ("王 玥䶮", "2022年", "外省", "教师", "无", ""),
    )
    first = await hub.report(october, "outflow")
    assert (first.rows, first.accepted, first.new, first.suggested_returned) == (6, 4, 4, 1)
    assert problems(first.errors) == [(6, "name", "PERSON_AMBIGUOUS"), (7, "name", "PERSON_UNKNOWN")]
    assert [problem for problem in problems(first.warnings) if problem[2] != "IDENTITY_MISSING"] == [
        (5, "departedOn", "DATE_INVALID"),
        (9, "phone", "PHONE_MISSING"),
    ]
    again = await hub.report(october, "outflow")
    assert (again.new, again.updated, again.unchanged, again.missing) == (0, 0, 4, 0)
    november = ledger(
        "（11月）",
        ("周洁", "2024年3月", "滨江区", "木工", "17400000001", ""),
        ("阿依古丽·买买提", "", "", "", "", "电话已打通"),
        ("王玥䶮", "", "", "", "", ""),
    )
    later = await hub.report(november, "outflow")
    assert (later.new, later.updated, later.unchanged, later.missing) == (0, 1, 2, 1)
