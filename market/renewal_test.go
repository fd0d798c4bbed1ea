package market

import "testing"

// TestAskForRenewal: five working days, one request of a kind at a time.
func TestAskForRenewal(t *testing.T) {
	accounts, policy := EvidenceKind{Code: "ACCOUNTS"}, EvidenceKind{Code: "SAFEGUARDING_POLICY"}
	now := at(t, "2026-12-23 10:00:00")
	for name, c := range map[string]struct {
		m       Membership
		earlier []Renewal
		reason  string
		want    string
	}{
		"first":             {*active, nil, "Synthetic.", ""},
		"while suspended":   {*suspended, nil, "Synthetic.", ""},
		"another is open":   {*active, []Renewal{{Kind: policy}}, "Synthetic.", ""},
		"asked, and given":  {*active, []Renewal{{Kind: accounts, RenewedAt: &moment}}, "Synthetic.", ""},
		"asked already":     {*active, []Renewal{{Kind: accounts}}, "Synthetic.", "ALREADY_EXISTS"},
		"without a reason":  {*active, nil, " ", "INVALID reason"},
		"no member anymore": {*ended, nil, "Synthetic.", "WRONG_STATE"},
	} {
		got, err := AskForRenewal(c.m, c.earlier, accounts, AskForRenewalInput{Reason: c.reason}, AdmissionTerms{RenewDays: 5}, now)
		// Christmas Day, the day given for Boxing Day, and New Year's Day are none of the five.
		if refused(t, err) != c.want || err == nil && !got.AnswerBy.Equal(at(t, "2027-01-04 23:59:59")) {
			t.Errorf("%s: %v, by %s, want %q", name, err, got.AnswerBy, c.want)
		}
	}
}
