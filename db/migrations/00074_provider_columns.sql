-- +goose Up
-- A provider makes and changes rows of its own in these tables. What is the authority's in them it cannot write.

-- Of a placement a provider writes its notice alone. Accepting an award makes one that has not started, ended or been cancelled.
-- +goose StatementBegin
CREATE FUNCTION placement_by_provider() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    notice CONSTANT text[] := '{notice_given_at,notice_last_day,notice_reason,notice_words}';
BEGIN
    IF current_user <> 'dps_bids_manager' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.started_at IS NOT NULL OR NEW.started_on IS NOT NULL OR NEW.ended_on IS NOT NULL OR NEW.cancelled_at IS NOT NULL)
        OR TG_OP = 'UPDATE' AND to_jsonb(OLD) - notice <> to_jsonb(NEW) - notice THEN
        RAISE EXCEPTION 'a provider can only give notice of a placement' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER placement_by_provider BEFORE INSERT OR UPDATE ON placement FOR EACH ROW EXECUTE FUNCTION placement_by_provider();

-- Of a registration its author can only withdraw it; the market manager decides.
-- +goose StatementBegin
CREATE FUNCTION registration_by_provider() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'dps_bids_manager' AND (NEW.decision IS NOT NULL OR NEW.decided_at IS NOT NULL OR NEW.decided_by IS NOT NULL
        OR NEW.reason IS NOT NULL OR TG_OP = 'INSERT' AND NEW.withdrawn_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a provider can only withdraw a registration' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER registration_by_provider BEFORE INSERT OR UPDATE ON registration FOR EACH ROW EXECUTE FUNCTION registration_by_provider();

-- +goose Down
DROP TRIGGER registration_by_provider ON registration;
DROP TRIGGER placement_by_provider ON placement;
DROP FUNCTION registration_by_provider(), placement_by_provider();
