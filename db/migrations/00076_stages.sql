-- +goose Up
-- What follows the offers of a need, its course: the rules that say its stage and what comes next read it (market/course). It is read past
-- row security, so course_facts says which facts the caller can read, and course holds no other. A provider is told of its own award and
-- place alone, and of the outcome only what its letters tell.
-- +goose StatementBegin
CREATE FUNCTION course_facts(capacity text, delegated text[]) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = dps, pg_temp AS $$
SELECT (CASE capacity
        WHEN 'commissioner' THEN '{award,notice,place,agreement,question,offer,suitability,scores,query}'
        WHEN 'approver' THEN '{award,offer,suitability,query}'
        WHEN 'bids_manager' THEN '{award,place,agreement}'
        WHEN 'opening_officer' THEN '{offer}'
        WHEN 'evaluator' THEN '{offer,suitability}'
        WHEN 'moderator' THEN '{offer,suitability,scores}'
        WHEN 'safeguarding_lead' THEN '{place}'
        ELSE '{}' END)::text[]
    || CASE WHEN 'PUBLISH' = ANY (delegated) THEN '{question}' ELSE '{}' END::text[]
    || CASE WHEN 'EVALUATE' = ANY (delegated) THEN '{offer,suitability,query}' ELSE '{}' END::text[]
    || CASE WHEN 'AWARD' = ANY (delegated) THEN '{award,notice,offer,query}' ELSE '{}' END::text[]
    || CASE WHEN 'MANAGE' = ANY (delegated) THEN '{place,agreement}' ELSE '{}' END::text[] $$;

-- Who cannot read the award knows it from its place alone.
CREATE FUNCTION award_course(which uuid, facts text[]) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = dps, pg_temp AS $$
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

-- course is that of a need; with an award, that of the award and of its place.
CREATE FUNCTION course(which uuid, of_award uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    capacity CONSTANT text := substr(current_setting('role'), 5);
    provider CONSTANT boolean := capacity = 'bids_manager';
    n need;
    lately uuid;
    delegated text[] := '{}';
    facts text[];
    said jsonb;
BEGIN
    SELECT * INTO n FROM need WHERE id = which;
    IF capacity = 'consortium_officer' THEN
        SELECT coalesce(array_agg(d.act), '{}') INTO delegated FROM delegation d
            WHERE d.consortium_id = org() AND d.authority_id = n.authority_id AND d.withdrawn_at IS NULL;
        IF delegated = '{}' THEN RETURN NULL; END IF;
    ELSIF provider THEN
        IF NOT EXISTS (SELECT FROM invitation i WHERE i.need_id = which AND i.provider_id = org())
                AND NOT EXISTS (SELECT FROM award a WHERE a.need_id = which AND a.provider_id = org() AND a.approved_at IS NOT NULL) THEN
            RETURN NULL;
        END IF;
    ELSIF n.authority_id IS DISTINCT FROM org() AND NOT (capacity IN ('opening_officer', 'evaluator', 'moderator') AND which = ANY (appointed(upper(capacity)))) THEN
        RETURN NULL;
    END IF;
    facts := course_facts(capacity, delegated);
    SELECT a.id INTO lately FROM award a WHERE a.need_id = which AND a.id = coalesce(of_award, a.id) AND (NOT provider OR a.provider_id = org() AND a.approved_at IS NOT NULL)
        AND ('award' = ANY (facts) OR 'place' = ANY (facts) AND EXISTS (SELECT FROM placement p WHERE p.award_id = a.id)) ORDER BY a.proposed_at DESC, a.id LIMIT 1;
    IF lately IS NULL AND of_award IS NOT NULL THEN
        RETURN NULL;
    END IF;
    said := jsonb_build_object('now', dps.now(), 'capacity', capacity, 'person', coalesce(person(), ''), 'delegated', to_jsonb(delegated),
        'facts', to_jsonb(facts), 'authority', (SELECT o.name FROM organisation o WHERE o.id = n.authority_id),
        'urgent', n.urgent_reason IS NOT NULL, 'publishedAt', n.published_at, 'deadline', n.deadline, 'openedAt', n.opened_at, 'withdrawnAt', n.withdrawn_at,
        'award', CASE WHEN lately IS NOT NULL THEN award_course(lately, facts) END);
    IF provider THEN -- that nothing was awarded is known to those who have its letter
        RETURN said || jsonb_build_object(
            'ended', EXISTS (SELECT FROM letter l WHERE l.need_id = which AND l.provider_id = org() AND l.result = 'NO_AWARD'),
            'decided', EXISTS (SELECT FROM letter l WHERE l.need_id = which AND l.provider_id = org() AND l.result IN ('NOT_AWARDED', 'NOT_SUITABLE')),
            'member', n.lot_id = ANY (member_lots()),
            'queryBy', (SELECT min(q.answer_by) FROM price_query q WHERE q.need_id = which AND q.provider_id = org() AND q.answered_at IS NULL AND q.decided_at IS NULL));
    END IF;
    said := said || jsonb_build_object('qualityLockedAt', n.quality_locked_at, 'pricesOpenedAt', n.prices_opened_at, 'rankedAt', n.ranked_at,
        'ended', 'award' = ANY (facts) AND EXISTS (SELECT FROM no_award e WHERE e.need_id = which),
        'oneEvaluator', (SELECT p.evaluators = 1 FROM lot l JOIN procedure p ON p.code = l.procedure WHERE l.id = n.lot_id));
    IF n.published_at IS NOT NULL AND n.opened_at IS NULL THEN
        said := said || jsonb_build_object('questions', 'question' = ANY (facts) AND EXISTS (SELECT FROM clarification c WHERE c.need_id = which AND c.answered_at IS NULL));
    END IF;
    IF n.opened_at IS NOT NULL AND n.ranked_at IS NULL THEN
        said := said || jsonb_build_object('moderated', (SELECT p.moderated FROM lot l JOIN procedure p ON p.code = l.procedure WHERE l.id = n.lot_id),
            'scoresLocked', 'scores' = ANY (facts) AND scores_locked(which),
            'offers', 'offer' <> ALL (facts) OR EXISTS (SELECT FROM offer o WHERE o.need_id = which),
            'unassessed', 'suitability' = ANY (facts) AND EXISTS (SELECT FROM offer o WHERE o.need_id = which AND NOT EXISTS (SELECT FROM suitability s WHERE s.offer_id = o.id)),
            'sheetLocked', EXISTS (SELECT FROM score_sheet s WHERE s.need_id = which AND s.person = person() AND s.locked_at IS NOT NULL));
    END IF;
    IF n.ranked_at IS NOT NULL AND 'query' = ANY (facts) THEN
        said := said || jsonb_build_object(
            'left', CASE WHEN 'award' = ANY (facts) THEN EXISTS (SELECT FROM ranking r WHERE r.need_id = which AND r.superseded_at IS NULL AND NOT EXISTS (SELECT FROM award a WHERE a.offer_id = r.offer_id
                AND (a.declined_at IS NOT NULL OR a.lapsed_at IS NOT NULL OR a.accepted_at IS NULL AND a.accept_by < dps.now()))) END,
            'queryBy', (SELECT max(q.answer_by) FROM price_query q WHERE q.need_id = which AND q.decided_at IS NULL AND q.answered_at IS NULL),
            'queryAnswered', EXISTS (SELECT FROM price_query q WHERE q.need_id = which AND q.decided_at IS NULL AND q.answered_at IS NOT NULL));
    END IF;
    RETURN said || jsonb_build_object('opened', EXISTS (SELECT FROM opening_approval o WHERE o.need_id = which AND o.person = person() AND o.voided_at IS NULL
            AND o.stage = CASE WHEN n.opened_at IS NULL THEN 'QUALITY' ELSE 'PRICE' END),
        'declared', (SELECT count(*) > 0 AND NOT bool_or(i.conflict) FROM interest i WHERE i.need_id = which AND i.person = person()),
        'conflict', (SELECT coalesce(bool_or(i.conflict), false) FROM interest i WHERE i.need_id = which AND i.person = person()));
END $$;
-- +goose StatementEnd


-- A duty is what waits for somebody to act: since when, by when, and from when on people are alerted to it (market/record/duty.go says which duties
-- there are, and which acts answer each). waiting lists what waits now; null stands for all capacities, organisations or needs. It reads
-- past row security, and names no child and no price: the clock and the caller's to-do list alone ask it.
-- +goose StatementBegin
CREATE FUNCTION waiting(capacities text[], organisations uuid[], needs uuid[]) RETURNS TABLE (duty text, capacity text, delegable text, authority_id uuid, provider_id uuid,
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

-- Needs with an order of offers and no award that stands: kept by the database, so that those that wait are found among all that there ever were.
ALTER TABLE need ADD awaits_award boolean NOT NULL DEFAULT false;
CREATE INDEX need_awaits_award ON need (authority_id) WHERE awaits_award;
-- +goose StatementBegin
CREATE FUNCTION still_awaits(n need) RETURNS boolean LANGUAGE sql STABLE SET search_path = dps, pg_temp
    AS $$ SELECT n.ranked_at IS NOT NULL AND n.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id) AND NOT has_live_award(n.id) $$;
CREATE FUNCTION need_awaits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    NEW.awaits_award := still_awaits(NEW);
    RETURN NEW;
END $$;
CREATE FUNCTION award_awaits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    UPDATE need n SET awaits_award = still_awaits(n) WHERE n.id = NEW.need_id AND n.ranked_at IS NOT NULL AND n.awaits_award <> still_awaits(n);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER needs_award BEFORE UPDATE OF ranked_at, withdrawn_at ON need FOR EACH ROW EXECUTE FUNCTION need_awaits(); -- after need_fixed, by its name
CREATE TRIGGER awaits AFTER INSERT OR UPDATE OF rejected_at, declined_at, lapsed_at, cancelled_at ON award FOR EACH ROW EXECUTE FUNCTION award_awaits();
CREATE TRIGGER awaits AFTER INSERT ON no_award FOR EACH ROW EXECUTE FUNCTION award_awaits();
UPDATE need n SET awaits_award = true WHERE still_awaits(n);

-- An alert is open until its duty is done, moves with its need in a succession, and is raised again while nobody does it.
DROP TRIGGER append_only ON alert;
ALTER TABLE alert
    ALTER authority_id DROP NOT NULL,
    ADD provider_id uuid,
    ADD delegable   text CHECK (delegable IN ('PUBLISH', 'EVALUATE', 'AWARD', 'MANAGE')), -- a consortium to which this is delegated is alerted too
    ADD need_id     uuid,
    ADD answered_by text[] NOT NULL DEFAULT '{}',  -- the acts that can answer it
    ADD again_at    timestamptz,                   -- when it is raised again if it is still open; null if never
    ADD raised      integer NOT NULL DEFAULT 1,
    ADD done_at     timestamptz,
    ADD CHECK (num_nonnulls(authority_id, provider_id) = 1),
    ADD FOREIGN KEY (need_id, authority_id) REFERENCES need (id, authority_id) ON UPDATE CASCADE,
    DROP CONSTRAINT alert_kind_source_id_due_key,
    ADD UNIQUE (kind, source_id, due, capacity);
UPDATE alert a SET need_id = n.id FROM need n WHERE n.authority_id = a.authority_id
    AND n.id = coalesce((SELECT w.need_id FROM award w WHERE w.id = a.of_id), (SELECT p.need_id FROM placement p WHERE p.id = a.of_id), (SELECT o.need_id FROM offer o WHERE o.id = a.of_id), a.of_id);
CREATE INDEX alert_provider ON alert (provider_id, at, id);
CREATE INDEX alert_need ON alert (need_id, authority_id);
CREATE INDEX alert_open ON alert (authority_id, capacity, at, id) WHERE done_at IS NULL;
CREATE INDEX alert_open_provider ON alert (provider_id) WHERE done_at IS NULL;
-- +goose StatementBegin
CREATE FUNCTION alert_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves CONSTANT text[] := '{authority_id,at,again_at,raised,done_at,answered_by}';
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - moves = to_jsonb(NEW) - moves THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an alert stays on record' USING ERRCODE = 'DPS09';
END $$;

-- An alert is done by the act that answers it, in the same transaction. What is answered otherwise, the clock finds.
CREATE FUNCTION answer_alerts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    UPDATE alert a SET done_at = dps.now() WHERE a.done_at IS NULL AND NEW.act = ANY (a.answered_by)
        AND (a.authority_id = NEW.authority_id OR a.provider_id IN (NEW.chain_id, NEW.organisation_id))
        AND NOT EXISTS (SELECT FROM waiting(ARRAY[a.capacity], ARRAY[coalesce(a.authority_id, a.provider_id)], NULL) w
            WHERE w.duty = a.kind AND w.source_id = a.source_id AND w.due = a.due);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER alert_fixed BEFORE UPDATE OR DELETE ON alert FOR EACH ROW EXECUTE FUNCTION alert_fixed();
CREATE TRIGGER append_only BEFORE TRUNCATE ON alert FOR EACH STATEMENT EXECUTE FUNCTION append_only();
-- The acts are those that answer a duty (market/record/duty.go); others, such as offers, look for no alert.
CREATE CONSTRAINT TRIGGER answer_alerts AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.act IN (
    'agreement.sign', 'application.answer', 'application.decide', 'application.extend', 'application.review', 'application.withdraw', 'area.approve', 'award.approve', 'award.propose',
    'award.reject', 'award.respond', 'award.withdraw', 'award_notice.record', 'clarification.answer', 'ehc.record', 'evidence.record', 'evidence.upload', 'membership.leave',
    'membership.remove', 'membership.suspend', 'moderation.lock', 'need.amend', 'need.discard', 'need.withdraw', 'no_award.end', 'offer.open', 'placement.cancel', 'placement.end',
    'placement.start', 'price_query.answer', 'price_query.decide', 'registration.decide', 'registration.withdraw', 'route.approve', 'route.sign', 'route.take', 'score.lock', 'suitability.assess', 'words.decide'))
    EXECUTE FUNCTION answer_alerts();

-- What the clock has to do about alerts: raise one, raise it again, or close one whose duty is over.
DROP FUNCTION moments_due();
-- +goose StatementBegin
CREATE FUNCTION moments_due() RETURNS TABLE (kind text, capacity text, delegable text, authority_id uuid, provider_id uuid, source_id uuid, need_id uuid, of_kind text,
    of_id uuid, words text, due timestamptz, alert_id uuid, over boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
WITH duty AS MATERIALIZED (SELECT * FROM waiting(NULL, NULL, NULL))
SELECT d.duty, d.capacity, d.delegable, d.authority_id, d.provider_id, d.source_id, d.need_id, d.of_kind, d.of_id, d.words, d.due, a.id, false
    FROM duty d LEFT JOIN alert a ON a.kind = d.duty AND a.source_id = d.source_id AND a.due = d.due AND a.capacity = d.capacity
    WHERE d.alert_at < (SELECT dps.now()) AND (a.id IS NULL OR a.done_at IS NOT NULL OR a.again_at <= (SELECT dps.now()))
UNION ALL
SELECT a.kind, a.capacity, a.delegable, a.authority_id, a.provider_id, a.source_id, a.need_id, a.of_kind, a.of_id, a.words, a.due, a.id, true
    FROM alert a WHERE a.done_at IS NULL
    AND NOT EXISTS (SELECT FROM duty d WHERE d.duty = a.kind AND d.source_id = a.source_id AND d.due = a.due AND d.capacity = a.capacity) $$;

-- my_duties is what waits for the caller now, in the caller's capacity: what their organisation has to do, what is delegated to their consortium,
-- and what they are appointed to. What they have done their part of, or cannot do because they did the step before, is left out.
CREATE FUNCTION my_duties() RETURNS TABLE (duty text, due timestamptz, words text, of_kind text, of_id uuid, since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    mine CONSTANT text := substr(current_setting('role'), 5);
    elsewhere uuid[] := '{}';
BEGIN
    IF mine IN ('opening_officer', 'evaluator', 'moderator') THEN
        elsewhere := appointed(upper(mine));
    END IF;
    RETURN QUERY SELECT d.duty, d.due, d.words, d.of_kind, d.of_id, d.since FROM (
        SELECT * FROM waiting(ARRAY[mine], ARRAY[org()], NULL) WHERE mine <> 'consortium_officer'
        UNION SELECT * FROM waiting(ARRAY[mine], NULL, elsewhere) WHERE elsewhere <> '{}'
        UNION SELECT * FROM waiting(NULL, boroughs('ANY'), NULL) w WHERE mine = 'consortium_officer' AND w.authority_id = ANY (boroughs(w.delegable))) d
    WHERE d.since <= dps.now()
        AND NOT (d.duty = 'SCORES_UNLOCKED' AND EXISTS (SELECT FROM score_sheet s WHERE s.need_id = d.need_id AND s.person = person() AND s.locked_at IS NOT NULL))
        AND NOT (d.duty = 'AWARD_TO_APPROVE' AND EXISTS (SELECT FROM award a WHERE a.id = d.source_id AND a.proposed_by = person()))
        AND NOT (d.duty IN ('OFFERS_TO_OPEN', 'PRICES_TO_OPEN') AND EXISTS (SELECT FROM opening_approval o WHERE o.need_id = d.need_id AND o.person = person()
            AND o.voided_at IS NULL AND o.stage = CASE d.duty WHEN 'OFFERS_TO_OPEN' THEN 'QUALITY' ELSE 'PRICE' END))
    ORDER BY coalesce(d.due, d.since), d.since, d.duty, d.of_id LIMIT 100;
END $$;
-- +goose StatementEnd

-- What waits for an organisation is found by it.
CREATE INDEX application_waits ON application (authority_id) WHERE decision IS NULL;
CREATE INDEX application_question_waits ON application_question (authority_id) WHERE answered_at IS NULL;
CREATE INDEX application_appeal_waits ON application_appeal (authority_id) WHERE decided_at IS NULL;
CREATE INDEX membership_step_waits ON membership_step (authority_id) WHERE kind = 'REMOVAL_ANNOUNCED';
CREATE INDEX renewal_waits ON renewal (authority_id);
CREATE INDEX membership_lapsed ON membership (lot_id) WHERE ended_at IS NULL AND lapsed_at IS NOT NULL;
CREATE INDEX need_to_open ON need (authority_id) WHERE published_at IS NOT NULL AND opened_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX need_to_rank ON need (authority_id) WHERE opened_at IS NOT NULL AND ranked_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX clarification_waits ON clarification (authority_id) WHERE answered_at IS NULL;
CREATE INDEX price_query_waits ON price_query (authority_id) WHERE decided_at IS NULL;
CREATE INDEX price_query_of_provider ON price_query (provider_id) WHERE answered_at IS NULL AND decided_at IS NULL;
CREATE INDEX award_to_approve ON award (authority_id) WHERE approved_at IS NULL AND rejected_at IS NULL;
CREATE INDEX award_waits ON award (authority_id) WHERE accepted_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL;
CREATE INDEX agreement_waits ON agreement (authority_id) WHERE authority_signed_at IS NULL;
CREATE INDEX placement_waits ON placement (authority_id) WHERE started_at IS NULL AND ended_on IS NULL AND cancelled_at IS NULL;
CREATE INDEX placement_notice_waits ON placement (authority_id) WHERE notice_given_at IS NOT NULL;
CREATE INDEX feedback_words_waits ON feedback_words (authority_id) WHERE decision IS NULL;
CREATE INDEX ehc_alert_waits ON ehc_alert (authority_id) WHERE due IS NOT NULL;
CREATE INDEX area_approval_waits ON area_approval (authority_id) WHERE told_by IS NOT NULL;

-- +goose Down
DROP INDEX area_approval_waits, ehc_alert_waits, feedback_words_waits, placement_notice_waits, placement_waits, agreement_waits, award_waits, award_to_approve,
    price_query_of_provider, price_query_waits, clarification_waits, need_to_rank, need_to_open, membership_lapsed, renewal_waits, membership_step_waits,
    application_appeal_waits, application_question_waits, application_waits;
DROP FUNCTION my_duties();
DROP TRIGGER answer_alerts ON event;
DROP TRIGGER alert_fixed ON alert;
DROP TRIGGER append_only ON alert;
DROP FUNCTION answer_alerts(), alert_fixed(), moments_due();
DELETE FROM alert WHERE authority_id IS NULL;
ALTER TABLE alert DROP CONSTRAINT alert_kind_source_id_due_capacity_key, DROP COLUMN provider_id, DROP COLUMN delegable, DROP COLUMN need_id, DROP COLUMN answered_by,
    DROP COLUMN again_at, DROP COLUMN raised, DROP COLUMN done_at, ALTER authority_id SET NOT NULL;
DELETE FROM alert a USING alert b WHERE a.kind = b.kind AND a.source_id = b.source_id AND a.due = b.due AND a.id < b.id;
ALTER TABLE alert ADD UNIQUE (kind, source_id, due);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON alert FOR EACH STATEMENT EXECUTE FUNCTION append_only();
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
DROP TRIGGER awaits ON no_award;
DROP TRIGGER awaits ON award;
DROP TRIGGER needs_award ON need;
DROP FUNCTION award_awaits(), need_awaits(), still_awaits(need), waiting(text[], uuid[], uuid[]);
DROP INDEX need_awaits_award;
ALTER TABLE need DROP COLUMN awaits_award;
DROP FUNCTION course(uuid, uuid), award_course(uuid, text[]), course_facts(text, text[]);
