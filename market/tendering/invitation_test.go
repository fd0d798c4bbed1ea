package tendering

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestAnswerInvitation(t *testing.T) {
	full := market.DeclineReason("FULL")
	for name, c := range map[string]struct {
		deadline *time.Time
		in       AnswerInvitationInput
		offers   int
		now      time.Time
		want     string
	}{
		"intends":                {&markettest.SampleTime, AnswerInvitationInput{Answer: market.InvitationIntends}, 0, markettest.SampleTime, ""},
		"intends, with an offer": {&markettest.SampleTime, AnswerInvitationInput{Answer: market.InvitationIntends}, 1, markettest.SampleTime, ""},
		"declines": {
			&markettest.SampleTime,
			AnswerInvitationInput{Answer: market.InvitationDeclined, Reason: &full},
			0,
			markettest.SampleTime, "",
		},
		"declines its own offer": {
			&markettest.SampleTime,
			AnswerInvitationInput{Answer: market.InvitationDeclined, Reason: &full},
			1,
			markettest.SampleTime, "WRONG_STATE",
		},
		"no reason": {
			&markettest.SampleTime,
			AnswerInvitationInput{Answer: market.InvitationDeclined},
			0,
			markettest.SampleTime, "INVALID reason",
		},
		"a reason to intend": {
			&markettest.SampleTime,
			AnswerInvitationInput{Answer: market.InvitationIntends, Reason: &full},
			0,
			markettest.SampleTime, "INVALID reason",
		},
		"late": {
			&markettest.SampleTime,
			AnswerInvitationInput{Answer: market.InvitationIntends},
			0,
			markettest.SampleTime.Add(1), "DEADLINE_PASSED",
		},
		"a draft": {nil, AnswerInvitationInput{Answer: market.InvitationIntends}, 0, markettest.SampleTime, "DEADLINE_PASSED"},
	} {
		err := AnswerInvitation(market.Need{Deadline: c.deadline}, c.in, markettest.ActiveMember, c.offers, c.now)
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestAnswerInvitations(t *testing.T) {
	call := callOf(uuid.New(), markettest.LondonTime(t, "2026-07-01 23:59:59"))
	decline := AnswerInvitationInput{Answer: market.InvitationDeclined, Reason: new(market.DeclineReason("FULL"))}
	for name, c := range map[string]struct {
		facts InvitationFacts
		want  string
		made  int
	}{
		"one":                   {InvitationFacts{Call: call[:1]}, "", 1},
		"a joint call":          {InvitationFacts{Call: call}, "", 2},
		"an offer to one of it": {InvitationFacts{Call: call, Live: []market.Offer{{NeedID: call[1].ID}}}, "WRONG_STATE", 0},
		"an offer elsewhere":    {InvitationFacts{Call: call[:1], Live: []market.Offer{{NeedID: call[1].ID}}}, "", 1},
		"no need":               {InvitationFacts{}, "NOT_FOUND", 0},
	} {
		needs, err := AnswerInvitations(decline, c.facts)
		if markettest.RefusalCode(t, err) != c.want || len(needs) != c.made {
			t.Errorf("%s: %d needs, %v; want %q", name, len(needs), err, c.want)
		}
	}
}

// Who is suspended or has left cannot intend to offer, to no need of a joint call, and can decline.
func TestAnswerInvitationsAsMember(t *testing.T) {
	call := callOf(uuid.New(), markettest.LondonTime(t, "2026-07-01 23:59:59"))
	decline := AnswerInvitationInput{Answer: market.InvitationDeclined, Reason: new(market.DeclineReason("FULL"))}
	active, suspended, other := *markettest.ActiveMember, *markettest.SuspendedMember, market.Membership{LotID: uuid.New()}
	active.LotID, suspended.LotID = call[0].LotID, call[0].LotID
	for name, c := range map[string]struct {
		members []market.Membership
		intends string
	}{
		"active":              {[]market.Membership{active}, ""},
		"suspended":           {[]market.Membership{suspended}, "NOT_ADMITTED"},
		"of another lot":      {[]market.Membership{other}, "NOT_ADMITTED"},
		"left every lot":      {nil, "NOT_ADMITTED"},
		"suspended elsewhere": {[]market.Membership{{LotID: other.LotID, SuspendedAt: &markettest.SampleTime}, active}, ""},
	} {
		facts := InvitationFacts{Call: call, Memberships: c.members}
		if _, err := AnswerInvitations(AnswerInvitationInput{Answer: market.InvitationIntends}, facts); markettest.RefusalCode(t,
			err) != c.intends {
			t.Errorf("%s, intends: %v, want %q", name, err, c.intends)
		}
		if _, err := AnswerInvitations(decline, facts); err != nil {
			t.Errorf("%s, declines: %v", name, err)
		}
	}
}
