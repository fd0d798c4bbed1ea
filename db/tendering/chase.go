package tendering

import (
	"context"
	"time"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var chaseTable = rowset.New[market.Chase]("chase", "c",
	rowset.Columns("need_id", "provider_id", "words", "sent_at"))

var chasesOfNeeds = rowset.ListOf[uuid.UUID](chaseTable, "need_id", rowset.By("c.sent_at DESC", "c.provider_id")...)

// ChasesOfNeeds reads the reminders of each need's invitations, newest first.
func ChasesOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Chase, error) {
	return chasesOfNeeds.Read(ctx, v, needs)
}

// ChaseInvitations writes the same words to every provider that has not answered and is an active member of the lot,
// whether or not it has sealed an offer.
func ChaseInvitations(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ChaseInvitationsInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "invitation.chase", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			need, err := LockNeed(ctx, t, in.Need.UUID, true)
			if err != nil {
				return engine.Event{}, err
			}
			var last *time.Time
			if err := t.Get(ctx, &last, "SELECT max(sent_at) FROM chase WHERE need_id = $1", need.ID); err != nil {
				return engine.Event{}, err
			}
			if err := rules.ChaseInvitations(need, in, last, need.AsOf); err != nil {
				return engine.Event{}, err
			}
			// the actor cannot see its invitations
			if err := t.RequireExists(ctx, "need", "SELECT FROM invitation WHERE need_id = $1", need.ID); err != nil {
				return engine.Event{}, err
			}
			chased, err := t.Exec(ctx, `INSERT INTO chase (need_id, provider_id, authority_id, words, sent_at, sent_by)
			SELECT i.need_id, i.provider_id, i.authority_id, $2, $3, $4 FROM invitation i WHERE i.need_id = $1 AND i.answer IS NULL
				AND EXISTS (SELECT FROM membership m WHERE m.provider_id = i.provider_id AND m.lot_id = i.lot_id AND `+
				admission.ActiveMemberSQL+")", need.ID, in.Words, need.AsOf, a.Person)
			if err == nil && chased == 0 {
				err = market.Refuse(market.WrongState, "Every invited provider that is an active member of the lot has already answered.")
			}
			return engine.AuthorityEvent(need.ID, need.AuthorityID, "chased"), err
		})
}
