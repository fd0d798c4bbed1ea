package identifier

import (
	"testing"

	"github.com/southeasttogether/dps/market"
)

func TestIdentifiersHaveOneForm(t *testing.T) {
	tests := map[string]struct {
		canonical func(string) (string, bool)
		typed     map[string]string // "" where it is refused
	}{
		"company number": {CompanyNumber, map[string]string{
			"01234567": "01234567", "1234567": "01234567", " 1234 567 ": "01234567", "sc123456": "SC123456", "SC 123456": "SC123456",
			"sc.1234": "SC001234", "OC300001": "OC300001", "ip12345r": "IP12345R", "R0000012": "R0000012", "123\u200b456": "00123456",
			"": "", "0": "", "00000000": "", "123456789": "", "SC1234567": "", "S1234567": "", "none": "", "1234567a": "",
		}},
		"charity number": {CharityNumber, map[string]string{
			"1123456": "1123456", "0312345": "312345", "312 345": "312345", "1123456-1": "1123456", "sc 012345": "SC012345",
			"nic100012": "NIC100012", "12345": "", "11234567": "", "SC123456": "", "": "", "n/a": "",
		}},
		"UKPRN": {UKPRN, map[string]string{"10012345": "10012345", "1001 2345": "10012345", "20012345": "", "1001234": "", "": ""}},
		"school": {func(s string) (string, bool) { return URN(market.SettingSchool, s) }, map[string]string{
			"123456": "123456", " 123 456": "123456", "12345": "", "SC123456": "", "1234567": "",
		}},
		"home": {func(s string) (string, bool) { return URN(market.SettingHome, s) }, map[string]string{
			"sc 123456": "SC123456", "2612345": "2612345", "123456": "123456", "SC1234": "", "S123456": "", "": "",
		}},
	}
	for name, test := range tests {
		for typed, want := range test.typed {
			got, ok := test.canonical(typed)
			if ok != (want != "") || ok && got != want {
				t.Errorf("%s %q is %q, %v; want %q", name, typed, got, ok, want)
			}
			if again, stays := test.canonical(got); ok && (!stays || again != got) {
				t.Errorf("%s %q: its canonical form %q becomes %q", name, typed, got, again)
			}
		}
	}
}
