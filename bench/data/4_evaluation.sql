-- Evaluation: everybody says whether they have an interest, every check of every offer, a score of each criterion by each evaluator (two
-- where the lot is scored), agreed scores there, and the order.
INSERT INTO interest (id, need_id, authority_id, person, conflict, at)
SELECT peer.id('interest ' || p, n.seq), n.id, n.authority, 'synthetic.' || p, false, n.at + interval '15 days' FROM peer.asked n,
       unnest('{opener1,evaluator1,commissioner,approver,opener2,evaluator2,moderator}'::text[]) WITH ORDINALITY w (p, number) WHERE n.kind = 'need' AND (w.number < 5 OR n.procedure = 'SCORED');
INSERT INTO suitability (offer_id, check_code, need_id, authority_id, passed, reason, person, at)
SELECT b.offer, c.code, b.need, b.authority, NOT (b.unsuitable AND c.code = 'INSPECTION'), CASE WHEN b.unsuitable AND c.code = 'INSPECTION' THEN 'Synthetic: inadequate.' ELSE '' END,
       'synthetic.evaluator1', b.at + interval '15 days 1 hour'
  FROM peer.bid b, unnest('{MEMBERSHIP,REGISTRATION,AGE,NEEDS_MET,VACANCY,INSPECTION,IMPACT_ON_CHILDREN}'::text[]) c (code) ORDER BY b.i;
INSERT INTO score_sheet (need_id, authority_id, person, locked_at)
SELECT n.id, n.authority, 'synthetic.evaluator' || e, n.at + interval '15 days 2 hours' FROM peer.asked n, generate_series(1, 2) e WHERE n.kind = 'need' AND (n.procedure = 'SCORED' OR e = 1);
INSERT INTO score (offer_id, criterion_id, person, need_id, authority_id, points, comment)
SELECT b.offer, c.id, 'synthetic.evaluator' || e, b.need, b.authority, 5 + (b.i + c.position + e) % 6, 'Synthetic: as the offer says.'
  FROM peer.bid b JOIN peer.lot l ON l.seq = b.lot_no JOIN criterion c ON c.lot_id = l.id AND c.kind = 'QUALITY', generate_series(1, 2) e
 WHERE NOT b.unsuitable AND (b.procedure = 'SCORED' OR e = 1) ORDER BY b.i;
INSERT INTO moderation (offer_id, criterion_id, need_id, authority_id, points, reason, person, at)
SELECT b.offer, c.id, b.need, b.authority, 5 + (b.i + c.position) % 6, 'Synthetic: agreed.', 'synthetic.moderator', b.at + interval '15 days 3 hours'
  FROM peer.bid b JOIN peer.lot l ON l.seq = b.lot_no JOIN criterion c ON c.lot_id = l.id AND c.kind = 'QUALITY' WHERE NOT b.unsuitable AND b.procedure = 'SCORED' ORDER BY b.i;
INSERT INTO ranking (id, offer_id, need_id, authority_id, provider_id, rank, quality, price, total, arithmetic, reckoned_at, superseded_at)
SELECT peer.id('ranking' || s || ' ', i), offer, need, authority, provider, k + 1, 50 - k, 25 - k, 75 - 2 * k, 'Synthetic: quality ' || 50 - k || ' and price ' || 25 - k || '.',
       at + interval '15 days 5 hours', CASE s WHEN 1 THEN at + interval '15 days 6 hours' END
  FROM peer.bid, generate_series(0, 1) s WHERE NOT unsuitable AND (s = 0 OR n % 20 = 0) ORDER BY i;
INSERT INTO price_query (id, offer_id, need_id, authority_id, provider_id, kind, question, asked_at, asked_by, answer_by, answer, answered_at, answered_by, accepted, reason, decided_at, decided_by)
SELECT peer.id('price query', i), offer, need, authority, provider, 'ABNORMALLY_LOW', 'Synthetic: how?', at + interval '15 days 5 hours', 'synthetic.commissioner', at + interval '17 days',
       'Synthetic: with volunteers.', at + interval '15 days 6 hours', 'synthetic.bids', true, 'Synthetic: accounted for.', at + interval '15 days 7 hours', 'synthetic.commissioner'
  FROM peer.bid WHERE k = 3 AND n % 20 = 0;
