-- +goose Up
-- What waits for somebody is found by whom it waits for, and not among all that there ever was.

-- The needs to which somebody is appointed while their evaluation goes on (appointed): an appointment is over when its need is ranked,
-- withdrawn or ends without an award. Every request of an evaluator asked that of each need that the person was ever appointed to.
ALTER TABLE appointment ADD over boolean NOT NULL DEFAULT false;
UPDATE appointment a SET over = true FROM need n
    WHERE n.id = a.need_id AND (n.ranked_at IS NOT NULL OR n.withdrawn_at IS NOT NULL OR EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id));
DROP INDEX appointment_person;
CREATE INDEX appointment_person ON appointment (organisation_id, person, capacity) WHERE ended_at IS NULL AND NOT over;
-- +goose StatementBegin
CREATE FUNCTION appointments_over() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    UPDATE appointment SET over = true WHERE need_id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid AND NOT over;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION appointed(which text) RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(n.id), '{}') FROM appointment a JOIN need n ON n.id = a.need_id
        WHERE a.organisation_id = org() AND a.person = person() AND a.capacity = which AND a.ended_at IS NULL AND NOT a.over AND buys(a.organisation_id)
          AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id));
END $$;
-- +goose StatementEnd
CREATE TRIGGER appointments_over AFTER UPDATE OF ranked_at, withdrawn_at ON need FOR EACH ROW
    WHEN (OLD.ranked_at IS NULL AND NEW.ranked_at IS NOT NULL OR OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL) EXECUTE FUNCTION appointments_over('id');
CREATE TRIGGER appointments_over AFTER INSERT ON no_award FOR EACH ROW EXECUTE FUNCTION appointments_over('need_id');

-- What a provider has to do: open needs of its lots that it has not answered, awards to accept, agreements to sign, offers by telephone to
-- confirm, questions to answer, removals to answer.
CREATE INDEX need_open ON need (lot_id, deadline) WHERE published_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX award_unanswered ON award (provider_id) WHERE accepted_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL;
CREATE INDEX agreement_unsigned ON agreement (provider_id) WHERE provider_signed_at IS NULL;
CREATE INDEX telephone_offer_unconfirmed ON telephone_offer (provider_id) WHERE confirmed_at IS NULL AND disputed_at IS NULL;
CREATE INDEX application_question_provider ON application_question (provider_id) WHERE answered_at IS NULL;
CREATE INDEX membership_step_removal ON membership_step (provider_id) WHERE kind = 'REMOVAL_ANNOUNCED';

-- How many published needs of an authority are of one cohort, before another is published: from the index alone.
CREATE INDEX need_cohort ON need (authority_id, lot_id, primary_need, age_low, age_high) INCLUDE (gender, id) WHERE published_at IS NOT NULL;

-- What places cost, of one authority and of the region: figures of all places of some quarters, from the index alone.
DROP INDEX spending_authority;
CREATE INDEX spending_authority ON spending (authority_id, agreed_on) INCLUDE (route, annual);
CREATE INDEX spending_region ON spending (agreed_on) INCLUDE (route, annual);
-- The clock is read once, and not for each place.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION open_spending(since date) RETURNS TABLE (quarter date, route text, places bigint, annual numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT date_trunc('quarter', s.agreed_on)::date, s.route, count(*), sum(s.annual) FROM spending s
           WHERE s.agreed_on >= since AND s.agreed_on < (SELECT date_trunc('quarter', dps.now() AT TIME ZONE 'Europe/London')::date)
           GROUP BY 1, 2 HAVING count(*) >= (SELECT max(feedback_k) FROM market) $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION open_spending(since date) RETURNS TABLE (quarter date, route text, places bigint, annual numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT date_trunc('quarter', s.agreed_on)::date, s.route, count(*), sum(s.annual) FROM spending s
           WHERE s.agreed_on >= since AND s.agreed_on < date_trunc('quarter', dps.now() AT TIME ZONE 'Europe/London')::date
           GROUP BY 1, 2 HAVING count(*) >= (SELECT max(feedback_k) FROM market) $$;
-- +goose StatementEnd
DROP INDEX spending_region, spending_authority;
CREATE INDEX spending_authority ON spending (authority_id, agreed_on);
DROP INDEX need_cohort, membership_step_removal, application_question_provider, telephone_offer_unconfirmed, agreement_unsigned, award_unanswered, need_open;
DROP TRIGGER appointments_over ON no_award;
DROP TRIGGER appointments_over ON need;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION appointed(which text) RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(n.id), '{}') FROM appointment a JOIN need n ON n.id = a.need_id
        WHERE a.organisation_id = org() AND a.person = person() AND a.capacity = which AND a.ended_at IS NULL AND buys(a.organisation_id)
          AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id));
END $$;
-- +goose StatementEnd
DROP FUNCTION appointments_over();
DROP INDEX appointment_person;
CREATE INDEX appointment_person ON appointment (organisation_id, person, capacity) WHERE ended_at IS NULL;
ALTER TABLE appointment DROP over;
