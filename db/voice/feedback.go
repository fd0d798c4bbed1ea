// Package voice reads and changes what families say: free words, and ratings that are mixed before anyone sees them.
package voice

import (
	"context"

	rules "github.com/southeasttogether/dps/market/voice"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// GiveFeedback takes a family's feedback about a placement. The ratings go, without a link or a time, to where they
// wait to be mixed. The words go to the authority's safeguarding lead. The log says only that the invitation was used.
func GiveFeedback(ctx context.Context, d *engine.DB, a policy.Actor, in rules.GiveFeedbackInput) (uuid.UUID, error) {
	var invitation *market.FamilyInvitation
	var questions []string
	return evaluation.ReceivedBefore(d.Decide(ctx, a, engine.Request{Act: "feedback.give", Keyless: true}, engine.Decision{
		Facts: []engine.Fact{
			evaluation.ShownInvitation(&invitation),
			engine.List(&questions, `SELECT q.code FROM question q JOIN family_invitation f ON f.respondent = q.respondent
				WHERE f.code_hash = (SELECT dps.code_hash())`),
		},
		Decide: func() (engine.Outcome, error) {
			if evaluation.GivenAlready(invitation, market.ForFeedback) {
				return engine.Outcome{}, engine.ErrAlreadyDone
			}
			spent, err := evaluation.SpendInvitation(invitation, market.ForFeedback)
			if err != nil {
				return engine.Outcome{}, err
			}
			if err := rules.GiveFeedback(in, questions); err != nil {
				return engine.Outcome{}, err
			}
			given, err := insertedFeedback(d.Keys(), *invitation, in)
			used := engine.AuthorityEvent(invitation.ID, invitation.AuthorityID, "used_at")
			return engine.Outcome{Rows: append(given, spent), Events: []engine.Event{used}}, err
		},
	}))
}

// insertedFeedback are the ratings, each under a random id and without a time, among others that wait; and the words, if there are any.
func insertedFeedback(keys *seal.Keyring, i market.FamilyInvitation, in rules.GiveFeedbackInput) ([]engine.Row, error) {
	// Ratings go apart: PostgreSQL's log must not tell them with the invitation.
	codes, values := make([]string, len(in.Ratings)), make([]int64, len(in.Ratings))
	for n, r := range in.Ratings {
		codes[n], values[n] = r.Question, int64(r.Value)
	}
	rows := []engine.Row{engine.Write(`INSERT INTO rating_waiting (id, market_id, provider_id, setting_id, respondent, question, value, month)
		SELECT gen_random_uuid(), f.market_id, f.provider_id, f.setting_id, f.respondent, r.question, r.value,
			date_trunc('month', $4::timestamptz AT TIME ZONE 'Europe/London')
		FROM family_invitation f, unnest($2::text[], $3::integer[]) r (question, value) WHERE f.id = $1`,
		i.ID, pq.Array(codes), pq.Array(values), i.AsOf).Apart()}
	if !in.HasWords() {
		return rows, nil
	}
	id := uuid.New()
	words, err := keys.Protect(wordsContext(id), []byte(*in.Words))
	return append(rows, engine.Write(`INSERT INTO feedback_words (id, placement_id, authority_id, provider_id, respondent, words, may_contact,
		received_at, read_by)
		SELECT $2, f.placement_id, f.authority_id, f.provider_id, f.respondent, $3, $4, $5, $6 FROM family_invitation f WHERE f.id = $1`,
		i.ID, id, words, in.MayContact, i.AsOf, rules.ReadWordsBy(i.AsOf))), err
}

func wordsContext(id uuid.UUID) string { return "words:" + id.String() }

var feedbackWordsTable = rowset.New[feedbackWordsRow]("feedback_words", "w",
	rowset.Columns("id", "placement_id", "authority_id", "respondent", "words", "may_contact", "received_at", "read_by", "decision"))

type feedbackWordsRow struct {
	market.FeedbackWords
	Sealed []byte `db:"words"`
}

func revealFeedbackWords(v *engine.View, row *feedbackWordsRow) (*market.FeedbackWords, error) {
	plain, err := v.Keys().Reveal(wordsContext(row.ID), row.Sealed)
	row.Words = string(plain)
	return &row.FeedbackWords, err
}

var feedbackWordsList = rowset.Pages[feedbackWordsRow]{
	Table: feedbackWordsTable, Name: "words", Order: []string{"received_at", "id"},
	Desc: true,
}

// FeedbackWords is a page of free words that the actor can read, newest first.
func FeedbackWords(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.FeedbackWords], error) {
	found, err := feedbackWordsList.Page(ctx, v, p)
	if err != nil {
		return nil, err
	}
	shown := &market.Connection[market.FeedbackWords]{PageInfo: found.PageInfo, Edges: []*market.Edge[market.FeedbackWords]{}}
	for _, edge := range found.Edges {
		words, err := revealFeedbackWords(v, edge.Node)
		if err != nil {
			return nil, err
		}
		shown.Edges = append(shown.Edges, &market.Edge[market.FeedbackWords]{Position: edge.Position, Node: words})
	}
	return shown, nil
}

// FeedbackWordsByID reads free words.
func FeedbackWordsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.FeedbackWords, error) {
	if !v.Can("words.read") {
		return nil, nil
	}
	found, err := feedbackWordsTable.ByID(ctx, v, ids)
	all := map[uuid.UUID]*market.FeedbackWords{}
	for id, row := range found {
		if all[id], err = revealFeedbackWords(v, row); err != nil {
			return nil, err
		}
	}
	return all, err
}

var feedbackWordsOfPlacements = rowset.ListOf[uuid.UUID](feedbackWordsTable, "placement_id", rowset.By("w.received_at", "w.id")...)

// FeedbackWordsOfPlacements reads the free words about each placement.
func FeedbackWordsOfPlacements(ctx context.Context, v *engine.View, placements []uuid.UUID) (map[uuid.UUID][]*market.FeedbackWords, error) {
	found, err := feedbackWordsOfPlacements.Read(ctx, v, placements)
	all := map[uuid.UUID][]*market.FeedbackWords{}
	for placement, rows := range found {
		for _, row := range rows {
			words, err := revealFeedbackWords(v, row)
			if err != nil {
				return nil, err
			}
			all[placement] = append(all[placement], words)
		}
	}
	return all, err
}

var wordsDecisionTable = rowset.New[wordsDecisionRow]("words_decision", "d",
	rowset.Columns("id", "words_id", "decision", "reason", "at", "person"))

type wordsDecisionRow struct {
	rules.WordsDecided
	ID     uuid.UUID `db:"id"`
	Sealed []byte    `db:"reason"`
}

func decisionContext(id uuid.UUID) string { return "decision:" + id.String() }

var decisionsOfWords = rowset.ListOf[uuid.UUID](wordsDecisionTable, "words_id", rowset.By("d.at DESC", "d.id")...)

// DecisionsOfWords reads every decision about free words, latest first.
func DecisionsOfWords(ctx context.Context, v *engine.View, words []uuid.UUID) (map[uuid.UUID][]*rules.WordsDecided, error) {
	found, err := decisionsOfWords.Read(ctx, v, words)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID][]*rules.WordsDecided{}
	for of, rows := range found {
		for _, row := range rows {
			if row.Sealed != nil {
				plain, err := v.Keys().Reveal(decisionContext(row.ID), row.Sealed)
				if err != nil {
					return nil, err
				}
				row.Reason = new(string(plain))
			}
			all[of] = append(all[of], &row.WordsDecided)
		}
	}
	return all, nil
}

// DecideWords records the safeguarding lead's decision about free words. Each decision is kept.
func DecideWords(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DecideWordsInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "words.decide", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		id := in.Words.UUID
		last, err := lockLastDecision(ctx, t, id)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.DecideWords(last, in, a.Person); err != nil {
			return engine.Event{}, err
		}
		if err := insertWordsDecision(ctx, t, in); err != nil {
			return engine.Event{}, err
		}
		err = t.ExecAtLeastOne(ctx, "UPDATE feedback_words SET decision = $2, decided_at = dps.now(), decided_by = $3 WHERE id = $1",
			id, in.Decision, a.Person)
		return engine.AuthorityEvent(id, a.Organisation, "decision", string(in.Decision)), err
	})
}

// lockLastDecision is the decision that holds about free words, under their lock; nil before the first.
func lockLastDecision(ctx context.Context, t *engine.Tx, words uuid.UUID) (*rules.WordsDecided, error) {
	var found uuid.UUID
	if err := t.Get(ctx, &found, "SELECT w.id FROM feedback_words w WHERE w.id = $1"+engine.LockFeedbackWords, words); err != nil {
		return nil, engine.AbsentIfNoRows(err, "words")
	}
	var last []*rules.WordsDecided
	err := t.SelectRows(ctx, &last,
		"SELECT words_id, decision, person, at FROM words_decision WHERE words_id = $1 ORDER BY at DESC, id LIMIT 1", words)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	return last[0], nil
}

func insertWordsDecision(ctx context.Context, t *engine.Tx, in rules.DecideWordsInput) error {
	id, reason := uuid.New(), []byte(nil)
	if in.Reason != nil && *in.Reason != "" {
		var err error
		if reason, err = t.Keys().Protect(decisionContext(id), []byte(*in.Reason)); err != nil {
			return err
		}
	}
	_, err := t.Exec(ctx, `INSERT INTO words_decision (id, words_id, authority_id, decision, reason, at, person)
		VALUES ($1, $2, (SELECT w.authority_id FROM feedback_words w WHERE w.id = $2), $3, $4, dps.now(), $5)`,
		id, in.Words.UUID, in.Decision, reason, t.Actor().Person)
	return err
}
