package tendering

import (
	"context"
	"errors"
	"slices"
	"strings"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var jointShareTable = rowset.New[market.Joint]("joint_share", "s",
	rowset.Columns("need_id", "joint_id", "reference"))

var jointsOfNeeds = rowset.ListOf[uuid.UUID](jointShareTable, "need_id")

// JointsOfNeeds reads the joint call that each need is part of.
func JointsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID]*market.Joint, error) {
	return jointsOfNeeds.One(ctx, v, needs)
}

var needsOfJoints = rowset.ListOf[uuid.UUID](rowset.New[relatedNeedRow]("need", "n", needColumns, rowset.Computed("of_id", "s.joint_id"),
	rowset.Join("JOIN joint_share s ON s.need_id = n.id")), "of_id", rowset.By("n.id")...)

// NeedsOfJoints reads the needs of each joint call, as far as the reader can see them.
func NeedsOfJoints(ctx context.Context, v *engine.View, joints []uuid.UUID) (map[uuid.UUID][]*market.Need, error) {
	found, err := needsOfJoints.Read(ctx, v, joints)
	return withoutOwners(found), err
}

// PublishJointly publishes needs of several boroughs as one call: all of them or none.
func PublishJointly(ctx context.Context, d *engine.DB, a policy.Actor, in rules.PublishJointlyInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "joint.publish", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		needs, err := lockNeeds(ctx, t, in.Needs)
		if err != nil {
			return engine.Event{}, err
		}
		for _, n := range needs { // first, so that a person who cannot publish any of them learns nothing about them
			if err := t.ExecAtLeastOne(ctx, "UPDATE need SET joint = true WHERE id = $1", n.ID); err != nil {
				return engine.Event{}, err
			}
		}
		joint, err := rules.PublishJointly(needs)
		if err != nil {
			return engine.Event{}, err
		}
		for _, n := range needs {
			if err := publishJointNeed(ctx, t, joint, n, in.ForNeed(n)); err != nil {
				return engine.Event{}, err
			}
		}
		for _, n := range needs[1:] {
			if err := t.RecordEvent(ctx, engine.AuthorityEvent(n.ID, n.AuthorityID, "published_at", "deadline")); err != nil {
				return engine.Event{}, err
			}
		}
		return engine.AuthorityEvent(needs[0].ID, needs[0].AuthorityID, "published_at", "deadline"), nil
	})
}

// lockNeeds locks needs in an order that is the same for everybody, and returns them in the caller's order.
func lockNeeds(ctx context.Context, t *engine.Tx, named []market.ID) ([]market.Need, error) {
	inOrder := slices.SortedFunc(slices.Values(named), func(a, b market.ID) int { return strings.Compare(a.UUID.String(), b.UUID.String()) })
	for _, id := range inOrder {
		if err := t.Lock(ctx, engine.ShareMembersOfNeed(id.UUID)); err != nil {
			return nil, err
		}
	}
	locked, absent := map[uuid.UUID]market.Need{}, map[uuid.UUID]error{}
	for _, id := range inOrder {
		locked[id.UUID], absent[id.UUID] = LockNeed(ctx, t, id.UUID, true)
	}
	needs := make([]market.Need, len(named))
	for i, id := range named {
		if absent[id.UUID] != nil {
			return nil, absent[id.UUID]
		}
		needs[i] = locked[id.UUID]
	}
	return needs, nil
}

// publishJointNeed publishes a draft as one of a joint call.
func publishJointNeed(ctx context.Context, t *engine.Tx, j market.Joint, n market.Need, in rules.PublishNeedInput) error {
	if _, err := t.Exec(ctx, "INSERT INTO joint_share (need_id, authority_id, joint_id, reference, made_at, made_by) VALUES ($1, $2, $3, "+
		"$4, $5, $6)",
		n.ID, n.AuthorityID, j.ID, j.Reference, n.AsOf, t.Actor().Person); err != nil {
		return err
	}
	return publishLockedNeed(ctx, t, n, in)
}

// callOf is, in SQL, the ids of a need and of the others of its joint call, in their order.
func callOf(need string) string {
	return "ARRAY(SELECT " + need + " AS id UNION ALL SELECT s.need_id FROM joint_share mine JOIN joint_share s " +
		"ON s.joint_id = mine.joint_id AND s.need_id <> mine.need_id WHERE mine.need_id = " + need + " ORDER BY id)"
}

// callRows reads a need and then the others of its joint call, with the clock.
func callRows(need string) string {
	return NeedRows + " WHERE n.id = ANY (" + callOf(need) + ") ORDER BY n.id <> " + need + ", n.id"
}

// ForEachJointNeed does something to a need under its lock and, where it is one of a joint call, to each of the others that stand where
// it stands and that the actor may do it for. All of it happens, or nothing; each has its event.
func ForEachJointNeed(ctx context.Context, t *engine.Tx, need uuid.UUID, exclusive bool, do func(market.Need) (engine.Event,
	error),
) (engine.Event, error) {
	n, err := LockNeed(ctx, t, need, exclusive)
	if err != nil {
		return engine.Event{}, err
	}
	others, err := jointSiblings(ctx, t, n)
	if err != nil {
		return engine.Event{}, err
	}
	event, err := do(n)
	for _, other := range others {
		if err == nil {
			err = repeatForSibling(ctx, t, other, exclusive, do)
		}
	}
	return event, err
}

// repeatForSibling does the same to another need, as the actor again, because the earlier part may have continued as a
// role of the market.
func repeatForSibling(ctx context.Context, t *engine.Tx, other uuid.UUID, exclusive bool,
	do func(market.Need) (engine.Event, error),
) error {
	if err := t.SwitchRole(ctx, t.Actor().Role); err != nil {
		return err
	}
	n, err := LockNeed(ctx, t, other, exclusive)
	if err != nil {
		return err
	}
	event, err := do(n)
	switch {
	case errors.Is(err, engine.ErrAlreadyDone):
		return nil
	case err != nil:
		return err
	}
	return t.RecordEvent(ctx, event)
}

// jointSiblings are the other needs of a joint call that are in the same state; for an officer, those whose evaluation
// is delegated.
func jointSiblings(ctx context.Context, t *engine.Tx, n market.Need) (others []uuid.UUID, err error) {
	if !n.Joint {
		return nil, nil
	}
	return others, t.SelectRows(ctx, &others,
		`SELECT o.id FROM joint_share mine JOIN joint_share s ON s.joint_id = mine.joint_id AND s.need_id <> mine.need_id
			JOIN need o ON o.id = s.need_id
		WHERE mine.need_id = $1 AND o.withdrawn_at IS NULL AND (o.opened_at IS NULL) = $2 AND (o.quality_locked_at IS NULL) = $3
		AND (o.ranked_at IS NULL) = $4
		AND ($5 OR s.authority_id = ANY (dps.boroughs('EVALUATE'))) ORDER BY o.id`,
		n.ID, n.OpenedAt == nil, n.QualityLockedAt == nil, n.RankedAt == nil, t.Actor().Role != policy.ConsortiumOfficer)
}

// CounterpartOffer is the offer of the same provider for the same setting to another need of a joint call; for its own
// need it is the offer itself.
func CounterpartOffer(ctx context.Context, t *engine.Tx, o market.Offer, n market.Need) (market.Offer, error) {
	if o.NeedID == n.ID {
		return o, nil
	}
	var twin market.Offer
	err := t.Get(ctx, &twin, OpenedOfferRows+" WHERE o.need_id = $1 AND o.provider_id = $2 AND o.setting_id = $3", n.ID,
		o.ProviderID, o.SettingID)
	return twin, engine.AbsentIfNoRows(err, "offer")
}
