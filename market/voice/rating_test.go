package voice

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/southeasttogether/dps/market"
)

var (
	ratedMarket = uuid.MustParse("00000000-0000-4000-8000-000000000001")
	providerA   = uuid.MustParse("00000000-0000-4000-8000-00000000000a")
	providerB   = uuid.MustParse("00000000-0000-4000-8000-00000000000b")
	ratedNow    = time.Date(2026, time.November, 10, 12, 0, 0, 0, time.UTC)
)

func settingNumber(n byte) uuid.UUID { return uuid.UUID{8: 0x80, 15: n} }

// waitingCohort is a cohort of parents with the given number of complete sheets, the oldest of the given number of
// months.
func waitingCohort(provider uuid.UUID, setting byte, sheets, months int) RatingCohort {
	return RatingCohort{
		MarketID: ratedMarket, ProviderID: provider, SettingID: settingNumber(setting), Respondent: market.RespondentParent, Minimum: 5,
		Answers: map[string]int{"SAFE": sheets, "TOLD": sheets}, Oldest: market.NewDate(2026, time.November-time.Month(months), 1),
	}
}

// inTerm is a cohort of a term that many terms before.
func inTerm(c RatingCohort, before int) RatingCohort {
	c.Term = market.NewDate(2026, time.September-time.Month(4*before), 1)
	return c
}

func TestBatchesToMix(t *testing.T) {
	young := waitingCohort(providerA, 2, 3, 4)
	young.Respondent = market.RespondentYoungPerson
	uneven := waitingCohort(providerA, 1, 5, 0)
	uneven.Answers["SAFE"] = 4
	for name, c := range map[string]struct {
		waiting []RatingCohort
		want    []uuid.UUID // subjects of the batches
	}{
		"nothing waits":                      {nil, nil},
		"a setting with enough, at once":     {[]RatingCohort{waitingCohort(providerA, 1, 5, 0)}, []uuid.UUID{settingNumber(1)}},
		"one sheet short":                    {[]RatingCohort{waitingCohort(providerA, 1, 4, 0)}, nil},
		"one question short":                 {[]RatingCohort{uneven}, nil},
		"a provider does not take the fresh": {[]RatingCohort{waitingCohort(providerA, 1, 3, 2), waitingCohort(providerA, 2, 3, 2)}, nil},
		"a provider takes what waited": {
			[]RatingCohort{waitingCohort(providerA, 1, 3, 3), waitingCohort(providerA, 2, 2, 3)},
			[]uuid.UUID{providerA},
		},
		"and leaves what did not": {[]RatingCohort{waitingCohort(providerA, 1, 3, 3), waitingCohort(providerA, 2, 2, 2)}, nil},
		"a setting with enough goes alone": {
			[]RatingCohort{waitingCohort(providerA, 1, 5, 3), waitingCohort(providerA, 2, 4, 3)},
			[]uuid.UUID{settingNumber(1)},
		},
		"kinds of respondent are not mixed":   {[]RatingCohort{waitingCohort(providerA, 1, 3, 4), young}, nil},
		"providers are not mixed before long": {[]RatingCohort{waitingCohort(providerA, 1, 3, 5), waitingCohort(providerB, 2, 3, 5)}, nil},
		"the market takes what waited longest": {
			[]RatingCohort{waitingCohort(providerA, 1, 3, 6), waitingCohort(providerB, 2, 3, 6)},
			[]uuid.UUID{ratedMarket},
		},
		"terms of the same children are not mixed": {
			[]RatingCohort{waitingCohort(providerA, 1, 4, 9), inTerm(waitingCohort(providerA, 1, 4, 9), 1)}, nil,
		},
		"the least waits on": {[]RatingCohort{waitingCohort(providerA, 1, 3, 9), waitingCohort(providerB, 2, 1, 60)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []uuid.UUID
			for _, b := range BatchesToMix(c.waiting, ratedNow) {
				got = append(got, b.Subject())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("batches of %v, want %v", got, c.want)
			}
		})
	}
}

type cohortKey struct {
	setting    uuid.UUID
	respondent market.Respondent
	term       market.Date
}

// TestBatchesToMixHideTheirWriters: whatever waits, a batch has the minimum of answers to each of its questions and
// stays within its level and its term, and no cohort is taken twice. So after any number of rounds the provider's figure less those
// of its settings is nothing or at least the minimum.
func TestBatchesToMixHideTheirWriters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cohorts := map[cohortKey]RatingCohort{}
		var all []RatingCohort
		for _, c := range rapid.SliceOfN(rapid.Custom(drawCohort), 0, 20).Draw(t, "waiting") {
			key := cohortKey{c.SettingID, c.Respondent, c.Term}
			if _, there := cohorts[key]; !there {
				cohorts[key] = c
				all = append(all, c)
			}
		}
		for _, b := range BatchesToMix(all, ratedNow) {
			answers := map[string]int{}
			for _, s := range b.Settings {
				key := cohortKey{s, b.Respondent, b.Term}
				c, there := cohorts[key]
				if !there {
					t.Fatalf("setting %v is in two batches, or in none's cohort", s)
				}
				delete(cohorts, key)
				if c.MarketID != b.MarketID || b.ProviderID != nil && c.ProviderID != *b.ProviderID || b.SettingID != nil && s != *b.SettingID {
					t.Fatalf("setting %v is in a batch of %v", s, b.Subject())
				}
				for q, n := range c.Answers {
					answers[q] += n
				}
			}
			for q, n := range answers {
				if n < 5 {
					t.Fatalf("a batch holds %d answers to %s", n, q)
				}
			}
			if len(answers) == 0 {
				t.Fatal("an empty batch")
			}
		}
		for _, c := range cohorts { // too few are left to be mixed for their own setting
			if slices.Min(slices.Collect(maps.Values(c.Answers))) >= 5 {
				t.Fatalf("a cohort of %v was left behind", c.Answers)
			}
		}
	})
}

func drawCohort(t *rapid.T) RatingCohort {
	setting := rapid.ByteRange(1, 6).Draw(t, "setting")
	provider := providerA
	if setting > 3 {
		provider = providerB
	}
	c := waitingCohort(provider, setting, rapid.IntRange(1, 8).Draw(t, "sheets"), rapid.IntRange(0, 8).Draw(t, "months"))
	c.Respondent = rapid.SampledFrom([]market.Respondent{market.RespondentParent, market.RespondentYoungPerson}).Draw(t, "respondent")
	c = inTerm(c, rapid.IntRange(0, 2).Draw(t, "terms before"))
	if rapid.Bool().Draw(t, "a question was added") {
		c.Answers["NEW"] = rapid.IntRange(1, c.Answers["SAFE"]).Draw(t, "new")
	}
	return c
}
