-- +goose Up
-- What almost every request asks, in PL/pgSQL: a session plans it once, where it would plan a function in SQL that is not
-- part of its statement (another's rights, a query within) again for each statement that calls it.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION now() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN clock_timestamp() + coalesce((SELECT ahead FROM dps.clock), interval '0');
END $$;

CREATE OR REPLACE FUNCTION is_revoked(who text, epoch integer) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM revocation r WHERE r.person = who AND r.epoch > is_revoked.epoch);
END $$;

CREATE OR REPLACE FUNCTION is_succeeded(organisation uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM succession s WHERE s.authority_id = organisation AND s.on_day <= (dps.now() AT TIME ZONE 'Europe/London')::date);
END $$;

CREATE OR REPLACE FUNCTION boroughs(which text) RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(DISTINCT d.authority_id), '{}') FROM delegation d
        WHERE d.consortium_id = org() AND d.withdrawn_at IS NULL AND (which = 'ANY' OR d.act = which) AND buys(d.authority_id) AND buys(d.consortium_id));
END $$;

CREATE OR REPLACE FUNCTION appointed(which text) RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(n.id), '{}') FROM appointment a JOIN need n ON n.id = a.need_id
        WHERE a.organisation_id = org() AND a.person = person() AND a.capacity = which AND a.ended_at IS NULL AND buys(a.organisation_id)
          AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id));
END $$;

CREATE OR REPLACE FUNCTION scores_locked(which uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(count(*) >= min(p.evaluators), false) FROM score_sheet s
          JOIN need n ON n.id = s.need_id JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure
         WHERE s.need_id = which AND s.locked_at IS NOT NULL
           AND NOT EXISTS (SELECT FROM interest i WHERE i.need_id = s.need_id AND i.person = s.person AND i.conflict
                           AND i.at <= coalesce(n.quality_locked_at, 'infinity')));
END $$;
-- +goose StatementEnd

-- +goose Down
CREATE OR REPLACE FUNCTION scores_locked(which uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(count(*) >= min(p.evaluators), false) FROM score_sheet s
            JOIN need n ON n.id = s.need_id JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure
           WHERE s.need_id = which AND s.locked_at IS NOT NULL
             AND NOT EXISTS (SELECT FROM interest i WHERE i.need_id = s.need_id AND i.person = s.person AND i.conflict
                             AND i.at <= coalesce(n.quality_locked_at, 'infinity')) $$;
CREATE OR REPLACE FUNCTION appointed(which text) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(array_agg(n.id), '{}') FROM appointment a JOIN need n ON n.id = a.need_id
          WHERE a.organisation_id = org() AND a.person = person() AND a.capacity = which AND a.ended_at IS NULL AND buys(a.organisation_id)
            AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id) $$;
CREATE OR REPLACE FUNCTION boroughs(which text) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(array_agg(DISTINCT authority_id), '{}') FROM delegation
          WHERE consortium_id = org() AND withdrawn_at IS NULL AND (which = 'ANY' OR act = which) AND buys(authority_id) AND buys(consortium_id) $$;
CREATE OR REPLACE FUNCTION is_succeeded(organisation uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM succession s WHERE s.authority_id = organisation AND s.on_day <= (dps.now() AT TIME ZONE 'Europe/London')::date) $$;
CREATE OR REPLACE FUNCTION is_revoked(who text, epoch integer) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM revocation r WHERE r.person = who AND r.epoch > is_revoked.epoch) $$;
CREATE OR REPLACE FUNCTION now() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS $$ SELECT clock_timestamp() + coalesce((SELECT ahead FROM dps.clock), interval '0') $$;
