-- Essential evidence that has lapsed counts from the moment on which something is decided, and not from when the clock worker has been there.

-- +goose Up
-- +goose StatementBegin
-- lacks_evidence says whether a provider has no valid evidence of a kind that is essential in a lot. That it is suspended then is public.
CREATE FUNCTION lacks_evidence(lot uuid, provider uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    today CONSTANT date := (dps.now() AT TIME ZONE 'Europe/London')::date;
BEGIN
    RETURN EXISTS (SELECT FROM lot_evidence le WHERE le.lot_id = lacks_evidence.lot AND le.essential AND NOT EXISTS (SELECT FROM evidence e
        WHERE e.kind = le.kind AND e.provider_id = lacks_evidence.provider AND e.rejected_at IS NULL AND e.valid_from <= today AND e.valid_until >= today
        AND (e.declared OR EXISTS (SELECT FROM evidence_file f WHERE f.evidence_id = e.id))));
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION lacks_evidence(uuid, uuid);
