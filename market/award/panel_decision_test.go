package award

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestRecordPanelDecision(t *testing.T) {
	now := time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		need    market.Need
		change  func(*RecordPanelDecisionInput)
		awarded bool
		routed  bool
		want    string
	}{
		"whole": {market.Need{}, func(*RecordPanelDecisionInput) {}, false, false, ""},
		"one pays all": {market.Need{}, func(in *RecordPanelDecisionInput) {
			in.Education, in.SocialCare, in.ICB = market.Pounds("100"), market.Pounds("0"), market.Pounds("0")
		}, false, false, ""},
		"thirds": {market.Need{}, func(in *RecordPanelDecisionInput) {
			in.Education, in.SocialCare, in.ICB = market.Pounds("33.34"), market.Pounds("33.33"), market.Pounds("33.33")
		}, false, false, ""},
		"a hundredth short": {
			market.Need{},
			func(in *RecordPanelDecisionInput) { in.ICB = market.Pounds("9.99") }, false,
			false, "INVALID education",
		},
		"a hundredth over": {
			market.Need{},
			func(in *RecordPanelDecisionInput) { in.ICB = market.Pounds("10.01") }, false,
			false, "INVALID education",
		},
		"below zero": {market.Need{}, func(in *RecordPanelDecisionInput) {
			in.Education, in.ICB = market.Pounds("70"),
				market.Pounds("-10")
		}, false, false, "INVALID icb"},
		"finer than is recorded": {market.Need{}, func(in *RecordPanelDecisionInput) {
			in.Education, in.SocialCare = market.Pounds("50.001"), market.Pounds("39.999")
		}, false, false, "INVALID education, INVALID socialCare"},
		"today": {
			market.Need{},
			func(in *RecordPanelDecisionInput) { in.DecidedOn = market.NewDate(2026, time.June, 1) }, false,
			false, "",
		},
		"tomorrow": {
			market.Need{},
			func(in *RecordPanelDecisionInput) { in.DecidedOn = market.NewDate(2026, time.June, 2) }, false,
			false, "INVALID decidedOn",
		},
		"no reasons": {market.Need{}, func(in *RecordPanelDecisionInput) { in.Reasons = "" }, false, false, "INVALID reasons"},
		"reasons that name": {
			market.Need{},
			func(in *RecordPanelDecisionInput) { in.Reasons = "The child is called Zara." }, false, false,
			"IDENTIFIES_CHILD reasons",
		},
		"after the award":       {market.Need{}, func(*RecordPanelDecisionInput) {}, true, false, "WRONG_STATE"},
		"withdrawn":             {market.Need{WithdrawnAt: &now}, func(*RecordPanelDecisionInput) {}, false, false, "WRONG_STATE"},
		"withdrawn for a route": {market.Need{WithdrawnAt: &now}, func(*RecordPanelDecisionInput) {}, false, true, ""},
	} {
		in := RecordPanelDecisionInput{
			DecidedOn: market.NewDate(2026, time.May, 20), Agreed: true, Reasons: "Synthetic: no local place.",
			Education: market.Pounds("50"), SocialCare: market.Pounds("40"), ICB: market.Pounds("10"),
		}
		c.change(&in)
		got := markettest.RefusalCode(t, RecordPanelDecision(c.need, in, c.awarded, c.routed, now))
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestRequirePanelAgreement(t *testing.T) {
	for _, c := range []struct {
		panel *PanelDecision
		route market.Route
		want  string
	}{
		{nil, market.RouteCompetition, "WRONG_STATE"},
		{&PanelDecision{}, market.RouteCompetition, "WRONG_STATE"},
		{&PanelDecision{Agreed: true}, market.RouteCompetition, ""},
		{nil, market.RouteTribunal, "WRONG_STATE"},
		{&PanelDecision{}, market.RouteTribunal, ""},
		{
			&PanelDecision{},
			market.RouteParentalPreference, "",
		},
		{&PanelDecision{}, market.RouteUserChoice, "WRONG_STATE"},
		{
			&PanelDecision{},
			market.RouteSpot, "WRONG_STATE",
		},
	} {
		if got := markettest.RefusalCode(t, RequirePanelAgreement(c.panel, c.route)); got != c.want {
			t.Errorf("%v: %q, want %q", c.panel, got, c.want)
		}
	}
}
