"""A roll call of 10,000 marks beside a bare COPY of the same records, and the quarter summary among a million records."""

from __future__ import annotations

import asyncio
import gc
import io
import random
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.imports import one_import
from benchmarks.ledgers import county
from hub.crypto import read_or_create_master_key
from hub.database.copy import copy_rows
from hub.database.engine import open_database, transaction
from hub.domain import quarter
from hub.domain.dates import utc_now
from hub.domain.directory import organization
from hub.domain.participation import COLUMNS
from hub.domain.vault import open_vault
from hub.models import LedgerKind
from hub.settings import Settings

_DAYS = ("9月9日 主题党日", "9月23日 党课", "10月9日 主题党日", "10月18日集中培训", "11月9日 主题党日")
_MARKS = "√" * 14 + "#O★△××"
# Records of earlier days for every matched arrival: a city-year is a million of 24,000 members.
_YEARS = text(
    """
    insert into participation (id, activity_id, arrival_id, organization_id, source, kind, held_on, day, host_id, mode,
                               attendance, state, confirmed_at, acknowledged_at, recorded_at, recorded_by, amended_at,
                               amended_by)
    select gen_random_uuid(), null, a.id, a.organization_id, 'ROLL_CALL', 'THEME_DAY', (cast(:last as date) - n)::text,
           cast(:last as date) - n, a.organization_id, 'ON_SITE', 'PRESENT', 'ACKNOWLEDGED', now(), now(), now(), 'bench',
           now(), 'bench'
      from arrival a cross join generate_series(1, :each) n
    """
)


def roll_call(inflow_rows: list[list[str]]) -> tuple[bytes, int]:
    """Return a roll call of 2,000 people of the first street, and how many marks it has."""
    chance = random.Random(11)
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    streets: dict[str, list[list[str]]] = {}
    for row in inflow_rows:
        streets.setdefault(row[6][:4], []).append(row)
    marks = 0
    for street in sorted(streets)[:2]:
        sheet = workbook.add_worksheet(street)
        sheet.write_row(0, 0, [f"党组织：（代码 {street}）  2026年"])
        sheet.write_row(1, 0, ["序号", "姓名", "身份证号", *_DAYS])
        for number, row in enumerate(streets[street][:1000], start=1):
            line = [chance.choice(_MARKS) for _ in _DAYS]
            marks += len(line)
            sheet.write_row(1 + number, 0, [str(number), row[0], row[1], *line])
    workbook.close()
    return buffer.getvalue(), marks


async def bare_copy(engine: AsyncEngine) -> float:
    """Return the median time of a COPY of the records that the roll call made, into a table without keys."""
    async with engine.connect() as connection:
        listed = ", ".join(COLUMNS)
        rows: list[Any] = [
            tuple(row)
            for row in await connection.execute(text(f"select {listed} from participation where source = 'ROLL_CALL'"))
        ]
    times = []
    for _ in range(5):
        async with transaction(engine) as connection:
            await connection.execute(text("drop table if exists bare"))
            await connection.execute(text(f"create table bare as select {listed} from participation limit 0"))
        started = time.perf_counter()
        async with transaction(engine) as connection:
            await copy_rows(connection, "bare", COLUMNS, rows)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


async def summary(engine: AsyncEngine, label: str) -> None:
    """Print what the summary of a branch's 100 members costs."""
    async with engine.connect() as connection:
        found = await connection.execute(text("select member_id from match order by member_id limit 100"))
        members = list(found.scalars())
        times = []
        for _ in range(21):
            started = time.perf_counter()
            await quarter.summaries(connection, members=members, since=date(2026, 10, 1), until=date(2026, 12, 31))
            times.append(time.perf_counter() - started)
        records = await connection.scalar(text("select count(*) from participation"))
    print(f"  quarter summary of 100 members, {label} ({records:,} records): {statistics.median(times) * 1000:.1f} ms")


async def main(outflow: int = 24_000, inflow: int = 20_000, each: int = 50) -> None:
    """Print the table."""
    gc.set_threshold(50_000, 20, 20)  # as `hub import` does
    made = county(outflow, inflow)
    with tempfile.TemporaryDirectory(prefix="liaison-hub-bench-", ignore_cleanup_errors=True) as folder:
        await asyncio.to_thread(Path(folder).chmod, 0o711)
        settings = Settings(home=Path(folder))
        async with open_database(settings) as engine:
            async with transaction(engine) as connection:
                vault = await open_vault(connection, read_or_create_master_key(settings.key_file), utc_now())
            for kind, content in (
                (LedgerKind.ORGANIZATIONS, made.organizations),
                (LedgerKind.MEMBERS, made.members),
                (LedgerKind.OUTFLOW, made.outflow),
            ):
                await one_import(engine, vault, kind, content, None)
            async with transaction(engine) as connection:
                district = await organization(connection, "local", "BJ")
            await one_import(engine, vault, LedgerKind.INFLOW, made.inflow, district)
            content, marks = roll_call(made.inflow_rows)
            seconds = await one_import(engine, vault, LedgerKind.ROLLCALL, content, district)
            copied = await bare_copy(engine)
            print(
                f"  roll call of {marks:,} marks {seconds:.2f} s, bare COPY of its records {copied:.3f} s"
                f" = {seconds / copied:.0f}x"
            )
            await summary(engine, "the quarter alone")
            for label, lasts in (
                ("with the year", [date(2026, 6, 30)]),
                ("with two years before", [date(2025, 12, 31), date(2024, 12, 31)]),
            ):
                async with transaction(engine) as connection:
                    for last in lasts:
                        await connection.execute(_YEARS, {"each": each, "last": last})
                async with engine.connect() as connection:
                    alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await alone.execute(text("vacuum analyze participation"))
                await summary(engine, label)


if __name__ == "__main__":
    asyncio.run(main())
