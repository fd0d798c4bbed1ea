package directory

import (
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
)

// The most that a filter can list, so that a short query cannot cause much work.
const (
	mostFilterNeeds  = 5
	mostFilterValues = 10
)

// CheckPlaces refuses a filter that cannot be used. Homes have no distance. The position of a home is not stored where
// a search could reach it, because distances, or an order by distance, from three points would reveal it.
func CheckPlaces(f market.PlaceFilter) error {
	if f.Needs != nil {
		if err := market.CheckNeedTypes("needs", f.Needs); err != nil {
			return err
		}
	}
	switch {
	case !namesLot(f):
		return market.RefuseField(market.Invalid, "lot", "This is not the id of a lot: copy it from the lot's `id`.")
	case len(f.Needs) > mostFilterNeeds:
		return market.RefuseField(market.Invalid, "needs", "Choose at most %d need types.", mostFilterNeeds)
	case f.Inspection != nil && (len(f.Inspection.Values) == 0 || len(f.Inspection.Values) > mostFilterValues):
		return market.RefuseField(market.Invalid, "inspection.values", "Choose between 1 and %d values.", mostFilterValues)
	case f.Age != nil && (*f.Age < 0 || *f.Age > 25):
		return market.RefuseField(market.Invalid, "age", "Age must be between 0 and 25.")
	case f.Name != nil && (utf8.RuneCountInString(*f.Name) < 3 || utf8.RuneCountInString(*f.Name) > 100):
		return market.RefuseField(market.Invalid, "name", "Enter between 3 and 100 characters of the name.")
	}
	return checkReach(f)
}

// namesLot says whether the lot of a filter, if there is one, can be the id of a lot: an id of zeros would find the
// whole country.
func namesLot(f market.PlaceFilter) bool {
	return f.Lot == nil || f.Lot.Kind == idkind.Lot && f.Lot.UUID != uuid.Nil
}

// checkReach refuses a distance that cannot be measured.
func checkReach(f market.PlaceFilter) error {
	switch {
	case f.WithinMiles != nil && f.Near == nil:
		return market.RefuseField(market.Invalid, "withinMiles", "Enter a starting point in `near` as well as the distance.")
	case f.WithinMiles != nil && (*f.WithinMiles < 1 || *f.WithinMiles > 500):
		return market.RefuseField(market.Invalid, "withinMiles", "Distance must be between 1 and 500 miles.")
	case f.Near != nil && f.Kind != nil && *f.Kind == market.SettingHome:
		return market.RefuseField(market.Invalid, "near",
			"You cannot search for homes by distance, because their addresses are confidential: search by district instead.")
	}
	return CheckNear(f.Near)
}

// mostGridMetres bounds the National Grid.
const mostGridMetres = 1_300_000

// CheckNear refuses a place that cannot be measured from.
func CheckNear(n *market.NearInput) error {
	switch {
	case n == nil:
		return nil
	case (n.Easting == nil) != (n.Northing == nil), (n.Outcode == nil) == (n.Easting == nil):
		return market.RefuseField(market.Invalid, "near", "Enter either an outcode, or an easting and a northing.")
	case n.Outcode != nil && !market.OutcodePattern.MatchString(*n.Outcode):
		return market.RefuseField(market.Invalid, "near.outcode",
			"Enter only the first part of the postcode, in capital letters, for example BN11.")
	case n.Easting != nil && (*n.Easting < 0 || *n.Easting > mostGridMetres || *n.Northing < 0 || *n.Northing > mostGridMetres):
		return market.RefuseField(market.Invalid, "near", "Enter the easting and northing in metres of the National Grid.")
	}
	return nil
}

// CheckComparison refuses too few or too many settings to compare.
func CheckComparison(settings int, near *market.NearInput) error {
	if settings < 2 || settings > 10 {
		return market.RefuseField(market.Invalid, "settings", "Choose between 2 and 10 settings to compare.")
	}
	return CheckNear(near)
}
