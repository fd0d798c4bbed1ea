package years

import (
	"fmt"
	"strings"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// need is one child's need on its way.
type need struct {
	id, reference string
	lot           *lot
	office        office
	fate          fate
	inCare        bool // the child is in care; else the place rests on a plan
	ages          [2]int
	start         time.Time
	deadline      time.Time
	offers        []*offer
	preferenceID  string // what the family said that asks for a school by name
	withdrawn     bool
	sleepsBadly   bool // by which a neighbour could know the child
}

// laterUnlessWithdrawn writes into the diary what somebody does about a need so much later, unless it is withdrawn by then.
func (y *yearsPlayer) laterUnlessWithdrawn(n *need, days int, do func()) {
	y.afterDays(days, func() {
		if !n.withdrawn {
			do()
		}
	})
}

// fate is what a need goes through, besides what every need does.
type fate string

// Fates, in the order in which they come up.
var fates = []fate{
	"plain", "amended", "withdrawn", "silent", "tied", "low and passed over", "low and explained", "rejected first", "declined", "lapsed",
	"named", "not named",
	"none suitable", "siblings", "an interest", "in care", "unique", "delegated", "not agreed",
}

// planNeeds: every few days somebody drafts one. The last are still under way when the years end.
func (y *yearsPlayer) planNeeds() {
	every := max(y.Span/120, 12*time.Hour)
	for at := y.now.Add(time.Hour); at.Before(y.until); at = at.Add(every) {
		y.atInstant(at, func() { y.beginNeed(nextChoice(y, "fate", fates)) })
	}
}

// beginNeed drafts a need with a fate, publishes it, and lets the family be heard.
func (y *yearsPlayer) beginNeed(f fate) {
	n := &need{fate: f, lot: y.lotFor(f), office: nextChoice(y, "office", y.offices[:5])}
	n.inCare = f == "in care" || n.lot.forHomes && f != "named" && f != "not named"
	if f == "delegated" {
		n.office = y.offices[nextChoice(y, "borough", []int{5, 6})].byConsortium()
	}
	n.start = y.now.AddDate(0, 0, 42)
	y.draftNeed(n)
	switch f {
	case "siblings":
		sibling := *n
		y.draftNeed(&sibling)
		y.actCounted(n.office.buyer, "linkNeeds", input{"need": n.id, "sibling": sibling.id}, "")
		y.publishNeed(&sibling)
	case "withdrawn":
		y.publishNeed(n)
		y.afterDays(3, func() { y.withdrawNeed(n) })
		return
	}
	y.publishNeed(n)
}

func (y *yearsPlayer) lotFor(f fate) *lot {
	switch f {
	case "named", "not named", "tied":
		return y.lots[0]
	case "in care", "delegated":
		return y.lots[1]
	}
	return nextChoice(y, "lot", y.lots)
}

func (y *yearsPlayer) draftNeed(n *need) {
	in := y.needProfile(n)
	if n.office.buyer.Key == demo.Officer.Key {
		in["authority"] = demo.ID("org", n.office.commissioner.Organisation)
	}
	n.sleepsBadly = strings.Contains(in["profile"].(string), "sleeps badly")
	made := y.actCounted(n.office.buyer, "createNeed", in, "need { id reference }").At("need")
	n.id, n.reference = made.At("id").Text(), made.At("reference").Text()
	if !n.inCare && n.office.buyer == n.office.commissioner {
		y.recordPlanDates(n)
	}
}

// needProfile is what a need says; few of them are alike in more than that.
func (y *yearsPlayer) needProfile(n *need) input {
	low := n.lot.youngestAge + y.random.IntN(6)
	n.ages = [2]int{low, low + 3}
	basis := "EHC_PLAN"
	if n.inCare {
		basis = nextChoice(y, "basis", []string{"SECTION_20", "SECTION_31"})
	}
	primary, others := nextChoice(y, "need", []string{needAutism, needSpeech, "SEMH - Social, Emotional and Mental Health"}),
		[]string{needSpeech}
	if primary == needSpeech {
		others = []string{needAutism}
	}
	return input{
		"lot": n.lot.id, "ageLow": n.ages[0], "ageHigh": n.ages[1], "primaryNeed": primary, "otherNeeds": others, "legalBasis": basis,
		"homeOutcode": nextChoice(y, "outcode", []string{"ME14", "GU1", "BN11", "TN34", "BN1", "CR0"}),
		"travelMiles": 15 + 5*y.random.IntN(6), "startFrom": n.start.Format(time.DateOnly), "startTo": n.start.AddDate(0, 0,
			60).Format(time.DateOnly),
		"profile": "Synthetic: " + nextChoice(y, "profile", childProfiles), "outcomes": "Synthetic: " + nextChoice(y, "outcomes", childOutcomes),
		"ceilingWeekly": fmt.Sprintf("%d.00", n.lot.weeklyPrice()*2),
	}
}

var childProfiles = []string{
	"the child likes to build with their hands and needs a calm, small class.",
	"the young person speaks little and signs well, and is at ease outdoors.",
	"the child needs adults who stay the same, and a quiet place to eat.",
	"the young person draws, cooks and sleeps badly; change is told days ahead.",
	"the child runs when it is loud, and comes back to who waits.",
}

var childOutcomes = []string{
	"to speak in a small group, and to move calmly between rooms.", "to sleep through the night, and to keep family time every week.",
	"to travel a known way alone.", "to choose what comes after school.",
}

// weeklyPrice is about what a place of the lot costs a week.
func (l *lot) weeklyPrice() int {
	switch {
	case l.forHomes:
		return 4200
	case l.weeks == 44:
		return 2600
	}
	return 1200
}

// tenderDays is how long offers are received.
const tenderDays = 14

func (y *yearsPlayer) publishNeed(n *need) {
	n.deadline = y.now.AddDate(0, 0, tenderDays)
	in := input{
		"need": n.id, "deadline": n.deadline.Format(time.RFC3339),
		"uniqueReason": "Synthetic: the profile is as wide as the place allows.",
	}
	if n.fate == "unique" {
		y.restrictRecipients(n, in)
	}
	published := y.TryAct(n.office.buyer, "publishNeed", in, "need { invitedCount }")
	y.lived.Changes["publishNeed"]++
	if published.At("problems.0.field").Text() == "recipients" { // others are like it by now: every member is invited
		delete(in, "recipients")
		delete(in, "recipientsReason")
		y.actCounted(n.office.buyer, "publishNeed", in, "")
	} else if published.At("problems.0").Exists() {
		y.Fail("publishing %s: %s", n.reference, published.At("problems.0.message").Text())
	}
	y.hearFamily(n)
	y.answerInvitations(n)
	y.closeNeed(n)
	if n.sleepsBadly && nextChoice(y, "redaction", []bool{true, false, false}) {
		y.afterDays(2, func() { y.redactNeed(n) })
	}
}

// redactNeed takes out, for everybody, what a neighbour would know the child by.
func (y *yearsPlayer) redactNeed(n *need) {
	y.actCounted(n.office.commissioner, "redactNeed", input{
		"need": n.id, "words": "sleeps badly", "replacement": "rests little", "reason": syntheticReason("the family asked for it"),
	}, "")
}

// fewRecipients are invited to what is unique.
const fewRecipients = 4

// restrictRecipients invites few.
func (y *yearsPlayer) restrictRecipients(n *need, in input) {
	var recipients []string
	for _, m := range y.firstMembers(n.lot, fewRecipients) {
		if !y.firms[m-1].cannotOffer {
			recipients = append(recipients, demo.ID("provider", demo.ProviderID(m)))
		}
	}
	in["recipients"], in["recipientsReason"] = recipients, "Synthetic: the fewer read it, the safer the child is."
}

// withdrawNeed takes a need back, copies it and publishes the copy.
func (y *yearsPlayer) withdrawNeed(n *need) {
	n.withdrawn = true
	y.actCounted(n.office.buyer, "withdrawNeed", input{"need": n.id, "reason": "Synthetic: the family moves; the need is published again."},
		"")
	made := y.actCounted(n.office.buyer, "copyNeed", input{"need": n.id}, "need { id reference }").At("need")
	again := &need{
		fate: "plain", lot: n.lot, office: n.office, inCare: n.inCare, start: n.start, id: made.At("id").Text(),
		reference: made.At("reference").Text(),
	}
	y.publishNeed(again)
}

// amendNeed changes a published need: offers become void, and firms offer again.
func (y *yearsPlayer) amendNeed(n *need) {
	if n.fate != "amended" {
		return
	}
	was := y.AskNode(n.office.buyer, "Need", n.id,
		"ageLow ageHigh primaryNeed otherNeeds legalBasis homeOutcode travelMiles startFrom startTo profile outcomes")
	in := input{
		"need": n.id, "otherNeeds": []string{}, "travelMiles": 60, "reason": "Synthetic: a place further away is looked at too.",
		"uniqueReason": "Synthetic: as wide as can be.",
	}
	for _, field := range []string{"primaryNeed", "legalBasis", "homeOutcode", "startFrom", "startTo", "profile", "outcomes"} {
		in[field] = was.At(field).Text()
	}
	in["ageLow"], in["ageHigh"] = was.At("ageLow").Number(), was.At("ageHigh").Number()
	n.deadline = y.now.AddDate(0, 0, tenderDays)
	in["deadline"] = n.deadline.Format(time.RFC3339)
	y.actCounted(n.office.buyer, "amendNeed", in, "")
	n.fate, n.offers = "plain", nil
	y.answerInvitations(n)
	y.closeNeed(n)
}

// closeNeed has the officers come when the deadline is over. One looks too early, which is recorded.
func (y *yearsPlayer) closeNeed(n *need) {
	if y.withChance(10) {
		y.laterUnlessWithdrawn(n, tenderDays-2, func() { y.AskNode(n.office.openers[0], "Need", n.id, "offers { id }") })
	}
	deadline := n.deadline
	y.laterUnlessWithdrawn(n, tenderDays+nextChoice(y, "wait", []int{1, 1, 2, 4}), func() {
		if n.deadline.Equal(deadline) { // else it was amended meanwhile
			y.evaluateNeed(n)
		}
	})
}
