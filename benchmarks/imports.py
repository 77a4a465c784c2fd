"""Importing and matching a city's ledgers, beside a bare COPY of the same rows: time, CPU and memory."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.ledgers import County, county
from hub.crypto import Vault, read_or_create_master_key
from hub.database.copy import copy_rows
from hub.database.engine import open_database, transaction
from hub.domain.dates import utc_now
from hub.domain.directory import organization
from hub.domain.vault import open_vault
from hub.domain.viewer import Role, Viewer, operator
from hub.models import LedgerKind
from hub.settings import Settings
from hub.sync.ledger import run as runs
from hub.sync.ledger.apply import Applying


def cpu_of_postgres(home: Path) -> float:
    """Return the CPU seconds of the PostgreSQL of one HUB_HOME: the postmaster's, its children's, and ended ones'."""
    ticks, used, parents, names = os.sysconf("SC_CLK_TCK"), {}, {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            names[folder.name] = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[folder.name] = fields[1]
        used[folder.name] = sum(map(int, fields[11:15]))
    postmasters = {pid for pid, name in names.items() if str(home).encode() in name and b"postgres" in name}
    return sum(used[pid] for pid in used if pid in postmasters or parents[pid] in postmasters) / ticks


async def bare_copy(engine: AsyncEngine, made: County) -> float:
    """Return the median time of a COPY of the same cells into tables of text."""
    times = []
    for _ in range(3):
        async with transaction(engine) as connection:
            for name, rows in (("bare_outflow", made.outflow_rows), ("bare_inflow", made.inflow_rows)):
                columns = [f"c{number}" for number in range(len(rows[0]))]
                await connection.execute(text(f"drop table if exists {name}"))
                await connection.execute(text(f"create table {name} ({', '.join(c + ' text' for c in columns)})"))
        started = time.perf_counter()
        async with transaction(engine) as connection:
            await copy_rows(connection, "bare_outflow", [f"c{n}" for n in range(11)], made.outflow_rows)
            await copy_rows(connection, "bare_inflow", [f"c{n}" for n in range(8)], made.inflow_rows)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


async def one_import(engine: AsyncEngine, vault: Vault, kind: LedgerKind, content: bytes, named: UUID | None) -> float:
    """Read, plan and apply one ledger as `hub import --apply` does; return the seconds."""
    now = utc_now()
    viewer = Viewer(named, Role.DEPARTMENT, "bench", "bench") if named else operator("bench")
    given = runs.Import(kind=kind, organization=named, content=content)
    started = time.perf_counter()
    async with transaction(engine) as connection:
        made = await runs.make_plan(connection, viewer=viewer, vault=vault, now=now, system="local", given=given)
    planned = time.perf_counter()
    run_id = uuid4()
    async with transaction(engine) as connection:
        await runs.keep(connection, run_id, viewer=viewer, vault=vault, now=now, given=given, made=made)
    await runs.claim(engine, given, run_id)
    report = await runs.finish(Applying(engine, viewer, vault, now), run_id, given, made)
    ended = time.perf_counter()
    print(
        f"  {kind.value.lower():13} {report.accepted:6} rows  plan {planned - started:5.2f} s  apply {ended - planned:5.2f} s"
        f"  matched {report.matched}  differences {report.differences}"
    )
    return ended - started


async def main(outflow: int = 24_000, inflow: int = 20_000) -> None:
    """Print the table."""
    gc.set_threshold(50_000, 20, 20)  # as `hub import` does
    made = county(outflow, inflow)
    with tempfile.TemporaryDirectory(prefix="liaison-hub-bench-", ignore_cleanup_errors=True) as folder:
        await asyncio.to_thread(Path(folder).chmod, 0o711)
        settings = Settings(home=Path(folder))
        async with open_database(settings) as engine:
            async with transaction(engine) as connection:
                vault = await open_vault(connection, read_or_create_master_key(settings.key_file), utc_now())
            copied = await bare_copy(engine, made)
            await one_import(engine, vault, LedgerKind.ORGANIZATIONS, made.organizations, None)
            await one_import(engine, vault, LedgerKind.MEMBERS, made.members, None)
            async with transaction(engine) as connection:
                district = await organization(connection, "local", "BJ")
            own, database = time.process_time(), cpu_of_postgres(Path(folder))
            children = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = await one_import(engine, vault, LedgerKind.OUTFLOW, made.outflow, None)
            # Each street's committee registers its own.
            seconds += await one_import(engine, vault, LedgerKind.INFLOW, made.inflow, district)
            rows = outflow + inflow
            own = time.process_time() - own
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            reading = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
            database = cpu_of_postgres(Path(folder)) - database
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"  bare COPY of the same rows {copied:.3f} s; import and match {seconds:.2f} s = {seconds / copied:.0f}x"
            )
            print(
                f"  CPU per row: hub {own / rows * 1e6:.0f} us, reading child {reading / rows * 1e6:.0f} us,"
                f" PostgreSQL {database / rows * 1e6:.0f} us"
            )
            print(f"  peak memory of the process {peak:.0f} MiB (with the invented ledgers in it)")


if __name__ == "__main__":
    asyncio.run(main())
