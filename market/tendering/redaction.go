package tendering

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/text"
)

// NeedText is a kind of text about a need.
type NeedText string

// Redaction is that words were taken out of a need's texts. The words are not in it.
type Redaction struct {
	NeedID uuid.UUID  `db:"need_id"`
	Reason string     `db:"reason"`
	Texts  []NeedText `db:"texts"`
	At     time.Time  `db:"redacted_at"`
}

// RedactNeedInput is words to take out of a need's texts.
type RedactNeedInput struct {
	IdempotencyKey string
	Need           market.ID
	Words          string
	Replacement    string
	Reason         string
}

// RedactNeed checks a redaction. It can be made at any time, because what identifies a child must go at once, whatever became of the need.
// The reason must not repeat what is taken out, because it is kept.
func RedactNeed(in RedactNeedInput) error {
	kept := []market.InputText{
		{Field: "replacement", Value: in.Replacement, Limit: 200}, {Field: "reason", Value: in.Reason, Limit: 2000},
	}
	if err := market.CheckTexts(append([]market.InputText{{Field: "words", Value: in.Words, Limit: 200}}, kept...)...); err != nil {
		return err
	}
	first, _ := utf8.DecodeRuneInString(in.Words)
	last, _ := utf8.DecodeLastRuneInString(in.Words)
	if utf8.RuneCountInString(in.Words) < 2 || !isWordRune(first) || !isWordRune(last) {
		return market.RefuseField(market.Invalid, "words", "Enter whole words, 2 characters or more, that begin and end with a letter or digit.")
	}
	for _, one := range kept {
		if containsFolded(one.Value, in.Words) {
			return market.RefuseField(market.IdentifiesChild, one.Field, "Leave out the words that are to be taken out: this text is kept.")
		}
	}
	return market.CheckAnonymous(kept...)
}

// ProblemsOfNames tells which texts of a need have a name of the identity that was recorded. The identity is recorded all the same.
func ProblemsOfNames(texts []NeedText) []*market.Refusal {
	problems := []*market.Refusal{}
	for _, one := range texts {
		problems = append(problems, market.Refuse(market.IdentifiesChild, "The identity is recorded. One of its names is in a text of this need "+
			"(%s): take it out with redactNeed, which keeps all offers.", one))
	}
	return problems
}

// containsFolded says whether whole words are in a text, folded as names are.
func containsFolded(typed, words string) bool {
	return strings.Contains(" "+text.Fold(typed)+" ", " "+text.Fold(words)+" ")
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// ErrNothingToRedact is for words that no text of the need has.
var ErrNothingToRedact = market.RefuseField(market.Invalid, "words",
	"No text of this need has these words: enter them as they are written there.")

var gapPattern = regexp.MustCompile(`\s+`)

// RedactionPattern finds the words, as PostgreSQL's regular expressions are written: whole words, with any gap between them, and with any
// apostrophe, because older texts have others.
func RedactionPattern(words string) string {
	parts := gapPattern.Split(strings.TrimSpace(words), -1)
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(regexp.QuoteMeta(part), "'", "['\u2019\u2018\u02bc`]")
	}
	return `\m` + strings.Join(parts, `\s+`) + `\M`
}

// RedactionReplacement is a text that PostgreSQL puts in place of a pattern as it is.
func RedactionReplacement(words string) string { return strings.ReplaceAll(words, `\`, `\\`) }
