package demo

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/policy"
)

// Persona is an invented person, acting in one capacity for one organisation.
type Persona struct {
	Key          string // short name: "kent.commissioner"
	Does         string // in words
	Organisation uuid.UUID
	Capacity     policy.Role
}

func (p Persona) String() string { return p.Key }

// officialOf is a person of an authority.
func officialOf(authority, key string, capacity policy.Role, does string) Persona {
	return Persona{key, does, OrganisationID(authority), capacity}
}

// Bidder is the bids manager of a synthetic provider, counted from 1.
func Bidder(n int) Persona {
	return Persona{fmt.Sprintf("provider%02d.bids", n), fmt.Sprintf("bids manager of %s", ProviderName(n)), ProviderID(n), policy.BidsManager}
}

// The people of the story.
var (
	MarketManager = officialOf("West Sussex", "westsussex.manager", policy.MarketManager, "market manager of West Sussex, the lead authority")
	Commissioner  = officialOf("Kent", "kent.commissioner", policy.Commissioner, "commissioner of Kent, whose child it is")
	Opener1       = officialOf("Kent", "kent.opener.1", policy.OpeningOfficer, "opening officer of Kent")
	Opener2       = officialOf("Kent", "kent.opener.2", policy.OpeningOfficer, "second opening officer of Kent")
	Evaluator1    = officialOf("Kent", "kent.evaluator.1", policy.Evaluator, "evaluator of Kent")
	Evaluator2    = officialOf("Kent", "kent.evaluator.2", policy.Evaluator, "second evaluator of Kent")
	Moderator     = officialOf("Kent", "kent.moderator", policy.Moderator, "moderator of Kent")
	Approver      = officialOf("Kent", "kent.approver", policy.Approver, "approver of Kent's awards")
	Safeguarding  = officialOf("Kent", "kent.safeguarding", policy.SafeguardingLead, "safeguarding lead of Kent")
	Auditor       = officialOf("Kent", "kent.auditor", policy.Auditor, "auditor of Kent")
	Neighbour     = officialOf("Surrey", "surrey.commissioner", policy.Commissioner, "commissioner of Surrey, another county")
	Borough       = officialOf("Croydon", "croydon.commissioner", policy.Commissioner, "commissioner of Croydon, a borough of the consortium")
	Officer       = officialOf(Consortium, "consortium.officer", policy.ConsortiumOfficer, "officer of the South London Consortium")
	Winner        = Bidder(1)
	Rival         = Bidder(2)
	Decliner      = Bidder(3)
	Outsider      = Bidder(4)
)

// Personas are all who have a token.
var Personas = []Persona{
	MarketManager, Commissioner, Opener1, Opener2, Evaluator1, Evaluator2, Moderator, Approver, Safeguarding, Auditor,
	Neighbour, Borough, Officer, Winner, Rival, Decliner, Outsider,
}

// Public is somebody without a token.
var Public = Persona{Key: "public", Does: "anybody, without a token", Capacity: policy.Public}
