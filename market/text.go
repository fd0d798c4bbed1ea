package market

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// NeedTypes are the need types exactly as in Get Information About Schools, without "Not Applicable".
var NeedTypes = []string{
	"SpLD - Specific Learning Difficulty", "MLD - Moderate Learning Difficulty", "SLD - Severe Learning Difficulty",
	"PMLD - Profound and Multiple Learning Difficulty", "SEMH - Social, Emotional and Mental Health",
	"SLCN - Speech, language and Communication", "HI - Hearing Impairment", "VI - Visual Impairment",
	"MSI - Multi-Sensory Impairment", "PD - Physical Disability", "ASD - Autistic Spectrum Disorder",
	"OTH - Other Difficulty/Disability",
}

// InputText is a free text of an input: its path, its value, and its highest number of characters.
type InputText struct {
	Field, Value string
	Limit        int
}

// CheckTexts refuses an empty text or one that is too long.
func CheckTexts(texts ...InputText) error {
	var all error
	for _, t := range texts {
		empty := strings.TrimSpace(t.Value) == ""
		all = All(all, RefuseIf(empty, t.Field, "Enter %s: it cannot be empty.", t.Field), CheckLengths(t))
	}
	return all
}

// CheckLengths refuses a text that is too long.
func CheckLengths(texts ...InputText) error {
	var all error
	for _, t := range texts {
		all = All(all, RefuseIf(utf8.RuneCountInString(t.Value) > t.Limit, t.Field, "%s must be %d characters or fewer.", t.Field, t.Limit))
	}
	return all
}

// CheckNeedTypes refuses a need type that is not in the sector's list.
func CheckNeedTypes(field string, needs []string) error {
	if len(needs) == 0 {
		return RefuseField(Invalid, field, "Choose at least one need type.")
	}
	for i, n := range needs {
		if slices.Contains(needs[:i], n) {
			return RefuseField(Invalid, field, "Choose each need type only once.")
		}
		if !slices.Contains(NeedTypes, n) {
			return RefuseField(Invalid, field, "Write need types exactly as Get Information About Schools does.")
		}
	}
	return nil
}

// OutcodePattern is the first half of a postcode, such as BN11.
var OutcodePattern = regexp.MustCompile(`^[A-Z]{1,2}[0-9][A-Z0-9]?$`)
