package resolvers

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// A meter at a time that the test sets.
func meterAt(r Rate, now *time.Time) *meter {
	m := newMeter(r)
	m.now = func() time.Time { return *now }
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
		m.charge("a", step.spent)
		if got := m.wait("a").Round(time.Millisecond); got != step.wait {
			t.Errorf("%+v: to wait %v", step, got)
		}
		if m.wait("b") != 0 {
			t.Error("another caller waits too")
		}
	}
}

// Whoever owes nothing is forgotten, and nobody else.
func TestAMeterForgetsThoseWhoOweNothing(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	m := meterAt(Rate{PerSecond: 1, Burst: 1}, &now)
	m.charge("debtor", 1000)
	for i := range mostCallers {
		m.charge(string(rune(i+1000)), 1)
	}
	now = now.Add(time.Minute)
	m.charge("new", 1)
	if len(m.debts) != 2 || m.wait("debtor") == 0 {
		t.Errorf("%d callers are known, and the debtor waits %v", len(m.debts), m.wait("debtor"))
	}
}

func TestACallerIsAPersonOrAnAddress(t *testing.T) {
	request := &http.Request{RemoteAddr: "192.0.2.1:1234"}
	other := &http.Request{RemoteAddr: "192.0.2.2:1234"}
	a := policy.Actor{Person: "a", Organisation: demo.Commissioner.Organisation, Role: policy.Commissioner}
	b := a
	b.Role = policy.Approver
	if caller(a, request) != caller(b, other) {
		t.Error("another capacity, or another address, is another purse")
	}
	if b.Person = "b"; caller(a, request) == caller(b, request) {
		t.Error("two people have one purse")
	}
	public, family := policy.Actor{Role: policy.Public}, policy.Actor{Role: policy.Family, Invitation: []byte{1}}
	if caller(public, request) != caller(family, &http.Request{RemoteAddr: "192.0.2.1:9"}) || caller(public, request) == caller(public, other) {
		t.Error("who has no name is not told by the address")
	}
}

// What counts is the work that a request has caused, and not that it was one.
func TestWorkIsChargedAndNotRequests(t *testing.T) {
	w := newWorld(t)
	handler := w.endpoint(t, Limits{}, true).(*endpoint)
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	handler.meter = meterAt(Rate{PerSecond: 10, Burst: 200}, &now)
	ask := func(p demo.Persona, query string) answer { return w.askAt(t, handler, p, query, nil) }
	for range 50 {
		if a := ask(demo.Commissioner, "{ viewer { capacity } }"); a.status != http.StatusOK {
			t.Fatalf("a small request is refused: %s", a.text)
		}
	}
	const dear = "{ providers(first: 20) { edges { node { name settings { edges { node { name } } } } } } }" // 20 and 40 rows
	for range 4 {
		ask(demo.Commissioner, dear)
	}
	refused := ask(demo.Commissioner, dear)
	if refused.status != http.StatusTooManyRequests || !slices.Equal(refused.codes(), []string{codeLimit}) || refused.header.Get("Retry-After") == "" {
		t.Errorf("got %d %v %s", refused.status, refused.header, refused.text)
	}
	if a := ask(demo.Neighbour, dear); a.status != http.StatusOK {
		t.Errorf("another person is refused: %s", a.text)
	}
	now = now.Add(time.Minute)
	if a := ask(demo.Commissioner, dear); a.status != http.StatusOK {
		t.Errorf("after a minute: %s", a.text)
	}
}
