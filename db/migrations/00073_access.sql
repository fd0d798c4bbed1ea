-- +goose Up
-- Access that is taken away is on record: from whom, why, by whom and when. A person can lose all of it, or one capacity.
CREATE TABLE access_end (
    id       uuid PRIMARY KEY,
    person   text NOT NULL CHECK (person <> ''),
    capacity text CHECK (capacity <> ''),           -- null for all of them
    epoch    integer NOT NULL CHECK (epoch > 0),    -- tokens of a lower epoch are refused
    reason   text NOT NULL CHECK (reason <> ''),
    at       timestamptz NOT NULL DEFAULT dps.now(),
    ended_by text NOT NULL
);
CREATE INDEX access_end_person ON access_end (person, capacity, epoch DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_end FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- is_kept_out says whether a token was taken back, as a whole or in this capacity, or its authority's work has gone to its successors, whose
-- auditor goes on reading.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION is_kept_out(role text, who text, organisation text, epoch integer) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN who <> '' AND EXISTS (SELECT FROM revocation r WHERE r.person = who AND r.epoch > is_kept_out.epoch)
        OR who <> '' AND EXISTS (SELECT FROM access_end e WHERE e.person = who AND e.capacity = substr(role, 5) AND e.epoch > is_kept_out.epoch)
        OR organisation <> '' AND role <> 'dps_auditor' AND EXISTS (SELECT FROM succession s
            WHERE s.authority_id = organisation::uuid AND s.on_day <= (dps.now() AT TIME ZONE 'Europe/London')::date);
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION is_kept_out(role text, who text, organisation text, epoch integer) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN who <> '' AND EXISTS (SELECT FROM revocation r WHERE r.person = who AND r.epoch > is_kept_out.epoch)
        OR organisation <> '' AND role <> 'dps_auditor' AND EXISTS (SELECT FROM succession s
            WHERE s.authority_id = organisation::uuid AND s.on_day <= (dps.now() AT TIME ZONE 'Europe/London')::date);
END $$;
-- +goose StatementEnd
DROP TABLE access_end;
