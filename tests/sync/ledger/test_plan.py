"""What a ledger would do: planning writes nothing; who is meant, what is new, and which lines vanished."""

from __future__ import annotations

import pytest

from hub.domain import ending
from hub.models import EndReason
from tests.domain.liaisons import NOW, TODAY, a_vault, phone
from tests.factories import a_viewer
from tests.sync.ledger.imports import LEDGERS, OUTFLOW_HEADS, Hub, execute, inflow, outflow, problems, written
from tests.sync.ledger.sheets import citizen_id, xlsx

BRANCH = "云岭县柳河镇白杨村党支部"
KEYS = [
    "kind", "rows", "accepted", "new", "updated", "unchanged", "missing", "matched", "unmatched", "suggestedReturned",
    "differences", "errors", "warnings",
]  # fmt: skip


@pytest.fixture
async def hub(database) -> Hub:
    """The sample's organizations, and ten members of 白杨村 (甲一 … 甲十)."""
    made = Hub(database, {}, a_vault(), NOW)
    await made.report(LEDGERS / "organizations.csv", "organizations")
    rows = [[name(n), citizen_id(n), BRANCH, "2010-06"] for n in range(1, 11)]
    await made.report(xlsx(("党员", [["姓名", "身份证号码", "所在党支部", "入党时间"], *rows])), "members")
    return made


def name(n: int) -> str:
    return "甲" + "零一二三四五六七八九十"[n]


def line(n: int, **said) -> tuple:
    usual = {
        "姓名": name(n),
        "身份证号码": citizen_id(n),
        "联系电话": phone(n),
        "流出时间": "2026-03",
        "流入地点": "外省",
    }
    return tuple({**usual, **said}.get(head, "") for head in OUTFLOW_HEADS)


async def counts(hub: Hub, content: bytes, kind: str = "outflow", organization: str | None = None) -> tuple[int, ...]:
    """(new, updated, unchanged, missing) as planned; the report after applying says the same."""
    planned = (await hub.plan(content, kind, organization)).report
    done = await hub.report(content, kind, organization)
    assert done.as_json() | {"differences": {}, "matched": None, "unmatched": None} == planned.as_json() | {
        "differences": {}, "matched": None, "unmatched": None,
    }  # fmt: skip
    return done.new, done.updated, done.unchanged, done.missing


async def test_planning_writes_nothing(hub: Hub) -> None:
    before = await hub.everything()
    made = await hub.plan(outflow(line(1), line(2, 姓名="别人"), line(3, 备注="已返乡")), "outflow")
    assert list(made.report.as_json()) == KEYS
    assert made.report.as_json()["kind"] == "outflow"
    assert made.outcomes == "NRN"
    assert await hub.everything() == before


async def test_no_text_is_made_of_a_whole_plan(hub: Hub) -> None:
    made = await hub.plan(outflow(line(1), line(2)), "outflow")
    assert len(repr(made)) < 200


async def test_equal_plans_have_equal_digests(hub: Hub) -> None:
    one, two = [await hub.plan(outflow(line(1), line(2)), "outflow") for _ in range(2)]
    other = await hub.plan(outflow(line(1), line(2, 身份证号码="")), "outflow")
    assert one.digest == two.digest != other.digest


async def test_a_name_in_other_capitals_is_the_same_name(hub: Hub) -> None:
    member = ["Li Ming", citizen_id(11), BRANCH, "2010-06"]
    await hub.report(xlsx(("党员", [["姓名", "身份证号码", "所在党支部", "入党时间"], member])), "members")
    report = await hub.report(outflow(line(1, 姓名="LI MING", 身份证号码=citizen_id(11))), "outflow")
    assert (report.accepted, report.new, report.errors) == (1, 1, [])


# The same again, and next month


async def test_again_is_unchanged_and_writes_nothing(hub: Hub) -> None:
    content = outflow(
        line(1, 备注="已返乡"),
        line(2, 流出时间="看不清"),
        line(3, 工作单位="江北重工"),
        line(4, 联系电话=f"{phone(4)}、{phone(5)}（妻）"),
    )
    assert await counts(hub, content) == (4, 0, 0, 0)
    before = await written(hub)
    assert await counts(hub, content) == (0, 0, 4, 0)
    assert await written(hub) == before


async def test_a_remark_never_makes_a_row_updated_but_is_taken_along(hub: Hub) -> None:
    await hub.apply(outflow(line(1), line(2)), "outflow")
    assert await counts(hub, outflow(line(1, 备注="电话已停机"), line(2, 备注="已返乡"))) == (0, 0, 2, 0)
    found = await hub.rows("select remark, version from departure order by remark")
    assert [tuple(row.values()) for row in found] == [("已返乡", 2), ("电话已停机", 2)]
    assert await hub.count("question", "about = 'RETURNED'") == 1
    assert await hub.count("departure", "ended_on is not null") == 0


async def test_a_blank_cell_says_nothing(hub: Hub) -> None:
    await hub.apply(outflow(line(1, 工作单位="江北重工", 备注="已联系")), "outflow")
    blank = line(1, 联系电话="无", 流出时间="", 流入地点="—", 工作单位="/", 备注="")
    assert await counts(hub, outflow(blank)) == (0, 0, 1, 0)
    row = (await hub.rows("select departed_on, destination, work_unit, remark, phone_masked from departure"))[0]
    assert tuple(row.values()) == ("2026-03", "外省", "江北重工", "已联系", "174******01")


@pytest.mark.parametrize(
    ("known", "new", "expected", "updated"),
    [
        ("2026-03-15", "2026年3月", "2026-03-15", 0),
        ("2026-03-15", "2026", "2026-03-15", 0),
        ("2026-03", "2026-03-15", "2026-03-15", 1),
        ("2026-03-15", "2026-04", "2026-04", 1),
    ],
)
async def test_a_less_exact_date_says_nothing(hub: Hub, known, new, expected, updated) -> None:
    await hub.apply(outflow(line(1, 流出时间=known)), "outflow")
    assert await counts(hub, outflow(line(1, 流出时间=new))) == (0, updated, 1 - updated, 0)
    assert await hub.value("select departed_on from departure") == expected


async def test_a_cell_that_can_no_longer_be_read_leaves_what_is_known(hub: Hub) -> None:
    await hub.apply(outflow(line(1)), "outflow")
    content = outflow(line(1, 流出时间="去年"))
    assert await counts(hub, content) == (0, 0, 1, 0)
    assert await hub.value("select departed_on from departure") == "2026-03"
    assert await hub.count("question", "kind = 'UNREADABLE' and about = 'departedOn'") == 1
    before = await written(hub)
    assert await counts(hub, content) == (0, 0, 1, 0)
    assert await written(hub) == before


# Who is meant


async def test_each_refused_row_has_one_error_and_no_warnings(hub: Hub) -> None:
    rows = (
        line(1, 身份证号码=citizen_id(1)[:-1], 流出时间="看不清"),
        line(2, 姓名="", 联系电话=""),
        line(3, 姓名="乙三", 流出时间="看不清"),
        line(4, 身份证号码=citizen_id(99), 联系电话="123"),
        line(5, 姓名="没有人", 身份证号码="", 联系电话=""),
        line(6),
        line(6, 流出时间="看不清"),
        line(6, 身份证号码="", 流出时间="看不清"),
    )
    made = (await hub.plan(outflow(*rows), "outflow")).report
    assert problems(made.errors) == [
        (4, "citizenId", "IDENTITY_LENGTH"),
        (5, "name", "NAME_MISSING"),
        (6, "name", "NAME_MISMATCH"),
        (7, "citizenId", "PERSON_UNKNOWN"),
        (8, "name", "PERSON_UNKNOWN"),
        (10, "citizenId", "DUPLICATE_IN_FILE"),
        (11, "citizenId", "DUPLICATE_IN_FILE"),
    ]
    assert made.warnings == []
    assert (made.rows, made.accepted) == (8, 1)


async def test_a_name_that_two_members_share_is_ambiguous_without_its_number(hub: Hub) -> None:
    rows = [["甲一", citizen_id(50), BRANCH, "2010-06"]]
    await hub.report(xlsx(("党员", [["姓名", "身份证号码", "所在党支部", "入党时间"], *rows])), "members")
    made = (await hub.plan(outflow(line(1, 身份证号码=""), line(2, 身份证号码="")), "outflow")).report
    assert problems(made.errors) == [(4, "name", "PERSON_AMBIGUOUS")]
    assert problems(made.warnings) == [(5, "citizenId", "IDENTITY_MISSING")]


async def test_only_the_importers_own_members_are_meant(hub: Hub) -> None:
    """By another town, a good number is nobody's, and a known name is not confirmed or contradicted."""
    made = (await hub.plan(outflow(line(1), line(2, 姓名="别人"), above=None), "outflow", "YL02")).report
    assert problems(made.errors) == [(3, "citizenId", "PERSON_UNKNOWN"), (4, "citizenId", "PERSON_UNKNOWN")]


async def test_who_was_ended_is_not_opened_again_by_an_old_list(hub: Hub) -> None:
    await hub.apply(outflow(line(1)), "outflow")
    await end(hub, name(1))
    made = (await hub.plan(outflow(line(1)), "outflow")).report
    assert (made.new, made.unchanged, problems(made.warnings)) == (0, 1, [(4, "name", "LIAISON_ENDED")])
    assert await counts(hub, outflow(line(1, 流出时间="2026-11"))) == (1, 0, 0, 0)


async def end(hub: Hub, person: str) -> None:
    left = (await hub.rows(
        "select d.id, d.version, d.organization_id from departure d join member m on m.id = d.member_id where m.name = :name",
        name=person,
    ))[0]  # fmt: skip
    said = {
        "letter_number": None,
        "note": None,
        "next_statement": None,
        "ended_on": TODAY,
        "reason": EndReason.RETURNED,
    }
    who = a_viewer(left["organization_id"])
    await hub.do(ending.end, who, liaison_id=left["id"], version=left["version"], **said)


async def test_a_member_in_another_branch_is_warned_about_and_not_moved(hub: Hub) -> None:
    made = await hub.report(outflow(line(1), above="云岭县柳河镇双桥村党支部"), "outflow")
    assert problems(made.warnings) == [(4, "organization", "ORGANIZATION_DIFFERS")]
    assert await hub.value("select organization_id from departure") == await hub.organization("YL0101")


async def test_who_is_no_longer_in_force_is_left_out(hub: Hub) -> None:
    await execute(hub, "update member set standing = 'REMOVED' where name = :name", name=name(1))
    made = (await hub.plan(outflow(line(1), line(2)), "outflow")).report
    assert problems(made.errors) == [(4, "name", "NOT_IN_FORCE")]


# Lines that vanished

FOUR = (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("repeated", "missing"),
    [((1, 2, 3), 1), ((1, 2), 2), ((1,), 0), ((), 0), ((1, 2, 3, 4), 0)],
)
async def test_lines_vanish_from_a_list_that_repeats_at_least_half(hub: Hub, repeated, missing) -> None:
    await hub.apply(outflow(*map(line, FOUR)), "outflow")
    content = outflow(*map(line, repeated), line(9))
    assert await counts(hub, content) == (1, 0, len(repeated), missing)
    assert await hub.count("question", "kind = 'STILL_AWAY'") == missing
    assert await hub.count("departure", "ended_on is not null") == 0
    listed = 4 if len(repeated) == 1 or not repeated else len(repeated) + 1
    assert await hub.count("ledger_line") == listed
    before = await written(hub)
    assert (await counts(hub, content))[3] == 0
    assert await written(hub) == before


async def test_a_list_with_its_branch_in_a_column_only_adds_and_amends(hub: Hub) -> None:
    heads = (*OUTFLOW_HEADS, "所在党支部")
    rows = [(*line(n), BRANCH) for n in FOUR]
    await hub.apply(outflow(*rows, above=None, heads=heads), "outflow")
    assert await hub.count("ledger_line") == 0
    assert await counts(hub, outflow(*rows[:3], above=None, heads=heads)) == (0, 0, 3, 0)
    await hub.apply(outflow(*map(line, FOUR)), "outflow")  # now the branch's own list
    assert await counts(hub, outflow(*rows[:3], above=None, heads=heads)) == (0, 0, 3, 0)
    assert await hub.count("ledger_line") == 4


async def test_a_list_of_a_committee_only_adds_and_amends(hub: Hub) -> None:
    await hub.apply(outflow(*map(line, FOUR), above="云岭县柳河镇党委"), "outflow")
    assert await hub.count("ledger_line") == 0


async def test_who_was_ended_has_not_vanished(hub: Hub) -> None:
    """Three of four came home and were ended: the list of the one who is left is still the branch's own."""
    await hub.apply(outflow(*map(line, FOUR)), "outflow")
    for n in (2, 3, 4):
        await end(hub, name(n))
    assert await counts(hub, outflow(line(1), line(5))) == (1, 0, 1, 0)
    assert await counts(hub, outflow(line(5))) == (0, 0, 1, 1)


async def test_a_line_that_comes_back_may_vanish_again(hub: Hub) -> None:
    await hub.apply(outflow(*map(line, FOUR)), "outflow")
    await hub.apply(outflow(*map(line, (1, 2, 3))), "outflow")
    await execute(hub, "update question set answer = 'AWAY', answered_at = now(), answered_by = 'x'")
    await hub.apply(outflow(*map(line, FOUR)), "outflow")
    assert await counts(hub, outflow(*map(line, (1, 2, 3)))) == (0, 0, 3, 1)
    assert await hub.count("question", "kind = 'STILL_AWAY' and answered_at is null") == 1


# Inflow


async def test_an_inflow_list_never_tells_of_people(hub: Hub) -> None:
    """A number of somebody's, a stranger's, and another name are all the same: new and unmatched."""
    rows = [
        ("甲一", citizen_id(1), "新港社区第一党支部", "", "2026-04", "", ""),
        ("别人", citizen_id(2), "新港社区第一党支部", "", "2026-04", "", ""),
        ("路人", citizen_id(77), "新港社区第一党支部", "", "2026-04", "", ""),
    ]
    made = (await hub.plan(inflow(*rows), "inflow", "BJ01")).report
    assert (made.new, made.matched, made.unmatched) == (3, 0, 3)
    assert (problems(made.errors), problems(made.warnings)) == ([], [(n, "phone", "PHONE_MISSING") for n in (3, 4, 5)])


async def test_where_the_statement_names_the_street_a_row_matches(hub: Hub) -> None:
    await hub.apply(outflow(line(1, 流入地点="滨江区新港街道"), line(2, 流入地点="滨江区新港街道")), "outflow")
    rows = [
        ("甲一", citizen_id(1), "新港社区第一党支部", phone(1), "2026-04", "", ""),
        ("别人", citizen_id(2), "新港社区第一党支部", phone(2), "2026-04", "", ""),
    ]
    made = (await hub.plan(inflow(*rows), "inflow", "BJ01")).report
    assert (made.matched, made.unmatched, made.errors, made.warnings) == (1, 1, [], [])
    assert await counts(hub, inflow(*rows), "inflow", "BJ01") == (2, 0, 0, 0)
    assert await hub.count("match", "state = 'CONFIRMED'") == 1


async def test_another_name_under_a_registered_number_is_warned_about_by_its_own_side(hub: Hub) -> None:
    row = ("路人", citizen_id(77), "新港社区第一党支部", phone(7), "2026-04", "", "")
    await hub.apply(inflow(row), "inflow", "BJ01")
    made = (await hub.plan(inflow(("路仁", *row[1:])), "inflow", "BJ01")).report
    assert (made.unchanged, problems(made.warnings)) == (1, [(3, "name", "NAME_DIFFERS")])
    assert await hub.value("select name from arrival") == "路人"


async def test_without_numbers_people_are_told_apart(hub: Hub) -> None:
    heads = ("姓名", "身份证号码", "出生日期", "编入党支部", "联系电话")
    rows = [
        ("路人", citizen_id(77), "", "新港社区第一党支部", phone(1)),
        ("路人", "", "", "新港社区第一党支部", phone(2)),
        ("路人", "", "1990-01-02", "新港社区第一党支部", phone(3)),
        ("路人", "", "1991-01-02", "新港社区第一党支部", phone(4)),
        ("路人", "", "", "新港社区第二党支部", phone(5)),
    ]
    content = inflow(*rows, heads=heads)
    assert await counts(hub, content, "inflow", "BJ01") == (5, 0, 0, 0)
    before = await hub.everything(but=("import_run", "feed", "feed_audience", "feed_head"))
    assert await counts(hub, content, "inflow", "BJ01") == (0, 0, 5, 0)
    turned = inflow(*reversed(rows), heads=heads)
    assert await counts(hub, turned, "inflow", "BJ01") == (0, 0, 5, 0)
    after = await hub.everything(but=("import_run", "feed", "feed_audience", "feed_head"))
    assert after == before
    twice = inflow(rows[2], rows[2], heads=heads)
    made = (await hub.plan(twice, "inflow", "BJ01")).report
    assert problems(made.errors) == [(4, "citizenId", "DUPLICATE_IN_FILE")]


async def test_an_arrival_placed_elsewhere_by_a_list_is_updated(hub: Hub) -> None:
    row = ("路人", citizen_id(77), "新港社区第一党支部", phone(7), "2026-04", "", "")
    await hub.apply(inflow(row), "inflow", "BJ01")
    moved = inflow((*row[:2], "新港社区第二党支部", *row[3:]))
    assert await counts(hub, moved, "inflow", "BJ01") == (0, 1, 0, 0)
    assert await hub.value("select branch_id from arrival") == await hub.organization("BJ010102")
    assert await hub.inbox_differences() == 0


# Organizations

ORGANIZATION_HEADS = ["党组织代码", "党组织全称", "党组织类别", "上级党组织代码"]


async def test_superiors_that_form_a_ring_refuse_their_rows(hub: Hub) -> None:
    rows = [
        ["YL01", "中共云岭县柳河镇委员会", "基层党委", "YL0101"],
        ["YL09", "中共云岭县新镇委员会", "基层党委", "YL"],
    ]
    content = xlsx(("组织", [ORGANIZATION_HEADS, *rows]))
    made = await hub.report(content, "organizations")
    assert problems(made.errors) == [(2, "parent", "ORGANIZATION_UNKNOWN")]
    assert (made.new, made.accepted) == (1, 1)
    assert await hub.value("select parent_id from organization where code = 'YL01'") == await hub.organization("YL")


async def test_an_organization_without_a_code_is_known_by_its_name_or_refused(hub: Hub) -> None:
    rows = [
        ["", "云岭县柳河镇党委", "", ""],
        ["", "中共云岭县某镇委员会", "", "YL"],
        ["YL02", "x", "", ""],
        ["yl02", "y", "", ""],
    ]
    made = (await hub.plan(xlsx(("组织", [ORGANIZATION_HEADS, *rows])), "organizations")).report
    assert problems(made.errors) == [(3, "code", "CODE_MISSING"), (5, "code", "DUPLICATE_IN_FILE")]
