-- 11 statements

(select m.id as id, m.created_at as at, '' as side from match m where exists (select from organization_closure c where c.ancestor = $1 and c.descendant in (m.asked_organization_id)) and m.state = any($2) order by m.created_at desc, m.id desc limit $3)

select descendant from organization_closure where ancestor = $1 and descendant = any($2)

select distinct on (code) code, amount, unit, citation from deadline_rule
     where organization_id is null and effective_from <= $1 and (effective_to is null or effective_to > $1)
     order by code, effective_from desc

with task (kind, turn, organization_id, other_id, due_on, object_type, object_id, id, about) as (select s.*, s.object_id, '' from (
        select 'PARTICIPATION_UNACKNOWLEDGED', 'OUTFLOW', f.organization_id, (array_agg(coalesce(a.branch_id, a.organization_id)))[1],
               min((greatest(p.confirmed_at, m.confirmed_at) at time zone 'Asia/Shanghai')::date + cast(cast($1 as text) as interval))::date,
               'Member', m.member_id
          from participation p
          join match m on m.arrival_id = p.arrival_id and m.state = 'CONFIRMED'
          join arrival a on a.id = p.arrival_id
    left join lateral (
        select f.organization_id, f.ends from affiliation f
         where f.member_id = m.member_id and f.superseded_at = 'infinity'
         order by f.starts desc limit 1) f on true
         where p.state = 'CONFIRMED'
         group by f.organization_id, m.member_id
        having min((greatest(p.confirmed_at, m.confirmed_at) at time zone 'Asia/Shanghai')::date + cast(cast($1 as text) as interval))
               < cast($2 as date)
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all select s.*, s.object_id, '' from (
        select 'SELF_REPORT', 'OUTFLOW', p.organization_id, null::uuid,
               ((p.recorded_at at time zone 'Asia/Shanghai')::date + cast(cast($3 as text) as interval))::date, 'Participation', p.id
          from participation p
         where p.source = 'SELF_REPORT'
           and (p.state = 'RECORDED' and p.twin_id is null or p.state = 'CONFIRMED' and p.member_id is not null)
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all select s.*, s.object_id, '' from (
        select 'DISPUTE', case when p.arrival_id is null then 'OUTFLOW' else 'INFLOW' end,
               coalesce(coalesce(a.branch_id, a.organization_id), p.organization_id), f.organization_id, p.dispute_due_on, 'Participation', p.id
          from participation p left join arrival a on a.id = p.arrival_id
          left join lateral (select m.member_id from match m where m.arrival_id = p.arrival_id and m.state = 'CONFIRMED'
                              order by m.ended_at desc nulls first limit 1) l on true
    left join lateral (
        select f.organization_id, f.ends from affiliation f
         where f.member_id = coalesce(p.member_id, l.member_id) and f.superseded_at = 'infinity'
         order by f.starts desc limit 1) f on true
         where p.dispute_state = 'DISPUTED'
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all select s.*, s.object_id, '' from (
        select 'ABSENCE_UNHEARD', 'OUTFLOW', d.organization_id, null::uuid,
               ((greatest(p.confirmed_at, m.confirmed_at) at time zone 'Asia/Shanghai')::date + cast(cast($4 as text) as interval))::date,
               'Participation', p.id
          from participation p
          join match m on m.arrival_id = p.arrival_id and m.state = 'CONFIRMED' and m.ended_at is null
          join departure d on d.id = m.departure_id
         where p.attendance = 'ABSENT_UNEXCUSED' and p.heard_on is null and p.state <> 'RECORDED'
           and p.dispute_state is distinct from 'DISPUTED'
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all select s.*, s.object_id, '' from (
        select 'INQUIRY', 'INFLOW', i.inflow_organization_id, i.outflow_organization_id, i.due_on, 'Inquiry', i.id
          from inquiry i where i.state = 'ASKED'
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all
        select 'INQUIRY_OVERDUE', 'INFLOW', c.ancestor, i.outflow_organization_id,
               (i.due_on + c.depth * cast(cast($5 as text) as interval))::date, 'Inquiry', i.id,
               md5(i.id || c.ancestor::text)::uuid, ''
          from inquiry i
          join organization_closure c on c.descendant = i.inflow_organization_id and c.depth > 0
         where i.state = 'ASKED' and i.due_on + (c.depth - 1) * cast(cast($5 as text) as interval) < cast($2 as date)
     union all select s.*, s.object_id, '' from (
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
         where x.lifted_on is null and x.found_on <= cast($2 as date)
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all select s.*, s.object_id, '' from (
        select 'MATCH', 'OUTFLOW', m.asked_organization_id, null::uuid, m.due_on, 'MatchCandidate', m.id
          from match m join arrival a on a.id = m.arrival_id and a.state not in ('RETURNED', 'LEFT')
         where m.state = 'ASKED'
           and not exists (select from match l where l.arrival_id = a.id and l.state = 'CONFIRMED'
                              and l.ended_at is null)
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all
        select 'DENIAL', 'INFLOW', coalesce(a.branch_id, a.organization_id), m.asked_organization_id,
               ((m.denied_at at time zone 'Asia/Shanghai')::date + cast(cast($6 as text) as interval))::date, 'Liaison', a.id, m.id, ''
          from match m join arrival a on a.id = m.arrival_id
         where m.state = 'DENIED' and m.named and a.state not in ('RETURNED', 'LEFT')
           and not exists (select from match l where l.arrival_id = a.id and l.state = 'CONFIRMED')
     union all select s.*, s.object_id, '' from (
        select 'DISCREPANCY', x.owner, case x.owner when 'OUTFLOW' then d.organization_id else coalesce(a.branch_id, a.organization_id) end,
               case x.owner when 'OUTFLOW' then coalesce(a.branch_id, a.organization_id) else d.organization_id end, x.due_on, 'Discrepancy', x.id
          from discrepancy x join match m on m.id = x.match_id and m.state = 'CONFIRMED'
          join departure d on d.id = m.departure_id join arrival a on a.id = m.arrival_id
         where x.state <> 'SETTLED'
           and (m.ended_at is null and d.ended_on is null or x.participation_id is not null)
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all select s.*, s.object_id, '' from (
        select 'NO_ARRIVAL', 'OUTFLOW', d.organization_id, null::uuid,
               ((d.recorded_at at time zone 'Asia/Shanghai')::date + cast(cast($7 as text) as interval))::date, 'Liaison', d.id
          from departure d
         where d.ended_on is null
           and coalesce(
    (case length(d.departed_on) when 10 then d.departed_on::date when 7 then (d.departed_on || '-01')::date + interval '1 month - 1 day'
          when 4 then (d.departed_on || '-12-31')::date end)
, (d.recorded_at at time zone 'Asia/Shanghai')::date) + cast(cast($7 as text) as interval) <= cast($2 as date)
           and not exists (select from match m where m.departure_id = d.id and m.state = 'CONFIRMED')
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all select s.*, s.object_id, '' from (
        select 'NO_DEPARTURE', 'INFLOW', coalesce(a.branch_id, a.organization_id), null::uuid,
               ((a.recorded_at at time zone 'Asia/Shanghai')::date + cast(cast($8 as text) as interval))::date, 'Liaison', a.id
          from arrival a
         where a.state not in ('RETURNED', 'LEFT')
           and coalesce(
    (case length(a.arrived_on) when 10 then a.arrived_on::date when 7 then (a.arrived_on || '-01')::date + interval '1 month - 1 day'
          when 4 then (a.arrived_on || '-12-31')::date end)
, (a.recorded_at at time zone 'Asia/Shanghai')::date) + cast(cast($8 as text) as interval) <= cast($2 as date)
           and not exists (select from match m where m.arrival_id = a.id and m.state = 'CONFIRMED')
           and not exists (select from match m where m.arrival_id = a.id and m.state = 'DENIED' and m.named)
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all select s.*, s.object_id, '' from (
        select 'LEAVING', 'OUTFLOW', d.organization_id, coalesce(a.branch_id, a.organization_id),
               ((a.amended_at at time zone 'Asia/Shanghai')::date + cast(cast($9 as text) as interval))::date, 'Liaison', d.id
          from
    match m join departure d on d.id = m.departure_id and d.ended_on is null
            join arrival a on a.id = m.arrival_id
 where m.state = 'CONFIRMED' and m.ended_at is null and a.state = 'LEFT'
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all
        select 'RETURN_VISIT', 'OUTFLOW', d.organization_id, null::uuid,
               (v.came_on + cast(cast($10 as text) as interval))::date, 'Liaison', d.id, v.id, ''
          from visit v join departure d on d.id = v.departure_id
         where v.met_on is null and d.ended_on is null
     union all select s.*, s.object_id, '' from (
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
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all select s.*, s.object_id, '' from (
        select 'RECEIPT', 'INFLOW', t.inflow_organization_id, t.issuer_id, t.receipt_due_on, 'Transfer', t.id
          from transfer t where t.state = 'RELEASED'
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all
        select 'NATIONAL_SYSTEM_DATE', s.side, s.organization, s.other,
               (t.accepted_on + cast(cast($11 as text) as interval))::date, 'Transfer', t.id,
               case s.side when 'OUTFLOW' then t.id else md5(t.id || s.side)::uuid end, ''
          from transfer t
          cross join lateral (values
            ('OUTFLOW', t.issuer_id, t.inflow_organization_id, t.national_system_out_on),
            ('INFLOW', t.inflow_organization_id, t.issuer_id, t.national_system_in_on))
            as s(side, organization, other, done_on)
         where t.accepted_on is not null and s.done_on is null
           and t.state in ('RELEASED', 'RECEIPTED', 'CLOSED')
     union all select s.*, s.object_id, '' from (
        select 'LETTER_EXPIRED', 'OUTFLOW', t.issuer_id, t.inflow_organization_id,
               (l.expires_on + cast(cast($12 as text) as interval))::date, 'Transfer', t.id
          from transfer t
          join lateral (select * from letter l where l.transfer_id = t.id order by l.issued_at desc limit 1) l on true
         where t.state = 'LETTER_ISSUED' and l.state = 'EXPIRED'
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all
        select 'LATE_ACCEPTANCE', s.side, s.organization, s.other, ((told.at at time zone 'Asia/Shanghai')::date + cast(cast($12 as text) as interval))::date,
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
     union all select s.*, s.object_id, '' from (
        select 'RETURNED_NOT_CLOSED', 'OUTFLOW', d.organization_id, null::uuid,
               ((d.amended_at at time zone 'Asia/Shanghai')::date + cast(cast($13 as text) as interval))::date, 'Liaison', d.id
          from departure d
         where d.ended_on is null and (
    (case length(d.expected_return) when 10 then d.expected_return::date when 7 then (d.expected_return || '-01')::date + interval '1 month - 1 day'
          when 4 then (d.expected_return || '-12-31')::date end)
 < cast($2 as date)
            or exists (select from question q where q.departure_id = d.id and q.answer = 'RETURNED')
            or exists (select from match m join arrival a on a.id = m.arrival_id
                        where m.departure_id = d.id and m.state = 'CONFIRMED' and m.ended_at is null and a.state = 'RETURNED'))
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all select s.*, s.object_id, '' from (
        select 'TWO_MEMBERS', 'OUTFLOW', o.department, null::uuid,
               ((later.recorded_at at time zone 'Asia/Shanghai')::date + cast(cast($14 as text) as interval))::date, 'Member', e.id
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
    ) as s(kind, turn, organization_id, other_id, due_on, object_type, object_id) union all
        select q.kind, q.turn, q.organization_id, null::uuid, q.due_on, 'Liaison',
               coalesce(q.departure_id, q.arrival_id), q.id, q.about
          from question q where q.answered_at is null
    )
    select t.* from task t
     where exists (select from organization_closure c where c.ancestor = $15 and c.descendant = t.organization_id) and (cast($16 as text[]) is null or t.kind = any(cast($16 as text[])))
     order by coalesce(t.due_on, date '9999-12-30'), t.kind, t.id limit $17

SELECT match.id, match.version, match.member_id, match.departure_id, match.arrival_id, match.asked_organization_id, match.basis, match.state, match.asked_on, match.due_on, match.denial, CASE WHEN (granted.access IN ($5::VARCHAR, $6::VARCHAR, $7::VARCHAR)) THEN match.denial_note END AS denial_note, match.denied_at, CASE WHEN (granted.access IN ($8::VARCHAR, $9::VARCHAR, $10::VARCHAR)) THEN match.objection END AS objection, match.objected_at, match.confirmed_at, match.undone_at, CASE WHEN (granted.access IN ($11::VARCHAR, $12::VARCHAR, $13::VARCHAR)) THEN match.undo_reason END AS undo_reason, match.ended_at, match.created_at, granted.access
FROM match JOIN (SELECT match.id AS id, CASE WHEN (match.asked_organization_id = $1::UUID) THEN $2::VARCHAR WHEN (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = match.asked_organization_id)) THEN $3::VARCHAR END AS access
FROM match
WHERE match.id = ANY ($4::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON match.id = granted.id
WHERE granted.access IS NOT NULL

SELECT organization.id, organization.version, organization.system, organization.code, organization.name, organization.short_name, organization.kind, organization.parent_id, organization.division_code, organization.can_issue_letters, organization.closed_on, organization.successor_id, organization.recorded_at, organization.recorded_by
FROM organization
WHERE organization.id IN ($1::UUID)

SELECT departure.id, departure.version, departure.member_id, departure.organization_id, departure.departed_on, departure.expected_return, CASE WHEN (granted.access IN ($7::VARCHAR, $8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR)) THEN departure.destination END AS destination, CASE WHEN (granted.access IN ($12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR)) THEN departure.work_unit END AS work_unit, CASE WHEN (granted.access IN ($17::VARCHAR, $18::VARCHAR, $19::VARCHAR, $20::VARCHAR, $21::VARCHAR)) THEN departure.address_masked END AS address_masked, CASE WHEN (granted.access IN ($22::VARCHAR, $23::VARCHAR)) THEN departure.phone_sealed END AS phone_sealed, CASE WHEN (granted.access IN ($24::VARCHAR, $25::VARCHAR, $26::VARCHAR, $27::VARCHAR, $28::VARCHAR)) THEN departure.phone_masked END AS phone_masked, CASE WHEN (granted.access IN ($29::VARCHAR, $30::VARCHAR, $31::VARCHAR, $32::VARCHAR, $33::VARCHAR)) THEN departure.other_phone_masked END AS other_phone_masked, CASE WHEN (granted.access IN ($34::VARCHAR, $35::VARCHAR, $36::VARCHAR, $37::VARCHAR, $38::VARCHAR)) THEN departure.other_phone_whose END AS other_phone_whose, departure.inflow_organization_id, CASE WHEN (granted.access IN ($39::VARCHAR, $40::VARCHAR, $41::VARCHAR, $42::VARCHAR, $43::VARCHAR)) THEN departure.inflow_organization_text END AS inflow_organization_text, CASE WHEN (granted.access IN ($44::VARCHAR, $45::VARCHAR, $46::VARCHAR, $47::VARCHAR, $48::VARCHAR)) THEN departure.inflow_leader_name END AS inflow_leader_name, CASE WHEN (granted.access IN ($49::VARCHAR, $50::VARCHAR, $51::VARCHAR, $52::VARCHAR, $53::VARCHAR)) THEN departure.inflow_leader_phone END AS inflow_leader_phone, CASE WHEN (granted.access IN ($54::VARCHAR, $55::VARCHAR, $56::VARCHAR, $57::VARCHAR, $58::VARCHAR)) THEN departure.card_number END AS card_number, CASE WHEN (granted.access IN ($59::VARCHAR, $60::VARCHAR, $61::VARCHAR)) THEN departure.reason END AS reason, CASE WHEN (granted.access IN ($62::VARCHAR, $63::VARCHAR, $64::VARCHAR)) THEN departure.remark END AS remark, departure.confirmed_on, departure.ended_on, CASE WHEN (granted.access IN ($65::VARCHAR, $66::VARCHAR, $67::VARCHAR, $68::VARCHAR) OR (departure.end_reason NOT IN ($69::VARCHAR, $70::VARCHAR))) THEN departure.end_reason END AS end_reason, departure.moved_on_to, departure.recorded_at, departure.amended_at, granted.access
FROM departure JOIN (SELECT departure.id AS id, CASE WHEN (departure.organization_id = $1::UUID) THEN $2::VARCHAR WHEN (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = departure.organization_id)) THEN $3::VARCHAR WHEN (EXISTS (SELECT *
FROM match, arrival
WHERE match.departure_id = departure.id AND match.state = $4::VARCHAR AND arrival.id = match.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.branch_id))))) THEN $5::VARCHAR END AS access
FROM departure
WHERE departure.id = ANY ($6::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON departure.id = granted.id
WHERE granted.access IS NOT NULL

SELECT arrival.id, arrival.version, arrival.organization_id, arrival.branch_id, arrival.state, CASE WHEN (granted.access IN ($8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR)) THEN arrival.name END AS name, CASE WHEN (granted.access IN ($13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR)) THEN arrival.birth_date END AS birth_date, CASE WHEN (granted.access IN ($18::VARCHAR, $19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR)) THEN arrival.category END AS category, CASE WHEN (granted.access IN ($23::VARCHAR, $24::VARCHAR, $25::VARCHAR, $26::VARCHAR, $27::VARCHAR)) THEN arrival.citizen_id_masked END AS citizen_id_masked, arrival.arrived_on, arrival.placed_on, arrival.left_on, CASE WHEN (granted.access IN ($28::VARCHAR, $29::VARCHAR, $30::VARCHAR, $31::VARCHAR, $32::VARCHAR)) THEN arrival.left_for END AS left_for, arrival.return_reason, CASE WHEN (granted.access IN ($33::VARCHAR, $34::VARCHAR, $35::VARCHAR, $36::VARCHAR, $37::VARCHAR)) THEN arrival.return_note END AS return_note, CASE WHEN (granted.access IN ($38::VARCHAR, $39::VARCHAR, $40::VARCHAR, $41::VARCHAR, $42::VARCHAR)) THEN arrival.home_organization_text END AS home_organization_text, CASE WHEN (granted.access IN ($43::VARCHAR, $44::VARCHAR, $45::VARCHAR, $46::VARCHAR, $47::VARCHAR)) THEN arrival.work_unit END AS work_unit, CASE WHEN (granted.access IN ($48::VARCHAR, $49::VARCHAR, $50::VARCHAR, $51::VARCHAR, $52::VARCHAR)) THEN arrival.address_masked END AS address_masked, CASE WHEN (granted.access IN ($53::VARCHAR, $54::VARCHAR)) THEN arrival.phone_sealed END AS phone_sealed, CASE WHEN (granted.access IN ($55::VARCHAR, $56::VARCHAR, $57::VARCHAR, $58::VARCHAR, $59::VARCHAR)) THEN arrival.phone_masked END AS phone_masked, CASE WHEN (granted.access IN ($60::VARCHAR, $61::VARCHAR, $62::VARCHAR, $63::VARCHAR, $64::VARCHAR)) THEN arrival.other_phone_masked END AS other_phone_masked, CASE WHEN (granted.access IN ($65::VARCHAR, $66::VARCHAR, $67::VARCHAR, $68::VARCHAR, $69::VARCHAR)) THEN arrival.other_phone_whose END AS other_phone_whose, CASE WHEN (granted.access IN ($70::VARCHAR, $71::VARCHAR, $72::VARCHAR, $73::VARCHAR, $74::VARCHAR)) THEN arrival.card_number END AS card_number, CASE WHEN (granted.access IN ($75::VARCHAR, $76::VARCHAR, $77::VARCHAR)) THEN arrival.remark END AS remark, arrival.confirmed_on, arrival.recorded_at, arrival.amended_at, granted.access
FROM arrival JOIN (SELECT arrival.id AS id, CASE WHEN (arrival.organization_id = $1::UUID OR arrival.branch_id = $1::UUID) THEN $2::VARCHAR WHEN ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.branch_id))) THEN $3::VARCHAR WHEN (EXISTS (SELECT *
FROM match, departure
WHERE match.arrival_id = arrival.id AND match.state = $4::VARCHAR AND departure.id = match.departure_id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = departure.organization_id)))) THEN $5::VARCHAR WHEN (EXISTS (SELECT *
FROM match
WHERE match.arrival_id = arrival.id AND match.state IN ($78::VARCHAR, $79::VARCHAR) AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = match.asked_organization_id)))) THEN $6::VARCHAR END AS access
FROM arrival
WHERE arrival.id = ANY ($7::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON arrival.id = granted.id
WHERE granted.access IS NOT NULL

select id, departure_id, arrival_id, member_id, confirmed_at, ended_at from match
     where state = 'CONFIRMED' and departure_id = any($1)
    union
    select id, departure_id, arrival_id, member_id, confirmed_at, ended_at from match
     where state = 'CONFIRMED' and arrival_id = any($2)

SELECT member.id, member.version, CASE WHEN (granted.access IN ($13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR)) THEN member.name END AS name, CASE WHEN (granted.access IN ($18::VARCHAR, $19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR)) THEN member.gender END AS gender, CASE WHEN (granted.access IN ($23::VARCHAR, $24::VARCHAR, $25::VARCHAR, $26::VARCHAR, $27::VARCHAR)) THEN member.birth_date END AS birth_date, CASE WHEN (granted.access IN ($28::VARCHAR, $29::VARCHAR, $30::VARCHAR, $31::VARCHAR, $32::VARCHAR)) THEN member.ethnicity END AS ethnicity, CASE WHEN (granted.access IN ($33::VARCHAR, $34::VARCHAR, $35::VARCHAR, $36::VARCHAR, $37::VARCHAR)) THEN member.category END AS category, CASE WHEN (granted.access IN ($38::VARCHAR, $39::VARCHAR, $40::VARCHAR, $41::VARCHAR, $42::VARCHAR)) THEN member.citizen_id_masked END AS citizen_id_masked, CASE WHEN (granted.access IN ($43::VARCHAR, $44::VARCHAR)) THEN member.phone_sealed END AS phone_sealed, CASE WHEN (granted.access IN ($45::VARCHAR, $46::VARCHAR, $47::VARCHAR, $48::VARCHAR, $49::VARCHAR)) THEN member.phone_masked END AS phone_masked, CASE WHEN (granted.access IN ($50::VARCHAR, $51::VARCHAR, $52::VARCHAR, $53::VARCHAR)) THEN member.standing END AS standing, CASE WHEN (granted.access IN ($54::VARCHAR, $55::VARCHAR, $56::VARCHAR, $57::VARCHAR)) THEN member.joined_on END AS joined_on, CASE WHEN (granted.access IN ($58::VARCHAR, $59::VARCHAR, $60::VARCHAR, $61::VARCHAR)) THEN member.full_member_on END AS full_member_on, CASE WHEN (granted.access IN ($62::VARCHAR, $63::VARCHAR, $64::VARCHAR, $65::VARCHAR)) THEN member.dues_paid_through END AS dues_paid_through, CASE WHEN (granted.access IN ($66::VARCHAR, $67::VARCHAR, $68::VARCHAR)) THEN member.education END AS education, CASE WHEN (granted.access IN ($69::VARCHAR, $70::VARCHAR, $71::VARCHAR)) THEN member.occupation END AS occupation, member.recorded_at, granted.access
FROM member JOIN (SELECT member.id AS id, CASE WHEN (EXISTS (SELECT *
FROM affiliation
WHERE affiliation.member_id = member.id AND affiliation.superseded_at = 'infinity'::timestamptz AND affiliation.ends IS NULL AND affiliation.organization_id = $1::UUID)) THEN $2::VARCHAR WHEN (EXISTS (SELECT *
FROM affiliation
WHERE affiliation.member_id = member.id AND affiliation.superseded_at = 'infinity'::timestamptz AND affiliation.ends IS NULL AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = affiliation.organization_id)))) THEN $3::VARCHAR WHEN (EXISTS (SELECT *
FROM affiliation
WHERE affiliation.member_id = member.id AND affiliation.superseded_at = 'infinity'::timestamptz AND affiliation.ended_by IS NOT NULL AND NOT (EXISTS (SELECT *
FROM affiliation AS affiliation_1
WHERE affiliation_1.member_id = affiliation.member_id AND affiliation_1.superseded_at = 'infinity'::timestamptz AND affiliation_1.starts > affiliation.starts)) AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = affiliation.organization_id)))) THEN $4::VARCHAR WHEN (EXISTS (SELECT *
FROM transfer
WHERE transfer.member_id = member.id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.inflow_organization_id)) AND transfer.state IN ($72::VARCHAR, $73::VARCHAR, $74::VARCHAR, $75::VARCHAR, $76::VARCHAR))) THEN $5::VARCHAR WHEN (EXISTS (SELECT *
FROM transfer
WHERE transfer.member_id = member.id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.inflow_organization_id)))) THEN $6::VARCHAR WHEN (EXISTS (SELECT *
FROM match, arrival
WHERE match.member_id = member.id AND match.state = $7::VARCHAR AND arrival.id = match.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.branch_id))))) THEN $8::VARCHAR WHEN (EXISTS (SELECT *
FROM transfer
WHERE transfer.member_id = member.id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.outflow_organization_id)))) THEN $9::VARCHAR WHEN (EXISTS (SELECT *
FROM inquiry
WHERE inquiry.member_id = member.id AND inquiry.state = $10::VARCHAR AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = inquiry.inflow_organization_id)))) THEN $11::VARCHAR END AS access
FROM member
WHERE member.id = ANY ($12::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON member.id = granted.id
WHERE granted.access IS NOT NULL

SELECT arrival.id, arrival.version, arrival.organization_id, arrival.branch_id, arrival.state, CASE WHEN (granted.access IN ($8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR)) THEN arrival.name END AS name, CASE WHEN (granted.access IN ($13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR)) THEN arrival.birth_date END AS birth_date, CASE WHEN (granted.access IN ($18::VARCHAR, $19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR)) THEN arrival.category END AS category, CASE WHEN (granted.access IN ($23::VARCHAR, $24::VARCHAR, $25::VARCHAR, $26::VARCHAR, $27::VARCHAR)) THEN arrival.citizen_id_masked END AS citizen_id_masked, arrival.arrived_on, arrival.placed_on, arrival.left_on, CASE WHEN (granted.access IN ($28::VARCHAR, $29::VARCHAR, $30::VARCHAR, $31::VARCHAR, $32::VARCHAR)) THEN arrival.left_for END AS left_for, arrival.return_reason, CASE WHEN (granted.access IN ($33::VARCHAR, $34::VARCHAR, $35::VARCHAR, $36::VARCHAR, $37::VARCHAR)) THEN arrival.return_note END AS return_note, CASE WHEN (granted.access IN ($38::VARCHAR, $39::VARCHAR, $40::VARCHAR, $41::VARCHAR, $42::VARCHAR)) THEN arrival.home_organization_text END AS home_organization_text, CASE WHEN (granted.access IN ($43::VARCHAR, $44::VARCHAR, $45::VARCHAR, $46::VARCHAR, $47::VARCHAR)) THEN arrival.work_unit END AS work_unit, CASE WHEN (granted.access IN ($48::VARCHAR, $49::VARCHAR, $50::VARCHAR, $51::VARCHAR, $52::VARCHAR)) THEN arrival.address_masked END AS address_masked, CASE WHEN (granted.access IN ($53::VARCHAR, $54::VARCHAR)) THEN arrival.phone_sealed END AS phone_sealed, CASE WHEN (granted.access IN ($55::VARCHAR, $56::VARCHAR, $57::VARCHAR, $58::VARCHAR, $59::VARCHAR)) THEN arrival.phone_masked END AS phone_masked, CASE WHEN (granted.access IN ($60::VARCHAR, $61::VARCHAR, $62::VARCHAR, $63::VARCHAR, $64::VARCHAR)) THEN arrival.other_phone_masked END AS other_phone_masked, CASE WHEN (granted.access IN ($65::VARCHAR, $66::VARCHAR, $67::VARCHAR, $68::VARCHAR, $69::VARCHAR)) THEN arrival.other_phone_whose END AS other_phone_whose, CASE WHEN (granted.access IN ($70::VARCHAR, $71::VARCHAR, $72::VARCHAR, $73::VARCHAR, $74::VARCHAR)) THEN arrival.card_number END AS card_number, CASE WHEN (granted.access IN ($75::VARCHAR, $76::VARCHAR, $77::VARCHAR)) THEN arrival.remark END AS remark, arrival.confirmed_on, arrival.recorded_at, arrival.amended_at, granted.access
FROM arrival JOIN (SELECT arrival.id AS id, CASE WHEN (arrival.organization_id = $1::UUID OR arrival.branch_id = $1::UUID) THEN $2::VARCHAR WHEN ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.branch_id))) THEN $3::VARCHAR WHEN (EXISTS (SELECT *
FROM match, departure
WHERE match.arrival_id = arrival.id AND match.state = $4::VARCHAR AND departure.id = match.departure_id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = departure.organization_id)))) THEN $5::VARCHAR WHEN (EXISTS (SELECT *
FROM match
WHERE match.arrival_id = arrival.id AND match.state IN ($78::VARCHAR, $79::VARCHAR) AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = match.asked_organization_id)))) THEN $6::VARCHAR END AS access
FROM arrival
WHERE arrival.id = ANY ($7::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON arrival.id = granted.id
WHERE granted.access IS NOT NULL
