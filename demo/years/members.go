package years

import (
	"github.com/southeasttogether/dps/demo"
)

// declared is the evidence without which nobody is admitted.
const declared = "MODERN_SLAVERY"

// firms is how many providers we follow: the first of the region's.
const firms = 20

// firm is a provider: its bids manager, its school and its home. Out says that it cannot offer now.
type firm struct {
	number       int
	bids         demo.Persona
	school, home string
	homeURN      string
	ages         map[string][2]int // that its settings take
	namable      bool              // whether a family may ask for the school to be named
	out          bool
}

func (f *firm) place(l *lot) string {
	if l.home {
		return f.home
	}
	return f.school
}

// admits: providers apply to the lots. Most are admitted; of the last four, each goes another way.
func (y *years) admits() {
	for n := 1; n <= firms; n++ {
		f := y.meets(n)
		y.firms = append(y.firms, f)
		y.declares(f, 200+13*n) // the first lapse within the first year
		y.does(f.bids, "recordEvidence", input{"kind": "ACCOUNTS", "reference": "Synthetic accounts", "validFrom": y.day(-30), "validUntil": y.day(400)}, "")
	}
	for _, f := range y.firms[:16] {
		for i, l := range y.lots {
			if (f.number+i)%3 != 0 { // each in two of the three
				y.admit(f, l, y.applies(f, l))
			}
		}
	}
	y.clarified(y.firms[16])
	y.upheld(y.firms[17])
	y.turnedDown(y.firms[18])
	y.overlooked(y.firms[19])
	y.lapses()
	y.steps()
}

// meets reads what a provider has.
func (y *years) meets(n int) *firm {
	f := &firm{number: n, bids: demo.Bidder(n), ages: map[string][2]int{}}
	own := y.Node(f.bids, "Provider", demo.ID("provider", f.bids.Organisation), "settings(first: 10) { edges { node { id kind urn section41 establishmentType ageLow ageHigh } } }")
	for _, e := range own.At("settings.edges").All() {
		s := e.At("node")
		f.ages[s.At("id").Text()] = [2]int{s.At("ageLow").Number(), s.At("ageHigh").Number()}
		switch {
		case s.At("kind").Text() == "CHILDRENS_HOME":
			f.home, f.homeURN = s.At("id").Text(), s.At("urn").Text()
		case f.school == "" || s.At("section41").Text() == "true":
			f.school, f.namable = s.At("id").Text(), s.At("section41").Text() == "true" || s.At("establishmentType").Text() == "08"
		}
	}
	return f
}

func (y *years) declares(f *firm, days int) {
	y.does(f.bids, "recordEvidence", input{"kind": declared, "reference": "Synthetic statement", "validFrom": y.day(0), "validUntil": y.day(min(days, 364)), "declared": true}, "")
}

func (y *years) applies(f *firm, l *lot) string {
	return y.does(f.bids, "submitApplication", input{"lot": l.id, "statement": why("we run registered schools and homes"), "noGroundForExclusion": true},
		"application { id }").At("application.id").Text()
}

func (y *years) decides(application, decision string) {
	y.does(demo.MarketManager, "decideApplication", input{"application": application, "decision": decision, "reasons": why("the criteria were gone through")}, "")
}

func (y *years) admit(f *firm, l *lot, application string) {
	y.decides(application, "ADMITTED")
	y.joined(f, l)
}

func (y *years) joined(f *firm, l *lot) {
	for _, m := range y.Node(demo.Public, "Provider", demo.ID("provider", f.bids.Organisation), "memberships { id lot { id } }").At("memberships").All() {
		if m.At("lot.id").Text() == l.id {
			l.members[f.number] = m.At("id").Text()
		}
	}
}

// clarified is asked something, answers, is given more time, and is admitted.
func (y *years) clarified(f *firm) {
	l := y.lots[0]
	application := y.applies(f, l)
	y.does(demo.MarketManager, "askApplicant", input{"application": application, "question": "Synthetic: since when is the school registered?"}, "")
	y.in(2, func() {
		y.does(f.bids, "answerApplicationQuestion", input{"application": application, "answer": "Synthetic: for nine years."}, "")
		y.does(demo.MarketManager, "extendApplication", input{"application": application, "reason": why("the register has to be looked at once more")}, "")
	})
	y.in(12, func() { y.admit(f, l, application) })
}

// upheld is refused, appeals and is admitted after all; the next one is not.
func (y *years) upheld(f *firm) {
	y.appeals(f, y.lots[1], true)
}

func (y *years) turnedDown(f *firm) {
	y.appeals(f, y.lots[2], false)
}

func (y *years) appeals(f *firm, l *lot, upheld bool) {
	application := y.applies(f, l)
	y.in(3, func() { y.decides(application, "REFUSED") })
	y.in(6, func() {
		y.does(f.bids, "appealRefusal", input{"application": application, "grounds": why("the registration was overlooked")}, "")
	})
	y.in(15, func() {
		y.does(secondManager, "decideAppeal", input{"application": application, "upheld": upheld, "reasons": why("the register was looked at again")}, "")
		if upheld {
			y.joined(f, l)
		}
	})
}

// overlooked is asked something and answers nothing; its application lies until the clock alerts to it. Another waits at the end.
func (y *years) overlooked(f *firm) {
	application := y.applies(f, y.lots[0])
	y.does(demo.MarketManager, "askApplicant", input{"application": application, "question": "Synthetic: which insurer is it?"}, "")
	y.in(25, func() { y.decides(application, "REFUSED") })
	y.on(y.share(0.97), func() { y.applies(f, y.lots[1]) })
}
