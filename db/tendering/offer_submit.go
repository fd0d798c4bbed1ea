package tendering

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// SubmitOffer seals an offer of the actor's provider, or a new version of the one for the same setting. The shared lock
// lets providers submit at the same time and makes the closing wait. The database checks the deadline again at commit.
func SubmitOffer(ctx context.Context, d *engine.DB, a policy.Actor, in rules.SubmitOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "offer.submit", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		return ForEachJointNeed(ctx, t, in.Need.UUID, false, func(need market.Need) (engine.Event, error) {
			setting, live, err := readBidder(ctx, t, in.Setting.UUID, need.LotID, a.Organisation)
			if err != nil {
				return engine.Event{}, err
			}
			better, fees, err := rules.SubmitOffer(in, need, setting, live, need.AsOf)
			if err != nil {
				return engine.Event{}, err
			}
			offer, err := nextOfferVersion(ctx, t, need, setting)
			if err != nil {
				return engine.Event{}, err
			}
			return engine.ProviderEvent(offer.ID, a.Organisation, "version"), sealOffer(ctx, t, offer, better, fees)
		})
	})
}

// readBidder reads the setting, which must be the provider's own, and the provider's membership of the lot.
func readBidder(ctx context.Context, t *engine.Tx, setting, lot, provider uuid.UUID) (market.Setting, *market.Membership, error) {
	var s market.Setting
	if err := t.Get(ctx, &s, directory.SettingRows+" WHERE s.id = $1 AND s.provider_id = $2", setting, provider); err != nil {
		return s, nil, engine.AbsentIfNoRows(err, "setting")
	}
	live, err := admission.LiveMembership(ctx, t, lot, provider)
	return s, live, err
}

// nextOfferVersion is the offer for a setting: the live one with its next version, or a new one.
func nextOfferVersion(ctx context.Context, t *engine.Tx, n market.Need, s market.Setting) (market.Offer, error) {
	var live []market.Offer
	err := t.SelectRows(ctx, &live, sealedOfferRows+
		` WHERE o.need_id = $1 AND o.provider_id = $2 AND o.setting_id = $3 AND o.withdrawn_at IS NULL FOR UPDATE`, n.ID, s.ProviderID, s.ID)
	// readBidder found it by its provider
	offer := market.Offer{ID: uuid.New(), NeedID: n.ID, AuthorityID: n.AuthorityID, ProviderID: *s.ProviderID, SettingID: s.ID}
	if len(live) > 0 {
		offer = live[0]
	}
	offer.Version++
	offer.ReceivedAt = n.AsOf
	return offer, err
}

// sealOffer encrypts both halves and writes them as the offer's new version, with the receipt over both.
func sealOffer(ctx context.Context, t *engine.Tx, o market.Offer, better market.OfferQuality, fees market.OfferPrice) error {
	halves := map[string]any{QualityHalf: better, PriceHalf: fees}
	sealed, receipts := map[string]seal.Sealed{}, ""
	for _, part := range []string{QualityHalf, PriceHalf} {
		plain, err := json.Marshal(halves[part])
		if err != nil {
			return err
		}
		half := SealedHalf{Offer: o, Half: part}
		if sealed[part], err = t.Keys().Seal(half.SealBinding(), plain); err != nil {
			return err
		}
		receipts += seal.Receipt(sealed[part], half.SealBinding())
	}
	digest := sha256.Sum256([]byte(receipts))
	o.Receipt = hex.EncodeToString(digest[:])
	if err := writeSealedOffer(ctx, t, o); err != nil {
		return err
	}
	return writeSealedHalves(ctx, t, o, sealed)
}

func writeSealedOffer(ctx context.Context, t *engine.Tx, o market.Offer) error {
	if o.Version == 1 {
		_, err := t.Exec(ctx, `INSERT INTO sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, o.ID, o.NeedID, o.AuthorityID, o.ProviderID, o.SettingID, o.Version, o.ReceivedAt, o.Receipt)
		return err
	}
	return t.ExecAtLeastOne(ctx, "UPDATE sealed_offer SET version = $2, received_at = $3, receipt = $4 WHERE id = $1 AND withdrawn_at IS NULL",
		o.ID, o.Version, o.ReceivedAt, o.Receipt)
}

func writeSealedHalves(ctx context.Context, t *engine.Tx, o market.Offer, sealed map[string]seal.Sealed) error {
	q, p := sealed[QualityHalf], sealed[PriceHalf]
	_, err := t.Exec(ctx, `INSERT INTO sealed_part (offer_id, provider_id, need_id, version, part, ciphertext, keeper_key, provider_key)
		VALUES ($1, $2, $3, $4, 'QUALITY', $5, $6, $7), ($1, $2, $3, $4, 'PRICE', $8, $9, $10)`,
		o.ID, o.ProviderID, o.NeedID, o.Version, q.Ciphertext, q.KeeperKey, q.ProviderKey, p.Ciphertext, p.KeeperKey, p.ProviderKey)
	return err
}

// WithdrawOffer withdraws an offer before the deadline. The sealed offer stays sealed.
func WithdrawOffer(ctx context.Context, d *engine.DB, a policy.Actor, in rules.WithdrawOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "offer.withdraw", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			var offer market.Offer
			if err := t.Get(ctx, &offer, sealedOfferRows+" WHERE o.id = $1", in.Offer.UUID); err != nil {
				return engine.Event{}, engine.AbsentIfNoRows(err, "offer")
			}
			return ForEachJointNeed(ctx, t, offer.NeedID, false, func(need market.Need) (engine.Event, error) {
				o, err := counterpartSealedOffer(ctx, t, offer, need)
				if err != nil {
					return engine.Event{}, err
				}
				if err := rules.WithdrawOffer(o, need, need.AsOf); err != nil {
					return engine.Event{}, err
				}
				err = t.ExecAtLeastOne(ctx, "UPDATE sealed_offer SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL", o.ID, need.AsOf)
				return engine.ProviderEvent(o.ID, a.Organisation, "withdrawn_at"), err
			})
		})
}

// counterpartSealedOffer is the live offer for the same setting to another need of a joint call; for its own need it is
// the offer itself.
func counterpartSealedOffer(ctx context.Context, t *engine.Tx, o market.Offer, n market.Need) (market.Offer, error) {
	if o.NeedID == n.ID {
		return o, nil
	}
	var twin market.Offer
	err := t.Get(ctx, &twin, sealedOfferRows+" WHERE o.need_id = $1 AND o.setting_id = $2 AND o.withdrawn_at IS NULL", n.ID, o.SettingID)
	return twin, engine.AbsentIfNoRows(err, "offer")
}
