package evaluation

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
	"github.com/southeasttogether/dps/market/tendering"
)

func TestOpeningStage(t *testing.T) {
	late := markettest.SampleTime.Add(1)
	for name, c := range map[string]struct {
		need      market.Need
		priceLast bool
		now       time.Time
		want      string
	}{
		"a draft":                {market.Need{}, true, late, "WRONG_STATE"},
		"at the deadline":        {market.Need{Deadline: &markettest.SampleTime}, true, markettest.SampleTime, "TOO_EARLY"},
		"just after":             {market.Need{Deadline: &markettest.SampleTime}, true, late, "QUALITY"},
		"just after, prices too": {market.Need{Deadline: &markettest.SampleTime}, false, late, "QUALITY"},
		"open": {
			market.Need{Deadline: &markettest.SampleTime, OpenedAt: &late, PricesOpenedAt: &late},
			false, late, "WRONG_STATE",
		},
		"prices before quality": {market.Need{Deadline: &markettest.SampleTime, OpenedAt: &late}, true, late, "TOO_EARLY"},
		"prices once quality is fixed": {
			market.Need{Deadline: &markettest.SampleTime, OpenedAt: &late, QualityLockedAt: &late},
			true, late,
			"PRICE",
		},
		"prices twice": {market.Need{
			Deadline: &markettest.SampleTime, OpenedAt: &late, QualityLockedAt: &late,
			PricesOpenedAt: &late,
		}, true, late, "WRONG_STATE"},
	} {
		stage, err := OpeningStage(c.need, market.Procedure{PriceLast: c.priceLast}, c.now)
		if got := string(stage) + markettest.RefusalCode(t, err); got != c.want {
			t.Errorf("%s: %s, %v, want %q", name, stage, err, c.want)
		}
	}
}

// There is no instant at which an offer can be received and also be opened.
func TestOpeningStageNeverOverlapsReceipt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		need, now := market.Need{Deadline: &markettest.SampleTime}, markettest.SampleTime.Add(time.Duration(rapid.Int64Range(-3,
			3).Draw(t, "nanoseconds")))
		_, opening := OpeningStage(need, market.Procedure{}, now)
		if (tendering.RequireOpenForOffers(need, now) == nil) == (opening == nil) {
			t.Fatalf("at %s: receiving %v, opening %v", now, tendering.RequireOpenForOffers(need, now), opening)
		}
	})
}

func TestOpeningStageOfAWithdrawnNeed(t *testing.T) {
	now := markettest.SampleTime
	n := market.Need{WithdrawnAt: &now, PublishedAt: &now, Deadline: &now, QuestionsUntil: &now, RankedAt: &now}
	_, err := OpeningStage(n, market.Procedure{}, now.Add(1))
	if got := markettest.RefusalCode(t, err); got != "WRONG_STATE" || err.Error() != market.RequireNotWithdrawn(n).Error() {
		t.Errorf("opened: %v", err)
	}
}
