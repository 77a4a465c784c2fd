"""Roll calls and reports that are written import back without loss; a certificate counts what is confirmed, once."""

from __future__ import annotations

import io
from datetime import date
from itertools import product
from uuid import UUID

import pytest
from openpyxl import load_workbook

from hub.domain import participation_steps
from hub.models import LedgerKind
from hub.sync.ledger.export_participation import MARKS, certificate, export_participation
from hub.sync.ledger.written_heads import MODES
from tests.domain.liaisons import NAMES, NOW, World, a_vault, number
from tests.domain.lives import acknowledged, do, held, marked, reported, summary
from tests.sync.ledger.imports import LEDGERS, Hub, execute, the_sample

SAMPLE = ("outflow.xlsx", "outflow-old-export.csv", "inflow.xlsx")
RANDOM = ("id", "version", "activity_id", "recorded_at", "amended_at", "confirmed_at", "acknowledged_at", "twin_id")
# An import numbers the events that wait, and an export is noted.
NOT_WRITTEN = ("import_run", "feed", "feed_audience", "feed_head", "outbox", "disclosure")


async def written_out(hub: Hub, kind: str, code: str) -> bytes:
    async with hub.database.begin() as connection:
        content, _ = await export_participation(
            connection, vault=hub.vault, now=hub.now, kind=LedgerKind(kind), organization=await hub.organization(code),
            since=date(2020, 1, 1), until=date(2030, 1, 1),
        )  # fmt: skip
    return content


async def content_of(hub: Hub) -> list[str]:
    columns = (await hub.rows("select * from participation limit 1"))[0]
    kept = ", ".join(column for column in columns if column not in RANDOM)
    return sorted(str(row) for row in await hub.rows(f"select {kept} from participation"))


async def test_what_is_written_imports_back_without_loss(database) -> None:
    hub = await the_sample(database, World(database, {}, a_vault(), NOW), *SAMPLE)
    await hub.report(LEDGERS / "rollcall.xlsx", "rollcall", "BJ01", 2026)
    await hub.report(LEDGERS / "participation-reported.xlsx", "participation")
    before = await content_of(hub)
    roll_call, reports = await written_out(hub, "ROLLCALL", "BJ"), await written_out(hub, "PARTICIPATION", "YL")

    same = await hub.report(roll_call, "rollcall", "BJ01")
    assert (same.accepted, same.unchanged, same.errors) == (310, 310, [])
    same = await hub.report(reports, "participation")
    assert (same.accepted, same.unchanged, same.errors) == (32, 32, [])

    await execute(hub, "update participation set twin_id = null")
    await execute(hub, "delete from participation")
    await execute(hub, "delete from activity")
    assert (await hub.report(roll_call, "rollcall", "BJ01")).new == 310
    assert (await hub.report(reports, "participation")).linked == 16
    assert await content_of(hub) == before


async def test_marks_modes_months_and_titles_come_back(hub: Hub) -> None:
    _, _, came = await hub.pair()
    for held_on, kind, told, said in (
        ("2026-09", "THEME_DAY", {"attendance": "LATE"}, {}),
        ("2026-09-10", "OTHER", {"attendance": "ABSENT_UNEXCUSED"}, {"title": "重阳慰问"}),
        ("2026-09-11", "PARTY_LECTURE", {"mode": "ONLINE"}, {"title": "第三讲"}),
        ("2026-09-12", "TRAINING", {"mode": "SELF_STUDY"}, {"mode": "ONLINE"}),
        ("2026-09-13", "ONLINE_EXCHANGE", {}, {"mode": "ONLINE"}),
    ):
        attendance = told.pop("attendance", "PRESENT")
        await marked(hub, await held(hub, held_on=held_on, kind=kind, **said), came, attendance, **told)
    again = await hub.report(await written_out(hub, "ROLLCALL", "BJ"), "rollcall", "BJ01")
    assert (again.accepted, again.unchanged, again.errors) == (5, 5, [])


TITLES = (
    "实到人数统计",
    "9.9公益",
    "注：√缺席",
    "率先垂范",
    "身份证号核对",
    "网络安全",
    "合计（现场）",
    "a」（线上）",
    "长" * 500,
)


async def test_any_title_mark_and_mode_comes_back(hub: Hub) -> None:
    _, _, came = await hub.pair()
    days = iter(range(1, 31))
    for title, kind in product(TITLES, ("OTHER", "PARTY_LECTURE")):
        await marked(hub, await held(hub, held_on=f"2026-09-{next(days):02}", kind=kind, title=title), came)
    days = iter(range(1, 31))
    for attendance, mode in product(MARKS, MODES):
        other = "ONLINE" if mode == "ON_SITE" else "ON_SITE"
        activity = await held(hub, held_on=f"2026-10-{next(days):02}", kind="ONLINE_EXCHANGE", mode=other)
        await marked(hub, activity, came, attendance, mode=mode)
    before = await hub.everything(but=NOT_WRITTEN)

    content = await written_out(hub, "ROLLCALL", "BJ")
    again = await hub.report(content, "rollcall", "BJ01")

    written = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True) for cell in row]
    modes = [f"{mark}（{mode}）" for mark, mode in product("√#", ("现场", "线上", "补学", "送学"))]
    assert sorted(cell for cell in written if cell and "（" in cell and len(cell) == 5) == sorted(modes)
    assert (again.rows, again.accepted, again.unchanged, again.errors) == (1, 42, 42, [])
    assert await hub.everything(but=NOT_WRITTEN) == before


@pytest.mark.parametrize(("kind", "code"), [("ROLLCALL", "BJ"), ("PARTICIPATION", "YL")])
async def test_a_workbook_of_no_records_imports_as_nothing(hub: Hub, kind: str, code: str) -> None:
    empty = await written_out(hub, kind, code)
    before = await hub.everything(but=NOT_WRITTEN)
    report = await hub.report(empty, kind.lower(), code)
    assert (report.rows, report.accepted, report.new, report.errors) == (0, 0, 0, [])
    assert await hub.everything(but=NOT_WRITTEN) == before


async def test_no_cell_is_a_formula(hub: Hub) -> None:
    person, _, _ = await hub.pair()
    await reported(hub, person, host_text='=HYPERLINK("x")', evidence_kind="PHOTO")
    sheet = load_workbook(io.BytesIO(await written_out(hub, "PARTICIPATION", "YL"))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert '=HYPERLINK("x")' in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} == {"s"}


async def test_a_title_with_other_brackets_is_the_same_activity(hub: Hub) -> None:
    _, _, came = await hub.pair()
    title = "书记讲党课：学习（第一讲）"
    await marked(hub, await held(hub, kind="PARTY_LECTURE", title=title), came)
    same = await hub.report(await written_out(hub, "ROLLCALL", "BJ"), "rollcall", "BJ01")
    assert (same.new, same.updated, same.unchanged, same.errors) == (0, 0, 1, [])
    assert await hub.rows("select title from activity") == [{"title": title}]


async def certified(hub: Hub, person: UUID) -> list[list[str]]:
    async with hub.database.begin() as connection:
        content = await certificate(
            connection, viewer=hub.viewer("BJ01"), now=hub.now, issued_by="新港街道党工委", member_id=person,
            since=date(2026, 10, 1), until=date(2026, 12, 31),
        )  # fmt: skip
    return [[c for c in row if c] for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


async def test_a_certificate_lists_what_the_home_branch_accepted_where_the_host_says_absent(hub: Hub) -> None:
    person, _, came = await hub.pair()
    await marked(hub, await held(hub), came, "ABSENT_UNEXCUSED")
    told = await reported(hub, person, host_id=hub["BJ01"], evidence_kind="PHOTO")
    assert (await certified(hub, person))[4] == ["合计参加 0 次，其中线上 0 次，学时 0"]

    await do(hub, participation_steps.accept, told, "YL0101")

    rows = await certified(hub, person)
    assert rows[4] == ["1", "2026年11月9日", "主题党日", NAMES["BJ01"], "现场"]
    assert rows[5] == ["合计参加 1 次，其中线上 0 次，学时 0"]
    assert (await summary(hub, person)).attended == 1


async def test_a_certificate_counts_what_is_confirmed_once_and_masks_the_number(hub: Hub) -> None:
    person, _, came = await hub.pair()
    record = await marked(hub, await held(hub, hours=2), came)
    await reported(hub, person, host_id=hub["BJ01"], evidence_kind="PHOTO")
    await marked(hub, await held(hub, held_on="2026-10-09"), came, "ABSENT_UNEXCUSED")
    await reported(hub, person, "2026-10-20", host_text="市图书馆")
    await acknowledged(hub, record)

    rows = await certified(hub, person)

    assert rows[0] == ["流动党员参加组织生活证明"]
    assert rows[4] == ["1", "2026年11月9日", "主题党日", NAMES["BJ01"], "现场", "2"]
    assert rows[5] == ["合计参加 1 次，其中线上 0 次，学时 2"]
    assert number(1) not in str(rows)
    assert await hub.rows("select document, people from disclosure") == [
        {"document": b"certificate", "people": [person]}
    ]
