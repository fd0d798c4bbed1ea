-- +goose Up
-- Providers register themselves, and an identifier has one form.

-- A number of Companies House has eight characters: digits with their leading zeros, or letters and digits in capitals. A charity's number
-- has a column of its own. Until now one column took both, as they were typed:
--  * a number of Companies House takes its canonical form. Fewer than eight digits have lost their zeros: they are a company's, because a
--    charity's number of six or seven digits cannot be told from one, and most providers are companies;
--  * NIC and six digits is a charity's number, and moves;
--  * what is neither is no number that anybody gives out;
--  * of several providers with one number, the one that is a member of a lot keeps it, or else the first by its id. The others name it in
--    same_as. Nothing of them is moved: what they sold stays theirs.
-- What was typed stays in number_as_typed wherever it is not the number now.
ALTER TABLE provider ADD charity_number text, ADD number_as_typed text, ADD same_as uuid REFERENCES provider;
UPDATE provider SET number_as_typed = company_number, company_number = upper(regexp_replace(company_number, '[^0-9A-Za-z]', '', 'g'))
    WHERE company_number IS NOT NULL;
UPDATE provider SET company_number = lpad(company_number, 8, '0') WHERE company_number ~ '^[0-9]{1,7}$';
UPDATE provider SET company_number = left(company_number, 2) || lpad(substr(company_number, 3), 6, '0') WHERE company_number ~ '^[A-Z]{2}[0-9]{1,5}$';
UPDATE provider SET charity_number = company_number, company_number = NULL WHERE company_number ~ '^NIC[0-9]{6}$';
UPDATE provider SET company_number = NULL
    WHERE company_number !~ '^([0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}R|R[0-9]{7})$' OR company_number = '00000000';
UPDATE provider p SET same_as = first.id, company_number = NULL, charity_number = NULL FROM (
    SELECT DISTINCT ON (number) number, id FROM (SELECT q.id, coalesce(q.company_number, q.charity_number) AS number,
        EXISTS (SELECT FROM membership m WHERE m.provider_id = q.id) AS is_member FROM provider q) q
    WHERE number IS NOT NULL ORDER BY number, is_member DESC, id) first
    WHERE first.number = coalesce(p.company_number, p.charity_number) AND first.id <> p.id;
UPDATE provider SET number_as_typed = NULL WHERE number_as_typed = coalesce(company_number, charity_number);
ALTER TABLE provider
    ADD CHECK (company_number ~ '^([0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}R|R[0-9]{7})$'),
    ADD CHECK (charity_number ~ '^([1-9][0-9]{5,6}|SC0[0-9]{5}|NIC[0-9]{6})$'),
    ADD CHECK (ukprn ~ '^[0-9]{8}$'),
    ADD UNIQUE (company_number),
    ADD UNIQUE (charity_number);

-- The number of a setting has no spaces and no small letters. Where another setting already has that form, nothing changes.
UPDATE setting s SET urn = n.urn FROM (
    SELECT DISTINCT ON (kind, urn) id, kind, urn FROM (SELECT id, kind, upper(regexp_replace(urn, '[ .]', '', 'g')) AS urn FROM setting) x
    ORDER BY kind, urn, id) n
    WHERE n.id = s.id AND n.urn <> s.urn AND NOT EXISTS (SELECT FROM setting o WHERE o.kind = n.kind AND o.urn = n.urn);

-- An organisation that asks to be a provider. Its id as a provider is that of its people's tokens.
CREATE TABLE registration (
    id                uuid PRIMARY KEY,
    provider_id       uuid NOT NULL,
    name              text NOT NULL CHECK (name <> ''),
    company_number    text CHECK (company_number ~ '^([0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}R|R[0-9]{7})$'),
    charity_number    text CHECK (charity_number ~ '^([1-9][0-9]{5,6}|SC0[0-9]{5}|NIC[0-9]{6})$'),
    ukprn             text CHECK (ukprn ~ '^[0-9]{8}$'),
    urns              text[] NOT NULL,
    settings          uuid[] NOT NULL,          -- settings with these numbers, when it was submitted
    similar_providers uuid[] NOT NULL,          -- providers that may be the same, when it was submitted
    submitted_at      timestamptz NOT NULL,
    submitted_by      text NOT NULL,
    withdrawn_at      timestamptz,
    decision          text CHECK (decision IN ('CONFIRMED', 'REFUSED')),
    reason            text,
    decided_at        timestamptz,
    decided_by        text,
    CHECK (company_number IS NOT NULL OR charity_number IS NOT NULL),
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK (decision IS NULL OR withdrawn_at IS NULL),
    CHECK (decision <> 'REFUSED' OR reason <> '')
);
CREATE UNIQUE INDEX registration_one_open ON registration (provider_id) WHERE decision IS NULL AND withdrawn_at IS NULL;
CREATE INDEX registration_provider ON registration (provider_id, submitted_at, id);
CREATE INDEX registration_order ON registration (submitted_at, id);

-- A registration stays as it was submitted: it is withdrawn or decided, once.
-- +goose StatementBegin
CREATE FUNCTION registration_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.decision IS NOT NULL OR OLD.withdrawn_at IS NOT NULL
        OR to_jsonb(OLD) - '{withdrawn_at,decision,reason,decided_at,decided_by}'::text[] <> to_jsonb(NEW) - '{withdrawn_at,decision,reason,decided_at,decided_by}'::text[] THEN
        RAISE EXCEPTION 'a registration stays as it was submitted' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER registration_fixed BEFORE UPDATE ON registration FOR EACH ROW EXECUTE FUNCTION registration_fixed();

-- Whom to speak to at a provider: all of its contacts in one protected text.
CREATE TABLE provider_contact (
    provider_id uuid PRIMARY KEY,
    contacts    bytea NOT NULL,
    kept_at     timestamptz NOT NULL,
    kept_by     text NOT NULL
);

-- +goose Down
DROP TABLE provider_contact, registration;
DROP FUNCTION registration_fixed();
ALTER TABLE provider DROP CONSTRAINT provider_company_number_check, DROP CONSTRAINT provider_company_number_key, DROP CONSTRAINT provider_ukprn_check;
UPDATE provider SET company_number = coalesce(number_as_typed, company_number, charity_number);
ALTER TABLE provider DROP charity_number, DROP number_as_typed, DROP same_as;
