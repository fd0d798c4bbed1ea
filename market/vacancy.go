package market

import (
	"time"

	"github.com/google/uuid"
)

// Vacancy is how many places are free from a day on, until the next such day. Begun are those of today.
type Vacancy struct {
	SettingID  uuid.UUID `db:"setting_id"`
	FromOn     Date      `db:"from_on"`
	Free       int       `db:"free"`
	DeclaredAt time.Time `db:"declared_at"`
	Begun      bool      `db:"begun"`
}

// CurrentVacancy is what is declared for today among a setting's vacancies; nil where nothing is.
func CurrentVacancy(vacancies []*Vacancy) *Vacancy {
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

// mostDeclaredDays is for how many days to come a provider may declare.
const mostDeclaredDays = 24

// DeclareVacancies checks a declaration: of an open setting, of no more places than it has, from today or a day within a
// year.
func DeclareVacancies(s Setting, in DeclareVacanciesInput, upcoming int, now time.Time) error {
	today := NewDate(now.In(London).Date())
	switch {
	case s.ClosedOn != nil && !s.ClosedOn.After(in.FromOn.Time):
		return Refuse(WrongState, "The setting is closed then.")
	case in.Free < 0 || in.Free > s.Places:
		return RefuseField(Invalid, "free", "It has %d places.", s.Places)
	case in.FromOn.Before(today.Time) || in.FromOn.After(today.AddDate(1, 0, 0)):
		return RefuseField(Invalid, "fromOn", "Give today, or a day within a year.")
	case upcoming >= mostDeclaredDays:
		return RefuseField(Invalid, "fromOn", "There are %d days to come already.", mostDeclaredDays)
	}
	return nil
}
