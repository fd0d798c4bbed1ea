package tendering

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/record"
)

// How long before a date of a plan people are alerted to it. These are the market's own figures.
const (
	weeksBeforePlan     = 4
	weeksBeforeReview   = 8
	weeksBeforeTransfer = 8
	weeksBeforeTribunal = 4
)

// EhcAlert is when people are alerted to something about a plan; At is nil if there is nothing to alert them to.
type EhcAlert struct {
	Kind record.AlertKind
	At   *time.Time
}

// Alerts are the times of a plan: the end of a day for a date that passes, the start of a day for one that comes near.
func (d EhcDates) Alerts() []EhcAlert {
	open, drafted := d.FinalisedOn == nil, d.DraftSentOn != nil
	return []EhcAlert{
		{record.AlertSchoolsSilent, instantOn(!drafted && open, d.SchoolsAnswerBy(), endOfDate)},
		{record.AlertFamilyHeard, instantOn(open, d.FamilyHeardUntil(), endOfDate)},
		{record.AlertPlanDue, instantOn(open, new(d.PlanDue()), weeksBefore(weeksBeforePlan))},
		{record.AlertPlanOverdue, instantOn(open, new(d.PlanDue()), endOfDate)},
		{record.AlertReviewDue, instantOn(true, d.ReviewDue(), weeksBefore(weeksBeforeReview))},
		{record.AlertTransferDue, instantOn(true, d.TransferDue(), weeksBefore(weeksBeforeTransfer))},
		{record.AlertTribunalNear, instantOn(true, d.TribunalOn, weeksBefore(weeksBeforeTribunal))},
	}
}

// instantOn is an instant on a date; nil if there is no date or it does not matter.
func instantOn(matters bool, date *market.Date, at func(market.Date) time.Time) *time.Time {
	if !matters || date == nil {
		return nil
	}
	return new(at(*date))
}

// endOfDate is the end of the day of a date.
func endOfDate(d market.Date) time.Time { return market.EndOfDay(d.Time) }

// weeksBefore is the start of the day that is the given number of weeks before a date.
func weeksBefore(weeks int) func(market.Date) time.Time {
	return func(d market.Date) time.Time {
		return time.Date(d.Year(), d.Month(), d.Day()-7*weeks, 0, 0, 0, 0, market.London)
	}
}

// EhcDates are the dates of an education, health and care plan that somebody recorded.
type EhcDates struct {
	RequestedOn market.Date  `db:"requested_on"`
	ConsultedOn *market.Date `db:"consulted_on"`
	DraftSentOn *market.Date `db:"draft_sent_on"`
	FinalisedOn *market.Date `db:"finalised_on"`
	TransferOn  *market.Date `db:"transfer_on"`
	PostSixteen bool         `db:"post_sixteen"`
	TribunalOn  *market.Date `db:"tribunal_on"`
}

// EhcCalendar is what was done for a plan; what is due follows from it.
type EhcCalendar struct {
	NeedID uuid.UUID `db:"need_id"`
	EhcDates
}

// The terms of the law around a plan, in days or years.
const (
	planDueDays      = 20 * 7 // SEND Regulations 2014 (SI 2014/1530), reg 13(2): final within twenty weeks of the request (check)
	schoolAnswerDays = 15     // SEND code of practice 2015, 9.83: a consulted school should answer within fifteen days (check)
	FamilyDraftDays  = 15     // SEND Regulations 2014, reg 13(1)(a): at least fifteen days for the family on the draft (check)
	reviewDueMonths  = 12     // Children and Families Act 2014, s 44(1): in the 12 months starting with the date on which it was made
)

// PlanDue is the last day to make the plan final.
func (d EhcDates) PlanDue() market.Date { return d.RequestedOn.AddDays(planDueDays) }

// SchoolsAnswerBy is the day by which consulted schools should answer. Silence is not an answer.
func (d EhcDates) SchoolsAnswerBy() *market.Date {
	return addDaysIfSet(d.ConsultedOn, schoolAnswerDays)
}

// FamilyHeardUntil is the first day that the draft can become final: until then the family can comment on it.
func (d EhcDates) FamilyHeardUntil() *market.Date {
	return addDaysIfSet(d.DraftSentOn, FamilyDraftDays)
}

// ReviewDue is the last day to review the plan. The months start with the day on which it was made, so they end the day before a year
// later.
func (d EhcDates) ReviewDue() *market.Date {
	if d.FinalisedOn == nil {
		return nil
	}
	return new(d.FinalisedOn.LastOfMonths(reviewDueMonths))
}

// TransferDue is the last day to make the plan for the next phase final: 15 February in the year of the move, or
// 31 March if the phase comes after age 16 (SEND Regulations 2014, reg 18) (check).
func (d EhcDates) TransferDue() *market.Date {
	if d.TransferOn == nil {
		return nil
	}
	if d.PostSixteen {
		return new(market.NewDate(d.TransferOn.Year(), time.March, 31))
	}
	return new(market.NewDate(d.TransferOn.Year(), time.February, 15))
}

// addDaysIfSet is a date moved by some days; nil if there is no date.
func addDaysIfSet(d *market.Date, days int) *market.Date {
	if d == nil {
		return nil
	}
	return new(d.AddDays(days))
}
