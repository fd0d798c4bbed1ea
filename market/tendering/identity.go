package tendering

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// RecordIdentityInput records who a child is.
type RecordIdentityInput struct {
	IdempotencyKey string
	Need           market.ID
	Name           string
	DateOfBirth    market.Date
	OtherNames     []string
}

// ViewIdentityInput says whose identity to see, and why.
type ViewIdentityInput struct {
	Need    market.ID
	Purpose market.IdentityPurpose
}

// mostOtherNames is the highest number of other names of one child.
const mostOtherNames = 20

// RecordIdentity checks who a child is.
func RecordIdentity(in RecordIdentityInput, now time.Time) (market.Identity, error) {
	if err := market.CheckTexts(market.InputText{Field: "name", Value: in.Name, Limit: 200}); err != nil {
		return market.Identity{}, err
	}
	if today := market.LondonDate(now); in.DateOfBirth.After(today) || !in.DateOfBirth.AddMonths(26*12).After(today) {
		return market.Identity{}, market.RefuseField(market.Invalid, "dateOfBirth",
			"Enter the date of birth of a child or young person aged 25 or under.")
	}
	if len(in.OtherNames) > mostOtherNames {
		return market.Identity{}, market.RefuseField(market.Invalid, "otherNames", "Enter at most %d other names.", mostOtherNames)
	}
	for _, name := range in.OtherNames {
		if err := market.CheckTexts(market.InputText{Field: "otherNames", Value: name, Limit: 200}); err != nil {
			return market.Identity{}, err
		}
	}
	return market.Identity{Name: in.Name, DateOfBirth: in.DateOfBirth, OtherNames: in.OtherNames}, nil
}
