-- +goose Up
-- What an award needs a ground for, and whose approval it needs.

-- Grounds of an award that costs more than the ceiling, or is at a school that was refused before. Providers never see them.
CREATE TABLE award_grounds (
    award_id      uuid PRIMARY KEY REFERENCES award,
    need_id       uuid NOT NULL,
    authority_id  uuid NOT NULL,
    over_ceiling  text CHECK (over_ceiling <> ''),
    since_refusal text CHECK (since_refusal <> ''),
    CHECK (num_nonnulls(over_ceiling, since_refusal) > 0),
    FOREIGN KEY (need_id, authority_id) REFERENCES need (id, authority_id) ON UPDATE CASCADE
);
CREATE INDEX award_grounds_need ON award_grounds (need_id);

-- What bounds an award: the ceiling of its need, and whether the authority refused to name the setting for the same child. Whoever
-- proposes has to know it, whether they may read the ceiling and the decision or not. A need that was copied is about the same child.
-- +goose StatementBegin
CREATE FUNCTION award_bounds(of_need uuid, at_setting uuid) RETURNS TABLE (ceiling numeric, refused boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
    SELECT (SELECT c.weekly FROM need_ceiling c WHERE c.need_id = of_need),
        EXISTS (SELECT FROM naming d WHERE d.need_id IN (SELECT c.id FROM need n JOIN need c
            ON c.id = coalesce(n.copy_of, n.id) OR c.copy_of = coalesce(n.copy_of, n.id) WHERE n.id = of_need) AND d.setting_id = at_setting AND NOT d.named
            AND NOT EXISTS (SELECT FROM naming e WHERE e.need_id = of_need AND e.setting_id = at_setting AND e.named)) $$;
-- +goose StatementEnd

-- Areas of authorities, by name: what a directory says of a setting is its authority or its district. Data; a name that is not listed is
-- unknown. Codes are those of the Department for Education (Get Information About Schools).
CREATE TABLE area_name (
    name text PRIMARY KEY CHECK (name = lower(name)),
    code text NOT NULL CHECK (code ~ '^[0-9]{3}$')
);
INSERT INTO area_name (name, code) SELECT unnest(names), code FROM (VALUES
    ('938', '{west sussex,adur,arun,chichester,crawley,horsham,mid sussex,worthing}'::text[]),
    ('846', '{brighton and hove,brighton,hove}'),
    ('845', '{east sussex,eastbourne,hastings,lewes,rother,wealden}'),
    ('886', '{kent,ashford,canterbury,dartford,dover,folkestone and hythe,gravesham,maidstone,sevenoaks,swale,thanet,tonbridge and malling,tunbridge wells}'),
    ('936', '{surrey,elmbridge,epsom and ewell,guildford,mole valley,reigate and banstead,runnymede,spelthorne,surrey heath,tandridge,waverley,woking}'),
    ('887', '{medway}'),
    ('850', '{hampshire,basingstoke and deane,east hampshire,eastleigh,fareham,gosport,hart,havant,new forest,rushmoor,test valley,winchester}'),
    ('851', '{portsmouth}'), ('852', '{southampton}'), ('921', '{isle of wight}'), ('883', '{thurrock}'),
    ('867', '{bracknell forest}'), ('868', '{windsor and maidenhead}'), ('871', '{slough}'),
    ('201', '{city of london}'), ('202', '{camden}'), ('203', '{greenwich}'), ('204', '{hackney}'), ('205', '{hammersmith and fulham}'), ('206', '{islington}'),
    ('207', '{kensington and chelsea}'), ('208', '{lambeth}'), ('209', '{lewisham}'), ('210', '{southwark}'), ('211', '{tower hamlets}'), ('212', '{wandsworth}'),
    ('213', '{westminster}'), ('301', '{barking and dagenham}'), ('302', '{barnet}'), ('303', '{bexley}'), ('304', '{brent}'), ('305', '{bromley}'),
    ('306', '{croydon}'), ('307', '{ealing}'), ('308', '{enfield}'), ('309', '{haringey}'), ('310', '{harrow}'), ('311', '{havering}'), ('312', '{hillingdon}'),
    ('313', '{hounslow}'), ('314', '{kingston upon thames}'), ('315', '{merton}'), ('316', '{newham}'), ('317', '{redbridge}'),
    ('318', '{richmond upon thames}'), ('319', '{sutton}'), ('320', '{waltham forest}')) a (code, names);

-- Which areas adjoin that of each authority of the region, over water too (check).
CREATE TABLE area_neighbour (
    code      text NOT NULL CHECK (code ~ '^[0-9]{3}$'),
    neighbour text NOT NULL CHECK (neighbour ~ '^[0-9]{3}$' AND neighbour <> code),
    PRIMARY KEY (code, neighbour)
);
INSERT INTO area_neighbour SELECT code, unnest(neighbours) FROM (VALUES
    ('938', '{850,936,845,846}'::text[]),
    ('846', '{938,845}'),
    ('845', '{846,938,936,886}'),
    ('886', '{845,936,887,305,303,883}'),
    ('936', '{850,867,868,871,312,313,318,314,319,306,305,886,845,938}'),
    ('306', '{305,208,315,210,319,936}'),
    ('303', '{203,305,886,301,311}'),
    ('305', '{303,203,209,210,208,306,936,886}'),
    ('203', '{303,305,209,211,316,301}'),
    ('314', '{318,212,315,319,936}'),
    ('209', '{203,305,210,211}'),
    ('315', '{212,208,306,319,314}'),
    ('318', '{314,212,313,205,936}'),
    ('319', '{306,315,314,936}'),
    ('212', '{208,315,314,318,205,207,213}')) a (code, neighbours);

-- area_named is the code of an area that a directory names; null where the name is not known.
CREATE FUNCTION area_named(words text) RETURNS text LANGUAGE sql STABLE SET search_path = dps, pg_temp
    AS $$ SELECT a.code FROM area_name a WHERE a.name = regexp_replace(replace(lower(btrim(words)), '&', ' and '), '\s+', ' ', 'g') $$;

-- The approval of a place outside the area is asked of the setting that is chosen. Those that were recorded before it could be go on
-- covering any setting that is no further away than they say.
ALTER TABLE area_approval
    ADD id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD setting_id uuid REFERENCES setting,
    ADD area_code text,                            -- of the setting at the approval; null where the directory does not say
    ADD any_setting boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT area_approval_pkey,
    ADD PRIMARY KEY (id),
    ADD CONSTRAINT area_approval_once UNIQUE NULLS NOT DISTINCT (need_id, setting_id);
UPDATE area_approval SET any_setting = true;
-- +goose StatementBegin
CREATE FUNCTION area_approval_of_any() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.any_setting := false; -- an approval that is recorded now names its setting, or covers none
    RETURN NEW;
END $$;

-- area_facts is what decides whether a place needs the approval, and what there is of it. Whoever accepts has to know it, whether they may
-- read approvals or not.
CREATE FUNCTION area_facts(of_need uuid, at_setting uuid)
    RETURNS TABLE (legal_basis text, lot_kind text, setting_kind text, own_code text, area_code text, neighbouring boolean, approved_distance text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
    SELECT n.legal_basis, l.kind, s.kind, o.dfe_code, c.code,
        CASE WHEN c.code IS NOT NULL AND EXISTS (SELECT FROM area_neighbour b WHERE b.code = o.dfe_code)
            THEN EXISTS (SELECT FROM area_neighbour b WHERE b.code = o.dfe_code AND b.neighbour = c.code) END,
        (SELECT p.distance FROM area_approval p WHERE p.need_id = n.id AND (p.setting_id = s.id OR p.any_setting)
          ORDER BY p.setting_id IS NULL LIMIT 1)
      FROM need n JOIN lot l ON l.id = n.lot_id JOIN organisation o ON o.id = n.authority_id JOIN setting s ON s.id = at_setting
      CROSS JOIN LATERAL (SELECT coalesce(s.local_authority, area_named(s.district)) AS code) c
     WHERE n.id = of_need $$;

-- area_missing is whether a place lacks that approval: the rule of market/tendering/out_of_area.go, for those who are told that it is due.
CREATE FUNCTION area_missing(of_need uuid, at_setting uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = dps, pg_temp AS $$
    SELECT f.legal_basis <> 'EHC_PLAN' AND (f.setting_kind = 'CHILDRENS_HOME' OR f.lot_kind = 'INMSS_RESIDENTIAL')
        AND NOT coalesce(f.own_code = f.area_code, false)
        AND (f.approved_distance IS NULL OR f.neighbouring IS FALSE AND f.approved_distance <> 'DISTANT')
      FROM area_facts(of_need, at_setting) f $$;
-- +goose StatementEnd
CREATE TRIGGER area_approval_of_any BEFORE INSERT OR UPDATE OF setting_id, distance, approved_by, approved_at ON area_approval
    FOR EACH ROW EXECUTE FUNCTION area_approval_of_any();

-- Words that are taken out of a need's texts are taken out of corrections, withdrawn proposals and grounds too.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION need_texts(which uuid) RETURNS TABLE (what text, words text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM need n WHERE n.id = which AND (n.authority_id = org() OR n.authority_id = ANY (boroughs('PUBLISH')))) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT t.what, t.words FROM need n, LATERAL (VALUES ('PROFILE', n.profile), ('OUTCOMES', n.outcomes), ('UNIQUE_REASON', n.unique_reason),
            ('RECIPIENTS_REASON', n.recipients_reason), ('URGENT_REASON', n.urgent_reason), ('WITHDRAWAL_REASON', n.withdraw_reason)) t (what, words)
            WHERE n.id = which AND t.words IS NOT NULL
        UNION ALL SELECT 'CHANGE_REASON', c.reason FROM need_change c WHERE c.need_id = which
        UNION ALL SELECT 'QUESTION', c.question FROM clarification c WHERE c.need_id = which AND c.answered_at IS NOT NULL
        UNION ALL SELECT 'ANSWER', c.answer FROM clarification c WHERE c.need_id = which AND c.answer IS NOT NULL
        UNION ALL SELECT 'ANSWER', t.words FROM clarification_correction k, LATERAL (VALUES (k.earlier_answer), (k.reason)) t (words)
            WHERE k.need_id = which
        UNION ALL SELECT 'REMINDER', c.words FROM chase c WHERE c.need_id = which
        UNION ALL SELECT 'TELEPHONE_OFFER', o.words FROM telephone_offer o WHERE o.need_id = which
        UNION ALL SELECT 'AREA_APPROVAL', a.grounds FROM area_approval a WHERE a.need_id = which
        UNION ALL SELECT 'PANEL_DECISION', p.reasons FROM panel_decision p WHERE p.need_id = which
        UNION ALL SELECT 'SUITABILITY', s.reason FROM suitability s WHERE s.need_id = which
        UNION ALL SELECT 'SCORE', s.comment FROM score s WHERE s.need_id = which
        UNION ALL SELECT 'SCORE', m.reason FROM moderation m WHERE m.need_id = which
        UNION ALL SELECT 'PRICE_QUERY', q.question FROM price_query q WHERE q.need_id = which
        UNION ALL SELECT 'PRICE_QUERY', q.reason FROM price_query q WHERE q.need_id = which AND q.reason IS NOT NULL
        UNION ALL SELECT 'AWARD', a.reason FROM award a WHERE a.need_id = which
        UNION ALL SELECT 'AWARD', t.words FROM award a, LATERAL (VALUES (a.reject_reason), (a.withdraw_reason)) t (words)
            WHERE a.need_id = which AND t.words IS NOT NULL
        UNION ALL SELECT 'AWARD', t.words FROM award_grounds g, LATERAL (VALUES (g.over_ceiling), (g.since_refusal)) t (words)
            WHERE g.need_id = which AND t.words IS NOT NULL
        UNION ALL SELECT 'NO_AWARD', e.words FROM no_award e WHERE e.need_id = which
        UNION ALL SELECT 'PLACEMENT', t.words FROM placement p, LATERAL (VALUES (p.end_words), (p.end_correction), (p.start_correction)) t (words)
            WHERE p.need_id = which AND t.words IS NOT NULL
        UNION ALL SELECT 'LETTER', l.body FROM letter l WHERE l.need_id = which;
END $$;

CREATE OR REPLACE FUNCTION redact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE which CONSTANT uuid := NEW.need_id; s CONSTANT text := NEW.sought; p CONSTANT text := NEW.put;
BEGIN
    IF s IS NULL THEN
        RETURN NEW;
    END IF;
    NEW.texts := ARRAY(SELECT DISTINCT t.what FROM need_texts(which) t WHERE t.words ~* s ORDER BY t.what);
    NEW.sought := NULL;
    NEW.put := NULL;
    UPDATE need SET profile = regexp_replace(profile, s, p, 'gi'), outcomes = regexp_replace(outcomes, s, p, 'gi'),
        unique_reason = regexp_replace(unique_reason, s, p, 'gi'), recipients_reason = regexp_replace(recipients_reason, s, p, 'gi'),
        urgent_reason = regexp_replace(urgent_reason, s, p, 'gi'), withdraw_reason = regexp_replace(withdraw_reason, s, p, 'gi')
        WHERE id = which AND NEW.texts && '{PROFILE,OUTCOMES,UNIQUE_REASON,RECIPIENTS_REASON,URGENT_REASON,WITHDRAWAL_REASON}';
    UPDATE need_change SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE clarification SET question = regexp_replace(question, s, p, 'gi'), answer = regexp_replace(answer, s, p, 'gi')
        WHERE need_id = which AND answered_at IS NOT NULL AND (question ~* s OR answer ~* s);
    UPDATE clarification_correction SET earlier_answer = regexp_replace(earlier_answer, s, p, 'gi'), reason = regexp_replace(reason, s, p, 'gi')
        WHERE need_id = which AND (earlier_answer ~* s OR reason ~* s);
    UPDATE chase SET words = regexp_replace(words, s, p, 'gi') WHERE need_id = which AND words ~* s;
    UPDATE telephone_offer SET words = regexp_replace(words, s, p, 'gi') WHERE need_id = which AND words ~* s;
    UPDATE area_approval SET grounds = regexp_replace(grounds, s, p, 'gi') WHERE need_id = which AND grounds ~* s;
    UPDATE panel_decision SET reasons = regexp_replace(reasons, s, p, 'gi') WHERE need_id = which AND reasons ~* s;
    UPDATE suitability SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE score SET comment = regexp_replace(comment, s, p, 'gi') WHERE need_id = which AND comment ~* s;
    UPDATE moderation SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE price_query SET question = regexp_replace(question, s, p, 'gi'), reason = regexp_replace(reason, s, p, 'gi')
        WHERE need_id = which AND (question ~* s OR reason ~* s);
    UPDATE award SET reason = regexp_replace(reason, s, p, 'gi'), reject_reason = regexp_replace(reject_reason, s, p, 'gi'),
        withdraw_reason = regexp_replace(withdraw_reason, s, p, 'gi')
        WHERE need_id = which AND (reason ~* s OR reject_reason ~* s OR withdraw_reason ~* s);
    UPDATE award_grounds SET over_ceiling = regexp_replace(over_ceiling, s, p, 'gi'), since_refusal = regexp_replace(since_refusal, s, p, 'gi')
        WHERE need_id = which AND (over_ceiling ~* s OR since_refusal ~* s);
    UPDATE no_award SET words = regexp_replace(words, s, p, 'gi') WHERE need_id = which AND words ~* s;
    UPDATE placement SET end_words = regexp_replace(end_words, s, p, 'gi'), end_correction = regexp_replace(end_correction, s, p, 'gi'),
        start_correction = regexp_replace(start_correction, s, p, 'gi')
        WHERE need_id = which AND (end_words ~* s OR end_correction ~* s OR start_correction ~* s);
    UPDATE need_redaction SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE letter SET body = regexp_replace(body, s, p, 'gi') WHERE need_id = which AND body ~* s;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION need_texts(which uuid) RETURNS TABLE (what text, words text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM need n WHERE n.id = which AND (n.authority_id = org() OR n.authority_id = ANY (boroughs('PUBLISH')))) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT t.what, t.words FROM need n, LATERAL (VALUES ('PROFILE', n.profile), ('OUTCOMES', n.outcomes), ('UNIQUE_REASON', n.unique_reason),
            ('RECIPIENTS_REASON', n.recipients_reason), ('URGENT_REASON', n.urgent_reason), ('WITHDRAWAL_REASON', n.withdraw_reason)) t (what, words)
            WHERE n.id = which AND t.words IS NOT NULL
        UNION ALL SELECT 'CHANGE_REASON', c.reason FROM need_change c WHERE c.need_id = which
        UNION ALL SELECT 'QUESTION', c.question FROM clarification c WHERE c.need_id = which AND c.answered_at IS NOT NULL
        UNION ALL SELECT 'ANSWER', c.answer FROM clarification c WHERE c.need_id = which AND c.answer IS NOT NULL
        UNION ALL SELECT 'REMINDER', c.words FROM chase c WHERE c.need_id = which
        UNION ALL SELECT 'TELEPHONE_OFFER', o.words FROM telephone_offer o WHERE o.need_id = which
        UNION ALL SELECT 'AREA_APPROVAL', a.grounds FROM area_approval a WHERE a.need_id = which
        UNION ALL SELECT 'PANEL_DECISION', p.reasons FROM panel_decision p WHERE p.need_id = which
        UNION ALL SELECT 'SUITABILITY', s.reason FROM suitability s WHERE s.need_id = which
        UNION ALL SELECT 'SCORE', s.comment FROM score s WHERE s.need_id = which
        UNION ALL SELECT 'SCORE', m.reason FROM moderation m WHERE m.need_id = which
        UNION ALL SELECT 'PRICE_QUERY', q.question FROM price_query q WHERE q.need_id = which
        UNION ALL SELECT 'PRICE_QUERY', q.reason FROM price_query q WHERE q.need_id = which AND q.reason IS NOT NULL
        UNION ALL SELECT 'AWARD', a.reason FROM award a WHERE a.need_id = which
        UNION ALL SELECT 'AWARD', a.reject_reason FROM award a WHERE a.need_id = which AND a.reject_reason IS NOT NULL
        UNION ALL SELECT 'NO_AWARD', e.words FROM no_award e WHERE e.need_id = which
        UNION ALL SELECT 'PLACEMENT', t.words FROM placement p, LATERAL (VALUES (p.end_words), (p.end_correction), (p.start_correction)) t (words)
            WHERE p.need_id = which AND t.words IS NOT NULL
        UNION ALL SELECT 'LETTER', l.body FROM letter l WHERE l.need_id = which;
END $$;

CREATE OR REPLACE FUNCTION redact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE which CONSTANT uuid := NEW.need_id; s CONSTANT text := NEW.sought; p CONSTANT text := NEW.put;
BEGIN
    IF s IS NULL THEN
        RETURN NEW;
    END IF;
    NEW.texts := ARRAY(SELECT DISTINCT t.what FROM need_texts(which) t WHERE t.words ~* s ORDER BY t.what);
    NEW.sought := NULL;
    NEW.put := NULL;
    UPDATE need SET profile = regexp_replace(profile, s, p, 'gi'), outcomes = regexp_replace(outcomes, s, p, 'gi'),
        unique_reason = regexp_replace(unique_reason, s, p, 'gi'), recipients_reason = regexp_replace(recipients_reason, s, p, 'gi'),
        urgent_reason = regexp_replace(urgent_reason, s, p, 'gi'), withdraw_reason = regexp_replace(withdraw_reason, s, p, 'gi')
        WHERE id = which AND NEW.texts && '{PROFILE,OUTCOMES,UNIQUE_REASON,RECIPIENTS_REASON,URGENT_REASON,WITHDRAWAL_REASON}';
    UPDATE need_change SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE clarification SET question = regexp_replace(question, s, p, 'gi'), answer = regexp_replace(answer, s, p, 'gi')
        WHERE need_id = which AND answered_at IS NOT NULL AND (question ~* s OR answer ~* s);
    UPDATE chase SET words = regexp_replace(words, s, p, 'gi') WHERE need_id = which AND words ~* s;
    UPDATE telephone_offer SET words = regexp_replace(words, s, p, 'gi') WHERE need_id = which AND words ~* s;
    UPDATE area_approval SET grounds = regexp_replace(grounds, s, p, 'gi') WHERE need_id = which AND grounds ~* s;
    UPDATE panel_decision SET reasons = regexp_replace(reasons, s, p, 'gi') WHERE need_id = which AND reasons ~* s;
    UPDATE suitability SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE score SET comment = regexp_replace(comment, s, p, 'gi') WHERE need_id = which AND comment ~* s;
    UPDATE moderation SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE price_query SET question = regexp_replace(question, s, p, 'gi'), reason = regexp_replace(reason, s, p, 'gi')
        WHERE need_id = which AND (question ~* s OR reason ~* s);
    UPDATE award SET reason = regexp_replace(reason, s, p, 'gi'), reject_reason = regexp_replace(reject_reason, s, p, 'gi')
        WHERE need_id = which AND (reason ~* s OR reject_reason ~* s);
    UPDATE no_award SET words = regexp_replace(words, s, p, 'gi') WHERE need_id = which AND words ~* s;
    UPDATE placement SET end_words = regexp_replace(end_words, s, p, 'gi'), end_correction = regexp_replace(end_correction, s, p, 'gi'),
        start_correction = regexp_replace(start_correction, s, p, 'gi')
        WHERE need_id = which AND (end_words ~* s OR end_correction ~* s OR start_correction ~* s);
    UPDATE need_redaction SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE letter SET body = regexp_replace(body, s, p, 'gi') WHERE need_id = which AND body ~* s;
    RETURN NEW;
END $$;
-- +goose StatementEnd
DROP TRIGGER area_approval_of_any ON area_approval;
DROP FUNCTION area_missing(uuid, uuid);
DROP FUNCTION area_approval_of_any(), area_facts(uuid, uuid), area_named(text);
DELETE FROM area_approval WHERE setting_id IS NOT NULL;
ALTER TABLE area_approval DROP CONSTRAINT area_approval_once, DROP CONSTRAINT area_approval_pkey, DROP id, DROP setting_id, DROP area_code, DROP any_setting,
    ADD PRIMARY KEY (need_id);
DROP TABLE area_neighbour, area_name;
DROP FUNCTION award_bounds(uuid, uuid);
DROP TABLE award_grounds;
