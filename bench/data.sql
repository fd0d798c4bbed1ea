-- The market of a large region, in bulk: as the superuser, without triggers, because these rows lived no story. Everybody
-- and everything in it is invented. {needs} and the like are replaced by how many.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SET search_path = dps;

CREATE SCHEMA IF NOT EXISTS peer;
GRANT USAGE ON SCHEMA peer TO PUBLIC;
CREATE FUNCTION peer.id(kind text, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT md5('synthetic ' || kind || n)::uuid $$;
CREATE TABLE peer.authority AS SELECT row_number() OVER (ORDER BY name)::integer - 1 AS seq, id FROM organisation WHERE kind <> 'CONSORTIUM';
CREATE TABLE peer.code AS SELECT * FROM unnest(ARRAY['ASD - Autistic Spectrum Disorder', 'SEMH - Social, Emotional and Mental Health',
    'SLD - Severe Learning Difficulty', 'SLCN - Speech, language and Communication', 'MLD - Moderate Learning Difficulty', 'PD - Physical Disability',
    'SpLD - Specific Learning Difficulty', 'HI - Hearing Impairment', 'VI - Visual Impairment', 'MSI - Multi-Sensory Impairment',
    'PMLD - Profound and Multiple Learning Difficulty', 'OTH - Other Difficulty/Disability']) WITH ORDINALITY AS c(name, seq);

INSERT INTO lot (id, authority_id, market_id, name, description, kind, procedure, shows_count, age_low, age_high, needs, contract, contract_version, published_at)
SELECT peer.id('lot', n), m.authority_id, m.id, 'Synthetic lot ' || n, 'Synthetic: day places.', 'INMSS_DAY', 'MATCHING', true, 2, 25,
       (SELECT array_agg(name) FROM peer.code), 'National Schools and Colleges Contract', '1', now() - interval '500 days'
  FROM generate_series(0, 5) n, (SELECT id, authority_id FROM market LIMIT 1) m;

INSERT INTO provider (id, name, ukprn) SELECT peer.id('provider', n), 'Synthetic Provider ' || n, lpad((20000000 + n)::text, 8, '0') FROM generate_series(0, {providers} - 1) n;

INSERT INTO setting (id, provider_id, kind, name, urn, district, outcode, age_low, age_high, needs, places, vacancies, vacancies_at, easting, northing)
SELECT peer.id('setting', n), peer.id('provider', n % {providers}), 'SCHOOL', 'Synthetic School ' || n, 'SYN' || n, 'Synthetic District ' || n % 60,
       'ZZ' || n % 90, 3 + n % 4, 16 + n % 6,
       (SELECT array_agg(name) FROM peer.code WHERE (n * 7 + code.seq * 5) % 12 < 3), 40 + n % 60, n % 5, now(), 400000 + n * 7919 % 150000, 100000 + n * 10473 % 120000
  FROM generate_series(0, {settings} - 1) n;

INSERT INTO application (id, authority_id, lot_id, provider_id, statement, declared, submitted_at, submitted_by, decide_by, decision, reasons, decided_at)
SELECT peer.id('application' || l || ' ', n), m.authority_id, peer.id('lot', l), peer.id('provider', n), 'Synthetic: we qualify.', true, now() - interval '450 days',
       'synthetic.bids', now() - interval '430 days', 'ADMITTED', 'Synthetic: qualifies.', now() - interval '440 days'
  FROM generate_series(0, {providers} - 1) n, generate_series(0, 5) l, (SELECT authority_id FROM market LIMIT 1) m WHERE l = 0 OR (n + l) % 3 = 0;
INSERT INTO membership (id, lot_id, provider_id, application_id, admitted_at)
SELECT peer.id('membership' || l || ' ', n), peer.id('lot', l), peer.id('provider', n), peer.id('application' || l || ' ', n), now() - interval '440 days'
  FROM generate_series(0, {providers} - 1) n, generate_series(0, 5) l WHERE l = 0 OR (n + l) % 3 = 0;
SELECT dps.place_again(ARRAY(SELECT id FROM setting));

-- Needs that were opened, then some that are open for offers.
INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, primary_need, legal_basis, home_outcode, travel_miles, start_from, start_to, profile,
    outcomes, created_at, created_by, published_at, deadline, invited, closed_at, opened_at)
SELECT peer.id('need', n), a.id, peer.id('lot', n % 6), 'N-SYN' || n, 6 + n % 8, 8 + n % 8, c.name, 'EHC_PLAN', 'ZZ' || n % 90, 20 + n % 30, '2026-09-01', '2026-10-01',
       'Synthetic: a child who needs a calm place and a small class. ' || n, 'Synthetic: to attend, to read, to make a friend.', t.at, 'synthetic.commissioner',
       t.at, t.at + interval '14 days', 5, t.at + interval '14 days', t.at + interval '15 days'
  FROM generate_series(0, {needs} - 1) n JOIN peer.authority a ON a.seq = n % 15 JOIN peer.code c ON c.seq = n % 12 + 1,
       LATERAL (SELECT now() - interval '400 days' + n * interval '380 days' / {needs} AS at) t;
INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, primary_need, legal_basis, home_outcode, travel_miles, start_from, start_to, profile,
    outcomes, created_at, created_by, published_at, deadline, invited)
SELECT peer.id('open need', n), a.id, peer.id('lot', 0), 'N-OPEN' || n, 6 + n % 8, 8 + n % 8, c.name, 'EHC_PLAN', 'ZZ' || n % 90, 20 + n % 30, '2027-09-01', '2027-10-01',
       'Synthetic: a child who needs a calm place and a small class. ' || n, 'Synthetic: to attend, to read, to make a friend.', now() - interval '499 days',
       'synthetic.commissioner', now() - interval '1 day', now() + interval '100 days', 50
  FROM generate_series(0, {open} - 1) n JOIN peer.authority a ON a.seq = n % 15 JOIN peer.code c ON c.seq = n % 12 + 1;

-- Five offers to each need, each from another provider, for its first setting.
CREATE TABLE peer.bid AS
SELECT n * 5 + k AS i, peer.id('offer', n * 5 + k) AS offer, peer.id('need', n) AS need, a.id AS authority, peer.id('provider', p.seq) AS provider,
       peer.id('setting', p.seq) AS setting, now() - interval '400 days' + n * interval '380 days' / {needs} AS at
  FROM generate_series(0, {needs} - 1) n JOIN peer.authority a ON a.seq = n % 15, generate_series(0, 4) k, LATERAL (SELECT (n * 7 + k * 997) % {providers} AS seq) p;
INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at)
SELECT need, provider, authority, peer.id('lot', i / 5 % 6), at FROM peer.bid
UNION ALL SELECT peer.id('open need', n), peer.id('provider', (n * 7 + k * 97) % {providers}), a.id, peer.id('lot', 0), now() - interval '1 day'
  FROM generate_series(0, {open} - 1) n JOIN peer.authority a ON a.seq = n % 15, generate_series(0, 49) k;
INSERT INTO sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
SELECT offer, need, authority, provider, setting, 1, at + interval '5 days', md5(i::text) FROM peer.bid;
INSERT INTO offer_tally (offer_id, need_id, authority_id, shown)
SELECT offer, need, authority, true FROM peer.bid UNION ALL SELECT id, id, authority_id, true FROM need;
INSERT INTO offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt, starts_on, places, needs_met, outcomes_met, assumptions)
SELECT offer, need, authority, provider, setting, 1, at + interval '5 days', md5(i::text), '2026-09-15', 1, 'Synthetic: a calm room, a key adult, and time.',
       'Synthetic: small steps, told every week.', 'Synthetic: term dates as published.' FROM peer.bid ORDER BY i; -- an opening writes those of one need
INSERT INTO offer_price (offer_id, need_id, authority_id, provider_id, weekly, weeks, annual)
SELECT offer, need, authority, provider, 1000 + i % 900, 38, 38 * (1000 + i % 900) FROM peer.bid;
INSERT INTO offer_fee (offer_id, authority_id, provider_id, position, kind, description, weekly)
SELECT offer, authority, provider, 1, 'EDUCATION', 'Synthetic: education.', 1000 + i % 900 FROM peer.bid;

-- The first offer of three needs in four was awarded, and the child is there.
CREATE TABLE peer.placed AS SELECT *, i / 5 AS n FROM peer.bid WHERE i % 5 = 0 AND i / 5 < {placements};
INSERT INTO award (id, need_id, offer_id, authority_id, provider_id, setting_id, reason, proposed_at, proposed_by, approved_at, approved_by, accept_by, accepted_at)
SELECT peer.id('award', n), need, offer, authority, provider, setting, 'Synthetic: best offer.', at + interval '16 days', 'synthetic.commissioner',
       at + interval '17 days', 'synthetic.approver', at + interval '27 days', at + interval '18 days' FROM peer.placed;
INSERT INTO placement (id, award_id, need_id, authority_id, provider_id, setting_id, starts_on, started_at)
SELECT peer.id('placement', n), peer.id('award', n), need, authority, provider, setting, (at + interval '20 days')::date, at + interval '20 days' FROM peer.placed;
INSERT INTO agreement (id, placement_id, need_id, authority_id, provider_id, contract, contract_version, weekly, weeks)
SELECT peer.id('agreement', n), peer.id('placement', n), need, authority, provider, 'National Schools and Colleges Contract', '1', 1000, 38 FROM peer.placed;
INSERT INTO rating (id, market_id, provider_id, setting_id, respondent, question, value, month)
SELECT peer.id('rating', n), m.id, peer.id('provider', n % {settings} % {providers}), peer.id('setting', n % {settings}), 'PARENT', q.code, 1 + n % 5, '2026-05-01'
  FROM generate_series(0, {answers} - 1) n JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS seq, count(*) OVER () AS of FROM question WHERE respondent = 'PARENT') q
    ON q.seq = n / {settings} / 10 % q.of, (SELECT id FROM market LIMIT 1) m;

VACUUM ANALYZE;
