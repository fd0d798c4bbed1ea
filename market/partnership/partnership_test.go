package partnership

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestAdmitPartner(t *testing.T) {
	consortium := &market.Organisation{ID: uuid.New(), Kind: market.OrganisationKindConsortium, AsOf: markettest.SampleTime}
	gone := &market.Organisation{
		ID: uuid.New(), Kind: market.OrganisationKindConsortium, LeftOn: new(market.NewDate(2026, 5, 1)),
		AsOf: markettest.SampleTime,
	}
	partner := &market.Organisation{ID: uuid.New(), Kind: market.OrganisationKindPartner, AsOf: markettest.SampleTime}
	with := func(change func(*AdmitPartnerInput)) AdmitPartnerInput {
		in := AdmitPartnerInput{
			Kind: market.OrganisationKindPartner, Name: "Synthetic", DfeCode: new("999"), From: market.NewDate(2026, 6, 1),
			Words: "Synthetic: agreed.",
		}
		change(&in)
		return in
	}
	for name, c := range map[string]struct {
		in         AdmitPartnerInput
		consortium *market.Organisation
		want       string
	}{
		"a partner, today":   {with(func(*AdmitPartnerInput) {}), nil, ""},
		"in another century": {with(func(in *AdmitPartnerInput) { in.From = market.NewDate(2126, 6, 1) }), nil, "INVALID from"},
		"yesterday":          {with(func(in *AdmitPartnerInput) { in.From = market.NewDate(2026, 5, 31) }), nil, "INVALID from"},
		"a borough":          {with(func(in *AdmitPartnerInput) { in.Kind = market.OrganisationKindBorough }), consortium, ""},
		"a borough of nobody": {
			with(func(in *AdmitPartnerInput) { in.Kind = market.OrganisationKindBorough }),
			nil, "INVALID consortium",
		},
		"a borough of a partner": {
			with(func(in *AdmitPartnerInput) { in.Kind = market.OrganisationKindBorough }),
			partner, "INVALID consortium",
		},
		"a borough of what has left": {with(func(in *AdmitPartnerInput) { in.Kind = market.OrganisationKindBorough }), gone, "WRONG_STATE"},
		"a partner of a consortium":  {with(func(*AdmitPartnerInput) {}), consortium, "INVALID consortium"},
		"a consortium": {
			with(func(in *AdmitPartnerInput) { in.Kind, in.DfeCode = market.OrganisationKindConsortium, nil }), nil,
			"",
		},
		"a consortium with a code": {
			with(func(in *AdmitPartnerInput) { in.Kind = market.OrganisationKindConsortium }),
			nil, "INVALID dfeCode",
		},
		"a partner without a code":     {with(func(in *AdmitPartnerInput) { in.DfeCode = nil }), nil, "INVALID dfeCode"},
		"a code of two digits":         {with(func(in *AdmitPartnerInput) { in.DfeCode = new("99") }), nil, "INVALID dfeCode"},
		"a code with a letter":         {with(func(in *AdmitPartnerInput) { in.DfeCode = new("9O9") }), nil, "INVALID dfeCode"},
		"without a name":               {with(func(in *AdmitPartnerInput) { in.Name = " " }), nil, "INVALID name"},
		"without a word of the reason": {with(func(in *AdmitPartnerInput) { in.Words = "" }), nil, "INVALID words"},
	} {
		o, step, err := AdmitPartner(uuid.New(), c.in, c.consortium, markettest.SampleTime)
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (step.Kind != PartnershipJoined || step.OrganisationID != o.ID ||
			(o.ConsortiumID == nil) != (c.consortium == nil)) {
			t.Errorf("%s: %+v, %+v", name, o, step)
		}
	}
}

func TestEndPartnership(t *testing.T) {
	is := market.Organisation{ID: uuid.New(), Name: "Synthetic", AsOf: markettest.SampleTime}
	lead, leaving, coming := is, is, is
	lead.Lead, leaving.LeftOn, coming.JoinedOn = true, new(market.NewDate(2027, 1, 1)), new(market.NewDate(2026, 9, 1))
	today := EndPartnershipInput{LastDay: market.NewDate(2026, 6, 1), Words: "Synthetic: agreed."}
	for name, c := range map[string]struct {
		of       market.Organisation
		boroughs int
		in       EndPartnershipInput
		want     string
	}{
		"today is the last": {is, 0, today, ""},
		"yesterday was": {
			is, 0,
			EndPartnershipInput{LastDay: market.NewDate(2026, 5, 31), Words: "Synthetic."},
			"INVALID lastDay",
		},
		"in 10 years":                  {is, 0, EndPartnershipInput{LastDay: market.NewDate(2036, 6, 1), Words: "Synthetic."}, ""},
		"in more than 10 years":        {is, 0, EndPartnershipInput{LastDay: market.NewDate(2036, 6, 2), Words: "Synthetic."}, "INVALID lastDay"},
		"the lead authority":           {lead, 0, today, "WRONG_STATE"},
		"a second time":                {leaving, 0, today, "WRONG_STATE"},
		"with boroughs":                {is, 1, today, "WRONG_STATE"},
		"before it has come":           {coming, 0, today, "INVALID lastDay"},
		"the day on which it has come": {coming, 0, EndPartnershipInput{LastDay: market.NewDate(2026, 9, 1), Words: "Synthetic."}, ""},
		"without a word":               {is, 0, EndPartnershipInput{LastDay: market.NewDate(2026, 6, 1)}, "INVALID words"},
	} {
		if _, err := EndPartnership(c.of, c.boroughs, c.in); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestMoveBorough(t *testing.T) {
	consortium := &market.Organisation{ID: uuid.New(), Kind: market.OrganisationKindConsortium, AsOf: markettest.SampleTime}
	partner := market.Organisation{ID: uuid.New(), Kind: market.OrganisationKindPartner, Name: "Synthetic", AsOf: markettest.SampleTime}
	borough := partner
	borough.Kind, borough.ConsortiumID = market.OrganisationKindBorough, &consortium.ID
	lead, gone := partner, borough
	lead.Lead, gone.LeftOn = true, new(market.NewDate(2026, 5, 1))
	words := MoveBoroughInput{Words: "Synthetic: agreed."}
	for name, c := range map[string]struct {
		of   market.Organisation
		to   *market.Organisation
		kind market.OrganisationKind
		step PartnershipStepKind
		want string
	}{
		"out":                       {borough, nil, market.OrganisationKindPartner, PartnershipMovedOut, ""},
		"in":                        {partner, consortium, market.OrganisationKindBorough, PartnershipMovedIn, ""},
		"out of none":               {partner, nil, "", "", "WRONG_STATE"},
		"in where it is":            {borough, consortium, "", "", "WRONG_STATE"},
		"the lead authority":        {lead, consortium, "", "", "INVALID organisation"},
		"a consortium":              {*consortium, consortium, "", "", "INVALID organisation"},
		"into another organisation": {partner, &partner, "", "", "INVALID consortium"},
		"one that has left already": {gone, nil, "", "", "WRONG_STATE"},
	} {
		is, step, err := MoveBorough(c.of, c.to, words)
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (is.Kind != c.kind || step.Kind != c.step || step.ConsortiumID == nil) {
			t.Errorf("%s: %+v, %+v", name, is, step)
		}
	}
}

func TestCorrectLastDay(t *testing.T) {
	day := func(year, month, day int) *market.Date { return new(market.NewDate(year, time.Month(month), day)) }
	leaving := market.Organisation{ID: uuid.New(), Name: "Synthetic", AsOf: markettest.SampleTime, LeftOn: day(2026, 9, 1)}
	staying, gone, coming := leaving, leaving, leaving
	staying.LeftOn, gone.LeftOn, coming.JoinedOn = nil, day(2026, 5, 31), day(2026, 8, 1)
	for name, c := range map[string]struct {
		o         market.Organisation
		succeeded bool
		last      *market.Date
		words     string
		kind      PartnershipStepKind
		want      string
	}{
		"another day":         {leaving, false, day(2026, 10, 1), "Synthetic: a slip.", PartnershipLastDayCorrected, ""},
		"taken back":          {leaving, false, nil, "Synthetic: it stays.", PartnershipStayed, ""},
		"without a reason":    {leaving, false, nil, "", PartnershipStayed, "INVALID words"},
		"the same day":        {leaving, false, day(2026, 9, 1), "Synthetic: a slip.", "", "INVALID lastDay"},
		"a day gone by":       {leaving, false, day(2026, 5, 31), "Synthetic: a slip.", "", "INVALID lastDay"},
		"in another century":  {leaving, false, day(2126, 9, 1), "Synthetic: a slip.", "", "INVALID lastDay"},
		"before it comes":     {coming, false, day(2026, 7, 1), "Synthetic: a slip.", "", "INVALID lastDay"},
		"nothing is recorded": {staying, false, nil, "Synthetic: a slip.", "", "WRONG_STATE"},
		"it has left":         {gone, false, nil, "Synthetic: a slip.", "", "WRONG_STATE"},
		"others succeed it":   {leaving, true, nil, "Synthetic: a slip.", "", "WRONG_STATE"},
	} {
		step, err := CorrectLastDay(c.o, c.succeeded, CorrectLastDayInput{LastDay: c.last, Words: c.words})
		if markettest.RefusalCode(t, err) != c.want || c.kind != "" && step.Kind != c.kind {
			t.Errorf("%s: %v %s, want %q %s", name, err, step.Kind, c.want, c.kind)
		}
	}
}
