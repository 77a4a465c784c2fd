-- 13 statements

with hosts as materialized (
    select c.descendant as id from organization_closure c where c.ancestor = $1
), formal as materialized (
    select f.member_id as id from hosts h
      join affiliation f on f.organization_id = h.id and f.superseded_at = 'infinity'
     where not exists (select from affiliation g where g.member_id = f.member_id and g.superseded_at = 'infinity'
                          and g.starts > f.starts)
), here as materialized (
    select a.id from hosts h join arrival a on a.organization_id = h.id
    union select a.id from hosts h join arrival a on a.branch_id = h.id
), away as materialized (
    (select m.arrival_id as id from hosts h join departure d on d.organization_id = h.id
       join match m on m.departure_id = d.id and m.state = 'CONFIRMED'
     union select m.arrival_id from formal f join match m on m.member_id = f.id and m.state = 'CONFIRMED')
    except select id from here
) select * from ((select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.arrival_id in (select id from here) and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3) union all (select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.arrival_id in (select id from away) and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3) union all (select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.arrival_id is not null and p.host_id in (select id from hosts) and p.arrival_id not in (select id from here) and p.arrival_id not in (select id from away) and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3) union all (select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.member_id in (select id from formal) and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3) union all (select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.twin_id in (select h.id from here join participation h on h.arrival_id = here.id where h.day >= $2) and p.member_id not in (select id from formal) and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3) union all (select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.member_id is not null and p.host_id in (select id from hosts)
    and exists (select from match m join arrival a on a.id = m.arrival_id
                 where m.member_id = p.member_id and m.state = 'CONFIRMED' and exists (select from organization_closure c where c.ancestor = $1 and c.descendant in (a.organization_id, a.branch_id))) and p.member_id not in (select id from formal) and (p.twin_id in (select h.id from here join participation h on h.arrival_id = here.id where h.day >= $2)) is not true and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3)) merged order by at desc, id desc limit $3

with hosts as materialized (
    select c.descendant as id from organization_closure c where c.ancestor = $1
), formal as materialized (
    select f.member_id as id from hosts h
      join affiliation f on f.organization_id = h.id and f.superseded_at = 'infinity'
     where not exists (select from affiliation g where g.member_id = f.member_id and g.superseded_at = 'infinity'
                          and g.starts > f.starts)
), here as materialized (
    select a.id from hosts h join arrival a on a.organization_id = h.id
    union select a.id from hosts h join arrival a on a.branch_id = h.id
), away as materialized (
    (select m.arrival_id as id from hosts h join departure d on d.organization_id = h.id
       join match m on m.departure_id = d.id and m.state = 'CONFIRMED'
     union select m.arrival_id from formal f join match m on m.member_id = f.id and m.state = 'CONFIRMED')
    except select id from here
) select * from ((select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.arrival_id in (select id from here) and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3) union all (select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.arrival_id in (select id from away) and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3) union all (select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.arrival_id is not null and p.host_id in (select id from hosts) and p.arrival_id not in (select id from here) and p.arrival_id not in (select id from away) and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3) union all (select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.member_id in (select id from formal) and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3) union all (select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.twin_id in (select h.id from here join participation h on h.arrival_id = here.id where h.day >= $2) and p.member_id not in (select id from formal) and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3) union all (select p.id as id, (p.day::timestamp at time zone 'UTC') as at, '' as side from participation p where p.day >= $2 and p.member_id is not null and p.host_id in (select id from hosts)
    and exists (select from match m join arrival a on a.id = m.arrival_id
                 where m.member_id = p.member_id and m.state = 'CONFIRMED' and exists (select from organization_closure c where c.ancestor = $1 and c.descendant in (a.organization_id, a.branch_id))) and p.member_id not in (select id from formal) and (p.twin_id in (select h.id from here join participation h on h.arrival_id = here.id where h.day >= $2)) is not true and p.state = 'CONFIRMED' order by (p.day::timestamp at time zone 'UTC') desc, p.id desc limit $3)) merged order by at desc, id desc limit $3

SELECT participation.id, CASE WHEN (granted.access = $1::VARCHAR) THEN $2::INTEGER ELSE participation.version END AS version, participation.activity_id, participation.arrival_id, participation.member_id, participation.organization_id, participation.source, participation.kind, CASE WHEN (granted.access IN ($15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR, $19::VARCHAR)) THEN participation.title END AS title, participation.held_on, participation.day, participation.host_id, CASE WHEN (granted.access IN ($20::VARCHAR, $21::VARCHAR, $22::VARCHAR, $23::VARCHAR, $24::VARCHAR)) THEN participation.host_text END AS host_text, CASE WHEN (granted.access IN ($25::VARCHAR, $26::VARCHAR, $27::VARCHAR, $28::VARCHAR, $29::VARCHAR)) THEN participation.place END AS place, participation.mode, CASE WHEN (granted.access IN ($30::VARCHAR, $31::VARCHAR, $32::VARCHAR, $33::VARCHAR, $34::VARCHAR)) THEN participation.attendance END AS attendance, CASE WHEN (granted.access IN ($35::VARCHAR, $36::VARCHAR, $37::VARCHAR, $38::VARCHAR, $39::VARCHAR)) THEN participation.role END AS role, CASE WHEN (granted.access IN ($40::VARCHAR, $41::VARCHAR, $42::VARCHAR, $43::VARCHAR, $44::VARCHAR)) THEN participation.voted END AS voted, CASE WHEN (granted.access IN ($45::VARCHAR, $46::VARCHAR, $47::VARCHAR, $48::VARCHAR, $49::VARCHAR)) THEN participation.minutes END AS minutes, CASE WHEN (granted.access IN ($50::VARCHAR, $51::VARCHAR, $52::VARCHAR, $53::VARCHAR, $54::VARCHAR)) THEN participation.hours END AS hours, CASE WHEN (granted.access IN ($55::VARCHAR, $56::VARCHAR, $57::VARCHAR, $58::VARCHAR, $59::VARCHAR)) THEN participation.components_attended END AS components_attended, CASE WHEN (granted.access IN ($60::VARCHAR, $61::VARCHAR, $62::VARCHAR, $63::VARCHAR, $64::VARCHAR)) THEN participation.evidence_kind END AS evidence_kind, CASE WHEN (granted.access IN ($65::VARCHAR, $66::VARCHAR, $67::VARCHAR, $68::VARCHAR, $69::VARCHAR)) THEN participation.evidence_reference END AS evidence_reference, CASE WHEN (granted.access IN ($70::VARCHAR, $71::VARCHAR, $72::VARCHAR)) THEN participation.remark END AS remark, participation.state, participation.confirmed_at, participation.accepted_on_evidence, participation.acknowledged_at, participation.overdue_at, CASE WHEN (granted.access IN ($73::VARCHAR, $74::VARCHAR, $75::VARCHAR, $76::VARCHAR, $77::VARCHAR)) THEN participation.dispute_state END AS dispute_state, CASE WHEN (granted.access IN ($78::VARCHAR, $79::VARCHAR, $80::VARCHAR, $81::VARCHAR, $82::VARCHAR)) THEN participation.dispute_reason END AS dispute_reason, CASE WHEN (granted.access IN ($83::VARCHAR, $84::VARCHAR, $85::VARCHAR, $86::VARCHAR, $87::VARCHAR)) THEN participation.disputed_at END AS disputed_at, CASE WHEN (granted.access IN ($88::VARCHAR, $89::VARCHAR, $90::VARCHAR, $91::VARCHAR, $92::VARCHAR)) THEN participation.dispute_due_on END AS dispute_due_on, CASE WHEN (granted.access IN ($93::VARCHAR, $94::VARCHAR, $95::VARCHAR, $96::VARCHAR, $97::VARCHAR)) THEN participation.dispute_answer END AS dispute_answer, CASE WHEN (granted.access IN ($98::VARCHAR, $99::VARCHAR, $100::VARCHAR, $101::VARCHAR, $102::VARCHAR)) THEN participation.dispute_answered_at END AS dispute_answered_at, CASE WHEN (granted.access IN ($103::VARCHAR, $104::VARCHAR, $105::VARCHAR, $106::VARCHAR, $107::VARCHAR)) THEN participation.heard_on END AS heard_on, CASE WHEN (granted.access = $3::VARCHAR OR CASE WHEN (participation.arrival_id IS NOT NULL) THEN granted.access = $4::VARCHAR ELSE granted.access IN ($108::VARCHAR, $109::VARCHAR) END) THEN participation.heard_statement END AS heard_statement, CASE WHEN (granted.access IN ($110::VARCHAR, $111::VARCHAR, $112::VARCHAR, $113::VARCHAR, $114::VARCHAR)) THEN participation.reason END AS reason, participation.recorded_at, participation.amended_at, granted.access
FROM participation JOIN (SELECT participation.id AS id, CASE WHEN (EXISTS (SELECT *
FROM arrival
WHERE arrival.id = participation.arrival_id AND participation.arrival_id IS NOT NULL AND (arrival.organization_id = $5::UUID OR arrival.branch_id = $5::UUID))) THEN $6::VARCHAR WHEN ((EXISTS (SELECT *
FROM arrival
WHERE arrival.id = participation.arrival_id AND participation.arrival_id IS NOT NULL AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = arrival.branch_id))))) OR participation.arrival_id IS NOT NULL AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = participation.host_id))) THEN $7::VARCHAR WHEN (EXISTS (SELECT *
FROM match
WHERE match.arrival_id = participation.arrival_id AND match.state = $8::VARCHAR AND ((EXISTS (SELECT *
FROM departure
WHERE departure.id = match.departure_id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = departure.organization_id)))) OR (EXISTS (SELECT *
FROM affiliation
WHERE affiliation.member_id = match.member_id AND affiliation.superseded_at = 'infinity'::timestamptz AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = affiliation.organization_id)) AND NOT (EXISTS (SELECT *
FROM affiliation AS affiliation_1
WHERE affiliation_1.member_id = affiliation.member_id AND affiliation_1.superseded_at = 'infinity'::timestamptz AND affiliation_1.starts > affiliation.starts))))))) THEN $9::VARCHAR WHEN (participation.member_id IS NOT NULL AND participation.organization_id = $5::UUID) THEN $10::VARCHAR WHEN (participation.member_id IS NOT NULL AND (EXISTS (SELECT *
FROM affiliation
WHERE affiliation.member_id = participation.member_id AND affiliation.superseded_at = 'infinity'::timestamptz AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = affiliation.organization_id)) AND NOT (EXISTS (SELECT *
FROM affiliation AS affiliation_2
WHERE affiliation_2.member_id = affiliation.member_id AND affiliation_2.superseded_at = 'infinity'::timestamptz AND affiliation_2.starts > affiliation.starts))))) THEN $11::VARCHAR WHEN (participation.member_id IS NOT NULL AND ((EXISTS (SELECT *
FROM participation AS participation_1, arrival
WHERE participation_1.id = participation.twin_id AND arrival.id = participation_1.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = arrival.branch_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = participation_1.host_id))))) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = participation.host_id)) AND (EXISTS (SELECT *
FROM match, arrival
WHERE match.member_id = participation.member_id AND match.state = $12::VARCHAR AND arrival.id = match.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $5::UUID AND organization_closure.descendant = arrival.branch_id))))))) THEN $13::VARCHAR END AS access
FROM participation
WHERE participation.id = ANY ($14::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON participation.id = granted.id
WHERE granted.access IS NOT NULL

SELECT activity.id, activity.version, activity.organization_id, activity.kind, activity.title, activity.held_on, activity.starts_at, activity.ends_at, activity.place, activity.mode, activity.components, activity.is_compulsory, activity.hours, activity.is_open_to_arrivals, activity.is_away, activity.recorded_at, activity.cancelled_at, granted.access
FROM activity JOIN (SELECT activity.id AS id, CASE WHEN (activity.organization_id = $1::UUID) THEN $2::VARCHAR WHEN (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = activity.organization_id)) THEN $3::VARCHAR WHEN ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = activity.organization_id AND organization_closure.descendant = $1::UUID)) OR (EXISTS (SELECT *
FROM participation, match, departure
WHERE participation.activity_id = activity.id AND match.arrival_id = participation.arrival_id AND match.state = $4::VARCHAR AND departure.id = match.departure_id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = departure.organization_id)))) OR (EXISTS (SELECT *
FROM match, arrival, departure
WHERE activity.is_open_to_arrivals AND match.state = $5::VARCHAR AND match.ended_at IS NULL AND arrival.id = match.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure AS organization_closure_1, activity
WHERE organization_closure_1.ancestor = activity.organization_id AND organization_closure_1.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure AS organization_closure_1, activity
WHERE organization_closure_1.ancestor = arrival.organization_id AND organization_closure_1.descendant = activity.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure AS organization_closure_2, activity
WHERE organization_closure_2.ancestor = activity.organization_id AND organization_closure_2.descendant = arrival.branch_id)) OR (EXISTS (SELECT *
FROM organization_closure AS organization_closure_2, activity
WHERE organization_closure_2.ancestor = arrival.branch_id AND organization_closure_2.descendant = activity.organization_id))) AND departure.id = match.departure_id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = departure.organization_id))))) THEN $6::VARCHAR END AS access
FROM activity
WHERE activity.id = ANY ($7::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON activity.id = granted.id
WHERE granted.access IS NOT NULL

SELECT organization.id, organization.version, organization.system, organization.code, organization.name, organization.short_name, organization.kind, organization.parent_id, organization.division_code, organization.can_issue_letters, organization.closed_on, organization.successor_id, organization.recorded_at, organization.recorded_by
FROM organization
WHERE organization.id IN ($1::UUID)

select p.id, p.arrival_id, coalesce(p.member_id, l.member_id) as member_id, l.departure_id, p.host_id, p.state,
           l.organization_id as outflow_id, f.organization_id as formal_id
      from participation p
    left join lateral (
        select m.id as match_id, m.member_id, m.departure_id, d.organization_id, d.ended_on
          from match m join departure d on d.id = m.departure_id
         where m.arrival_id = p.arrival_id and m.state = 'CONFIRMED'
         order by m.ended_at desc nulls first, m.confirmed_at desc limit 1) l on true
    left join lateral (
        select f.organization_id, f.ends from affiliation f
         where f.member_id = coalesce(p.member_id, l.member_id) and f.superseded_at = 'infinity'
         order by f.starts desc limit 1) f on true
     where p.id = any($1)

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

select a.id from arrival a
     where a.id = any($1)
       and exists (select from match m where m.arrival_id = a.id and m.state = 'DENIED' and m.named)
       and exists (select from organization_closure c
                    where c.ancestor = $2 and c.descendant in (a.organization_id, a.branch_id))

select id, twin_id from participation where id = any($1) or twin_id = any($1)

SELECT participation_history.id, participation_history.version, participation_history.activity_id, participation_history.arrival_id, participation_history.member_id, participation_history.organization_id, participation_history.source, participation_history.kind, CASE WHEN (granted.access IN ($13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR)) THEN participation_history.title END AS title, participation_history.held_on, participation_history.day, participation_history.host_id, CASE WHEN (granted.access IN ($18::VARCHAR, $19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR)) THEN participation_history.host_text END AS host_text, CASE WHEN (granted.access IN ($23::VARCHAR, $24::VARCHAR, $25::VARCHAR, $26::VARCHAR, $27::VARCHAR)) THEN participation_history.place END AS place, participation_history.mode, CASE WHEN (granted.access IN ($28::VARCHAR, $29::VARCHAR, $30::VARCHAR, $31::VARCHAR, $32::VARCHAR)) THEN participation_history.attendance END AS attendance, CASE WHEN (granted.access IN ($33::VARCHAR, $34::VARCHAR, $35::VARCHAR, $36::VARCHAR, $37::VARCHAR)) THEN participation_history.role END AS role, CASE WHEN (granted.access IN ($38::VARCHAR, $39::VARCHAR, $40::VARCHAR, $41::VARCHAR, $42::VARCHAR)) THEN participation_history.voted END AS voted, CASE WHEN (granted.access IN ($43::VARCHAR, $44::VARCHAR, $45::VARCHAR, $46::VARCHAR, $47::VARCHAR)) THEN participation_history.minutes END AS minutes, CASE WHEN (granted.access IN ($48::VARCHAR, $49::VARCHAR, $50::VARCHAR, $51::VARCHAR, $52::VARCHAR)) THEN participation_history.hours END AS hours, CASE WHEN (granted.access IN ($53::VARCHAR, $54::VARCHAR, $55::VARCHAR, $56::VARCHAR, $57::VARCHAR)) THEN participation_history.components_attended END AS components_attended, CASE WHEN (granted.access IN ($58::VARCHAR, $59::VARCHAR, $60::VARCHAR, $61::VARCHAR, $62::VARCHAR)) THEN participation_history.evidence_kind END AS evidence_kind, CASE WHEN (granted.access IN ($63::VARCHAR, $64::VARCHAR, $65::VARCHAR, $66::VARCHAR, $67::VARCHAR)) THEN participation_history.evidence_reference END AS evidence_reference, CASE WHEN (granted.access IN ($68::VARCHAR, $69::VARCHAR, $70::VARCHAR)) THEN participation_history.remark END AS remark, participation_history.state, participation_history.confirmed_at, participation_history.accepted_on_evidence, participation_history.acknowledged_at, participation_history.overdue_at, CASE WHEN (granted.access IN ($71::VARCHAR, $72::VARCHAR, $73::VARCHAR, $74::VARCHAR, $75::VARCHAR)) THEN participation_history.dispute_state END AS dispute_state, CASE WHEN (granted.access IN ($76::VARCHAR, $77::VARCHAR, $78::VARCHAR, $79::VARCHAR, $80::VARCHAR)) THEN participation_history.dispute_reason END AS dispute_reason, CASE WHEN (granted.access IN ($81::VARCHAR, $82::VARCHAR, $83::VARCHAR, $84::VARCHAR, $85::VARCHAR)) THEN participation_history.disputed_at END AS disputed_at, CASE WHEN (granted.access IN ($86::VARCHAR, $87::VARCHAR, $88::VARCHAR, $89::VARCHAR, $90::VARCHAR)) THEN participation_history.dispute_due_on END AS dispute_due_on, CASE WHEN (granted.access IN ($91::VARCHAR, $92::VARCHAR, $93::VARCHAR, $94::VARCHAR, $95::VARCHAR)) THEN participation_history.dispute_answer END AS dispute_answer, CASE WHEN (granted.access IN ($96::VARCHAR, $97::VARCHAR, $98::VARCHAR, $99::VARCHAR, $100::VARCHAR)) THEN participation_history.dispute_answered_at END AS dispute_answered_at, CASE WHEN (granted.access IN ($101::VARCHAR, $102::VARCHAR, $103::VARCHAR, $104::VARCHAR, $105::VARCHAR)) THEN participation_history.heard_on END AS heard_on, CASE WHEN (granted.access = $1::VARCHAR OR CASE WHEN (participation_history.arrival_id IS NOT NULL) THEN granted.access = $2::VARCHAR ELSE granted.access IN ($106::VARCHAR, $107::VARCHAR) END) THEN participation_history.heard_statement END AS heard_statement, CASE WHEN (granted.access IN ($108::VARCHAR, $109::VARCHAR, $110::VARCHAR, $111::VARCHAR, $112::VARCHAR)) THEN participation_history.reason END AS reason, participation_history.recorded_at, participation_history.amended_at
FROM participation_history JOIN (SELECT participation.id AS id, CASE WHEN (EXISTS (SELECT *
FROM arrival
WHERE arrival.id = participation.arrival_id AND participation.arrival_id IS NOT NULL AND (arrival.organization_id = $3::UUID OR arrival.branch_id = $3::UUID))) THEN $4::VARCHAR WHEN ((EXISTS (SELECT *
FROM arrival
WHERE arrival.id = participation.arrival_id AND participation.arrival_id IS NOT NULL AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = arrival.branch_id))))) OR participation.arrival_id IS NOT NULL AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = participation.host_id))) THEN $5::VARCHAR WHEN (EXISTS (SELECT *
FROM match
WHERE match.arrival_id = participation.arrival_id AND match.state = $6::VARCHAR AND ((EXISTS (SELECT *
FROM departure
WHERE departure.id = match.departure_id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = departure.organization_id)))) OR (EXISTS (SELECT *
FROM affiliation
WHERE affiliation.member_id = match.member_id AND affiliation.superseded_at = 'infinity'::timestamptz AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = affiliation.organization_id)) AND NOT (EXISTS (SELECT *
FROM affiliation AS affiliation_1
WHERE affiliation_1.member_id = affiliation.member_id AND affiliation_1.superseded_at = 'infinity'::timestamptz AND affiliation_1.starts > affiliation.starts))))))) THEN $7::VARCHAR WHEN (participation.member_id IS NOT NULL AND participation.organization_id = $3::UUID) THEN $8::VARCHAR WHEN (participation.member_id IS NOT NULL AND (EXISTS (SELECT *
FROM affiliation
WHERE affiliation.member_id = participation.member_id AND affiliation.superseded_at = 'infinity'::timestamptz AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = affiliation.organization_id)) AND NOT (EXISTS (SELECT *
FROM affiliation AS affiliation_2
WHERE affiliation_2.member_id = affiliation.member_id AND affiliation_2.superseded_at = 'infinity'::timestamptz AND affiliation_2.starts > affiliation.starts))))) THEN $9::VARCHAR WHEN (participation.member_id IS NOT NULL AND ((EXISTS (SELECT *
FROM participation AS participation_1, arrival
WHERE participation_1.id = participation.twin_id AND arrival.id = participation_1.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = arrival.branch_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = participation_1.host_id))))) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = participation.host_id)) AND (EXISTS (SELECT *
FROM match, arrival
WHERE match.member_id = participation.member_id AND match.state = $10::VARCHAR AND arrival.id = match.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $3::UUID AND organization_closure.descendant = arrival.branch_id))))))) THEN $11::VARCHAR END AS access
FROM participation
WHERE participation.id = ANY ($12::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON participation_history.id = granted.id
WHERE granted.access IS NOT NULL ORDER BY participation_history.id, participation_history.version

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
