package award

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestEndWithoutAward(t *testing.T) {
	opened, ranked := market.Need{OpenedAt: &markettest.SampleTime}, market.Need{
		OpenedAt: &markettest.SampleTime,
		RankedAt: &markettest.SampleTime,
	}
	_, four := awardOutcome()
	all := len(market.SuitabilityCodes)
	failed := EvaluationOutcome{Bidders: []market.AssessedOffer{{Checks: all}, {Checks: all}}}
	for name, c := range map[string]struct {
		need   market.Need
		e      EvaluationOutcome
		awards []market.Award
		reason NoAwardReason
		words  string
		want   string
	}{
		"the need has changed": {opened, four, nil, NoAwardNeedChanged, "Synthetic: at home again.", ""},
		"sealed":               {market.Need{}, four, nil, NoAwardNeedChanged, "Synthetic.", "TOO_EARLY"},
		"an award is proposed": {ranked, four, []market.Award{{}}, NoAwardNeedChanged, "Synthetic.", "WRONG_STATE"},
		"an award is accepted": {
			ranked, four,
			[]market.Award{{ApprovedAt: &markettest.SampleTime, AcceptedAt: &markettest.SampleTime}},
			NoAwardNeedChanged, "Synthetic.", "WRONG_STATE",
		},
		"each was declined": {
			ranked, four,
			[]market.Award{{ApprovedAt: &markettest.SampleTime, DeclinedAt: &markettest.SampleTime}},
			NoAwardNoneLeft, "Synthetic.", "",
		},
		"none left, not ranked":      {opened, four, nil, NoAwardNoneLeft, "Synthetic.", "INVALID reason"},
		"not affordable":             {ranked, four, nil, NoAwardNotAffordable, "Synthetic.", ""},
		"not affordable, not ranked": {opened, four, nil, NoAwardNotAffordable, "Synthetic.", "INVALID reason"},
		"no offers":                  {opened, EvaluationOutcome{}, nil, NoAwardNoOffers, "Synthetic.", ""},
		"no offers, and there are":   {opened, four, nil, NoAwardNoOffers, "Synthetic.", "INVALID reason"},
		"none suitable":              {opened, failed, nil, NoAwardNoneSuitable, "Synthetic.", ""},
		"none suitable of none":      {opened, EvaluationOutcome{}, nil, NoAwardNoneSuitable, "Synthetic.", "INVALID reason"},
		"none suitable, and one is":  {ranked, four, nil, NoAwardNoneSuitable, "Synthetic.", "INVALID reason"},
		"none suitable, one not looked": {
			opened,
			EvaluationOutcome{Bidders: []market.AssessedOffer{{Checks: all}, {Checks: all - 1}}},
			nil,
			NoAwardNoneSuitable, "Synthetic.", "INVALID reason",
		},
		"none suitable, one passed": {
			opened,
			EvaluationOutcome{Bidders: []market.AssessedOffer{{Checks: all, Passed: true}}},
			nil,
			NoAwardNoneSuitable, "Synthetic.", "INVALID reason",
		},
		"no words":                    {opened, four, nil, NoAwardNeedChanged, " ", "INVALID words"},
		"words that identify a child": {opened, four, nil, NoAwardNeedChanged, "Synthetic: born 03/02/2015.", "IDENTIFIES_CHILD words"},
	} {
		if err := EndWithoutAward(c.need, c.e, c.awards, EndWithoutAwardInput{Reason: c.reason, Words: c.words}); markettest.RefusalCode(t,
			err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestNoAwardLettersTellEveryBidder(t *testing.T) {
	_, e := awardOutcome()
	letters := NoAwardLetters(e, EndWithoutAwardInput{Reason: NoAwardNeedChanged, Words: "Synthetic: at home again."},
		markettest.SampleTime)
	if len(letters) != 4 {
		t.Fatalf("%d letters", len(letters))
	}
	own := []string{
		"92.32 out of 100. Your scores: Care 4.91 out of 5", "82.04 out of 100. Your scores: Care 3.92 out of 5",
		"71.04 out of 100. Your scores: Care 2.93 out of 5", "Too young. No vacancy.",
	}
	for i, l := range letters {
		if l.Result != LetterNothingAwarded || l.OfferID != e.Bidders[i].OfferID || l.ProviderID != e.Bidders[i].ProviderID ||
			(l.Rank == nil) != (i == 3) {
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
	for reason, words := range noAwardPhrases {
		if body := NoAwardLetters(e, EndWithoutAwardInput{Reason: reason, Words: "Synthetic."},
			markettest.SampleTime)[0].Body; !strings.Contains(body, words) {
			t.Errorf("%s: %s", reason, body)
		}
	}
}

// What people write without a full stop does not run into the sentence that follows it.
func TestLettersEndWhatPeopleWrote(t *testing.T) {
	for words, want := range map[string]string{
		"Synthetic: it's changed": "Synthetic: it's changed.", "Synthetic.": "Synthetic.", "Synthetic?": "Synthetic?", "": "",
	} {
		if got := asSentence(words); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
	if got := joinSentences([]string{"Too young", "No vacancy."}); got != "Too young. No vacancy." {
		t.Error(got)
	}
}
