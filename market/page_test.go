package market_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestNewPage(t *testing.T) {
	n := func(i int) *int { return &i }
	after, none := "cursor", ""
	for _, c := range []struct {
		first *int
		after *string
		want  market.Page
		code  string
	}{
		{nil, nil, market.Page{First: 20}, ""},
		{n(1), nil, market.Page{First: 1}, ""},
		{n(100), &after, market.Page{100, "cursor"}, ""},
		{nil, &none, market.Page{First: 20}, ""},
		{n(0), nil, market.Page{}, "INVALID first"},
		{n(-1), nil, market.Page{}, "INVALID first"},
		{n(101), nil, market.Page{}, "INVALID first"},
		{n(1 << 31), nil, market.Page{}, "INVALID first"},
	} {
		page, err := market.NewPage(c.first, c.after)
		if markettest.RefusalCode(t, err) != c.code || err == nil && page != c.want {
			t.Errorf("%+v: %+v, %v", c, page, err)
		}
	}
}

func TestAbsentNamesTheThing(t *testing.T) {
	if r := market.Absent("need"); r.Code != market.NotFound || r.Field != nil || !strings.Contains(r.Message, "need") {
		t.Errorf("%+v", r)
	}
}
