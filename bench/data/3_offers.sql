-- Five offers to each need, each from another member of the lot, for its first setting.
CREATE TABLE peer.bid AS
SELECT n.seq * 5 + k AS i, n.seq AS n, k, peer.id('offer', n.seq * 5 + k) AS offer, n.id AS need, n.authority, n.authority_no, n.lot_no, n.procedure, m.provider,
       peer.id('setting', m.n) AS setting, n.at, k = 4 AND n.seq % 2 = 0 AS unsuitable
  FROM peer.asked n CROSS JOIN generate_series(0, 4) k JOIN peer.member m ON m.lot_no = n.lot_no AND m.j = (n.seq * 7 + k * (n.members / 5)) % n.members WHERE n.kind = 'need' ORDER BY 1;
ANALYZE peer.bid;
INSERT INTO sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
SELECT offer, need, authority, provider, setting, 1, at + interval '5 days' + k * interval '1 hour', md5(i::text) FROM peer.bid;
INSERT INTO sealed_part (offer_id, provider_id, need_id, version, part, ciphertext, keeper_key, provider_key)
SELECT offer, provider, need, 1, part, decode(md5(i::text), 'hex'), '\x00', '\x00' FROM peer.bid, unnest('{QUALITY,PRICE}'::text[]) part;
INSERT INTO offer_tally (offer_id, need_id, authority_id, shown)
SELECT offer, need, authority, true FROM peer.bid UNION ALL SELECT id, id, authority, true FROM peer.asked WHERE kind <> 'routed need';

-- An opening writes the offers of one need together.
INSERT INTO opening_approval (need_id, authority_id, stage, person, at)
SELECT n.id, n.authority, s.stage, 'synthetic.opener' || o, n.at + interval '15 days' FROM peer.asked n, (VALUES ('QUALITY', 1), ('PRICE', 2)) s (stage, number), generate_series(1, 2) o
 WHERE n.kind = 'need' AND (n.procedure = 'SCORED' OR s.number = 1 AND o = 1);
INSERT INTO offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt, starts_on, places, needs_met, outcomes_met, assumptions)
SELECT offer, need, authority, provider, setting, 1, at + interval '5 days' + k * interval '1 hour', md5(i::text), '2026-09-15', 1, 'Synthetic: a calm room, a key adult, and time.',
       'Synthetic: small steps, told every week.', 'Synthetic: term dates as published.' FROM peer.bid ORDER BY i;
INSERT INTO offer_price (offer_id, need_id, authority_id, provider_id, weekly, weeks, annual)
SELECT offer, need, authority, provider, 1000 + i % 900, 38, 38 * (1000 + i % 900) FROM peer.bid ORDER BY i;
INSERT INTO offer_fee (offer_id, authority_id, provider_id, position, kind, description, weekly)
SELECT offer, authority, provider, p, (ARRAY['EDUCATION', 'THERAPY'])[p], 'Synthetic: education.', (1000 + i % 900) / 2 FROM peer.bid, generate_series(1, 2) p ORDER BY i, p;
