package canary_test

import (
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const anyNeed = "ASD - Autistic Spectrum Disorder"

// invitedProviders are the providers that are invited to every need.
var invitedProviders = []int{1, 2, 3}

// plantStories tells many stories: drafts, needs with sealed offers, and needs that reach a later stage.
func (w *world) plantStories(drafts, sealed, lived int) {
	w.t.Helper()
	for _, authority := range authorities {
		w.publishLot(authority)
	}
	var begun []*need
	for _, authority := range authorities {
		for range drafts {
			w.draftNeed(authority)
		}
		for range lived {
			begun = append(begun, w.publishWithOffers(authority))
		}
	}
	w.Advance(w.t, 12*24*time.Hour+time.Second)
	for i, n := range begun {
		w.liveNeed(n, i%lived)
	}
	for _, authority := range authorities {
		for range sealed {
			w.publishWithOffers(authority)
		}
	}
}

// publishLot is a published lot for an authority's needs, with its members.
func (w *world) publishLot(authority string) {
	w.t.Helper()
	manager := officerOf(leadAuthority, policy.MarketManager)
	procedure := map[string]string{"Kent": "SCORED", "Surrey": "MATCHING"}[authority]
	lot := w.mustChange(manager, "createLot", fields{
		"market": opaqueID("market", demo.MarketID()), "name": "Children's homes for " + authority, "description": "Places in children's homes.",
		"kind":      "CHILDRENS_HOME",
		"procedure": procedure, "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed}, "contract": "Synthetic contract",
		"contractVersion": "2026",
		"criteria": []fields{{"kind": "QUALITY", "name": "Match", "description": "How they fit.", "weight": "60"}, {
			"kind": "PRICE",
			"name": "Price", "description": "For a year.", "weight": "40",
		}},
	}, "lot { id }").At("lot.id").Text()
	w.lots[authority] = lot
	w.mustChange(manager, "publishLot", fields{"lot": lot}, "")
	for _, n := range invitedProviders {
		application := w.mustChange(bidsManagerOf(n), "submitApplication", fields{"lot": lot, "statement": w.plantText(secret{
			kind:     "statement",
			provider: n,
		}), "noGroundForExclusion": true},
			"application { id }").At("application.id").Text()
		w.mustChange(manager, "decideApplication", fields{
			"application": application, "decision": "ADMITTED",
			"reasons": w.plantText(secret{kind: "statement", provider: n}),
		}, "")
	}
}

// needInput is the input of a need.
func (w *world) needInput(authority, kindOfText, kindOfPrice string, n *need) fields {
	now := w.marketTime()
	return fields{
		"lot": w.lots[authority], "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11",
		"travelMiles": 30,
		"startFrom":   now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly),
		"profile": w.plantText(secret{kind: kindOfText, need: n}), "outcomes": w.plantText(secret{kind: kindOfText, need: n}),
		"ceilingWeekly": w.plantAmount(secret{kind: kindOfPrice, need: n}),
	}
}

// draftNeed is a need with a child, and what the family would like.
func (w *world) draftNeed(authority string) *need {
	w.t.Helper()
	n := &need{authority: authority, scored: authority == "Kent"}
	w.needs = append(w.needs, n)
	commissioner := officerOf(authority, policy.Commissioner)
	n.id = w.mustChange(commissioner, "createNeed", w.needInput(authority, "profile", "ceiling", n), "need { id }").At("need.id").Text()
	w.mustChange(commissioner, "recordIdentity", w.identityInput(n, "child"), "")
	w.sayAsFamily(n, "givePreference", fields{"words": w.plantText(secret{kind: "preference", need: n})}, "")
	return n
}

func (w *world) identityInput(n *need, kind string) fields {
	return fields{"need": n.id, "name": w.plantWord(secret{kind: kind, need: n}), "dateOfBirth": w.plantBirthDate(secret{kind: kind, need: n})}
}

// inviteFamily makes a family's one-time code.
func (w *world) inviteFamily(n *need, kind, respondent, placement string) string {
	w.t.Helper()
	in := fields{"need": n.id, "kind": kind, "respondent": respondent}
	if placement != "" {
		in["placement"] = placement
	}
	return w.plantCode(w.mustChange(officerOf(n.authority, policy.Commissioner), "inviteFamily", in, "code").At("code").Text(),
		secret{kind: "code", need: n})
}

func (w *world) sayAsFamily(n *need, mutation string, in fields, placement string) {
	w.t.Helper()
	kind := map[string]string{"givePreference": "PREFERENCE", "giveFeedback": "FEEDBACK"}[mutation]
	w.mustChangeAs(demo.Credential{Authorization: "Invitation " + w.inviteFamily(n, kind, "PARENT", placement)}, mutation, in, "received")
}

// offerInput is the input of an offer.
func (w *world) offerInput(n *need, provider int, kindOfText, kindOfPrice string) fields {
	what := secret{kind: kindOfText, need: n, provider: provider}
	price := secret{kind: kindOfPrice, need: n, provider: provider}
	return fields{
		"need": n.id, "setting": opaqueID("setting", demo.SettingID(2*provider)), "startsOn": w.marketTime().AddDate(0, 0,
			60).Format(time.DateOnly), "weeks": 52,
		"needsMet": w.plantText(what), "outcomesMet": w.plantText(what), "assumptions": w.plantText(what),
		"fees": []fields{{"kind": "RESIDENTIAL_CARE", "description": w.plantText(price), "weekly": w.plantAmount(price)}},
	}
}

// publishWithOffers is a published need with two sealed offers.
func (w *world) publishWithOffers(authority string) *need {
	w.t.Helper()
	n := w.draftNeed(authority)
	w.mustChange(officerOf(authority, policy.Commissioner), "publishNeed", fields{
		"need": n.id, "deadline": w.marketTime().AddDate(0, 0, 12),
		"uniqueReason": w.plantText(secret{kind: "profile", need: n}),
	}, "")
	n.published, n.starts = true, w.marketTime().AddDate(0, 0, 61)
	for _, provider := range invitedProviders[:2] {
		n.offers = append(n.offers, w.mustChange(bidsManagerOf(provider), "submitOffer", w.offerInput(n, provider, "offer", "price"),
			"offer { id }").At("offer.id").Text())
	}
	return n
}

// liveNeed continues a need after its deadline: one to the scores, one to a proposal, one to an award that is declined,
// the others to a child's place and the family's feedback.
func (w *world) liveNeed(n *need, until int) {
	w.t.Helper()
	w.declareInterests(n)
	w.openOffers(n)
	n.opened, n.priced = true, !n.scored
	w.scoreOffers(n)
	if until == 1 {
		return
	}
	w.lockAndRank(n)
	w.queryPrice(n)
	commissioner, approver := officerOf(n.authority, policy.Commissioner), officerOf(n.authority, policy.Approver)
	n.winner = invitedProviders[0]
	propose := func() string { return w.proposeAward(n, commissioner) }
	w.mustChange(approver, "rejectAward", fields{"award": propose(), "reason": w.plantText(secret{kind: "rejection", need: n})}, "")
	award := propose()
	if until == 2 {
		return
	}
	w.mustChange(commissioner, "recordPanelDecision", fields{
		"need": n.id, "decidedOn": "2026-01-05", "agreed": true,
		"reasons": "Synthetic: no place nearer.", "education": "100.00", "socialCare": "0.00", "icb": "0.00",
	}, "")
	w.mustChange(approver, "approveAward", fields{"award": award, "standstill": false}, "")
	n.approved = true
	if until == 3 {
		w.mustChange(bidsManagerOf(n.winner), "declineAward", fields{"award": award, "reason": w.plantText(secret{
			kind: "declined", need: n,
			provider: n.winner,
		})}, "")
		return
	}
	w.execAsAdmin("UPDATE dps.setting SET local_authority = (SELECT dfe_code FROM dps.organisation WHERE id = '" +
		commissioner.Organisation.String() + "')") // the child stays in its authority's own area
	placement := w.mustChange(bidsManagerOf(n.winner), "acceptAward", fields{"award": award},
		"award { placement { id } }").At("award.placement.id").Text()
	n.accepted = true
	w.mustChange(commissioner, "recordAwardNotice", fields{
		"award": award, "kind": "AWARD", "reference": "Synthetic: 1",
		"publishedOn": market.LondonDate(w.marketTime()).String(),
	}, "")
	w.startPlacement(n, placement, until)
}

// queryPrice has a price queried, explained and accepted.
func (w *world) queryPrice(n *need) {
	w.t.Helper()
	what := secret{kind: "query", need: n, provider: invitedProviders[0]}
	commissioner := officerOf(n.authority, policy.Commissioner)
	query := w.mustChange(commissioner, "queryPrice", fields{"offer": n.offers[0], "kind": "UNCLEAR", "question": w.plantText(what)},
		"priceQuery { id }").At("priceQuery.id").Text()
	w.mustChange(bidsManagerOf(invitedProviders[0]), "answerPriceQuery", fields{"query": query, "answer": w.plantText(what)}, "")
	w.mustChange(commissioner, "decidePriceQuery", fields{"query": query, "accepted": true, "reason": w.plantText(what)}, "")
}

// declareInterests makes each person who will act on the need declare that they have no interest in it, and one more
// evaluator declare one.
func (w *world) declareInterests(n *need) {
	w.t.Helper()
	for _, capacity := range []policy.Role{policy.OpeningOfficer, policy.Commissioner, policy.Evaluator, policy.Moderator, policy.Approver} {
		for _, who := range n.staffOf(capacity) {
			w.mustChange(who, "declareInterest", fields{"need": n.id, "conflict": false}, "")
		}
	}
	interested := officerOf(n.authority, policy.Evaluator)
	interested.Key += ".interested"
	w.mustChange(interested, "declareInterest", fields{"need": n.id, "conflict": true, "nature": w.plantText(secret{
		kind: "interest", need: n,
		writer: interested.Key,
	})}, "")
}

// staffOf are as many people of a capacity as the procedure asks for.
func (n *need) staffOf(capacity policy.Role) []demo.Persona {
	first, second := officerOf(n.authority, capacity), officerOf(n.authority, capacity)
	second.Key += ".2"
	if n.scored {
		return []demo.Persona{first, second}
	}
	return []demo.Persona{first}
}

func (w *world) openOffers(n *need) {
	w.t.Helper()
	for _, opener := range n.staffOf(policy.OpeningOfficer) {
		w.mustChange(opener, "openOffers", fields{"need": n.id}, "")
	}
}

// scoreOffers finds the offers suitable and has them scored, without locking.
func (w *world) scoreOffers(n *need) {
	w.t.Helper()
	for i, offer := range n.offers {
		var checks []fields
		for _, check := range []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"} {
			checks = append(checks, fields{"check": check, "passed": true, "reason": w.plantText(secret{
				kind: "check", need: n,
				provider: invitedProviders[i],
			})})
		}
		w.mustChange(officerOf(n.authority, policy.Commissioner), "assessSuitability", fields{"offer": offer, "checks": checks}, "")
		for _, evaluator := range n.staffOf(policy.Evaluator) {
			w.mustChange(evaluator, "scoreOffer", w.scoreInput(n, i, evaluator, "score"), "")
		}
	}
}

func (w *world) scoreInput(n *need, offer int, evaluator demo.Persona, kind string) fields {
	return fields{"offer": n.offers[offer], "scores": []fields{{
		"criterion": w.criterionOf(n), "points": 5 - offer,
		"comment": w.plantText(secret{kind: kind, need: n, provider: invitedProviders[offer], writer: evaluator.Key}),
	}}}
}

func (w *world) criterionOf(n *need) string {
	w.t.Helper()
	return w.sendQuery(demo.Credential{}, "query($id: ID!) { node(id: $id) { ... on Lot { criteria { id } } } }",
		fields{"id": w.lots[n.authority]}).Data.At("node.criteria.0.id").Text()
}

// lockAndRank locks what was scored, agrees it where the procedure asks for that, and opens the prices.
func (w *world) lockAndRank(n *need) {
	w.t.Helper()
	for _, evaluator := range n.staffOf(policy.Evaluator) {
		w.mustChange(evaluator, "lockScores", fields{"need": n.id}, "")
	}
	n.locked = true
	if !n.scored {
		return
	}
	moderator := officerOf(n.authority, policy.Moderator)
	for i, offer := range n.offers {
		w.mustChange(moderator, "moderateOffer", fields{"offer": offer, "scores": []fields{{
			"criterion": w.criterionOf(n), "points": "4",
			"reason": w.plantText(secret{kind: "agreed", need: n, provider: invitedProviders[i]}),
		}}}, "")
	}
	w.mustChange(moderator, "lockQuality", fields{"need": n.id}, "")
	w.openOffers(n)
	n.priced = true
}

// startPlacement is a child's place from the signatures on. Every third family's words are released.
func (w *world) startPlacement(n *need, placement string, turn int) {
	w.t.Helper()
	commissioner := officerOf(n.authority, policy.Commissioner)
	for _, who := range []demo.Persona{commissioner, bidsManagerOf(n.winner)} {
		w.mustChange(who, "signAgreement", fields{"placement": placement}, "")
	}
	if wait := n.starts.Sub(w.marketTime()); wait > 0 {
		w.Advance(w.t, wait)
	}
	w.mustChange(commissioner, "startPlacement", fields{"placement": placement}, "")
	w.sayAsFamily(n, "giveFeedback", w.feedbackInput(secret{kind: "feedback", need: n, provider: n.winner}), placement)
	w.codes = append(w.codes, w.inviteFamily(n, "FEEDBACK", "YOUNG_PERSON", placement))
	safeguarding := officerOf(n.authority, policy.SafeguardingLead)
	if turn%3 == 0 {
		id := w.sendQuery(w.credentialOf(safeguarding), "{ feedbackWords(first: 1) { edges { node { id } } } }",
			nil).Data.At("feedbackWords.edges.0.node.id").Text()
		w.mustChange(safeguarding, "decideWords", fields{"words": id, "decision": "RELEASED"}, "")
		n.released = true
	}
}

func (w *world) feedbackInput(what secret) fields {
	var ratings []fields
	for _, question := range []string{"WELCOME", "SAFE", "PROGRESS", "TOLD"} {
		ratings = append(ratings, fields{"question": question, "value": 4})
	}
	return fields{"ratings": ratings, "words": w.plantText(what), "mayContact": true}
}

// proposeAward proposes the winner's offer; where its price happens to be over the ceiling, with the ground.
func (w *world) proposeAward(n *need, commissioner demo.Persona) string {
	w.t.Helper()
	in := fields{"offer": n.offers[0], "reason": w.plantText(secret{kind: "award", need: n, provider: n.winner})}
	done, reply := w.tryChange(w.credentialOf(commissioner), "proposeAward", in, "award { id }")
	switch done.At("problems.0.field").Text() {
	case "":
	case "grounds.overCeiling":
		delete(in, "idempotencyKey")
		in["grounds"] = fields{
			"overCeiling": "Synthetic: no place at a lower price keeps the child safe, " + w.plantText(secret{kind: "ground", need: n}),
		}
		done = w.mustChange(commissioner, "proposeAward", in, "award { id }")
	default:
		w.t.Fatalf("proposeAward: %s", reply.Raw)
	}
	return done.At("award.id").Text()
}
