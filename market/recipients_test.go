package market

import (
	"testing"

	"github.com/google/uuid"
)

func TestRestrictedRecipients(t *testing.T) {
	one := ID{KindProvider, uuid.New()}
	because := "Synthetic: only they have such a place."
	named := "The child is called Zara."
	free := regime()
	free.InvitesEveryMember = false
	for name, c := range map[string]struct {
		recipients []ID
		reason     *string
		regime     Regime
		alike      int
		want       string
	}{
		"every member":                {nil, nil, regime(), 1, ""},
		"some, of a unique profile":   {[]ID{one}, &because, regime(), 0, ""},
		"some, of a common profile":   {[]ID{one}, &because, regime(), 1, "INVALID recipients"},
		"some, where the regime lets": {[]ID{one}, &because, free, 1, ""},
		"nobody":                      {[]ID{}, &because, regime(), 0, "INVALID recipients"},
		"one twice":                   {[]ID{one, one}, &because, regime(), 0, "INVALID recipients"},
		"without a reason":            {[]ID{one}, nil, regime(), 0, "INVALID recipientsReason"},
		"a reason that names":         {[]ID{one}, &named, regime(), 0, "IDENTIFIES_CHILD recipientsReason"},
		"a reason for every member":   {nil, &because, regime(), 0, "INVALID recipients"},
	} {
		if got := refused(t, checkRecipients(PublishNeedInput{Recipients: c.recipients, RecipientsReason: c.reason}, c.regime, c.alike)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
