-- +goose Up
-- The ground that everything else stands on: the clock, who is asking, the log, idempotency.
-- All tables live in schema dps; texts with CHECK instead of enums, because enum operators are not leakproof
-- and so cannot use an index under row-level security.

-- The clock. One row at most, and only in a demonstration or a test: `dps serve` refuses a database that holds one.
CREATE TABLE clock (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    ahead  interval NOT NULL
);

-- now is the only clock of the market. VOLATILE on purpose: it is read again after each lock.
CREATE FUNCTION now() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS $$ SELECT clock_timestamp() + coalesce((SELECT ahead FROM dps.clock), interval '0') $$;

-- Who is asking. Settings are local to the transaction; a setting that was RESET is '', so '' means nobody.
CREATE FUNCTION person() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('dps.person', true), '') $$;
CREATE FUNCTION org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('dps.organisation', true), '')::uuid $$;
CREATE FUNCTION code_hash() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT decode(nullif(current_setting('dps.code_hash', true), ''), 'hex') $$;

-- Tokens of a person older than this epoch are refused: how access is taken back before a token expires.
CREATE TABLE revocation (
    person text PRIMARY KEY,
    epoch  integer NOT NULL CHECK (epoch > 0),
    at     timestamptz NOT NULL DEFAULT dps.now()
);

-- +goose StatementBegin
CREATE FUNCTION is_revoked(who text, epoch integer) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = dps, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM revocation r WHERE r.person = who AND r.epoch > is_revoked.epoch) $$;
-- +goose StatementEnd

-- enter opens the context of one transaction: settings first, the database role last.
-- +goose StatementBegin
CREATE FUNCTION enter(role text, person text, organisation text, code_hash text, epoch integer) RETURNS void
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

-- The one log. Audit, outbox, public feed and subscriptions read this; there is no other.
CREATE TABLE event (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref             uuid NOT NULL DEFAULT gen_random_uuid(), -- its id at the API: the number would tell how busy others are
    tx              xid8 NOT NULL,              -- with at, set by a trigger whatever the writer says: nobody writes into the past
    at              timestamptz NOT NULL,
    person          text NOT NULL,              -- the token's subject; 'family', 'public' or 'system' where there is none
    capacity        text NOT NULL,
    organisation_id uuid,                       -- on whose behalf the person acted
    act             text NOT NULL,
    object_id       uuid NOT NULL,
    authority_id    uuid,                       -- whose data it concerns; null while only a provider may know of it
    chain_id        uuid NOT NULL,              -- the authority or provider in whose chain it is hashed
    changed         text[] NOT NULL DEFAULT '{}', -- names of what changed; never values, never personal data
    once            text UNIQUE,                -- set where a happening is recorded once, however often it is tried
    CHECK (coalesce(array_ndims(changed), 1) = 1 AND array_position(changed, NULL) IS NULL)
);
CREATE INDEX event_authority ON event (authority_id, id DESC);
CREATE INDEX event_chain ON event (chain_id, id);
CREATE INDEX event_order ON event (tx, id);
-- +goose StatementBegin
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.tx := pg_current_xact_id();
    NEW.at := dps.now();
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER stamp BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION stamp();

-- The sequencer's work: each committed event has its place and its hash in a chain; heads are signed. Events are sealed in
-- the order of (tx, id), so the last seal in that order says from where to go on.
CREATE TABLE event_seal (
    event_id bigint PRIMARY KEY REFERENCES event,
    tx       xid8 NOT NULL,                     -- of the event
    chain_id uuid NOT NULL,
    position bigint NOT NULL CHECK (position > 0),
    hash     bytea NOT NULL,
    UNIQUE (chain_id, position)
);
CREATE INDEX event_seal_order ON event_seal (tx, event_id);
CREATE TABLE event_head (
    chain_id  uuid NOT NULL,
    position  bigint NOT NULL,
    hash      bytea NOT NULL,
    signature bytea NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT dps.now(),
    PRIMARY KEY (chain_id, position)
);

-- +goose StatementBegin
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'DPS09';
END $$;
-- +goose StatementEnd
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_seal FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_head FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- A retry with the same key answers the same: the result's id or the refusal, never a payload.
CREATE TABLE idempotency (
    organisation_id uuid NOT NULL,
    person          text NOT NULL,
    act             text NOT NULL,
    key             text NOT NULL CHECK (length(key) BETWEEN 8 AND 100),
    request         bytea NOT NULL,              -- a fingerprint under a key that the database does not have
    result_id       uuid,
    refusal         jsonb,
    at              timestamptz NOT NULL DEFAULT dps.now(),
    PRIMARY KEY (organisation_id, person, act, key)
);

-- recall waits for a request under way with the same key, then reads what it left. VOLATILE: a new snapshot after the lock.
-- +goose StatementBegin
CREATE FUNCTION recall(organisation uuid, who text, what text, with_key text) RETURNS SETOF idempotency LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws('|', 'key', organisation, who, what, with_key), 0));
    RETURN QUERY SELECT i.* FROM idempotency i
        WHERE i.organisation_id = organisation AND i.person = who AND i.act = what AND i.key = with_key;
END $$;
-- +goose StatementEnd

-- Which policy the grants and the row-level security of this database were compiled from.
CREATE TABLE policy_version (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    hash   text NOT NULL
);

-- Organisations that buy. A consortium is a partner that acts for its boroughs in what they delegate.
CREATE TABLE organisation (
    id            uuid PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('PARTNER', 'CONSORTIUM', 'BOROUGH')),
    name          text NOT NULL,
    dfe_code      text UNIQUE,                  -- DfE local authority code, three digits; a consortium has none
    lead          boolean NOT NULL DEFAULT false,
    consortium_id uuid REFERENCES organisation,
    CHECK ((kind = 'BOROUGH') = (consortium_id IS NOT NULL)),
    CHECK ((kind = 'CONSORTIUM') = (dfe_code IS NULL))
);
CREATE UNIQUE INDEX organisation_one_lead ON organisation (lead) WHERE lead;

-- Each delegation is given or withdrawn at any time; the history stays.
CREATE TABLE delegation (
    id            uuid PRIMARY KEY,
    authority_id  uuid NOT NULL REFERENCES organisation,
    consortium_id uuid NOT NULL REFERENCES organisation,
    act           text NOT NULL CHECK (act IN ('PUBLISH', 'EVALUATE', 'AWARD', 'MANAGE')),
    given_at      timestamptz NOT NULL DEFAULT dps.now(),
    given_by      text NOT NULL,
    withdrawn_at  timestamptz,
    withdrawn_by  text
);
CREATE UNIQUE INDEX delegation_one_live ON delegation (authority_id, act) WHERE withdrawn_at IS NULL;
CREATE INDEX delegation_consortium ON delegation (consortium_id, act) WHERE withdrawn_at IS NULL;

-- boroughs lists the authorities that delegate an act ('ANY': any act) to the consortium that is asking.
-- +goose StatementBegin
CREATE FUNCTION boroughs(which text) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(array_agg(DISTINCT authority_id), '{}') FROM delegation
          WHERE consortium_id = org() AND withdrawn_at IS NULL AND (which = 'ANY' OR act = which) $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION boroughs(text), recall(uuid, text, text, text);
DROP TABLE delegation, organisation, policy_version, idempotency, event_head, event_seal, event, revocation, clock CASCADE;
DROP FUNCTION stamp(), append_only(), enter(text, text, text, text, integer), is_revoked(text, integer), code_hash(), org(), person(), now();
