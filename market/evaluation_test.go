package market

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

var (
	opened = Need{OpenedAt: &moment}
	locked = Need{OpenedAt: &moment, QualityLockedAt: &moment}
	other  = Criterion{ID: numbered(103), Kind: Quality, Name: "Outcomes", Weight: Pounds("20"), TopScore: 10}
	judged = []Criterion{care, other, price}
)

func allChecks() []SuitabilityCheckInput {
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
		"all pass":         {opened, nil, ""},
		"sealed":           {Need{}, nil, "TOO_EARLY"},
		"locked":           {locked, nil, "WRONG_STATE"},
		"one missing":      {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { return c[1:] }, "INVALID checks"},
		"one twice":        {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { return append(c, c[0]) }, "INVALID checks"},
		"one in another's": {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[0].Check = c[1].Check; return c }, "INVALID checks"},
		"one unknown":      {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[0].Check = "SMELL"; return c }, "INVALID checks.check"},
		"fail without reason": {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[2].Passed = false
			c[2].Reason = " "
			return c
		}, "INVALID checks.reason"},
		"impact on children, without reasons": {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[6].Reason = " "; return c }, "INVALID checks.reason"},
		"impact on children, with a child's number": {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[6].Reason = "Synthetic: the other boy, NHS number 943 476 5919, would be unsettled."
			return c
		}, "IDENTIFIES_CHILD checks.reason"},
		"another check, without reasons": {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[2].Reason = ""; return c }, ""},
		"fail with a reason": {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[2].Passed = false
			c[2].Reason = "Too young."
			return c
		}, ""},
		"pass with a reason": {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[2].Reason = "Seen."; return c }, ""},
		"a reason too long": {opened, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[2].Reason = strings.Repeat("x", 4001)
			return c
		}, "INVALID checks.reason"},
	} {
		checks := allChecks()
		if c.change != nil {
			checks = c.change(checks)
		}
		if err := AssessSuitability(c.need, AssessSuitabilityInput{Checks: checks}); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestSuitable(t *testing.T) {
	all := len(SuitabilityCodes)
	got, err := Suitable([]Assessed{{OfferID: numbered(1), Checks: all, Passed: true}, {OfferID: numbered(2), Checks: all}, {OfferID: numbered(3), Checks: all, Passed: true}})
	if err != nil || !slices.Equal(got, []uuid.UUID{numbered(1), numbered(3)}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := Suitable([]Assessed{{Checks: all, Passed: true}, {Checks: all - 1, Passed: true}}); refused(t, err) != "TOO_EARLY" {
		t.Errorf("one half assessed: %v", err)
	}
	if got, err := Suitable(nil); err != nil || got == nil || len(got) != 0 {
		t.Errorf("of none: %v, %v", got, err)
	}
}

// points are scores of the two criteria of quality, and of more where more are given.
func points(values ...int) []ScoreInput {
	criteria := []Criterion{care, other, price, {ID: numbered(104)}}
	var scores []ScoreInput
	for i, p := range values {
		scores = append(scores, ScoreInput{Criterion: ID{KindCriterion, criteria[i].ID}, Points: p, Comment: "Synthetic."})
	}
	return scores
}

func TestScoreOffer(t *testing.T) {
	twice, silent := points(5, 5), points(5, 10)
	twice[1].Criterion = twice[0].Criterion
	silent[1].Comment = ""
	for name, c := range map[string]struct {
		need   Need
		scores []ScoreInput
		want   string
	}{
		"the best":            {opened, points(5, 10), ""},
		"the worst":           {opened, points(0, 0), ""},
		"sealed":              {Need{}, points(5, 10), "TOO_EARLY"},
		"locked":              {locked, points(5, 10), "WRONG_STATE"},
		"above the top":       {opened, points(6, 10), "INVALID scores.points"},
		"below zero":          {opened, points(5, -1), "INVALID scores.points"},
		"one missing":         {opened, points(5), "INVALID scores"},
		"none":                {opened, nil, "INVALID scores"},
		"price is arithmetic": {opened, points(5, 10, 1), "INVALID scores"},
		"one twice":           {opened, twice, "INVALID scores"},
		"twice and all":       {opened, append(points(5, 10), points(5)...), "INVALID scores"},
		"no comment":          {opened, silent, "INVALID scores.comment"},
		"another lot's too":   {opened, points(5, 10, 1, 1), "INVALID scores"},
	} {
		if err := ScoreOffer(c.need, judged, ScoreOfferInput{Scores: c.scores}); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestLockScores(t *testing.T) {
	a, b := numbered(1), numbered(2)
	score := func(offer uuid.UUID, k Criterion) *Score { return &Score{OfferID: offer, CriterionID: k.ID} }
	for name, c := range map[string]struct {
		need Need
		own  []*Score
		of   []uuid.UUID
		want string
	}{
		"whole":                     {opened, []*Score{score(a, care), score(a, other), score(b, care), score(b, other)}, []uuid.UUID{a, b}, ""},
		"unsuitable is not scored":  {opened, []*Score{score(a, care), score(a, other)}, []uuid.UUID{a}, ""},
		"one cell missing":          {opened, []*Score{score(a, care), score(a, other), score(b, care)}, []uuid.UUID{a, b}, "TOO_EARLY"},
		"nothing scored":            {opened, nil, []uuid.UUID{a}, "TOO_EARLY"},
		"none suitable":             {opened, nil, nil, ""},
		"sealed":                    {Need{}, nil, nil, "TOO_EARLY"},
		"quality is locked already": {locked, nil, nil, "WRONG_STATE"},
	} {
		if err := LockScores(c.need, judged, c.of, c.own); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestModeration(t *testing.T) {
	agreed := func(care1, other1 string) ModerateOfferInput {
		return ModerateOfferInput{Scores: []ModeratedScoreInput{
			{Criterion: ID{KindCriterion, care.ID}, Points: Pounds(care1), Reason: "Synthetic."},
			{Criterion: ID{KindCriterion, other.ID}, Points: Pounds(other1), Reason: "Synthetic."}}}
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
		"halves are fine":   {opened, moderated, agreed("4.5", "10"), ""},
		"above the top":     {opened, moderated, agreed("5.01", "10"), "INVALID scores.points"},
		"below zero":        {opened, moderated, agreed("-0.01", "10"), "INVALID scores.points"},
		"no moderation":     {opened, plain, agreed("1", "1"), "WRONG_STATE"},
		"sealed":            {Need{}, moderated, agreed("1", "1"), "TOO_EARLY"},
		"quality is locked": {locked, moderated, agreed("1", "1"), "WRONG_STATE"},
		"without a reason":  {opened, moderated, silent, "INVALID scores.reason"},
		"no scores":         {opened, moderated, ModerateOfferInput{}, "INVALID scores"},
	} {
		if err := ModerateOffer(c.need, c.procedure, judged, c.in); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	one := []*ModeratedScore{{OfferID: numbered(1), CriterionID: care.ID}}
	both := append(one, &ModeratedScore{OfferID: numbered(1), CriterionID: other.ID})
	for name, c := range map[string]struct {
		procedure Procedure
		agreed    []*ModeratedScore
		want      string
	}{"whole": {moderated, both, ""}, "one missing": {moderated, one, "TOO_EARLY"}, "no moderation": {plain, both, "WRONG_STATE"}} {
		if err := LockQuality(opened, c.procedure, judged, []uuid.UUID{numbered(1)}, c.agreed); refused(t, err) != c.want {
			t.Errorf("lock, %s: %v, want %q", name, err, c.want)
		}
	}
}
