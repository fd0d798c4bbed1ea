package award

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestEnterTelephoneOffer(t *testing.T) {
	deadline := markettest.SampleTime.Add(4 * time.Hour)
	urgent := market.Need{
		ID: markettest.NumberedID(1), UrgentReason: new("Synthetic."), PublishedAt: &markettest.SampleTime,
		Deadline: &deadline, StartFrom: market.NewDate(2026, time.June, 1), StartTo: market.NewDate(2026, time.June, 8),
	}
	competition, gone := urgent, urgent
	competition.UrgentReason, gone.WithdrawnAt = nil, &markettest.SampleTime
	home := market.Setting{ID: markettest.NumberedID(2), ProviderID: new(markettest.NumberedID(3))}
	but := func(change func(*EnterTelephoneOfferInput)) EnterTelephoneOfferInput {
		in := EnterTelephoneOfferInput{
			StartsOn: market.NewDate(2026, time.June, 1), Weekly: market.Pounds("5000.00"), Weeks: 52,
			Words: "Synthetic.", SaidBy: "Synthetic", SaidAt: markettest.SampleTime.Add(time.Hour),
		}
		change(&in)
		return in
	}
	as := func(*EnterTelephoneOfferInput) {}
	at := func(when time.Time) EnterTelephoneOfferInput {
		return but(func(in *EnterTelephoneOfferInput) { in.SaidAt = when })
	}
	for name, c := range map[string]struct {
		need  market.Need
		asked bool
		live  *market.Membership
		in    EnterTelephoneOfferInput
		want  string
	}{
		"as it was said":       {urgent, true, markettest.ActiveMember, but(as), ""},
		"at the broadcast":     {urgent, true, markettest.ActiveMember, at(markettest.SampleTime), ""},
		"before the broadcast": {urgent, true, markettest.ActiveMember, at(markettest.SampleTime.Add(-time.Second)), "INVALID saidAt"},
		"at the deadline":      {urgent, true, markettest.ActiveMember, at(deadline), ""},
		"after the deadline":   {urgent, true, markettest.ActiveMember, at(deadline.Add(time.Second)), "DEADLINE_PASSED saidAt"},
		"in the future":        {urgent, true, markettest.ActiveMember, at(markettest.SampleTime.Add(9 * time.Hour)), "INVALID saidAt"},
		"for a competition":    {competition, true, markettest.ActiveMember, but(as), "WRONG_STATE"},
		"for a withdrawn need": {gone, true, markettest.ActiveMember, but(as), "WRONG_STATE"},
		"by who was not asked": {urgent, false, markettest.ActiveMember, but(as), "INVALID setting"},
		"by who is suspended":  {urgent, true, markettest.SuspendedMember, but(as), "NOT_ADMITTED"},
		"by who has left":      {urgent, true, nil, but(as), "NOT_ADMITTED"},
		"from too late a day": {
			urgent, true, markettest.ActiveMember,
			but(func(in *EnterTelephoneOfferInput) { in.StartsOn = market.NewDate(2026, time.June, 9) }), "INVALID startsOn",
		},
		"for nothing": {
			urgent, true, markettest.ActiveMember,
			but(func(in *EnterTelephoneOfferInput) { in.Weekly = market.Pounds("0.00") }), "INVALID weekly",
		},
		"for 40 weeks": {
			urgent, true, markettest.ActiveMember, but(func(in *EnterTelephoneOfferInput) { in.Weeks = 40 }),
			"INVALID weeks",
		},
		"by nobody": {
			urgent, true, markettest.ActiveMember, but(func(in *EnterTelephoneOfferInput) { in.SaidBy = " " }),
			"INVALID saidBy",
		},
		"with the child's name": {
			urgent, true, markettest.ActiveMember,
			but(func(in *EnterTelephoneOfferInput) { in.Words = "The child is called Zara." }), "IDENTIFIES_CHILD words",
		},
	} {
		o, err := EnterTelephoneOffer(c.need, home, c.asked, c.live, c.in, UrgentTerms{ConfirmWorkingDays: 2},
			markettest.SampleTime.Add(8*time.Hour))
		if markettest.RefusalCode(t, err) != c.want || err == nil &&
			o.ConfirmBy.In(market.London).Format(time.DateTime) != "2026-06-03 23:59:59" {
			t.Errorf("%s: %v, %s, want %q", name, err, o.ConfirmBy, c.want)
		}
	}
}

func TestConfirmAndCompleteTelephoneOffer(t *testing.T) {
	said := TelephoneOffer{ConfirmBy: markettest.SampleTime, AsOf: markettest.SampleTime}
	overdue, confirmed, disputed := said, said, said
	overdue.AsOf, confirmed.ConfirmedAt, disputed.DisputedAt = markettest.SampleTime.Add(time.Second), &markettest.SampleTime,
		&markettest.SampleTime
	for _, c := range []struct {
		offer  TelephoneOffer
		status TelephoneOfferStatus
		want   string // of a confirmation, and of a document
		place  string
	}{{said, TelephoneOfferSaid, "", ""}, {overdue, TelephoneOfferOverdue, "", ""}, {
		confirmed, TelephoneOfferConfirmed,
		"WRONG_STATE", "",
	}, {disputed, TelephoneOfferDisputed, "WRONG_STATE", "WRONG_STATE"}} {
		if c.offer.Status() != c.status {
			t.Errorf("%s and not %s", c.offer.Status(), c.status)
		}
		if err := ConfirmTelephoneOffer(c.offer, ConfirmTelephoneOfferInput{Right: true}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s, confirmed: %v", c.status, err)
		}
		if err := CompleteTelephoneOffer(c.offer, CompleteTelephoneOfferInput{Paper: "Synthetic"}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s, with a paper: %v", c.status, err)
		}
		if err := RequireUndisputedOffer(c.offer); markettest.RefusalCode(t, err) != c.place {
			t.Errorf("%s, to be approved: %v", c.status, err)
		}
		urgent := routeFactsOf(market.RouteUrgent, func(a *RouteFacts) {
			a.Need.PublishedAt, a.Need.Deadline = &markettest.SampleTime, &markettest.SampleTime
		})
		award, basis, err := ProposeUrgentPlace(urgent, TelephoneOffer{
			ID: markettest.NumberedID(4), ProviderID: markettest.NumberedID(3),
			DisputedAt: c.offer.DisputedAt, Weekly: market.Pounds("5000.00"), Weeks: 52, StartsOn: market.NewDate(2026, time.June, 1),
			EnteredBy: "a",
		},
			markettest.ActiveMember, ProposeUrgentPlaceInput{Reasons: "Synthetic."})
		if markettest.RefusalCode(t, err) != c.place || err == nil && (award.Route != market.RouteUrgent ||
			*basis.TelephoneOfferID != markettest.NumberedID(4) || !strings.Contains(basis.Evidence[0], "entered by a")) {
			t.Errorf("%s, proposed: %v", c.status, err)
		}
	}
	for _, c := range []struct {
		in   ConfirmTelephoneOfferInput
		want string
	}{
		{ConfirmTelephoneOfferInput{Right: true, Words: new("Synthetic")}, "INVALID words"},
		{ConfirmTelephoneOfferInput{}, "INVALID words"},
		{ConfirmTelephoneOfferInput{Words: new(" ")}, "INVALID words"},
		{ConfirmTelephoneOfferInput{Words: new("Synthetic")}, ""},
	} {
		if err := ConfirmTelephoneOffer(said, c.in); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
	if err := CompleteTelephoneOffer(said, CompleteTelephoneOfferInput{}); markettest.RefusalCode(t, err) != "INVALID paper" {
		t.Errorf("without a paper: %v", err)
	}
}
