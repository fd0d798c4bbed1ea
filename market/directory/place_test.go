package directory

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestCheckPlaces(t *testing.T) {
	point := func(e, n int) *market.NearInput { return &market.NearInput{Easting: &e, Northing: &n} }
	outcode := func(text string) *market.NearInput { return &market.NearInput{Outcode: &text} }
	for name, c := range map[string]struct {
		filter market.PlaceFilter
		want   string
	}{
		"nothing":           {market.PlaceFilter{}, ""},
		"five needs":        {market.PlaceFilter{Needs: market.NeedTypes[:5]}, ""},
		"six":               {market.PlaceFilter{Needs: market.NeedTypes[:6]}, "INVALID needs"},
		"no need named":     {market.PlaceFilter{Needs: []string{}}, "INVALID needs"},
		"no need type":      {market.PlaceFilter{Needs: []string{"autism"}}, "INVALID needs"},
		"a lot":             {market.PlaceFilter{Lot: &market.ID{Kind: idkind.Lot, UUID: uuid.New()}}, ""},
		"nothing for a lot": {market.PlaceFilter{Lot: &market.ID{Kind: idkind.Lot, UUID: uuid.Nil}}, "INVALID lot"},
		"a need for a lot":  {market.PlaceFilter{Lot: &market.ID{Kind: idkind.Need, UUID: uuid.New()}}, "INVALID lot"},
		"newborn":           {market.PlaceFilter{Age: new(0)}, ""},
		"25":                {market.PlaceFilter{Age: new(25)}, ""},
		"26":                {market.PlaceFilter{Age: new(26)}, "INVALID age"},
		"below zero":        {market.PlaceFilter{Age: new(-1)}, "INVALID age"},
		"three letters":     {market.PlaceFilter{Name: new("abé")}, ""},
		"two letters":       {market.PlaceFilter{Name: new("bé")}, "INVALID name"},
		"101 letters":       {market.PlaceFilter{Name: new(strings.Repeat("a", 101))}, "INVALID name"},
		"no value":          {market.PlaceFilter{Inspection: &market.InspectionFilter{Scale: "S"}}, "INVALID inspection.values"},
		"ten values": {
			market.PlaceFilter{Inspection: &market.InspectionFilter{Scale: "S", Values: slices.Repeat([]string{"v"}, 10)}},
			"",
		},
		"eleven values": {
			market.PlaceFilter{Inspection: &market.InspectionFilter{Scale: "S", Values: slices.Repeat([]string{"v"}, 11)}},
			"INVALID inspection.values",
		},
		"near an outcode": {market.PlaceFilter{Near: outcode("BN11")}, ""},
		"near a postcode": {market.PlaceFilter{Near: outcode("BN11 1AA")}, "INVALID near.outcode"},
		"near a point":    {market.PlaceFilter{Near: point(0, mostGridMetres)}, ""},
		"beyond the grid": {market.PlaceFilter{Near: point(0, mostGridMetres+1)}, "INVALID near"},
		"below the grid":  {market.PlaceFilter{Near: point(-1, 0)}, "INVALID near"},
		"half a point":    {market.PlaceFilter{Near: &market.NearInput{Easting: new(1)}}, "INVALID near"},
		"both": {
			market.PlaceFilter{Near: &market.NearInput{Outcode: new("BN11"), Easting: new(1), Northing: new(1)}},
			"INVALID near",
		},
		"near nothing":         {market.PlaceFilter{Near: &market.NearInput{}}, "INVALID near"},
		"within of nothing":    {market.PlaceFilter{WithinMiles: new(1)}, "INVALID withinMiles"},
		"within 1":             {market.PlaceFilter{Near: outcode("BN11"), WithinMiles: new(1)}, ""},
		"within 0":             {market.PlaceFilter{Near: outcode("BN11"), WithinMiles: new(0)}, "INVALID withinMiles"},
		"within 501":           {market.PlaceFilter{Near: outcode("BN11"), WithinMiles: new(501)}, "INVALID withinMiles"},
		"a school by distance": {market.PlaceFilter{Near: outcode("BN11"), Kind: new(market.SettingSchool)}, ""},
		"a home by distance":   {market.PlaceFilter{Near: outcode("BN11"), Kind: new(market.SettingHome)}, "INVALID near"},
	} {
		if err := CheckPlaces(c.filter); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for n, want := range map[int]string{1: "INVALID settings", 2: "", 10: "", 11: "INVALID settings"} {
		if err := CheckComparison(n, nil); markettest.RefusalCode(t, err) != want {
			t.Errorf("%d side by side: %v", n, err)
		}
	}
}
