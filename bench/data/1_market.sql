-- The market of a large region, in bulk: as the superuser, without triggers, because these rows lived no story. Everybody
-- and everything in it is invented. Rows have the shape in which the service writes them: who is invited, what is scored and
-- what is logged. {needs} and the like are replaced by how many.
SET session_replication_role = replica;
SET statement_timeout = 0;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SET work_mem = '128MB';
SET search_path = dps;

CREATE SCHEMA IF NOT EXISTS peer;
GRANT USAGE ON SCHEMA peer TO PUBLIC;
CREATE FUNCTION peer.id(kind text, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT md5('synthetic ' || kind || n)::uuid $$;
CREATE TABLE peer.authority AS SELECT row_number() OVER (ORDER BY name)::integer - 1 AS seq, id FROM organisation WHERE kind <> 'CONSORTIUM';
CREATE TABLE peer.code AS SELECT * FROM unnest(ARRAY['ASD - Autistic Spectrum Disorder', 'SEMH - Social, Emotional and Mental Health',
    'SLD - Severe Learning Difficulty', 'SLCN - Speech, language and Communication', 'MLD - Moderate Learning Difficulty', 'PD - Physical Disability',
    'SpLD - Specific Learning Difficulty', 'HI - Hearing Impairment', 'VI - Visual Impairment', 'MSI - Multi-Sensory Impairment',
    'PMLD - Profound and Multiple Learning Difficulty', 'OTH - Other Difficulty/Disability']) WITH ORDINALITY AS c(name, seq);

-- The tables that grow with the market lose their indexes while they are filled; 9_end.sql builds each again at once.
CREATE TABLE peer.bulk AS SELECT name::regclass FROM unnest('{invitation,sealed_offer,sealed_part,offer_tally,offer,offer_price,offer_fee,
    suitability,score_sheet,score,moderation,ranking,interest,opening_approval,preference,award,letter,placement,agreement,spending,
    award_notice,event,event_seal,idempotency,rating,alert,need_identity,family_invitation,feedback_words}'::text[]) name
    WHERE to_regclass(name) IS NOT NULL;
UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid IN (SELECT name FROM peer.bulk);

-- Twelve lots: one that every provider is a member of, others for a half or a fifth of them, and most for one in fifty. Odd ones are scored.
CREATE TABLE peer.lot AS
SELECT l AS seq, peer.id('lot', l) AS id, greatest({providers} / s.one_in, 10) AS members, CASE l % 2 WHEN 1 THEN 'SCORED' ELSE 'MATCHING' END AS procedure, m.id AS market, m.authority_id AS lead
  FROM unnest('{1,2,5,5,50,50,50,50,50,50,50,50}'::integer[]) WITH ORDINALITY s(one_in, n), LATERAL (SELECT n::integer - 1 AS l) l, (SELECT id, authority_id FROM market LIMIT 1) m;
INSERT INTO lot (id, authority_id, market_id, name, description, kind, procedure, shows_count, age_low, age_high, needs, contract, contract_version, published_at)
SELECT id, lead, market, 'Synthetic lot ' || seq, 'Synthetic: day places.', 'INMSS_DAY', procedure, true, 2, 25,
       (SELECT array_agg(name) FROM peer.code), 'National Schools and Colleges Contract', '1', now() - interval '500 days' FROM peer.lot;
INSERT INTO criterion (id, authority_id, lot_id, position, kind, name, description, weight, top_score)
SELECT peer.id('criterion' || l.seq || ' ', c.position), l.lead, l.id, c.position, c.kind, c.name, 'Synthetic: ' || c.name, c.weight, 10
  FROM peer.lot l, (VALUES (1, 'QUALITY', 'Care', 25), (2, 'QUALITY', 'Teaching', 25), (3, 'QUALITY', 'Outcomes', 20), (4, 'PRICE', 'Price', 30)) c (position, kind, name, weight);
INSERT INTO lot_evidence (lot_id, authority_id, kind, essential) SELECT l.id, l.lead, k.code, k.code IN ('PUBLIC_LIABILITY', 'REGISTRATION') FROM peer.lot l, evidence_kind k;

INSERT INTO provider (id, name, ukprn) SELECT peer.id('provider', n), 'Synthetic Provider ' || n, lpad((20000000 + n)::text, 8, '0') FROM generate_series(0, {providers} - 1) n;

INSERT INTO setting (id, provider_id, kind, name, urn, district, outcode, age_low, age_high, needs, places, vacancies, vacancies_at, easting, northing)
SELECT peer.id('setting', n), peer.id('provider', n % {providers}), 'SCHOOL', 'Synthetic School ' || n, 'SYN' || n, 'Synthetic District ' || n % 60,
       'ZZ' || n % 90, 3 + n % 4, 16 + n % 6,
       (SELECT array_agg(name) FROM peer.code WHERE (n * 7 + code.seq * 5) % 12 < 3), 40 + n % 60, n % 5, now(), 400000 + n * 7919 % 150000, 100000 + n * 10473 % 120000
  FROM generate_series(0, {settings} - 1) n;
INSERT INTO setting (id, kind, name, urn, district, outcode, age_low, age_high, needs, places, vacancies)
SELECT peer.id('setting of nobody', n), 'SCHOOL', 'Synthetic School of nobody ' || n, 'SYN-N' || n, 'Synthetic District ' || n % 60, 'ZZ' || n % 90, 5, 16, '{}', 40, 0
  FROM generate_series(0, {settings} / 20) n;
INSERT INTO inspection (setting_id, body, scale, value, inspected_on)
SELECT peer.id('setting', n), 'Ofsted', 'Overall effectiveness', (ARRAY['Outstanding', 'Good', 'Good', 'Requires improvement'])[1 + n % 4], date '2023-01-01' + n % 365 + k * 700
  FROM generate_series(0, {settings} - 1) n, generate_series(0, 1) k;
INSERT INTO vacancy (setting_id, from_on, free, declared_at)
SELECT peer.id('setting', n), current_date + k * 30, (n + k) % 5, now() FROM generate_series(0, {settings} - 1) n, generate_series(0, 2) k;

-- Members of a lot: as many providers, evenly spread.
CREATE TABLE peer.member AS
SELECT l.seq AS lot_no, l.id AS lot, l.lead, j, (l.seq + j * ({providers} / l.members)) % {providers} AS n, peer.id('provider', (l.seq + j * ({providers} / l.members)) % {providers}) AS provider
  FROM peer.lot l, generate_series(0, l.members - 1) j;
CREATE UNIQUE INDEX ON peer.member (lot_no, j) INCLUDE (n, provider);
INSERT INTO application (id, authority_id, lot_id, provider_id, statement, declared, submitted_at, submitted_by, decide_by, decision, reasons, decided_at)
SELECT peer.id('application' || lot_no || ' ', j), lead, lot, provider, 'Synthetic: we qualify.', true, now() - interval '450 days' + n * interval '1 minute',
       'synthetic.bids', now() - interval '430 days', 'ADMITTED', 'Synthetic: qualifies.', now() - interval '440 days' + n * interval '1 minute' FROM peer.member;
INSERT INTO membership (id, lot_id, provider_id, application_id, admitted_at)
SELECT peer.id('membership' || lot_no || ' ', j), lot, provider, peer.id('application' || lot_no || ' ', j), now() - interval '440 days' + n * interval '1 minute' FROM peer.member;
INSERT INTO membership_step (id, membership_id, authority_id, provider_id, kind, reason, at, person)
SELECT peer.id('step' || lot_no || ' ', j), peer.id('membership' || lot_no || ' ', j), lead, provider, 'ADMITTED', 'Synthetic: qualifies.', now() - interval '440 days' + n * interval '1 minute',
       'synthetic.manager' FROM peer.member;
SELECT dps.place_again(ARRAY(SELECT id FROM setting));
INSERT INTO application_question (id, application_id, authority_id, provider_id, round, question, asked_at, asked_by, answer_by, answer, answered_at, answered_by)
SELECT peer.id('application question' || lot_no || ' ', j), peer.id('application' || lot_no || ' ', j), lead, provider, 1, 'Synthetic: since when?', now() - interval '445 days', 'synthetic.manager',
       now() - interval '443 days', 'Synthetic: for years.', now() - interval '444 days', 'synthetic.bids' FROM peer.member WHERE j % 3 = 0;
INSERT INTO application (id, authority_id, lot_id, provider_id, statement, declared, submitted_at, submitted_by, decide_by, decision, reasons, decided_at)
SELECT peer.id('application refused ' || lot_no || ' ', j), lead, lot, provider, 'Synthetic: we qualify.', true, now() - interval '490 days' + n * interval '1 minute',
       'synthetic.bids', now() - interval '480 days', 'REFUSED', 'Synthetic: not yet.', now() - interval '485 days' + n * interval '1 minute' FROM peer.member WHERE j % 5 = 0;
INSERT INTO application_appeal (application_id, authority_id, provider_id, grounds, appealed_at, appealed_by, decide_by, upheld, reasons, decided_at, decided_by,
    refusal_reasons, refused_at)
SELECT peer.id('application refused ' || lot_no || ' ', j), lead, provider, 'Synthetic: we do.', now() - interval '480 days', 'synthetic.bids', now() - interval '470 days', false, 'Synthetic: not yet.',
       now() - interval '475 days', 'synthetic.manager', 'Synthetic: not yet.', now() - interval '485 days' + n * interval '1 minute' FROM peer.member WHERE j % 5 = 0;

-- Evidence: a document or a declaration of each kind, and an earlier one.
INSERT INTO evidence (id, provider_id, kind, reference, valid_from, valid_until, recorded_at, recorded_by, declared)
SELECT peer.id('evidence' || k.code || v, n), peer.id('provider', n), k.code, 'SYN-' || n, current_date - 300 * v - 200, current_date + 600 - 500 * v, now() - interval '450 days' + n * interval '1 minute',
       'synthetic.bids', k.declaration IS NOT NULL FROM generate_series(0, {providers} - 1) n, evidence_kind k, generate_series(0, 1) v;
INSERT INTO evidence_file (evidence_id, provider_id, name, media, bytes, sha256, content, uploaded_at, uploaded_by)
SELECT id, provider_id, 'synthetic.pdf', 'application/pdf', 64, md5(id::text), decode(md5(id::text) || md5(provider_id::text), 'hex'), recorded_at, recorded_by FROM evidence WHERE NOT declared;
INSERT INTO evidence_warning (evidence_id, days, provider_id, at) SELECT id, d, provider_id, now() - interval '400 days' FROM evidence, unnest('{60,30}'::integer[]) d WHERE valid_until < current_date + 200;
INSERT INTO renewal (id, authority_id, provider_id, kind, reason, asked_at, asked_by, answer_by)
SELECT peer.id('renewal', n), l.lead, peer.id('provider', n), 'ACCOUNTS', 'Synthetic: the latest ones.', now() - interval '460 days', 'synthetic.manager', now() - interval '440 days'
  FROM generate_series(0, {providers} - 1) n, peer.lot l WHERE l.seq = 0 AND n % 2 = 0;
INSERT INTO setting_address (setting_id, provider_id, address) SELECT id, provider_id, '\x00' FROM setting WHERE urn LIKE 'SYN%';

-- The boroughs leave everything to their consortium, but one.
INSERT INTO delegation (id, authority_id, consortium_id, act, given_at, given_by)
SELECT peer.id('delegation ' || a.act, b.seq::integer), b.id, b.consortium_id, a.act, now() - interval '500 days', 'synthetic.commissioner'
  FROM (SELECT *, row_number() OVER (ORDER BY name) AS seq FROM organisation WHERE kind = 'BOROUGH') b, unnest('{PUBLISH,EVALUATE,AWARD,MANAGE}'::text[]) a (act) WHERE b.seq > 1;
INSERT INTO partnership_step (id, organisation_id, kind, on_day, consortium_id, words, at, person)
SELECT peer.id('partnership', b.seq::integer), b.id, 'MOVED_IN', '2025-01-01', b.consortium_id, 'Synthetic: moved in.', now() - interval '500 days', 'synthetic.manager'
  FROM (SELECT *, row_number() OVER (ORDER BY name) AS seq FROM organisation WHERE kind = 'BOROUGH') b;
INSERT INTO saved_search (id, organisation_id, person, name, shared, filter)
SELECT peer.id('search' || a.seq || ' ', n), a.id, 'synthetic.commissioner', 'Synthetic ' || n, n % 2 = 0, '{}' FROM peer.authority a, generate_series(0, 49) n;
