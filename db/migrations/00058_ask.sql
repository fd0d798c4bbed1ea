-- What most requests read is one statement. Its transaction is then one function, ask, and one round trip. To enter costs less, too:
-- who is kept out is asked once, and settings are made without statements of their own.

-- +goose Up
DROP FUNCTION enter(text, text, text, text, integer);

-- +goose StatementBegin
-- is_kept_out says whether a token was taken back, or its authority's work has gone to its successors, whose auditor goes on reading.
CREATE FUNCTION is_kept_out(role text, who text, organisation text, epoch integer) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN who <> '' AND EXISTS (SELECT FROM revocation r WHERE r.person = who AND r.epoch > is_kept_out.epoch)
        OR organisation <> '' AND role <> 'dps_auditor' AND EXISTS (SELECT FROM succession s
            WHERE s.authority_id = organisation::uuid AND s.on_day <= (dps.now() AT TIME ZONE 'Europe/London')::date);
END $$;

-- enter opens the context of one transaction: settings first, the database role last, which it returns.
CREATE FUNCTION enter(role text, person text, organisation text, code_hash text, epoch integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    context text;
BEGIN
    IF dps.is_kept_out(role, person, organisation, epoch) THEN
        RAISE EXCEPTION 'revoked' USING ERRCODE = 'DPS01';
    END IF;
    context := set_config('dps.person', person, true) || set_config('dps.organisation', organisation, true) || set_config('dps.code_hash', code_hash, true);
    RETURN set_config('role', role, true);
END $$;

-- ask is the transaction of a request that is one statement: who asks, that nothing is written, and a statement that the connection
-- has prepared, with its arguments. Rows come in binary form.
CREATE FUNCTION ask(role text, person text, organisation text, code_hash text, epoch integer, prepared text) RETURNS SETOF bytea LANGUAGE plpgsql AS $$
DECLARE
    context text := dps.enter(role, person, organisation, code_hash, epoch);
    reading text := set_config('transaction_read_only', 'on', true);
BEGIN
    RETURN QUERY EXECUTE 'EXECUTE ' || prepared;
END $$;
-- +goose StatementEnd
DROP FUNCTION is_revoked(text, integer), is_succeeded(uuid);

-- +goose Down
DROP FUNCTION ask(text, text, text, text, integer, text), enter(text, text, text, text, integer), is_kept_out(text, text, text, integer);
-- +goose StatementBegin
CREATE FUNCTION is_revoked(who text, epoch integer) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM revocation r WHERE r.person = who AND r.epoch > is_revoked.epoch);
END $$;
CREATE FUNCTION is_succeeded(organisation uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM succession s WHERE s.authority_id = organisation AND s.on_day <= (dps.now() AT TIME ZONE 'Europe/London')::date);
END $$;
CREATE FUNCTION enter(role text, person text, organisation text, code_hash text, epoch integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF person <> '' AND dps.is_revoked(person, epoch) OR organisation <> '' AND role <> 'dps_auditor' AND dps.is_succeeded(organisation::uuid) THEN
        RAISE EXCEPTION 'revoked' USING ERRCODE = 'DPS01';
    END IF;
    PERFORM set_config('dps.person', person, true), set_config('dps.organisation', organisation, true),
            set_config('dps.code_hash', code_hash, true);
    PERFORM set_config('role', role, true);
END $$;
-- +goose StatementEnd
