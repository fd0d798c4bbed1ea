package tendering

import (
	"context"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
)

// ReadOwnOffer reads an offer of the actor's provider from its sealed copy.
func ReadOwnOffer(ctx context.Context, t *engine.Tx, id uuid.UUID) (market.Offer, error) {
	var halves []SealedHalf
	if err := t.SelectRows(ctx, &halves, SealedHalfRows+" WHERE o.id = ANY ($1)", rowset.IDs([]uuid.UUID{id})); err != nil {
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

// ownOfferList lists the offers of the actor's provider. A second statement reads the halves.
var ownOfferList = rowset.Pages[market.Offer]{Table: sealedOfferTable, Name: "offers", Order: []string{"received_at", "id"}, Desc: true}

// MyOffers is a page of the actor's provider's offers, newest first.
func MyOffers(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.Offer], error) {
	found, err := ownOfferList.Page(ctx, v, p)
	if err != nil {
		return nil, err
	}
	byID := map[uuid.UUID]*market.Offer{}
	for _, edge := range found.Edges {
		byID[edge.Node.ID] = edge.Node
	}
	opened, err := openOwnOffers(ctx, v, byID)
	if err != nil {
		return nil, err
	}
	for _, edge := range found.Edges {
		edge.Node = opened[edge.Node.ID]
	}
	return found, nil
}

// OffersByID reads offers: for a provider its own from the sealed copy, for an authority what was opened.
func OffersByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Offer, error) {
	if !v.Can("sealed.read") {
		return OpenedOfferTable.ByID(ctx, v, ids)
	}
	found, err := sealedOfferTable.ByID(ctx, v, ids)
	if err != nil {
		return nil, err
	}
	return openOwnOffers(ctx, v, found)
}

// offersOfNeeds come with their needs.
var offersOfNeeds = rowset.Children(NeedTable, "offers", OpenedOfferTable, "need_id",
	rowset.Order{SQL: "(SELECT r.rank FROM ranking r WHERE r.offer_id = o.id AND r.superseded_at IS NULL)", Act: "ranking.read"},
	rowset.Order{SQL: "o.id"})

// OffersOfNeeds reads the offers of each need: best first once ranked, otherwise by id, which reveals nothing. An
// authority that reads before the opening gets none, and the attempt is recorded.
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
	return offersOfNeeds.Read(ctx, v, needs)
}

var ownOffersOfNeedsList = rowset.ListOf[uuid.UUID](sealedOfferTable, "need_id", rowset.By("o.need_id", "o.id")...)

func ownOffersOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Offer, error) {
	all, err := ownOffersOfNeedsList.Read(ctx, v, needs)
	if err != nil {
		return nil, err
	}
	found := map[uuid.UUID]*market.Offer{}
	for _, offers := range all {
		for _, o := range offers {
			found[o.ID] = o
		}
	}
	opened, err := openOwnOffers(ctx, v, found)
	if err != nil {
		return nil, err
	}
	for _, offers := range all {
		for i, o := range offers {
			offers[i] = opened[o.ID]
		}
	}
	return all, nil
}

var (
	// OpenedOfferTable is how opened offers are read; their prices are in a table of their own.
	OpenedOfferTable = rowset.New[market.Offer]("offer", "o", rowset.Act("offer.read"), offerColumns,
		rowset.Column("starts_on", "startsOn"), rowset.Column("places", "places"), rowset.Column("needs_met", "needsMet"),
		rowset.Column("outcomes_met", "outcomesMet"), rowset.Column("assumptions", "assumptions"),
		// a withdrawn or void offer is not opened; a price has its own table
		rowset.Elsewhere("withdrawn_at", "voided_at", "price"), rowset.Follow("withdrawnAt", "voidedAt"))
	// OpenedOfferRows selects these rows; a condition follows.
	OpenedOfferRows = OpenedOfferTable.Rows()
)

var (
	offerPrices = rowset.New[market.OfferPrice]("offer_price", "p", rowset.Columns("offer_id", "weekly", "weeks", "annual"),
		rowset.Elsewhere("fees"))
	offerFees      = rowset.New[market.Fee]("offer_fee", "f", rowset.Columns("offer_id", "kind", "description", "weekly"))
	pricesOfOffers = rowset.ListOf[uuid.UUID](offerPrices, "offer_id")
	feesOfOffers   = rowset.ListOf[uuid.UUID](offerFees, "offer_id", rowset.By("f.offer_id", "f.position")...)
)

// PricesOfOffers reads the opened prices with their fees. For a provider they came with its own offers.
func PricesOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID]*market.OfferPrice, error) {
	if !v.Can("price.read") {
		return nil, nil
	}
	prices, err := pricesOfOffers.One(ctx, v, offers)
	if err != nil {
		return nil, err
	}
	fees, err := feesOfOffers.Read(ctx, v, offers)
	for offer, p := range prices {
		p.Fees = fees[offer]
	}
	return prices, err
}

// TalliesOfNeeds counts the offers of each need. A need is missing if the reader must not know its count. Each
// published need has its own row in addition to those of its offers.
func TalliesOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID]*int, error) {
	var rows []struct {
		Need  uuid.UUID `db:"need_id"`
		Count int       `db:"count"`
	}
	if err := v.All(ctx, &rows, "SELECT t.need_id, count(*) - 1 AS count FROM offer_tally t WHERE t.need_id = ANY ($1) GROUP BY t.need_id",
		pq.Array(needs)); err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*int{}
	for _, row := range rows {
		all[row.Need] = &row.Count
	}
	return all, nil
}
