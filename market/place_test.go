package market

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestCheckPlaces(t *testing.T) {
	point := func(e, n int) *NearInput { return &NearInput{Easting: &e, Northing: &n} }
	outcode := func(text string) *NearInput { return &NearInput{Outcode: &text} }
	for name, c := range map[string]struct {
		filter PlaceFilter
		want   string
	}{
		"nothing":              {PlaceFilter{}, ""},
		"five needs":           {PlaceFilter{Needs: NeedTypes[:5]}, ""},
		"six":                  {PlaceFilter{Needs: NeedTypes[:6]}, "INVALID needs"},
		"no need named":        {PlaceFilter{Needs: []string{}}, "INVALID needs"},
		"no need type":         {PlaceFilter{Needs: []string{"autism"}}, "INVALID needs"},
		"a lot":                {PlaceFilter{Lot: &ID{KindLot, uuid.New()}}, ""},
		"nothing for a lot":    {PlaceFilter{Lot: &ID{KindLot, uuid.Nil}}, "INVALID lot"},
		"a need for a lot":     {PlaceFilter{Lot: &ID{KindNeed, uuid.New()}}, "INVALID lot"},
		"newborn":              {PlaceFilter{Age: new(0)}, ""},
		"25":                   {PlaceFilter{Age: new(25)}, ""},
		"26":                   {PlaceFilter{Age: new(26)}, "INVALID age"},
		"below zero":           {PlaceFilter{Age: new(-1)}, "INVALID age"},
		"three letters":        {PlaceFilter{Name: new("abé")}, ""},
		"two letters":          {PlaceFilter{Name: new("bé")}, "INVALID name"},
		"101 letters":          {PlaceFilter{Name: new(strings.Repeat("a", 101))}, "INVALID name"},
		"no value":             {PlaceFilter{Inspection: &InspectionFilter{Scale: "S"}}, "INVALID inspection.values"},
		"ten values":           {PlaceFilter{Inspection: &InspectionFilter{Scale: "S", Values: slices.Repeat([]string{"v"}, 10)}}, ""},
		"eleven values":        {PlaceFilter{Inspection: &InspectionFilter{Scale: "S", Values: slices.Repeat([]string{"v"}, 11)}}, "INVALID inspection.values"},
		"near an outcode":      {PlaceFilter{Near: outcode("BN11")}, ""},
		"near a postcode":      {PlaceFilter{Near: outcode("BN11 1AA")}, "INVALID near.outcode"},
		"near a point":         {PlaceFilter{Near: point(0, mostGridMetres)}, ""},
		"beyond the grid":      {PlaceFilter{Near: point(0, mostGridMetres+1)}, "INVALID near"},
		"below the grid":       {PlaceFilter{Near: point(-1, 0)}, "INVALID near"},
		"half a point":         {PlaceFilter{Near: &NearInput{Easting: new(1)}}, "INVALID near"},
		"both":                 {PlaceFilter{Near: &NearInput{Outcode: new("BN11"), Easting: new(1), Northing: new(1)}}, "INVALID near"},
		"near nothing":         {PlaceFilter{Near: &NearInput{}}, "INVALID near"},
		"within of nothing":    {PlaceFilter{WithinMiles: new(1)}, "INVALID withinMiles"},
		"within 1":             {PlaceFilter{Near: outcode("BN11"), WithinMiles: new(1)}, ""},
		"within 0":             {PlaceFilter{Near: outcode("BN11"), WithinMiles: new(0)}, "INVALID withinMiles"},
		"within 501":           {PlaceFilter{Near: outcode("BN11"), WithinMiles: new(501)}, "INVALID withinMiles"},
		"a school by distance": {PlaceFilter{Near: outcode("BN11"), Kind: new(SettingSchool)}, ""},
		"a home by distance":   {PlaceFilter{Near: outcode("BN11"), Kind: new(SettingHome)}, "INVALID near"},
	} {
		if err := CheckPlaces(c.filter); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for n, want := range map[int]string{1: "INVALID settings", 2: "", 10: "", 11: "INVALID settings"} {
		if err := CheckComparison(n, nil); refusalCode(t, err) != want {
			t.Errorf("%d side by side: %v", n, err)
		}
	}
}

func TestPlaceMiles(t *testing.T) {
	for metres, want := range map[float64]string{0: "0.00", 1609.344: "1.00", 80.4: "0.00", 80.5: "0.10", 16093.44: "10.00"} {
		if got := (Place{Metres: &metres}).Miles().Text(); got != want {
			t.Errorf("%f metres are %s miles, want %s", metres, got, want)
		}
	}
	if (Place{}).Miles() != nil {
		t.Error("a home is some miles away")
	}
}

func TestGendersAdmitting(t *testing.T) {
	for gender, want := range map[Gender]string{"FEMALE": "MIXED GIRLS", "MALE": "MIXED BOYS", "OTHER": "MIXED"} {
		if got := strings.Join(GendersAdmitting(gender), " "); got != want {
			t.Errorf("%s: %s", gender, got)
		}
	}
}
