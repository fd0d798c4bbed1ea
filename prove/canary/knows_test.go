package canary_test

import (
	"slices"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// knower says whether somebody may know a secret.
type knower func(demo.Persona, *secret) bool

// own are people of the authority whose need it is.
func own(capacities ...policy.Role) knower {
	return func(p demo.Persona, s *secret) bool {
		return s.need != nil && p.Organisation == demo.OrganisationID(s.need.authority) && slices.Contains(capacities, p.Capacity)
	}
}

// its is the provider whose secret it is.
func its(p demo.Persona, s *secret) bool {
	return p.Capacity == policy.BidsManager && s.provider > 0 && p.Organisation == demo.ProviderID(s.provider)
}

// invited are the providers that are asked for offers.
func invited(p demo.Persona, s *secret) bool {
	return p.Capacity == policy.BidsManager && s.need.published && slices.ContainsFunc(members, func(n int) bool { return p.Organisation == demo.ProviderID(n) })
}

// writer is who wrote it.
func writer(p demo.Persona, s *secret) bool { return p.Key == s.by }

// hands are the market's own: no person holds them, and they look into the database alone.
func hands(capacities ...policy.Role) knower {
	return func(p demo.Persona, _ *secret) bool { return slices.Contains(capacities, p.Capacity) }
}

func manager(p demo.Persona, _ *secret) bool { return p.Capacity == policy.MarketManager }

// from is a knower from some moment on.
func from(moment func(*need) bool, k knower) knower {
	return func(p demo.Persona, s *secret) bool { return moment(s.need) && k(p, s) }
}

func opened(n *need) bool   { return n.opened }
func priced(n *need) bool   { return n.priced }
func locked(n *need) bool   { return n.locked }
func approved(n *need) bool { return n.approved }
func accepted(n *need) bool { return n.accepted }
func released(n *need) bool { return n.released }

// letter is who is told why an offer was scored as it was, once an award is approved: its provider, and who approves.
var letter = []knower{from(approved, its), from(approved, own(policy.Approver))}

// knows says for each kind of secret who may know it. It is written by hand from what the market promises, and reads no
// policy.
var knows = map[string][]knower{
	// The text of a need, its reason for a profile of its own among it: all of it is held to be anonymous.
	"profile": {own(policy.Commissioner, policy.OpeningOfficer, policy.Evaluator, policy.Moderator, policy.Approver, policy.SafeguardingLead), invited, hands(policy.Keeper, policy.Worker)},
	"ceiling": {own(policy.Commissioner, policy.Approver)},
	"child":   {own(policy.Commissioner), from(accepted, winner)},
	"address": {its, awardedThere},
	"offer": {its, from(opened, own(policy.Commissioner, policy.OpeningOfficer, policy.Evaluator, policy.Moderator, policy.Approver)),
		from(opened, hands(policy.Keeper))},
	"price":      {its, from(priced, own(policy.Commissioner, policy.Moderator, policy.Approver)), from(priced, hands(policy.Keeper))},
	"interest":   {writer, own(policy.Commissioner, policy.Approver)},
	"query":      {its, own(policy.Commissioner, policy.Approver), hands(policy.Keeper)},
	"check":      {own(policy.Commissioner, policy.Evaluator, policy.Moderator, policy.Approver), hands(policy.Keeper)},
	"score":      append([]knower{writer, from(locked, own(policy.Commissioner, policy.Moderator)), hands(policy.Keeper)}, letter...),
	"agreed":     append([]knower{own(policy.Commissioner, policy.Moderator), hands(policy.Keeper)}, letter...),
	"award":      {own(policy.Commissioner, policy.Approver), from(approved, its), hands(policy.Worker)},
	"rejection":  {own(policy.Commissioner, policy.Approver), hands(policy.Worker)},
	"declined":   {own(policy.Commissioner, policy.Approver), its, hands(policy.Worker)},
	"preference": {own(policy.Commissioner, policy.Approver)},
	"feedback":   {own(policy.SafeguardingLead), from(released, own(policy.Commissioner)), from(released, its)},
	"statement":  {its, manager},
	// One-time codes, tokens, and what was refused or failed: nobody but who sent it.
	"code": nil, "token": nil, "refused": nil,
}

func winner(p demo.Persona, s *secret) bool {
	return p.Capacity == policy.BidsManager && p.Organisation == demo.ProviderID(s.need.winner)
}

// awardedThere are commissioners of an authority that has awarded a place in a setting of the provider.
func awardedThere(p demo.Persona, s *secret) bool {
	return p.Capacity == policy.Commissioner && s.provider == members[0]
}

func mayKnow(p demo.Persona, s *secret) bool {
	return slices.ContainsFunc(knows[s.kind], func(k knower) bool { return k(p, s) })
}

// mayBePlain says whether a secret may stand in the database as it is; everything else is ciphertext, or not there.
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

// people are all who look: each capacity at each of the authorities, those of others, the providers, and nobody in particular.
func people() []demo.Persona {
	all := []demo.Persona{demo.Public, person(lead, policy.MarketManager), person(lead, policy.Commissioner), demo.Officer, demo.Borough}
	for _, authority := range authorities {
		for _, capacity := range []policy.Role{policy.Commissioner, policy.OpeningOfficer, policy.Evaluator, policy.Moderator, policy.Approver, policy.SafeguardingLead, policy.Auditor} {
			all = append(all, person(authority, capacity))
		}
	}
	for n := 1; n <= 4; n++ { // the third has no offer, the fourth is no member
		all = append(all, bidder(n))
	}
	return all
}
