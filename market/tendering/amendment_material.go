package tendering

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/text"
)

// AmendmentEffect is what a change of a published need does.
type AmendmentEffect struct {
	Fields   []string // that providers rely on and that change, and the times that are moved
	Material bool     // offers become void, answers are cleared, and the tender period starts again
}

// EffectOfAmendment says what a change of a published need does. A change of what providers rely on is material: PCR 2015
// reg 72 and Procurement Act 2023 s 31 do not allow offers for something that was materially changed (check). It is not
// where only the spelling of the texts is corrected. A later deadline and a later end of questions are not: every provider
// has more time, and no offer is for anything else (PCR 2015 reg 47(3); Procurement Act 2023 s 31(3) (check)).
func EffectOfAmendment(n market.Need, in AmendNeedInput) AmendmentEffect {
	_, fields := ApplyAmendment(n, in)
	effect := AmendmentEffect{Fields: fields}
	for _, field := range fields {
		switch field {
		case "profile":
			effect.Material = effect.Material || !sameButForSpelling(n.Profile, in.Profile)
		case "outcomes":
			effect.Material = effect.Material || !sameButForSpelling(n.Outcomes, in.Outcomes)
		default:
			effect.Material = true
		}
	}
	if effect.Material {
		return effect
	}
	if in.Deadline != nil && n.Deadline != nil && !in.Deadline.Equal(*n.Deadline) {
		effect.Fields = append(effect.Fields, "deadline")
	}
	if in.QuestionsUntil != nil && (n.QuestionsUntil == nil || !in.QuestionsUntil.Equal(*n.QuestionsUntil)) {
		effect.Fields = append(effect.Fields, "questionsUntil")
	}
	return effect
}

// A correction of spelling changes one letter in each of at most three words. Each word is long enough to stay the same word
// with a letter mistyped.
const (
	mostCorrectedWords   = 3
	leastCorrectedLetter = 5
)

// sameButForSpelling says whether a text says the same as another but for capitals, accents, punctuation between words, and a
// letter in a few long words. A figure or a short word, such as "not", is never a matter of spelling.
func sameButForSpelling(one, other string) bool {
	was, is := strings.Fields(text.Fold(one)), strings.Fields(text.Fold(other))
	if len(was) != len(is) || figureMarks(one) != figureMarks(other) {
		return false
	}
	corrected := 0
	for i := range was {
		if was[i] == is[i] {
			continue
		}
		if corrected++; corrected > mostCorrectedWords || !isMistyped(was[i], is[i]) {
			return false
		}
	}
	return true
}

// figureMarks are a text's figures, in their order, and the marks that change what they say: "1.5" is not "1 5".
func figureMarks(words string) string {
	var marks strings.Builder
	runes := []rune(words)
	for i, r := range runes {
		nextToDigit := i > 0 && unicode.IsDigit(runes[i-1]) || i+1 < len(runes) && unicode.IsDigit(runes[i+1])
		if unicode.IsDigit(r) || nextToDigit && !unicode.IsLetter(r) && !unicode.IsSpace(r) {
			marks.WriteRune(r)
		}
	}
	return marks.String()
}

// isMistyped says whether two long words differ in one letter after the first, left out, doubled, changed or swapped with the
// next one.
func isMistyped(one, other string) bool {
	a, b := []rune(one), []rune(other)
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < leastCorrectedLetter || len(b)-len(a) > 1 || slices.ContainsFunc(append(slices.Clone(a), b...), unicode.IsDigit) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case i == 0:
		return false
	case len(a) < len(b):
		return slices.Equal(a[i:], b[i+1:])
	case slices.Equal(a[i+1:], b[i+1:]):
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}

// checkAdjustment checks a change that keeps offers: times move later alone, within what publishing allows.
func checkAdjustment(n market.Need, in AmendNeedInput, m market.Market, now time.Time) error {
	deadline, until := in.AdjustedTimes(n)
	switch {
	case deadline.Before(*n.Deadline):
		return market.RefuseField(market.Invalid, "deadline",
			"The deadline can only be moved to a later time: providers rely on %s.", n.Deadline.In(market.London).Format("2 January 2006 15:04"))
	case deadline.After(*n.Deadline):
		if err := checkLatestDeadline(n, deadline, m); err != nil {
			return err
		}
	}
	if n.QuestionsUntil == nil || until == nil || until.Equal(*n.QuestionsUntil) {
		return nil
	}
	if until.Before(*n.QuestionsUntil) || !until.After(now) || until.After(deadline) {
		return market.RefuseField(market.Invalid, "questionsUntil",
			"The time to ask questions can only be moved to a later time, from now to the deadline.")
	}
	return nil
}

// checkLatestDeadline refuses a deadline after the child must start or after the market ends.
func checkLatestDeadline(n market.Need, deadline time.Time, m market.Market) error {
	switch {
	case deadline.After(market.EndOfDay(n.StartTo.Time)):
		return market.RefuseField(market.Invalid, "deadline",
			"The child must start by %s, which is before the deadline: set an earlier deadline, or amend the need.", n.StartTo)
	case deadline.After(market.EndOfDay(m.EndsOn.Time)):
		return market.RefuseField(market.Invalid, "deadline", "This market ends on %s: the deadline cannot be later than that.", m.EndsOn)
	}
	return nil
}

// AdjustedTimes are the deadline and the end of questions of a need after a change that keeps offers. What is not given
// stays.
func (in AmendNeedInput) AdjustedTimes(n market.Need) (deadline time.Time, questionsUntil *time.Time) {
	deadline, questionsUntil = *n.Deadline, n.QuestionsUntil
	if in.Deadline != nil {
		deadline = *in.Deadline
	}
	if in.QuestionsUntil != nil {
		questionsUntil = in.QuestionsUntil
	}
	return deadline, questionsUntil
}
