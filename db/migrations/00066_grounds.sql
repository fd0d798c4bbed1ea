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
    admission CONSTANT text[] := stages || '{invited}';
    agreement CONSTANT text[] := stages || '{deadline,questions_until}';
    hand CONSTANT boolean := current_user IN ('dps_keeper', 'dps_worker');
    itself CONSTANT boolean := current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID); -- in a trigger below
    was CONSTANT jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
BEGIN
    IF coalesce(was ->> 'published_at', was ->> 'withdrawn_at') IS NOT NULL AND was - stages <> to_jsonb(NEW) - stages
        AND NOT (NOT hand AND was ->> 'withdrawn_at' IS NULL AND was - withdrawal = to_jsonb(NEW) - withdrawal)
        AND NOT (NOT hand AND was ->> 'withdrawn_at' IS NULL AND was - amendment = to_jsonb(NEW) - amendment
            AND coalesce(NEW.amended_at > coalesce(OLD.amended_at, OLD.published_at), false) AND NEW.amended_at <= dps.now()
            AND OLD.deadline >= dps.now() AND NEW.deadline > dps.now() AND OLD.closed_at IS NULL AND OLD.opened_at IS NULL)
        AND NOT (NOT hand AND was ->> 'withdrawn_at' IS NULL AND was - adjustment = to_jsonb(NEW) - adjustment
            AND coalesce(NEW.adjusted_at > coalesce(OLD.adjusted_at, OLD.published_at), false) AND NEW.adjusted_at <= dps.now()
            AND OLD.deadline >= dps.now() AND coalesce(NEW.deadline >= OLD.deadline, false) AND OLD.closed_at IS NULL AND OLD.opened_at IS NULL
            AND coalesce(NEW.questions_until >= OLD.questions_until, OLD.questions_until IS NULL))
        AND NOT (itself AND was ->> 'withdrawn_at' IS NULL AND was - admission = to_jsonb(NEW) - admission
            AND coalesce(NEW.invited > OLD.invited, false) AND OLD.closed_at IS NULL AND OLD.opened_at IS NULL)
        AND NOT (itself AND NEW.urgent_reason IS NOT NULL AND was - agreement = to_jsonb(NEW) - agreement
            AND coalesce(NEW.deadline < OLD.deadline, false)) THEN
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

-- Who becomes an active member of a lot during a call is invited to it: admitted, restored, or with a suspension that ends before the
-- deadline, when it begins to read the need (PCR 2015 reg 34(21); Procurement Act 2023 s 34). Not to a call with chosen recipients, and
-- not to an urgent one, which is asked by telephone. The lock is that of admissions to the lot; whoever publishes or amends shares it.
-- +goose StatementBegin
CREATE FUNCTION invite_to_open_calls() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    calls uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('members:' || NEW.lot_id, 0));
    WITH called AS (
        INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at)
            SELECT n.id, NEW.provider_id, n.authority_id, n.lot_id, dps.now() FROM need n
             WHERE n.lot_id = NEW.lot_id AND n.published_at IS NOT NULL AND n.closed_at IS NULL AND n.withdrawn_at IS NULL AND n.opened_at IS NULL
               AND n.deadline > dps.now() AND n.recipients_reason IS NULL AND n.urgent_reason IS NULL
               AND (NEW.suspended_at IS NULL OR NEW.suspended_until < n.deadline)
               AND NOT EXISTS (SELECT FROM invitation i WHERE i.need_id = n.id AND i.provider_id = NEW.provider_id)
             ORDER BY n.id RETURNING need_id)
    SELECT array_agg(need_id) INTO calls FROM called;
    UPDATE need n SET invited = (SELECT count(*) FROM invitation i WHERE i.need_id = n.id) WHERE n.id = ANY (calls);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER invite_to_open_calls AFTER INSERT OR UPDATE OF suspended_at, suspended_until, lapsed_at ON membership
    FOR EACH ROW WHEN (NEW.ended_at IS NULL AND NEW.lapsed_at IS NULL) EXECUTE FUNCTION invite_to_open_calls();

-- A place that is agreed by another route takes its need out of the competition, in words that say nothing of the child's family or of a
-- tribunal, and everybody who is invited finds it in the log. Until it is agreed the competition goes on. An urgent need closes: whoever
-- was asked has nothing to do any more, and what is said on the telephone from then on is too late.
-- +goose StatementBegin
CREATE FUNCTION place_agreed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    UPDATE need SET deadline = NEW.accepted_at, questions_until = NEW.accepted_at
     WHERE id = NEW.need_id AND NEW.route = 'URGENT' AND urgent_reason IS NOT NULL AND deadline > NEW.accepted_at;
    WITH gone AS (
        UPDATE need SET withdrawn_at = NEW.accepted_at, withdraw_reason = 'The authority has found a place for this child by another route.'
         WHERE id = NEW.need_id AND NEW.route <> 'URGENT' AND published_at IS NOT NULL AND opened_at IS NULL AND withdrawn_at IS NULL
        RETURNING id)
    INSERT INTO event (person, capacity, act, object_id, chain_id, changed)
        SELECT 'system', 'worker', 'need.withdraw', i.need_id, i.provider_id, '{withdrawn_at}' FROM gone JOIN invitation i ON i.need_id = gone.id;
    RETURN NULL;
END $$;

-- A need is not withdrawn under a live award, unless the place of that award takes it out of the competition now.
CREATE OR REPLACE FUNCTION need_withdrawn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF has_live_award(NEW.id) AND NOT EXISTS (SELECT FROM award a WHERE a.need_id = NEW.id AND a.route <> 'COMPETITION'
            AND a.accepted_at = NEW.withdrawn_at) THEN
        RAISE EXCEPTION 'award is live' USING ERRCODE = 'DPS11';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER place_agreed AFTER UPDATE OF accepted_at ON award FOR EACH ROW
    WHEN (NEW.route <> 'COMPETITION' AND OLD.accepted_at IS NULL AND NEW.accepted_at IS NOT NULL) EXECUTE FUNCTION place_agreed();

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION need_withdrawn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF has_live_award(NEW.id) THEN
        RAISE EXCEPTION 'award is live' USING ERRCODE = 'DPS11';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
DROP TRIGGER place_agreed ON award;
DROP FUNCTION place_agreed();
DROP TRIGGER invite_to_open_calls ON membership;
DROP FUNCTION invite_to_open_calls();
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
