package market

import (
	"strings"
	"testing"
)

func TestPlaceMiles(t *testing.T) {
	for metres, want := range map[float64]string{0: "0.00", 1609.344: "1.00", 80.4: "0.00", 80.5: "0.10", 16093.44: "10.00"} {
		if got := (Place{Metres: &metres}).Miles().Text(); got != want {
			t.Errorf("%f metres are %s miles, want %s", metres, got, want)
		}
	}
	if (Place{}).Miles() != nil {
		t.Error("a home is some miles away")
	}
}

func TestGendersAdmitting(t *testing.T) {
	for gender, want := range map[Gender]string{"FEMALE": "MIXED GIRLS", "MALE": "MIXED BOYS", "OTHER": "MIXED"} {
		if got := strings.Join(GendersAdmitting(gender), " "); got != want {
			t.Errorf("%s: %s", gender, got)
		}
	}
}
