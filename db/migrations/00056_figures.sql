-- +goose Up
-- What families say of a setting or provider is reckoned from an index alone, in its order.
DROP INDEX rating_setting, rating_provider;
CREATE INDEX rating_setting ON rating (setting_id, respondent, question) INCLUDE (value, market_id);
CREATE INDEX rating_provider ON rating (provider_id, respondent, question) INCLUDE (value, market_id);
-- What is named most, its provider by an offer or a place, is read from an index alone, too.
CREATE UNIQUE INDEX provider_named ON provider (id) INCLUDE (name);

-- +goose Down
DROP INDEX provider_named;
DROP INDEX rating_setting, rating_provider;
CREATE INDEX rating_setting ON rating (setting_id, question);
CREATE INDEX rating_provider ON rating (provider_id, question);
