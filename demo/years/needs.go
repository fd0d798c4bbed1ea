package years

import (
	"fmt"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// need is one child's need on its way.
type need struct {
	id, reference string
	lot           *lot
	office        office
	fate          fate
	care          bool // the child is in care; else the place rests on a plan
	ages          [2]int
	start         time.Time
	deadline      time.Time
	offers        []*offer
	asked         string // what the family said that asks for a school by name
	withdrawn     bool
}

// later writes into the diary what somebody does about a need so much later, unless it is withdrawn by then.
func (y *years) later(n *need, days int, do func()) {
	y.in(days, func() {
		if !n.withdrawn {
			do()
		}
	})
}

// fate is what a need goes through, besides what every need does.
type fate string

// Fates, in the order in which they come up.
var fates = []fate{
	"plain", "amended", "withdrawn", "silent", "tied", "low and passed over", "low and explained", "rejected first", "declined", "lapsed", "named", "not named",
	"none suitable", "siblings", "an interest", "in care", "unique", "delegated", "not agreed",
}

// needs: every few days somebody drafts one. The last are still under way when the years end.
func (y *years) needs() {
	every := max(y.Span/120, 12*time.Hour)
	for at := y.now.Add(time.Hour); at.Before(y.until); at = at.Add(every) {
		y.on(at, func() { y.begins(pick(y, "fate", fates)) })
	}
}

// begins drafts a need with a fate, publishes it, and lets the family be heard.
func (y *years) begins(f fate) {
	n := &need{fate: f, lot: y.lotFor(f), office: pick(y, "office", y.offices[:5])}
	n.care = f == "in care" || n.lot.home && f != "named" && f != "not named"
	if f == "delegated" {
		n.office = y.offices[pick(y, "borough", []int{5, 6})].byConsortium()
	}
	n.start = y.now.AddDate(0, 0, 42)
	y.drafts(n)
	switch f {
	case "siblings":
		sibling := *n
		y.drafts(&sibling)
		y.does(n.office.buyer, "linkNeeds", input{"need": n.id, "sibling": sibling.id}, "")
		y.publishes(&sibling)
	case "withdrawn":
		y.publishes(n)
		y.in(3, func() { y.withdraws(n) })
		return
	}
	y.publishes(n)
}

func (y *years) lotFor(f fate) *lot {
	switch f {
	case "named", "not named", "tied":
		return y.lots[0]
	case "in care", "delegated":
		return y.lots[1]
	}
	return pick(y, "lot", y.lots)
}

func (y *years) drafts(n *need) {
	in := y.profile(n)
	if n.office.buyer.Key == demo.Officer.Key {
		in["authority"] = demo.ID("org", n.office.commissioner.Organisation)
	}
	made := y.does(n.office.buyer, "createNeed", in, "need { id reference }").At("need")
	n.id, n.reference = made.At("id").Text(), made.At("reference").Text()
	if !n.care && n.office.buyer == n.office.commissioner {
		y.plans(n)
	}
}

// profile is what a need says; few of them are alike in more than that.
func (y *years) profile(n *need) input {
	low := n.lot.low + y.random.IntN(6)
	n.ages = [2]int{low, low + 3}
	basis := "EHC_PLAN"
	if n.care {
		basis = pick(y, "basis", []string{"SECTION_20", "SECTION_31"})
	}
	primary, others := pick(y, "need", []string{autism, speech, "SEMH - Social, Emotional and Mental Health"}), []string{speech}
	if primary == speech {
		others = []string{autism}
	}
	return input{
		"lot": n.lot.id, "ageLow": n.ages[0], "ageHigh": n.ages[1], "primaryNeed": primary, "otherNeeds": others, "legalBasis": basis, "homeOutcode": pick(y, "outcode", []string{"ME14", "GU1", "BN11", "TN34", "BN1", "CR0"}),
		"travelMiles": 15 + 5*y.random.IntN(6), "startFrom": n.start.Format(time.DateOnly), "startTo": n.start.AddDate(0, 0, 60).Format(time.DateOnly),
		"profile": "Synthetic: " + pick(y, "profile", profiles), "outcomes": "Synthetic: " + pick(y, "outcomes", outcomes),
		"ceilingWeekly": fmt.Sprintf("%d.00", n.lot.price()*2),
	}
}

var profiles = []string{
	"the child likes to build with their hands and needs a calm, small class.", "the young person speaks little and signs well, and is at ease outdoors.",
	"the child needs adults who stay the same, and a quiet place to eat.", "the young person draws, cooks and sleeps badly; change is told days ahead.",
	"the child runs when it is loud, and comes back to who waits.",
}

var outcomes = []string{
	"to speak in a small group, and to move calmly between rooms.", "to sleep through the night, and to keep family time every week.",
	"to travel a known way alone.", "to choose what comes after school.",
}

// price is about what a place of the lot costs a week.
func (l *lot) price() int {
	switch {
	case l.home:
		return 4200
	case l.weeks == 44:
		return 2600
	}
	return 1200
}

// tender is how long offers are received.
const tender = 14

func (y *years) publishes(n *need) {
	n.deadline = y.now.AddDate(0, 0, tender)
	in := input{"need": n.id, "deadline": n.deadline.Format(time.RFC3339), "uniqueReason": "Synthetic: the profile is as wide as the place allows."}
	if n.fate == "unique" {
		y.restricts(n, in)
	}
	published := y.Try(n.office.buyer, "publishNeed", in, "need { invitedCount }")
	y.lived.Changes["publishNeed"]++
	if published.At("problems.0.field").Text() == "recipients" { // others are like it by now: every member is invited
		delete(in, "recipients")
		delete(in, "recipientsReason")
		y.does(n.office.buyer, "publishNeed", in, "")
	} else if published.At("problems.0").Is() {
		y.Fail("publishing %s: %s", n.reference, published.At("problems.0.message").Text())
	}
	y.hears(n)
	y.answered(n)
	y.closes(n)
}

// few are invited to what is unique.
const few = 4

// restricts invites few.
func (y *years) restricts(n *need, in input) {
	var recipients []string
	for _, m := range y.some(n.lot, few) {
		if !y.firms[m-1].out {
			recipients = append(recipients, demo.ID("provider", demo.ProviderID(m)))
		}
	}
	in["recipients"], in["recipientsReason"] = recipients, "Synthetic: the fewer read it, the safer the child is."
}

// withdraws takes a need back, copies it and publishes the copy.
func (y *years) withdraws(n *need) {
	n.withdrawn = true
	y.does(n.office.buyer, "withdrawNeed", input{"need": n.id, "reason": "Synthetic: the family moves; the need is published anew."}, "")
	made := y.does(n.office.buyer, "copyNeed", input{"need": n.id}, "need { id reference }").At("need")
	again := &need{fate: "plain", lot: n.lot, office: n.office, care: n.care, start: n.start, id: made.At("id").Text(), reference: made.At("reference").Text()}
	y.publishes(again)
}

// amends changes a published need: offers are void, and are given anew.
func (y *years) amends(n *need) {
	if n.fate != "amended" {
		return
	}
	was := y.Node(n.office.buyer, "Need", n.id, "ageLow ageHigh primaryNeed otherNeeds legalBasis homeOutcode travelMiles startFrom startTo profile outcomes")
	in := input{"need": n.id, "otherNeeds": []string{}, "travelMiles": 60, "reason": "Synthetic: a place further away is looked at too.", "uniqueReason": "Synthetic: as wide as can be."}
	for _, field := range []string{"primaryNeed", "legalBasis", "homeOutcode", "startFrom", "startTo", "profile", "outcomes"} {
		in[field] = was.At(field).Text()
	}
	in["ageLow"], in["ageHigh"] = was.At("ageLow").Number(), was.At("ageHigh").Number()
	n.deadline = y.now.AddDate(0, 0, tender)
	in["deadline"] = n.deadline.Format(time.RFC3339)
	y.does(n.office.buyer, "amendNeed", in, "")
	n.fate, n.offers = "plain", nil
	y.answered(n)
	y.closes(n)
}

// closes has the officers come when the deadline is over. One looks too early, which is recorded.
func (y *years) closes(n *need) {
	if y.perhaps(10) {
		y.later(n, tender-2, func() { y.Node(n.office.openers[0], "Need", n.id, "offers { id }") })
	}
	deadline := n.deadline
	y.later(n, tender+pick(y, "wait", []int{1, 1, 2, 4}), func() {
		if n.deadline.Equal(deadline) { // else it was amended meanwhile
			y.evaluates(n)
		}
	})
}
