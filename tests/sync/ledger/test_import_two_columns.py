"""Two columns of one activity, most often one of them online: what each mark says, in whatever order and after whatever file."""

from __future__ import annotations

import itertools

import pytest

from tests.domain.liaisons import number
from tests.sync.ledger.imports import Hub
from tests.sync.ledger.sheets import xlsx

PLAIN, ONLINE = "9月9日 党课", "9月9日 党课（线上）"


@pytest.fixture
async def hub(hub: Hub) -> Hub:
    await hub.pair(which=1)
    await hub.pair(which=2, name="周宁")
    return hub


def sheet(days, *rows):
    heads = [["2026年点名册"], ["党组织：社区党委（代码 BJ0101）"], ["姓名", "身份证号", *days]]
    return "点名", [*heads, *(list(row) for row in rows)]


async def report(hub: Hub, *sheets):
    named = [(f"{name}{n}", rows) for n, (name, rows) in enumerate(sheets)]
    return await hub.report(xlsx(*named), "rollcall", "BJ01")


def told(report) -> list[tuple]:
    return [(p["row"], p["column"], p["field"], p["code"]) for p in report.errors]


async def records(hub: Hub) -> list[tuple]:
    rows = await hub.rows(
        "select a.name, p.attendance, p.mode, p.version from participation p join arrival a on a.id = p.arrival_id"
        " order by a.name desc"
    )
    return [tuple(row.values()) for row in rows]


@pytest.mark.parametrize("days", [(PLAIN, ONLINE), (ONLINE, PLAIN)])
@pytest.mark.parametrize("first", [None, ONLINE, PLAIN])
async def test_what_an_earlier_file_said_of_the_activity_changes_no_mode(hub: Hub, days, first) -> None:
    """The activity was recorded online last month, by a file that had nobody on site yet."""
    if first is not None:
        await report(hub, sheet((first,), ("周宁", number(2), "√")))
    marks = {PLAIN: ("√", ""), ONLINE: ("", "√")}
    both = sheet(
        days, *([name, number(n), *(marks[day][n - 1] for day in days)] for n, name in ((1, "林晓"), (2, "周宁")))
    )

    made = await report(hub, both)

    assert (made.by_mode, made.errors) == ({"ONLINE": 1, "ON_SITE": 1}, [])
    assert [row[:3] for row in await records(hub)] == [("林晓", "PRESENT", "ON_SITE"), ("周宁", "PRESENT", "ONLINE")]
    again = await report(hub, both)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 2)


async def test_the_other_column_may_stand_on_another_sheet(hub: Hub) -> None:
    await report(hub, sheet((ONLINE,), ("周宁", number(2), "√")))
    await report(hub, sheet((PLAIN,), ("林晓", number(1), "√")), sheet((ONLINE,), ("周宁", number(2), "√")))
    assert await records(hub) == [("林晓", "PRESENT", "ON_SITE", 1), ("周宁", "PRESENT", "ONLINE", 1)]


async def test_a_column_alone_takes_the_mode_that_is_known(hub: Hub) -> None:
    await report(hub, sheet((ONLINE,), ("周宁", number(2), "√")))
    await report(hub, sheet((PLAIN,), ("林晓", number(1), "√")))
    assert await records(hub) == [("林晓", "PRESENT", "ONLINE", 1), ("周宁", "PRESENT", "ONLINE", 1)]


SAYS_MORE = [("√", "×", "PRESENT"), ("#", "×", "LATE"), ("√", "△", "PRESENT"), ("△", "×", "PERSONAL_LEAVE")]


@pytest.mark.parametrize(("more", "less", "attendance"), SAYS_MORE)
@pytest.mark.parametrize("days", [(PLAIN, ONLINE), (ONLINE, PLAIN), (PLAIN, PLAIN)])
@pytest.mark.parametrize("first", [True, False])
async def test_of_two_marks_the_absence_is_the_duplicate(hub: Hub, more, less, attendance, days, first) -> None:
    marks = (more, less) if first else (less, more)
    made = await report(hub, sheet(days, ("林晓", number(1), *marks)))
    assert told(made) == [(4, "D" if first else "C", "attendance", "DUPLICATE_IN_FILE")]
    assert (made.accepted, made.new, made.by_attendance) == (1, 1, {attendance: 1})
    assert [row[1] for row in await records(hub)] == [attendance]


@pytest.mark.parametrize("marks", [("×", "√"), ("√", "×")])
async def test_who_was_there_before_is_not_made_absent(hub: Hub, marks) -> None:
    await report(hub, sheet((PLAIN,), ("林晓", number(1), "√")))
    made = await report(hub, sheet((PLAIN, PLAIN), ("林晓", number(1), *marks)))
    assert (made.accepted, made.unchanged, made.updated, len(made.errors)) == (1, 1, 0, 1)
    assert await records(hub) == [("林晓", "PRESENT", "ON_SITE", 1)]


async def test_an_absence_on_an_earlier_line_is_the_duplicate_as_well(hub: Hub) -> None:
    lines = [("林晓", number(1), "×"), ("周宁", number(2), "√"), ("林晓", number(1), "√")]
    made = await report(hub, sheet((PLAIN,), *lines))
    assert told(made) == [(4, "C", "attendance", "DUPLICATE_IN_FILE")]
    assert [row[:2] for row in await records(hub)] == [("林晓", "PRESENT"), ("周宁", "PRESENT")]


async def test_of_two_marks_that_say_as_much_the_first_counts(hub: Hub) -> None:
    for number_of, (one, other) in enumerate(itertools.permutations("√#"), start=1):
        name = ("林晓", "周宁")[number_of - 1]
        made = await report(hub, sheet((PLAIN, ONLINE), (name, number(number_of), one, other)))
        assert told(made) == [(4, "D", "attendance", "DUPLICATE_IN_FILE")]
    assert await records(hub) == [("林晓", "PRESENT", "ON_SITE", 1), ("周宁", "LATE", "ON_SITE", 1)]
