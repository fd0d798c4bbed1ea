-- What PostGraphile and the floor need as well as the tables: the same answers, by the best SQL for each.
CREATE FUNCTION dps.setting_figures(s dps.setting) RETURNS TABLE (question text, respondent text, answers bigint, mean numeric) LANGUAGE sql STABLE AS
    'SELECT r.question, r.respondent, count(*), round(avg(r.value), 1) FROM dps.rating r JOIN dps.market m ON m.id = r.market_id
      WHERE r.setting_id = s.id GROUP BY 1, 2 HAVING count(*) >= max(m.feedback_k) ORDER BY 2, 1';

-- The nearest settings of a lot for a need and an age, by the index that there is for it.
CREATE FUNCTION peer.nearest(lot uuid, need text, age integer, easting integer, northing integer) RETURNS SETOF dps.setting LANGUAGE sql STABLE ROWS 20 AS $$
    SELECT s.* FROM dps.place p JOIN dps.setting s ON s.id = p.setting_id
     WHERE p.location IS NOT NULL AND p.key = (SELECT k.key FROM dps.place_key k WHERE k.lot_id = lot AND k.need = nearest.need)
       AND age BETWEEN p.age_low AND p.age_high ORDER BY p.location <-> point(easting, northing) LIMIT 20 $$;

-- An offer as the service makes one: key, lock, need, setting, membership, envelope, both halves, event, memory of the key.
CREATE FUNCTION peer.submit_offer(which uuid, place uuid, key text) RETURNS dps.sealed_offer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    asked dps.need; member dps.membership; made dps.sealed_offer; was uuid;
BEGIN
    SELECT result_id INTO was FROM dps.recall(dps.org(), dps.person(), 'offer.submit', key);
    IF was IS NOT NULL THEN
        SELECT * INTO made FROM dps.sealed_offer WHERE id = was;
        RETURN made;
    END IF;
    PERFORM dps.lock_need(which, false);
    SELECT * INTO STRICT asked FROM dps.need WHERE id = which;
    PERFORM FROM dps.setting WHERE id = place AND provider_id = dps.org();
    IF NOT FOUND OR dps.now() > asked.deadline THEN RAISE EXCEPTION 'refused'; END IF;
    SELECT * INTO STRICT member FROM dps.membership WHERE lot_id = asked.lot_id AND provider_id = dps.org() AND ended_at IS NULL;
    INSERT INTO dps.sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
    VALUES (gen_random_uuid(), which, asked.authority_id, dps.org(), place, 1, dps.now(), md5(key))
    ON CONFLICT (need_id, provider_id, setting_id) WHERE withdrawn_at IS NULL DO UPDATE
    SET version = dps.sealed_offer.version + 1, received_at = dps.now(), receipt = md5(key) RETURNING * INTO made;
    INSERT INTO dps.sealed_part (offer_id, provider_id, need_id, version, part, ciphertext, keeper_key, provider_key)
    SELECT made.id, dps.org(), which, made.version, part, decode(repeat(md5(key), 16), 'hex'), decode(repeat(md5(key), 5), 'hex'), decode(repeat(md5(key), 5), 'hex')
      FROM unnest(ARRAY['QUALITY', 'PRICE']) part;
    INSERT INTO dps.event (person, capacity, organisation_id, act, object_id, authority_id, chain_id, changed)
    VALUES (dps.person(), 'bids_manager', dps.org(), 'offer.submit', made.id, NULL, dps.org(), ARRAY['version']);
    INSERT INTO dps.idempotency (organisation_id, person, act, key, request, result_id)
    VALUES (dps.org(), dps.person(), 'offer.submit', key, decode(md5(key), 'hex'), made.id);
    RETURN made;
END $$;

-- What the service sets for each connection.
ALTER ROLE dps_api IN DATABASE bench SET search_path = dps;

-- PostGraphile reads the catalogue, which the service's own login cannot.
GRANT SELECT ON ALL TABLES IN SCHEMA pg_catalog TO dps_api;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA peer TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA peer TO PUBLIC;

CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA peer;

ALTER SYSTEM SET pg_stat_statements.track_utility = off;

SELECT pg_reload_conf();
