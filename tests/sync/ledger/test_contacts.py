"""A contact and their phone in one cell."""

from __future__ import annotations

import pytest

from tests.sync.ledger.sheets import citizen_id
from tests.sync.ledger.test_lines import outflow

A, B = citizen_id(1), citizen_id(2)


@pytest.mark.parametrize(
    "head", ["接收单位联系人及电话", "流入党组织负责人及电话", "流入地党组织联系人、电话", "联系人及电话"]
)
def test_a_contact_and_their_phone_in_one_cell(head: str):
    heads = ["姓名", "身份证号", "党支部", "联系电话", "流入地党组织", head]
    rows = outflow(
        ["周洁", A, "高坪村", "17491234567", "东湾街道灯塔社区党委", "吴江（书记）：139 1234 5678"],
        ["吴江", B, "高坪村", "17491234568", "东湾街道灯塔社区党委", "0571-88881234转12 郑一鸣"],
        head=heads,
    )
    assert [(row.phone, row.inflow_leader_name, row.inflow_leader_phone) for row in rows] == [
        ("17491234567", "吴江", "13912345678"),
        ("17491234568", "郑一鸣", "0571-88881234-12"),
    ]
