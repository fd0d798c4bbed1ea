package tendering

import (
	"context"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var redactionTable = rowset.New[rules.Redaction]("need_redaction", "r", rowset.Columns("need_id", "reason", "redacted_at"),
	rowset.Computed("texts", "to_json(r.texts)"))

var redactionsOfNeeds = rowset.ListOf[uuid.UUID](redactionTable, "need_id", rowset.By("r.redacted_at DESC", "r.id")...)

// RedactionsOfNeeds reads when and why words were taken out of each need's texts, latest first.
func RedactionsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*rules.Redaction, error) {
	return redactionsOfNeeds.Read(ctx, v, needs)
}

// RedactNeed takes words out of every text of a need. The database replaces them as the row is written, and keeps neither the words nor
// what replaced them: redact(). The event says that it happened.
func RedactNeed(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RedactNeedInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "redaction.make", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			need, err := LockNeed(ctx, t, in.Need.UUID, true)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.RedactNeed(in); err != nil {
				return engine.Event{}, err
			}
			id := uuid.New()
			if _, err := t.Exec(ctx, `INSERT INTO need_redaction (id, need_id, authority_id, reason, redacted_at, redacted_by, sought, put)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, id, need.ID, need.AuthorityID, in.Reason, need.AsOf, a.Person,
				rules.RedactionPattern(in.Words), rules.RedactionReplacement(in.Replacement)); err != nil {
				return engine.Event{}, err
			}
			var found int
			err = t.Get(ctx, &found, "SELECT cardinality(texts) FROM need_redaction WHERE id = $1", id)
			if err == nil && found == 0 {
				err = rules.ErrNothingToRedact
			}
			return engine.AuthorityEvent(need.ID, need.AuthorityID, "redacted"), err
		})
}

// TextsWithNamesOfNeeds are the kinds of text of each need in which a known name is.
func TextsWithNamesOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]rules.NeedText, error) {
	var protected []protectedNames
	if err := v.All(ctx, &protected, "SELECT n.id, k.of_need, k.protected FROM unnest($1::uuid[]) n (id), dps.known_names(n.id) k",
		pq.Array(needs)); err != nil || len(protected) == 0 {
		return nil, err
	}
	var texts []struct {
		Need  uuid.UUID `db:"id"`
		What  string    `db:"what"`
		Words string    `db:"words"`
	}
	if err := v.All(ctx, &texts, "SELECT n.id, t.what, t.words FROM unnest($1::uuid[]) n (id), dps.need_texts(n.id) t ORDER BY 2",
		pq.Array(needs)); err != nil {
		return nil, err
	}
	names, err := revealNames(v.Keys(), protected)
	if err != nil {
		return nil, err
	}
	found := map[uuid.UUID][]rules.NeedText{}
	for _, text := range texts {
		kinds, kind := found[text.Need], rules.NeedText(text.What)
		if (len(kinds) == 0 || kinds[len(kinds)-1] != kind) && names[text.Need].AreIn(text.Words) {
			found[text.Need] = append(kinds, kind)
		}
	}
	return found, nil
}

// ProblemsOfNames tells which texts of a need have one of its known names.
func ProblemsOfNames(ctx context.Context, v *engine.View, need uuid.UUID) ([]*market.Refusal, error) {
	found, err := TextsWithNamesOfNeeds(ctx, v, []uuid.UUID{need})
	return rules.ProblemsOfNames(found[need]), err
}
