-- +goose Up
-- The lots in which the caller's provider is an active member now, by the market's clock. What a provider reads of needs ends when its
-- membership does (policy/scopes.go).
-- +goose StatementBegin
CREATE FUNCTION member_lots() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(m.lot_id), '{}') FROM membership m WHERE m.provider_id = org() AND m.ended_at IS NULL
        AND m.lapsed_at IS NULL AND (m.suspended_at IS NULL OR m.suspended_until <= dps.now()));
END $$;
-- +goose StatementEnd

-- A change that keeps the offers of a published need: a correction of its texts, a later deadline, a later end of questions. Who has
-- offered or may offer is told in the provider's own chain; the authority learns nothing of offers by it.
ALTER TABLE need ADD adjusted_at timestamptz;
ALTER TABLE need_change ADD offers_voided boolean NOT NULL DEFAULT true;
ALTER TABLE need_change ALTER offers_voided DROP DEFAULT;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION need_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stages CONSTANT text[] := '{closed_at,opened_at,quality_locked_at,prices_opened_at,ranked_at}';
    withdrawal CONSTANT text[] := stages || '{withdrawn_at,withdraw_reason}';
    amendment CONSTANT text[] := stages || '{age_low,age_high,gender,primary_need,other_needs,legal_basis,home_outcode,travel_miles,start_from,
        start_to,profile,outcomes,unique_reason,deadline,questions_until,invited,amended_at}';
    adjustment CONSTANT text[] := stages || '{profile,outcomes,deadline,questions_until,invited,adjusted_at}';
    hand CONSTANT boolean := current_user IN ('dps_keeper', 'dps_worker');
    was CONSTANT jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
BEGIN
    IF coalesce(was ->> 'published_at', was ->> 'withdrawn_at') IS NOT NULL AND was - stages <> to_jsonb(NEW) - stages
        AND NOT (NOT hand AND was ->> 'withdrawn_at' IS NULL AND was - withdrawal = to_jsonb(NEW) - withdrawal)
        AND NOT (NOT hand AND was ->> 'withdrawn_at' IS NULL AND was - amendment = to_jsonb(NEW) - amendment
            AND coalesce(NEW.amended_at > coalesce(OLD.amended_at, OLD.published_at), false) AND NEW.amended_at <= dps.now()
            AND OLD.deadline >= dps.now() AND NEW.deadline > dps.now() AND OLD.closed_at IS NULL AND OLD.opened_at IS NULL)
        AND NOT (NOT hand AND was ->> 'withdrawn_at' IS NULL AND was - adjustment = to_jsonb(NEW) - adjustment
            AND coalesce(NEW.adjusted_at > coalesce(OLD.adjusted_at, OLD.published_at), false) AND NEW.adjusted_at <= dps.now()
            AND OLD.deadline >= dps.now() AND NEW.deadline >= OLD.deadline AND OLD.closed_at IS NULL AND OLD.opened_at IS NULL
            AND coalesce(NEW.questions_until >= OLD.questions_until, OLD.questions_until IS NULL)) THEN
        RAISE EXCEPTION 'need is published' USING ERRCODE = 'DPS07';
    END IF;
    IF EXISTS (SELECT FROM unnest(stages) stage WHERE was ->> stage IS DISTINCT FROM to_jsonb(NEW) ->> stage
        AND (was ->> stage IS NOT NULL OR current_user <> CASE stage WHEN 'closed_at' THEN 'dps_worker' ELSE 'dps_keeper' END)) THEN
        RAISE EXCEPTION 'stage' USING ERRCODE = 'DPS07';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION need_adjusted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    INSERT INTO event (person, capacity, act, object_id, chain_id, changed)
        SELECT 'system', 'worker', 'need.amend', NEW.id, i.provider_id, '{adjusted_at}' FROM invitation i WHERE i.need_id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER need_adjusted AFTER UPDATE OF adjusted_at ON need FOR EACH ROW WHEN (NEW.adjusted_at IS DISTINCT FROM OLD.adjusted_at)
    EXECUTE FUNCTION need_adjusted();

-- +goose Down
DROP TRIGGER need_adjusted ON need;
DROP FUNCTION need_adjusted();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION need_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stages CONSTANT text[] := '{closed_at,opened_at,quality_locked_at,prices_opened_at,ranked_at}';
    withdrawal CONSTANT text[] := stages || '{withdrawn_at,withdraw_reason}';
    amendment CONSTANT text[] := stages || '{age_low,age_high,gender,primary_need,other_needs,legal_basis,home_outcode,travel_miles,start_from,
        start_to,profile,outcomes,unique_reason,deadline,questions_until,invited,amended_at}';
    hand CONSTANT boolean := current_user IN ('dps_keeper', 'dps_worker');
    was CONSTANT jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
BEGIN
    IF coalesce(was ->> 'published_at', was ->> 'withdrawn_at') IS NOT NULL AND was - stages <> to_jsonb(NEW) - stages
        AND NOT (NOT hand AND was ->> 'withdrawn_at' IS NULL AND was - withdrawal = to_jsonb(NEW) - withdrawal)
        AND NOT (NOT hand AND was ->> 'withdrawn_at' IS NULL AND was - amendment = to_jsonb(NEW) - amendment
            AND coalesce(NEW.amended_at > coalesce(OLD.amended_at, OLD.published_at), false) AND NEW.amended_at <= dps.now()
            AND OLD.deadline >= dps.now() AND NEW.deadline > dps.now() AND OLD.closed_at IS NULL AND OLD.opened_at IS NULL) THEN
        RAISE EXCEPTION 'need is published' USING ERRCODE = 'DPS07';
    END IF;
    IF EXISTS (SELECT FROM unnest(stages) stage WHERE was ->> stage IS DISTINCT FROM to_jsonb(NEW) ->> stage
        AND (was ->> stage IS NOT NULL OR current_user <> CASE stage WHEN 'closed_at' THEN 'dps_worker' ELSE 'dps_keeper' END)) THEN
        RAISE EXCEPTION 'stage' USING ERRCODE = 'DPS07';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
ALTER TABLE need_change DROP COLUMN offers_voided;
ALTER TABLE need DROP COLUMN adjusted_at;
DROP FUNCTION member_lots();
