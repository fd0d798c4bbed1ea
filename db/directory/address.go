package directory

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/policy"
)

// AddressesOfSettings reads the addresses that the actor can see. That an authority's officer has read one is on record.
func AddressesOfSettings(ctx context.Context, v *engine.View, settings []uuid.UUID) (map[uuid.UUID]*string, error) {
	var rows []struct {
		Setting uuid.UUID `db:"setting_id"`
		Address []byte    `db:"address"`
	}
	if err := v.All(ctx, &rows, "SELECT setting_id, address FROM setting_address WHERE setting_id = ANY ($1)",
		pq.Array(settings)); err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*string{}
	for _, row := range rows {
		plain, err := v.Keys().Reveal("address:"+row.Setting.String(), row.Address)
		if err != nil {
			return nil, err
		}
		all[row.Setting] = new(string(plain))
	}
	if v.Actor().Role == policy.Commissioner {
		noteAddressViews(v, all)
	}
	return all, nil
}

// addressViews are the settings whose addresses a request has read.
type addressViews struct {
	sync.Mutex
	of map[uuid.UUID]bool
}

func noteAddressViews(v *engine.View, read map[uuid.UUID]*string) {
	views := engine.Kept(v, func() *addressViews { return &addressViews{of: map[uuid.UUID]bool{}} })
	views.Lock()
	defer views.Unlock()
	for id := range read {
		views.of[id] = true
	}
}

// End records the views, once for each person, setting and minute. A request that cannot record them is not answered.
func (w *addressViews) End(ctx context.Context, v *engine.View) error {
	if len(w.of) == 0 {
		return nil
	}
	err := v.Record(ctx, "address.read", func(t *engine.Tx) error {
		now, err := engine.MarketNow(ctx, t)
		if err != nil {
			return err
		}
		var views []engine.Event
		for id := range w.of {
			e := engine.AuthorityEvent(id, v.Actor().Organisation, "viewed")
			e.Once = fmt.Sprintf("address|%s|%s|%s", v.Actor().Context(), id, now.UTC().Format("2006-01-02T15:04"))
			views = append(views, e)
		}
		return t.RecordEvent(ctx, views...)
	})
	if err == nil {
		clear(w.of)
	}
	return err
}
