from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.identity import birth_date, check_digit, gender
from hub.sync.ledger.identity import citizen_id
from tests.sync.ledger.sheets import TODAY

NUMBER = "99887719750315001" + check_digit("99887719750315001")
BODIES = st.builds(
    lambda place, born, serial: f"{place:06}{born:%Y%m%d}{serial:03}",
    st.integers(110000, 999999),
    st.dates(dt.date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


def with_x() -> str:
    return next(body + "X" for n in range(1000) if check_digit(body := f"99887719750315{n:03}") == "X")


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        " " + NUMBER + " ",
        NUMBER[:6] + " " + NUMBER[6:14] + " " + NUMBER[14:],
        NUMBER[:6] + "-" + NUMBER[6:14] + "-" + NUMBER[14:],
        NUMBER[:10] + "\n" + NUMBER[10:],
        "\u00a0" + NUMBER[:3] + "\u3000" + NUMBER[3:] + "\ufeff",
        "'" + NUMBER,
        "‘" + NUMBER,
        NUMBER + "（已核对）",
        "身份证号：" + NUMBER,
        "".join(chr(ord(character) + 0xFEE0) for character in NUMBER),
    ],
)
def test_a_number_is_read_as_typed(typed):
    assert citizen_id(typed, TODAY) == (NUMBER, None)


@pytest.mark.parametrize("ten", ["X", "x", "Ⅹ", "ⅹ", "Ｘ", "ｘ", "Х", "х", "×", "Χ"])
def test_every_sign_for_ten_is_an_x(ten):
    number = with_x()
    assert citizen_id(number[:-1] + ten, TODAY) == (number, None)


def test_fifteen_digits_are_the_same_person():
    assert citizen_id(NUMBER[:6] + NUMBER[8:17], TODAY) == (NUMBER, None)
    assert citizen_id(float(NUMBER[:6] + NUMBER[8:17]), TODAY) == (NUMBER, None)


@pytest.mark.parametrize("cell", ["", "无", "—", "/", "不详", "N/A", " ", "未知"])
def test_a_blank_number_is_no_mistake(cell):
    assert citizen_id(cell, TODAY) == (None, None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (float(NUMBER[:17] + "0"), "IDENTITY_DIGITS_LOST"),
        (9.98877197503e16, "IDENTITY_DIGITS_LOST"),
        ("9.98877E+17", "IDENTITY_DIGITS_LOST"),
        ("9.9e17", "IDENTITY_DIGITS_LOST"),
        (NUMBER[:17], "IDENTITY_LENGTH"),
        (NUMBER + "1", "IDENTITY_LENGTH"),
        (12345.0, "IDENTITY_LENGTH"),
        ("护照E12345678", "IDENTITY_LENGTH"),
        (dt.date(1975, 3, 15), "IDENTITY_LENGTH"),
        (True, "IDENTITY_LENGTH"),
        (NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1"), "IDENTITY_CHECKSUM"),
        ("998877197502300010", "IDENTITY_CHECKSUM"),
        (NUMBER[:8] + "****" + NUMBER[12:], "IDENTITY_CHECKSUM"),
        ("998877751332001", "IDENTITY_CHECKSUM"),
    ],
)
def test_an_unreadable_number_has_its_code(cell, code):
    assert citizen_id(cell, TODAY) == (None, code)


def test_a_birth_date_that_is_impossible_fails_even_with_the_right_check_digit():
    for born in ("19750230", "20270101", "18000101", "19751301"):
        body = f"998877{born}001"
        assert citizen_id(body + check_digit(body), TODAY) == (None, "IDENTITY_CHECKSUM")


@given(BODIES)
def test_every_place_code_is_accepted(body):
    number = body + check_digit(body)
    assert citizen_id(number, TODAY) == (number, None)
    assert birth_date(number) == dt.date.fromisoformat(body[6:14])
    assert gender(number) == ("男" if int(body[16]) % 2 else "女")


@given(BODIES, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(body, position, step):
    number = body + check_digit(body)
    wrong = number[:position] + str((int(number[position]) + step) % 10) + number[position + 1 :]
    assert citizen_id(wrong, TODAY) == (None, "IDENTITY_CHECKSUM")


@given(st.one_of(st.text(), st.floats(), st.booleans(), st.dates()))
def test_no_cell_makes_it_raise(cell):
    value, code = citizen_id(cell, TODAY)
    assert value is None or (len(value) == 18 and code is None)
