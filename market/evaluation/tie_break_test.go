package evaluation

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestTieBreakDecides(t *testing.T) {
	late := newContender(1, "4", "60000")
	late.ReceivedAt = markettest.SampleTime.Add(time.Microsecond)
	for name, c := range map[string]struct {
		criteria []market.Criterion
		first    Contender
		second   Contender
		rule     market.TieBreakRule
	}{
		// 3 / 5 x 60 + 40 = 76 = 4 / 5 x 60 + 28, and 30000 / 30000, 30000 / 42857.14 x 40 = 28.
		"equal totals: quality": {
			[]market.Criterion{markettest.CareCriterion, markettest.PriceCriterion},
			newContender(2, "4", "42857.14"),
			newContender(1, "3", "30000"), market.TieQuality,
		},
		"equal quality: price": {
			[]market.Criterion{markettest.CareCriterion},
			newContender(2, "4", "59999.99"), newContender(1, "4", "60000"),
			market.TiePrice,
		},
		"equal price: receipt": {
			[]market.Criterion{markettest.CareCriterion, markettest.PriceCriterion},
			newContender(2, "4", "60000"),
			late, market.TieReceipt,
		},
		"equal in all: by the id": {
			[]market.Criterion{markettest.CareCriterion, markettest.PriceCriterion},
			newContender(1, "4", "60000"),
			newContender(2, "4", "60000"), market.TieLot,
		},
	} {
		for _, order := range [][]Contender{{c.first, c.second}, {c.second, c.first}} {
			got := RankContenders(c.criteria, order, testTieBreaks)
			if got[0].OfferID != c.first.OfferID || !got[0].Total.Equal(got[1].Total.Decimal) || got[0].Rank != 1 || got[1].Rank != 2 {
				t.Errorf("%s: %+v", name, got)
			}
			if got[0].TieBreak != nil || got[1].TieBreak == nil || *got[1].TieBreak != c.rule {
				t.Errorf("%s: recorded %v, %v", name, got[0].TieBreak, got[1].TieBreak)
			}
		}
	}
}

// The rules are data: in another order, or without one of them, they decide differently.
func TestTieBreakOrderIsData(t *testing.T) {
	quality, price := newContender(1, "4", "42857.14"), newContender(2, "3", "30000") // 76.00 each
	late := newContender(3, "4", "42857.14")
	late.ReceivedAt = markettest.SampleTime.Add(time.Microsecond)
	for _, c := range []struct {
		rules []market.TieBreakRule
		first byte
		by    market.TieBreakRule
	}{{[]market.TieBreakRule{market.TieQuality, market.TiePrice}, 1, market.TieQuality}, {[]market.TieBreakRule{
		market.TiePrice,
		market.TieQuality,
	}, 2, market.TiePrice}, {nil, 1, market.TieLot}} {
		var rules []TieBreak
		for _, r := range c.rules {
			rules = append(rules, TieBreak{Rule: r})
		}
		got := RankContenders([]market.Criterion{markettest.CareCriterion, {
			ID: markettest.NumberedID(102), Kind: market.CriterionPrice,
			Name: "Price", Weight: market.Pounds("40"), TopScore: 100,
		}}, []Contender{price, quality}, rules)
		if got[0].OfferID != markettest.NumberedID(c.first) || got[1].TieBreak == nil || *got[1].TieBreak != c.by {
			t.Errorf("%v: %+v", c.rules, got)
		}
	}
	three := RankContenders([]market.Criterion{markettest.CareCriterion}, []Contender{late, quality, newContender(4, "1", "1")}, testTieBreaks)
	if three[1].TieBreak == nil || *three[1].TieBreak != market.TieReceipt || three[2].TieBreak != nil {
		t.Errorf("of three: %+v", three)
	}
}
