package market

import (
	"time"

	"github.com/google/uuid"
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

	ExtendedAt      *time.Time `db:"extended_at"`
	ExtensionReason *string    `db:"extension_reason"`
}

// SubmitApplicationInput is an application to a lot.
type SubmitApplicationInput struct {
	IdempotencyKey       string
	Lot                  ID
	Statement            string
	NoGroundForExclusion bool
}

// DecideApplicationInput is a decision on an application.
type DecideApplicationInput struct {
	IdempotencyKey string
	Application    ID
	Decision       AdmissionDecision
	Reasons        string
}

// SubmitApplication makes an application to a lot. A member has no need to apply; a decision is due in the regime's
// working days (PCR 2015 reg 34(16): ten; Procurement Act 2023 s 36: as the market states).
func SubmitApplication(in SubmitApplicationInput, lot Lot, m Market, live *Membership, now time.Time) (Application, error) {
	if err := checkTexts(InputText{"statement", in.Statement, 4000}); err != nil {
		return Application{}, err
	}
	if !in.NoGroundForExclusion {
		return Application{}, RefuseField(Invalid, "noGroundForExclusion", "A provider that cannot declare this cannot be admitted.")
	}
	if now.After(EndOfDay(m.EndsOn.Time)) {
		return Application{}, Refuse(WrongState, "The market ended on %s.", m.EndsOn)
	}
	if err := m.Period.requireOpen(now); err != nil {
		return Application{}, err
	}
	if live != nil {
		return Application{}, Refuse(AlreadyExists, "You are a member of this lot already.")
	}
	return Application{
		ID: uuid.New(), AuthorityID: lot.AuthorityID, LotID: lot.ID, Statement: in.Statement, SubmittedAt: now,
		DecideBy: AddWorkingDays(now, m.Rule(RuleDecideWorkingDays).Value),
	}, nil
}

// RequireRoomInLot refuses one more member of a lot where the market states how many it has at most, those suspended included.
func RequireRoomInLot(m Market, members int) error {
	if most := m.Stated.findRule(RuleMostMembers); most != nil && members >= most.Value {
		return Refuse(WrongState, "The lot has %d members, and at most %d (%s): refuse the application with that reason, or wait until one leaves.", members, most.Value, most.Source)
	}
	return nil
}

// DecideApplication checks a decision: once, with reasons, and no refusal while an answer is waited for.
func DecideApplication(was Application, rounds []ApplicationQuestion, in DecideApplicationInput, now time.Time) error {
	if was.Decision != nil {
		return Refuse(WrongState, "This application was decided before.")
	}
	if q := openQuestion(rounds); q != nil && in.Decision == ApplicationRefused && !now.After(q.AnswerBy) {
		return Refuse(TooEarly, "The applicant may answer your question until %s.", q.AnswerBy.In(London).Format("2 January 2006, 15:04:05"))
	}
	return checkTexts(InputText{"reasons", in.Reasons, 4000})
}
