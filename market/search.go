package market

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// SavedSearch is what somebody looks for again and again.
type SavedSearch struct {
	ID      uuid.UUID `db:"id"`
	Person  string    `db:"person"`
	Name    string    `db:"name"`
	Shared  bool      `db:"shared"`
	Filter  string    `db:"filter"` // a PlaceFilter as JSON, as clients write it
	SavedAt time.Time `db:"saved_at"`
}

// GlobalID is its id to clients.
func (s SavedSearch) GlobalID() ID { return ID{KindSearch, s.ID} }

// SaveSearchInput is a search to save.
type SaveSearchInput struct {
	IdempotencyKey string
	Name           string
	Filter         *PlaceFilter
	Shared         bool
}

// RemoveSearchInput says which search to remove.
type RemoveSearchInput struct {
	IdempotencyKey string
	Search         ID
}

// EncodeJSON is a filter as JSON, as clients write it.
func (f PlaceFilter) EncodeJSON() (string, error) {
	all := map[string]any{}
	putIfSet(all, "kind", f.Kind)
	putIfSet(all, "age", f.Age)
	putIfSet(all, "gender", f.Gender)
	putIfSet(all, "section41", f.Section41)
	putIfSet(all, "district", f.District)
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

// SaveSearch checks a search to save. It is kept, and perhaps shared, so it measures from no point: an exact one could be
// a child's home.
func SaveSearch(in SaveSearchInput) error {
	if err := checkTexts(InputText{"name", in.Name, 100}); err != nil {
		return err
	}
	if in.Filter.Near != nil && in.Filter.Near.Easting != nil {
		return RefuseField(Invalid, "filter.near", "Save an outcode and not a point, which could be a child's home.")
	}
	return CheckPlaces(*in.Filter)
}
