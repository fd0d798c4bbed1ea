-- +goose Up
-- The market as its lead authority sets it up: regime, procedure, lot; and who is in it: provider, setting, membership.

-- A legal regime is a profile of data: behaviour follows its switches, there are no forks of the procedure.
CREATE TABLE regime (
    code                    text PRIMARY KEY,
    name                    text NOT NULL,
    source                  text NOT NULL,       -- where each figure is written down
    may_be_established      boolean NOT NULL,
    first_call_days         integer NOT NULL,    -- after the market's notice; 0 where the market's own notice states it
    decide_working_days     integer NOT NULL,    -- to decide an application
    tender_days             integer NOT NULL,    -- least calendar days between invitation and deadline
    standstill_days         integer NOT NULL,    -- offered by default; 0 for none
    standstill_working      boolean NOT NULL,    -- whether these are working days
    standstill_mandatory    boolean NOT NULL,
    invites_every_member    boolean NOT NULL
);

-- How offers of a lot are opened and evaluated. Switches, not two programs.
CREATE TABLE procedure (
    code        text PRIMARY KEY CHECK (code IN ('MATCHING', 'SCORED')),
    openers     integer NOT NULL CHECK (openers BETWEEN 1 AND 3),       -- distinct officers who must open together
    evaluators  integer NOT NULL CHECK (evaluators BETWEEN 1 AND 5),    -- distinct people who score, each blind to the others
    moderated   boolean NOT NULL,                                       -- one agreed score before ranking
    price_last  boolean NOT NULL,                                       -- prices stay sealed until quality is locked
    shows_count boolean NOT NULL                                        -- default of the lot's own switch
);

CREATE TABLE market (
    id           uuid PRIMARY KEY,
    authority_id uuid NOT NULL REFERENCES organisation,  -- the lead authority
    name         text NOT NULL,
    regime       text NOT NULL REFERENCES regime,
    notice_at    timestamptz NOT NULL,                   -- the notice that establishes it
    ends_on      date NOT NULL,
    feedback_k   integer NOT NULL CHECK (feedback_k >= 3) -- least number of answers behind any figure
);

CREATE TABLE lot (
    id               uuid PRIMARY KEY,
    authority_id     uuid NOT NULL REFERENCES organisation,
    market_id        uuid NOT NULL REFERENCES market,
    name             text NOT NULL,
    description      text NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('INMSS_DAY', 'INMSS_RESIDENTIAL', 'CHILDRENS_HOME')),
    procedure        text NOT NULL REFERENCES procedure,
    shows_count      boolean NOT NULL,
    age_low          integer NOT NULL CHECK (age_low BETWEEN 0 AND 25),
    age_high         integer NOT NULL CHECK (age_high BETWEEN age_low AND 25),
    needs            text[] NOT NULL,                     -- need types it covers
    contract         text NOT NULL,
    contract_version text NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT dps.now(),
    published_at     timestamptz
);
CREATE INDEX lot_market ON lot (market_id, name, id);

CREATE TABLE criterion (
    id           uuid PRIMARY KEY,
    authority_id uuid NOT NULL,
    lot_id       uuid NOT NULL REFERENCES lot,
    position     integer NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('QUALITY', 'PRICE')),
    name         text NOT NULL,
    description  text NOT NULL,
    weight       numeric(5,2) NOT NULL CHECK (weight > 0 AND weight <= 100),
    top_score    integer NOT NULL CHECK (top_score BETWEEN 1 AND 100),
    UNIQUE (lot_id, position)
);

-- A published lot is frozen, and its weights sum to 100: bidders rely on both.
-- +goose StatementBegin
CREATE FUNCTION lot_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'lot' THEN
        IF OLD.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'lot is published' USING ERRCODE = 'DPS03';
        END IF;
        IF NEW.published_at IS NOT NULL AND
           (SELECT coalesce(sum(weight), 0) <> 100 OR count(*) FILTER (WHERE kind = 'PRICE') > 1 FROM criterion WHERE lot_id = NEW.id) THEN
            RAISE EXCEPTION 'weights' USING ERRCODE = 'DPS04';
        END IF;
        RETURN NEW;
    END IF;
    -- The row lock makes a publishing wait for criteria that are on their way, and them for it.
    PERFORM FROM lot WHERE id = coalesce(NEW.lot_id, OLD.lot_id) FOR SHARE;
    IF EXISTS (SELECT FROM lot WHERE id = coalesce(NEW.lot_id, OLD.lot_id) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'lot is published' USING ERRCODE = 'DPS03';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
-- +goose StatementEnd
CREATE TRIGGER lot_frozen BEFORE UPDATE OR DELETE ON lot FOR EACH ROW EXECUTE FUNCTION lot_frozen();
CREATE TRIGGER lot_frozen BEFORE INSERT OR UPDATE OR DELETE ON criterion FOR EACH ROW EXECUTE FUNCTION lot_frozen();

CREATE TABLE provider (
    id             uuid PRIMARY KEY,
    name           text NOT NULL,
    ukprn          text UNIQUE,
    company_number text
);
CREATE INDEX provider_name ON provider (name, id);

CREATE TABLE setting (
    id           uuid PRIMARY KEY,
    provider_id  uuid NOT NULL REFERENCES provider,
    kind         text NOT NULL CHECK (kind IN ('SCHOOL', 'CHILDRENS_HOME')),
    name         text NOT NULL,
    urn          text NOT NULL UNIQUE,
    district     text NOT NULL,                 -- all that anyone learns of where a home is, until shortlisted
    outcode      text CHECK (kind = 'SCHOOL' OR outcode IS NULL),
    age_low      integer NOT NULL,
    age_high     integer NOT NULL CHECK (age_high >= age_low),
    needs        text[] NOT NULL,
    places       integer NOT NULL CHECK (places >= 0),  -- registered places
    vacancies    integer NOT NULL CHECK (vacancies >= 0), -- as the provider declares them
    vacancies_at timestamptz NOT NULL DEFAULT dps.now()
);
CREATE INDEX setting_name ON setting (name, id);
CREATE INDEX setting_provider ON setting (provider_id, name);

-- The address has its own visibility, so it has its own table.
CREATE TABLE setting_address (
    setting_id  uuid PRIMARY KEY REFERENCES setting,
    provider_id uuid NOT NULL,
    address     bytea NOT NULL                  -- protected text
);

CREATE TABLE application (
    id           uuid PRIMARY KEY,
    authority_id uuid NOT NULL,                 -- the lead authority, which decides
    lot_id       uuid NOT NULL REFERENCES lot,
    provider_id  uuid NOT NULL REFERENCES provider,
    statement    text NOT NULL,
    declared     boolean NOT NULL CHECK (declared), -- no ground for exclusion applies
    submitted_at timestamptz NOT NULL,
    submitted_by text NOT NULL,
    decide_by    timestamptz NOT NULL,
    decision     text CHECK (decision IN ('ADMITTED', 'REFUSED')),
    reasons      text,
    decided_at   timestamptz,
    decided_by   text,
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK (decision IS NULL OR reasons <> '')
);
CREATE UNIQUE INDEX application_one_open ON application (provider_id, lot_id) WHERE decision IS NULL;
CREATE INDEX application_authority ON application (authority_id, submitted_at, id);

CREATE TABLE membership (
    id           uuid PRIMARY KEY,
    lot_id       uuid NOT NULL REFERENCES lot,
    provider_id  uuid NOT NULL REFERENCES provider,
    application_id uuid NOT NULL REFERENCES application,
    admitted_at  timestamptz NOT NULL,
    suspended_at timestamptz,
    ended_at     timestamptz
);
CREATE UNIQUE INDEX membership_one_live ON membership (lot_id, provider_id) WHERE ended_at IS NULL;
CREATE INDEX membership_provider ON membership (provider_id, admitted_at);

-- +goose Down
DROP TABLE membership, application, setting_address, setting, provider, criterion, lot, market, procedure, regime;
DROP FUNCTION lot_frozen();
