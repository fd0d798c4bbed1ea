package award

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// LapseAward records that nobody accepted in time, so that the next offer can be awarded.
func LapseAward(ctx context.Context, d *engine.DB, id uuid.UUID) error {
	_, err := d.Change(ctx, engine.SystemActor, engine.Request{Act: "award.lapse", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		award, err := LockAward(ctx, t, id)
		if err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(award.ID, award.AuthorityID, "lapsed_at"), engine.ExecOnce(ctx, t, `UPDATE award SET lapsed_at = $2
			WHERE id = $1 AND accepted_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL AND accept_by < $2`, award.ID, award.AsOf)
	})
	return err
}
