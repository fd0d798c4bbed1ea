-- +goose Up
-- One authority succeeds another: what an authority has, it has through its needs, so that they take it along.

-- What belongs to a need belongs to its authority, and goes with it.
ALTER TABLE need ADD UNIQUE (id, authority_id);
ALTER TABLE offer ADD UNIQUE (id, authority_id);
ALTER TABLE placement ADD UNIQUE (id, authority_id);
-- +goose StatementBegin
DO $$ DECLARE child record; BEGIN
    FOR child IN SELECT n.table_name AS name FROM information_schema.columns n JOIN information_schema.columns a USING (table_schema, table_name)
        WHERE n.table_schema = 'dps' AND n.column_name = 'need_id' AND a.column_name = 'authority_id' LOOP
        EXECUTE format('ALTER TABLE %1$I DROP CONSTRAINT IF EXISTS %2$I, ADD CONSTRAINT %2$I FOREIGN KEY (need_id, authority_id) REFERENCES need (id, authority_id) ON UPDATE CASCADE',
            child.name, child.name || '_need_id_fkey');
    END LOOP;
END $$;
-- +goose StatementEnd
ALTER TABLE offer_fee DROP CONSTRAINT offer_fee_offer_id_fkey,
    ADD CONSTRAINT offer_fee_offer_id_fkey FOREIGN KEY (offer_id, authority_id) REFERENCES offer (id, authority_id) ON UPDATE CASCADE;
ALTER TABLE feedback_words DROP CONSTRAINT feedback_words_placement_id_fkey,
    ADD CONSTRAINT feedback_words_placement_id_fkey FOREIGN KEY (placement_id, authority_id) REFERENCES placement (id, authority_id) ON UPDATE CASCADE;
ALTER TABLE spending DROP CONSTRAINT spending_placement_id_fkey,
    ADD CONSTRAINT spending_placement_id_fkey FOREIGN KEY (placement_id, authority_id) REFERENCES placement (id, authority_id) ON UPDATE CASCADE;
CREATE INDEX letter_need ON letter (need_id);
CREATE INDEX placement_need ON placement (need_id);
CREATE INDEX agreement_need ON agreement (need_id);
CREATE INDEX family_invitation_need ON family_invitation (need_id);
CREATE INDEX feedback_words_placement ON feedback_words (placement_id);

-- That an authority is succeeded, on a day, by one or several.
CREATE TABLE succession (
    id            uuid PRIMARY KEY,
    authority_id  uuid NOT NULL UNIQUE REFERENCES organisation,  -- the predecessor
    on_day        date NOT NULL,
    successors    uuid[] NOT NULL CHECK (cardinality(successors) > 0),
    remainder_id  uuid NOT NULL REFERENCES organisation,         -- the successor of all that is not allocated
    words         text NOT NULL CHECK (words <> ''),
    announced_at  timestamptz NOT NULL,
    announced_by  text NOT NULL,
    allocated_at  timestamptz,                                   -- when the predecessor said who takes over what, the last time
    allocated_by  text,
    completed_at  timestamptz,
    cases         integer,                                       -- how many needs were handed over
    CHECK (remainder_id = ANY (successors) AND authority_id <> ALL (successors)),
    CHECK ((completed_at IS NULL) = (cases IS NULL))
);

-- Who takes over which need, with all that belongs to it.
CREATE TABLE succession_case (
    succession_id uuid NOT NULL REFERENCES succession,
    need_id       uuid NOT NULL REFERENCES need,
    predecessor_id uuid NOT NULL,
    successor_id  uuid NOT NULL REFERENCES organisation,
    PRIMARY KEY (succession_id, need_id)
);

ALTER TABLE partnership_step DROP CONSTRAINT partnership_step_kind_check,
    ADD CONSTRAINT partnership_step_kind_check CHECK (kind IN ('JOINED', 'LEFT', 'MOVED_IN', 'MOVED_OUT', 'SUCCEEDED'));
-- Whose the agreement was.
ALTER TABLE agreement ADD COLUMN predecessor_id uuid REFERENCES organisation, ADD COLUMN succeeded_on date,
    ADD CHECK ((predecessor_id IS NULL) = (succeeded_on IS NULL));

-- The predecessor's people act and read no more from that day on, whatever their tokens say; its auditor goes on reading the
-- log, which nobody writes any more.
-- +goose StatementBegin
CREATE FUNCTION is_succeeded(organisation uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM succession s WHERE s.authority_id = organisation AND s.on_day <= (dps.now() AT TIME ZONE 'Europe/London')::date) $$;

CREATE OR REPLACE FUNCTION enter(role text, person text, organisation text, code_hash text, epoch integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF person <> '' AND dps.is_revoked(person, epoch) OR organisation <> '' AND role <> 'dps_auditor' AND dps.is_succeeded(organisation::uuid) THEN
        RAISE EXCEPTION 'revoked' USING ERRCODE = 'DPS01';
    END IF;
    PERFORM set_config('dps.person', person, true), set_config('dps.organisation', organisation, true),
            set_config('dps.code_hash', code_hash, true);
    PERFORM set_config('role', role, true);
END $$;

-- A succession stays as it was announced: until its day it is allocated, and on it the clock's hand completes it, once.
CREATE FUNCTION succession_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.completed_at IS NOT NULL OR to_jsonb(OLD) - '{allocated_at,allocated_by,completed_at}'::text[] <> to_jsonb(NEW) - '{allocated_at,allocated_by,completed_at}'::text[]
        OR NEW.completed_at IS NOT NULL AND (current_user <> 'dps_worker' OR OLD.on_day > (dps.now() AT TIME ZONE 'Europe/London')::date) THEN
        RAISE EXCEPTION 'a succession stays as it was announced' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

-- hand_over gives each need, and with it all that belongs to it, to its successor. Everybody who works on a need has read it:
-- whoever does is waited for, and who comes meanwhile waits.
CREATE FUNCTION hand_over() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    had bigint;
BEGIN
    LOCK TABLE need IN ACCESS EXCLUSIVE MODE;
    SELECT count(*) INTO had FROM need WHERE authority_id = NEW.authority_id;
    INSERT INTO succession_case (succession_id, need_id, predecessor_id, successor_id)
        SELECT NEW.id, n.id, NEW.authority_id, NEW.remainder_id FROM need n WHERE n.authority_id = NEW.authority_id ON CONFLICT DO NOTHING;
    UPDATE need n SET authority_id = c.successor_id FROM succession_case c
        WHERE c.succession_id = NEW.id AND n.id = c.need_id AND n.authority_id = NEW.authority_id;
    GET DIAGNOSTICS NEW.cases = ROW_COUNT;
    IF NEW.cases <> had THEN
        RAISE EXCEPTION 'not every need was handed over' USING ERRCODE = 'DPS30';
    END IF;
    UPDATE agreement g SET predecessor_id = NEW.authority_id, succeeded_on = NEW.on_day FROM succession_case c
        WHERE c.succession_id = NEW.id AND g.need_id = c.need_id;
    -- What a borough has delegated, those of its successors that belong to the same consortium delegate until they take it back.
    INSERT INTO delegation (id, authority_id, consortium_id, act, given_by)
        SELECT gen_random_uuid(), o.id, d.consortium_id, d.act, 'system' FROM delegation d JOIN organisation o ON o.id = ANY (NEW.successors) AND o.consortium_id = d.consortium_id
         WHERE d.authority_id = NEW.authority_id AND d.withdrawn_at IS NULL ON CONFLICT DO NOTHING;
    UPDATE delegation SET withdrawn_at = dps.now(), withdrawn_by = 'system' WHERE authority_id = NEW.authority_id AND withdrawn_at IS NULL;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER fixed BEFORE UPDATE ON succession FOR EACH ROW EXECUTE FUNCTION succession_fixed();
CREATE TRIGGER hand_over BEFORE UPDATE ON succession FOR EACH ROW WHEN (OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL) EXECUTE FUNCTION hand_over();

-- What keeps a need, an offer and an appointment as they are does not stand against the change of their authority, which the
-- owner's hand alone makes.
DROP TRIGGER need_fixed ON need;
CREATE TRIGGER need_fixed BEFORE INSERT OR UPDATE ON need FOR EACH ROW WHEN (current_user <> 'dps_owner') EXECUTE FUNCTION need_fixed();
DROP TRIGGER appointment_fixed ON appointment;
CREATE TRIGGER appointment_fixed BEFORE UPDATE ON appointment FOR EACH ROW WHEN (current_user <> 'dps_owner') EXECUTE FUNCTION appointment_fixed();
DROP TRIGGER offer_in_time ON sealed_offer;
CREATE CONSTRAINT TRIGGER offer_in_time AFTER INSERT OR UPDATE ON sealed_offer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (current_user <> 'dps_owner') EXECUTE FUNCTION offer_in_time();

-- +goose Down
DROP TRIGGER offer_in_time ON sealed_offer;
CREATE CONSTRAINT TRIGGER offer_in_time AFTER INSERT OR UPDATE ON sealed_offer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION offer_in_time();
DROP TRIGGER appointment_fixed ON appointment;
CREATE TRIGGER appointment_fixed BEFORE UPDATE ON appointment FOR EACH ROW EXECUTE FUNCTION appointment_fixed();
DROP TRIGGER need_fixed ON need;
CREATE TRIGGER need_fixed BEFORE INSERT OR UPDATE ON need FOR EACH ROW EXECUTE FUNCTION need_fixed();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION enter(role text, person text, organisation text, code_hash text, epoch integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF person <> '' AND dps.is_revoked(person, epoch) THEN
        RAISE EXCEPTION 'revoked' USING ERRCODE = 'DPS01';
    END IF;
    PERFORM set_config('dps.person', person, true), set_config('dps.organisation', organisation, true),
            set_config('dps.code_hash', code_hash, true);
    PERFORM set_config('role', role, true);
END $$;
-- +goose StatementEnd
DROP TABLE succession_case, succession;
DROP FUNCTION hand_over(), succession_fixed(), is_succeeded(uuid);
ALTER TABLE agreement DROP COLUMN predecessor_id, DROP COLUMN succeeded_on;
ALTER TABLE partnership_step DISABLE TRIGGER append_only;
DELETE FROM partnership_step WHERE kind = 'SUCCEEDED';
ALTER TABLE partnership_step ENABLE TRIGGER append_only;
ALTER TABLE partnership_step DROP CONSTRAINT partnership_step_kind_check,
    ADD CONSTRAINT partnership_step_kind_check CHECK (kind IN ('JOINED', 'LEFT', 'MOVED_IN', 'MOVED_OUT'));
ALTER TABLE spending DROP CONSTRAINT spending_placement_id_fkey, ADD CONSTRAINT spending_placement_id_fkey FOREIGN KEY (placement_id) REFERENCES placement;
DROP INDEX feedback_words_placement, family_invitation_need, agreement_need, placement_need, letter_need;
ALTER TABLE feedback_words DROP CONSTRAINT feedback_words_placement_id_fkey, ADD CONSTRAINT feedback_words_placement_id_fkey FOREIGN KEY (placement_id) REFERENCES placement;
ALTER TABLE offer_fee DROP CONSTRAINT offer_fee_offer_id_fkey, ADD CONSTRAINT offer_fee_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES offer;
-- +goose StatementBegin
DO $$ DECLARE child record; BEGIN
    FOR child IN SELECT c.conrelid::regclass AS name, c.conname FROM pg_constraint c WHERE c.confrelid = 'dps.need'::regclass AND cardinality(c.conkey) = 2 LOOP
        EXECUTE format('ALTER TABLE %1$s DROP CONSTRAINT %2$I, ADD CONSTRAINT %2$I FOREIGN KEY (need_id) REFERENCES need', child.name, child.conname);
    END LOOP;
END $$;
-- +goose StatementEnd
ALTER TABLE placement DROP CONSTRAINT placement_id_authority_id_key;
ALTER TABLE offer DROP CONSTRAINT offer_id_authority_id_key;
ALTER TABLE need DROP CONSTRAINT need_id_authority_id_key;
