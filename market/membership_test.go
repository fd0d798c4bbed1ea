package market

import (
	"testing"

	"github.com/southeasttogether/dps/market/markettest"
)

func TestMembershipStatus(t *testing.T) {
	for want, m := range map[MembershipStatus]Membership{MembershipActive: *markettest.ActiveMember, MembershipSuspended: *markettest.SuspendedMember, MembershipEnded: {SuspendedAt: &markettest.SampleTime, EndedAt: &markettest.SampleTime}} {
		if got := m.Status(); got != want {
			t.Errorf("%+v: %s", m, got)
		}
	}
}
