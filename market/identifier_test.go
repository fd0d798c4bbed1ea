package market

import "testing"

func TestIdentifiersHaveOneForm(t *testing.T) {
	for _, c := range []struct {
		name        string
		parse       func(string) (string, bool)
		typed, want string
		ok          bool
	}{
		{"company", CompanyNumber, "01234567", "01234567", true},
		{"company", CompanyNumber, "1234567", "01234567", true},
		{"company", CompanyNumber, " 123 4567 ", "01234567", true},
		{"company", CompanyNumber, "sc123456", "SC123456", true},
		{"company", CompanyNumber, "SC 1234", "SC001234", true},
		{"company", CompanyNumber, "０１２３４５６７", "01234567", true},
		{"company", CompanyNumber, "1234\u200b567", "01234567", true},
		{"company", CompanyNumber, "R0000123", "R0000123", true},
		{"company", CompanyNumber, "123456789", "123456789", false},
		{"company", CompanyNumber, "00000000", "00000000", false},
		{"company", CompanyNumber, "none", "NONE", false},
		{"company", CompanyNumber, "", "", false},
		{"charity", CharityNumber, "1 234 567", "1234567", true},
		{"charity", CharityNumber, "123456–1", "123456-1", true},
		{"charity", CharityNumber, "sc012345", "SC012345", true},
		{"charity", CharityNumber, "NIC 100001", "NIC100001", true},
		{"charity", CharityNumber, "12345", "12345", false},
		{"UKPRN", UKPRN, "1000 0001", "10000001", true},
		{"UKPRN", UKPRN, "0000001", "0000001", false},
		{"URN", URN, "100 001", "100001", true},
		{"URN", URN, "sc 012345", "SC012345", true},
		{"URN", URN, "12", "12", false},
	} {
		t.Run(c.name+" "+c.typed, func(t *testing.T) {
			if got, ok := c.parse(c.typed); got != c.want || ok != c.ok {
				t.Errorf("%q, %t", got, ok)
			}
		})
	}
}
