package tendering

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestChaseInvitations(t *testing.T) {
	now := time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	in := func(d time.Duration) *time.Time { return new(now.Add(d)) }
	for name, c := range map[string]struct {
		deadline, last *time.Time
		words, want    string
	}{
		"while they can answer":     {in(time.Hour), nil, "Please answer.", ""},
		"at the deadline":           {in(0), nil, "Please answer.", ""},
		"after the deadline":        {in(-time.Nanosecond), nil, "Please answer.", "DEADLINE_PASSED"},
		"a draft":                   {nil, nil, "Please answer.", "WRONG_STATE"},
		"a day after the last":      {in(time.Hour), in(-24 * time.Hour), "Please answer.", ""},
		"sooner":                    {in(time.Hour), in(-24*time.Hour + time.Nanosecond), "Please answer.", "TOO_EARLY"},
		"no words":                  {in(time.Hour), nil, " ", "INVALID words"},
		"words that name the child": {in(time.Hour), nil, "The child is called Zara.", "IDENTIFIES_CHILD words"},
	} {
		if got := markettest.RefusalCode(t, ChaseInvitations(market.Need{Deadline: c.deadline}, ChaseInvitationsInput{Words: c.words},
			c.last, now)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSilentInvitations(t *testing.T) {
	intends := &market.Invitation{Answer: new(market.InvitationIntends)}
	silent := &market.Invitation{}
	if got := SilentInvitations([]*market.Invitation{intends, silent}); len(got) != 1 || got[0] != silent {
		t.Errorf("silent are %v", got)
	}
}
