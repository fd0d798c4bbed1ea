package canary_test

import (
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

const anyNeed = "ASD - Autistic Spectrum Disorder"

// members are the providers that are invited to every need.
var members = []int{1, 2, 3}

// plant tells many stories: drafts, needs with sealed offers, and needs that are lived to some later moment.
func (w *world) plant(drafts, sealed, lived int) {
	w.t.Helper()
	for _, authority := range authorities {
		w.lot(authority)
	}
	var begun []*need
	for _, authority := range authorities {
		for range drafts {
			w.draft(authority)
		}
		for range lived {
			begun = append(begun, w.offered(authority))
		}
	}
	w.Advance(w.t, 12*24*time.Hour+time.Second)
	for i, n := range begun {
		w.live(n, i%lived)
	}
	for _, authority := range authorities {
		for range sealed {
			w.offered(authority)
		}
	}
}

// lot is a published lot for an authority's needs, with its members.
func (w *world) lot(authority string) {
	w.t.Helper()
	manager := person(lead, policy.MarketManager)
	procedure := map[string]string{"Kent": "SCORED", "Surrey": "MATCHING"}[authority]
	lot := w.act(manager, "createLot", fields{
		"market": opaque("market", demo.MarketID()), "name": "Children's homes for " + authority, "description": "Places in children's homes.", "kind": "CHILDRENS_HOME",
		"procedure": procedure, "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed}, "contract": "Synthetic contract", "contractVersion": "2026",
		"criteria": []fields{{"kind": "QUALITY", "name": "Match", "description": "How they fit.", "weight": "60"}, {"kind": "PRICE", "name": "Price", "description": "For a year.", "weight": "40"}},
	}, "lot { id }").At("lot.id").Text()
	w.lots[authority] = lot
	w.act(manager, "publishLot", fields{"lot": lot}, "")
	for _, n := range members {
		application := w.act(bidder(n), "submitApplication", fields{"lot": lot, "statement": w.words(secret{kind: "statement", provider: n}), "noGroundForExclusion": true},
			"application { id }").At("application.id").Text()
		w.act(manager, "decideApplication", fields{"application": application, "decision": "ADMITTED", "reasons": w.words(secret{kind: "statement", provider: n})}, "")
	}
}

// drafting is the input of a need.
func (w *world) drafting(authority, kindOfText, kindOfPrice string, n *need) fields {
	now := w.now()
	return fields{
		"lot": w.lots[authority], "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly),
		"profile": w.words(secret{kind: kindOfText, need: n}), "outcomes": w.words(secret{kind: kindOfText, need: n}), "ceilingWeekly": w.pounds(secret{kind: kindOfPrice, need: n}),
	}
}

// draft is a need with a child, and what the family would like.
func (w *world) draft(authority string) *need {
	w.t.Helper()
	n := &need{authority: authority, scored: authority == "Kent"}
	w.needs = append(w.needs, n)
	commissioner := person(authority, policy.Commissioner)
	n.id = w.act(commissioner, "createNeed", w.drafting(authority, "profile", "ceiling", n), "need { id }").At("need.id").Text()
	w.act(commissioner, "recordIdentity", w.child(n, "child"), "")
	w.give(n, "givePreference", fields{"words": w.words(secret{kind: "preference", need: n})}, "")
	return n
}

func (w *world) child(n *need, kind string) fields {
	return fields{"need": n.id, "name": w.word(secret{kind: kind, need: n}), "dateOfBirth": w.birth(secret{kind: kind, need: n})}
}

// invite makes a family's one-time code.
func (w *world) invite(n *need, kind, placement string) string {
	w.t.Helper()
	in := fields{"need": n.id, "kind": kind, "respondent": "PARENT"}
	if placement != "" {
		in["placement"] = placement
	}
	return w.code(w.act(person(n.authority, policy.Commissioner), "inviteFamily", in, "code").At("code").Text(), secret{kind: "code", need: n})
}

func (w *world) give(n *need, mutation string, in fields, placement string) {
	w.t.Helper()
	kind := map[string]string{"givePreference": "PREFERENCE", "giveFeedback": "FEEDBACK"}[mutation]
	w.actAs(demo.Credential{Authorization: "Invitation " + w.invite(n, kind, placement)}, mutation, in, "received")
}

// offering is the input of an offer.
func (w *world) offering(n *need, provider int, kindOfText, kindOfPrice string) fields {
	what := secret{kind: kindOfText, need: n, provider: provider}
	price := secret{kind: kindOfPrice, need: n, provider: provider}
	return fields{
		"need": n.id, "setting": opaque("setting", demo.SettingID(2*provider)), "startsOn": w.now().AddDate(0, 0, 60).Format(time.DateOnly), "weeks": 52,
		"needsMet": w.words(what), "outcomesMet": w.words(what), "assumptions": w.words(what),
		"fees": []fields{{"kind": "RESIDENTIAL_CARE", "description": w.words(price), "weekly": w.pounds(price)}},
	}
}

// offered is a published need with two sealed offers.
func (w *world) offered(authority string) *need {
	w.t.Helper()
	n := w.draft(authority)
	w.act(person(authority, policy.Commissioner), "publishNeed", fields{"need": n.id, "deadline": w.now().AddDate(0, 0, 12), "uniqueReason": w.words(secret{kind: "profile", need: n})}, "")
	n.published, n.starts = true, w.now().AddDate(0, 0, 61)
	for _, provider := range members[:2] {
		n.offers = append(n.offers, w.act(bidder(provider), "submitOffer", w.offering(n, provider, "offer", "price"), "offer { id }").At("offer.id").Text())
	}
	return n
}

// live lives a need on from its deadline: one to the scores, one to a proposal, one to an award that is declined, the others
// to a child's place and what the family says of it.
func (w *world) live(n *need, until int) {
	w.t.Helper()
	w.declare(n)
	w.open(n)
	n.opened, n.priced = true, !n.scored
	w.score(n)
	if until == 1 {
		return
	}
	w.rank(n)
	w.queryPrice(n)
	commissioner, approver := person(n.authority, policy.Commissioner), person(n.authority, policy.Approver)
	n.winner = members[0]
	propose := func() string {
		return w.act(commissioner, "proposeAward", fields{"offer": n.offers[0], "reason": w.words(secret{kind: "award", need: n, provider: n.winner})}, "award { id }").At("award.id").Text()
	}
	w.act(approver, "rejectAward", fields{"award": propose(), "reason": w.words(secret{kind: "rejection", need: n})}, "")
	award := propose()
	if until == 2 {
		return
	}
	w.act(commissioner, "recordPanelDecision", fields{"need": n.id, "decidedOn": "2026-01-05", "agreed": true, "reasons": "Synthetic: no place nearer.", "education": "100.00", "socialCare": "0.00", "icb": "0.00"}, "")
	w.act(approver, "approveAward", fields{"award": award, "standstill": false}, "")
	n.approved = true
	if until == 3 {
		w.act(bidder(n.winner), "declineAward", fields{"award": award, "reason": w.words(secret{kind: "declined", need: n, provider: n.winner})}, "")
		return
	}
	placement := w.act(bidder(n.winner), "acceptAward", fields{"award": award}, "award { placement { id } }").At("award.placement.id").Text()
	n.accepted = true
	w.placed(n, placement, until)
}

// queryPrice has a price queried, explained and accepted.
func (w *world) queryPrice(n *need) {
	w.t.Helper()
	what := secret{kind: "query", need: n, provider: members[0]}
	commissioner := person(n.authority, policy.Commissioner)
	query := w.act(commissioner, "queryPrice", fields{"offer": n.offers[0], "kind": "UNCLEAR", "question": w.words(what)}, "priceQuery { id }").At("priceQuery.id").Text()
	w.act(bidder(members[0]), "answerPriceQuery", fields{"query": query, "answer": w.words(what)}, "")
	w.act(commissioner, "decidePriceQuery", fields{"query": query, "accepted": true, "reason": w.words(what)}, "")
}

// declare has each who will act on a need declare to have no interest in it, and one more evaluator that there is one.
func (w *world) declare(n *need) {
	w.t.Helper()
	for _, capacity := range []policy.Role{policy.OpeningOfficer, policy.Commissioner, policy.Evaluator, policy.Moderator, policy.Approver} {
		for _, who := range n.staff(capacity) {
			w.act(who, "declareInterest", fields{"need": n.id, "conflict": false}, "")
		}
	}
	interested := person(n.authority, policy.Evaluator)
	interested.Key += ".interested"
	w.act(interested, "declareInterest", fields{"need": n.id, "conflict": true, "nature": w.words(secret{kind: "interest", need: n, by: interested.Key})}, "")
}

// staff are as many people of a capacity as the procedure asks for.
func (n *need) staff(capacity policy.Role) []demo.Persona {
	first, second := person(n.authority, capacity), person(n.authority, capacity)
	second.Key += ".2"
	if n.scored {
		return []demo.Persona{first, second}
	}
	return []demo.Persona{first}
}

func (w *world) open(n *need) {
	w.t.Helper()
	for _, opener := range n.staff(policy.OpeningOfficer) {
		w.act(opener, "openOffers", fields{"need": n.id}, "")
	}
}

// score finds the offers suitable and has them scored, without locking.
func (w *world) score(n *need) {
	w.t.Helper()
	for i, offer := range n.offers {
		var checks []fields
		for _, check := range []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"} {
			checks = append(checks, fields{"check": check, "passed": true, "reason": w.words(secret{kind: "check", need: n, provider: members[i]})})
		}
		w.act(person(n.authority, policy.Commissioner), "assessSuitability", fields{"offer": offer, "checks": checks}, "")
		for _, evaluator := range n.staff(policy.Evaluator) {
			w.act(evaluator, "scoreOffer", w.scoring(n, i, evaluator, "score"), "")
		}
	}
}

func (w *world) scoring(n *need, offer int, evaluator demo.Persona, kind string) fields {
	return fields{"offer": n.offers[offer], "scores": []fields{{"criterion": w.criterion(n), "points": 5 - offer,
		"comment": w.words(secret{kind: kind, need: n, provider: members[offer], by: evaluator.Key})}}}
}

func (w *world) criterion(n *need) string {
	w.t.Helper()
	return w.ask(demo.Credential{}, "query($id: ID!) { node(id: $id) { ... on Lot { criteria { id } } } }", fields{"id": w.lots[n.authority]}).Data.At("node.criteria.0.id").Text()
}

// rank locks what was scored, agrees it where the procedure asks for that, and opens the prices.
func (w *world) rank(n *need) {
	w.t.Helper()
	for _, evaluator := range n.staff(policy.Evaluator) {
		w.act(evaluator, "lockScores", fields{"need": n.id}, "")
	}
	n.locked = true
	if !n.scored {
		return
	}
	moderator := person(n.authority, policy.Moderator)
	for i, offer := range n.offers {
		w.act(moderator, "moderateOffer", fields{"offer": offer, "scores": []fields{{"criterion": w.criterion(n), "points": "4", "reason": w.words(secret{kind: "agreed", need: n, provider: members[i]})}}}, "")
	}
	w.act(moderator, "lockQuality", fields{"need": n.id}, "")
	w.open(n)
	n.priced = true
}

// placed is a child's place from the signatures on. Every third family's words are released.
func (w *world) placed(n *need, placement string, turn int) {
	w.t.Helper()
	commissioner := person(n.authority, policy.Commissioner)
	for _, who := range []demo.Persona{commissioner, bidder(n.winner)} {
		w.act(who, "signAgreement", fields{"placement": placement}, "")
	}
	if wait := n.starts.Sub(w.now()); wait > 0 {
		w.Advance(w.t, wait)
	}
	w.act(commissioner, "startPlacement", fields{"placement": placement}, "")
	w.give(n, "giveFeedback", w.feedback(secret{kind: "feedback", need: n, provider: n.winner}), placement)
	w.codes = append(w.codes, w.invite(n, "FEEDBACK", placement))
	safeguarding := person(n.authority, policy.SafeguardingLead)
	if turn%3 == 0 {
		id := w.ask(w.credential(safeguarding), "{ feedbackWords(first: 1) { edges { node { id } } } }", nil).Data.At("feedbackWords.edges.0.node.id").Text()
		w.act(safeguarding, "decideWords", fields{"words": id, "decision": "RELEASED"}, "")
		n.released = true
	}
}

func (w *world) feedback(what secret) fields {
	var ratings []fields
	for _, question := range []string{"WELCOME", "SAFE", "PROGRESS", "TOLD"} {
		ratings = append(ratings, fields{"question": question, "value": 4})
	}
	return fields{"ratings": ratings, "words": w.words(what), "mayContact": true}
}
