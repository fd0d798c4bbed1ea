// Package rate bounds how much work the service does for each caller over time.
package rate

import (
	"fmt"
	"net"
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

// Caller is who pays: the person, in any capacity or, without a person, the address that the request comes from.
func Caller(a policy.Actor, r *http.Request) string {
	if a.Person != "" {
		return fmt.Sprintf("%q of %s", a.Person, a.Organisation)
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host
}

// Wait is how long a caller has to wait before it is served again. The cost of an operation is known only after it, so
// a caller can exceed its burst by one operation.
func (m *Meter) Wait(who string) time.Duration {
	if m == nil || m.PerSecond == 0 {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	over := m.owed(who) - float64(m.Burst)
	return time.Duration(max(over, 0) / float64(m.PerSecond) * float64(time.Second))
}

// Charge adds the cost of an operation.
func (m *Meter) Charge(who string, units int) {
	if m == nil || m.PerSecond == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.debts) >= mostCallers {
		m.forget()
	}
	m.debts[who] = debt{m.owed(who) + float64(units), m.Now()}
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
