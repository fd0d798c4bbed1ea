-- A database knows its keys: what is sealed under others could never be opened. The log is sealed whatever strangers' transactions do, and
-- can be taken up again after its rows were copied into another cluster.

-- +goose Up
-- The keys that this market is sealed with. A process whose key file lacks one of them does not start.
CREATE TABLE key_in_use (
    use         text NOT NULL,
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'), -- tells keys apart, and tells nothing about them
    since       timestamptz NOT NULL DEFAULT dps.now(),
    PRIMARY KEY (use, fingerprint)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON key_in_use FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- When the log was taken up again in a cluster that counts its transactions from elsewhere: by how much its numbers are moved.
CREATE TABLE log_resumption (
    id         uuid PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT dps.now(),
    resumed_by text NOT NULL,
    reason     text NOT NULL,
    moved_by   bigint NOT NULL UNIQUE CHECK (moved_by > 0)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_resumption FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- +goose StatementBegin
-- missing_keys are the uses of those keys of the market that are not among a process's. Where none is missing, the process's keys are the
-- market's from now on: it begins with the keys of the process that starts first, and can be given further ones.
CREATE FUNCTION missing_keys(uses text[], fingerprints text[]) RETURNS SETOF text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('dps keys', 0));
    RETURN QUERY SELECT DISTINCT k.use FROM key_in_use k
        WHERE NOT EXISTS (SELECT FROM unnest(uses, fingerprints) AS own(use, fingerprint) WHERE (own.use, own.fingerprint) = (k.use, k.fingerprint))
        ORDER BY k.use;
    IF NOT FOUND THEN
        INSERT INTO key_in_use (use, fingerprint) SELECT own.use, own.fingerprint FROM unnest(uses, fingerprints) AS own(use, fingerprint)
            WHERE NOT EXISTS (SELECT FROM key_in_use k WHERE (own.use, own.fingerprint) = (k.use, k.fingerprint));
    END IF;
END $$;

-- log_number is the place of a transaction of this cluster in the order of the log.
CREATE FUNCTION log_number(transaction xid8) RETURNS xid8 LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (transaction::text::bigint + coalesce((SELECT max(moved_by) FROM log_resumption), 0))::text::xid8;
END $$;

CREATE OR REPLACE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.tx := dps.log_number(pg_current_xact_id());
    NEW.at := dps.now();
    RETURN NEW;
END $$;

-- enter_context is who acts in this transaction: settings first, the database role last, which it returns.
CREATE FUNCTION enter_context(role text, person text, organisation text, code_hash text, epoch integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    context text;
BEGIN
    IF dps.is_kept_out(role, person, organisation, epoch) THEN
        RAISE EXCEPTION 'revoked' USING ERRCODE = 'DPS01';
    END IF;
    context := set_config('dps.person', person, true) || set_config('dps.organisation', organisation, true) || set_config('dps.code_hash', code_hash, true);
    RETURN set_config('role', role, true);
END $$;

-- enter opens a transaction. One that can write says so before it has a number: log_horizon waits for those that do, and for no other.
CREATE OR REPLACE FUNCTION enter(role text, person text, organisation text, code_hash text, epoch integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_read_only') = 'off' AND coalesce(current_setting('dps.writes', true), '') = '' THEN
        IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
            RAISE EXCEPTION 'a transaction is entered before it writes' USING ERRCODE = '25001';
        END IF;
        PERFORM pg_advisory_xact_lock_shared(6582387, 1), set_config('dps.writes', 'on', true); -- 'dps', writers of the log
    END IF;
    RETURN dps.enter_context(role, person, organisation, code_hash, epoch);
END $$;

CREATE OR REPLACE FUNCTION ask(role text, person text, organisation text, code_hash text, epoch integer, prepared text) RETURNS SETOF bytea LANGUAGE plpgsql AS $$
DECLARE
    context text := dps.enter_context(role, person, organisation, code_hash, epoch);
    reading text := set_config('transaction_read_only', 'on', true);
BEGIN
    RETURN QUERY EXECUTE 'EXECUTE ' || prepared;
END $$;

-- log_horizon is a number of the log before which no event can come any more. A transaction that runs, and holds the lock on its own number
-- without that of the writers of the log, is a stranger's, and writes none. Of those whose locks cannot be seen nothing is known: they are
-- waited for.
CREATE FUNCTION log_horizon() RETURNS xid8 LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    running pg_snapshot := pg_current_snapshot();
    oldest  xid8;
BEGIN
    WITH lock AS MATERIALIZED (SELECT * FROM pg_locks),
    writer AS (SELECT virtualtransaction FROM lock WHERE locktype = 'advisory' AND (classid, objid, objsubid) = (6582387, 1, 2)
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    SELECT min(x) INTO oldest FROM pg_snapshot_xip(running) AS x WHERE NOT EXISTS (
        SELECT FROM lock l WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted AND l.transactionid = x::xid
        AND l.virtualtransaction NOT IN (SELECT virtualtransaction FROM writer));
    RETURN log_number(coalesce(oldest, pg_snapshot_xmax(running)));
EXCEPTION WHEN insufficient_privilege THEN -- the locks of others were taken away from the owner: every transaction is waited for
    RETURN log_number(pg_snapshot_xmin(running));
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION log_horizon(), missing_keys(text[], text[]);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION enter(role text, person text, organisation text, code_hash text, epoch integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    context text;
BEGIN
    IF dps.is_kept_out(role, person, organisation, epoch) THEN
        RAISE EXCEPTION 'revoked' USING ERRCODE = 'DPS01';
    END IF;
    context := set_config('dps.person', person, true) || set_config('dps.organisation', organisation, true) || set_config('dps.code_hash', code_hash, true);
    RETURN set_config('role', role, true);
END $$;
CREATE OR REPLACE FUNCTION ask(role text, person text, organisation text, code_hash text, epoch integer, prepared text) RETURNS SETOF bytea LANGUAGE plpgsql AS $$
DECLARE
    context text := dps.enter(role, person, organisation, code_hash, epoch);
    reading text := set_config('transaction_read_only', 'on', true);
BEGIN
    RETURN QUERY EXECUTE 'EXECUTE ' || prepared;
END $$;
CREATE OR REPLACE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.tx := pg_current_xact_id();
    NEW.at := dps.now();
    RETURN NEW;
END $$;
-- +goose StatementEnd
DROP FUNCTION enter_context(text, text, text, text, integer), log_number(xid8);
DROP TABLE log_resumption, key_in_use;
