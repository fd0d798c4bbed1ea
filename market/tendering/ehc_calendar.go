package tendering

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// RecordEhcDatesInput is dates to record.
type RecordEhcDatesInput struct {
	IdempotencyKey string
	Need           market.ID
	EhcDates
}

// RecordEhcDates checks dates of a plan: none is in the future, they are in order, and the family had its time.
func RecordEhcDates(n market.Need, in RecordEhcDatesInput, now time.Time) error {
	if n.LegalBasis != "EHC_PLAN" {
		return market.Refuse(market.WrongState, "This need is not based on an education, health and care plan.")
	}
	done := []struct {
		field string
		on    *market.Date
	}{{"requestedOn", &in.RequestedOn}, {"consultedOn", in.ConsultedOn}, {"draftSentOn", in.DraftSentOn}, {"finalisedOn", in.FinalisedOn}}
	for _, d := range done {
		if d.on != nil && (d.on.After(market.LondonDate(now)) || d.on.Before(in.RequestedOn)) {
			return market.RefuseField(market.Invalid, d.field, "The date must be between the request and today.")
		}
	}
	switch {
	case in.FinalisedOn == nil:
		return nil
	case in.DraftSentOn == nil:
		return market.RefuseField(market.Invalid, "draftSentOn",
			"Enter the date that the draft plan was sent: it must be sent before the plan is final.")
	case in.FinalisedOn.Before(*in.FamilyHeardUntil()):
		return market.RefuseField(market.TooEarly, "finalisedOn",
			"The family must have at least %d days to comment on the draft plan, until %s.",
			FamilyDraftDays, in.FamilyHeardUntil())
	}
	return nil
}
