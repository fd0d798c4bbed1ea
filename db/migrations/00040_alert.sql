-- +goose Up
-- What has come due, and whom the clock has alerted to it: each time once.
CREATE TABLE alert (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    authority_id uuid NOT NULL,
    capacity     text NOT NULL,                   -- of those who are alerted
    kind         text NOT NULL,
    source_id    uuid NOT NULL,                   -- the row that came due
    of_kind      text NOT NULL,                   -- what it is about, as clients name it
    of_id        uuid NOT NULL,
    words        text NOT NULL,
    due          timestamptz NOT NULL,
    at           timestamptz NOT NULL,
    UNIQUE (kind, source_id, due)
);
CREATE INDEX alert_authority ON alert (authority_id, capacity, at, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON alert FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- The times of each plan, reckoned when its dates are recorded; null where there is nothing to be alerted to.
CREATE TABLE ehc_alert (
    need_id      uuid NOT NULL,
    authority_id uuid NOT NULL,
    kind         text NOT NULL,
    due          timestamptz,
    PRIMARY KEY (need_id, kind),
    FOREIGN KEY (need_id, authority_id) REFERENCES need (id, authority_id) ON UPDATE CASCADE
);
CREATE INDEX ehc_alert_due ON ehc_alert (due) WHERE due IS NOT NULL;

-- Until when the authority of the area is to be told, reckoned when the approval is recorded; null where it was told.
ALTER TABLE area_approval ADD told_by timestamptz;

-- Families' words that wait for the safeguarding lead, without the words: kept by the database alone.
CREATE TABLE words_waiting (
    words_id     uuid PRIMARY KEY REFERENCES feedback_words,
    authority_id uuid NOT NULL,
    read_by      timestamptz NOT NULL
);
-- +goose StatementBegin
CREATE FUNCTION words_wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF NEW.decision IS NULL THEN
        INSERT INTO words_waiting VALUES (NEW.id, NEW.authority_id, NEW.read_by) ON CONFLICT (words_id) DO UPDATE SET authority_id = excluded.authority_id;
    ELSE
        DELETE FROM words_waiting WHERE words_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER words_wait AFTER INSERT OR UPDATE ON feedback_words FOR EACH ROW EXECUTE FUNCTION words_wait();
INSERT INTO words_waiting SELECT id, authority_id, read_by FROM feedback_words WHERE decision IS NULL;

-- What inspectors find that is below the standard of every lot: the child's authority looks at the placement again.
CREATE TABLE below_standard (
    scale  text NOT NULL,
    value  text NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (scale, value)
);
INSERT INTO below_standard VALUES
('Overall experiences and progress', 'Requires improvement to be good', 'Ofsted, social care common inspection framework (check); that it is below the standard is the market''s own'),
('Overall experiences and progress', 'Inadequate', 'Ofsted, social care common inspection framework (check)'),
('Overall effectiveness', 'Requires improvement', 'Ofsted, education inspection framework 2019 (check); that it is below the standard is the market''s own'),
('Overall effectiveness', 'Inadequate', 'Ofsted, education inspection framework 2019 (check)');

-- What the clock looks for, at no cost where there is nothing.
CREATE INDEX application_undecided ON application (decide_by) WHERE decision IS NULL;
CREATE INDEX application_question_open ON application_question (answer_by) WHERE answered_at IS NULL;
CREATE INDEX application_appeal_open ON application_appeal (decide_by) WHERE decided_at IS NULL;
CREATE INDEX membership_suspended_until ON membership (suspended_until) WHERE suspended_until IS NOT NULL;
CREATE INDEX membership_step_announced ON membership_step (until) WHERE kind = 'REMOVAL_ANNOUNCED';
CREATE INDEX need_unopened ON need (deadline) WHERE opened_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX award_standstill ON award (standstill_ends) WHERE accepted_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL;
CREATE INDEX award_lapsed ON award (accept_by) WHERE lapsed_at IS NOT NULL;
CREATE INDEX price_query_unexplained ON price_query (answer_by) WHERE answered_at IS NULL AND decided_at IS NULL;
CREATE INDEX placement_unstarted ON placement (starts_on) WHERE started_at IS NULL;
CREATE INDEX area_approval_told_by ON area_approval (told_by) WHERE told_by IS NOT NULL;

-- +goose Down
DROP INDEX application_undecided, application_question_open, application_appeal_open, membership_suspended_until, membership_step_announced, need_unopened,
    award_standstill, award_lapsed, price_query_unexplained, placement_unstarted, area_approval_told_by;
DROP TRIGGER words_wait ON feedback_words;
DROP FUNCTION words_wait();
DROP TABLE below_standard, words_waiting, ehc_alert, alert;
ALTER TABLE area_approval DROP told_by;
