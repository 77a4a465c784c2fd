"""Writing roll calls and reports that import back without loss, and a certificate of participation. Text cells only."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import xlsxwriter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.domain import visibility
from hub.domain.dates import today
from hub.domain.participation_record import FORMAL
from hub.domain.viewer import Viewer
from hub.models import ATTENDED, LedgerKind, Participation
from hub.sync.ledger import written_heads
from hub.sync.ledger.export import disclose
from hub.sync.ledger.written_heads import KINDS, MODES

MARKS: Final = {
    "PRESENT": "√",
    "LATE": "#",
    "SICK_LEAVE": "O",
    "OFFICIAL_LEAVE": "★",
    "PERSONAL_LEAVE": "△",
    "ABSENT_UNEXCUSED": "×",
}
ATTENDANCE: Final = {
    "PRESENT": "到会",
    "LATE": "迟到",
    "SICK_LEAVE": "病假",
    "OFFICIAL_LEAVE": "公假",
    "PERSONAL_LEAVE": "事假",
    "ABSENT_UNEXCUSED": "无故缺席",
}
_TITLE: Final = "参加组织生活点名册"
_HEADS: Final = ("序号", "姓名", "身份证号", "所在党支部")
_LEGEND: Final = "注：√到会 #迟到 O病假 ★公假 △事假 ×无故缺席"
_PERSON: Final = """
    coalesce(a.name, m.name) as name, coalesce(a.citizen_id_sealed, m.citizen_id_sealed) as sealed,
    case when a.citizen_id_sealed is not null then a.id else m.id end as sealed_for,
    coalesce(b.name, f_org.name) as branch, coalesce(p.arrival_id, p.member_id) as person
"""
_JOINS: Final = f"""
      left join arrival a on a.id = p.arrival_id left join organization b on b.id = coalesce(a.branch_id, a.organization_id)
      left join member m on m.id = p.member_id
      {FORMAL.format(member="p.member_id")}
      left join organization f_org on f_org.id = f.organization_id
"""
_ROLL_CALLS: Final = text(
    f"""
    select p.activity_id, p.kind, p.held_on, p.day, p.mode, p.attendance, x.title, x.mode as usual_mode,
           o.id as host_id, o.name as host, o.system || ':' || o.code as host_code, {_PERSON}
      from participation p join activity x on x.id = p.activity_id join organization o on o.id = x.organization_id
      join organization_closure c on c.descendant = o.id and c.ancestor = :organization
      {_JOINS}
     where p.source = 'ROLL_CALL' and p.day between :since and :until
     order by o.code, p.day, x.kind, x.title, x.id, name, person
    """
)
_REPORTS: Final = text(
    f"""
    select p.*, h.name as host, h.system || ':' || h.code as host_code, {_PERSON}
      from participation p {_JOINS}
      join organization_closure c on c.descendant = f.organization_id and c.ancestor = :organization
      left join organization h on h.id = p.host_id
     where p.source = 'SELF_REPORT' and p.day between :since and :until
     order by f_org.code, p.day, name, p.id
    """
)
Row = Mapping[Any, Any]


class _Book:
    """A workbook of text cells."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self._text = self._book.add_format({"num_format": "@", "text_wrap": True})
        self._names: set[str] = set()

    def sheet(self, name: str, rows: Sequence[Sequence[str]]) -> None:
        """Add a sheet with these rows; names are cut to what Excel takes, and numbered where two are one."""
        plain = name.translate(str.maketrans("[]:*?/\\", "（）：＊？／＼"))[-27:] or "点名册"
        unique, number = plain, 2
        while unique.casefold() in self._names:
            unique, number = f"{plain}({number})", number + 1
        self._names.add(unique.casefold())
        sheet = self._book.add_worksheet(unique)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if cell:
                    sheet.write_string(y, x, cell, self._text)
        sheet.set_column(1, 2, 20)

    def close(self) -> bytes:
        """Return the file."""
        self._book.close()
        return self._buffer.getvalue()


def _number(vault: Vault, row: Row) -> str:
    return vault.unseal("citizen id", row["sealed_for"], row["sealed"]) if row["sealed"] else ""


async def export_participation(
    connection: AsyncConnection,
    *,
    vault: Vault,
    now: datetime,
    kind: LedgerKind,
    organization: UUID,
    since: date,
    until: date,
) -> tuple[bytes, int]:
    """Return a workbook of what was recorded (ROLLCALL: a sheet per host) or reported (PARTICIPATION) between two days,
    by an organization and those below it; and how many records. Numbers stand in full, so who was shown is recorded."""
    statement = _ROLL_CALLS if kind is LedgerKind.ROLLCALL else _REPORTS
    wanted = {"organization": organization, "since": since, "until": until}
    rows = (await connection.execute(statement, wanted)).mappings().all()
    book = _Book()
    if kind is LedgerKind.ROLLCALL:
        _write_roll_calls(book, vault, rows)
    else:
        _write_reports(book, vault, rows)
    await disclose(connection, organization, now, f"export {kind.value}", [row["person"] for row in rows])
    return book.close(), len(rows)


def _write_roll_calls(book: _Book, vault: Vault, rows: Sequence[Row]) -> None:
    if not rows:  # a workbook has a sheet, and this one imports as a roll call of nobody
        book.sheet("点名册", [[_TITLE], list(_HEADS)])
    by_host: dict[UUID, list[Row]] = {}
    for row in rows:
        by_host.setdefault(row["host_id"], []).append(row)
    for several in by_host.values():
        first = several[0]
        activities = {row["activity_id"]: row for row in several}
        columns = {activity: number for number, activity in enumerate(activities, start=4)}
        heads = [
            *_HEADS,
            *(
                written_heads.write(row["held_on"], row["kind"], row["title"], row["usual_mode"])
                for row in activities.values()
            ),
        ]
        people: dict[UUID, list[str]] = {}
        for row in several:
            line = people.setdefault(
                row["person"],
                [
                    str(len(people) + 1),
                    row["name"] or "",
                    _number(vault, row),
                    row["branch"] or "",
                    *[""] * len(columns),
                ],
            )
            line[columns[row["activity_id"]]] = _mark(row)
        above = f"党组织：{first['host']}（代码 {first['host_code']}）"
        book.sheet(first["host"], [[_TITLE], [above], heads, *people.values(), [_LEGEND]])


def _named(row: Row) -> str:
    """Return kind and title; of another kind the title says it all."""
    return " ".join(part for part in (KINDS[row["kind"]] if row["kind"] != "OTHER" else "", row["title"]) if part)


def _mark(row: Row) -> str:
    """Return a mark; of who was not there the mode says nothing."""
    mark = MARKS[row["attendance"]]
    says_mode = row["attendance"] in ATTENDED and row["mode"] != row["usual_mode"]
    return f"{mark}（{MODES[row['mode']]}）" if says_mode else mark


_REPORT_HEADS: Final = (
    "序号", "姓名", "身份证号码", "所在党支部", "活动类别", "活动名称", "活动日期", "组织单位", "参加方式", "参加情况", "学时", "地点",
    "佐证", "备注",
)  # fmt: skip


def _write_reports(book: _Book, vault: Vault, rows: Sequence[Row]) -> None:
    lines = [
        [
            str(number),
            row["name"] or "",
            _number(vault, row),
            row["branch"] or "",
            KINDS[row["kind"]],
            row["title"] or "",
            row["held_on"],
            row["host"] or row["host_text"] or "",
            MODES[row["mode"]],
            ATTENDANCE[row["attendance"]],
            _hours(row["hours"]),
            row["place"] or "",
            row["evidence_reference"] or "",
            row["remark"] or "",
        ]
        for number, row in enumerate(rows, start=1)
    ]
    book.sheet("自报情况", [["流动党员自报参加组织生活情况"], list(_REPORT_HEADS), *lines])


def _hours(hours: Decimal | None) -> str:
    return "" if hours is None else f"{hours.normalize():f}"


# Of what is told twice one line: the host's, or the member's that the home branch accepted where the host says absent.
_PART: Final = text(
    """
    select * from (
        select distinct on (coalesce(p.twin_id, p.id))
               p.id, p.kind, p.title, p.held_on, p.day, p.mode, p.attendance, p.state,
               coalesce(p.hours, (select t.hours from participation t where t.twin_id = p.id and t.state <> 'RECORDED'
                                     and t.attendance in ('PRESENT', 'LATE'))) as hours,
               coalesce(o.name, p.host_text) as host
          from (select s.* from participation s where s.member_id = :member and s.day between :since and :until
                union all
                select s.* from participation s
                 where s.day between :since and :until
                   and s.arrival_id in (select m.arrival_id from match m where m.member_id = :member and m.state = 'CONFIRMED')) p
          left join organization o on o.id = p.host_id
         where p.kind <> 'TALK' and p.state in ('CONFIRMED', 'ACKNOWLEDGED') and p.attendance in ('PRESENT', 'LATE')
         order by coalesce(p.twin_id, p.id), p.twin_id nulls first) counted
     order by day, kind, id
    """
)
_MEMBER: Final = text("select id, name, citizen_id_masked from member where id = :member")


async def certificate(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    issued_by: str,
    member_id: UUID,
    since: date,
    until: date,
) -> bytes:
    """Return a certificate (参加组织生活证明) of what a member took part in between two days: confirmed records that the
    issuing organization sees, what is told twice once, the number masked. Its last line is for the seal."""
    member = (await connection.execute(_MEMBER, {"member": member_id})).one()
    found = (await connection.execute(_PART, {"member": member_id, "since": since, "until": until})).mappings().all()
    seen = {row.id for row in await visibility.rows(connection, viewer, Participation, [row["id"] for row in found])}
    rows = [row for row in found if row["id"] in seen]
    online = sum(row["mode"] == "ONLINE" for row in rows)
    hours = sum((row["hours"] or Decimal(0) for row in rows), Decimal(0))
    book = _Book()
    heads = ["序号", "日期", "活动", "组织单位", "参加方式", "学时"]
    lines = [
        [
            str(number),
            written_heads.day(row["held_on"]),
            _named(row),
            row["host"] or "",
            MODES[row["mode"]],
            _hours(row["hours"]),
        ]
        for number, row in enumerate(rows, start=1)
    ]
    book.sheet(
        "证明",
        [
            ["流动党员参加组织生活证明"],
            [f"姓名：{member.name or ''}", "", f"公民身份号码：{member.citizen_id_masked or ''}"],
            [f"起止：{written_heads.day(since.isoformat())}至{written_heads.day(until.isoformat())}"],
            heads,
            *lines,
            [f"合计参加 {len(rows)} 次，其中线上 {online} 次，学时 {_hours(hours)}"],
            [f"出具单位：{issued_by}（盖章）", "", f"{written_heads.day(today(now).isoformat())}"],
        ],
    )
    await disclose(connection, viewer.organization, now, "certificate", [member_id])
    return book.close()
