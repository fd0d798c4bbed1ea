package market

import "testing"

// TestAskForRenewal: five working days, one request of a kind at a time.
func TestAskForRenewal(t *testing.T) {
	accounts, policy := EvidenceKind{Code: "ACCOUNTS"}, EvidenceKind{Code: "SAFEGUARDING_POLICY"}
	now := londonTime(t, "2026-12-23 10:00:00")
	for name, c := range map[string]struct {
		m       Membership
		earlier []Renewal
		reason  string
		want    string
	}{
		"first":             {*activeMember, nil, "Synthetic.", ""},
		"while suspended":   {*suspendedMember, nil, "Synthetic.", ""},
		"another is open":   {*activeMember, []Renewal{{Kind: policy}}, "Synthetic.", ""},
		"asked, and given":  {*activeMember, []Renewal{{Kind: accounts, RenewedAt: &testTime}}, "Synthetic.", ""},
		"asked already":     {*activeMember, []Renewal{{Kind: accounts}}, "Synthetic.", "ALREADY_EXISTS"},
		"without a reason":  {*activeMember, nil, " ", "INVALID reason"},
		"no member anymore": {*endedMember, nil, "Synthetic.", "WRONG_STATE"},
	} {
		got, err := AskForRenewal(c.m, c.earlier, accounts, AskForRenewalInput{Reason: c.reason}, AdmissionTerms{RenewDays: 5}, now)
		// Christmas Day, the day given for Boxing Day, and New Year's Day are none of the five.
		if refusalCode(t, err) != c.want || err == nil && !got.AnswerBy.Equal(londonTime(t, "2027-01-04 23:59:59")) {
			t.Errorf("%s: %v, by %s, want %q", name, err, got.AnswerBy, c.want)
		}
	}
}
