"""What waits for whom: derived from the records, each with who must act, until when, and by which source.

A task is never stored and never done by itself: it goes when its record moves on. Only STILL_AWAY, REMARK, UNREADABLE
and TRANSFER_ELIGIBLE are answered by a person (`hub.domain.question`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import task_life
from hub.domain.dates import today
from hub.domain.rule import general_rules
from hub.domain.viewer import Viewer
from hub.models import RuleCode, Side, TaskKind


@dataclass(frozen=True, slots=True)
class Task:
    """One task. `id` is the id of the record it is about; together with the kind it names the task."""

    id: UUID
    kind: TaskKind
    turn: Side
    organization_id: UUID
    text: str
    due_on: date | None
    citation: str | None
    object_type: str
    object_id: UUID


_LAST_DAY = """
    (case length({0}) when 10 then {0}::date when 7 then ({0} || '-01')::date + interval '1 month - 1 day'
          when 4 then ({0} || '-12-31')::date end)
"""
_LEFT = _LAST_DAY.format("d.departed_on")
_CAME = _LAST_DAY.format("a.arrived_on")
_BACK = _LAST_DAY.format("d.expected_return")
_AFTER = "cast(cast(:{0} as text) as interval)"
_LIVE = """
    match m join departure d on d.id = m.departure_id and d.ended_on is null
            join arrival a on a.id = m.arrival_id
"""
_OPEN_PAIR = "m.state = 'CONFIRMED' and m.ended_at is null"
_HERE = "coalesce(a.branch_id, a.organization_id)"
_TODAY = "cast(:today as date)"
_DAY = "({0} at time zone 'Asia/Shanghai')::date"

# kind, turn, who acts, who waits, due, object type, object id. A question about an arrival adds nothing that its
# registrar could see: NO_DEPARTURE stands or not whether or not there is a question.
_SOURCES: Final[dict[str, str]] = {
    **task_life.SOURCES,
    "MATCH": """
        select 'MATCH', 'OUTFLOW', m.asked_organization_id, null::uuid, m.due_on, 'MatchCandidate', m.id
          from match m join arrival a on a.id = m.arrival_id and a.state not in ('RETURNED', 'LEFT')
         where m.state = 'ASKED'
           and not exists (select from match l where l.arrival_id = a.id and l.state = 'CONFIRMED'
                              and l.ended_at is null)
    """,
    "DENIAL": f"""
        select 'DENIAL', 'INFLOW', {_HERE}, m.asked_organization_id,
               ({_DAY.format("m.denied_at")} + {_AFTER.format("match_answer")})::date, 'Liaison', a.id, m.id, ''
          from match m join arrival a on a.id = m.arrival_id
         where m.state = 'DENIED' and m.named and a.state not in ('RETURNED', 'LEFT')
           and not exists (select from match l where l.arrival_id = a.id and l.state = 'CONFIRMED')
    """,
    "DISCREPANCY": f"""
        select 'DISCREPANCY', x.owner, case x.owner when 'OUTFLOW' then d.organization_id else {_HERE} end,
               case x.owner when 'OUTFLOW' then {_HERE} else d.organization_id end, x.due_on, 'Discrepancy', x.id
          from discrepancy x join match m on m.id = x.match_id and m.state = 'CONFIRMED'
          join departure d on d.id = m.departure_id join arrival a on a.id = m.arrival_id
         where x.state <> 'SETTLED'
           and (m.ended_at is null and d.ended_on is null or x.participation_id is not null)
    """,
    "NO_ARRIVAL": f"""
        select 'NO_ARRIVAL', 'OUTFLOW', d.organization_id, null::uuid,
               ({_DAY.format("d.recorded_at")} + {_AFTER.format("arrival_expected")})::date, 'Liaison', d.id
          from departure d
         where d.ended_on is null
           and coalesce({_LEFT}, {_DAY.format("d.recorded_at")}) + {_AFTER.format("arrival_expected")} <= {_TODAY}
           and not exists (select from match m where m.departure_id = d.id and m.state = 'CONFIRMED')
    """,
    "NO_DEPARTURE": f"""
        select 'NO_DEPARTURE', 'INFLOW', {_HERE}, null::uuid,
               ({_DAY.format("a.recorded_at")} + {_AFTER.format("departure_expected")})::date, 'Liaison', a.id
          from arrival a
         where a.state not in ('RETURNED', 'LEFT')
           and coalesce({_CAME}, {_DAY.format("a.recorded_at")}) + {_AFTER.format("departure_expected")} <= {_TODAY}
           and not exists (select from match m where m.arrival_id = a.id and m.state = 'CONFIRMED')
           and not exists (select from match m where m.arrival_id = a.id and m.state = 'DENIED' and m.named)
    """,
    "LEAVING": f"""
        select 'LEAVING', 'OUTFLOW', d.organization_id, {_HERE},
               ({_DAY.format("a.amended_at")} + {_AFTER.format("leaving_answer")})::date, 'Liaison', d.id
          from {_LIVE} where {_OPEN_PAIR} and a.state = 'LEFT'
    """,
    "RETURN_VISIT": f"""
        select 'RETURN_VISIT', 'OUTFLOW', d.organization_id, null::uuid,
               (v.came_on + {_AFTER.format("return_meeting")})::date, 'Liaison', d.id, v.id, ''
          from visit v join departure d on d.id = v.departure_id
         where v.met_on is null and d.ended_on is null
    """,
    "TRANSFER_STEP": """
        select 'TRANSFER_STEP',
               case when t.state = 'LETTER_ISSUED' then 'INFLOW' else 'OUTFLOW' end,
               case t.state when 'LETTER_ISSUED' then t.inflow_organization_id
                            when 'CONFIRMED' then coalesce(t.review_organization_id, t.issuer_id)
                            when 'RECEIPTED' then t.issuer_id else t.outflow_organization_id end,
               case when t.state = 'LETTER_ISSUED' then t.outflow_organization_id else t.inflow_organization_id end,
               t.due_on, 'Transfer', t.id
          from transfer t
         where t.state in ('REQUESTED', 'CONFIRMED', 'RETURNED', 'RECEIPTED')
            or (t.state = 'LETTER_ISSUED'
                and exists (select from letter l where l.transfer_id = t.id and l.state = 'ISSUED'))
    """,
    "RECEIPT": """
        select 'RECEIPT', 'INFLOW', t.inflow_organization_id, t.issuer_id, t.receipt_due_on, 'Transfer', t.id
          from transfer t where t.state = 'RELEASED'
    """,
    "NATIONAL_SYSTEM_DATE": f"""
        select 'NATIONAL_SYSTEM_DATE', s.side, s.organization, s.other,
               (t.accepted_on + {_AFTER.format("national_system")})::date, 'Transfer', t.id,
               case s.side when 'OUTFLOW' then t.id else md5(t.id || s.side)::uuid end, ''
          from transfer t
          cross join lateral (values
            ('OUTFLOW', t.issuer_id, t.inflow_organization_id, t.national_system_out_on),
            ('INFLOW', t.inflow_organization_id, t.issuer_id, t.national_system_in_on))
            as s(side, organization, other, done_on)
         where t.accepted_on is not null and s.done_on is null
           and t.state in ('RELEASED', 'RECEIPTED', 'CLOSED')
    """,
    "LETTER_EXPIRED": f"""
        select 'LETTER_EXPIRED', 'OUTFLOW', t.issuer_id, t.inflow_organization_id,
               (l.expires_on + {_AFTER.format("transfer_step")})::date, 'Transfer', t.id
          from transfer t
          join lateral (select * from letter l where l.transfer_id = t.id order by l.issued_at desc limit 1) l on true
         where t.state = 'LETTER_ISSUED' and l.state = 'EXPIRED'
    """,
    "LATE_ACCEPTANCE": f"""
        select 'LATE_ACCEPTANCE', s.side, s.organization, s.other, ({_DAY.format("told.at")} + {_AFTER.format("transfer_step")})::date,
               'Transfer', t.id, case s.side when 'OUTFLOW' then t.id else md5(t.id || s.side)::uuid end, ''
          from transfer t
          join lateral (select max(w.at) as at from transfer_step w
                         where w.transfer_id = t.id and w.kind = 'LATE_ACCEPTANCE_RECORDED') told on true
          cross join lateral (values ('OUTFLOW', t.issuer_id, t.inflow_organization_id),
                                     ('INFLOW', t.inflow_organization_id, t.issuer_id)) as s(side, organization, other)
         where t.late_accepted_on is not null and t.late_settled_on is null
           and not exists (select from transfer n where n.member_id = t.member_id and n.created_at > told.at)
           and exists (select from affiliation f where f.member_id = t.member_id and f.superseded_at = 'infinity'
                          and f.ends is null)
    """,
    "RETURNED_NOT_CLOSED": f"""
        select 'RETURNED_NOT_CLOSED', 'OUTFLOW', d.organization_id, null::uuid,
               ({_DAY.format("d.amended_at")} + {_AFTER.format("returned_closed")})::date, 'Liaison', d.id
          from departure d
         where d.ended_on is null and (
               {_BACK} < {_TODAY}
            or exists (select from question q where q.departure_id = d.id and q.answer = 'RETURNED')
            or exists (select from match m join arrival a on a.id = m.arrival_id
                        where m.departure_id = d.id and {_OPEN_PAIR} and a.state = 'RETURNED'))
    """,
    "TWO_MEMBERS": f"""
        select 'TWO_MEMBERS', 'OUTFLOW', o.department, null::uuid,
               ({_DAY.format("later.recorded_at")} + {_AFTER.format("two_members_answer")})::date, 'Member', e.id
          from (select i.digest, array_agg(m.id order by m.recorded_at, m.id) as people
                  from identity i join member m on m.id = i.subject_id
                 where i.of_member and i.replaced_at is null and m.standing = 'IN_FORCE'
                 group by i.digest having count(*) > 1) twice
          join member e on e.id = twice.people[1] join member later on later.id = twice.people[2]
          join affiliation f on f.member_id = e.id and f.superseded_at = 'infinity' and f.ends is null
          join lateral (select c.ancestor as department
                          from organization_closure c join organization o on o.id = c.ancestor
                         where c.descendant = f.organization_id
                         order by o.kind = 'ORGANIZATION_DEPARTMENT' desc, c.depth
                         limit 1) o on true
    """,
    "QUESTION": """
        select q.kind, q.turn, q.organization_id, null::uuid, q.due_on, 'Liaison',
               coalesce(q.departure_id, q.arrival_id), q.id, q.about
          from question q where q.answered_at is null
    """,
}
_WITH_OWN_ID = ("QUESTION", "DENIAL", "RETURN_VISIT", "NATIONAL_SYSTEM_DATE", "LATE_ACCEPTANCE", *task_life.WITH_OWN_ID)
"""Sources where one record may give two tasks of a kind, so each names its task."""
_ASKED = ("STILL_AWAY", "REMARK", "UNREADABLE", "TRANSFER_ELIGIBLE", "SEARCH")
"""Kinds that are stored as questions; of these the hub itself closes SEARCH."""
_PAGE: Final = """
    with task (kind, turn, organization_id, other_id, due_on, object_type, object_id, id, about) as ({sources})
    select t.* from task t
     where {whose} and (cast(:kinds as text[]) is null or t.kind = any(cast(:kinds as text[]))) {after}
     order by coalesce(t.due_on, date '9999-12-30'), t.kind, t.id limit :limit
"""
_BELOW = "exists (select from organization_closure c where c.ancestor = :organization and c.descendant = t.{})"
_WHOSE: Final = {
    "MINE": _BELOW.format("organization_id"),
    "THEIRS": f"{_BELOW.format('other_id')} and not {_BELOW.format('organization_id')}",
}
_CITED: Final = {
    "MATCH": RuleCode.MATCH_ANSWER,
    "DENIAL": RuleCode.MATCH_ANSWER,
    "DISCREPANCY": RuleCode.DISCREPANCY_SETTLED,
    "NO_ARRIVAL": RuleCode.ARRIVAL_EXPECTED,
    "NO_DEPARTURE": RuleCode.DEPARTURE_EXPECTED,
    "STILL_AWAY": RuleCode.STILL_AWAY_ANSWER,
    "REMARK": RuleCode.REMARK_ANSWER,
    "UNREADABLE": RuleCode.REMARK_ANSWER,
    "LEAVING": RuleCode.LEAVING_ANSWER,
    "RETURN_VISIT": RuleCode.RETURN_MEETING,
    "TRANSFER_STEP": RuleCode.TRANSFER_STEP,
    "RECEIPT": RuleCode.RECEIPT,
    "NATIONAL_SYSTEM_DATE": RuleCode.NATIONAL_SYSTEM,
    "LETTER_EXPIRED": RuleCode.LETTER_VALID,
    "TRANSFER_ELIGIBLE": RuleCode.TRANSFER_ELIGIBLE_AFTER,
    "RETURNED_NOT_CLOSED": RuleCode.RETURNED_CLOSED,
    "TWO_MEMBERS": RuleCode.TWO_MEMBERS_ANSWER,
    "LATE_ACCEPTANCE": RuleCode.TRANSFER_STEP,
    **task_life.CITED,
}
_TEXTS: Final = {
    **task_life.TEXTS,
    "MATCH": "有一名流入党员可能是本组织党员，请确认或否认 / An arrival may be your member: confirm or deny it",
    "DENIAL": "流出地答复“不是我方党员”，请核实后提出异议或退回 / The outflow side said not ours: verify, object or send back",
    "DISCREPANCY": "两边登记不一致，请核实后采用一方 / The two sides differ: verify and settle it",
    "NO_ARRIVAL": "外出登记后尚未在流入地报到，请联系党员或流入地 / No arrival yet: contact the member or the place",
    "NO_DEPARTURE": "流入登记尚无对应的外出登记，请联系原党组织 / No departure yet: contact the home organization",
    "STILL_AWAY": "本月台账中不再出现，请答复是否仍在外 / No longer in this month's ledger: is the member still away?",
    "REMARK": "备注提示情况有变化，请答复 / A remark says that something changed: answer what holds",
    "UNREADABLE": "台账中有一格看不懂，请补填 / A cell could not be read: fill it in",
    "LEAVING": "流入地登记党员已离开，请核实并办结或续接 / The place says the member left: verify, end it or open the next",
    "RETURN_VISIT": "党员返乡，请见面并登记 / The member came home: meet and record it",
    "TRANSFER_STEP": "组织关系转接等待办理 / A transfer waits for your step",
    "RECEIPT": "已接收，请寄回回执联 / Accepted: return the receipt",
    "NATIONAL_SYSTEM_DATE": "请登记在全国系统办理的日期 / Record the date on which the national system was done",
    "LETTER_EXPIRED": "介绍信已过有效期仍未被接收，请重开或退回 / The letter expired unaccepted: issue a new one or return",
    "TRANSFER_ELIGIBLE": "在固定地点已满六个月，应转尽转：请发起转接或说明理由 / Six months at one place: request a transfer or say why not",
    "RETURNED_NOT_CLOSED": "党员已返回但外出记录未办结，请办结 / Returned but not closed: end the liaison",
    "TWO_MEMBERS": "同一号码登记了两名党员，请核实 / One number on two members: find out which holds",
    "LATE_ACCEPTANCE": "撤回生效后才得知接收方此前已接收，请双方商定 / Accepted in time but told after the withdrawal: settle what holds",
}
_FIELDS_IN_CHINESE: Final = {
    "departedOn": "流出时间",
    "expectedReturn": "预计返回",
    "arrivedOn": "流入时间",
    "phone": "联系电话",
    "inflowOrganization": "流入地党组织",
    "birthDate": "出生日期",
    "RETURNED": "已返乡",
    "TRANSFERRED": "已转走",
    "DECEASED": "去世",
    "NO_CONTACT": "暂未取得联系",
}


@dataclass(frozen=True, slots=True)
class After:
    """Where a page of tasks ended."""

    due_on: date | None
    kind: str
    id: UUID


def _sources(kinds: Collection[str] | None) -> str:
    wanted = [
        name
        for name in _SOURCES
        if not kinds or name in kinds or (name == "QUESTION" and not set(_ASKED).isdisjoint(kinds))
    ]
    return " union all ".join(
        _SOURCES[name]
        if name in _WITH_OWN_ID
        else f"select s.*, s.object_id, '' from ({_SOURCES[name]}) as"
        " s(kind, turn, organization_id, other_id, due_on, object_type, object_id)"
        for name in wanted
    )


async def page(
    connection: AsyncConnection,
    viewer: Viewer,
    *,
    now: datetime,
    organization: UUID,
    whose: str = "MINE",
    kinds: Collection[TaskKind] | None = None,
    first: int = 50,
    after: After | None = None,
) -> list[Task]:
    """Return up to `first` tasks, soonest due first. `organization` is the viewer's own or one below it (the caller
    has checked). MINE: what waits for it; THEIRS: what it waits for. Members and partners have none."""
    if not viewer.is_organization:
        return []
    day = today(now)
    rules = await general_rules(connection, day)
    parameters: dict[str, Any] = {code.value.lower(): rule.interval for code, rule in rules.items()}
    parameters |= {"today": day, "organization": organization, "limit": first}
    parameters["kinds"] = [kind.value for kind in kinds] if kinds else None
    keyset = ""
    if after is not None:
        keyset = (
            "and (coalesce(t.due_on, date '9999-12-30'), t.kind, t.id)"
            " > (cast(:after_due as date), cast(:after_kind as text), cast(:after_id as uuid))"
        )
        parameters |= {"after_due": after.due_on or date(9999, 12, 30), "after_kind": after.kind, "after_id": after.id}
    statement = text(_PAGE.format(sources=_sources(parameters["kinds"]), whose=_WHOSE[whose], after=keyset))
    used = {key: value for key, value in parameters.items() if f":{key}" in statement.text}
    tasks = []
    for row in await connection.execute(statement, used):
        about = _FIELDS_IN_CHINESE.get(row.about, row.about)
        tasks.append(
            Task(
                row.id,
                TaskKind(row.kind),
                Side(row.turn),
                row.organization_id,
                f"{_TEXTS[row.kind]}（{about}）" if about else _TEXTS[row.kind],
                row.due_on,
                rules[_CITED[row.kind]].citation,
                row.object_type,
                row.object_id,
            )
        )
    return tasks
