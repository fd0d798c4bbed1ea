-- An organisation that left and joins again begins with nothing but its own things: what was delegated by it or to it, and where its
-- people were appointed, had no effect while it was away, and is ended before it could have one again.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION organisation_comes_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    UPDATE delegation SET withdrawn_at = dps.now(), withdrawn_by = coalesce(person(), 'system')
        WHERE (authority_id = NEW.id OR consortium_id = NEW.id) AND withdrawn_at IS NULL;
    UPDATE appointment SET ended_at = dps.now(), ended_by = coalesce(person(), 'system')
        WHERE organisation_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER organisation_comes_back AFTER UPDATE OF left_on ON organisation FOR EACH ROW
    WHEN (OLD.left_on < NEW.joined_on AND NEW.left_on IS NULL) EXECUTE FUNCTION organisation_comes_back();

-- +goose Down
DROP TRIGGER organisation_comes_back ON organisation;
DROP FUNCTION organisation_comes_back();
