package directory

import "github.com/southeasttogether/dps/market"

// SaveSearchInput is a search to save.
type SaveSearchInput struct {
	IdempotencyKey string
	Name           string
	Filter         *market.PlaceFilter
	Shared         bool
}

// RemoveSearchInput says which search to remove.
type RemoveSearchInput struct {
	IdempotencyKey string
	Search         market.ID
}

// SaveSearch checks a search before it is saved. It is kept, and perhaps shared, so it cannot start from an exact
// point, which could be a child's home.
func SaveSearch(in SaveSearchInput) error {
	if err := market.CheckTexts(market.InputText{Field: "name", Value: in.Name, Limit: 100}); err != nil {
		return err
	}
	if in.Filter.Near != nil && in.Filter.Near.Easting != nil {
		return market.RefuseField(market.Invalid, "filter.near",
			"You can only save a search near an outcode: an exact point could be a child's home.")
	}
	return CheckPlaces(*in.Filter)
}
