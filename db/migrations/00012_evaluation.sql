-- +goose Up
-- Evaluation in full.

-- What each who acts on a need has declared about an own interest in its outcome. Declarations are added, never changed.
CREATE TABLE interest (
    id           uuid PRIMARY KEY,
    need_id      uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,
    person       text NOT NULL,
    conflict     boolean NOT NULL,
    nature       bytea CHECK (conflict = (nature IS NOT NULL)),   -- protected
    at           timestamptz NOT NULL
);
CREATE UNIQUE INDEX interest_once ON interest (need_id, person, conflict);
CREATE INDEX interest_need ON interest (authority_id, need_id);

-- scores_locked: whether as many sheets are locked as the need's procedure asks for. The sheet of somebody who found out an
-- interest before quality was locked counts no more.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION scores_locked(which uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(count(*) >= min(p.evaluators), false) FROM score_sheet s
            JOIN need n ON n.id = s.need_id JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure
           WHERE s.need_id = which AND s.locked_at IS NOT NULL
             AND NOT EXISTS (SELECT FROM interest i WHERE i.need_id = s.need_id AND i.person = s.person AND i.conflict
                             AND i.at <= coalesce(n.quality_locked_at, 'infinity')) $$;
-- +goose StatementEnd

-- How equal totals are put in order: data, stated with the procedure before any offer is made.
CREATE TABLE tie_break (
    procedure text NOT NULL REFERENCES procedure,
    position  integer NOT NULL CHECK (position > 0),
    rule      text NOT NULL CHECK (rule IN ('QUALITY', 'PRICE', 'RECEIPT', 'LOT')),
    source    text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (procedure, position),
    UNIQUE (procedure, rule)
);
INSERT INTO tie_break SELECT p.code, r.position, r.rule, r.source FROM procedure p, (VALUES
    (1, 'QUALITY', 'The market''s own rule, stated beforehand: quality before price (PCR 2015 regs 18 and 67)'),
    (2, 'PRICE', 'The market''s own rule, stated beforehand: then the lower price (PCR 2015 regs 18 and 67)'),
    (3, 'RECEIPT', 'The market''s own rule, stated beforehand: then who offered first (PCR 2015 reg 18)'),
    (4, 'LOT', 'The market''s own rule, stated beforehand: then by lot (PCR 2015 reg 18)')) r (position, rule, source);
ALTER TABLE ranking ADD tie_break text CHECK (tie_break IN ('QUALITY', 'PRICE', 'RECEIPT', 'LOT'));

-- A query about a price, the bidder's answer, and what was decided.
CREATE TABLE price_query (
    id           uuid PRIMARY KEY,
    offer_id     uuid NOT NULL REFERENCES offer,
    need_id      uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,
    provider_id  uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('ABNORMALLY_LOW', 'MISSING', 'UNCLEAR')),
    question     text NOT NULL CHECK (question <> ''),
    asked_at     timestamptz NOT NULL,
    asked_by     text NOT NULL,
    answer_by    timestamptz NOT NULL,
    answer       text,
    answered_at  timestamptz,
    answered_by  text,
    accepted     boolean,
    reason       text,
    decided_at   timestamptz,
    decided_by   text,
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK ((accepted IS NULL) = (decided_at IS NULL) AND (accepted IS NULL) = (reason IS NULL)),
    CHECK (NOT accepted OR answered_at IS NOT NULL)      -- silence accounts for no price
);
CREATE UNIQUE INDEX price_query_one_waits ON price_query (offer_id) WHERE decided_at IS NULL;
CREATE INDEX price_query_offer ON price_query (offer_id, asked_at);
CREATE INDEX price_query_need ON price_query (authority_id, need_id);
-- Prices are queried before an award, whoever asks and whether they may read awards or not.
-- +goose StatementBegin
CREATE FUNCTION price_not_awarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM award a WHERE a.need_id = NEW.need_id AND a.rejected_at IS NULL AND a.declined_at IS NULL AND a.lapsed_at IS NULL) THEN
        RAISE EXCEPTION 'a live award' USING ERRCODE = 'DPS12';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER price_not_awarded BEFORE INSERT ON price_query FOR EACH ROW EXECUTE FUNCTION price_not_awarded();

-- What was decided on a school that a family asks to have named in a plan (Children and Families Act 2014, ss 38 and 39).
CREATE TABLE naming (
    id            uuid PRIMARY KEY,
    need_id       uuid NOT NULL REFERENCES need,
    authority_id  uuid NOT NULL,
    preference_id uuid NOT NULL UNIQUE REFERENCES preference,
    setting_id    uuid NOT NULL REFERENCES setting,
    named         boolean NOT NULL,
    ground        text CHECK (ground IN ('UNSUITABLE', 'EFFICIENT_EDUCATION_OF_OTHERS', 'EFFICIENT_USE_OF_RESOURCES')),
    reasons       bytea NOT NULL,                -- protected: they are about one child
    consulted_on  date NOT NULL,
    decided_at    timestamptz NOT NULL,
    decided_by    text NOT NULL,
    CHECK (named = (ground IS NULL))
);
CREATE UNIQUE INDEX naming_one_named ON naming (need_id) WHERE named;
CREATE INDEX naming_need ON naming (authority_id, need_id);

-- That a need ended without an award, and why.
CREATE TABLE no_award (
    need_id      uuid PRIMARY KEY REFERENCES need,
    authority_id uuid NOT NULL,
    reason       text NOT NULL CHECK (reason IN ('NO_OFFERS', 'NONE_SUITABLE', 'NONE_LEFT', 'NOT_AFFORDABLE', 'NEED_CHANGED', 'SCHOOL_NAMED', 'PLACED_OTHERWISE', 'PROCEDURE_FAULT')),
    words        text NOT NULL CHECK (words <> ''),
    at           timestamptz NOT NULL,
    person       text NOT NULL
);
CREATE INDEX no_award_authority ON no_award (authority_id, need_id);
-- Its letters are of no award.
ALTER TABLE letter DROP CONSTRAINT letter_pkey, DROP CONSTRAINT letter_result_check;
ALTER TABLE letter ADD id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY, ALTER award_id DROP NOT NULL, ADD UNIQUE (award_id, offer_id),
    ADD CONSTRAINT letter_result_check CHECK (result IN ('AWARDED', 'NOT_AWARDED', 'NOT_SUITABLE', 'NO_AWARD')), ADD CHECK ((award_id IS NULL) = (result = 'NO_AWARD'));
CREATE UNIQUE INDEX letter_one_of_no_award ON letter (offer_id) WHERE award_id IS NULL;

-- No place is awarded where a school is named, nor before a request that obliges to name one is decided, whoever proposes or
-- approves and whether they may read what the family would like or not.
-- +goose StatementBegin
CREATE FUNCTION award_after_naming() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM no_award e WHERE e.need_id = NEW.need_id) THEN
        RAISE EXCEPTION 'ended' USING ERRCODE = 'DPS15';
    END IF;
    IF EXISTS (SELECT FROM naming d WHERE d.need_id = NEW.need_id AND d.named) THEN
        RAISE EXCEPTION 'named' USING ERRCODE = 'DPS13';
    END IF;
    IF EXISTS (SELECT FROM preference p JOIN need n ON n.id = p.need_id JOIN setting s ON s.id = p.setting_id
               WHERE p.need_id = NEW.need_id AND n.legal_basis = 'EHC_PLAN' AND (s.establishment_type = '08' OR s.section41)
                 AND NOT EXISTS (SELECT FROM naming d WHERE d.preference_id = p.id)) THEN
        RAISE EXCEPTION 'not decided' USING ERRCODE = 'DPS14';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER award_after_naming BEFORE INSERT ON award FOR EACH ROW EXECUTE FUNCTION award_after_naming();
CREATE TRIGGER award_approved_after_naming BEFORE UPDATE ON award FOR EACH ROW
    WHEN (OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL) EXECUTE FUNCTION award_after_naming();

-- +goose Down
DROP TRIGGER award_after_naming ON award;
DROP TRIGGER award_approved_after_naming ON award;
DROP FUNCTION award_after_naming();
DROP TABLE naming, no_award;
DROP INDEX letter_one_of_no_award;
DELETE FROM letter WHERE award_id IS NULL;
ALTER TABLE letter DROP id, DROP CONSTRAINT letter_award_id_offer_id_key, DROP CONSTRAINT letter_result_check, DROP CONSTRAINT letter_check, ADD PRIMARY KEY (award_id, offer_id),
    ADD CONSTRAINT letter_result_check CHECK (result IN ('AWARDED', 'NOT_AWARDED', 'NOT_SUITABLE'));
DROP TABLE price_query;
DROP FUNCTION price_not_awarded();
ALTER TABLE ranking DROP tie_break;
DROP TABLE tie_break;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION scores_locked(which uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(count(*) >= min(p.evaluators), false) FROM score_sheet s
            JOIN need n ON n.id = s.need_id JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure
           WHERE s.need_id = which AND s.locked_at IS NOT NULL $$;
-- +goose StatementEnd
DROP TABLE interest;
