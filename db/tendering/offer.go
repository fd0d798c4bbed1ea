package tendering

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

// ReadOwnOffer reads an offer of the actor's provider from its sealed copy.
func ReadOwnOffer(ctx context.Context, t *engine.Tx, id uuid.UUID) (market.Offer, error) {
	var halves []SealedHalf
	if err := t.SelectRows(ctx, &halves, SealedHalfRows+" WHERE o.id = ANY ($1)", engine.Ids([]uuid.UUID{id})); err != nil {
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

// ownOfferList lists the offers of the actor's provider. The halves follow in a second statement.
var ownOfferList = engine.Listing[market.Offer]{
	Name: "offers", Rows: sealedOfferRows, Keys: "o.received_at, o.id", Desc: true,
	Key: func(o *market.Offer) []any { return []any{o.ReceivedAt.Format(time.RFC3339Nano), o.ID} },
}

// MyOffers is a page of the actor's provider's own offers, newest first.
func MyOffers(ctx context.Context, v *engine.View, p market.Page) (*market.OfferConnection, error) {
	found, err := engine.Page(ctx, v, ownOfferList, p)
	if err != nil {
		return nil, err
	}
	byID := map[uuid.UUID]*market.Offer{}
	for _, edge := range found.Edges {
		byID[edge.Node.ID] = edge.Node
	}
	return found, unsealOwnOffers(ctx, v, byID)
}

// OffersByID reads offers: for a provider its own from the sealed copy, for an authority what was opened.
func OffersByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Offer, error) {
	id := func(o *market.Offer) uuid.UUID { return o.ID }
	switch {
	case v.Can("sealed.read"):
		found, err := engine.ByID(ctx, v, sealedOfferRows, "o.id", ids, id)
		if err != nil {
			return nil, err
		}
		return found, unsealOwnOffers(ctx, v, found)
	case v.Can("offer.read"):
		return engine.ByID(ctx, v, OpenedOfferRows, "o.id", ids, id)
	}
	return nil, nil
}

// OffersOfNeeds reads the offers of each need: best first once ranked, else by id, which says nothing. An authority that
// asks before the opening gets none, and is recorded.
func OffersOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Offer, error) {
	if v.Can("sealed.read") {
		return ownOffersOfNeeds(ctx, v, needs)
	}
	if !v.Can("offer.read") {
		return nil, nil
	}
	if err := NotePrematureLooks(ctx, v, needs); err != nil {
		return nil, err
	}
	if known, all := v.KnownOffers(needs); all {
		read := 0
		for _, offers := range known {
			read += len(offers)
		}
		return known, v.Spend(read)
	}
	rows, order := openedOfferOrder(v)
	return engine.Grouped(ctx, v, rows, "o.need_id", order, needs, func(o *market.Offer) uuid.UUID { return o.NeedID })
}

// openedOfferOrder are the rows of opened offers, and what orders those of needs.
func openedOfferOrder(v *engine.View) (rows, order string) {
	if v.Can("ranking.read") {
		return OpenedOfferRows + " LEFT JOIN ranking r ON r.offer_id = o.id AND r.superseded_at IS NULL", "o.need_id, r.rank, o.id"
	}
	return OpenedOfferRows, "o.need_id, o.id"
}

func ownOffersOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Offer, error) {
	all, err := engine.Grouped(ctx, v, sealedOfferRows, "o.need_id", "o.need_id, o.id", needs, func(o *market.Offer) uuid.UUID { return o.NeedID })
	if err != nil {
		return nil, err
	}
	found := map[uuid.UUID]*market.Offer{}
	for _, offers := range all {
		for _, o := range offers {
			found[o.ID] = o
		}
	}
	return all, unsealOwnOffers(ctx, v, found)
}

const OpenedOfferRows = `SELECT o.id, o.need_id, o.authority_id, o.provider_id, o.setting_id, o.version, o.received_at, o.receipt,
	o.starts_on, o.places, o.needs_met, o.outcomes_met, o.assumptions FROM offer o`

// PricesOfOffers reads the opened prices with their fee lines; for a provider they came with its own offers.
func PricesOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID]*market.OfferPrice, error) {
	if !v.Can("price.read") {
		return nil, nil
	}
	id := func(p *market.OfferPrice) uuid.UUID { return p.OfferID }
	prices, err := engine.ByID(ctx, v, "SELECT p.offer_id, p.weekly, p.weeks, p.annual FROM offer_price p", "p.offer_id", offers, id)
	if err != nil {
		return nil, err
	}
	fees, err := engine.Grouped(ctx, v, "SELECT f.offer_id, f.kind, f.description, f.weekly FROM offer_fee f", "f.offer_id", "f.offer_id, f.position",
		offers, func(f *market.Fee) uuid.UUID { return f.OfferID })
	for offer, p := range prices {
		p.Fees = fees[offer]
	}
	return prices, err
}

// TalliesOfNeeds counts the offers of each need; one whose count is not the reader's to know is missing. Each published
// need has a row of its own beside those of its offers.
func TalliesOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID]*int, error) {
	var rows []struct {
		Need  uuid.UUID `db:"need_id"`
		Count int       `db:"count"`
	}
	if err := v.All(ctx, &rows, "SELECT t.need_id, count(*) - 1 AS count FROM offer_tally t WHERE t.need_id = ANY ($1) GROUP BY t.need_id", pq.Array(needs)); err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*int{}
	for _, row := range rows {
		all[row.Need] = &row.Count
	}
	return all, nil
}

// countLiveOffers counts a provider's own offers to a need.
func countLiveOffers(ctx context.Context, t *engine.Tx, need, provider uuid.UUID) (int, error) {
	var count int
	err := t.Get(ctx, &count, "SELECT count(*) FROM sealed_offer WHERE need_id = $1 AND provider_id = $2 AND withdrawn_at IS NULL", need, provider)
	return count, err
}

func init() { engine.OffersBelow = openedOfferOrder }
