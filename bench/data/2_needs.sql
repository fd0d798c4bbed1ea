-- Needs that were opened, then some that are open for offers, then drafts that another route has left. One need in a hundred is of
-- the lot that everybody is a member of.
CREATE TABLE peer.asked AS
SELECT w.kind, n AS seq, peer.id(w.kind, n) AS id, a.seq AS authority_no, a.id AS authority, l.seq AS lot_no, l.id AS lot, l.members, l.procedure,
       CASE w.kind WHEN 'need' THEN now() - interval '400 days' + n * interval '380 days' / {needs} WHEN 'open need' THEN now() - interval '1 day' - n * interval '1 second'
            ELSE now() - interval '400 days' + n * interval '380 days' / {routed} END AS at
  FROM (VALUES ('need', {needs}), ('open need', {open}), ('routed need', {routed})) w (kind, many), generate_series(0, w.many - 1) n
  CROSS JOIN LATERAL (SELECT CASE n / 15 % 100 WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 2 WHEN 4 THEN 3 WHEN 5 THEN 3 ELSE 4 + (n / 15 + n) % 8 END AS no) lot
  JOIN peer.lot l ON l.seq = lot.no JOIN peer.authority a ON a.seq = n % 15;
CREATE UNIQUE INDEX ON peer.asked (kind, seq);
ANALYZE peer.asked;
INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, primary_need, legal_basis, home_outcode, travel_miles, start_from, start_to, profile,
    outcomes, created_at, created_by, published_at, deadline, invited, rules, closed_at, opened_at, quality_locked_at, prices_opened_at, ranked_at)
SELECT n.id, n.authority, n.lot, 'N-SYN' || n.seq, 6 + n.seq % 8, 8 + n.seq % 8, c.name, 'EHC_PLAN', 'ZZ' || n.seq % 90, 20 + n.seq % 30, '2026-09-01', '2026-10-01',
       'Synthetic: a child who needs a calm place and a small class. ' || n.seq, 'Synthetic: to attend, to read, to make a friend.', n.at, 'synthetic.commissioner',
       n.at, n.at + interval '14 days', n.members, r.stated, n.at + interval '14 days', n.at + interval '15 days', n.at + interval '15 days 3 hours', n.at + interval '15 days 5 hours', n.at + interval '15 days 5 hours'
  FROM peer.asked n JOIN peer.code c ON c.seq = n.seq % 12 + 1, (SELECT '[{"code": "TENDER_DAYS", "value": 10, "source": "Synthetic"}]'::jsonb AS stated) r WHERE n.kind = 'need';
INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, primary_need, legal_basis, home_outcode, travel_miles, start_from, start_to, profile,
    outcomes, created_at, created_by, published_at, deadline, invited, rules)
SELECT n.id, n.authority, n.lot, 'N-OPEN' || n.seq, 6 + n.seq % 8, 8 + n.seq % 8, c.name, 'EHC_PLAN', 'ZZ' || n.seq % 90, 20 + n.seq % 30, '2027-09-01', '2027-10-01',
       'Synthetic: a child who needs a calm place and a small class. ' || n.seq, 'Synthetic: to attend, to read, to make a friend.', now() - interval '499 days' + n.seq * interval '1 second',
       'synthetic.commissioner', n.at, now() + interval '100 days', n.members, '[{"code": "TENDER_DAYS", "value": 10, "source": "Synthetic"}]'
  FROM peer.asked n JOIN peer.code c ON c.seq = n.seq % 12 + 1 WHERE n.kind = 'open need';
INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, primary_need, legal_basis, home_outcode, travel_miles, start_from, start_to, profile,
    outcomes, created_at, created_by)
SELECT n.id, n.authority, n.lot, 'N-ROUTED' || n.seq, 6 + n.seq % 8, 8 + n.seq % 8, c.name, 'EHC_PLAN', 'ZZ' || n.seq % 90, 20 + n.seq % 30, '2026-09-01', '2026-10-01',
       'Synthetic: a child who needs a calm place and a small class. ' || n.seq, 'Synthetic: to attend, to read, to make a friend.', n.at, 'synthetic.commissioner'
  FROM peer.asked n JOIN peer.code c ON c.seq = n.seq % 12 + 1 WHERE n.kind = 'routed need';
INSERT INTO need_ceiling (need_id, authority_id, weekly) SELECT id, authority, 1500 FROM peer.asked WHERE seq % 3 = 0;

-- Publishing invites every member of the lot. One in ten says that it will not offer, and some are reminded.
INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at, answer, reason, answered_at, need_created_at, settings)
SELECT n.id, m.provider, n.authority, n.lot, n.at, CASE said.no WHEN 0 THEN 'DECLINED' WHEN 1 THEN 'INTENDS' END, CASE said.no WHEN 0 THEN 'FULL' END,
       CASE WHEN said.no < 2 THEN n.at + interval '2 days' END, d.created_at,
       CASE WHEN n.seq % 50 = 1 THEN ARRAY[peer.id('setting', m.n)] END
  FROM peer.asked n JOIN need d ON d.id = n.id JOIN peer.member m ON m.lot_no = n.lot_no CROSS JOIN LATERAL (SELECT (n.seq * 3 + m.j) % 10 AS no) said WHERE n.kind <> 'routed need';
INSERT INTO chase (need_id, provider_id, authority_id, words, sent_at, sent_by)
SELECT n.id, m.provider, n.authority, 'Synthetic: will you offer?', n.at + interval '5 days', 'synthetic.commissioner' FROM peer.asked n JOIN peer.member m ON m.lot_no = n.lot_no AND m.j < 10
 WHERE n.kind = 'need' AND n.seq % 5 = 0;
INSERT INTO clarification (id, need_id, authority_id, question, answer, answered_at, answered_by)
SELECT peer.id('question' || k || ' ', n.seq), n.id, n.authority, 'Synthetic: is a place in a quiet corner needed?', 'Synthetic: yes.', n.at + interval '3 days', 'synthetic.commissioner'
  FROM peer.asked n, generate_series(0, 2) k WHERE n.kind = 'need' AND n.seq % 3 = 0;
INSERT INTO clarification_asker (clarification_id, need_id, provider_id)
SELECT peer.id('question' || k || ' ', n.seq), n.id, m.provider FROM peer.asked n, generate_series(0, 2) k JOIN peer.member m ON m.j = k WHERE m.lot_no = n.lot_no AND n.kind = 'need' AND n.seq % 3 = 0;
INSERT INTO need_change (need_id, authority_id, changed_at, changed_by, reason, fields, offers_voided) SELECT id, authority, at + interval '1 hour', 'synthetic.commissioner', 'Synthetic: a word was wrong.', '{profile}', false
  FROM peer.asked WHERE kind = 'need' AND seq % 10 = 0;
INSERT INTO need_link (need_id, sibling_id, authority_id, linked_at, linked_by)
SELECT a.id, b.id, a.authority, a.at, 'synthetic.commissioner' FROM peer.asked a JOIN peer.asked b ON b.kind = a.kind AND b.seq = CASE WHEN a.seq / 15 % 2 = 0 THEN a.seq + 15 ELSE a.seq - 15 END
 WHERE a.kind = 'need' AND a.seq / 30 % 10 = 0;
INSERT INTO joint_share (need_id, authority_id, joint_id, reference, made_at, made_by)
SELECT id, authority, peer.id('joint', seq / 3), 'J-SYN' || seq / 3, at, 'synthetic.officer' FROM peer.asked WHERE kind = 'need' AND seq / 3 % 20 = 0;
INSERT INTO ehc_calendar (need_id, authority_id, requested_on, post_sixteen) SELECT id, authority, at::date, false FROM peer.asked WHERE seq % 2 = 0;
INSERT INTO ehc_alert (need_id, authority_id, kind, due) SELECT id, authority, 'PLAN_DUE', at + interval '140 days' FROM peer.asked WHERE seq % 2 = 0;
INSERT INTO appointment (id, need_id, authority_id, organisation_id, person, capacity, made_at, made_by, over)
SELECT peer.id('appointment ' || c.capacity || n.kind, n.seq), n.id, n.authority, o.id, 'synthetic.' || lower(c.capacity), c.capacity, n.at, 'synthetic.commissioner', n.kind = 'need'
  FROM peer.asked n JOIN peer.authority o ON o.seq = (n.authority_no + 1) % 15, unnest('{OPENING_OFFICER,EVALUATOR,MODERATOR}'::text[]) c (capacity) WHERE n.seq % 20 = 0 AND n.kind <> 'routed need';
