package award

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

// awardOutcome is a need with a winner, two others and one that is not suitable, each with words and figures of its own.
func awardOutcome() (market.Award, EvaluationOutcome) {
	e := EvaluationOutcome{
		Need: market.Need{Reference: "N-BCDFGHJ"}, Criteria: markettest.SampleCriteria, Winner: "Winning Provider",
		Rankings: map[uuid.UUID]market.Ranking{},
		Points:   map[uuid.UUID]map[uuid.UUID]market.Decimal{}, Reasons: map[uuid.UUID]map[uuid.UUID]string{},
	}
	for n, r := range []struct{ quality, price, total string }{
		{"71.11", "21.21", "92.32"},
		{"61.51", "20.53", "82.04"},
		{"51.17", "19.87", "71.04"},
	} {
		id := markettest.NumberedID(byte(n + 1))
		e.Bidders = append(e.Bidders, market.AssessedOffer{OfferID: id, ProviderID: markettest.NumberedID(byte(n + 51)), Passed: true})
		e.Rankings[id] = market.Ranking{
			OfferID: id, Rank: n + 1, Quality: market.Pounds(r.quality), Price: market.Pounds(r.price),
			Total:      market.Pounds(r.total),
			Arithmetic: "Price 43210.99 / 54321.88",
		}
		e.Points[id] = map[uuid.UUID]market.Decimal{
			markettest.CareCriterion.ID:     market.Pounds([]string{"4.91", "3.92", "2.93"}[n]),
			markettest.OutcomesCriterion.ID: market.Pounds("7"),
		}
		e.Reasons[id] = map[uuid.UUID]string{
			markettest.CareCriterion.ID:     "care reason " + id.String(),
			markettest.OutcomesCriterion.ID: "outcome reason " + id.String(),
		}
	}
	e.Bidders = append(e.Bidders, market.AssessedOffer{
		OfferID: markettest.NumberedID(4), ProviderID: markettest.NumberedID(54),
		Reasons: market.Texts{"Too young.", "No vacancy."},
	})
	return market.Award{ID: markettest.NumberedID(200), OfferID: markettest.NumberedID(1), ProviderID: markettest.NumberedID(51)}, e
}

func TestAwardLettersTellEveryBidder(t *testing.T) {
	award, e := awardOutcome()
	letters := AwardLetters(award, e, markettest.SampleTime)
	if len(letters) != 4 {
		t.Fatalf("%d letters", len(letters))
	}
	for i, want := range []struct {
		result LetterResult
		rank   int
		says   []string
	}{
		{LetterAwarded, 1, []string{"92.32 out of 100", "Care 4.91 out of 5: care reason", "Outcomes 7.00 out of 10: outcome reason"}},
		{LetterNotAwarded, 2, []string{
			"Winning Provider", "2nd with a total of 82.04 out of 100; theirs had 92.32", "yours 61.51, theirs 71.11",
			"yours 20.53, theirs 21.21", "Care 3.92 out of 5",
		}},
		{LetterNotAwarded, 3, []string{"Winning Provider", "3rd with a total of 71.04", "theirs had 92.32", "Care 2.93 out of 5"}},
		{LetterNotSuitable, 0, []string{"Winning Provider", "Too young. No vacancy."}},
	} {
		l := letters[i]
		if l.Result != want.result || l.AwardID != award.ID || l.OfferID != e.Bidders[i].OfferID || l.ProviderID != e.Bidders[i].ProviderID ||
			!l.SentAt.Equal(markettest.SampleTime) {
			t.Errorf("letter %d: %+v", i, l)
		}
		if (want.rank == 0) != (l.Rank == nil) || (l.Rank == nil) != (l.Total == nil) || l.Rank != nil && *l.Rank != want.rank {
			t.Errorf("letter %d: rank %v, total %v", i, l.Rank, l.Total)
		}
		for _, words := range append(want.says, "N-BCDFGHJ") {
			if !strings.Contains(l.Body, words) {
				t.Errorf("letter %d does not say %q: %s", i, words, l.Body)
			}
		}
	}
}

// A bidder whose price was not accounted for is told that, with its scores and without a rank. If its offer was also
// unsuitable, it is told that too.
func TestAwardLettersTellAnUnaccountedPrice(t *testing.T) {
	award, e := awardOutcome()
	delete(e.Rankings, markettest.NumberedID(3))
	e.RefusedPrices = map[uuid.UUID]string{markettest.NumberedID(3): "Nothing was said.", markettest.NumberedID(4): "Nothing was said."}
	letters := AwardLetters(award, e, markettest.SampleTime)
	for i, want := range map[int]LetterResult{2: LetterNotAwarded, 3: LetterNotSuitable} {
		if l := letters[i]; l.Result != want || l.Rank != nil || l.Total != nil || !strings.Contains(l.Body,
			"could not be awarded, because its price was not accounted for: Nothing was said.") {
			t.Errorf("letter %d: %+v", i, l)
		}
	}
	if body := letters[2].Body; !strings.Contains(body, "was not ranked") || !strings.Contains(body, "Care 2.93 out of 5") {
		t.Errorf("it is told: %s", body)
	}
	e.Need.RankedAt = &markettest.SampleTime
	told := NoAwardLetters(e, EndWithoutAwardInput{Reason: NoAwardNoneLeft, Words: "Synthetic."}, markettest.SampleTime)[2]
	if told.Rank != nil || !strings.Contains(told.Body, "Care 2.93 out of 5") || !strings.Contains(told.Body,
		"not accounted for: Nothing was said.") {
		t.Errorf("without an award it is told: %+v", told)
	}
}

// A letter contains the bidder's own figures and words, the winner's scores, and nothing of anybody else. It contains
// no words about the winner, unless the regime asks for them, and no price in pounds.
func TestAwardLettersHoldNothingOfOthers(t *testing.T) {
	award, e := awardOutcome()
	secrets := map[int][]string{
		0: {markettest.NumberedID(1).String()}, // the winner: those who are compared are told its scores, and not why
		1: {"61.51", "20.53", "82.04", "3.92", markettest.NumberedID(2).String()},
		2: {"51.17", "19.87", "71.04", "2.93", markettest.NumberedID(3).String()},
		3: {"Too young.", "No vacancy."},
	}
	for i, l := range AwardLetters(award, e, markettest.SampleTime) {
		for of, texts := range secrets {
			for _, secret := range texts {
				if of != i && strings.Contains(l.Body, secret) {
					t.Errorf("letter %d tells %q of bidder %d: %s", i, secret, of, l.Body)
				}
			}
		}
		for _, money := range []string{"43210.99", "54321.88"} {
			if strings.Contains(l.Body, money) {
				t.Errorf("letter %d tells a price: %s", i, l.Body)
			}
		}
	}
	if unsuitable := AwardLetters(award, e, markettest.SampleTime)[3]; strings.Contains(unsuitable.Body, "92.32") {
		t.Errorf("an offer that was not compared is told scores: %s", unsuitable.Body)
	}
}

// An offer that stands before the winner's, or that passed and has no rank, is told why it could not be awarded; another is
// not told of what did not decide.
func TestAwardLettersSayWhatBarredAnOffer(t *testing.T) {
	bar := func(offer byte, by Bar) map[uuid.UUID]Bar { return map[uuid.UUID]Bar{markettest.NumberedID(offer): by} }
	for name, c := range map[string]struct {
		winner byte
		barred map[uuid.UUID]Bar
		fail   byte // an offer without a rank
		says   map[int]string
	}{
		"nothing":                   {1, nil, 0, nil},
		"the first, by membership":  {2, bar(1, BarMembership), 0, map[int]string{0: "not an active member"}},
		"the first, by its setting": {2, bar(1, BarSetting), 0, map[int]string{0: "its setting had closed"}},
		"a later one":               {1, bar(2, BarMembership), 0, nil},
		"one without a rank":        {1, bar(3, BarMembership), 3, map[int]string{2: "not an active member"}},
		"one that did not pass":     {1, bar(4, BarMembership), 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			award, e := awardOutcome()
			award.OfferID, e.Barred = markettest.NumberedID(c.winner), c.barred
			delete(e.Rankings, markettest.NumberedID(c.fail))
			for i, l := range AwardLetters(award, e, markettest.SampleTime) {
				if strings.Contains(l.Body, "could not be awarded") != (c.says[i] != "") || !strings.Contains(l.Body, c.says[i]) {
					t.Errorf("letter %d: %s", i, l.Body)
				}
				if i == int(c.fail)-1 && (l.Result != LetterNotAwarded || strings.Contains(l.Body, "suitability check")) {
					t.Errorf("letter %d, of an offer that passed: %s: %s", i, l.Result, l.Body)
				}
			}
		})
	}
}

func TestAwardLettersSayTheStandstill(t *testing.T) {
	award, e := awardOutcome()
	for _, l := range AwardLetters(award, e, markettest.SampleTime) {
		if strings.Contains(l.Body, "Standstill") {
			t.Errorf("none was chosen: %s", l.Body)
		}
	}
	ends := market.EndOfDay(market.NewDate(2026, time.July, 6).Time)
	award.StandstillEnds = &ends
	for _, l := range AwardLetters(award, e, markettest.SampleTime) {
		if !strings.HasSuffix(l.Body, "before the end of 6 July 2026.") {
			t.Errorf("got %s", l.Body)
		}
	}
}

// Only the winner is told what the award costs, and nothing if it costs nothing.
func TestAwardLettersSayTheFee(t *testing.T) {
	award, e := awardOutcome()
	e.Fee = &market.Rule{Code: market.RuleAwardFee, Value: 105, Source: "SYN-3"}
	for i, l := range AwardLetters(award, e, markettest.SampleTime) {
		if told := strings.Contains(l.Body, "1.05 % of its price (SYN-3)"); told != (i == 0) {
			t.Errorf("letter %d: %s", i, l.Body)
		}
	}
	e.Fee.Value = 0
	if first := AwardLetters(award, e, markettest.SampleTime)[0]; strings.Contains(first.Body, "fee") {
		t.Errorf("a fee of nothing: %s", first.Body)
	}
}

func TestAwardLettersSayHowATieWasBroken(t *testing.T) {
	award, e := awardOutcome()
	second := e.Rankings[markettest.NumberedID(2)]
	rule := market.TieReceipt
	second.Total, second.TieBreak = e.Rankings[markettest.NumberedID(1)].Total, &rule
	e.Rankings[markettest.NumberedID(2)] = second
	for i, l := range AwardLetters(award, e, markettest.SampleTime) {
		if says := strings.Contains(l.Body, "the earlier receipt decided"); says != (i == 1) {
			t.Errorf("letter %d: %s", i, l.Body)
		}
	}
}

func TestAwardLettersTellARefusedPriceToItsBidderAlone(t *testing.T) {
	award, e := awardOutcome()
	e.RefusedPrices = map[uuid.UUID]string{markettest.NumberedID(2): "Synthetic: below what staff must be paid."}
	for i, l := range AwardLetters(award, e, markettest.SampleTime) {
		if told := strings.Contains(l.Body, "below what staff must be paid"); told != (i == 1) {
			t.Errorf("letter %d: %s", i, l.Body)
		}
	}
}

func TestOrdinalText(t *testing.T) {
	for n, want := range map[int]string{
		1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 10: "10th", 11: "11th", 12: "12th", 13: "13th", 21: "21st",
		101: "101st", 111: "111th", 112: "112th",
	} {
		if got := ordinalText(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// letterCases are all letters that a bidder can get, by the names of their files.
func letterCases() map[string]func() Letter {
	nothing := func(*market.Award, *EvaluationOutcome) {}
	ended := func(how market.AwardStatus) func(*market.Award, *EvaluationOutcome) {
		return func(a *market.Award, e *EvaluationOutcome) {
			a.OfferID, e.Winner = markettest.NumberedID(2), "Second Provider"
			e.Ended = map[uuid.UUID]market.AwardStatus{markettest.NumberedID(1): how}
		}
	}
	return map[string]func() Letter{
		"awarded":                  awardLetter(nothing, 0),
		"not_awarded":              awardLetter(nothing, 1),
		"not_awarded_with_reasons": awardLetter(func(_ *market.Award, e *EvaluationOutcome) { e.WinnerReasons = true }, 1),
		"not_awarded_standstill": awardLetter(func(a *market.Award, _ *EvaluationOutcome) {
			a.StandstillEnds = new(time.Date(2026, time.June, 11, 22, 59, 59, 0, time.UTC))
		}, 1),
		"not_suitable": awardLetter(nothing, 3),
		"passed_over_price": awardLetter(func(_ *market.Award, e *EvaluationOutcome) {
			delete(e.Rankings, markettest.NumberedID(3))
			e.RefusedPrices = map[uuid.UUID]string{markettest.NumberedID(3): "The bidder said nothing."}
		}, 2),
		"passed_over_membership": awardLetter(func(a *market.Award, e *EvaluationOutcome) {
			a.OfferID, e.Winner = markettest.NumberedID(2), "Second Provider"
			e.Barred = map[uuid.UUID]Bar{markettest.NumberedID(1): BarMembership}
		}, 0),
		"declined_before":                awardLetter(ended(market.AwardDeclined), 0),
		"lapsed_before":                  awardLetter(ended(market.AwardLapsed), 0),
		"cancelled_before":               awardLetter(ended(market.AwardCancelled), 0),
		"awarded_after_another_declined": awardLetter(ended(market.AwardDeclined), 1),
		"no_award":                       noAwardLetter("", 0),
		"no_award_not_suitable":          noAwardLetter("", 3),
		"no_award_declined":              noAwardLetter(market.AwardDeclined, 0),
	}
}

// readableOutcome is awardOutcome in words as evaluators write them.
func readableOutcome() (market.Award, EvaluationOutcome) {
	a, e := awardOutcome()
	for n, words := range []string{"Staff are trained.", "Two posts are vacant.", "The plan is thin."} {
		reasons := e.Reasons[markettest.NumberedID(byte(n+1))]
		for criterion := range reasons {
			reasons[criterion] = words
		}
	}
	return a, e
}

func awardLetter(change func(*market.Award, *EvaluationOutcome), offer int) func() Letter {
	return func() Letter {
		a, e := readableOutcome()
		change(&a, &e)
		return AwardLetters(a, e, markettest.SampleTime)[offer]
	}
}

func noAwardLetter(ended market.AwardStatus, offer int) func() Letter {
	return func() Letter {
		_, e := readableOutcome()
		e.Need.RankedAt = &markettest.SampleTime
		if ended != "" {
			e.Ended = map[uuid.UUID]market.AwardStatus{markettest.NumberedID(1): ended}
		}
		in := EndWithoutAwardInput{Reason: NoAwardNoneLeft, Words: "No offer can be awarded any more."}
		return NoAwardLetters(e, in, markettest.SampleTime)[offer]
	}
}

// TestLettersReadAsTheirReadersReadThem compares every letter with its file in testdata/letters. UPDATE_LETTERS=1 writes them.
func TestLettersReadAsTheirReadersReadThem(t *testing.T) {
	for name, write := range letterCases() {
		t.Run(name, func(t *testing.T) {
			l := write()
			got := string(l.Result) + "\n\n" + l.Body + "\n"
			file := filepath.Join("testdata", "letters", name+".txt")
			if os.Getenv("UPDATE_LETTERS") != "" {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil || got != string(want) {
				t.Errorf("%v: the letter reads\n%s\nand should read\n%s", err, got, want)
			}
		})
	}
	files, err := filepath.Glob("testdata/letters/*.txt")
	if err != nil || len(files) != len(letterCases()) {
		t.Errorf("%d files, %v, of %d letters", len(files), err, len(letterCases()))
	}
}

// TestWhoDeclinedIsNotCompared: a bidder whose own award has ended is told that, without a rank or a total.
func TestWhoDeclinedIsNotCompared(t *testing.T) {
	for _, how := range []market.AwardStatus{market.AwardDeclined, market.AwardLapsed, market.AwardCancelled} {
		a, e := awardOutcome()
		a.OfferID = markettest.NumberedID(2)
		e.Ended = map[uuid.UUID]market.AwardStatus{markettest.NumberedID(1): how}
		l := AwardLetters(a, e, markettest.SampleTime)[0]
		if l.Rank != nil || l.Total != nil || l.Result != LetterNotAwarded || strings.Contains(l.Body, "came 1st") ||
			strings.Contains(l.Body, "92.32") {
			t.Errorf("%s: %+v", how, l)
		}
		a.OfferID = markettest.NumberedID(1) // the same offer again, after a cancelled placement
		if l := AwardLetters(a, e, markettest.SampleTime)[0]; l.Result != LetterAwarded || l.Rank == nil {
			t.Errorf("awarded again after %s: %+v", how, l)
		}
	}
}

func TestEndedAwards(t *testing.T) {
	at, later := &markettest.SampleTime, markettest.SampleTime.Add(time.Hour)
	got := EndedAwards([]market.Award{
		{OfferID: markettest.NumberedID(1), RejectedAt: at},
		{OfferID: markettest.NumberedID(2), ApprovedAt: at, DeclinedAt: at},
		{OfferID: markettest.NumberedID(3), ApprovedAt: at, AcceptBy: at, AsOf: later},
		{OfferID: markettest.NumberedID(4), ApprovedAt: at, AcceptedAt: at},
		{ApprovedAt: at, DeclinedAt: at}, // by another route
	})
	if len(got) != 2 || got[markettest.NumberedID(2)] != market.AwardDeclined || got[markettest.NumberedID(3)] != market.AwardLapsed {
		t.Errorf("%v", got)
	}
}
