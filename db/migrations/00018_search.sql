-- +goose Up
-- Free places from a day on, as the provider declares them; until the next such day. Never derived from placements.
CREATE TABLE vacancy (
    setting_id  uuid NOT NULL REFERENCES setting,
    from_on     date NOT NULL,
    free        integer NOT NULL CHECK (free >= 0),
    declared_at timestamptz NOT NULL DEFAULT dps.now(),
    PRIMARY KEY (setting_id, from_on)
);

-- What somebody looks for again and again; shared, all of the organisation see it.
CREATE TABLE saved_search (
    id              uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    person          text NOT NULL,
    name            text NOT NULL CHECK (name <> ''),
    shared          boolean NOT NULL,
    filter          jsonb NOT NULL,
    saved_at        timestamptz NOT NULL DEFAULT dps.now(),
    UNIQUE (organisation_id, person, name)
);
CREATE INDEX saved_search_name ON saved_search (organisation_id, name, id);

-- +goose Down
DROP TABLE saved_search, vacancy;
