package evaluation

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestInviteFamilyAndUse(t *testing.T) {
	placement := market.ID{Kind: idkind.Placement, UUID: uuid.New()}
	thisTerm := market.TermOf(markettest.SampleTime)
	lastTerm := market.TermOf(thisTerm.AddDays(-1).Time)
	for name, c := range map[string]struct {
		in       InviteFamilyInput
		answered *market.Date
		want     string
	}{
		"feedback":                      {InviteFamilyInput{Kind: market.ForFeedback, Placement: &placement}, nil, ""},
		"feedback after last term's":    {InviteFamilyInput{Kind: market.ForFeedback, Placement: &placement}, &lastTerm, ""},
		"feedback twice in a term":      {InviteFamilyInput{Kind: market.ForFeedback, Placement: &placement}, &thisTerm, "ALREADY_EXISTS"},
		"feedback on nothing":           {InviteFamilyInput{Kind: market.ForFeedback}, nil, "INVALID placement"},
		"preference":                    {InviteFamilyInput{Kind: market.ForPreference}, nil, ""},
		"preference after the feedback": {InviteFamilyInput{Kind: market.ForPreference}, &thisTerm, ""},
		"preference on placement":       {InviteFamilyInput{Kind: market.ForPreference, Placement: &placement}, nil, "INVALID placement"},
	} {
		got, err := InviteFamily(c.in, market.Need{}, c.answered, markettest.SampleTime)
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && ((got.PlacementID != nil) != (c.in.Placement != nil) ||
			!got.ExpiresAt.Equal(market.AddDays(markettest.SampleTime, 60)) || got.Used()) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	fresh := market.FamilyInvitation{Kind: market.ForFeedback, ExpiresAt: markettest.SampleTime}
	used := fresh
	used.UsedAt = &markettest.SampleTime
	replaced := fresh
	replaced.ReplacedAt = &markettest.SampleTime
	for name, c := range map[string]struct {
		invitation market.FamilyInvitation
		kind       market.FamilyInvitationKind
		now        time.Time
		want       string
	}{
		"the last instant": {fresh, market.ForFeedback, markettest.SampleTime, ""}, "run out": {
			fresh, market.ForFeedback,
			markettest.SampleTime.Add(1), "DEADLINE_PASSED",
		},
		"replaced":     {replaced, market.ForFeedback, markettest.SampleTime, "WRONG_STATE"},
		"another kind": {fresh, market.ForPreference, markettest.SampleTime, "WRONG_STATE"}, "used": {
			used, market.ForFeedback,
			markettest.SampleTime, "WRONG_STATE",
		},
	} {
		if err := RequireUsableInvitation(c.invitation, c.kind, c.now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("use, %s: %v, want %q", name, err, c.want)
		}
	}
	if !strings.Contains(fresh.Promise(), "keeping children safe reads this first") ||
		(market.FamilyInvitation{Kind: market.ForPreference}).Promise() != market.PreferencePromise {
		t.Error("the promise is another's")
	}
}
