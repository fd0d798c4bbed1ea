// Package rate bounds how much work the service does for each caller over time.
package rate

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/southeasttogether/dps/policy"
)

// Rate limits how much work the service does for one caller over time. Its unit is about the work of reading one row.
// An operation costs one, plus one for each row that it read and one for each ten values that it returned. So one
// request for long lists costs as much as hundreds of small ones. The zero Rate is no limit.
type Rate struct {
	PerSecond int
	Burst     int // that can be spent at once, after a rest
}

// Meter holds what each caller has left. It is in the memory of this process: if several processes serve, each gives
// its own rate.
type Meter struct {
	Rate
	Now func() time.Time

	mu    sync.Mutex
	debts map[string]debt
}

// debt is what a caller has spent and time has not yet restored.
type debt struct {
	units float64
	at    time.Time
}

// mostCallers limits the memory of a meter. Above it, callers without a debt are forgotten.
const mostCallers = 10000

// NewMeter makes a meter of a rate.
func NewMeter(r Rate) *Meter {
	return &Meter{Rate: r, Now: time.Now, debts: map[string]debt{}}
}

// Purse is who pays for a request, and how much of it: 1 for all.
type Purse struct {
	Who   string
	Share float64
}

// familiesAtOneAddress is how many families behind one address, such as a library's, are served as if each had an address of its own.
const familiesAtOneAddress = 20

// Payers are who pays for a request: the person, in any capacity; a family by its code and, in a smaller part, by its address, so that
// guessed codes are no new purses; anybody else by the address that the request comes from.
func Payers(a policy.Actor, r *http.Request, proxies Proxies) []Purse {
	address := proxies.ClientOf(r)
	switch {
	case a.Person != "":
		return []Purse{{fmt.Sprintf("%q of %s", a.Person, a.Organisation), 1}}
	case len(a.Invitation) > 0:
		return []Purse{{fmt.Sprintf("code %x", a.Invitation), 1}, {"families at " + address, 1. / familiesAtOneAddress}}
	}
	return []Purse{{address, 1}}
}

// reservation is what a request is charged before its cost is known. Many that come at once are so told that they are too many.
func (m *Meter) reservation() float64 { return 1 + float64(m.Burst)/200 }

// Reserve charges a request in advance, or says how long its caller has to wait. Settle corrects the charge once the cost is known, and
// must be called.
func (m *Meter) Reserve(payers []Purse) (settle func(units int), wait time.Duration) {
	if m == nil || m.PerSecond == 0 {
		return func(int) {}, 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	reserved := m.reservation()
	for _, p := range payers {
		if owed := m.owed(p.Who); owed > 0 && owed+reserved*p.Share > float64(m.Burst) {
			over := owed + reserved*p.Share - float64(m.Burst)
			wait = max(wait, time.Duration(over/float64(m.PerSecond)*float64(time.Second)))
		}
	}
	if wait > 0 {
		return nil, wait
	}
	m.add(payers, reserved)
	return func(units int) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.add(payers, float64(units)-reserved)
	}, 0
}

// add changes what each payer owes. The lock must be held.
func (m *Meter) add(payers []Purse, units float64) {
	if len(m.debts) >= mostCallers {
		m.forget()
	}
	for _, p := range payers {
		m.debts[p.Who] = debt{max(m.owed(p.Who)+units*p.Share, 0), m.Now()}
	}
}

// owed is a caller's debt now. The lock must be held.
func (m *Meter) owed(who string) float64 {
	d := m.debts[who]
	return max(d.units-m.Now().Sub(d.at).Seconds()*float64(m.PerSecond), 0)
}

func (m *Meter) forget() {
	for who := range m.debts {
		if m.owed(who) == 0 {
			delete(m.debts, who)
		}
	}
}
