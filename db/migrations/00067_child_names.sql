-- +goose Up
-- What is known of a child's name is kept out of what others read, and words that were published all the same are taken out of all of it.

-- A copy is a need of the same child: the first need that it was copied from.
ALTER TABLE need ADD copy_of uuid REFERENCES need;
CREATE INDEX need_copy ON need (copy_of) WHERE copy_of IS NOT NULL;
-- How many children of one cohort an authority has published a need for: still from the index alone.
DROP INDEX need_cohort;
CREATE INDEX need_cohort ON need (authority_id, lot_id, primary_need, age_low, age_high) INCLUDE (gender, id, copy_of) WHERE published_at IS NOT NULL;

-- The identities of a need's child and of its siblings, protected as they were recorded, for those who act for the need's authority: what
-- they write is compared with the names by the program, which alone can open them. A provider never gets them.
-- +goose StatementBegin
CREATE FUNCTION known_names(which uuid) RETURNS TABLE (of_need uuid, protected bytea) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN QUERY WITH mine AS (
            SELECT n.id, coalesce(n.copy_of, n.id) AS child FROM need n WHERE n.id = which
               AND (n.authority_id = org() OR n.authority_id = ANY (boroughs('ANY')) OR n.id = ANY (appointed('EVALUATOR'))
                    OR n.id = ANY (appointed('MODERATOR')) OR n.id = ANY (appointed('OPENING_OFFICER')))),
        family AS (SELECT m.child FROM mine m
            UNION SELECT coalesce(s.copy_of, s.id) FROM mine m JOIN need c ON c.id = m.child OR c.copy_of = m.child
                JOIN need_link l ON l.need_id = c.id JOIN need s ON s.id = l.sibling_id)
        SELECT i.need_id, i.identity FROM need_identity i JOIN need n ON n.id = i.need_id
         WHERE n.id IN (SELECT f.child FROM family f) OR n.copy_of IN (SELECT f.child FROM family f);
END $$;

-- Every text about a need that its authority wrote or published, for those who buy for the authority: what is read there is compared with
-- the names.
CREATE FUNCTION need_texts(which uuid) RETURNS TABLE (what text, words text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM need n WHERE n.id = which AND (n.authority_id = org() OR n.authority_id = ANY (boroughs('PUBLISH')))) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT t.what, t.words FROM need n, LATERAL (VALUES ('PROFILE', n.profile), ('OUTCOMES', n.outcomes), ('UNIQUE_REASON', n.unique_reason),
            ('RECIPIENTS_REASON', n.recipients_reason), ('URGENT_REASON', n.urgent_reason), ('WITHDRAWAL_REASON', n.withdraw_reason)) t (what, words)
            WHERE n.id = which AND t.words IS NOT NULL
        UNION ALL SELECT 'CHANGE_REASON', c.reason FROM need_change c WHERE c.need_id = which
        UNION ALL SELECT 'QUESTION', c.question FROM clarification c WHERE c.need_id = which AND c.answered_at IS NOT NULL
        UNION ALL SELECT 'ANSWER', c.answer FROM clarification c WHERE c.need_id = which AND c.answer IS NOT NULL
        UNION ALL SELECT 'REMINDER', c.words FROM chase c WHERE c.need_id = which
        UNION ALL SELECT 'TELEPHONE_OFFER', o.words FROM telephone_offer o WHERE o.need_id = which
        UNION ALL SELECT 'AREA_APPROVAL', a.grounds FROM area_approval a WHERE a.need_id = which
        UNION ALL SELECT 'PANEL_DECISION', p.reasons FROM panel_decision p WHERE p.need_id = which
        UNION ALL SELECT 'SUITABILITY', s.reason FROM suitability s WHERE s.need_id = which
        UNION ALL SELECT 'SCORE', s.comment FROM score s WHERE s.need_id = which
        UNION ALL SELECT 'SCORE', m.reason FROM moderation m WHERE m.need_id = which
        UNION ALL SELECT 'PRICE_QUERY', q.question FROM price_query q WHERE q.need_id = which
        UNION ALL SELECT 'PRICE_QUERY', q.reason FROM price_query q WHERE q.need_id = which AND q.reason IS NOT NULL
        UNION ALL SELECT 'AWARD', a.reason FROM award a WHERE a.need_id = which
        UNION ALL SELECT 'AWARD', a.reject_reason FROM award a WHERE a.need_id = which AND a.reject_reason IS NOT NULL
        UNION ALL SELECT 'NO_AWARD', e.words FROM no_award e WHERE e.need_id = which
        UNION ALL SELECT 'PLACEMENT', t.words FROM placement p, LATERAL (VALUES (p.end_words), (p.end_correction), (p.start_correction)) t (words)
            WHERE p.need_id = which AND t.words IS NOT NULL
        UNION ALL SELECT 'LETTER', l.body FROM letter l WHERE l.need_id = which;
END $$;
-- +goose StatementEnd

-- That words were taken out of a need's texts, where, by whom and why. The words themselves pass through sought and put, and are never
-- kept: the trigger replaces them in every text and forgets them.
CREATE TABLE need_redaction (
    id           uuid PRIMARY KEY,
    need_id      uuid NOT NULL,
    authority_id uuid NOT NULL,
    reason       text NOT NULL CHECK (reason <> ''),
    texts        text[] NOT NULL DEFAULT '{}',   -- in which kinds of text they were
    redacted_at  timestamptz NOT NULL,
    redacted_by  text NOT NULL,
    sought       text CHECK (sought IS NULL),
    put          text CHECK (put IS NULL),
    FOREIGN KEY (need_id, authority_id) REFERENCES need (id, authority_id) ON UPDATE CASCADE
);
CREATE INDEX need_redaction_need ON need_redaction (need_id, redacted_at);
-- +goose StatementBegin
CREATE FUNCTION redact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE which CONSTANT uuid := NEW.need_id; s CONSTANT text := NEW.sought; p CONSTANT text := NEW.put;
BEGIN
    IF s IS NULL THEN
        RETURN NEW;
    END IF;
    NEW.texts := ARRAY(SELECT DISTINCT t.what FROM need_texts(which) t WHERE t.words ~* s ORDER BY t.what);
    NEW.sought := NULL;
    NEW.put := NULL;
    UPDATE need SET profile = regexp_replace(profile, s, p, 'gi'), outcomes = regexp_replace(outcomes, s, p, 'gi'),
        unique_reason = regexp_replace(unique_reason, s, p, 'gi'), recipients_reason = regexp_replace(recipients_reason, s, p, 'gi'),
        urgent_reason = regexp_replace(urgent_reason, s, p, 'gi'), withdraw_reason = regexp_replace(withdraw_reason, s, p, 'gi')
        WHERE id = which AND NEW.texts && '{PROFILE,OUTCOMES,UNIQUE_REASON,RECIPIENTS_REASON,URGENT_REASON,WITHDRAWAL_REASON}';
    UPDATE need_change SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE clarification SET question = regexp_replace(question, s, p, 'gi'), answer = regexp_replace(answer, s, p, 'gi')
        WHERE need_id = which AND answered_at IS NOT NULL AND (question ~* s OR answer ~* s);
    UPDATE chase SET words = regexp_replace(words, s, p, 'gi') WHERE need_id = which AND words ~* s;
    UPDATE telephone_offer SET words = regexp_replace(words, s, p, 'gi') WHERE need_id = which AND words ~* s;
    UPDATE area_approval SET grounds = regexp_replace(grounds, s, p, 'gi') WHERE need_id = which AND grounds ~* s;
    UPDATE panel_decision SET reasons = regexp_replace(reasons, s, p, 'gi') WHERE need_id = which AND reasons ~* s;
    UPDATE suitability SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE score SET comment = regexp_replace(comment, s, p, 'gi') WHERE need_id = which AND comment ~* s;
    UPDATE moderation SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE price_query SET question = regexp_replace(question, s, p, 'gi'), reason = regexp_replace(reason, s, p, 'gi')
        WHERE need_id = which AND (question ~* s OR reason ~* s);
    UPDATE award SET reason = regexp_replace(reason, s, p, 'gi'), reject_reason = regexp_replace(reject_reason, s, p, 'gi')
        WHERE need_id = which AND (reason ~* s OR reject_reason ~* s);
    UPDATE no_award SET words = regexp_replace(words, s, p, 'gi') WHERE need_id = which AND words ~* s;
    UPDATE placement SET end_words = regexp_replace(end_words, s, p, 'gi'), end_correction = regexp_replace(end_correction, s, p, 'gi'),
        start_correction = regexp_replace(start_correction, s, p, 'gi')
        WHERE need_id = which AND (end_words ~* s OR end_correction ~* s OR start_correction ~* s);
    UPDATE need_redaction SET reason = regexp_replace(reason, s, p, 'gi') WHERE need_id = which AND reason ~* s;
    UPDATE letter SET body = regexp_replace(body, s, p, 'gi') WHERE need_id = which AND body ~* s;
    RETURN NEW;
END $$;
-- +goose StatementEnd
-- A draft for which a place is agreed keeps what that was agreed for, but for words that are taken out.
DROP TRIGGER need_as_agreed ON need;
CREATE TRIGGER need_as_agreed AFTER UPDATE OF age_low, age_high, gender, primary_need, other_needs, legal_basis, home_outcode, travel_miles,
    start_from, start_to, profile, outcomes ON need FOR EACH ROW WHEN (OLD.published_at IS NULL AND NEW.published_at IS NULL AND current_user <> 'dps_owner')
    EXECUTE FUNCTION need_published();
CREATE TRIGGER redact BEFORE INSERT ON need_redaction FOR EACH ROW EXECUTE FUNCTION redact();

-- Each decision about a family's words is kept, with who made it, when and why. The reason is protected: it can say what was disclosed.
ALTER TABLE feedback_words ADD UNIQUE (id, authority_id);
CREATE TABLE words_decision (
    id           uuid PRIMARY KEY,
    words_id     uuid NOT NULL,
    authority_id uuid NOT NULL,
    decision     text NOT NULL CHECK (decision IN ('RELEASED', 'HELD', 'REFERRED')),
    reason       bytea,
    at           timestamptz NOT NULL,
    person       text NOT NULL,
    FOREIGN KEY (words_id, authority_id) REFERENCES feedback_words (id, authority_id) ON UPDATE CASCADE
);
CREATE INDEX words_decision_words ON words_decision (words_id, at);
INSERT INTO words_decision (id, words_id, authority_id, decision, at, person)
    SELECT gen_random_uuid(), w.id, w.authority_id, w.decision, w.decided_at, w.decided_by FROM feedback_words w WHERE w.decision IS NOT NULL;

-- With which invitation a preference was given: its family reads with the same code what became of it.
ALTER TABLE preference ADD invitation_id uuid REFERENCES family_invitation;
CREATE INDEX preference_invitation ON preference (invitation_id) WHERE invitation_id IS NOT NULL;

-- Figures count children. A child has one open invitation to feedback a kind of respondent: a new one replaces it. It has one answer a kind of
-- respondent and term, whatever need or placement it is invited about. Of answers of one term that were given before, the first counts:
-- the others have no child.
ALTER TABLE family_invitation ADD child_id uuid, ADD replaced_at timestamptz,
    ADD answered_term date;                      -- of feedback: the first day of the term of its answer
-- +goose StatementBegin
CREATE FUNCTION family_answered() RETURNS trigger LANGUAGE plpgsql SET search_path = dps, pg_temp AS $$
BEGIN
    NEW.answered_term := CASE WHEN NEW.kind = 'FEEDBACK' THEN (date_trunc('year', NEW.used_at AT TIME ZONE 'Europe/London')
        + (extract(month FROM NEW.used_at AT TIME ZONE 'Europe/London')::integer - 1) / 4 * interval '4 months')::date END;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER family_answered BEFORE INSERT OR UPDATE OF used_at ON family_invitation FOR EACH ROW EXECUTE FUNCTION family_answered();
UPDATE family_invitation SET used_at = used_at WHERE used_at IS NOT NULL;
UPDATE family_invitation f SET child_id = c.child,
        replaced_at = CASE WHEN f.kind = 'FEEDBACK' AND f.used_at IS NULL AND c.turn > 1 THEN now() END
    FROM (SELECT i.id, coalesce(n.copy_of, n.id) AS child, row_number() OVER (PARTITION BY i.kind, coalesce(n.copy_of, n.id), i.respondent,
        i.answered_term ORDER BY i.used_at, i.invited_at DESC, i.id) AS turn FROM family_invitation i JOIN need n ON n.id = i.need_id) c
    WHERE c.id = f.id AND (f.kind = 'PREFERENCE' OR f.used_at IS NULL OR c.turn = 1);
CREATE UNIQUE INDEX family_invitation_one_open ON family_invitation (child_id, respondent)
    WHERE kind = 'FEEDBACK' AND used_at IS NULL AND replaced_at IS NULL;
CREATE UNIQUE INDEX family_invitation_one_answer ON family_invitation (child_id, respondent, answered_term) WHERE answered_term IS NOT NULL;
-- +goose StatementBegin
CREATE FUNCTION family_invited() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    NEW.child_id := (SELECT coalesce(n.copy_of, n.id) FROM need n WHERE n.id = NEW.need_id);
    IF NEW.kind = 'FEEDBACK' AND NEW.used_at IS NULL THEN
        UPDATE family_invitation f SET replaced_at = NEW.invited_at WHERE f.child_id = NEW.child_id AND f.respondent = NEW.respondent
            AND f.kind = 'FEEDBACK' AND f.used_at IS NULL AND f.replaced_at IS NULL;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER family_invited BEFORE INSERT ON family_invitation FOR EACH ROW EXECUTE FUNCTION family_invited();

-- +goose Down
DROP TRIGGER family_invited ON family_invitation;
DROP TRIGGER family_answered ON family_invitation;
DROP FUNCTION family_invited(), family_answered();
DROP INDEX family_invitation_one_answer, family_invitation_one_open;
ALTER TABLE family_invitation DROP answered_term, DROP replaced_at, DROP child_id;
ALTER TABLE preference DROP invitation_id;
DROP TABLE words_decision;
ALTER TABLE feedback_words DROP CONSTRAINT feedback_words_id_authority_id_key;
DROP TRIGGER need_as_agreed ON need;
CREATE TRIGGER need_as_agreed AFTER UPDATE OF age_low, age_high, gender, primary_need, other_needs, legal_basis, home_outcode, travel_miles,
    start_from, start_to, profile, outcomes ON need FOR EACH ROW WHEN (OLD.published_at IS NULL AND NEW.published_at IS NULL)
    EXECUTE FUNCTION need_published();
DROP TABLE need_redaction;
DROP FUNCTION redact(), need_texts(uuid), known_names(uuid);
DROP INDEX need_cohort;
CREATE INDEX need_cohort ON need (authority_id, lot_id, primary_need, age_low, age_high) INCLUDE (gender, id) WHERE published_at IS NOT NULL;
DROP INDEX need_copy;
ALTER TABLE need DROP copy_of;
