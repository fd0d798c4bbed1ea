package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestTwoLotsOfOneName: a published lot's name is its own in the market, whatever the capitals, accents, marks and
// spaces. The name of a draft is not: it can be drafted again, and the second of two to be published is refused.
func TestTwoLotsOfOneName(t *testing.T) {
	s := newScene(t, "MATCHING") // whose published lot is "Children's homes"
	const words = "Another lot of this market has this name, or one that reads the same: choose a name that tells them apart."
	for _, name := range []string{"Children's homes", "  CHILDREN’S   Homes ", "Childrens' homes.", "Chıldren's hômes"} {
		answer := s.tryChange(demo.MarketManager, "createLot", (&stagedMarket{}).lotInput(name), "")
		if answer.code != "ALREADY_EXISTS" || answer.At("problems.0.field").Text() != "name" || answer.words != words {
			t.Errorf("%q: %s, %s: %s", name, answer.code, answer.At("problems.0.field").Text(), answer.words)
		}
	}
	draft := func(name string) string {
		return s.mustChange(demo.MarketManager, "createLot", (&stagedMarket{}).lotInput(name), "lot { id }").At("lot.id").Text()
	}
	draft("Children's homes for one")
	first, second := draft("Day places"), draft("day places!")
	answers := atOnce(2, func(i int) string {
		return s.sendChange(demo.MarketManager, "publishLot", fields{"lot": []string{first, second}[i]}, "").code
	})
	if answers[""] != 1 || answers["ALREADY_EXISTS"] != 1 {
		t.Errorf("two drafts of one name were published: %v", answers)
	}
	for _, lot := range []string{first, second} {
		if s.countRows("lot WHERE id = $1 AND published_at IS NOT NULL", uuidOf(t, lot)) > 0 {
			continue
		}
		answer := s.tryChange(demo.MarketManager, "publishLot", fields{"lot": lot}, "")
		if answer.code != "ALREADY_EXISTS" || answer.At("problems.0.field").Text() != "lot" || answer.words == "" {
			t.Errorf("publishing: %s, %s: %s", answer.code, answer.At("problems.0.field").Text(), answer.words)
		}
	}
	s.requireRefused("WRONG_STATE", demo.MarketManager, "publishLot", fields{"lot": s.lot})
	s.requireRefused("NOT_FOUND", demo.MarketManager, "publishLot", fields{"lot": opaqueID("lot", demo.MarketID())})
}
