package market

import (
	"strings"
	"testing"
)

func TestEndWithoutAward(t *testing.T) {
	opened, ranked := Need{OpenedAt: &moment}, Need{OpenedAt: &moment, RankedAt: &moment}
	_, four := evaluated()
	all := len(SuitabilityCodes)
	failed := Evaluation{Bidders: []Assessed{{Checks: all}, {Checks: all}}}
	for name, c := range map[string]struct {
		need   Need
		e      Evaluation
		awards []Award
		reason NoAwardReason
		words  string
		want   string
	}{
		"the need has changed":          {opened, four, nil, NeedChanged, "Synthetic: at home again.", ""},
		"sealed":                        {Need{}, four, nil, NeedChanged, "Synthetic.", "TOO_EARLY"},
		"an award is proposed":          {ranked, four, []Award{{}}, NeedChanged, "Synthetic.", "WRONG_STATE"},
		"an award is accepted":          {ranked, four, []Award{{ApprovedAt: &moment, AcceptedAt: &moment}}, NeedChanged, "Synthetic.", "WRONG_STATE"},
		"each was declined":             {ranked, four, []Award{{ApprovedAt: &moment, DeclinedAt: &moment}}, NoneLeft, "Synthetic.", ""},
		"none left, not ranked":         {opened, four, nil, NoneLeft, "Synthetic.", "INVALID reason"},
		"not affordable":                {ranked, four, nil, NotAffordable, "Synthetic.", ""},
		"not affordable, not ranked":    {opened, four, nil, NotAffordable, "Synthetic.", "INVALID reason"},
		"no offers":                     {opened, Evaluation{}, nil, NoOffers, "Synthetic.", ""},
		"no offers, and there are":      {opened, four, nil, NoOffers, "Synthetic.", "INVALID reason"},
		"none suitable":                 {opened, failed, nil, NoneSuitable, "Synthetic.", ""},
		"none suitable of none":         {opened, Evaluation{}, nil, NoneSuitable, "Synthetic.", "INVALID reason"},
		"none suitable, and one is":     {ranked, four, nil, NoneSuitable, "Synthetic.", "INVALID reason"},
		"none suitable, one not looked": {opened, Evaluation{Bidders: []Assessed{{Checks: all}, {Checks: all - 1}}}, nil, NoneSuitable, "Synthetic.", "INVALID reason"},
		"none suitable, one passed":     {opened, Evaluation{Bidders: []Assessed{{Checks: all, Passed: true}}}, nil, NoneSuitable, "Synthetic.", "INVALID reason"},
		"no words":                      {opened, four, nil, NeedChanged, " ", "INVALID words"},
		"words that identify a child":   {opened, four, nil, NeedChanged, "Synthetic: born 03/02/2015.", "IDENTIFIES_CHILD words"},
	} {
		if err := EndWithoutAward(c.need, c.e, c.awards, EndWithoutAwardInput{Reason: c.reason, Words: c.words}); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestEveryBidderIsToldThatNothingWasAwarded(t *testing.T) {
	_, e := evaluated()
	letters := NoAwardLetters(e, EndWithoutAwardInput{Reason: NeedChanged, Words: "Synthetic: at home again."}, moment)
	if len(letters) != 4 {
		t.Fatalf("%d letters", len(letters))
	}
	own := []string{"92.32 of 100. Your scores: Care 4.91 of 5", "82.04 of 100. Your scores: Care 3.92 of 5", "71.04 of 100. Your scores: Care 2.93 of 5", "Too young. No vacancy."}
	for i, l := range letters {
		if l.Result != NothingAwarded || l.OfferID != e.Bidders[i].OfferID || l.ProviderID != e.Bidders[i].ProviderID || (l.Rank == nil) != (i == 3) {
			t.Errorf("letter %d: %+v", i, l)
		}
		if !strings.Contains(l.Body, "N-BCDFGHJ ended without an award, because what the child needs has changed: Synthetic: at home again.") {
			t.Errorf("letter %d: %s", i, l.Body)
		}
		for of, words := range own {
			if strings.Contains(l.Body, words) != (of == i) {
				t.Errorf("letter %d, %q of %d: %s", i, words, of, l.Body)
			}
		}
		if strings.Contains(l.Body, "Winning") {
			t.Errorf("letter %d names a winner: %s", i, l.Body)
		}
	}
	for reason, words := range noAwardWords {
		if body := NoAwardLetters(e, EndWithoutAwardInput{Reason: reason, Words: "Synthetic."}, moment)[0].Body; !strings.Contains(body, words) {
			t.Errorf("%s: %s", reason, body)
		}
	}
}
