"""The sample ledgers on an empty hub, with the numbers that they were made for."""

from __future__ import annotations

import json

import pytest

from tests.domain.liaisons import NOW, World, a_vault
from tests.sync.ledger.imports import LEDGERS, Hub, problems, the_sample, written


@pytest.fixture
def world(database) -> World:
    return World(database, {}, a_vault(), NOW)


def expected(name: str) -> dict:
    return json.loads((LEDGERS / name).with_suffix(".expected.json").read_text())


async def test_two_sides_become_one_record_each(database, world) -> None:
    hub = Hub(database, {}, world.vault)
    report = await hub.report(LEDGERS / "organizations.csv", "organizations")
    assert (report.rows, report.new, report.errors, report.warnings) == (19, 19, [], [])
    assert await hub.count("organization", "can_issue_letters") == 5
    report = await hub.report(LEDGERS / "members.xlsx", "members")
    assert (report.rows, report.accepted, report.new, report.errors, report.warnings) == (144, 144, 144, [], [])
    assert await hub.count("member", "category = 'PROBATIONARY'") == 4
    assert await hub.count("affiliation", "ends is null and superseded_at = 'infinity'") == 144
    report = await hub.report(LEDGERS / "outflow.xlsx", "outflow")
    assert (report.rows, report.accepted, report.new, report.errors) == (77, 77, 77, [])
    report = await hub.report(LEDGERS / "outflow-old-export.csv", "outflow")
    assert (report.rows, report.accepted, report.new, report.errors) == (12, 12, 12, [])
    assert await hub.count("departure") == 89

    planned = (await hub.plan(LEDGERS / "inflow.xlsx", "inflow", "BJ01")).report
    told = expected("inflow.xlsx")
    assert (planned.rows, planned.new, planned.matched, planned.unmatched) == (63, 63, 54, 9)
    report = await hub.report(LEDGERS / "inflow.xlsx", "inflow", "BJ01")
    assert (report.rows, report.accepted, report.new) == (63, 63, 63)
    assert (report.matched, report.unmatched) == (told["matched"], told["unmatched"]) == (54, 9)
    assert report.differences == told["differences"] == {"workUnit": 7, "phone": 4, "inflowOrganization": 3}
    assert report.errors == []
    assert await hub.count("arrival", "state = 'PLACED'") == 63
    assert await hub.count("inbox", "side = 'OUTFLOW' and state = 'AWAITING_ARRIVAL' and organization_id = "
                           "(select id from organization where code = 'YL')") == told["not_arrived"] == 35  # fmt: skip
    assert await hub.inbox_differences() == 0

    truth = {item["id"]: (item["matched"], sorted(item["differs"])) for item in told["truth"]}
    found = await hub.rows(
        "select a.id, a.citizen_id_sealed, m.id is not null as matched, array(select x.field from discrepancy x"
        " where x.match_id = m.id and x.state <> 'SETTLED' order by 1) as differs"
        " from arrival a left join match m on m.arrival_id = a.id and m.state = 'CONFIRMED'"
    )
    seen = {
        hub.vault.unseal("citizen id", row["id"], row["citizen_id_sealed"]): (row["matched"], sorted(row["differs"]))
        for row in found
    }
    assert seen == truth

    # Again, all of them: nothing is new, and nothing is written.
    before = await written(hub)
    for name, kind, rows in (
        ("organizations.csv", "organizations", 19),
        ("members.xlsx", "members", 144),
        ("outflow.xlsx", "outflow", 77),
        ("outflow-old-export.csv", "outflow", 12),
    ):
        report = await hub.report(LEDGERS / name, kind)
        assert (report.rows, report.unchanged, report.missing) == (rows, rows, 0), name
    assert await written(hub) == before
    report = await hub.report(LEDGERS / "inflow.xlsx", "inflow", "BJ01")
    assert (report.unchanged, report.matched, report.unmatched, report.missing) == (63, 54, 9, 0)
    assert report.differences == told["differences"]
    tables = await written(hub)
    assert {name for name in before if before[name] != tables[name]} == {"feed", "feed_audience", "feed_head"}
    assert await hub.count("feed", "kind = 'LEDGER_IMPORTED'") == 2


async def test_a_ledger_with_mistakes(database, world) -> None:
    hub = await the_sample(database, world)
    report = await hub.report(LEDGERS / "outflow-with-mistakes.xlsx", "outflow")
    told = expected("outflow-with-mistakes.xlsx")
    assert (report.rows, report.accepted) == (15, 8)
    assert problems(report.errors) == [tuple(error.values()) for error in told["errors"]]
    assert problems(report.warnings) == [tuple(warning.values()) for warning in told["warnings"]]
    assert all(" / " in problem["message"] for problem in (*report.errors, *report.warnings))
    assert await hub.count("departure") == 8
    assert await hub.count("question", "kind = 'UNREADABLE'") == 4


async def test_a_ledger_by_hand_without_numbers(database, world) -> None:
    hub = await the_sample(database, world)
    report = await hub.report(LEDGERS / "outflow-by-hand.xlsx", "outflow")
    told = expected("outflow-by-hand.xlsx")
    assert (report.rows, report.accepted) == (6, 5)
    assert problems(report.errors) == [tuple(error.values()) for error in told["errors"]]
    assert sorted(problems(report.warnings)) == sorted(tuple(warning.values()) for warning in told["warnings"])
    found = await hub.rows("select about from question where kind = 'REMARK' order by about")
    assert [row["about"] for row in found] == ["NO_CONTACT", "TRANSFERRED"]
    assert await hub.count("departure", "ended_on is null") == 5
    again = await hub.report(LEDGERS / "outflow-by-hand.xlsx", "outflow")
    assert (again.accepted, again.unchanged, again.missing) == (5, 5, 0)


async def test_the_next_month(database, world) -> None:
    hub = await the_sample(database, world, "outflow.xlsx")
    first = await hub.plan(LEDGERS / "outflow-next-month.xlsx", "outflow")
    report = await hub.report(LEDGERS / "outflow-next-month.xlsx", "outflow")
    told = expected("outflow-next-month.xlsx")
    counted = report.as_json()
    for key in (
        "rows",
        "accepted",
        "new",
        "updated",
        "unchanged",
        "missing",
        "suggestedReturned",
        "errors",
        "warnings",
    ):
        assert counted[key] == told[key], key
    assert first.report.as_json() == counted
    assert await hub.count("departure") == 78
    assert await hub.count("departure", "ended_on is not null") == 0
    found = await hub.rows("select kind, about, turn from question order by kind")
    assert [tuple(row.values()) for row in found] == [("REMARK", "RETURNED", "OUTFLOW"), ("STILL_AWAY", "", "OUTFLOW")]
    again = await hub.report(LEDGERS / "outflow-next-month.xlsx", "outflow")
    assert (again.unchanged, again.missing, again.suggested_returned) == (15, 0, 1)
    assert await hub.count("question") == 2


async def test_the_order_of_the_two_sides_does_not_matter(database, world) -> None:
    one = await the_sample(database, world, "inflow.xlsx")
    await one.report(LEDGERS / "outflow.xlsx", "outflow")
    await one.report(LEDGERS / "outflow-old-export.csv", "outflow")
    assert await one.count("match", "state = 'CONFIRMED'") == 54
    found = await one.rows("select field, count(*) from discrepancy where state = 'OPEN' group by 1")
    assert {row["field"]: row["count"] for row in found} == {"workUnit": 7, "phone": 4, "inflowOrganization": 3}
    assert await one.inbox_differences() == 0
