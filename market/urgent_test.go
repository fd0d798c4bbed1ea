package market

import (
	"strings"
	"testing"
	"time"
)

func TestBroadcastUrgentNeed(t *testing.T) {
	lot := Lot{AgeLow: 5, AgeHigh: 19, Needs: Texts{NeedTypes[10]}}
	rule, terms := RouteRule{Route: RouteUrgent, Allowed: true, Source: "Synthetic law"}, UrgentTerms{MostHours: 24, ConfirmWorkingDays: 2, Source: "Synthetic rule"}
	for name, c := range map[string]struct {
		change func(*BroadcastUrgentNeedInput, *Market, *RouteRule)
		want   string
	}{
		"for tonight":                 {func(*BroadcastUrgentNeedInput, *Market, *RouteRule) {}, ""},
		"an hour":                     {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Hours = 1 }, ""},
		"a day":                       {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Hours = 24 }, ""},
		"no hour":                     {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Hours = 0 }, "INVALID hours"},
		"an hour more than a day":     {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Hours = 25 }, "INVALID hours"},
		"under another regime":        {func(_ *BroadcastUrgentNeedInput, _ *Market, r *RouteRule) { r.Allowed = false }, "WRONG_STATE"},
		"after the market's end":      {func(_ *BroadcastUrgentNeedInput, m *Market, _ *RouteRule) { m.EndsOn = NewDate(2026, time.May, 31) }, "WRONG_STATE"},
		"on its last day":             {func(_ *BroadcastUrgentNeedInput, m *Market, _ *RouteRule) { m.EndsOn = NewDate(2026, time.June, 1) }, ""},
		"without a reason":            {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Reason = " " }, "INVALID reason"},
		"with a reason that names":    {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Reason = "The child is called Zara." }, "IDENTIFIES_CHILD reason"},
		"with a profile that names":   {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Profile = "The child is called Zara." }, "IDENTIFIES_CHILD profile"},
		"too old for the lot":         {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Age = 20 }, "INVALID ageHigh"},
		"of another need":             {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.PrimaryNeed = NeedTypes[0] }, "INVALID primaryNeed"},
		"with too much of an address": {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.HomeOutcode = "BN11 1AA" }, "INVALID homeOutcode"},
	} {
		in := BroadcastUrgentNeedInput{Age: 11, PrimaryNeed: NeedTypes[10], LegalBasis: "SECTION_20", HomeOutcode: "BN11", Profile: "Synthetic.", Reason: "Synthetic.", Hours: 4}
		m, r := testMarket(), rule
		c.change(&in, &m, &r)
		n, err := BroadcastUrgentNeed(in, lot, m, r, terms, testTime)
		if refusalCode(t, err) != c.want || err == nil && (n.UrgentReason == nil || !n.Deadline.Equal(testTime.Add(time.Duration(in.Hours)*time.Hour)) || n.AgeLow != 11) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestUrgentFilter(t *testing.T) {
	in := BroadcastUrgentNeedInput{Age: 11, PrimaryNeed: "Synthetic"}
	if f := UrgentFilter(in, testTime); f.VacancyOn != nil || *f.Age != 11 || f.Needs[0] != "Synthetic" || f.Lot == nil {
		t.Errorf("everybody: %+v", f)
	}
	in.Vacant = true
	// Half past midnight of summer time is still yesterday in UTC.
	if f := UrgentFilter(in, time.Date(2026, time.June, 1, 23, 30, 0, 0, time.UTC)); f.VacancyOn.String() != "2026-06-02" {
		t.Errorf("who is free today: %+v", f)
	}
}

func TestEnterTelephoneOffer(t *testing.T) {
	deadline := testTime.Add(4 * time.Hour)
	urgent := Need{ID: numberedID(1), UrgentReason: new("Synthetic."), PublishedAt: &testTime, Deadline: &deadline, StartFrom: NewDate(2026, time.June, 1), StartTo: NewDate(2026, time.June, 8)}
	competition, gone := urgent, urgent
	competition.UrgentReason, gone.WithdrawnAt = nil, &testTime
	home := Setting{ID: numberedID(2), ProviderID: new(numberedID(3))}
	but := func(change func(*EnterTelephoneOfferInput)) EnterTelephoneOfferInput {
		in := EnterTelephoneOfferInput{StartsOn: NewDate(2026, time.June, 1), Weekly: Pounds("5000.00"), Weeks: 52, Words: "Synthetic.", SaidBy: "Synthetic", SaidAt: testTime.Add(time.Hour)}
		change(&in)
		return in
	}
	as := func(*EnterTelephoneOfferInput) {}
	at := func(when time.Time) EnterTelephoneOfferInput {
		return but(func(in *EnterTelephoneOfferInput) { in.SaidAt = when })
	}
	for name, c := range map[string]struct {
		need  Need
		asked bool
		live  *Membership
		in    EnterTelephoneOfferInput
		want  string
	}{
		"as it was said":        {urgent, true, activeMember, but(as), ""},
		"at the broadcast":      {urgent, true, activeMember, at(testTime), ""},
		"before the broadcast":  {urgent, true, activeMember, at(testTime.Add(-time.Second)), "INVALID saidAt"},
		"at the deadline":       {urgent, true, activeMember, at(deadline), ""},
		"after the deadline":    {urgent, true, activeMember, at(deadline.Add(time.Second)), "DEADLINE_PASSED saidAt"},
		"in the future":         {urgent, true, activeMember, at(testTime.Add(9 * time.Hour)), "INVALID saidAt"},
		"for a competition":     {competition, true, activeMember, but(as), "WRONG_STATE"},
		"for a withdrawn need":  {gone, true, activeMember, but(as), "WRONG_STATE"},
		"by who was not asked":  {urgent, false, activeMember, but(as), "INVALID setting"},
		"by who is suspended":   {urgent, true, suspendedMember, but(as), "NOT_ADMITTED"},
		"by who has left":       {urgent, true, nil, but(as), "NOT_ADMITTED"},
		"from too late a day":   {urgent, true, activeMember, but(func(in *EnterTelephoneOfferInput) { in.StartsOn = NewDate(2026, time.June, 9) }), "INVALID startsOn"},
		"for nothing":           {urgent, true, activeMember, but(func(in *EnterTelephoneOfferInput) { in.Weekly = Pounds("0.00") }), "INVALID weekly"},
		"for 40 weeks":          {urgent, true, activeMember, but(func(in *EnterTelephoneOfferInput) { in.Weeks = 40 }), "INVALID weeks"},
		"by nobody":             {urgent, true, activeMember, but(func(in *EnterTelephoneOfferInput) { in.SaidBy = " " }), "INVALID saidBy"},
		"with the child's name": {urgent, true, activeMember, but(func(in *EnterTelephoneOfferInput) { in.Words = "The child is called Zara." }), "IDENTIFIES_CHILD words"},
	} {
		o, err := EnterTelephoneOffer(c.need, home, c.asked, c.live, c.in, UrgentTerms{ConfirmWorkingDays: 2}, testTime.Add(8*time.Hour))
		if refusalCode(t, err) != c.want || err == nil && o.ConfirmBy.In(London).Format(time.DateTime) != "2026-06-03 23:59:59" {
			t.Errorf("%s: %v, %s, want %q", name, err, o.ConfirmBy, c.want)
		}
	}
}

func TestConfirmAndCompleteTelephoneOffer(t *testing.T) {
	said := TelephoneOffer{ConfirmBy: testTime, AsOf: testTime}
	overdue, confirmed, disputed := said, said, said
	overdue.AsOf, confirmed.ConfirmedAt, disputed.DisputedAt = testTime.Add(time.Second), &testTime, &testTime
	for _, c := range []struct {
		offer  TelephoneOffer
		status TelephoneOfferStatus
		want   string // of a confirmation, and of a paper
		place  string
	}{{said, TelephoneOfferSaid, "", ""}, {overdue, TelephoneOfferOverdue, "", ""}, {confirmed, TelephoneOfferConfirmed, "WRONG_STATE", ""}, {disputed, TelephoneOfferDisputed, "WRONG_STATE", "WRONG_STATE"}} {
		if c.offer.Status() != c.status {
			t.Errorf("%s and not %s", c.offer.Status(), c.status)
		}
		if err := ConfirmTelephoneOffer(c.offer, ConfirmTelephoneOfferInput{Right: true}); refusalCode(t, err) != c.want {
			t.Errorf("%s, confirmed: %v", c.status, err)
		}
		if err := CompleteTelephoneOffer(c.offer, CompleteTelephoneOfferInput{Paper: "Synthetic"}); refusalCode(t, err) != c.want {
			t.Errorf("%s, with a paper: %v", c.status, err)
		}
		if err := RequireUndisputedOffer(c.offer); refusalCode(t, err) != c.place {
			t.Errorf("%s, to be approved: %v", c.status, err)
		}
		urgent := routeFactsOf(RouteUrgent, func(a *RouteFacts) { a.Need.PublishedAt, a.Need.Deadline = &testTime, &testTime })
		award, basis, err := ProposeUrgentPlace(urgent, TelephoneOffer{ID: numberedID(4), ProviderID: numberedID(3), DisputedAt: c.offer.DisputedAt, Weekly: Pounds("5000.00"), Weeks: 52, StartsOn: NewDate(2026, time.June, 1), EnteredBy: "a"},
			activeMember, ProposeUrgentPlaceInput{Reasons: "Synthetic."})
		if refusalCode(t, err) != c.place || err == nil && (award.Route != RouteUrgent || *basis.TelephoneOfferID != numberedID(4) || !strings.Contains(basis.Evidence[0], "entered by a") || urgent.WithdrawalReason() != "") {
			t.Errorf("%s, proposed: %v", c.status, err)
		}
	}
	for _, c := range []struct {
		in   ConfirmTelephoneOfferInput
		want string
	}{{ConfirmTelephoneOfferInput{Right: true, Words: new("Synthetic")}, "INVALID words"}, {ConfirmTelephoneOfferInput{}, "INVALID words"},
		{ConfirmTelephoneOfferInput{Words: new(" ")}, "INVALID words"}, {ConfirmTelephoneOfferInput{Words: new("Synthetic")}, ""}} {
		if err := ConfirmTelephoneOffer(said, c.in); refusalCode(t, err) != c.want {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
	if err := CompleteTelephoneOffer(said, CompleteTelephoneOfferInput{}); refusalCode(t, err) != "INVALID paper" {
		t.Errorf("without a paper: %v", err)
	}
}

// TestUrgentNeedTakesNoSealedOffer: nothing is sealed, opened or changed there.
func TestUrgentNeedTakesNoSealedOffer(t *testing.T) {
	later := testTime.Add(time.Hour)
	n := Need{UrgentReason: new("Synthetic."), PublishedAt: &testTime, Deadline: &later}
	if _, _, err := SubmitOffer(SubmitOfferInput{}, n, Setting{}, activeMember, testTime); refusalCode(t, err) != "WRONG_STATE" {
		t.Errorf("offered: %v", err)
	}
	if _, err := OpeningStage(n, Procedure{}, later.Add(time.Hour)); refusalCode(t, err) != "WRONG_STATE" {
		t.Errorf("opened: %v", err)
	}
	if err := AmendNeed(n, AmendNeedInput{}, Lot{}, testMarket(), 1, testTime); refusalCode(t, err) != "WRONG_STATE" {
		t.Errorf("amended: %v", err)
	}
}
