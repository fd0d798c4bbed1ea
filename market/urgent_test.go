package market

import (
	"strings"
	"testing"
	"time"
)

func TestBroadcastUrgentNeed(t *testing.T) {
	lot := Lot{AgeLow: 5, AgeHigh: 19, Needs: Texts{NeedTypes[10]}}
	rule, terms := RouteRule{Route: Urgent, Allowed: true, Source: "Synthetic law"}, UrgentTerms{MostHours: 24, ConfirmWorkingDays: 2, Source: "Synthetic rule"}
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
		"after the market's end":      {func(_ *BroadcastUrgentNeedInput, m *Market, _ *RouteRule) { m.EndsOn = On(2026, time.May, 31) }, "WRONG_STATE"},
		"on its last day":             {func(_ *BroadcastUrgentNeedInput, m *Market, _ *RouteRule) { m.EndsOn = On(2026, time.June, 1) }, ""},
		"without a reason":            {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Reason = " " }, "INVALID reason"},
		"with a reason that names":    {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Reason = "The child is called Zara." }, "IDENTIFIES_CHILD reason"},
		"with a profile that names":   {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Profile = "The child is called Zara." }, "IDENTIFIES_CHILD profile"},
		"too old for the lot":         {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.Age = 20 }, "INVALID ageHigh"},
		"of another need":             {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.PrimaryNeed = NeedTypes[0] }, "INVALID primaryNeed"},
		"with too much of an address": {func(in *BroadcastUrgentNeedInput, _ *Market, _ *RouteRule) { in.HomeOutcode = "BN11 1AA" }, "INVALID homeOutcode"},
	} {
		in := BroadcastUrgentNeedInput{Age: 11, PrimaryNeed: NeedTypes[10], LegalBasis: "SECTION_20", HomeOutcode: "BN11", Profile: "Synthetic.", Reason: "Synthetic.", Hours: 4}
		m, r := aMarket(), rule
		c.change(&in, &m, &r)
		n, err := BroadcastUrgentNeed(in, lot, m, r, terms, moment)
		if refused(t, err) != c.want || err == nil && (n.UrgentReason == nil || !n.Deadline.Equal(moment.Add(time.Duration(in.Hours)*time.Hour)) || n.AgeLow != 11) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestWhoIsAsked(t *testing.T) {
	in := BroadcastUrgentNeedInput{Age: 11, PrimaryNeed: "Synthetic"}
	if f := UrgentFilter(in, moment); f.VacancyOn != nil || *f.Age != 11 || f.Needs[0] != "Synthetic" || f.Lot == nil {
		t.Errorf("everybody: %+v", f)
	}
	in.Vacant = true
	// Half past midnight of summer time is still yesterday in UTC.
	if f := UrgentFilter(in, time.Date(2026, time.June, 1, 23, 30, 0, 0, time.UTC)); f.VacancyOn.String() != "2026-06-02" {
		t.Errorf("who is free today: %+v", f)
	}
}

func TestEnterTelephoneOffer(t *testing.T) {
	deadline := moment.Add(4 * time.Hour)
	urgent := Need{ID: numbered(1), UrgentReason: new("Synthetic."), PublishedAt: &moment, Deadline: &deadline, StartFrom: On(2026, time.June, 1), StartTo: On(2026, time.June, 8)}
	competition, gone := urgent, urgent
	competition.UrgentReason, gone.WithdrawnAt = nil, &moment
	home := Setting{ID: numbered(2), ProviderID: new(numbered(3))}
	but := func(change func(*EnterTelephoneOfferInput)) EnterTelephoneOfferInput {
		in := EnterTelephoneOfferInput{StartsOn: On(2026, time.June, 1), Weekly: Pounds("5000.00"), Weeks: 52, Words: "Synthetic.", SaidBy: "Synthetic", SaidAt: moment.Add(time.Hour)}
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
		"as it was said":        {urgent, true, active, but(as), ""},
		"at the broadcast":      {urgent, true, active, at(moment), ""},
		"before the broadcast":  {urgent, true, active, at(moment.Add(-time.Second)), "INVALID saidAt"},
		"at the deadline":       {urgent, true, active, at(deadline), ""},
		"after the deadline":    {urgent, true, active, at(deadline.Add(time.Second)), "DEADLINE_PASSED saidAt"},
		"in the future":         {urgent, true, active, at(moment.Add(9 * time.Hour)), "INVALID saidAt"},
		"for a competition":     {competition, true, active, but(as), "WRONG_STATE"},
		"for a withdrawn need":  {gone, true, active, but(as), "WRONG_STATE"},
		"by who was not asked":  {urgent, false, active, but(as), "INVALID setting"},
		"by who is suspended":   {urgent, true, suspended, but(as), "NOT_ADMITTED"},
		"by who has left":       {urgent, true, nil, but(as), "NOT_ADMITTED"},
		"from too late a day":   {urgent, true, active, but(func(in *EnterTelephoneOfferInput) { in.StartsOn = On(2026, time.June, 9) }), "INVALID startsOn"},
		"for nothing":           {urgent, true, active, but(func(in *EnterTelephoneOfferInput) { in.Weekly = Pounds("0.00") }), "INVALID weekly"},
		"for 40 weeks":          {urgent, true, active, but(func(in *EnterTelephoneOfferInput) { in.Weeks = 40 }), "INVALID weeks"},
		"by nobody":             {urgent, true, active, but(func(in *EnterTelephoneOfferInput) { in.SaidBy = " " }), "INVALID saidBy"},
		"with the child's name": {urgent, true, active, but(func(in *EnterTelephoneOfferInput) { in.Words = "The child is called Zara." }), "IDENTIFIES_CHILD words"},
	} {
		o, err := EnterTelephoneOffer(c.need, home, c.asked, c.live, c.in, UrgentTerms{ConfirmWorkingDays: 2}, moment.Add(8*time.Hour))
		if refused(t, err) != c.want || err == nil && o.ConfirmBy.In(London).Format(time.DateTime) != "2026-06-03 23:59:59" {
			t.Errorf("%s: %v, %s, want %q", name, err, o.ConfirmBy, c.want)
		}
	}
}

func TestTelephoneOffersAreConfirmed(t *testing.T) {
	said := TelephoneOffer{ConfirmBy: moment, AsOf: moment}
	overdue, confirmed, disputed := said, said, said
	overdue.AsOf, confirmed.ConfirmedAt, disputed.DisputedAt = moment.Add(time.Second), &moment, &moment
	for _, c := range []struct {
		offer  TelephoneOffer
		status TelephoneOfferStatus
		want   string // of a confirmation, and of a paper
		place  string
	}{{said, OfferSaid, "", ""}, {overdue, OfferOverdue, "", ""}, {confirmed, OfferConfirmed, "WRONG_STATE", ""}, {disputed, OfferDisputed, "WRONG_STATE", "WRONG_STATE"}} {
		if c.offer.Status() != c.status {
			t.Errorf("%s and not %s", c.offer.Status(), c.status)
		}
		if err := ConfirmTelephoneOffer(c.offer, ConfirmTelephoneOfferInput{Right: true}); refused(t, err) != c.want {
			t.Errorf("%s, confirmed: %v", c.status, err)
		}
		if err := CompleteTelephoneOffer(c.offer, CompleteTelephoneOfferInput{Paper: "Synthetic"}); refused(t, err) != c.want {
			t.Errorf("%s, with a paper: %v", c.status, err)
		}
		if err := CheckSaid(c.offer); refused(t, err) != c.place {
			t.Errorf("%s, to be approved: %v", c.status, err)
		}
		urgent := asking(Urgent, func(a *Asked) { a.Need.PublishedAt, a.Need.Deadline = &moment, &moment })
		award, basis, err := ProposeUrgentPlace(urgent, TelephoneOffer{ID: numbered(4), ProviderID: numbered(3), DisputedAt: c.offer.DisputedAt, Weekly: Pounds("5000.00"), Weeks: 52, StartsOn: On(2026, time.June, 1), EnteredBy: "a"},
			active, ProposeUrgentPlaceInput{Reasons: "Synthetic."})
		if refused(t, err) != c.place || err == nil && (award.Route != Urgent || *basis.TelephoneOfferID != numbered(4) || !strings.Contains(basis.Evidence[0], "entered by a") || urgent.Leaving() != "") {
			t.Errorf("%s, proposed: %v", c.status, err)
		}
	}
	for _, c := range []struct {
		in   ConfirmTelephoneOfferInput
		want string
	}{{ConfirmTelephoneOfferInput{Right: true, Words: new("Synthetic")}, "INVALID words"}, {ConfirmTelephoneOfferInput{}, "INVALID words"},
		{ConfirmTelephoneOfferInput{Words: new(" ")}, "INVALID words"}, {ConfirmTelephoneOfferInput{Words: new("Synthetic")}, ""}} {
		if err := ConfirmTelephoneOffer(said, c.in); refused(t, err) != c.want {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
	if err := CompleteTelephoneOffer(said, CompleteTelephoneOfferInput{}); refused(t, err) != "INVALID paper" {
		t.Errorf("without a paper: %v", err)
	}
}

// TestAnUrgentNeedIsNoCompetition: nothing is sealed, opened or changed there.
func TestAnUrgentNeedIsNoCompetition(t *testing.T) {
	later := moment.Add(time.Hour)
	n := Need{UrgentReason: new("Synthetic."), PublishedAt: &moment, Deadline: &later}
	if _, _, err := SubmitOffer(SubmitOfferInput{}, n, Setting{}, active, moment); refused(t, err) != "WRONG_STATE" {
		t.Errorf("offered: %v", err)
	}
	if _, err := OpeningStage(n, Procedure{}, later.Add(time.Hour)); refused(t, err) != "WRONG_STATE" {
		t.Errorf("opened: %v", err)
	}
	if err := AmendNeed(n, AmendNeedInput{}, Lot{}, aMarket(), 1, moment); refused(t, err) != "WRONG_STATE" {
		t.Errorf("amended: %v", err)
	}
}
