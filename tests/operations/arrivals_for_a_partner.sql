-- 12 statements

(select i.id as id, i.created_at as at, '' as side from inbox i where i.side = $1 and i.organization_id = $2 and i.state = $3 order by i.created_at desc, i.id desc limit $4)

SELECT arrival.id, arrival.version, arrival.organization_id, arrival.branch_id, arrival.state, CASE WHEN (granted.access IN ($9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR)) THEN arrival.name END AS name, CASE WHEN (granted.access IN ($14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR)) THEN arrival.birth_date END AS birth_date, CASE WHEN (granted.access IN ($19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR, $23::VARCHAR)) THEN arrival.category END AS category, CASE WHEN (granted.access IN ($24::VARCHAR, $25::VARCHAR, $26::VARCHAR, $27::VARCHAR, $28::VARCHAR)) THEN arrival.citizen_id_masked END AS citizen_id_masked, arrival.arrived_on, arrival.placed_on, arrival.left_on, CASE WHEN (granted.access IN ($29::VARCHAR, $30::VARCHAR, $31::VARCHAR, $32::VARCHAR, $33::VARCHAR)) THEN arrival.left_for END AS left_for, arrival.return_reason, CASE WHEN (granted.access IN ($34::VARCHAR, $35::VARCHAR, $36::VARCHAR, $37::VARCHAR, $38::VARCHAR)) THEN arrival.return_note END AS return_note, CASE WHEN (granted.access IN ($39::VARCHAR, $40::VARCHAR, $41::VARCHAR, $42::VARCHAR, $43::VARCHAR)) THEN arrival.home_organization_text END AS home_organization_text, CASE WHEN (granted.access IN ($44::VARCHAR, $45::VARCHAR, $46::VARCHAR, $47::VARCHAR, $48::VARCHAR)) THEN arrival.work_unit END AS work_unit, CASE WHEN (granted.access IN ($49::VARCHAR, $50::VARCHAR, $51::VARCHAR, $52::VARCHAR, $53::VARCHAR)) THEN arrival.address_masked END AS address_masked, CASE WHEN (granted.access IN ($54::VARCHAR, $55::VARCHAR)) THEN arrival.phone_sealed END AS phone_sealed, CASE WHEN (granted.access IN ($56::VARCHAR, $57::VARCHAR, $58::VARCHAR, $59::VARCHAR, $60::VARCHAR)) THEN arrival.phone_masked END AS phone_masked, CASE WHEN (granted.access IN ($61::VARCHAR, $62::VARCHAR, $63::VARCHAR, $64::VARCHAR, $65::VARCHAR)) THEN arrival.other_phone_masked END AS other_phone_masked, CASE WHEN (granted.access IN ($66::VARCHAR, $67::VARCHAR, $68::VARCHAR, $69::VARCHAR, $70::VARCHAR)) THEN arrival.other_phone_whose END AS other_phone_whose, CASE WHEN (granted.access IN ($71::VARCHAR, $72::VARCHAR, $73::VARCHAR, $74::VARCHAR, $75::VARCHAR)) THEN arrival.card_number END AS card_number, CASE WHEN (granted.access IN ($76::VARCHAR, $77::VARCHAR, $78::VARCHAR)) THEN arrival.remark END AS remark, arrival.confirmed_on, arrival.recorded_at, arrival.amended_at, granted.access
FROM arrival JOIN (SELECT arrival.id AS id, CASE WHEN (CASE WHEN (arrival.organization_id = $1::UUID OR arrival.branch_id = $1::UUID) THEN $2::VARCHAR WHEN ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.branch_id))) THEN $3::VARCHAR WHEN (EXISTS (SELECT *
FROM match, departure
WHERE match.arrival_id = arrival.id AND match.state = $4::VARCHAR AND departure.id = match.departure_id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = departure.organization_id)))) THEN $5::VARCHAR WHEN (EXISTS (SELECT *
FROM match
WHERE match.arrival_id = arrival.id AND match.state IN ($79::VARCHAR, $80::VARCHAR) AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = match.asked_organization_id)))) THEN $6::VARCHAR END IS NOT NULL) THEN $7::VARCHAR END AS access
FROM arrival
WHERE arrival.id = ANY ($8::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON arrival.id = granted.id
WHERE granted.access IS NOT NULL

select id, departure_id, arrival_id, member_id, confirmed_at, ended_at from match
     where state = 'CONFIRMED' and departure_id = any($1)
    union
    select id, departure_id, arrival_id, member_id, confirmed_at, ended_at from match
     where state = 'CONFIRMED' and arrival_id = any($2)

SELECT departure.id, departure.version, departure.member_id, departure.organization_id, departure.departed_on, departure.expected_return, CASE WHEN (granted.access IN ($8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR)) THEN departure.destination END AS destination, CASE WHEN (granted.access IN ($13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR)) THEN departure.work_unit END AS work_unit, CASE WHEN (granted.access IN ($18::VARCHAR, $19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR)) THEN departure.address_masked END AS address_masked, CASE WHEN (granted.access IN ($23::VARCHAR, $24::VARCHAR)) THEN departure.phone_sealed END AS phone_sealed, CASE WHEN (granted.access IN ($25::VARCHAR, $26::VARCHAR, $27::VARCHAR, $28::VARCHAR, $29::VARCHAR)) THEN departure.phone_masked END AS phone_masked, CASE WHEN (granted.access IN ($30::VARCHAR, $31::VARCHAR, $32::VARCHAR, $33::VARCHAR, $34::VARCHAR)) THEN departure.other_phone_masked END AS other_phone_masked, CASE WHEN (granted.access IN ($35::VARCHAR, $36::VARCHAR, $37::VARCHAR, $38::VARCHAR, $39::VARCHAR)) THEN departure.other_phone_whose END AS other_phone_whose, departure.inflow_organization_id, CASE WHEN (granted.access IN ($40::VARCHAR, $41::VARCHAR, $42::VARCHAR, $43::VARCHAR, $44::VARCHAR)) THEN departure.inflow_organization_text END AS inflow_organization_text, CASE WHEN (granted.access IN ($45::VARCHAR, $46::VARCHAR, $47::VARCHAR, $48::VARCHAR, $49::VARCHAR)) THEN departure.inflow_leader_name END AS inflow_leader_name, CASE WHEN (granted.access IN ($50::VARCHAR, $51::VARCHAR, $52::VARCHAR, $53::VARCHAR, $54::VARCHAR)) THEN departure.inflow_leader_phone END AS inflow_leader_phone, CASE WHEN (granted.access IN ($55::VARCHAR, $56::VARCHAR, $57::VARCHAR, $58::VARCHAR, $59::VARCHAR)) THEN departure.card_number END AS card_number, CASE WHEN (granted.access IN ($60::VARCHAR, $61::VARCHAR, $62::VARCHAR)) THEN departure.reason END AS reason, CASE WHEN (granted.access IN ($63::VARCHAR, $64::VARCHAR, $65::VARCHAR)) THEN departure.remark END AS remark, departure.confirmed_on, departure.ended_on, CASE WHEN (granted.access IN ($66::VARCHAR, $67::VARCHAR, $68::VARCHAR, $69::VARCHAR) OR (departure.end_reason NOT IN ($70::VARCHAR, $71::VARCHAR))) THEN departure.end_reason END AS end_reason, departure.moved_on_to, departure.recorded_at, departure.amended_at, granted.access
FROM departure JOIN (SELECT departure.id AS id, CASE WHEN (CASE WHEN (departure.organization_id = $1::UUID) THEN $2::VARCHAR WHEN (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = departure.organization_id)) THEN $3::VARCHAR WHEN (EXISTS (SELECT *
FROM match, arrival
WHERE match.departure_id = departure.id AND match.state = $4::VARCHAR AND arrival.id = match.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = arrival.branch_id))))) THEN $5::VARCHAR END IS NOT NULL) THEN $6::VARCHAR END AS access
FROM departure
WHERE departure.id = ANY ($7::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON departure.id = granted.id
WHERE granted.access IS NOT NULL

select a.id from arrival a
     where a.id = any($1)
       and exists (select from match m where m.arrival_id = a.id and m.state = 'DENIED' and m.named)
       and exists (select from organization_closure c
                    where c.ancestor = $2 and c.descendant in (a.organization_id, a.branch_id))

SELECT member.id, member.version, CASE WHEN (granted.access IN ($14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR)) THEN member.name END AS name, CASE WHEN (granted.access IN ($19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR, $23::VARCHAR)) THEN member.gender END AS gender, CASE WHEN (granted.access IN ($24::VARCHAR, $25::VARCHAR, $26::VARCHAR, $27::VARCHAR, $28::VARCHAR)) THEN member.birth_date END AS birth_date, CASE WHEN (granted.access IN ($29::VARCHAR, $30::VARCHAR, $31::VARCHAR, $32::VARCHAR, $33::VARCHAR)) THEN member.ethnicity END AS ethnicity, CASE WHEN (granted.access IN ($34::VARCHAR, $35::VARCHAR, $36::VARCHAR, $37::VARCHAR, $38::VARCHAR)) THEN member.category END AS category, CASE WHEN (granted.access IN ($39::VARCHAR, $40::VARCHAR, $41::VARCHAR, $42::VARCHAR, $43::VARCHAR)) THEN member.citizen_id_masked END AS citizen_id_masked, CASE WHEN (granted.access IN ($44::VARCHAR, $45::VARCHAR)) THEN member.phone_sealed END AS phone_sealed, CASE WHEN (granted.access IN ($46::VARCHAR, $47::VARCHAR, $48::VARCHAR, $49::VARCHAR, $50::VARCHAR)) THEN member.phone_masked END AS phone_masked, CASE WHEN (granted.access IN ($51::VARCHAR, $52::VARCHAR, $53::VARCHAR, $54::VARCHAR)) THEN member.standing END AS standing, CASE WHEN (granted.access IN ($55::VARCHAR, $56::VARCHAR, $57::VARCHAR, $58::VARCHAR)) THEN member.joined_on END AS joined_on, CASE WHEN (granted.access IN ($59::VARCHAR, $60::VARCHAR, $61::VARCHAR, $62::VARCHAR)) THEN member.full_member_on END AS full_member_on, CASE WHEN (granted.access IN ($63::VARCHAR, $64::VARCHAR, $65::VARCHAR, $66::VARCHAR)) THEN member.dues_paid_through END AS dues_paid_through, CASE WHEN (granted.access IN ($67::VARCHAR, $68::VARCHAR, $69::VARCHAR)) THEN member.education END AS education, CASE WHEN (granted.access IN ($70::VARCHAR, $71::VARCHAR, $72::VARCHAR)) THEN member.occupation END AS occupation, member.recorded_at, granted.access
FROM member JOIN (SELECT member.id AS id, CASE WHEN (CASE WHEN (EXISTS (SELECT *
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
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.inflow_organization_id)) AND transfer.state IN ($73::VARCHAR, $74::VARCHAR, $75::VARCHAR, $76::VARCHAR, $77::VARCHAR))) THEN $5::VARCHAR WHEN (EXISTS (SELECT *
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
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = inquiry.inflow_organization_id)))) THEN $11::VARCHAR END IS NOT NULL) THEN $12::VARCHAR END AS access
FROM member
WHERE member.id = ANY ($13::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON member.id = granted.id
WHERE granted.access IS NOT NULL

SELECT organization.id, organization.version, organization.system, organization.code, organization.name, organization.short_name, organization.kind, organization.parent_id, organization.division_code, organization.can_issue_letters, organization.closed_on, organization.successor_id, organization.recorded_at, organization.recorded_by
FROM organization
WHERE organization.id IN ($1::UUID, $2::UUID, $3::UUID)

SELECT discrepancy.id, discrepancy.version, discrepancy.match_id, discrepancy.transfer_id, discrepancy.participation_id, discrepancy.field, CASE WHEN (granted.access IN ($6::VARCHAR, $7::VARCHAR, $8::VARCHAR, $9::VARCHAR, $10::VARCHAR)) THEN discrepancy.outflow_value END AS outflow_value, CASE WHEN (granted.access IN ($11::VARCHAR, $12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR)) THEN discrepancy.inflow_value END AS inflow_value, discrepancy.differs_hidden, discrepancy.owner, discrepancy.state, discrepancy.due_on, discrepancy.proposal_take, CASE WHEN (granted.access IN ($16::VARCHAR, $17::VARCHAR, $18::VARCHAR, $19::VARCHAR, $20::VARCHAR)) THEN discrepancy.proposal_value END AS proposal_value, discrepancy.proposal_confirmed_on, CASE WHEN (granted.access IN ($21::VARCHAR, $22::VARCHAR, $23::VARCHAR, $24::VARCHAR, $25::VARCHAR)) THEN discrepancy.proposal_note END AS proposal_note, discrepancy.proposed_at, discrepancy.proposed_by, discrepancy.opened_at, discrepancy.settled_at, granted.access
FROM discrepancy JOIN (SELECT discrepancy.id AS id, CASE WHEN (CASE WHEN (((EXISTS (SELECT *
FROM match, departure
WHERE match.id = discrepancy.match_id AND match.state = $1::VARCHAR AND departure.id = match.departure_id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = departure.organization_id)))) OR (EXISTS (SELECT *
FROM match, arrival
WHERE match.id = discrepancy.match_id AND match.state = $1::VARCHAR AND arrival.id = match.arrival_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = arrival.organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = arrival.branch_id))))) OR (EXISTS (SELECT *
FROM transfer
WHERE transfer.id = discrepancy.transfer_id AND ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = transfer.outflow_organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $2::UUID AND organization_closure.descendant = transfer.inflow_organization_id)))))) AND discrepancy.participation_id IS NULL) THEN $3::VARCHAR END IS NOT NULL) THEN $4::VARCHAR END AS access
FROM discrepancy
WHERE discrepancy.match_id = ANY ($5::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON discrepancy.id = granted.id
WHERE granted.access IS NOT NULL

SELECT transfer.id, transfer.version, transfer.state, transfer.member_id, transfer.outflow_organization_id, transfer.issuer_id, transfer.inflow_organization_id, transfer.named_inflow_id, transfer.placed_in_id, transfer.requested_side, transfer.review_organization_id, transfer.due_on, transfer.applied_on, CASE WHEN (granted.access IN ($10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR, $14::VARCHAR)) THEN transfer.application_reason END AS application_reason, CASE WHEN (granted.access IN ($15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR)) THEN transfer.dues_paid_through END AS dues_paid_through, transfer.accepted_on, transfer.accepted_at, transfer.phoned_on, transfer.unit_looked_up_on, transfer.talked_on, transfer.withdrawal_asked_on, transfer.late_accepted_on, transfer.late_settled_on, transfer.receipt_due_on, transfer.receipt_returned_on, transfer.receipt_returned_by, transfer.national_system_out_on, transfer.national_system_in_on, transfer.created_at, transfer.updated_at, granted.access
FROM transfer JOIN (SELECT transfer.id AS id, CASE WHEN (CASE WHEN (transfer.outflow_organization_id = $1::UUID OR transfer.issuer_id = $1::UUID) THEN $2::VARCHAR WHEN ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.outflow_organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.issuer_id))) THEN $3::VARCHAR WHEN (((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.inflow_organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.placed_in_id))) AND transfer.state IN ($19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR, $23::VARCHAR)) THEN $4::VARCHAR WHEN ((EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.inflow_organization_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.placed_in_id)) OR (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = transfer.named_inflow_id)) OR (EXISTS (SELECT *
FROM transfer_step, organization_closure AS organization_closure_1
WHERE transfer_step.transfer_id = transfer.id AND transfer_step.number = $5::INTEGER AND organization_closure_1.ancestor = transfer.inflow_organization_id AND organization_closure_1.descendant = transfer_step.organization_id AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = organization_closure_1.descendant)))) OR (EXISTS (SELECT *
FROM match, arrival, organization_closure AS organization_closure_1
WHERE match.member_id = transfer.member_id AND match.state = $6::VARCHAR AND arrival.id = match.arrival_id AND organization_closure_1.ancestor = transfer.inflow_organization_id AND organization_closure_1.descendant IN (arrival.organization_id, arrival.branch_id) AND (EXISTS (SELECT *
FROM organization_closure
WHERE organization_closure.ancestor = $1::UUID AND organization_closure.descendant = organization_closure_1.descendant))))) THEN $7::VARCHAR END IS NOT NULL) THEN $8::VARCHAR END AS access
FROM transfer
WHERE transfer.member_id = ANY ($9::UUID[])
 LIMIT ALL OFFSET 0) AS granted ON transfer.id = granted.id
WHERE granted.access IS NOT NULL

select member_id, organization_id from affiliation where member_id = any($1) and ends is null and superseded_at = 'infinity'

SELECT organization.id, organization.version, organization.system, organization.code, organization.name, organization.short_name, organization.kind, organization.parent_id, organization.division_code, organization.can_issue_letters, organization.closed_on, organization.successor_id, organization.recorded_at, organization.recorded_by
FROM organization
WHERE organization.id IN ($1::UUID)

select * from transfer_step where transfer_id = any($1) order by transfer_id, number
