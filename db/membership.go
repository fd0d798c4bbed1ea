package db

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// suspendedAt is null where a membership is not suspended, or no longer: a suspension with an end ends by the clock, and
// no worker has to run for it.
const suspendedAt = "CASE WHEN m.suspended_until <= (SELECT dps.now()) THEN NULL ELSE m.suspended_at END"

// activeMember is the condition of a membership m that is invited, and whose offers count.
const activeMember = "m.ended_at IS NULL AND m.lapsed_at IS NULL AND " + suspendedAt + " IS NULL"

const membershipRows = `SELECT m.id, m.lot_id, m.provider_id, m.admitted_at, ` + suspendedAt + ` AS suspended_at,
	CASE WHEN m.suspended_until > (SELECT dps.now()) THEN m.suspended_until END AS suspended_until, m.lapsed_at, m.ended_at FROM membership m`

var members = listing[market.Membership]{
	name: "members", rows: membershipRows, keys: "m.admitted_at, m.id", parent: "m.lot_id",
	key: func(m *market.Membership) []any { return []any{m.AdmittedAt.Format(time.RFC3339Nano), m.ID} },
	of:  func(m *market.Membership) uuid.UUID { return m.LotID },
}

// MembersOfLots is a page of memberships for each lot, longest first.
func (v *View) MembersOfLots(ctx context.Context, lots []uuid.UUID, p market.Page) (map[uuid.UUID]*market.MembershipConnection, error) {
	return pages(ctx, v, members, lots, p)
}

// MembershipsOfProviders reads the memberships of each provider.
func (v *View) MembershipsOfProviders(ctx context.Context, providers []uuid.UUID) (map[uuid.UUID][]*market.Membership, error) {
	return grouped(ctx, v, membershipRows, "m.provider_id", "m.admitted_at, m.id", providers, func(m *market.Membership) uuid.UUID { return m.ProviderID })
}

// MembershipsByID reads memberships.
func (v *View) MembershipsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Membership, error) {
	return byID(ctx, v, membershipRows, "m.id", ids, func(m *market.Membership) uuid.UUID { return m.ID })
}

const membershipStepRows = `SELECT s.id, s.membership_id, s.kind, s.reason, s.until, s.at, s.person FROM membership_step s`

// HistoryOfMemberships reads the steps of each membership that the actor may see, oldest first.
func (v *View) HistoryOfMemberships(ctx context.Context, memberships []uuid.UUID) (map[uuid.UUID][]*market.MembershipStep, error) {
	return grouped(ctx, v, membershipStepRows, "s.membership_id", "s.number", memberships, func(s *market.MembershipStep) uuid.UUID { return s.MembershipID })
}

var liveRows = strings.Replace(membershipRows, " FROM membership m", ", l.kind AS lot_kind FROM membership m JOIN lot l ON l.id = m.lot_id", 1)

// liveMembership is the provider's membership of a lot; nil when it has none.
func (t *Tx) liveMembership(ctx context.Context, lot, provider uuid.UUID) (*market.Membership, error) {
	var found []*market.Membership
	err := t.all(ctx, &found, liveRows+" WHERE m.lot_id = $1 AND m.provider_id = $2 AND m.ended_at IS NULL", lot, provider)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// join makes the applicant a member of the lot. Of several at once for the last place that a market has, one joins: the
// others wait for it, and count it.
func (t *Tx) join(ctx context.Context, was market.Application, reasons string) error {
	if _, err := t.exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('members:' || $1::text, 0))", was.LotID); err != nil {
		return err
	}
	terms, err := t.terms(ctx, was.LotID)
	if err != nil {
		return err
	}
	var members int
	if err := t.get(ctx, &members, "SELECT count(*) FROM membership WHERE lot_id = $1 AND ended_at IS NULL", was.LotID); err != nil {
		return err
	}
	if err := market.Join(terms.market, members); err != nil {
		return err
	}
	id := uuid.New()
	if _, err := t.exec(ctx, `INSERT INTO membership (id, lot_id, provider_id, application_id, admitted_at) VALUES ($1, $2, $3, $4, dps.now())`,
		id, was.LotID, was.ProviderID, was.ID); err != nil {
		return err
	}
	member := standing{Membership: market.Membership{ID: id, ProviderID: was.ProviderID}, authority: was.AuthorityID}
	return t.addStep(ctx, member, market.MembershipStep{ID: uuid.New(), Kind: market.StepAdmitted, Reason: reasons})
}

// addStep adds a step to a membership's history, in the actor's name.
func (t *Tx) addStep(ctx context.Context, s standing, step market.MembershipStep) error {
	_, err := t.exec(ctx, `INSERT INTO membership_step (id, membership_id, authority_id, provider_id, kind, reason, until, at, person)
		VALUES ($1, $2, $3, $4, $5, $6, $7, dps.now(), $8)`, step.ID, s.ID, s.authority, s.ProviderID, step.Kind, step.Reason, step.Until, t.Actor().Person)
	return err
}

// standing is a membership under its lock, with what the rules on it need.
type standing struct {
	market.Membership
	authority uuid.UUID
	history   []market.MembershipStep
	terms     market.AdmissionTerms
	now       time.Time
}

// locked takes the lock of a membership, and only then reads it, and the clock.
func (t *Tx) locked(ctx context.Context, id uuid.UUID) (standing, error) {
	var s standing
	if _, err := t.exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('membership:' || $1::text, 0))", id); err != nil {
		return s, err
	}
	if err := t.get(ctx, &s.Membership, membershipRows+" WHERE m.id = $1", id); err != nil {
		return s, absent(err, "membership")
	}
	if err := t.get(ctx, &s.authority, "SELECT authority_id FROM lot WHERE id = $1", s.LotID); err != nil {
		return s, err
	}
	var err error
	s.now, err = t.now(ctx)
	return s, err
}

// standing is a locked membership, of the actor's own provider or of the actor's own lots, with what the rules on it need.
// Memberships are public: another's is as absent here as one that does not exist.
func (t *Tx) standing(ctx context.Context, id uuid.UUID) (standing, error) {
	s, err := t.locked(ctx, id)
	if err != nil {
		return s, err
	}
	if s.ProviderID != t.Actor().Organisation && s.authority != t.Actor().Organisation {
		return s, market.Absent("membership")
	}
	if err := t.all(ctx, &s.history, membershipStepRows+" WHERE s.membership_id = $1 ORDER BY s.number", id); err != nil {
		return s, err
	}
	s.terms, err = t.admissionTerms(ctx, s.LotID)
	return s, err
}

// admissionTerms are those of the regime of a lot's market, or, where it has none of its own, those of any.
func (t *Tx) admissionTerms(ctx context.Context, lot uuid.UUID) (market.AdmissionTerms, error) {
	var found market.AdmissionTerms
	return found, t.get(ctx, &found, `SELECT a.* FROM lot l JOIN market m ON m.id = l.market_id JOIN admission_terms a ON a.regime IN (m.regime, '*')
		WHERE l.id = $1 ORDER BY a.regime = '*' LIMIT 1`, lot)
}

// step makes a change of a membership: the rule gives the step, which is added and done.
func (d *DB) step(ctx context.Context, a policy.Actor, r Request, id uuid.UUID, rule func(standing) (market.MembershipStep, error)) (uuid.UUID, error) {
	return d.Change(ctx, a, r, func(t *Tx) (Event, error) {
		s, err := t.standing(ctx, id)
		if err != nil {
			return Event{}, err
		}
		step, err := rule(s)
		if err != nil {
			return Event{}, err
		}
		if err := t.take(ctx, step, s.now); err != nil {
			return Event{}, absent(err, "membership")
		}
		return about(id, s.authority, "history"), t.addStep(ctx, s, step)
	})
}

// take does to the membership itself what a step says; words alone change nothing.
func (t *Tx) take(ctx context.Context, step market.MembershipStep, now time.Time) error {
	switch step.Kind {
	case market.StepSuspended:
		return t.must(ctx, "UPDATE membership SET suspended_at = $2, suspended_until = $3 WHERE id = $1", step.MembershipID, now, step.Until)
	case market.StepRestored:
		return t.must(ctx, "UPDATE membership SET suspended_at = NULL, suspended_until = NULL WHERE id = $1", step.MembershipID)
	case market.StepRemoved, market.StepLeft:
		return t.must(ctx, "UPDATE membership SET ended_at = $2 WHERE id = $1", step.MembershipID, now)
	}
	return nil
}

// SuspendMembership suspends a membership, until an instant or until it is restored.
func (d *DB) SuspendMembership(ctx context.Context, a policy.Actor, in market.SuspendMembershipInput) (uuid.UUID, error) {
	return d.step(ctx, a, Request{Act: "membership.suspend", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s standing) (market.MembershipStep, error) {
			return market.SuspendMembership(s.Membership, in, s.now)
		})
}

// RestoreMembership lifts a suspension.
func (d *DB) RestoreMembership(ctx context.Context, a policy.Actor, in market.RestoreMembershipInput) (uuid.UUID, error) {
	return d.step(ctx, a, Request{Act: "membership.suspend", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s standing) (market.MembershipStep, error) { return market.RestoreMembership(s.Membership, in) })
}

// AnnounceRemoval gives notice of a removal, with its reasons.
func (d *DB) AnnounceRemoval(ctx context.Context, a policy.Actor, in market.AnnounceRemovalInput) (uuid.UUID, error) {
	return d.step(ctx, a, Request{Act: "membership.remove", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s standing) (market.MembershipStep, error) {
			return market.AnnounceRemoval(s.Membership, s.history, in, s.terms, s.now)
		})
}

// AnswerRemoval records what the actor's provider says to an announced removal.
func (d *DB) AnswerRemoval(ctx context.Context, a policy.Actor, in market.AnswerRemovalInput) (uuid.UUID, error) {
	return d.step(ctx, a, Request{Act: "membership.answer", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s standing) (market.MembershipStep, error) {
			return market.AnswerRemoval(s.Membership, s.history, in)
		})
}

// DecideRemoval removes a provider from a lot after notice, or keeps it.
func (d *DB) DecideRemoval(ctx context.Context, a policy.Actor, in market.DecideRemovalInput) (uuid.UUID, error) {
	return d.step(ctx, a, Request{Act: "membership.remove", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s standing) (market.MembershipStep, error) {
			return market.DecideRemoval(s.Membership, s.history, in, s.now)
		})
}

// LeaveLot ends a membership of the actor's provider.
func (d *DB) LeaveLot(ctx context.Context, a policy.Actor, in market.LeaveLotInput) (uuid.UUID, error) {
	return d.step(ctx, a, Request{Act: "membership.leave", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s standing) (market.MembershipStep, error) { return market.LeaveLot(s.Membership, in) })
}
