package market

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

var (
	openedNeed = Need{OpenedAt: &testTime}
	qualityLockedNeed = Need{OpenedAt: &testTime, QualityLockedAt: &testTime}
	outcomesCriterion  = Criterion{ID: numberedID(103), Kind: CriterionQuality, Name: "Outcomes", Weight: Pounds("20"), TopScore: 10}
	testCriteria = []Criterion{careCriterion, outcomesCriterion, priceCriterion}
)

func passedChecks() []SuitabilityCheckInput {
	var checks []SuitabilityCheckInput
	for _, code := range SuitabilityCodes {
		checks = append(checks, SuitabilityCheckInput{Check: code, Passed: true, Reason: "Synthetic: seen."})
	}
	return checks
}

func TestAssessSuitability(t *testing.T) {
	for name, c := range map[string]struct {
		need   Need
		change func([]SuitabilityCheckInput) []SuitabilityCheckInput
		want   string
	}{
		"all pass":         {openedNeed, nil, ""},
		"sealed":           {Need{}, nil, "TOO_EARLY"},
		"locked":           {qualityLockedNeed, nil, "WRONG_STATE"},
		"one missing":      {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { return c[1:] }, "INVALID checks"},
		"one twice":        {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { return append(c, c[0]) }, "INVALID checks"},
		"one in another's": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[0].Check = c[1].Check; return c }, "INVALID checks"},
		"one unknown":      {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[0].Check = "SMELL"; return c }, "INVALID checks.check"},
		"fail without reason": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[2].Passed = false
			c[2].Reason = " "
			return c
		}, "INVALID checks.reason"},
		"impact on children, without reasons": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[6].Reason = " "; return c }, "INVALID checks.reason"},
		"impact on children, with a child's number": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[6].Reason = "Synthetic: the other boy, NHS number 943 476 5919, would be unsettled."
			return c
		}, "IDENTIFIES_CHILD checks.reason"},
		"another check, without reasons": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[2].Reason = ""; return c }, ""},
		"fail with a reason": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[2].Passed = false
			c[2].Reason = "Too young."
			return c
		}, ""},
		"pass with a reason": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[2].Reason = "Seen."; return c }, ""},
		"a reason too long": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[2].Reason = strings.Repeat("x", 4001)
			return c
		}, "INVALID checks.reason"},
	} {
		checks := passedChecks()
		if c.change != nil {
			checks = c.change(checks)
		}
		if err := AssessSuitability(c.need, AssessSuitabilityInput{Checks: checks}); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestSuitableOffers(t *testing.T) {
	all := len(SuitabilityCodes)
	got, err := SuitableOffers([]AssessedOffer{{OfferID: numberedID(1), Checks: all, Passed: true}, {OfferID: numberedID(2), Checks: all}, {OfferID: numberedID(3), Checks: all, Passed: true}})
	if err != nil || !slices.Equal(got, []uuid.UUID{numberedID(1), numberedID(3)}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := SuitableOffers([]AssessedOffer{{Checks: all, Passed: true}, {Checks: all - 1, Passed: true}}); refusalCode(t, err) != "TOO_EARLY" {
		t.Errorf("one half assessed: %v", err)
	}
	if got, err := SuitableOffers(nil); err != nil || got == nil || len(got) != 0 {
		t.Errorf("of none: %v, %v", got, err)
	}
}

// scoreInputs are scores of the two criteria of quality, and of more where more are given.
func scoreInputs(values ...int) []ScoreInput {
	criteria := []Criterion{careCriterion, outcomesCriterion, priceCriterion, {ID: numberedID(104)}}
	var scores []ScoreInput
	for i, p := range values {
		scores = append(scores, ScoreInput{Criterion: ID{KindCriterion, criteria[i].ID}, Points: p, Comment: "Synthetic."})
	}
	return scores
}

func TestScoreOffer(t *testing.T) {
	twice, silent := scoreInputs(5, 5), scoreInputs(5, 10)
	twice[1].Criterion = twice[0].Criterion
	silent[1].Comment = ""
	for name, c := range map[string]struct {
		need   Need
		scores []ScoreInput
		want   string
	}{
		"the best":            {openedNeed, scoreInputs(5, 10), ""},
		"the worst":           {openedNeed, scoreInputs(0, 0), ""},
		"sealed":              {Need{}, scoreInputs(5, 10), "TOO_EARLY"},
		"locked":              {qualityLockedNeed, scoreInputs(5, 10), "WRONG_STATE"},
		"above the top":       {openedNeed, scoreInputs(6, 10), "INVALID scores.points"},
		"below zero":          {openedNeed, scoreInputs(5, -1), "INVALID scores.points"},
		"one missing":         {openedNeed, scoreInputs(5), "INVALID scores"},
		"none":                {openedNeed, nil, "INVALID scores"},
		"price is arithmetic": {openedNeed, scoreInputs(5, 10, 1), "INVALID scores"},
		"one twice":           {openedNeed, twice, "INVALID scores"},
		"twice and all":       {openedNeed, append(scoreInputs(5, 10), scoreInputs(5)...), "INVALID scores"},
		"no comment":          {openedNeed, silent, "INVALID scores.comment"},
		"another lot's too":   {openedNeed, scoreInputs(5, 10, 1, 1), "INVALID scores"},
	} {
		if err := ScoreOffer(c.need, testCriteria, ScoreOfferInput{Scores: c.scores}); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestLockScores(t *testing.T) {
	a, b := numberedID(1), numberedID(2)
	score := func(offer uuid.UUID, k Criterion) *Score { return &Score{OfferID: offer, CriterionID: k.ID} }
	for name, c := range map[string]struct {
		need Need
		own  []*Score
		of   []uuid.UUID
		want string
	}{
		"whole":                     {openedNeed, []*Score{score(a, careCriterion), score(a, outcomesCriterion), score(b, careCriterion), score(b, outcomesCriterion)}, []uuid.UUID{a, b}, ""},
		"unsuitable is not scored":  {openedNeed, []*Score{score(a, careCriterion), score(a, outcomesCriterion)}, []uuid.UUID{a}, ""},
		"one cell missing":          {openedNeed, []*Score{score(a, careCriterion), score(a, outcomesCriterion), score(b, careCriterion)}, []uuid.UUID{a, b}, "TOO_EARLY"},
		"nothing scored":            {openedNeed, nil, []uuid.UUID{a}, "TOO_EARLY"},
		"none suitable":             {openedNeed, nil, nil, ""},
		"sealed":                    {Need{}, nil, nil, "TOO_EARLY"},
		"quality is locked already": {qualityLockedNeed, nil, nil, "WRONG_STATE"},
	} {
		if err := LockScores(c.need, testCriteria, c.of, c.own); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestModerateOfferAndLockQuality(t *testing.T) {
	agreed := func(care1, other1 string) ModerateOfferInput {
		return ModerateOfferInput{Scores: []ModeratedScoreInput{
			{Criterion: ID{KindCriterion, careCriterion.ID}, Points: Pounds(care1), Reason: "Synthetic."},
			{Criterion: ID{KindCriterion, outcomesCriterion.ID}, Points: Pounds(other1), Reason: "Synthetic."}}}
	}
	silent := agreed("1", "1")
	silent.Scores[0].Reason = ""
	moderated, plain := Procedure{Moderated: true}, Procedure{}
	for name, c := range map[string]struct {
		need      Need
		procedure Procedure
		in        ModerateOfferInput
		want      string
	}{
		"halves are fine":   {openedNeed, moderated, agreed("4.5", "10"), ""},
		"above the top":     {openedNeed, moderated, agreed("5.01", "10"), "INVALID scores.points"},
		"below zero":        {openedNeed, moderated, agreed("-0.01", "10"), "INVALID scores.points"},
		"no moderation":     {openedNeed, plain, agreed("1", "1"), "WRONG_STATE"},
		"sealed":            {Need{}, moderated, agreed("1", "1"), "TOO_EARLY"},
		"quality is locked": {qualityLockedNeed, moderated, agreed("1", "1"), "WRONG_STATE"},
		"without a reason":  {openedNeed, moderated, silent, "INVALID scores.reason"},
		"no scores":         {openedNeed, moderated, ModerateOfferInput{}, "INVALID scores"},
	} {
		if err := ModerateOffer(c.need, c.procedure, testCriteria, c.in); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	one := []*ModeratedScore{{OfferID: numberedID(1), CriterionID: careCriterion.ID}}
	both := append(one, &ModeratedScore{OfferID: numberedID(1), CriterionID: outcomesCriterion.ID})
	for name, c := range map[string]struct {
		procedure Procedure
		agreed    []*ModeratedScore
		want      string
	}{"whole": {moderated, both, ""}, "one missing": {moderated, one, "TOO_EARLY"}, "no moderation": {plain, both, "WRONG_STATE"}} {
		if err := LockQuality(openedNeed, c.procedure, testCriteria, []uuid.UUID{numberedID(1)}, c.agreed); refusalCode(t, err) != c.want {
			t.Errorf("lock, %s: %v, want %q", name, err, c.want)
		}
	}
}
