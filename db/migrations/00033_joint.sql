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
-- +goose StatementEnd

-- +goose Down
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
