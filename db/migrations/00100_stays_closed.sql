-- What was closed or opened stays so, even if the clock of the database goes back: a restored machine, or one whose clock is behind.

-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION offer_in_time() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM need WHERE id = NEW.need_id AND published_at IS NOT NULL AND withdrawn_at IS NULL AND closed_at IS NULL
            AND opened_at IS NULL AND dps.now() <= deadline) THEN
        RAISE EXCEPTION 'deadline' USING ERRCODE = 'DPS05';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION need_unlinked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM need n WHERE n.id IN (NEW.need_id, NEW.sibling_id)
            AND (n.deadline < dps.now() OR n.closed_at IS NOT NULL OR n.opened_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'deadline' USING ERRCODE = 'DPS05';
    END IF;
    DELETE FROM need_link WHERE need_id = NEW.need_id AND sibling_id = NEW.sibling_id OR need_id = NEW.sibling_id AND sibling_id = NEW.need_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION offer_in_time() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM need WHERE id = NEW.need_id AND published_at IS NOT NULL AND withdrawn_at IS NULL AND dps.now() <= deadline) THEN
        RAISE EXCEPTION 'deadline' USING ERRCODE = 'DPS05';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION need_unlinked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM need n WHERE n.id IN (NEW.need_id, NEW.sibling_id) AND n.deadline < dps.now()) THEN
        RAISE EXCEPTION 'deadline' USING ERRCODE = 'DPS05';
    END IF;
    DELETE FROM need_link WHERE need_id = NEW.need_id AND sibling_id = NEW.sibling_id OR need_id = NEW.sibling_id AND sibling_id = NEW.need_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
