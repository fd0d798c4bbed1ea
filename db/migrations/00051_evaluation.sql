-- +goose Up
-- A ranking is reckoned again when an offer falls for its price, and the earlier one is kept. Who finds out an interest after
-- having said "open" has not said it, where nothing was opened yet; where something was, that is recorded.

ALTER TABLE ranking DROP CONSTRAINT ranking_pkey, ADD id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    ADD reckoned_at timestamptz NOT NULL DEFAULT dps.now(),
    ADD superseded_at timestamptz CHECK (superseded_at >= reckoned_at);
UPDATE ranking r SET reckoned_at = n.ranked_at FROM need n WHERE n.id = r.need_id AND n.ranked_at IS NOT NULL;
ALTER TABLE ranking ALTER reckoned_at DROP DEFAULT;
CREATE UNIQUE INDEX ranking_offer ON ranking (offer_id) WHERE superseded_at IS NULL;

-- All that can happen to a place in the order is that another reckoning takes its place, once.
-- +goose StatementBegin
CREATE FUNCTION ranking_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD AND (OLD.superseded_at IS NOT NULL OR to_jsonb(OLD) - 'superseded_at' <> to_jsonb(NEW) - 'superseded_at') THEN
        RAISE EXCEPTION 'a ranking stays as it was reckoned' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER ranking_fixed BEFORE UPDATE ON ranking FOR EACH ROW EXECUTE FUNCTION ranking_fixed();

-- An award waits for every decision on a price of the need: the lowest price is in everybody's score.
-- +goose StatementBegin
CREATE FUNCTION award_after_prices() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NEW.route = 'COMPETITION' AND EXISTS (SELECT FROM price_query WHERE need_id = NEW.need_id AND decided_at IS NULL) THEN
        RAISE EXCEPTION 'a price is queried' USING ERRCODE = 'DPS16';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER award_after_prices BEFORE INSERT ON award FOR EACH ROW EXECUTE FUNCTION award_after_prices();

ALTER TABLE opening_approval ADD voided_at timestamptz;          -- counts no more: the officer has an interest
ALTER TABLE interest ADD opened text[] NOT NULL DEFAULT '{}'     -- what was opened with the person's word before
    CHECK (opened <@ '{QUALITY,PRICE}' AND (conflict OR opened = '{}'));
-- +goose StatementBegin
CREATE FUNCTION interest_after_word() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    n need%ROWTYPE;
BEGIN
    NEW.opened := '{}';
    IF NEW.conflict THEN
        SELECT * INTO n FROM need WHERE id = NEW.need_id;
        UPDATE opening_approval SET voided_at = NEW.at WHERE need_id = n.id AND person = NEW.person AND voided_at IS NULL
            AND CASE stage WHEN 'PRICE' THEN n.prices_opened_at IS NULL ELSE n.opened_at IS NULL END;
        NEW.opened := coalesce((SELECT array_agg(stage ORDER BY stage DESC) FROM opening_approval
            WHERE need_id = n.id AND person = NEW.person AND voided_at IS NULL), '{}');
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER interest_after_word BEFORE INSERT ON interest FOR EACH ROW EXECUTE FUNCTION interest_after_word();

-- +goose Down
DROP TRIGGER interest_after_word ON interest;
DROP TRIGGER award_after_prices ON award;
DROP TRIGGER ranking_fixed ON ranking;
DROP FUNCTION interest_after_word(), award_after_prices(), ranking_fixed();
ALTER TABLE interest DROP opened;
ALTER TABLE opening_approval DROP voided_at;
DELETE FROM ranking WHERE superseded_at IS NOT NULL;
DROP INDEX ranking_offer;
ALTER TABLE ranking DROP id, DROP reckoned_at, DROP superseded_at, ADD PRIMARY KEY (offer_id);
