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
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// SubmitOffer seals an offer of the actor's provider, or a new version of the one for the same setting; one for each need of a joint call.
// The shared locks let providers submit side by side and make the closing wait; the database checks the deadline again at commit.
func SubmitOffer(ctx context.Context, d *engine.DB, a policy.Actor, in rules.SubmitOfferInput) (uuid.UUID, error) {
	var facts rules.OfferFacts
	need, setting, provider := in.Need.UUID, in.Setting.UUID, a.Organisation
	return d.Decide(ctx, a, engine.Request{Act: "offer.submit", Key: in.IdempotencyKey, Input: in}, engine.Decision{
		Locks: append([]engine.Lock{engine.ShareMembershipsOf(provider)}, engine.ShareCall(need)...),
		Facts: []engine.Fact{
			engine.List(&facts.Call, callRows("$1::uuid"), need),
			engine.Optional(&facts.Setting, directory.SettingRows+" WHERE s.id = $1 AND s.provider_id = $2", setting, provider),
			engine.List(&facts.Memberships, membershipsForCall, need, provider),
			engine.List(&facts.Live, liveOffersOfSetting, need, provider, setting),
		},
		Decide: func() (engine.Outcome, error) {
			offers, err := rules.SubmitOffers(in, facts)
			if err != nil {
				return engine.Outcome{}, err
			}
			return sealOffers(d.Keys(), offers)
		},
	})
}

var (
	membershipsForCall = admission.LiveMembershipRows + " WHERE m.provider_id = $2 AND m.lot_id = ANY (ARRAY(SELECT n.lot_id FROM need n " +
		"WHERE n.id = ANY (" + callOf("$1::uuid") + ")))"
	liveOffersOfSetting = liveOffersOfCall("$1::uuid", "provider_id = $2 AND setting_id = $3"+engine.LockOffers)
)

// liveOffersOfCall reads offers to a need and to the others of its joint call that are not withdrawn, under a condition. Each need is
// looked up by itself: a provider may have made many offers.
func liveOffersOfCall(need, condition string) string {
	return rowset.New[market.Offer]("sealed_offer", "o", offerColumns, heldUntil, inHalves,
		rowset.From("unnest("+callOf(need)+") call (need_id) CROSS JOIN LATERAL (SELECT * FROM sealed_offer "+
			"WHERE need_id = call.need_id AND withdrawn_at IS NULL AND "+condition+") o")).Rows()
}

// sealOffers encrypts both halves of each offer. What is written of the first one is the answer.
func sealOffers(keys *seal.Keyring, offers []market.Offer) (engine.Outcome, error) {
	var out engine.Outcome
	var first market.Offer
	for i, o := range offers {
		halves, err := encodeHalves(o)
		if err != nil {
			return out, err
		}
		sealed, err := sealHalves(keys, &o, halves)
		if err != nil {
			return out, err
		}
		out.Rows = append(out.Rows, sealedOfferRow(o), sealedHalvesRow(o, sealed))
		out.Events = append(out.Events, engine.ProviderEvent(o.ID, o.ProviderID, "version"))
		if i > 0 {
			continue
		}
		first = o
		for part, plain := range halves { // as it is read again, to the last zero of a price
			if err := FillHalf(&first, part, plain); err != nil {
				return out, err
			}
		}
	}
	out.Answer = func(v *engine.View) { keepOwnOffer(v, &first, true) }
	return out, nil
}

// encodeHalves are the two halves of an offer as they are sealed, by their names.
func encodeHalves(o market.Offer) (map[string][]byte, error) {
	quality, err := json.Marshal(o.OfferQuality)
	if err != nil {
		return nil, err
	}
	price, err := json.Marshal(o.Price)
	return map[string][]byte{QualityHalf: quality, PriceHalf: price}, err
}

// sealHalves encrypts both halves under the offer's version, and gives the offer the receipt over both.
func sealHalves(keys *seal.Keyring, o *market.Offer, halves map[string][]byte) (map[string]seal.Sealed, error) {
	sealed, receipts := map[string]seal.Sealed{}, ""
	for _, part := range []string{QualityHalf, PriceHalf} {
		binding := SealedHalf{Offer: *o, Half: part}.SealBinding()
		var err error
		if sealed[part], err = keys.Seal(binding, halves[part]); err != nil {
			return nil, err
		}
		receipts += seal.Receipt(sealed[part], binding)
	}
	digest := sha256.Sum256([]byte(receipts))
	o.Receipt = hex.EncodeToString(digest[:])
	return sealed, nil
}

func sealedOfferRow(o market.Offer) engine.Row {
	if o.Version == 1 {
		return engine.Write(`INSERT INTO sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, o.ID, o.NeedID, o.AuthorityID, o.ProviderID, o.SettingID, o.Version, o.ReceivedAt, o.Receipt)
	}
	return engine.Write("UPDATE sealed_offer SET version = $2, received_at = $3, receipt = $4 WHERE id = $1 AND withdrawn_at IS NULL",
		o.ID, o.Version, o.ReceivedAt, o.Receipt)
}

func sealedHalvesRow(o market.Offer, sealed map[string]seal.Sealed) engine.Row {
	q, p := sealed[QualityHalf], sealed[PriceHalf]
	return engine.Write(`INSERT INTO sealed_part (offer_id, provider_id, need_id, version, part, ciphertext, keeper_key, provider_key)
		VALUES ($1, $2, $3, $4, 'QUALITY', $5, $6, $7), ($1, $2, $3, $4, 'PRICE', $8, $9, $10)`,
		o.ID, o.ProviderID, o.NeedID, o.Version, q.Ciphertext, q.KeeperKey, q.ProviderKey, p.Ciphertext, p.KeeperKey, p.ProviderKey)
}

// needOfOffer is, in SQL, the need of an offer.
const needOfOffer = "(SELECT need_id FROM sealed_offer WHERE id = $1)"

var liveOffersAlike = liveOffersOfCall(needOfOffer, "provider_id = (SELECT provider_id FROM sealed_offer WHERE id = $1) "+
	"AND setting_id = (SELECT setting_id FROM sealed_offer WHERE id = $1)"+engine.LockOffers)

// WithdrawOffer withdraws an offer before the deadline, and those for the same setting to the other needs of a joint call. What was sealed
// stays sealed.
func WithdrawOffer(ctx context.Context, d *engine.DB, a policy.Actor, in rules.WithdrawOfferInput) (uuid.UUID, error) {
	var facts rules.WithdrawalFacts
	return d.Decide(ctx, a, engine.Request{Act: "offer.withdraw", Key: in.IdempotencyKey, Input: in}, engine.Decision{
		Locks: engine.ShareCallOfOffer(in.Offer.UUID),
		Facts: []engine.Fact{
			engine.List(&facts.Call, callRows(needOfOffer), in.Offer.UUID),
			engine.List(&facts.Live, liveOffersAlike, in.Offer.UUID),
			engine.Optional(&facts.Offer, sealedOfferRows+" WHERE o.id = $1", in.Offer.UUID),
		},
		Decide: func() (engine.Outcome, error) {
			var out engine.Outcome
			offers, err := rules.WithdrawOffers(facts)
			if err != nil {
				return out, err
			}
			for _, o := range offers {
				out.Rows = append(out.Rows, engine.Write("UPDATE sealed_offer SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL", o.ID,
					o.WithdrawnAt))
				out.Events = append(out.Events, engine.ProviderEvent(o.ID, a.Organisation, "withdrawn_at"))
			}
			out.Answer = func(v *engine.View) { keepOwnOffer(v, &offers[0], false) }
			return out, nil
		},
	})
}
