package rights

import (
	"fmt"
	"maps"
	"slices"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/seal"
)

// How far a need has come.
const (
	drafted = iota
	published
	closed
	opened
	oneLocked // one sheet of scores
	allSheets // as many as the procedure asks for, and no more
	ranked
	proposed
	rejected
	approvedStage
	declined
	lapsed
	accepted
	placed
	stages
)

// first are the stages at which every authority has a need, before chance has its way.
var first = []int{placed, published, oneLocked, proposed, drafted}

// stage is that of a need by its number: every second round of the authorities is at one stage, the others at all.
func stage(i int) int {
	round := i / len(authorities)
	if round%2 == 0 && round/2 < len(first) {
		return first[round/2]
	}
	return (i + round) % stages
}

// lotFor is a lot in which a stage has something to show: what is left to chance elsewhere must not be missing here.
func (c *crowd) lotFor(stage int) Row {
	switch stage {
	case published: // the count of what is still sealed shows only in some lots
		return pick(c, c.counting)
	case oneLocked, allSheets: // one sheet is not enough only where more are asked for
		return pick(c, c.scored)
	}
	return pick(c, c.lots)
}

// need adds a need and all that belongs to it. The authorities take turns.
func (c *crowd) need(i int) {
	authority, stage := organisation(authorities[i%len(authorities)]), stage(i)
	lot := c.lotFor(stage)
	n := c.add("need", Row{"id": c.id(), "authority_id": authority, "lot_id": lot["id"], "reference": fmt.Sprintf("N-SYN%04d", i), "age_low": 10, "age_high": 12,
		"primary_need": "ASD", "other_needs": []string{}, "legal_basis": "EHC_PLAN", "home_outcode": "BN11", "travel_miles": 30, "start_from": c.day(60),
		"start_to": c.day(90), "profile": words, "outcomes": words, "created_at": c.at(-60), "created_by": Persons[0], "joint": false})
	about := Row{"need_id": n["id"], "authority_id": authority}
	c.add("need_ceiling", about.with("weekly", 5000))
	if stage >= approvedStage || c.chance(0.7) {
		c.add("need_identity", about.with("identity", cipher))
	}
	c.family(about, "PREFERENCE", nil)
	c.link(n)
	c.add("succession_case", Row{"succession_id": c.id(), "need_id": n["id"], "predecessor_id": authority, "successor_id": organisation("Kent")})
	c.add("ehc_calendar", about.and(Row{"requested_on": c.day(-90), "post_sixteen": false}))
	c.add("ehc_alert", about.and(Row{"kind": "PLAN_DUE", "due": c.at(-1)}))
	for _, capacity := range []string{"market_manager", "commissioner", "opening_officer", "safeguarding_lead"} {
		c.add("alert", about.and(Row{"id": c.id(), "capacity": capacity, "kind": "PLAN_DUE", "source_id": c.id(), "of_kind": "need", "of_id": n["id"], "words": words, "due": c.at(-1), "at": c.at(0)}))
	}
	c.add("area_approval", about.and(Row{"distance": "NEIGHBOURING", "approved_by": "DIRECTOR", "grounds": words, "emergency": true, "approved_at": c.at(-20), "person": Persons[1]}))
	c.add("panel_decision", about.and(Row{"decided_on": c.day(-20), "agreed": true, "reasons": words, "education": 50, "social_care": 30, "icb": 20, "recorded_at": c.at(-20), "recorded_by": Persons[0]}))
	if stage < published {
		return
	}
	n["published_at"], n["deadline"], n["invited"] = c.at(-40), c.at(20), 5
	if stage >= closed {
		n["deadline"] = c.at(-10)
	}
	c.tally(about, n.Text("id"), lot)
	c.appoint(about, authorities[(i+1)%len(authorities)])
	c.add("joint_share", about.and(Row{"joint_id": c.id(), "reference": "J-SYN", "made_at": c.at(-40), "made_by": Persons[0]}))
	if stage == published && c.chance(0.3) {
		n["withdrawn_at"], n["withdraw_reason"] = c.at(-1), words
	}
	if stage >= ranked {
		n["ranked_at"] = c.at(-4)
	}
	offers := c.offers(about, lot, stage >= opened)
	if stage >= opened {
		n["opened_at"] = c.at(-9)
		c.evaluation(about, lot, offers, stage)
	}
	if stage == published { // what no story could lead to, for the hands that are to keep off it
		c.add("ranking", about.and(Row{"id": c.id(), "offer_id": c.id(), "provider_id": provider(1), "rank": 1, "quality": 30, "price": 50, "total": 80, "arithmetic": words, "reckoned_at": c.at(-4)}))
	}
	if stage >= proposed {
		c.award(about, offers, stage)
	}
	if stage == ranked || stage == rejected || stage == placed { // the last where no story could lead, for who has but few
		c.add("no_award", about.and(Row{"reason": "NEED_CHANGED", "words": words, "at": c.at(-1), "person": Persons[0]}))
	}
}

// single are the authorities whose people are appointed in one capacity and, but by their neighbour, in no other.
var single = map[string]string{"OPENING_OFFICER": "Wandsworth", "EVALUATOR": "Sutton", "MODERATOR": "Merton"}

// appoint appoints people to evaluate together: in each capacity one of a neighbour, one of who has left the region, one who is
// appointed in no other, and others of anybody, some of whom have ended.
func (c *crowd) appoint(about Row, neighbour string) {
	for _, capacity := range []string{"OPENING_OFFICER", "EVALUATOR", "MODERATOR"} {
		there := map[string]bool{}
		add := func(authority, person string) Row {
			if there[authority+person] {
				return Row{}
			}
			there[authority+person] = true
			return c.add("appointment", about.and(Row{"id": c.id(), "organisation_id": organisation(authority), "person": person, "capacity": capacity, "made_at": c.at(-20), "made_by": Persons[0]}))
		}
		add(neighbour, Persons[0])
		add(leaver, Persons[1])
		add(single[capacity], Persons[0])
		for i, other := range c.random.Perm(len(authorities))[:3] {
			if authorities[other] == neighbour || slices.Contains(slices.Collect(maps.Values(single)), authorities[other]) {
				continue // whose people those are
			}
			if a := add(authorities[other], pick(c, Persons)); i == 2 {
				a["ended_at"], a["ended_by"] = c.at(-2), Persons[0]
			}
		}
	}
}

// link links each need with the one before of the same authority, and tells of a change of it.
func (c *crowd) link(n Row) {
	for _, other := range c.rows["need"] {
		if other["authority_id"] == n["authority_id"] && other["id"] != n["id"] && c.chance(0.3) {
			c.add("need_link", Row{"need_id": n["id"], "sibling_id": other["id"], "authority_id": n["authority_id"], "linked_at": c.at(-50), "linked_by": Persons[0]})
			c.add("need_link", Row{"need_id": other["id"], "sibling_id": n["id"], "authority_id": n["authority_id"], "linked_at": c.at(-50), "linked_by": Persons[0]})
		}
	}
	c.add("need_change", Row{"need_id": n["id"], "authority_id": n["authority_id"], "changed_at": c.at(-30), "changed_by": Persons[0], "reason": words, "fields": []string{}})
}

func (r Row) and(more Row) Row {
	for name, value := range r {
		if _, given := more[name]; !given {
			more[name] = value
		}
	}
	return more
}

func (c *crowd) tally(about Row, offer string, lot Row) {
	c.add("offer_tally", Row{"offer_id": offer, "need_id": about["need_id"], "authority_id": about["authority_id"], "shown": lot["shows_count"]})
}

// offers invites five providers; three of them offer, and what they offered is opened if the need is.
func (c *crowd) offers(about, lot Row, isOpen bool) (opened []Row) {
	for i, n := range c.random.Perm(providers)[:5] {
		if i < 2 { // of needs that no story would lead to, too
			c.add("telephone_offer", about.and(Row{"id": c.id(), "provider_id": provider(n + 1), "setting_id": demo.SettingID(2*n + 1).String(), "starts_on": c.day(1), "weekly": 1000, "weeks": 52,
				"words": words, "said_by": Persons[0], "said_at": c.at(-20), "entered_by": Persons[0], "entered_at": c.at(-20), "confirm_by": c.at(-18)}))
		}
		invitation := c.add("invitation", about.and(Row{"provider_id": provider(n + 1), "lot_id": lot["id"], "invited_at": c.at(-40)}))
		c.asks(about, provider(n+1), i)
		if i > 2 {
			invitation["answer"] = c.either("INTENDS")
			continue
		}
		o := about.and(Row{"id": c.id(), "provider_id": provider(n + 1), "setting_id": demo.SettingID(2*n + 1 + i%2).String(), "version": 2, "received_at": c.at(-20), "receipt": "synthetic"})
		sealed := c.add("sealed_offer", o.and(Row{}))
		for _, part := range []string{"QUALITY", "PRICE"} { // of the first version, which nobody reads any more
			c.add("sealed_part", Row{"offer_id": o["id"], "provider_id": o["provider_id"], "need_id": o["need_id"], "version": 1, "part": part, "ciphertext": cipher, "keeper_key": cipher, "provider_key": cipher})
		}
		if i == 2 && c.chance(0.5) {
			sealed["withdrawn_at"] = c.at(-15)
			continue
		}
		c.tally(about, o.Text("id"), lot)
		if isOpen {
			opened = append(opened, c.opened(o))
		}
	}
	return opened
}

// asks: the first two of those who were invited have asked, and what the first asked is answered; the third was chased.
func (c *crowd) asks(about Row, who string, i int) {
	if i == 2 {
		c.add("chase", about.and(Row{"provider_id": who, "words": words, "sent_at": c.at(-30), "sent_by": Persons[0]}))
	}
	if i > 1 {
		return
	}
	question := c.add("clarification", about.and(Row{"id": c.id(), "question": words}))
	if i == 0 {
		question["answer"], question["answered_at"] = words, c.at(-25)
	}
	c.add("clarification_asker", Row{"clarification_id": question["id"], "need_id": about["need_id"], "provider_id": who})
}

func (c *crowd) opened(o Row) Row {
	c.add("offer", o.and(Row{"starts_on": c.day(70), "places": 1, "needs_met": words, "outcomes_met": words, "assumptions": words}))
	of := Row{"offer_id": o["id"], "need_id": o["need_id"], "authority_id": o["authority_id"], "provider_id": o["provider_id"], "setting_id": o["setting_id"]}
	if c.chance(0.8) {
		c.add("offer_price", of.and(Row{"weekly": 1000, "weeks": 38, "annual": 38000}))
		c.add("offer_fee", of.and(Row{"position": 1, "kind": "EDUCATION", "description": words, "weekly": 1000}))
	}
	return of
}

// evaluation: officers opened, somebody found the offers suitable, people scored, and some of them locked their sheets.
func (c *crowd) evaluation(about, lot Row, offers []Row, stage int) {
	for _, person := range Persons[:2] {
		c.add("opening_approval", about.and(Row{"stage": "QUALITY", "person": person, "at": c.at(-9)}))
	}
	for i, person := range Persons {
		sheet := c.add("score_sheet", about.and(Row{"person": person}))
		if stage > allSheets || stage == allSheets && i < 2 || stage == oneLocked && i == 0 {
			sheet["locked_at"] = c.at(-5)
		}
	}
	c.interests(about)
	criterion := c.criteria[lot.Text("id")][0]
	for rank, of := range offers {
		c.add("suitability", of.and(Row{"check_code": "AGE", "passed": true, "reason": words, "person": Persons[0], "at": c.at(-8)}))
		for _, person := range Persons {
			c.add("score", of.and(Row{"criterion_id": criterion, "person": person, "points": 3, "comment": words}))
		}
		if stage >= oneLocked {
			c.add("price_query", of.and(Row{"id": c.id(), "kind": "UNCLEAR", "question": words, "asked_at": c.at(-5), "asked_by": Persons[0], "answer_by": c.at(5)}))
		}
		if stage >= allSheets {
			c.add("moderation", of.and(Row{"criterion_id": criterion, "points": 3, "reason": words, "person": Persons[0], "at": c.at(-4)}))
		}
		if stage >= ranked {
			place := Row{"rank": rank + 1, "quality": 30, "price": 50, "total": 80, "arithmetic": words, "reckoned_at": c.at(-4)}
			c.add("ranking", of.and(place.and(Row{"id": c.id()})))
			if rank == 0 {
				c.add("ranking", of.and(place.and(Row{"id": c.id(), "reckoned_at": c.at(-5), "superseded_at": c.at(-4)})))
			}
		}
	}
}

// interests: everybody has declared; one in five needs has an evaluator who found out later that there is one.
func (c *crowd) interests(about Row) {
	for i, person := range Persons {
		c.add("interest", about.and(Row{"id": c.id(), "person": person, "conflict": false, "at": c.at(-9), "opened": "{}"}))
		if i == 0 && c.chance(0.2) {
			id := c.id()
			c.add("interest", about.and(Row{"id": id, "person": person, "conflict": true, "nature": c.protect("interest:"+id, words), "at": c.at(-4), "opened": "{}"}))
		}
	}
}

// award goes to the first offer, or after it declined to the second.
func (c *crowd) award(about Row, offers []Row, stage int) {
	a := c.add("award", offers[0].and(Row{"id": c.id(), "route": "COMPETITION", "reason": words, "proposed_at": c.at(-3), "proposed_by": Persons[0]}))
	if stage == approvedStage || stage == accepted || stage == placed && c.chance(0.5) {
		c.route(a)
	}
	c.add("basis", about.and(Row{"award_id": a["id"], "words": c.protect("basis:"+a.Text("id"), `{"reasons": "Synthetic", "evidence": []}`), "starts_on": c.day(70), "weekly": 1000, "weeks": 38}))
	c.add("award_notice", about.and(Row{"id": c.id(), "number": len(c.rows["award_notice"]) + 1, "award_id": a["id"], "kind": "AWARD", "reference": words, "published_on": c.day(-1), "recorded_at": c.at(-1), "recorded_by": Persons[0]}))
	if stage == rejected {
		a["rejected_at"], a["rejected_by"], a["reject_reason"] = c.at(-3), Persons[1], words
	}
	if stage < approvedStage {
		return
	}
	a["approved_at"], a["approved_by"], a["accept_by"] = c.at(-3), Persons[1], c.at(5)
	for i, of := range offers {
		c.add("letter", of.and(Row{"id": c.id(), "award_id": a["id"], "result": "NOT_AWARDED", "rank": i + 1, "total": 80, "body": words, "sent_at": c.at(-3)}))
	}
	switch stage {
	case declined:
		a["declined_at"], a["decline_reason"] = c.at(-2), words
	case lapsed:
		a["lapsed_at"] = c.at(-2)
		c.add("award", offers[1].and(Row{"id": c.id(), "route": "COMPETITION", "reason": words, "proposed_at": c.at(-1), "proposed_by": Persons[0]}))
	case accepted, placed:
		a["accepted_at"] = c.at(-2)
		c.place(about, a, stage == placed)
	}
}

// route has an award come by another route, to a provider that was seldom invited: the same for all of an authority.
func (c *crowd) route(a Row) {
	a["route"], a["offer_id"] = "TRIBUNAL", nil
	for i, name := range authorities {
		if organisation(name) == a["authority_id"] {
			a["provider_id"] = provider(1 + i)
		}
	}
}

func (c *crowd) place(about, award Row, started bool) {
	p := c.add("placement", about.and(Row{"id": c.id(), "award_id": award["id"], "provider_id": award["provider_id"], "setting_id": award["setting_id"], "starts_on": c.day(70), "route": award["route"]}))
	c.add("spending", Row{"placement_id": p["id"], "authority_id": about["authority_id"], "route": award["route"], "agreed_on": c.day(-100), "annual": 38000})
	if started {
		p["started_at"] = c.at(-1)
	}
	of := about.and(Row{"placement_id": p["id"], "provider_id": p["provider_id"], "setting_id": p["setting_id"]})
	c.add("agreement", of.and(Row{"id": c.id(), "contract": "Synthetic", "contract_version": "1", "weekly": 1000, "weeks": 38}))
	c.family(about, "FEEDBACK", of)
	for _, decision := range []any{"RELEASED", "HELD", "REFERRED", nil} {
		id := c.id()
		w := c.add("feedback_words", of.and(Row{"id": id, "respondent": "PARENT", "words": c.protect("words:"+id, words), "may_contact": false, "received_at": c.at(-1), "read_by": c.at(1), "decision": decision}))
		if decision != nil {
			w["decided_at"] = c.at(0)
		}
	}
	for _, table := range []string{"rating", "rating_waiting"} {
		c.add(table, Row{"id": c.id(), "market_id": demo.MarketID().String(), "provider_id": p["provider_id"], "setting_id": p["setting_id"], "respondent": "PARENT",
			"question": "SAFE", "value": 4, "month": "2026-01-01"})
	}
}

// family invites a family by a one-time code; what it would like is on record for some.
func (c *crowd) family(about Row, kind string, placement Row) {
	code, hash := seal.Code()
	c.codes = append(c.codes, code)
	i := c.add("family_invitation", about.and(Row{"id": c.id(), "code_hash": fmt.Sprintf(`\x%x`, hash), "kind": kind, "respondent": "PARENT", "market_id": demo.MarketID().String(),
		"invited_by": Persons[0], "invited_at": c.at(-30), "expires_at": c.at(30), "used_at": c.either(c.at(-20))}))
	for _, name := range []string{"placement_id", "provider_id", "setting_id"} {
		i[name] = placement[name]
	}
	if kind == "PREFERENCE" && c.chance(0.6) {
		id := c.id()
		if c.chance(0.5) {
			naming := c.id()
			c.add("naming", about.and(Row{"id": naming, "preference_id": id, "setting_id": demo.SettingID(1).String(), "named": true, "reasons": c.protect("naming:"+naming, words),
				"consulted_on": c.day(-30), "decided_at": c.at(-20), "decided_by": Persons[0]}))
		}
		c.add("preference", about.and(Row{"id": id, "respondent": "PARENT", "words": c.protect("preference:"+id, words), "entered_for": c.chance(0.5), "given_at": c.at(-20)}))
	}
}
