"""What the home branch sees of its members in a period: held near them, attended, excused, absent, online, hours.

Counted = PRESENT or LATE, confirmed or later or accepted on evidence, and what is told twice once. One SQL statement for
any number of members; the index of (arrival, day) and (member, day) makes its cost that of the period, not of the years.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

HOURS_A_YEAR: Final = Decimal(32)
"""党员教育管理工作条例 Art 20: at least so many hours of training a year."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One member's period. `unexcused`: those that weigh; `unheard`: noted by the place, the member not heard yet;
    `disputed`: the member or a report says otherwise, and nobody has settled it; an attendance in dispute counts
    meanwhile, an absence is in neither of the others."""

    member_id: UUID
    held_near: int
    attended: int
    online: int
    excused: int
    unexcused: int
    unheard: int
    disputed: int
    unacknowledged: int
    hours: Decimal
    hours_this_year: Decimal
    is_exempt: bool


# `part`: each part of a member once. A report that is linked with a host's record stands aside for it, and lends it its
# acceptance.
SUMMARY: Final = text(
    """
    with whose as (select unnest(cast(:members as uuid[])) as member_id),
    stay as (
        select distinct w.member_id, m.arrival_id from whose w
          join match m on m.member_id = w.member_id and m.state = 'CONFIRMED'
    ), part as (
        select s.member_id, p.day, p.attendance, p.mode, p.kind,
               coalesce(p.hours, (select t.hours from participation t where t.twin_id = p.id and t.state <> 'RECORDED'
                                     and t.attendance in ('PRESENT', 'LATE'))) as hours, p.state, p.heard_on, true as of_place,
               coalesce(p.dispute_state = 'DISPUTED', false) or exists (select from discrepancy d where d.participation_id = p.id and d.state <> 'SETTLED')
               or exists (select from participation t where t.twin_id = p.id and t.dispute_state = 'DISPUTED') as is_disputed,
               p.state in ('CONFIRMED', 'ACKNOWLEDGED') as counts,
               coalesce((select t.accepted_on_evidence or t.state <> 'RECORDED' from participation t
                          where t.twin_id = p.id and t.attendance in ('PRESENT', 'LATE')), false) as accepted
          from stay s join participation p on p.arrival_id = s.arrival_id and p.day between :year_begins and :until
        union all
        select w.member_id, p.day, p.attendance, p.mode, p.kind, p.hours, p.state, p.heard_on, false,
               coalesce(p.dispute_state = 'DISPUTED', false),
               p.state in ('CONFIRMED', 'ACKNOWLEDGED'), false
          from whose w join participation p on p.member_id = w.member_id and p.day between :year_begins and :until
         where p.twin_id is null
    ), judged as (
        select part.*, day >= :since as is_now,
               accepted or (counts and attendance in ('PRESENT', 'LATE')) as is_attended
          from part where kind <> 'TALK'
    ), summed as (
        select member_id,
               count(*) filter (where is_now and is_attended) as attended,
               count(*) filter (where is_now and is_attended and mode = 'ONLINE') as online,
               count(*) filter (where is_now and not is_attended
                                  and attendance in ('SICK_LEAVE', 'OFFICIAL_LEAVE', 'PERSONAL_LEAVE')) as excused,
               count(*) filter (where is_now and not is_attended and attendance = 'ABSENT_UNEXCUSED' and counts
                                  and not is_disputed
                                  and (heard_on is not null or not of_place)) as unexcused,
               count(*) filter (where is_now and not is_attended and attendance = 'ABSENT_UNEXCUSED' and of_place
                                  and heard_on is null and not is_disputed) as unheard,
               count(*) filter (where is_now and is_disputed) as disputed,
               count(*) filter (where is_now and state = 'CONFIRMED') as unacknowledged,
               coalesce(sum(hours) filter (where is_now and is_attended), 0) as hours,
               coalesce(sum(hours) filter (where is_attended), 0) as hours_this_year
          from judged group by member_id
    )
    select w.member_id, coalesce(near.number, 0) as held_near, coalesce(s.attended, 0) as attended,
           coalesce(s.online, 0) as online, coalesce(s.excused, 0) as excused, coalesce(s.unexcused, 0) as unexcused,
           coalesce(s.unheard, 0) as unheard, coalesce(s.disputed, 0) as disputed,
           coalesce(s.unacknowledged, 0) as unacknowledged, coalesce(s.hours, 0) as hours,
           coalesce(s.hours_this_year, 0) as hours_this_year,
           exists (select from exemption e where e.member_id = w.member_id and e.starts_on <= :until
                      and (e.ends_on is null or e.ends_on >= :since)) as is_exempt
      from whose w
      left join summed s on s.member_id = w.member_id
      left join lateral (
          select count(*) as number from (
              select x.id from stay y join arrival a on a.id = y.arrival_id
                join organization_closure c on c.descendant in (a.organization_id, a.branch_id)
                join activity x on x.organization_id = c.ancestor and x.cancelled_at is null
                 and x.held_on >= to_char(cast(:since as date), 'YYYY-MM')
                 and x.held_on <= to_char(cast(:until as date), 'YYYY-MM-DD')
                 and (x.is_open_to_arrivals
                      or exists (select from participation p where p.activity_id = x.id and p.arrival_id = y.arrival_id))
               where y.member_id = w.member_id group by x.id) held) near on true
    """
)


async def summaries(
    connection: AsyncConnection, *, members: Collection[UUID], since: date, until: date
) -> dict[UUID, Summary]:
    """Return what members did between two days of one year, in one statement."""
    if not members:
        return {}
    parameters = {
        "members": list(members),
        "since": since,
        "until": until,
        "year_begins": since.replace(month=1, day=1),
    }
    rows = (await connection.execute(SUMMARY, parameters)).mappings()
    return {row["member_id"]: Summary(**{str(name): value for name, value in row.items()}) for row in rows}


def quarter(year: int, number: int) -> tuple[date, date]:
    """Return the first and last day of a quarter, 1 to 4."""
    begins = date(year, 3 * number - 2, 1)
    following = date(year + 1, 1, 1) if number == 4 else date(year, 3 * number + 1, 1)
    return begins, date.fromordinal(following.toordinal() - 1)


def quarter_of(day: date) -> tuple[date, date]:
    """Return the quarter that a day lies in."""
    return quarter(day.year, (day.month + 2) // 3)
