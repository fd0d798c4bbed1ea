package db

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/seal"
)

// The two halves of a sealed offer: the price may be opened later than the rest.
const (
	quality = "QUALITY"
	price   = "PRICE"
)

// sealedRow is one half of an offer as it lies sealed; an offer is two rows.
type sealedRow struct {
	market.Offer
	Part        string `db:"part"`
	Ciphertext  []byte `db:"ciphertext"`
	KeeperKey   []byte `db:"keeper_key"`
	ProviderKey []byte `db:"provider_key"`
}

func (r sealedRow) binding() seal.Binding {
	return seal.Binding{Need: r.NeedID, Provider: r.ProviderID, Offer: r.ID, Version: r.Version, Part: r.Part}
}

func (r sealedRow) sealed() seal.Sealed {
	return seal.Sealed{Ciphertext: r.Ciphertext, KeeperKey: r.KeeperKey, ProviderKey: r.ProviderKey}
}

const sealedHead = `o.id, o.need_id, o.authority_id, o.provider_id, o.setting_id, o.version, o.received_at, o.receipt, o.withdrawn_at, o.voided_at`

const sealedRows = "SELECT " + sealedHead + " FROM sealed_offer o"

// myOffers lists the offers of the actor's provider. The halves follow in a second statement.
var myOffers = listing[market.Offer]{
	name: "offers", rows: sealedRows, keys: "o.received_at, o.id", desc: true,
	key: func(o *market.Offer) []any { return []any{o.ReceivedAt.Format(time.RFC3339Nano), o.ID} },
}

// MyOffers is a page of the actor's provider's own offers, newest first.
func (v *View) MyOffers(ctx context.Context, p market.Page) (*market.OfferConnection, error) {
	found, err := page(ctx, v, myOffers, p)
	if err != nil {
		return nil, err
	}
	byID := map[uuid.UUID]*market.Offer{}
	for _, edge := range found.Edges {
		byID[edge.Node.ID] = edge.Node
	}
	return found, v.unsealOwn(ctx, byID)
}

// OffersByID reads offers: for a provider its own from the sealed copy, for an authority what was opened.
func (v *View) OffersByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Offer, error) {
	id := func(o *market.Offer) uuid.UUID { return o.ID }
	switch {
	case v.can("sealed.read"):
		found, err := byID(ctx, v, sealedRows, "o.id", ids, id)
		if err != nil {
			return nil, err
		}
		return found, v.unsealOwn(ctx, found)
	case v.can("offer.read"):
		return byID(ctx, v, openedRows, "o.id", ids, id)
	}
	return nil, nil
}

// OffersOfNeeds reads the offers of each need: best first once ranked, else by id, which says nothing. An authority that
// asks before the opening gets none, and is recorded.
func (v *View) OffersOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID][]*market.Offer, error) {
	if v.can("sealed.read") {
		return v.ownOffersOfNeeds(ctx, needs)
	}
	if !v.can("offer.read") {
		return nil, nil
	}
	if err := v.noteEarly(ctx, needs); err != nil {
		return nil, err
	}
	if known, all := v.knownOffers(needs); all {
		read := 0
		for _, offers := range known {
			read += len(offers)
		}
		return known, v.spend(read)
	}
	rows, order := v.openedInOrder()
	return grouped(ctx, v, rows, "o.need_id", order, needs, func(o *market.Offer) uuid.UUID { return o.NeedID })
}

// openedInOrder are the rows of opened offers, and what orders those of needs.
func (v *View) openedInOrder() (rows, order string) {
	if v.can("ranking.read") {
		return openedRows + " LEFT JOIN ranking r ON r.offer_id = o.id AND r.superseded_at IS NULL", "o.need_id, r.rank, o.id"
	}
	return openedRows, "o.need_id, o.id"
}

func (v *View) ownOffersOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID][]*market.Offer, error) {
	all, err := grouped(ctx, v, sealedRows, "o.need_id", "o.need_id, o.id", needs, func(o *market.Offer) uuid.UUID { return o.NeedID })
	if err != nil {
		return nil, err
	}
	found := map[uuid.UUID]*market.Offer{}
	for _, offers := range all {
		for _, o := range offers {
			found[o.ID] = o
		}
	}
	return all, v.unsealOwn(ctx, found)
}

const openedRows = `SELECT o.id, o.need_id, o.authority_id, o.provider_id, o.setting_id, o.version, o.received_at, o.receipt,
	o.starts_on, o.places, o.needs_met, o.outcomes_met, o.assumptions FROM offer o`

// unsealOwn fills the provider's own offers from their sealed halves, with the provider's own key, where anything in them is
// asked for.
func (v *View) unsealOwn(ctx context.Context, offers map[uuid.UUID]*market.Offer) error {
	if !v.asksAny(reflect.TypeFor[market.Offer](), inHalves) {
		return nil
	}
	ids := make([]uuid.UUID, 0, len(offers))
	for id := range offers {
		ids = append(ids, id)
	}
	var halves []sealedRow
	if err := v.all(ctx, &halves, ownHalves+" WHERE o.id = ANY ($1)", pq.Array(ids)); err != nil {
		return err
	}
	for _, half := range halves {
		if err := openOwnHalf(v.Keys(), half, offers[half.ID]); err != nil {
			return err
		}
	}
	return nil
}

// ownHalves reads the current version of sealed offers, two rows an offer.
const ownHalves = "SELECT " + sealedHead + `, p.part, p.ciphertext, p.keeper_key, p.provider_key
	FROM sealed_offer o JOIN sealed_part p ON p.offer_id = o.id AND p.version = o.version`

// inHalves are the fields of an offer that lie sealed.
var inHalves = []string{"startsOn", "places", "needsMet", "outcomesMet", "assumptions", "price"}

// openOwnHalf opens one half with the provider's own key, into its offer.
func openOwnHalf(keys *seal.Keyring, half sealedRow, into *market.Offer) error {
	plain, err := keys.OpenAsProvider(half.binding(), half.sealed())
	if err != nil {
		return fmt.Errorf("own offer %s: %w", half.ID, err)
	}
	return fill(into, half.Part, plain)
}

// fill puts an opened half into its offer.
func fill(o *market.Offer, part string, plain []byte) error {
	if part == price {
		o.Price = &market.OfferPrice{OfferID: o.ID}
		return json.Unmarshal(plain, o.Price)
	}
	return json.Unmarshal(plain, &o.OfferQuality)
}

// noteEarly remembers, for recordEarly, the unopened needs among those whose offers an authority asked for. Most were read
// before: a need's offers are asked for with the need in hand.
func (v *View) noteEarly(ctx context.Context, needs []uuid.UUID) error {
	if unread := v.needsNotRead(needs); len(unread) > 0 {
		if _, err := v.NeedsByID(ctx, unread); err != nil {
			return err
		}
	}
	v.noteUnopened(needs)
	return nil
}

// PricesOfOffers reads the opened prices with their fee lines; for a provider they came with its own offers.
func (v *View) PricesOfOffers(ctx context.Context, offers []uuid.UUID) (map[uuid.UUID]*market.OfferPrice, error) {
	if !v.can("price.read") {
		return nil, nil
	}
	id := func(p *market.OfferPrice) uuid.UUID { return p.OfferID }
	prices, err := byID(ctx, v, "SELECT p.offer_id, p.weekly, p.weeks, p.annual FROM offer_price p", "p.offer_id", offers, id)
	if err != nil {
		return nil, err
	}
	fees, err := grouped(ctx, v, "SELECT f.offer_id, f.kind, f.description, f.weekly FROM offer_fee f", "f.offer_id", "f.offer_id, f.position",
		offers, func(f *market.Fee) uuid.UUID { return f.OfferID })
	for offer, p := range prices {
		p.Fees = fees[offer]
	}
	return prices, err
}

// TalliesOfNeeds counts the offers of each need; one whose count is not the reader's to know is missing. Each published
// need has a row of its own beside those of its offers.
func (v *View) TalliesOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID]*int, error) {
	var rows []struct {
		Need  uuid.UUID `db:"need_id"`
		Count int       `db:"count"`
	}
	if err := v.all(ctx, &rows, "SELECT t.need_id, count(*) - 1 AS count FROM offer_tally t WHERE t.need_id = ANY ($1) GROUP BY t.need_id", pq.Array(needs)); err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*int{}
	for _, row := range rows {
		all[row.Need] = &row.Count
	}
	return all, nil
}

// liveOffers counts a provider's own offers to a need.
func (t *Tx) liveOffers(ctx context.Context, need, provider uuid.UUID) (int, error) {
	var count int
	err := t.get(ctx, &count, "SELECT count(*) FROM sealed_offer WHERE need_id = $1 AND provider_id = $2 AND withdrawn_at IS NULL", need, provider)
	return count, err
}

func init() { OffersBelow = (*View).openedInOrder }
