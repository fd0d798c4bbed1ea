package db

import (
	"context"
	"fmt"
)

// recordEarly records, once an actor, need and minute, that offers of an unopened need were asked for, whether or not
// any exists. It has a transaction of its own, so that it stays whatever became of the request.
func (v *View) recordEarly(ctx context.Context) error {
	if len(v.early) == 0 {
		return nil
	}
	tx, err := v.db.begin(ctx, readWrite, v.actor)
	if err != nil {
		return err
	}
	defer tx.rollback(ctx)
	now, err := tx.now(ctx)
	if err != nil {
		return err
	}
	for need, authority := range v.early {
		e := about(need, authority)
		e.Once = fmt.Sprintf("early|%s|%s|%s", v.actor.Context(), need, now.UTC().Format("2006-01-02T15:04"))
		if err := tx.record(ctx, "offer.read", e); err != nil {
			return err
		}
	}
	if err := tx.commit(ctx); err != nil {
		return err
	}
	clear(v.early)
	return nil
}
