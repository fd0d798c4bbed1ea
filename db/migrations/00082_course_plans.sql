-- +goose Up
-- A page asks for the course of each of its needs, so course reads no row twice, looks for the awards of the need and for no
-- others, and plans each of its statements once a connection. What it says is what it said.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION course(which uuid, of_award uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = dps, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    capacity CONSTANT text := substr(current_setting('role'), 5);
    provider CONSTANT boolean := capacity = 'bids_manager';
    n need;
    lately uuid;
    delegated text[] := '{}';
    facts text[];
    said jsonb;
    evaluators integer;
    moderated boolean;
    query_by timestamptz;
    query_answered boolean;
    declared boolean;
    conflict boolean;
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
    ELSIF n.authority_id IS DISTINCT FROM org()
            AND NOT (capacity IN ('opening_officer', 'evaluator', 'moderator') AND which = ANY (appointed(upper(capacity)))) THEN
        RETURN NULL;
    END IF;
    facts := course_facts(capacity, delegated);
    SELECT a.id INTO lately FROM award a
        WHERE a.need_id = which AND a.id = coalesce(of_award, a.id)
            AND (NOT provider OR a.provider_id = org() AND a.approved_at IS NOT NULL)
            AND ('award' = ANY (facts) OR 'place' = ANY (facts) AND EXISTS (SELECT FROM placement p WHERE p.award_id = a.id))
        ORDER BY a.proposed_at DESC, a.id LIMIT 1;
    IF lately IS NULL AND of_award IS NOT NULL THEN
        RETURN NULL;
    END IF;
    said := jsonb_build_object('now', dps.now(), 'capacity', capacity, 'person', coalesce(person(), ''), 'delegated', to_jsonb(delegated),
        'facts', to_jsonb(facts), 'authority', (SELECT o.name FROM organisation o WHERE o.id = n.authority_id),
        'urgent', n.urgent_reason IS NOT NULL, 'publishedAt', n.published_at, 'deadline', n.deadline, 'openedAt', n.opened_at,
        'withdrawnAt', n.withdrawn_at, 'award', CASE WHEN lately IS NOT NULL THEN award_course(lately, facts) END);
    IF provider THEN -- that nothing was awarded is known to those who have its letter
        RETURN said || jsonb_build_object(
            'ended', EXISTS (SELECT FROM letter l WHERE l.need_id = which AND l.provider_id = org() AND l.result = 'NO_AWARD'),
            'decided', EXISTS (SELECT FROM letter l
                WHERE l.need_id = which AND l.provider_id = org() AND l.result IN ('NOT_AWARDED', 'NOT_SUITABLE')),
            'member', n.lot_id = ANY (member_lots()),
            'queryBy', (SELECT min(q.answer_by) FROM price_query q
                WHERE q.need_id = which AND q.provider_id = org() AND q.answered_at IS NULL AND q.decided_at IS NULL));
    END IF;
    SELECT p.evaluators, p.moderated INTO evaluators, moderated
        FROM lot l JOIN procedure p ON p.code = l.procedure WHERE l.id = n.lot_id;
    said := said || jsonb_build_object('qualityLockedAt', n.quality_locked_at, 'pricesOpenedAt', n.prices_opened_at,
        'rankedAt', n.ranked_at,
        'ended', 'award' = ANY (facts) AND EXISTS (SELECT FROM no_award e WHERE e.need_id = which), 'oneEvaluator', evaluators = 1);
    IF n.published_at IS NOT NULL AND n.opened_at IS NULL THEN
        said := said || jsonb_build_object('questions', 'question' = ANY (facts)
            AND EXISTS (SELECT FROM clarification c WHERE c.need_id = which AND c.answered_at IS NULL));
    END IF;
    IF n.opened_at IS NOT NULL AND n.ranked_at IS NULL THEN
        said := said || jsonb_build_object('moderated', moderated,
            'scoresLocked', 'scores' = ANY (facts) AND scores_locked(which),
            'offers', 'offer' <> ALL (facts) OR EXISTS (SELECT FROM offer o WHERE o.need_id = which),
            'unassessed', 'suitability' = ANY (facts) AND EXISTS (SELECT FROM offer o
                WHERE o.need_id = which AND NOT EXISTS (SELECT FROM suitability s WHERE s.offer_id = o.id)),
            'sheetLocked', EXISTS (SELECT FROM score_sheet s WHERE s.need_id = which AND s.person = person() AND s.locked_at IS NOT NULL));
    END IF;
    IF n.ranked_at IS NOT NULL AND 'query' = ANY (facts) THEN
        SELECT max(q.answer_by) FILTER (WHERE q.answered_at IS NULL), coalesce(bool_or(q.answered_at IS NOT NULL), false)
            INTO query_by, query_answered FROM price_query q WHERE q.need_id = which AND q.decided_at IS NULL;
        said := said || jsonb_build_object(
            'left', CASE WHEN 'award' = ANY (facts) THEN EXISTS (SELECT FROM ranking r WHERE r.need_id = which AND r.superseded_at IS NULL
                AND NOT EXISTS (SELECT FROM award a WHERE a.need_id = which AND a.offer_id = r.offer_id -- an index finds those of a need
                    AND (a.declined_at IS NOT NULL OR a.lapsed_at IS NOT NULL OR a.accepted_at IS NULL AND a.accept_by < dps.now()))) END,
            'queryBy', query_by, 'queryAnswered', query_answered);
    END IF;
    SELECT count(*) > 0 AND NOT bool_or(i.conflict), coalesce(bool_or(i.conflict), false)
        INTO declared, conflict FROM interest i WHERE i.need_id = which AND i.person = person();
    RETURN said || jsonb_build_object('opened', EXISTS (SELECT FROM opening_approval o WHERE o.need_id = which AND o.person = person()
            AND o.voided_at IS NULL AND o.stage = CASE WHEN n.opened_at IS NULL THEN 'QUALITY' ELSE 'PRICE' END),
        'declared', declared, 'conflict', conflict);
END $$;

-- An act asks once what still waits for those who have an alert that it answers, however many alerts these are.
CREATE OR REPLACE FUNCTION answer_alerts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
DECLARE
    answered uuid[];
    capacities text[];
    organisations uuid[];
BEGIN
    SELECT array_agg(a.id), array_agg(DISTINCT a.capacity), array_agg(DISTINCT coalesce(a.authority_id, a.provider_id))
        INTO answered, capacities, organisations FROM alert a
        WHERE a.done_at IS NULL AND NEW.act = ANY (a.answered_by)
            AND (a.authority_id = NEW.authority_id OR a.provider_id IN (NEW.chain_id, NEW.organisation_id));
    IF answered IS NOT NULL THEN
        WITH still AS MATERIALIZED (SELECT * FROM waiting(capacities, organisations, NULL))
        UPDATE alert a SET done_at = dps.now() WHERE a.id = ANY (answered) AND a.done_at IS NULL
            AND NOT EXISTS (SELECT FROM still w WHERE w.duty = a.kind AND w.source_id = a.source_id AND w.due = a.due
                AND w.capacity = a.capacity AND coalesce(w.authority_id, w.provider_id) = coalesce(a.authority_id, a.provider_id));
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- A consortium's officer reads the alerts of each borough by what it delegates.
CREATE INDEX alert_delegable ON alert (authority_id, delegable, at, id) WHERE delegable IS NOT NULL;
CREATE INDEX alert_open_delegable ON alert (authority_id, delegable, at, id) WHERE delegable IS NOT NULL AND done_at IS NULL;

-- An appeal always says what it was made against: appeal_of_refusal writes it.
ALTER TABLE application_appeal ALTER refusal_reasons SET NOT NULL, ALTER refused_at SET NOT NULL;

-- +goose Down
ALTER TABLE application_appeal ALTER refusal_reasons DROP NOT NULL, ALTER refused_at DROP NOT NULL;
DROP INDEX alert_open_delegable, alert_delegable;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION answer_alerts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    UPDATE alert a SET done_at = dps.now() WHERE a.done_at IS NULL AND NEW.act = ANY (a.answered_by)
        AND (a.authority_id = NEW.authority_id OR a.provider_id IN (NEW.chain_id, NEW.organisation_id))
        AND NOT EXISTS (SELECT FROM waiting(ARRAY[a.capacity], ARRAY[coalesce(a.authority_id, a.provider_id)], NULL) w
            WHERE w.duty = a.kind AND w.source_id = a.source_id AND w.due = a.due);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION course(which uuid, of_award uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
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
