"""A ledger that is written imports back without loss, on the same hub and on an empty one; text stays text."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from hub.models import LedgerKind
from hub.sync.ledger.export import export
from tests.domain.liaisons import NOW, a_vault, number, phone
from tests.sync.ledger.imports import LEDGERS, Hub, execute, problems, written
from tests.sync.ledger.sheets import xlsx

BRANCH = "云岭县柳河镇白杨村党支部"
OUTFLOW = (
    "姓名", "身份证号码", "所在党支部", "联系电话", "流出时间", "预计返回时间", "流入地点", "工作单位", "居住地址",
    "流入地党组织", "流入地党组织负责人姓名", "流入地党组织负责人联系方式", "流动党员活动证编号", "流出原因", "备注",
)  # fmt: skip
AWAY = [
    ("甲一", number(1), BRANCH, f"{phone(1)}、{phone(2)}（妻）", "2026-03-05", "2027-02", "滨江区新港街道", "江北重工 3 车间",
     "滨江区新港街道江北路12号", "新港街道党工委", "吴春梅", "17494766249", "YL-2026-7", "务工", "每月电话联系"),
    ("阿桑·木沙", number(2), BRANCH, f"{phone(3)}（妻）", "2026-03", "", "外省", "=1+1", "+86 号院", "不在名单上的党委", "", "", "", "-", "@求职"),
    ("甲三", number(3), BRANCH, "1749 丢一位", "去年冬天", "", "", "", "", "", "", "", "", "", ""),
    ("甲四", number(4), BRANCH, f"{phone(4)} 179", "2025", "", "", "", "", "", "", "", "", "", ""),
    ("甲五", "", BRANCH, "", "", "", "", "", "", "", "", "", "", "", ""),
]  # fmt: skip
INFLOW = ("姓名", "身份证号码", "出生日期", "人员类别", "联系电话", "流入时间", "组织关系所在地", "工作单位", "居住地址", "编入党支部", "流动党员活动证编号", "备注")  # fmt: skip
HERE = [
    ("甲一", number(1), "", "正式党员", f"{phone(1)}、{phone(2)}（妻）", "2026-04-01", "云岭县柳河镇白杨村党支部", "新港物流", "滨江区江北路12号",
     "新港社区第一党支部", "YL-2026-7", "租住"),
    ("路人", "", "1990-01-02", "预备党员", f"{phone(3)}（夫）", "2026", "外省某县", "=HYPERLINK(\"x\")", "", "新港社区第二党支部", "", "+1"),
    ("甲三", number(3), "", "", "1749 丢一位", "上个月", "", "", "", "新港社区第一党支部", "", ""),
]  # fmt: skip
RANDOM = ("id", "version", "recorded_at", "recorded_by", "amended_at", "amended_by", "member_id")


async def a_hub(database) -> Hub:
    hub = Hub(database, {}, a_vault(), NOW)
    await hub.report(LEDGERS / "organizations.csv", "organizations")
    people = [
        [name, number(n), BRANCH, "2010-06"] for n, name in enumerate(("甲一", "阿桑·木沙", "甲三", "甲四", "甲五"), 1)
    ]
    await hub.report(xlsx(("党员", [["姓名", "身份证号码", "所在党支部", "入党时间"], *people])), "members")
    return hub


@pytest.fixture
async def hub(database) -> Hub:
    return await a_hub(database)


async def written_out(hub: Hub, kind: str, code: str) -> bytes:
    async with hub.database.begin() as connection:
        content, rows = await export(
            connection, vault=hub.vault, now=hub.now, kind=LedgerKind(kind), organization=await hub.organization(code)
        )
    assert rows == len(load_workbook(io.BytesIO(content)).active["A"]) - 2
    return content


async def statements(hub: Hub, table: str) -> list[dict]:
    """Every statement with its sealed values opened, without what is random."""
    whose = "join member m on m.id = t.member_id" if table == "departure" else ""
    name = "m.name as person" if table == "departure" else "t.name as person"
    found = []
    for row in await hub.rows(f"select t.*, {name} from {table} t {whose} order by person"):
        for column, purpose in (
            ("phone_sealed", "phone"), ("other_phone_sealed", "other phone"), ("address_sealed", "address"),
            ("unreadable_sealed", "unreadable"), ("citizen_id_sealed", "citizen id"),
        ):  # fmt: skip
            if row.get(column):
                row[column] = hub.vault.unseal(purpose, row["id"], row[column])
        found.append({key: value for key, value in row.items() if key not in RANDOM})
    return found


CASES = pytest.mark.parametrize(
    ("kind", "table", "heads", "rows", "code"),
    [("OUTFLOW", "departure", OUTFLOW, AWAY, "YL01"), ("INFLOW", "arrival", INFLOW, HERE, "BJ01")],
)


@CASES
async def test_what_was_written_out_is_unchanged_when_it_is_read_again(hub, kind, table, heads, rows, code) -> None:
    report = await hub.report(xlsx(("台账", [heads, *rows])), kind.lower(), code)
    assert (report.new, report.errors) == (len(rows), [])
    content = await written_out(hub, kind, code)
    before = await hub.everything(but=("import_run", "feed", "feed_audience", "feed_head"))
    again = await hub.report(content, kind.lower(), code)
    assert (again.unchanged, again.missing, again.errors) == (len(rows), 0, [])
    assert await hub.everything(but=("import_run", "feed", "feed_audience", "feed_head")) == before


@CASES
async def test_it_says_all_on_a_hub_that_knows_nothing_yet(hub, kind, table, heads, rows, code) -> None:
    await hub.report(xlsx(("台账", [heads, *rows])), kind.lower(), code)
    content, told = await written_out(hub, kind, code), await statements(hub, table)
    for gone in ("match", "inbox", "question", table):
        await execute(hub, f"truncate {gone} cascade")
    await execute(hub, "delete from identity where not of_member")
    again = await hub.report(content, kind.lower(), code)
    assert (again.new, again.errors) == (len(rows), [])
    assert await statements(hub, table) == told
    asked = await hub.rows("select kind, about from question order by kind, about")
    assert {row["kind"] for row in asked} == {"UNREADABLE"}


async def registrars(hub: Hub) -> list[tuple[str, str, str | None]]:
    rows = await hub.rows(
        "select a.name, o.code, b.code as branch from arrival a join organization o on o.id = a.organization_id"
        " left join organization b on b.id = a.branch_id order by a.name"
    )
    return [(row["name"], row["code"], row["branch"]) for row in rows]


async def test_arrivals_that_are_not_placed_come_back_to_who_registered_them(hub: Hub) -> None:
    head = ["姓名", "身份证号码", "编入党支部"]
    await hub.report(
        xlsx(("台账", [head, ["甲一", number(1), ""], ["甲二", number(2), "新港社区第一党支部"]])), "inflow", "BJ01"
    )
    await hub.report(xlsx(("台账", [head, ["甲三", number(3), ""]])), "inflow", "BJ0102")
    await hub.report(xlsx(("台账", [head, ["甲四", number(4), ""]])), "inflow", "BJ")
    told = await registrars(hub)
    assert told == [
        ("甲一", "BJ01", None),
        ("甲三", "BJ0102", None),
        ("甲二", "BJ01", "BJ010101"),
        ("甲四", "BJ", None),
    ]
    content = await written_out(hub, "INFLOW", "BJ")
    before = await hub.everything(but=("import_run", "feed", "feed_audience", "feed_head"))
    again = await hub.report(content, "inflow", "BJ")
    assert (again.unchanged, again.new, again.errors) == (4, 0, [])
    assert await hub.everything(but=("import_run", "feed", "feed_audience", "feed_head")) == before
    for gone in ("match", "inbox", "question", "arrival"):
        await execute(hub, f"truncate {gone} cascade")
    await execute(hub, "delete from identity where not of_member")
    again = await hub.report(content, "inflow", "BJ")
    assert (again.new, again.errors) == (4, [])
    assert await registrars(hub) == told


async def test_a_registrar_elsewhere_or_nowhere_is_refused_and_one_above_says_nothing(hub: Hub) -> None:
    rows = [["甲一", number(1), "不在名单上的党委"], ["甲二", number(2), "YL01"], ["甲三", number(3), "BJ"]]
    report = await hub.report(xlsx(("台账", [["姓名", "身份证号码", "登记党组织"], *rows])), "inflow", "BJ01")
    assert problems(report.errors) == [
        (2, "organization", "ORGANIZATION_UNKNOWN"),
        (3, "organization", "ORGANIZATION_UNKNOWN"),
    ]
    assert await registrars(hub) == [("甲三", "BJ01", None)]


async def test_texts_that_look_like_formulas_are_texts(hub: Hub) -> None:
    await hub.report(xlsx(("台账", [OUTFLOW, *AWAY])), "outflow", "YL01")
    book = load_workbook(io.BytesIO(await written_out(hub, "OUTFLOW", "YL01")))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "=1+1" in {cell.value for cell in cells}
    assert all(cell.hyperlink is None for cell in cells)


async def test_who_was_written_out_is_recorded(hub: Hub) -> None:
    await hub.report(xlsx(("台账", [OUTFLOW, *AWAY])), "outflow", "YL01")
    before = await written(hub)
    await written_out(hub, "OUTFLOW", "YL01")
    after = await written(hub)
    assert {table for table in after if after[table] != before[table]} == {"disclosure"}
    found = (await hub.rows("select organization_id, people from disclosure"))[0]
    assert (found["organization_id"], len(found["people"])) == (await hub.organization("YL01"), 5)


async def test_only_what_is_open_below_the_organization(hub: Hub) -> None:
    await hub.report(xlsx(("台账", [OUTFLOW, *AWAY])), "outflow", "YL01")
    await execute(
        hub, "update departure set ended_on = '2026-11-01', end_reason = 'RETURNED' where departed_on = '2025'"
    )
    for code, rows in (("YL01", 4), ("YL", 4), ("YL0101", 4), ("YL0102", 0), ("BJ", 0)):
        content = await written_out(hub, "OUTFLOW", code)
        assert len(list(load_workbook(io.BytesIO(content)).active.iter_rows())) == rows + 2


async def test_a_branchs_own_list_imports_for_its_branch(hub: Hub) -> None:
    await hub.report(xlsx(("台账", [OUTFLOW, *AWAY])), "outflow", "YL01")
    report = await hub.report(await written_out(hub, "OUTFLOW", "YL0101"), "outflow", "YL0101")
    assert (report.unchanged, report.new, problems(report.errors)) == (5, 0, [])
