package directory

import (
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestDeclareVacancies(t *testing.T) {
	now := markettest.LondonTime(t, "2026-07-01 00:30:00") // still the day before in UTC
	for name, c := range map[string]struct {
		closed   *market.Date
		in       DeclareVacanciesInput
		upcoming int
		want     string
	}{
		"today":          {nil, DeclareVacanciesInput{FromOn: market.NewDate(2026, 7, 1), Free: 4}, 0, ""},
		"yesterday":      {nil, DeclareVacanciesInput{FromOn: market.NewDate(2026, 6, 30)}, 0, "INVALID fromOn"},
		"in a year":      {nil, DeclareVacanciesInput{FromOn: market.NewDate(2027, 7, 1)}, 0, ""},
		"a day later":    {nil, DeclareVacanciesInput{FromOn: market.NewDate(2027, 7, 2)}, 0, "INVALID fromOn"},
		"more than fit":  {nil, DeclareVacanciesInput{FromOn: market.NewDate(2026, 7, 1), Free: 5}, 0, "INVALID free"},
		"less than none": {nil, DeclareVacanciesInput{FromOn: market.NewDate(2026, 7, 1), Free: -1}, 0, "INVALID free"},
		"closes then":    {new(market.NewDate(2026, 7, 9)), DeclareVacanciesInput{FromOn: market.NewDate(2026, 7, 9)}, 0, "WRONG_STATE fromOn"},
		"closes later":   {new(market.NewDate(2026, 7, 9)), DeclareVacanciesInput{FromOn: market.NewDate(2026, 7, 8)}, 0, ""},
		"the 24th day":   {nil, DeclareVacanciesInput{FromOn: market.NewDate(2026, 8, 1)}, 23, ""},
		"too many days":  {nil, DeclareVacanciesInput{FromOn: market.NewDate(2026, 8, 1)}, 24, "INVALID fromOn"},
	} {
		if err := DeclareVacancies(market.Setting{Places: new(4), ClosedOn: c.closed}, c.in, c.upcoming, now); markettest.RefusalCode(t,
			err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
