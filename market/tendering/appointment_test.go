package tendering

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestAppoint(t *testing.T) {
	own, other := uuid.New(), market.Organisation{ID: uuid.New(), Name: "Synthetic", AsOf: markettest.SampleTime}
	running := market.Need{AuthorityID: own, PublishedAt: &markettest.SampleTime}
	withdrawn, ranked, opened := running, running, running
	withdrawn.WithdrawnAt, ranked.RankedAt, opened.OpenedAt = &markettest.SampleTime, &markettest.SampleTime, &markettest.SampleTime
	left := other
	left.LeftOn = new(market.NewDate(2026, 5, 31))
	named := AppointInput{Person: "synthetic.helper", Capacity: "EVALUATOR"}
	for name, c := range map[string]struct {
		need market.Need
		of   market.Organisation
		in   AppointInput
		want string
	}{
		"before the deadline":      {running, other, named, ""},
		"after the opening":        {opened, other, named, ""},
		"a draft":                  {market.Need{AuthorityID: own}, other, named, "TOO_EARLY"},
		"when it is ranked":        {ranked, other, named, "WRONG_STATE"},
		"when it is withdrawn":     {withdrawn, other, named, "WRONG_STATE"},
		"the authority's own":      {running, market.Organisation{ID: own, AsOf: markettest.SampleTime}, named, "INVALID organisation"},
		"of one that has left":     {running, left, named, "WRONG_STATE"},
		"nobody":                   {running, other, AppointInput{Person: " "}, "INVALID person"},
		"a name without an end":    {running, other, AppointInput{Person: strings.Repeat("a", 201)}, "INVALID person"},
		"a name of the most signs": {running, other, AppointInput{Person: strings.Repeat("a", 200)}, ""},
	} {
		if err := Appoint(c.need, c.of, c.in); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if markettest.RefusalCode(t, EndAppointment(market.Appointment{})) != "" || markettest.RefusalCode(t,
		EndAppointment(market.Appointment{EndedAt: &markettest.SampleTime})) != "WRONG_STATE" {
		t.Error("an appointment ends once")
	}
}
