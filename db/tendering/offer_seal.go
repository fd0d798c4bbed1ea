package tendering

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/google/uuid"

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

// heldUntil are when a sealed offer was withdrawn by its provider, or made void by a change of the need: one or the other. In the
// database a void offer is withdrawn too, so that nothing takes it for live.
var heldUntil = rowset.All(rowset.Computed("withdrawn_at", "CASE WHEN o.voided_at IS NULL THEN o.withdrawn_at END"),
	rowset.Columns("voided_at"))

var (
	sealedOfferTable = rowset.New[market.Offer]("sealed_offer", "o", rowset.Act("sealed.read"), offerColumns,
		heldUntil,
		inHalves)
	sealedOfferRows = sealedOfferTable.Rows()
)

// openOwnOffers gives the provider's own offers with what is sealed in them, opened with the provider's own key, where anything of it is
// asked for. Rows that were read are shared and are not written to: each offer is a copy of its row.
func openOwnOffers(ctx context.Context, v *engine.View, sealed map[uuid.UUID]*market.Offer) (map[uuid.UUID]*market.Offer, error) {
	if !v.Selects("Offer", sealedFields...) {
		return sealed, nil
	}
	opened := openedContentsOf(v)
	if err := opened.openMissing(ctx, v, sealed); err != nil {
		return nil, err
	}
	all := make(map[uuid.UUID]*market.Offer, len(sealed))
	for id, row := range sealed {
		offer := *row
		if contents, ok := opened.Load(offerVersion{id, row.Version}); ok {
			offer.OfferQuality, offer.Price = contents.(market.Offer).OfferQuality, contents.(market.Offer).Price
		}
		all[id] = &offer
	}
	return all, nil
}

// keepOwnOffer gives a view an offer of the actor's provider as it was written; opened says that its contents are in it.
func keepOwnOffer(v *engine.View, o *market.Offer, opened bool) {
	sealedOfferTable.Keep(v, o)
	if opened {
		openedContentsOf(v).Store(offerVersion{o.ID, o.Version}, *o)
	}
}

func openedContentsOf(v *engine.View) *openedContents {
	return engine.Kept(v, func() *openedContents { return &openedContents{} })
}

// openedContents is what one request has opened of a provider's own offers: each version of an offer is opened once. It maps an
// offerVersion to a market.Offer of which only what was sealed is filled.
type openedContents struct{ sync.Map }

// offerVersion is one version of an offer; what is sealed in it never changes.
type offerVersion struct {
	offer   uuid.UUID
	version int
}

// openMissing opens what is not opened yet.
func (o *openedContents) openMissing(ctx context.Context, v *engine.View, sealed map[uuid.UUID]*market.Offer) error {
	var missing []uuid.UUID
	for id, row := range sealed {
		if _, ok := o.Load(offerVersion{id, row.Version}); !ok {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var halves []SealedHalf
	if err := v.All(ctx, &halves, SealedHalfRows+" WHERE o.id = ANY ($1)", rowset.IDs(missing)); err != nil {
		return err
	}
	contents := map[offerVersion]*market.Offer{}
	for _, half := range halves {
		of := offerVersion{half.ID, half.Version}
		if contents[of] == nil {
			contents[of] = &market.Offer{ID: half.ID}
		}
		if err := OpenOwnHalf(v.Keys(), half, contents[of]); err != nil {
			return err
		}
	}
	for of, opened := range contents {
		o.Store(of, *opened)
	}
	return nil
}

// End has nothing to record.
func (*openedContents) End(context.Context, *engine.View) error { return nil }

// SealedHalfRows reads the current version of sealed offers, two rows for each offer.
var SealedHalfRows = rowset.New[SealedHalf]("sealed_offer", "o", offerColumns, heldUntil, inHalves,
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
