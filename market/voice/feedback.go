// Package voice has the rules of what families say.
package voice

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// GiveFeedbackInput is how it goes, written by a family.
type GiveFeedbackInput struct {
	Ratings    []RatingInput
	Words      *string
	MayContact bool
}

// HasWords says whether there are free words as well as the ratings.
func (in GiveFeedbackInput) HasWords() bool {
	return in.Words != nil && strings.TrimSpace(*in.Words) != ""
}

// RatingInput is an answer to one question.
type RatingInput struct {
	Question string
	Value    int
}

// DecideWordsInput is a decision about free words.
type DecideWordsInput struct {
	IdempotencyKey string
	Words          market.ID
	Decision       market.WordsDecision
	Reason         *string
}

// WordsDecided is one decision about free words. Reason is nil for a first one that gave none.
type WordsDecided struct {
	WordsID  uuid.UUID            `db:"words_id"`
	Decision market.WordsDecision `db:"decision"`
	Person   string               `db:"person"`
	At       time.Time            `db:"at"`
	Reason   *string              `db:"-"`
}

// ReadWordsWithinHours is within how many hours the safeguarding lead reads what a family wrote.
const ReadWordsWithinHours = 24

// GiveFeedback checks that every question of the set has one answer from 1 to 5.
func GiveFeedback(in GiveFeedbackInput, questions []string) error {
	answered := map[string]bool{}
	for _, r := range in.Ratings {
		if r.Value < 1 || r.Value > 5 {
			return market.RefuseField(market.Invalid, "ratings.value", "Each answer must be between 1 (not at all) and 5 (very much).")
		}
		answered[r.Question] = true
	}
	for _, q := range questions {
		if !answered[q] {
			return market.RefuseField(market.Invalid, "ratings", "Answer each question once.")
		}
	}
	if len(in.Ratings) != len(questions) {
		return market.RefuseField(market.Invalid, "ratings", "Answer each question once.")
	}
	if in.Words != nil {
		return market.CheckLengths(market.InputText{Field: "words", Value: *in.Words, Limit: 4000})
	}
	return nil
}

// DecideWords checks a decision about free words. last is the decision that holds; nil before the first. What was decided can be decided
// again with a reason. A referral says that a child may be at risk, so that it is taken back by another person only.
func DecideWords(last *WordsDecided, in DecideWordsInput, person string) error {
	reason := market.InputText{Field: "reason", Limit: 4000}
	if in.Reason != nil {
		reason.Value = *in.Reason
	}
	switch {
	case last == nil:
		return market.CheckLengths(reason)
	case last.Decision == in.Decision:
		return market.Refuse(market.AlreadyExists, "This has already been decided about these words.")
	case last.Decision == market.WordsReferred && last.Person == person:
		return market.Refuse(market.SamePerson,
			"You referred these words, so you cannot hold or release them: ask another safeguarding lead to decide.")
	}
	return market.CheckTexts(reason)
}

// ReadWordsBy is the time by which the safeguarding lead must have read free words: a disclosure cannot wait for a
// working day.
func ReadWordsBy(received time.Time) time.Time {
	return received.Add(ReadWordsWithinHours * time.Hour)
}
