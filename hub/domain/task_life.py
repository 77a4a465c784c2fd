"""Tasks of organizational life: what the home branch must acknowledge, hear or search for, and the place must answer."""

from __future__ import annotations

from typing import Final

from hub.domain.participation_record import FORMAL
from hub.models import RuleCode

_AFTER = "cast(cast(:{0} as text) as interval)"
_TODAY = "cast(:today as date)"
_DAY = "({0} at time zone 'Asia/Shanghai')::date"
_HERE = "coalesce(a.branch_id, a.organization_id)"

# kind, turn, who acts, who waits, due, object type, object id.
SOURCES: Final[dict[str, str]] = {
    # One task per member, however many records wait: they are acknowledged by the month.
    "PARTICIPATION_UNACKNOWLEDGED": f"""
        select 'PARTICIPATION_UNACKNOWLEDGED', 'OUTFLOW', f.organization_id, (array_agg({_HERE}))[1],
               min({_DAY.format("greatest(p.confirmed_at, m.confirmed_at)")} + {_AFTER.format("participation_acknowledged")})::date,
               'Member', m.member_id
          from participation p
          join match m on m.arrival_id = p.arrival_id and m.state = 'CONFIRMED'
          join arrival a on a.id = p.arrival_id {FORMAL.format(member="m.member_id")}
         where p.state = 'CONFIRMED'
         group by f.organization_id, m.member_id
        having min({_DAY.format("greatest(p.confirmed_at, m.confirmed_at)")} + {_AFTER.format("participation_acknowledged")})
               < {_TODAY}
    """,
    "SELF_REPORT": f"""
        select 'SELF_REPORT', 'OUTFLOW', p.organization_id, null::uuid,
               ({_DAY.format("p.recorded_at")} + {_AFTER.format("self_report_answer")})::date, 'Participation', p.id
          from participation p
         where p.source = 'SELF_REPORT'
           and (p.state = 'RECORDED' and p.twin_id is null or p.state = 'CONFIRMED' and p.member_id is not null)
    """,
    "DISPUTE": f"""
        select 'DISPUTE', case when p.arrival_id is null then 'OUTFLOW' else 'INFLOW' end,
               coalesce({_HERE}, p.organization_id), f.organization_id, p.dispute_due_on, 'Participation', p.id
          from participation p left join arrival a on a.id = p.arrival_id
          left join lateral (select m.member_id from match m where m.arrival_id = p.arrival_id and m.state = 'CONFIRMED'
                              order by m.ended_at desc nulls first limit 1) l on true
          {FORMAL.format(member="coalesce(p.member_id, l.member_id)")}
         where p.dispute_state = 'DISPUTED'
    """,
    "ABSENCE_UNHEARD": f"""
        select 'ABSENCE_UNHEARD', 'OUTFLOW', d.organization_id, null::uuid,
               ({_DAY.format("greatest(p.confirmed_at, m.confirmed_at)")} + {_AFTER.format("absence_heard")})::date,
               'Participation', p.id
          from participation p
          join match m on m.arrival_id = p.arrival_id and m.state = 'CONFIRMED' and m.ended_at is null
          join departure d on d.id = m.departure_id
         where p.attendance = 'ABSENT_UNEXCUSED' and p.heard_on is null and p.state <> 'RECORDED'
           and p.dispute_state is distinct from 'DISPUTED'
    """,
    "INQUIRY": """
        select 'INQUIRY', 'INFLOW', i.inflow_organization_id, i.outflow_organization_id, i.due_on, 'Inquiry', i.id
          from inquiry i where i.state = 'ASKED'
    """,
    # Silence goes to whoever stands above: first the committee, then its superior, a step for each lapse of the rule.
    "INQUIRY_OVERDUE": f"""
        select 'INQUIRY_OVERDUE', 'INFLOW', c.ancestor, i.outflow_organization_id,
               (i.due_on + c.depth * {_AFTER.format("inquiry_escalated")})::date, 'Inquiry', i.id,
               md5(i.id || c.ancestor::text)::uuid, ''
          from inquiry i
          join organization_closure c on c.descendant = i.inflow_organization_id and c.depth > 0
         where i.state = 'ASKED' and i.due_on + (c.depth - 1) * {_AFTER.format("inquiry_escalated")} < {_TODAY}
    """,
    "LOST_BUT_ACTIVE": f"""
        select 'LOST_BUT_ACTIVE', 'OUTFLOW', x.organization_id, null::uuid,
               (newest.day + interval '1 month')::date, 'Member', x.member_id
          from lost_finding x
          join lateral (
              select max(s.day) as day from (
                  select p.day from match m join participation p on p.arrival_id = m.arrival_id and p.day > x.found_on
                   where m.member_id = x.member_id and m.state = 'CONFIRMED'
                     and p.attendance in ('PRESENT', 'LATE') and p.state <> 'RECORDED'
                  union all
                  select p.day from participation p
                   where p.member_id = x.member_id and p.day > x.found_on and p.attendance in ('PRESENT', 'LATE')
                     and p.state <> 'RECORDED'
                  union all
                  select c.on_day from contact c
                   where c.member_id = x.member_id and c.is_two_way and c.on_day > x.found_on) s) newest
            on newest.day is not null
         where x.lifted_on is null and x.found_on <= {_TODAY}
    """,
}
WITH_OWN_ID: Final = ("INQUIRY_OVERDUE",)
CITED: Final = {
    "PARTICIPATION_UNACKNOWLEDGED": RuleCode.PARTICIPATION_ACKNOWLEDGED,
    "SELF_REPORT": RuleCode.SELF_REPORT_ANSWER,
    "DISPUTE": RuleCode.DISPUTE_ANSWER,
    "ABSENCE_UNHEARD": RuleCode.ABSENCE_HEARD,
    "INQUIRY": RuleCode.INQUIRY_ANSWER,
    "INQUIRY_OVERDUE": RuleCode.INQUIRY_ESCALATED,
    "SEARCH": RuleCode.CONTACT_SEARCH,
    "LOST_BUT_ACTIVE": RuleCode.CONTACT_SEARCH,
}
TEXTS: Final = {
    "PARTICIPATION_UNACKNOWLEDGED": "流入地记录的参加情况超期未确认，请确认 / Records of the place wait too long: acknowledge them",
    "SELF_REPORT": "党员自报参加组织生活，请凭佐证认可；主办方已确认的，请确认 / A member reported participation: accept or acknowledge it",
    "DISPUTE": "党员对参加记录有异议，请核实答复 / A member disputes a record: look into it and answer",
    "ABSENCE_UNHEARD": "流入地记为无故缺席，请听取本人说明 / The place noted an absence: hear the member",
    "INQUIRY": "流出地来函协查党员参加情况，请答复 / The outflow side inquires about a member: answer",
    "INQUIRY_OVERDUE": "下级组织逾期未答复协查函，请督促或代为答复 / An inquiry below you is overdue: see that it is answered",
    "SEARCH": "满六个月没有联系依据，请查找并登记 / Six months without a sign: search, and record what you tried",
    "LOST_BUT_ACTIVE": "已认定失联，但有新的参加或联系记录，请核实 / Found lost, yet there is a newer sign: look again",
}
