-- +goose Up
-- Who sees what of evidence (policy/scopes.go): its kind, days and outcome for each commissioner of the region; its document for those with
-- a ground of their own; why it was rejected for the provider and the lead authority.

-- The lots in which the caller's authority has a call that has not ended: published, and not withdrawn, ended without an award or agreed.
-- +goose StatementBegin
CREATE FUNCTION called_lots() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(DISTINCT n.lot_id), '{}') FROM need n
        WHERE n.authority_id = org() AND n.published_at IS NOT NULL AND n.withdrawn_at IS NULL
            AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id)
            AND NOT EXISTS (SELECT FROM award a WHERE a.need_id = n.id AND a.accepted_at IS NOT NULL AND a.cancelled_at IS NULL));
END $$;

-- Whether a provider has been a member of a lot and a child is placed with it, by any authority, today or from a day to come.
CREATE FUNCTION keeps_children(which uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM membership m WHERE m.provider_id = which)
        AND EXISTS (SELECT FROM placement p WHERE p.provider_id = which AND p.cancelled_at IS NULL
            AND coalesce(p.ended_on >= (dps.now() AT TIME ZONE 'Europe/London')::date, true));
END $$;

-- Whether evidence has its document, which tells whether it counts, to those who do not see the document.
CREATE FUNCTION has_document(which uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM evidence_file f WHERE f.evidence_id = which);
END $$;
-- +goose StatementEnd

-- Why evidence was rejected: words to the provider.
CREATE TABLE evidence_rejection (
    evidence_id uuid PRIMARY KEY,
    provider_id uuid NOT NULL,
    reason      text NOT NULL,
    FOREIGN KEY (evidence_id, provider_id) REFERENCES evidence (id, provider_id)
);
INSERT INTO evidence_rejection SELECT id, provider_id, rejection_reason FROM evidence WHERE rejected_at IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_rejection FOR EACH STATEMENT EXECUTE FUNCTION append_only();
ALTER TABLE evidence DROP COLUMN rejection_reason; -- and the check that it comes with a rejection
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evidence_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rejection CONSTANT text[] := '{rejected_at,rejected_by}';
BEGIN
    IF OLD.rejected_at IS NOT NULL OR to_jsonb(OLD) - rejection <> to_jsonb(NEW) - rejection THEN
        RAISE EXCEPTION 'evidence stays as it was given' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evidence_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.rejected_at IS NOT NULL OR to_jsonb(OLD) - '{rejected_at,rejected_by,rejection_reason}'::text[]
            <> to_jsonb(NEW) - '{rejected_at,rejected_by,rejection_reason}'::text[] THEN
        RAISE EXCEPTION 'evidence stays as it was given' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
ALTER TABLE evidence ADD COLUMN rejection_reason text;
ALTER TABLE evidence DISABLE TRIGGER evidence_fixed;
UPDATE evidence e SET rejection_reason = r.reason FROM evidence_rejection r WHERE r.evidence_id = e.id;
ALTER TABLE evidence ENABLE TRIGGER evidence_fixed;
ALTER TABLE evidence ADD CHECK ((rejected_at IS NULL) = (rejection_reason IS NULL));
DROP TABLE evidence_rejection;
DROP FUNCTION has_document(uuid), keeps_children(uuid), called_lots();
