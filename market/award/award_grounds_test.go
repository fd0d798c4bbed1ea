package award

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

var fullGround = strings.Repeat("Synthetic. ", 4)

func TestCheckGrounds(t *testing.T) {
	ceiling := market.Pounds("4000")
	bound, refused, free := Bounds{Ceiling: &ceiling}, Bounds{Refused: true}, Bounds{}
	over, short := &AwardGroundsInput{OverCeiling: &fullGround}, "Synthetic: dear."
	blank, child := strings.Repeat(" ", 50), "Synthetic: the child's home is at BN11 1AA, and nothing nearer is free."
	since := &AwardGroundsInput{SinceRefusal: &fullGround}
	for name, c := range map[string]struct {
		route  market.Route
		weekly string
		bounds Bounds
		in     *AwardGroundsInput
		want   string
	}{
		"no ceiling":          {market.RouteCompetition, "9000", free, nil, ""},
		"at the ceiling":      {market.RouteCompetition, "4000", bound, nil, ""},
		"a penny over":        {market.RouteCompetition, "4000.01", bound, nil, "INVALID x.grounds.overCeiling"},
		"over, with a ground": {market.RouteSpot, "5000", bound, over, ""},
		"over, hardly a ground": {
			market.RouteSpot, "5000", bound, &AwardGroundsInput{OverCeiling: &short},
			"INVALID x.grounds.overCeiling",
		},
		"over, spaces": {
			market.RouteUrgent, "5000", bound, &AwardGroundsInput{OverCeiling: &blank},
			"INVALID x.grounds.overCeiling",
		},
		"over, naming where": {
			market.RouteUrgent, "5000", bound, &AwardGroundsInput{OverCeiling: &child},
			"IDENTIFIES_CHILD x.grounds.overCeiling",
		},
		"a ground for nothing":        {market.RouteCompetition, "4000", bound, over, "INVALID x.grounds.overCeiling"},
		"refused":                     {market.RouteCompetition, "9000", refused, nil, "INVALID x.grounds.sinceRefusal"},
		"refused, and what changed":   {market.RouteUserChoice, "9000", refused, since, ""},
		"the tribunal's order":        {market.RouteTribunal, "9000", Bounds{Ceiling: &ceiling, Refused: true}, nil, ""},
		"named":                       {market.RouteParentalPreference, "9000", bound, nil, ""},
		"never refused, what changed": {market.RouteCompetition, "9000", free, since, "INVALID x.grounds.sinceRefusal"},
	} {
		got, err := CheckGrounds("x.", c.route, market.Pounds(c.weekly), c.bounds, c.in)
		if markettest.RefusalCode(t, err) != c.want || err == nil && (got == nil) != (c.in == nil) {
			t.Errorf("%s: %v, %+v, want %q", name, err, got, c.want)
		}
	}
}

func TestRequireGrounds(t *testing.T) {
	ceiling, proposed := market.Pounds("4000"), markettest.SampleTime
	a := market.Award{Route: market.RouteCompetition, ProposedAt: proposed}
	given := &market.AwardGrounds{OverCeiling: &fullGround, SinceRefusal: &fullGround}
	for name, c := range map[string]struct {
		weekly string
		bounds Bounds
		given  *market.AwardGrounds
		panel  time.Time
		want   string
	}{
		"within":                     {"4000", Bounds{Ceiling: &ceiling}, nil, time.Time{}, ""},
		"over, no ground":            {"4001", Bounds{Ceiling: &ceiling}, nil, proposed.Add(time.Hour), "WRONG_STATE"},
		"over, the panel before":     {"4001", Bounds{Ceiling: &ceiling}, given, proposed.Add(-time.Second), "TOO_EARLY"},
		"over, the panel afterwards": {"4001", Bounds{Ceiling: &ceiling}, given, proposed, ""},
		"refused since":              {"1", Bounds{Refused: true}, nil, time.Time{}, "WRONG_STATE"},
		"refused, said why":          {"1", Bounds{Refused: true}, given, time.Time{}, ""},
	} {
		if err := RequireGrounds(a, market.Pounds(c.weekly), c.bounds, c.given, c.panel); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestWithdrawProposal(t *testing.T) {
	now := markettest.SampleTime
	for name, c := range map[string]struct {
		a      market.Award
		reason string
		want   string
	}{
		"proposed":  {market.Award{}, "Synthetic.", ""},
		"no reason": {market.Award{}, " ", "INVALID reason"},
		"approved":  {market.Award{ApprovedAt: &now}, "Synthetic.", "WRONG_STATE"},
		"rejected":  {market.Award{RejectedAt: &now}, "Synthetic.", "WRONG_STATE"},
		"withdrawn": {market.Award{WithdrawnAt: &now}, "Synthetic.", "WRONG_STATE"},
	} {
		if err := WithdrawProposal(c.a, WithdrawProposalInput{Reason: c.reason}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if market.IsLive(market.Award{WithdrawnAt: &now}) {
		t.Error("a withdrawn proposal stands against another")
	}
}
