"""Whoever imports for one organization writes for it and what stands below it, and the plan says so beforehand."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.domain.liaisons import NOW, a_vault
from tests.sync.ledger.imports import LEDGERS, Hub, problems
from tests.sync.ledger.sheets import xlsx

HEADS = ["党组织代码", "党组织全称", "党组织类别", "上级党组织代码", "联系电话"]


@pytest.fixture
async def hub(database: AsyncEngine) -> Hub:
    """The sample's organizations."""
    made = Hub(database, {}, a_vault(), NOW)
    await made.report(LEDGERS / "organizations.csv", "organizations")
    return made


@pytest.mark.parametrize(
    ("name", "kind", "organization", "accepted", "refused"),
    [
        ("members.xlsx", "members", "YL01", 85, 59),
        ("members.xlsx", "members", "BJ", 0, 144),
        ("inflow.xlsx", "inflow", "BJ010101", 16, 47),
        ("inflow.xlsx", "inflow", "BJ01", 63, 0),
        ("organizations.csv", "organizations", "BJ", 11, 8),
        ("organizations.csv", "organizations", "YL01", 4, 15),
    ],
)
async def test_rows_of_others_are_refused_in_the_plan_and_what_it_promises_is_applied(
    hub: Hub, name: str, kind: str, organization: str, accepted: int, refused: int
) -> None:
    made, report = await hub.apply(LEDGERS / name, kind, organization)
    assert {problem["code"] for problem in report.errors} == ({"ORGANIZATION_UNKNOWN"} if refused else set())
    assert (report.accepted, len(report.errors)) == (accepted, refused)
    assert report.as_json()["errors"] == made.report.as_json()["errors"]


async def test_a_department_adds_and_moves_below_itself_alone(hub: Hub) -> None:
    rows = [
        ["YL03", "中共云岭县新镇委员会", "基层党委", "YL", ""],
        ["BJ09", "中共滨江区新街道工作委员会", "基层党委", "BJ", ""],
        ["ZZ", "中共某县委员会组织部", "组织部", "", ""],
        ["YL02", "中共云岭县石门乡委员会", "基层党委", "BJ", ""],
        ["YL0103", "中共云岭县柳河镇东坡村支部委员会", "党支部", "YL03", ""],
    ]
    report = await hub.report(xlsx(("组织", [HEADS, *rows])), "organizations", "YL")
    assert problems(report.errors) == [
        (3, "parent", "ORGANIZATION_UNKNOWN"),
        (4, "parent", "ORGANIZATION_UNKNOWN"),
        (5, "parent", "ORGANIZATION_UNKNOWN"),
    ]
    assert (report.new, report.updated) == (1, 1)
    new = await hub.organization("YL03")
    assert await hub.value("select parent_id from organization where code = 'YL0103'") == new
