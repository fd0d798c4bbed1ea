package market

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/market/markettest"
)

func TestNewPage(t *testing.T) {
	n := func(i int) *int { return &i }
	after, none := "cursor", ""
	for _, c := range []struct {
		first *int
		after *string
		want  Page
		code  string
	}{
		{nil, nil, Page{First: 20}, ""}, {n(1), nil, Page{First: 1}, ""}, {n(100), &after, Page{100, "cursor"}, ""}, {nil, &none, Page{First: 20}, ""},
		{n(0), nil, Page{}, "INVALID first"}, {n(-1), nil, Page{}, "INVALID first"}, {n(101), nil, Page{}, "INVALID first"}, {n(1 << 31), nil, Page{}, "INVALID first"},
	} {
		page, err := NewPage(c.first, c.after)
		if markettest.RefusalCode(t, err) != c.code || err == nil && page != c.want {
			t.Errorf("%+v: %+v, %v", c, page, err)
		}
	}
}

func TestAbsentNamesTheThing(t *testing.T) {
	if r := Absent("need"); r.Code != NotFound || r.Field != nil || !strings.Contains(r.Message, "need") {
		t.Errorf("%+v", r)
	}
}
