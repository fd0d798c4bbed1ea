package market

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestAppoint(t *testing.T) {
	own, other := uuid.New(), Organisation{ID: uuid.New(), Name: "Synthetic", AsOf: testTime}
	running := Need{AuthorityID: own, PublishedAt: &testTime}
	withdrawn, ranked, opened := running, running, running
	withdrawn.WithdrawnAt, ranked.RankedAt, opened.OpenedAt = &testTime, &testTime, &testTime
	left := other
	left.LeftOn = new(NewDate(2026, 5, 31))
	named := AppointInput{Person: "synthetic.helper", Capacity: "EVALUATOR"}
	for name, c := range map[string]struct {
		need Need
		of   Organisation
		in   AppointInput
		want string
	}{
		"before the deadline":      {running, other, named, ""},
		"after the opening":        {opened, other, named, ""},
		"a draft":                  {Need{AuthorityID: own}, other, named, "TOO_EARLY"},
		"when it is ranked":        {ranked, other, named, "WRONG_STATE"},
		"when it is withdrawn":     {withdrawn, other, named, "WRONG_STATE"},
		"the authority's own":      {running, Organisation{ID: own, AsOf: testTime}, named, "INVALID organisation"},
		"of one that has left":     {running, left, named, "WRONG_STATE"},
		"nobody":                   {running, other, AppointInput{Person: " "}, "INVALID person"},
		"a name without an end":    {running, other, AppointInput{Person: strings.Repeat("a", 201)}, "INVALID person"},
		"a name of the most signs": {running, other, AppointInput{Person: strings.Repeat("a", 200)}, ""},
	} {
		if err := Appoint(c.need, c.of, c.in); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if refusalCode(t, EndAppointment(Appointment{})) != "" || refusalCode(t, EndAppointment(Appointment{EndedAt: &testTime})) != "WRONG_STATE" {
		t.Error("an appointment ends once")
	}
}
