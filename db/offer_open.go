package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// OpenOffers records that the actor says "open" and, when enough distinct officers have said so for the stage and the
// deadline has passed, opens: as the keeper, whose key is no database role's, in the same transaction. Who tries too early
// is refused once that is on record, like a look at what is sealed.
func (d *DB) OpenOffers(ctx context.Context, a policy.Actor, in market.OpenOffersInput) (uuid.UUID, error) {
	id, err := d.openOffers(ctx, a, in)
	if refusal := (*market.Refusal)(nil); errors.As(err, &refusal) && refusal.Code == market.TooEarly {
		v := d.View(a)
		if failed := errors.Join(v.noteEarly(ctx, []uuid.UUID{in.Need.UUID}), v.End(ctx)); failed != nil {
			return uuid.Nil, failed
		}
	}
	return id, err
}

func (d *DB) openOffers(ctx context.Context, a policy.Actor, in market.OpenOffersInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "offer.open", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return t.together(ctx, in.Need.UUID, true, func(need market.Need) (Event, error) {
			return t.sayOpen(ctx, need)
		})
	})
}

// sayOpen records the actor's word, and opens when it is the last one needed.
func (t *Tx) sayOpen(ctx context.Context, need market.Need) (Event, error) {
	terms, err := t.termsOf(ctx, need)
	if err != nil {
		return Event{}, err
	}
	stage, err := market.OpeningStage(need, terms.lot.Procedure, need.AsOf)
	if err != nil {
		return Event{}, err
	}
	officers, err := t.approveOpening(ctx, need, stage, t.Actor().Person)
	if err != nil {
		return Event{}, err
	}
	if err := t.disinterested(ctx, need.ID); err != nil {
		return Event{}, err
	}
	if officers < terms.lot.Procedure.Openers {
		return about(need.ID, need.AuthorityID, "opening_approval", string(stage)), nil
	}
	return about(need.ID, need.AuthorityID, "opened", string(stage)), t.open(ctx, need, terms, stage)
}

// approveOpening records the officer's word and counts the distinct officers who gave theirs for the stage, and have declared no
// interest since.
func (t *Tx) approveOpening(ctx context.Context, n market.Need, stage market.Stage, person string) (int, error) {
	if _, err := t.exec(ctx, `INSERT INTO opening_approval (need_id, authority_id, stage, person, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, n.ID, n.AuthorityID, stage, person, n.AsOf); err != nil {
		return 0, err
	}
	var officers int
	err := t.get(ctx, &officers, "SELECT count(*) FROM opening_approval WHERE need_id = $1 AND stage = $2 AND voided_at IS NULL", n.ID, stage)
	return officers, err
}

// open decrypts what the stage opens and writes it in plain: not the offers of a provider that is no longer an active member,
// nor those for a setting that has closed. From here on the transaction goes on as the keeper.
func (t *Tx) open(ctx context.Context, n market.Need, terms terms, stage market.Stage) error {
	if err := t.as(ctx, policy.Keeper); err != nil {
		return err
	}
	var halves []sealedRow
	if err := t.all(ctx, &halves, ownHalves+`
		JOIN membership m ON m.provider_id = o.provider_id AND m.lot_id = $2 AND `+activeMember+`
		JOIN setting s ON s.id = o.setting_id AND `+openSetting+`
		WHERE o.need_id = $1 AND o.withdrawn_at IS NULL ORDER BY o.id, p.part DESC`, n.ID, n.LotID); err != nil {
		return err
	}
	withPrice := stage == market.StagePrice || !terms.lot.Procedure.PriceLast
	for _, half := range halves { // QUALITY comes before PRICE of the same offer
		if half.Part == price && !withPrice || half.Part == quality && stage == market.StagePrice {
			continue
		}
		if err := t.openHalf(ctx, half); err != nil {
			return err
		}
	}
	return t.opened(ctx, n, terms, stage, withPrice)
}

func (t *Tx) openHalf(ctx context.Context, half sealedRow) error {
	plain, err := t.Keys().OpenAsKeeper(half.binding(), half.sealed())
	if err != nil {
		return fmt.Errorf("opening offer %s: %w", half.ID, err)
	}
	offer := half.Offer
	if err := fill(&offer, half.Part, plain); err != nil {
		return err
	}
	if half.Part == price {
		return t.insertPrice(ctx, offer)
	}
	_, err = t.exec(ctx, `INSERT INTO offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt,
			starts_on, places, needs_met, outcomes_met, assumptions)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, offer.ID, offer.NeedID, offer.AuthorityID, offer.ProviderID,
		offer.SettingID, offer.Version, offer.ReceivedAt, offer.Receipt, offer.StartsOn.Time, offer.Places, offer.NeedsMet, offer.OutcomesMet, offer.Assumptions)
	return err
}

func (t *Tx) insertPrice(ctx context.Context, o market.Offer) error {
	if _, err := t.exec(ctx, `INSERT INTO offer_price (offer_id, need_id, authority_id, provider_id, weekly, weeks, annual)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, o.ID, o.NeedID, o.AuthorityID, o.ProviderID, o.Price.Weekly, o.Price.Weeks, o.Price.Annual); err != nil {
		return err
	}
	for i, fee := range o.Price.Fees {
		if _, err := t.exec(ctx, `INSERT INTO offer_fee (offer_id, authority_id, provider_id, position, kind, description, weekly)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, o.ID, o.AuthorityID, o.ProviderID, i+1, fee.Kind, fee.Description, fee.Weekly); err != nil {
			return err
		}
	}
	return nil
}

// opened marks the stage; once prices are open and quality is locked, the ranking follows.
func (t *Tx) opened(ctx context.Context, n market.Need, terms terms, stage market.Stage, withPrice bool) error {
	set := "opened_at = $2"
	if withPrice {
		set += ", prices_opened_at = $2"
	}
	if stage == market.StagePrice {
		set = "prices_opened_at = $2"
	}
	if err := t.must(ctx, "UPDATE need SET "+set+" WHERE id = $1", n.ID, n.AsOf); err != nil {
		return err
	}
	if stage == market.StagePrice {
		return t.rank(ctx, n, terms)
	}
	return nil
}
