-- +goose Up
-- +goose StatementBegin
-- panel_missing is whether a proposed award lacks a decision of the panel: there is none, or its price is over the ceiling and the decision is
-- older than the proposal (the rules RequirePanelAgreement and RequireGrounds of market/award).
CREATE FUNCTION panel_missing(which uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = dps, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM panel_decision p WHERE p.need_id = a.need_id)
        OR a.route NOT IN ('PARENTAL_PREFERENCE', 'TRIBUNAL')
           AND coalesce((SELECT o.weekly FROM offer_price o WHERE o.offer_id = a.offer_id), (SELECT b.weekly FROM basis b WHERE b.award_id = a.id))
               > (SELECT c.weekly FROM need_ceiling c WHERE c.need_id = a.need_id)
           AND EXISTS (SELECT FROM panel_decision p WHERE p.need_id = a.need_id AND p.recorded_at < a.proposed_at)
      FROM award a WHERE a.id = which $$;

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

CREATE OR REPLACE FUNCTION waiting(capacities text[], organisations uuid[], needs uuid[]) RETURNS TABLE (duty text, capacity text, delegable text, authority_id uuid, provider_id uuid,
    source_id uuid, need_id uuid, of_kind text, of_id uuid, words text, since timestamptz, due timestamptz, alert_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    moment CONSTANT timestamptz := dps.now();
    today CONSTANT date := (moment AT TIME ZONE 'Europe/London')::date;
BEGIN
RETURN QUERY SELECT w.duty, w.capacity, w.delegable, w.authority_id, w.provider_id, w.source_id, w.need_id, w.of_kind, w.of_id, w.words, w.since, w.due, w.alert_at FROM (
    SELECT 'APPLICATION_OVERDUE' AS duty, 'market_manager' AS capacity, NULL AS delegable, x.authority_id, NULL::uuid AS provider_id, x.id AS source_id, NULL::uuid AS need_id,
        'application' AS of_kind, x.id AS of_id, p.name AS words, x.submitted_at AS since, x.decide_by AS due, x.decide_by AS alert_at, x.authority_id AS organisation_id
    FROM application x JOIN provider p ON p.id = x.provider_id
    WHERE x.decision IS NULL
UNION ALL
    SELECT 'REGISTRATION_TO_DECIDE', 'market_manager', NULL, l.id, NULL, x.id, NULL, 'registration', x.id, x.name, x.submitted_at, x.submitted_at, x.submitted_at, l.id
    FROM registration x CROSS JOIN organisation l
    WHERE l.lead AND x.decision IS NULL AND x.withdrawn_at IS NULL
UNION ALL
    SELECT 'APPLICANT_SILENT', 'market_manager', NULL, x.authority_id, NULL, x.id, NULL, 'application', x.application_id, p.name, NULL, x.answer_by, x.answer_by, x.authority_id
    FROM application_question x JOIN application a ON a.id = x.application_id JOIN provider p ON p.id = x.provider_id
    WHERE x.answered_at IS NULL AND a.decision IS NULL
UNION ALL
    SELECT 'APPEAL_OVERDUE', 'market_manager', NULL, x.authority_id, NULL, x.application_id, NULL, 'application', x.application_id, p.name, x.appealed_at, x.decide_by, x.decide_by, x.authority_id
    FROM application_appeal x JOIN provider p ON p.id = x.provider_id
    WHERE x.decided_at IS NULL
UNION ALL
    SELECT 'REMOVAL_TO_DECIDE', 'market_manager', NULL, x.authority_id, NULL, x.id, NULL, 'membership', x.membership_id, p.name, x.until, x.until, x.until, x.authority_id
    FROM membership_step x JOIN membership m ON m.id = x.membership_id JOIN provider p ON p.id = x.provider_id
    WHERE x.kind = 'REMOVAL_ANNOUNCED' AND m.ended_at IS NULL
        AND NOT EXISTS (SELECT FROM membership_step n WHERE n.membership_id = m.id AND n.number > x.number AND n.kind IN ('KEPT', 'REMOVED'))
UNION ALL
    SELECT 'RENEWAL_OVERDUE', 'market_manager', NULL, x.authority_id, NULL, x.id, NULL, 'provider', x.provider_id, p.name || ', ' || k.name, x.answer_by, x.answer_by, x.answer_by, x.authority_id
    FROM renewal x JOIN provider p ON p.id = x.provider_id JOIN evidence_kind k ON k.code = x.kind
    WHERE NOT EXISTS (SELECT FROM evidence e WHERE e.provider_id = x.provider_id AND e.kind = x.kind
        AND e.recorded_at >= x.asked_at AND e.rejected_at IS NULL AND (e.declared OR EXISTS (SELECT FROM evidence_file f WHERE f.evidence_id = e.id)))
UNION ALL
    SELECT 'SUSPENSION_ENDED', 'market_manager', NULL, l.authority_id, NULL, x.id, NULL, 'membership', x.id, p.name, NULL, x.suspended_until, x.suspended_until, l.authority_id
    FROM membership x JOIN lot l ON l.id = x.lot_id JOIN provider p ON p.id = x.provider_id
    WHERE x.ended_at IS NULL AND x.suspended_until IS NOT NULL
UNION ALL
    SELECT 'MEMBERSHIP_LAPSED', 'market_manager', NULL, l.authority_id, NULL, x.id, NULL, 'membership', x.id, p.name || ', ' || l.name, NULL, x.lapsed_at, x.lapsed_at, l.authority_id
    FROM membership x JOIN lot l ON l.id = x.lot_id JOIN provider p ON p.id = x.provider_id
    WHERE x.ended_at IS NULL AND x.lapsed_at IS NOT NULL
UNION ALL
    SELECT 'MEMBERSHIP_LAPSED', 'bids_manager', NULL, NULL, x.provider_id, x.id, NULL, 'membership', x.id, l.name, NULL, x.lapsed_at, x.lapsed_at, x.provider_id
    FROM membership x JOIN lot l ON l.id = x.lot_id
    WHERE x.ended_at IS NULL AND x.lapsed_at IS NOT NULL
UNION ALL
    SELECT 'OFFERS_TO_OPEN', 'opening_officer', 'EVALUATE', x.authority_id, NULL, x.id, x.id, 'need', x.id, x.reference, x.deadline, x.deadline, x.deadline, x.authority_id
    FROM need x
    WHERE x.published_at IS NOT NULL AND x.opened_at IS NULL AND x.withdrawn_at IS NULL AND x.urgent_reason IS NULL
UNION ALL -- a commissioner opens and scores where there is one evaluator
    SELECT 'OFFERS_TO_OPEN', 'commissioner', NULL, x.authority_id, NULL, x.id, x.id, 'need', x.id, x.reference, x.deadline, x.deadline, x.deadline, x.authority_id
    FROM need x JOIN lot l ON l.id = x.lot_id JOIN procedure p ON p.code = l.procedure AND p.evaluators = 1
    WHERE x.published_at IS NOT NULL AND x.opened_at IS NULL AND x.withdrawn_at IS NULL AND x.urgent_reason IS NULL
UNION ALL
    SELECT 'URGENT_PLACE_TO_AGREE', 'commissioner', NULL, x.authority_id, NULL, x.id, x.id, 'need', x.id, x.reference, x.published_at, x.deadline, x.deadline, x.authority_id
    FROM need x
    WHERE x.published_at IS NOT NULL AND x.opened_at IS NULL AND x.withdrawn_at IS NULL AND x.urgent_reason IS NOT NULL AND NOT has_live_award(x.id)
UNION ALL
    SELECT 'QUESTION_UNANSWERED', 'commissioner', 'PUBLISH', n.authority_id, NULL, x.id, n.id, 'need', n.id, n.reference, n.published_at, n.deadline, coalesce(n.questions_until, n.deadline), n.authority_id
    FROM clarification x JOIN need n ON n.id = x.need_id
    WHERE x.answered_at IS NULL AND n.withdrawn_at IS NULL AND n.closed_at IS NULL AND n.opened_at IS NULL AND n.deadline >= moment
UNION ALL
    SELECT 'OFFERS_TO_ASSESS', 'commissioner', 'EVALUATE', n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, n.opened_at, NULL, NULL, n.authority_id
    FROM need n
    WHERE n.opened_at IS NOT NULL AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id)
        AND (NOT EXISTS (SELECT FROM offer o WHERE o.need_id = n.id) OR EXISTS (SELECT FROM offer o WHERE o.need_id = n.id AND NOT EXISTS (SELECT FROM suitability s WHERE s.offer_id = o.id)))
UNION ALL
    SELECT 'SCORES_UNLOCKED', 'evaluator', 'EVALUATE', n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, n.opened_at, n.opened_at + interval '7 days', n.opened_at + interval '7 days', n.authority_id
    FROM need n
    WHERE n.opened_at IS NOT NULL AND n.quality_locked_at IS NULL AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT scores_locked(n.id)
        AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id) AND EXISTS (SELECT FROM offer o WHERE o.need_id = n.id)
UNION ALL
    SELECT 'SCORES_UNLOCKED', 'commissioner', NULL, n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, n.opened_at, n.opened_at + interval '7 days', n.opened_at + interval '7 days', n.authority_id
    FROM need n JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure AND p.evaluators = 1
    WHERE n.opened_at IS NOT NULL AND n.quality_locked_at IS NULL AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT scores_locked(n.id)
        AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id) AND EXISTS (SELECT FROM offer o WHERE o.need_id = n.id)
UNION ALL
    SELECT 'SCORES_TO_AGREE', 'moderator', NULL, n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, s.at, s.at, s.at, n.authority_id
    FROM need n JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure AND p.moderated
        CROSS JOIN LATERAL (SELECT max(h.locked_at) AS at FROM score_sheet h WHERE h.need_id = n.id) s
    WHERE n.opened_at IS NOT NULL AND n.quality_locked_at IS NULL AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND scores_locked(n.id)
        AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id)
UNION ALL
    SELECT 'PRICES_TO_OPEN', 'opening_officer', 'EVALUATE', n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, n.quality_locked_at, n.quality_locked_at, n.quality_locked_at, n.authority_id
    FROM need n
    WHERE n.opened_at IS NOT NULL AND n.quality_locked_at IS NOT NULL AND n.prices_opened_at IS NULL AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id)
UNION ALL
    SELECT 'PRICE_QUERIED', 'bids_manager', NULL, NULL, x.provider_id, x.id, NULL, 'offer', x.offer_id, n.reference, NULL, x.answer_by, x.asked_at, x.provider_id
    FROM price_query x JOIN need n ON n.id = x.need_id
    WHERE x.answered_at IS NULL AND x.decided_at IS NULL AND x.answer_by >= moment
UNION ALL
    SELECT 'CALL_ENDED', 'bids_manager', NULL, NULL, o.provider_id, o.id, NULL, 'need', n.id, n.reference, NULL, n.withdrawn_at, n.withdrawn_at, o.provider_id
    FROM need n JOIN sealed_offer o ON o.need_id = n.id
    WHERE n.withdrawn_at > moment - interval '30 days' AND n.opened_at IS NULL AND o.withdrawn_at IS NULL AND o.voided_at IS NULL
UNION ALL
    SELECT 'PRICE_UNEXPLAINED', 'commissioner', 'EVALUATE', x.authority_id, NULL, x.id, x.need_id, 'offer', x.offer_id, n.reference, coalesce(x.answered_at, x.answer_by),
        x.answer_by, CASE WHEN x.answered_at IS NULL THEN x.answer_by END, x.authority_id
    FROM price_query x JOIN need n ON n.id = x.need_id
    WHERE x.decided_at IS NULL
UNION ALL
    SELECT 'OFFERS_TO_AWARD', 'commissioner', 'AWARD', n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, n.ranked_at, NULL, NULL, n.authority_id
    FROM need n
    WHERE n.ranked_at IS NOT NULL AND n.withdrawn_at IS NULL AND n.awaits_award AND NOT EXISTS (SELECT FROM award a WHERE a.need_id = n.id)
UNION ALL
    SELECT 'AWARD_TO_APPROVE', 'approver', NULL, x.authority_id, NULL, x.id, x.need_id, 'award', x.id, n.reference, x.proposed_at, x.proposed_at, x.proposed_at, x.authority_id
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE x.approved_at IS NULL AND x.rejected_at IS NULL
UNION ALL
    SELECT 'AREA_TO_APPROVE', 'approver', NULL, x.authority_id, NULL, x.id, x.need_id, 'award', x.id, n.reference, x.proposed_at, x.proposed_at, x.proposed_at, x.authority_id
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE x.accepted_at IS NULL AND x.rejected_at IS NULL AND x.declined_at IS NULL AND x.lapsed_at IS NULL AND area_missing(x.need_id, x.setting_id)
UNION ALL
    SELECT 'PANEL_TO_DECIDE', 'commissioner', NULL, x.authority_id, NULL, x.id, x.need_id, 'award', x.id, n.reference, x.proposed_at, x.proposed_at, x.proposed_at, x.authority_id
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE x.approved_at IS NULL AND x.rejected_at IS NULL AND panel_missing(x.id)
UNION ALL
    SELECT 'STANDSTILL_ENDED', 'commissioner', NULL, x.authority_id, NULL, x.id, x.need_id, 'award', x.id, n.reference, NULL, x.standstill_ends, x.standstill_ends, x.authority_id
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE x.accepted_at IS NULL AND x.declined_at IS NULL AND x.lapsed_at IS NULL AND x.standstill_ends IS NOT NULL
UNION ALL
    SELECT CASE WHEN x.lapsed_at IS NULL THEN 'AWARD_DECLINED' ELSE 'AWARD_UNANSWERED' END, 'commissioner', 'AWARD', x.authority_id, NULL, x.id, x.need_id, 'award', x.id, n.reference,
        coalesce(x.declined_at, x.accept_by), coalesce(x.declined_at, x.accept_by), coalesce(x.declined_at, x.accept_by), x.authority_id
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE (x.declined_at IS NOT NULL OR x.lapsed_at IS NOT NULL) AND n.awaits_award AND n.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT FROM award y WHERE y.need_id = x.need_id AND y.proposed_at > x.proposed_at AND y.rejected_at IS NULL)
UNION ALL
    SELECT 'NOTICE_OVERDUE', 'commissioner', 'AWARD', x.authority_id, NULL, x.award_id, x.need_id, 'award', x.award_id, n.reference || ', ' || lower(x.kind), a.approved_at,
        (x.due_on + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 second', (x.due_on + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 second', x.authority_id
    FROM owed_notice x JOIN award a ON a.id = x.award_id JOIN need n ON n.id = x.need_id
    WHERE a.accepted_at IS NOT NULL OR a.accept_by >= moment
UNION ALL
    SELECT 'AGREEMENT_UNSIGNED', 'commissioner', 'MANAGE', x.authority_id, NULL, x.id, x.need_id, 'placement', x.placement_id, n.reference, a.accepted_at,
        p.starts_on::timestamp AT TIME ZONE 'Europe/London', p.starts_on::timestamp AT TIME ZONE 'Europe/London', x.authority_id
    FROM agreement x JOIN placement p ON p.id = x.placement_id JOIN award a ON a.id = p.award_id JOIN need n ON n.id = x.need_id
    WHERE x.authority_signed_at IS NULL AND p.cancelled_at IS NULL AND coalesce(p.ended_on, 'infinity') >= today
UNION ALL
    SELECT 'AGREEMENT_UNSIGNED', 'bids_manager', NULL, NULL, x.provider_id, x.id, NULL, 'placement', x.placement_id, n.reference, NULL,
        p.starts_on::timestamp AT TIME ZONE 'Europe/London', p.starts_on::timestamp AT TIME ZONE 'Europe/London', x.provider_id
    FROM agreement x JOIN placement p ON p.id = x.placement_id JOIN need n ON n.id = x.need_id
    WHERE x.provider_signed_at IS NULL AND p.cancelled_at IS NULL AND coalesce(p.ended_on, 'infinity') >= today
UNION ALL
    SELECT 'FIRST_DAY_UNRECORDED', 'commissioner', 'MANAGE', x.authority_id, NULL, x.id, x.need_id, 'placement', x.id, n.reference, x.starts_on::timestamp AT TIME ZONE 'Europe/London',
        (x.starts_on + 1)::timestamp AT TIME ZONE 'Europe/London', (x.starts_on + 1)::timestamp AT TIME ZONE 'Europe/London', x.authority_id
    FROM placement x JOIN need n ON n.id = x.need_id
    WHERE x.started_at IS NULL AND x.ended_on IS NULL AND x.cancelled_at IS NULL
UNION ALL
    SELECT 'NOTICE_GIVEN', 'commissioner', 'MANAGE', x.authority_id, NULL, x.id, x.need_id, 'placement', x.id, n.reference, x.notice_given_at, x.notice_given_at, x.notice_given_at, x.authority_id
    FROM placement x JOIN need n ON n.id = x.need_id
    WHERE x.notice_given_at IS NOT NULL AND x.cancelled_at IS NULL AND (x.end_recorded_at IS NULL OR x.end_recorded_at < x.notice_given_at)
UNION ALL
    SELECT 'INSPECTION_BELOW_STANDARD', 'commissioner', 'MANAGE', x.authority_id, NULL, x.id, x.need_id, 'placement', x.id, s.name || ': ' || i.value, i.inspected_on::timestamp AT TIME ZONE 'Europe/London',
        i.inspected_on::timestamp AT TIME ZONE 'Europe/London', i.inspected_on::timestamp AT TIME ZONE 'Europe/London', x.authority_id
    FROM placement x JOIN need n ON n.id = x.need_id JOIN setting s ON s.id = x.setting_id JOIN inspection i ON i.setting_id = s.id JOIN below_standard b ON b.scale = i.scale AND b.value = i.value
    WHERE x.started_at IS NOT NULL AND i.inspected_on >= x.starts_on AND coalesce(x.ended_on, 'infinity') >= today
        AND NOT EXISTS (SELECT FROM inspection j WHERE j.setting_id = s.id AND j.inspected_on > i.inspected_on)
UNION ALL
    SELECT 'AREA_UNTOLD', 'commissioner', NULL, x.authority_id, NULL, x.need_id, x.need_id, 'need', x.need_id, n.reference, x.approved_at, x.told_by, x.told_by, x.authority_id
    FROM area_approval x JOIN need n ON n.id = x.need_id
    WHERE n.withdrawn_at IS NULL AND x.told_by IS NOT NULL
UNION ALL
    SELECT 'WORDS_UNREAD', 'safeguarding_lead', NULL, x.authority_id, NULL, x.id, NULL, 'words', x.id, 'words', x.received_at, x.read_by, x.read_by, x.authority_id
    FROM feedback_words x
    WHERE x.decision IS NULL
UNION ALL -- the times of a plan
    SELECT x.kind, 'commissioner', NULL, x.authority_id, NULL, x.need_id, x.need_id, 'need', x.need_id, n.reference, x.due, x.due, x.due, x.authority_id
    FROM ehc_alert x JOIN need n ON n.id = x.need_id
    WHERE n.withdrawn_at IS NULL AND x.due IS NOT NULL
) w WHERE (capacities IS NULL OR w.capacity = ANY (capacities)) AND (organisations IS NULL OR w.organisation_id = ANY (organisations)) AND (needs IS NULL OR w.need_id = ANY (needs));
END $$;
-- +goose StatementEnd
DROP TRIGGER answer_alerts ON event;
CREATE CONSTRAINT TRIGGER answer_alerts AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.act IN (
    'agreement.sign', 'application.answer', 'application.decide', 'application.extend', 'application.review', 'application.withdraw', 'area.approve', 'award.approve', 'award.propose',
    'award.reject', 'award.respond', 'award.withdraw', 'award_notice.record', 'clarification.answer', 'ehc.record', 'evidence.record', 'evidence.upload', 'membership.leave',
    'membership.remove', 'membership.suspend', 'moderation.lock', 'need.amend', 'need.discard', 'need.withdraw', 'no_award.end', 'offer.open', 'placement.cancel', 'placement.end',
    'placement.start', 'panel.record', 'price_query.answer', 'price_query.decide', 'registration.decide', 'registration.withdraw', 'route.approve', 'route.sign', 'route.take', 'score.lock', 'suitability.assess', 'words.decide'))
    EXECUTE FUNCTION answer_alerts();

-- +goose Down
DROP TRIGGER answer_alerts ON event;
CREATE CONSTRAINT TRIGGER answer_alerts AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.act IN (
    'agreement.sign', 'application.answer', 'application.decide', 'application.extend', 'application.review', 'application.withdraw', 'area.approve', 'award.approve', 'award.propose',
    'award.reject', 'award.respond', 'award.withdraw', 'award_notice.record', 'clarification.answer', 'ehc.record', 'evidence.record', 'evidence.upload', 'membership.leave',
    'membership.remove', 'membership.suspend', 'moderation.lock', 'need.amend', 'need.discard', 'need.withdraw', 'no_award.end', 'offer.open', 'placement.cancel', 'placement.end',
    'placement.start', 'price_query.answer', 'price_query.decide', 'registration.decide', 'registration.withdraw', 'route.approve', 'route.sign', 'route.take', 'score.lock', 'suitability.assess', 'words.decide'))
    EXECUTE FUNCTION answer_alerts();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION award_course(which uuid, facts text[]) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = dps, pg_temp AS $$
BEGIN RETURN (SELECT jsonb_build_object('provider', p.name, 'providerId', a.provider_id) || CASE WHEN 'award' = ANY (facts) THEN
    jsonb_build_object('proposedBy', a.proposed_by, 'urgent', a.route = 'URGENT', 'proposedAt', a.proposed_at, 'approvedAt', a.approved_at,
        'standstillEnds', a.standstill_ends, 'acceptBy', a.accept_by, 'acceptedAt', a.accepted_at,
        'areaMissing', a.accepted_at IS NULL AND substr(current_setting('role'), 5) IN ('commissioner', 'approver', 'bids_manager') AND area_missing(a.need_id, a.setting_id),
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

CREATE OR REPLACE FUNCTION waiting(capacities text[], organisations uuid[], needs uuid[]) RETURNS TABLE (duty text, capacity text, delegable text, authority_id uuid, provider_id uuid,
    source_id uuid, need_id uuid, of_kind text, of_id uuid, words text, since timestamptz, due timestamptz, alert_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    moment CONSTANT timestamptz := dps.now();
    today CONSTANT date := (moment AT TIME ZONE 'Europe/London')::date;
BEGIN
RETURN QUERY SELECT w.duty, w.capacity, w.delegable, w.authority_id, w.provider_id, w.source_id, w.need_id, w.of_kind, w.of_id, w.words, w.since, w.due, w.alert_at FROM (
    SELECT 'APPLICATION_OVERDUE' AS duty, 'market_manager' AS capacity, NULL AS delegable, x.authority_id, NULL::uuid AS provider_id, x.id AS source_id, NULL::uuid AS need_id,
        'application' AS of_kind, x.id AS of_id, p.name AS words, x.submitted_at AS since, x.decide_by AS due, x.decide_by AS alert_at, x.authority_id AS organisation_id
    FROM application x JOIN provider p ON p.id = x.provider_id
    WHERE x.decision IS NULL
UNION ALL
    SELECT 'REGISTRATION_TO_DECIDE', 'market_manager', NULL, l.id, NULL, x.id, NULL, 'registration', x.id, x.name, x.submitted_at, x.submitted_at, x.submitted_at, l.id
    FROM registration x CROSS JOIN organisation l
    WHERE l.lead AND x.decision IS NULL AND x.withdrawn_at IS NULL
UNION ALL
    SELECT 'APPLICANT_SILENT', 'market_manager', NULL, x.authority_id, NULL, x.id, NULL, 'application', x.application_id, p.name, NULL, x.answer_by, x.answer_by, x.authority_id
    FROM application_question x JOIN application a ON a.id = x.application_id JOIN provider p ON p.id = x.provider_id
    WHERE x.answered_at IS NULL AND a.decision IS NULL
UNION ALL
    SELECT 'APPEAL_OVERDUE', 'market_manager', NULL, x.authority_id, NULL, x.application_id, NULL, 'application', x.application_id, p.name, x.appealed_at, x.decide_by, x.decide_by, x.authority_id
    FROM application_appeal x JOIN provider p ON p.id = x.provider_id
    WHERE x.decided_at IS NULL
UNION ALL
    SELECT 'REMOVAL_TO_DECIDE', 'market_manager', NULL, x.authority_id, NULL, x.id, NULL, 'membership', x.membership_id, p.name, x.until, x.until, x.until, x.authority_id
    FROM membership_step x JOIN membership m ON m.id = x.membership_id JOIN provider p ON p.id = x.provider_id
    WHERE x.kind = 'REMOVAL_ANNOUNCED' AND m.ended_at IS NULL
        AND NOT EXISTS (SELECT FROM membership_step n WHERE n.membership_id = m.id AND n.number > x.number AND n.kind IN ('KEPT', 'REMOVED'))
UNION ALL
    SELECT 'RENEWAL_OVERDUE', 'market_manager', NULL, x.authority_id, NULL, x.id, NULL, 'provider', x.provider_id, p.name || ', ' || k.name, x.answer_by, x.answer_by, x.answer_by, x.authority_id
    FROM renewal x JOIN provider p ON p.id = x.provider_id JOIN evidence_kind k ON k.code = x.kind
    WHERE NOT EXISTS (SELECT FROM evidence e WHERE e.provider_id = x.provider_id AND e.kind = x.kind
        AND e.recorded_at >= x.asked_at AND e.rejected_at IS NULL AND (e.declared OR EXISTS (SELECT FROM evidence_file f WHERE f.evidence_id = e.id)))
UNION ALL
    SELECT 'SUSPENSION_ENDED', 'market_manager', NULL, l.authority_id, NULL, x.id, NULL, 'membership', x.id, p.name, NULL, x.suspended_until, x.suspended_until, l.authority_id
    FROM membership x JOIN lot l ON l.id = x.lot_id JOIN provider p ON p.id = x.provider_id
    WHERE x.ended_at IS NULL AND x.suspended_until IS NOT NULL
UNION ALL
    SELECT 'MEMBERSHIP_LAPSED', 'market_manager', NULL, l.authority_id, NULL, x.id, NULL, 'membership', x.id, p.name || ', ' || l.name, NULL, x.lapsed_at, x.lapsed_at, l.authority_id
    FROM membership x JOIN lot l ON l.id = x.lot_id JOIN provider p ON p.id = x.provider_id
    WHERE x.ended_at IS NULL AND x.lapsed_at IS NOT NULL
UNION ALL
    SELECT 'MEMBERSHIP_LAPSED', 'bids_manager', NULL, NULL, x.provider_id, x.id, NULL, 'membership', x.id, l.name, NULL, x.lapsed_at, x.lapsed_at, x.provider_id
    FROM membership x JOIN lot l ON l.id = x.lot_id
    WHERE x.ended_at IS NULL AND x.lapsed_at IS NOT NULL
UNION ALL
    SELECT 'OFFERS_TO_OPEN', 'opening_officer', 'EVALUATE', x.authority_id, NULL, x.id, x.id, 'need', x.id, x.reference, x.deadline, x.deadline, x.deadline, x.authority_id
    FROM need x
    WHERE x.published_at IS NOT NULL AND x.opened_at IS NULL AND x.withdrawn_at IS NULL AND x.urgent_reason IS NULL
UNION ALL -- a commissioner opens and scores where there is one evaluator
    SELECT 'OFFERS_TO_OPEN', 'commissioner', NULL, x.authority_id, NULL, x.id, x.id, 'need', x.id, x.reference, x.deadline, x.deadline, x.deadline, x.authority_id
    FROM need x JOIN lot l ON l.id = x.lot_id JOIN procedure p ON p.code = l.procedure AND p.evaluators = 1
    WHERE x.published_at IS NOT NULL AND x.opened_at IS NULL AND x.withdrawn_at IS NULL AND x.urgent_reason IS NULL
UNION ALL
    SELECT 'URGENT_PLACE_TO_AGREE', 'commissioner', NULL, x.authority_id, NULL, x.id, x.id, 'need', x.id, x.reference, x.published_at, x.deadline, x.deadline, x.authority_id
    FROM need x
    WHERE x.published_at IS NOT NULL AND x.opened_at IS NULL AND x.withdrawn_at IS NULL AND x.urgent_reason IS NOT NULL AND NOT has_live_award(x.id)
UNION ALL
    SELECT 'QUESTION_UNANSWERED', 'commissioner', 'PUBLISH', n.authority_id, NULL, x.id, n.id, 'need', n.id, n.reference, n.published_at, n.deadline, coalesce(n.questions_until, n.deadline), n.authority_id
    FROM clarification x JOIN need n ON n.id = x.need_id
    WHERE x.answered_at IS NULL AND n.withdrawn_at IS NULL AND n.closed_at IS NULL AND n.opened_at IS NULL AND n.deadline >= moment
UNION ALL
    SELECT 'OFFERS_TO_ASSESS', 'commissioner', 'EVALUATE', n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, n.opened_at, NULL, NULL, n.authority_id
    FROM need n
    WHERE n.opened_at IS NOT NULL AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id)
        AND (NOT EXISTS (SELECT FROM offer o WHERE o.need_id = n.id) OR EXISTS (SELECT FROM offer o WHERE o.need_id = n.id AND NOT EXISTS (SELECT FROM suitability s WHERE s.offer_id = o.id)))
UNION ALL
    SELECT 'SCORES_UNLOCKED', 'evaluator', 'EVALUATE', n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, n.opened_at, n.opened_at + interval '7 days', n.opened_at + interval '7 days', n.authority_id
    FROM need n
    WHERE n.opened_at IS NOT NULL AND n.quality_locked_at IS NULL AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT scores_locked(n.id)
        AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id) AND EXISTS (SELECT FROM offer o WHERE o.need_id = n.id)
UNION ALL
    SELECT 'SCORES_UNLOCKED', 'commissioner', NULL, n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, n.opened_at, n.opened_at + interval '7 days', n.opened_at + interval '7 days', n.authority_id
    FROM need n JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure AND p.evaluators = 1
    WHERE n.opened_at IS NOT NULL AND n.quality_locked_at IS NULL AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT scores_locked(n.id)
        AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id) AND EXISTS (SELECT FROM offer o WHERE o.need_id = n.id)
UNION ALL
    SELECT 'SCORES_TO_AGREE', 'moderator', NULL, n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, s.at, s.at, s.at, n.authority_id
    FROM need n JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure AND p.moderated
        CROSS JOIN LATERAL (SELECT max(h.locked_at) AS at FROM score_sheet h WHERE h.need_id = n.id) s
    WHERE n.opened_at IS NOT NULL AND n.quality_locked_at IS NULL AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND scores_locked(n.id)
        AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id)
UNION ALL
    SELECT 'PRICES_TO_OPEN', 'opening_officer', 'EVALUATE', n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, n.quality_locked_at, n.quality_locked_at, n.quality_locked_at, n.authority_id
    FROM need n
    WHERE n.opened_at IS NOT NULL AND n.quality_locked_at IS NOT NULL AND n.prices_opened_at IS NULL AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id)
UNION ALL
    SELECT 'PRICE_QUERIED', 'bids_manager', NULL, NULL, x.provider_id, x.id, NULL, 'offer', x.offer_id, n.reference, NULL, x.answer_by, x.asked_at, x.provider_id
    FROM price_query x JOIN need n ON n.id = x.need_id
    WHERE x.answered_at IS NULL AND x.decided_at IS NULL AND x.answer_by >= moment
UNION ALL
    SELECT 'CALL_ENDED', 'bids_manager', NULL, NULL, o.provider_id, o.id, NULL, 'need', n.id, n.reference, NULL, n.withdrawn_at, n.withdrawn_at, o.provider_id
    FROM need n JOIN sealed_offer o ON o.need_id = n.id
    WHERE n.withdrawn_at > moment - interval '30 days' AND n.opened_at IS NULL AND o.withdrawn_at IS NULL AND o.voided_at IS NULL
UNION ALL
    SELECT 'PRICE_UNEXPLAINED', 'commissioner', 'EVALUATE', x.authority_id, NULL, x.id, x.need_id, 'offer', x.offer_id, n.reference, coalesce(x.answered_at, x.answer_by),
        x.answer_by, CASE WHEN x.answered_at IS NULL THEN x.answer_by END, x.authority_id
    FROM price_query x JOIN need n ON n.id = x.need_id
    WHERE x.decided_at IS NULL
UNION ALL
    SELECT 'OFFERS_TO_AWARD', 'commissioner', 'AWARD', n.authority_id, NULL, n.id, n.id, 'need', n.id, n.reference, n.ranked_at, NULL, NULL, n.authority_id
    FROM need n
    WHERE n.ranked_at IS NOT NULL AND n.withdrawn_at IS NULL AND n.awaits_award AND NOT EXISTS (SELECT FROM award a WHERE a.need_id = n.id)
UNION ALL
    SELECT 'AWARD_TO_APPROVE', 'approver', NULL, x.authority_id, NULL, x.id, x.need_id, 'award', x.id, n.reference, x.proposed_at, x.proposed_at, x.proposed_at, x.authority_id
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE x.approved_at IS NULL AND x.rejected_at IS NULL
UNION ALL
    SELECT 'AREA_TO_APPROVE', 'approver', NULL, x.authority_id, NULL, x.id, x.need_id, 'award', x.id, n.reference, x.proposed_at, x.proposed_at, x.proposed_at, x.authority_id
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE x.accepted_at IS NULL AND x.rejected_at IS NULL AND x.declined_at IS NULL AND x.lapsed_at IS NULL AND area_missing(x.need_id, x.setting_id)
UNION ALL
    SELECT 'STANDSTILL_ENDED', 'commissioner', NULL, x.authority_id, NULL, x.id, x.need_id, 'award', x.id, n.reference, NULL, x.standstill_ends, x.standstill_ends, x.authority_id
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE x.accepted_at IS NULL AND x.declined_at IS NULL AND x.lapsed_at IS NULL AND x.standstill_ends IS NOT NULL
UNION ALL
    SELECT CASE WHEN x.lapsed_at IS NULL THEN 'AWARD_DECLINED' ELSE 'AWARD_UNANSWERED' END, 'commissioner', 'AWARD', x.authority_id, NULL, x.id, x.need_id, 'award', x.id, n.reference,
        coalesce(x.declined_at, x.accept_by), coalesce(x.declined_at, x.accept_by), coalesce(x.declined_at, x.accept_by), x.authority_id
    FROM award x JOIN need n ON n.id = x.need_id
    WHERE (x.declined_at IS NOT NULL OR x.lapsed_at IS NOT NULL) AND n.awaits_award AND n.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT FROM award y WHERE y.need_id = x.need_id AND y.proposed_at > x.proposed_at AND y.rejected_at IS NULL)
UNION ALL
    SELECT 'NOTICE_OVERDUE', 'commissioner', 'AWARD', x.authority_id, NULL, x.award_id, x.need_id, 'award', x.award_id, n.reference || ', ' || lower(x.kind), a.approved_at,
        (x.due_on + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 second', (x.due_on + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 second', x.authority_id
    FROM owed_notice x JOIN award a ON a.id = x.award_id JOIN need n ON n.id = x.need_id
    WHERE a.accepted_at IS NOT NULL OR a.accept_by >= moment
UNION ALL
    SELECT 'AGREEMENT_UNSIGNED', 'commissioner', 'MANAGE', x.authority_id, NULL, x.id, x.need_id, 'placement', x.placement_id, n.reference, a.accepted_at,
        p.starts_on::timestamp AT TIME ZONE 'Europe/London', p.starts_on::timestamp AT TIME ZONE 'Europe/London', x.authority_id
    FROM agreement x JOIN placement p ON p.id = x.placement_id JOIN award a ON a.id = p.award_id JOIN need n ON n.id = x.need_id
    WHERE x.authority_signed_at IS NULL AND p.cancelled_at IS NULL AND coalesce(p.ended_on, 'infinity') >= today
UNION ALL
    SELECT 'AGREEMENT_UNSIGNED', 'bids_manager', NULL, NULL, x.provider_id, x.id, NULL, 'placement', x.placement_id, n.reference, NULL,
        p.starts_on::timestamp AT TIME ZONE 'Europe/London', p.starts_on::timestamp AT TIME ZONE 'Europe/London', x.provider_id
    FROM agreement x JOIN placement p ON p.id = x.placement_id JOIN need n ON n.id = x.need_id
    WHERE x.provider_signed_at IS NULL AND p.cancelled_at IS NULL AND coalesce(p.ended_on, 'infinity') >= today
UNION ALL
    SELECT 'FIRST_DAY_UNRECORDED', 'commissioner', 'MANAGE', x.authority_id, NULL, x.id, x.need_id, 'placement', x.id, n.reference, x.starts_on::timestamp AT TIME ZONE 'Europe/London',
        (x.starts_on + 1)::timestamp AT TIME ZONE 'Europe/London', (x.starts_on + 1)::timestamp AT TIME ZONE 'Europe/London', x.authority_id
    FROM placement x JOIN need n ON n.id = x.need_id
    WHERE x.started_at IS NULL AND x.ended_on IS NULL AND x.cancelled_at IS NULL
UNION ALL
    SELECT 'NOTICE_GIVEN', 'commissioner', 'MANAGE', x.authority_id, NULL, x.id, x.need_id, 'placement', x.id, n.reference, x.notice_given_at, x.notice_given_at, x.notice_given_at, x.authority_id
    FROM placement x JOIN need n ON n.id = x.need_id
    WHERE x.notice_given_at IS NOT NULL AND x.cancelled_at IS NULL AND (x.end_recorded_at IS NULL OR x.end_recorded_at < x.notice_given_at)
UNION ALL
    SELECT 'INSPECTION_BELOW_STANDARD', 'commissioner', 'MANAGE', x.authority_id, NULL, x.id, x.need_id, 'placement', x.id, s.name || ': ' || i.value, i.inspected_on::timestamp AT TIME ZONE 'Europe/London',
        i.inspected_on::timestamp AT TIME ZONE 'Europe/London', i.inspected_on::timestamp AT TIME ZONE 'Europe/London', x.authority_id
    FROM placement x JOIN need n ON n.id = x.need_id JOIN setting s ON s.id = x.setting_id JOIN inspection i ON i.setting_id = s.id JOIN below_standard b ON b.scale = i.scale AND b.value = i.value
    WHERE x.started_at IS NOT NULL AND i.inspected_on >= x.starts_on AND coalesce(x.ended_on, 'infinity') >= today
        AND NOT EXISTS (SELECT FROM inspection j WHERE j.setting_id = s.id AND j.inspected_on > i.inspected_on)
UNION ALL
    SELECT 'AREA_UNTOLD', 'commissioner', NULL, x.authority_id, NULL, x.need_id, x.need_id, 'need', x.need_id, n.reference, x.approved_at, x.told_by, x.told_by, x.authority_id
    FROM area_approval x JOIN need n ON n.id = x.need_id
    WHERE n.withdrawn_at IS NULL AND x.told_by IS NOT NULL
UNION ALL
    SELECT 'WORDS_UNREAD', 'safeguarding_lead', NULL, x.authority_id, NULL, x.id, NULL, 'words', x.id, 'words', x.received_at, x.read_by, x.read_by, x.authority_id
    FROM feedback_words x
    WHERE x.decision IS NULL
UNION ALL -- the times of a plan
    SELECT x.kind, 'commissioner', NULL, x.authority_id, NULL, x.need_id, x.need_id, 'need', x.need_id, n.reference, x.due, x.due, x.due, x.authority_id
    FROM ehc_alert x JOIN need n ON n.id = x.need_id
    WHERE n.withdrawn_at IS NULL AND x.due IS NOT NULL
) w WHERE (capacities IS NULL OR w.capacity = ANY (capacities)) AND (organisations IS NULL OR w.organisation_id = ANY (organisations)) AND (needs IS NULL OR w.need_id = ANY (needs));
END $$;
-- +goose StatementEnd
DROP FUNCTION panel_missing(uuid);
