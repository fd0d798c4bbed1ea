package db

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const awardRows = `SELECT a.id, a.need_id, a.authority_id, a.offer_id, a.provider_id, a.setting_id, a.route, a.reason, a.proposed_at, a.proposed_by,
	a.approved_at, a.standstill_ends, a.accept_by, a.rejected_at, a.reject_reason, a.accepted_at, a.declined_at, a.decline_reason, a.lapsed_at, (SELECT dps.now()) AS as_of FROM award a`

// AwardsOfNeeds reads the awards of each need, newest first.
func (v *View) AwardsOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID][]*market.Award, error) {
	return grouped(ctx, v, awardRows, "a.need_id", "a.proposed_at DESC, a.id", needs, func(a *market.Award) uuid.UUID { return a.NeedID })
}

// AwardsByID reads awards.
func (v *View) AwardsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Award, error) {
	if !v.can("award.read") {
		return nil, nil
	}
	return byID(ctx, v, awardRows, "a.id", ids, func(a *market.Award) uuid.UUID { return a.ID })
}

// LettersOfOffers reads what each bidder was told, newest first.
func (v *View) LettersOfOffers(ctx context.Context, offers []uuid.UUID) (map[uuid.UUID][]*market.Letter, error) {
	return grouped(ctx, v, `SELECT l.offer_id, l.provider_id, l.result, l.rank, l.total, l.body, l.sent_at FROM letter l`,
		"l.offer_id", "l.sent_at DESC, l.id", offers, func(l *market.Letter) uuid.UUID { return l.OfferID })
}

// ProposeAward proposes an award. The unique index on live awards is the last word when several propose at once.
func (d *DB) ProposeAward(ctx context.Context, a policy.Actor, in market.ProposeAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "award.propose", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		if err := t.fallen(ctx, in.Offer.UUID); err != nil {
			return Event{}, err
		}
		var ranking market.Ranking
		if err := t.get(ctx, &ranking, rankingRows+" WHERE r.offer_id = $1", in.Offer.UUID); err != nil {
			return Event{}, absent(err, "ranked offer")
		}
		need, err := t.lockedNeed(ctx, ranking.NeedID, true)
		if err != nil {
			return Event{}, err
		}
		award, err := t.proposal(ctx, need, ranking, in)
		if err != nil {
			return Event{}, err
		}
		if _, err = t.exec(ctx, `INSERT INTO award (id, need_id, authority_id, offer_id, provider_id, setting_id, reason, proposed_at, proposed_by)
			VALUES ($1, $2, $3, $4, $5, (SELECT setting_id FROM offer WHERE id = $4), $6, $7, $8)`,
			award.ID, need.ID, need.AuthorityID, award.OfferID, award.ProviderID, award.Reason, need.AsOf, a.Person); err != nil {
			return Event{}, err
		}
		if err := t.priceAccounted(ctx, award); err != nil {
			return Event{}, err
		}
		return about(award.ID, need.AuthorityID, "proposed"), t.disinterested(ctx, need.ID)
	})
}

// proposal checks an award against the earlier ones of the need, the provider's membership, which must still be live, and the
// setting, which must still be open.
func (t *Tx) proposal(ctx context.Context, n market.Need, r market.Ranking, in market.ProposeAwardInput) (market.Award, error) {
	var earlier []market.Award
	if err := t.all(ctx, &earlier, awardRows+" WHERE a.need_id = $1", n.ID); err != nil {
		return market.Award{}, err
	}
	var order []market.Ranking
	if err := t.all(ctx, &order, rankingRows+" WHERE r.need_id = $1 ORDER BY r.rank", n.ID); err != nil {
		return market.Award{}, err
	}
	live, err := t.liveMembership(ctx, n.LotID, r.ProviderID)
	if err != nil {
		return market.Award{}, err
	}
	award, err := market.ProposeAward(n, r, order, earlier, live, in)
	if err != nil {
		return award, err
	}
	return award, t.stillOffered(ctx, award, n.AsOf)
}

// stillOffered refuses an award in a setting that has closed since the offer.
func (t *Tx) stillOffered(ctx context.Context, a market.Award, now time.Time) error {
	var offer market.Offer
	if err := t.get(ctx, &offer, openedRows+" WHERE o.id = $1", a.OfferID); err != nil {
		return absent(err, "offer")
	}
	return t.stillOpen(ctx, offer.SettingID, offer.StartsOn, now)
}

// lockedAward reads an award under the lock of its need, which it also returns.
func (t *Tx) lockedAward(ctx context.Context, id uuid.UUID) (market.Award, error) {
	var award market.Award
	if err := t.get(ctx, &award, awardRows+" WHERE a.id = $1", id); err != nil {
		return award, absent(err, "award")
	}
	if _, err := t.lockedNeed(ctx, award.NeedID, true); err != nil {
		return award, err
	}
	return award, t.get(ctx, &award, awardRows+" WHERE a.id = $1", id)
}

// ApproveAward approves a proposed award and tells every bidder, in the same transaction.
func (d *DB) ApproveAward(ctx context.Context, a policy.Actor, in market.ApproveAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "award.approve", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		award, err := t.lockedAward(ctx, in.Award.UUID)
		if err != nil {
			return Event{}, err
		}
		var need market.Need
		if err := t.get(ctx, &need, needRows+" WHERE n.id = $1", award.NeedID); err != nil {
			return Event{}, err
		}
		if err := t.agreedByPanel(ctx, award); err != nil {
			return Event{}, err
		}
		terms, err := t.termsOf(ctx, need)
		if err != nil {
			return Event{}, err
		}
		live, err := t.liveMembership(ctx, need.LotID, award.ProviderID)
		if err != nil {
			return Event{}, err
		}
		if award, err = market.ApproveAward(award, terms.market, live, in.Standstill, a.Person, award.AsOf); err != nil {
			return Event{}, err
		}
		if err := t.stillOffered(ctx, award, award.AsOf); err != nil {
			return Event{}, err
		}
		if err := t.must(ctx, `UPDATE award SET approved_at = $2, approved_by = $3, standstill_ends = $4, accept_by = $5 WHERE id = $1`,
			award.ID, award.ApprovedAt, a.Person, award.StandstillEnds, award.AcceptBy); err != nil {
			return Event{}, err
		}
		if err := t.disinterested(ctx, need.ID); err != nil {
			return Event{}, err
		}
		return about(award.ID, award.AuthorityID, "approved_at", "letters"), t.tellBidders(ctx, award, need, terms)
	})
}

// RejectAward rejects a proposed award; the need is free for another.
func (d *DB) RejectAward(ctx context.Context, a policy.Actor, in market.RejectAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "award.reject", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		award, err := t.lockedAward(ctx, in.Award.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.RejectAward(award, in); err != nil {
			return Event{}, err
		}
		if err := t.must(ctx, "UPDATE award SET rejected_at = $2, rejected_by = $3, reject_reason = $4 WHERE id = $1 AND approved_at IS NULL",
			award.ID, award.AsOf, a.Person, in.Reason); err != nil {
			return Event{}, err
		}
		return about(award.ID, award.AuthorityID, "rejected_at"), t.disinterested(ctx, award.NeedID)
	})
}

// AcceptAward accepts an award as its provider: the place is reserved and the agreement drawn up. The database counts
// the setting's places, over all authorities, under a lock.
func (d *DB) AcceptAward(ctx context.Context, a policy.Actor, in market.AcceptAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "award.respond", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		award, err := t.lockedAward(ctx, in.Award.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.AcceptAward(award, award.AsOf); err != nil {
			return Event{}, err
		}
		if err := t.must(ctx, "UPDATE award SET accepted_at = $2 WHERE id = $1 AND accepted_at IS NULL", award.ID, award.AsOf); err != nil {
			return Event{}, err
		}
		return about(award.ID, award.AuthorityID, "accepted_at", "placement"), t.reserveByOffer(ctx, award)
	})
}

// reserveByOffer reserves a place from the provider's own sealed copy of what it offered.
func (t *Tx) reserveByOffer(ctx context.Context, a market.Award) error {
	offer, err := t.ownOffer(ctx, a.OfferID)
	if err != nil {
		return err
	}
	return t.reserve(ctx, a, offer.StartsOn, offer.Price.Weekly, offer.Price.Weeks)
}

// reserve makes the placement and its agreement.
func (t *Tx) reserve(ctx context.Context, a market.Award, startsOn market.Date, weekly market.Decimal, weeks int) error {
	if err := t.stillOpen(ctx, a.SettingID, startsOn, a.AsOf); err != nil {
		return err
	}
	var lot market.Lot
	if err := t.get(ctx, &lot, lotRows+" WHERE l.id = (SELECT lot_id FROM need WHERE id = $1)", a.NeedID); err != nil {
		return err
	}
	placement := uuid.New()
	if _, err := t.exec(ctx, `INSERT INTO placement (id, award_id, need_id, authority_id, provider_id, setting_id, starts_on, route, above_places_ground)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULLIF($9, ''))`, placement, a.ID, a.NeedID, a.AuthorityID, a.ProviderID, a.SettingID, startsOn.Time,
		a.Route, market.AboveItsPlaces(a.Route)); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO agreement (id, placement_id, need_id, authority_id, provider_id, contract, contract_version, weekly, weeks)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, uuid.New(), placement, a.NeedID, a.AuthorityID, a.ProviderID,
		lot.Contract, lot.ContractVersion, weekly, weeks)
	return err
}

// ownOffer reads an offer of the actor's provider from its sealed copy.
func (t *Tx) ownOffer(ctx context.Context, id uuid.UUID) (market.Offer, error) {
	var halves []sealedRow
	if err := t.all(ctx, &halves, ownHalves+" WHERE o.id = ANY ($1)", ids([]uuid.UUID{id})); err != nil {
		return market.Offer{}, err
	}
	offer := market.Offer{ID: id}
	for _, half := range halves {
		if err := openOwnHalf(t.Keys(), half, &offer); err != nil {
			return offer, err
		}
	}
	return offer, nil
}

// DeclineAward declines an award as its provider, with a reason. The authority may then propose the next.
func (d *DB) DeclineAward(ctx context.Context, a policy.Actor, in market.DeclineAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "award.respond", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		award, err := t.lockedAward(ctx, in.Award.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.DeclineAward(award, in); err != nil {
			return Event{}, err
		}
		err = t.must(ctx, "UPDATE award SET declined_at = $2, decline_reason = $3 WHERE id = $1 AND accepted_at IS NULL", award.ID, award.AsOf, in.Reason)
		return about(award.ID, award.AuthorityID, "declined_at"), err
	})
}
