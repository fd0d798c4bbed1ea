-- +goose Up
-- Who can join, and what it costs: where the regime leaves it to the market, its notices state how many members a lot has at
-- most, when applications are taken, and what an award costs the one who gets it.

ALTER TABLE regime ADD COLUMN always_open boolean NOT NULL DEFAULT true; -- an application is taken on any day; else as the notices state
UPDATE regime SET always_open = false WHERE code IN ('PCR_LIGHT_TOUCH', 'PA_OPEN_FRAMEWORK');
-- Procurement Act 2023 s 38 (fees in a dynamic market) and s 45 (in a framework).
UPDATE regime SET stated = stated || '{AWARD_FEE}' WHERE code IN ('PCR_LIGHT_TOUCH', 'PA_DYNAMIC_MARKET', 'PA_OPEN_FRAMEWORK');
UPDATE regime SET stated = stated || '{MOST_MEMBERS}' WHERE code IN ('PCR_LIGHT_TOUCH', 'PA_OPEN_FRAMEWORK');

ALTER TABLE market_rule DROP CONSTRAINT market_rule_code_check, DROP CONSTRAINT market_rule_value_check,
    ADD CONSTRAINT market_rule_code_check CHECK (code IN ('FIRST_CALL_DAYS', 'DECIDE_WORKING_DAYS', 'TENDER_DAYS', 'STANDSTILL_DAYS', 'FEEDBACK_MINIMUM',
        'MOST_MEMBERS', 'AWARD_FEE')),
    ADD CONSTRAINT market_rule_value_check CHECK (CASE code WHEN 'MOST_MEMBERS' THEN value BETWEEN 1 AND 10000 WHEN 'AWARD_FEE' THEN value BETWEEN 0 AND 1000
        ELSE value BETWEEN 0 AND 365 END);

-- When applications are taken from the notice on; the first to the last day.
ALTER TABLE market_notice ADD COLUMN applications_from date, ADD COLUMN applications_until date,
    ADD CHECK ((applications_from IS NULL) = (applications_until IS NULL)), ADD CHECK (applications_until >= applications_from);

-- +goose Down
ALTER TABLE market_notice DROP COLUMN applications_from, DROP COLUMN applications_until;
ALTER TABLE market_rule DISABLE TRIGGER append_only;
DELETE FROM market_rule WHERE code IN ('MOST_MEMBERS', 'AWARD_FEE');
ALTER TABLE market_rule ENABLE TRIGGER append_only;
ALTER TABLE market_rule DROP CONSTRAINT market_rule_code_check, DROP CONSTRAINT market_rule_value_check,
    ADD CONSTRAINT market_rule_code_check CHECK (code IN ('FIRST_CALL_DAYS', 'DECIDE_WORKING_DAYS', 'TENDER_DAYS', 'STANDSTILL_DAYS', 'FEEDBACK_MINIMUM')),
    ADD CONSTRAINT market_rule_value_check CHECK (value BETWEEN 0 AND 365);
UPDATE regime SET stated = array_remove(array_remove(stated, 'MOST_MEMBERS'), 'AWARD_FEE');
ALTER TABLE regime DROP COLUMN always_open;
