package directory

import (
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// Most that a filter may name, so that a short question is not much work.
const (
	mostFilterNeeds  = 5
	mostFilterValues = 10
)

// CheckPlaces refuses what cannot be looked for. Homes have no distance: where one is stands nowhere that a search could
// reach, and a distance to it, or an order by distance, would tell it to who asks from three points.
func CheckPlaces(f market.PlaceFilter) error {
	if f.Needs != nil {
		if err := market.CheckNeedTypes("needs", f.Needs); err != nil {
			return err
		}
	}
	switch {
	case !namesLot(f):
		return market.RefuseField(market.Invalid, "lot", "This is not the id of a lot.")
	case len(f.Needs) > mostFilterNeeds:
		return market.RefuseField(market.Invalid, "needs", "Name at most %d need types.", mostFilterNeeds)
	case f.Inspection != nil && (len(f.Inspection.Values) == 0 || len(f.Inspection.Values) > mostFilterValues):
		return market.RefuseField(market.Invalid, "inspection.values", "Name 1 to %d values.", mostFilterValues)
	case f.Age != nil && (*f.Age < 0 || *f.Age > 25):
		return market.RefuseField(market.Invalid, "age", "Give an age from 0 to 25.")
	case f.Name != nil && (utf8.RuneCountInString(*f.Name) < 3 || utf8.RuneCountInString(*f.Name) > 100):
		return market.RefuseField(market.Invalid, "name", "Give 3 to 100 letters of a name.")
	}
	return checkReach(f)
}

// namesLot says whether what stands for a lot, if anything does, can be one: nothing but zeros would find the whole country.
func namesLot(f market.PlaceFilter) bool {
	return f.Lot == nil || f.Lot.Kind == market.KindLot && f.Lot.UUID != uuid.Nil
}

// checkReach refuses what cannot be measured.
func checkReach(f market.PlaceFilter) error {
	switch {
	case f.WithinMiles != nil && f.Near == nil:
		return market.RefuseField(market.Invalid, "withinMiles", "Say from where, with `near`.")
	case f.WithinMiles != nil && (*f.WithinMiles < 1 || *f.WithinMiles > 500):
		return market.RefuseField(market.Invalid, "withinMiles", "Give miles from 1 to 500.")
	case f.Near != nil && f.Kind != nil && *f.Kind == market.SettingHome:
		return market.RefuseField(market.Invalid, "near", "Where a home is, is not told: look for homes by their district.")
	}
	return CheckNear(f.Near)
}

// mostGridMetres bounds the National Grid.
const mostGridMetres = 1_300_000

// CheckNear refuses what is no place to measure from.
func CheckNear(n *market.NearInput) error {
	switch {
	case n == nil:
		return nil
	case (n.Easting == nil) != (n.Northing == nil), (n.Outcode == nil) == (n.Easting == nil):
		return market.RefuseField(market.Invalid, "near", "Give an outcode, or an easting with its northing.")
	case n.Outcode != nil && !market.OutcodePattern.MatchString(*n.Outcode):
		return market.RefuseField(market.Invalid, "near.outcode", "Give only the first part of the postcode, in capitals, for example BN11.")
	case n.Easting != nil && (*n.Easting < 0 || *n.Easting > mostGridMetres || *n.Northing < 0 || *n.Northing > mostGridMetres):
		return market.RefuseField(market.Invalid, "near", "Give metres of the National Grid.")
	}
	return nil
}

// CheckComparison refuses too few or too many settings to be set side by side.
func CheckComparison(settings int, near *market.NearInput) error {
	if settings < 2 || settings > 10 {
		return market.RefuseField(market.Invalid, "settings", "Name two to ten settings.")
	}
	return CheckNear(near)
}
