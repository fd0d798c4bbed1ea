package award

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
	"github.com/southeasttogether/dps/policy"
)

// ProposeNamedPlace proposes the place that follows when a school is named as the family asked.
func ProposeNamedPlace(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ProposeNamedPlaceInput) (uuid.UUID, error) {
	return proposeByRoute(ctx, d, a, in.IdempotencyKey, in, in.DeclareNoInterest,
		func(t *engine.Tx) (rules.RouteFacts, market.Award, rules.Basis, error) {
			wish, err := readPreference(ctx, t, &in.Preference)
			if err != nil {
				return rules.RouteFacts{}, market.Award{}, rules.Basis{}, err
			}
			decided, setting, err := readNaming(ctx, t, wish)
			if err != nil {
				return rules.RouteFacts{}, market.Award{}, rules.Basis{}, err
			}
			asked, err := lockRouteFacts(ctx, t, wish.NeedID, setting, market.RouteParentalPreference)
			if err != nil {
				return asked, market.Award{}, rules.Basis{}, err
			}
			award, basis, err := rules.ProposeNamedPlace(asked, decided, in)
			return asked, award, basis, err
		})
}

// ProposeOrderedPlace proposes the place that the tribunal directed.
func ProposeOrderedPlace(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ProposeOrderedPlaceInput) (uuid.UUID, error) {
	return proposeByRoute(ctx, d, a, in.IdempotencyKey, in, in.DeclareNoInterest,
		func(t *engine.Tx) (rules.RouteFacts, market.Award, rules.Basis, error) {
			asked, err := lockRouteFacts(ctx, t, in.Need.UUID, &in.Setting.UUID, market.RouteTribunal)
			if err != nil {
				return asked, market.Award{}, rules.Basis{}, err
			}
			var direction rules.TribunalTerms
			if err := t.Get(ctx, &direction, "SELECT d.code, d.weeks, d.source FROM tribunal_direction d WHERE d.code = $1",
				in.Directs); err != nil {
				return asked, market.Award{}, rules.Basis{}, err
			}
			award, basis, err := rules.ProposeOrderedPlace(asked, direction, in, asked.Need.AsOf)
			return asked, award, basis, err
		})
}

// ProposeChosenPlace proposes a direct award by user choice.
func ProposeChosenPlace(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ProposeChosenPlaceInput) (uuid.UUID, error) {
	return proposeByRoute(ctx, d, a, in.IdempotencyKey, in, in.DeclareNoInterest,
		func(t *engine.Tx) (rules.RouteFacts, market.Award, rules.Basis, error) {
			asked, err := lockRouteFacts(ctx, t, in.Need.UUID, &in.Setting.UUID, market.RouteUserChoice)
			if err != nil {
				return asked, market.Award{}, rules.Basis{}, err
			}
			wish, err := readPreference(ctx, t, in.Preference)
			if err != nil {
				return asked, market.Award{}, rules.Basis{}, err
			}
			award, basis, err := rules.ProposeChosenPlace(asked, wish, in)
			return asked, award, basis, err
		})
}

// ProposeSpotPlace records a place bought outside the market.
func ProposeSpotPlace(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ProposeSpotPlaceInput) (uuid.UUID, error) {
	return proposeByRoute(ctx, d, a, in.IdempotencyKey, in, in.DeclareNoInterest,
		func(t *engine.Tx) (rules.RouteFacts, market.Award, rules.Basis, error) {
			asked, err := lockRouteFacts(ctx, t, in.Need.UUID, &in.Setting.UUID, market.RouteSpot)
			if err != nil {
				return asked, market.Award{}, rules.Basis{}, err
			}
			seller := asked.Setting.ProviderID
			if in.Seller != nil && seller == nil {
				if seller, err = findOrInsertSeller(ctx, t, *in.Seller); err != nil {
					return asked, market.Award{}, rules.Basis{}, err
				}
			}
			award, basis, err := rules.ProposeSpotPlace(asked, seller, in)
			return asked, award, basis, err
		})
}

// proposeByRoute writes a proposal by another route. A competition goes on: the database withdraws the need when the place is agreed.
func proposeByRoute(ctx context.Context, d *engine.DB, a policy.Actor, key string, in any, declares bool,
	propose func(*engine.Tx) (rules.RouteFacts, market.Award, rules.Basis, error),
) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "route.take", Key: key, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		asked, award, basis, err := propose(t)
		if err != nil {
			return engine.Event{}, err
		}
		if _, err := t.Exec(ctx, `INSERT INTO award (id, need_id, authority_id, provider_id, setting_id, route, reason, proposed_at, proposed_by,
			estimated_value)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, award.ID, award.NeedID, award.AuthorityID, award.ProviderID, award.SettingID,
			award.Route,
			award.Reason,
			asked.Need.AsOf, a.Person, award.EstimatedValue); err != nil {
			return engine.Event{}, err
		}
		if err := insertBasis(ctx, t, award, basis); err != nil {
			return engine.Event{}, err
		}
		if err := insertGrounds(ctx, t, award.ID, award.NeedID, award.AuthorityID, basis.Grounds); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(award.ID, award.AuthorityID, "proposed", string(award.Route)),
			tendering.RequireNoConflict(ctx, t, asked.Need, declares)
	})
}

func insertBasis(ctx context.Context, t *engine.Tx, a market.Award, b rules.Basis) error {
	words := protectedBasis{Reasons: b.Reasons, Evidence: b.Evidence, Enactment: b.Enactment}
	var directs *rules.TribunalDirection
	var ordered, comply any
	if b.Order != nil {
		words.Reference, directs, ordered, comply = b.Order.Reference, &b.Order.Directs, b.Order.OrderedOn.Time, b.Order.ComplyBy.Time
	}
	plain, err := json.Marshal(words)
	if err != nil {
		return err
	}
	sealed, err := t.Keys().Protect(basisContext(a.ID), plain)
	if err != nil {
		return err
	}
	_, err = t.Exec(ctx, `INSERT INTO basis (award_id, need_id, authority_id, words, starts_on, weekly, weeks, preference_id, directs,
		ordered_on, comply_by, choice, spot, telephone_offer_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, a.ID, a.NeedID, a.AuthorityID, sealed, b.StartsOn.Time, b.Weekly,
		b.Weeks, b.PreferenceID,
		directs, ordered, comply, b.Choice, b.Spot, b.TelephoneOfferID)
	return err
}

// lockRouteFacts locks the need and gathers what is known when a place by another route is proposed.
func lockRouteFacts(ctx context.Context, t *engine.Tx, need uuid.UUID, setting *uuid.UUID, route market.Route) (a rules.RouteFacts,
	err error,
) {
	if a.Need, err = tendering.LockNeed(ctx, t, need, true); err != nil {
		return a, err
	}
	if setting != nil {
		if err := t.Get(ctx, &a.Setting, directory.SettingRows+" WHERE s.id = $1", *setting); err != nil {
			return a, engine.AbsentIfNoRows(err, "setting")
		}
		if a.Bounds, err = readBounds(ctx, t, need, *setting); err != nil {
			return a, err
		}
	}
	var found []rules.RouteRule
	if err := t.SelectRows(ctx, &found, routeRuleRows+
		" JOIN market m ON m.regime = r.regime JOIN lot l ON l.market_id = m.id WHERE l.id = $1 AND r.route = $2", a.Need.LotID,
		route); err != nil {
		return a, err
	}
	a.Rule = rules.RouteRule{Route: route, Source: "no rule of the regime has it"}
	if len(found) > 0 {
		a.Rule = found[0]
	}
	if err := t.SelectRows(ctx, &a.EarlierAwards, evaluation.AwardRows+" WHERE a.need_id = $1", need); err != nil {
		return a, err
	}
	return a, t.Get(ctx, &a.EndedWithoutAward, "SELECT EXISTS (SELECT FROM no_award WHERE need_id = $1)", need)
}

// readPreference is a family's wish; nil if none is named.
func readPreference(ctx context.Context, t *engine.Tx, id *market.ID) (*market.Preference, error) {
	if id == nil {
		return nil, nil
	}
	wish := &market.Preference{}
	err := t.Get(ctx, wish, "SELECT p.id, p.need_id, p.setting_id FROM preference p WHERE p.id = $1", id.UUID)
	return wish, engine.AbsentIfNoRows(err, "preference")
}

// readNaming is the decision on a wish, and the school that it is about; nil if there is no decision.
func readNaming(ctx context.Context, t *engine.Tx, wish *market.Preference) (*market.Naming, *uuid.UUID, error) {
	var found []evaluation.NamingRow
	if err := t.SelectRows(ctx, &found, evaluation.NamingRows+" WHERE d.preference_id = $1", wish.ID); err != nil || len(found) == 0 {
		return nil, wish.SettingID, err
	}
	plain, err := t.Keys().Reveal(evaluation.NamingContext(found[0].ID), found[0].Sealed)
	found[0].Reasons = string(plain)
	return &found[0].Naming, &found[0].SettingID, err
}

// findOrInsertSeller is the seller of a place: a provider that is known by its number, or a new one.
func findOrInsertSeller(ctx context.Context, t *engine.Tx, in rules.SellerInput) (*uuid.UUID, error) {
	in, err := rules.CheckSeller(in)
	if err != nil {
		return nil, err
	}
	if err := t.Lock(ctx, engine.LockSellers()); err != nil {
		return nil, err
	}
	var known []uuid.UUID
	if err := t.SelectRows(ctx, &known, "SELECT id FROM provider WHERE company_number = $1 OR charity_number = $2 ORDER BY id LIMIT 1",
		in.CompanyNumber, in.CharityNumber); err != nil {
		return nil, err
	}
	if len(known) > 0 {
		return &known[0], nil
	}
	id := uuid.New()
	_, err = t.Exec(ctx, "INSERT INTO provider (id, name, company_number, charity_number) VALUES ($1, $2, $3, $4)", id,
		in.Name, in.CompanyNumber,
		in.CharityNumber)
	return &id, err
}
