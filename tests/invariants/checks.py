"""The invariants that matter most, as statements over the tables: each counts what breaks it, and must count none."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import inbox

NAMED = "d.named_organization_id"
CHECKS = {
    "one organization at every instant": """
        select count(*) from member m where m.standing = 'IN_FORCE'
           and 1 <> (select count(*) from affiliation f where f.member_id = m.id and f.superseded_at = 'infinity'
                        and f.starts <= current_date and (f.ends is null or f.ends > current_date))
    """,
    "one open departure per member": """
        select count(*) from (select member_id from departure where ended_on is null group by 1 having count(*) > 1) x
    """,
    "one confirmed match per departure": """
        select count(*) from (select departure_id from match where state = 'CONFIRMED' group by 1 having count(*) > 1) x
    """,
    "one live match per arrival": """
        select count(*) from (select arrival_id from match where state = 'CONFIRMED' and ended_at is null
                               group by 1 having count(*) > 1) x
    """,
    "one open transfer per member": """
        select count(*) from (select member_id from transfer
                               where state not in ('CLOSED', 'REFUSED', 'REJECTED', 'WITHDRAWN', 'RECEIPTED', 'RELEASED')
                               group by 1 having count(*) > 1) x
    """,
    "a match ends with its departure": """
        select count(*) from match m join departure d on d.id = m.departure_id
         where m.state = 'CONFIRMED' and (m.ended_at is null) <> (d.ended_on is null)
    """,
    "nothing is open between statements that are not one liaison": """
        select count(*) from discrepancy x join match m on m.id = x.match_id
         where x.state <> 'SETTLED' and (m.state <> 'CONFIRMED' or (m.ended_at is not null and x.participation_id is null))
    """,
    "the closure is the tree": """
        with recursive up (descendant, ancestor) as (
            select id, id from organization
            union select u.descendant, coalesce(o.successor_id, o.parent_id) from up u
                    join organization o on o.id = u.ancestor where coalesce(o.successor_id, o.parent_id) is not null)
        select count(*) from up full join organization_closure c using (descendant, ancestor)
         where up.ancestor is null or c.depth is null
    """,
    "a denial that the other side sees was to a registrar who was named": """
        select count(*) from match m join outbox o on o.kind = 'MATCH_DENIED' and o.aggregate_id = m.arrival_id
         where m.state = 'DENIED' and not m.named
    """,
    "versions of each record ascend in its events": """
        select count(*) from (select aggregate_version - lag(aggregate_version) over (partition by aggregate_id order by id) as step
                                from outbox) x where step < 0
    """,
    "no event reaches a side that could never see its record": """
        select count(*) from outbox o join departure d on d.id = o.aggregate_id
         where exists (select from unnest(o.audience) a(id)
                        where a.id <> d.organization_id
                          and not exists (select from match m join arrival v on v.id = m.arrival_id
                                           where m.departure_id = d.id and m.confirmed_at is not null
                                             and a.id in (v.organization_id, v.branch_id)
                                           union all select from arrival_history h join match m on m.arrival_id = h.id
                                           where m.departure_id = d.id and a.id in (h.organization_id, h.branch_id)))
    """,
}
PAGING = "the paging index is what statements and tree say"


async def broken(connection: AsyncConnection) -> dict[str, int]:
    """Return how often each invariant is broken, those that hold left out."""
    found = {name: int((await connection.execute(text(check))).scalar_one()) for name, check in CHECKS.items()}
    found[PAGING] = await inbox.differences(connection)
    return {name: count for name, count in found.items() if count}
