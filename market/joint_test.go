package market

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestPublishJointly(t *testing.T) {
	one, two, lot := uuid.New(), uuid.New(), uuid.New()
	of := func(borough uuid.UUID, change func(*Need)) Need {
		n := Need{ID: uuid.New(), AuthorityID: borough, LotID: lot, AgeLow: 10, AgeHigh: 12, PrimaryNeed: "ASD", HomeOutcode: "CR0", StartFrom: NewDate(2026, 9, 1), StartTo: NewDate(2026, 10, 1),
			Profile: "Synthetic: calm.", Outcomes: "Synthetic: safe."}
		change(&n)
		return n
	}
	same := func(*Need) {}
	first := of(one, same)
	many := []Need{of(two, same)}
	for len(many) < 21 {
		many = append(many, of(one, same))
	}
	for name, c := range map[string]struct {
		needs []Need
		want  string
	}{
		"two boroughs":              {[]Need{first, of(two, same)}, ""},
		"and two of one of them":    {[]Need{first, of(two, same), of(two, same)}, ""},
		"homes apart":               {[]Need{first, of(two, func(n *Need) { n.HomeOutcode, n.TravelMiles = "DA5", 3 })}, ""},
		"one need":                  {[]Need{first}, "INVALID needs"},
		"the most":                  {many[:20], ""},
		"one too many":              {many, "INVALID needs"},
		"one borough":               {[]Need{first, of(one, same)}, "INVALID needs"},
		"the same twice":            {[]Need{first, of(two, same), first}, "INVALID needs"},
		"another lot":               {[]Need{first, of(two, func(n *Need) { n.LotID = uuid.New() })}, "INVALID needs"},
		"another age":               {[]Need{first, of(two, func(n *Need) { n.AgeHigh = 13 })}, "INVALID needs"},
		"another gender":            {[]Need{first, of(two, func(n *Need) { n.Gender = new(Gender("FEMALE")) })}, "INVALID needs"},
		"another need beside":       {[]Need{first, of(two, func(n *Need) { n.OtherNeeds = Texts{"SLCN"} })}, "INVALID needs"},
		"another window":            {[]Need{first, of(two, func(n *Need) { n.StartTo = NewDate(2026, 10, 2) })}, "INVALID needs"},
		"other words in a profile":  {[]Need{first, of(two, func(n *Need) { n.Profile += " And quiet." })}, "INVALID needs"},
		"another ground of the law": {[]Need{first, of(two, func(n *Need) { n.LegalBasis = "REMAND" })}, "INVALID needs"},
	} {
		joint, err := PublishJointly(c.needs)
		if refusalCode(t, err) != c.want || err == nil && !strings.HasPrefix(joint.Reference, "J-") {
			t.Errorf("%s: %v, %+v, want %q", name, err, joint, c.want)
		}
	}
}
