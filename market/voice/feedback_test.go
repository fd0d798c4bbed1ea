package voice

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestGiveFeedback(t *testing.T) {
	answers := func(all ...RatingInput) []RatingInput { return all }
	long, blank := strings.Repeat("é", 4001), "  "
	for name, c := range map[string]struct {
		in   GiveFeedbackInput
		want string
	}{
		"each once":    {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"TOLD", 5})}, ""},
		"in any order": {GiveFeedbackInput{Ratings: answers(RatingInput{"TOLD", 3}, RatingInput{"SAFE", 3})}, ""},
		"nought":       {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 0}, RatingInput{"TOLD", 5})}, "INVALID ratings.value"},
		"six":          {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 6}, RatingInput{"TOLD", 5})}, "INVALID ratings.value"},
		"one missing":  {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1})}, "INVALID ratings"},
		"one twice":    {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"SAFE", 5})}, "INVALID ratings"},
		"all, and one twice": {
			GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"TOLD", 5}, RatingInput{"SAFE", 1})},
			"INVALID ratings",
		},
		"all, and one unknown": {
			GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"TOLD", 5}, RatingInput{"FOOD", 1})},
			"INVALID ratings",
		},
		"one unknown in place": {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"FOOD", 5})}, "INVALID ratings"},
		"too many words": {
			GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"TOLD", 5}), Words: &long},
			"INVALID words",
		},
		"words of spaces alone": {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"TOLD", 5}), Words: &blank}, ""},
	} {
		if err := GiveFeedback(c.in, []string{"SAFE", "TOLD"}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if (GiveFeedbackInput{}).HasWords() || (GiveFeedbackInput{Words: &blank}).HasWords() || !(GiveFeedbackInput{Words: &long}).HasWords() {
		t.Error("what are words")
	}
	// A day, also over the end of summer time.
	if received := markettest.LondonTime(t, "2026-10-24 18:00:00"); ReadWordsBy(received).Sub(received) != 24*time.Hour {
		t.Error("words wait longer than a day")
	}
}

func TestDecideWords(t *testing.T) {
	decided := func(d market.WordsDecision) *WordsDecided { return &WordsDecided{Decision: d, Person: "one"} }
	reason, blank, long := "Synthetic: a reason.", " ", strings.Repeat("x", 4001)
	for name, c := range map[string]struct {
		last   *WordsDecided
		now    market.WordsDecision
		reason *string
		person string
		want   string
	}{
		"first":                              {nil, market.WordsReleased, nil, "one", ""},
		"first, with too long a reason":      {nil, market.WordsReleased, &long, "one", "INVALID reason"},
		"the same again":                     {decided(market.WordsHeld), market.WordsHeld, &reason, "one", "ALREADY_EXISTS"},
		"held after a release":               {decided(market.WordsReleased), market.WordsHeld, &reason, "one", ""},
		"held after a release, no reason":    {decided(market.WordsReleased), market.WordsHeld, nil, "one", "INVALID reason"},
		"referred after a release":           {decided(market.WordsReleased), market.WordsReferred, &reason, "one", ""},
		"released after a referral, by one":  {decided(market.WordsReferred), market.WordsReleased, &reason, "one", "SAME_PERSON"},
		"held after a referral, by one":      {decided(market.WordsReferred), market.WordsHeld, &reason, "one", "SAME_PERSON"},
		"released after a referral, by two":  {decided(market.WordsReferred), market.WordsReleased, &reason, "two", ""},
		"released by two without a reason":   {decided(market.WordsReferred), market.WordsReleased, nil, "two", "INVALID reason"},
		"released by two, with an empty one": {decided(market.WordsReferred), market.WordsReleased, &blank, "two", "INVALID reason"},
	} {
		if got := markettest.RefusalCode(t, DecideWords(c.last, DecideWordsInput{Decision: c.now, Reason: c.reason}, c.person)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
