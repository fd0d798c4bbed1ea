package policy

import (
	"fmt"

	"github.com/google/uuid"
)

// Role is the capacity that a request acts in. A person can hold several. A request has exactly one, and rights never
// add up across capacities.
type Role string

// The capacities that a token can have.
const (
	MarketManager     Role = "market_manager"
	Commissioner      Role = "commissioner"
	Approver          Role = "approver"
	OpeningOfficer    Role = "opening_officer"
	Evaluator         Role = "evaluator"
	Moderator         Role = "moderator"
	SafeguardingLead  Role = "safeguarding_lead"
	Auditor           Role = "auditor"
	ConsortiumOfficer Role = "consortium_officer"
	BidsManager       Role = "bids_manager"
)

// The capacities that no token has: without a token, with a one-time invitation, and those of the market itself.
const (
	Public   Role = "public"
	Family   Role = "family"
	Keeper   Role = "keeper"
	Worker   Role = "worker"
	Importer Role = "importer"
)

// Operator is in the log who runs the service: somebody who founds or changes a region, or takes access away, as the owner of the tables.
// No request has it, and it has no line in the policy.
const Operator Role = "operator"

// Capacities are the roles that a token can have.
var Capacities = []Role{
	MarketManager, Commissioner, Approver, OpeningOfficer, Evaluator, Moderator, SafeguardingLead, Auditor,
	ConsortiumOfficer, BidsManager,
}

// Roles are all roles, in the order in which the policy is printed and compiled.
var Roles = append([]Role{Public, Family}, append(Capacities, Keeper, Worker, Importer)...)

// Subject is the role's name in policy.csv. The prefix stops a person with the name of a role from becoming it.
func (r Role) Subject() string { return "role:" + string(r) }

// Database is the PostgreSQL role of a transaction in this capacity.
func (r Role) Database() string { return "dps_" + string(r) }

// Actor is the caller, in one capacity.
type Actor struct {
	Person       string    // the token's subject; empty for the public and for families
	Role         Role      // the one capacity of this request
	Organisation uuid.UUID // the authority, consortium or provider acted for; uuid.Nil for the public and for families
	Epoch        int       // of the token; a person's tokens of an older epoch can be revoked
	Invitation   []byte    // of a family: the hash of the code it showed; nil for everyone else
}

// Context names the actor in one stable string, different for any two actors, which a cursor is bound to. The person is
// quoted, so that no subject can contain the separator and read as another's. The epoch is left out: a new token of the
// same person continues the same list.
func (a Actor) Context() string {
	return fmt.Sprintf("%s|%q|%s|%x", a.Role, a.Person, a.Organisation, a.Invitation)
}
