package tendering

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

// prematureLooks are the unopened needs whose offers an authority tried to read in one request.
type prematureLooks struct {
	sync.Mutex
	at map[uuid.UUID]*market.Need
}

// NotePrematureLooks notes the unopened needs among those whose offers an authority tries to read. The request has read
// most of these needs before, because their offers are below them.
func NotePrematureLooks(ctx context.Context, v *engine.View, needs []uuid.UUID) error {
	found, err := NeedsByID(ctx, v, needs)
	if err != nil {
		return err
	}
	looks := engine.Kept(v, func() *prematureLooks { return &prematureLooks{at: map[uuid.UUID]*market.Need{}} })
	looks.Lock()
	defer looks.Unlock()
	for id, n := range found {
		if n.PublishedAt != nil && n.OpenedAt == nil {
			looks.at[id] = n
		}
	}
	return nil
}

// End records the looks, once for each actor, need and minute, whether or not any offer exists. It has its own
// transaction, so that the record stays whatever becomes of the request.
func (l *prematureLooks) End(ctx context.Context, v *engine.View) error {
	if len(l.at) == 0 {
		return nil
	}
	err := v.Record(ctx, "offer.read", func(t *engine.Tx) error {
		now, err := engine.MarketNow(ctx, t)
		if err != nil {
			return err
		}
		var looked []engine.Event
		for id, need := range l.at {
			e := engine.AuthorityEvent(id, need.AuthorityID)
			e.Once = fmt.Sprintf("early|%s|%s|%s", v.Actor().Context(), id, now.UTC().Format("2006-01-02T15:04"))
			looked = append(looked, e)
		}
		return t.RecordEvent(ctx, looked...)
	})
	if err == nil {
		clear(l.at)
	}
	return err
}
