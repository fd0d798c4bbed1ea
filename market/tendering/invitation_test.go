package tendering

import (
	"testing"
	"time"

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
		if err := AnswerInvitation(market.Need{Deadline: c.deadline}, c.in, c.offers, c.now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
