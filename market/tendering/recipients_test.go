package tendering

import (
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestPublishNeedToRecipients(t *testing.T) {
	one := market.ID{Kind: idkind.Provider, UUID: uuid.New()}
	because := "Synthetic: only they have such a place."
	named := "The child is called Zara."
	free := markettest.PcrRegime()
	free.InvitesEveryMember = false
	for name, c := range map[string]struct {
		recipients []market.ID
		reason     *string
		regime     market.Regime
		alike      int
		want       string
	}{
		"every member":                {nil, nil, markettest.PcrRegime(), 1, ""},
		"some, of a unique profile":   {[]market.ID{one}, &because, markettest.PcrRegime(), 0, ""},
		"some, of a common profile":   {[]market.ID{one}, &because, markettest.PcrRegime(), 1, "INVALID recipients"},
		"some, where the regime lets": {[]market.ID{one}, &because, free, 1, ""},
		"nobody":                      {[]market.ID{}, &because, markettest.PcrRegime(), 0, "INVALID recipients"},
		"one twice":                   {[]market.ID{one, one}, &because, markettest.PcrRegime(), 0, "INVALID recipients"},
		"without a reason":            {[]market.ID{one}, nil, markettest.PcrRegime(), 0, "INVALID recipientsReason"},
		"a reason that names":         {[]market.ID{one}, &named, markettest.PcrRegime(), 0, "IDENTIFIES_CHILD recipientsReason"},
		"a reason for every member":   {nil, &because, markettest.PcrRegime(), 0, "INVALID recipients"},
	} {
		if got := markettest.RefusalCode(t, checkRecipients(PublishNeedInput{Recipients: c.recipients, RecipientsReason: c.reason}, c.regime,
			c.alike)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
