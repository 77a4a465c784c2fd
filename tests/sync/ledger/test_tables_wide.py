"""Sheets of very many heads: the work grows with their cells, and past a number of tables the file is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from hub.sync.ledger.columns import Kind
from hub.sync.ledger.tables import find_all, find_tables
from hub.sync.ledger.workbook import MAX_TABLES, Merged, Sheet, UnreadableFile

ID, DAY = "身份证号码", "9月9日 党课"

SHAPES: dict[str, tuple[Kind, Callable[[int], Sheet]]] = {
    "names only": (Kind.OUTFLOW, lambda n: Sheet("表", [["姓名"] * n, *(["周洁"] * n for _ in range(5))])),
    "names in each row": (Kind.OUTFLOW, lambda n: Sheet("表", [["姓名"] * n for _ in range(5)])),
    "tables side by side": (Kind.OUTFLOW, lambda n: Sheet("表", [["姓名", ID] * n, ["周洁", "1"] * n])),
    "one name before phones below nothing": (
        Kind.OUTFLOW, lambda n: Sheet("表", [["姓名", *[""] * n], ["", *["电话"] * n], ["周洁", *["1"] * n]]),
    ),
    "groups merged over two": (
        Kind.OUTFLOW,
        lambda n: Sheet("表", [["一", ""] * n, ["姓名", ID] * n], merged=[Merged(0, 2 * i, 0, 2 * i + 1) for i in range(n)]),
    ),
    "names merged down beside one another": (
        Kind.OUTFLOW,
        lambda n: Sheet("表", [["姓名", ID] * n, *(["", "1"] * n for _ in range(9))], merged=[Merged(1, 2 * i, 9, 2 * i) for i in range(n)]),
    ),
    "heads repeated": (
        Kind.OUTFLOW,
        lambda n: Sheet("表", [row for _ in range(n) for row in (["姓名", ID], ["周洁", "1"], ["", ""])], merged=[Merged(3 * i + 1, 0, 3 * i + 2, 0) for i in range(n)]),
    ),
    "roll calls side by side, sums below": (
        Kind.ROLLCALL, lambda n: Sheet("表", [["姓名", DAY] * n, *([f"合计{i}", "共"] * n for i in range(5))]),
    ),
    "a month without merges over all days": (
        Kind.ROLLCALL, lambda n: Sheet("表", [["", "", "9月", *[""] * n], ["姓名", ID, *["9日"] * (n + 1)]]),
    ),
    "roll calls repeated": (Kind.ROLLCALL, lambda n: Sheet("表", [["姓名", DAY] for _ in range(n)])),
}  # fmt: skip


def steps(work: Callable[[], object]) -> int:
    """Return how many lines of Python run: the same each time, unlike seconds."""
    count, before = 0, sys.gettrace()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_grows_with_the_cells(shape):
    kind, make = SHAPES[shape]

    def work(n: int) -> None:
        for table in find_tables(make(n), kind):
            list(table.lines())

    work(10)  # what is read once of a text is known afterwards
    assert steps(lambda: work(160)) < 5 * steps(lambda: work(40))


def test_tables_side_by_side_are_divided_as_ever():
    rows = [["序号", "姓名", ID] * 300, [1, "周洁", "1"] * 300]
    tables = find_tables(Sheet("表", rows), Kind.OUTFLOW)
    assert [(table.left, table.right) for table in tables] == [(3 * n, 3 * n + 3) for n in range(300)]
    assert {tuple(sorted(table.fields)) for table in tables} == {("citizenId", "name")}


def test_more_tables_than_a_ledger_has_are_one_line():
    head = ["姓名", ID]
    assert len(find_all([Sheet("表", [head] * MAX_TABLES)], Kind.OUTFLOW)) == MAX_TABLES
    with pytest.raises(UnreadableFile, match="表头过多"):
        find_all([Sheet("表", [head] * (MAX_TABLES + 1))], Kind.OUTFLOW)
