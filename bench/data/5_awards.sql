-- The first offer of three needs in four was awarded, and the child is there; the others end without an award. Some places came by
-- another route. In one, the first day has not been recorded.
CREATE TABLE peer.placed AS
SELECT n, 'placement' AS kind, need, offer, authority, authority_no, provider, setting, at, 'COMPETITION' AS route FROM peer.bid WHERE k = 0 AND n < {placements}
UNION ALL SELECT a.seq, 'routed placement', a.id, NULL, a.authority, a.authority_no, peer.id('provider', a.seq * 11 % {providers}), peer.id('setting', a.seq * 11 % {providers}), a.at, 'SPOT'
  FROM peer.asked a WHERE a.kind = 'routed need';
INSERT INTO award (id, need_id, offer_id, authority_id, provider_id, setting_id, route, reason, proposed_at, proposed_by, approved_at, approved_by, accept_by, accepted_at, need_created_at)
SELECT peer.id('award of ' || p.kind, n), need, offer, authority, provider, setting, route, 'Synthetic: best offer.', at + interval '16 days', 'synthetic.commissioner',
       at + interval '17 days', 'synthetic.approver', at + interval '27 days', at + interval '18 days', d.created_at FROM peer.placed p JOIN need d ON d.id = p.need ORDER BY n;
INSERT INTO award (id, need_id, offer_id, authority_id, provider_id, setting_id, reason, proposed_at, proposed_by, approved_at, approved_by, accept_by, lapsed_at, need_created_at)
SELECT peer.id('award that lapsed', n), need, offer, authority, provider, setting, 'Synthetic: best offer.', at + interval '15 days 8 hours', 'synthetic.commissioner',
       at + interval '15 days 9 hours', 'synthetic.approver', at + interval '15 days 20 hours', at + interval '15 days 21 hours', d.created_at FROM peer.bid b JOIN need d ON d.id = b.need WHERE k = 1 AND n % 10 = 0;
INSERT INTO basis (award_id, need_id, authority_id, words, starts_on, weekly, weeks, spot)
SELECT peer.id('award of ' || kind, n), need, authority, '\x00', (at + interval '20 days')::date, 1000, 38, 'CONTINUITY' FROM peer.placed WHERE route = 'SPOT';
INSERT INTO placement (id, award_id, need_id, authority_id, provider_id, setting_id, starts_on, started_at, route)
SELECT peer.id(kind, n), peer.id('award of ' || kind, n), need, authority, provider, setting, (at + interval '20 days')::date, CASE WHEN n <> 106 THEN at + interval '20 days' END, route FROM peer.placed ORDER BY n;
INSERT INTO agreement (id, placement_id, need_id, authority_id, provider_id, contract, contract_version, weekly, weeks, authority_signed_at, authority_signed_by, provider_signed_at, provider_signed_by)
SELECT peer.id('agreement of ' || kind, n), peer.id(kind, n), need, authority, provider, 'National Schools and Colleges Contract', '1', 1000, 38,
       at + interval '19 days', 'synthetic.commissioner', at + interval '19 days 1 hour', 'synthetic.bids' FROM peer.placed ORDER BY n;
INSERT INTO spending (placement_id, authority_id, provider_id, route, agreed_on, annual) SELECT peer.id(kind, n), authority, provider, route, (at + interval '18 days')::date, 38000 FROM peer.placed;
INSERT INTO panel_decision (need_id, authority_id, decided_on, agreed, reasons, education, social_care, icb, recorded_at, recorded_by)
SELECT need, authority, (at + interval '16 days')::date, true, 'Synthetic: agreed.', 60, 20, 20, at + interval '16 days', 'synthetic.commissioner' FROM peer.placed;
INSERT INTO area_approval (need_id, authority_id, distance, approved_by, grounds, emergency, area_told_on, approved_at, person)
SELECT need, authority, 'DISTANT', 'DIRECTOR', 'Synthetic: no place nearer.', false, at::date, at + interval '16 days', 'synthetic.approver' FROM peer.placed WHERE n % 5 = 0;
INSERT INTO letter (award_id, offer_id, need_id, authority_id, provider_id, result, rank, total, body, sent_at)
SELECT peer.id('award of placement', b.n), b.offer, b.need, b.authority, b.provider, CASE WHEN b.k = 0 THEN 'AWARDED' WHEN b.unsuitable THEN 'NOT_SUITABLE' ELSE 'NOT_AWARDED' END,
       b.k + 1, 75 - 2 * b.k, 'Synthetic: thank you for your offer. These are your scores and those of the offer that was awarded.', b.at + interval '17 days'
  FROM peer.bid b WHERE b.n < {placements} ORDER BY b.i;
INSERT INTO no_award (need_id, authority_id, reason, words, at, person)
SELECT id, authority, 'NOT_AFFORDABLE', 'Synthetic: none could be paid.', at + interval '18 days', 'synthetic.commissioner' FROM peer.asked WHERE kind = 'need' AND seq >= {placements};
INSERT INTO letter (offer_id, need_id, authority_id, provider_id, result, body, sent_at)
SELECT offer, need, authority, provider, 'NO_AWARD', 'Synthetic: the need ended without an award.', at + interval '18 days' FROM peer.bid WHERE n >= {placements} ORDER BY i;

-- Award notices: one authority has published none yet, the others all but those of the last month.
INSERT INTO award_notice (id, award_id, need_id, authority_id, kind, reference, published_on, recorded_at, recorded_by)
SELECT peer.id('notice ' || k.kind || p.kind, n), peer.id('award of ' || p.kind, n), need, authority, k.kind, 'SYN-' || n, (at + interval '20 days')::date, at + interval '20 days', 'synthetic.commissioner'
  FROM peer.placed p, unnest('{AWARD,DETAILS}'::text[]) k (kind) WHERE authority_no > 0 AND at < now() - interval '60 days' ORDER BY at;

-- Families: invitations, what they would like, and their words.
INSERT INTO family_invitation (id, code_hash, kind, respondent, authority_id, need_id, placement_id, provider_id, setting_id, market_id, invited_by, invited_at, expires_at, used_at, route)
SELECT peer.id('family of ' || kind, n), decode(md5('code of ' || kind || n), 'hex'), 'FEEDBACK', 'PARENT', authority, need, peer.id(kind, n), provider, setting, m.id, 'synthetic.commissioner',
       at + interval '60 days', at + interval '90 days', at + interval '61 days', route FROM peer.placed, (SELECT id FROM market LIMIT 1) m;
INSERT INTO preference (id, need_id, authority_id, respondent, setting_id, words, entered_for, given_at)
SELECT peer.id('preference', n), need, authority, 'PARENT', CASE WHEN n % 2 = 0 THEN setting END, '\x00', true, at + interval '2 days' FROM peer.bid WHERE k = 0 AND n % 3 = 0;
INSERT INTO naming (id, need_id, authority_id, preference_id, setting_id, named, ground, reasons, consulted_on, decided_at, decided_by)
SELECT peer.id('naming', n), need, authority, peer.id('preference', n), setting, false, 'UNSUITABLE', '\x00', at::date, at + interval '10 days', 'synthetic.commissioner'
  FROM peer.bid WHERE k = 0 AND n % 6 = 0;
INSERT INTO telephone_offer (id, need_id, authority_id, provider_id, setting_id, starts_on, weekly, weeks, words, said_by, said_at, entered_by, entered_at, confirm_by, confirmed_at, confirmed_by)
SELECT peer.id('telephone offer', i), need, authority, provider, setting, '2026-09-15', 1200, 38, 'Synthetic: come tomorrow.', 'Synthetic head', at + interval '3 hours', 'synthetic.commissioner',
       at + interval '4 hours', at + interval '2 days', at + interval '1 day', 'synthetic.bids' FROM peer.bid WHERE n % 50 = 1;
INSERT INTO feedback_words (id, placement_id, authority_id, provider_id, respondent, words, may_contact, received_at, read_by, decision, decided_at, decided_by)
SELECT peer.id('words of ' || kind, n), peer.id(kind, n), authority, provider, 'PARENT', '\x00', true, at + interval '61 days', at + interval '62 days', (ARRAY['RELEASED', 'HELD'])[1 + n % 2],
       at + interval '62 days', 'synthetic.lead' FROM peer.placed WHERE n % 4 < 2;
INSERT INTO rating (id, market_id, provider_id, setting_id, respondent, question, value, month)
SELECT peer.id('rating', n), m.id, peer.id('provider', n % {settings} % {providers}), peer.id('setting', n % {settings}), 'PARENT', q.code, 1 + n % 5, '2026-05-01'
  FROM generate_series(0, {answers} - 1) n JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS seq, count(*) OVER () AS of FROM question WHERE respondent = 'PARENT') q
    ON q.seq = n / {settings} / 10 % q.of, (SELECT id FROM market LIMIT 1) m;
INSERT INTO alert (authority_id, capacity, delegable, kind, source_id, need_id, of_kind, of_id, words, due, at, answered_by, done_at)
SELECT authority, 'commissioner', k.delegable, k.kind, id, id, 'need', id, 'N-SYN' || seq, at + interval '140 days', at + interval '140 days', ARRAY[k.act],
       CASE WHEN seq % 8 <> 0 THEN at + interval '150 days' END
  FROM peer.asked, (VALUES ('PLAN_DUE', NULL, 'ehc.record'), ('OFFERS_TO_AWARD', 'AWARD', 'award.propose')) k (kind, delegable, act) WHERE seq % 2 = 0;

-- A succession that was announced for a day far away, and who takes over what.
INSERT INTO succession (id, authority_id, on_day, successors, remainder_id, words, announced_at, announced_by)
SELECT peer.id('succession', 0), a.id, '2060-04-01', ARRAY[b.id], b.id, 'Synthetic: one authority from then on.', now() - interval '9 days', 'synthetic.manager'
  FROM peer.authority a, peer.authority b WHERE a.seq = 1 AND b.seq = 2;
INSERT INTO succession_case (succession_id, need_id, predecessor_id, successor_id)
SELECT peer.id('succession', 0), n.id, n.authority, b.id FROM peer.asked n, peer.authority b WHERE n.kind = 'need' AND n.authority_no = 1 AND n.seq < 600 AND b.seq = 2;
