package award_test

import (
	"fmt"
	"testing"

	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/policy"
)

// agreed is what one authority agreed to pay one provider for a year, for some places.
type agreed struct {
	authority, provider, places, annual int
}

// TestOpenFiguresTellNobodyWhatAnotherPaid: a figure is shown only if neither an authority nor a provider can work out what another has of
// it, and it is rounded.
func TestOpenFiguresTellNobodyWhatAnotherPaid(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	for what, c := range map[string]struct {
		agreed []agreed
		shown  string // places and pounds; empty if nothing is
	}{
		"three of a like":             {[]agreed{{1, 1, 2, 100_000}, {2, 2, 2, 110_000}, {3, 3, 2, 90_000}}, "5 600000.00"},
		"rounded":                     {[]agreed{{1, 1, 3, 101_234}, {2, 2, 3, 110_001}, {3, 3, 2, 95_555}}, "10 820000.00"},
		"one authority alone":         {[]agreed{{1, 1, 4, 100_000}, {1, 2, 4, 100_000}, {1, 3, 4, 100_000}}, ""},
		"two authorities":             {[]agreed{{1, 1, 4, 100_000}, {2, 2, 4, 100_000}, {1, 3, 4, 100_000}}, ""},
		"two providers":               {[]agreed{{1, 1, 4, 100_000}, {2, 2, 4, 100_000}, {3, 1, 4, 100_000}}, ""},
		"nine of ten of one":          {[]agreed{{1, 1, 9, 100_000}, {2, 2, 1, 100_000}, {3, 3, 1, 5_000}}, ""},
		"the rest is under a tenth":   {[]agreed{{1, 1, 10, 100_000}, {2, 2, 5, 100_000}, {3, 3, 1, 99_999}}, ""},
		"the rest is a tenth":         {[]agreed{{1, 1, 10, 100_000}, {2, 2, 5, 100_000}, {3, 3, 1, 100_000}}, "15 1600000.00"},
		"a provider that has most":    {[]agreed{{1, 1, 5, 100_000}, {2, 1, 5, 100_000}, {3, 2, 2, 100_000}, {3, 3, 1, 90_000}}, ""},
		"fewer places than the least": {[]agreed{{1, 1, 1, 100_000}, {2, 2, 1, 100_000}}, ""},
	} {
		t.Run(what, func(t *testing.T) {
			f.TamperWith("DELETE FROM dps.spending")
			for _, a := range c.agreed {
				f.TamperWith(fmt.Sprintf(`INSERT INTO dps.spending (placement_id, authority_id, provider_id, route, agreed_on, annual)
					SELECT gen_random_uuid(), md5('a%d')::uuid, md5('p%d')::uuid, 'SPOT', (date_trunc('quarter', dps.now()) - interval '1 day')::date, %d
					FROM generate_series(1, %d)`, a.authority, a.provider, a.annual, a.places))
			}
			shown := ""
			v := f.API.View(policy.Actor{Role: policy.Public})
			defer v.End(t.Context()) //nolint:errcheck // it has read nothing sealed
			figures, err := award.OpenPlacesByRoute(t.Context(), v, 1)
			dbtest.RequireNoError(t, err)
			for _, figure := range figures {
				if figure.Places != nil {
					shown = fmt.Sprint(*figure.Places, " ", figure.Annual.Text())
				}
			}
			if shown != c.shown {
				t.Errorf("shown %q, want %q", shown, c.shown)
			}
		})
	}
}
