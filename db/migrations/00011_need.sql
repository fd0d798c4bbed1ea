-- +goose Up
-- Needs in full: silent providers are chased, questions are answered to all; needs are amended, withdrawn, linked.

ALTER TABLE need ADD COLUMN questions_until timestamptz CHECK (questions_until <= deadline);

-- A reminder of an invitation that was not answered.
CREATE TABLE chase (
    need_id      uuid NOT NULL REFERENCES need,
    provider_id  uuid NOT NULL REFERENCES provider,
    authority_id uuid NOT NULL,
    words        text NOT NULL,
    sent_at      timestamptz NOT NULL,
    sent_by      text NOT NULL,
    PRIMARY KEY (provider_id, need_id, sent_at)
);
CREATE INDEX chase_need ON chase (authority_id, need_id, sent_at);

-- A question, and the answer that all who are invited get. No column says who asked, or when.
CREATE TABLE clarification (
    id           uuid PRIMARY KEY,
    need_id      uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,
    question     text NOT NULL,
    answer       text,
    answered_at  timestamptz,
    answered_by  text,
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX clarification_need ON clarification (need_id, id);

-- Who asked: for the asker alone, so that it can be let see its own question before the answer.
CREATE TABLE clarification_asker (
    clarification_id uuid PRIMARY KEY,
    need_id          uuid NOT NULL REFERENCES need,
    provider_id      uuid NOT NULL REFERENCES provider
);
CREATE INDEX clarification_asker_provider ON clarification_asker (provider_id, need_id);

ALTER TABLE need ADD COLUMN amended_at timestamptz, ADD COLUMN withdrawn_at timestamptz, ADD COLUMN withdraw_reason text,
    ADD COLUMN recipients_reason text,             -- why some members were invited, and not every one
    ADD CHECK ((withdrawn_at IS NULL) = (withdraw_reason IS NULL));
ALTER TABLE sealed_offer ADD COLUMN voided_at timestamptz CHECK (voided_at IS NULL OR voided_at = withdrawn_at);

-- How a published need was changed: what every invited provider is told.
CREATE TABLE need_change (
    need_id      uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,
    changed_at   timestamptz NOT NULL,
    changed_by   text NOT NULL,
    reason       text NOT NULL,
    fields       text[] NOT NULL,
    PRIMARY KEY (need_id, changed_at)
);

-- Needs whose children belong together: two rows a pair.
CREATE TABLE need_link (
    need_id      uuid NOT NULL REFERENCES need,
    sibling_id   uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,
    linked_at    timestamptz NOT NULL,
    linked_by    text NOT NULL,
    PRIMARY KEY (need_id, sibling_id),
    CHECK (need_id <> sibling_id)
);

-- A published need is still fixed, but for two things: it may be withdrawn, once; and before its deadline it may be changed
-- as a whole that says so in amended_at, whereupon everything about it begins again (need_amended).
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

-- What a material change does to offers and answers the database does itself, because no role of an authority may touch
-- what is sealed; each provider has an event of it in its own chain, and the authority none, whatever there was.
-- +goose StatementBegin
CREATE FUNCTION need_amended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    UPDATE invitation SET answer = NULL, reason = NULL, answered_at = NULL WHERE need_id = NEW.id AND answer IS NOT NULL;
    WITH voided AS (
        UPDATE sealed_offer SET withdrawn_at = NEW.amended_at, voided_at = NEW.amended_at WHERE need_id = NEW.id AND withdrawn_at IS NULL RETURNING id, provider_id)
    INSERT INTO event (person, capacity, act, object_id, chain_id, changed) SELECT 'system', 'worker', 'need.amend', id, provider_id, '{voided_at}' FROM voided;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER need_amended AFTER UPDATE OF amended_at ON need FOR EACH ROW WHEN (NEW.amended_at IS DISTINCT FROM OLD.amended_at)
    EXECUTE FUNCTION need_amended();

-- A need is not withdrawn under a live award; not everybody who may withdraw sees awards.
-- +goose StatementBegin
CREATE FUNCTION need_withdrawn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM award WHERE need_id = NEW.id AND rejected_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL) THEN
        RAISE EXCEPTION 'award is live' USING ERRCODE = 'DPS11';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER need_withdrawn AFTER UPDATE OF withdrawn_at ON need FOR EACH ROW WHEN (NEW.withdrawn_at IS NOT NULL)
    EXECUTE FUNCTION need_withdrawn();

-- No offer to a need that is withdrawn.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION offer_in_time() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM need WHERE id = NEW.need_id AND published_at IS NOT NULL AND withdrawn_at IS NULL AND dps.now() <= deadline) THEN
        RAISE EXCEPTION 'deadline' USING ERRCODE = 'DPS05';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- What the authority's panel decided, and who pays in which parts: never a provider's to see.
CREATE TABLE panel_decision (
    need_id      uuid PRIMARY KEY REFERENCES need,
    authority_id uuid NOT NULL,
    decided_on   date NOT NULL,
    agreed       boolean NOT NULL,
    reasons      text NOT NULL,
    education    numeric(5,2) NOT NULL CHECK (education >= 0),
    social_care  numeric(5,2) NOT NULL CHECK (social_care >= 0),
    icb          numeric(5,2) NOT NULL CHECK (icb >= 0),
    recorded_at  timestamptz NOT NULL,
    recorded_by  text NOT NULL,
    CHECK (education + social_care + icb = 100)
);

-- What was done for the child's education, health and care plan; what is due follows from it.
CREATE TABLE ehc_calendar (
    need_id       uuid PRIMARY KEY REFERENCES need,
    authority_id  uuid NOT NULL,
    requested_on  date NOT NULL,
    consulted_on  date,
    draft_sent_on date,
    finalised_on  date,
    transfer_on   date,
    post_sixteen  boolean NOT NULL,
    tribunal_on   date
);

-- The approval of a place outside the authority's area.
CREATE TABLE area_approval (
    need_id      uuid PRIMARY KEY REFERENCES need,
    authority_id uuid NOT NULL,
    distance     text NOT NULL CHECK (distance IN ('NEIGHBOURING', 'DISTANT')),
    approved_by  text NOT NULL CHECK (approved_by IN ('NOMINATED_OFFICER', 'DIRECTOR')),
    grounds      text NOT NULL,
    emergency    boolean NOT NULL,
    area_told_on date CHECK (emergency OR area_told_on IS NOT NULL),
    approved_at  timestamptz NOT NULL,
    person       text NOT NULL,
    CHECK (distance = 'NEIGHBOURING' OR approved_by = 'DIRECTOR')
);

-- +goose Down
DROP TABLE area_approval, ehc_calendar;
DROP TABLE panel_decision;
DROP TRIGGER need_withdrawn ON need;
DROP TRIGGER need_amended ON need;
DROP FUNCTION need_withdrawn(), need_amended();
DROP TABLE need_link, need_change;
ALTER TABLE sealed_offer DROP COLUMN voided_at;
ALTER TABLE need DROP COLUMN amended_at, DROP COLUMN withdrawn_at, DROP COLUMN withdraw_reason, DROP COLUMN recipients_reason;
DROP TABLE clarification_asker, clarification, chase;
ALTER TABLE need DROP COLUMN questions_until;
