-- +goose Up
-- Admission in full: how an application is looked at, and what happens to a membership.

-- Periods of admission, as data. A regime without a line of its own has that of '*'.
CREATE TABLE admission_terms (
    regime              text PRIMARY KEY,
    decide_at_most_days integer NOT NULL CHECK (decide_at_most_days > 0),  -- working days, with an individual reason
    removal_answer_days integer NOT NULL CHECK (removal_answer_days > 0),  -- working days to answer to an announced removal
    renew_days          integer NOT NULL CHECK (renew_days > 0),           -- working days to renew evidence that is asked for
    answer_days         integer NOT NULL CHECK (answer_days > 0),          -- working days to answer a question of the lead authority
    appeal_days         integer NOT NULL CHECK (appeal_days > 0),          -- working days to appeal against a refusal
    appeal_decide_days  integer NOT NULL CHECK (appeal_decide_days > 0),   -- working days to decide an appeal
    source              text NOT NULL
);
INSERT INTO admission_terms VALUES
('*', 15, 10, 5, 5, 10, 10, 'Procurement Act 2023 s 36 (check): a reasonable period, and notice with reasons before a removal; the figures are the market''s own'),
('PCR_DPS', 15, 10, 5, 5, 10, 10, 'Public Contracts Regulations 2015, reg 34(16) and (17): ten working days, fifteen with an individual reason; reg 34(22) (check): five to renew a self-declaration; the other figures are the market''s own'),
('PCR_LIGHT_TOUCH', 15, 10, 5, 5, 10, 10, 'Public Contracts Regulations 2015, regs 74 to 76, as stated by the market; after reg 34(16) and (17)');

-- More time to decide, for a reason that lies in the application: decide_by is then the later instant.
ALTER TABLE application ADD COLUMN extended_at timestamptz, ADD COLUMN extended_by text, ADD COLUMN extension_reason text,
    ADD CHECK ((extended_at IS NULL) = (extension_reason IS NULL)),
    ADD UNIQUE (id, provider_id);

-- Rounds of clarification: one question is open at a time.
CREATE TABLE application_question (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    authority_id   uuid NOT NULL,
    provider_id    uuid NOT NULL,
    round          integer NOT NULL CHECK (round > 0),
    question       text NOT NULL,
    asked_at       timestamptz NOT NULL,
    asked_by       text NOT NULL,
    answer_by      timestamptz NOT NULL,
    answer         text,
    answered_at    timestamptz,
    answered_by    text,
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    UNIQUE (application_id, round),
    FOREIGN KEY (application_id, provider_id) REFERENCES application (id, provider_id)
);
CREATE UNIQUE INDEX application_question_one_open ON application_question (application_id) WHERE answered_at IS NULL;

-- Who answers changes nothing of the question, and nobody changes an answer.
-- +goose StatementBegin
CREATE FUNCTION answered_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL OR to_jsonb(OLD) - '{answer,answered_at,answered_by}'::text[] <> to_jsonb(NEW) - '{answer,answered_at,answered_by}'::text[] THEN
        RAISE EXCEPTION 'a question is answered once, and changes no more' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER answered_once BEFORE UPDATE ON application_question FOR EACH ROW EXECUTE FUNCTION answered_once();

-- One appeal against each refusal.
CREATE TABLE application_appeal (
    application_id uuid PRIMARY KEY,
    authority_id   uuid NOT NULL,
    provider_id    uuid NOT NULL,
    grounds        text NOT NULL,
    appealed_at    timestamptz NOT NULL,
    appealed_by    text NOT NULL,
    decide_by      timestamptz NOT NULL,
    upheld         boolean,
    reasons        text,
    decided_at     timestamptz,
    decided_by     text,
    CHECK ((upheld IS NULL) = (decided_at IS NULL)),
    CHECK (upheld IS NULL OR reasons <> ''),
    FOREIGN KEY (application_id, provider_id) REFERENCES application (id, provider_id)
);

-- Kinds of evidence, as data. A declaration is words that a provider stands by; for the others there is a document.
CREATE TABLE evidence_kind (
    code           text PRIMARY KEY,
    name           text NOT NULL UNIQUE,
    declaration    text,
    longest_months integer NOT NULL CHECK (longest_months > 0),
    warn_days      integer[] NOT NULL DEFAULT '{60,30,7}',   -- before it lapses
    source         text NOT NULL
);
INSERT INTO evidence_kind (code, name, declaration, longest_months, source) VALUES
('PUBLIC_LIABILITY', 'Public liability insurance', NULL, 18, 'National contracts for schools and for children''s homes (check)'),
('EMPLOYERS_LIABILITY', 'Employers'' liability insurance', NULL, 18, 'Employers'' Liability (Compulsory Insurance) Act 1969 s 1'),
('ACCOUNTS', 'Latest accounts', NULL, 24, 'Companies Act 2006 ss 441 and 442; economic and financial standing, PCR 2015 reg 58(7)'),
('SAFEGUARDING_POLICY', 'Safeguarding policy', NULL, 12, 'Keeping children safe in education: reviewed annually; Education (Independent School Standards) Regulations 2014, sch para 7'),
('REGISTRATION', 'Registration', NULL, 120, 'Education and Skills Act 2008 s 96 for schools; Care Standards Act 2000 s 11 for children''s homes'),
('EXCLUSION_GROUNDS', 'Declaration on grounds for exclusion', 'No mandatory or discretionary ground for exclusion applies to us, or to a person with control of us.', 12,
 'PCR 2015 reg 57; Procurement Act 2023 ss 57 and 58 and schs 6 and 7'),
('MODERN_SLAVERY', 'Declaration on modern slavery', 'We take steps to keep slavery and human trafficking out of our business and our supply chains, and publish our statement where the law asks for one.', 12,
 'Modern Slavery Act 2015 s 54');

-- What a lot asks for. It is frozen with the lot.
CREATE TABLE lot_evidence (
    lot_id       uuid NOT NULL REFERENCES lot,
    authority_id uuid NOT NULL,
    kind         text NOT NULL REFERENCES evidence_kind,
    essential    boolean NOT NULL,
    PRIMARY KEY (lot_id, kind)
);
CREATE TRIGGER lot_frozen BEFORE INSERT OR UPDATE OR DELETE ON lot_evidence FOR EACH ROW EXECUTE FUNCTION lot_frozen();

-- What a provider gave, once for all lots and authorities.
CREATE TABLE evidence (
    id               uuid PRIMARY KEY,
    provider_id      uuid NOT NULL REFERENCES provider,
    kind             text NOT NULL REFERENCES evidence_kind,
    reference        text NOT NULL,
    valid_from       date NOT NULL,
    valid_until      date NOT NULL CHECK (valid_until >= valid_from),
    recorded_at      timestamptz NOT NULL,
    recorded_by      text NOT NULL,
    rejected_at      timestamptz,
    rejected_by      text,
    rejection_reason text,
    declared         boolean NOT NULL,           -- a declaration: it needs no document
    CHECK ((rejected_at IS NULL) = (rejection_reason IS NULL)),
    UNIQUE (id, provider_id)
);
CREATE INDEX evidence_provider ON evidence (provider_id, kind, valid_until);
CREATE INDEX evidence_lapses ON evidence (valid_until) WHERE rejected_at IS NULL;

-- Evidence stays as it was given: all that can happen to it is that it is rejected, once.
-- +goose StatementBegin
CREATE FUNCTION evidence_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.rejected_at IS NOT NULL OR to_jsonb(OLD) - '{rejected_at,rejected_by,rejection_reason}'::text[] <> to_jsonb(NEW) - '{rejected_at,rejected_by,rejection_reason}'::text[] THEN
        RAISE EXCEPTION 'evidence stays as it was given' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER evidence_fixed BEFORE UPDATE ON evidence FOR EACH ROW EXECUTE FUNCTION evidence_fixed();

-- The document of evidence, protected; one, and it stays.
CREATE TABLE evidence_file (
    evidence_id uuid PRIMARY KEY,
    provider_id uuid NOT NULL,
    name        text NOT NULL,
    media       text NOT NULL CHECK (media IN ('application/pdf', 'image/png', 'image/jpeg')),
    bytes       integer NOT NULL CHECK (bytes BETWEEN 1 AND 10485760),
    sha256      text NOT NULL,
    content     bytea NOT NULL,
    uploaded_at timestamptz NOT NULL,
    uploaded_by text NOT NULL,
    FOREIGN KEY (evidence_id, provider_id) REFERENCES evidence (id, provider_id)
);
-- What is encrypted cannot be compressed.
ALTER TABLE evidence_file ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_file FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TABLE evidence_warning (
    evidence_id uuid NOT NULL REFERENCES evidence,
    days        integer NOT NULL,
    provider_id uuid NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (evidence_id, days)
);

-- What members were asked to renew.
CREATE TABLE renewal (
    id           uuid PRIMARY KEY,
    authority_id uuid NOT NULL,
    provider_id  uuid NOT NULL REFERENCES provider,
    kind         text NOT NULL REFERENCES evidence_kind,
    reason       text NOT NULL,
    asked_at     timestamptz NOT NULL,
    asked_by     text NOT NULL,
    answer_by    timestamptz NOT NULL
);
CREATE INDEX renewal_provider ON renewal (provider_id, asked_at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON renewal FOR EACH STATEMENT EXECUTE FUNCTION append_only();

ALTER TABLE membership ADD COLUMN lapsed_at timestamptz,    -- since when essential evidence has lapsed
    ADD COLUMN suspended_until timestamptz,
    ADD CHECK (suspended_until IS NULL OR suspended_at IS NOT NULL),
    ADD UNIQUE (id, provider_id);

-- What happened to a membership, and why: for the provider and the lead authority, where the membership itself is public.
CREATE TABLE membership_step (
    id            uuid PRIMARY KEY,
    number        bigint GENERATED BY DEFAULT AS IDENTITY,
    membership_id uuid NOT NULL,
    authority_id  uuid NOT NULL,                 -- the lead authority
    provider_id   uuid NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('ADMITTED', 'SUSPENDED', 'RESTORED', 'REMOVAL_ANNOUNCED', 'REMOVAL_ANSWERED', 'KEPT', 'REMOVED', 'LEFT', 'LAPSED', 'RENEWED')),
    reason        text NOT NULL CHECK (reason <> ''),
    until         timestamptz,
    at            timestamptz NOT NULL,
    person        text NOT NULL,
    FOREIGN KEY (membership_id, provider_id) REFERENCES membership (id, provider_id)
);
CREATE INDEX membership_step_membership ON membership_step (membership_id, number);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON membership_step FOR EACH STATEMENT EXECUTE FUNCTION append_only();

INSERT INTO membership_step (id, membership_id, authority_id, provider_id, kind, reason, at, person)
SELECT gen_random_uuid(), m.id, a.authority_id, m.provider_id, 'ADMITTED', a.reasons, m.admitted_at, a.decided_by
  FROM membership m JOIN application a ON a.id = m.application_id;

-- A provider ends its own membership, and says what it has to say; it lifts no suspension, and takes no step of the
-- authority's.
-- +goose StatementBegin
CREATE FUNCTION membership_by_provider() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'dps_bids_manager' THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'membership_step' THEN
        IF NEW.kind NOT IN ('REMOVAL_ANSWERED', 'LEFT') THEN
            RAISE EXCEPTION 'not a step of a provider' USING ERRCODE = '42501';
        END IF;
    ELSIF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR to_jsonb(OLD) - 'ended_at' <> to_jsonb(NEW) - 'ended_at' THEN
        RAISE EXCEPTION 'a provider can only leave' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER by_provider BEFORE UPDATE ON membership FOR EACH ROW EXECUTE FUNCTION membership_by_provider();
CREATE TRIGGER by_provider BEFORE INSERT ON membership_step FOR EACH ROW EXECUTE FUNCTION membership_by_provider();

-- +goose Down
DROP TRIGGER by_provider ON membership;
DROP TABLE renewal, evidence_warning, evidence_file, evidence, lot_evidence, evidence_kind, membership_step, application_appeal, application_question, admission_terms;
DROP FUNCTION membership_by_provider(), answered_once(), evidence_fixed();
ALTER TABLE application DROP COLUMN extended_at, DROP COLUMN extended_by, DROP COLUMN extension_reason, DROP CONSTRAINT application_id_provider_id_key;
ALTER TABLE membership DROP COLUMN suspended_until, DROP COLUMN lapsed_at, DROP CONSTRAINT membership_id_provider_id_key;
