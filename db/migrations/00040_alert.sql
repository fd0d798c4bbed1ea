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
CREATE INDEX feedback_words_unread ON feedback_words (read_by) WHERE decision IS NULL;
CREATE INDEX area_approval_told_by ON area_approval (told_by) WHERE told_by IS NOT NULL;

-- What has come due and nobody was alerted to yet. The clock's hand is told when, whose, and what of the market is public about
-- it; the tables with people's words it does not read. Each line: the alert's kind, the capacity of those whom it concerns, whose
-- it is, the row that came due, what it is about, the alert's words, and when; and while of which rows it waits.
-- +goose StatementBegin
CREATE FUNCTION moments_due() RETURNS TABLE (kind text, capacity text, authority_id uuid, source_id uuid, of_kind text, of_id uuid, words text, due timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
SELECT d.* FROM (
    SELECT 'APPLICATION_OVERDUE' AS kind, 'market_manager' AS capacity, x.authority_id, x.id AS source_id, 'application' AS of_kind, x.id AS of_id, p.name AS words, x.decide_by AS due
    FROM application x JOIN provider p ON p.id = x.provider_id
    WHERE x.decision IS NULL AND x.decide_by < (SELECT dps.now())
UNION ALL
    SELECT 'APPLICANT_SILENT', 'market_manager', x.authority_id, x.id, 'application', x.application_id, p.name, x.answer_by
    FROM application_question x JOIN application a ON a.id = x.application_id JOIN provider p ON p.id = x.provider_id
    WHERE x.answered_at IS NULL AND a.decision IS NULL AND x.answer_by < (SELECT dps.now())
UNION ALL
    SELECT 'APPEAL_OVERDUE', 'market_manager', x.authority_id, x.application_id, 'application', x.application_id, p.name, x.decide_by
    FROM application_appeal x JOIN provider p ON p.id = x.provider_id
    WHERE x.decided_at IS NULL AND x.decide_by < (SELECT dps.now())
UNION ALL
    SELECT 'REMOVAL_TO_DECIDE', 'market_manager', x.authority_id, x.id, 'membership', x.membership_id, p.name, x.until
    FROM membership_step x JOIN membership m ON m.id = x.membership_id JOIN provider p ON p.id = x.provider_id
    WHERE x.kind = 'REMOVAL_ANNOUNCED' AND x.until < (SELECT dps.now()) AND m.ended_at IS NULL
        AND NOT EXISTS (SELECT FROM membership_step n WHERE n.membership_id = m.id AND n.number > x.number AND n.kind IN ('KEPT', 'REMOVED'))
UNION ALL
    SELECT 'RENEWAL_OVERDUE', 'market_manager', x.authority_id, x.id, 'provider', x.provider_id, p.name || ', ' || k.name, x.answer_by
    FROM renewal x JOIN provider p ON p.id = x.provider_id JOIN evidence_kind k ON k.code = x.kind
    WHERE x.answer_by < (SELECT dps.now()) AND NOT EXISTS (SELECT FROM evidence e WHERE e.provider_id = x.provider_id AND e.kind = x.kind
        AND e.recorded_at >= x.asked_at AND e.rejected_at IS NULL AND (e.declared OR EXISTS (SELECT FROM evidence_file f WHERE f.evidence_id = e.id)))
UNION ALL
    SELECT 'SUSPENSION_ENDED', 'market_manager', l.authority_id, x.id, 'membership', x.id, p.name, x.suspended_until
    FROM membership x JOIN lot l ON l.id = x.lot_id JOIN provider p ON p.id = x.provider_id
    WHERE x.ended_at IS NULL AND x.suspended_until < (SELECT dps.now())
UNION ALL
    SELECT 'OFFERS_TO_OPEN', 'opening_officer', x.authority_id, x.id, 'need', x.id, x.reference, x.deadline
    FROM need x
    WHERE x.published_at IS NOT NULL AND x.opened_at IS NULL AND x.withdrawn_at IS NULL AND x.deadline < (SELECT dps.now())
UNION ALL
    SELECT 'STANDSTILL_ENDED', 'commissioner', x.authority_id, x.id, 'award', x.id, n.reference, x.standstill_ends
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE x.accepted_at IS NULL AND x.declined_at IS NULL AND x.lapsed_at IS NULL AND x.standstill_ends < (SELECT dps.now())
UNION ALL
    SELECT 'AWARD_UNANSWERED', 'commissioner', x.authority_id, x.id, 'award', x.id, n.reference, x.accept_by
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE x.lapsed_at IS NOT NULL AND x.accept_by < (SELECT dps.now())
UNION ALL
    SELECT 'PRICE_UNEXPLAINED', 'commissioner', x.authority_id, x.id, 'offer', x.offer_id, n.reference, x.answer_by
    FROM price_query x JOIN need n ON n.id = x.need_id
    WHERE x.answered_at IS NULL AND x.decided_at IS NULL AND x.answer_by < (SELECT dps.now())
UNION ALL
    SELECT 'FIRST_DAY_UNRECORDED', 'commissioner', x.authority_id, x.id, 'placement', x.id, n.reference, (x.starts_on + 1)::timestamp AT TIME ZONE 'Europe/London'
    FROM placement x JOIN need n ON n.id = x.need_id
    WHERE x.started_at IS NULL AND x.ended_on IS NULL AND (x.starts_on + 1)::timestamp AT TIME ZONE 'Europe/London' < (SELECT dps.now())
UNION ALL
    SELECT 'INSPECTION_BELOW_STANDARD', 'commissioner', x.authority_id, x.id, 'placement', x.id, s.name || ': ' || i.value, i.inspected_on::timestamp AT TIME ZONE 'Europe/London'
    FROM placement x JOIN setting s ON s.id = x.setting_id JOIN inspection i ON i.setting_id = s.id JOIN below_standard b ON b.scale = i.scale AND b.value = i.value
    WHERE x.started_at IS NOT NULL AND i.inspected_on >= x.starts_on AND i.inspected_on::timestamp AT TIME ZONE 'Europe/London' < (SELECT dps.now())
        AND coalesce(x.ended_on, 'infinity') > (SELECT (dps.now() AT TIME ZONE 'Europe/London')::date)
UNION ALL
    SELECT 'AREA_UNTOLD', 'commissioner', x.authority_id, x.need_id, 'need', x.need_id, n.reference, x.told_by
    FROM area_approval x JOIN need n ON n.id = x.need_id
    WHERE n.withdrawn_at IS NULL AND x.told_by < (SELECT dps.now())
UNION ALL
    SELECT 'WORDS_UNREAD', 'safeguarding_lead', x.authority_id, x.id, 'words', x.id, 'words', x.read_by
    FROM feedback_words x
    WHERE x.decision IS NULL AND x.read_by < (SELECT dps.now())
UNION ALL -- the times of a plan
    SELECT x.kind, 'commissioner', x.authority_id, x.need_id, 'need', x.need_id, n.reference, x.due
    FROM ehc_alert x JOIN need n ON n.id = x.need_id
    WHERE n.withdrawn_at IS NULL AND x.due < (SELECT dps.now())
) d WHERE NOT EXISTS (SELECT FROM alert a WHERE a.kind = d.kind AND a.source_id = d.source_id AND a.due = d.due)
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION moments_due();
DROP INDEX application_undecided, application_question_open, application_appeal_open, membership_suspended_until, membership_step_announced, need_unopened,
    award_standstill, award_lapsed, price_query_unexplained, placement_unstarted, feedback_words_unread, area_approval_told_by;
DROP TABLE below_standard, ehc_alert, alert;
ALTER TABLE area_approval DROP told_by;
