package market

import (
	"testing"

	"github.com/google/uuid"
)

func TestPublishNeedToRecipients(t *testing.T) {
	one := ID{KindProvider, uuid.New()}
	because := "Synthetic: only they have such a place."
	named := "The child is called Zara."
	free := pcrRegime()
	free.InvitesEveryMember = false
	for name, c := range map[string]struct {
		recipients []ID
		reason     *string
		regime     Regime
		alike      int
		want       string
	}{
		"every member":                {nil, nil, pcrRegime(), 1, ""},
		"some, of a unique profile":   {[]ID{one}, &because, pcrRegime(), 0, ""},
		"some, of a common profile":   {[]ID{one}, &because, pcrRegime(), 1, "INVALID recipients"},
		"some, where the regime lets": {[]ID{one}, &because, free, 1, ""},
		"nobody":                      {[]ID{}, &because, pcrRegime(), 0, "INVALID recipients"},
		"one twice":                   {[]ID{one, one}, &because, pcrRegime(), 0, "INVALID recipients"},
		"without a reason":            {[]ID{one}, nil, pcrRegime(), 0, "INVALID recipientsReason"},
		"a reason that names":         {[]ID{one}, &named, pcrRegime(), 0, "IDENTIFIES_CHILD recipientsReason"},
		"a reason for every member":   {nil, &because, pcrRegime(), 0, "INVALID recipients"},
	} {
		if got := refusalCode(t, checkRecipients(PublishNeedInput{Recipients: c.recipients, RecipientsReason: c.reason}, c.regime, c.alike)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
