package market

import (
	"time"

	"github.com/google/uuid"
)

// EhcDates are the dates of an education, health and care plan that somebody recorded.
type EhcDates struct {
	RequestedOn Date  `db:"requested_on"`
	ConsultedOn *Date `db:"consulted_on"`
	DraftSentOn *Date `db:"draft_sent_on"`
	FinalisedOn *Date `db:"finalised_on"`
	TransferOn  *Date `db:"transfer_on"`
	PostSixteen bool  `db:"post_sixteen"`
	TribunalOn  *Date `db:"tribunal_on"`
}

// EhcCalendar is what was done for a plan; what is due follows from it.
type EhcCalendar struct {
	NeedID uuid.UUID `db:"need_id"`
	EhcDates
}

// RecordEhcDatesInput is dates to record.
type RecordEhcDatesInput struct {
	IdempotencyKey string
	Need           ID
	EhcDates
}

const (
	planDueDays    = 20 * 7 // SEND Regulations 2014 (SI 2014/1530), reg 13(2): final within twenty weeks of the request (check)
	schoolAnswerDays = 15     // SEND code of practice 2015, 9.83: a consulted school should answer within fifteen days (check)
	familyDraftDays   = 15     // SEND Regulations 2014, reg 13(1)(a): at least fifteen days for the family on the draft (check)
	reviewDueYears = 1      // Children and Families Act 2014, s 44(1): reviewed within twelve months (check)
)

// AlertPlanDue is until when the plan is to be final.
func (d EhcDates) PlanDue() Date { return d.RequestedOn.addYearsAndDays(0, planDueDays) }

// SchoolsAnswerBy is until when consulted schools should answer. Silence is no answer.
func (d EhcDates) SchoolsAnswerBy() *Date { return d.ConsultedOn.addIfSet(0, schoolAnswerDays) }

// FamilyHeardUntil is until when, at the least, the family may speak about the draft.
func (d EhcDates) FamilyHeardUntil() *Date { return d.DraftSentOn.addIfSet(0, familyDraftDays) }

// AlertReviewDue is until when the plan is to be reviewed.
func (d EhcDates) ReviewDue() *Date { return d.FinalisedOn.addIfSet(reviewDueYears, 0) }

// AlertTransferDue is until when the plan for the next phase is to be final: in the year of the move 15 February, or 31 March
// where the phase comes after sixteen (SEND Regulations 2014, reg 18) (check).
func (d EhcDates) TransferDue() *Date {
	if d.TransferOn == nil {
		return nil
	}
	if d.PostSixteen {
		return new(NewDate(d.TransferOn.Year(), time.March, 31))
	}
	return new(NewDate(d.TransferOn.Year(), time.February, 15))
}

func (d Date) addYearsAndDays(years, days int) Date {
	moved := d.AddDate(years, 0, days)
	return NewDate(moved.Year(), moved.Month(), moved.Day())
}

// addIfSet is a date so much later; nil for none.
func (d *Date) addIfSet(years, days int) *Date {
	if d == nil {
		return nil
	}
	return new(d.addYearsAndDays(years, days))
}

// RecordEhcDates checks dates of a plan: what was done is not to come, and in its order; the family had its time.
func RecordEhcDates(n Need, in RecordEhcDatesInput, now time.Time) error {
	if n.LegalBasis != "EHC_PLAN" {
		return Refuse(WrongState, "This need does not rest on an education, health and care plan.")
	}
	done := []struct {
		field string
		on    *Date
	}{{"requestedOn", &in.RequestedOn}, {"consultedOn", in.ConsultedOn}, {"draftSentOn", in.DraftSentOn}, {"finalisedOn", in.FinalisedOn}}
	for _, d := range done {
		if d.on != nil && (d.on.After(now) || d.on.Before(in.RequestedOn.Time)) {
			return RefuseField(Invalid, d.field, "What is recorded as done lies between the request and today.")
		}
	}
	switch {
	case in.FinalisedOn == nil:
		return nil
	case in.DraftSentOn == nil:
		return RefuseField(Invalid, "draftSentOn", "A plan is final after its draft was sent.")
	case in.FinalisedOn.Before(in.FamilyHeardUntil().Time):
		return RefuseField(TooEarly, "finalisedOn", "The family has at least %d days on the draft, until %s.", familyDraftDays, in.FamilyHeardUntil())
	}
	return nil
}
