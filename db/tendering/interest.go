package tendering

import (
	"context"
	"errors"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var interestTable = rowset.New[interestRow]("interest", "i",
	rowset.Columns("id", "need_id", "person", "conflict", "nature", "at"),
	rowset.Computed("opened", "to_json(i.opened)"))

type interestRow struct {
	market.Interest
	Sealed []byte `db:"nature"`
}

func interestContext(id uuid.UUID) string { return "interest:" + id.String() }

var interestsOfNeeds = rowset.ListOf[uuid.UUID](interestTable, "need_id", rowset.By("i.at", "i.id")...)

// InterestsOfNeeds reads the declarations of people who act on each need, oldest first.
func InterestsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Interest, error) {
	found, err := interestsOfNeeds.Read(ctx, v, needs)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID][]*market.Interest{}
	for need, rows := range found {
		for _, row := range rows {
			if row.Conflict {
				plain, err := v.Keys().Reveal(interestContext(row.ID), row.Sealed)
				if err != nil {
					return nil, err
				}
				row.Nature = new(string(plain))
			}
			all[need] = append(all[need], &row.Interest)
		}
	}
	return all, nil
}

// DeclareInterest records the actor's own interest in the outcome of a need, or that they have none.
func DeclareInterest(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DeclareInterestInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "interest.declare", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			return ForEachJointNeed(ctx, t, in.Need.UUID, true, func(need market.Need) (engine.Event, error) {
				var earlier []market.Interest
				if err := t.SelectRows(ctx, &earlier, "SELECT conflict FROM interest WHERE need_id = $1 AND person = $2",
					need.ID, a.Person); err != nil {
					return engine.Event{}, err
				}
				if err := rules.DeclareInterest(earlier, in); err != nil {
					return engine.Event{}, skipDeclaredSibling(err, need, in)
				}
				opened, err := insertInterest(ctx, t, need, a.Person, in)
				changed := []string{"interest"}
				for _, stage := range opened {
					changed = append(changed, "opened "+string(stage))
				}
				return engine.AuthorityEvent(need.ID, need.AuthorityID, changed...), err
			})
		})
}

// skipDeclaredSibling skips another need of a joint call that already has the same declaration.
func skipDeclaredSibling(err error, n market.Need, in rules.DeclareInterestInput) error {
	if refusal := (*market.Refusal)(nil); n.ID != in.Need.UUID && errors.As(err, &refusal) && refusal.Code == market.AlreadyExists {
		return engine.ErrAlreadyDone
	}
	return err
}

// insertInterest writes a declaration, and what had been opened with the person's part. If nothing had been opened,
// their approval is void. The database does both, because not everybody who declares can read who approved what.
func insertInterest(ctx context.Context, t *engine.Tx, n market.Need, person string, in rules.DeclareInterestInput) (opened market.Stages,
	err error,
) {
	id := uuid.New()
	var nature []byte
	if in.Conflict {
		if nature, err = t.Keys().Protect(interestContext(id), []byte(*in.Nature)); err != nil {
			return nil, err
		}
	}
	return opened, t.Get(ctx, &opened,
		"INSERT INTO interest (id, need_id, authority_id, person, conflict, nature, at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING "+
			"to_json(opened)",
		id, n.ID, n.AuthorityID, person, in.Conflict, nature, n.AsOf)
}

// RequireNoConflict refuses a person who acts on a need without having declared that they have no interest. A request can
// declare it with the act: then the declaration is recorded with it, where there is none. It is the last check: what is
// hidden stays hidden, and too early is too early, whatever was declared.
func RequireNoConflict(ctx context.Context, t *engine.Tx, need market.Need, declares bool) error {
	var own struct {
		Declared bool `db:"declared"`
		Conflict bool `db:"conflict"`
	}
	if err := t.Get(ctx, &own, `SELECT count(*) > 0 AS declared, coalesce(bool_or(conflict), false) AS conflict
		FROM interest WHERE need_id = $1 AND person = $2`, need.ID, t.Actor().Person); err != nil {
		return err
	}
	if err := rules.RequireNoConflict(own.Declared || declares, own.Conflict); err != nil || own.Declared {
		return err
	}
	if _, err := insertInterest(ctx, t, need, t.Actor().Person, rules.DeclareInterestInput{}); err != nil {
		return err
	}
	declared := engine.AuthorityEvent(need.ID, need.AuthorityID, "interest")
	declared.Act = "interest.declare"
	return t.RecordEvent(ctx, declared)
}
