package tendering

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

// prematureLooks are the unopened needs whose offers an authority tried to read in one request.
type prematureLooks struct {
	sync.Mutex
	at map[uuid.UUID]*market.Need
}

// listedEarly counts unopened needs whose offers were asked for in a list of needs.
var listedEarly atomic.Int64

// ListedEarly is how many unopened needs were listed with their offers since the program started. A list asks for the offers of whatever is
// in it: that shows no intent, so it is counted and not put on record.
func ListedEarly() int64 { return listedEarly.Load() }

// NotePrematureLooks notes the unopened needs among those whose offers an authority tries to read: of one need for the record, of the needs
// of a list for the count. The request has read most of these needs before, because their offers are below them.
func NotePrematureLooks(ctx context.Context, v *engine.View, needs []uuid.UUID) error {
	found, err := NeedsByID(ctx, v, needs)
	if err != nil {
		return err
	}
	looks := engine.Kept(v, func() *prematureLooks { return &prematureLooks{at: map[uuid.UUID]*market.Need{}} })
	looks.Lock()
	defer looks.Unlock()
	for id, n := range found {
		if len(needs) > 1 && n.PublishedAt != nil && n.OpenedAt == nil {
			listedEarly.Add(1)
			continue
		}
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
