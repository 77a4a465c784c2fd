"""Planning a list of members: new ones are registered, known ones amended where a ledger may amend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from hub.domain import statement
from hub.domain.member import RegisterMember
from hub.sync.ledger.planned import Context, Outcome, PlannedRow, in_portions, is_less_exact, said
from hub.sync.ledger.rows import MemberRow, OutflowRow, ParticipationRow, Problem, RollcallRow

Named = MemberRow[UUID] | OutflowRow[UUID] | RollcallRow[UUID] | ParticipationRow[UUID]
"""A line about one of the importer's own people."""

IN_SCOPE: Final = """
    (:everywhere or exists (select from organization_closure s
                             where s.ancestor = :viewer and s.descendant = f.organization_id))
"""
_BY_DIGEST: Final = f"""
    select i.digest, {{columns}}, f.organization_id, f.ends is null as holds
      from identity i join member m on m.id = i.subject_id
      join lateral (select * from affiliation f where f.member_id = m.id and f.superseded_at = 'infinity'
                     order by f.starts desc limit 1) f on true
     where i.of_member and i.digest = any(:digests) and {IN_SCOPE}
     order by m.recorded_at desc, m.id
    """
_BY_NAME: Final = f"""
    select {{columns}}, f.organization_id, true as holds, c.ancestor as branch
      from affiliation f join member m on m.id = f.member_id
      join organization_closure c on c.descendant = f.organization_id and c.ancestor = any(:branches)
     where f.superseded_at = 'infinity' and f.ends is null and m.name_key = any(:names) and {IN_SCOPE}
    """


class People:
    """The importer's own members, by number and by name within a branch."""

    def __init__(self, by_digest: dict[bytes, Any], by_name: dict[tuple[UUID, str], list[Any]]) -> None:
        self._by_digest, self._by_name = by_digest, by_name

    @classmethod
    async def load(cls, context: Context, rows: Iterable[Named], columns: str = "m.*") -> People:
        """Read everybody whom the rows may mean, in two statements."""
        wanted = [row for row in rows if row.error is None]
        scope = {"everywhere": context.viewer.is_operator, "viewer": context.viewer.organization}
        digests = [context.digest(row.citizen_id) for row in wanted if row.citizen_id]
        by_digest: dict[bytes, Any] = {}
        if digests:
            found = await context.connection.execute(
                text(_BY_DIGEST.format(columns=columns)), {**scope, "digests": digests}
            )
            by_digest = {row["digest"]: row for row in found.mappings()}
        nameless = [row for row in wanted if not row.citizen_id and row.organization is not None]
        by_name: dict[tuple[UUID, str], list[Any]] = {}
        if nameless:
            found = await context.connection.execute(
                text(_BY_NAME.format(columns=columns)),
                {
                    **scope,
                    "branches": list({row.organization for row in nameless}),
                    "names": list({row.name_key for row in nameless}),
                },
            )
            for person in found.mappings():
                by_name.setdefault((person["branch"], person["name_key"]), []).append(person)
        return cls(by_digest, by_name)

    def who(self, context: Context, row: Named) -> Any | Problem | None:
        """Return the member a row means, what is wrong, or None where a good number is nobody's."""
        if row.citizen_id:
            person = self._by_digest.get(context.digest(row.citizen_id))
            if person is None:
                return None
            if person["name_key"] != row.name_key:
                return Problem("name", "NAME_MISMATCH")
            return person
        people = self._by_name.get((row.organization, row.name_key), []) if row.organization else []
        if not people:
            return Problem("name", "PERSON_UNKNOWN")
        if len(people) > 1:
            return Problem("name", "PERSON_AMBIGUOUS")
        return people[0]


async def plan(context: Context, rows: Iterable[tuple[int, MemberRow[UUID]]]) -> list[PlannedRow]:
    """Plan the rows of a list of members, given with their table's number."""
    seen: Counter[Any] = Counter()
    planned: list[PlannedRow] = []
    for portion in in_portions(rows):
        planned += await _plan(context, portion, seen)
    return planned


async def _plan(context: Context, rows: Sequence[tuple[int, MemberRow[UUID]]], seen: Counter[Any]) -> list[PlannedRow]:
    people = await People.load(context, [row for _, row in rows])
    planned: list[PlannedRow] = []
    for table, row in rows:
        item = PlannedRow(row.sheet, row.row, table, Outcome.NEW, row.error, row.warnings)
        planned.append(item)
        if row.error is not None:
            item.outcome = Outcome.REFUSED
            continue
        person = people.who(context, row)
        if isinstance(person, Problem):
            item.refuse(person.field, person.code)
            continue
        if person is None and not context.owns(row.organization):
            item.refuse("organization", "ORGANIZATION_UNKNOWN")
            continue
        key = person["id"] if person is not None else row.citizen_id
        seen[key] += 1
        if seen[key] > 1:
            item.refuse("citizenId", "DUPLICATE_IN_FILE")
            continue
        _judge(context, item, row, person)
    return planned


def _judge(context: Context, item: PlannedRow, row: MemberRow[UUID], person: Any) -> None:
    given = said(
        name=row.name,
        phone=row.phone,
        gender=row.gender,
        ethnicity=row.ethnicity,
        education=row.education,
        occupation=row.occupation,
        joined_on=row.joined_on,
        full_member_on=row.full_member_on,
        dues_paid_through=row.dues_paid_through,
        category=row.category,
    )
    if row.birth_date and not row.citizen_id:
        given["birth_date"] = row.birth_date
    organization: Any = person["organization_id"] if person is not None else row.organization
    if person is not None:
        given = {k: v for k, v in given.items() if not is_less_exact(v if k.endswith("_on") else None, person.get(k))}
        if row.organization is not None and not context.names.is_below(person["organization_id"], row.organization):
            # The formal relationship moves by a transfer or within its committee, never by a list.
            item.warnings = (*item.warnings, Problem("organization", "ORGANIZATION_DIFFERS"))
        item.record = person["id"]
        wanted = {key: value for key, value in given.items() if key in _COMPARED}
        if "phone" in given:
            digests = statement.phone_digests(context.vault, [given["phone"]])
            wanted["phone_digests"] = digests
        changed = any((list(person[k]) if isinstance(person[k], list) else person[k]) != v for k, v in wanted.items())
        item.outcome = Outcome.UPDATED if changed else Outcome.UNCHANGED
    item.command = RegisterMember(
        organization_id=organization,
        citizen_id=row.citizen_id,
        given=given,
        member_id=item.record,
        amend=True,
    )


_COMPARED: Final = frozenset(
    {"gender", "ethnicity", "education", "occupation", "joined_on", "full_member_on", "dues_paid_through"}
)
