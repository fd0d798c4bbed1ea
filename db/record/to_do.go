package record

import (
	"context"
	"fmt"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/internal/engine"
	rules "github.com/southeasttogether/dps/market/record"
	"github.com/southeasttogether/dps/policy"
)

// taskQuery lists what a provider has to do, with one row for each task: kind, time, a few words, and what it is about.
// It sees only the provider's own rows of each table, except memberships, which are public.
var taskQuery = `
	SELECT 'ANSWER_QUESTION' AS kind, q.answer_by AS due, l.name AS words, 'application' AS of_kind, a.id AS of_id
		FROM application_question q JOIN application a ON a.id = q.application_id JOIN lot l ON l.id = a.lot_id WHERE q.answered_at IS NULL
		AND a.decision IS NULL
	UNION ALL SELECT 'RENEW_EVIDENCE', (e.valid_until + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 second', k.name, 'evidence',
	e.id
		FROM evidence e JOIN evidence_kind k ON k.code = e.kind
		WHERE e.rejected_at IS NULL AND e.valid_until BETWEEN ` + engine.TodaySQL + ` AND ` + engine.TodaySQL +
	` + (SELECT max(d) FROM unnest(k.warn_days) d)
		AND NOT EXISTS (SELECT FROM evidence n WHERE n.provider_id = e.provider_id AND n.kind = e.kind AND n.rejected_at IS NULL AND
			` + admission.EvidenceCompleteSQL("n") + ` AND n.valid_until > e.valid_until)
	UNION ALL SELECT 'RENEW_AS_ASKED', r.answer_by, k.name, 'provider', r.provider_id FROM renewal r JOIN evidence_kind k ON k.code = r.kind
		WHERE NOT EXISTS (SELECT FROM evidence e WHERE e.provider_id = r.provider_id AND e.kind = r.kind AND e.recorded_at >= r.asked_at
		AND e.rejected_at IS NULL AND ` + admission.EvidenceCompleteSQL("e") + `)
	UNION ALL SELECT 'GIVE_EVIDENCE', NULL, k.name, 'lot', le.lot_id FROM lot_evidence le JOIN evidence_kind k ON k.code = le.kind
		WHERE le.lot_id IN (SELECT m.lot_id FROM membership m WHERE m.provider_id = dps.org() AND m.ended_at IS NULL
			UNION SELECT a.lot_id FROM application a WHERE a.decision IS NULL) AND ` + fmt.Sprintf(admission.EvidenceLackingSQL, "dps.org()") + `
	UNION ALL SELECT 'ANSWER_REMOVAL', s.until, l.name, 'membership', m.id
		FROM membership_step s JOIN membership m ON m.id = s.membership_id JOIN lot l ON l.id = m.lot_id WHERE s.kind = 'REMOVAL_ANNOUNCED'
			AND m.ended_at IS NULL
		AND NOT EXISTS (SELECT FROM membership_step n WHERE n.membership_id = m.id AND n.number > s.number AND n.kind IN ('REMOVAL_ANSWERED',
			'KEPT', 'REMOVED'))
	UNION ALL SELECT 'ANSWER_INVITATION', n.deadline, n.reference, 'need', n.id FROM membership m JOIN need n ON n.lot_id = m.lot_id
		JOIN invitation i ON i.need_id = n.id AND i.provider_id = m.provider_id
		WHERE m.provider_id = dps.org() AND ` + admission.ActiveMemberSQL + ` AND i.answer IS NULL
		AND n.deadline > (SELECT dps.now()) AND n.published_at IS NOT NULL AND n.closed_at IS NULL AND n.withdrawn_at IS NULL
		AND NOT EXISTS (SELECT FROM telephone_offer o WHERE o.need_id = n.id AND o.provider_id = i.provider_id AND o.disputed_at IS NULL)
		AND NOT EXISTS (SELECT FROM sealed_offer o WHERE o.need_id = n.id AND o.provider_id = i.provider_id AND o.withdrawn_at IS NULL)
	UNION ALL SELECT 'RESPOND_TO_AWARD', w.accept_by, n.reference, 'award', w.id FROM award w JOIN need n ON n.id = w.need_id
		WHERE w.accepted_at IS NULL AND w.declined_at IS NULL AND w.lapsed_at IS NULL AND w.accept_by > (SELECT dps.now())
	UNION ALL SELECT 'ANSWER_PRICE_QUERY', q.answer_by, n.reference, 'offer', q.offer_id FROM price_query q JOIN need n ON n.id = q.need_id
		WHERE q.answered_at IS NULL AND q.decided_at IS NULL AND q.answer_by >= (SELECT dps.now())
	UNION ALL SELECT 'SIGN_AGREEMENT', p.starts_on::timestamp AT TIME ZONE 'Europe/London', n.reference, 'placement', p.id
		FROM agreement g JOIN placement p ON p.id = g.placement_id JOIN need n ON n.id = p.need_id WHERE g.provider_signed_at IS NULL
			AND p.cancelled_at IS NULL
	UNION ALL SELECT 'CONFIRM_OFFER', o.confirm_by, n.reference, 'need', n.id FROM telephone_offer o JOIN need n ON n.id = o.need_id
		WHERE o.confirmed_at IS NULL AND o.disputed_at IS NULL
	UNION ALL SELECT 'PREPARE_END', (p.ended_on + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 second', n.reference,
		'placement', p.id
		FROM placement p JOIN need n ON n.id = p.need_id WHERE p.ended_on IS NOT NULL
		AND (p.ended_on >= ` + engine.TodaySQL + ` OR p.end_recorded_at >= (SELECT dps.now()) - interval '14 days')
	UNION ALL SELECT 'NOTE_CANCELLATION', NULL, n.reference, 'placement', p.id FROM placement p JOIN need n ON n.id = p.need_id
		WHERE p.cancelled_at >= (SELECT dps.now()) - interval '14 days'
	UNION ALL SELECT DISTINCT 'READ_CORRECTION', n.deadline, n.reference, 'need', n.id
		FROM clarification_correction k JOIN need n ON n.id = k.need_id
		WHERE n.deadline > (SELECT dps.now()) AND n.withdrawn_at IS NULL`

// ToDo is what the actor has to do, the most urgent first: by its date, then the oldest. A provider's tasks are read from its own
// rows; those of other capacities are the duties that wait for them.
func ToDo(ctx context.Context, v *engine.View) ([]*rules.Task, error) {
	all := []*rules.Task{} // an empty list if there is nothing to do
	if v.Actor().Role == policy.BidsManager {
		return all, v.All(ctx, &all,
			"SELECT * FROM ("+taskQuery+") t ORDER BY kind = 'NOTE_CANCELLATION', due NULLS FIRST, kind, of_id LIMIT 100")
	}
	var duties []struct {
		Name rules.AlertKind `db:"duty"`
		rules.Task
	}
	if err := v.All(ctx, &duties, "SELECT duty, due, words, of_kind, of_id FROM dps.my_duties()"); err != nil {
		return nil, err
	}
	for _, d := range duties {
		d.Kind = rules.FindDuty(d.Name, "").Task
		all = append(all, &d.Task)
	}
	return all, nil
}
