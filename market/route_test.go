package market

import (
	"testing"
	"time"
)

func placeTerms(change func(*PlaceTermsInput)) PlaceTermsInput {
	in := PlaceTermsInput{StartsOn: NewDate(2026, time.June, 2), Weekly: Pounds("1500.00"), Weeks: 38, Evidence: []string{"Synthetic: letter 7"}}
	if change != nil {
		change(&in)
	}
	return in
}

// routeFactsOf is a draft that asks for a place in a school of a known provider, by a route that the regime has.
func routeFactsOf(route Route, change func(*RouteFacts)) RouteFacts {
	a := RouteFacts{Need: Need{ID: numberedID(1), LegalBasis: LegalBasisEhcPlan, AsOf: testTime}, Rule: RouteRule{Route: route, Allowed: true, Source: "Synthetic law"},
		Setting: Setting{ID: numberedID(2), Kind: SettingSchool, ProviderID: new(numberedID(3))}}
	if change != nil {
		change(&a)
	}
	return a
}

func TestProposePlaceByAnotherRoute(t *testing.T) {
	later, before := testTime.Add(time.Hour), testTime.Add(-time.Hour)
	published := func(a *RouteFacts) { a.Need.PublishedAt, a.Need.Deadline = &before, &later }
	closed := func(a *RouteFacts) { a.Need.PublishedAt, a.Need.Deadline = &before, &before }
	opened := func(a *RouteFacts) { closed(a); a.Need.OpenedAt = &before }
	for name, c := range map[string]struct {
		change        func(*RouteFacts)
		obliged, free string // where the law obliges, and where it does not
		leaves        bool
	}{
		"a draft":                            {nil, "", "", false},
		"out to competition":                 {published, "", "WRONG_STATE", true},
		"sealed after the deadline":          {closed, "", "WRONG_STATE", true},
		"opened":                             {opened, "WRONG_STATE", "WRONG_STATE", false},
		"opened, and ended":                  {func(a *RouteFacts) { opened(a); a.EndedWithoutAward = true }, "", "", false},
		"ranked":                             {func(a *RouteFacts) { opened(a); a.Need.RankedAt = &before }, "WRONG_STATE", "WRONG_STATE", false},
		"withdrawn":                          {func(a *RouteFacts) { published(a); a.Need.WithdrawnAt = &before }, "", "", false},
		"with a live award":                  {func(a *RouteFacts) { a.EarlierAwards = []Award{{}} }, "ALREADY_EXISTS", "ALREADY_EXISTS", false},
		"with an award that was rejected":    {func(a *RouteFacts) { a.EarlierAwards = []Award{{RejectedAt: &before}} }, "", "", false},
		"to a setting that closed today":     {func(a *RouteFacts) { a.Setting.ClosedOn = new(NewDate(2026, time.June, 1)) }, "WRONG_STATE setting", "WRONG_STATE setting", false},
		"to a setting that closes tomorrow":  {func(a *RouteFacts) { a.Setting.ClosedOn = new(NewDate(2026, time.June, 2)) }, "", "", false},
		"where the regime has no such route": {func(a *RouteFacts) { a.Rule.Allowed = false }, "WRONG_STATE", "WRONG_STATE", false},
		"to a setting of nobody knows whom":  {func(a *RouteFacts) { a.Setting.ProviderID = nil }, "WRONG_STATE setting", "WRONG_STATE setting", false},
	} {
		for route, want := range map[Route]string{RouteTribunal: c.obliged, RouteParentalPreference: c.obliged, RouteUserChoice: c.free, RouteSpot: c.free} {
			a := routeFactsOf(route, c.change)
			award, basis, err := a.proposePlace(a.Setting.ProviderID, placeTerms(nil), "Synthetic.")
			if got := refusalCode(t, err); got != want {
				t.Errorf("%s by %s: %q, want %q", name, route, got, want)
			}
			if err == nil && (award.Reason == "" || award.Route != route || basis.AwardID != award.ID || basis.Annual().Text() != "57000.00" || (a.WithdrawalReason() != "") != c.leaves) {
				t.Errorf("%s by %s: %+v, %+v, leaves %q", name, route, award, basis, a.WithdrawalReason())
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
		"for nothing":        {func(in *PlaceTermsInput) { in.Weekly = Pounds("0.00") }, "INVALID terms.weekly"},
		"a penny":            {func(in *PlaceTermsInput) { in.Weekly = Pounds("0.01") }, ""},
		"a slip of the hand": {func(in *PlaceTermsInput) { in.Weekly = Pounds("99999999.00") }, "INVALID terms.weekly"},
		"39 weeks":           {func(in *PlaceTermsInput) { in.Weeks = 39 }, "INVALID terms.weeks"},
		"52 weeks":           {func(in *PlaceTermsInput) { in.Weeks = 52 }, ""},
		"no paper":           {func(in *PlaceTermsInput) { in.Evidence = nil }, "INVALID terms.evidence"},
		"an empty reference": {func(in *PlaceTermsInput) { in.Evidence = []string{" "} }, "INVALID terms.evidence"},
		"twenty papers":      {func(in *PlaceTermsInput) { in.Evidence = manyTexts(20) }, ""},
		"one more":           {func(in *PlaceTermsInput) { in.Evidence = manyTexts(21) }, "INVALID terms.evidence"},
	} {
		a := routeFactsOf(RouteSpot, nil)
		if _, _, err := a.proposePlace(a.Setting.ProviderID, placeTerms(c.change), "Synthetic."); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, _, err := routeFactsOf(RouteSpot, nil).proposePlace(new(numberedID(3)), placeTerms(nil), " "); refusalCode(t, err) != "INVALID reasons" {
		t.Errorf("without reasons: %v", err)
	}
}

func manyTexts(n int) (all []string) {
	for range n {
		all = append(all, "Synthetic")
	}
	return all
}

func TestProposeNamedPlace(t *testing.T) {
	for name, c := range map[string]struct {
		decided *Naming
		want    string
	}{"not decided": {nil, "WRONG_STATE"}, "refused": {&Naming{Reasons: "Synthetic."}, "WRONG_STATE"}, "named": {&Naming{Named: true, Reasons: "Synthetic."}, ""}} {
		if _, _, err := ProposeNamedPlace(routeFactsOf(RouteParentalPreference, nil), c.decided, ProposeNamedPlaceInput{Terms: placeTerms(nil)}); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProposeOrderedPlace(t *testing.T) {
	within := TribunalTerms{Code: "NAME_SCHOOL", Weeks: 2, Source: "Synthetic law"}
	for name, c := range map[string]struct {
		asked    func(*RouteFacts)
		change   func(*ProposeOrderedPlaceInput)
		want     string
		complyBy string
	}{
		"today's":                  {nil, func(*ProposeOrderedPlaceInput) {}, "", "2026-06-15"},
		"of last year, and late":   {nil, func(in *ProposeOrderedPlaceInput) { in.OrderedOn = NewDate(2025, time.June, 1) }, "", "2025-06-15"},
		"with a time of its own":   {nil, func(in *ProposeOrderedPlaceInput) { in.ComplyBy = new(NewDate(2026, time.June, 3)) }, "", "2026-06-03"},
		"on its own day":           {nil, func(in *ProposeOrderedPlaceInput) { in.ComplyBy = new(NewDate(2026, time.June, 1)) }, "", "2026-06-01"},
		"with a time before it":    {nil, func(in *ProposeOrderedPlaceInput) { in.ComplyBy = new(NewDate(2026, time.May, 31)) }, "INVALID complyBy", ""},
		"tomorrow's":               {nil, func(in *ProposeOrderedPlaceInput) { in.OrderedOn = NewDate(2026, time.June, 2) }, "INVALID orderedOn", ""},
		"without a reference":      {nil, func(in *ProposeOrderedPlaceInput) { in.Reference = "" }, "INVALID reference", ""},
		"of a need without a plan": {func(a *RouteFacts) { a.Need.LegalBasis = "SECTION_20" }, func(*ProposeOrderedPlaceInput) {}, "WRONG_STATE", ""},
		"to a home":                {func(a *RouteFacts) { a.Setting.Kind = SettingHome }, func(*ProposeOrderedPlaceInput) {}, "INVALID setting", ""},
	} {
		in := ProposeOrderedPlaceInput{Reference: "SYN", OrderedOn: NewDate(2026, time.June, 1), Directs: "NAME_SCHOOL", Reasons: "Synthetic.", Terms: placeTerms(nil)}
		c.change(&in)
		_, basis, err := ProposeOrderedPlace(routeFactsOf(RouteTribunal, c.asked), within, in, testTime)
		if refusalCode(t, err) != c.want || err == nil && basis.Order.ComplyBy.String() != c.complyBy {
			t.Errorf("%s: %v, %+v, want %q", name, err, basis.Order, c.want)
		}
	}
}

func TestTribunalOrderAsOfIsLate(t *testing.T) {
	within, on := TribunalTerms{Weeks: 2, Source: "Synthetic law"}, NewDate(2026, time.June, 1)
	lastSecond := time.Date(2026, time.June, 15, 23, 59, 59, 0, London)
	for name, c := range map[string]struct {
		complyBy Date
		accepted *time.Time
		now      time.Time
		late     bool
		source   string
	}{
		"in its last second":     {NewDate(2026, time.June, 15), nil, lastSecond, false, "Synthetic law"},
		"a second later":         {NewDate(2026, time.June, 15), nil, lastSecond.Add(time.Second), true, "Synthetic law"},
		"complied with in time":  {NewDate(2026, time.June, 15), &lastSecond, lastSecond.AddDate(1, 0, 0), false, "Synthetic law"},
		"complied with too late": {NewDate(2026, time.June, 15), new(lastSecond.Add(time.Second)), lastSecond.AddDate(1, 0, 0), true, "Synthetic law"},
		"as the order says":      {NewDate(2026, time.June, 3), nil, testTime, false, "The order itself (reg 44(1))."},
	} {
		if o := TribunalOrderAsOf(within, "SYN", on, c.complyBy, c.accepted, c.now); o.Late != c.late || o.Source != c.source {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestProposeChosenPlace(t *testing.T) {
	wish := func(need, setting byte) *Preference {
		return &Preference{NeedID: numberedID(need), SettingID: new(numberedID(setting))}
	}
	for name, c := range map[string]struct {
		wish   *Preference
		change func(*ProposeChosenPlaceInput)
		want   string
	}{
		"as wished":                      {wish(1, 2), func(*ProposeChosenPlaceInput) {}, ""},
		"as wished, and no wish":         {nil, func(*ProposeChosenPlaceInput) {}, "INVALID preference"},
		"as wished for another child":    {wish(7, 2), func(*ProposeChosenPlaceInput) {}, "INVALID preference"},
		"as wished elsewhere":            {wish(1, 7), func(*ProposeChosenPlaceInput) {}, "INVALID preference"},
		"as wished, without a place":     {&Preference{NeedID: numberedID(1)}, func(*ProposeChosenPlaceInput) {}, "INVALID preference"},
		"the only one":                   {nil, func(in *ProposeChosenPlaceInput) { in.Ground, in.Preference = ChoiceOnlySupplier, nil }, ""},
		"the only one, and a wish":       {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.Ground = ChoiceOnlySupplier }, "INVALID preference"},
		"from who is excluded":           {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.NotExcluded = false }, "INVALID notExcluded"},
		"without an enactment":           {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.Enactment = "" }, "INVALID enactment"},
		"without the interests' reasons": {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.Reasons = "" }, "INVALID reasons"},
	} {
		in := ProposeChosenPlaceInput{Ground: ChoicePreference, Preference: &ID{}, Enactment: "Synthetic law", Reasons: "Synthetic.", NotExcluded: true, Terms: placeTerms(nil)}
		c.change(&in)
		if _, _, err := ProposeChosenPlace(routeFactsOf(RouteUserChoice, nil), c.wish, in); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestProposeSpotPlace(t *testing.T) {
	unknown := func(a *RouteFacts) { a.Setting.ProviderID = nil }
	left := func(a *RouteFacts) { a.Need.PublishedAt, a.Need.Deadline, a.Need.WithdrawnAt = &testTime, &testTime, &testTime }
	for name, c := range map[string]struct {
		asked  func(*RouteFacts)
		reason SpotReason
		seller *SellerInput
		want   string
	}{
		"of a known provider":           {nil, "OUT_OF_HOURS", nil, ""},
		"of a known provider, and who":  {nil, "OUT_OF_HOURS", &SellerInput{}, "INVALID seller"},
		"of nobody knows whom":          {unknown, "OUT_OF_HOURS", nil, "INVALID seller"},
		"of who is named":               {unknown, "OUT_OF_HOURS", &SellerInput{}, ""},
		"nobody offered, nobody asked":  {nil, "NO_OFFERS", nil, "INVALID reason"},
		"none suitable, nobody asked":   {nil, "NONE_SUITABLE", nil, "INVALID reason"},
		"nobody offered":                {func(a *RouteFacts) { a.EndedWithoutAward = true }, "NO_OFFERS", nil, ""},
		"nobody offered, and withdrawn": {left, "NO_OFFERS", nil, ""},
		"a draft that was withdrawn":    {func(a *RouteFacts) { a.Need.WithdrawnAt = &testTime }, "NO_OFFERS", nil, "INVALID reason"},
	} {
		a := routeFactsOf(RouteSpot, c.asked)
		seller := a.Setting.ProviderID
		if c.seller != nil {
			seller = new(numberedID(9))
		}
		if _, _, err := ProposeSpotPlace(a, seller, ProposeSpotPlaceInput{Reason: c.reason, Seller: c.seller, Reasons: "Synthetic.", Terms: placeTerms(nil)}); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestApprovePlace(t *testing.T) {
	for name, c := range map[string]struct {
		award  Award
		person string
		want   string
	}{
		"by another":       {Award{Route: RouteSpot, ProposedBy: "a"}, "b", ""},
		"by its proposer":  {Award{Route: RouteTribunal, ProposedBy: "a"}, "a", "SAME_PERSON"},
		"twice":            {Award{Route: RouteSpot, ProposedBy: "a", ApprovedAt: &testTime, AcceptedAt: &testTime}, "b", "WRONG_STATE"},
		"rejected":         {Award{Route: RouteSpot, ProposedBy: "a", RejectedAt: &testTime}, "b", "WRONG_STATE"},
		"of a competition": {Award{Route: RouteCompetition, ProposedBy: "a"}, "b", "WRONG_STATE"},
	} {
		got, err := ApprovePlace(c.award, c.person, testTime)
		if refusalCode(t, err) != c.want || err == nil && got.Status() != AwardAccepted {
			t.Errorf("%s: %v, %s", name, err, got.Status())
		}
	}
}

func TestRecordSignature(t *testing.T) {
	for _, c := range []struct {
		route     Route
		reference string
		want      string
	}{{RouteSpot, "Synthetic: paper 1", ""}, {RouteSpot, " ", "INVALID reference"}, {RouteCompetition, "Synthetic: paper 1", "WRONG_STATE"}} {
		if err := RecordSignature(Placement{Route: c.route}, RecordSignatureInput{Reference: c.reference}); refusalCode(t, err) != c.want {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestRouteWordsAreComplete: for who sees an award, and for a family.
func TestRouteWordsAreComplete(t *testing.T) {
	for _, r := range Routes {
		if RouteWordsForFamily(r) == "" || (routeReasons[r] == "") != (r == RouteCompetition) {
			t.Errorf("%s has no words", r)
		}
	}
}
