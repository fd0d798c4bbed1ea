-- +goose Up
-- What families say of a setting or provider is reckoned from an index alone, in its order.
DROP INDEX rating_setting, rating_provider;
CREATE INDEX rating_setting ON rating (setting_id, respondent, question) INCLUDE (value, market_id);
CREATE INDEX rating_provider ON rating (provider_id, respondent, question) INCLUDE (value, market_id);
-- Each offer and place names its provider: its name is read from an index alone, too.
CREATE INDEX provider_named ON provider (id) INCLUDE (name);
-- Sealed halves stay in their rows: nothing makes them smaller, and each is read and written whole. What is there already
-- stays where it is.
ALTER TABLE sealed_part SET (toast_tuple_target = 8160);
ALTER TABLE sealed_part ALTER COLUMN ciphertext SET STORAGE EXTERNAL;

-- +goose Down
ALTER TABLE sealed_part ALTER COLUMN ciphertext SET STORAGE EXTENDED;
ALTER TABLE sealed_part RESET (toast_tuple_target);
DROP INDEX provider_named;
DROP INDEX rating_setting, rating_provider;
CREATE INDEX rating_setting ON rating (setting_id, question);
CREATE INDEX rating_provider ON rating (provider_id, question);
