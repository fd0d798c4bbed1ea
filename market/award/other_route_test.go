package award

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func placeTerms(change func(*PlaceTermsInput)) PlaceTermsInput {
	in := PlaceTermsInput{
		StartsOn: market.NewDate(2026, time.June, 2), Weekly: market.Pounds("1500.00"), Weeks: 38,
		Evidence: []string{"Synthetic: letter 7"},
	}
	if change != nil {
		change(&in)
	}
	return in
}

// routeFactsOf is a draft that asks for a place in a school of a known provider, by a route that the regime has.
func routeFactsOf(route market.Route, change func(*RouteFacts)) RouteFacts {
	a := RouteFacts{
		Need:    market.Need{ID: markettest.NumberedID(1), LegalBasis: market.LegalBasisEhcPlan, AsOf: markettest.SampleTime},
		Rule:    RouteRule{Route: route, Allowed: true, Source: "Synthetic law"},
		Setting: market.Setting{ID: markettest.NumberedID(2), Kind: market.SettingSchool, ProviderID: new(markettest.NumberedID(3))},
	}
	if change != nil {
		change(&a)
	}
	return a
}

func TestProposePlaceByAnotherRoute(t *testing.T) {
	later, before := markettest.SampleTime.Add(time.Hour), markettest.SampleTime.Add(-time.Hour)
	published := func(a *RouteFacts) { a.Need.PublishedAt, a.Need.Deadline = &before, &later }
	closed := func(a *RouteFacts) { a.Need.PublishedAt, a.Need.Deadline = &before, &before }
	opened := func(a *RouteFacts) { closed(a); a.Need.OpenedAt = &before }
	for name, c := range map[string]struct {
		change        func(*RouteFacts)
		obliged, free string // if the law requires it, and if it does not
	}{
		"a draft":                   {nil, "", ""},
		"out to competition":        {published, "", "WRONG_STATE"},
		"sealed after the deadline": {closed, "", "WRONG_STATE"},
		"opened":                    {opened, "WRONG_STATE", "WRONG_STATE"},
		"opened, and ended":         {func(a *RouteFacts) { opened(a); a.EndedWithoutAward = true }, "", ""},
		"ranked":                    {func(a *RouteFacts) { opened(a); a.Need.RankedAt = &before }, "WRONG_STATE", "WRONG_STATE"},
		"withdrawn":                 {func(a *RouteFacts) { published(a); a.Need.WithdrawnAt = &before }, "", ""},
		"with a live award": {
			func(a *RouteFacts) { a.EarlierAwards = []market.Award{{}} }, "ALREADY_EXISTS",
			"ALREADY_EXISTS",
		},
		"with an award that was rejected": {func(a *RouteFacts) { a.EarlierAwards = []market.Award{{RejectedAt: &before}} }, "", ""},
		"to a setting that closed today": {
			func(a *RouteFacts) { a.Setting.ClosedOn = new(market.NewDate(2026, time.June, 1)) },
			"WRONG_STATE setting", "WRONG_STATE setting",
		},
		"to a setting that closes tomorrow": {
			func(a *RouteFacts) { a.Setting.ClosedOn = new(market.NewDate(2026, time.June, 2)) }, "", "",
		},
		"where the regime has no such route": {func(a *RouteFacts) { a.Rule.Allowed = false }, "WRONG_STATE", "WRONG_STATE"},
		"to a setting of nobody knows whom": {
			func(a *RouteFacts) { a.Setting.ProviderID = nil }, "WRONG_STATE setting",
			"WRONG_STATE setting",
		},
	} {
		for route, want := range map[market.Route]string{
			market.RouteTribunal: c.obliged, market.RouteParentalPreference: c.obliged,
			market.RouteUserChoice: c.free, market.RouteSpot: c.free,
		} {
			a := routeFactsOf(route, c.change)
			award, basis, err := a.proposePlace(a.Setting.ProviderID, placeTerms(nil), "Synthetic.")
			if got := markettest.RefusalCode(t, err); got != want {
				t.Errorf("%s by %s: %q, want %q", name, route, got, want)
			}
			if err == nil && (award.Reason == "" || award.Route != route || basis.AwardID != award.ID || basis.Annual().Text() != "57000.00") {
				t.Errorf("%s by %s: %+v, %+v", name, route, award, basis)
			}
		}
	}
}

func TestProposePlaceTerms(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*PlaceTermsInput)
		want   string
	}{
		"as they are to be":  {nil, ""},
		"for nothing":        {func(in *PlaceTermsInput) { in.Weekly = market.Pounds("0.00") }, "INVALID terms.weekly"},
		"a penny":            {func(in *PlaceTermsInput) { in.Weekly = market.Pounds("0.01") }, ""},
		"a slip of the hand": {func(in *PlaceTermsInput) { in.Weekly = market.Pounds("99999999.00") }, "INVALID terms.weekly"},
		"39 weeks":           {func(in *PlaceTermsInput) { in.Weeks = 39 }, "INVALID terms.weeks"},
		"52 weeks":           {func(in *PlaceTermsInput) { in.Weeks = 52 }, ""},
		"no paper":           {func(in *PlaceTermsInput) { in.Evidence = nil }, "INVALID terms.evidence"},
		"an empty reference": {func(in *PlaceTermsInput) { in.Evidence = []string{" "} }, "INVALID terms.evidence"},
		"twenty papers":      {func(in *PlaceTermsInput) { in.Evidence = manyTexts(20) }, ""},
		"one more":           {func(in *PlaceTermsInput) { in.Evidence = manyTexts(21) }, "INVALID terms.evidence"},
	} {
		a := routeFactsOf(market.RouteSpot, nil)
		if _, _, err := a.proposePlace(a.Setting.ProviderID, placeTerms(c.change), "Synthetic."); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, _, err := routeFactsOf(market.RouteSpot, nil).proposePlace(new(markettest.NumberedID(3)), placeTerms(nil),
		" "); markettest.RefusalCode(t, err) != "INVALID reasons" {
		t.Errorf("without reasons: %v", err)
	}
}

func manyTexts(n int) (all []string) {
	for range n {
		all = append(all, "Synthetic")
	}
	return all
}

func TestTribunalOrderAsOfIsLate(t *testing.T) {
	within, on := TribunalTerms{Weeks: 2, Source: "Synthetic law"}, market.NewDate(2026, time.June, 1)
	lastSecond := time.Date(2026, time.June, 15, 23, 59, 59, 0, market.London)
	for name, c := range map[string]struct {
		complyBy market.Date
		accepted *time.Time
		now      time.Time
		late     bool
		source   string
	}{
		"in its last second":    {market.NewDate(2026, time.June, 15), nil, lastSecond, false, "Synthetic law"},
		"a second later":        {market.NewDate(2026, time.June, 15), nil, lastSecond.Add(time.Second), true, "Synthetic law"},
		"complied with in time": {market.NewDate(2026, time.June, 15), &lastSecond, lastSecond.AddDate(1, 0, 0), false, "Synthetic law"},
		"complied with too late": {
			market.NewDate(2026, time.June, 15), new(lastSecond.Add(time.Second)), lastSecond.AddDate(1, 0, 0), true,
			"Synthetic law",
		},
		"as the order says": {market.NewDate(2026, time.June, 3), nil, markettest.SampleTime, false, "The order itself (reg 44(1))."},
	} {
		if o := TribunalOrderAsOf(within, "SYN", on, c.complyBy, c.accepted, c.now); o.Late != c.late || o.Source != c.source {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestApprovePlace(t *testing.T) {
	for name, c := range map[string]struct {
		award  market.Award
		live   *market.Membership
		person string
		want   string
	}{
		"by another":      {market.Award{Route: market.RouteSpot, ProposedBy: "a"}, nil, "b", ""},
		"by its proposer": {market.Award{Route: market.RouteTribunal, ProposedBy: "a"}, nil, "a", "SAME_PERSON"},
		"twice": {market.Award{
			Route: market.RouteSpot, ProposedBy: "a", ApprovedAt: &markettest.SampleTime,
			AcceptedAt: &markettest.SampleTime,
		}, nil, "b", "WRONG_STATE"},
		"rejected":         {market.Award{Route: market.RouteSpot, ProposedBy: "a", RejectedAt: &markettest.SampleTime}, nil, "b", "WRONG_STATE"},
		"of a competition": {market.Award{Route: market.RouteCompetition, ProposedBy: "a"}, nil, "b", "WRONG_STATE"},
		"urgent":           {market.Award{Route: market.RouteUrgent, ProposedBy: "a"}, markettest.ActiveMember, "b", ""},
		"urgent, suspended since": {
			market.Award{Route: market.RouteUrgent, ProposedBy: "a"}, markettest.SuspendedMember, "b", "NOT_ADMITTED",
		},
		"urgent, left since": {market.Award{Route: market.RouteUrgent, ProposedBy: "a"}, nil, "b", "NOT_ADMITTED"},
		"ordered, suspended": {market.Award{Route: market.RouteTribunal, ProposedBy: "a"}, markettest.SuspendedMember, "b", ""},
	} {
		got, err := ApprovePlace(c.award, c.live, c.person, markettest.SampleTime)
		if markettest.RefusalCode(t, err) != c.want || err == nil && got.Status() != market.AwardAccepted {
			t.Errorf("%s: %v, %s", name, err, got.Status())
		}
	}
}

func TestRecordSignature(t *testing.T) {
	for _, c := range []struct {
		route     market.Route
		reference string
		want      string
	}{{market.RouteSpot, "Synthetic: paper 1", ""}, {market.RouteSpot, " ", "INVALID reference"}, {
		market.RouteCompetition,
		"Synthetic: paper 1", "WRONG_STATE",
	}} {
		if err := RecordSignature(market.Placement{Route: c.route}, RecordSignatureInput{Reference: c.reference}); markettest.RefusalCode(t,
			err) != c.want {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestRouteWordsAreComplete: for everybody who sees an award, and for a family.
func TestRouteWordsAreComplete(t *testing.T) {
	for _, r := range market.Routes {
		if market.RouteWordsForFamily(r) == "" || (routeReasons[r] == "") != (r == market.RouteCompetition) {
			t.Errorf("%s has no words", r)
		}
	}
}

// A competition whose offers were opened after a place was proposed ends with its letters first.
func TestRequireUnopenedOrEnded(t *testing.T) {
	opened := market.Need{OpenedAt: &markettest.SampleTime}
	for name, c := range map[string]struct {
		need  market.Need
		ended bool
		want  string
	}{
		"not opened":       {market.Need{}, false, ""},
		"opened":           {opened, false, "WRONG_STATE"},
		"opened and ended": {opened, true, ""},
	} {
		if err := RequireUnopenedOrEnded(c.need, c.ended); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
