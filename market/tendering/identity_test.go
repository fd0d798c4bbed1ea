package tendering

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestRecordIdentity(t *testing.T) {
	now := markettest.LondonTime(t, "2026-11-25 12:00:00")
	for name, c := range map[string]struct {
		in   RecordIdentityInput
		want string
	}{
		"a child":    {RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: market.NewDate(2015, time.May, 1)}, ""},
		"born today": {RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: market.NewDate(2026, time.November, 25)}, ""},
		"born tomorrow": {
			RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: market.NewDate(2026, time.November, 26)},
			"INVALID dateOfBirth",
		},
		"25, 26 tomorrow": {RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: market.NewDate(2000, time.November, 26)}, ""},
		"26 years and more": {
			RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: market.NewDate(2000, time.November, 24)},
			"INVALID dateOfBirth",
		},
		"other names": {
			RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: market.NewDate(2015, time.May, 1), OtherNames: []string{"Synthetic Family"}},
			"",
		},
		"an empty other name": {
			RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: market.NewDate(2015, time.May, 1), OtherNames: []string{"Synthetic", " "}},
			"INVALID otherNames",
		},
		"too many other names": {
			RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: market.NewDate(2015, time.May, 1), OtherNames: make([]string, 21)},
			"INVALID otherNames",
		},
		"no name": {RecordIdentityInput{DateOfBirth: market.NewDate(2015, time.May, 1)}, "INVALID name"},
	} {
		if _, err := RecordIdentity(c.in, now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
