package engine

import (
	"fmt"
	"reflect"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// This file lets a list that belongs to rows come in the statement that reads those, below them: a page of needs with their offers
// and who made them is one statement.

// above is what a query of what is below calls the rows that it belongs to.
const above = `"#above"`

// below is a query of what belongs to rows, where it goes, and how the view comes to know it.
type below struct {
	query string
	into  destination
	keep  func(above any) error // of these rows
}

// OffersBelow are the rows of opened offers, and what orders those of needs; the offers' own file sets it.
var OffersBelow func(v *View) (rows, order string)

// belowRows is what comes below rows of a type, of which the first so many are shown, or all where they have no order: the offers of
// needs, where a request asks for them. A provider's own are sealed, and come by another way.
func (v *View) belowRows(typ reflect.Type, shown int, ordered bool) *below {
	if typ != reflect.TypeFor[market.Need]() || !v.selection.asks(typ, "offers") || !v.Can("offer.read") || v.Can("sealed.read") {
		return nil
	}
	first := ""
	if ordered {
		first = fmt.Sprintf(` ORDER BY "#" LIMIT %d`, shown)
	}
	rows, order := OffersBelow(v)
	query := among[market.Offer](v, rows, "o.need_id", order, `ARRAY(SELECT "#id" FROM `+above+first+")")
	along := v.along(reflect.TypeFor[market.Offer](), query)
	var found []*With[market.Offer]
	return &below{v.selection.WithAlong(query, along, Joins{Ordered: true}), list(&found), func(above any) error {
		needs := above.([]*market.Need)
		if ordered && len(needs) > shown {
			needs = needs[:shown]
		}
		offers, err := apart(v, along, found)
		v.knowOffers(needs, offers)
		return err
	}}
}

// knowOffers remembers the offers of needs. They count as read once they are asked for.
func (v *View) knowOffers(needs []*market.Need, offers []*market.Offer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.below == nil {
		v.below = map[uuid.UUID][]*market.Offer{}
	}
	for _, need := range needs {
		v.below[need.ID] = []*market.Offer{}
	}
	for _, offer := range offers {
		v.below[offer.NeedID] = append(v.below[offer.NeedID], offer)
	}
}

// KnownOffers are the offers of needs that came below these; false where some did not.
func (v *View) KnownOffers(needs []uuid.UUID) (map[uuid.UUID][]*market.Offer, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	all := make(map[uuid.UUID][]*market.Offer, len(needs))
	for _, need := range needs {
		offers, known := v.below[need]
		if !known {
			return nil, false
		}
		all[need] = offers
	}
	return all, true
}
