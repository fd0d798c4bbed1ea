-- +goose Up
-- A placement has a first day, a last day, and an end, or is cancelled before the child starts.

ALTER TABLE placement
    ADD started_on      date,                    -- the child's first day; null where only the time of the record is known
    ADD end_reason      text,                    -- of the end, or of the cancellation
    ADD ended_planned   boolean,
    ADD end_notice_by   text CHECK (end_notice_by IN ('AUTHORITY', 'PROVIDER', 'FAMILY')),
    ADD end_words       text,
    ADD end_correction  text,                    -- why the last day that was recorded before was wrong
    ADD end_recorded_at timestamptz,             -- when the end was recorded, corrected or taken back
    ADD cancelled_at    timestamptz,
    ADD start_correction text,                   -- why the first day that was recorded before was wrong
    ADD notice_given_at timestamptz,             -- by the provider: the last notice, which replaces an earlier one
    ADD notice_last_day date,
    ADD notice_reason   text,
    ADD notice_words    text,
    ADD CONSTRAINT placement_started_before_end CHECK (ended_on >= coalesce(started_on, starts_on)),
    ADD CONSTRAINT placement_not_started CHECK (cancelled_at IS NULL OR started_at IS NULL AND ended_on IS NULL),
    ADD CONSTRAINT placement_notice CHECK ((notice_given_at IS NULL) = (notice_reason IS NULL));
UPDATE placement SET started_on = greatest(starts_on, (started_at AT TIME ZONE 'Europe/London')::date) WHERE started_at IS NOT NULL AND ended_on IS NULL;

-- What is to be recorded, and what a provider is told: few rows of many.
CREATE INDEX placement_noticed ON placement (notice_given_at) WHERE notice_given_at IS NOT NULL;
CREATE INDEX placement_ended ON placement (provider_id, ended_on) WHERE ended_on IS NOT NULL;
CREATE INDEX placement_end_recorded ON placement (provider_id, end_recorded_at) WHERE end_recorded_at IS NOT NULL;
CREATE INDEX placement_cancelled ON placement (provider_id, cancelled_at) WHERE cancelled_at IS NOT NULL;

-- Capacity: the last day is one on which the child is there, so that the place is free from the day after. A cancelled placement takes no
-- place. What takes no place that it did not take before is never refused: a setting above its places, because they became fewer, can
-- end a placement.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION within_capacity() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    home setting;
    busiest integer;
BEGIN
    IF NEW.cancelled_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.cancelled_at IS NULL AND NEW.setting_id = OLD.setting_id AND NEW.starts_on >= OLD.starts_on
            AND coalesce(NEW.ended_on, 'infinity') <= coalesce(OLD.ended_on, 'infinity') THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('setting:' || NEW.setting_id, 0));
    SELECT * INTO home FROM setting WHERE id = NEW.setting_id;
    -- The count can only peak on a day on which some placement starts.
    SELECT coalesce(max(taken), 0) INTO busiest FROM (
        SELECT (SELECT count(*) FROM placement p WHERE p.setting_id = NEW.setting_id AND p.id <> NEW.id AND p.cancelled_at IS NULL
                   AND p.starts_on <= day.at AND coalesce(p.ended_on, 'infinity') >= day.at) AS taken
          FROM (SELECT NEW.starts_on AS at UNION SELECT starts_on FROM placement
                 WHERE setting_id = NEW.setting_id AND starts_on > NEW.starts_on AND cancelled_at IS NULL
                   AND starts_on <= coalesce(NEW.ended_on, 'infinity')) day) peaks;
    IF busiest >= home.places AND (home.kind = 'CHILDRENS_HOME' OR NEW.above_places_ground IS NULL) THEN
        RAISE EXCEPTION 'capacity' USING ERRCODE = 'DPS06';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
DROP TRIGGER within_capacity ON placement;
CREATE TRIGGER within_capacity BEFORE INSERT OR UPDATE OF starts_on, ended_on, setting_id, cancelled_at ON placement
    FOR EACH ROW EXECUTE FUNCTION within_capacity();

-- An award ends with its placement when that is cancelled, so that the need can be awarded again. The database does it: not everybody who
-- manages placements can see awards.
ALTER TABLE award ADD cancelled_at timestamptz, ADD CHECK (cancelled_at IS NULL OR accepted_at IS NOT NULL);
DROP INDEX award_one_live;
CREATE UNIQUE INDEX award_one_live ON award (need_id)
    WHERE rejected_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL AND cancelled_at IS NULL;

-- What agreed places cost a year leaves out those that were cancelled. The figures that everybody can know are of quarters that are over:
-- a cancellation after its quarter changes none of them, because the difference would be the cost of one place.
ALTER TABLE spending ADD cancelled_on date;
DROP INDEX spending_authority, spending_region;
CREATE INDEX spending_authority ON spending (authority_id, agreed_on) INCLUDE (route, annual, cancelled_on);
CREATE INDEX spending_region ON spending (agreed_on) INCLUDE (route, annual, cancelled_on);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION open_spending(since date) RETURNS TABLE (quarter date, route text, places bigint, annual numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT date_trunc('quarter', s.agreed_on)::date, s.route, count(*), sum(s.annual) FROM spending s
           WHERE s.agreed_on >= since AND s.agreed_on < (SELECT date_trunc('quarter', dps.now() AT TIME ZONE 'Europe/London')::date)
             AND coalesce(s.cancelled_on, 'infinity') >= date_trunc('quarter', s.agreed_on) + interval '3 months'
           GROUP BY 1, 2 HAVING count(*) >= (SELECT max(feedback_k) FROM market) $$;

CREATE FUNCTION placement_cancelled() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    UPDATE award SET cancelled_at = NEW.cancelled_at WHERE id = NEW.award_id;
    UPDATE spending SET cancelled_on = (NEW.cancelled_at AT TIME ZONE 'Europe/London')::date WHERE placement_id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER placement_cancelled AFTER UPDATE OF cancelled_at ON placement FOR EACH ROW
    WHEN (OLD.cancelled_at IS NULL AND NEW.cancelled_at IS NOT NULL) EXECUTE FUNCTION placement_cancelled();

-- Whatever a live award stands against, a cancelled one does not.
-- +goose StatementBegin
CREATE FUNCTION has_live_award(need uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = dps, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM award a WHERE a.need_id = need AND a.rejected_at IS NULL AND a.declined_at IS NULL AND a.lapsed_at IS NULL
        AND a.cancelled_at IS NULL) $$;

CREATE OR REPLACE FUNCTION need_withdrawn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF has_live_award(NEW.id) THEN
        RAISE EXCEPTION 'award is live' USING ERRCODE = 'DPS11';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION price_not_awarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF has_live_award(NEW.need_id) THEN
        RAISE EXCEPTION 'a live award' USING ERRCODE = 'DPS12';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION need_published() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF has_live_award(NEW.id) THEN
        RAISE EXCEPTION 'another route' USING ERRCODE = 'DPS17';
    END IF;
    RETURN NULL;
END $$;

-- A cancelled award owes no notice, unless its contract was signed.
CREATE OR REPLACE FUNCTION owe_notices(which uuid[]) RETURNS void LANGUAGE plpgsql SET search_path = dps, pg_temp AS $$
BEGIN
    DELETE FROM owed_notice WHERE award_id = ANY (which);
    INSERT INTO owed_notice (award_id, kind, need_id, authority_id, due_on)
        SELECT a.id, r.kind, a.need_id, a.authority_id, dps.award_notice_due(s.at, r.days, r.quarterly)
          FROM award a JOIN need e ON e.id = a.need_id JOIN lot l ON l.id = e.lot_id JOIN market m ON m.id = l.market_id
          JOIN regime_route o ON o.regime = m.regime AND o.route = a.route AND o.award_notice JOIN award_notice_rule r ON r.regime = m.regime
          LEFT JOIN placement x ON x.award_id = a.id LEFT JOIN agreement g ON g.placement_id = x.id
          CROSS JOIN LATERAL (SELECT CASE WHEN r.kind = 'DETAILS' THEN CASE WHEN num_nulls(g.authority_signed_at, g.provider_signed_at) = 0
                  THEN greatest(g.authority_signed_at, g.provider_signed_at) END
              WHEN r.before_contract THEN a.approved_at ELSE a.accepted_at END AS at) s
         WHERE a.id = ANY (which) AND s.at IS NOT NULL AND a.declined_at IS NULL AND a.lapsed_at IS NULL
           AND (a.cancelled_at IS NULL OR num_nulls(g.authority_signed_at, g.provider_signed_at) = 0)
           AND NOT EXISTS (SELECT FROM award_notice w WHERE w.award_id = a.id AND w.kind = r.kind);
END $$;
-- +goose StatementEnd
DROP TRIGGER owe_notices ON award;
CREATE TRIGGER owe_notices AFTER INSERT OR UPDATE OF approved_at, accepted_at, declined_at, lapsed_at, cancelled_at ON award
    FOR EACH ROW EXECUTE FUNCTION owe_notices();

-- The clock also sees that a provider has given notice, and no first day to record where the child will not come. The last day is one on which
-- the child is there.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION moments_due() RETURNS TABLE (kind text, capacity text, authority_id uuid, source_id uuid, of_kind text, of_id uuid, words text, due timestamptz)
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
    WHERE x.started_at IS NULL AND x.ended_on IS NULL AND x.cancelled_at IS NULL AND (x.starts_on + 1)::timestamp AT TIME ZONE 'Europe/London' < (SELECT dps.now())
UNION ALL
    SELECT 'NOTICE_GIVEN', 'commissioner', x.authority_id, x.id, 'placement', x.id, n.reference, x.notice_given_at
    FROM placement x JOIN need n ON n.id = x.need_id
    WHERE x.notice_given_at <= (SELECT dps.now()) AND x.cancelled_at IS NULL AND (x.end_recorded_at IS NULL OR x.end_recorded_at < x.notice_given_at)
UNION ALL
    SELECT 'INSPECTION_BELOW_STANDARD', 'commissioner', x.authority_id, x.id, 'placement', x.id, s.name || ': ' || i.value, i.inspected_on::timestamp AT TIME ZONE 'Europe/London'
    FROM placement x JOIN setting s ON s.id = x.setting_id JOIN inspection i ON i.setting_id = s.id JOIN below_standard b ON b.scale = i.scale AND b.value = i.value
    WHERE x.started_at IS NOT NULL AND i.inspected_on >= x.starts_on AND i.inspected_on::timestamp AT TIME ZONE 'Europe/London' < (SELECT dps.now())
        AND coalesce(x.ended_on, 'infinity') >= (SELECT (dps.now() AT TIME ZONE 'Europe/London')::date)
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
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION moments_due() RETURNS TABLE (kind text, capacity text, authority_id uuid, source_id uuid, of_kind text, of_id uuid, words text, due timestamptz)
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
CREATE OR REPLACE FUNCTION within_capacity() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    home setting;
    busiest integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('setting:' || NEW.setting_id, 0));
    SELECT * INTO home FROM setting WHERE id = NEW.setting_id;
    -- The count can only peak on a day on which some placement starts.
    SELECT coalesce(max(taken), 0) INTO busiest FROM (
        SELECT (SELECT count(*) FROM placement p WHERE p.setting_id = NEW.setting_id AND p.id <> NEW.id
                   AND p.starts_on <= day.at AND coalesce(p.ended_on, 'infinity') > day.at) AS taken
          FROM (SELECT NEW.starts_on AS at UNION SELECT starts_on FROM placement
                 WHERE setting_id = NEW.setting_id AND starts_on > NEW.starts_on
                   AND starts_on < coalesce(NEW.ended_on, 'infinity')) day) peaks;
    IF busiest >= home.places AND (home.kind = 'CHILDRENS_HOME' OR NEW.above_places_ground IS NULL) THEN
        RAISE EXCEPTION 'capacity' USING ERRCODE = 'DPS06';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
DROP TRIGGER owe_notices ON award;
CREATE TRIGGER owe_notices AFTER INSERT OR UPDATE OF approved_at, accepted_at, declined_at, lapsed_at ON award FOR EACH ROW EXECUTE FUNCTION owe_notices();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION owe_notices(which uuid[]) RETURNS void LANGUAGE plpgsql SET search_path = dps, pg_temp AS $$
BEGIN
    DELETE FROM owed_notice WHERE award_id = ANY (which);
    INSERT INTO owed_notice (award_id, kind, need_id, authority_id, due_on)
        SELECT a.id, r.kind, a.need_id, a.authority_id, dps.award_notice_due(s.at, r.days, r.quarterly)
          FROM award a JOIN need e ON e.id = a.need_id JOIN lot l ON l.id = e.lot_id JOIN market m ON m.id = l.market_id
          JOIN regime_route o ON o.regime = m.regime AND o.route = a.route AND o.award_notice JOIN award_notice_rule r ON r.regime = m.regime
          LEFT JOIN placement x ON x.award_id = a.id LEFT JOIN agreement g ON g.placement_id = x.id
          CROSS JOIN LATERAL (SELECT CASE WHEN r.kind = 'DETAILS' THEN CASE WHEN num_nulls(g.authority_signed_at, g.provider_signed_at) = 0
                  THEN greatest(g.authority_signed_at, g.provider_signed_at) END
              WHEN r.before_contract THEN a.approved_at ELSE a.accepted_at END AS at) s
         WHERE a.id = ANY (which) AND s.at IS NOT NULL AND a.declined_at IS NULL AND a.lapsed_at IS NULL
           AND NOT EXISTS (SELECT FROM award_notice w WHERE w.award_id = a.id AND w.kind = r.kind);
END $$;
CREATE OR REPLACE FUNCTION need_withdrawn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM award WHERE need_id = NEW.id AND rejected_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL) THEN
        RAISE EXCEPTION 'award is live' USING ERRCODE = 'DPS11';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION price_not_awarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM award a WHERE a.need_id = NEW.need_id AND a.rejected_at IS NULL AND a.declined_at IS NULL AND a.lapsed_at IS NULL) THEN
        RAISE EXCEPTION 'a live award' USING ERRCODE = 'DPS12';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION need_published() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM award a WHERE a.need_id = NEW.id AND a.rejected_at IS NULL AND a.declined_at IS NULL AND a.lapsed_at IS NULL) THEN
        RAISE EXCEPTION 'another route' USING ERRCODE = 'DPS17';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION open_spending(since date) RETURNS TABLE (quarter date, route text, places bigint, annual numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT date_trunc('quarter', s.agreed_on)::date, s.route, count(*), sum(s.annual) FROM spending s
           WHERE s.agreed_on >= since AND s.agreed_on < (SELECT date_trunc('quarter', dps.now() AT TIME ZONE 'Europe/London')::date)
           GROUP BY 1, 2 HAVING count(*) >= (SELECT max(feedback_k) FROM market) $$;
-- +goose StatementEnd
DROP FUNCTION has_live_award(uuid);
DROP TRIGGER placement_cancelled ON placement;
DROP FUNCTION placement_cancelled();
DROP INDEX spending_region, spending_authority;
ALTER TABLE spending DROP cancelled_on;
CREATE INDEX spending_authority ON spending (authority_id, agreed_on) INCLUDE (route, annual);
CREATE INDEX spending_region ON spending (agreed_on) INCLUDE (route, annual);
DELETE FROM family_invitation i USING placement p WHERE p.id = i.placement_id AND p.cancelled_at IS NOT NULL;
DELETE FROM spending s USING placement p WHERE p.id = s.placement_id AND p.cancelled_at IS NOT NULL;
DELETE FROM agreement g USING placement p WHERE p.id = g.placement_id AND p.cancelled_at IS NOT NULL;
DELETE FROM placement WHERE cancelled_at IS NOT NULL;
UPDATE award SET accepted_at = NULL, lapsed_at = cancelled_at WHERE cancelled_at IS NOT NULL;
DROP INDEX award_one_live;
ALTER TABLE award DROP cancelled_at;
CREATE UNIQUE INDEX award_one_live ON award (need_id) WHERE rejected_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL;
DROP TRIGGER within_capacity ON placement;
CREATE TRIGGER within_capacity BEFORE INSERT OR UPDATE OF starts_on, ended_on, setting_id ON placement
    FOR EACH ROW EXECUTE FUNCTION within_capacity();
ALTER TABLE placement DROP CONSTRAINT placement_started_before_end, DROP CONSTRAINT placement_not_started, DROP CONSTRAINT placement_notice,
    DROP notice_words, DROP notice_reason, DROP notice_last_day, DROP notice_given_at, DROP start_correction, DROP cancelled_at, DROP end_recorded_at,
    DROP end_correction, DROP end_words, DROP end_notice_by, DROP ended_planned, DROP end_reason, DROP started_on;
