-- 11 statements

(select i.id as id, i.created_at as at, '' as side from inbox i where i.side = $1 and i.organization_id = $2 and i.state = $3 order by i.created_at desc, i.id desc limit $4)

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

SELECT anon_1."of", participation.id, timezone($1::VARCHAR, CAST(participation.day AS TIMESTAMP WITHOUT TIME ZONE)) AS at
FROM (SELECT person."of" AS "of", unnest(array((SELECT anon_2.id
FROM ((SELECT participation.id AS id, timezone($1::VARCHAR, CAST(participation.day AS TIMESTAMP WITHOUT TIME ZONE)) AS at
FROM participation
WHERE participation.arrival_id = person."of" AND CASE WHEN (EXISTS (SELECT *
FROM arrival
WHERE arrival.id = participation.arrival_id AND participation.arrival_id IS NOT NULL AND (arrival.organization_id = $2::UUID OR arrival.branch_id = $2::UUID))) THEN $3::VARCHAR WHEN ((EXISTS (SELECT *
FROM arrival
WHERE arrival.id = participation.arrival_id AND participation.arrival_id IS NOT NULL AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = arrival.branch_id))))) OR participation.arrival_id IS NOT NULL AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = participation.host_id))) THEN $4::VARCHAR WHEN (EXISTS (SELECT *
FROM match
WHERE match.arrival_id = participation.arrival_id AND match.state = $5::VARCHAR AND ((EXISTS (SELECT *
FROM departure
WHERE departure.id = match.departure_id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = departure.organization_id)))) OR (EXISTS (SELECT *
FROM affiliation
WHERE affiliation.member_id = match.member_id AND affiliation.superseded_at = 'infinity'::timestamptz AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = affiliation.organization_id)) AND NOT (EXISTS (SELECT *
FROM affiliation AS affiliation_1
WHERE affiliation_1.member_id = affiliation.member_id AND affiliation_1.superseded_at = 'infinity'::timestamptz AND affiliation_1.starts > affiliation.starts))))))) THEN $6::VARCHAR WHEN (participation.member_id IS NOT NULL AND participation.organization_id = $2::UUID) THEN $7::VARCHAR WHEN (participation.member_id IS NOT NULL AND (EXISTS (SELECT *
FROM affiliation
WHERE affiliation.member_id = participation.member_id AND affiliation.superseded_at = 'infinity'::timestamptz AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = affiliation.organization_id)) AND NOT (EXISTS (SELECT *
FROM affiliation AS affiliation_2
WHERE affiliation_2.member_id = affiliation.member_id AND affiliation_2.superseded_at = 'infinity'::timestamptz AND affiliation_2.starts > affiliation.starts))))) THEN $8::VARCHAR WHEN (participation.member_id IS NOT NULL AND ((EXISTS (SELECT *
FROM participation AS participation_1, arrival
WHERE participation_1.id = participation.twin_id AND arrival.id = participation_1.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = arrival.branch_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = participation_1.host_id))))) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = participation.host_id)) AND (EXISTS (SELECT *
FROM match, arrival
WHERE match.member_id = participation.member_id AND match.state = $9::VARCHAR AND arrival.id = match.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = arrival.branch_id))))))) THEN $10::VARCHAR END IS NOT NULL ORDER BY timezone($1::VARCHAR, CAST(participation.day AS TIMESTAMP WITHOUT TIME ZONE)) DESC, participation.id DESC
 LIMIT $11::INTEGER)) AS anon_2 ORDER BY anon_2.at DESC, anon_2.id DESC
 LIMIT $11::INTEGER))) AS id
FROM (SELECT unnest($12::UUID[]) AS "of") AS person) AS anon_1 JOIN participation ON participation.id = anon_1.id ORDER BY anon_1."of", timezone($1::VARCHAR, CAST(participation.day AS TIMESTAMP WITHOUT TIME ZONE)) DESC, participation.id DESC

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
