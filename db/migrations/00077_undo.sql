-- +goose Up
-- What a person did by mistake is taken back by the right person, and stays on record.

-- A proposal that the authority withdraws ends as one that is rejected does: whatever a rejected award does not stand against, it does not
-- either. Whoever may withdraw a proposal may do nothing else to an award.
ALTER TABLE award
    ADD withdrawn_at    timestamptz,
    ADD withdrawn_by    text,
    ADD withdraw_reason text,
    ADD handed_over_at  timestamptz,             -- when its setting, and the place with it, went to another provider
    ADD CONSTRAINT award_withdrawn CHECK (withdrawn_at IS NULL OR withdrawn_at = rejected_at AND withdraw_reason <> '' AND withdrawn_by <> '');
-- +goose StatementBegin
CREATE FUNCTION award_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    withdrawal CONSTANT text[] := '{withdrawn_at,withdrawn_by,withdraw_reason,rejected_at}';
BEGIN
    IF OLD.approved_at IS NOT NULL OR OLD.rejected_at IS NOT NULL OR NEW.withdrawn_at IS NULL
        OR to_jsonb(OLD) - withdrawal <> to_jsonb(NEW) - withdrawal THEN
        RAISE EXCEPTION 'a proposal can only be withdrawn' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER award_withdrawn BEFORE UPDATE ON award FOR EACH ROW
    WHEN (current_user IN ('dps_commissioner', 'dps_consortium_officer')) EXECUTE FUNCTION award_withdrawn();

-- An application that its provider withdraws is decided by nobody. A provider can do nothing else to an application.
ALTER TABLE application
    ADD withdrawn_at    timestamptz,
    ADD withdrawn_by    text,
    ADD withdraw_reason text,
    DROP CONSTRAINT application_decision_check,
    ADD CONSTRAINT application_decision_check CHECK (decision IN ('ADMITTED', 'REFUSED', 'WITHDRAWN')),
    ADD CONSTRAINT application_withdrawn CHECK ((withdrawn_at IS NULL) = (decision IS DISTINCT FROM 'WITHDRAWN')
        AND (withdrawn_at IS NULL) = (withdraw_reason IS NULL));
-- +goose StatementBegin
CREATE FUNCTION application_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    withdrawal CONSTANT text[] := '{withdrawn_at,withdrawn_by,withdraw_reason,decision,reasons,decided_at,decided_by}';
BEGIN
    IF OLD.decision IS NOT NULL OR NEW.withdrawn_at IS NULL OR to_jsonb(OLD) - withdrawal <> to_jsonb(NEW) - withdrawal THEN
        RAISE EXCEPTION 'an application can only be withdrawn' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER application_withdrawn BEFORE UPDATE ON application FOR EACH ROW
    WHEN (current_user = 'dps_bids_manager') EXECUTE FUNCTION application_withdrawn();

-- An appeal that is upheld makes the refusal an admission. The appeal keeps what it was made against.
ALTER TABLE application_appeal ADD refusal_reasons text, ADD refused_at timestamptz, ADD refused_by text;
UPDATE application_appeal l SET refusal_reasons = a.reasons, refused_at = a.decided_at, refused_by = a.decided_by
    FROM application a WHERE a.id = l.application_id;
UPDATE application a SET decision = 'ADMITTED', reasons = l.reasons, decided_at = l.decided_at, decided_by = l.decided_by
    FROM application_appeal l WHERE l.application_id = a.id AND l.upheld;
-- +goose StatementBegin
CREATE FUNCTION appeal_of_refusal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT a.reasons, a.decided_at, a.decided_by INTO NEW.refusal_reasons, NEW.refused_at, NEW.refused_by
      FROM application a WHERE a.id = NEW.application_id;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER appeal_of_refusal BEFORE INSERT ON application_appeal FOR EACH ROW EXECUTE FUNCTION appeal_of_refusal();

-- Corrections of answers to questions about a need, which everybody who is invited reads. Each is told in its own chain.
CREATE TABLE clarification_correction (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    clarification_id uuid NOT NULL REFERENCES clarification,
    need_id          uuid NOT NULL,
    authority_id     uuid NOT NULL,
    earlier_answer   text NOT NULL,
    reason           text NOT NULL CHECK (reason <> ''),
    corrected_at     timestamptz NOT NULL,
    corrected_by     text NOT NULL,
    FOREIGN KEY (need_id, authority_id) REFERENCES need (id, authority_id) ON UPDATE CASCADE
);
CREATE INDEX clarification_correction_of ON clarification_correction (clarification_id, corrected_at);
CREATE INDEX clarification_correction_need ON clarification_correction (need_id, corrected_at);
-- +goose StatementBegin
CREATE FUNCTION answer_corrected() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    INSERT INTO event (person, capacity, act, object_id, chain_id, changed)
        SELECT 'system', 'worker', 'clarification.answer', NEW.clarification_id, i.provider_id, '{corrected}' FROM invitation i WHERE i.need_id = NEW.need_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER answer_corrected AFTER INSERT ON clarification_correction FOR EACH ROW EXECUTE FUNCTION answer_corrected();

-- Who runs a setting, and since when: linked, unlinked because the link was wrong, handed over to another provider.
CREATE TABLE setting_link (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    setting_id          uuid NOT NULL REFERENCES setting,
    kind                text NOT NULL CHECK (kind IN ('LINKED', 'UNLINKED', 'HANDED_OVER')),
    earlier_provider_id uuid REFERENCES provider,
    new_provider_id     uuid REFERENCES provider,
    reason              text CHECK (reason <> ''),
    at                  timestamptz NOT NULL,
    person              text NOT NULL,
    CHECK ((kind = 'LINKED') = (earlier_provider_id IS NULL)),
    CHECK ((kind = 'UNLINKED') = (new_provider_id IS NULL)),
    CHECK ((kind = 'LINKED') = (reason IS NULL))
);
CREATE INDEX setting_link_setting ON setting_link (setting_id, at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON setting_link FOR EACH STATEMENT EXECUTE FUNCTION append_only();

ALTER TABLE placement ADD earlier_provider_id uuid REFERENCES provider, ADD handed_over_on date,
    ADD CONSTRAINT placement_handed_over CHECK ((earlier_provider_id IS NULL) = (handed_over_on IS NULL));
CREATE INDEX award_handed_over ON award (provider_id, need_created_at, need_id) WHERE accepted_at IS NOT NULL AND handed_over_at IS NOT NULL;
CREATE INDEX sealed_offer_setting ON sealed_offer (setting_id) WHERE withdrawn_at IS NULL;

-- What goes with a setting when another provider runs it: its current placements, with their awards and agreements. What ends: declared
-- vacancies and unopened offers. The database does it, because no role of a person can change what belongs to others; each of them has
-- an event in its own chain. A place that is being accepted is waited for.
-- +goose StatementBegin
CREATE FUNCTION setting_changes_hands() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    today CONSTANT date := (dps.now() AT TIME ZONE 'Europe/London')::date;
    at CONSTANT timestamptz := dps.now();
    moved uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('setting:' || NEW.id, 0));
    SELECT coalesce(array_agg(p.id), '{}') INTO moved FROM placement p WHERE p.setting_id = NEW.id AND p.provider_id = OLD.provider_id
        AND p.cancelled_at IS NULL AND coalesce(p.ended_on, 'infinity') >= today;
    IF NEW.provider_id IS NULL AND cardinality(moved) > 0 THEN
        RAISE EXCEPTION 'placed there' USING ERRCODE = 'DPS40';
    END IF;
    UPDATE award a SET provider_id = NEW.provider_id, handed_over_at = dps.now() FROM placement p WHERE p.id = ANY (moved) AND a.id = p.award_id;
    UPDATE agreement SET provider_id = NEW.provider_id WHERE placement_id = ANY (moved);
    UPDATE placement SET provider_id = NEW.provider_id, earlier_provider_id = OLD.provider_id, handed_over_on = today WHERE id = ANY (moved);
    INSERT INTO event (person, capacity, act, object_id, authority_id, chain_id, changed)
        SELECT 'system', 'worker', 'setting.link', p.id, c.authority, c.chain, '{provider_id}' FROM placement p
        CROSS JOIN LATERAL (VALUES (p.authority_id, p.authority_id), (NULL, OLD.provider_id), (NULL, NEW.provider_id)) c (authority, chain)
        WHERE p.id = ANY (moved);
    WITH voided AS (
        UPDATE sealed_offer o SET withdrawn_at = at, voided_at = at FROM need n
         WHERE n.id = o.need_id AND n.opened_at IS NULL AND o.setting_id = NEW.id AND o.provider_id = OLD.provider_id AND o.withdrawn_at IS NULL
        RETURNING o.id)
    INSERT INTO event (person, capacity, act, object_id, chain_id, changed)
        SELECT 'system', 'worker', 'setting.link', v.id, OLD.provider_id, '{voided_at}' FROM voided v;
    DELETE FROM vacancy WHERE setting_id = NEW.id;
    RETURN NULL;
END $$;

-- A place is reserved with the provider that runs the setting. One that was bought outside the market can be in a setting of which nobody
-- knows who runs it.
CREATE FUNCTION placed_with_who_runs_it() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    runs uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('setting:' || NEW.setting_id, 0));
    SELECT s.provider_id INTO runs FROM setting s WHERE s.id = NEW.setting_id;
    IF runs IS DISTINCT FROM NEW.provider_id AND NOT (runs IS NULL AND NEW.route = 'SPOT') THEN
        RAISE EXCEPTION 'not run by this provider' USING ERRCODE = 'DPS41';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER changes_hands AFTER UPDATE OF provider_id ON setting FOR EACH ROW
    WHEN (OLD.provider_id IS NOT NULL AND OLD.provider_id IS DISTINCT FROM NEW.provider_id) EXECUTE FUNCTION setting_changes_hands();
CREATE TRIGGER placed_with_who_runs_it BEFORE INSERT ON placement FOR EACH ROW EXECUTE FUNCTION placed_with_who_runs_it();

-- A last day is corrected or taken back, a succession cancelled, each before its day; the history says so.
ALTER TABLE partnership_step DROP CONSTRAINT partnership_step_kind_check,
    ADD CONSTRAINT partnership_step_kind_check CHECK (kind IN ('JOINED', 'LEFT', 'MOVED_IN', 'MOVED_OUT', 'SUCCEEDED', 'LAST_DAY_CORRECTED', 'STAYED', 'SUCCESSION_CANCELLED'));
ALTER TABLE succession ADD cancelled_at timestamptz;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION succession_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.completed_at IS NOT NULL
        OR to_jsonb(OLD) - '{allocated_at,allocated_by,completed_at,cancelled_at}'::text[] <> to_jsonb(NEW) - '{allocated_at,allocated_by,completed_at,cancelled_at}'::text[]
        OR NEW.cancelled_at IS NOT NULL AND (current_user <> 'dps_market_manager' OR OLD.on_day <= (dps.now() AT TIME ZONE 'Europe/London')::date)
        OR current_user = 'dps_market_manager' AND (NEW.cancelled_at IS NULL OR to_jsonb(OLD) - 'cancelled_at' <> to_jsonb(NEW) - 'cancelled_at')
        OR NEW.completed_at IS NOT NULL AND (current_user <> 'dps_worker' OR OLD.on_day > (dps.now() AT TIME ZONE 'Europe/London')::date) THEN
        RAISE EXCEPTION 'a succession stays as it was announced' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

-- What was cancelled goes, with what was allocated: nothing reads it as a succession. The history and the log keep it.
CREATE FUNCTION succession_cancelled() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    DELETE FROM succession_case WHERE succession_id = NEW.id;
    DELETE FROM succession WHERE id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER cancelled AFTER UPDATE ON succession FOR EACH ROW WHEN (NEW.cancelled_at IS NOT NULL) EXECUTE FUNCTION succession_cancelled();

-- A link of two needs that is taken back goes, until offers can no longer be changed. The log and what invited providers read keep it.
ALTER TABLE need_link ADD unlinked_at timestamptz;
-- +goose StatementBegin
CREATE FUNCTION need_unlinked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM need n WHERE n.id IN (NEW.need_id, NEW.sibling_id) AND n.deadline < dps.now()) THEN
        RAISE EXCEPTION 'deadline' USING ERRCODE = 'DPS05';
    END IF;
    DELETE FROM need_link WHERE need_id = NEW.need_id AND sibling_id = NEW.sibling_id OR need_id = NEW.sibling_id AND sibling_id = NEW.need_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER need_unlinked AFTER UPDATE ON need_link FOR EACH ROW WHEN (NEW.unlinked_at IS NOT NULL) EXECUTE FUNCTION need_unlinked();

-- A draft that is discarded loses its links and the child's identity.
ALTER TABLE need ADD discarded_at timestamptz CHECK (discarded_at IS NULL OR published_at IS NULL AND withdrawn_at IS NOT NULL);
-- +goose StatementBegin
CREATE FUNCTION need_discarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    DELETE FROM need_link WHERE need_id = NEW.id OR sibling_id = NEW.id;
    DELETE FROM need_identity WHERE need_id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER need_discarded AFTER UPDATE OF discarded_at ON need FOR EACH ROW
    WHEN (OLD.discarded_at IS NULL AND NEW.discarded_at IS NOT NULL) EXECUTE FUNCTION need_discarded();

-- A ceiling that is cleared is none.
ALTER TABLE need_ceiling ALTER weekly DROP NOT NULL;

-- +goose Down
DELETE FROM need_ceiling WHERE weekly IS NULL;
ALTER TABLE need_ceiling ALTER weekly SET NOT NULL;
DROP TRIGGER need_discarded ON need;
ALTER TABLE need DROP discarded_at;
DROP TRIGGER need_unlinked ON need_link;
ALTER TABLE need_link DROP unlinked_at;
DROP TRIGGER cancelled ON succession;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION succession_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.completed_at IS NOT NULL OR to_jsonb(OLD) - '{allocated_at,allocated_by,completed_at}'::text[] <> to_jsonb(NEW) - '{allocated_at,allocated_by,completed_at}'::text[]
        OR NEW.completed_at IS NOT NULL AND (current_user <> 'dps_worker' OR OLD.on_day > (dps.now() AT TIME ZONE 'Europe/London')::date) THEN
        RAISE EXCEPTION 'a succession stays as it was announced' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
ALTER TABLE succession DROP cancelled_at;
ALTER TABLE partnership_step DISABLE TRIGGER append_only;
DELETE FROM partnership_step WHERE kind IN ('LAST_DAY_CORRECTED', 'STAYED', 'SUCCESSION_CANCELLED');
ALTER TABLE partnership_step ENABLE TRIGGER append_only;
ALTER TABLE partnership_step DROP CONSTRAINT partnership_step_kind_check,
    ADD CONSTRAINT partnership_step_kind_check CHECK (kind IN ('JOINED', 'LEFT', 'MOVED_IN', 'MOVED_OUT', 'SUCCEEDED'));
DROP TRIGGER placed_with_who_runs_it ON placement;
DROP TRIGGER changes_hands ON setting;
DROP INDEX sealed_offer_setting;
ALTER TABLE placement DROP earlier_provider_id, DROP handed_over_on;
DROP TABLE setting_link, clarification_correction;
DROP TRIGGER appeal_of_refusal ON application_appeal;
UPDATE application a SET decision = 'REFUSED', reasons = l.refusal_reasons, decided_at = l.refused_at, decided_by = l.refused_by
    FROM application_appeal l WHERE l.application_id = a.id AND l.upheld;
ALTER TABLE application_appeal DROP refusal_reasons, DROP refused_at, DROP refused_by;
DROP TRIGGER application_withdrawn ON application;
ALTER TABLE application DROP CONSTRAINT application_withdrawn, DROP CONSTRAINT application_decision_check;
UPDATE application SET decision = 'REFUSED' WHERE decision = 'WITHDRAWN';
ALTER TABLE application DROP withdrawn_at, DROP withdrawn_by, DROP withdraw_reason,
    ADD CONSTRAINT application_decision_check CHECK (decision IN ('ADMITTED', 'REFUSED'));
DROP TRIGGER award_withdrawn ON award;
ALTER TABLE award DROP CONSTRAINT award_withdrawn, DROP withdrawn_at, DROP withdrawn_by, DROP withdraw_reason, DROP handed_over_at;
DROP FUNCTION need_discarded(), need_unlinked(), succession_cancelled(), placed_with_who_runs_it(), setting_changes_hands(), answer_corrected(),
    appeal_of_refusal(), application_withdrawn(), award_withdrawn();
