"""The sample ledgers, as far as they can be judged without a database."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from hub.sync.ledger.organizations import OrganizationNames, OrganizationRecord
from hub.sync.ledger.superiors import link
from tests.sync.ledger.sheets import errors, read, rollcalls, warnings

LEDGERS = Path(__file__).parents[3] / "examples" / "ledgers"
NEEDS_THE_DATABASE = {"PERSON_UNKNOWN", "PERSON_AMBIGUOUS", "NAME_MISMATCH", "DUPLICATE_IN_FILE"}


def sample_names() -> OrganizationNames[str]:
    linked = link(read(LEDGERS / "organizations.csv", "organizations"), OrganizationNames([]))
    rows = [item.row for item in linked]
    assert len(rows) == 19
    assert errors(rows) == warnings(rows) == []
    assert [row.code for row in rows if row.can_issue_letters] == ["YL", "BJ", "YL01", "YL02", "BJ01"]
    return OrganizationNames(
        OrganizationRecord(
            row.code or "", "local", row.code, row.name, row.short_name, (),
            None if item.parent_row is None else rows[item.parent_row].code, row.kind,
        )
        for item, row in zip(linked, rows, strict=True)
    )  # fmt: skip


NAMES = sample_names()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("outflow.xlsx", "outflow"), ("outflow-by-hand.xlsx", "outflow"), ("outflow-with-mistakes.xlsx", "outflow"),
        ("outflow-next-month.xlsx", "outflow"), ("outflow-old-export.csv", "outflow"), ("inflow.xlsx", "inflow"), ("members.xlsx", "members"),
    ],
)  # fmt: skip
def test_rows_errors_and_warnings_are_as_expected(name, kind):
    expected = json.loads((LEDGERS / name).with_suffix(".expected.json").read_text())
    rows = read(LEDGERS / name, kind, "BJ01" if kind == "inflow" else None, NAMES)
    assert len(rows) == expected["rows"]

    def listed(key):
        return [(item["row"], item["field"], item["code"]) for item in expected.get(key, [])]

    assert errors(rows) == [error for error in listed("errors") if error[2] not in NEEDS_THE_DATABASE]
    later = {error[0] for error in listed("errors") if error[2] in NEEDS_THE_DATABASE}
    assert sorted(warning for warning in warnings(rows) if warning[0] not in later) == sorted(listed("warnings"))
    assert all(row.organization for row in rows if not row.error)


def test_the_inflow_sample_is_placed_throughout():
    rows = read(LEDGERS / "inflow.xlsx", "inflow", "BJ01", NAMES)
    expected = json.loads((LEDGERS / "inflow.expected.json").read_text())
    assert [(row.row, row.citizen_id) for row in rows] == [(item["row"], item["id"]) for item in expected["truth"]]
    assert {row.organization for row in rows} == {"BJ01"}
    assert all(row.branch for row in rows)


def test_next_month_one_has_returned():
    rows = read(LEDGERS / "outflow-next-month.xlsx", "outflow", None, NAMES)
    assert [row.row for row in rows if row.suggestions == ("RETURNED",)] == [7]


def test_the_remarks_by_hand():
    rows = read(LEDGERS / "outflow-by-hand.xlsx", "outflow", None, NAMES)
    assert [row.suggestions for row in rows if row.suggestions] == [("NO_CONTACT",), ("TRANSFERRED",)]
    assert [(row.departed_on, row.destination) for row in rows[1:3]] == [("2025-06", "滨江区")] * 2
    assert (rows[1].other_phone, rows[1].other_phone_whose) == ("17492340211", "妻")


def test_members_of_the_sample():
    rows = read(LEDGERS / "members.xlsx", "members", None, NAMES)
    assert sum(row.category == "PROBATIONARY" for row in rows) == 4
    assert all(row.joined_on and row.birth_date for row in rows)


def test_the_roll_call_of_the_sample():
    expected = json.loads((LEDGERS / "rollcall.expected.json").read_text())
    tables = rollcalls(LEDGERS / "rollcall.xlsx", names=NAMES)
    assert [(table.organization, table.organization_from, len(table.rows)) for table in tables] == [
        ("BJ0101", "ABOVE", 30), ("BJ0102", "ABOVE", 17), ("BJ0103", "ABOVE", 16),
    ]  # fmt: skip
    held = [
        ("THEME_DAY", "2026-09-09"), ("PARTY_LECTURE", "2026-09-23"), ("THEME_DAY", "2026-10-09"),
        ("TRAINING", "2026-10-18"), ("THEME_DAY", "2026-11-09"),
    ]  # fmt: skip
    assert [[(one.kind, one.held_on) for one in table.activities] for table in tables] == [held] * 3
    assert {(one.title, one.mode, one.error) for table in tables for one in table.activities} == {(None, None, None)}
    marks = [mark for table in tables for row in table.rows for mark in row.marks]
    assert len(marks) == expected["records"] == 310
    assert Counter(mark.attendance for mark in marks) == expected["byAttendance"]
    assert [row.error for table in tables for row in table.rows if row.error] == []


def test_the_reported_participation_of_the_sample():
    rows = read(LEDGERS / "participation-reported.xlsx", "participation", None, NAMES)
    assert (len(rows), errors(rows), warnings(rows)) == (32, [], [])
    assert all(row.organization and row.host and len(row.held_on) == len("2026-09-09") for row in rows)
    assert Counter((row.kind, row.mode, row.evidence_kind) for row in rows) == {
        ("ONLINE_EXCHANGE", "ONLINE", "SCREENSHOT"): 16, ("THEME_DAY", "ON_SITE", "PHOTO"): 6,
        ("TRAINING", "ON_SITE", "PHOTO"): 6, ("PARTY_LECTURE", "ON_SITE", "PHOTO"): 4,
    }  # fmt: skip
