package tendering

import (
	"context"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var (
	clarificationTable = rowset.New[market.Clarification]("clarification", "c",
		rowset.Columns("id", "need_id", "authority_id", "question", "answer", "answered_at"))
	clarificationRows = clarificationTable.Rows()
)

var clarificationsOfNeeds = rowset.ListOf[uuid.UUID](clarificationTable, "need_id", rowset.By("c.id")...)

// ClarificationsOfNeeds reads the questions about each need, by their random ids, which reveal nothing about when they
// were asked.
func ClarificationsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Clarification, error) {
	return clarificationsOfNeeds.Read(ctx, v, needs)
}

// ClarificationsByID reads questions.
func ClarificationsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Clarification, error) {
	return clarificationTable.ByID(ctx, v, ids)
}

// AskClarification records a question and, separately, its asker. The event is only in the asker's chain: in the
// authority's chain it would name the asker.
func AskClarification(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AskClarificationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "clarification.ask", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			if err := t.Lock(ctx, engine.ShareMembershipsOf(a.Organisation)); err != nil {
				return engine.Event{}, err
			}
			need, err := LockNeed(ctx, t, in.Need.UUID, false)
			if err != nil {
				return engine.Event{}, err
			}
			asker, err := readAsker(ctx, t, need, a.Organisation)
			if err != nil {
				return engine.Event{}, err
			}
			question, err := rules.AskClarification(need, in, asker, need.AsOf)
			if err != nil {
				return engine.Event{}, err
			}
			return engine.ProviderEvent(question.ID, a.Organisation, "question"), insertClarification(ctx, t, question, a.Organisation)
		})
}

// readAsker is what is known of a provider that asks about a need: its names are its own and its settings'.
func readAsker(ctx context.Context, t *engine.Tx, n market.Need, provider uuid.UUID) (who rules.Asker, err error) {
	if err := t.SelectRows(ctx, &who.Names, "SELECT name FROM provider WHERE id = $1 UNION SELECT name FROM setting WHERE provider_id = $1",
		provider); err != nil {
		return who, err
	}
	if who.Membership, err = admission.LiveMembership(ctx, t, n.LotID, provider); err != nil {
		return who, err
	}
	return who, t.Get(ctx, &who.Asked, "SELECT count(*) FROM clarification_asker WHERE need_id = $1 AND provider_id = $2", n.ID, provider)
}

// insertClarification writes the asker first, because the asker's right to see the question depends on it.
func insertClarification(ctx context.Context, t *engine.Tx, c market.Clarification, provider uuid.UUID) error {
	if _, err := t.Exec(ctx, "INSERT INTO clarification_asker (clarification_id, need_id, provider_id) VALUES ($1, $2, $3)", c.ID,
		c.NeedID, provider); err != nil {
		return err
	}
	_, err := t.Exec(ctx, "INSERT INTO clarification (id, need_id, authority_id, question) VALUES ($1, $2, $3, $4)", c.ID, c.NeedID,
		c.AuthorityID, c.Question)
	return err
}

// AnswerClarification answers a question for every invited provider.
func AnswerClarification(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AnswerClarificationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "clarification.answer", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			question, need, err := lockClarification(ctx, t, in.Clarification.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			if question, err = rules.AnswerClarification(question, need, in, need.AsOf); err != nil {
				return engine.Event{}, err
			}
			// The asker's words were not compared. Now they are the authority's, and everybody who is invited reads them.
			if err := CheckNameless(ctx, t, need.ID, market.InputText{Field: "question", Value: question.Question}); err != nil {
				return engine.Event{}, err
			}
			err = t.ExecAtLeastOne(ctx, "UPDATE clarification SET question = $2, answer = $3, answered_at = $4, answered_by = $5 WHERE id = $1 AND "+
				"answered_at IS NULL",
				question.ID, question.Question, question.Answer, question.AnsweredAt, a.Person)
			return engine.AuthorityEvent(question.ID, need.AuthorityID, "answer"), err
		})
}

var correctionsOfClarifications = rowset.ListOf[uuid.UUID](rowset.New[market.AnswerCorrection]("clarification_correction", "k",
	rowset.Columns("clarification_id", "earlier_answer", "reason", "corrected_at")), "clarification_id", rowset.By("k.corrected_at DESC",
	"k.id")...)

// CorrectionsOfClarifications reads the corrections of answers, latest first.
func CorrectionsOfClarifications(ctx context.Context, v *engine.View, clarifications []uuid.UUID) (map[uuid.UUID][]*market.AnswerCorrection,
	error,
) {
	return correctionsOfClarifications.Read(ctx, v, clarifications)
}

// CorrectAnswer corrects an answer. The database tells every invited provider in its own chain.
func CorrectAnswer(ctx context.Context, d *engine.DB, a policy.Actor, in rules.CorrectAnswerInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "clarification.answer", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			question, need, err := lockClarification(ctx, t, in.Clarification.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.CorrectAnswer(question, need, in, need.AsOf); err != nil {
				return engine.Event{}, err
			}
			if err := t.ExecAtLeastOne(ctx, "UPDATE clarification SET answer = $2 WHERE id = $1", question.ID, in.Answer); err != nil {
				return engine.Event{}, err
			}
			_, err = t.Exec(ctx, `INSERT INTO clarification_correction (clarification_id, need_id, authority_id, earlier_answer, reason,
				corrected_at, corrected_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`, question.ID, need.ID, need.AuthorityID, *question.Answer,
				in.Reason, need.AsOf, a.Person)
			return engine.AuthorityEvent(question.ID, need.AuthorityID, "corrected"), err
		})
}

// lockClarification reads a question under the exclusive lock of its need, so that it is answered once.
func lockClarification(ctx context.Context, t *engine.Tx, id uuid.UUID) (c market.Clarification, n market.Need, err error) {
	if err = t.Get(ctx, &c, clarificationRows+" WHERE c.id = $1", id); err != nil {
		return c, n, engine.AbsentIfNoRows(err, "question")
	}
	if n, err = LockNeed(ctx, t, c.NeedID, true); err != nil {
		return c, n, err
	}
	return c, n, t.Get(ctx, &c, clarificationRows+" WHERE c.id = $1", id)
}
