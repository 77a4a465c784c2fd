from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.statement import name_key
from hub.sync.ledger import cells


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "无",
        "没有",
        "—",
        "－",
        "-",
        "--",
        "/",
        "／",
        "\\",
        "不详",
        "未办",
        "未办理",
        "N/A",
        "n/a",
        "NULL",
        "暂无",
        "无。",
        "　",
        "\u200b",
        "#N/A",
        "未知",
    ],
)
def test_words_for_nothing_are_blank(cell):
    assert cells.is_blank(cell)
    assert cells.text(cell) is None


@pytest.mark.parametrize("cell", ["无锡市", "无为县", "0", 0.0, "是", "不详街", False])
def test_other_words_are_not_blank(cell):
    assert not cells.is_blank(cell)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("周  洁", "周洁"), ("周　洁", "周洁"), (" 周洁\n", "周洁"), ("周洁（预备）", "周洁"), ("周洁(女)", "周洁"), ("周洁【新】", "周洁"),
        ("周洁（", "周洁"), ("周洁 预备党员", "周洁"), ("周洁，女", "周洁"), ("周洁*", "周洁"), ("3、周洁", "周洁"), ("周洁同志", "周洁"),
        ("周洁-已转出", "周洁"), ("张 新", "张新"), ("欧 阳 新", "欧阳新"), ("古丽•买买提", "古丽·买买提"), ("古丽．买买提", "古丽·买买提"),
        ("古丽・买买提", "古丽·买买提"), ("古丽‧买买提", "古丽·买买提"), ("古丽 · 买买提", "古丽·买买提"), ("Anna  Li", "Anna Li"),
        ("", None), ("无", None), ("—", None), ("不详", None), ("12", None), (5.0, None), ("（预备）", "预备"),
    ],
)  # fmt: skip
def test_brackets_notes_and_spaces_are_no_part_of_a_name(cell, name):
    assert cells.name(cell) == name


def test_all_kinds_of_dot_are_equal():
    keys = {name_key(cells.name("阿依" + dot + "古丽") or "") for dot in "·•・．‧∙.・"}
    assert keys == {name_key("阿依·古丽")}
    assert name_key("阿依·古丽") != name_key("阿依·古力")


@pytest.mark.parametrize("cell", ["是", "√", "✓", "1", "有", "Y", "yes", "已发放", True, 1.0, "持有", "是（已领）"])
def test_yes(cell):
    assert cells.boolean(cell) == (True, None)


@pytest.mark.parametrize("cell", ["否", "×", "0", "无", "没有", "N", "未发放", "未办理", False, 0.0, "不是"])
def test_no(cell):
    assert cells.boolean(cell) == (False, None)


def test_neither_yes_nor_no():
    assert cells.boolean("") == (None, None)
    assert cells.boolean("—") == (None, None)
    assert cells.boolean("过期") == (None, "VALUE_UNREADABLE")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("正式党员", "FULL"),
        ("正式", "FULL"),
        ("中共党员", "FULL"),
        ("预备党员", "PROBATIONARY"),
        ("中共预备党员", "PROBATIONARY"),
        ("预 备", "PROBATIONARY"),
    ],
)
def test_the_category_is_read_by_word(cell, value):
    assert cells.category(cell) == (value, None)


def test_a_number_is_no_category():
    assert cells.category("1") == cells.category(2.0) == cells.category("积极分子") == (None, "VALUE_UNREADABLE")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("LS00012", ("LS00012", True, None)), ("ls 00012", ("LS00012", True, None)), (20240012.0, ("20240012", True, None)),
        ("编号：LS-012", ("LS-012", True, None)), ("2024第012号", ("2024第012", True, None)), ("未办", (None, None, None)), ("", (None, None, None)),
        ("已发放", (None, True, None)), ("否", (None, False, None)), ("遗失", (None, None, "VALUE_UNREADABLE")),
    ],
)  # fmt: skip
def test_card_numbers(cell, found):
    assert cells.card_number(cell) == found


def test_small_words():
    assert cells.gender("男") == cells.gender("男性") == ("男", None)
    assert cells.gender(2.0) == ("女", None)
    assert cells.gender("0") == (None, None)
    assert cells.gender("未婚") == (None, "VALUE_UNREADABLE")
    assert cells.ethnicity("汉") == cells.ethnicity("汉族") == "汉族"
    assert cells.code("'ls0101 ") == "LS0101"
    assert cells.code(1024.0) == "1024"
    assert cells.written(dt.date(2025, 1, 2)) == "2025-01-02"


@pytest.mark.parametrize(
    ("remark", "kinds"),
    [
        ("已返乡", ["RETURNED"]), ("2026年10月已返乡务农", ["RETURNED"]), ("返乡", ["RETURNED"]), ("已回", ["RETURNED"]), ("目前已返乡", ["RETURNED"]),
        ("已回村", ["RETURNED"]), ("返乡创业", ["RETURNED"]), ("于9月返回原籍", ["RETURNED"]), ("春节前已返乡", ["RETURNED"]),
        ("未返乡", []), ("没有返乡", []), ("尚未返乡", []), ("拟返乡", []), ("计划明年返乡", []), ("准备返乡", []), ("预计12月返乡", []),
        ("打算返乡创业", []), ("已计划返乡", []), ("不返乡", []), ("如返乡请告知", []), ("春节返乡探亲", []), ("每年返乡一次", []), ("逢年过节返乡", []),
        ("已回复", []), ("返乡后又外出", []), ("已转走", ["TRANSFERRED"]), ("已转出", ["TRANSFERRED"]), ("组织关系已转至海城区", ["TRANSFERRED"]),
        ("关系转走", ["TRANSFERRED"]), ("拟转出", []), ("未转出", []), ("正在办理转出", []), ("已转正", []), ("转出手续办理中", []),
        ("去世", ["DECEASED"]), ("2026年3月病故", ["DECEASED"]), ("父亲去世", []), ("不幸病故", ["DECEASED"]),
        ("联系不上", ["NO_CONTACT"]), ("暂未取得联系", ["NO_CONTACT"]), ("失联", ["NO_CONTACT"]), ("失联党员", ["NO_CONTACT"]), ("去向不明", ["NO_CONTACT"]),
        ("电话空号", ["NO_CONTACT"]), ("未失联", []), ("已联系上", []), ("长期在外务工", []), ("已返乡，电话联系不上", ["RETURNED", "NO_CONTACT"]), ("", []),
    ],
)  # fmt: skip
def test_a_remark_gives_reason_to_ask(remark, kinds):
    assert list(cells.suggestions(remark)) == kinds


@given(st.one_of(st.text(), st.floats(), st.booleans(), st.dates()))
def test_no_cell_makes_a_reader_raise(cell):
    for reader in (
        cells.text,
        cells.name,
        cells.boolean,
        cells.category,
        cells.gender,
        cells.ethnicity,
        cells.card_number,
        cells.code,
        cells.is_blank,
    ):
        reader(cell)
    cells.suggestions(str(cell))
