package market

import (
	"testing"
	"time"
)

func TestTermOf(t *testing.T) {
	for at, want := range map[string]string{
		"2026-01-01T00:00:00Z": "2026-01-01",
		"2026-04-30T22:59:59Z": "2026-01-01",
		"2026-04-30T23:00:00Z": "2026-05-01", // midnight in London
		"2026-08-31T22:59:59Z": "2026-05-01",
		"2026-12-31T23:59:59Z": "2026-09-01",
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := TermOf(instant).String(); got != want {
			t.Errorf("%s is in the term from %s, want %s", at, got, want)
		}
	}
	if got := NextTerm(NewDate(2026, time.September, 1)).String(); got != "2027-01-01" {
		t.Errorf("after autumn: %s", got)
	}
}
