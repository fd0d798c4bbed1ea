package market

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/market/idkind"
)

// Place is a setting that was found, with its provider's name where it has one, and how far away it is.
type Place struct {
	Setting
	Metres *float64 `db:"metres"` // null for homes
	Match  float64  `db:"match"`  // how far its name, or its provider's, is from the name that is looked for: 0 is the same name
}

// PlaceFilter is a search for places. Each condition narrows it.
type PlaceFilter struct {
	Kind           *SettingKind
	Lot            *ID
	Needs          []string
	Age            *int
	Gender         *Gender
	Inspection     *InspectionFilter
	Section41      *bool
	VacancyOn      *Date
	District       *string
	LocalAuthority *string
	Name           *string
	Near           *NearInput
	WithinMiles    *int
}

// InspectionFilter is a condition on the latest inspection on a scale.
type InspectionFilter struct {
	Body   *string
	Scale  string
	Values []string
}

// NearInput is a point to measure from: an outcode, or a point on the National Grid in metres.
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

// ReachMetres is the greatest distance of a setting, in metres.
func (f PlaceFilter) ReachMetres() float64 { return float64(*f.WithinMiles) * metresInMile }

// RequiresScan says whether a filter has conditions that no index of places can answer. Such a search may read many
// settings to find few.
func (f PlaceFilter) RequiresScan() bool {
	return len(f.Needs) > 1 || f.Gender != nil || f.Inspection != nil || f.Section41 != nil || f.VacancyOn != nil || f.Name != nil
}

// GendersAdmitting are the settings' genders that admit a child of a gender. A child who is neither male nor female is
// admitted where both are.
func GendersAdmitting(g Gender) []string {
	switch g {
	case "FEMALE":
		return []string{string(AdmitsMixed), string(AdmitsGirls)}
	case "MALE":
		return []string{string(AdmitsMixed), string(AdmitsBoys)}
	}
	return []string{string(AdmitsMixed)}
}

// SavedSearch is a search that a person keeps to use again.
type SavedSearch struct {
	ID      uuid.UUID `db:"id"`
	Person  string    `db:"person"`
	Name    string    `db:"name"`
	Shared  bool      `db:"shared"`
	Filter  string    `db:"filter"` // a PlaceFilter as JSON, as clients write it
	SavedAt time.Time `db:"saved_at"`
}

// GlobalID is its id to clients.
func (s SavedSearch) GlobalID() ID { return ID{idkind.Search, s.ID} }

// EncodeJSON is a filter as JSON, as clients write it.
func (f PlaceFilter) EncodeJSON() (string, error) {
	all := map[string]any{}
	putIfSet(all, "kind", f.Kind)
	putIfSet(all, "age", f.Age)
	putIfSet(all, "gender", f.Gender)
	putIfSet(all, "section41", f.Section41)
	putIfSet(all, "district", f.District)
	putIfSet(all, "localAuthority", f.LocalAuthority)
	putIfSet(all, "name", f.Name)
	putIfSet(all, "withinMiles", f.WithinMiles)
	if f.Needs != nil {
		all["needs"] = f.Needs
	}
	if f.Lot != nil {
		all["lot"] = f.Lot.Kind + "_" + hex.EncodeToString(f.Lot.UUID[:])
	}
	if f.VacancyOn != nil {
		all["vacancyOn"] = f.VacancyOn.String()
	}
	if f.Near != nil {
		all["near"] = map[string]any{"outcode": f.Near.Outcode}
	}
	if i := f.Inspection; i != nil {
		inspection := map[string]any{"scale": i.Scale, "values": i.Values}
		putIfSet(inspection, "body", i.Body)
		all["inspection"] = inspection
	}
	text, err := json.Marshal(all)
	return string(text), err
}

func putIfSet[T any](all map[string]any, name string, value *T) {
	if value != nil {
		all[name] = *value
	}
}

// ParsePlaceFilter reads what Text wrote.
func ParsePlaceFilter(text string) (PlaceFilter, error) {
	var f struct {
		PlaceFilter
		Lot, VacancyOn *string // as they are written
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return PlaceFilter{}, err
	}
	if f.Lot != nil {
		f.PlaceFilter.Lot = &ID{}
		if err := f.PlaceFilter.Lot.UnmarshalGQL(*f.Lot); err != nil {
			return PlaceFilter{}, err
		}
	}
	if f.VacancyOn != nil {
		f.PlaceFilter.VacancyOn = &Date{}
		return f.PlaceFilter, f.PlaceFilter.VacancyOn.UnmarshalGQL(*f.VacancyOn)
	}
	return f.PlaceFilter, nil
}
