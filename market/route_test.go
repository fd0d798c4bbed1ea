package market

import (
	"testing"
	"time"
)

func places(change func(*PlaceTermsInput)) PlaceTermsInput {
	in := PlaceTermsInput{StartsOn: On(2026, time.June, 2), Weekly: Pounds("1500.00"), Weeks: 38, Evidence: []string{"Synthetic: letter 7"}}
	if change != nil {
		change(&in)
	}
	return in
}

// asking is a draft that asks for a place in a school of a known provider, by a route that the regime has.
func asking(route Route, change func(*Asked)) Asked {
	a := Asked{Need: Need{ID: numbered(1), LegalBasis: EhcPlan, AsOf: moment}, Rule: RouteRule{Route: route, Allowed: true, Source: "Synthetic law"},
		Setting: Setting{ID: numbered(2), Kind: School, ProviderID: new(numbered(3))}}
	if change != nil {
		change(&a)
	}
	return a
}

func TestNeedsThatTakeAnotherRoute(t *testing.T) {
	later, before := moment.Add(time.Hour), moment.Add(-time.Hour)
	published := func(a *Asked) { a.Need.PublishedAt, a.Need.Deadline = &before, &later }
	closed := func(a *Asked) { a.Need.PublishedAt, a.Need.Deadline = &before, &before }
	opened := func(a *Asked) { closed(a); a.Need.OpenedAt = &before }
	for name, c := range map[string]struct {
		change        func(*Asked)
		obliged, free string // where the law obliges, and where it does not
		leaves        bool
	}{
		"a draft":                            {nil, "", "", false},
		"out to competition":                 {published, "", "WRONG_STATE", true},
		"sealed after the deadline":          {closed, "", "WRONG_STATE", true},
		"opened":                             {opened, "WRONG_STATE", "WRONG_STATE", false},
		"opened, and ended":                  {func(a *Asked) { opened(a); a.Ended = true }, "", "", false},
		"ranked":                             {func(a *Asked) { opened(a); a.Need.RankedAt = &before }, "WRONG_STATE", "WRONG_STATE", false},
		"withdrawn":                          {func(a *Asked) { published(a); a.Need.WithdrawnAt = &before }, "", "", false},
		"with a live award":                  {func(a *Asked) { a.Earlier = []Award{{}} }, "ALREADY_EXISTS", "ALREADY_EXISTS", false},
		"with an award that was rejected":    {func(a *Asked) { a.Earlier = []Award{{RejectedAt: &before}} }, "", "", false},
		"to a setting that closed today":     {func(a *Asked) { a.Setting.ClosedOn = new(On(2026, time.June, 1)) }, "WRONG_STATE setting", "WRONG_STATE setting", false},
		"to a setting that closes tomorrow":  {func(a *Asked) { a.Setting.ClosedOn = new(On(2026, time.June, 2)) }, "", "", false},
		"where the regime has no such route": {func(a *Asked) { a.Rule.Allowed = false }, "WRONG_STATE", "WRONG_STATE", false},
		"to a setting of nobody knows whom":  {func(a *Asked) { a.Setting.ProviderID = nil }, "WRONG_STATE setting", "WRONG_STATE setting", false},
	} {
		for route, want := range map[Route]string{Tribunal: c.obliged, ParentalPreference: c.obliged, UserChoice: c.free, Spot: c.free} {
			a := asking(route, c.change)
			award, basis, err := a.propose(a.Setting.ProviderID, places(nil), "Synthetic.")
			if got := refused(t, err); got != want {
				t.Errorf("%s by %s: %q, want %q", name, route, got, want)
			}
			if err == nil && (award.Reason == "" || award.Route != route || basis.AwardID != award.ID || basis.Annual().Text() != "57000.00" || (a.Leaving() != "") != c.leaves) {
				t.Errorf("%s by %s: %+v, %+v, leaves %q", name, route, award, basis, a.Leaving())
			}
		}
	}
}

func TestPlaceTerms(t *testing.T) {
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
		a := asking(Spot, nil)
		if _, _, err := a.propose(a.Setting.ProviderID, places(c.change), "Synthetic."); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, _, err := asking(Spot, nil).propose(new(numbered(3)), places(nil), " "); refused(t, err) != "INVALID reasons" {
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
		if _, _, err := ProposeNamedPlace(asking(ParentalPreference, nil), c.decided, ProposeNamedPlaceInput{Terms: places(nil)}); refused(t, err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProposeOrderedPlace(t *testing.T) {
	within := Direction{Code: "NAME_SCHOOL", Weeks: 2, Source: "Synthetic law"}
	for name, c := range map[string]struct {
		asked    func(*Asked)
		change   func(*ProposeOrderedPlaceInput)
		want     string
		complyBy string
	}{
		"today's":                  {nil, func(*ProposeOrderedPlaceInput) {}, "", "2026-06-15"},
		"of last year, and late":   {nil, func(in *ProposeOrderedPlaceInput) { in.OrderedOn = On(2025, time.June, 1) }, "", "2025-06-15"},
		"with a time of its own":   {nil, func(in *ProposeOrderedPlaceInput) { in.ComplyBy = new(On(2026, time.June, 3)) }, "", "2026-06-03"},
		"on its own day":           {nil, func(in *ProposeOrderedPlaceInput) { in.ComplyBy = new(On(2026, time.June, 1)) }, "", "2026-06-01"},
		"with a time before it":    {nil, func(in *ProposeOrderedPlaceInput) { in.ComplyBy = new(On(2026, time.May, 31)) }, "INVALID complyBy", ""},
		"tomorrow's":               {nil, func(in *ProposeOrderedPlaceInput) { in.OrderedOn = On(2026, time.June, 2) }, "INVALID orderedOn", ""},
		"without a reference":      {nil, func(in *ProposeOrderedPlaceInput) { in.Reference = "" }, "INVALID reference", ""},
		"of a need without a plan": {func(a *Asked) { a.Need.LegalBasis = "SECTION_20" }, func(*ProposeOrderedPlaceInput) {}, "WRONG_STATE", ""},
		"to a home":                {func(a *Asked) { a.Setting.Kind = Home }, func(*ProposeOrderedPlaceInput) {}, "INVALID setting", ""},
	} {
		in := ProposeOrderedPlaceInput{Reference: "SYN", OrderedOn: On(2026, time.June, 1), Directs: "NAME_SCHOOL", Reasons: "Synthetic.", Terms: places(nil)}
		c.change(&in)
		_, basis, err := ProposeOrderedPlace(asking(Tribunal, c.asked), within, in, moment)
		if refused(t, err) != c.want || err == nil && basis.Order.ComplyBy.String() != c.complyBy {
			t.Errorf("%s: %v, %+v, want %q", name, err, basis.Order, c.want)
		}
	}
}

func TestOrdersThatAreLate(t *testing.T) {
	within, on := Direction{Weeks: 2, Source: "Synthetic law"}, On(2026, time.June, 1)
	lastSecond := time.Date(2026, time.June, 15, 23, 59, 59, 0, London)
	for name, c := range map[string]struct {
		complyBy Date
		accepted *time.Time
		now      time.Time
		late     bool
		source   string
	}{
		"in its last second":     {On(2026, time.June, 15), nil, lastSecond, false, "Synthetic law"},
		"a second later":         {On(2026, time.June, 15), nil, lastSecond.Add(time.Second), true, "Synthetic law"},
		"complied with in time":  {On(2026, time.June, 15), &lastSecond, lastSecond.AddDate(1, 0, 0), false, "Synthetic law"},
		"complied with too late": {On(2026, time.June, 15), new(lastSecond.Add(time.Second)), lastSecond.AddDate(1, 0, 0), true, "Synthetic law"},
		"as the order says":      {On(2026, time.June, 3), nil, moment, false, "The order itself (reg 44(1))."},
	} {
		if o := ReadOrder(within, "SYN", on, c.complyBy, c.accepted, c.now); o.Late != c.late || o.Source != c.source {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestProposeChosenPlace(t *testing.T) {
	wish := func(need, setting byte) *Preference {
		return &Preference{NeedID: numbered(need), SettingID: new(numbered(setting))}
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
		"as wished, without a place":     {&Preference{NeedID: numbered(1)}, func(*ProposeChosenPlaceInput) {}, "INVALID preference"},
		"the only one":                   {nil, func(in *ProposeChosenPlaceInput) { in.Ground, in.Preference = OnlySupplier, nil }, ""},
		"the only one, and a wish":       {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.Ground = OnlySupplier }, "INVALID preference"},
		"from who is excluded":           {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.NotExcluded = false }, "INVALID notExcluded"},
		"without an enactment":           {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.Enactment = "" }, "INVALID enactment"},
		"without the interests' reasons": {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.Reasons = "" }, "INVALID reasons"},
	} {
		in := ProposeChosenPlaceInput{Ground: ChoicePreference, Preference: &ID{}, Enactment: "Synthetic law", Reasons: "Synthetic.", NotExcluded: true, Terms: places(nil)}
		c.change(&in)
		if _, _, err := ProposeChosenPlace(asking(UserChoice, nil), c.wish, in); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestProposeSpotPlace(t *testing.T) {
	unknown := func(a *Asked) { a.Setting.ProviderID = nil }
	left := func(a *Asked) { a.Need.PublishedAt, a.Need.Deadline, a.Need.WithdrawnAt = &moment, &moment, &moment }
	for name, c := range map[string]struct {
		asked  func(*Asked)
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
		"nobody offered":                {func(a *Asked) { a.Ended = true }, "NO_OFFERS", nil, ""},
		"nobody offered, and withdrawn": {left, "NO_OFFERS", nil, ""},
		"a draft that was withdrawn":    {func(a *Asked) { a.Need.WithdrawnAt = &moment }, "NO_OFFERS", nil, "INVALID reason"},
	} {
		a := asking(Spot, c.asked)
		seller := a.Setting.ProviderID
		if c.seller != nil {
			seller = new(numbered(9))
		}
		if _, _, err := ProposeSpotPlace(a, seller, ProposeSpotPlaceInput{Reason: c.reason, Seller: c.seller, Reasons: "Synthetic.", Terms: places(nil)}); refused(t, err) != c.want {
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
		"by another":       {Award{Route: Spot, ProposedBy: "a"}, "b", ""},
		"by its proposer":  {Award{Route: Tribunal, ProposedBy: "a"}, "a", "SAME_PERSON"},
		"twice":            {Award{Route: Spot, ProposedBy: "a", ApprovedAt: &moment, AcceptedAt: &moment}, "b", "WRONG_STATE"},
		"rejected":         {Award{Route: Spot, ProposedBy: "a", RejectedAt: &moment}, "b", "WRONG_STATE"},
		"of a competition": {Award{Route: Competition, ProposedBy: "a"}, "b", "WRONG_STATE"},
	} {
		got, err := ApprovePlace(c.award, c.person, moment)
		if refused(t, err) != c.want || err == nil && got.Status() != AwardAccepted {
			t.Errorf("%s: %v, %s", name, err, got.Status())
		}
	}
}

func TestSignaturesOnPaper(t *testing.T) {
	for _, c := range []struct {
		route     Route
		reference string
		want      string
	}{{Spot, "Synthetic: paper 1", ""}, {Spot, " ", "INVALID reference"}, {Competition, "Synthetic: paper 1", "WRONG_STATE"}} {
		if err := RecordSignature(Placement{Route: c.route}, RecordSignatureInput{Reference: c.reference}); refused(t, err) != c.want {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestEveryRouteHasItsWords: for who sees an award, and for a family.
func TestEveryRouteHasItsWords(t *testing.T) {
	for _, r := range Routes {
		if RouteWords(r) == "" || (reasons[r] == "") != (r == Competition) {
			t.Errorf("%s has no words", r)
		}
	}
}
