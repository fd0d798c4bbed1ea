package market

import (
	"time"

	"github.com/google/uuid"
)

// Respondent is who speaks for a family.
type Respondent string

// Who speaks for a family.
const (
	RespondentParent      Respondent = "PARENT"
	RespondentYoungPerson Respondent = "YOUNG_PERSON"
)

// Preference is what a family would like, and what was done with it.
type Preference struct {
	ID         uuid.UUID  `db:"id"`
	NeedID     uuid.UUID  `db:"need_id"`
	Respondent Respondent `db:"respondent"`
	SettingID  *uuid.UUID `db:"setting_id"`
	Words      string     `db:"-"`
	EnteredFor bool       `db:"entered_for"`
	GivenAt    time.Time  `db:"given_at"`
	Effect     *string    `db:"effect"`
	EffectAt   *time.Time `db:"effect_at"`
}

// EnterPreferenceInput is what a family said, entered for them.
type EnterPreferenceInput struct {
	IdempotencyKey string
	Need           ID
	Respondent     Respondent
	Setting        *ID
	Words          string
}

// GivePreferenceInput is what a family would like, in its own hand.
type GivePreferenceInput struct {
	Setting *ID
	Words   string
}

// AnswerPreferenceInput is what was done with a preference.
type AnswerPreferenceInput struct {
	IdempotencyKey string
	Preference     ID
	Effect         string
}

// CheckPreference checks a family's words: there, and not too long. They may name whom they like: they are protected.
func CheckPreference(words string) error { return checkTexts(InputText{"words", words, 4000}) }

// AnswerPreference checks what was done with a preference.
func AnswerPreference(in AnswerPreferenceInput) error {
	return checkTexts(InputText{"effect", in.Effect, 4000})
}
