-- How long the log has waited to be sealed, for the process that answers whether it is well: the login reads no event.

-- +goose Up
-- +goose StatementBegin
-- log_age is for how many seconds the oldest event behind the last seal has waited.
CREATE FUNCTION log_age() RETURNS double precision LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT greatest(extract(epoch FROM dps.now() - min(e.at)), 0) FROM event e
        WHERE (e.tx, e.id) > (SELECT s.tx, s.event_id FROM event_seal s ORDER BY s.tx DESC, s.event_id DESC LIMIT 1)
        OR NOT EXISTS (SELECT FROM event_seal));
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION log_age();
