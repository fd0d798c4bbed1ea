package admission

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/policy"
)

// suspendedAtSQL is null if a membership is not suspended, or not any more. A suspension with an end ends by the clock,
// without a worker.
const suspendedAtSQL = "CASE WHEN m.suspended_until <= (SELECT dps.now()) THEN NULL ELSE m.suspended_at END"

// ActiveMemberSQL is the condition that a membership m is invited and its offers count.
const ActiveMemberSQL = "m.ended_at IS NULL AND m.lapsed_at IS NULL AND " + suspendedAtSQL + " IS NULL"

// CalledMemberSQL is the condition that a membership m is invited to a call with a deadline: it is active, or its suspension ends before.
// Until then it reads nothing of the call.
func CalledMemberSQL(deadline string) string {
	return "m.ended_at IS NULL AND m.lapsed_at IS NULL AND (m.suspended_at IS NULL OR m.suspended_until < " + deadline + ")"
}

// membershipColumns are the columns of a membership m, but for when it lapsed.
var membershipColumns = rowset.All(rowset.Columns("id", "lot_id", "provider_id", "admitted_at"),
	rowset.Computed("suspended_at", suspendedAtSQL),
	rowset.Computed("suspended_until", "CASE WHEN m.suspended_until > (SELECT dps.now()) THEN m.suspended_until END"),
	rowset.Columns("ended_at"))

var (
	membershipTable = rowset.New[market.Membership]("membership", "m", membershipColumns, rowset.Columns("lapsed_at"),
		rowset.Parent("lot", "lot_id", LotTable),
		rowset.Parent("provider", "provider_id", directory.ProviderTable), rowset.Elsewhere("lot_kind"))
	membershipRows = membershipTable.Rows()
)

var memberList = rowset.Pages[market.Membership]{
	Table: membershipTable, Name: "members", Order: []string{"admitted_at", "id"},
	Parent: "lot_id",
}

// MembersOfLots is a page of memberships for each lot, longest first.
func MembersOfLots(ctx context.Context, v *engine.View, lots []uuid.UUID,
	p market.Page) (map[uuid.UUID]*market.Connection[market.Membership],
	error,
) {
	return memberList.Of(ctx, v, lots, p)
}

var membershipsOfProviders = rowset.ListOf[uuid.UUID](membershipTable, "provider_id", rowset.By("m.admitted_at", "m.id")...)

// MembershipsOfProviders reads the memberships of each provider.
func MembershipsOfProviders(ctx context.Context, v *engine.View, providers []uuid.UUID) (map[uuid.UUID][]*market.Membership, error) {
	return membershipsOfProviders.Read(ctx, v, providers)
}

// MembershipsByID reads memberships.
func MembershipsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Membership, error) {
	return membershipTable.ByID(ctx, v, ids)
}

var (
	membershipStepTable = rowset.New[rules.MembershipStep]("membership_step", "s",
		rowset.Columns("id", "membership_id", "kind", "reason", "until", "at", "person"))
	membershipStepRows = membershipStepTable.Rows()
)

var historyOfMemberships = rowset.ListOf[uuid.UUID](membershipStepTable, "membership_id", rowset.By("s.number")...)

// HistoryOfMemberships reads the steps of each membership, as far as the actor can see them, oldest first.
func HistoryOfMemberships(ctx context.Context, v *engine.View, memberships []uuid.UUID) (map[uuid.UUID][]*rules.MembershipStep, error) {
	return historyOfMemberships.Read(ctx, v, memberships)
}

// LiveMembershipRows reads memberships m that have not ended, with the kind of their lot, for a decision of this moment: one whose
// essential evidence has lapsed has lapsed with it, whether or not the clock worker has recorded that.
var LiveMembershipRows = rowset.New[market.Membership]("membership", "m", membershipColumns, rowset.Computed("lot_kind", "l.kind"),
	rowset.Computed("lapsed_at", "CASE WHEN m.lapsed_at IS NULL AND dps.lacks_evidence(m.lot_id, m.provider_id) THEN (SELECT dps.now()) "+
		"ELSE m.lapsed_at END"),
	rowset.Join("JOIN lot l ON l.id = m.lot_id AND m.ended_at IS NULL")).Rows()

// LiveMembership is the provider's membership of a lot; nil if it has none.
func LiveMembership(ctx context.Context, t *engine.Tx, lot, provider uuid.UUID) (*market.Membership, error) {
	var found []*market.Membership
	err := t.SelectRows(ctx, &found, LiveMembershipRows+" WHERE m.lot_id = $1 AND m.provider_id = $2", lot, provider)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// admitMember makes the applicant a member of the lot. If several compete for the last place of a market, one joins;
// the others wait for it and count it.
func admitMember(ctx context.Context, t *engine.Tx, was rules.Application, reasons string) error {
	if err := t.Lock(ctx, engine.LockMembersOfLot(was.LotID)); err != nil {
		return err
	}
	terms, err := LotTerms(ctx, t, was.LotID)
	if err != nil {
		return err
	}
	var members int
	if err := t.Get(ctx, &members, "SELECT count(*) FROM membership WHERE lot_id = $1 AND ended_at IS NULL", was.LotID); err != nil {
		return err
	}
	if err := rules.RequireRoomInLot(terms.Market, members); err != nil {
		return err
	}
	id := uuid.New()
	if _, err := t.Exec(ctx, `INSERT INTO membership (id, lot_id, provider_id, application_id, admitted_at) VALUES ($1, $2, $3, $4, `+
		`dps.now())`,
		id, was.LotID, was.ProviderID, was.ID); err != nil {
		return err
	}
	member := membershipFacts{Membership: market.Membership{ID: id, ProviderID: was.ProviderID}, authorityID: was.AuthorityID}
	return addMembershipStep(ctx, t, member, rules.MembershipStep{ID: uuid.New(), Kind: rules.StepAdmitted, Reason: reasons})
}

// addMembershipStep adds a step to a membership's history, in the actor's name.
func addMembershipStep(ctx context.Context, t *engine.Tx, s membershipFacts, step rules.MembershipStep) error {
	_, err := t.Exec(ctx, `INSERT INTO membership_step (id, membership_id, authority_id, provider_id, kind, reason, until, at, person)
		VALUES ($1, $2, $3, $4, $5, $6, $7, dps.now(), $8)`, step.ID, s.ID, s.authorityID, s.ProviderID, step.Kind, step.Reason, step.Until,
		t.Actor().Person)
	return err
}

// membershipFacts are a membership under its lock, and what the rules need to know about it.
type membershipFacts struct {
	market.Membership
	authorityID uuid.UUID
	history     []rules.MembershipStep
	terms       rules.AdmissionTerms
	now         time.Time
}

// lockMembership locks a membership, and only then reads it and the clock.
func lockMembership(ctx context.Context, t *engine.Tx, id uuid.UUID) (membershipFacts, error) {
	var s membershipFacts
	if err := t.Lock(ctx, engine.LockMembership(id)); err != nil {
		return s, err
	}
	if err := t.Get(ctx, &s.Membership, membershipRows+" WHERE m.id = $1", id); err != nil {
		return s, engine.AbsentIfNoRows(err, "membership")
	}
	if err := t.Get(ctx, &s.authorityID, "SELECT authority_id FROM lot WHERE id = $1", s.LotID); err != nil {
		return s, err
	}
	var err error
	s.now, err = engine.MarketNow(ctx, t)
	return s, err
}

// lockMembershipFacts locks a membership of the actor's own provider or lots, and reads what the rules need.
// Memberships are public, so another's membership must look as absent as one that does not exist.
func lockMembershipFacts(ctx context.Context, t *engine.Tx, id uuid.UUID) (membershipFacts, error) {
	s, err := lockMembership(ctx, t, id)
	if err != nil {
		return s, err
	}
	if s.ProviderID != t.Actor().Organisation && s.authorityID != t.Actor().Organisation {
		return s, market.Absent("membership")
	}
	if err := t.SelectRows(ctx, &s.history, membershipStepRows+" WHERE s.membership_id = $1 ORDER BY s.number", id); err != nil {
		return s, err
	}
	s.terms, err = readAdmissionTerms(ctx, t, s.LotID)
	return s, err
}

// readAdmissionTerms are the terms of the regime of a lot's market, or the general ones if the regime has none of its
// own.
func readAdmissionTerms(ctx context.Context, t *engine.Tx, lot uuid.UUID) (rules.AdmissionTerms, error) {
	var found rules.AdmissionTerms
	return found, t.Get(ctx, &found,
		`SELECT a.* FROM lot l JOIN market m ON m.id = l.market_id JOIN admission_terms a ON a.regime IN (m.regime, '*')
		WHERE l.id = $1 ORDER BY a.regime = '*' LIMIT 1`, lot)
}

// changeMembership makes a change of a membership. The rule gives the step, which is added and applied.
func changeMembership(ctx context.Context, d *engine.DB, a policy.Actor, r engine.Request, id uuid.UUID,
	rule func(membershipFacts) (rules.MembershipStep, error),
) (uuid.UUID, error) {
	return d.Change(ctx, a, r, func(t *engine.Tx) (engine.Event, error) {
		s, err := lockMembershipFacts(ctx, t, id)
		if err != nil {
			return engine.Event{}, err
		}
		step, err := rule(s)
		if err != nil {
			return engine.Event{}, err
		}
		if err := applyMembershipStep(ctx, t, step, s.now); err != nil {
			return engine.Event{}, engine.AbsentIfNoRows(err, "membership")
		}
		return engine.AuthorityEvent(id, s.authorityID, "history"), addMembershipStep(ctx, t, s, step)
	})
}

// applyMembershipStep applies a step to the membership. Steps that contain only words change nothing.
func applyMembershipStep(ctx context.Context, t *engine.Tx, step rules.MembershipStep, now time.Time) error {
	switch step.Kind {
	case rules.StepSuspended:
		return t.ExecAtLeastOne(ctx, "UPDATE membership SET suspended_at = $2, suspended_until = $3 WHERE id = $1",
			step.MembershipID, now, step.Until)
	case rules.StepRestored:
		return t.ExecAtLeastOne(ctx, "UPDATE membership SET suspended_at = NULL, suspended_until = NULL WHERE id = $1", step.MembershipID)
	case rules.StepRemoved, rules.StepLeft:
		return t.ExecAtLeastOne(ctx, "UPDATE membership SET ended_at = $2 WHERE id = $1", step.MembershipID, now)
	}
	return nil
}

// SuspendMembership suspends a membership, until an instant or until it is restored.
func SuspendMembership(ctx context.Context, d *engine.DB, a policy.Actor, in rules.SuspendMembershipInput) (uuid.UUID, error) {
	return changeMembership(ctx, d, a, engine.Request{Act: "membership.suspend", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s membershipFacts) (rules.MembershipStep, error) {
			return rules.SuspendMembership(s.Membership, in, s.now)
		})
}

// RestoreMembership lifts a suspension.
func RestoreMembership(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RestoreMembershipInput) (uuid.UUID, error) {
	return changeMembership(ctx, d, a, engine.Request{Act: "membership.suspend", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s membershipFacts) (rules.MembershipStep, error) {
			return rules.RestoreMembership(s.Membership, in)
		})
}

// AnnounceRemoval gives notice of a removal, with its reasons.
func AnnounceRemoval(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AnnounceRemovalInput) (uuid.UUID, error) {
	return changeMembership(ctx, d, a, engine.Request{Act: "membership.remove", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s membershipFacts) (rules.MembershipStep, error) {
			return rules.AnnounceRemoval(s.Membership, s.history, in, s.terms, s.now)
		})
}

// AnswerRemoval records the answer of the actor's provider to an announced removal.
func AnswerRemoval(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AnswerRemovalInput) (uuid.UUID, error) {
	return changeMembership(ctx, d, a, engine.Request{Act: "membership.answer", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s membershipFacts) (rules.MembershipStep, error) {
			return rules.AnswerRemoval(s.Membership, s.history, in)
		})
}

// DecideRemoval removes a provider from a lot after notice, or keeps it.
func DecideRemoval(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DecideRemovalInput) (uuid.UUID, error) {
	return changeMembership(ctx, d, a, engine.Request{Act: "membership.remove", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s membershipFacts) (rules.MembershipStep, error) {
			return rules.DecideRemoval(s.Membership, s.history, in, s.now)
		})
}

// LeaveLot ends a membership of the actor's provider.
func LeaveLot(ctx context.Context, d *engine.DB, a policy.Actor, in rules.LeaveLotInput) (uuid.UUID, error) {
	return changeMembership(ctx, d, a, engine.Request{Act: "membership.leave", Key: in.IdempotencyKey, Input: in}, in.Membership.UUID,
		func(s membershipFacts) (rules.MembershipStep, error) { return rules.LeaveLot(s.Membership, in) })
}
