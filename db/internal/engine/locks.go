package engine

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/session"
)

// Lock is a lock that a transaction holds until it ends.
//
// This file lists every lock of the program, in the order in which they are taken. A transaction that takes several takes them in this
// order, and several of one kind in the order of their ids: so no two transactions wait for each other. locks_test.go finds a lock that is
// taken without this list.
//
// Every transaction that can write says so with a shared lock when it is entered, before anything else (enter(), migration 00096). Nobody
// waits for it: the sequencer looks who holds it.
//
// The roles and the policy of the database are locked while they are made (RolesLockSQL, PolicyLockSQL), before anything else is done. The
// key of a request is next, in every change that has one: recall() takes it, so that a retry waits for the first attempt and finds its
// answer. Locks of this file follow from top to bottom. Last are those that the database takes itself when a row is written: on the
// setting of an award, the lot of a criterion, the provider of vacancies, the members of the lot of a membership.
type Lock struct {
	text string
	args []any
}

// named locks a name until the transaction ends.
func named(name string) Lock {
	return Lock{"SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text", []any{name}}
}

const (
	// RolesLockSQL is for roles, which belong to all databases of a server.
	RolesLockSQL = "SELECT pg_advisory_xact_lock(hashtextextended('dps roles', 0))"
	// PolicyLockSQL is for grants and row policies, which are replaced all at once.
	PolicyLockSQL = "SELECT pg_advisory_xact_lock(hashtextextended('dps policy', 0))"
	// TrySequencerLockSQL is for the sequencer: one instance seals events at a time. It says false, and does not wait, where another does.
	TrySequencerLockSQL = "pg_try_advisory_xact_lock(hashtextextended('sequencer', 0))"
)

// LockRegion is for a region that is founded or changed from its file: one at a time.
func LockRegion() Lock { return named("region") }

// LockImport is for imports: one at a time.
func LockImport() Lock { return named("import") }

// LockMixing is for ratings of a market that wait to be mixed: a batch is mixed once.
func LockMixing(market uuid.UUID) Lock { return named("mix:" + market.String()) }

// LockMarket is for notices of a market, which are numbered.
func LockMarket(id uuid.UUID) Lock { return named("market:" + id.String()) }

// LockMarketOfLot is LockMarket for the market of a lot that is published: each of its lots has a name of its own.
func LockMarketOfLot(lot uuid.UUID) Lock {
	return Lock{
		"SELECT pg_advisory_xact_lock(hashtextextended('market:' || l.market_id, 0))::text FROM lot l WHERE l.id = $1", []any{lot},
	}
}

// LockOrganisation is for an authority: it joins, leaves, delegates and hands over one step after the other.
func LockOrganisation(id uuid.UUID) Lock { return named("organisation:" + id.String()) }

// LockRegistration is for a registration of a provider: it is withdrawn or decided once.
func LockRegistration(id uuid.UUID) Lock { return named("registration:" + id.String()) }

// LockDocuments is for the documents of a provider: what it has stored is counted before another is added.
func LockDocuments(provider uuid.UUID) Lock { return named("documents:" + provider.String()) }

// LockApplication is for an application: its steps are taken one after the other.
func LockApplication(id uuid.UUID) Lock { return named("application:" + id.String()) }

// LockMembersOfLot is for admissions to a lot: the last place is given once.
func LockMembersOfLot(lot uuid.UUID) Lock { return named("members:" + lot.String()) }

// ShareMembersOfNeed is LockMembersOfLot, shared, for the lot of a need that is published or amended: who is admitted meanwhile is invited
// by one of the two.
func ShareMembersOfNeed(need uuid.UUID) Lock {
	return Lock{
		"SELECT pg_advisory_xact_lock_shared(hashtextextended('members:' || n.lot_id, 0))::text FROM need n WHERE n.id = $1",
		[]any{need},
	}
}

// LockMembership is for a membership: its steps are taken one after the other.
func LockMembership(id uuid.UUID) Lock { return named("membership:" + id.String()) }

// ShareMembershipsOf is LockMembership, shared, for the memberships of a provider: what is decided because it is an active member is
// decided before it is suspended, or after.
func ShareMembershipsOf(provider uuid.UUID) Lock { return shareMemberships("$1::uuid", provider) }

// ShareMembershipsOfSetting is ShareMembershipsOf for the provider that runs a setting.
func ShareMembershipsOfSetting(setting uuid.UUID) Lock {
	return shareMemberships("(SELECT provider_id FROM setting WHERE id = $1)", setting)
}

func shareMemberships(provider string, id uuid.UUID) Lock {
	return Lock{"SELECT pg_advisory_xact_lock_shared(hashtextextended('membership:' || m.id, 0))::text FROM (SELECT id FROM membership " +
		"WHERE provider_id = " + provider + " AND ended_at IS NULL ORDER BY id) m", []any{id}}
}

// LockNeed is for a need: shared for what providers do to it at the same time, exclusive for what changes, closes, opens or decides it.
// The lock of its joint call comes before its own, in lock_need(): whoever changes needs of a call holds the call.
func LockNeed(need uuid.UUID, exclusive bool) Lock {
	return Lock{"SELECT dps.lock_need($1, $2)::text", []any{need, exclusive}}
}

// ShareCall is for all needs of a joint call, shared: the need first, because its lock says whether it is one of a call, then the others.
// All who want an exclusive lock of one of them want that of the call before, so that the order of the others does not matter.
func ShareCall(need uuid.UUID) []Lock { return shareCall("$1", need) }

// ShareCallOfOffer is ShareCall for the need of an offer. Without such an offer it locks nothing.
func ShareCallOfOffer(offer uuid.UUID) []Lock {
	return shareCall("(SELECT need_id FROM sealed_offer WHERE id = $1)", offer)
}

func shareCall(need string, id uuid.UUID) []Lock {
	return []Lock{
		{"SELECT dps.lock_need(" + need + ", false)::text", []any{id}},
		{"SELECT dps.lock_need(s.need_id, false)::text FROM (SELECT s.need_id FROM joint_share mine JOIN joint_share s " +
			"ON s.joint_id = mine.joint_id AND s.need_id <> mine.need_id WHERE mine.need_id = " + need + " ORDER BY s.need_id) s", []any{id}},
	}
}

// LockSellers is for sellers that are not known here yet: one that several authorities buy from at once is made once.
func LockSellers() Lock { return named("sellers") }

const (
	// LockOffers ends a query of a provider's own offers for a setting, in the order of their needs: two versions at once get two numbers.
	// The locks of the needs are held, shared.
	LockOffers = " FOR UPDATE"
	// LockOrganisationRow ends a query of an organisation: it hides those that the actor cannot change. LockOrganisation is held.
	LockOrganisationRow = " FOR NO KEY UPDATE"
	// LockPriceQuery ends a query of a price query q: FOR UPDATE hides those that the actor cannot change. The lock of the need is held.
	LockPriceQuery = " FOR UPDATE"
	// LockFeedbackWords ends a query of a family's free words w: decisions about them are made one after the other.
	LockFeedbackWords = " FOR UPDATE OF w"
	// LockSetting ends a query of a setting s: it is linked to one provider.
	LockSetting = " FOR UPDATE"
	// LockFamilyInvitation ends a query of a family's invitation f: it is used once. Nothing else is locked before it.
	LockFamilyInvitation = " FOR UPDATE OF f"
)

// Lock takes a lock, and waits for whoever holds it.
func (t *Tx) Lock(ctx context.Context, l Lock) error {
	return t.NoteFailure(t.session.Query(ctx, session.Call(l.text, l.args...)))
}
