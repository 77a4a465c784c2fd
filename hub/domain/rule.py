"""Deadline rules: which holds for an organization on a day, and the day something is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.dates import add_months
from hub.models import RuleCode, RuleUnit


@dataclass(frozen=True, slots=True)
class Rule:
    """One deadline as it holds: so many days or calendar months, by which source."""

    amount: int
    unit: RuleUnit
    citation: str

    def due(self, since: date) -> date:
        """Return the day by which it is due."""
        if self.unit is RuleUnit.MONTH:
            return add_months(since, self.amount)
        return since + timedelta(days=self.amount)

    @property
    def interval(self) -> str:
        """Return the same for PostgreSQL, whose months clip to the last day as the law counts: `6 MONTH`."""
        return f"{self.amount} {self.unit.value}"


_RULE = text(
    """
    select r.amount, r.unit, r.citation from deadline_rule r
      left join organization_closure c on c.ancestor = r.organization_id and c.descendant = :organization
     where r.code = :code and r.effective_from <= :day and (r.effective_to is null or r.effective_to > :day)
       and (r.organization_id is null or c.depth is not null)
     order by c.depth nulls last, r.effective_from desc limit 1
    """
)


async def rule(connection: AsyncConnection, code: RuleCode, day: date, organization: UUID | None = None) -> Rule:
    """Return the rule that holds on a day for an organization: the nearest upwards, else the general one."""
    found = (await connection.execute(_RULE, {"code": code.value, "day": day, "organization": organization})).one()
    return Rule(found.amount, RuleUnit(found.unit), found.citation)


_GENERAL = text(
    """
    select distinct on (code) code, amount, unit, citation from deadline_rule
     where organization_id is null and effective_from <= :day and (effective_to is null or effective_to > :day)
     order by code, effective_from desc
    """
)


async def general_rules(connection: AsyncConnection, day: date) -> dict[RuleCode, Rule]:
    """Return every rule as it holds everywhere, for lists that span organizations."""
    rows = await connection.execute(_GENERAL, {"day": day})
    return {RuleCode(row.code): Rule(row.amount, RuleUnit(row.unit), row.citation) for row in rows}
