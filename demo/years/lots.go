package years

import (
	"github.com/southeasttogether/dps/demo"
)

const autism, speech = "ASD - Autistic Spectrum Disorder", "SLCN - Speech, language and Communication"

// lot is a lot with its members, as far as we follow them.
type lot struct {
	id, name string
	kind     string // of place
	home     bool   // whether it buys places in children's homes
	scored   bool
	criteria []string // of quality
	low      int      // youngest age
	weeks    int
	members  map[int]string // memberships by firm
}

// opensLots sets up the lots: one for each kind of place, by one procedure and the other.
func (y *years) opensLots() {
	for _, l := range []*lot{
		{name: "Day places, by scores", kind: "INMSS_DAY", scored: true, low: 5, weeks: 38},
		{name: "Children's homes, by matching", kind: "CHILDRENS_HOME", home: true, low: 8, weeks: 52},
		{name: "Residential schools, by matching", kind: "INMSS_RESIDENTIAL", low: 8, weeks: 44},
	} {
		y.opens(l)
		y.lots = append(y.lots, l)
	}
	y.does(demo.MarketManager, "createLot", y.draftOf(&lot{name: "Post-16 places, in preparation", kind: "INMSS_DAY", low: 16}), "") // nobody else sees it yet
}

func (y *years) draftOf(l *lot) input {
	procedure, count := "MATCHING", true
	if l.scored {
		procedure, count = "SCORED", false
	}
	return input{
		"market": demo.ID("market", demo.MarketID()), "name": l.name, "description": "Synthetic: places for children of the region.", "kind": l.kind,
		"procedure": procedure, "showsCount": count, "ageLow": l.low, "ageHigh": 19, "needs": []string{autism, speech, "SEMH - Social, Emotional and Mental Health"},
		"criteria": []input{
			{"kind": "QUALITY", "name": "Meeting need", "description": "How each need and outcome is met.", "weight": "40"},
			{"kind": "QUALITY", "name": "Family and community", "description": "How family time and friends are kept.", "weight": "20"},
			{"kind": "PRICE", "name": "Price", "description": "For a year.", "weight": "40"},
		},
		"contract": "Synthetic national contract", "contractVersion": "2026",
	}
}

func (y *years) opens(l *lot) {
	l.members = map[int]string{}
	made := y.does(demo.MarketManager, "createLot", y.draftOf(l), "lot { id criteria { id kind } }").At("lot")
	l.id = made.At("id").Text()
	for _, c := range made.At("criteria").All() {
		if c.At("kind").Text() == "QUALITY" {
			l.criteria = append(l.criteria, c.At("id").Text())
		}
	}
	y.does(demo.MarketManager, "askForEvidence", input{"lot": l.id, "kind": declared, "essential": true}, "")
	y.does(demo.MarketManager, "askForEvidence", input{"lot": l.id, "kind": "ACCOUNTS", "essential": false}, "")
	published := y.does(demo.MarketManager, "publishLot", input{"lot": l.id}, "lot { publishedAt }").At("lot.publishedAt")
	y.now = y.Instant(published)
}

// manages: now and then the lead authority publishes a notice that changes the market's rules.
func (y *years) manages() {
	for i, share := range []float64{0.3, 0.7} {
		y.on(y.share(share), func() {
			y.does(demo.MarketManager, "publishNotice", input{
				"market": demo.ID("market", demo.MarketID()), "kind": "MODIFY", "reference": []string{"SYN-2026/1", "SYN-2027/1"}[i],
				"words": why("the time for offers is stated anew"), "rules": []input{{"code": "TENDER_DAYS", "value": 11 + i}},
			}, "")
		})
	}
}
