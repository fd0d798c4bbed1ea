-- What somebody does in the database for the functions that it calls under the owner's rights. Each paragraph is undone; its first line
-- names the functions, and each line of two words begins what a role does: {need} is one that is open, {me} who acts.
--= need_amended need_fixed
--> commissioner authority
UPDATE need SET profile = 'Synthetic: another.', deadline = dps.now() + interval '60 days', amended_at = dps.now() WHERE id = {need};

--= need_adjusted
--> commissioner authority
UPDATE need SET deadline = deadline + interval '30 days', adjusted_at = dps.now() WHERE id = {need};

--= known_names need_texts redact
--> commissioner authority
SELECT k.of_need FROM dps.known_names({need}) k;
SELECT t.what FROM dps.need_texts({need}) t;
INSERT INTO need_redaction (id, need_id, authority_id, reason, redacted_at, redacted_by, sought, put)
VALUES (peer.id('mine', 10), {need}, dps.org(), 'Synthetic.', dps.now(), {me}, '\mSynthetic\M', 'another');

--= member_lots
--> bids_manager provider
SELECT dps.member_lots();

--= invite_to_open_calls
--> market_manager lead
UPDATE membership SET suspended_at = dps.now(), suspended_until = dps.now() + interval '1 day' WHERE id = {membership};

--= need_withdrawn need_awaits appointments_over
--> commissioner authority
UPDATE need SET withdrawn_at = dps.now(), withdraw_reason = 'Synthetic.' WHERE id = {need};

--= tally_from_none need_published
--> commissioner authority
INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, primary_need, legal_basis, home_outcode, travel_miles, start_from, start_to,
    profile, outcomes, created_by)
SELECT peer.id('draft', 1), authority_id, lot_id, 'N-DRAFT', 6, 8, primary_need, legal_basis, 'ZZ1', 20, start_from, start_to, profile, outcomes, 'x' FROM need WHERE id = {need};
UPDATE need SET profile = 'Synthetic: another.' WHERE id = peer.id('draft', 1);
UPDATE need SET published_at = dps.now(), deadline = dps.now() + interval '30 days', invited = 1 WHERE id = peer.id('draft', 1);
INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at)
SELECT peer.id('draft', 1), m.provider_id, dps.org(), m.lot_id, dps.now() FROM membership m WHERE m.lot_id = peer.id('lot', 1);

--= lock_need tally offer_in_time sealed_or_said
--> bids_manager provider
SELECT dps.lock_need({need}, false);
UPDATE sealed_offer SET withdrawn_at = dps.now() WHERE need_id = {need} AND provider_id = {provider} AND withdrawn_at IS NULL; -- of an earlier run
INSERT INTO sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
SELECT peer.id('bid', 1), n.id, n.authority_id, {provider}, {setting}, 1, dps.now(), 'x' FROM need n WHERE n.id = {need};
SET CONSTRAINTS ALL IMMEDIATE;

--= interest_after_word
--> opening_officer authority
INSERT INTO opening_approval (need_id, authority_id, stage, person, at) VALUES ({need}, dps.org(), 'QUALITY', {me}, dps.now());
INSERT INTO interest (id, need_id, authority_id, person, conflict, nature, at) VALUES (peer.id('mine', 1), {need}, dps.org(), {me}, true, '\x00', dps.now());

--= answer_corrected
--> commissioner authority
INSERT INTO clarification_correction (clarification_id, need_id, authority_id, earlier_answer, reason, corrected_at, corrected_by)
SELECT c.id, c.need_id, c.authority_id, 'Synthetic.', 'Synthetic.', dps.now(), {me} FROM clarification c WHERE c.authority_id = dps.org() LIMIT 1;

--= need_unlinked need_discarded
--> commissioner authority
INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, primary_need, legal_basis, home_outcode, travel_miles, start_from, start_to,
    profile, outcomes, created_by)
SELECT peer.id('draft', 2), authority_id, lot_id, 'N-DRAFT', 6, 8, primary_need, legal_basis, 'ZZ1', 20, start_from, start_to, profile, outcomes, 'x' FROM need WHERE id = {need};
INSERT INTO need_link (need_id, sibling_id, authority_id, linked_at, linked_by) VALUES ({need}, peer.id('draft', 2), dps.org(), dps.now(), {me}),
    (peer.id('draft', 2), {need}, dps.org(), dps.now(), {me});
UPDATE need_link SET unlinked_at = dps.now() WHERE need_id = {need} AND sibling_id = peer.id('draft', 2);
UPDATE need SET withdrawn_at = dps.now(), withdraw_reason = 'Synthetic.', discarded_at = dps.now() WHERE id = peer.id('draft', 2);

--= area_facts award_bounds
--> approver authority
SELECT f.area_code FROM dps.area_facts({need}, {setting}) f;
SELECT b.refused FROM dps.award_bounds({need}, {setting}) b;

--= scores_locked
--> moderator authority
SELECT dps.scores_locked({ranked});

--= appointed boroughs buys
--> evaluator authority
SELECT dps.appointed('EVALUATOR');
--> consortium_officer consortium
SELECT dps.boroughs('ANY');

--= award_after_naming award_after_prices owe_notices agreement_after_notice within_capacity spent placement_cancelled place_agreed placed_with_who_runs_it family_invited
--> commissioner authority
INSERT INTO award (id, need_id, authority_id, provider_id, setting_id, route, reason, proposed_at, proposed_by)
VALUES (peer.id('mine', 2), {need}, dps.org(), {provider}, {setting}, 'SPOT', 'Synthetic.', dps.now(), 'synthetic.commissioner');
--> approver authority
UPDATE award SET approved_at = dps.now(), approved_by = {me}, accept_by = dps.now() + interval '9 days' WHERE id = peer.id('mine', 2);
--> bids_manager provider
UPDATE award SET accepted_at = dps.now() WHERE id = peer.id('mine', 2);
INSERT INTO placement (id, award_id, need_id, authority_id, provider_id, setting_id, starts_on, route, above_places_ground)
SELECT peer.id('mine', 3), id, need_id, authority_id, provider_id, setting_id, current_date, route, 'Synthetic.' FROM award WHERE id = peer.id('mine', 2);
INSERT INTO agreement (id, placement_id, need_id, authority_id, provider_id, contract, contract_version, weekly, weeks)
SELECT peer.id('mine', 4), peer.id('mine', 3), need_id, authority_id, provider_id, 'Synthetic', '1', 1000, 38 FROM award WHERE id = peer.id('mine', 2);
--> commissioner authority
INSERT INTO award_notice (id, award_id, need_id, authority_id, kind, reference, published_on, recorded_at, recorded_by)
SELECT peer.id('mine', 8), id, need_id, authority_id, 'AWARD', 'Synthetic', current_date, dps.now(), {me} FROM award WHERE id = peer.id('mine', 2);
--> bids_manager provider
UPDATE agreement SET provider_signed_at = dps.now() WHERE id = peer.id('mine', 4);
--> commissioner authority
UPDATE agreement SET authority_signed_at = dps.now() WHERE id = peer.id('mine', 4);
INSERT INTO family_invitation (id, code_hash, kind, respondent, authority_id, need_id, placement_id, provider_id, setting_id, market_id, invited_by,
    invited_at, expires_at)
SELECT peer.id('mine', 9), '\x00', 'FEEDBACK', 'PARENT', p.authority_id, p.need_id, p.id, p.provider_id, p.setting_id, l.market_id, 'x', dps.now(),
    dps.now() + interval '9 days' FROM placement p JOIN need n ON n.id = p.need_id JOIN lot l ON l.id = n.lot_id WHERE p.id = peer.id('mine', 3);
UPDATE placement SET cancelled_at = dps.now(), end_reason = 'NEVER_CAME', end_words = 'Synthetic.' WHERE id = peer.id('mine', 3);

--= price_not_awarded
--> commissioner authority
INSERT INTO price_query (id, offer_id, need_id, authority_id, provider_id, kind, question, asked_at, asked_by, answer_by)
SELECT peer.id('mine', 5), id, need_id, authority_id, provider_id, 'UNCLEAR', 'Synthetic?', dps.now(), 'x', dps.now() FROM offer WHERE need_id = {unplaced} LIMIT 1;

--= lot_frozen
--> market_manager lead
INSERT INTO lot (id, authority_id, market_id, name, description, kind, procedure, shows_count, age_low, age_high, needs, contract, contract_version)
SELECT peer.id('mine', 6), authority_id, market_id, 'Synthetic', 'Synthetic', kind, procedure, true, 2, 25, needs, contract, '1' FROM lot WHERE id = peer.id('lot', 1);
INSERT INTO criterion (id, authority_id, lot_id, position, kind, name, description, weight, top_score)
SELECT peer.id('mine', 7), authority_id, id, 1, 'QUALITY', 'x', 'x', 100, 10 FROM lot WHERE id = peer.id('mine', 6);

--= place_settings address_follows
--> market_manager lead
UPDATE setting SET provider_id = {provider} WHERE id = peer.id('setting of nobody', 1);

--= place_declared
--> bids_manager provider
INSERT INTO declared_needs (setting_id, needs) VALUES ({setting}, '{Synthetic}');

--= setting_changes_hands
--> market_manager lead
UPDATE setting SET provider_id = peer.id('provider', 1) WHERE id = {setting};

--= place_members
--> market_manager lead
UPDATE membership SET ended_at = dps.now() WHERE id = {membership};

--= borough_moved
--> market_manager lead
UPDATE organisation SET kind = 'PARTNER', consortium_id = NULL WHERE id = (SELECT id FROM organisation WHERE kind = 'BOROUGH' ORDER BY name LIMIT 1);

--= feedback_minimum_stated
--> market_manager lead
INSERT INTO market_notice (id, authority_id, market_id, number, kind, reference, words, published_at)
SELECT peer.id('mine', 8), authority_id, id, 99, 'MODIFY', 'x', 'x', dps.now() FROM market LIMIT 1;
INSERT INTO market_rule (notice_id, authority_id, market_id, number, code, value) SELECT peer.id('mine', 8), authority_id, id, 99, 'FEEDBACK_MINIMUM', 5 FROM market LIMIT 1;

--= open_spending is_kept_out
--> public nobody
SELECT count(*) FROM dps.open_spending(current_date - 700);

--= log_number
--> public nobody
SELECT dps.log_number('1000');

--= course
--> commissioner authority
SELECT dps.course({need}, NULL);

--= my_duties waiting
--> commissioner authority
SELECT * FROM dps.my_duties();

--= award_awaits
--> commissioner authority
UPDATE placement SET cancelled_at = dps.now(), end_reason = 'NEVER_CAME', end_words = 'Synthetic.' WHERE need_id = {ranked};

--= answer_alerts
--> commissioner authority
INSERT INTO event (person, capacity, organisation_id, act, object_id, authority_id, chain_id)
SELECT {me}, 'commissioner', dps.org(), 'award.propose', {ranked}, dps.org(), dps.org();
SET CONSTRAINTS ALL IMMEDIATE;

--= called_lots keeps_children has_document
--> commissioner authority
SELECT dps.called_lots(), dps.keeps_children({provider}), dps.has_document((SELECT e.id FROM evidence e LIMIT 1));

--= organisation_comes_back
--> market_manager lead
UPDATE organisation SET left_on = current_date - 2 WHERE id = (SELECT o.id FROM organisation o WHERE o.kind = 'BOROUGH' ORDER BY o.name LIMIT 1);
UPDATE organisation SET left_on = NULL, joined_on = current_date
WHERE id = (SELECT o.id FROM organisation o WHERE o.kind = 'BOROUGH' ORDER BY o.name LIMIT 1);

--= lacks_evidence
--> commissioner authority
SELECT dps.lacks_evidence(m.lot_id, m.provider_id) FROM membership m WHERE m.id = {membership};
