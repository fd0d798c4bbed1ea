// Package admission has the rules of markets, notices, lots, applications, evidence and memberships.
package admission

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/course"
	"github.com/southeasttogether/dps/market/idkind"
)

// AdmissionDecision is the decision on an application.
type AdmissionDecision string

// Decisions on an application.
const (
	ApplicationAdmitted AdmissionDecision = "ADMITTED"
	ApplicationRefused  AdmissionDecision = "REFUSED"
)

// Application is a provider's application to a lot.
type Application struct {
	ID          uuid.UUID          `db:"id"`
	AuthorityID uuid.UUID          `db:"authority_id"`
	LotID       uuid.UUID          `db:"lot_id"`
	ProviderID  uuid.UUID          `db:"provider_id"`
	Statement   string             `db:"statement"`
	SubmittedAt time.Time          `db:"submitted_at"`
	DecideBy    time.Time          `db:"decide_by"`
	Decision    *AdmissionDecision `db:"decision"`
	Reasons     *string            `db:"reasons"`
	DecidedAt   *time.Time         `db:"decided_at"`
	DecidedBy   *string            `db:"decided_by"`

	WithdrawnAt    *time.Time `db:"withdrawn_at"`
	WithdrawReason *string    `db:"withdraw_reason"`

	ExtendedAt      *time.Time `db:"extended_at"`
	ExtensionReason *string    `db:"extension_reason"`

	Course ApplicationCourse `db:"course"` // with its reader; filled where the next acts are selected
}

// NextActs is what comes next, and who does it.
func (a Application) NextActs() []*course.NextAct { return a.Course.nextActs() }

// GlobalID is its id to clients.
func (a Application) GlobalID() market.ID {
	return market.ID{Kind: idkind.Application, UUID: a.ID}
}

// IsNode marks what can be fetched again by its id.
func (Application) IsNode() {}

// SubmitApplicationInput is an application to a lot.
type SubmitApplicationInput struct {
	IdempotencyKey       string
	Lot                  market.ID
	Statement            string
	NoGroundForExclusion bool
}

// WithdrawApplicationInput is an application to withdraw.
type WithdrawApplicationInput struct {
	IdempotencyKey string
	Application    market.ID
	Reason         string
}

// DecideApplicationInput is a decision on an application.
type DecideApplicationInput struct {
	IdempotencyKey string
	Application    market.ID
	Decision       AdmissionDecision
	Reasons        string
}

// SubmitApplication makes an application to a lot. A member cannot apply again. A decision is due within the regime's
// working days (PCR 2015 reg 34(16): ten; Procurement Act 2023 s 36: as the market states).
func SubmitApplication(in SubmitApplicationInput, lot market.Lot, m market.Market, live *market.Membership,
	now time.Time,
) (Application, error) {
	if err := market.CheckTexts(market.InputText{Field: "statement", Value: in.Statement, Limit: 4000}); err != nil {
		return Application{}, err
	}
	if !in.NoGroundForExclusion {
		return Application{}, market.RefuseField(market.Invalid, "noGroundForExclusion",
			"You can only apply if you can declare that no ground for exclusion applies to you.")
	}
	if now.After(market.EndOfDay(m.EndsOn.Time)) {
		return Application{}, market.Refuse(market.WrongState, "This market ended on %s and takes no more applications.", m.EndsOn)
	}
	if err := requireOpen(m.Period, now); err != nil {
		return Application{}, err
	}
	if live != nil {
		return Application{}, market.Refuse(market.AlreadyExists, "You are already a member of this lot.")
	}
	return Application{
		ID: uuid.New(), AuthorityID: lot.AuthorityID, LotID: lot.ID, Statement: in.Statement, SubmittedAt: now,
		DecideBy: market.AddWorkingDays(now, m.Rule(market.RuleDecideWorkingDays).Value),
	}, nil
}

// DecideApplication checks a decision: it is made once, with reasons, and cannot be a refusal while an answer is
// awaited.
func DecideApplication(was Application, rounds []ApplicationQuestion, in DecideApplicationInput, now time.Time) error {
	if err := requireUndecided(was); err != nil {
		return err
	}
	if q := openQuestion(rounds); q != nil && in.Decision == ApplicationRefused && !now.After(q.AnswerBy) {
		return market.Refuse(market.TooEarly,
			"The applicant has until %s to answer your question: decide after that, or once they have answered.",
			q.AnswerBy.In(market.London).Format("2 January 2006, 15:04:05"))
	}
	return market.CheckTexts(market.InputText{Field: "reasons", Value: in.Reasons, Limit: 4000})
}

// WithdrawApplication checks that an application can be withdrawn: nobody has decided it.
func WithdrawApplication(was Application, in WithdrawApplicationInput) error {
	if err := requireUndecided(was); err != nil {
		return err
	}
	return market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000})
}

// AdmittedOnAppeal is why another application of a provider to a lot is withdrawn when it is admitted on appeal.
const AdmittedOnAppeal = "The provider was admitted on its appeal against an earlier refusal."

// requireUndecided refuses a step of an application that was decided or withdrawn.
func requireUndecided(was Application) error {
	switch {
	case was.WithdrawnAt != nil:
		return market.Refuse(market.WrongState, "This application was withdrawn.")
	case was.Decision != nil:
		return market.ErrApplicationDecided
	}
	return nil
}

// requireOpen refuses an application on a day when the market takes none.
func requireOpen(p market.ApplicationPeriod, now time.Time) error {
	if p.Until == nil || now.After(market.EndOfDay(p.From.AddDays(-1).Time)) && !now.After(market.EndOfDay(p.Until.Time)) {
		return nil
	}
	return market.Refuse(market.WrongState, "This market takes applications from %s to %s (%s).", p.From, p.Until, *p.Source)
}
