-- What a provider has stored is counted before it stores more.

-- +goose Up
CREATE INDEX evidence_file_provider ON evidence_file (provider_id, uploaded_at) INCLUDE (bytes);

-- +goose Down
DROP INDEX evidence_file_provider;
