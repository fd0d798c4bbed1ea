// Package tendering reads and changes needs, invitations, questions, interests, appointments and offers.
package tendering

import (
	"cmp"
	"context"
	"time"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var needChangeTable = rowset.New[market.NeedChange]("need_change", "c",
	rowset.Columns("need_id", "changed_at", "reason", "offers_voided"),
	rowset.Computed("fields", "to_json(c.fields)"))

var changesOfNeeds = rowset.ListOf[uuid.UUID](needChangeTable, "need_id", rowset.By("c.changed_at DESC")...)

// ChangesOfNeeds reads how each need was changed since it was published, newest first.
func ChangesOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.NeedChange, error) {
	return changesOfNeeds.Read(ctx, v, needs)
}

// relatedNeedRow is a need with the need that it belongs together with.
type relatedNeedRow struct {
	market.Need
	OwnerID uuid.UUID `db:"of_id"`
}

var siblingsOfNeeds = rowset.ListOf[uuid.UUID](rowset.New[relatedNeedRow]("need", "n", needColumns, rowset.Computed("of_id", "l.need_id"),
	rowset.Join("JOIN need_link l ON l.sibling_id = n.id")), "of_id", rowset.By("n.id")...)

// SiblingsOfNeeds reads the needs that belong together with each need, as far as the reader can see them.
func SiblingsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Need, error) {
	found, err := siblingsOfNeeds.Read(ctx, v, needs)
	return withoutOwners(found), err
}

// withoutOwners are related needs by the needs that they belong together with.
func withoutOwners(found map[uuid.UUID][]*relatedNeedRow) map[uuid.UUID][]*market.Need {
	all := make(map[uuid.UUID][]*market.Need, len(found))
	for of, rows := range found {
		for _, row := range rows {
			all[of] = append(all[of], &row.Need)
		}
	}
	return all
}

// AmendNeed changes a need. For a published need the database itself makes the offers void and clears the answers. No
// role of an authority can change what is sealed, or learn whether there was an offer.
func AmendNeed(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AmendNeedInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "need.amend", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		if err := t.Lock(ctx, engine.ShareMembersOfNeed(in.Need.UUID)); err != nil {
			return engine.Event{}, err
		}
		need, err := LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return engine.Event{}, err
		}
		terms, err := admission.NeedTerms(ctx, t, need)
		if err != nil {
			return engine.Event{}, err
		}
		is, fields := rules.ApplyAmendment(need, in)
		effect := rules.EffectOfAmendment(need, in)
		alike, err := countAlikeNeeds(ctx, t, is)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.AmendNeed(need, in, terms.Lot, terms.Market, alike, need.AsOf); err != nil {
			return engine.Event{}, err
		}
		if err := writeAmendment(ctx, t, is, in.CeilingWeekly); err != nil {
			return engine.Event{}, err
		}
		switch {
		case need.PublishedAt == nil:
			return engine.AuthorityEvent(need.ID, need.AuthorityID, append([]string{"amended_at"}, fields...)...), nil
		case effect.Material:
			err = republishNeed(ctx, t, is, in)
		default:
			err = adjustNeed(ctx, t, is, in)
		}
		if err != nil {
			return engine.Event{}, err
		}
		changed := append([]string{adjustedOrAmended(effect)}, effect.Fields...)
		return engine.AuthorityEvent(need.ID, need.AuthorityID, changed...), insertNeedChange(ctx, t, is, in.Reason, effect)
	})
}

// writeAmendment writes the need as it is now. For a published need the same statement restarts the deadline; otherwise
// the database refuses the change.
func writeAmendment(ctx context.Context, t *engine.Tx, n market.Need, ceiling *market.Decimal) error {
	if ceiling != nil {
		if err := writeCeiling(ctx, t, n, ceiling); err != nil {
			return err
		}
	}
	if n.PublishedAt != nil {
		return nil
	}
	return t.ExecAtLeastOne(ctx, "UPDATE need SET "+amendedColumns+" WHERE id = $1", amendedValues(n)...)
}

const amendedColumns = `age_low = $2, age_high = $3, gender = $4, primary_need = $5, other_needs = $6, legal_basis = $7, home_outcode = $8,
	travel_miles = $9, start_from = $10, start_to = $11, profile = $12, outcomes = $13`

func amendedValues(n market.Need) []any {
	return []any{
		n.ID, n.AgeLow, n.AgeHigh, n.Gender, n.PrimaryNeed, pq.Array(append([]string{}, n.OtherNeeds...)),
		n.LegalBasis, n.HomeOutcode,
		n.TravelMiles, n.StartFrom.Time, n.StartTo.Time, n.Profile, n.Outcomes,
	}
}

func adjustedOrAmended(effect rules.AmendmentEffect) string {
	if effect.Material {
		return "amended_at"
	}
	return "adjusted_at"
}

// adjustNeed corrects a published need or gives more time, and invites members who were admitted since. Offers stay. The
// database tells every provider that is invited, in its own chain.
func adjustNeed(ctx context.Context, t *engine.Tx, n market.Need, in rules.AmendNeedInput) error {
	deadline, questionsUntil := in.AdjustedTimes(n)
	if err := inviteNewMembers(ctx, t, n, deadline); err != nil {
		return err
	}
	return t.ExecAtLeastOne(ctx, `UPDATE need SET profile = $2, outcomes = $3, deadline = $4, questions_until = $5, adjusted_at = $6,
		invited = (SELECT count(*) FROM invitation WHERE need_id = $1) WHERE id = $1`, n.ID, n.Profile, n.Outcomes, deadline, questionsUntil,
		n.AsOf)
}

// republishNeed also invites members who were admitted since, and restarts the deadline.
func republishNeed(ctx context.Context, t *engine.Tx, n market.Need, in rules.AmendNeedInput) error {
	if err := inviteNewMembers(ctx, t, n, *in.Deadline); err != nil {
		return err
	}
	return t.ExecAtLeastOne(ctx, "UPDATE need SET "+amendedColumns+
		`, deadline = $14, questions_until = $15, unique_reason = $16, amended_at = $17,
			invited = (SELECT count(*) FROM invitation WHERE need_id = $1) WHERE id = $1`,
		append(amendedValues(n), in.Deadline, in.NewQuestionsUntil(n.AsOf), in.UniqueReason, n.AsOf)...)
}

// insertNeedChange records what changed, as everybody who is invited reads it.
func insertNeedChange(ctx context.Context, t *engine.Tx, n market.Need, reason *string, effect rules.AmendmentEffect) error {
	_, err := t.Exec(ctx, `INSERT INTO need_change (need_id, authority_id, changed_at, changed_by, reason, fields, offers_voided)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, n.ID, n.AuthorityID, n.AsOf, t.Actor().Person, reason, pq.Array(effect.Fields), effect.Material)
	return err
}

// inviteNewMembers invites every member that a call until the deadline concerns and that is not invited yet, unless recipients were
// chosen. A member that becomes active during the call is invited by the database: this finds one whose suspension ends before a later
// deadline.
func inviteNewMembers(ctx context.Context, t *engine.Tx, n market.Need, deadline time.Time) error {
	if n.Restricted {
		return nil
	}
	_, err := t.Exec(ctx, `INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at)
		SELECT $1, m.provider_id, $2, m.lot_id, $4 FROM membership m WHERE m.lot_id = $3 AND `+
		admission.CalledMemberSQL("$5")+`
		AND NOT EXISTS (SELECT FROM invitation i WHERE i.need_id = $1 AND i.provider_id = m.provider_id)`, n.ID, n.AuthorityID, n.LotID, n.AsOf,
		deadline)
	return err
}

// WithdrawNeed withdraws a need. Sealed offers stay sealed.
func WithdrawNeed(ctx context.Context, d *engine.DB, a policy.Actor, in rules.WithdrawNeedInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "need.withdraw", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, err := LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.WithdrawNeed(need, in); err != nil {
			return engine.Event{}, err
		}
		err = t.ExecAtLeastOne(ctx, "UPDATE need SET withdrawn_at = $2, withdraw_reason = $3 WHERE id = $1 AND withdrawn_at IS NULL",
			need.ID, need.AsOf, in.Reason)
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "withdrawn_at"), err
	})
}

// CopyNeed drafts a copy of a need, with its ceiling.
func CopyNeed(ctx context.Context, d *engine.DB, a policy.Actor, in rules.CopyNeedInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "need.create", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, err := LockNeed(ctx, t, in.Need.UUID, false)
		if err != nil {
			return engine.Event{}, err
		}
		if _, err := admission.NeedTerms(ctx, t, need); err != nil {
			return engine.Event{}, err
		}
		var ceilings []market.Decimal
		if err := t.SelectRows(ctx, &ceilings, "SELECT weekly FROM need_ceiling WHERE need_id = $1 AND weekly IS NOT NULL", need.ID); err != nil {
			return engine.Event{}, err
		}
		draft, ceiling := rules.CopyNeed(need), (*market.Decimal)(nil)
		if len(ceilings) > 0 {
			ceiling = &ceilings[0]
		}
		if err := insertNeed(ctx, t, draft, ceiling, &need.ID); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(draft.ID, draft.AuthorityID, "created"), directory.RequireInRegion(ctx, t, draft.AuthorityID)
	})
}

// LinkNeeds links two drafts in both directions, under the locks of both. The order of the locks is the same from
// either side.
func LinkNeeds(ctx context.Context, d *engine.DB, a policy.Actor, in rules.LinkNeedsInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "need.link", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, sibling, err := lockPair(ctx, t, in.Need.UUID, in.Sibling.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.LinkNeeds(need, sibling); err != nil {
			return engine.Event{}, err
		}
		_, err = t.Exec(ctx, `INSERT INTO need_link (need_id, sibling_id, authority_id, linked_at, linked_by) VALUES ($1, $2, $3, $4, $5),
			($2, $1, $3, $4, $5)`,
			need.ID, in.Sibling.UUID, need.AuthorityID, need.AsOf, a.Person)
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "linked"), err
	})
}

// UnlinkNeeds takes the link between two needs back, under the locks of both. Everybody who is invited to a published one reads
// why.
func UnlinkNeeds(ctx context.Context, d *engine.DB, a policy.Actor, in rules.UnlinkNeedsInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "need.link", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, sibling, err := lockPair(ctx, t, in.Need.UUID, in.Sibling.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.UnlinkNeeds(need, sibling, in, need.AsOf); err != nil {
			return engine.Event{}, err
		}
		if err := t.RequireExists(ctx, "sibling", "SELECT FROM need_link WHERE need_id = $1 AND sibling_id = $2", need.ID,
			sibling.ID); err != nil {
			return engine.Event{}, err
		}
		if err := t.ExecAtLeastOne(ctx, "UPDATE need_link SET unlinked_at = $3 WHERE need_id = $1 AND sibling_id = $2", need.ID,
			sibling.ID, need.AsOf); err != nil {
			return engine.Event{}, err
		}
		for _, n := range []market.Need{need, sibling} {
			if n.PublishedAt == nil {
				continue
			}
			if err := insertNeedChange(ctx, t, n, in.Reason, rules.AmendmentEffect{Fields: []string{"siblings"}}); err != nil {
				return engine.Event{}, err
			}
		}
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "unlinked"), nil
	})
}

// lockPair locks two needs in the order of their ids, which is the same from either side.
func lockPair(ctx context.Context, t *engine.Tx, one, other uuid.UUID) (market.Need, market.Need, error) {
	ids := []uuid.UUID{one, other}
	if one.String() > other.String() {
		ids[0], ids[1] = other, one
	}
	both, absent := map[uuid.UUID]market.Need{}, map[uuid.UUID]error{}
	for _, id := range ids {
		both[id], absent[id] = LockNeed(ctx, t, id, true)
	}
	// not in the order of the locks, which ids decide
	return both[one], both[other], cmp.Or(absent[one], absent[other])
}

// DiscardNeed withdraws a draft that was made by mistake. The database ends its links and removes the child's identity from it.
func DiscardNeed(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DiscardNeedInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "need.discard", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, err := LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.DiscardNeed(need); err != nil {
			return engine.Event{}, err
		}
		err = t.ExecAtLeastOne(ctx, `UPDATE need SET withdrawn_at = $2, withdraw_reason = $3, discarded_at = $2
			WHERE id = $1 AND withdrawn_at IS NULL AND published_at IS NULL`, need.ID, need.AsOf, rules.DiscardedReason)
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "discarded"), err
	})
}

// SetCeiling sets or clears the price ceiling of a need.
func SetCeiling(ctx context.Context, d *engine.DB, a policy.Actor, in rules.SetCeilingInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "need.amend", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, err := LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.SetCeiling(need, in); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "ceilingWeekly"), writeCeiling(ctx, t, need, in.Weekly)
	})
}

func writeCeiling(ctx context.Context, t *engine.Tx, n market.Need, weekly *market.Decimal) error {
	_, err := t.Exec(ctx, `INSERT INTO need_ceiling (need_id, authority_id, weekly) VALUES ($1, $2, $3)
		ON CONFLICT (need_id) DO UPDATE SET weekly = excluded.weekly`, n.ID, n.AuthorityID, weekly)
	return err
}
