package admission

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// ApplicationQuestion is one round of clarification.
type ApplicationQuestion struct {
	ID            uuid.UUID  `db:"id"`
	ApplicationID uuid.UUID  `db:"application_id"`
	Round         int        `db:"round"`
	Question      string     `db:"question"`
	AskedAt       time.Time  `db:"asked_at"`
	AnswerBy      time.Time  `db:"answer_by"`
	Answer        *string    `db:"answer"`
	AnsweredAt    *time.Time `db:"answered_at"`
}

// Appeal is an appeal against a refusal.
type Appeal struct {
	ApplicationID uuid.UUID  `db:"application_id"`
	Grounds       string     `db:"grounds"`
	AppealedAt    time.Time  `db:"appealed_at"`
	DecideBy      time.Time  `db:"decide_by"`
	Upheld        *bool      `db:"upheld"`
	Reasons       *string    `db:"reasons"`
	DecidedAt     *time.Time `db:"decided_at"`

	RefusalReasons string    `db:"refusal_reasons"`
	RefusedAt      time.Time `db:"refused_at"`
}

// AskApplicantInput is a question to an applicant.
type AskApplicantInput struct {
	IdempotencyKey string
	Application    market.ID
	Question       string
}

// AnswerApplicationQuestionInput is the answer to a question.
type AnswerApplicationQuestionInput struct {
	IdempotencyKey string
	Application    market.ID
	Answer         string
}

// ExtendApplicationInput extends the time to decide.
type ExtendApplicationInput struct {
	IdempotencyKey string
	Application    market.ID
	Reason         string
}

// AppealRefusalInput appeals against a refusal.
type AppealRefusalInput struct {
	IdempotencyKey string
	Application    market.ID
	Grounds        string
}

// DecideAppealInput decides an appeal.
type DecideAppealInput struct {
	IdempotencyKey string
	Application    market.ID
	Upheld         bool
	Reasons        string
}

// AskApplicant opens the next round of clarification. The time to decide keeps running: the law allows more time for a
// reason, not for a question (PCR 2015 reg 34(16) and (17)).
func AskApplicant(was Application, rounds []ApplicationQuestion, in AskApplicantInput, terms AdmissionTerms,
	now time.Time,
) (ApplicationQuestion, error) {
	if err := requireUndecided(was); err != nil {
		return ApplicationQuestion{}, err
	}
	if openQuestion(rounds) != nil {
		return ApplicationQuestion{}, market.Refuse(market.AlreadyExists,
			"The applicant has not answered your last question yet: wait for the answer before you ask another.")
	}
	if err := market.CheckTexts(market.InputText{Field: "question", Value: in.Question, Limit: 4000}); err != nil {
		return ApplicationQuestion{}, err
	}
	return ApplicationQuestion{
		ID: uuid.New(), ApplicationID: was.ID, Round: len(rounds) + 1, Question: in.Question, AskedAt: now,
		AnswerBy: market.AddWorkingDays(now, terms.AnswerDays),
	}, nil
}

// AnswerApplicationQuestion finds the question that is answered. A late answer is accepted as long as nothing is
// decided.
func AnswerApplicationQuestion(was Application, rounds []ApplicationQuestion,
	in AnswerApplicationQuestionInput,
) (ApplicationQuestion, error) {
	question := openQuestion(rounds)
	if requireUndecided(was) != nil || question == nil {
		return ApplicationQuestion{}, market.Refuse(market.WrongState, "There is no question to answer on this application.")
	}
	return *question, market.CheckTexts(market.InputText{Field: "answer", Value: in.Answer, Limit: 4000})
}

// ExtendApplication gives the last instant to decide, counted from the receipt: fifteen working days where the
// individual case justifies it (PCR 2015 reg 34(17)). It can be extended once, and only before the time has passed.
func ExtendApplication(was Application, in ExtendApplicationInput, terms AdmissionTerms, now time.Time) (time.Time, error) {
	until := market.AddWorkingDays(was.SubmittedAt, terms.DecideAtMostDays)
	if err := requireUndecided(was); err != nil {
		return until, err
	}
	switch {
	case was.ExtendedAt != nil || !until.After(was.DecideBy):
		return until, market.Refuse(market.WrongState, "The time to decide cannot be extended any further.")
	case now.After(was.DecideBy):
		return until, market.Refuse(market.DeadlinePassed, "The time to decide has passed: it can only be extended before it ends.")
	case len([]rune(strings.TrimSpace(in.Reason))) < 40:
		return until, market.RefuseField(market.Invalid, "reason",
			"Enter the reason why this application needs more time, in at least 40 characters.")
	}
	return until, market.CheckLengths(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000})
}

// AppealRefusal makes an appeal against a refusal, once and in time.
func AppealRefusal(was Application, earlier *Appeal, in AppealRefusalInput, terms AdmissionTerms,
	now time.Time,
) (Appeal, error) {
	switch {
	case was.Decision == nil || *was.Decision != ApplicationRefused:
		return Appeal{}, market.Refuse(market.WrongState,
			"You can only appeal against a refusal, and this application was not refused.")
	case earlier != nil:
		return Appeal{}, market.Refuse(market.AlreadyExists, "An appeal against this refusal has already been made.")
	case now.After(market.AddWorkingDays(*was.DecidedAt, terms.AppealDays)):
		return Appeal{}, market.Refuse(market.DeadlinePassed,
			"The time to appeal has passed (%d working days): make a new application.", terms.AppealDays)
	}
	return Appeal{ApplicationID: was.ID, Grounds: in.Grounds, AppealedAt: now, DecideBy: market.AddWorkingDays(now,
			terms.AppealDecideDays)},
		market.CheckTexts(market.InputText{Field: "grounds", Value: in.Grounds, Limit: 4000})
}

// DecideAppeal checks a decision on an appeal: it is made once, with reasons, and not by the person who refused the
// application.
func DecideAppeal(was Application, appeal *Appeal, in DecideAppealInput, person string) error {
	switch {
	case appeal == nil:
		return market.Refuse(market.WrongState, "There is no appeal to decide.")
	case appeal.DecidedAt != nil:
		return market.Refuse(market.WrongState, "This appeal has already been decided.")
	case was.DecidedBy != nil && *was.DecidedBy == person:
		return market.Refuse(market.SamePerson,
			"You refused this application, so you cannot decide the appeal: ask a colleague to decide it.")
	}
	return market.CheckTexts(market.InputText{Field: "reasons", Value: in.Reasons, Limit: 4000})
}

// openQuestion is the question that awaits its answer; nil if there is none.
func openQuestion(rounds []ApplicationQuestion) *ApplicationQuestion {
	if n := len(rounds); n > 0 && rounds[n-1].AnsweredAt == nil {
		return &rounds[n-1]
	}
	return nil
}
