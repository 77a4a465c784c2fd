"""The invariants of organizational life, as statements over the tables: each counts what breaks it, and must count none."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_MATCHED = "(select from match m where m.arrival_id = p.arrival_id and m.state = 'CONFIRMED')"
_WEIGHT = """(case when {0}.attendance in ('PRESENT', 'LATE') then 1 when {0}.attendance = 'ABSENT_UNEXCUSED' then 2 else 3 end)"""
# Where a member's record, or the arrival's, ever was somebody's to see.
_EVER = """
    select p.organization_id union select p.host_id where p.arrival_id is not null
    union select p.host_id from match m where m.confirmed_at is not null and m.member_id = p.member_id
    union select unnest(array[a.organization_id, a.branch_id]) from arrival a where a.id = p.arrival_id
    union select unnest(array[h.organization_id, h.branch_id]) from arrival_history h where h.id = p.arrival_id
    union select d.organization_id from match m join departure d on d.id = m.departure_id
           where m.confirmed_at is not null and (m.arrival_id = p.arrival_id or m.member_id = p.member_id)
    union select f.organization_id from match m join affiliation f on f.member_id = m.member_id
           where m.confirmed_at is not null and m.arrival_id = p.arrival_id
    union select f.organization_id from affiliation f where f.member_id = p.member_id
    union select unnest(array[a.organization_id, a.branch_id]) from match m join arrival a on a.id = m.arrival_id
           where m.confirmed_at is not null and m.member_id = p.member_id
    union select h.host_id from match m join participation h on h.arrival_id = m.arrival_id
           where m.confirmed_at is not null and m.member_id = p.member_id
    union select unnest(array[v.organization_id, v.branch_id]) from match m join arrival_history v on v.id = m.arrival_id
           where m.confirmed_at is not null and m.member_id = p.member_id
"""
CHECKS = {
    "what is told twice is one thing of one person": f"""
        select count(*) from participation s join participation p on p.id = s.twin_id
         where s.source <> 'SELF_REPORT' or p.arrival_id is null or (s.kind, s.held_on) <> (p.kind, p.held_on)
            or not exists {_MATCHED.replace("m.state", "m.member_id = s.member_id and m.state")}
    """,
    "nobody takes note of what is not theirs": f"""
        select count(*) from participation p
         where p.arrival_id is not null and p.state = 'ACKNOWLEDGED' and not exists {_MATCHED}
    """,
    "what the home side said goes with the match": f"""
        select count(*) from participation p
         where p.arrival_id is not null and not exists {_MATCHED}
           and (p.heard_on is not null or p.heard_statement is not null or p.dispute_state is not null or p.overdue_at is not null)
    """,
    "who was absent did nothing there": """
        select count(*) from participation p where p.attendance not in ('PRESENT', 'LATE')
           and (p.voted or coalesce(p.minutes, 0) > 0 or coalesce(p.hours, 0) > 0 or cardinality(p.components_attended) > 0)
    """,
    "nobody votes away from home": """
        select count(*) from participation p where p.voted and (p.arrival_id is not null or p.host_id is distinct from p.organization_id)
    """,
    "an open difference of attendance is between two that differ": f"""
        select count(*) from discrepancy x join participation p on p.id = x.participation_id
         where x.state <> 'SETTLED'
           and not exists (select from participation s
                            where s.twin_id = p.id and {_WEIGHT.format("s")} <> {_WEIGHT.format("p")})
    """,
    "what differs in weight is a difference": f"""
        select count(*) from participation s join participation p on p.id = s.twin_id
         where {_WEIGHT.format("s")} <> {_WEIGHT.format("p")}
           and not exists (select from discrepancy x where x.participation_id = p.id and x.pair_digest <> '')
    """,
    "a record is heard of only by those who could see it": f"""
        select count(*) from outbox o join participation p on p.id = o.aggregate_id
         where o.aggregate = 'Participation'
           and exists (select from unnest(o.audience) t (id)
                        where not exists (select from ({_EVER}) e (id) where e.id = t.id))
    """,
    "each version that said something else is kept": """
        select count(*) from participation p
         where p.reason is not null and not exists (select from participation_history h where h.id = p.id)
    """,
}


async def broken(connection: AsyncConnection) -> dict[str, int]:
    """Return how often each invariant is broken, those that hold left out."""
    found = {name: int((await connection.execute(text(check))).scalar_one()) for name, check in CHECKS.items()}
    return {name: count for name, count in found.items() if count}
