-- +goose Up
-- Finding places. The extensions btree_gist and pg_trgm are there already: whoever migrates makes them with the roles.

-- What is looked for most, by number: a need type ('' for any) in a lot (all zero for the whole market, members or not).
CREATE TABLE place_key (
    key    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lot_id uuid NOT NULL,
    need   text NOT NULL,
    UNIQUE (lot_id, need)
);

-- One row for each open setting and each key that finds it: under an index by key and location the nearest come first,
-- however rare the need. Arrays and ranges would lose their index under row-level security. Written by triggers alone.
CREATE TABLE place (
    key        integer NOT NULL,
    setting_id uuid NOT NULL REFERENCES setting ON DELETE CASCADE,
    location   point,                        -- null for homes, and where no directory tells it
    age_low    smallint NOT NULL,
    age_high   smallint NOT NULL,
    PRIMARY KEY (setting_id, key)
);
CREATE INDEX place_near ON place USING gist (key, location) INCLUDE (age_low, age_high, setting_id) WHERE location IS NOT NULL;
CREATE INDEX place_of_key ON place (key, setting_id);

CREATE INDEX setting_district ON setting (district, name, id);
CREATE INDEX setting_words ON setting USING gin (name gin_trgm_ops);
CREATE INDEX provider_words ON provider USING gin (name gin_trgm_ops);
CREATE INDEX membership_suspended ON membership (lot_id, provider_id) WHERE ended_at IS NULL AND suspended_at IS NOT NULL;

-- places_of are the rows that settings should have.
CREATE FUNCTION places_of(which uuid[]) RETURNS TABLE (lot_id uuid, need text, setting_id uuid, location point, age_low integer, age_high integer)
LANGUAGE sql AS $$
    SELECT l.lot_id, n.need, s.id, CASE WHEN s.easting IS NOT NULL THEN point(s.easting, s.northing) END, s.age_low, s.age_high
      FROM dps.setting s
     CROSS JOIN LATERAL (
            SELECT '00000000-0000-0000-0000-000000000000'::uuid AS lot_id
             UNION SELECT m.lot_id FROM dps.membership m JOIN dps.lot ON lot.id = m.lot_id
                    WHERE m.provider_id = s.provider_id AND m.ended_at IS NULL AND (lot.kind = 'CHILDRENS_HOME') = (s.kind = 'CHILDRENS_HOME')) l
     CROSS JOIN LATERAL (SELECT '' AS need UNION SELECT unnest(s.needs)) n
     WHERE s.id = ANY (which) AND (s.closed_on IS NULL OR s.closed_on > (dps.now() AT TIME ZONE 'Europe/London')::date)
$$;

-- place_again writes the rows of settings anew. Their providers are locked, so that a membership and a setting that change
-- at once do not each miss the other's change.
-- +goose StatementBegin
CREATE FUNCTION place_again(which uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM provider WHERE id IN (SELECT provider_id FROM setting WHERE id = ANY (which)) ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM place WHERE setting_id = ANY (which);
    INSERT INTO place_key (lot_id, need)
        SELECT lot_id, need FROM places_of(which) EXCEPT SELECT lot_id, need FROM place_key ORDER BY 1, 2 ON CONFLICT DO NOTHING;
    INSERT INTO place (key, setting_id, location, age_low, age_high)
        SELECT k.key, w.setting_id, w.location, w.age_low, w.age_high FROM places_of(which) w JOIN place_key k USING (lot_id, need)
        ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION place_settings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM place_again(ARRAY(SELECT id FROM written));
    ELSE
        PERFORM place_again(which) FROM (SELECT array_agg(w.id) AS which FROM written w JOIN replaced r USING (id)
            WHERE (w.provider_id, w.kind, w.needs, w.age_low, w.age_high, w.easting, w.northing, w.closed_on)
                IS DISTINCT FROM (r.provider_id, r.kind, r.needs, r.age_low, r.age_high, r.easting, r.northing, r.closed_on)) changed
            WHERE which IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION place_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM place_again(ARRAY(SELECT id FROM setting WHERE provider_id IN (SELECT provider_id FROM written)));
    ELSE
        PERFORM place_again(which) FROM (SELECT array_agg(DISTINCT s.id) AS which
            FROM written w JOIN replaced r USING (id) JOIN setting s ON s.provider_id = w.provider_id
            WHERE (w.ended_at IS NULL) <> (r.ended_at IS NULL)) changed
            WHERE which IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER place_new AFTER INSERT ON setting REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION place_settings();
CREATE TRIGGER place_changed AFTER UPDATE ON setting REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION place_settings();
CREATE TRIGGER place_new AFTER INSERT ON membership REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION place_members();
CREATE TRIGGER place_changed AFTER UPDATE ON membership REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION place_members();

SELECT place_again(ARRAY(SELECT id FROM setting));

-- +goose Down
DROP TRIGGER place_new ON setting;
DROP TRIGGER place_changed ON setting;
DROP TRIGGER place_new ON membership;
DROP TRIGGER place_changed ON membership;
DROP FUNCTION place_settings(), place_members(), place_again(uuid[]), places_of(uuid[]);
DROP INDEX membership_suspended, provider_words, setting_words, setting_district;
DROP TABLE place, place_key;
