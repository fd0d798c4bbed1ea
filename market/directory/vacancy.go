package directory

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// DeclareVacanciesInput is how many places are free from a day on.
type DeclareVacanciesInput struct {
	IdempotencyKey string
	Setting        market.ID
	FromOn         market.Date
	Free           int
}

// mostDeclaredDays is the highest number of future days that a provider can declare.
const mostDeclaredDays = 24

// mostFreePlaces is the highest number of free places of a setting whose registered places are not known.
const mostFreePlaces = 1000

// DeclareVacancies checks a declaration: the setting is open, has as many places, and the day is today or within a
// year.
func DeclareVacancies(s market.Setting, in DeclareVacanciesInput, upcoming int, now time.Time) error {
	today := market.LondonDate(now)
	switch {
	case s.IsClosedOn(in.FromOn):
		return market.RefuseField(market.WrongState, "fromOn", "This setting is closed from %s.", s.ClosedOn)
	case s.Places == nil && (in.Free < 0 || in.Free > mostFreePlaces):
		return market.RefuseField(market.Invalid, "free", "The number of free places must be between 0 and %d.", mostFreePlaces)
	case s.Places != nil && (in.Free < 0 || in.Free > *s.Places):
		return market.RefuseField(market.Invalid, "free",
			"The number of free places must be between 0 and the %d that the setting has.", *s.Places)
	case in.FromOn.Before(today) || in.FromOn.After(today.AddMonths(12)):
		return market.RefuseField(market.Invalid, "fromOn", "The date must be today or within the next year.")
	case upcoming >= mostDeclaredDays:
		return market.RefuseField(market.Invalid, "fromOn",
			"You have already declared vacancies for %d future days, which is the limit: change one of them.", mostDeclaredDays)
	}
	return nil
}
