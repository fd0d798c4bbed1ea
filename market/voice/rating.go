package voice

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// RatingCohort is the ratings of one setting by one kind of respondent in one term that wait to be mixed. A child has one sheet a term and
// kind of respondent, so that it has as many children as sheets, wherever they are: how many answers each
// question has, the month of the oldest, and the market's minimum of answers behind any figure. A sheet answers every
// question of its set, so the question with the fewest answers says how many complete sheets there are.
type RatingCohort struct {
	MarketID   uuid.UUID
	ProviderID uuid.UUID
	SettingID  uuid.UUID
	Respondent market.Respondent
	Term       market.Date
	Minimum    int
	Answers    map[string]int
	Oldest     market.Date
}

// RatingBatch is what is mixed at once: everything of one term that waits at these settings from one kind of respondent. No child has two
// sheets in it. Provider
// is nil if the mixed ratings are the market's, Setting if they are not those of one setting.
type RatingBatch struct {
	MarketID   uuid.UUID
	ProviderID *uuid.UUID
	SettingID  *uuid.UUID
	Respondent market.Respondent
	Term       market.Date
	Settings   []uuid.UUID
}

// Subject is what the figures will be about: a setting, a provider or the market.
func (b RatingBatch) Subject() uuid.UUID {
	switch {
	case b.SettingID != nil:
		return *b.SettingID
	case b.ProviderID != nil:
		return *b.ProviderID
	default:
		return b.MarketID
	}
}

// How many months ratings wait for enough others of the same setting before they count only for the provider, and then
// only for the market. Without a wait a large provider would take every answer from its settings, and the market every
// answer from its small providers. Without an end the answers about a small home would wait for ever. What is too little for the market
// too is never shown. This is the market's own rule.
const (
	MonthsForSetting  = 3
	MonthsForProvider = 6
)

// BatchesToMix says what to mix. Each setting is mixed as soon as it has the market's minimum. What has waited long
// enough without reaching it is mixed for its provider or, after longer, for the market, if together there is the
// minimum. A cohort goes whole into one batch, and a batch at a higher level contains only what no lower level
// contains. So the difference between a provider's figure and those of its settings is nothing or a batch of at least
// the minimum, and each figure grows by such batches too.
func BatchesToMix(waiting []RatingCohort, now time.Time) []RatingBatch {
	batches, small := mixLevel(waiting, 0, now, func(c RatingCohort) RatingBatch {
		return RatingBatch{c.MarketID, &c.ProviderID, &c.SettingID, c.Respondent, c.Term, nil}
	})
	more, small := mixLevel(small, MonthsForSetting, now, func(c RatingCohort) RatingBatch {
		return RatingBatch{c.MarketID, &c.ProviderID, nil, c.Respondent, c.Term, nil}
	})
	most, _ := mixLevel(small, MonthsForProvider, now, func(c RatingCohort) RatingBatch {
		return RatingBatch{c.MarketID, nil, nil, c.Respondent, c.Term, nil}
	})
	return append(append(batches, more...), most...)
}

// mixLevel makes the batches of one level from the cohorts that have waited the given number of months, and returns
// what is left.
func mixLevel(waiting []RatingCohort, months int, now time.Time, level func(RatingCohort) RatingBatch) (batches []RatingBatch,
	left []RatingCohort,
) {
	type group struct {
		subject    uuid.UUID
		respondent market.Respondent
		term       market.Date
	}
	together, order := map[group][]RatingCohort{}, []group{}
	for _, c := range waiting {
		if monthsBetween(c.Oldest, now) < months {
			left = append(left, c)
			continue
		}
		g := group{level(c).Subject(), c.Respondent, c.Term}
		if together[g] == nil {
			order = append(order, g)
		}
		together[g] = append(together[g], c)
	}
	for _, g := range order {
		cohorts := together[g]
		if countWholeSheets(cohorts) < cohorts[0].Minimum {
			left = append(left, cohorts...)
			continue
		}
		b := level(cohorts[0])
		for _, c := range cohorts {
			b.Settings = append(b.Settings, c.SettingID)
		}
		batches = append(batches, b)
	}
	return batches, left
}

// countWholeSheets is how many answers the question with the fewest has.
func countWholeSheets(cohorts []RatingCohort) int {
	answers := map[string]int{}
	for _, c := range cohorts {
		for question, n := range c.Answers {
			answers[question] += n
		}
	}
	fewest := -1
	for _, n := range answers {
		if fewest < 0 || n < fewest {
			fewest = n
		}
	}
	return max(fewest, 0)
}

// MonthOf is the first day of the month of t in London. Nothing more exact is kept about when a rating was given or
// mixed.
func MonthOf(t time.Time) market.Date {
	year, month, _ := t.In(market.London).Date()
	return market.NewDate(year, month, 1)
}

func monthsBetween(from market.Date, to time.Time) int {
	month := MonthOf(to)
	return (month.Year()-from.Year())*12 + int(month.Month()) - int(from.Month())
}
