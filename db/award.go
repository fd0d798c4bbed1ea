package db

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const AwardRows = `SELECT a.id, a.need_id, a.authority_id, a.offer_id, a.provider_id, a.setting_id, a.route, a.reason, a.proposed_at, a.proposed_by,
	a.approved_at, a.standstill_ends, a.accept_by, a.rejected_at, a.reject_reason, a.accepted_at, a.declined_at, a.decline_reason, a.lapsed_at, (SELECT dps.now()) AS as_of FROM award a`

// AwardsOfNeeds reads the awards of each need, newest first.
func AwardsOfNeeds(ctx context.Context, v *View, needs []uuid.UUID) (map[uuid.UUID][]*market.Award, error) {
	return Grouped(ctx, v, AwardRows, "a.need_id", "a.proposed_at DESC, a.id", needs, func(a *market.Award) uuid.UUID { return a.NeedID })
}

// AwardsByID reads awards.
func AwardsByID(ctx context.Context, v *View, ids []uuid.UUID) (map[uuid.UUID]*market.Award, error) {
	if !v.Can("award.read") {
		return nil, nil
	}
	return ByID(ctx, v, AwardRows, "a.id", ids, func(a *market.Award) uuid.UUID { return a.ID })
}

// LettersOfOffers reads what each bidder was told, newest first.
func LettersOfOffers(ctx context.Context, v *View, offers []uuid.UUID) (map[uuid.UUID][]*market.Letter, error) {
	return Grouped(ctx, v, `SELECT l.offer_id, l.provider_id, l.result, l.rank, l.total, l.body, l.sent_at FROM letter l`,
		"l.offer_id", "l.sent_at DESC, l.id", offers, func(l *market.Letter) uuid.UUID { return l.OfferID })
}

// ProposeAward proposes an award. The unique index on live awards is the last word when several propose at once.
func ProposeAward(ctx context.Context, d *DB, a policy.Actor, in market.ProposeAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "award.propose", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		if err := RequireStillRanked(ctx, t, in.Offer.UUID); err != nil {
			return Event{}, err
		}
		var ranking market.Ranking
		if err := t.Get(ctx, &ranking, RankingRows+" WHERE r.offer_id = $1", in.Offer.UUID); err != nil {
			return Event{}, AbsentIfNoRows(err, "ranked offer")
		}
		need, err := LockNeed(ctx, t, ranking.NeedID, true)
		if err != nil {
			return Event{}, err
		}
		award, err := newProposedAward(ctx, t, need, ranking, in)
		if err != nil {
			return Event{}, err
		}
		if _, err = t.Exec(ctx, `INSERT INTO award (id, need_id, authority_id, offer_id, provider_id, setting_id, reason, proposed_at, proposed_by)
			VALUES ($1, $2, $3, $4, $5, (SELECT setting_id FROM offer WHERE id = $4), $6, $7, $8)`,
			award.ID, need.ID, need.AuthorityID, award.OfferID, award.ProviderID, award.Reason, need.AsOf, a.Person); err != nil {
			return Event{}, err
		}
		if err := RequirePriceAccounted(ctx, t, award); err != nil {
			return Event{}, err
		}
		return AuthorityEvent(award.ID, need.AuthorityID, "proposed"), RequireNoConflict(ctx, t, need.ID)
	})
}

// newProposedAward checks an award against the earlier ones of the need, the provider's membership, which must still be live, and the
// setting, which must still be open.
func newProposedAward(ctx context.Context, t *Tx, n market.Need, r market.Ranking, in market.ProposeAwardInput) (market.Award, error) {
	var earlier []market.Award
	if err := t.SelectRows(ctx, &earlier, AwardRows+" WHERE a.need_id = $1", n.ID); err != nil {
		return market.Award{}, err
	}
	var order []market.Ranking
	if err := t.SelectRows(ctx, &order, RankingRows+" WHERE r.need_id = $1 ORDER BY r.rank", n.ID); err != nil {
		return market.Award{}, err
	}
	live, err := LiveMembership(ctx, t, n.LotID, r.ProviderID)
	if err != nil {
		return market.Award{}, err
	}
	award, err := market.ProposeAward(n, r, order, earlier, live, in)
	if err != nil {
		return award, err
	}
	return award, requireOfferedSettingOpen(ctx, t, award, n.AsOf)
}

// requireOfferedSettingOpen refuses an award in a setting that has closed since the offer.
func requireOfferedSettingOpen(ctx context.Context, t *Tx, a market.Award, now time.Time) error {
	var offer market.Offer
	if err := t.Get(ctx, &offer, OpenedOfferRows+" WHERE o.id = $1", a.OfferID); err != nil {
		return AbsentIfNoRows(err, "offer")
	}
	return RequireSettingOpen(ctx, t, offer.SettingID, offer.StartsOn, now)
}

// LockAward reads an award under the lock of its need, which it also returns.
func LockAward(ctx context.Context, t *Tx, id uuid.UUID) (market.Award, error) {
	var award market.Award
	if err := t.Get(ctx, &award, AwardRows+" WHERE a.id = $1", id); err != nil {
		return award, AbsentIfNoRows(err, "award")
	}
	if _, err := LockNeed(ctx, t, award.NeedID, true); err != nil {
		return award, err
	}
	return award, t.Get(ctx, &award, AwardRows+" WHERE a.id = $1", id)
}

// ApproveAward approves a proposed award and tells every bidder, in the same transaction.
func ApproveAward(ctx context.Context, d *DB, a policy.Actor, in market.ApproveAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "award.approve", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		award, err := LockAward(ctx, t, in.Award.UUID)
		if err != nil {
			return Event{}, err
		}
		var need market.Need
		if err := t.Get(ctx, &need, NeedRows+" WHERE n.id = $1", award.NeedID); err != nil {
			return Event{}, err
		}
		if err := requirePanelAgreement(ctx, t, award); err != nil {
			return Event{}, err
		}
		terms, err := NeedTerms(ctx, t, need)
		if err != nil {
			return Event{}, err
		}
		live, err := LiveMembership(ctx, t, need.LotID, award.ProviderID)
		if err != nil {
			return Event{}, err
		}
		if award, err = market.ApproveAward(award, terms.Market, live, in.Standstill, a.Person, award.AsOf); err != nil {
			return Event{}, err
		}
		if err := requireOfferedSettingOpen(ctx, t, award, award.AsOf); err != nil {
			return Event{}, err
		}
		if err := t.ExecAtLeastOne(ctx, `UPDATE award SET approved_at = $2, approved_by = $3, standstill_ends = $4, accept_by = $5 WHERE id = $1`,
			award.ID, award.ApprovedAt, a.Person, award.StandstillEnds, award.AcceptBy); err != nil {
			return Event{}, err
		}
		if err := RequireNoConflict(ctx, t, need.ID); err != nil {
			return Event{}, err
		}
		return AuthorityEvent(award.ID, award.AuthorityID, "approved_at", "letters"), tellBidders(ctx, t, award, need, terms)
	})
}

// RejectAward rejects a proposed award; the need is free for another.
func RejectAward(ctx context.Context, d *DB, a policy.Actor, in market.RejectAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "award.reject", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		award, err := LockAward(ctx, t, in.Award.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.RejectAward(award, in); err != nil {
			return Event{}, err
		}
		if err := t.ExecAtLeastOne(ctx, "UPDATE award SET rejected_at = $2, rejected_by = $3, reject_reason = $4 WHERE id = $1 AND approved_at IS NULL",
			award.ID, award.AsOf, a.Person, in.Reason); err != nil {
			return Event{}, err
		}
		return AuthorityEvent(award.ID, award.AuthorityID, "rejected_at"), RequireNoConflict(ctx, t, award.NeedID)
	})
}

// AcceptAward accepts an award as its provider: the place is reserved and the agreement drawn up. The database counts
// the setting's places, over all authorities, under a lock.
func AcceptAward(ctx context.Context, d *DB, a policy.Actor, in market.AcceptAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "award.respond", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		award, err := LockAward(ctx, t, in.Award.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.AcceptAward(award, award.AsOf); err != nil {
			return Event{}, err
		}
		if err := t.ExecAtLeastOne(ctx, "UPDATE award SET accepted_at = $2 WHERE id = $1 AND accepted_at IS NULL", award.ID, award.AsOf); err != nil {
			return Event{}, err
		}
		return AuthorityEvent(award.ID, award.AuthorityID, "accepted_at", "placement"), reserveOfferedPlace(ctx, t, award)
	})
}

// reserveOfferedPlace reserves a place from the provider's own sealed copy of what it offered.
func reserveOfferedPlace(ctx context.Context, t *Tx, a market.Award) error {
	offer, err := ReadOwnOffer(ctx, t, a.OfferID)
	if err != nil {
		return err
	}
	return reservePlace(ctx, t, a, offer.StartsOn, offer.Price.Weekly, offer.Price.Weeks)
}

// reservePlace makes the placement and its agreement.
func reservePlace(ctx context.Context, t *Tx, a market.Award, startsOn market.Date, weekly market.Decimal, weeks int) error {
	if err := RequireSettingOpen(ctx, t, a.SettingID, startsOn, a.AsOf); err != nil {
		return err
	}
	var lot market.Lot
	if err := t.Get(ctx, &lot, LotRows+" WHERE l.id = (SELECT lot_id FROM need WHERE id = $1)", a.NeedID); err != nil {
		return err
	}
	placement := uuid.New()
	if _, err := t.Exec(ctx, `INSERT INTO placement (id, award_id, need_id, authority_id, provider_id, setting_id, starts_on, route, above_places_ground)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULLIF($9, ''))`, placement, a.ID, a.NeedID, a.AuthorityID, a.ProviderID, a.SettingID, startsOn.Time,
		a.Route, market.AbovePlacesGround(a.Route)); err != nil {
		return err
	}
	_, err := t.Exec(ctx, `INSERT INTO agreement (id, placement_id, need_id, authority_id, provider_id, contract, contract_version, weekly, weeks)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, uuid.New(), placement, a.NeedID, a.AuthorityID, a.ProviderID,
		lot.Contract, lot.ContractVersion, weekly, weeks)
	return err
}

// ReadOwnOffer reads an offer of the actor's provider from its sealed copy.
func ReadOwnOffer(ctx context.Context, t *Tx, id uuid.UUID) (market.Offer, error) {
	var halves []SealedHalf
	if err := t.SelectRows(ctx, &halves, SealedHalfRows+" WHERE o.id = ANY ($1)", Ids([]uuid.UUID{id})); err != nil {
		return market.Offer{}, err
	}
	offer := market.Offer{ID: id}
	for _, half := range halves {
		if err := OpenOwnHalf(t.Keys(), half, &offer); err != nil {
			return offer, err
		}
	}
	return offer, nil
}

// DeclineAward declines an award as its provider, with a reason. The authority may then propose the next.
func DeclineAward(ctx context.Context, d *DB, a policy.Actor, in market.DeclineAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "award.respond", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		award, err := LockAward(ctx, t, in.Award.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.DeclineAward(award, in); err != nil {
			return Event{}, err
		}
		err = t.ExecAtLeastOne(ctx, "UPDATE award SET declined_at = $2, decline_reason = $3 WHERE id = $1 AND accepted_at IS NULL", award.ID, award.AsOf, in.Reason)
		return AuthorityEvent(award.ID, award.AuthorityID, "declined_at"), err
	})
}
