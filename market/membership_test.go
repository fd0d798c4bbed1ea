package market_test

import (
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestMembershipStatus(t *testing.T) {
	for want, m := range map[market.MembershipStatus]market.Membership{
		market.MembershipActive:    *markettest.ActiveMember,
		market.MembershipSuspended: *markettest.SuspendedMember, market.MembershipEnded: {
			SuspendedAt: &markettest.SampleTime,
			EndedAt:     &markettest.SampleTime,
		},
	} {
		if got := m.Status(); got != want {
			t.Errorf("%+v: %s", m, got)
		}
	}
}
