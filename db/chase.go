package db

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// ChasesOfNeeds reads the reminders of each need's invitations, newest first.
func (v *View) ChasesOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID][]*market.Chase, error) {
	return grouped(ctx, v, "SELECT c.need_id, c.provider_id, c.words, c.sent_at FROM chase c", "c.need_id", "c.sent_at DESC, c.provider_id", needs,
		func(c *market.Chase) uuid.UUID { return c.NeedID })
}

// ChaseInvitations writes the same words to every provider that has not answered. Whether one has sealed an offer makes
// no difference to it.
func (d *DB) ChaseInvitations(ctx context.Context, a policy.Actor, in market.ChaseInvitationsInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "invitation.chase", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		var last *time.Time
		if err := t.get(ctx, &last, "SELECT max(sent_at) FROM chase WHERE need_id = $1", need.ID); err != nil {
			return Event{}, err
		}
		if err := market.ChaseInvitations(need, in, last, need.AsOf); err != nil {
			return Event{}, err
		}
		if err := t.exists(ctx, "need", "SELECT FROM invitation WHERE need_id = $1", need.ID); err != nil { // its invitations are not the actor's to see
			return Event{}, err
		}
		chased, err := t.exec(ctx, `INSERT INTO chase (need_id, provider_id, authority_id, words, sent_at, sent_by)
			SELECT i.need_id, i.provider_id, i.authority_id, $2, $3, $4 FROM invitation i WHERE i.need_id = $1 AND i.answer IS NULL`, need.ID, in.Words, need.AsOf, a.Person)
		if err == nil && chased == 0 {
			err = market.Refuse(market.WrongState, "Every invited provider has answered.")
		}
		return about(need.ID, need.AuthorityID, "chased"), err
	})
}
