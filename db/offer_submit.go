package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// SubmitOffer seals an offer of the actor's provider, or a new version of the one for the same setting. The shared lock
// lets providers submit side by side and makes the closing wait; the database checks the deadline again at commit.
func (d *DB) SubmitOffer(ctx context.Context, a policy.Actor, in market.SubmitOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "offer.submit", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return t.together(ctx, in.Need.UUID, false, func(need market.Need) (Event, error) {
			setting, live, err := t.bidder(ctx, in.Setting.UUID, need.LotID, a.Organisation)
			if err != nil {
				return Event{}, err
			}
			better, fees, err := market.SubmitOffer(in, need, setting, live, need.AsOf)
			if err != nil {
				return Event{}, err
			}
			offer, err := t.envelope(ctx, need, setting)
			if err != nil {
				return Event{}, err
			}
			return secret(offer.ID, a.Organisation, "version"), t.sealOffer(ctx, offer, better, fees)
		})
	})
}

// bidder is the setting, which must be the provider's own, and the provider's membership of the lot.
func (t *Tx) bidder(ctx context.Context, setting, lot, provider uuid.UUID) (market.Setting, *market.Membership, error) {
	var s market.Setting
	if err := t.get(ctx, &s, settingRows+" WHERE s.id = $1 AND s.provider_id = $2", setting, provider); err != nil {
		return s, nil, absent(err, "setting")
	}
	live, err := t.liveMembership(ctx, lot, provider)
	return s, live, err
}

// envelope is the offer for a setting: the live one at its next version, or a new one.
func (t *Tx) envelope(ctx context.Context, n market.Need, s market.Setting) (market.Offer, error) {
	var live []market.Offer
	err := t.all(ctx, &live, "SELECT "+sealedHead+` FROM sealed_offer o
		WHERE o.need_id = $1 AND o.provider_id = $2 AND o.setting_id = $3 AND o.withdrawn_at IS NULL FOR UPDATE`, n.ID, s.ProviderID, s.ID)
	offer := market.Offer{ID: uuid.New(), NeedID: n.ID, AuthorityID: n.AuthorityID, ProviderID: *s.ProviderID, SettingID: s.ID} // bidder found it by its provider
	if len(live) > 0 {
		offer = live[0]
	}
	offer.Version++
	offer.ReceivedAt = n.AsOf
	return offer, err
}

// sealOffer encrypts both halves and writes them under the offer's new version, with the receipt over both.
func (t *Tx) sealOffer(ctx context.Context, o market.Offer, better market.OfferQuality, fees market.OfferPrice) error {
	halves := map[string]any{quality: better, price: fees}
	sealed, receipts := map[string]seal.Sealed{}, ""
	for _, part := range []string{quality, price} {
		plain, err := json.Marshal(halves[part])
		if err != nil {
			return err
		}
		half := sealedRow{Offer: o, Part: part}
		if sealed[part], err = t.Keys().Seal(half.binding(), plain); err != nil {
			return err
		}
		receipts += seal.Receipt(sealed[part], half.binding())
	}
	digest := sha256.Sum256([]byte(receipts))
	o.Receipt = hex.EncodeToString(digest[:])
	if err := t.writeEnvelope(ctx, o); err != nil {
		return err
	}
	return t.writeHalves(ctx, o, sealed)
}

func (t *Tx) writeEnvelope(ctx context.Context, o market.Offer) error {
	if o.Version == 1 {
		_, err := t.exec(ctx, `INSERT INTO sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, o.ID, o.NeedID, o.AuthorityID, o.ProviderID, o.SettingID, o.Version, o.ReceivedAt, o.Receipt)
		return err
	}
	return t.must(ctx, "UPDATE sealed_offer SET version = $2, received_at = $3, receipt = $4 WHERE id = $1 AND withdrawn_at IS NULL",
		o.ID, o.Version, o.ReceivedAt, o.Receipt)
}

func (t *Tx) writeHalves(ctx context.Context, o market.Offer, sealed map[string]seal.Sealed) error {
	q, p := sealed[quality], sealed[price]
	_, err := t.exec(ctx, `INSERT INTO sealed_part (offer_id, provider_id, need_id, version, part, ciphertext, keeper_key, provider_key)
		VALUES ($1, $2, $3, $4, 'QUALITY', $5, $6, $7), ($1, $2, $3, $4, 'PRICE', $8, $9, $10)`,
		o.ID, o.ProviderID, o.NeedID, o.Version, q.Ciphertext, q.KeeperKey, q.ProviderKey, p.Ciphertext, p.KeeperKey, p.ProviderKey)
	return err
}

// WithdrawOffer withdraws an offer before the deadline. What was sealed stays sealed.
func (d *DB) WithdrawOffer(ctx context.Context, a policy.Actor, in market.WithdrawOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "offer.withdraw", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		var offer market.Offer
		if err := t.get(ctx, &offer, sealedRows+" WHERE o.id = $1", in.Offer.UUID); err != nil {
			return Event{}, absent(err, "offer")
		}
		return t.together(ctx, offer.NeedID, false, func(need market.Need) (Event, error) {
			o, err := t.sealedTwin(ctx, offer, need)
			if err != nil {
				return Event{}, err
			}
			if err := market.WithdrawOffer(o, need, need.AsOf); err != nil {
				return Event{}, err
			}
			err = t.must(ctx, "UPDATE sealed_offer SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL", o.ID, need.AsOf)
			return secret(o.ID, a.Organisation, "withdrawn_at"), err
		})
	})
}

// sealedTwin is the live offer for the same setting to another need of a joint call; the offer itself for its own.
func (t *Tx) sealedTwin(ctx context.Context, o market.Offer, n market.Need) (market.Offer, error) {
	if o.NeedID == n.ID {
		return o, nil
	}
	var twin market.Offer
	err := t.get(ctx, &twin, sealedRows+" WHERE o.need_id = $1 AND o.setting_id = $2 AND o.withdrawn_at IS NULL", n.ID, o.SettingID)
	return twin, absent(err, "offer")
}
