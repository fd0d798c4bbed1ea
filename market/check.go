package market

import (
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

// text is a free text of an input: its path, its value, how many characters it may have.
type text struct {
	field, value string
	most         int
}

// checkTexts refuses an empty text or one that is too long.
func checkTexts(texts ...text) error {
	for _, t := range texts {
		if strings.TrimSpace(t.value) == "" {
			return RefuseField(Invalid, t.field, "This may not be empty.")
		}
	}
	return checkLengths(texts...)
}

// checkLengths refuses a text that is too long.
func checkLengths(texts ...text) error {
	for _, t := range texts {
		if utf8.RuneCountInString(t.value) > t.most {
			return RefuseField(Invalid, t.field, "This may have at most %d characters.", t.most)
		}
	}
	return nil
}

// checkNeeds refuses a need type that is not in the sector's list.
func checkNeeds(field string, needs []string) error {
	if len(needs) == 0 {
		return RefuseField(Invalid, field, "Name at least one need type.")
	}
	for i, n := range needs {
		if slices.Contains(needs[:i], n) {
			return RefuseField(Invalid, field, "Name each need type once.")
		}
		if !slices.Contains(NeedTypes, n) {
			return RefuseField(Invalid, field, "Need types are written exactly as in Get Information About Schools.")
		}
	}
	return nil
}
