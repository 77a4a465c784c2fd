from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sync.ledger.dates import partial_date, year_month
from tests.sync.ledger.sheets import TODAY


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (dt.date(2025, 3, 9), "2025-03-09"),
        (45658.0, "2025-01-01"),
        (45658.75, "2025-01-01"),
        ("45658", "2025-01-01"),
        (20260921.0, "2026-09-21"),
        ("20260921", "2026-09-21"),
        ("2023年09月19日", "2023-09-19"),
        ("2023 年 9 月 19 日", "2023-09-19"),
        ("２０２３年９月１９日", "2023-09-19"),
        ("2026.5.1", "2026-05-01"),
        ("2026。5。1", None),
        ("2026/05/01", "2026-05-01"),
        ("2026-5-1", "2026-05-01"),
        ("2026、5、1", "2026-05-01"),
        ("2026.5.1.", "2026-05-01"),
        ("2026年5月1号", "2026-05-01"),
        ("2026-05-01 08:30:00", "2026-05-01"),
        ("2026-05-01T08:30:00+08:00", "2026-05-01"),
        ("2026/5/1 0:00", "2026-05-01"),
        ("2026年5月1日（星期五）", "2026-05-01"),
        ("二〇二六年五月一日", "2026-05-01"),
        ("二零二五年十二月二十一日", "2025-12-21"),
        ("24.3.8", "2024-03-08"),
        ("98.7.1", "1998-07-01"),
        ("26.11.25", "2026-11-25"),
        ("27.1.1", "1927-01-01"),
        ("25年6月", "2025-06"),
        ("2025年6月", "2025-06"),
        ("2025年6月份", "2025-06"),
        ("2025.06", "2025-06"),
        ("2025-6", "2025-06"),
        ("2025/12", "2025-12"),
        ("202506", "2025-06"),
        (202506.0, "2025-06"),
        (2025.06, "2025-06"),
        ("2025年6月中旬", "2025-06"),
        ("2025年6月至今", "2025-06"),
        ("自2025年6月起", "2025-06"),
        ("2025", "2025"),
        ("2025年", "2025"),
        (2025.0, "2025"),
        ("1966年", "1966"),
    ],
)
def test_a_date_is_as_exact_as_its_cell(cell, value):
    assert partial_date(cell, TODAY) == (value, None if value else "DATE_INVALID")


@pytest.mark.parametrize(
    "cell",
    [
        "去年三月", "3月5日", "5.1", "12-25", "25.6", "长期", "2024年春节后", "2025年底", "2024年3月5日左右", "约2024年", "2026.2.30",
        "2026-02-30", "2025年13月", "2026.0.1", "2025年4月31日", "2025.6-2026.3", 2025.1, 45.0, 3.5, -1.0, 1e18, True, "1/5/2026", "abcd",
        float("nan"), float("inf"), "00000000", "20261340",
    ],
)  # fmt: skip
def test_what_names_no_day_month_or_year_for_certain_is_invalid(cell):
    assert partial_date(cell, TODAY) == (None, "DATE_INVALID")


@pytest.mark.parametrize("cell", ["", "无", "—", "/", "不详", "未知", "N/A"])
def test_a_blank_date_is_no_mistake(cell):
    assert partial_date(cell, TODAY) == (None, None)


def test_days_to_come_are_said_to_be_so():
    for cell in ("2026-11-26", "2026-12", "2027", dt.date(2031, 1, 1)):
        assert partial_date(cell, TODAY) == (None, "DATE_IN_FUTURE")
        assert partial_date(cell, TODAY, future=True)[1] is None
    for cell in ("2026-11-25", "2026-11", "2026"):
        assert partial_date(cell, TODAY) == (cell, None)


def test_the_same_text_is_judged_by_the_day():
    assert partial_date("27.1.1", dt.date(2027, 6, 1)) == ("2027-01-01", None)
    assert partial_date("27.1.1", TODAY) == ("1927-01-01", None)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2026年10月", ("2026-10", None)),
        ("2026.10", ("2026-10", None)),
        ("202612", ("2026-12", None)),
        (dt.date(2026, 9, 30), ("2026-09", None)),
        ("2026", (None, "DATE_INVALID")),
        ("10月", (None, "DATE_INVALID")),
        (2026.1, (None, "DATE_INVALID")),
        ("", (None, None)),
    ],
)
def test_dues_are_paid_up_to_a_month(cell, found):
    assert year_month(cell, TODAY) == found


DAYS = st.dates(dt.date(1955, 1, 1), TODAY)


@given(DAYS)
def test_every_way_to_write_a_day_means_that_day(day):
    iso = day.isoformat()
    serial = float((day - dt.date(1899, 12, 30)).days)
    for cell in (
        day, iso, serial, f"{day:%Y年%m月%d日}", f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}", float(f"{day:%Y%m%d}"), f"{iso} 00:00:00",
    ):  # fmt: skip
        assert partial_date(cell, TODAY) == (iso, None), cell


@given(DAYS)
def test_a_month_never_becomes_a_day(day):
    month = f"{day:%Y-%m}"
    for cell in (month, f"{day.year}年{day.month}月", f"{day:%Y.%m}", f"{day:%Y%m}"):
        assert partial_date(cell, TODAY) == (month, None), cell


@given(st.one_of(st.text(), st.floats(), st.booleans(), st.dates(), st.from_regex(r"[\d年月日./\- ]{0,16}")))
def test_no_cell_makes_it_raise(cell):
    value, code = partial_date(cell, TODAY)
    assert value is None or code is None
    assert value is None or dt.date.fromisoformat((value + "-01-01")[:10]) <= TODAY
