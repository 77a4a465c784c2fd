"""Typed rows: what a line of a ledger says, normalised, and what is wrong with it.

`organization` and its like are the ids that names resolved to; `None` where nothing is written. Dates are
partial dates as text. `unreadable` keeps the original text of a value that had to be left open.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a row: the field and a code of `messages`."""

    field: str
    code: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What all rows have: where they stand, and what is wrong. A refused row has an error and no warnings."""

    sheet: str
    row: int
    error: Problem | None
    warnings: tuple[Problem, ...]
    unreadable: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _PersonRow(_Row, Generic[K]):
    """A row about a person. Without `citizen_id` the name has to be unique in `organization`.

    `line` is its position in the table, by which the table tells where a field of it stands in the file.
    `organization_from` is CELL (a column), ABOVE (a line above the table), HINT (its title or the sheet's name),
    DEFAULT (what the command named), or None.
    """

    line: int
    name: str
    name_key: str
    citizen_id: str | None
    birth_date: str | None
    gender: str | None
    category: str | None
    phone: str | None
    other_phone: str | None
    other_phone_whose: str | None
    organization: K | None
    organization_text: str | None
    organization_from: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OutflowRow(_PersonRow[K]):
    """A member who is away, as the branch of the formal relationship states it."""

    departed_on: str | None
    expected_return: str | None
    destination: str | None
    work_unit: str | None
    address: str | None
    inflow_organization: K | None
    inflow_organization_text: str | None
    inflow_leader_name: str | None
    inflow_leader_phone: str | None
    card_issued: bool | None
    card_number: str | None
    reason: str | None
    remark: str | None
    suggestions: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InflowRow(_PersonRow[K]):
    """A person who has come, as the place states it; `organization` registers, `branch` is where they are placed."""

    arrived_on: str | None
    home_organization_text: str | None
    branch: K | None
    branch_text: str | None
    work_unit: str | None
    address: str | None
    card_issued: bool | None
    card_number: str | None
    remark: str | None
    suggestions: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow(_PersonRow[K]):
    """A member of a branch."""

    ethnicity: str | None
    education: str | None
    occupation: str | None
    joined_on: str | None
    full_member_on: str | None
    dues_paid_through: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RollcallActivity:
    """An activity that a column of a roll call stands for. `row` and `column` as Excel counts them: where it is dated.

    `kind` and `mode` are values of ActivityKind and AttendanceMode; `title` is what the head says besides. With an
    `error` there is no `held_on`, and no line has a mark for it. Columns of one activity's `components` are alike, and its
    marks are for the first of them.
    """

    column: int
    row: int
    kind: str
    title: str | None
    held_on: str | None
    mode: str | None
    error: Problem | None
    components: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a line says of one activity, an index into the table's `activities`; with an `error` no attendance.

    `row` is that of the line, unless people stand across. `components` are those attended.
    """

    row: int
    column: int
    activity: int
    attendance: str | None
    mode: str | None
    text: str
    error: Problem | None
    components: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RollcallRow(_PersonRow[K]):
    """A person on a roll call, with a mark for each activity that the line says anything of."""

    marks: tuple[Mark, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RollcallTable(Generic[K]):
    """A roll call: `organization` is the host that is named above it, `organization_from` as in the rows."""

    sheet: str
    organization: K | None
    organization_text: str | None
    organization_from: str | None
    activities: tuple[RollcallActivity, ...]
    rows: tuple[RollcallRow[K], ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationRow(_PersonRow[K]):
    """An activity in which a person took part, as reported. `held_on` is a day or a month; `host` held it."""

    kind: str | None
    title: str | None
    held_on: str | None
    host: K | None
    host_text: str | None
    mode: str | None
    attendance: str
    evidence_kind: str | None
    evidence_text: str | None
    hours: Decimal | None
    place: str | None
    remark: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRow(_Row):
    """An organization; `parent_code` and `parent_text` as written, None for none. See `superiors.link`."""

    name: str
    code: str | None
    short_name: str | None
    kind: str
    parent_code: str | None
    parent_text: str | None
    division_code: str | None
    officer_name: str | None
    officer_phone: str | None
    can_issue_letters: bool | None
    aliases: tuple[str, ...]
    closed_on: str | None
    successor_text: str | None
