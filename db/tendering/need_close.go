package tendering

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// CloseNeed records that a need's deadline has passed. The exclusive lock waits for offers that are being submitted.
func CloseNeed(ctx context.Context, d *engine.DB, id uuid.UUID) error {
	_, err := d.Change(ctx, engine.SystemActor, engine.Request{Act: "need.close", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		need, err := LockNeed(ctx, t, id, true)
		if err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "closed_at"),
			engine.ExecOnce(ctx, t, "UPDATE need SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL AND deadline < $2", need.ID, need.AsOf)
	})
	return err
}
