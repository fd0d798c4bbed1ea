-- +goose Up
-- What it takes to take a directory in again and again: by what a school is known after its URN has changed, and whose a
-- setting is once somebody has said so.

ALTER TABLE setting
    ADD dfe_number text CHECK (dfe_number ~ '^[0-9]{3}/[0-9]{4}$'), -- of a school: its authority and establishment number
    ADD previous_urns text[] NOT NULL DEFAULT '{}';                 -- the oldest first
CREATE INDEX setting_dfe_number ON setting (dfe_number) WHERE dfe_number IS NOT NULL;
CREATE INDEX setting_unclaimed ON setting (name, id) WHERE provider_id IS NULL AND closed_on IS NULL;

-- An address is seen by the provider of its setting, whoever that is.
-- +goose StatementBegin
CREATE FUNCTION address_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    UPDATE setting_address SET provider_id = NEW.provider_id WHERE setting_id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER address_follows AFTER UPDATE OF provider_id ON setting FOR EACH ROW
    WHEN (OLD.provider_id IS DISTINCT FROM NEW.provider_id) EXECUTE FUNCTION address_follows();

-- +goose Down
DROP TRIGGER address_follows ON setting;
DROP FUNCTION address_follows();
ALTER TABLE setting DROP dfe_number, DROP previous_urns;
