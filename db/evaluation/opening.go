package evaluation

import (
	"context"
	"errors"
	"fmt"

	rules "github.com/southeasttogether/dps/market/evaluation"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// OpenOffers records that the actor says "open". When enough different officers have said so for the stage and the
// deadline has passed, it opens the offers in the same transaction as the keeper, whose key no database role has. A
// person who tries too early is refused after that is recorded, like a look at sealed offers.
func OpenOffers(ctx context.Context, d *engine.DB, a policy.Actor, in rules.OpenOffersInput) (uuid.UUID, error) {
	id, err := tryToOpen(ctx, d, a, in)
	if refusal := (*market.Refusal)(nil); errors.As(err, &refusal) && refusal.Code == market.TooEarly {
		v := d.View(a)
		if failed := errors.Join(tendering.NotePrematureLooks(ctx, v, []uuid.UUID{in.Need.UUID}), v.End(ctx)); failed != nil {
			return uuid.Nil, failed
		}
	}
	return id, err
}

func tryToOpen(ctx context.Context, d *engine.DB, a policy.Actor, in rules.OpenOffersInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "offer.open", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		return tendering.ForEachJointNeed(ctx, t, in.Need.UUID, true, func(need market.Need) (engine.Event, error) {
			return approveOrOpen(ctx, t, need, in.DeclareNoInterest)
		})
	})
}

// approveOrOpen records the actor's approval, and opens if it is the last one needed.
func approveOrOpen(ctx context.Context, t *engine.Tx, need market.Need, declares bool) (engine.Event, error) {
	terms, err := admission.NeedTerms(ctx, t, need)
	if err != nil {
		return engine.Event{}, err
	}
	stage, err := rules.OpeningStage(need, terms.Lot.Procedure, need.AsOf)
	if err != nil {
		return engine.Event{}, err
	}
	if err := requireEvaluator(t, terms.Lot.Procedure); err != nil {
		return engine.Event{}, err
	}
	officers, err := recordOpeningApproval(ctx, t, need, stage, t.Actor().Person)
	if err != nil {
		return engine.Event{}, err
	}
	if err := tendering.RequireNoConflict(ctx, t, need, declares); err != nil {
		return engine.Event{}, err
	}
	if officers < terms.Lot.Procedure.Openers {
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "opening_approval", string(stage)), nil
	}
	return engine.AuthorityEvent(need.ID, need.AuthorityID, "opened", string(stage)), openSealedOffers(ctx, t, need, terms, stage)
}

// recordOpeningApproval records the officer's approval. It counts the different officers who approved the stage and
// have declared no interest since.
func recordOpeningApproval(ctx context.Context, t *engine.Tx, n market.Need, stage market.Stage, person string) (int, error) {
	if _, err := t.Exec(ctx, `INSERT INTO opening_approval (need_id, authority_id, stage, person, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, n.ID, n.AuthorityID, stage, person, n.AsOf); err != nil {
		return 0, err
	}
	var officers int
	err := t.Get(ctx, &officers, "SELECT count(*) FROM opening_approval WHERE need_id = $1 AND stage = $2 AND voided_at IS NULL", n.ID, stage)
	return officers, err
}

// halvesToOpen are the sealed halves of the offers that take part in a stage, $2 being the lot. The first opening decides
// which they are: the offers of members that are active then, given in that membership, for settings that are open then.
// The second opens the prices of those same offers, whatever happened to a member or a setting in between.
var halvesToOpen = map[market.Stage]string{
	market.StageQuality: tendering.SealedHalfRows + `
		JOIN membership m ON m.provider_id = o.provider_id AND m.lot_id = $2 AND m.admitted_at <= o.received_at AND ` +
		admission.ActiveMemberSQL + `
		JOIN setting s ON s.id = o.setting_id AND ` + directory.OpenSettingSQL + `
		WHERE o.need_id = $1 AND o.withdrawn_at IS NULL ORDER BY o.id, p.part DESC`,
	market.StagePrice: tendering.SealedHalfRows + `
		JOIN offer opened ON opened.id = o.id
		JOIN need n ON n.id = o.need_id AND n.lot_id = $2
		WHERE o.need_id = $1 ORDER BY o.id, p.part DESC`,
}

// openSealedOffers decrypts what the stage opens and writes it in plain text. From here on the transaction runs as the
// keeper.
func openSealedOffers(ctx context.Context, t *engine.Tx, n market.Need, terms admission.MarketTerms, stage market.Stage) error {
	if err := t.SwitchRole(ctx, policy.Keeper); err != nil {
		return err
	}
	var halves []tendering.SealedHalf
	if err := t.SelectRows(ctx, &halves, halvesToOpen[stage], n.ID, n.LotID); err != nil {
		return err
	}
	withPrice := stage == market.StagePrice || !terms.Lot.Procedure.PriceLast
	for _, half := range halves { // QUALITY comes before PRICE of the same offer
		if half.Half == tendering.PriceHalf && !withPrice || half.Half == tendering.QualityHalf && stage == market.StagePrice {
			continue
		}
		if err := openSealedHalf(ctx, t, half); err != nil {
			return err
		}
	}
	return markOpened(ctx, t, n, terms, stage, withPrice)
}

func openSealedHalf(ctx context.Context, t *engine.Tx, half tendering.SealedHalf) error {
	plain, err := t.Keys().OpenAsKeeper(half.SealBinding(), half.SealedBytes())
	if err != nil {
		return fmt.Errorf("opening offer %s: %w", half.ID, err)
	}
	offer := half.Offer
	if err := tendering.FillHalf(&offer, half.Half, plain); err != nil {
		return err
	}
	if half.Half == tendering.PriceHalf {
		return insertOpenedPrice(ctx, t, offer)
	}
	_, err = t.Exec(ctx, `INSERT INTO offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt,
			starts_on, places, needs_met, outcomes_met, assumptions)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, offer.ID, offer.NeedID, offer.AuthorityID, offer.ProviderID,
		offer.SettingID, offer.Version, offer.ReceivedAt, offer.Receipt, offer.StartsOn.Time, offer.Places, offer.NeedsMet, offer.OutcomesMet,
		offer.Assumptions)
	return err
}

func insertOpenedPrice(ctx context.Context, t *engine.Tx, o market.Offer) error {
	if _, err := t.Exec(ctx, `INSERT INTO offer_price (offer_id, need_id, authority_id, provider_id, weekly, weeks, annual)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, o.ID, o.NeedID, o.AuthorityID, o.ProviderID, o.Price.Weekly, o.Price.Weeks,
		o.Price.Annual); err != nil {
		return err
	}
	for i, fee := range o.Price.Fees {
		if _, err := t.Exec(ctx, `INSERT INTO offer_fee (offer_id, authority_id, provider_id, position, kind, description, weekly)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, o.ID, o.AuthorityID, o.ProviderID, i+1, fee.Kind, fee.Description, fee.Weekly); err != nil {
			return err
		}
	}
	return nil
}

// markOpened marks the stage. Once prices are open and quality is locked, the ranking follows.
func markOpened(ctx context.Context, t *engine.Tx, n market.Need, terms admission.MarketTerms, stage market.Stage, withPrice bool) error {
	set := "opened_at = $2"
	if withPrice {
		set += ", prices_opened_at = $2"
	}
	if stage == market.StagePrice {
		set = "prices_opened_at = $2"
	}
	if err := t.ExecAtLeastOne(ctx, "UPDATE need SET "+set+" WHERE id = $1", n.ID, n.AsOf); err != nil {
		return err
	}
	if stage == market.StagePrice {
		return rankNeed(ctx, t, n, terms)
	}
	return nil
}
