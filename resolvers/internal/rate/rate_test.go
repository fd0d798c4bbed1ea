package rate

import (
	"net/http"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// A meter at a time that the test sets.
func meterAt(r Rate, now *time.Time) *Meter {
	m := NewMeter(r)
	m.Now = func() time.Time { return *now }
	return m
}

func TestTimeMakesGoodWhatWasSpent(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	m := meterAt(Rate{PerSecond: 10, Burst: 100}, &now)
	for _, step := range []struct {
		after time.Duration
		spent int
		wait  time.Duration // behind it
	}{
		{0, 100, 0},
		{0, 1, 100 * time.Millisecond},
		{100 * time.Millisecond, 0, 0},
		{0, 1000, 100 * time.Second},
		{99 * time.Second, 0, time.Second},
		{time.Second, 0, 0},
		{time.Hour, 100, 0}, // a rest earns no more than the burst
		{0, 10, time.Second},
	} {
		now = now.Add(step.after)
		m.Charge("a", step.spent)
		if got := m.Wait("a").Round(time.Millisecond); got != step.wait {
			t.Errorf("%+v: to wait %v", step, got)
		}
		if m.Wait("b") != 0 {
			t.Error("another caller waits too")
		}
	}
}

// Callers without a debt are forgotten, and no others.
func TestAMeterForgetsThoseWhoOweNothing(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	m := meterAt(Rate{PerSecond: 1, Burst: 1}, &now)
	m.Charge("debtor", 1000)
	for i := range mostCallers {
		m.Charge(string(rune(i+1000)), 1)
	}
	now = now.Add(time.Minute)
	m.Charge("new", 1)
	if len(m.debts) != 2 || m.Wait("debtor") == 0 {
		t.Errorf("%d callers are known, and the debtor waits %v", len(m.debts), m.Wait("debtor"))
	}
}

func TestACallerIsAPersonOrAnAddress(t *testing.T) {
	request := &http.Request{RemoteAddr: "192.0.2.1:1234"}
	other := &http.Request{RemoteAddr: "192.0.2.2:1234"}
	a := policy.Actor{Person: "a", Organisation: demo.Commissioner.Organisation, Role: policy.Commissioner}
	b := a
	b.Role = policy.Approver
	if Caller(a, request) != Caller(b, other) {
		t.Error("another capacity, or another address, is another purse")
	}
	if b.Person = "b"; Caller(a, request) == Caller(b, request) {
		t.Error("two people have one purse")
	}
	public, family := policy.Actor{Role: policy.Public}, policy.Actor{Role: policy.Family, Invitation: []byte{1}}
	if Caller(public, request) != Caller(family, &http.Request{RemoteAddr: "192.0.2.1:9"}) ||
		Caller(public, request) == Caller(public, other) {
		t.Error("who has no name is not told by the address")
	}
}
