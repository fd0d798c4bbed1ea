-- Needs with five offers each, in bulk: as the superuser, without triggers, because these rows lived no story. Everybody and everything
-- in it is invented.
SET session_replication_role = replica;
SET search_path = dps;
CREATE SCHEMA synthetic;
CREATE FUNCTION synthetic.id(kind text, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5('synthetic ' || kind || n)::uuid $$;
CREATE TABLE synthetic.authority AS SELECT row_number() OVER (ORDER BY name)::integer - 1 AS seq, id FROM organisation WHERE kind <> 'CONSORTIUM';

INSERT INTO lot (id, authority_id, market_id, name, description, kind, procedure, shows_count, age_low, age_high, needs, contract, contract_version, published_at)
SELECT synthetic.id('lot', n), m.authority_id, m.id, 'Synthetic lot ' || n, 'Synthetic: day places.', 'INMSS_DAY', 'MATCHING', true, 2, 25,
       ARRAY['ASD - Autistic Spectrum Disorder'], 'National Schools and Colleges Contract', '1', now() - interval '500 days'
  FROM generate_series(0, 5) n, (SELECT id, authority_id FROM market LIMIT 1) m;

INSERT INTO provider (id, name, ukprn) SELECT synthetic.id('provider', n), 'Synthetic Provider ' || n, lpad((20000000 + n)::text, 8, '0') FROM generate_series(0, 59) n;

INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, primary_need, legal_basis, home_outcode, travel_miles, start_from, start_to, profile,
    outcomes, created_at, created_by, published_at, deadline, invited, closed_at, opened_at)
SELECT synthetic.id('need', n), a.id, synthetic.id('lot', n % 6), 'N-SYN' || n, 6 + n % 8, 8 + n % 8, 'ASD - Autistic Spectrum Disorder', 'EHC_PLAN', 'ZZ' || n % 90,
       20 + n % 30, '2026-09-01', '2026-10-01', 'Synthetic: a child who needs a calm place. ' || n, 'Synthetic: to attend.', t.at, 'synthetic.commissioner',
       t.at, t.at + interval '14 days', 5, t.at + interval '14 days', t.at + interval '15 days'
  FROM generate_series(0, 1499) n JOIN synthetic.authority a ON a.seq = n % 15, LATERAL (SELECT now() - interval '400 days' + n * interval '6 hours' AS at) t;

INSERT INTO offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt, starts_on, places, needs_met, outcomes_met, assumptions)
SELECT synthetic.id('offer', n * 5 + k), d.id, d.authority_id, synthetic.id('provider', (n * 7 + k * 11) % 60), synthetic.id('setting', k), 1,
       d.created_at + interval '5 days', md5((n * 5 + k)::text), '2026-09-15', 1, 'Synthetic: a calm room.', 'Synthetic: small steps.', 'Synthetic: term dates.'
  FROM generate_series(0, 1499) n JOIN need d ON d.id = synthetic.id('need', n), generate_series(0, 4) k;
