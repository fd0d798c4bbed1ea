package years

import (
	"github.com/southeasttogether/dps/demo"
)

const needAutism, needSpeech = "ASD - Autistic Spectrum Disorder", "SLCN - Speech, language and Communication"

// lot is a lot with its members, as far as we follow them.
type lot struct {
	id, name    string
	kind        string // of place
	forHomes    bool   // whether it buys places in children's homes
	scored      bool
	criteria    []string // of quality
	youngestAge int      // youngest age
	weeks       int
	members     map[int]string // memberships by firm
}

// openLots sets up the lots: one for each kind of place, by one procedure and the other.
func (y *yearsPlayer) openLots() {
	for _, l := range []*lot{
		{name: "Day places, by scores", kind: "INMSS_DAY", scored: true, youngestAge: 5, weeks: 38},
		{name: "Children's homes, by matching", kind: "CHILDRENS_HOME", forHomes: true, youngestAge: 8, weeks: 52},
		{name: "Residential schools, by matching", kind: "INMSS_RESIDENTIAL", youngestAge: 8, weeks: 44},
	} {
		y.openLot(l)
		y.lots = append(y.lots, l)
	}
	// nobody else sees it yet
	y.actCounted(demo.MarketManager, "createLot", y.lotDraft(&lot{name: "Post-16 places, in preparation", kind: "INMSS_DAY", youngestAge: 16}),
		"")
}

func (y *yearsPlayer) lotDraft(l *lot) input {
	procedure, count := "MATCHING", true
	if l.scored {
		procedure, count = "SCORED", false
	}
	return input{
		"market": demo.ID("market", demo.MarketID()), "name": l.name, "description": "Synthetic: places for children of the region.",
		"kind":      l.kind,
		"procedure": procedure, "showsCount": count, "ageLow": l.youngestAge, "ageHigh": 19, "needs": []string{
			needAutism, needSpeech,
			"SEMH - Social, Emotional and Mental Health",
		},
		"criteria": []input{
			{"kind": "QUALITY", "name": "Meeting need", "description": "How each need and outcome is met.", "weight": "40"},
			{"kind": "QUALITY", "name": "Family and community", "description": "How family time and friends are kept.", "weight": "20"},
			{"kind": "PRICE", "name": "Price", "description": "For a year.", "weight": "40"},
		},
		"contract": "Synthetic national contract", "contractVersion": "2026",
	}
}

func (y *yearsPlayer) openLot(l *lot) {
	l.members = map[int]string{}
	made := y.actCounted(demo.MarketManager, "createLot", y.lotDraft(l), "lot { id criteria { id kind } }").At("lot")
	l.id = made.At("id").Text()
	for _, c := range made.At("criteria").All() {
		if c.At("kind").Text() == "QUALITY" {
			l.criteria = append(l.criteria, c.At("id").Text())
		}
	}
	y.actCounted(demo.MarketManager, "askForEvidence", input{"lot": l.id, "kind": requiredEvidence, "essential": true}, "")
	y.actCounted(demo.MarketManager, "askForEvidence", input{"lot": l.id, "kind": "ACCOUNTS", "essential": false}, "")
	published := y.actCounted(demo.MarketManager, "publishLot", input{"lot": l.id}, "lot { publishedAt }").At("lot.publishedAt")
	y.now = y.ParseInstant(published)
}

// publishNotices: now and then the lead authority publishes a notice that changes the market's rules.
func (y *yearsPlayer) publishNotices() {
	for i, share := range []float64{0.3, 0.7} {
		y.atInstant(y.instantOfShare(share), func() {
			y.actCounted(demo.MarketManager, "publishNotice", input{
				"market": demo.ID("market", demo.MarketID()), "kind": "MODIFY", "reference": []string{"SYN-2026/1", "SYN-2027/1"}[i],
				"words": syntheticReason("the time for offers changes"), "rules": []input{{"code": "TENDER_DAYS", "value": 11 + i}},
			}, "")
		})
	}
}
