-- How long what is needed no longer is kept, as data. The clock worker removes what has been kept for longer.

-- +goose Up
CREATE TABLE retention (
    kind       text PRIMARY KEY CHECK (kind IN ('RETRY', 'INVITATION', 'HEAD', 'DOCUMENT')),
    days       integer NOT NULL CHECK (days BETWEEN least_days AND 36500),
    least_days integer NOT NULL,
    reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000)
);
INSERT INTO retention (kind, least_days, days, reason) VALUES
    ('RETRY', 7, 90, 'A request is tried again within minutes, and a failed run of a partner''s system within weeks.'),
    ('INVITATION', 0, 365, 'What shows that a family was asked is needed until the next annual review of the plan.'),
    ('HEAD', 31, 400, 'An auditor checks a financial year after it has ended. One head of each month stays.'),
    ('DOCUMENT', 1096, 2557, 'A claim under a contract ends after six years (Limitation Act 1980, section 5). A year is added to find it.');

-- kept_since is the moment from which things of a kind are kept: what ended before it is removed.
-- +goose StatementBegin
CREATE FUNCTION kept_since(which text) RETURNS timestamptz LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT dps.now() - make_interval(days => r.days) FROM retention r WHERE r.kind = which);
END $$;

-- head_has_served is true of a signed head that has been kept for long enough and is followed by another of the same chain and month. The
-- newest head of a chain always stays.
CREATE FUNCTION head_has_served(chain uuid, at_position bigint, at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN at < kept_since('HEAD') AND coalesce(date_trunc('month', at, 'Europe/London') = (SELECT date_trunc('month', h.signed_at, 'Europe/London')
        FROM event_head h WHERE h.chain_id = chain AND h.position > at_position ORDER BY h.position LIMIT 1), false);
END $$;

-- thin_heads removes heads that have served, at most so many, and gives their number. No role can remove one otherwise.
CREATE FUNCTION thin_heads(at_most integer) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    removed bigint;
BEGIN
    DELETE FROM event_head WHERE (chain_id, position) IN (SELECT h.chain_id, h.position FROM event_head h
        WHERE h.signed_at < kept_since('HEAD') AND head_has_served(h.chain_id, h.position, h.signed_at) LIMIT at_most);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;

-- document_has_served is true of the document of evidence that has been invalid, or was rejected, for long enough.
CREATE FUNCTION document_has_served(evidence uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT least(e.rejected_at, (e.valid_until + 1)::timestamp AT TIME ZONE 'Europe/London') < kept_since('DOCUMENT')
        FROM evidence e WHERE e.id = document_has_served.evidence);
END $$;

-- A head goes only when it has served: whoever tries it, and by whatever statement.
CREATE FUNCTION head_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT dps.head_has_served(OLD.chain_id, OLD.position, OLD.signed_at) THEN
        RAISE EXCEPTION 'event_head is append only' USING ERRCODE = 'DPS09';
    END IF;
    RETURN OLD;
END $$;

-- A document stays as it came, until its content and its name, which may tell of a person, are removed. What shows which document it was stays: its digest and its size.
CREATE FUNCTION document_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL OR NEW.content <> '' OR NEW.name <> 'removed' OR NOT dps.document_has_served(OLD.evidence_id)
        OR to_jsonb(OLD) - '{content,name,removed_at}'::text[] <> to_jsonb(NEW) - '{content,name,removed_at}'::text[] THEN
        RAISE EXCEPTION 'evidence_file is append only' USING ERRCODE = 'DPS09';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
DROP TRIGGER append_only ON event_head;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON event_head FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER head_stays BEFORE DELETE ON event_head FOR EACH ROW EXECUTE FUNCTION head_stays();

ALTER TABLE evidence_file ADD removed_at timestamptz, ADD CHECK ((removed_at IS NOT NULL) = (content = ''));
DROP TRIGGER append_only ON evidence_file;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON evidence_file FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER document_stays BEFORE UPDATE ON evidence_file FOR EACH ROW EXECUTE FUNCTION document_stays();

-- What is removed is found by the time it has been kept for.
CREATE INDEX idempotency_at ON idempotency USING brin (at);
CREATE INDEX event_head_signed ON event_head USING brin (signed_at);
CREATE INDEX family_invitation_unused ON family_invitation (expires_at) WHERE used_at IS NULL;
CREATE INDEX evidence_file_kept ON evidence_file (evidence_id) WHERE removed_at IS NULL;

-- +goose Down
DROP INDEX evidence_file_kept, family_invitation_unused, event_head_signed, idempotency_at;
DROP TRIGGER document_stays ON evidence_file;
DROP TRIGGER append_only ON evidence_file;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_file FOR EACH STATEMENT EXECUTE FUNCTION append_only();
ALTER TABLE evidence_file DROP removed_at;
DROP TRIGGER head_stays ON event_head;
DROP TRIGGER append_only ON event_head;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_head FOR EACH STATEMENT EXECUTE FUNCTION append_only();
DROP FUNCTION document_stays(), head_stays(), thin_heads(integer), document_has_served(uuid), head_has_served(uuid, bigint, timestamptz), kept_since(text);
DROP TABLE retention;
