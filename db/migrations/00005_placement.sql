-- +goose Up
-- Agreement, placement within capacity, and what the family says of it.

CREATE TABLE placement (
    id               uuid PRIMARY KEY,
    award_id         uuid NOT NULL UNIQUE REFERENCES award,
    need_id          uuid NOT NULL REFERENCES need,
    authority_id     uuid NOT NULL,
    provider_id      uuid NOT NULL,
    setting_id       uuid NOT NULL REFERENCES setting,
    starts_on        date NOT NULL,
    started_at       timestamptz,
    ended_on         date,
    above_places_ground text                     -- a school above its places: that it was named in a plan
);
CREATE INDEX placement_authority ON placement (authority_id, starts_on DESC, id);
CREATE INDEX placement_provider ON placement (provider_id, starts_on DESC, id);
CREATE INDEX placement_setting ON placement (setting_id, starts_on);

-- Capacity: a home is never above its registered places on any date, a school only with a recorded ground.
-- Held by a lock on the setting and a count of every authority's placements, which no role may see.
-- +goose StatementBegin
CREATE FUNCTION within_capacity() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    home setting;
    busiest integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('setting:' || NEW.setting_id, 0));
    SELECT * INTO home FROM setting WHERE id = NEW.setting_id;
    -- The count can only peak on a day on which some placement starts.
    SELECT coalesce(max(taken), 0) INTO busiest FROM (
        SELECT (SELECT count(*) FROM placement p WHERE p.setting_id = NEW.setting_id AND p.id <> NEW.id
                   AND p.starts_on <= day.at AND coalesce(p.ended_on, 'infinity') > day.at) AS taken
          FROM (SELECT NEW.starts_on AS at UNION SELECT starts_on FROM placement
                 WHERE setting_id = NEW.setting_id AND starts_on > NEW.starts_on
                   AND starts_on < coalesce(NEW.ended_on, 'infinity')) day) peaks;
    IF busiest >= home.places AND (home.kind = 'CHILDRENS_HOME' OR NEW.above_places_ground IS NULL) THEN
        RAISE EXCEPTION 'capacity' USING ERRCODE = 'DPS06';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER within_capacity BEFORE INSERT OR UPDATE OF starts_on, ended_on, setting_id ON placement
    FOR EACH ROW EXECUTE FUNCTION within_capacity();

-- The individual placement agreement under the lot's contract, signed by both.
CREATE TABLE agreement (
    id                  uuid PRIMARY KEY,
    placement_id        uuid NOT NULL UNIQUE REFERENCES placement,
    need_id             uuid NOT NULL,
    authority_id        uuid NOT NULL,
    provider_id         uuid NOT NULL,
    contract            text NOT NULL,
    contract_version    text NOT NULL,
    weekly              numeric(10,2) NOT NULL,
    weeks               integer NOT NULL,
    authority_signed_at timestamptz,
    authority_signed_by text,
    provider_signed_at  timestamptz,
    provider_signed_by  text
);

-- One-time invitations for families. The code itself is never stored.
CREATE TABLE family_invitation (
    id           uuid PRIMARY KEY,
    code_hash    bytea NOT NULL UNIQUE,
    kind         text NOT NULL CHECK (kind IN ('PREFERENCE', 'FEEDBACK')),
    respondent   text NOT NULL CHECK (respondent IN ('PARENT', 'YOUNG_PERSON')),
    authority_id uuid NOT NULL,
    need_id      uuid NOT NULL REFERENCES need,
    placement_id uuid REFERENCES placement,
    provider_id  uuid,                           -- whom and what feedback is about: a family may not read a placement
    setting_id   uuid,
    market_id    uuid NOT NULL,
    invited_by   text NOT NULL,
    invited_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    CHECK ((kind = 'FEEDBACK') = (placement_id IS NOT NULL)),
    CHECK ((placement_id IS NULL) = (provider_id IS NULL) AND (placement_id IS NULL) = (setting_id IS NULL))
);
CREATE INDEX family_invitation_authority ON family_invitation (authority_id, invited_at DESC, id);

CREATE TABLE question (
    respondent text NOT NULL CHECK (respondent IN ('PARENT', 'YOUNG_PERSON')),
    code       text NOT NULL,
    position   integer NOT NULL,
    words      text NOT NULL,
    PRIMARY KEY (respondent, code)
);

-- Ratings wait here, one row an answer and without a time, until enough have come to be mixed. No role of the API reads them.
CREATE TABLE rating_waiting (
    id          uuid PRIMARY KEY,
    market_id   uuid NOT NULL,
    provider_id uuid NOT NULL,
    setting_id  uuid NOT NULL,
    respondent  text NOT NULL,
    question    text NOT NULL,
    value       integer NOT NULL CHECK (value BETWEEN 1 AND 5),
    month       date NOT NULL CHECK (extract(day FROM month) = 1)
);

-- Mixed ratings: nothing here leads to a person. A cohort is a setting, a provider or the market, whichever is
-- the smallest that held enough answers when they were mixed. All of a batch have one month, that of the mixing: months
-- of their own would tell the sheets of a batch apart.
CREATE TABLE rating (
    id          uuid PRIMARY KEY,
    market_id   uuid NOT NULL,
    provider_id uuid,
    setting_id  uuid,
    respondent  text NOT NULL,
    question    text NOT NULL,
    value       integer NOT NULL,
    month       date NOT NULL,
    CHECK (setting_id IS NULL OR provider_id IS NOT NULL)
);
CREATE INDEX rating_setting ON rating (setting_id, question);
CREATE INDEX rating_provider ON rating (provider_id, question);

-- Free words go to the authority's safeguarding lead first.
CREATE TABLE feedback_words (
    id           uuid PRIMARY KEY,
    placement_id uuid NOT NULL REFERENCES placement,
    authority_id uuid NOT NULL,
    provider_id  uuid NOT NULL,
    respondent   text NOT NULL,
    words        bytea NOT NULL,
    may_contact  boolean NOT NULL,
    received_at  timestamptz NOT NULL,
    read_by      timestamptz NOT NULL,           -- the clock: when the safeguarding lead must have read them
    decision     text CHECK (decision IN ('RELEASED', 'HELD', 'REFERRED')),
    decided_at   timestamptz,
    decided_by   text
);
CREATE INDEX feedback_words_authority ON feedback_words (authority_id, received_at DESC, id);

-- +goose Down
DROP TABLE feedback_words, rating, rating_waiting, question, family_invitation, agreement, placement;
DROP FUNCTION within_capacity();
