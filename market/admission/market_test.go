package admission

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestCheckEstablishment(t *testing.T) {
	old := markettest.OpenRegime()
	old.EstablishedUntil = dateRef(2025, time.February, 23)
	intended := market.Regime{IntendedFirst: true}
	for name, c := range map[string]struct {
		regime    market.Regime
		notice    string
		ends      market.Date
		intention string
		want      string
	}{
		"in time":                      {old, "2025-02-23 23:59:59", market.NewDate(2029, time.February, 23), "", ""},
		"a second too late":            {old, "2025-02-24 00:00:00", market.NewDate(2029, time.February, 23), "", "WRONG_STATE regime"},
		"ends too late":                {old, "2024-09-01 09:00:00", market.NewDate(2029, time.February, 24), "", "INVALID endsOn"},
		"a regime that takes new ones": {market.Regime{}, "2026-06-01 09:00:00", market.NewDate(2040, time.January, 1), "", ""},
		"intended before":              {intended, "2026-06-01 09:00:00", market.NewDate(2040, time.January, 1), "2026-06-01 08:59:59", ""},
		"intended at the same instant": {
			intended, "2026-06-01 09:00:00", market.NewDate(2040, time.January, 1),
			"2026-06-01 09:00:00", "INVALID intention",
		},
		"not intended": {intended, "2026-06-01 09:00:00", market.NewDate(2040, time.January, 1), "", "INVALID intention"},
	} {
		m := market.Market{NoticeAt: markettest.LondonTime(t, c.notice), EndsOn: c.ends, Regime: c.regime}
		if c.intention != "" {
			m.Intention = &market.Notice{PublishedAt: markettest.LondonTime(t, c.intention)}
		}
		if err := CheckEstablishment(m); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
