package admission

import (
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

// TestAskForRenewal: five working days, one request of a kind at a time.
func TestAskForRenewal(t *testing.T) {
	accounts, policy := EvidenceKind{Code: "ACCOUNTS"}, EvidenceKind{Code: "SAFEGUARDING_POLICY"}
	now := markettest.LondonTime(t, "2026-12-23 10:00:00")
	for name, c := range map[string]struct {
		m       market.Membership
		earlier []Renewal
		reason  string
		want    string
	}{
		"first":             {*markettest.ActiveMember, nil, "Synthetic.", ""},
		"while suspended":   {*markettest.SuspendedMember, nil, "Synthetic.", ""},
		"another is open":   {*markettest.ActiveMember, []Renewal{{Kind: policy}}, "Synthetic.", ""},
		"asked, and given":  {*markettest.ActiveMember, []Renewal{{Kind: accounts, RenewedAt: &markettest.SampleTime}}, "Synthetic.", ""},
		"asked already":     {*markettest.ActiveMember, []Renewal{{Kind: accounts}}, "Synthetic.", "ALREADY_EXISTS"},
		"without a reason":  {*markettest.ActiveMember, nil, " ", "INVALID reason"},
		"no member anymore": {*markettest.EndedMember, nil, "Synthetic.", "WRONG_STATE"},
	} {
		got, err := AskForRenewal(c.m, c.earlier, accounts, AskForRenewalInput{Reason: c.reason}, AdmissionTerms{RenewDays: 5}, now)
		// Christmas Day, the substitute day for Boxing Day, and New Year's Day are not working days.
		if markettest.RefusalCode(t, err) != c.want || err == nil && !got.AnswerBy.Equal(markettest.LondonTime(t, "2027-01-04 23:59:59")) {
			t.Errorf("%s: %v, by %s, want %q", name, err, got.AnswerBy, c.want)
		}
	}
}
