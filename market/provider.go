package market

import (
	"time"

	"github.com/google/uuid"
)

// Provider is a legal entity that runs settings.
type Provider struct {
	ID            uuid.UUID `db:"id"`
	Name          string    `db:"name"`
	Ukprn         *string   `db:"ukprn"`
	CompanyNumber *string   `db:"company_number"`
}

// SettingKind is school or home.
type SettingKind string

// Kinds of setting.
const (
	School SettingKind = "SCHOOL"
	Home   SettingKind = "CHILDRENS_HOME"
)

// Setting is a school or a children's home. Its address is kept apart.
type Setting struct {
	ID          uuid.UUID   `db:"id"`
	ProviderID  uuid.UUID   `db:"provider_id"`
	Kind        SettingKind `db:"kind"`
	Name        string      `db:"name"`
	Urn         string      `db:"urn"`
	District    string      `db:"district"`
	Outcode     *string     `db:"outcode"`
	AgeLow      int         `db:"age_low"`
	AgeHigh     int         `db:"age_high"`
	Needs       Texts       `db:"needs"`
	Places      int         `db:"places"`
	Vacancies   int         `db:"vacancies"`
	VacanciesAt time.Time   `db:"vacancies_at"`
}
