package market

import (
	"strings"
	"time"

	"github.com/google/uuid"
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
}

// AskApplicantInput asks an applicant something.
type AskApplicantInput struct {
	IdempotencyKey string
	Application    ID
	Question       string
}

// AnswerApplicationQuestionInput answers it.
type AnswerApplicationQuestionInput struct {
	IdempotencyKey string
	Application    ID
	Answer         string
}

// ExtendApplicationInput takes more time to decide.
type ExtendApplicationInput struct {
	IdempotencyKey string
	Application    ID
	Reason         string
}

// AppealRefusalInput appeals against a refusal.
type AppealRefusalInput struct {
	IdempotencyKey string
	Application    ID
	Grounds        string
}

// DecideAppealInput decides an appeal.
type DecideAppealInput struct {
	IdempotencyKey string
	Application    ID
	Upheld         bool
	Reasons        string
}

// AskApplicant opens the next round of clarification. The time to decide runs on: the law gives more of it for a reason,
// not for a question (PCR 2015 reg 34(16) and (17)).
func AskApplicant(was Application, rounds []ApplicationQuestion, in AskApplicantInput, terms AdmissionTerms, now time.Time) (ApplicationQuestion, error) {
	if was.Decision != nil {
		return ApplicationQuestion{}, Refuse(WrongState, "This application was decided before.")
	}
	if openQuestion(rounds) != nil {
		return ApplicationQuestion{}, Refuse(AlreadyExists, "A question is open: ask when it is answered.")
	}
	if err := checkTexts(InputText{"question", in.Question, 4000}); err != nil {
		return ApplicationQuestion{}, err
	}
	return ApplicationQuestion{
		ID: uuid.New(), ApplicationID: was.ID, Round: len(rounds) + 1, Question: in.Question, AskedAt: now, AnswerBy: AddWorkingDays(now, terms.AnswerDays),
	}, nil
}

// AnswerApplicationQuestion finds the question that is answered. An answer that comes late is taken, as long as nothing
// is decided.
func AnswerApplicationQuestion(was Application, rounds []ApplicationQuestion, in AnswerApplicationQuestionInput) (ApplicationQuestion, error) {
	question := openQuestion(rounds)
	if was.Decision != nil || question == nil {
		return ApplicationQuestion{}, Refuse(WrongState, "No question is open.")
	}
	return *question, checkTexts(InputText{"answer", in.Answer, 4000})
}

// ExtendApplication gives the last instant to decide, counted from the receipt: fifteen working days where it is justified
// in the individual case (PCR 2015 reg 34(17)). Once, and while there is still time.
func ExtendApplication(was Application, in ExtendApplicationInput, terms AdmissionTerms, now time.Time) (time.Time, error) {
	until := AddWorkingDays(was.SubmittedAt, terms.DecideAtMostDays)
	switch {
	case was.Decision != nil:
		return until, Refuse(WrongState, "This application was decided before.")
	case was.ExtendedAt != nil || !until.After(was.DecideBy):
		return until, Refuse(WrongState, "There is no more time than this to decide.")
	case now.After(was.DecideBy):
		return until, Refuse(DeadlinePassed, "The time to decide is over: more can be taken only before.")
	case len([]rune(strings.TrimSpace(in.Reason))) < 40:
		return until, RefuseField(Invalid, "reason", "Give the reason that lies in this application, in at least 40 characters.")
	}
	return until, checkLengths(InputText{"reason", in.Reason, 4000})
}

// AppealRefusal makes an appeal against a refusal, once and in time.
func AppealRefusal(was Application, earlier *Appeal, in AppealRefusalInput, terms AdmissionTerms, now time.Time) (Appeal, error) {
	switch {
	case was.Decision == nil || *was.Decision != ApplicationRefused:
		return Appeal{}, Refuse(WrongState, "This application was not refused.")
	case earlier != nil:
		return Appeal{}, Refuse(AlreadyExists, "There was an appeal against this refusal.")
	case now.After(AddWorkingDays(*was.DecidedAt, terms.AppealDays)):
		return Appeal{}, Refuse(DeadlinePassed, "An appeal is possible for %d working days: apply anew.", terms.AppealDays)
	}
	return Appeal{ApplicationID: was.ID, Grounds: in.Grounds, AppealedAt: now, DecideBy: AddWorkingDays(now, terms.AppealDecideDays)},
		checkTexts(InputText{"grounds", in.Grounds, 4000})
}

// DecideAppeal checks a decision on an appeal: once, with reasons, and by somebody else than who refused.
func DecideAppeal(was Application, appeal *Appeal, in DecideAppealInput, person string) error {
	switch {
	case appeal == nil:
		return Refuse(WrongState, "There is no appeal.")
	case appeal.DecidedAt != nil:
		return Refuse(WrongState, "This appeal was decided before.")
	case was.DecidedBy != nil && *was.DecidedBy == person:
		return Refuse(SamePerson, "Who refused the application does not decide the appeal.")
	}
	return checkTexts(InputText{"reasons", in.Reasons, 4000})
}

// openQuestion is the question that waits for its answer; nil for none.
func openQuestion(rounds []ApplicationQuestion) *ApplicationQuestion {
	if n := len(rounds); n > 0 && rounds[n-1].AnsweredAt == nil {
		return &rounds[n-1]
	}
	return nil
}
