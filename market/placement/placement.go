// Package placement has the rules of placements and their agreements.
package placement

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// SignAgreementInput says which placement's agreement to sign.
type SignAgreementInput struct {
	IdempotencyKey string
	Placement      market.ID
}

// StartPlacementInput says which placement starts, and on which day: today if none is given.
type StartPlacementInput struct {
	IdempotencyKey string
	Placement      market.ID
	StartedOn      *market.Date
	Correction     *string
}

// longestWords is how much can be said about the start or end of a placement.
const longestWords = 2000

// StartPlacement checks a placement's first day, and gives it: both sides have signed, and the day has come and is not
// before the agreed one, from which the place is reserved. An urgent child cannot wait for signatures. A first day that
// was recorded can be corrected, with a reason.
func StartPlacement(p market.Placement, in StartPlacementInput, now time.Time) (market.Date, error) {
	today := market.LondonDate(now)
	day := today
	if in.StartedOn != nil {
		day = *in.StartedOn
	}
	switch {
	case p.CancelledAt != nil:
		return day, market.ErrPlacementCancelled
	case p.StartedAt != nil && in.Correction == nil:
		return day, market.Refuse(market.WrongState,
			"This placement has already started: to correct its first day, say in correction why it was wrong.")
	case p.StartedAt == nil && in.Correction != nil:
		return day, market.RefuseField(market.WrongState, "correction",
			"No first day is recorded yet: leave out correction.")
	case !p.Signed && p.Route != market.RouteUrgent:
		return day, market.Refuse(market.TooEarly, "Both sides must sign the agreement before the placement starts.")
	case today.Before(p.StartsOn):
		return day, market.Refuse(market.TooEarly, "This placement cannot start before its first day, %s.", p.StartsOn)
	}
	if err := checkFirstDay(p, day, today); err != nil {
		return day, err
	}
	return day, checkWords("correction", in.Correction)
}

func checkFirstDay(p market.Placement, day, today market.Date) error {
	switch {
	case day.After(today):
		return market.RefuseField(market.TooEarly, "startedOn", "The first day cannot be in the future: record it when it has come.")
	case day.Before(p.StartsOn):
		return market.RefuseField(market.Invalid, "startedOn", "The first day cannot be before the agreed day, %s.", p.StartsOn)
	case p.EndedOn != nil && day.After(*p.EndedOn):
		return market.RefuseField(market.Invalid, "startedOn", "The first day cannot be after the last day, %s.", p.EndedOn)
	}
	return nil
}

// checkWords checks words that can be left out: if they are given, they say something and do not name the child.
func checkWords(field string, words *string) error {
	if words == nil {
		return nil
	}
	text := market.InputText{Field: field, Value: *words, Limit: longestWords}
	if err := market.CheckTexts(text); err != nil {
		return err
	}
	return market.CheckAnonymous(text)
}
