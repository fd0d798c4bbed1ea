package market

import (
	"math"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Place is a setting that was found, with its provider's name where it has one, and how far away it is.
type Place struct {
	Setting
	Metres *float64 `db:"metres"` // null for homes
}

// PlaceFilter is what is looked for. Each condition narrows it.
type PlaceFilter struct {
	Kind        *SettingKind
	Lot         *ID
	Needs       []string
	Age         *int
	Gender      *Gender
	Inspection  *InspectionFilter
	Section41   *bool
	VacancyOn   *Date
	District    *string
	Name        *string
	Near        *NearInput
	WithinMiles *int
}

// InspectionFilter is what the latest inspection on a scale found.
type InspectionFilter struct {
	Body   *string
	Scale  string
	Values []string
}

// NearInput is from where to measure: an outcode, or a point on the National Grid in metres.
type NearInput struct {
	Outcode  *string
	Easting  *int
	Northing *int
}

// metresInMile is the international mile.
const metresInMile = 1609.344

// Miles is the distance to a tenth of a mile.
func (p Place) Miles() *Decimal {
	if p.Metres == nil {
		return nil
	}
	return &Decimal{decimal.NewFromFloat(math.Round(*p.Metres/metresInMile*10) / 10)}
}

// ReachMetres is how far away a setting may be, in metres.
func (f PlaceFilter) ReachMetres() float64 { return float64(*f.WithinMiles) * metresInMile }

// RequiresScan says whether conditions stand in a filter that no index of places answers: it may look at many settings to find few.
func (f PlaceFilter) RequiresScan() bool {
	return len(f.Needs) > 1 || f.Gender != nil || f.Inspection != nil || f.Section41 != nil || f.VacancyOn != nil || f.Name != nil
}

// GendersAdmitting are the settings' genders that take a child of a gender. Who is neither is taken where both are.
func GendersAdmitting(g Gender) []string {
	switch g {
	case "FEMALE":
		return []string{string(AdmitsMixed), string(AdmitsGirls)}
	case "MALE":
		return []string{string(AdmitsMixed), string(AdmitsBoys)}
	}
	return []string{string(AdmitsMixed)}
}

// Most that a filter may name, so that a short question is not much work.
const (
	mostFilterNeeds  = 5
	mostFilterValues = 10
)

// CheckPlaces refuses what cannot be looked for. Homes have no distance: where one is stands nowhere that a search could
// reach, and a distance to it, or an order by distance, would tell it to who asks from three points.
func CheckPlaces(f PlaceFilter) error {
	if f.Needs != nil {
		if err := checkNeedTypes("needs", f.Needs); err != nil {
			return err
		}
	}
	switch {
	case !f.namesLot():
		return RefuseField(Invalid, "lot", "This is not the id of a lot.")
	case len(f.Needs) > mostFilterNeeds:
		return RefuseField(Invalid, "needs", "Name at most %d need types.", mostFilterNeeds)
	case f.Inspection != nil && (len(f.Inspection.Values) == 0 || len(f.Inspection.Values) > mostFilterValues):
		return RefuseField(Invalid, "inspection.values", "Name 1 to %d values.", mostFilterValues)
	case f.Age != nil && (*f.Age < 0 || *f.Age > 25):
		return RefuseField(Invalid, "age", "Give an age from 0 to 25.")
	case f.Name != nil && (utf8.RuneCountInString(*f.Name) < 3 || utf8.RuneCountInString(*f.Name) > 100):
		return RefuseField(Invalid, "name", "Give 3 to 100 letters of a name.")
	}
	return f.checkReach()
}

// namesLot says whether what stands for a lot, if anything does, can be one: nothing but zeros would find the whole country.
func (f PlaceFilter) namesLot() bool {
	return f.Lot == nil || f.Lot.Kind == KindLot && f.Lot.UUID != uuid.Nil
}

// checkReach refuses what cannot be measured.
func (f PlaceFilter) checkReach() error {
	switch {
	case f.WithinMiles != nil && f.Near == nil:
		return RefuseField(Invalid, "withinMiles", "Say from where, with `near`.")
	case f.WithinMiles != nil && (*f.WithinMiles < 1 || *f.WithinMiles > 500):
		return RefuseField(Invalid, "withinMiles", "Give miles from 1 to 500.")
	case f.Near != nil && f.Kind != nil && *f.Kind == SettingHome:
		return RefuseField(Invalid, "near", "Where a home is, is not told: look for homes by their district.")
	}
	return CheckNear(f.Near)
}

// mostGridMetres bounds the National Grid.
const mostGridMetres = 1_300_000

// CheckNear refuses what is no place to measure from.
func CheckNear(n *NearInput) error {
	switch {
	case n == nil:
		return nil
	case (n.Easting == nil) != (n.Northing == nil), (n.Outcode == nil) == (n.Easting == nil):
		return RefuseField(Invalid, "near", "Give an outcode, or an easting with its northing.")
	case n.Outcode != nil && !outcodePattern.MatchString(*n.Outcode):
		return RefuseField(Invalid, "near.outcode", "Give only the first part of the postcode, in capitals, for example BN11.")
	case n.Easting != nil && (*n.Easting < 0 || *n.Easting > mostGridMetres || *n.Northing < 0 || *n.Northing > mostGridMetres):
		return RefuseField(Invalid, "near", "Give metres of the National Grid.")
	}
	return nil
}

// CheckComparison refuses too few or too many settings to be set side by side.
func CheckComparison(settings int, near *NearInput) error {
	if settings < 2 || settings > 10 {
		return RefuseField(Invalid, "settings", "Name two to ten settings.")
	}
	return CheckNear(near)
}
