-- +goose Up
-- Other routes to a place than the competition, and what is bought by each.

-- By which routes a place may be had under a regime, and where that is written down: data.
CREATE TABLE regime_route (
    regime       text NOT NULL REFERENCES regime,
    route        text NOT NULL CHECK (route IN ('COMPETITION', 'PARENTAL_PREFERENCE', 'TRIBUNAL', 'USER_CHOICE', 'SPOT')),
    allowed      boolean NOT NULL,
    award_notice boolean NOT NULL,               -- whether an award by it is told in an award notice
    source       text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (regime, route)
);
INSERT INTO regime_route SELECT r.code, w.route, w.allowed, w.award_notice, w.source FROM regime r, (VALUES
    ('COMPETITION', true, true, 'Public Contracts Regulations 2015, regs 34 and 74 to 76; award notices reg 50 (check)'),
    ('PARENTAL_PREFERENCE', true, true, 'Children and Families Act 2014, ss 38, 39 and 43; Public Contracts Regulations 2015, reg 32 (check)'),
    ('TRIBUNAL', true, true, 'Special Educational Needs and Disability Regulations 2014, regs 43 and 44; Public Contracts Regulations 2015, reg 32 (check)'),
    ('USER_CHOICE', false, false, 'Public Contracts Regulations 2015, reg 32: user choice is none of its grounds; it came with the Procurement Act 2023, Sch 5 (check)'),
    ('SPOT', true, true, 'The market''s own rule: what is bought outside it is put on record, which makes no purchase lawful; Public Contracts Regulations 2015, regs 5 and 32 (check)')
    ) w (route, allowed, award_notice, source) WHERE r.code LIKE 'PCR%';
INSERT INTO regime_route SELECT r.code, w.route, w.allowed, w.award_notice, w.source FROM regime r, (VALUES
    ('COMPETITION', true, true, 'Procurement Act 2023, ss 34 and 45; award notices s 50'),
    ('PARENTAL_PREFERENCE', true, false, 'Children and Families Act 2014, ss 38, 39 and 43; Procurement Act 2023, s 41 and Sch 5 paras 15 and 16 (check)'),
    ('TRIBUNAL', true, false, 'Special Educational Needs and Disability Regulations 2014, regs 43 and 44; Procurement Act 2023, s 41 and Sch 5 paras 15 and 16 (check)'),
    ('USER_CHOICE', true, false, 'Procurement Act 2023, s 41 and Sch 5 paras 15 and 16; no transparency notice s 44(3), no award notice s 50 (check)'),
    ('SPOT', true, true, 'The market''s own rule: what is bought outside it is put on record, which makes no purchase lawful; Procurement Act 2023, ss 19, 41 and 84 (check)')
    ) w (route, allowed, award_notice, source) WHERE r.code LIKE 'PA%';

-- What the First-tier Tribunal can direct that leads to a place, and how long an authority has to comply.
CREATE TABLE tribunal_direction (
    code   text PRIMARY KEY CHECK (code IN ('NAME_SCHOOL', 'AMEND_PLAN', 'MAKE_PLAN')),
    weeks  integer NOT NULL CHECK (weeks >= 0),
    source text NOT NULL CHECK (source <> '')
);
INSERT INTO tribunal_direction VALUES
    ('NAME_SCHOOL', 2, 'Special Educational Needs and Disability Regulations 2014, reg 44(2)(f): the amended plan within 2 weeks'),
    ('AMEND_PLAN', 5, 'Special Educational Needs and Disability Regulations 2014, reg 44(2)(e): the amended plan within 5 weeks'),
    ('MAKE_PLAN', 11, 'Special Educational Needs and Disability Regulations 2014, reg 44(2)(c): a draft within 5 weeks, the finalised plan within 11 weeks');

ALTER TABLE award ALTER offer_id DROP NOT NULL,
    ADD route text NOT NULL DEFAULT 'COMPETITION' CHECK (route IN ('COMPETITION', 'PARENTAL_PREFERENCE', 'TRIBUNAL', 'USER_CHOICE', 'SPOT')),
    ADD CHECK ((route = 'COMPETITION') = (offer_id IS NOT NULL));
ALTER TABLE placement ADD route text NOT NULL DEFAULT 'COMPETITION';
ALTER TABLE agreement ADD provider_signed_paper text;   -- the reference of a paper that a provider without an account has signed

-- On what an award by another route rests: the authority's own, never shown to a provider.
CREATE TABLE basis (
    award_id      uuid PRIMARY KEY REFERENCES award,
    need_id       uuid NOT NULL REFERENCES need,
    authority_id  uuid NOT NULL,
    words         bytea NOT NULL,                -- protected: reasons and references are about one child
    starts_on     date NOT NULL,
    weekly        numeric(10,2) NOT NULL CHECK (weekly > 0),
    weeks         integer NOT NULL CHECK (weeks IN (38, 44, 52)),
    preference_id uuid REFERENCES preference,    -- what the family asks for
    directs       text REFERENCES tribunal_direction,
    ordered_on    date,
    comply_by     date,
    choice        text CHECK (choice IN ('PREFERENCE', 'ONLY_SUPPLIER')),
    spot          text CHECK (spot IN ('NO_OFFERS', 'NONE_SUITABLE', 'CONTINUITY', 'OUT_OF_HOURS', 'NO_LOT')),
    CHECK ((directs IS NULL) = (ordered_on IS NULL) AND (directs IS NULL) = (comply_by IS NULL))
);
CREATE INDEX basis_need ON basis (authority_id, need_id);

-- No place is awarded where a school is named, but there; nor before a request that obliges to name one is decided, unless a
-- tribunal has directed which. Where no place was awarded in competition, one may still be had by another route.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION award_after_naming() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NEW.route = 'COMPETITION' AND EXISTS (SELECT FROM no_award e WHERE e.need_id = NEW.need_id) THEN
        RAISE EXCEPTION 'ended' USING ERRCODE = 'DPS15';
    END IF;
    IF NEW.route = 'PARENTAL_PREFERENCE' AND NOT EXISTS (SELECT FROM naming d WHERE d.need_id = NEW.need_id AND d.named AND d.setting_id = NEW.setting_id) THEN
        RAISE EXCEPTION 'not named' USING ERRCODE = 'DPS19';
    END IF;
    IF NEW.route NOT IN ('PARENTAL_PREFERENCE', 'TRIBUNAL') AND EXISTS (SELECT FROM naming d WHERE d.need_id = NEW.need_id AND d.named) THEN
        RAISE EXCEPTION 'named' USING ERRCODE = 'DPS13';
    END IF;
    IF NEW.route <> 'TRIBUNAL' AND EXISTS (SELECT FROM preference p JOIN need n ON n.id = p.need_id JOIN setting s ON s.id = p.setting_id
               WHERE p.need_id = NEW.need_id AND n.legal_basis = 'EHC_PLAN' AND (s.establishment_type = '08' OR s.section41)
                 AND NOT EXISTS (SELECT FROM naming d WHERE d.preference_id = p.id)) THEN
        RAISE EXCEPTION 'not decided' USING ERRCODE = 'DPS14';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- A need that goes another route is not published for competition, whoever publishes and whether they see awards or not.
-- +goose StatementBegin
CREATE FUNCTION need_published() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM award a WHERE a.need_id = NEW.id AND a.rejected_at IS NULL AND a.declined_at IS NULL AND a.lapsed_at IS NULL) THEN
        RAISE EXCEPTION 'another route' USING ERRCODE = 'DPS17';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER need_published AFTER UPDATE OF published_at ON need FOR EACH ROW WHEN (OLD.published_at IS NULL AND NEW.published_at IS NOT NULL)
    EXECUTE FUNCTION need_published();

-- What each agreed place costs a year, by route: kept by the database alone, for who may know what is spent and no child.
CREATE TABLE spending (
    placement_id uuid PRIMARY KEY REFERENCES placement,
    authority_id uuid NOT NULL,
    route        text NOT NULL,
    agreed_on    date NOT NULL,
    annual       numeric(12,2) NOT NULL
);
CREATE INDEX spending_authority ON spending (authority_id, agreed_on);
INSERT INTO spending SELECT p.id, p.authority_id, p.route, (a.accepted_at AT TIME ZONE 'Europe/London')::date, g.weekly * g.weeks
    FROM agreement g JOIN placement p ON p.id = g.placement_id JOIN award a ON a.id = p.award_id;
-- +goose StatementBegin
CREATE FUNCTION spent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    INSERT INTO spending SELECT p.id, p.authority_id, p.route, (dps.now() AT TIME ZONE 'Europe/London')::date, NEW.weekly * NEW.weeks
        FROM placement p WHERE p.id = NEW.placement_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER spent AFTER INSERT ON agreement FOR EACH ROW EXECUTE FUNCTION spent();

-- The region's figures that everybody may know: of quarters that are over, so that none grows by one place, and only over as
-- many places as every market asks for behind a figure; fewer and none look the same.
-- +goose StatementBegin
CREATE FUNCTION open_spending(since date) RETURNS TABLE (quarter date, route text, places bigint, annual numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT date_trunc('quarter', s.agreed_on)::date, s.route, count(*), sum(s.annual) FROM spending s
           WHERE s.agreed_on >= since AND s.agreed_on < date_trunc('quarter', dps.now() AT TIME ZONE 'Europe/London')::date
           GROUP BY 1, 2 HAVING count(*) >= (SELECT max(feedback_k) FROM market) $$;
-- +goose StatementEnd

-- What a family is told of how the place was found.
ALTER TABLE family_invitation ADD route text;

-- +goose Down
ALTER TABLE family_invitation DROP route;
DROP FUNCTION open_spending(date);
DROP TRIGGER spent ON agreement;
DROP FUNCTION spent();
DROP TABLE spending;
DROP TRIGGER need_published ON need;
DROP FUNCTION need_published();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION award_after_naming() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
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
DROP TABLE basis;
ALTER TABLE agreement DROP provider_signed_paper;
DELETE FROM agreement g USING placement p WHERE p.id = g.placement_id AND p.route <> 'COMPETITION';
DELETE FROM placement WHERE route <> 'COMPETITION';
ALTER TABLE placement DROP route;
DELETE FROM award WHERE route <> 'COMPETITION';
ALTER TABLE award DROP route, ALTER offer_id SET NOT NULL;
DROP TABLE tribunal_direction, regime_route;
