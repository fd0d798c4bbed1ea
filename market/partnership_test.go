package market

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestRequireInRegion: days are London's; in June its clocks are an hour before Greenwich.
func TestRequireInRegion(t *testing.T) {
	first, last := NewDate(2026, 6, 2), NewDate(2026, 6, 30)
	for at, want := range map[string]string{
		"2026-06-01T22:59:59Z": "TOO_EARLY", "2026-06-01T23:00:00Z": "", "2026-06-30T22:59:59Z": "", "2026-06-30T23:00:00Z": "WRONG_STATE",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if err := RequireInRegion(Organisation{Name: "Synthetic", JoinedOn: &first, LeftOn: &last, AsOf: now}); refusalCode(t, err) != want {
			t.Errorf("%s: %v, want %q", at, err, want)
		}
	}
	if err := RequireInRegion(Organisation{AsOf: testTime}); err != nil {
		t.Errorf("one that was always there and stays: %v", err)
	}
}

func TestAdmitPartner(t *testing.T) {
	consortium := &Organisation{ID: uuid.New(), Kind: OrganisationKindConsortium, AsOf: testTime}
	gone := &Organisation{ID: uuid.New(), Kind: OrganisationKindConsortium, LeftOn: new(NewDate(2026, 5, 1)), AsOf: testTime}
	partner := &Organisation{ID: uuid.New(), Kind: OrganisationKindPartner, AsOf: testTime}
	with := func(change func(*AdmitPartnerInput)) AdmitPartnerInput {
		in := AdmitPartnerInput{Kind: OrganisationKindPartner, Name: "Synthetic", DfeCode: new("999"), From: NewDate(2026, 6, 1), Words: "Synthetic: agreed."}
		change(&in)
		return in
	}
	for name, c := range map[string]struct {
		in         AdmitPartnerInput
		consortium *Organisation
		want       string
	}{
		"a partner, today":             {with(func(*AdmitPartnerInput) {}), nil, ""},
		"yesterday":                    {with(func(in *AdmitPartnerInput) { in.From = NewDate(2026, 5, 31) }), nil, "INVALID from"},
		"a borough":                    {with(func(in *AdmitPartnerInput) { in.Kind = OrganisationKindBorough }), consortium, ""},
		"a borough of nobody":          {with(func(in *AdmitPartnerInput) { in.Kind = OrganisationKindBorough }), nil, "INVALID consortium"},
		"a borough of a partner":       {with(func(in *AdmitPartnerInput) { in.Kind = OrganisationKindBorough }), partner, "INVALID consortium"},
		"a borough of what has left":   {with(func(in *AdmitPartnerInput) { in.Kind = OrganisationKindBorough }), gone, "WRONG_STATE"},
		"a partner of a consortium":    {with(func(*AdmitPartnerInput) {}), consortium, "INVALID consortium"},
		"a consortium":                 {with(func(in *AdmitPartnerInput) { in.Kind, in.DfeCode = OrganisationKindConsortium, nil }), nil, ""},
		"a consortium with a code":     {with(func(in *AdmitPartnerInput) { in.Kind = OrganisationKindConsortium }), nil, "INVALID dfeCode"},
		"a partner without a code":     {with(func(in *AdmitPartnerInput) { in.DfeCode = nil }), nil, "INVALID dfeCode"},
		"a code of two digits":         {with(func(in *AdmitPartnerInput) { in.DfeCode = new("99") }), nil, "INVALID dfeCode"},
		"a code with a letter":         {with(func(in *AdmitPartnerInput) { in.DfeCode = new("9O9") }), nil, "INVALID dfeCode"},
		"without a name":               {with(func(in *AdmitPartnerInput) { in.Name = " " }), nil, "INVALID name"},
		"without a word of the reason": {with(func(in *AdmitPartnerInput) { in.Words = "" }), nil, "INVALID words"},
	} {
		o, step, err := AdmitPartner(c.in, c.consortium, testTime)
		if refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (step.Kind != PartnershipJoined || step.OrganisationID != o.ID || (o.ConsortiumID == nil) != (c.consortium == nil)) {
			t.Errorf("%s: %+v, %+v", name, o, step)
		}
	}
}

func TestEndPartnership(t *testing.T) {
	is := Organisation{ID: uuid.New(), Name: "Synthetic", AsOf: testTime}
	lead, leaving, coming := is, is, is
	lead.Lead, leaving.LeftOn, coming.JoinedOn = true, new(NewDate(2027, 1, 1)), new(NewDate(2026, 9, 1))
	today := EndPartnershipInput{LastDay: NewDate(2026, 6, 1), Words: "Synthetic: agreed."}
	for name, c := range map[string]struct {
		of       Organisation
		boroughs int
		in       EndPartnershipInput
		want     string
	}{
		"today is the last":            {is, 0, today, ""},
		"yesterday was":                {is, 0, EndPartnershipInput{LastDay: NewDate(2026, 5, 31), Words: "Synthetic."}, "INVALID lastDay"},
		"the lead authority":           {lead, 0, today, "WRONG_STATE"},
		"a second time":                {leaving, 0, today, "WRONG_STATE"},
		"with boroughs":                {is, 1, today, "WRONG_STATE"},
		"before it has come":           {coming, 0, today, "INVALID lastDay"},
		"the day on which it has come": {coming, 0, EndPartnershipInput{LastDay: NewDate(2026, 9, 1), Words: "Synthetic."}, ""},
		"without a word":               {is, 0, EndPartnershipInput{LastDay: NewDate(2026, 6, 1)}, "INVALID words"},
	} {
		if _, err := EndPartnership(c.of, c.boroughs, c.in); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestMoveBorough(t *testing.T) {
	consortium := &Organisation{ID: uuid.New(), Kind: OrganisationKindConsortium, AsOf: testTime}
	partner := Organisation{ID: uuid.New(), Kind: OrganisationKindPartner, Name: "Synthetic", AsOf: testTime}
	borough := partner
	borough.Kind, borough.ConsortiumID = OrganisationKindBorough, &consortium.ID
	lead, gone := partner, borough
	lead.Lead, gone.LeftOn = true, new(NewDate(2026, 5, 1))
	words := MoveBoroughInput{Words: "Synthetic: agreed."}
	for name, c := range map[string]struct {
		of   Organisation
		to   *Organisation
		kind OrganisationKind
		step PartnershipStepKind
		want string
	}{
		"out":                       {borough, nil, OrganisationKindPartner, PartnershipMovedOut, ""},
		"in":                        {partner, consortium, OrganisationKindBorough, PartnershipMovedIn, ""},
		"out of none":               {partner, nil, "", "", "WRONG_STATE"},
		"in where it is":            {borough, consortium, "", "", "WRONG_STATE"},
		"the lead authority":        {lead, consortium, "", "", "INVALID organisation"},
		"a consortium":              {*consortium, consortium, "", "", "INVALID organisation"},
		"into what is none":         {partner, &partner, "", "", "INVALID consortium"},
		"one that has left already": {gone, nil, "", "", "WRONG_STATE"},
	} {
		is, step, err := MoveBorough(c.of, c.to, words)
		if refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (is.Kind != c.kind || step.Kind != c.step || step.ConsortiumID == nil) {
			t.Errorf("%s: %+v, %+v", name, is, step)
		}
	}
}
