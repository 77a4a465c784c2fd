-- 6 statements

(select i.id as id, i.created_at as at, '' as side from inbox i where i.organization_id = $1 and i.side = 'OUTFLOW' and i.state <> 'ENDED' order by i.created_at desc, i.id desc limit $2)

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

with whose as (select unnest(cast($1 as uuid[])) as member_id),
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
          from stay s join participation p on p.arrival_id = s.arrival_id and p.day between $2 and $3
        union all
        select w.member_id, p.day, p.attendance, p.mode, p.kind, p.hours, p.state, p.heard_on, false,
               coalesce(p.dispute_state = 'DISPUTED', false),
               p.state in ('CONFIRMED', 'ACKNOWLEDGED'), false
          from whose w join participation p on p.member_id = w.member_id and p.day between $2 and $3
         where p.twin_id is null
    ), judged as (
        select part.*, day >= $4 as is_now,
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
           exists (select from exemption e where e.member_id = w.member_id and e.starts_on <= $3
                      and (e.ends_on is null or e.ends_on >= $4)) as is_exempt
      from whose w
      left join summed s on s.member_id = w.member_id
      left join lateral (
          select count(*) as number from (
              select x.id from stay y join arrival a on a.id = y.arrival_id
                join organization_closure c on c.descendant in (a.organization_id, a.branch_id)
                join activity x on x.organization_id = c.ancestor and x.cancelled_at is null
                 and x.held_on >= to_char(cast($4 as date), 'YYYY-MM')
                 and x.held_on <= to_char(cast($3 as date), 'YYYY-MM-DD')
                 and (x.is_open_to_arrivals
                      or exists (select from participation p where p.activity_id = x.id and p.arrival_id = y.arrival_id))
               where y.member_id = w.member_id group by x.id) held) near on true

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

select distinct on (code) code, amount, unit, citation from deadline_rule
     where organization_id is null and effective_from <= $1 and (effective_to is null or effective_to > $1)
     order by code, effective_from desc

select m.id, m.standing, m.recorded_at, d.id as departure_id, d.departed_on, d.recorded_at as told_at,
           greatest(a.day, own.day) as attended_on,
    (case when m.dues_paid_through is null then null
          else least((m.dues_paid_through || '-01')::date + interval '1 month - 1 day', cast($1 as date))::date end)
 as paid_on, c.day as contact_on,
           (l.arrival_id is not null
            or exists (select from organization o where o.id = d.named_organization_id)) as is_on_hub,
           exists (select from lost_finding x where x.member_id = m.id and x.lifted_on is null) as is_lost
      from member m
      left join departure d on d.member_id = m.id and d.ended_on is null
      left join lateral (select k.arrival_id from match k where k.departure_id = d.id and k.state = 'CONFIRMED' limit 1) l
             on true
      left join lateral (
          select max(p.day) as day from match k join participation p on p.arrival_id = k.arrival_id
           where k.member_id = m.id and k.state = 'CONFIRMED' and p.attendance in ('PRESENT', 'LATE')
             and p.state in ('CONFIRMED', 'ACKNOWLEDGED')) a on true
      left join lateral (
          select max(p.day) as day from participation p
           where p.member_id = m.id and p.attendance in ('PRESENT', 'LATE')
             and p.state in ('CONFIRMED', 'ACKNOWLEDGED')) own on true
      left join lateral (
          select max(x.on_day) as day from contact x where x.member_id = m.id and x.is_two_way) c on true
     where m.id = any($2)
