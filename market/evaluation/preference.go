package evaluation

import "github.com/southeasttogether/dps/market"

// EnterPreferenceInput is what a family said, entered for them.
type EnterPreferenceInput struct {
	IdempotencyKey string
	Need           market.ID
	Respondent     market.Respondent
	Setting        *market.ID
	Words          string
}

// GivePreferenceInput is what a family would like, written by the family.
type GivePreferenceInput struct {
	Setting *market.ID
	Words   string
}

// AnswerPreferenceInput is what was done with a preference.
type AnswerPreferenceInput struct {
	IdempotencyKey string
	Preference     market.ID
	Effect         string
}

// CheckPreference checks that a family's words are not empty and not too long. They can name people, because they are
// protected.
func CheckPreference(words string) error {
	return market.CheckTexts(market.InputText{Field: "words", Value: words, Limit: 4000})
}

// AnswerPreference checks what was done with a preference.
func AnswerPreference(in AnswerPreferenceInput) error {
	return market.CheckTexts(market.InputText{Field: "effect", Value: in.Effect, Limit: 4000})
}
