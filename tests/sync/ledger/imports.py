"""Importing as tests do it: ledgers made by hand or the samples, planned and applied on a database of the test's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.domain.viewer import Role, Viewer, operator
from hub.models import LedgerKind
from hub.settings import Settings
from hub.sync.ledger import command, run
from hub.sync.ledger.plan import Plan
from hub.sync.ledger.report import Report
from tests.domain.liaisons import World
from tests.sync.ledger.sheets import xlsx

LEDGERS = Path(__file__).parents[3] / "examples" / "ledgers"
OUTFLOW_HEADS = ("姓名", "身份证号码", "联系电话", "流出时间", "流入地点", "工作单位", "备注")
INFLOW_HEADS = ("姓名", "身份证号码", "编入党支部", "联系电话", "流入时间", "工作单位", "备注")


def content_of(source: Path | bytes) -> bytes:
    return source.read_bytes() if isinstance(source, Path) else source


@dataclass
class Hub(World):
    """A hub into which ledgers are imported, by whoever operates it or for one organization (CODE)."""

    async def apply(
        self, source: Path | bytes, kind: str, organization: str | None = None, year: int | None = None
    ) -> tuple[Plan, Report]:
        given, viewer = await self._given(source, kind, organization, year)
        settings = Settings(home=Path("/nowhere"))
        return await command.apply_file(self.database, settings, self.vault, viewer, given, self.now)

    async def report(
        self, source: Path | bytes, kind: str, organization: str | None = None, year: int | None = None
    ) -> Report:
        return (await self.apply(source, kind, organization, year))[1]

    async def plan(self, source: Path | bytes, kind: str, organization: str | None = None) -> Plan:
        given, viewer = await self._given(source, kind, organization)
        async with self.database.connect() as connection:
            return await run.make_plan(
                connection, viewer=viewer, vault=self.vault, now=self.now, system="local", given=given
            )

    async def _given(
        self, source: Path | bytes, kind: str, organization: str | None, year: int | None = None
    ) -> tuple[run.Import, Viewer]:
        content = content_of(source)
        named = await self.organization(organization) if organization else None
        viewer = operator("hub import") if named is None else Viewer(named, Role.DEPARTMENT, "hub import", "hub")
        return run.Import(kind=LedgerKind(kind.upper()), organization=named, content=content, year=year), viewer

    async def organization(self, code: str) -> UUID:
        return await self.value("select id from organization where code = :code", code=code)

    async def count(self, table: str, where: str = "true") -> int:
        return await self.value(f"select count(*) from {table} where {where}")


async def the_sample(database: AsyncEngine, world: World, *names: str) -> Hub:
    """A hub with the sample's organizations and members, and the sample ledgers that are named."""
    hub = Hub(database, {}, world.vault, world.now)
    await hub.report(LEDGERS / "organizations.csv", "organizations")
    await hub.report(LEDGERS / "members.xlsx", "members")
    for name in names:
        kind = "inflow" if name.startswith("inflow") else "outflow"
        await hub.report(LEDGERS / name, kind, "BJ01" if kind == "inflow" else None)
    return hub


def outflow(*rows: tuple[Any, ...], above: str | None = "云岭县柳河镇白杨村党支部", heads=OUTFLOW_HEADS) -> bytes:
    """An outflow ledger, with its branch in a line above the table unless told otherwise."""
    title = [["流出党员台账"], [f"党支部：{above}"]] if above else [["流出党员台账"]]
    return xlsx(("流出", [*title, list(heads), *map(list, rows)]))


def inflow(*rows: tuple[Any, ...], heads=INFLOW_HEADS) -> bytes:
    return xlsx(("流入", [["流入党员台账"], list(heads), *map(list, rows)]))


def problems(found: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    return [(item["row"], item["field"], item["code"]) for item in found]


async def written(hub: World) -> dict[str, str]:
    """A fingerprint of everything but the runs themselves and the feed that tells of them."""
    return await hub.everything(but=("import_run",))


async def execute(hub: World, statement: str, **values: Any) -> None:
    async with hub.database.begin() as connection:
        await connection.execute(text(statement), values)
