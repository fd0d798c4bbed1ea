package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const clarificationRows = `SELECT c.id, c.need_id, c.authority_id, c.question, c.answer, c.answered_at FROM clarification c`

// ClarificationsOfNeeds reads the questions about each need, by their random ids, which say nothing of when they were asked.
func (v *View) ClarificationsOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID][]*market.Clarification, error) {
	return grouped(ctx, v, clarificationRows, "c.need_id", "c.id", needs, func(c *market.Clarification) uuid.UUID { return c.NeedID })
}

// ClarificationsByID reads questions.
func (v *View) ClarificationsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Clarification, error) {
	return byID(ctx, v, clarificationRows, "c.id", ids, func(c *market.Clarification) uuid.UUID { return c.ID })
}

// AskClarification records a question, and apart from it who asks. The event stands in the asker's chain alone: in the
// authority's it would name the asker.
func (d *DB) AskClarification(ctx context.Context, a policy.Actor, in market.AskClarificationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "clarification.ask", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, false)
		if err != nil {
			return Event{}, err
		}
		names, asked, err := t.asker(ctx, need, a.Organisation)
		if err != nil {
			return Event{}, err
		}
		question, err := market.AskClarification(need, in, names, asked, need.AsOf)
		if err != nil {
			return Event{}, err
		}
		return secret(question.ID, a.Organisation, "question"), t.insertQuestion(ctx, question, a.Organisation)
	})
}

// asker is by what names a provider is known, its own and its settings', and how much it has asked about a need.
func (t *Tx) asker(ctx context.Context, n market.Need, provider uuid.UUID) (names []string, asked int, err error) {
	if err := t.all(ctx, &names, "SELECT name FROM provider WHERE id = $1 UNION SELECT name FROM setting WHERE provider_id = $1", provider); err != nil {
		return nil, 0, err
	}
	return names, asked, t.get(ctx, &asked, "SELECT count(*) FROM clarification_asker WHERE need_id = $1 AND provider_id = $2", n.ID, provider)
}

// insertQuestion writes who asks first: by it the asker is let see the question.
func (t *Tx) insertQuestion(ctx context.Context, c market.Clarification, provider uuid.UUID) error {
	if _, err := t.exec(ctx, "INSERT INTO clarification_asker (clarification_id, need_id, provider_id) VALUES ($1, $2, $3)", c.ID, c.NeedID, provider); err != nil {
		return err
	}
	_, err := t.exec(ctx, "INSERT INTO clarification (id, need_id, authority_id, question) VALUES ($1, $2, $3, $4)", c.ID, c.NeedID, c.AuthorityID, c.Question)
	return err
}

// AnswerClarification answers a question, to all who are invited.
func (d *DB) AnswerClarification(ctx context.Context, a policy.Actor, in market.AnswerClarificationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "clarification.answer", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		question, need, err := t.lockedQuestion(ctx, in.Clarification.UUID)
		if err != nil {
			return Event{}, err
		}
		if question, err = market.AnswerClarification(question, need, in, need.AsOf); err != nil {
			return Event{}, err
		}
		err = t.must(ctx, "UPDATE clarification SET question = $2, answer = $3, answered_at = $4, answered_by = $5 WHERE id = $1 AND answered_at IS NULL",
			question.ID, question.Question, question.Answer, question.AnsweredAt, a.Person)
		return about(question.ID, need.AuthorityID, "answer"), err
	})
}

// lockedQuestion reads a question under the exclusive lock of its need, so that it is answered once.
func (t *Tx) lockedQuestion(ctx context.Context, id uuid.UUID) (c market.Clarification, n market.Need, err error) {
	if err = t.get(ctx, &c, clarificationRows+" WHERE c.id = $1", id); err != nil {
		return c, n, absent(err, "question")
	}
	if n, err = t.lockedNeed(ctx, c.NeedID, true); err != nil {
		return c, n, err
	}
	return c, n, t.get(ctx, &c, clarificationRows+" WHERE c.id = $1", id)
}
