from __future__ import annotations

import time

import pytest

from hub.sync.ledger.organizations import AMBIGUOUS, OrganizationNames, OrganizationRecord
from tests.sync.ledger.sheets import NAMES


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("LS0202", "V4"), ("ls0202", "V4"), ("local:LS0202", "V4"), ("other:LS0202", None),
        ("中共临水县柏林乡高坪村支部委员会", "V4"), ("临水县柏林乡高坪村支部委员会", "V4"), ("中国共产党临水县柏林乡高坪村支部委员会", "V4"),
        ("柏林乡高坪村党支部", "V4"), ("高坪村党支部", "V4"), ("高坪村支部", "V4"), ("高坪村", "V4"), ("高坪村支部委员会", "V4"),
        ("临水县高坪村党支部", "V4"), ("某省某市临水县柏林乡高坪村党支部", "V4"), ("柏林乡党委高坪村党支部", "V4"), ("中共柏林乡委员会高坪村支部委员会", "V4"),
        ("高坪村村民委员会党支部", "V4"), ("（高坪村党支部）", "V4"), ("高坪村 党支部", "V4"),
        ("古渡镇高坪村党支部", None), ("别县高坪村党支部", None), ("高坪村党总支", None), ("高坪", None), ("无名村党支部", None),
        ("石桥村党总支", "V2"), ("石桥村总支部委员会", "V2"), ("石桥村总支", "V2"), ("石桥村第一党支部", "V21"), ("石桥村一支部", "V21"),
        ("石桥村第1党支部", "V21"), ("石桥村党总支第二党支部", "V22"), ("石桥村第三党支部", None),
        ("古渡镇党委", "T1"), ("古渡镇委员会", "T1"), ("古渡镇", "T1"), ("古渡镇委", "T1"), ("中共古渡镇委员会", "T1"),
        ("东湾街道党工委", "S1"), ("东湾街道党委", "S1"), ("东湾街道工委", "S1"), ("东湾街道", "S1"), ("海城区东湾街道工作委员会", "S1"),
        ("东湾街道办事处党工委", "S1"), ("灯塔社区党委", "S11"), ("东湾街道灯塔社区", "S11"), ("灯塔社区第一党支部", "S111"),
        ("临水县委组织部", "D"), ("临水县组织部", "D"), ("中共临水县委组织部", "D"),
        ("老槐村党支部", "V1"), ("老槐村支部", "V1"), ("河湾村党支部", "V4"),
        ("槐树村党支部", AMBIGUOUS), ("古渡镇槐树村党支部", "V1"), ("柏林乡槐树村支部", "V3"), ("第一党支部", None), ("党支部", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_an_organization_goes_by_many_names(text, found):
    assert NAMES.find(text) == found


@pytest.mark.parametrize(
    ("text", "below", "found"),
    [
        ("第一党支部", "V2", "V21"), ("第一支部", "V2", "V21"), ("一支部", "V2", "V21"), ("第1党支部", "V2", "V21"), ("第二支部委员会", "S11", "S112"),
        ("第一党支部", "S11", "S111"), ("第一党支部", "S12", "S121"), ("第一党支部", "S1", AMBIGUOUS), ("第一党支部", "T2", None), ("第三党支部", "S11", None),
        ("槐树村支部", "T1", "V1"), ("槐树村支部", "T2", "V3"), ("高坪村党支部", "T1", "V4"),
    ],
)  # fmt: skip
def test_the_organization_above_the_table_decides_between_several(text, below, found):
    assert NAMES.find(text, below) == found


def test_a_code_of_two_systems_is_ambiguous_without_its_system():
    names = OrganizationNames(
        [OrganizationRecord(1, "a", "X1", "甲党支部"), OrganizationRecord(2, "b", "X1", "乙党支部")]
    )
    assert names.find("X1") is AMBIGUOUS
    assert names.find("b:X1") == 2


def test_circles_do_not_hang():
    names = OrganizationNames(
        [
            OrganizationRecord(1, "a", "1", "甲村党支部", parent=2, closed=True, successor=2),
            OrganizationRecord(2, "a", "2", "乙村党支部", parent=1, closed=True, successor=1),
        ]
    )
    assert names.find("甲村党支部") in {1, 2}
    assert names.is_below(1, 2)


def test_an_index_over_thousands_answers_in_microseconds():
    records = [OrganizationRecord(0, "a", "R", "中共大川县委员会组织部")]
    records += [OrganizationRecord(n, "a", f"T{n}", f"中共大川县第{n}镇委员会", parent=0) for n in range(1, 51)]
    records += [
        OrganizationRecord(n, "a", f"V{n}", f"中共大川县第{n % 50 + 1}镇{n}号村支部委员会", parent=n % 50 + 1)
        for n in range(51, 3_000)
    ]
    names = OrganizationNames(records)
    begin = time.process_time()
    for _ in range(3):
        for n in range(51, 3_000):
            assert names.find(f"第{n % 50 + 1}镇{n}号村党支部", 0) == n
    assert time.process_time() - begin < 3
