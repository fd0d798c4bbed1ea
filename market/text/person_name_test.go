package text

import "testing"

// The children here are made up.
func TestKnownNamesAreFoundInAnySpelling(t *testing.T) {
	for _, c := range []struct {
		name, text string
		found      bool
	}{
		{"Aisha Khan", "Aisha likes drawing.", true},
		{"Aisha Khan", "the khan family is close", true},
		{"Aisha Khan", "AISHA’S timetable", true},
		{"Aisha Khan", "Aïsha", true},
		{"Aisha Khan", "A i s h a K h a n", true},
		{"Aisha Khan", "Ai\u200bsha", true},
		{"Aisha Khan", "AishaKhan", true},
		{"Élise O’Connor", "E\u0301lise", true},
		{"Élise O'Connor", "elise", true},
		{"Élise O'Connor", "Mrs OConnor", true},
		{"Mary-Jane Smith", "Mary Jane", true},
		{"Will May", "Will needs help", true},
		{"Will May", "They will need help, and may need 1:1.", false},
		{"Jo An", "Jo and an apple", false},
		{"Aisha Khan", "A calm child who likes trains.", false},
		{"Tom Green", "a green bag, tomorrow", false},
		{"Tom Green", "Ms Green", true},
		{"", "anything", false},
	} {
		t.Run(c.name+" in "+c.text, func(t *testing.T) {
			if got := (KnownNames{c.name}).AreIn(c.text); got != c.found {
				t.Errorf("found: %t", got)
			}
		})
	}
}
