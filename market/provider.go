package market

import (
	"time"

	"github.com/google/uuid"
)

// NonMaintainedType is the type of non-maintained special schools, as coded by Get Information About Schools.
const NonMaintainedType = "08"

// Provider is a legal entity that runs settings.
type Provider struct {
	ID            uuid.UUID `db:"id"`
	Name          string    `db:"name"`
	Ukprn         *string   `db:"ukprn"`
	CompanyNumber *string   `db:"company_number"`
	CharityNumber *string   `db:"charity_number"`
	Figures       []*Figure `db:"figures"`
}

// SettingKind is school or home.
type SettingKind string

// Kinds of setting.
const (
	SettingSchool SettingKind = "SCHOOL"
	SettingHome   SettingKind = "CHILDRENS_HOME"
)

// SettingGender says which children a setting admits.
type SettingGender string

// The children that a setting admits.
const (
	AdmitsMixed SettingGender = "MIXED"
	AdmitsBoys  SettingGender = "BOYS"
	AdmitsGirls SettingGender = "GIRLS"
)

// Setting is a school or a children's home. Its address is kept separately. A setting from a directory has no provider
// until it is linked to one. Easting and Northing, in metres of the National Grid, are written but never read; a home
// has neither.
type Setting struct {
	ID                 uuid.UUID      `db:"id"`
	ProviderID         *uuid.UUID     `db:"provider_id"`
	EstablishmentType  *string        `db:"establishment_type"`
	Gender             *SettingGender `db:"gender"`
	Section41          *bool          `db:"section41"` // nil, as below, if the directory does not say
	LocalAuthority     *string        `db:"local_authority"`
	Easting            *int           `db:"easting"`
	Northing           *int           `db:"northing"`
	OpenedOn           *Date          `db:"opened_on"`
	ClosedOn           *Date          `db:"closed_on"`
	DirectoryChangedOn *Date          `db:"directory_changed_on"`
	ImportedAt         *time.Time     `db:"imported_at"`
	Kind               SettingKind    `db:"kind"`
	Name               string         `db:"name"`
	Urn                string         `db:"urn"`
	PreviousUrns       Texts          `db:"previous_urns"`
	District           string         `db:"district"`
	Outcode            *string        `db:"outcode"`
	AgeLow             *int           `db:"age_low"`
	AgeHigh            *int           `db:"age_high"`
	Needs              Texts          `db:"needs"`          // nil if the directory does not say
	DeclaredNeeds      Texts          `db:"declared_needs"` // in its provider's word
	NeedsDeclaredAt    *time.Time     `db:"needs_declared_at"`
	Places             *int           `db:"places"`
	Vacancies          *int           `db:"vacancies"`
	VacanciesAt        *time.Time     `db:"vacancies_at"`
	Figures            []*Figure      `db:"figures"`
}

// NeedsKnown says whether the directory or the provider says which needs the setting meets.
func (s Setting) NeedsKnown() bool { return s.Needs != nil || s.DeclaredNeeds != nil }

// IsClosedOn says whether the setting is closed on a day. One whose closure is announced is open until then.
func (s Setting) IsClosedOn(day Date) bool { return s.ClosedOn != nil && !s.ClosedOn.After(day) }

// RequireSettingOpen refuses a place in a setting that has closed, or that closes on or before the child's first day.
func RequireSettingOpen(s Setting, startsOn Date, now time.Time) error {
	switch {
	case s.ClosedOn == nil:
		return nil
	case s.IsClosedOn(LondonDate(now)):
		return RefuseField(WrongState, "setting", "This setting closed on %s.", s.ClosedOn)
	case s.IsClosedOn(startsOn):
		return RefuseField(WrongState, "setting", "This setting closes on %s, so a child cannot start there on %s.", s.ClosedOn, startsOn)
	}
	return nil
}

// RequireRunBy refuses a place in a setting that the provider does not run any more, because its link was wrong or the setting
// was handed over.
func RequireRunBy(s Setting, provider uuid.UUID) error {
	if s.ProviderID == nil || *s.ProviderID != provider {
		return ErrNotRunByProvider
	}
	return nil
}

// Inspection is the result of an inspection of a setting, on the scale of its time and inspectorate.
type Inspection struct {
	SettingID   uuid.UUID `db:"setting_id"`
	Body        string    `db:"body"`
	Scale       string    `db:"scale"`
	Value       string    `db:"value"`
	InspectedOn Date      `db:"inspected_on"`
}

// Vacancy is how many places are free from a day on, until the next such day. A vacancy has begun if its day is today
// or earlier.
type Vacancy struct {
	SettingID  uuid.UUID `db:"setting_id"`
	FromOn     Date      `db:"from_on"`
	Free       int       `db:"free"`
	DeclaredAt time.Time `db:"declared_at"`
	Begun      bool      `db:"begun"`
}

// CurrentVacancy is the vacancy among a setting's that applies today; nil if there is none.
func CurrentVacancy(vacancies []*Vacancy) *Vacancy {
	if len(vacancies) == 0 || !vacancies[0].Begun {
		return nil
	}
	return vacancies[0]
}
