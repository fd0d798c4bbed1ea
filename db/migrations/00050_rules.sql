-- +goose Up
-- A need keeps the rules that were in force when it was published. The least number of answers behind a figure is a rule that
-- a notice can state, and a market may have to be intended before it is established.

ALTER TABLE need ADD COLUMN rules jsonb,         -- [{code, value, source}], as a notice or the regime had each
    ADD CHECK (rules IS NULL OR published_at IS NOT NULL);

-- rules_at are the rules for needs of a market as they were at an instant.
-- +goose StatementBegin
CREATE FUNCTION rules_at(which uuid, instant timestamptz) RETURNS jsonb LANGUAGE sql STABLE
    AS $$ SELECT jsonb_agg(jsonb_build_object('code', law.code, 'value', coalesce(said.value, law.value), 'source', coalesce(said.reference, r.source)))
            FROM dps.market m JOIN dps.regime r ON r.code = m.regime
            CROSS JOIN LATERAL (VALUES ('FIRST_CALL_DAYS', r.first_call_days), ('TENDER_DAYS', r.tender_days),
                ('STANDSTILL_DAYS', r.standstill_days)) law (code, value)
            LEFT JOIN LATERAL (SELECT s.value, n.reference FROM dps.market_rule s JOIN dps.market_notice n ON n.id = s.notice_id
                WHERE s.market_id = m.id AND s.code = law.code AND n.published_at <= instant ORDER BY s.number DESC LIMIT 1) said ON true
           WHERE m.id = which $$;
-- +goose StatementEnd
ALTER TABLE need DISABLE TRIGGER need_fixed;
UPDATE need n SET rules = rules_at(l.market_id, n.published_at) FROM lot l WHERE l.id = n.lot_id AND n.published_at IS NOT NULL;
ALTER TABLE need ENABLE TRIGGER need_fixed;
DROP FUNCTION rules_at(uuid, timestamptz);

-- How many answers stand behind any figure is the market's own rule.
ALTER TABLE market_rule DROP CONSTRAINT market_rule_code_check,
    ADD CONSTRAINT market_rule_code_check CHECK (code IN ('FIRST_CALL_DAYS', 'DECIDE_WORKING_DAYS', 'TENDER_DAYS', 'STANDSTILL_DAYS', 'FEEDBACK_MINIMUM')),
    ADD CONSTRAINT market_rule_feedback_check CHECK (code <> 'FEEDBACK_MINIMUM' OR value >= 3);

-- It only rises: who answered was promised as many.
-- +goose StatementBegin
CREATE FUNCTION feedback_minimum_stated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    UPDATE market SET feedback_k = greatest(feedback_k, NEW.value) WHERE id = NEW.market_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER feedback_minimum_stated AFTER INSERT ON market_rule FOR EACH ROW WHEN (NEW.code = 'FEEDBACK_MINIMUM')
    EXECUTE FUNCTION feedback_minimum_stated();

-- Procurement Act 2023 s 39(2): the authority says that it intends to establish a dynamic market before it does.
ALTER TABLE regime ADD COLUMN intended_first boolean NOT NULL DEFAULT false;
UPDATE regime SET intended_first = true, source = 'Procurement Act 2023, ss 34 to 40, notices s 39; assessment summaries s 50; light-touch standstill s 51'
    WHERE code = 'PA_DYNAMIC_MARKET';
ALTER TABLE market_notice DROP CONSTRAINT market_notice_kind_check, ADD CONSTRAINT market_notice_kind_check CHECK (kind IN ('INTEND', 'MODIFY', 'CEASE'));

-- +goose Down
ALTER TABLE market_rule DISABLE TRIGGER append_only;
DELETE FROM market_rule WHERE code = 'FEEDBACK_MINIMUM';
ALTER TABLE market_rule ENABLE TRIGGER append_only;
ALTER TABLE market_notice DISABLE TRIGGER append_only;
DELETE FROM market_notice WHERE kind = 'INTEND';
ALTER TABLE market_notice ENABLE TRIGGER append_only;
ALTER TABLE market_notice DROP CONSTRAINT market_notice_kind_check, ADD CONSTRAINT market_notice_kind_check CHECK (kind IN ('MODIFY', 'CEASE'));
ALTER TABLE regime DROP COLUMN intended_first;
UPDATE regime SET source = 'Procurement Act 2023, ss 34 to 40; assessment summaries s 50; light-touch standstill s 51' WHERE code = 'PA_DYNAMIC_MARKET';
DROP TRIGGER feedback_minimum_stated ON market_rule;
DROP FUNCTION feedback_minimum_stated();
ALTER TABLE market_rule DROP CONSTRAINT market_rule_feedback_check, DROP CONSTRAINT market_rule_code_check,
    ADD CONSTRAINT market_rule_code_check CHECK (code IN ('FIRST_CALL_DAYS', 'DECIDE_WORKING_DAYS', 'TENDER_DAYS', 'STANDSTILL_DAYS'));
ALTER TABLE need DROP COLUMN rules;
