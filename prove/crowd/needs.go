package crowd

import (
	"fmt"
	"maps"
	"slices"

	"github.com/southeasttogether/dps/demo"
)

// How far a need has come.
const (
	stageDrafted = iota
	stagePublished
	stageClosed
	stageOpened
	stageOneSheetLocked  // one sheet of scores
	stageAllSheetsLocked // as many as the procedure asks for, and no more
	stageRanked
	stageProposed
	stageRejected
	stageApproved
	stageDeclined
	stageLapsed
	stageAccepted
	stagePlaced
	stageCount
)

// firstStages are the stages at which every authority has a need, before chance has its way.
var firstStages = []int{stagePlaced, stagePublished, stageOneSheetLocked, stageProposed, stageDrafted}

// stageOf is that of a need by its number: every second round of the Authorities is at one stage, the others at all.
func stageOf(i int) int {
	round := i / len(Authorities)
	if round%2 == 0 && round/2 < len(firstStages) {
		return firstStages[round/2]
	}
	return (i + round) % stageCount
}

// lotFor is a lot in which a stage has something to show: what is left to chance elsewhere must not be missing here.
func (c *crowdBuilder) lotFor(stage int) row {
	switch stage {
	case stagePublished: // the count of what is still sealed shows only in some lots
		return pickRandom(c, c.countingLots)
	case stageOneSheetLocked, stageAllSheetsLocked: // one sheet is not enough only where more are asked for
		return pickRandom(c, c.scoredLots)
	}
	return pickRandom(c, c.lots)
}

// addNeed adds a need and all that belongs to it. The Authorities take turns.
func (c *crowdBuilder) addNeed(i int) {
	authority, stage := OrganisationID(Authorities[i%len(Authorities)]), stageOf(i)
	lot := c.lotFor(stage)
	n := c.addRow("need", row{
		"id": c.newID(), "authority_id": authority, "lot_id": lot["id"], "reference": fmt.Sprintf("N-SYN%04d", i),
		"age_low": 10, "age_high": 12,
		"primary_need": "ASD", "other_needs": []string{}, "legal_basis": "EHC_PLAN", "home_outcode": "BN11", "travel_miles": 30,
		"start_from": c.dayAfter(60),
		"start_to":   c.dayAfter(90), "profile": someWords, "outcomes": someWords, "created_at": c.instantAfter(-60),
		"created_by": PersonNames[0],
		"joint":      false, "awaits_award": false,
	})
	about := row{"need_id": n["id"], "authority_id": authority}
	c.addRow("need_ceiling", about.withColumn("weekly", 5000))
	if stage >= stageApproved || c.withChance(0.7) {
		c.addRow("need_identity", about.withColumn("identity", someCipher))
	}
	c.addFamilyInvitation(about, "PREFERENCE", nil)
	c.linkSiblings(n)
	c.addRow("succession_case", row{
		"succession_id": c.newID(), "need_id": n["id"], "predecessor_id": authority,
		"successor_id": OrganisationID("Kent"),
	})
	c.addRow("ehc_calendar", about.addTo(row{"requested_on": c.dayAfter(-90), "post_sixteen": false}))
	c.addRow("ehc_alert", about.addTo(row{"kind": "PLAN_DUE", "due": c.instantAfter(-1)}))
	c.addAlerts(n, about)
	c.addDecisions(about)
	if stage < stagePublished {
		return
	}
	c.addPublished(i, n, about, lot, stage)
}

// addAlerts adds an alert to each capacity: some can be delegated, and those that are about needs of another can be for an appointed
// person.
func (c *crowdBuilder) addAlerts(n, about row) {
	delegable := map[string]any{
		"market_manager": nil, "commissioner": "AWARD", "opening_officer": "EVALUATE", "evaluator": "EVALUATE", "moderator": nil,
		"approver": nil, "safeguarding_lead": nil,
	}
	for _, capacity := range slices.Sorted(maps.Keys(delegable)) {
		c.addRow("alert", about.addTo(c.alertTo(capacity, n.id()).withColumn("delegable", delegable[capacity])))
	}
	for _, act := range []string{"PUBLISH", "MANAGE"} {
		c.addRow("alert", about.addTo(c.alertTo("commissioner", n.id()).withColumn("delegable", act)))
	}
}

// alertTo is an alert to a capacity, without whose it is.
func (c *crowdBuilder) alertTo(capacity, about string) row {
	return row{
		"id": c.newID(), "capacity": capacity, "kind": "PLAN_DUE", "source_id": c.newID(), "of_kind": "need", "of_id": about,
		"words": someWords, "due": c.instantAfter(-1), "at": c.instantAfter(0), "answered_by": []string{}, "raised": 1,
	}
}

// addDecisions adds what an authority decides about a need before its award.
func (c *crowdBuilder) addDecisions(about row) {
	c.addRow("area_approval", about.addTo(row{
		"id": c.newID(), "any_setting": true, "distance": "NEIGHBOURING", "approved_by": "DIRECTOR", "grounds": someWords, "emergency": true,
		"approved_at": c.instantAfter(-20), "person": PersonNames[1],
	}))
	c.addRow("need_redaction", about.addTo(row{
		"id": c.newID(), "reason": someWords, "texts": []string{}, "redacted_at": c.instantAfter(-1), "redacted_by": PersonNames[0],
	}))
	c.addRow("panel_decision", about.addTo(row{
		"decided_on": c.dayAfter(-20), "agreed": true, "reasons": someWords, "education": 50,
		"social_care": 30, "icb": 20, "recorded_at": c.instantAfter(-20), "recorded_by": PersonNames[0],
	}))
}

// addPublished adds what follows when a need is published.
func (c *crowdBuilder) addPublished(i int, n, about, lot row, stage int) {
	n["published_at"], n["deadline"], n["invited"] = c.instantAfter(-40), c.instantAfter(20), 5
	if stage >= stageClosed {
		n["deadline"] = c.instantAfter(-10)
	}
	c.addTally(about, n.id(), lot)
	c.addAppointments(about, Authorities[(i+1)%len(Authorities)])
	c.addRow("joint_share", about.addTo(row{
		"joint_id": c.newID(), "reference": "J-SYN", "made_at": c.instantAfter(-40),
		"made_by": PersonNames[0],
	}))
	if stage == stagePublished && c.withChance(0.3) {
		n["withdrawn_at"], n["withdraw_reason"] = c.instantAfter(-1), someWords
	}
	if stage >= stageRanked {
		n["ranked_at"] = c.instantAfter(-4)
	}
	offers := c.addOffers(about, lot, stage >= stageOpened)
	if stage >= stageOpened {
		n["opened_at"] = c.instantAfter(-9)
		c.addEvaluation(about, lot, offers, stage)
	}
	if stage == stagePublished { // what no story could lead to, for the hands that are to keep off it
		c.addRow("ranking", about.addTo(row{
			"id": c.newID(), "offer_id": c.newID(), "provider_id": ProviderID(1), "rank": 1, "quality": 30,
			"price": 50, "total": 80, "arithmetic": someWords, "reckoned_at": c.instantAfter(-4),
		}))
	}
	if stage >= stageProposed {
		c.addAward(about, offers, stage)
	}
	if stage == stageRanked || stage == stageRejected || stage == stagePlaced { // the last where no story could lead, for who has but few
		c.addRow("no_award", about.addTo(row{"reason": "NEED_CHANGED", "words": someWords, "at": c.instantAfter(-1), "person": PersonNames[0]}))
	}
}

// appointedOnceIn are the Authorities whose people are appointed in one capacity and, but by their neighbour, in no other.
var appointedOnceIn = map[string]string{"OPENING_OFFICER": "Wandsworth", "EVALUATOR": "Sutton", "MODERATOR": "Merton"}

// addAppointments appoints people to evaluate together: in each capacity one of a neighbour, one of who has left the region, one who is
// appointed in no other, and others of anybody, some of whom have ended.
func (c *crowdBuilder) addAppointments(about row, neighbour string) {
	for _, capacity := range []string{"OPENING_OFFICER", "EVALUATOR", "MODERATOR"} {
		added := map[string]bool{}
		add := func(authority, person string) row {
			if added[authority+person] {
				return row{}
			}
			added[authority+person] = true
			return c.addRow("appointment", about.addTo(row{
				"id": c.newID(), "organisation_id": OrganisationID(authority), "person": person,
				"capacity": capacity, "made_at": c.instantAfter(-20), "made_by": PersonNames[0],
			}))
		}
		add(neighbour, PersonNames[0])
		add(LeavingBorough, PersonNames[1])
		add(appointedOnceIn[capacity], PersonNames[0])
		for i, other := range c.random.Perm(len(Authorities))[:3] {
			if Authorities[other] == neighbour || slices.Contains(slices.Collect(maps.Values(appointedOnceIn)), Authorities[other]) {
				continue // whose people those are
			}
			if a := add(Authorities[other], pickRandom(c, PersonNames)); i == 2 {
				a["ended_at"], a["ended_by"] = c.instantAfter(-2), PersonNames[0]
			}
		}
	}
}

// linkSiblings links each need with the one before of the same authority, and tells of a change of it.
func (c *crowdBuilder) linkSiblings(n row) {
	for _, other := range c.rows["need"] {
		if other["authority_id"] == n["authority_id"] && other["id"] != n["id"] && c.withChance(0.3) {
			c.addRow("need_link", row{
				"need_id": n["id"], "sibling_id": other["id"], "authority_id": n["authority_id"],
				"linked_at": c.instantAfter(-50), "linked_by": PersonNames[0],
			})
			c.addRow("need_link", row{
				"need_id": other["id"], "sibling_id": n["id"], "authority_id": n["authority_id"],
				"linked_at": c.instantAfter(-50), "linked_by": PersonNames[0],
			})
		}
	}
	c.addRow("need_change", row{
		"need_id": n["id"], "authority_id": n["authority_id"], "changed_at": c.instantAfter(-30),
		"changed_by": PersonNames[0], "reason": someWords, "offers_voided": true, "fields": []string{},
	})
}

func (r row) addTo(more row) row {
	for name, value := range r {
		if _, ok := more[name]; !ok {
			more[name] = value
		}
	}
	return more
}

func (c *crowdBuilder) addTally(about row, offer string, lot row) {
	c.addRow("offer_tally", row{
		"offer_id": offer, "need_id": about["need_id"], "authority_id": about["authority_id"],
		"shown": lot["shows_count"],
	})
}

// addOffers invites five providers; three of them offer, and what they offered is opened if the need is.
func (c *crowdBuilder) addOffers(about, lot row, isOpen bool) (opened []row) {
	for i, n := range c.random.Perm(ProviderCount)[:5] {
		if i < 2 { // of needs that no story would lead to, too
			c.addRow("telephone_offer", about.addTo(row{
				"id": c.newID(), "provider_id": ProviderID(n + 1), "setting_id": demo.SettingID(2*n +
					1).String(), "starts_on": c.dayAfter(1), "weekly": 1000, "weeks": 52,
				"words": someWords, "said_by": PersonNames[0], "said_at": c.instantAfter(-20), "entered_by": PersonNames[0],
				"entered_at": c.instantAfter(-20), "confirm_by": c.instantAfter(-18),
			}))
		}
		invitation := c.addRow("invitation", about.addTo(row{
			"provider_id": ProviderID(n + 1), "lot_id": lot["id"],
			"invited_at": c.instantAfter(-40),
		}))
		c.addQuestions(about, ProviderID(n+1), i)
		if i > 2 {
			invitation["answer"] = c.valueOrNil("INTENDS")
			continue
		}
		o := about.addTo(row{
			"id": c.newID(), "provider_id": ProviderID(n + 1), "setting_id": demo.SettingID(2*n + 1 + i%2).String(),
			"version": 2, "received_at": c.instantAfter(-20), "receipt": "synthetic",
		})
		sealed := c.addRow("sealed_offer", o.addTo(row{}))
		for _, part := range []string{"QUALITY", "PRICE"} { // of the first version, which nobody reads any more
			c.addRow("sealed_part", row{
				"offer_id": o["id"], "provider_id": o["provider_id"], "need_id": o["need_id"], "version": 1, "part": part,
				"ciphertext": someCipher, "keeper_key": someCipher, "provider_key": someCipher,
			})
		}
		if i == 2 && c.withChance(0.5) {
			sealed["withdrawn_at"] = c.instantAfter(-15)
			continue
		}
		c.addTally(about, o.id(), lot)
		if isOpen {
			opened = append(opened, c.addOpenedOffer(o))
		}
	}
	return opened
}

// addQuestions: the first two of those who were invited have asked, and what the first asked is answered; the third was chased.
func (c *crowdBuilder) addQuestions(about row, who string, i int) {
	if i == 2 {
		c.addRow("chase", about.addTo(row{"provider_id": who, "words": someWords, "sent_at": c.instantAfter(-30), "sent_by": PersonNames[0]}))
	}
	if i > 1 {
		return
	}
	question := c.addRow("clarification", about.addTo(row{"id": c.newID(), "question": someWords}))
	if i == 0 {
		question["answer"], question["answered_at"] = someWords, c.instantAfter(-25)
		c.addRow("clarification_correction", about.addTo(row{
			"id": c.newID(), "clarification_id": question["id"], "earlier_answer": someWords, "reason": someWords,
			"corrected_at": c.instantAfter(-24), "corrected_by": PersonNames[0],
		}))
	}
	c.addRow("clarification_asker", row{"clarification_id": question["id"], "need_id": about["need_id"], "provider_id": who})
}

func (c *crowdBuilder) addOpenedOffer(o row) row {
	c.addRow("offer", o.addTo(row{
		"starts_on": c.dayAfter(70), "places": 1, "needs_met": someWords, "outcomes_met": someWords,
		"assumptions": someWords,
	}))
	of := row{
		"offer_id": o["id"], "need_id": o["need_id"], "authority_id": o["authority_id"], "provider_id": o["provider_id"],
		"setting_id": o["setting_id"],
	}
	if c.withChance(0.8) {
		c.addRow("offer_price", of.addTo(row{"weekly": 1000, "weeks": 38, "annual": 38000}))
		c.addRow("offer_fee", of.addTo(row{"position": 1, "kind": "EDUCATION", "description": someWords, "weekly": 1000}))
	}
	return of
}

// addEvaluation: officers opened, somebody found the offers suitable, people scored, and some of them locked their sheets.
func (c *crowdBuilder) addEvaluation(about, lot row, offers []row, stage int) {
	for _, person := range PersonNames[:2] {
		c.addRow("opening_approval", about.addTo(row{"stage": "QUALITY", "person": person, "at": c.instantAfter(-9)}))
	}
	for i, person := range PersonNames {
		sheet := c.addRow("score_sheet", about.addTo(row{"person": person}))
		if stage > stageAllSheetsLocked || stage == stageAllSheetsLocked && i < 2 || stage == stageOneSheetLocked && i == 0 {
			sheet["locked_at"] = c.instantAfter(-5)
		}
	}
	c.addInterests(about)
	criterion := c.criteria[lot.id()][0]
	for rank, of := range offers {
		c.addRow("suitability", of.addTo(row{
			"check_code": "AGE", "passed": true, "reason": someWords, "person": PersonNames[0],
			"at": c.instantAfter(-8),
		}))
		for _, person := range PersonNames {
			c.addRow("score", of.addTo(row{"criterion_id": criterion, "person": person, "points": 3, "comment": someWords}))
		}
		if stage >= stageOneSheetLocked {
			c.addRow("price_query", of.addTo(row{
				"id": c.newID(), "kind": "UNCLEAR", "question": someWords, "asked_at": c.instantAfter(-5),
				"asked_by": PersonNames[0], "answer_by": c.instantAfter(5),
			}))
		}
		if stage >= stageAllSheetsLocked {
			c.addRow("moderation", of.addTo(row{
				"criterion_id": criterion, "points": 3, "reason": someWords, "person": PersonNames[0],
				"at": c.instantAfter(-4),
			}))
		}
		if stage >= stageRanked {
			place := row{"rank": rank + 1, "quality": 30, "price": 50, "total": 80, "arithmetic": someWords, "reckoned_at": c.instantAfter(-4)}
			c.addRow("ranking", of.addTo(place.addTo(row{"id": c.newID()})))
			if rank == 0 {
				c.addRow("ranking", of.addTo(place.addTo(row{"id": c.newID(), "reckoned_at": c.instantAfter(-5), "superseded_at": c.instantAfter(-4)})))
			}
		}
	}
}

// addInterests: everybody has declared; one in five needs has an evaluator who found out later that there is one.
func (c *crowdBuilder) addInterests(about row) {
	for i, person := range PersonNames {
		c.addRow("interest", about.addTo(row{"id": c.newID(), "person": person, "conflict": false, "at": c.instantAfter(-9), "opened": "{}"}))
		if i == 0 && c.withChance(0.2) {
			id := c.newID()
			c.addRow("interest", about.addTo(row{
				"id": id, "person": person, "conflict": true, "nature": c.protectText("interest:"+id, someWords),
				"at": c.instantAfter(-4), "opened": "{}",
			}))
		}
	}
}
