package engine

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

func TestNameAbsentField(t *testing.T) {
	id := func(kind string) market.ID { return market.ID{Kind: kind, UUID: uuid.New()} }
	type inner struct{ Criterion market.ID }
	needs := []market.ID{id("need"), id("need")}
	setting := id("setting")
	for name, c := range map[string]struct {
		input any
		err   error
		want  string
	}{
		"the only id":           {struct{ Offer market.ID }{id("offer")}, market.Absent("ranked offer"), "offer"},
		"the only id, optional": {struct{ Lot *market.ID }{new(id("lot"))}, market.Absent("lot"), "lot"},
		"by its name":           {struct{ Need, Setting market.ID }{id("need"), setting}, market.Absent("setting"), "setting"},
		"by its kind":           {struct{ Need, Home market.ID }{id("need"), setting}, market.Absent("setting"), "home"},
		"two words": {
			struct{ Need, TelephoneOffer market.ID }{id("need"), id("telephone")}, market.Absent("telephone offer"), "telephoneOffer",
		},
		"by its id":                {struct{ Need, Sibling market.ID }{needs[0], needs[1]}, market.AbsentID("need", needs[1].UUID), "sibling"},
		"one of a list, by its id": {struct{ Needs []market.ID }{needs}, market.AbsentID("need", needs[1].UUID), "needs.1"},
		"one of a list":            {struct{ Needs []market.ID }{needs}, market.Absent("need"), ""},
		"of an inner input":        {struct{ Scores []inner }{[]inner{{id("criterion")}}}, market.Absent("criterion"), "scores.0.criterion"},
		"nothing is meant":         {struct{ Need, Setting market.ID }{id("need"), setting}, market.Absent("record"), ""},
		"no id":                    {struct{ Words string }{"Synthetic."}, market.Absent("record"), ""},
		"no input":                 {nil, market.Absent("record"), ""},
		"an optional id left out":  {struct{ Lot *market.ID }{}, market.Absent("lot"), ""},
		"a field that is named":    {struct{ Need market.ID }{id("need")}, market.RefuseField(market.NotFound, "here", "Synthetic."), "here"},
		"another refusal":          {struct{ Need market.ID }{id("need")}, market.ErrLiveAward, ""},
	} {
		refusal := (*market.Refusal)(nil)
		if err := nameAbsentField(c.err, c.input); !errors.As(err, &refusal) {
			t.Fatalf("%s: %v", name, err)
		}
		got := ""
		if refusal.Field != nil {
			got = *refusal.Field
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if nameAbsentField(nil, nil) != nil {
		t.Error("no error has a field")
	}
}
