package db

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// JointsOfNeeds reads the joint call that each need is part of.
func (v *View) JointsOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID]*market.Joint, error) {
	return byID(ctx, v, "SELECT s.need_id, s.joint_id, s.reference FROM joint_share s", "s.need_id", needs, func(j *market.Joint) uuid.UUID { return j.NeedID })
}

var shareRows = strings.Replace(needRows, "SELECT ", "SELECT s.joint_id AS of_id, ", 1) + " JOIN joint_share s ON s.need_id = n.id"

// NeedsOfJoints reads the needs of each joint call, as far as the reader sees them.
func (v *View) NeedsOfJoints(ctx context.Context, joints []uuid.UUID) (map[uuid.UUID][]*market.Need, error) {
	found, err := grouped(ctx, v, shareRows, "s.joint_id", "s.joint_id, n.id", joints, func(s *sibling) uuid.UUID { return s.Of })
	all := map[uuid.UUID][]*market.Need{}
	for of, rows := range found {
		for _, row := range rows {
			all[of] = append(all[of], &row.Need)
		}
	}
	return all, err
}

// PublishJointly publishes needs of several boroughs as one call, all or none of them.
func (d *DB) PublishJointly(ctx context.Context, a policy.Actor, in market.PublishJointlyInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "joint.publish", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		needs, err := t.lockedNeeds(ctx, in.Needs)
		if err != nil {
			return Event{}, err
		}
		for _, n := range needs { // first, so that who may publish none of them is told nothing of them
			if err := t.must(ctx, "UPDATE need SET joint = true WHERE id = $1", n.ID); err != nil {
				return Event{}, err
			}
		}
		joint, err := market.PublishJointly(needs)
		if err != nil {
			return Event{}, err
		}
		for _, n := range needs {
			if err := t.publishShare(ctx, joint, n, in.Of(n)); err != nil {
				return Event{}, err
			}
		}
		for _, n := range needs[1:] {
			if err := t.record(ctx, about(n.ID, n.AuthorityID, "published_at", "deadline")); err != nil {
				return Event{}, err
			}
		}
		return about(needs[0].ID, needs[0].AuthorityID, "published_at", "deadline"), nil
	})
}

// lockedNeeds locks needs in an order that is the same for everybody, and returns them as they were named.
func (t *Tx) lockedNeeds(ctx context.Context, named []market.ID) ([]market.Need, error) {
	inOrder := slices.SortedFunc(slices.Values(named), func(a, b market.ID) int { return strings.Compare(a.UUID.String(), b.UUID.String()) })
	locked := map[uuid.UUID]market.Need{}
	for _, id := range inOrder {
		need, err := t.lockedNeed(ctx, id.UUID, true)
		if err != nil {
			return nil, err
		}
		locked[id.UUID] = need
	}
	needs := make([]market.Need, len(named))
	for i, id := range named {
		needs[i] = locked[id.UUID]
	}
	return needs, nil
}

// publishShare publishes a draft as one of a joint call.
func (t *Tx) publishShare(ctx context.Context, j market.Joint, n market.Need, in market.PublishNeedInput) error {
	if _, err := t.exec(ctx, "INSERT INTO joint_share (need_id, authority_id, joint_id, reference, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6)",
		n.ID, n.AuthorityID, j.ID, j.Reference, n.AsOf, t.Actor().Person); err != nil {
		return err
	}
	return t.publish(ctx, n, in)
}

// together does something to a need under its lock and, where it is one of a joint call, to each of the others that stand where
// it stands and that the actor may do it for. All of it happens, or nothing; each has its event.
func (t *Tx) together(ctx context.Context, need uuid.UUID, exclusive bool, do func(market.Need) (Event, error)) (Event, error) {
	n, err := t.lockedNeed(ctx, need, exclusive)
	if err != nil {
		return Event{}, err
	}
	others, err := t.others(ctx, n)
	if err != nil {
		return Event{}, err
	}
	event, err := do(n)
	for _, other := range others {
		if err == nil {
			err = t.also(ctx, other, exclusive, do)
		}
	}
	return event, err
}

// also does the same to another need, as the actor again: what was done before may have gone on as one of the market's hands.
func (t *Tx) also(ctx context.Context, other uuid.UUID, exclusive bool, do func(market.Need) (Event, error)) error {
	if err := t.as(ctx, t.Actor().Role); err != nil {
		return err
	}
	n, err := t.lockedNeed(ctx, other, exclusive)
	if err != nil {
		return err
	}
	event, err := do(n)
	switch {
	case errors.Is(err, errDone):
		return nil
	case err != nil:
		return err
	}
	return t.record(ctx, event)
}

// others are the other needs of a joint call that stand where this one stands; an officer's, where evaluation is delegated.
func (t *Tx) others(ctx context.Context, n market.Need) (others []uuid.UUID, err error) {
	if !n.Joint {
		return nil, nil
	}
	return others, t.all(ctx, &others, `SELECT o.id FROM joint_share mine JOIN joint_share s ON s.joint_id = mine.joint_id AND s.need_id <> mine.need_id JOIN need o ON o.id = s.need_id
		WHERE mine.need_id = $1 AND o.withdrawn_at IS NULL AND (o.opened_at IS NULL) = $2 AND (o.quality_locked_at IS NULL) = $3 AND (o.ranked_at IS NULL) = $4
		AND ($5 OR s.authority_id = ANY (dps.boroughs('EVALUATE'))) ORDER BY o.id`,
		n.ID, n.OpenedAt == nil, n.QualityLockedAt == nil, n.RankedAt == nil, t.Actor().Role != policy.ConsortiumOfficer)
}

// twin is the offer of the same provider for the same setting to another need of a joint call; the offer itself for its own.
func (t *Tx) twin(ctx context.Context, o market.Offer, n market.Need) (market.Offer, error) {
	if o.NeedID == n.ID {
		return o, nil
	}
	var twin market.Offer
	err := t.get(ctx, &twin, openedRows+" WHERE o.need_id = $1 AND o.provider_id = $2 AND o.setting_id = $3", n.ID, o.ProviderID, o.SettingID)
	return twin, absent(err, "offer")
}
