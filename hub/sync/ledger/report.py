"""What an import says of itself: the JSON report, and the same in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.models import LedgerKind
from hub.sync.ledger.messages import message
from hub.sync.ledger.planned import Outcome, PlannedRow
from hub.sync.ledger.rows import Problem
from hub.sync.ledger.table import Table

MAX_SHOWN = 20


@dataclass(slots=True)
class Report:
    """Counts and problems of one import. `matched`, `unmatched` and `differences` are for inflow ledgers."""

    kind: LedgerKind
    rows: int = 0
    accepted: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    missing: int = 0
    matched: int | None = None
    unmatched: int | None = None
    suggested_returned: int = 0
    differences: dict[str, int] = field(default_factory=dict)
    by_attendance: dict[str, int] | None = None
    by_mode: dict[str, int] | None = None
    linked: int | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the report as it is printed with `--format json` and stored with the run."""
        told: dict[str, Any] = {
            "kind": self.kind.value.lower(),
            "rows": self.rows,
            "accepted": self.accepted,
            "new": self.new,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "missing": self.missing,
            "matched": self.matched,
            "unmatched": self.unmatched,
            "suggestedReturned": self.suggested_returned,
            "differences": self.differences,
            "errors": self.errors,
            "warnings": self.warnings,
        }
        if self.linked is not None:
            told |= {"byAttendance": self.by_attendance, "byMode": self.by_mode, "linked": self.linked}
        return told


def report(
    kind: LedgerKind,
    planned: Sequence[PlannedRow],
    missing: int,
    lines: int | None = None,
    tables: Sequence[Table] = (),
) -> Report:
    """Return the report of a plan, or of what became of it. `lines`: people's lines, where each row is one mark."""
    outcomes = Counter(row.outcome for row in planned)
    accepted = [row for row in planned if row.outcome is not Outcome.REFUSED]
    made = Report(
        kind,
        rows=len(planned) if lines is None else lines,
        accepted=len(accepted),
        new=outcomes[Outcome.NEW],
        updated=outcomes[Outcome.UPDATED],
        unchanged=outcomes[Outcome.UNCHANGED],
        missing=missing,
        suggested_returned=sum("RETURNED" in row.suggestions for row in accepted),
        errors=[_problem(row, row.error, _place(tables, row, row.error)) for row in planned if row.error is not None],
        warnings=[_problem(row, one, _place(tables, row, one)) for row in accepted for one in row.warnings],
    )
    if kind is LedgerKind.INFLOW:
        made.matched = sum(row.matched for row in accepted)
        made.unmatched = len(accepted) - made.matched
    if kind in (LedgerKind.ROLLCALL, LedgerKind.PARTICIPATION):
        said = [row.said for row in accepted if row.said is not None]
        made.by_attendance = _counted(attendance for attendance, _ in said)
        made.by_mode = _counted(mode for _, mode in said)
        made.linked = sum(row.matched for row in accepted)
    if kind is LedgerKind.PARTICIPATION:
        # What the host has recorded already is nothing new.
        made.new = sum(row.outcome is Outcome.NEW and not row.matched for row in accepted)
    return made


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _place(tables: Sequence[Table], row: PlannedRow, problem: Problem) -> tuple[int, int | None]:
    """Return row and column of what is wrong: the refused mark itself, else where its line says the field."""
    is_of_mark = row.column is not None and row.error is not None
    found = None if row.line is None or is_of_mark else tables[row.table].place(row.line, problem.field)
    return found or (row.row, row.column)


def _problem(row: PlannedRow, problem: Problem, place: tuple[int, int | None]) -> dict[str, Any]:
    at, column = place
    found: dict[str, Any] = {
        "sheet": row.sheet,
        "row": at,
        "field": problem.field,
        "code": problem.code,
        "message": message(problem.code),
    }
    if column is not None:
        found["column"] = letters(column)
    return found


def letters(column: int) -> str:
    """Return a column as Excel names it: 1 is A, 27 is AA."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


_WORDS = {
    LedgerKind.ORGANIZATIONS: "党组织台账",
    LedgerKind.MEMBERS: "党员名册",
    LedgerKind.OUTFLOW: "流出党员台账",
    LedgerKind.INFLOW: "流入党员台账",
    LedgerKind.ROLLCALL: "点名册",
    LedgerKind.PARTICIPATION: "自报参加情况",
}


def in_words(made: Report, *, applied: bool) -> str:
    """Return the report for a person, Chinese first; it names rows, never people."""
    counted = (
        f"{_WORDS[made.kind]}：共 {made.rows} 行，可导入 {made.accepted} 行，有误 {len(made.errors)} 行"
        f" / {made.rows} rows, {made.accepted} good, {len(made.errors)} refused"
    )
    if made.kind is LedgerKind.ROLLCALL:
        counted = (
            f"点名册：共 {made.rows} 人，可导入 {made.accepted} 个记号，有误 {len(made.errors)} 处"
            f" / {made.rows} people, {made.accepted} good marks, {len(made.errors)} refused"
        )
    became = (
        f"  新增 {made.new}，更新 {made.updated}，未变 {made.unchanged}，上次有而本次没有 {made.missing}"
        f" / new {made.new}, updated {made.updated}, unchanged {made.unchanged}, missing {made.missing}"
    )
    lines = [counted, became]
    if made.linked is not None:
        told = "，".join(f"{name} {count}" for name, count in (made.by_attendance or {}).items())
        lines.append(f"  出勤：{told or '—'} / by attendance")
        lines.append(f"  与对方记录合并计数 {made.linked} / counted with a record of the other side")
    if made.matched is not None:
        lines.append(
            f"  已与流出方对上 {made.matched}，尚未对上 {made.unmatched}"
            f" / matched {made.matched}, unmatched {made.unmatched}"
        )
    if made.suggested_returned:
        lines.append(
            f"  备注提示已返乡 {made.suggested_returned} / remarks that suggest a return {made.suggested_returned}"
        )
    if made.differences:
        listed = "，".join(f"{name} {count}" for name, count in made.differences.items())
        lines.append(f"  两边登记不一致：{listed} / differences between the two sides")
    lines += _listed("有误，未导入 / refused", made.errors)
    lines += _listed("请留意 / please look at", made.warnings)
    lines.append(
        "已写入 / applied"
        if applied
        else "以上是预览，没有写入；加 --apply 后写入 / a plan, nothing written: add --apply"
    )
    return "\n".join(lines)


def _listed(head: str, problems: Iterable[dict[str, Any]]) -> list[str]:
    found = list(problems)
    if not found:
        return []
    lines = [f"{head}："]
    lines += [
        f"  {p['sheet']} 第 {p['row']} 行{p.get('column', '')} [{p['field']}] {p['code']}：{p['message']}"
        for p in found[:MAX_SHOWN]
    ]
    if len(found) > MAX_SHOWN:
        lines.append(f"  …… 另有 {len(found) - MAX_SHOWN} 条 / and {len(found) - MAX_SHOWN} more")
    return lines
