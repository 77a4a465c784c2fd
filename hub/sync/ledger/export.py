"""Writing a ledger that imports back without loss. Text cells only: no content can become a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
import xlsxwriter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.ids import random_id
from hub.models import LedgerKind

_OUTFLOW: Final = text(
    """
    select d.*, m.name, m.citizen_id_sealed, o.name as organization_name,
           o.system || ':' || o.code as organization_full_code,
           i.name as inflow_name, i.system || ':' || i.code as inflow_code
      from departure d join member m on m.id = d.member_id join organization o on o.id = d.organization_id
      join organization_closure c on c.descendant = d.organization_id and c.ancestor = :organization
      left join organization i on i.id = d.inflow_organization_id
     where d.ended_on is null order by o.code, d.recorded_at, d.id
    """
)
_INFLOW: Final = text(
    """
    select a.*, b.name as branch_name, b.system || ':' || b.code as branch_code,
           o.name as organization_name, o.system || ':' || o.code as organization_full_code
      from arrival a join organization o on o.id = a.organization_id left join organization b on b.id = a.branch_id
     where a.state not in ('RETURNED', 'LEFT') and exists (
        select from organization_closure c where c.ancestor = :organization
           and c.descendant in (a.organization_id, a.branch_id))
     order by o.code, a.recorded_at, a.id
    """
)
_NO_DIGIT: Final = re.compile(r"\D")
_CATEGORIES: Final = {"FULL": "正式党员", "PROBATIONARY": "预备党员"}
Row = Mapping[Any, Any]


class _Opener:
    """Opens the sealed values of one row."""

    def __init__(self, vault: Vault, row: Row) -> None:
        self._vault, self._row = vault, row
        sealed = row["unreadable_sealed"]
        self.unreadable: dict[str, str] = (
            orjson.loads(vault.unseal_bytes("unreadable", row["id"], sealed)) if sealed else {}
        )

    def open(self, column: str, purpose: str, subject: UUID) -> str:
        sealed = self._row[column]
        return self._vault.unseal(purpose, subject, sealed) if sealed else ""

    def phones(self) -> str:
        """Return the phone cell: the own number, then the other with whose it is."""
        own = self.open("phone_sealed", "phone", self._row["id"])
        other = self.open("other_phone_sealed", "other phone", self._row["id"])
        if not other:
            return own
        # An own number is written first; where there is none, whose the other is tells that it is not.
        whose = self._row["other_phone_whose"]
        said = f"{other}（{whose}）" if whose else other
        return f"{own}、{said}" if own else said


Column = tuple[str, str, Callable[[Row, _Opener], Any]]
_OUTFLOW_COLUMNS: Final[Sequence[Column]] = (
    ("姓名", "name", lambda r, _: r["name"]),
    ("身份证号码", "citizenId", lambda r, o: o.open("citizen_id_sealed", "citizen id", r["member_id"])),
    ("所在党支部", "organization", lambda r, _: r["organization_name"]),
    ("所在党支部代码", "organizationCode", lambda r, _: r["organization_full_code"]),
    ("联系电话", "phone", lambda _, o: o.phones()),
    ("流出时间", "departedOn", lambda r, _: r["departed_on"]),
    ("预计返回时间", "expectedReturn", lambda r, _: r["expected_return"]),
    ("流入地点", "destination", lambda r, _: r["destination"]),
    ("工作单位", "workUnit", lambda r, _: r["work_unit"]),
    ("居住地址", "address", lambda r, o: o.open("address_sealed", "address", r["id"])),
    ("流入地党组织", "inflowOrganization", lambda r, _: r["inflow_name"] or r["inflow_organization_text"]),
    ("流入地党组织代码", "inflowOrganizationCode", lambda r, _: r["inflow_code"]),
    ("流入地党组织负责人姓名", "inflowLeaderName", lambda r, _: r["inflow_leader_name"]),
    ("流入地党组织负责人联系方式", "inflowLeaderPhone", lambda r, _: r["inflow_leader_phone"]),
    ("流动党员活动证编号", "cardNumber", lambda r, _: r["card_number"]),
    ("流出原因", "reason", lambda r, _: r["reason"]),
    ("备注", "remark", lambda r, _: r["remark"]),
)
_INFLOW_COLUMNS: Final[Sequence[Column]] = (
    ("姓名", "name", lambda r, _: r["name"]),
    ("身份证号码", "citizenId", lambda r, o: o.open("citizen_id_sealed", "citizen id", r["id"])),
    ("出生日期", "birthDate", lambda r, _: r["birth_date"]),
    ("人员类别", "category", lambda r, _: _CATEGORIES.get(r["category"])),
    ("联系电话", "phone", lambda _, o: o.phones()),
    ("流入时间", "arrivedOn", lambda r, _: r["arrived_on"]),
    ("组织关系所在地", "homeOrganization", lambda r, _: r["home_organization_text"]),
    ("工作单位", "workUnit", lambda r, _: r["work_unit"]),
    ("居住地址", "address", lambda r, o: o.open("address_sealed", "address", r["id"])),
    ("登记党组织", "registrar", lambda r, _: r["organization_name"]),
    ("登记党组织代码", "registrarCode", lambda r, _: r["organization_full_code"]),
    ("编入党支部", "branch", lambda r, _: r["branch_name"]),
    ("编入党支部代码", "branchCode", lambda r, _: r["branch_code"]),
    ("流动党员活动证编号", "cardNumber", lambda r, _: r["card_number"]),
    ("备注", "remark", lambda r, _: r["remark"]),
)
_LEDGERS: Final = {
    LedgerKind.OUTFLOW: ("流出党员台账", _OUTFLOW, _OUTFLOW_COLUMNS),
    LedgerKind.INFLOW: ("流入党员台账", _INFLOW, _INFLOW_COLUMNS),
}


def _written(value: object, original: str | None) -> str:
    """Return what stands in a cell: the value, or the original text where nothing, or only part of it, could be read."""
    said = str(value) if value else ""
    if original and _NO_DIGIT.sub("", said) in _NO_DIGIT.sub("", original):
        return original
    return said


async def export(
    connection: AsyncConnection, *, vault: Vault, now: datetime, kind: LedgerKind, organization: UUID
) -> tuple[bytes, int]:
    """Return a workbook of everybody away from (OUTFLOW) or in (INFLOW) an organization and below, and how many.

    Numbers stand in full, so who was shown is recorded. A value that could not be read is written as it was.
    """
    title, statement, columns = _LEDGERS[kind]
    rows = [dict(row) for row in (await connection.execute(statement, {"organization": organization})).mappings()]
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = workbook.add_worksheet(title)
    as_text = workbook.add_format({"num_format": "@"})
    sheet.write_string(0, 0, f"{title}（{now:%Y-%m-%d}）", as_text)
    sheet.write_string(1, 0, "序号", as_text)
    for at, (head, _, _) in enumerate(columns, start=1):
        sheet.write_string(1, at, head, as_text)
        sheet.set_column(at, at, 16, as_text)
    for number, row in enumerate(rows, start=1):
        opener = _Opener(vault, row)
        sheet.write_string(1 + number, 0, str(number), as_text)
        for at, (_, field, read) in enumerate(columns, start=1):
            value = _written(read(row, opener), opener.unreadable.get(field))
            if value:
                sheet.write_string(1 + number, at, value, as_text)
    workbook.close()
    await disclose(connection, organization, now, f"export {kind.value}", [row["id"] for row in rows])
    return buffer.getvalue(), len(rows)


async def disclose(
    connection: AsyncConnection, organization: UUID, now: datetime, document: str, people: Sequence[UUID]
) -> None:
    """Write down who was shown to whom."""
    await connection.execute(
        text(
            "insert into disclosure (id, organization_id, actor, document, people, at)"
            " values (:id, :organization, 'hub export', :document, :people, :now)"
        ),
        {
            "id": random_id(),
            "organization": organization,
            "document": document.encode(),
            "people": sorted(set(people)),
            "now": now,
        },
    )
