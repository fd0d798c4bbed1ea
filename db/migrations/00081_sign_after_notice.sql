-- +goose Up
-- What an authority expects a place to cost over its whole term, and from what value on a contract asks for notices. What nobody can
-- estimate counts as over the threshold.
ALTER TABLE award ADD estimated_value numeric(14, 2) CHECK (estimated_value > 0); -- pounds with VAT; null if the term is not known
ALTER TABLE award_notice_rule ADD threshold numeric(14, 2) CHECK (threshold > 0);  -- pounds with VAT; null if every contract asks for it
-- The Procurement Act's duties are about public contracts: those of at least the threshold of Sch 1, valued by s 4 and Sch 3.
UPDATE award_notice_rule SET threshold = 663540 WHERE regime LIKE 'PA%';
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
           AND (a.cancelled_at IS NULL OR num_nulls(g.authority_signed_at, g.provider_signed_at) = 0)
           AND coalesce(a.estimated_value >= r.threshold, true)
           AND NOT EXISTS (SELECT FROM award_notice w WHERE w.award_id = a.id AND w.kind = r.kind);
END $$;

-- notice_first is whether an award still owes a notice that comes before its agreement.
CREATE FUNCTION notice_first(of_award uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = dps, pg_temp AS $$
    SELECT EXISTS (SELECT FROM owed_notice w JOIN need n ON n.id = w.need_id JOIN lot l ON l.id = n.lot_id JOIN market m ON m.id = l.market_id
        JOIN award_notice_rule r ON r.regime = m.regime AND r.kind = w.kind AND r.before_contract WHERE w.award_id = of_award) $$;

-- Nobody signs before that notice is recorded (Procurement Act 2023, s 50(1)).
CREATE FUNCTION agreement_after_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    IF num_nulls(NEW.authority_signed_at, NEW.provider_signed_at) < num_nulls(OLD.authority_signed_at, OLD.provider_signed_at)
            AND notice_first((SELECT p.award_id FROM placement p WHERE p.id = NEW.placement_id)) THEN
        RAISE EXCEPTION 'the award notice comes first' USING ERRCODE = 'DPS42';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION award_course(which uuid, facts text[]) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = dps, pg_temp AS $$
BEGIN RETURN (SELECT jsonb_build_object('provider', p.name, 'providerId', a.provider_id) || CASE WHEN 'award' = ANY (facts) THEN
    jsonb_build_object('proposedBy', a.proposed_by, 'urgent', a.route = 'URGENT', 'proposedAt', a.proposed_at, 'approvedAt', a.approved_at,
        'standstillEnds', a.standstill_ends, 'acceptBy', a.accept_by, 'acceptedAt', a.accepted_at,
        'areaMissing', a.accepted_at IS NULL AND substr(current_setting('role'), 5) IN ('commissioner', 'approver', 'bids_manager') AND area_missing(a.need_id, a.setting_id),
        'panelMissing', a.approved_at IS NULL AND substr(current_setting('role'), 5) IN ('commissioner', 'approver') AND panel_missing(a.id),
        'over', coalesce(a.rejected_at, a.declined_at, a.lapsed_at, a.cancelled_at) IS NOT NULL OR a.accepted_at IS NULL AND a.accept_by < dps.now(),
        'noticeDue', CASE WHEN 'notice' = ANY (facts) AND (a.accepted_at IS NOT NULL OR a.accept_by >= dps.now())
            THEN (SELECT (min(w.due_on) + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 second' FROM owed_notice w WHERE w.award_id = a.id) END)
    ELSE jsonb_build_object('urgent', true, 'approvedAt', x.starts_on::timestamp AT TIME ZONE 'Europe/London', 'acceptedAt', x.starts_on::timestamp AT TIME ZONE 'Europe/London',
        'over', x.cancelled_at IS NOT NULL) END
    || CASE WHEN 'place' = ANY (facts) AND x.id IS NOT NULL THEN jsonb_build_object('place', jsonb_build_object(
        'starts', x.starts_on::timestamp AT TIME ZONE 'Europe/London', 'startedAt', x.started_at,
        'ends', (x.ended_on + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 second', 'cancelledAt', x.cancelled_at,
        'noticeGivenAt', CASE WHEN x.end_recorded_at IS NULL OR x.end_recorded_at < x.notice_given_at THEN x.notice_given_at END,
        'authoritySigned', 'agreement' <> ALL (facts) OR g.authority_signed_at IS NOT NULL, 'providerSigned', 'agreement' <> ALL (facts) OR g.provider_signed_at IS NOT NULL,
        'noticeFirst', 'agreement' = ANY (facts) AND num_nulls(g.authority_signed_at, g.provider_signed_at) > 0 AND notice_first(a.id)))
        ELSE '{}' END
FROM award a JOIN provider p ON p.id = a.provider_id LEFT JOIN placement x ON x.award_id = a.id LEFT JOIN agreement g ON g.placement_id = x.id WHERE a.id = which);
END $$;
-- +goose StatementEnd
CREATE TRIGGER agreement_after_notice BEFORE UPDATE OF authority_signed_at, provider_signed_at ON agreement
    FOR EACH ROW EXECUTE FUNCTION agreement_after_notice();

-- +goose Down
DROP TRIGGER agreement_after_notice ON agreement;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION award_course(which uuid, facts text[]) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = dps, pg_temp AS $$
BEGIN RETURN (SELECT jsonb_build_object('provider', p.name, 'providerId', a.provider_id) || CASE WHEN 'award' = ANY (facts) THEN
    jsonb_build_object('proposedBy', a.proposed_by, 'urgent', a.route = 'URGENT', 'proposedAt', a.proposed_at, 'approvedAt', a.approved_at,
        'standstillEnds', a.standstill_ends, 'acceptBy', a.accept_by, 'acceptedAt', a.accepted_at,
        'areaMissing', a.accepted_at IS NULL AND substr(current_setting('role'), 5) IN ('commissioner', 'approver', 'bids_manager') AND area_missing(a.need_id, a.setting_id),
        'panelMissing', a.approved_at IS NULL AND substr(current_setting('role'), 5) IN ('commissioner', 'approver') AND panel_missing(a.id),
        'over', coalesce(a.rejected_at, a.declined_at, a.lapsed_at, a.cancelled_at) IS NOT NULL OR a.accepted_at IS NULL AND a.accept_by < dps.now(),
        'noticeDue', CASE WHEN 'notice' = ANY (facts) AND (a.accepted_at IS NOT NULL OR a.accept_by >= dps.now())
            THEN (SELECT (min(w.due_on) + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 second' FROM owed_notice w WHERE w.award_id = a.id) END)
    ELSE jsonb_build_object('urgent', true, 'approvedAt', x.starts_on::timestamp AT TIME ZONE 'Europe/London', 'acceptedAt', x.starts_on::timestamp AT TIME ZONE 'Europe/London',
        'over', x.cancelled_at IS NOT NULL) END
    || CASE WHEN 'place' = ANY (facts) AND x.id IS NOT NULL THEN jsonb_build_object('place', jsonb_build_object(
        'starts', x.starts_on::timestamp AT TIME ZONE 'Europe/London', 'startedAt', x.started_at,
        'ends', (x.ended_on + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 second', 'cancelledAt', x.cancelled_at,
        'noticeGivenAt', CASE WHEN x.end_recorded_at IS NULL OR x.end_recorded_at < x.notice_given_at THEN x.notice_given_at END,
        'authoritySigned', 'agreement' <> ALL (facts) OR g.authority_signed_at IS NOT NULL, 'providerSigned', 'agreement' <> ALL (facts) OR g.provider_signed_at IS NOT NULL))
        ELSE '{}' END
FROM award a JOIN provider p ON p.id = a.provider_id LEFT JOIN placement x ON x.award_id = a.id LEFT JOIN agreement g ON g.placement_id = x.id WHERE a.id = which);
END $$;

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
DROP FUNCTION agreement_after_notice(), notice_first(uuid);
ALTER TABLE award_notice_rule DROP threshold;
ALTER TABLE award DROP estimated_value;
SELECT owe_notices(ARRAY(SELECT id FROM award));
