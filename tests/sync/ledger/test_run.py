"""Runs of import: shown, applied, cancelled, forgotten; two at once; changed since; killed and begun again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from hub.crypto import NotSealedHere
from hub.domain.viewer import Role
from hub.errors import ChangedSincePlan, NotAllowed, NotFound, UnreadableFile, WrongState
from hub.models import LedgerKind
from hub.sync.ledger import run
from hub.sync.ledger.run import AnotherApplies, Import
from tests.domain.liaisons import NOW, a_vault, phone
from tests.factories import a_viewer
from tests.sync.ledger.imports import LEDGERS, Hub, execute, outflow, problems, written
from tests.sync.ledger.sheets import citizen_id, xlsx
from tests.sync.ledger.test_plan import BRANCH, KEYS, line, name


def ten_members() -> bytes:
    rows = [[name(n), citizen_id(n), BRANCH, "2010-06"] for n in range(1, 11)]
    return xlsx(("党员", [["姓名", "身份证号码", "所在党支部", "入党时间"], *rows]))


@pytest.fixture
async def hub(database) -> Hub:
    made = Hub(database, {}, a_vault(), NOW)
    await made.report(LEDGERS / "organizations.csv", "organizations")
    await made.report(ten_members(), "members")
    for code in ("YL", "YL01", "YL0101", "YL02", "BJ01"):
        made.ids[code] = await made.organization(code)
    return made


async def start(hub: Hub, content: bytes, who: str = "YL01", **said) -> UUID:
    given = Import(
        **{"kind": LedgerKind.OUTFLOW, "organization": hub[who], "content": content, "name": "台账.xlsx", **said}
    )
    return (await hub.do(run.start, who, given=given, system="local")).id


async def begin(hub: Hub, run_id: UUID, who: str = "YL01") -> None:
    digest = (await hub.row("import_run", run_id))["plan_digest"]
    await hub.do(run.begin, who, run_id=run_id, plan_digest=digest)


async def carry_out(hub: Hub, run_id: UUID, who: str = "YL01"):
    return await run.carry_out(
        hub.database, viewer=hub.viewer(who), vault=hub.vault, now=hub.now, system="local", run_id=run_id
    )


async def test_an_upload_lies_sealed_until_it_is_applied(hub: Hub) -> None:
    content = outflow(line(1), line(2, 姓名="别人"))
    before = await written(hub)
    run_id = await start(hub, content)
    assert await written(hub) == before
    row = await hub.row("import_run", run_id)
    assert (row["state"], row["outcomes"], row["total"], row["done"]) == ("PLANNED", "NR", 2, 0)
    assert set(row["report"]) == set(KEYS)
    assert hub.vault.unseal_bytes("upload", run_id, row["upload_sealed"]) == content
    with pytest.raises(NotSealedHere):
        hub.vault.unseal_bytes("upload", UUID(int=1), row["upload_sealed"])
    assert citizen_id(1) not in str(row["report"])
    await begin(hub, run_id)
    report = await carry_out(hub, run_id)
    row = await hub.row("import_run", run_id)
    assert (row["state"], row["upload_sealed"], row["done"], row["total"]) == ("DONE", None, 2, 2)
    assert row["report"] == report.as_json()
    assert hub.vault.unseal_bytes("errors", run_id, row["errors_sealed"]).startswith(b"PK")
    assert await hub.count("departure") == 1
    assert await hub.events(run_id, heard_by="YL") == ["LEDGER_IMPORTED"]
    assert await hub.events(run_id, heard_by="BJ01") == []


async def test_without_an_organization_it_is_the_callers(hub: Hub) -> None:
    run_id = await start(hub, outflow(line(1), above=None), organization=None)
    assert (await hub.row("import_run", run_id))["organization_id"] == hub["YL01"]
    shown = (await hub.row("import_run", run_id))["report"]
    assert (await carry_out(hub, run_id)).as_json() == shown


async def test_refused_runs_leave_nothing(hub: Hub) -> None:
    run_id = await start(hub, outflow(line(1)))
    digest = (await hub.row("import_run", run_id))["plan_digest"]

    def given(**said) -> Import:
        return Import(**{"kind": LedgerKind.OUTFLOW, "organization": hub["YL01"], "content": outflow(line(1)), **said})

    for refusal, who, more in (
        (NotFound, "YL02", {}),
        (UnreadableFile, "YL01", {"content": b"nothing"}),
        (NotAllowed, "YL01", {"kind": LedgerKind.ORGANIZATIONS}),
        (NotAllowed, a_viewer(hub["YL01"], Role.PARTNER), {}),
    ):
        await hub.refused(refusal, run.start, who, given=given(**more), system="local")
    for refusal, who, said in (
        (NotFound, "YL02", {}),
        (NotFound, "YL01", {"run_id": UUID(int=1)}),
        (ChangedSincePlan, "YL01", {"plan_digest": "another"}),
    ):
        await hub.refused(refusal, run.begin, who, **{"run_id": run_id, "plan_digest": digest, **said})
    await hub.refused(NotFound, run.cancel, "YL02", run_id=run_id)
    await carry_out(hub, run_id)
    await hub.refused(WrongState, run.begin, "YL01", run_id=run_id, plan_digest=digest)
    await hub.refused(WrongState, run.cancel, "YL01", run_id=run_id)


async def test_a_cancelled_upload_is_forgotten(hub: Hub) -> None:
    run_id = await start(hub, outflow(line(1, 姓名="别人")))
    await hub.do(run.cancel, "YL01", run_id=run_id)
    row = await hub.row("import_run", run_id)
    assert (row["state"], row["upload_sealed"], row["errors_sealed"]) == ("CANCELLED", None, None)
    await hub.refused(WrongState, run.begin, "YL01", run_id=run_id, plan_digest=row["plan_digest"])
    assert await hub.count("departure") == 0


@pytest.mark.parametrize(("state", "after"), [("PLANNED", "CANCELLED"), ("FAILED", "FAILED"), ("RUNNING", "FAILED")])
async def test_an_upload_is_forgotten_after_seven_days(hub: Hub, state: str, after: str) -> None:
    run_id = await start(hub, outflow(line(1)))
    await execute(hub, "update import_run set state = :state where id = :id", id=run_id, state=state)

    async def expire(days: int, **more) -> int:
        async with hub.database.begin() as connection:
            return await run.expire(connection, now=NOW + timedelta(days=days, **more))

    assert await expire(7, seconds=-1) == 0
    assert (await hub.row("import_run", run_id))["upload_sealed"] is not None
    assert await expire(7) == 1
    row = await hub.row("import_run", run_id)
    assert (row["state"], row["upload_sealed"]) == (after, None)
    assert await expire(8) == 0


async def test_a_plan_older_than_seven_days_is_not_applied(hub: Hub) -> None:
    run_id = await start(hub, outflow(line(1)))
    hub.wait(7)
    digest = (await hub.row("import_run", run_id))["plan_digest"]
    await hub.refused(WrongState, run.begin, "YL01", run_id=run_id, plan_digest=digest)


async def test_a_row_whose_outcome_changed_since_is_left_out(hub: Hub) -> None:
    run_id = await start(hub, outflow(line(1), line(2), line(3, 工作单位="江北重工"), line(4)))
    await hub.apply(outflow(line(1), line(2, 工作单位="滨江码头"), line(3)), "outflow")
    await execute(hub, "update member set standing = 'REMOVED' where name = :name", name=name(4))
    report = await carry_out(hub, run_id)
    # The first is as the plan wanted it; the third would amend where the plan registered; the fourth may not leave.
    assert problems(report.errors) == [(6, "name", "CHANGED_SINCE_PLAN"), (7, "name", "CHANGED_SINCE_PLAN")]
    assert (report.new, report.updated, report.unchanged) == (0, 0, 2)
    assert await hub.value("select count(*) from departure where work_unit = '江北重工'") == 0


async def test_two_at_once_for_one_organization_and_kind(hub: Hub) -> None:
    run_id, other = await start(hub, outflow(line(1))), await start(hub, outflow(line(2)))
    elsewhere = await start(hub, outflow(line(3)), "YL0101")
    async with run.alone(hub.database, hub["YL01"], LedgerKind.OUTFLOW):
        with pytest.raises(AnotherApplies) as refusal:
            await carry_out(hub, run_id)
        assert "\n" not in refusal.value.message
        await hub.refused(
            AnotherApplies,
            run.begin,
            "YL01",
            run_id=other,
            plan_digest=(await hub.row("import_run", other))["plan_digest"],
        )
        await carry_out(hub, elsewhere, "YL0101")
        async with run.alone(hub.database, hub["YL01"], LedgerKind.INFLOW):
            pass
    assert (await hub.row("import_run", run_id))["state"] == "PLANNED"
    await carry_out(hub, run_id)
    await carry_out(hub, other)
    assert await hub.count("departure") == 3


async def test_a_run_that_was_killed_is_over_once_another_runs(hub: Hub) -> None:
    killed, other = await start(hub, outflow(line(1))), await start(hub, outflow(line(2)))
    await begin(hub, killed)
    assert (await hub.row("import_run", killed))["state"] == "RUNNING"
    await begin(hub, other)
    await carry_out(hub, other)
    assert (await hub.row("import_run", killed))["state"] == "FAILED"
    assert (await hub.row("import_run", other))["state"] == "DONE"


# The command, as a process of its own


class Command:
    """`hub import` on this test's database."""

    def __init__(self, hub: Hub, home: Path) -> None:
        url = hub.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.env = {"PATH": "/usr/bin:/bin", "HUB_DATABASE_URL": url, "HUB_HOME": str(home)}
        self.home = home

    def file(self, content: bytes, name: str = "ledger.xlsx") -> Path:
        path = self.home / name
        path.write_bytes(content)
        return path

    def __call__(
        self, *arguments: object, program: str = "from hub.cli import main; main()"
    ) -> subprocess.CompletedProcess[str]:
        # `-c` stands for `python -m hub`, so that a test can put something before it.
        given = [sys.executable, "-c", program, *map(str, arguments)]
        return subprocess.run(given, env=self.env, capture_output=True, check=False, text=True)


KILLED = """
import os, signal
from hub.sync.ledger import command

async def bar(done, total):
    if done >= 1000:
        os.kill(os.getpid(), signal.SIGKILL)

command._bar = bar
from hub.cli import main
main()
"""


def members(count: int) -> bytes:
    rows = [[f"甲{n}", citizen_id(n % 1000, f"19{70 + n // 1000}0315"), BRANCH, "2010-06"] for n in range(count)]
    return xlsx(("党员", [["姓名", "身份证号码", "所在党支部", "入党时间"], *rows]))


def away(count: int) -> bytes:
    rows = [
        (
            f"甲{n}",
            citizen_id(n % 1000, f"19{70 + n // 1000}0315"),
            phone(n),
            "2026-03",
            "外省",
            "",
            "已返乡" if n % 100 == 0 else "",
        )
        for n in range(count)
    ]
    return outflow(*rows)


async def state(hub: Hub) -> list[dict]:
    """What stands of the departures, without what is random or new with each run."""
    return await hub.rows(
        "select m.name, d.version, d.departed_on, d.phone_digests, d.remark, (select state from inbox i where i.id = d.id"
        " and i.organization_id = d.organization_id), (select count(*) from question q where q.departure_id = d.id) as asked,"
        " (select count(*) from ledger_line l where l.statement_id = d.id) as listed"
        " from departure d join member m on m.id = d.member_id order by m.name, d.phone_digests"
    )


def a_command(database, home: Path, people: bytes) -> tuple[Hub, Command]:
    """A hub with the sample's organizations and some members, all by the command and so under its own key."""
    hub = Hub(database, {}, a_vault(), NOW)
    command = Command(hub, home)
    for name_, content, kind in (
        ("o.csv", (LEDGERS / "organizations.csv").read_bytes(), "organizations"),
        ("m.xlsx", people, "members"),
    ):
        done = command("import", command.file(content, name_), "--kind", kind, "--apply")
        assert done.returncode == 0, done.stderr
    return hub, command


@pytest.mark.xdist_group("processes")
async def test_killed_half_way_and_run_again(database, tmp_path: Path) -> None:
    """After kill -9 between two batches the same command ends in the same state as one that was left alone."""
    hub, command = a_command(database, tmp_path, members(1600))
    path = command.file(away(1600))
    killed = command("import", path, "--kind", "outflow", "--apply", program=KILLED)
    assert killed.returncode == -signal.SIGKILL
    half = await hub.count("departure")
    assert 1000 <= half < 1600
    assert await hub.count("ledger_line") == 0
    assert await hub.value("select state from import_run where kind = 'OUTFLOW'") == "RUNNING"

    again = command("import", path, "--kind", "outflow", "--apply", "--format", "json")
    report = json.loads(again.stdout)
    assert (report["rows"], report["new"], report["unchanged"], report["missing"]) == (1600, 1600 - half, half, 0)
    found = await hub.rows("select state from import_run where kind = 'OUTFLOW' order by created_at")
    assert [row["state"] for row in found] == ["FAILED", "DONE"]
    ended = await state(hub)
    assert await hub.inbox_differences() == 0
    assert {row["listed"] for row in ended} == {1}

    await execute(hub, "truncate departure cascade")
    await execute(hub, "truncate ledger_line, inbox")
    undisturbed = command("import", path, "--kind", "outflow", "--apply")
    assert undisturbed.returncode == 0, undisturbed.stderr
    assert await state(hub) == ended
    assert len(ended) == 1600


@pytest.mark.xdist_group("processes")
async def test_what_the_command_says(database, tmp_path: Path) -> None:
    hub, command = a_command(database, tmp_path, ten_members())
    good, bad = (
        command.file(outflow(line(1)), "good.xlsx"),
        command.file(outflow(line(1), line(2, 姓名="别人")), "bad.xlsx"),
    )
    before = await written(hub)
    plan = command("import", good, "--kind", "outflow", "--format", "json")
    assert (plan.returncode, plan.stderr) == (0, "")
    assert list(json.loads(plan.stdout)) == KEYS
    assert len(plan.stdout.splitlines()) == 1
    words = command("import", good, "--kind", "outflow")
    assert "没有写入" in words.stdout
    assert await written(hub) == before

    errors = command.home / "errors.xlsx"
    mixed = command("import", bad, "--kind", "outflow", "--apply", "--format", "json", "--errors-to", errors)
    assert mixed.returncode == 1
    report = json.loads(mixed.stdout)
    assert (report["accepted"], problems(report["errors"])) == (1, [(5, "name", "NAME_MISMATCH")])
    assert await hub.count("departure") == 1

    # Put right, the workbook of errors imports; unknown files, codes and a run at work say one line.
    put_right = errors_put_right(errors, "别人", name(2))
    mended = command("import", put_right, "--kind", "outflow", "--apply", "--format", "json")
    assert (mended.returncode, json.loads(mended.stdout)["new"]) == (0, 1)
    for arguments in (
        ("import", command.home / "no-such-file.xlsx", "--kind", "outflow"),
        ("import", command.file(b"", "empty.xlsx"), "--kind", "outflow", "--format", "json"),
        ("import", good, "--kind", "outflow", "--organization", "NOBODY"),
        ("export", command.home / "out.xlsx", "--kind", "outflow", "--organization", "NOBODY"),
    ):
        said = command(*arguments)
        assert (said.returncode, said.stdout, len(said.stderr.splitlines())) == (2, "", 1), arguments
    async with run.alone(hub.database, None, LedgerKind.OUTFLOW):
        said = command("import", good, "--kind", "outflow", "--apply", "--format", "json")
    assert (said.returncode, said.stdout, len(said.stderr.splitlines())) == (2, "", 1)
    assert "正在导入" in said.stderr


def errors_put_right(path: Path, wrong: str, right: str) -> Path:
    from openpyxl import load_workbook

    book = load_workbook(path)
    for row in book.active.iter_rows():
        for cell in row:
            if cell.value == wrong:
                cell.value = right
    book.save(path)
    return path
