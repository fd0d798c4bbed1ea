package tendering

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestPublishJointly(t *testing.T) {
	one, two, lot := uuid.New(), uuid.New(), uuid.New()
	of := func(borough uuid.UUID, change func(*market.Need)) market.Need {
		n := market.Need{
			ID: uuid.New(), AuthorityID: borough, LotID: lot, AgeLow: 10, AgeHigh: 12, PrimaryNeed: "ASD", HomeOutcode: "CR0",
			StartFrom: market.NewDate(2026, 9, 1), StartTo: market.NewDate(2026, 10, 1),
			Profile: "Synthetic: calm.", Outcomes: "Synthetic: safe.",
		}
		change(&n)
		return n
	}
	same := func(*market.Need) {}
	first := of(one, same)
	many := []market.Need{of(two, same)}
	for len(many) < 21 {
		many = append(many, of(one, same))
	}
	for name, c := range map[string]struct {
		needs []market.Need
		want  string
	}{
		"two boroughs":           {[]market.Need{first, of(two, same)}, ""},
		"and two of one of them": {[]market.Need{first, of(two, same), of(two, same)}, ""},
		"homes apart":            {[]market.Need{first, of(two, func(n *market.Need) { n.HomeOutcode, n.TravelMiles = "DA5", 3 })}, ""},
		"one need":               {[]market.Need{first}, "INVALID needs"},
		"the most":               {many[:20], ""},
		"one too many":           {many, "INVALID needs"},
		"one borough":            {[]market.Need{first, of(one, same)}, "INVALID needs"},
		"the same twice":         {[]market.Need{first, of(two, same), first}, "INVALID needs"},
		"another lot":            {[]market.Need{first, of(two, func(n *market.Need) { n.LotID = uuid.New() })}, "INVALID needs"},
		"another age":            {[]market.Need{first, of(two, func(n *market.Need) { n.AgeHigh = 13 })}, "INVALID needs"},
		"another gender": {
			[]market.Need{first, of(two, func(n *market.Need) { n.Gender = new(market.Gender("FEMALE")) })},
			"INVALID needs",
		},
		"an additional need": {
			[]market.Need{first, of(two, func(n *market.Need) { n.OtherNeeds = market.Texts{"SLCN"} })},
			"INVALID needs",
		},
		"another window": {
			[]market.Need{first, of(two, func(n *market.Need) { n.StartTo = market.NewDate(2026, 10, 2) })},
			"INVALID needs",
		},
		"other words in a profile":  {[]market.Need{first, of(two, func(n *market.Need) { n.Profile += " And quiet." })}, "INVALID needs"},
		"another ground of the law": {[]market.Need{first, of(two, func(n *market.Need) { n.LegalBasis = "REMAND" })}, "INVALID needs"},
	} {
		joint, err := PublishJointly(c.needs)
		if markettest.RefusalCode(t, err) != c.want || err == nil && !strings.HasPrefix(joint.Reference, "J-") {
			t.Errorf("%s: %v, %+v, want %q", name, err, joint, c.want)
		}
	}
}

func TestNeedsAtOneStage(t *testing.T) {
	at := &markettest.SampleTime
	fresh, opened, locked, ranked := market.Need{}, market.Need{OpenedAt: at}, market.Need{OpenedAt: at, QualityLockedAt: at},
		market.Need{OpenedAt: at, QualityLockedAt: at, RankedAt: at}
	withdrawn := market.Need{WithdrawnAt: at}
	for name, c := range map[string]struct {
		call []market.Need
		want int
	}{
		"alone":                   {[]market.Need{fresh}, 1},
		"all stand alike":         {[]market.Need{opened, opened, opened}, 3},
		"others are further":      {[]market.Need{fresh, opened, locked, ranked, fresh}, 2},
		"others are behind":       {[]market.Need{ranked, fresh, opened, locked}, 1},
		"another is withdrawn":    {[]market.Need{fresh, withdrawn}, 1},
		"the first one withdrawn": {[]market.Need{withdrawn, fresh, withdrawn}, 2},
		"nothing":                 {nil, 0},
	} {
		if needs := NeedsAtOneStage(c.call); len(needs) != c.want {
			t.Errorf("%s: %d needs, want %d", name, len(needs), c.want)
		}
	}
}
