package record_test

import (
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market/record"
	"github.com/southeasttogether/dps/policy"
)

// TestDutiesAreWhole: every kind of alert is somebody's duty, is answered by acts of the policy, and comes again at a day that is to come.
func TestDutiesAreWhole(t *testing.T) {
	for _, kind := range record.AlertKinds {
		if record.FindDuty(kind, "") == nil {
			t.Errorf("%s is nobody's duty", kind)
		}
	}
	now := time.Date(2026, time.June, 10, 12, 0, 0, 0, time.UTC)
	for i, d := range record.Duties {
		if len(d.AnsweredBy) == 0 {
			t.Errorf("nothing answers %s", d.Name)
		}
		for _, act := range d.AnsweredBy {
			if !slices.Contains(policy.Acts(), policy.Act(act)) {
				t.Errorf("%s is answered by %q, which is no act", d.Name, act)
			}
		}
		if again := d.AgainAt(now); (again == nil) != (d.AgainDays == 0) || again != nil && !again.After(now) {
			t.Errorf("%s comes again at %v", d.Name, again)
		}
		if record.FindDuty(d.Name, d.Capacity) != &record.Duties[i] {
			t.Errorf("%s of %s is there twice", d.Name, d.Capacity)
		}
	}
}
