-- +goose Up
-- A market's rules are the law's profile and what the market's own notices state, each from the notice that states it: who
-- reads the notices in their order reads the history of every rule.

ALTER TABLE regime
    ADD COLUMN stated           text[] NOT NULL DEFAULT '{}', -- rules that a market states for itself; the others it may only make stricter
    ADD COLUMN ends_by          date,                         -- the last day that a market under it can have
    ADD COLUMN extended_until   date,                         -- the last day on which a market's end can be put off
    ADD COLUMN established_until date;                        -- the last day on which one could be established, where that is over

UPDATE regime SET ends_by = '2029-02-23', extended_until = '2026-02-23', established_until = '2025-02-23' WHERE code IN ('PCR_DPS', 'PCR_LIGHT_TOUCH');
UPDATE regime SET stated = '{FIRST_CALL_DAYS,DECIDE_WORKING_DAYS,TENDER_DAYS}' WHERE code IN ('PCR_LIGHT_TOUCH', 'PA_DYNAMIC_MARKET', 'PA_OPEN_FRAMEWORK');
ALTER TABLE regime ADD CHECK (may_be_established = (established_until IS NULL));

CREATE TABLE market_notice (
    id           uuid PRIMARY KEY,
    authority_id uuid NOT NULL,                  -- the lead authority
    market_id    uuid NOT NULL REFERENCES market,
    number       integer NOT NULL CHECK (number > 0),
    kind         text NOT NULL CHECK (kind IN ('MODIFY', 'CEASE')),
    reference    text NOT NULL,                  -- under which the notice is published elsewhere
    words        text NOT NULL,
    ends_on      date,                           -- the market's last day from now on, where the notice changes it
    published_at timestamptz NOT NULL,
    UNIQUE (market_id, number),
    CHECK (kind <> 'CEASE' OR ends_on IS NOT NULL)
);

CREATE TABLE market_rule (
    notice_id    uuid NOT NULL REFERENCES market_notice,
    authority_id uuid NOT NULL,
    market_id    uuid NOT NULL REFERENCES market,
    number       integer NOT NULL,               -- of the notice
    code         text NOT NULL CHECK (code IN ('FIRST_CALL_DAYS', 'DECIDE_WORKING_DAYS', 'TENDER_DAYS', 'STANDSTILL_DAYS')),
    value        integer NOT NULL CHECK (value BETWEEN 0 AND 365),
    PRIMARY KEY (market_id, code, number)
);
CREATE INDEX market_rule_notice ON market_rule (notice_id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market_notice FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market_rule FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- +goose Down
DROP TABLE market_rule, market_notice;
ALTER TABLE regime DROP COLUMN stated, DROP COLUMN ends_by, DROP COLUMN extended_until, DROP COLUMN established_until;
