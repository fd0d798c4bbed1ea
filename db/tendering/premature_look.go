package tendering

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// NotePrematureLooks remembers, for recordPrematureLooks, the unopened needs among those whose offers an authority asked for. Most were read
// before: a need's offers are asked for with the need in hand.
func NotePrematureLooks(ctx context.Context, v *engine.View, needs []uuid.UUID) error {
	if unread := v.NeedsNotRead(needs); len(unread) > 0 {
		if _, err := NeedsByID(ctx, v, unread); err != nil {
			return err
		}
	}
	v.NoteUnopened(needs)
	return nil
}
