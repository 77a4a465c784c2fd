"""A theme day with its parts in columns of their own: one activity, and one mark of each person."""

from __future__ import annotations

import pytest

from tests.domain.liaisons import number
from tests.sync.ledger.imports import Hub
from tests.sync.ledger.sheets import citizen_id, rollcalls, xlsx

A = citizen_id(1)
PARTS = ["一课", "一片", "一实践"]
ALL = ("FILM", "LECTURE", "PRACTICE")
MERGED = ["A1:A2", "B1:B2", "C1:E1"]


def table(day, parts, *lines, merged=MERGED):
    rows = [["姓名", "身份证号", day, *[""] * (len(parts) - 1)], ["", "", *parts]]
    rows += [["周洁", A, *line] for line in lines]
    (found,) = rollcalls(xlsx(("表", rows, list(merged))), 2026, default="V4")
    return found


def said(found):
    return [
        [(m.activity, m.column, m.attendance or m.error.code, m.components) for m in row.marks] for row in found.rows
    ]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("√|×|√", [(0, 3, "PRESENT", ("LECTURE", "PRACTICE"))]),
        ("√|√|√", [(0, 3, "PRESENT", ALL)]),
        ("×|#|×", [(0, 4, "LATE", ("FILM",))]),
        ("#|√|", [(0, 4, "PRESENT", ("FILM", "LECTURE"))]),
        ("×|△|", [(0, 4, "PERSONAL_LEAVE", ())]),
        ("×||×", [(0, 3, "ABSENT_UNEXCUSED", ())]),
        ("||", []),
        ("？|×|×", [(0, 3, "MARK_UNKNOWN", ())]),
        ("？|√|×", [(0, 3, "MARK_UNKNOWN", ()), (0, 4, "PRESENT", ("FILM",))]),
    ],
)
def test_one_mark_of_each_person(marks, expected):
    found = table("5月9日主题党日", PARTS, marks.split("|"))
    assert said(found) == [expected]


@pytest.mark.parametrize(
    ("day", "parts", "kind", "components"),
    [
        ("5月9日主题党日", PARTS, "THEME_DAY", ALL),
        ("5月9日主题党日", ["听党课", "观影", "志愿服务"], "THEME_DAY", ALL),
        ("5月9日主题党日", ["上党课", "红色电影", "实践活动"], "THEME_DAY", ALL),
        ("5月9日", PARTS, "OTHER", ALL),
    ],
)
def test_heads_of_components(day, parts, kind, components):
    found = table(day, parts, ["√", "√", "√"])
    assert {(a.kind, a.held_on, a.title, a.components) for a in found.activities} == {
        (kind, "2026-05-09", None, components)
    }


@pytest.mark.parametrize(
    ("day", "parts"),
    [
        ("5月9日", ["听党课", "观影", "志愿服务"]),
        ("5月9日主题党日", ["一课", "植树", "座谈"]),
        ("5月9日主题党日", ["上午", "下午", "晚上"]),
    ],
)
def test_other_columns_of_a_day_stay_activities_of_their_own(day, parts):
    found = table(day, parts, ["√", "√", "√"])
    assert {a.components for a in found.activities} == {()}
    assert [m.activity for m in found.rows[0].marks] == [0, 1, 2]


def test_a_component_online():
    found = table("5月9日主题党日", ["一课", "一片（线上）", "一实践"], ["×", "√", "×"], ["√", "√", "×"])
    assert [[(m.mode, m.components) for m in row.marks] for row in found.rows] == [
        [("ONLINE", ("FILM",))],
        [(None, ("FILM", "LECTURE"))],
    ]


def test_a_column_about_the_whole_beside_them():
    found = table(
        "5月9日主题党日", [*PARTS, "到会"], ["√", "×", "×", "√"], ["", "", "", "√"], merged=["A1:A2", "B1:B2", "C1:F1"]
    )
    assert said(found) == [[(0, 3, "PRESENT", ("LECTURE",))], [(0, 6, "PRESENT", ())]]
    assert {a.components for a in found.activities} == {ALL}


@pytest.mark.parametrize("merged", [(), ["A1:A2", "B1:B2"]])
def test_heads_that_nobody_merged(merged):
    found = table("5月9日主题党日", PARTS, ["√", "×", "√"], merged=merged)
    assert said(found) == [[(0, 3, "PRESENT", ("LECTURE", "PRACTICE"))]]


@pytest.fixture
async def hub(hub: Hub) -> Hub:
    await hub.pair(which=1)
    await hub.pair(which=2, name="周宁")
    return hub


def sheet(heads, *rows):
    above = [["2026年点名册"], ["党组织：社区党委（代码 BJ0101）"]]
    merged = ["A3:A4", "B3:B4", "C3:E3"] if len(heads) > 1 else []
    return xlsx(("点名", [*above, *heads, *(list(row) for row in rows)], merged))


HEADS = [["姓名", "身份证号", "9月9日主题党日", "", ""], ["", "", *PARTS]]


async def records(hub: Hub) -> list[tuple]:
    rows = await hub.rows(
        "select a.name, p.attendance, p.components_attended, p.version"
        " from participation p join arrival a on a.id = p.arrival_id order by a.name desc"
    )
    return [tuple(row.values()) for row in rows]


async def test_one_record_of_each_person(hub: Hub) -> None:
    first = sheet(HEADS, ("林晓", number(1), "√", "×", "√"), ("周宁", number(2), "×", "×", "×"))

    made = await hub.report(first, "rollcall", "BJ01")
    again = await hub.report(first, "rollcall", "BJ01")

    assert (made.accepted, made.new, made.errors) == (2, 2, [])
    assert await hub.rows("select kind, held_on, components from activity") == [
        {"kind": "THEME_DAY", "held_on": "2026-09-09", "components": list(ALL)}
    ]
    assert (again.new, again.updated, again.unchanged) == (0, 0, 2)
    assert await records(hub) == [
        ("林晓", "PRESENT", ["LECTURE", "PRACTICE"], 1),
        ("周宁", "ABSENT_UNEXCUSED", None, 1),
    ]


async def test_what_a_later_file_says_of_components_corrects(hub: Hub) -> None:
    await hub.report(
        sheet(HEADS, ("林晓", number(1), "√", "×", "×"), ("周宁", number(2), "√", "", "")), "rollcall", "BJ01"
    )
    later = sheet(HEADS, ("林晓", number(1), "√", "√", "×"), ("周宁", number(2), "×", "", ""))

    made = await hub.report(later, "rollcall", "BJ01")

    assert (made.updated, made.errors) == (2, [])
    assert await records(hub) == [
        ("林晓", "PRESENT", ["FILM", "LECTURE"], 2),
        ("周宁", "ABSENT_UNEXCUSED", None, 2),
    ]


async def test_an_activity_that_is_known_without_components(hub: Hub) -> None:
    plain = [["姓名", "身份证号", "9月9日主题党日"]]
    await hub.report(sheet(plain, ("林晓", number(1), "√")), "rollcall", "BJ01")

    made = await hub.report(
        sheet(HEADS, ("林晓", number(1), "√", "×", "√"), ("周宁", number(2), "", "√", "")), "rollcall", "BJ01"
    )

    assert (made.new, made.unchanged, made.errors) == (1, 1, [])
    assert await records(hub) == [("林晓", "PRESENT", None, 1), ("周宁", "PRESENT", None, 1)]
