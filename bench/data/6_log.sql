-- The log of all that: each act an event, sealed in the chain of the authority or provider, and most with the key of their request.
CREATE TABLE peer.act AS
SELECT e.at, e.person, e.capacity, e.organisation, e.act, e.object, e.authority, coalesce(e.authority, e.organisation) AS chain FROM (
    SELECT n.at + a.later AS at, 'synthetic.' || a.person AS person, a.capacity, n.authority AS organisation, a.act, n.id AS object, n.authority
      FROM peer.asked n, (VALUES ('commissioner', 'commissioner', 'need.create', interval '-1 hour'), ('commissioner', 'commissioner', 'need.publish', interval '0'),
          ('opener1', 'opening_officer', 'offer.open', interval '15 days'), ('evaluator1', 'evaluator', 'score.lock', interval '15 days 2 hours')) a (person, capacity, act, later) WHERE n.kind = 'need'
    UNION ALL SELECT at + interval '5 days' + k * interval '1 hour', 'synthetic.bids', 'bids_manager', provider, 'offer.submit', offer, NULL FROM peer.bid
    UNION ALL SELECT at + interval '15 days 1 hour', 'synthetic.evaluator1', 'evaluator', authority, a.act, offer, authority FROM peer.bid, unnest('{suitability.assess,score.give}'::text[]) a (act)
    UNION ALL SELECT at + interval '18 days', 'synthetic.' || a.person, a.capacity, CASE a.capacity WHEN 'bids_manager' THEN provider ELSE authority END, a.act, peer.id('award of ' || kind, n), authority
      FROM peer.placed, (VALUES ('commissioner', 'commissioner', 'award.propose'), ('approver', 'approver', 'award.approve'), ('bids', 'bids_manager', 'award.accept'),
          ('commissioner', 'commissioner', 'agreement.sign'), ('bids', 'bids_manager', 'agreement.sign')) a (person, capacity, act)) e ORDER BY e.at;
INSERT INTO event (tx, at, person, capacity, organisation_id, act, object_id, authority_id, chain_id, changed)
SELECT pg_current_xact_id(), at, person, capacity, organisation, act, object, authority, chain, '{created}' FROM peer.act;
INSERT INTO event_seal (event_id, tx, chain_id, position, hash)
SELECT e.id, e.tx, e.chain_id, coalesce(h.position, 0) + row_number() OVER (PARTITION BY e.chain_id ORDER BY e.id), decode(md5(e.id::text), 'hex')
  FROM event e LEFT JOIN (SELECT chain_id, max(position) AS position FROM event_seal GROUP BY chain_id) h USING (chain_id) WHERE NOT EXISTS (SELECT FROM event_seal s WHERE s.event_id = e.id) ORDER BY e.id;
INSERT INTO idempotency (organisation_id, person, act, key, request, result_id, at)
SELECT organisation, person, act, 'synthetic ' || row_number() OVER (), decode(md5(object::text), 'hex'), object, at FROM peer.act;
DROP TABLE peer.act;
