package tendering

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/seal"
)

// The two halves of a sealed offer. The price can be opened later than the rest.
const (
	QualityHalf = "QUALITY"
	PriceHalf   = "PRICE"
)

// SealedHalf is one half of a sealed offer. An offer is two rows.
type SealedHalf struct {
	market.Offer
	Half        string `db:"part"`
	Ciphertext  []byte `db:"ciphertext"`
	KeeperKey   []byte `db:"keeper_key"`
	ProviderKey []byte `db:"provider_key"`
}

// SealBinding is what the half is bound to: sealed for another need, offer or version it does not open.
func (r SealedHalf) SealBinding() seal.Binding {
	return seal.Binding{Need: r.NeedID, Provider: r.ProviderID, Offer: r.ID, Version: r.Version, Part: r.Half}
}

// SealedBytes is the half as it is stored, for who has a key.
func (r SealedHalf) SealedBytes() seal.Sealed {
	return seal.Sealed{Ciphertext: r.Ciphertext, KeeperKey: r.KeeperKey, ProviderKey: r.ProviderKey}
}

// offerColumns are the columns of an offer o, opened or sealed.
var offerColumns = rowset.All(rowset.Columns("id", "need_id", "authority_id", "provider_id", "version"), rowset.Parent("setting",
	"setting_id", directory.SettingTable),
	rowset.Column("received_at", "receivedAt"), rowset.Column("receipt", "receipt"),
	rowset.Parent("need", "need_id", NeedTable), rowset.Parent("provider", "provider_id", directory.ProviderTable))

// inHalves is what the halves of an offer contain.
var inHalves = rowset.All(rowset.Elsewhere("starts_on", "places", "needs_met", "outcomes_met", "assumptions", "price"),
	rowset.Follow(sealedFields...))

var (
	sealedOfferTable = rowset.New[market.Offer]("sealed_offer", "o", rowset.Act("sealed.read"), offerColumns,
		rowset.Columns("withdrawn_at", "voided_at"),
		inHalves)
	sealedOfferRows = sealedOfferTable.Rows()
)

// unsealOwnOffers fills the provider's own offers from their sealed halves, with the provider's own key, if the request
// needs anything in them.
func unsealOwnOffers(ctx context.Context, v *engine.View, offers map[uuid.UUID]*market.Offer) error {
	if !v.Selects("Offer", sealedFields...) {
		return nil
	}
	opened := engine.Kept(v, func() *openedOffers { return &openedOffers{filled: map[*market.Offer]bool{}} })
	opened.Lock()
	defer opened.Unlock()
	ids := make([]uuid.UUID, 0, len(offers))
	for id, offer := range offers {
		if !opened.filled[offer] {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var halves []SealedHalf
	if err := v.All(ctx, &halves, SealedHalfRows+" WHERE o.id = ANY ($1)", pq.Array(ids)); err != nil {
		return err
	}
	for _, half := range halves {
		if err := OpenOwnHalf(v.Keys(), half, offers[half.ID]); err != nil {
			return err
		}
	}
	for _, id := range ids {
		opened.filled[offers[id]] = true
	}
	return nil
}

// openedOffers are a provider's own offers that one request has opened. A row that is read once is shared by all that name it, also
// at the same time: it is filled once.
type openedOffers struct {
	sync.Mutex
	filled map[*market.Offer]bool
}

// End has nothing to record.
func (*openedOffers) End(context.Context, *engine.View) error { return nil }

// SealedHalfRows reads the current version of sealed offers, two rows for each offer.
var SealedHalfRows = rowset.New[SealedHalf]("sealed_offer", "o", offerColumns, rowset.Columns("withdrawn_at", "voided_at"), inHalves,
	rowset.Computed("part", "p.part"), rowset.Computed("ciphertext", "p.ciphertext"), rowset.Computed("keeper_key", "p.keeper_key"),
	rowset.Computed("provider_key", "p.provider_key"),
	rowset.Join("JOIN sealed_part p ON p.offer_id = o.id AND p.version = o.version")).Rows()

// sealedFields are the fields of an offer that are sealed.
var sealedFields = []string{"startsOn", "places", "needsMet", "outcomesMet", "assumptions", "price"}

// OpenOwnHalf opens one half with the provider's own key, into its offer.
func OpenOwnHalf(keys *seal.Keyring, half SealedHalf, into *market.Offer) error {
	plain, err := keys.OpenAsProvider(half.SealBinding(), half.SealedBytes())
	if err != nil {
		return fmt.Errorf("own offer %s: %w", half.ID, err)
	}
	return FillHalf(into, half.Half, plain)
}

// FillHalf puts an opened half into its offer.
func FillHalf(o *market.Offer, part string, plain []byte) error {
	if part == PriceHalf {
		o.Price = &market.OfferPrice{OfferID: o.ID}
		return json.Unmarshal(plain, o.Price)
	}
	return json.Unmarshal(plain, &o.OfferQuality)
}
