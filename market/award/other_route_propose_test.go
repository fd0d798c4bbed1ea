package award

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestProposeNamedPlace(t *testing.T) {
	for name, c := range map[string]struct {
		decided *market.Naming
		want    string
	}{
		"not decided": {nil, "WRONG_STATE"}, "refused": {&market.Naming{Reasons: "Synthetic."}, "WRONG_STATE"},
		"named": {&market.Naming{Named: true, Reasons: "Synthetic."}, ""},
	} {
		if _, _, err := ProposeNamedPlace(routeFactsOf(market.RouteParentalPreference, nil), c.decided,
			ProposeNamedPlaceInput{Terms: placeTerms(nil)}); markettest.RefusalCode(t, err) != c.want {
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
		"today's": {nil, func(*ProposeOrderedPlaceInput) {}, "", "2026-06-15"},
		"of last year, and late": {
			nil, func(in *ProposeOrderedPlaceInput) { in.OrderedOn = market.NewDate(2025, time.June, 1) }, "",
			"2025-06-15",
		},
		"with a time of its own": {
			nil, func(in *ProposeOrderedPlaceInput) { in.ComplyBy = new(market.NewDate(2026, time.June, 3)) }, "",
			"2026-06-03",
		},
		"on its own day": {
			nil, func(in *ProposeOrderedPlaceInput) { in.ComplyBy = new(market.NewDate(2026, time.June, 1)) }, "",
			"2026-06-01",
		},
		"with a time before it": {
			nil, func(in *ProposeOrderedPlaceInput) { in.ComplyBy = new(market.NewDate(2026, time.May, 31)) },
			"INVALID complyBy", "",
		},
		"tomorrow's": {
			nil, func(in *ProposeOrderedPlaceInput) { in.OrderedOn = market.NewDate(2026, time.June, 2) },
			"INVALID orderedOn", "",
		},
		"without a reference": {nil, func(in *ProposeOrderedPlaceInput) { in.Reference = "" }, "INVALID reference", ""},
		"of a need without a plan": {
			func(a *RouteFacts) { a.Need.LegalBasis = "SECTION_20" }, func(*ProposeOrderedPlaceInput) {}, "WRONG_STATE",
			"",
		},
		"to a home": {
			func(a *RouteFacts) { a.Setting.Kind = market.SettingHome }, func(*ProposeOrderedPlaceInput) {},
			"INVALID setting", "",
		},
	} {
		in := ProposeOrderedPlaceInput{
			Reference: "SYN", OrderedOn: market.NewDate(2026, time.June, 1), Directs: "NAME_SCHOOL",
			Reasons: "Synthetic.", Terms: placeTerms(nil),
		}
		c.change(&in)
		_, basis, err := ProposeOrderedPlace(routeFactsOf(market.RouteTribunal, c.asked), within, in, markettest.SampleTime)
		if markettest.RefusalCode(t, err) != c.want || err == nil && basis.Order.ComplyBy.String() != c.complyBy {
			t.Errorf("%s: %v, %+v, want %q", name, err, basis.Order, c.want)
		}
	}
}

func TestProposeChosenPlace(t *testing.T) {
	wish := func(need, setting byte) *market.Preference {
		return &market.Preference{NeedID: markettest.NumberedID(need), SettingID: new(markettest.NumberedID(setting))}
	}
	for name, c := range map[string]struct {
		wish   *market.Preference
		change func(*ProposeChosenPlaceInput)
		want   string
	}{
		"as wished":                   {wish(1, 2), func(*ProposeChosenPlaceInput) {}, ""},
		"as wished, and no wish":      {nil, func(*ProposeChosenPlaceInput) {}, "INVALID preference"},
		"as wished for another child": {wish(7, 2), func(*ProposeChosenPlaceInput) {}, "INVALID preference"},
		"as wished elsewhere":         {wish(1, 7), func(*ProposeChosenPlaceInput) {}, "INVALID preference"},
		"as wished, without a place": {
			&market.Preference{NeedID: markettest.NumberedID(1)}, func(*ProposeChosenPlaceInput) {},
			"INVALID preference",
		},
		"the only one": {
			nil, func(in *ProposeChosenPlaceInput) { in.Ground, in.Preference = ChoiceOnlySupplier, nil },
			"",
		},
		"the only one, and a wish": {
			wish(1, 2), func(in *ProposeChosenPlaceInput) { in.Ground = ChoiceOnlySupplier },
			"INVALID preference",
		},
		"from who is excluded":           {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.NotExcluded = false }, "INVALID notExcluded"},
		"without an enactment":           {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.Enactment = "" }, "INVALID enactment"},
		"without the interests' reasons": {wish(1, 2), func(in *ProposeChosenPlaceInput) { in.Reasons = "" }, "INVALID reasons"},
	} {
		in := ProposeChosenPlaceInput{
			Ground: ChoicePreference, Preference: &market.ID{}, Enactment: "Synthetic law",
			Reasons: "Synthetic.", NotExcluded: true, Terms: placeTerms(nil),
		}
		c.change(&in)
		if _, _, err := ProposeChosenPlace(routeFactsOf(market.RouteUserChoice, nil), c.wish, in); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestProposeSpotPlace(t *testing.T) {
	unknown := func(a *RouteFacts) { a.Setting.ProviderID = nil }
	left := func(a *RouteFacts) {
		a.Need.PublishedAt, a.Need.Deadline, a.Need.WithdrawnAt = &markettest.SampleTime, &markettest.SampleTime, &markettest.SampleTime
	}
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
		"a draft that was withdrawn": {
			func(a *RouteFacts) { a.Need.WithdrawnAt = &markettest.SampleTime },
			"NO_OFFERS", nil, "INVALID reason",
		},
	} {
		a := routeFactsOf(market.RouteSpot, c.asked)
		seller := a.Setting.ProviderID
		if c.seller != nil {
			seller = new(markettest.NumberedID(9))
		}
		if _, _, err := ProposeSpotPlace(a, seller, ProposeSpotPlaceInput{
			Reason: c.reason, Seller: c.seller, Reasons: "Synthetic.",
			Terms: placeTerms(nil),
		}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
