-- +goose Up
-- A joint call: needs of several boroughs, one for each child or place, published as one. Each stays its borough's own.
CREATE TABLE joint_share (
    need_id      uuid PRIMARY KEY,
    authority_id uuid NOT NULL,
    joint_id     uuid NOT NULL,                  -- the call
    reference    text NOT NULL,                  -- of the call
    made_at      timestamptz NOT NULL,
    made_by      text NOT NULL,
    CONSTRAINT joint_share_need_id_fkey FOREIGN KEY (need_id, authority_id) REFERENCES need (id, authority_id) ON UPDATE CASCADE
);
CREATE INDEX joint_share_joint ON joint_share (joint_id, need_id);
CREATE INDEX joint_share_authority ON joint_share (authority_id);

-- Whether a need is one of a joint call: that it is, everybody knows who sees the need. Said when it is published, and fixed with it.
ALTER TABLE need ADD COLUMN joint boolean NOT NULL DEFAULT false;

-- Who does something to one need of a call does it to all that they may: the call has one lock, taken before that of the need.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION lock_need(need uuid, exclusive boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    key text;
BEGIN
    FOREACH key IN ARRAY array_remove(ARRAY['joint:' || (SELECT joint_id FROM joint_share s WHERE s.need_id = lock_need.need), 'need:' || lock_need.need], NULL) LOOP
        IF exclusive THEN
            PERFORM pg_advisory_xact_lock(hashtextextended(key, 0));
        ELSE
            PERFORM pg_advisory_xact_lock_shared(hashtextextended(key, 0));
        END IF;
    END LOOP;
END $$;

-- An offer to a joint call states how many places it has in all: no more are awarded, whichever boroughs award them.
CREATE FUNCTION joint_places() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    taken bigint;
    places bigint;
BEGIN
    SELECT o.places INTO places FROM offer o WHERE o.id = NEW.offer_id;
    SELECT count(*) INTO taken FROM joint_share mine JOIN joint_share s ON s.joint_id = mine.joint_id AND s.need_id <> mine.need_id JOIN award a ON a.need_id = s.need_id
        WHERE mine.need_id = NEW.need_id AND a.provider_id = NEW.provider_id AND a.setting_id = NEW.setting_id
          AND a.rejected_at IS NULL AND a.declined_at IS NULL AND a.lapsed_at IS NULL;
    IF taken >= places THEN
        RAISE EXCEPTION 'places' USING ERRCODE = 'DPS31';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER joint_places BEFORE INSERT ON award FOR EACH ROW EXECUTE FUNCTION joint_places();

-- +goose Down
DROP TRIGGER joint_places ON award;
DROP FUNCTION joint_places();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION lock_need(need uuid, exclusive boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF exclusive THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('need:' || need, 0));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('need:' || need, 0));
    END IF;
END $$;
-- +goose StatementEnd
ALTER TABLE need DROP COLUMN joint;
DROP TABLE joint_share;
