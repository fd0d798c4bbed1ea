-- +goose Up
-- A figure for everybody tells nobody what another paid or took. It rests on enough places, of at least three authorities and three
-- providers; what is left of it without the two largest authorities, or providers, is at least a tenth of the largest (the p% rule, so that
-- the second cannot work the largest out); and it is rounded, places to five and pounds to ten thousand. The market's own rule.
ALTER TABLE spending ADD provider_id uuid;
UPDATE spending s SET provider_id = p.provider_id FROM placement p WHERE p.id = s.placement_id;
ALTER TABLE spending ALTER provider_id SET NOT NULL;
DROP INDEX spending_region;
CREATE INDEX spending_region ON spending (agreed_on) INCLUDE (route, annual, cancelled_on, authority_id, provider_id);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION spent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    INSERT INTO spending (placement_id, authority_id, provider_id, route, agreed_on, annual)
        SELECT p.id, p.authority_id, p.provider_id, p.route, (dps.now() AT TIME ZONE 'Europe/London')::date, NEW.weekly * NEW.weeks
        FROM placement p WHERE p.id = NEW.placement_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION open_spending(since date) RETURNS TABLE (quarter date, route text, places bigint, annual numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
WITH agreed AS (
    SELECT date_trunc('quarter', s.agreed_on)::date AS quarter, s.route, s.annual, s.authority_id, s.provider_id FROM spending s
     WHERE s.agreed_on >= since AND s.agreed_on < (SELECT date_trunc('quarter', dps.now() AT TIME ZONE 'Europe/London')::date)
       AND coalesce(s.cancelled_on, 'infinity') >= date_trunc('quarter', s.agreed_on) + interval '3 months'
), share AS (
    SELECT a.quarter, a.route, 'authority' AS of, sum(a.annual) AS annual FROM agreed a GROUP BY a.quarter, a.route, a.authority_id
    UNION ALL SELECT a.quarter, a.route, 'provider', sum(a.annual) FROM agreed a GROUP BY a.quarter, a.route, a.provider_id
), safe AS (
    SELECT r.quarter, r.route FROM (
        SELECT s.*, row_number() OVER (PARTITION BY s.quarter, s.route, s.of ORDER BY s.annual DESC) AS place FROM share s) r
     GROUP BY r.quarter, r.route, r.of
    HAVING count(*) >= 3 AND sum(r.annual) FILTER (WHERE r.place > 2) >= max(r.annual) / 10
)
SELECT a.quarter, a.route, (round(count(*) / 5.0) * 5)::bigint, round(sum(a.annual), -4) FROM agreed a
 WHERE (SELECT count(*) FROM safe f WHERE f.quarter = a.quarter AND f.route = a.route) = 2
 GROUP BY a.quarter, a.route HAVING count(*) >= (SELECT max(feedback_k) FROM market) $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION open_spending(since date) RETURNS TABLE (quarter date, route text, places bigint, annual numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT date_trunc('quarter', s.agreed_on)::date, s.route, count(*), sum(s.annual) FROM spending s
           WHERE s.agreed_on >= since AND s.agreed_on < (SELECT date_trunc('quarter', dps.now() AT TIME ZONE 'Europe/London')::date)
             AND coalesce(s.cancelled_on, 'infinity') >= date_trunc('quarter', s.agreed_on) + interval '3 months'
           GROUP BY 1, 2 HAVING count(*) >= (SELECT max(feedback_k) FROM market) $$;

CREATE OR REPLACE FUNCTION spent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    INSERT INTO spending (placement_id, authority_id, route, agreed_on, annual)
        SELECT p.id, p.authority_id, p.route, (dps.now() AT TIME ZONE 'Europe/London')::date, NEW.weekly * NEW.weeks
        FROM placement p WHERE p.id = NEW.placement_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
DROP INDEX spending_region;
ALTER TABLE spending DROP provider_id;
CREATE INDEX spending_region ON spending (agreed_on) INCLUDE (route, annual, cancelled_on);
