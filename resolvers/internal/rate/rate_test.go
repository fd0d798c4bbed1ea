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

// charge adds a cost that is known.
func (m *Meter) charge(who string, units int) { m.add([]Purse{{who, 1}}, float64(units)) }

// waitOf is how long a caller would have to wait, whose reservation is left out.
func (m *Meter) waitOf(who string) time.Duration {
	return time.Duration(max(m.owed(who)-float64(m.Burst), 0) / float64(m.PerSecond) * float64(time.Second))
}

// TestReserveBoundsWhatComesAtOnce: requests whose costs are not known yet are charged in advance, and corrected.
func TestReserveBoundsWhatComesAtOnce(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	m := meterAt(Rate{PerSecond: 1, Burst: 10}, &now)
	who := []Purse{{"a", 1}}
	var settles []func(int)
	for range 200 {
		if settle, wait := m.Reserve(who); wait == 0 {
			settles = append(settles, settle)
		}
	}
	if len(settles) != 9 { // each reserves a little more than one
		t.Errorf("%d of 200 passed at once", len(settles))
	}
	for _, settle := range settles {
		settle(0)
	}
	if m.owed("a") > 0.001 {
		t.Errorf("what cost nothing is still charged: %v", m.owed("a"))
	}
	settle, wait := m.Reserve(who)
	if wait != 0 {
		t.Fatal("nothing is owed, and it waits")
	}
	settle(20)
	if _, wait = m.Reserve(who); wait < 10*time.Second {
		t.Errorf("after twice the burst it waits %v", wait)
	}
}

// TestClientOf believes only those proxies that are named, and of what they say only the last that is no proxy.
func TestClientOf(t *testing.T) {
	proxies, err := ParseProxies([]string{"10.0.0.0/8", "192.0.2.7", "fd00::/8"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ remote, forwarded, want string }{
		"no proxy":              {"198.51.100.1:80", "203.0.113.9", "198.51.100.1"},
		"a proxy":               {"10.1.1.1:80", "203.0.113.9", "203.0.113.9"},
		"a single one":          {"192.0.2.7:80", "203.0.113.9", "203.0.113.9"},
		"two proxies":           {"10.1.1.1:80", "203.0.113.9, 10.2.2.2", "203.0.113.9"},
		"what a client wrote":   {"10.1.1.1:80", "1.1.1.1, 203.0.113.9", "203.0.113.9"},
		"nothing was forwarded": {"10.1.1.1:80", "", "10.1.1.1"},
		"no address":            {"10.1.1.1:80", "203.0.113.9, synthetic", "10.1.1.1"},
		"of the sixth version":  {"[fd00::1]:80", "2001:db8::1", "2001:db8::1"},
		"mapped":                {"[::ffff:10.1.1.1]:80", "203.0.113.9", "203.0.113.9"},
		"all are proxies":       {"10.1.1.1:80", "10.3.3.3, 10.2.2.2", "10.3.3.3"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := proxies.ClientOf(r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if _, err := ParseProxies([]string{"synthetic"}); err == nil {
		t.Error("a wrong address is taken")
	}
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
		if got := m.waitOf("a").Round(time.Millisecond); got != step.wait {
			t.Errorf("%+v: to wait %v", step, got)
		}
		if m.waitOf("b") != 0 {
			t.Error("another caller waits too")
		}
	}
}

// Callers without a debt are forgotten, and no others.
func TestAMeterForgetsThoseWhoOweNothing(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	m := meterAt(Rate{PerSecond: 1, Burst: 1}, &now)
	m.charge("debtor", 1000)
	for i := range mostCallers {
		m.charge(string(rune(i+1000)), 1)
	}
	now = now.Add(time.Minute)
	m.charge("new", 1)
	if len(m.debts) != 2 || m.waitOf("debtor") == 0 {
		t.Errorf("%d callers are known, and the debtor waits %v", len(m.debts), m.waitOf("debtor"))
	}
}

func TestPayersAreAPersonACodeOrAnAddress(t *testing.T) {
	request := &http.Request{RemoteAddr: "192.0.2.1:1234"}
	other := &http.Request{RemoteAddr: "192.0.2.2:1234"}
	payer := func(a policy.Actor, r *http.Request) string { return Payers(a, r, nil)[0].Who }
	a := policy.Actor{Person: "a", Organisation: demo.Commissioner.Organisation, Role: policy.Commissioner}
	b := a
	b.Role = policy.Approver
	if payer(a, request) != payer(b, other) {
		t.Error("another capacity, or another address, is another purse")
	}
	if b.Person = "b"; payer(a, request) == payer(b, request) {
		t.Error("two people have one purse")
	}
	public, family := policy.Actor{Role: policy.Public}, policy.Actor{Role: policy.Family, Invitation: []byte{1}}
	second := policy.Actor{Role: policy.Family, Invitation: []byte{2}}
	if payer(public, request) == payer(public, other) || payer(public, request) == payer(family, request) ||
		payer(family, request) == payer(second, request) || payer(family, request) != payer(family, other) {
		t.Error("who has no name is told by the code, or by the address")
	}
	if mine, theirs := Payers(family, request, nil), Payers(second, request, nil); len(mine) != 2 || mine[1] != theirs[1] {
		t.Error("two codes from one address have no purse in common")
	}
}
