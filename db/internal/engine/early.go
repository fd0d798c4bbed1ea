package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// recordPrematureLooks records, once an actor, need and minute, that offers of an unopened need were asked for, whether or not
// any exists. It has a transaction of its own, so that it stays whatever became of the request.
func (v *View) recordPrematureLooks(ctx context.Context) error {
	if len(v.early) == 0 {
		return nil
	}
	tx, err := v.db.Begin(ctx, BeginReadWrite, v.actor)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	tx.act = "offer.read"
	now, err := MarketNow(ctx, tx)
	if err != nil {
		return err
	}
	for need, authority := range v.early {
		e := AuthorityEvent(need, authority)
		e.Once = fmt.Sprintf("early|%s|%s|%s", v.actor.Context(), need, now.UTC().Format("2006-01-02T15:04"))
		if err := tx.RecordEvent(ctx, e); err != nil {
			return err
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	clear(v.early)
	return nil
}

// RememberNeed keeps what the view has read of a need.
func (v *View) RememberNeed(n *market.Need) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.needs[n.ID] = n
}

// NeedsNotRead are those needs that the view has not read yet.
func (v *View) NeedsNotRead(needs []uuid.UUID) []uuid.UUID {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(needs), func(id uuid.UUID) bool { return v.needs[id] != nil })
}

// NoteUnopened notes, for recordPrematureLooks, which of the needs that were read are published and not opened.
func (v *View) NoteUnopened(needs []uuid.UUID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range needs {
		if n := v.needs[id]; n != nil && n.PublishedAt != nil && n.OpenedAt == nil {
			v.early[n.ID] = n.AuthorityID
		}
	}
}
