package db

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const questionRows = `SELECT q.id, q.application_id, q.round, q.question, q.asked_at, q.answer_by, q.answer, q.answered_at FROM application_question q`

// QuestionsOfApplications reads the rounds of clarification of each application.
func (v *View) QuestionsOfApplications(ctx context.Context, applications []uuid.UUID) (map[uuid.UUID][]*market.ApplicationQuestion, error) {
	return grouped(ctx, v, questionRows, "q.application_id", "q.round", applications, func(q *market.ApplicationQuestion) uuid.UUID { return q.ApplicationID })
}

const appealRows = `SELECT a.application_id, a.grounds, a.appealed_at, a.decide_by, a.upheld, a.reasons, a.decided_at FROM application_appeal a`

// AppealsOfApplications reads the appeal of each application.
func (v *View) AppealsOfApplications(ctx context.Context, applications []uuid.UUID) (map[uuid.UUID]*market.Appeal, error) {
	return byID(ctx, v, appealRows, "a.application_id", applications, func(a *market.Appeal) uuid.UUID { return a.ApplicationID })
}

// review is an application under its lock, with what the rules on it need.
type review struct {
	market.Application
	rounds []market.ApplicationQuestion
	appeal *market.Appeal
	terms  market.AdmissionTerms
	now    time.Time
}

// review takes the lock of an application that the actor may see, and only then reads it, and the clock.
func (t *Tx) review(ctx context.Context, id uuid.UUID) (review, error) {
	var r review
	if _, err := t.exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('application:' || $1::text, 0))", id); err != nil {
		return r, err
	}
	if err := t.get(ctx, &r.Application, applicationRows+" WHERE a.id = $1", id); err != nil {
		return r, absent(err, "application")
	}
	if err := t.all(ctx, &r.rounds, questionRows+" WHERE q.application_id = $1 ORDER BY q.round", id); err != nil {
		return r, err
	}
	var appeals []*market.Appeal
	if err := t.all(ctx, &appeals, appealRows+" WHERE a.application_id = $1", id); err != nil {
		return r, err
	}
	if len(appeals) > 0 {
		r.appeal = appeals[0]
	}
	var err error
	if r.terms, err = t.admissionTerms(ctx, r.LotID); err != nil {
		return r, err
	}
	r.now, err = t.now(ctx)
	return r, err
}

// onApplication makes a change of an application under its lock; do gives the names of what changed.
func (d *DB) onApplication(ctx context.Context, a policy.Actor, r Request, id uuid.UUID, do func(*Tx, review) ([]string, error)) (uuid.UUID, error) {
	return d.Change(ctx, a, r, func(t *Tx) (Event, error) {
		was, err := t.review(ctx, id)
		if err != nil {
			return Event{}, err
		}
		changed, err := do(t, was)
		return about(id, was.AuthorityID, changed...), absent(err, "application")
	})
}

// AskApplicant opens a round of clarification.
func (d *DB) AskApplicant(ctx context.Context, a policy.Actor, in market.AskApplicantInput) (uuid.UUID, error) {
	return d.onApplication(ctx, a, Request{Act: "application.ask", Key: in.IdempotencyKey, Input: in}, in.Application.UUID, func(t *Tx, r review) ([]string, error) {
		q, err := market.AskApplicant(r.Application, r.rounds, in, r.terms, r.now)
		if err != nil {
			return nil, err
		}
		_, err = t.exec(ctx, `INSERT INTO application_question (id, application_id, authority_id, provider_id, round, question, asked_at, asked_by, answer_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, q.ID, r.ID, r.AuthorityID, r.ProviderID, q.Round, q.Question, q.AskedAt, a.Person, q.AnswerBy)
		return []string{"question"}, err
	})
}

// AnswerApplicationQuestion answers the open question for the actor's provider.
func (d *DB) AnswerApplicationQuestion(ctx context.Context, a policy.Actor, in market.AnswerApplicationQuestionInput) (uuid.UUID, error) {
	return d.onApplication(ctx, a, Request{Act: "application.answer", Key: in.IdempotencyKey, Input: in}, in.Application.UUID, func(t *Tx, r review) ([]string, error) {
		q, err := market.AnswerApplicationQuestion(r.Application, r.rounds, in)
		if err != nil {
			return nil, err
		}
		return []string{"answer"}, t.must(ctx, "UPDATE application_question SET answer = $2, answered_at = $3, answered_by = $4 WHERE id = $1", q.ID, in.Answer, r.now, a.Person)
	})
}

// ExtendApplication takes more time to decide.
func (d *DB) ExtendApplication(ctx context.Context, a policy.Actor, in market.ExtendApplicationInput) (uuid.UUID, error) {
	return d.onApplication(ctx, a, Request{Act: "application.extend", Key: in.IdempotencyKey, Input: in}, in.Application.UUID, func(t *Tx, r review) ([]string, error) {
		until, err := market.ExtendApplication(r.Application, in, r.terms, r.now)
		if err != nil {
			return nil, err
		}
		return []string{"decide_by"}, t.must(ctx, "UPDATE application SET decide_by = $2, extended_at = $3, extended_by = $4, extension_reason = $5 WHERE id = $1",
			r.ID, until, r.now, a.Person, in.Reason)
	})
}

// AppealRefusal appeals for the actor's provider.
func (d *DB) AppealRefusal(ctx context.Context, a policy.Actor, in market.AppealRefusalInput) (uuid.UUID, error) {
	return d.onApplication(ctx, a, Request{Act: "application.appeal", Key: in.IdempotencyKey, Input: in}, in.Application.UUID, func(t *Tx, r review) ([]string, error) {
		appeal, err := market.AppealRefusal(r.Application, r.appeal, in, r.terms, r.now)
		if err != nil {
			return nil, err
		}
		_, err = t.exec(ctx, `INSERT INTO application_appeal (application_id, authority_id, provider_id, grounds, appealed_at, appealed_by, decide_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.ID, r.AuthorityID, r.ProviderID, appeal.Grounds, appeal.AppealedAt, a.Person, appeal.DecideBy)
		return []string{"appeal"}, err
	})
}

// DecideAppeal decides an appeal; one that is upheld admits the provider.
func (d *DB) DecideAppeal(ctx context.Context, a policy.Actor, in market.DecideAppealInput) (uuid.UUID, error) {
	return d.onApplication(ctx, a, Request{Act: "application.review", Key: in.IdempotencyKey, Input: in}, in.Application.UUID, func(t *Tx, r review) ([]string, error) {
		if err := market.DecideAppeal(r.Application, r.appeal, in, a.Person); err != nil {
			return nil, err
		}
		if err := t.must(ctx, "UPDATE application_appeal SET upheld = $2, reasons = $3, decided_at = $4, decided_by = $5 WHERE application_id = $1",
			r.ID, in.Upheld, in.Reasons, r.now, a.Person); err != nil || !in.Upheld {
			return []string{"appeal"}, err
		}
		if err := t.complete(ctx, r.LotID, r.ProviderID); err != nil {
			return nil, err
		}
		return []string{"appeal"}, t.join(ctx, r.Application, in.Reasons)
	})
}
