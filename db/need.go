package db

import (
	"context"
	"encoding/json"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const needRows = `SELECT n.id, n.authority_id, n.lot_id, n.reference, n.age_low, n.age_high, n.gender, n.primary_need,
	to_json(n.other_needs) AS other_needs, n.legal_basis, n.home_outcode, n.travel_miles, n.start_from, n.start_to, n.profile,
	n.outcomes, n.recipients_reason IS NOT NULL AS restricted, n.amended_at, n.withdrawn_at, n.withdraw_reason, n.created_at, n.published_at, n.deadline, n.questions_until, n.urgent_reason, n.invited, n.opened_at, n.quality_locked_at, n.prices_opened_at,
	n.ranked_at, n.joint, coalesce(n.rules, '[]') AS stated, (SELECT dps.now()) AS as_of FROM need n`

var needs = listing[market.Need]{
	name: "needs", rows: needRows, keys: "n.created_at, n.id", desc: true,
	key: func(n *market.Need) []any { return []any{n.CreatedAt.Format(time.RFC3339Nano), n.ID} },
}

// ofProvider leads to the needs that a provider may see, by what it sees of them: its rights alone would be asked of every need
// that there is.
const ofProvider = "n.id = ANY (ARRAY(SELECT need_id FROM invitation UNION SELECT need_id FROM award))"

// Needs is a page of those that the actor may see, newest first.
func (v *View) Needs(ctx context.Context, p market.Page) (*market.NeedConnection, error) {
	l := needs
	if v.Actor().Role == policy.BidsManager {
		l.where = ofProvider
	}
	found, err := page(ctx, v, l, p)
	if err == nil {
		for _, edge := range found.Edges {
			v.rememberNeed(edge.Node)
		}
	}
	return found, err
}

// NeedsByID reads needs.
func (v *View) NeedsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Need, error) {
	if !v.can("need.read") {
		return nil, nil
	}
	found, err := byID(ctx, v, needRows, "n.id", ids, func(n *market.Need) uuid.UUID { return n.ID })
	for _, n := range found {
		v.rememberNeed(n)
	}
	return found, err
}

// CeilingsOfNeeds reads the price ceilings, in pounds a week.
func (v *View) CeilingsOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID]*market.Decimal, error) {
	var rows []struct {
		Need   uuid.UUID      `db:"need_id"`
		Weekly market.Decimal `db:"weekly"`
	}
	if err := v.all(ctx, &rows, "SELECT need_id, weekly FROM need_ceiling WHERE need_id = ANY ($1)", pq.Array(needs)); err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*market.Decimal{}
	for _, row := range rows {
		all[row.Need] = &row.Weekly
	}
	return all, nil
}

const invitationRows = `SELECT i.need_id, i.provider_id, i.invited_at, i.answer, i.reason, i.answered_at, coalesce(to_json(i.settings), '[]') AS settings FROM invitation i`

// InvitationsOfNeeds reads who was invited and what each said short of an offer.
func (v *View) InvitationsOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID][]*market.Invitation, error) {
	return grouped(ctx, v, invitationRows, "i.need_id", "i.need_id, i.provider_id", needs, func(i *market.Invitation) uuid.UUID { return i.NeedID })
}

// lockedNeed takes the need's lock, shared or exclusive, and only then reads the row and the clock.
func (t *Tx) lockedNeed(ctx context.Context, id uuid.UUID, exclusive bool) (market.Need, error) {
	var need market.Need
	var none string
	if err := t.get(ctx, &none, "SELECT dps.lock_need($1, $2)::text", id, exclusive); err != nil {
		return need, err
	}
	return need, absent(t.get(ctx, &need, needRows+" WHERE n.id = $1", id), "need")
}

// CreateNeed drafts a need of the actor's authority, or, as a consortium's officer, of a borough that delegates it.
func (d *DB) CreateNeed(ctx context.Context, a policy.Actor, in market.CreateNeedInput) (uuid.UUID, error) {
	authority := a.Organisation
	if in.Authority != nil {
		authority = in.Authority.UUID
	}
	return d.Change(ctx, a, Request{Act: "need.create", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		terms, err := t.terms(ctx, in.Lot.UUID)
		if err != nil {
			return Event{}, err
		}
		need, err := market.DraftNeed(in, terms.lot)
		if err != nil {
			return Event{}, err
		}
		need.AuthorityID = authority
		if err := t.insertNeed(ctx, need, in.CeilingWeekly, a.Person); err != nil {
			return Event{}, err
		}
		return about(need.ID, authority, "created"), t.buying(ctx, authority)
	})
}

func (t *Tx) insertNeed(ctx context.Context, n market.Need, ceiling *market.Decimal, person string) error {
	_, err := t.exec(ctx, `INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, gender, primary_need, other_needs,
			legal_basis, home_outcode, travel_miles, start_from, start_to, profile, outcomes, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		n.ID, n.AuthorityID, n.LotID, n.Reference, n.AgeLow, n.AgeHigh, n.Gender, n.PrimaryNeed, pq.Array(append([]string{}, n.OtherNeeds...)),
		n.LegalBasis, n.HomeOutcode, n.TravelMiles, n.StartFrom.Time, n.StartTo.Time, n.Profile, n.Outcomes, person)
	if err != nil {
		return err
	}
	return t.insertCeiling(ctx, n, ceiling)
}

// insertCeiling keeps the most that a new need may cost, where somebody says it.
func (t *Tx) insertCeiling(ctx context.Context, n market.Need, ceiling *market.Decimal) error {
	if ceiling == nil {
		return nil
	}
	_, err := t.exec(ctx, "INSERT INTO need_ceiling (need_id, authority_id, weekly) VALUES ($1, $2, $3)", n.ID, n.AuthorityID, ceiling)
	return err
}

// PublishNeed publishes a need and invites every active member of its lot: the snapshot and its count.
func (d *DB) PublishNeed(ctx context.Context, a policy.Actor, in market.PublishNeedInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "need.publish", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		return about(need.ID, need.AuthorityID, "published_at", "deadline"), t.publish(ctx, need, in)
	})
}

// publish publishes a need that is locked.
func (t *Tx) publish(ctx context.Context, n market.Need, in market.PublishNeedInput) error {
	terms, err := t.termsOf(ctx, n)
	if err != nil {
		return err
	}
	alike, err := t.alike(ctx, n)
	if err != nil {
		return err
	}
	if err := market.PublishNeed(n, in, terms.market, alike, n.AsOf); err != nil {
		return err
	}
	if err := t.buying(ctx, n.AuthorityID); err != nil {
		return err
	}
	return t.invite(ctx, n, in, terms.market.OfNeeds())
}

// alike counts the authority's other published needs of the same cohort: lot, primary need, gender, overlapping ages.
func (t *Tx) alike(ctx context.Context, n market.Need) (int, error) {
	var count int
	err := t.get(ctx, &count, `SELECT count(*) FROM need o WHERE o.authority_id = $1 AND o.lot_id = $2 AND o.id <> $3 AND o.published_at IS NOT NULL
		AND o.primary_need = $4 AND o.gender IS NOT DISTINCT FROM $5 AND o.age_low <= $7 AND o.age_high >= $6`, n.AuthorityID, n.LotID, n.ID, n.PrimaryNeed, n.Gender, n.AgeLow, n.AgeHigh)
	return count, err
}

// invite stores the snapshot. PCR 2015 reg 34(21) and Procurement Act 2023 s 34: every admitted provider of the lot.
func (t *Tx) invite(ctx context.Context, n market.Need, in market.PublishNeedInput, rules market.Stated) error {
	invited, err := t.exec(ctx, `INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at)
		SELECT $1, m.provider_id, $2, m.lot_id, $4 FROM membership m WHERE m.lot_id = $3 AND `+activeMember+`
		AND ($5::uuid[] IS NULL OR m.provider_id = ANY ($5))`, n.ID, n.AuthorityID, n.LotID, n.AsOf, recipients(in))
	if err != nil {
		return err
	}
	if in.Recipients != nil && int(invited) < len(in.Recipients) {
		return market.RefuseField(market.NotAdmitted, "recipients", "Each of them has to be an active member of the lot.")
	}
	if invited == 0 {
		return market.Refuse(market.WrongState, "The lot has no active member to invite yet.")
	}
	stated, err := json.Marshal(rules)
	if err != nil {
		return err
	}
	return t.must(ctx, `UPDATE need SET published_at = $2, deadline = $3, invited = $4, unique_reason = $5, questions_until = $6, recipients_reason = $7, rules = $8
		WHERE id = $1 AND published_at IS NULL`, n.ID, n.AsOf, in.Deadline, invited, in.UniqueReason, market.QuestionsUntil(in), in.RecipientsReason, string(stated))
}

// recipients are those to invite; nil for every member.
func recipients(in market.PublishNeedInput) any {
	if in.Recipients == nil {
		return nil
	}
	all := make([]uuid.UUID, len(in.Recipients))
	for i, id := range in.Recipients {
		all[i] = id.UUID
	}
	return pq.Array(all)
}

// AnswerInvitation records what the actor's provider says short of an offer.
func (d *DB) AnswerInvitation(ctx context.Context, a policy.Actor, in market.AnswerInvitationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "invitation.answer", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return t.together(ctx, in.Need.UUID, false, func(need market.Need) (Event, error) {
			live, err := t.liveOffers(ctx, need.ID, a.Organisation)
			if err != nil {
				return Event{}, err
			}
			if err := market.AnswerInvitation(need, in, live, need.AsOf); err != nil {
				return Event{}, err
			}
			err = t.must(ctx, `UPDATE invitation SET answer = $3, reason = $4, answered_at = $5 WHERE need_id = $1 AND provider_id = $2`,
				need.ID, a.Organisation, in.Answer, in.Reason, need.AsOf)
			return about(need.ID, need.AuthorityID, "answer"), err
		})
	})
}

// RecordIdentity records who the child is, encrypted; it replaces what was recorded before.
func (d *DB) RecordIdentity(ctx context.Context, a policy.Actor, in market.RecordIdentityInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "identity.record", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		identity, err := market.RecordIdentity(in, need.AsOf)
		if err != nil {
			return Event{}, err
		}
		plain, err := json.Marshal(identity)
		if err != nil {
			return Event{}, err
		}
		sealed, err := d.Keys().Protect("identity:"+need.ID.String(), plain)
		if err != nil {
			return Event{}, err
		}
		_, err = t.exec(ctx, `INSERT INTO need_identity (need_id, authority_id, identity) VALUES ($1, $2, $3)
			ON CONFLICT (need_id) DO UPDATE SET identity = excluded.identity`, need.ID, need.AuthorityID, sealed)
		return about(need.ID, need.AuthorityID, "identity"), err
	})
}

// ViewIdentity reads who the child is and records that it was looked at, and why, in the same transaction: without
// the record there is no view.
func (d *DB) ViewIdentity(ctx context.Context, a policy.Actor, in market.ViewIdentityInput) (*market.Identity, error) {
	identity := &market.Identity{}
	_, err := d.Change(ctx, a, Request{Act: "identity.read", Keyless: true}, func(t *Tx) (Event, error) {
		var found struct {
			Authority uuid.UUID `db:"authority_id"`
			Identity  []byte    `db:"identity"`
		}
		id := in.Need.UUID
		if err := t.get(ctx, &found, "SELECT authority_id, identity FROM need_identity WHERE need_id = $1", id); err != nil {
			return Event{}, absent(err, "identity")
		}
		plain, err := d.Keys().Reveal("identity:"+id.String(), found.Identity)
		if err != nil {
			return Event{}, err
		}
		return about(id, found.Authority, "viewed", string(in.Purpose)), json.Unmarshal(plain, identity)
	})
	if err != nil {
		return nil, err
	}
	return identity, nil
}

func init() { RegisterThing("need", needRows, "n.id", reflect.TypeFor[market.Need]()) }
