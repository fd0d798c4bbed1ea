-- +goose Up
-- The urgent route: a place for the same day, asked for by telephone. It is no sealed competition.

-- Whether a regime lets it be taken stands with its other routes; how, here: data.
CREATE TABLE urgent_terms (
    regime               text PRIMARY KEY REFERENCES regime,
    most_hours           integer NOT NULL CHECK (most_hours > 0),            -- between broadcast and deadline
    confirm_working_days integer NOT NULL CHECK (confirm_working_days >= 0), -- after an offer was said, to confirm it in writing
    source               text NOT NULL CHECK (source <> '')
);
INSERT INTO urgent_terms SELECT code, 24, 2, 'The market''s own rule: what has longer than a day can be asked for in competition' FROM regime;

ALTER TABLE regime_route DROP CONSTRAINT regime_route_route_check,
    ADD CONSTRAINT regime_route_route_check CHECK (route IN ('COMPETITION', 'URGENT', 'PARENTAL_PREFERENCE', 'TRIBUNAL', 'USER_CHOICE', 'SPOT'));
INSERT INTO regime_route SELECT code, 'URGENT', code <> 'PCR_DPS', true, CASE
    WHEN code = 'PCR_DPS' THEN 'Public Contracts Regulations 2015, reg 34: at least 10 days to tender; what cannot wait is bought outside the system (reg 32(2)(c)) and put on record as such'
    WHEN code = 'PCR_LIGHT_TOUCH' THEN 'Public Contracts Regulations 2015, reg 76: a procedure of the market''s own, with time limits that are reasonable and proportionate (check)'
    ELSE 'Procurement Act 2023, s 54: no least time for light-touch contracts (check)' END FROM regime;
ALTER TABLE award DROP CONSTRAINT award_route_check,
    ADD CONSTRAINT award_route_check CHECK (route IN ('COMPETITION', 'URGENT', 'PARENTAL_PREFERENCE', 'TRIBUNAL', 'USER_CHOICE', 'SPOT'));

ALTER TABLE need ADD urgent_reason text;        -- why it cannot wait; null for a need that is published for competition
ALTER TABLE invitation ADD settings uuid[];     -- which of its settings an urgent need was broadcast to

-- What was offered by telephone, as an officer entered it for the provider.
CREATE TABLE telephone_offer (
    id           uuid PRIMARY KEY,
    need_id      uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,
    provider_id  uuid NOT NULL REFERENCES provider,
    setting_id   uuid NOT NULL REFERENCES setting,
    starts_on    date NOT NULL,
    weekly       numeric(10,2) NOT NULL CHECK (weekly > 0),
    weeks        integer NOT NULL CHECK (weeks IN (38, 44, 52)),
    words        text NOT NULL,
    said_by      text NOT NULL,                  -- who, at the provider's end of the line
    said_at      timestamptz NOT NULL,
    entered_by   text NOT NULL,
    entered_at   timestamptz NOT NULL CHECK (entered_at >= said_at),
    confirm_by   timestamptz NOT NULL,
    confirmed_at timestamptz,
    confirmed_by text,
    paper        text,                           -- the officer's record, where the provider did not confirm it here
    disputed_at  timestamptz,
    dispute      text,
    CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL) AND (confirmed_at IS NOT NULL OR paper IS NULL)),
    CHECK ((disputed_at IS NULL) = (dispute IS NULL) AND (disputed_at IS NULL OR confirmed_at IS NULL))
);
CREATE UNIQUE INDEX telephone_offer_one ON telephone_offer (need_id, setting_id) WHERE disputed_at IS NULL;
CREATE INDEX telephone_offer_need ON telephone_offer (authority_id, need_id);
CREATE INDEX telephone_offer_provider ON telephone_offer (provider_id, said_at);
ALTER TABLE basis ADD telephone_offer_id uuid REFERENCES telephone_offer;

-- Nothing is sealed for an urgent need, and by telephone nothing is offered to any other: whoever writes, neither is so.
-- +goose StatementBegin
CREATE FUNCTION sealed_or_said() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM need n WHERE n.id = NEW.need_id AND (n.urgent_reason IS NOT NULL) <> (TG_TABLE_NAME = 'telephone_offer')) THEN
        RAISE EXCEPTION 'urgent' USING ERRCODE = 'DPS18';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER sealed_or_said BEFORE INSERT ON sealed_offer FOR EACH ROW EXECUTE FUNCTION sealed_or_said();
CREATE TRIGGER sealed_or_said BEFORE INSERT ON telephone_offer FOR EACH ROW EXECUTE FUNCTION sealed_or_said();

-- +goose Down
DROP TRIGGER sealed_or_said ON telephone_offer;
DROP TRIGGER sealed_or_said ON sealed_offer;
DROP FUNCTION sealed_or_said();
DELETE FROM spending WHERE route = 'URGENT';
DELETE FROM agreement g USING placement p WHERE p.id = g.placement_id AND p.route = 'URGENT';
DELETE FROM placement WHERE route = 'URGENT';
DELETE FROM basis WHERE telephone_offer_id IS NOT NULL;
DELETE FROM award WHERE route = 'URGENT';
ALTER TABLE basis DROP telephone_offer_id;
DROP TABLE telephone_offer;
ALTER TABLE invitation DROP settings;
ALTER TABLE need DROP urgent_reason;
ALTER TABLE award DROP CONSTRAINT award_route_check,
    ADD CONSTRAINT award_route_check CHECK (route IN ('COMPETITION', 'PARENTAL_PREFERENCE', 'TRIBUNAL', 'USER_CHOICE', 'SPOT'));
DELETE FROM regime_route WHERE route = 'URGENT';
ALTER TABLE regime_route DROP CONSTRAINT regime_route_route_check,
    ADD CONSTRAINT regime_route_route_check CHECK (route IN ('COMPETITION', 'PARENTAL_PREFERENCE', 'TRIBUNAL', 'USER_CHOICE', 'SPOT'));
DROP TABLE urgent_terms;
