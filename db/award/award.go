// Package award reads and changes awards by every route, letters, notices of awards and decisions of panels.
package award

import (
	"context"
	"time"

	rules "github.com/southeasttogether/dps/market/award"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var awardsOfNeeds = rowset.ListOf[uuid.UUID](evaluation.AwardTable, "need_id", rowset.By("a.proposed_at DESC", "a.id")...)

// AwardsOfNeeds reads the awards of each need, newest first.
func AwardsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Award, error) {
	return awardsOfNeeds.Read(ctx, v, needs)
}

// AwardsByID reads awards.
func AwardsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Award, error) {
	if !v.Can("award.read") {
		return nil, nil
	}
	return evaluation.AwardTable.ByID(ctx, v, ids)
}

// ProposeAward proposes an award. If several propose at once, the unique index on live awards decides.
func ProposeAward(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ProposeAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "award.propose", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		if err := evaluation.RequireStillRanked(ctx, t, in.Offer.UUID); err != nil {
			return engine.Event{}, err
		}
		var ranking market.Ranking
		if err := t.Get(ctx, &ranking, evaluation.RankingRows+" WHERE r.offer_id = $1", in.Offer.UUID); err != nil {
			return engine.Event{}, engine.AbsentIfNoRows(err, "ranked offer")
		}
		if err := t.Lock(ctx, engine.ShareMembershipsOf(ranking.ProviderID)); err != nil {
			return engine.Event{}, err
		}
		need, err := tendering.LockNeed(ctx, t, ranking.NeedID, true)
		if err != nil {
			return engine.Event{}, err
		}
		award, grounds, err := newProposedAward(ctx, t, need, ranking, in)
		if err != nil {
			return engine.Event{}, err
		}
		if _, err = t.Exec(ctx, `INSERT INTO award (id, need_id, authority_id, offer_id, provider_id, setting_id, reason, proposed_at,
			proposed_by, estimated_value)
			VALUES ($1, $2, $3, $4, $5, (SELECT setting_id FROM offer WHERE id = $4), $6, $7, $8, $9)`,
			award.ID, need.ID, need.AuthorityID, award.OfferID, award.ProviderID, award.Reason, need.AsOf, a.Person,
			award.EstimatedValue); err != nil {
			return engine.Event{}, err
		}
		if err := insertGrounds(ctx, t, award.ID, need.ID, need.AuthorityID, grounds); err != nil {
			return engine.Event{}, err
		}
		if err := evaluation.RequirePriceAccounted(ctx, t, award); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(award.ID, need.AuthorityID, "proposed"), tendering.RequireNoConflict(ctx, t, need, in.DeclareNoInterest)
	})
}

// newProposedAward checks an award against the earlier awards of the need, the provider's membership, which must still
// be active, and the setting, which must still be open and run by the provider. It gives the grounds that the award needs.
func newProposedAward(ctx context.Context, t *engine.Tx, n market.Need, r market.Ranking, in rules.ProposeAwardInput) (market.Award,
	*market.AwardGrounds, error,
) {
	var earlier []market.Award
	if err := t.SelectRows(ctx, &earlier, evaluation.AwardRows+" WHERE a.need_id = $1", n.ID); err != nil {
		return market.Award{}, nil, err
	}
	var order []market.Ranking
	if err := t.SelectRows(ctx, &order, evaluation.RankingRows+" WHERE r.need_id = $1 ORDER BY r.rank", n.ID); err != nil {
		return market.Award{}, nil, err
	}
	live, err := admission.LiveMembership(ctx, t, n.LotID, r.ProviderID)
	if err != nil {
		return market.Award{}, nil, err
	}
	award, err := rules.ProposeAward(n, r, order, earlier, live, in)
	if err != nil {
		return award, nil, err
	}
	offer, err := requireOfferedSetting(ctx, t, award, n.AsOf)
	if err != nil {
		return award, nil, err
	}
	grounds, err := checkOfferGrounds(ctx, t, offer, in.Grounds)
	return award, grounds, err
}

// requireOfferedSetting refuses an award in a setting that has closed since the offer, or that the provider does not run any
// more. It gives the offer.
func requireOfferedSetting(ctx context.Context, t *engine.Tx, a market.Award, now time.Time) (market.Offer, error) {
	var offer market.Offer
	if err := t.Get(ctx, &offer, tendering.OpenedOfferRows+" WHERE o.id = $1", a.OfferID); err != nil {
		return offer, engine.AbsentIfNoRows(err, "offer")
	}
	if err := directory.RequireRunBy(ctx, t, offer.SettingID, a.ProviderID); err != nil {
		return offer, err
	}
	return offer, directory.RequireSettingOpen(ctx, t, offer.SettingID, offer.StartsOn, now)
}

// LockAward locks the memberships of an award's provider and its need, and reads the award.
func LockAward(ctx context.Context, t *engine.Tx, id uuid.UUID) (market.Award, error) {
	var award market.Award
	if err := t.Get(ctx, &award, evaluation.AwardRows+" WHERE a.id = $1", id); err != nil {
		return award, engine.AbsentIfNoRows(err, "award")
	}
	if err := t.Lock(ctx, engine.ShareMembershipsOf(award.ProviderID)); err != nil {
		return award, err
	}
	if _, err := tendering.LockNeed(ctx, t, award.NeedID, true); err != nil {
		return award, err
	}
	return award, t.Get(ctx, &award, evaluation.AwardRows+" WHERE a.id = $1", id)
}

// needOfAward is what a declaration of interest is about, for an act that reads no more of the need.
func needOfAward(a market.Award) market.Need {
	return market.Need{ID: a.NeedID, AuthorityID: a.AuthorityID, AsOf: a.AsOf}
}

// ApproveAward approves a proposed award and tells every bidder, in the same transaction.
func ApproveAward(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ApproveAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "award.approve", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		award, err := LockAward(ctx, t, in.Award.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		var need market.Need
		if err := t.Get(ctx, &need, tendering.NeedRows+" WHERE n.id = $1", award.NeedID); err != nil {
			return engine.Event{}, err
		}
		if err := requirePanelAgreement(ctx, t, award); err != nil {
			return engine.Event{}, err
		}
		terms, err := admission.NeedTerms(ctx, t, need)
		if err != nil {
			return engine.Event{}, err
		}
		live, err := admission.LiveMembership(ctx, t, need.LotID, award.ProviderID)
		if err != nil {
			return engine.Event{}, err
		}
		if award, err = rules.ApproveAward(award, terms.Market, live, in.Standstill, a.Person, award.AsOf); err != nil {
			return engine.Event{}, err
		}
		if err := requireOfferStands(ctx, t, award); err != nil {
			return engine.Event{}, err
		}
		if err := t.ExecAtLeastOne(ctx, `UPDATE award SET approved_at = $2, approved_by = $3, standstill_ends = $4, accept_by = $5 WHERE id = $1`,
			award.ID, award.ApprovedAt, a.Person, award.StandstillEnds, award.AcceptBy); err != nil {
			return engine.Event{}, err
		}
		if err := tendering.RequireNoConflict(ctx, t, need, in.DeclareNoInterest); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(award.ID, award.AuthorityID, "approved_at", "letters"), tellBidders(ctx, t, award, need, terms)
	})
}

// requireOfferStands refuses to approve an award of an offer whose setting has closed or changed hands, or that needs a ground
// which its proposal does not give.
func requireOfferStands(ctx context.Context, t *engine.Tx, a market.Award) error {
	if _, err := requireOfferedSetting(ctx, t, a, a.AsOf); err != nil {
		return err
	}
	weekly, err := offeredWeekly(ctx, t, a.OfferID)
	if err != nil {
		return err
	}
	return requireGrounds(ctx, t, a, weekly)
}

// RejectAward rejects a proposed award. Another can then be proposed for the need.
func RejectAward(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RejectAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "award.reject", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		award, err := LockAward(ctx, t, in.Award.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.RejectAward(award, in); err != nil {
			return engine.Event{}, err
		}
		if err := t.ExecAtLeastOne(ctx,
			"UPDATE award SET rejected_at = $2, rejected_by = $3, reject_reason = $4 WHERE id = $1 AND approved_at IS NULL",
			award.ID, award.AsOf, a.Person, in.Reason); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(award.ID, award.AuthorityID, "rejected_at"),
			tendering.RequireNoConflict(ctx, t, needOfAward(award), in.DeclareNoInterest)
	})
}

// AcceptAward accepts an award as its provider. It reserves the place and draws up the agreement. The database counts
// the setting's places, over all authorities, under a lock.
func AcceptAward(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AcceptAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "award.respond", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		award, err := LockAward(ctx, t, in.Award.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		live, err := membershipForNeed(ctx, t, award)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.AcceptAward(award, live, award.AsOf); err != nil {
			return engine.Event{}, err
		}
		if err := t.ExecAtLeastOne(ctx, "UPDATE award SET accepted_at = $2 WHERE id = $1 AND accepted_at IS NULL", award.ID,
			award.AsOf); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(award.ID, award.AuthorityID, "accepted_at", "placement"), reserveOfferedPlace(ctx, t, award)
	})
}

// membershipForNeed is the membership of an award's provider in the lot of its need; nil if it has none.
func membershipForNeed(ctx context.Context, t *engine.Tx, a market.Award) (*market.Membership, error) {
	var lot uuid.UUID
	if err := t.Get(ctx, &lot, "SELECT lot_id FROM need WHERE id = $1", a.NeedID); err != nil {
		return nil, err
	}
	return admission.LiveMembership(ctx, t, lot, a.ProviderID)
}

// reserveOfferedPlace reserves a place from the provider's own sealed copy of its offer.
func reserveOfferedPlace(ctx context.Context, t *engine.Tx, a market.Award) error {
	offer, err := tendering.ReadOwnOffer(ctx, t, a.OfferID)
	if err != nil {
		return err
	}
	return reservePlace(ctx, t, a, offer.StartsOn, offer.Price.Weekly, offer.Price.Weeks)
}

// reservePlace makes the placement and its agreement.
func reservePlace(ctx context.Context, t *engine.Tx, a market.Award, startsOn market.Date, weekly market.Decimal, weeks int) error {
	if err := directory.RequireSettingOpen(ctx, t, a.SettingID, startsOn, a.AsOf); err != nil {
		return err
	}
	if err := tendering.RequireAreaApproval(ctx, t, a.NeedID, a.SettingID); err != nil {
		return err
	}
	var lot market.Lot
	if err := t.Get(ctx, &lot, admission.LotRows+" WHERE l.id = (SELECT lot_id FROM need WHERE id = $1)", a.NeedID); err != nil {
		return err
	}
	placement := uuid.New()
	if _, err := t.Exec(ctx, `INSERT INTO placement (id, award_id, need_id, authority_id, provider_id, setting_id, starts_on, route,
		above_places_ground)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULLIF($9, ''))`, placement, a.ID, a.NeedID, a.AuthorityID, a.ProviderID, a.SettingID,
		startsOn.Time,
		a.Route, rules.AbovePlacesGround(a.Route)); err != nil {
		return err
	}
	_, err := t.Exec(ctx, `INSERT INTO agreement (id, placement_id, need_id, authority_id, provider_id, contract, contract_version, weekly,
		weeks)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, uuid.New(), placement, a.NeedID, a.AuthorityID, a.ProviderID,
		lot.Contract, lot.ContractVersion, weekly, weeks)
	return err
}

// DeclineAward declines an award as its provider, with a reason. The authority can then propose the next one.
func DeclineAward(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DeclineAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "award.respond", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		award, err := LockAward(ctx, t, in.Award.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.DeclineAward(award, in); err != nil {
			return engine.Event{}, err
		}
		err = t.ExecAtLeastOne(ctx, "UPDATE award SET declined_at = $2, decline_reason = $3 WHERE id = $1 AND accepted_at IS NULL",
			award.ID, award.AsOf, in.Reason)
		return engine.AuthorityEvent(award.ID, award.AuthorityID, "declined_at"), err
	})
}
