package evaluation

import (
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
	"github.com/southeasttogether/dps/market/markettest"
)

var (
	openedNeed        = market.Need{OpenedAt: &markettest.SampleTime}
	qualityLockedNeed = market.Need{OpenedAt: &markettest.SampleTime, QualityLockedAt: &markettest.SampleTime}
)

// scoreInputs are scores of the two criteria of quality, and of more criteria if more points are given.
func scoreInputs(values ...int) []ScoreInput {
	criteria := []market.Criterion{
		markettest.CareCriterion, markettest.OutcomesCriterion, markettest.PriceCriterion,
		{ID: markettest.NumberedID(104)},
	}
	var scores []ScoreInput
	for i, p := range values {
		scores = append(scores, ScoreInput{
			Criterion: market.ID{Kind: idkind.Criterion, UUID: criteria[i].ID},
			Points:    p, Comment: "Synthetic.",
		})
	}
	return scores
}

func TestScoreOffer(t *testing.T) {
	twice, silent := scoreInputs(5, 5), scoreInputs(5, 10)
	twice[1].Criterion = twice[0].Criterion
	silent[1].Comment = ""
	for name, c := range map[string]struct {
		need   market.Need
		scores []ScoreInput
		want   string
	}{
		"the best":            {openedNeed, scoreInputs(5, 10), ""},
		"the worst":           {openedNeed, scoreInputs(0, 0), ""},
		"sealed":              {market.Need{}, scoreInputs(5, 10), "TOO_EARLY"},
		"locked":              {qualityLockedNeed, scoreInputs(5, 10), "WRONG_STATE"},
		"above the top":       {openedNeed, scoreInputs(6, 10), "INVALID scores.0.points"},
		"below zero":          {openedNeed, scoreInputs(5, -1), "INVALID scores.1.points"},
		"one missing":         {openedNeed, scoreInputs(5), "INVALID scores"},
		"none":                {openedNeed, nil, "INVALID scores, INVALID scores"},
		"price is arithmetic": {openedNeed, scoreInputs(5, 10, 1), "INVALID scores"},
		"one twice":           {openedNeed, twice, "INVALID scores"},
		"twice and all":       {openedNeed, append(scoreInputs(5, 10), scoreInputs(5)...), "INVALID scores"},
		"no comment":          {openedNeed, silent, "INVALID scores.1.comment"},
		"another lot's too":   {openedNeed, scoreInputs(5, 10, 1, 1), "INVALID scores"},
	} {
		if err := ScoreOffer(c.need, markettest.SampleCriteria, ScoreOfferInput{Scores: c.scores}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestLockScores(t *testing.T) {
	a, b := markettest.NumberedID(1), markettest.NumberedID(2)
	score := func(offer uuid.UUID, k market.Criterion) *Score {
		return &Score{OfferID: offer, CriterionID: k.ID}
	}
	for name, c := range map[string]struct {
		need market.Need
		own  []*Score
		of   []uuid.UUID
		want string
	}{
		"whole": {openedNeed, []*Score{
			score(a, markettest.CareCriterion), score(a, markettest.OutcomesCriterion),
			score(b, markettest.CareCriterion), score(b, markettest.OutcomesCriterion),
		}, []uuid.UUID{a, b}, ""},
		"unsuitable is not scored": {
			openedNeed,
			[]*Score{score(a, markettest.CareCriterion), score(a, markettest.OutcomesCriterion)},
			[]uuid.UUID{a},
			"",
		},
		"one cell missing": {openedNeed, []*Score{
			score(a, markettest.CareCriterion), score(a, markettest.OutcomesCriterion),
			score(b, markettest.CareCriterion),
		}, []uuid.UUID{a, b}, "TOO_EARLY"},
		"nothing scored":            {openedNeed, nil, []uuid.UUID{a}, "TOO_EARLY"},
		"none suitable":             {openedNeed, nil, nil, ""},
		"sealed":                    {market.Need{}, nil, nil, "TOO_EARLY"},
		"quality is locked already": {qualityLockedNeed, nil, nil, "WRONG_STATE"},
	} {
		if err := LockScores(c.need, markettest.SampleCriteria, c.of, c.own); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestModerateOfferAndLockQuality(t *testing.T) {
	agreed := func(care1, other1 string) ModerateOfferInput {
		return ModerateOfferInput{Scores: []ModeratedScoreInput{
			{
				Criterion: market.ID{Kind: idkind.Criterion, UUID: markettest.CareCriterion.ID}, Points: market.Pounds(care1),
				Reason: "Synthetic.",
			},
			{
				Criterion: market.ID{Kind: idkind.Criterion, UUID: markettest.OutcomesCriterion.ID}, Points: market.Pounds(other1),
				Reason: "Synthetic.",
			},
		}}
	}
	silent := agreed("1", "1")
	silent.Scores[0].Reason = ""
	moderated, plain := market.Procedure{Moderated: true}, market.Procedure{}
	for name, c := range map[string]struct {
		need      market.Need
		procedure market.Procedure
		in        ModerateOfferInput
		want      string
	}{
		"halves are fine":   {openedNeed, moderated, agreed("4.5", "10"), ""},
		"above the top":     {openedNeed, moderated, agreed("5.01", "10"), "INVALID scores.0.points"},
		"below zero":        {openedNeed, moderated, agreed("-0.01", "10"), "INVALID scores.0.points"},
		"no moderation":     {openedNeed, plain, agreed("1", "1"), "WRONG_STATE"},
		"sealed":            {market.Need{}, moderated, agreed("1", "1"), "TOO_EARLY"},
		"quality is locked": {qualityLockedNeed, moderated, agreed("1", "1"), "WRONG_STATE"},
		"without a reason":  {openedNeed, moderated, silent, "INVALID scores.0.reason"},
		"no scores":         {openedNeed, moderated, ModerateOfferInput{}, "INVALID scores, INVALID scores"},
	} {
		if err := ModerateOffer(c.need, c.procedure, markettest.SampleCriteria, c.in); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	one := []*ModeratedScore{{OfferID: markettest.NumberedID(1), CriterionID: markettest.CareCriterion.ID}}
	both := append(one, &ModeratedScore{OfferID: markettest.NumberedID(1), CriterionID: markettest.OutcomesCriterion.ID})
	for name, c := range map[string]struct {
		procedure market.Procedure
		agreed    []*ModeratedScore
		want      string
	}{"whole": {moderated, both, ""}, "one missing": {moderated, one, "TOO_EARLY"}, "no moderation": {plain, both, "WRONG_STATE"}} {
		if err := LockQuality(openedNeed, c.procedure, markettest.SampleCriteria, []uuid.UUID{markettest.NumberedID(1)},
			c.agreed); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("lock, %s: %v, want %q", name, err, c.want)
		}
	}
}
