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

// The pages of saved searches.
type (
	SavedSearchConnection = Connection[SavedSearch]
	SavedSearchEdge       = Edge[SavedSearch]
)

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

// Text is a filter as JSON, as clients write it.
func (f PlaceFilter) Text() (string, error) {
	all := map[string]any{}
	put(all, "kind", f.Kind)
	put(all, "age", f.Age)
	put(all, "gender", f.Gender)
	put(all, "section41", f.Section41)
	put(all, "district", f.District)
	put(all, "name", f.Name)
	put(all, "withinMiles", f.WithinMiles)
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
		put(inspection, "body", i.Body)
		all["inspection"] = inspection
	}
	text, err := json.Marshal(all)
	return string(text), err
}

func put[T any](all map[string]any, name string, value *T) {
	if value != nil {
		all[name] = *value
	}
}

// ReadFilter reads what Text wrote.
func ReadFilter(text string) (PlaceFilter, error) {
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
	if err := checkTexts(text{"name", in.Name, 100}); err != nil {
		return err
	}
	if in.Filter.Near != nil && in.Filter.Near.Easting != nil {
		return RefuseField(Invalid, "filter.near", "Save an outcode and not a point, which could be a child's home.")
	}
	return CheckPlaces(*in.Filter)
}

// Vacancy is how many places are free from a day on, until the next such day. Begun are those of today.
type Vacancy struct {
	SettingID  uuid.UUID `db:"setting_id"`
	FromOn     Date      `db:"from_on"`
	Free       int       `db:"free"`
	DeclaredAt time.Time `db:"declared_at"`
	Begun      bool      `db:"begun"`
}

// Now is what is declared for today among a setting's vacancies; nil where nothing is.
func Now(vacancies []*Vacancy) *Vacancy {
	if len(vacancies) == 0 || !vacancies[0].Begun {
		return nil
	}
	return vacancies[0]
}

// DeclareVacanciesInput is how many places are free from a day on.
type DeclareVacanciesInput struct {
	IdempotencyKey string
	Setting        ID
	FromOn         Date
	Free           int
}

// mostDeclared is for how many days to come a provider may declare.
const mostDeclared = 24

// DeclareVacancies checks a declaration: of an open setting, of no more places than it has, from today or a day within a
// year.
func DeclareVacancies(s Setting, in DeclareVacanciesInput, upcoming int, now time.Time) error {
	today := On(now.In(London).Date())
	switch {
	case s.ClosedOn != nil && !s.ClosedOn.After(in.FromOn.Time):
		return Refuse(WrongState, "The setting is closed then.")
	case in.Free < 0 || in.Free > s.Places:
		return RefuseField(Invalid, "free", "It has %d places.", s.Places)
	case in.FromOn.Before(today.Time) || in.FromOn.After(today.AddDate(1, 0, 0)):
		return RefuseField(Invalid, "fromOn", "Give today, or a day within a year.")
	case upcoming >= mostDeclared:
		return RefuseField(Invalid, "fromOn", "There are %d days to come already.", mostDeclared)
	}
	return nil
}
