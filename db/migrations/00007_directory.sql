-- +goose Up
-- What the national directories tell of a setting (Get Information About Schools; Ofsted's list of social care), its
-- inspections, and where outcodes lie. A setting from a directory has no provider until somebody has said whose it is.

ALTER TABLE setting
    ALTER COLUMN provider_id DROP NOT NULL,
    DROP CONSTRAINT setting_urn_key,             -- the DfE and Ofsted number apart from each other
    ADD UNIQUE (kind, urn),
    ADD establishment_type text CHECK (establishment_type IN ('08', '10', '11', '32')), -- as coded by GIAS; null for homes
    ADD gender text CHECK (gender IN ('MIXED', 'BOYS', 'GIRLS')),                       -- who is admitted; null when not told
    ADD section41 boolean NOT NULL DEFAULT false, -- approved under s 41 of the Children and Families Act 2014
    ADD local_authority text CHECK (local_authority ~ '^[0-9]{3}$'),                    -- where it is, as coded by the DfE
    ADD easting integer,                          -- National Grid, metres
    ADD northing integer,
    ADD opened_on date,
    ADD closed_on date,
    ADD directory_changed_on date,                -- when the directory last changed its entry
    ADD imported_at timestamptz,
    ADD CHECK ((easting IS NULL) = (northing IS NULL)),
    ADD CONSTRAINT setting_home_unplaced CHECK (kind = 'SCHOOL' OR easting IS NULL);    -- where a home is stands nowhere but in its address
ALTER TABLE setting_address ALTER COLUMN provider_id DROP NOT NULL;

-- What an inspection found: a scale and a value on it. Scales change with the years and differ by inspectorate.
CREATE TABLE inspection (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    setting_id   uuid NOT NULL REFERENCES setting,
    body         text NOT NULL CHECK (body <> ''),  -- Ofsted, ISI
    scale        text NOT NULL CHECK (scale <> ''),
    value        text NOT NULL CHECK (value <> ''),
    inspected_on date NOT NULL,
    UNIQUE (setting_id, body, scale, inspected_on)
);

-- Where the schools of an outcode are in the mean.
CREATE TABLE outcode (
    outcode  text PRIMARY KEY CHECK (outcode ~ '^[A-Z]{1,2}[0-9][A-Z0-9]?$'),
    easting  integer NOT NULL,
    northing integer NOT NULL,
    schools  integer NOT NULL CHECK (schools > 0)
);

-- +goose Down
DROP TABLE outcode, inspection;
DELETE FROM setting_address WHERE provider_id IS NULL;
ALTER TABLE setting_address ALTER COLUMN provider_id SET NOT NULL;
ALTER TABLE setting
    DROP establishment_type, DROP gender, DROP section41, DROP local_authority, DROP easting, DROP northing, DROP opened_on, DROP closed_on,
    DROP directory_changed_on, DROP imported_at, DROP CONSTRAINT setting_kind_urn_key, ADD UNIQUE (urn), ALTER COLUMN provider_id SET NOT NULL;
