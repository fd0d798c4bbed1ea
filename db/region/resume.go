package region

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

// ErrLogGoesOn says that the log needs nobody to take it up again.
var ErrLogGoesOn = errors.New("the log goes on by itself: this database counts its transactions from where the log ends")

// movedBySQL is by how much the numbers of this cluster's transactions have to be moved to follow those of the log; NULL where they do. The
// log is in the order of its transactions, and a cluster that the rows were copied into counts its own from the beginning.
const movedBySQL = `SELECT CASE WHEN e.last >= log_number(pg_current_xact_id())
	THEN e.last::text::bigint + 1 - pg_current_xact_id()::text::bigint END FROM (SELECT max(tx) AS last FROM event) e`

// ResumeLog takes the log up again after its rows were copied into another cluster, such as a logical dump that was restored. Until then
// nothing of it is sealed there. It is on record, in the log itself and in log_resumption, with the reason. It returns ErrLogGoesOn where
// there is no need for it.
func ResumeLog(ctx context.Context, o Operator, reason string) error {
	if err := market.CheckTexts(market.InputText{Field: "reason", Value: reason, Limit: 4000}); err != nil {
		return errors.New("say why, in at most 4,000 characters: the reason is on record")
	}
	return engine.Operate(ctx, o, func(t *engine.Tx) error {
		return t.Record(ctx, "log.resume", func() (engine.Event, error) {
			if err := t.Lock(ctx, engine.LockRegion()); err != nil {
				return engine.Event{}, err
			}
			var movedBy *int64
			if err := t.Get(ctx, &movedBy, movedBySQL); err != nil {
				return engine.Event{}, err
			}
			if movedBy == nil {
				return engine.Event{}, ErrLogGoesOn
			}
			made := uuid.New()
			if _, err := t.Exec(ctx, "INSERT INTO log_resumption (id, resumed_by, reason, moved_by) VALUES ($1, $2, $3, $4)",
				made, o.Person, reason, *movedBy); err != nil {
				return engine.Event{}, err
			}
			lead, err := directory.ReadLead(ctx, t)
			return engine.AuthorityEvent(made, lead, "resumed"), err
		})
	})
}
