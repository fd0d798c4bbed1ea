package admission

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestSubmitApplication(t *testing.T) {
	now := markettest.LondonTime(t, "2026-11-16 10:00:00")
	whole := SubmitApplicationInput{Statement: "Synthetic.", NoGroundForExclusion: true}
	for name, c := range map[string]struct {
		in   SubmitApplicationInput
		live *market.Membership
		now  time.Time
		want string
	}{
		"whole":             {whole, nil, now, ""},
		"a member":          {whole, markettest.ActiveMember, now, "ALREADY_EXISTS"},
		"suspended":         {whole, markettest.SuspendedMember, now, "ALREADY_EXISTS"},
		"nothing said":      {SubmitApplicationInput{NoGroundForExclusion: true}, nil, now, "INVALID statement"},
		"not declared":      {SubmitApplicationInput{Statement: "Synthetic."}, nil, now, "INVALID noGroundForExclusion"},
		"the last day":      {whole, nil, markettest.LondonTime(t, "2029-02-23 23:59:59"), ""},
		"the market's over": {whole, nil, markettest.LondonTime(t, "2029-02-24 00:00:00"), "WRONG_STATE"},
	} {
		got, err := SubmitApplication(c.in, market.Lot{ID: markettest.NumberedID(1), AuthorityID: markettest.NumberedID(2)},
			markettest.SampleMarket(), c.live, c.now)
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (got.LotID != markettest.NumberedID(1) || got.AuthorityID != markettest.NumberedID(2) || !got.SubmittedAt.Equal(c.now)) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	// Ten working days: PCR 2015 reg 34(16).
	if got, _ := SubmitApplication(whole, market.Lot{}, markettest.SampleMarket(), nil, now); !got.DecideBy.Equal(markettest.LondonTime(t,
		"2026-11-30 23:59:59")) {
		t.Errorf("to be decided by %s", got.DecideBy)
	}
}

func TestDecideApplication(t *testing.T) {
	yes := ApplicationAdmitted
	for name, c := range map[string]struct {
		was     Application
		reasons string
		want    string
	}{
		"once": {Application{}, "Synthetic.", ""}, "without reasons": {Application{}, "\n", "INVALID reasons"},
		"twice": {Application{Decision: &yes}, "Synthetic.", "WRONG_STATE"},
	} {
		if err := DecideApplication(c.was, nil, DecideApplicationInput{Decision: ApplicationRefused, Reasons: c.reasons},
			markettest.SampleTime); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// Applications are taken from the start of the first day to the end of the last day in London, even if the clocks
// change.
func TestSubmitApplicationInItsPeriod(t *testing.T) {
	source := "SYN-5"
	period := market.ApplicationPeriod{From: dateRef(2026, time.March, 29), Until: dateRef(2026, time.October, 25), Source: &source}
	for when, want := range map[string]string{
		"2026-03-28 23:59:59": "WRONG_STATE", "2026-03-29 00:00:00": "", "2026-10-25 23:59:59": "", "2026-10-26 00:00:00": "WRONG_STATE",
	} {
		m := markettest.SampleMarket()
		m.EndsOn, m.Period = market.NewDate(2030, time.January, 1), period
		_, err := SubmitApplication(SubmitApplicationInput{Statement: "Synthetic.", NoGroundForExclusion: true}, market.Lot{}, m, nil,
			markettest.LondonTime(t, when))
		if markettest.RefusalCode(t, err) != want || err != nil && !strings.Contains(err.Error(), source) {
			t.Errorf("%s: %v, want %q", when, err, want)
		}
	}
}
