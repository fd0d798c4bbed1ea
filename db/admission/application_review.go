package admission

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	rules "github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/policy"
)

var (
	applicationQuestionTable = rowset.New[rules.ApplicationQuestion]("application_question", "q",
		rowset.Columns("id", "application_id", "round", "question", "asked_at", "answer_by", "answer", "answered_at"))
	applicationQuestionRows = applicationQuestionTable.Rows()
)

var questionsOfApplications = rowset.ListOf[uuid.UUID](applicationQuestionTable, "application_id", rowset.By("q.round")...)

// QuestionsOfApplications reads the rounds of clarification of each application.
func QuestionsOfApplications(ctx context.Context, v *engine.View, applications []uuid.UUID) (map[uuid.UUID][]*rules.ApplicationQuestion,
	error,
) {
	return questionsOfApplications.Read(ctx, v, applications)
}

var (
	appealTable = rowset.New[rules.Appeal]("application_appeal", "a",
		rowset.Columns("application_id", "grounds", "appealed_at", "decide_by", "upheld", "reasons", "decided_at", "refusal_reasons",
			"refused_at"))
	appealRows = appealTable.Rows()
)

var appealsOfApplications = rowset.ListOf[uuid.UUID](appealTable, "application_id")

// AppealsOfApplications reads the appeal of each application.
func AppealsOfApplications(ctx context.Context, v *engine.View, applications []uuid.UUID) (map[uuid.UUID]*rules.Appeal, error) {
	return appealsOfApplications.One(ctx, v, applications)
}

// applicationFacts are an application under its lock, and what the rules need to know about it.
type applicationFacts struct {
	rules.Application
	questions []rules.ApplicationQuestion
	appeal    *rules.Appeal
	terms     rules.AdmissionTerms
	now       time.Time
}

// lockApplicationFacts locks an application that the actor can see, and only then reads it and the clock.
func lockApplicationFacts(ctx context.Context, t *engine.Tx, id uuid.UUID) (applicationFacts, error) {
	var r applicationFacts
	if err := t.Lock(ctx, engine.LockApplication(id)); err != nil {
		return r, err
	}
	if err := t.Get(ctx, &r.Application, applicationRows+" WHERE a.id = $1", id); err != nil {
		return r, engine.AbsentIfNoRows(err, "application")
	}
	if err := t.SelectRows(ctx, &r.questions, applicationQuestionRows+" WHERE q.application_id = $1 ORDER BY q.round", id); err != nil {
		return r, err
	}
	var appeals []*rules.Appeal
	if err := t.SelectRows(ctx, &appeals, appealRows+" WHERE a.application_id = $1", id); err != nil {
		return r, err
	}
	if len(appeals) > 0 {
		r.appeal = appeals[0]
	}
	var err error
	if r.terms, err = readAdmissionTerms(ctx, t, r.LotID); err != nil {
		return r, err
	}
	r.now, err = engine.MarketNow(ctx, t)
	return r, err
}

// changeApplication makes a change of an application under its lock; do returns the names of what changed.
func changeApplication(ctx context.Context, d *engine.DB, a policy.Actor, r engine.Request, id uuid.UUID, do func(*engine.Tx,
	applicationFacts) ([]string, error),
) (uuid.UUID, error) {
	return d.Change(ctx, a, r, func(t *engine.Tx) (engine.Event, error) {
		was, err := lockApplicationFacts(ctx, t, id)
		if err != nil {
			return engine.Event{}, err
		}
		changed, err := do(t, was)
		return engine.AuthorityEvent(id, was.AuthorityID, changed...), engine.AbsentIfNoRows(err, "application")
	})
}

// AskApplicant opens a round of clarification.
func AskApplicant(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AskApplicantInput) (uuid.UUID, error) {
	return changeApplication(ctx, d, a, engine.Request{Act: "application.ask", Key: in.IdempotencyKey, Input: in}, in.Application.UUID,
		func(t *engine.Tx, r applicationFacts) ([]string, error) {
			q, err := rules.AskApplicant(r.Application, r.questions, in, r.terms, r.now)
			if err != nil {
				return nil, err
			}
			_, err = t.Exec(ctx, `INSERT INTO application_question (id, application_id, authority_id, provider_id, round, question, asked_at,
			asked_by, answer_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, q.ID, r.ID, r.AuthorityID, r.ProviderID, q.Round, q.Question, q.AskedAt, a.Person,
				q.AnswerBy)
			return []string{"question"}, err
		})
}

// AnswerApplicationQuestion answers the open question for the actor's provider.
func AnswerApplicationQuestion(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AnswerApplicationQuestionInput) (uuid.UUID,
	error,
) {
	return changeApplication(ctx, d, a, engine.Request{Act: "application.answer", Key: in.IdempotencyKey, Input: in}, in.Application.UUID,
		func(t *engine.Tx, r applicationFacts) ([]string, error) {
			q, err := rules.AnswerApplicationQuestion(r.Application, r.questions, in)
			if err != nil {
				return nil, err
			}
			return []string{"answer"}, t.ExecAtLeastOne(ctx,
				"UPDATE application_question SET answer = $2, answered_at = $3, answered_by = $4 WHERE id = $1", q.ID, in.Answer, r.now, a.Person)
		})
}

// ExtendApplication extends the time to decide.
func ExtendApplication(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ExtendApplicationInput) (uuid.UUID, error) {
	return changeApplication(ctx, d, a, engine.Request{Act: "application.extend", Key: in.IdempotencyKey, Input: in}, in.Application.UUID,
		func(t *engine.Tx, r applicationFacts) ([]string, error) {
			until, err := rules.ExtendApplication(r.Application, in, r.terms, r.now)
			if err != nil {
				return nil, err
			}
			return []string{"decide_by"}, t.ExecAtLeastOne(ctx,
				"UPDATE application SET decide_by = $2, extended_at = $3, extended_by = $4, extension_reason = $5 WHERE id = $1",
				r.ID, until, r.now, a.Person, in.Reason)
		})
}

// AppealRefusal appeals for the actor's provider.
func AppealRefusal(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AppealRefusalInput) (uuid.UUID, error) {
	return changeApplication(ctx, d, a, engine.Request{Act: "application.appeal", Key: in.IdempotencyKey, Input: in}, in.Application.UUID,
		func(t *engine.Tx, r applicationFacts) ([]string, error) {
			appeal, err := rules.AppealRefusal(r.Application, r.appeal, in, r.terms, r.now)
			if err != nil {
				return nil, err
			}
			_, err = t.Exec(ctx, `INSERT INTO application_appeal (application_id, authority_id, provider_id, grounds, appealed_at, appealed_by,
			decide_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.ID, r.AuthorityID, r.ProviderID, appeal.Grounds, appeal.AppealedAt, a.Person, appeal.DecideBy)
			return []string{"appeal"}, err
		})
}

// DecideAppeal decides an appeal. An appeal that is upheld admits the provider.
func DecideAppeal(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DecideAppealInput) (uuid.UUID, error) {
	return changeApplication(ctx, d, a, engine.Request{Act: "application.review", Key: in.IdempotencyKey, Input: in}, in.Application.UUID,
		func(t *engine.Tx, r applicationFacts) ([]string, error) {
			if err := rules.DecideAppeal(r.Application, r.appeal, in, a.Person); err != nil {
				return nil, err
			}
			if err := t.ExecAtLeastOne(ctx,
				"UPDATE application_appeal SET upheld = $2, reasons = $3, decided_at = $4, decided_by = $5 WHERE application_id = $1",
				r.ID, in.Upheld, in.Reasons, r.now, a.Person); err != nil || !in.Upheld {
				return []string{"appeal"}, err
			}
			return []string{"appeal", "decision"}, admitOnAppeal(ctx, t, r, in.Reasons)
		})
}

// admitOnAppeal makes a refused application an admission. The provider may have applied again meanwhile: that application is
// closed. If it was even admitted, the provider is a member already.
func admitOnAppeal(ctx context.Context, t *engine.Tx, r applicationFacts, reasons string) error {
	if err := requireEssentialEvidence(ctx, t, r.LotID, r.ProviderID); err != nil {
		return err
	}
	if err := t.ExecAtLeastOne(ctx, "UPDATE application SET decision = $2, reasons = $3, decided_at = $4, decided_by = $5 WHERE id = $1",
		r.ID, rules.ApplicationAdmitted, reasons, r.now, t.Actor().Person); err != nil {
		return err
	}
	if _, err := t.Exec(ctx, "UPDATE application SET "+withdrawnColumns+" WHERE lot_id = $1 AND provider_id = $5 AND decision IS NULL",
		r.LotID, r.now, t.Actor().Person, rules.AdmittedOnAppeal, r.ProviderID); err != nil {
		return err
	}
	live, err := LiveMembership(ctx, t, r.LotID, r.ProviderID)
	if err != nil || live != nil {
		return err
	}
	return admitMember(ctx, t, r.Application, reasons)
}
