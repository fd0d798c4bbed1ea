package years

import (
	"github.com/southeasttogether/dps/demo"
)

// requiredEvidence is the evidence that every member needs.
const requiredEvidence = "MODERN_SLAVERY"

// firmCount is how many providers we follow: the first of the region's.
const firmCount = 20

// firm is a provider: its bids manager, its school and its home. Out says that it cannot offer now.
type firm struct {
	number       int
	bidder       demo.Persona
	school, home string
	homeURN      string
	ages         map[string][2]int // that its settings take
	canBeNamed   bool              // whether a family may ask for the school to be named
	cannotOffer  bool
}

func (f *firm) placeFor(l *lot) string {
	if l.forHomes {
		return f.home
	}
	return f.school
}

// admitFirms: providers apply to the lots. Most are admitted. Each of the last four goes another way.
func (y *yearsPlayer) admitFirms() {
	for n := 1; n <= firmCount; n++ {
		f := y.readFirm(n)
		y.firms = append(y.firms, f)
		y.declareEvidence(f, 200+13*n) // the first lapse within the first year
		y.actCounted(f.bidder, "recordEvidence", input{
			"kind": "ACCOUNTS", "reference": "Synthetic accounts", "validFrom": y.dayFromNow(-30),
			"validUntil": y.dayFromNow(400),
		}, "")
	}
	for _, f := range y.firms[:16] {
		for i, l := range y.lots {
			if (f.number+i)%3 != 0 { // each in two of the three
				y.admitFirm(f, l, y.applyToLot(f, l))
			}
		}
	}
	y.admitAfterQuestion(y.firms[16])
	y.winAppeal(y.firms[17])
	y.loseAppeal(y.firms[18])
	y.leaveApplicationUnanswered(y.firms[19])
	y.planLapses()
	y.planMembershipSteps()
}

// readFirm reads what a provider has.
func (y *yearsPlayer) readFirm(n int) *firm {
	f := &firm{number: n, bidder: demo.Bidder(n), ages: map[string][2]int{}}
	own := y.AskNode(f.bidder, "Provider", demo.ID("provider", f.bidder.Organisation),
		"settings(first: 10) { edges { node { id kind urn section41 establishmentType ageLow ageHigh } } }")
	for _, e := range own.At("settings.edges").All() {
		s := e.At("node")
		f.ages[s.At("id").Text()] = [2]int{s.At("ageLow").Number(), s.At("ageHigh").Number()}
		switch {
		case s.At("kind").Text() == "CHILDRENS_HOME":
			f.home, f.homeURN = s.At("id").Text(), s.At("urn").Text()
		case f.school == "" || s.At("section41").Text() == "true":
			f.school, f.canBeNamed = s.At("id").Text(), s.At("section41").Text() == "true" || s.At("establishmentType").Text() == "08"
		}
	}
	return f
}

func (y *yearsPlayer) declareEvidence(f *firm, days int) {
	y.actCounted(f.bidder, "recordEvidence", input{
		"kind": requiredEvidence, "reference": "Synthetic statement", "validFrom": y.dayFromNow(0),
		"validUntil": y.dayFromNow(min(days, 364)), "declared": true,
	}, "")
}

func (y *yearsPlayer) applyToLot(f *firm, l *lot) string {
	return y.actCounted(f.bidder, "submitApplication", input{
		"lot": l.id, "statement": syntheticReason("we run registered schools and homes"),
		"noGroundForExclusion": true,
	},
		"application { id }").At("application.id").Text()
}

func (y *yearsPlayer) decideApplication(application, decision string) {
	y.actCounted(demo.MarketManager, "decideApplication", input{
		"application": application, "decision": decision,
		"reasons": syntheticReason("the criteria were gone through"),
	}, "")
}

func (y *yearsPlayer) admitFirm(f *firm, l *lot, application string) {
	y.decideApplication(application, "ADMITTED")
	y.rememberMembership(f, l)
}

func (y *yearsPlayer) rememberMembership(f *firm, l *lot) {
	for _, m := range y.AskNode(demo.Public, "Provider", demo.ID("provider", f.bidder.Organisation),
		"memberships { id lot { id } }").At("memberships").All() {
		if m.At("lot.id").Text() == l.id {
			l.members[f.number] = m.At("id").Text()
		}
	}
}

// admitAfterQuestion: the firm is asked something, answers, waits longer, and is admitted.
func (y *yearsPlayer) admitAfterQuestion(f *firm) {
	l := y.lots[0]
	application := y.applyToLot(f, l)
	y.actCounted(demo.MarketManager, "askApplicant", input{
		"application": application,
		"question":    "Synthetic: since when is the school registered?",
	}, "")
	y.afterDays(2, func() {
		y.actCounted(f.bidder, "answerApplicationQuestion", input{"application": application, "answer": "Synthetic: for nine years."}, "")
		y.actCounted(demo.MarketManager, "extendApplication", input{
			"application": application,
			"reason":      syntheticReason("the register has to be looked at once more"),
		}, "")
	})
	y.afterDays(12, func() { y.admitFirm(f, l, application) })
}

// winAppeal: the firm is refused, appeals and is admitted after all; the next one is not.
func (y *yearsPlayer) winAppeal(f *firm) {
	y.appealRefusal(f, y.lots[1], true)
}

func (y *yearsPlayer) loseAppeal(f *firm) {
	y.appealRefusal(f, y.lots[2], false)
}

func (y *yearsPlayer) appealRefusal(f *firm, l *lot, upheld bool) {
	application := y.applyToLot(f, l)
	y.afterDays(3, func() { y.decideApplication(application, "REFUSED") })
	y.afterDays(6, func() {
		y.actCounted(f.bidder, "appealRefusal", input{"application": application, "grounds": syntheticReason("the registration was overlooked")},
			"")
	})
	y.afterDays(15, func() {
		y.actCounted(secondManager, "decideAppeal", input{
			"application": application, "upheld": upheld,
			"reasons": syntheticReason("the register was looked at again"),
		}, "")
		if upheld {
			y.rememberMembership(f, l)
		}
	})
}

// leaveApplicationUnanswered: the firm is asked something and does not answer. Its application waits until the clock
// raises an alert. Another waits at the end.
func (y *yearsPlayer) leaveApplicationUnanswered(f *firm) {
	application := y.applyToLot(f, y.lots[0])
	y.actCounted(demo.MarketManager, "askApplicant", input{"application": application, "question": "Synthetic: which insurer is it?"}, "")
	y.afterDays(25, func() { y.decideApplication(application, "REFUSED") })
	y.atInstant(y.instantOfShare(0.97), func() { y.applyToLot(f, y.lots[1]) })
}
