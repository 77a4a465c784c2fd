"""Lines of a table → typed rows, by the rules of refusing.

A row is refused only when one cannot tell who, or which organization; of several errors the first of name,
number, organization counts. Everything else that cannot be read is left open, its text kept, with a warning.
Whether the person exists, and whether a line repeats another, is judged later.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Iterator
from typing import Any, Generic, TypeVar

from hub.domain import statement
from hub.domain.identity import gender
from hub.domain.phone import NUMBER, written
from hub.sync.ledger import activity_dates, cells, columns, identity, participation, phones, rollcall
from hub.sync.ledger.line_cells import LineCells
from hub.sync.ledger.mentions import OrganizationMention, Source
from hub.sync.ledger.organizations import AMBIGUOUS, BRANCH_KINDS, OrganizationNames
from hub.sync.ledger.rows import (
    InflowRow,
    MemberRow,
    OrganizationRow,
    OutflowRow,
    ParticipationRow,
    RollcallRow,
    RollcallTable,
)
from hub.sync.ledger.table import Line, Table

K = TypeVar("K", bound=Hashable)

NAME_MISSING = "NAME_MISSING"
IDENTITY_MISSING = "IDENTITY_MISSING"
ORGANIZATION_UNKNOWN = "ORGANIZATION_UNKNOWN"
PHONE_MISSING = "PHONE_MISSING"

_SEVERAL_NAMES = re.compile(r"[、,，;；/\n]+")
_NUMBERS_AND_MARKS = re.compile(r"[\d+\-()\s、,，;；:：/]+|电话|手机|联系方式")


class LineReader(Generic[K]):
    """Reads the lines of tables, with the organizations that the hub knows.

    `default` is the organization that the command names: names are looked for below it, and it stands where a
    ledger names none.
    """

    def __init__(self, names: OrganizationNames[K], today: dt.date, default: K | None = None) -> None:
        self._names = names
        self._today = today
        self._default = default
        self._mentioned: dict[OrganizationMention, tuple[K | None, bool]] = {}

    def outflow(self, table: Table) -> Iterator[OutflowRow[K]]:
        """Yield the rows of an outflow ledger."""
        for line in table.lines():
            read = LineCells(line, self._today)
            person = self._person(read, line, table)
            named, text, source = self._organization(read, line, person["citizen_id"])
            departed_on = read.date("departedOn")
            expected_return = read.date("expectedReturn", future=True)
            phone = self._phone(read)
            leader_name, leader_phone = self._leader(read)
            issued, number = read.card()
            inflow_text = read.text("inflowOrganization")
            inflow = self._first_found(None, cells.code(read.cell("inflowOrganizationCode")), inflow_text)
            remark = read.text("remark")
            yield OutflowRow(
                **person, **phone, organization=named, organization_text=text, organization_from=source,
                category=read.category(), departed_on=departed_on, expected_return=expected_return,
                destination=read.place(),
                work_unit=read.text("workUnit"), address=read.text("address"), inflow_organization=inflow,
                inflow_organization_text=inflow_text, inflow_leader_name=leader_name, inflow_leader_phone=leader_phone,
                card_issued=issued, card_number=number, reason=read.text("reason"), remark=remark,
                suggestions=read.suggestions(remark), **read.judged(),
            )  # fmt: skip

    def inflow(self, table: Table) -> Iterator[InflowRow[K]]:
        """Yield the rows of an inflow ledger."""
        for line in table.lines():
            read = LineCells(line, self._today)
            person = self._person(read, line, table)
            registrar, source, unknown = self._registrar(read, line)
            branch_text, branch_code = read.text("branch"), cells.code(read.cell("branchCode"))
            committee = self._first_found(registrar, None, read.text("organizationParent"))
            branch = self._first_found(committee or registrar, branch_code, branch_text)
            # A registrar that is written and means nothing is not made up for by the branch.
            if (branch is None and (branch_text or branch_code or unknown)) or (unknown and source == "CELL"):
                read.refuse("organization", ORGANIZATION_UNKNOWN)
            if branch is None and registrar is not None and self._names.kind(registrar) in BRANCH_KINDS:
                branch = registrar
                # A branch above its lines says where they are placed, as a column does: whose ledger it is registers them.
                if source in ("ABOVE", "HINT"):
                    registrar = self._default or self._names.committee_above(branch)
            arrived_on = read.date("arrivedOn")
            phone = self._phone(read)
            issued, number = read.card()
            remark = read.text("remark")
            yield InflowRow(
                **person, **phone, organization=registrar, organization_text=_text_of(line.organization), organization_from=source,
                category=read.category(), arrived_on=arrived_on, home_organization_text=read.text("homeOrganization"),
                branch=branch, branch_text=branch_text or branch_code, work_unit=read.text("workUnit"),
                address=read.text("address"), card_issued=issued, card_number=number, remark=remark,
                suggestions=read.suggestions(remark), **read.judged(),
            )  # fmt: skip

    def members(self, table: Table) -> Iterator[MemberRow[K]]:
        """Yield the rows of a list of members."""
        for line in table.lines():
            read = LineCells(line, self._today)
            person = self._person(read, line, table)
            named, text, source = self._organization(read, line, None)
            joined_on, full_member_on = read.date("joinedOn"), read.date("fullMemberOn")
            phone = self._phone(read)
            category = read.category() or ("FULL" if full_member_on else None)
            yield MemberRow(
                **person, **phone, organization=named, organization_text=text, organization_from=source,
                category=category, ethnicity=cells.ethnicity(read.cell("ethnicity")), education=read.text("education"),
                occupation=read.text("occupation"), joined_on=joined_on, full_member_on=full_member_on,
                dues_paid_through=read.month("duesPaidThrough"), **read.judged(),
            )  # fmt: skip

    def rollcall(self, table: Table, year: int | None = None) -> RollcallTable[K]:
        """Return a roll call; heads that name no year are of `year`, else of the one that its titles say."""
        activities = rollcall.activities(table, year)
        called = rollcall.called(table, activities)
        rows = []
        for line, found in called:
            read = LineCells(line, self._today)
            person = self._person(read, line, table)
            named, text, source = self._organization(read, line, person["citizen_id"])
            rows.append(
                RollcallRow(
                    **person, **_NOT_ASKED, organization=named, organization_text=text, organization_from=source,
                    marks=found, **read.judged(),
                )
            )  # fmt: skip
        host, source, _ = self._above(table.organization_above)
        return RollcallTable(
            sheet=table.sheet.name, organization=host, organization_text=_text_of(table.organization_above),
            organization_from=source, activities=activities, rows=tuple(rows),
        )  # fmt: skip

    def participation(self, table: Table, year: int | None = None) -> Iterator[ParticipationRow[K]]:
        """Yield the rows of reported participation; days without a year are of `year`, else of the titles' one."""
        years = year or activity_dates.year_of(table.titles)
        kind_of_titles = None if {"activityKind", "activityTitle"} & table.fields.keys() else table.titles
        for line in table.lines():
            read = LineCells(line, self._today)
            person = self._person(read, line, table)
            named, text, source = self._organization(read, line, person["citizen_id"])
            held_on = participation.held_on(read, self._today, years)
            kind, title, said_mode = participation.activity(read, kind_of_titles)
            attendance, done_mode = participation.attendance(read)
            mode = read.word("mode", participation.mode) or done_mode or said_mode
            host_text = read.text("host")
            yield ParticipationRow(
                **person, **_NOT_ASKED, organization=named, organization_text=text, organization_from=source,
                kind=kind, title=title, held_on=held_on, host=self._first_found(None, None, host_text),
                host_text=host_text, mode=mode, attendance=attendance,
                evidence_kind=read.word("evidence", participation.evidence_kind), evidence_text=read.text("evidence"),
                hours=participation.hours_of(read, attendance), place=participation.place(read), remark=read.text("remark"),
                **read.judged(),
            )  # fmt: skip

    def organizations(self, table: Table) -> Iterator[OrganizationRow]:
        """Yield the rows of a list of organizations; their superiors are linked afterwards."""
        for line in table.lines():
            read = LineCells(line, self._today)
            name = read.text("name")
            if name is None:
                read.refuse("name", NAME_MISSING)
            kind = columns.organization_kind(read.text("kind"), name or "")
            may_issue = read.word("canIssueLetters", cells.boolean)
            officer_name = cells.name(read.cell("officerName"))
            phone = read.phone("officerPhone") if officer_name else phones.NONE
            yield OrganizationRow(
                sheet=table.sheet.name, row=line.row, name=name or "", code=cells.code(read.cell("code")),
                short_name=read.text("shortName"), kind=kind, parent_code=cells.code(read.cell("parentCode")),
                parent_text=read.text("parent"), division_code=cells.code(read.cell("divisionCode")),
                officer_name=officer_name, officer_phone=phone.own or phone.other,
                can_issue_letters=True if kind == "ORGANIZATION_DEPARTMENT" else may_issue,
                aliases=tuple(part for part in _SEVERAL_NAMES.split(read.text("aliases") or "") if part.strip()),
                closed_on=read.date("closedOn", future=True), successor_text=read.text("successor"), **read.judged(),
            )  # fmt: skip

    def _person(self, read: LineCells, line: Line, table: Table) -> dict[str, Any]:
        """Read who it is: the errors of name and number come first."""
        name = cells.name(read.cell("name"))
        if name is None:
            read.refuse("name", NAME_MISSING)
        number, code = identity.citizen_id(read.cell("citizenId"), self._today)
        if code:
            read.refuse("citizenId", code)
        elif number is None:
            read.warn("citizenId", IDENTITY_MISSING)
        if number:
            birth_date: str | None = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        else:
            birth_date = read.date("birthDate")
            birth_date = birth_date if birth_date and len(birth_date) == len("1966-04-21") else None
        said, _ = cells.gender(read.cell("gender"))
        return {
            "sheet": table.sheet.name,
            "row": line.row,
            "line": line.index,
            "name": name or "",
            "name_key": statement.name_key(name) if name else "",
            "citizen_id": number,
            "birth_date": birth_date,
            "gender": said or (gender(number) if number else None),
        }

    @staticmethod
    def _phone(read: LineCells) -> dict[str, Any]:
        found = read.phone("phone")
        if found is phones.NONE and read.is_blank_column("phone"):
            read.warn("phone", PHONE_MISSING)
        return {"phone": found.own, "other_phone": found.other, "other_phone_whose": found.other_whose}

    @staticmethod
    def _leader(read: LineCells) -> tuple[str | None, str | None]:
        name = cells.name(read.cell("inflowLeaderName"))
        found = read.phone("inflowLeaderPhone")
        phone = found.own or found.other
        both = read.text("inflowLeaderContact")
        if both:
            contact = cells.plain(both)
            name = name or cells.name(_NUMBERS_AND_MARKS.sub(" ", NUMBER.sub(" ", contact)))
            number = NUMBER.search(contact)
            phone = phone or (written(number) if number else None)
        return name, phone

    def _organization(self, read: LineCells, line: Line, number: str | None) -> tuple[K | None, str | None, str | None]:
        """Return the branch: of the column, else of the line above the table, else of the command."""
        above, source, unknown = self._above(line.organization)
        text, code = read.text("organization"), cells.code(read.cell("organizationCode"))
        superior_text = read.text("organizationParent")
        if text or code or superior_text:
            superior = self._first_found(above, None, superior_text)
            found = self._first_found(superior or above, code, text) if text or code else superior
            if found is None:
                read.refuse("organization", ORGANIZATION_UNKNOWN)
            return found, text or code or superior_text, "CELL"
        # Who is known by number needs no branch; a name alone means nothing without one.
        if unknown or (above is None and number is None):
            read.refuse("organization", ORGANIZATION_UNKNOWN)
        return above, _text_of(line.organization), source

    def _registrar(self, read: LineCells, line: Line) -> tuple[K | None, str | None, bool]:
        """Return who registers an arrival: of its column, else as above the table; one above whose ledger it is says nothing
        (a branch's list may hold what its committee registered)."""
        text, code = read.text("registrar"), cells.code(read.cell("registrarCode"))
        if text or code:
            found = self._first_found(self._default, code, text)
            if found is None or self._is_ours(found):
                return found, "CELL", found is None
            if self._default is not None and not self._names.is_below(self._default, found):
                return None, "CELL", True
        return self._above(line.organization)

    def _above(self, mention: OrganizationMention | None) -> tuple[K | None, str | None, bool]:
        """Return the organization named above the table, where from, and whether a name there is unknown."""
        if mention is not None:
            if mention not in self._mentioned:
                self._mentioned[mention] = self._resolve(mention)
            found, unknown = self._mentioned[mention]
            if mention.source is not Source.LINE and found is not None and not self._is_ours(found):
                found = None  # a title may name where the members come from
            if found is not None or unknown:
                return found, "ABOVE" if mention.source is Source.LINE else "HINT", unknown
        return self._default, "DEFAULT" if self._default is not None else None, False

    def _is_ours(self, organization: K) -> bool:
        return self._default is None or self._names.is_below(organization, self._default)

    def _resolve(self, mention: OrganizationMention) -> tuple[K | None, bool]:
        """Return what a mention means, looked for in the narrowest surroundings first, and whether it is unknown."""
        named = [self._first_found(self._default, None, text) for text in mention.within]
        around = [organization for organization in named if organization is not None and self._is_ours(organization)]
        for below in [*around, self._default]:
            found = self._first_found(below, mention.code, mention.text)
            if found is not None:
                return found, False
        if mention.source is not Source.LINE:
            return around[0] if around else None, False
        return None, True

    def _first_found(self, below: K | None, code: str | None, text: str | None) -> K | None:
        """Return what code and name mean; nothing where they mean two different organizations."""
        by_code = self._names.find(code, below if below is not None else self._default) if code else None
        by_name = self._names.find(text, below if below is not None else self._default) if text else None
        if by_code is None or by_code is AMBIGUOUS:
            return None if by_name is AMBIGUOUS else by_name
        if by_name is None or by_name is AMBIGUOUS or by_name == by_code:
            return by_code
        return None


# What no duty needs of people whose participation is told.
_NOT_ASKED: dict[str, Any] = dict.fromkeys(["category", "phone", "other_phone", "other_phone_whose"])


def _text_of(mention: OrganizationMention | None) -> str | None:
    return (mention.text or mention.code) if mention else None
