-- +goose Up
-- From an anonymised need to sealed offers and their opening. What has its own visibility has its own table.

CREATE TABLE need (
    id               uuid PRIMARY KEY,
    authority_id     uuid NOT NULL REFERENCES organisation,
    lot_id           uuid NOT NULL REFERENCES lot,
    reference        text NOT NULL UNIQUE,       -- random, said aloud on the telephone; reveals no order
    age_low          integer NOT NULL,
    age_high         integer NOT NULL CHECK (age_high >= age_low),
    gender           text CHECK (gender IN ('FEMALE', 'MALE', 'OTHER')),
    primary_need     text NOT NULL,
    other_needs      text[] NOT NULL DEFAULT '{}',
    legal_basis      text NOT NULL CHECK (legal_basis IN ('EHC_PLAN', 'SECTION_20', 'SECTION_31', 'REMAND', 'DEPRIVATION_OF_LIBERTY')),
    home_outcode     text NOT NULL,
    travel_miles     integer NOT NULL CHECK (travel_miles BETWEEN 0 AND 500),
    start_from       date NOT NULL,
    start_to         date NOT NULL CHECK (start_to >= start_from),
    profile          text NOT NULL,
    outcomes         text NOT NULL,
    unique_reason    text,                       -- why a profile that is unique in its cohort is published all the same
    created_at       timestamptz NOT NULL DEFAULT dps.now(),
    created_by       text NOT NULL,
    published_at     timestamptz,
    deadline         timestamptz,
    invited          integer,                    -- how many providers were invited: a public count
    closed_at        timestamptz,                -- when the clock worker recorded the close; the deadline decides, not this
    opened_at        timestamptz,
    quality_locked_at timestamptz,
    prices_opened_at timestamptz,
    ranked_at        timestamptz,
    CHECK ((published_at IS NULL) = (deadline IS NULL)),
    CHECK (opened_at >= deadline)
);
CREATE INDEX need_authority ON need (authority_id, created_at DESC, id);
CREATE INDEX need_due ON need (deadline) WHERE published_at IS NOT NULL AND closed_at IS NULL;

-- A published need is fixed: bidders rely on it, and a deadline that could be moved would be none. Its stages are the market's
-- own hands' to mark, each once, so that no role of an authority can open what is sealed by writing that it is open.
-- +goose StatementBegin
CREATE FUNCTION need_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stages CONSTANT text[] := '{closed_at,opened_at,quality_locked_at,prices_opened_at,ranked_at}';
    was CONSTANT jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
BEGIN
    IF was ->> 'published_at' IS NOT NULL AND was - stages <> to_jsonb(NEW) - stages THEN
        RAISE EXCEPTION 'need is published' USING ERRCODE = 'DPS07';
    END IF;
    IF EXISTS (SELECT FROM unnest(stages) stage WHERE was ->> stage IS DISTINCT FROM to_jsonb(NEW) ->> stage
        AND (was ->> stage IS NOT NULL OR current_user <> CASE stage WHEN 'closed_at' THEN 'dps_worker' ELSE 'dps_keeper' END)) THEN
        RAISE EXCEPTION 'stage' USING ERRCODE = 'DPS07';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER need_fixed BEFORE INSERT OR UPDATE ON need FOR EACH ROW EXECUTE FUNCTION need_fixed();

-- Never shown to a provider.
CREATE TABLE need_ceiling (
    need_id      uuid PRIMARY KEY REFERENCES need,
    authority_id uuid NOT NULL,
    weekly       numeric(10,2) NOT NULL CHECK (weekly > 0)
);

-- Who the child is: for the own authority and, after the award is accepted, the provider; each view is an event.
CREATE TABLE need_identity (
    need_id      uuid PRIMARY KEY REFERENCES need,
    authority_id uuid NOT NULL,
    identity     bytea NOT NULL                  -- protected
);

-- The stored snapshot of who was invited, and what each said short of an offer.
CREATE TABLE invitation (
    need_id      uuid NOT NULL REFERENCES need,
    provider_id  uuid NOT NULL REFERENCES provider,
    authority_id uuid NOT NULL,
    lot_id       uuid NOT NULL,
    invited_at   timestamptz NOT NULL,
    answer       text CHECK (answer IN ('INTENDS', 'DECLINED')),
    reason       text CHECK (reason IN ('FULL', 'STAFFING', 'MATCHING', 'NEED', 'DISTANCE', 'FEE', 'NOTICE')),
    answered_at  timestamptz,
    PRIMARY KEY (provider_id, need_id),
    CHECK ((answer = 'DECLINED') = (reason IS NOT NULL) OR answer IS NULL AND reason IS NULL)
);
CREATE INDEX invitation_need ON invitation (authority_id, need_id);
CREATE INDEX invitation_provider ON invitation (provider_id, invited_at DESC, need_id);

-- lock_need is the one lock of a need: shared to submit, exclusive to change, close, open, award. Callers read
-- the row and dps.now() in a later statement, so that both are seen after the lock that decides.
-- +goose StatementBegin
CREATE FUNCTION lock_need(need uuid, exclusive boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF exclusive THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('need:' || need, 0));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('need:' || need, 0));
    END IF;
END $$;
-- +goose StatementEnd

-- An offer as the provider left it: only its own provider sees the row; its parts are ciphertext.
CREATE TABLE sealed_offer (
    id           uuid PRIMARY KEY,
    need_id      uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,                  -- of the need; no authority's role can read the row
    provider_id  uuid NOT NULL REFERENCES provider,
    setting_id   uuid NOT NULL REFERENCES setting,
    version      integer NOT NULL CHECK (version > 0),
    received_at  timestamptz NOT NULL,
    receipt      text NOT NULL,                  -- hash over the sealed parts, which the provider keeps
    withdrawn_at timestamptz
);
CREATE UNIQUE INDEX sealed_offer_one_live ON sealed_offer (provider_id, need_id, setting_id) WHERE withdrawn_at IS NULL;
CREATE INDEX sealed_offer_need ON sealed_offer (need_id);
CREATE INDEX sealed_offer_provider ON sealed_offer (provider_id, received_at DESC, id);

CREATE TABLE sealed_part (
    offer_id     uuid NOT NULL REFERENCES sealed_offer,
    provider_id  uuid NOT NULL,
    need_id      uuid NOT NULL,
    version      integer NOT NULL,
    part         text NOT NULL CHECK (part IN ('QUALITY', 'PRICE')),
    ciphertext   bytea NOT NULL,
    keeper_key   bytea NOT NULL,
    provider_key bytea NOT NULL,
    PRIMARY KEY (offer_id, version, part)
);

-- The last word on the deadline: at commit, by the database's clock, whatever the transaction was told earlier.
-- Amendments and withdrawals meet it too.
-- +goose StatementBegin
CREATE FUNCTION offer_in_time() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM need WHERE id = NEW.need_id AND published_at IS NOT NULL AND dps.now() <= deadline) THEN
        RAISE EXCEPTION 'deadline' USING ERRCODE = 'DPS05';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER offer_in_time AFTER INSERT OR UPDATE ON sealed_offer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION offer_in_time();

-- What the lot lets an authority know before opening: a count. Rows without provider or time, kept by the database alone:
-- one an offer, and one of the need itself from its publishing on, so that no offers read otherwise than no right to know.
CREATE TABLE offer_tally (
    offer_id     uuid PRIMARY KEY,
    need_id      uuid NOT NULL,
    authority_id uuid NOT NULL,
    shown        boolean NOT NULL
);
CREATE INDEX offer_tally_need ON offer_tally (authority_id, need_id);
-- +goose StatementBegin
CREATE FUNCTION tally() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NEW.withdrawn_at IS NULL THEN
        INSERT INTO offer_tally SELECT NEW.id, n.id, n.authority_id, l.shows_count
          FROM need n JOIN lot l ON l.id = n.lot_id WHERE n.id = NEW.need_id ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM offer_tally WHERE offer_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER tally AFTER INSERT OR UPDATE ON sealed_offer FOR EACH ROW EXECUTE FUNCTION tally();
-- +goose StatementBegin
CREATE FUNCTION tally_from_none() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    INSERT INTO offer_tally SELECT NEW.id, NEW.id, NEW.authority_id, l.shows_count FROM lot l WHERE l.id = NEW.lot_id ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER tally_from_none AFTER INSERT OR UPDATE OF published_at ON need FOR EACH ROW WHEN (NEW.published_at IS NOT NULL)
    EXECUTE FUNCTION tally_from_none();

-- Officers who say "open": the procedure asks for one or for several distinct ones, for each stage.
CREATE TABLE opening_approval (
    need_id      uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,
    stage        text NOT NULL CHECK (stage IN ('QUALITY', 'PRICE')),
    person       text NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (authority_id, need_id, stage, person)
);

-- Opened offers: written once, by the keeper, in the transaction that opens.
CREATE TABLE offer (
    id            uuid PRIMARY KEY,
    need_id       uuid NOT NULL REFERENCES need,
    authority_id  uuid NOT NULL,
    provider_id   uuid NOT NULL REFERENCES provider,
    setting_id    uuid NOT NULL REFERENCES setting,
    version       integer NOT NULL,
    received_at   timestamptz NOT NULL,
    receipt       text NOT NULL,
    starts_on     date NOT NULL,
    places        integer NOT NULL,
    needs_met     text NOT NULL,
    outcomes_met  text NOT NULL,
    assumptions   text NOT NULL
);
CREATE INDEX offer_need ON offer (authority_id, need_id, id);

CREATE TABLE offer_price (
    offer_id     uuid PRIMARY KEY REFERENCES offer,
    need_id      uuid NOT NULL,
    authority_id uuid NOT NULL,
    provider_id  uuid NOT NULL,
    weekly       numeric(10,2) NOT NULL,
    weeks        integer NOT NULL CHECK (weeks IN (38, 44, 52)),
    annual       numeric(12,2) NOT NULL
);
CREATE INDEX offer_price_need ON offer_price (authority_id, need_id);

CREATE TABLE offer_fee (
    offer_id     uuid NOT NULL REFERENCES offer,
    authority_id uuid NOT NULL,
    provider_id  uuid NOT NULL,
    position     integer NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('EDUCATION', 'RESIDENTIAL_CARE', 'THERAPY', 'ONE_TO_ONE', 'TRANSPORT', 'OTHER')),
    description  text NOT NULL,
    weekly       numeric(10,2) NOT NULL CHECK (weekly >= 0),
    PRIMARY KEY (offer_id, position)
);

-- +goose Down
DROP TABLE offer_fee, offer_price, offer, opening_approval, offer_tally, sealed_part, sealed_offer, invitation, need_identity, need_ceiling, need;
DROP FUNCTION need_fixed(), tally(), tally_from_none(), offer_in_time(), lock_need(uuid, boolean);
