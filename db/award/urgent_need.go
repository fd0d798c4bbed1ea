package award

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
	directoryrules "github.com/southeasttogether/dps/market/directory"
	"github.com/southeasttogether/dps/policy"
)

// calledProvider is a provider with its settings that are asked.
type calledProvider struct {
	Provider uuid.UUID    `db:"provider_id"`
	Settings market.Texts `db:"settings"`
}

// BroadcastUrgentNeed drafts and publishes an urgent need in one step, and asks the settings that fit.
func BroadcastUrgentNeed(ctx context.Context, d *engine.DB, a policy.Actor, in rules.BroadcastUrgentNeedInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "urgent.broadcast", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			terms, err := admission.LotTerms(ctx, t, in.Lot.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			rule, urgent, now, err := readUrgentTerms(ctx, t, in.Lot.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			need, err := rules.BroadcastUrgentNeed(in, terms.Lot, terms.Market, rule, urgent, now)
			if err != nil {
				return engine.Event{}, err
			}
			need.AuthorityID, need.Stated = a.Organisation, terms.Market.NeedRules()
			asked, err := findCalledSettings(ctx, t, rules.UrgentFilter(in, now))
			if err != nil {
				return engine.Event{}, err
			}
			return engine.AuthorityEvent(need.ID, need.AuthorityID, "created", "published_at", "urgent_reason"), insertUrgentNeed(ctx, t, need,
				in.CeilingWeekly, asked)
		})
}

// findCalledSettings finds the settings that a search gives, by provider.
func findCalledSettings(ctx context.Context, t *engine.Tx, f market.PlaceFilter) (asked []calledProvider, err error) {
	if err := directoryrules.CheckPlaces(f); err != nil {
		return nil, err
	}
	if f, err = directory.LocateFilter(ctx, t, f); err != nil {
		return nil, err
	}
	l := directory.PlacesByName(f)
	if err := t.SelectRows(ctx, &asked, "SELECT s.provider_id, json_agg(s.id ORDER BY s.name, s.id) AS settings FROM setting s WHERE "+l.Where+
		" GROUP BY s.provider_id ORDER BY s.provider_id", l.Args...); err != nil {
		return nil, err
	}
	if len(asked) == 0 {
		return nil, market.Refuse(market.WrongState,
			"No setting of the lot's active members fits: include those that have not declared a vacancy, or search another district.")
	}
	return asked, nil
}

func insertUrgentNeed(ctx context.Context, t *engine.Tx, n market.Need, ceiling *market.Decimal, asked []calledProvider) error {
	stated, err := json.Marshal(n.Stated)
	if err != nil {
		return err
	}
	if _, err := t.Exec(ctx, `INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, gender, primary_need, legal_basis,
		home_outcode, travel_miles,
			start_from, start_to, profile, outcomes, created_by, published_at, deadline, questions_until, invited, urgent_reason, rules)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18, $19, $20, $21)`,
		n.ID, n.AuthorityID, n.LotID, n.Reference, n.AgeLow, n.AgeHigh, n.Gender, n.PrimaryNeed, n.LegalBasis, n.HomeOutcode, n.TravelMiles,
		n.StartFrom.Time, n.StartTo.Time, n.Profile, n.Outcomes, t.Actor().Person, n.PublishedAt, n.Deadline, len(asked), n.UrgentReason,
		string(stated)); err != nil {
		return err
	}
	if err := tendering.InsertCeiling(ctx, t, n, ceiling); err != nil {
		return err
	}
	for _, c := range asked {
		if _, err := t.Exec(ctx, "INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at, settings) VALUES ($1, $2, "+
			"$3, $4, $5, $6::uuid[])",
			n.ID, c.Provider, n.AuthorityID, n.LotID, n.PublishedAt, pq.Array([]string(c.Settings))); err != nil {
			return err
		}
	}
	return nil
}

// ProposeUrgentPlace proposes a place that was offered by telephone.
func ProposeUrgentPlace(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ProposeUrgentPlaceInput) (uuid.UUID, error) {
	return proposeByRoute(ctx, d, a, in.IdempotencyKey, in, in.DeclareNoInterest,
		func(t *engine.Tx) (rules.RouteFacts, market.Award, rules.Basis, error) {
			var none market.Award
			o, err := lockTelephoneOffer(ctx, t, in.TelephoneOffer.UUID)
			if err != nil {
				return rules.RouteFacts{}, none, rules.Basis{}, err
			}
			asked, err := lockRouteFacts(ctx, t, o.NeedID, &o.SettingID, market.RouteUrgent)
			if err != nil {
				return asked, none, rules.Basis{}, err
			}
			live, err := admission.LiveMembership(ctx, t, asked.Need.LotID, o.ProviderID)
			if err != nil {
				return asked, none, rules.Basis{}, err
			}
			award, basis, err := rules.ProposeUrgentPlace(asked, o, live, in)
			return asked, award, basis, err
		})
}

// readUrgentTerms are the rules for the urgent route in a lot's market, and the clock.
func readUrgentTerms(ctx context.Context, t *engine.Tx, lot uuid.UUID) (rule rules.RouteRule, terms rules.UrgentTerms,
	now time.Time, err error,
) {
	const ofLot = " JOIN market m ON m.regime = r.regime JOIN lot l ON l.market_id = m.id WHERE l.id = $1"
	if err := t.Get(ctx, &rule, routeRuleRows+ofLot+" AND r.route = $2", lot, market.RouteUrgent); err != nil {
		return rule, terms, now, err
	}
	if err := t.Get(ctx, &terms, "SELECT r.most_hours, r.confirm_working_days, r.source FROM urgent_terms r"+ofLot, lot); err != nil {
		return rule, terms, now, err
	}
	return rule, terms, now, t.Get(ctx, &now, "SELECT dps.now()")
}
