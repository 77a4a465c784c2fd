from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sync.ledger.phones import Phones, phones

A, B = "13912345678", "15887654321"


@pytest.mark.parametrize(
    ("cell", "own"),
    [
        (A, A),
        (float(A), A),
        ("139 1234 5678", A),
        ("139-1234-5678", A),
        ("139\u00a01234\u00a05678", A),
        ("１３９１２３４５６７８", A),
        ("+86 13912345678", A),
        ("0086-13912345678", A),
        ("'" + A, A),
        (A + "（微信同号）", A),
        ("手机：" + A, A),
        ("0855-1234567", "0855-1234567".replace("1234567", "1234567")),
        ("0855-8234567", "0855-8234567"),
        ("（0855）8234567", "0855-8234567"),
        ("010 62345678", "010-62345678"),
        ("0755-82345678-8012", "0755-82345678-8012"),
        ("0755-82345678转8012", "0755-82345678-8012"),
        (8558234567.0, "0855-8234567"),
        ("8234567", "8234567"),
        ("400-810-8888", "4008108888"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_one_number(cell, own):
    if own == "0855-1234567":  # no local number begins with 1
        assert phones(cell) == (Phones(), "PHONE_INVALID")
    else:
        assert phones(cell) == (Phones(own), None)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (f"{A}、{B}（妻）", Phones(A, B, "妻")),
        (f"{B}（妻）、{A}", Phones(A, B, "妻")),
        (f"{A}/{B}", Phones(A, B)),
        (f"{A};{B}", Phones(A, B)),
        (f"{A} {B}", Phones(A, B)),
        (f"{A}\n{B}", Phones(A, B)),
        (f"{A}或{B}", Phones(A, B)),
        (f"本人{A}，父亲{B}", Phones(A, B, "父亲")),
        (f"本人：{A} 儿子：{B}", Phones(A, B, "儿子")),
        (f"{A}，家属电话{B}", Phones(A, B, "家属")),
        (f"（女儿）{B}", Phones(None, B, "女儿")),
        (f"{A}、0855-8234567", Phones(A, "0855-8234567")),
        (f"{A}、{A}", Phones(A)),
    ],
)
def test_several_numbers_with_whose_they_are(cell, found):
    assert phones(cell) == (found, None)


@pytest.mark.parametrize("cell", ["139-12", "1391234567", "139123456789", "停机", "12345", 139.0, True, "23912345678"])
def test_what_is_no_number(cell):
    assert phones(cell) == (Phones(), "PHONE_INVALID")


def test_a_second_number_that_is_incomplete_is_not_lost_silently():
    assert phones(f"{A}、1588") == (Phones(A), "PHONE_INVALID")


@pytest.mark.parametrize("cell", ["", "无", "—", "无电话", "无手机", "没有联系方式", "/"])
def test_a_blank_phone_is_no_mistake(cell):
    assert phones(cell) == (Phones(), None)


@given(st.integers(13_000_000_000, 19_999_999_999), st.lists(st.sampled_from(" -\u00a0"), max_size=10), st.data())
def test_gaps_never_change_a_mobile_number(number, gaps, data):
    text = str(number)
    for gap in gaps:
        position = data.draw(st.integers(1, len(text) - 1))
        text = text[:position] + gap + text[position:]
    assert phones(text)[0].own == str(number)


@given(st.one_of(st.text(), st.floats(), st.booleans(), st.dates(), st.from_regex(r"[\d\-、（）妻 ]{0,40}")))
def test_no_cell_makes_it_raise(cell):
    found, code = phones(cell)
    assert code in {None, "PHONE_INVALID"}
    assert found.other is None or found.own != found.other
