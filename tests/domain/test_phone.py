"""What is a phone number, for ledgers and mutations alike."""

import pytest

from hub.domain.phone import canonical
from hub.sync.ledger.phones import phones


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("17491234567", "17491234567"),
        (" 174 9123-4567 ", "17491234567"),
        ("+86 174 9123 4567", "17491234567"),
        ("008617491234567", "17491234567"),
        ("１７４９１２３４５６７", "17491234567"),
        ("'17491234567", "17491234567"),
        ("（0571）8888 1234", "0571-88881234"),
        ("0571-88881234转12", "0571-88881234-12"),
        ("0571-88881234-12", "0571-88881234-12"),
        ("400 123 4567", "4001234567"),
        ("+852 9123 4567", "+85291234567"),
        ("8888-1234", "88881234"),
    ],
)
def test_a_number_is_kept_in_one_form_and_read_alike_in_a_ledger(written: str, kept: str) -> None:
    assert canonical(written) == kept
    assert canonical(kept) == kept
    assert phones(written)[0].own == kept


@pytest.mark.parametrize(
    "written", ["", "  ", "无", "张三", "1749123456", "174912345678", "0571-1", "17491234567、17491111167", "1" * 5000]
)
def test_what_is_no_single_number_is_none(written: str) -> None:
    assert canonical(written) is None
