package canary_test

import (
	"slices"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// mayKnowFunc says whether somebody is allowed to know a secret.
type mayKnowFunc func(demo.Persona, *secret) bool

// ofOwnAuthority are people of the authority whose need it is.
func ofOwnAuthority(capacities ...policy.Role) mayKnowFunc {
	return func(p demo.Persona, s *secret) bool {
		return s.need != nil && p.Organisation == demo.OrganisationID(s.need.authority) && slices.Contains(capacities, p.Capacity)
	}
}

// ofItsProvider is the provider that the secret belongs to.
func ofItsProvider(p demo.Persona, s *secret) bool {
	return p.Capacity == policy.BidsManager && s.provider > 0 && p.Organisation == demo.ProviderID(s.provider)
}

// invitedProvider are the providers that are asked for offers.
func invitedProvider(p demo.Persona, s *secret) bool {
	return p.Capacity == policy.BidsManager && s.need.published && slices.ContainsFunc(invitedProviders,
		func(n int) bool { return p.Organisation == demo.ProviderID(n) })
}

// ofItsWriter is the person who wrote it.
func ofItsWriter(p demo.Persona, s *secret) bool { return p.Key == s.writer }

// ofServiceRole are the market's own roles: no person has them, and they only look into the database.
func ofServiceRole(capacities ...policy.Role) mayKnowFunc {
	return func(p demo.Persona, _ *secret) bool { return slices.Contains(capacities, p.Capacity) }
}

func ofMarketManager(p demo.Persona, _ *secret) bool { return p.Capacity == policy.MarketManager }

// fromMoment is a knower from some moment on.
func fromMoment(moment func(*need) bool, k mayKnowFunc) mayKnowFunc {
	return func(p demo.Persona, s *secret) bool { return moment(s.need) && k(p, s) }
}

func isOpened(n *need) bool   { return n.opened }
func isPriced(n *need) bool   { return n.priced }
func isLocked(n *need) bool   { return n.locked }
func isApproved(n *need) bool { return n.approved }
func isAccepted(n *need) bool { return n.accepted }
func isReleased(n *need) bool { return n.released }

// rivalOfWinner are the providers that are told why the awarded offer has its scores (Procurement Act 2023 s 50).
func rivalOfWinner(p demo.Persona, s *secret) bool {
	return s.provider == s.need.winner && invitedProvider(p, s)
}

// letterKnowers are told why an offer was scored as it was, once an award is approved: its provider, and the approver; of the awarded offer
// every bidder.
var letterKnowers = []mayKnowFunc{
	fromMoment(isApproved, ofItsProvider), fromMoment(isApproved, ofOwnAuthority(policy.Approver)), fromMoment(isApproved, rivalOfWinner),
}

// knowersByKind says for each kind of secret who is allowed to know it. It is written by hand from what the market
// promises, and reads no policy.
var knowersByKind = map[string][]mayKnowFunc{
	// The text of a need, its reason for a profile of its own among it: all of it is held to be anonymous.
	"profile": {ofOwnAuthority(policy.Commissioner, policy.OpeningOfficer, policy.Evaluator, policy.Moderator, policy.Approver,
		policy.SafeguardingLead), invitedProvider, ofServiceRole(policy.Keeper, policy.Worker)},
	"ceiling": {ofOwnAuthority(policy.Commissioner, policy.Approver)},
	"child":   {ofOwnAuthority(policy.Commissioner), fromMoment(isAccepted, ofWinner)},
	"address": {ofItsProvider, awardedThere},
	"offer": {
		ofItsProvider, fromMoment(isOpened, ofOwnAuthority(policy.Commissioner, policy.OpeningOfficer, policy.Evaluator,
			policy.Moderator, policy.Approver)),
		fromMoment(isOpened, ofServiceRole(policy.Keeper)),
	},
	"price": {
		ofItsProvider, fromMoment(isPriced, ofOwnAuthority(policy.Commissioner, policy.Moderator, policy.Approver)),
		fromMoment(isPriced, ofServiceRole(policy.Keeper)),
	},
	"interest": {ofItsWriter, ofOwnAuthority(policy.Commissioner, policy.Approver)},
	"query":    {ofItsProvider, ofOwnAuthority(policy.Commissioner, policy.Approver), ofServiceRole(policy.Keeper)},
	"check":    {ofOwnAuthority(policy.Commissioner, policy.Evaluator, policy.Moderator, policy.Approver), ofServiceRole(policy.Keeper)},
	"score": append([]mayKnowFunc{
		ofItsWriter, fromMoment(isLocked, ofOwnAuthority(policy.Commissioner, policy.Moderator)),
		ofServiceRole(policy.Keeper),
	}, letterKnowers...),
	"agreed":     append([]mayKnowFunc{ofOwnAuthority(policy.Commissioner, policy.Moderator), ofServiceRole(policy.Keeper)}, letterKnowers...),
	"award":      {ofOwnAuthority(policy.Commissioner, policy.Approver), fromMoment(isApproved, ofItsProvider), ofServiceRole(policy.Worker)},
	"ground":     {ofOwnAuthority(policy.Commissioner, policy.Approver)},
	"rejection":  {ofOwnAuthority(policy.Commissioner, policy.Approver), ofServiceRole(policy.Worker)},
	"declined":   {ofOwnAuthority(policy.Commissioner, policy.Approver), ofItsProvider, ofServiceRole(policy.Worker)},
	"preference": {ofOwnAuthority(policy.Commissioner, policy.Approver)},
	"feedback": {
		ofOwnAuthority(policy.SafeguardingLead), fromMoment(isReleased, ofOwnAuthority(policy.Commissioner)),
		fromMoment(isReleased, ofItsProvider),
	},
	"statement": {ofItsProvider, ofMarketManager},
	// One-time codes, tokens, and what was refused or failed: only the sender.
	"code": nil, "token": nil, "refused": nil,
}

func ofWinner(p demo.Persona, s *secret) bool {
	return p.Capacity == policy.BidsManager && p.Organisation == demo.ProviderID(s.need.winner)
}

// awardedThere are commissioners of an authority that has awarded a place in a setting of the provider.
func awardedThere(p demo.Persona, s *secret) bool {
	return p.Capacity == policy.Commissioner && s.provider == invitedProviders[0]
}

func mayKnow(p demo.Persona, s *secret) bool {
	return slices.ContainsFunc(knowersByKind[s.kind], func(k mayKnowFunc) bool { return k(p, s) })
}

// mayBePlain says whether a secret can be in the database in plain text. Everything else is ciphertext, or not there.
func mayBePlain(s *secret) bool {
	switch s.kind {
	case "child", "address", "preference", "interest", "feedback", "code", "token", "refused":
		return false
	case "offer":
		return s.need.opened
	case "price":
		return s.need.priced
	}
	return true
}

// allPeople are all people who look: each capacity at each of the authorities, those of others, the providers, and
// nobody in particular.
func allPeople() []demo.Persona {
	all := []demo.Persona{
		demo.Public, officerOf(leadAuthority, policy.MarketManager), officerOf(leadAuthority, policy.Commissioner),
		demo.Officer, demo.Borough,
	}
	for _, authority := range authorities {
		for _, capacity := range []policy.Role{
			policy.Commissioner, policy.OpeningOfficer, policy.Evaluator, policy.Moderator, policy.Approver,
			policy.SafeguardingLead, policy.Auditor,
		} {
			all = append(all, officerOf(authority, capacity))
		}
	}
	for n := 1; n <= 4; n++ { // the third has no offer, the fourth is not a member
		all = append(all, bidsManagerOf(n))
	}
	return all
}
