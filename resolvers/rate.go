package resolvers

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/southeasttogether/dps/policy"
)

// Rate bounds how much work the service does for one caller over time. Its unit is about what reading one row takes: an
// operation costs one, one more for each row that it has read, and one for each ten values that it has returned. So one
// request for long lists costs as much as hundreds of small ones. The zero Rate bounds nothing.
type Rate struct {
	PerSecond int
	Burst     int // that may be spent at once, after a rest
}

// meter holds what each caller has left. It lives in this process alone: where several serve, each gives a rate of its own.
type meter struct {
	Rate
	now func() time.Time

	mu    sync.Mutex
	debts map[string]debt
}

// debt is what a caller has spent and time has not made good yet.
type debt struct {
	units float64
	at    time.Time
}

// mostCallers bounds the memory of a meter: beyond it, those who owe nothing any more are forgotten.
const mostCallers = 10000

func newMeter(r Rate) *meter {
	return &meter{Rate: r, now: time.Now, debts: map[string]debt{}}
}

// caller is who pays: the person, in whichever capacity; without one the address that the request comes from.
func caller(a policy.Actor, r *http.Request) string {
	if a.Person != "" {
		return fmt.Sprintf("%q of %s", a.Person, a.Organisation)
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host
}

// wait is how long a caller has to wait before it is served again; what an operation costs is known after it only, so
// that a caller can go beyond its burst by one.
func (m *meter) wait(who string) time.Duration {
	if m == nil || m.PerSecond == 0 {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	over := m.owed(who) - float64(m.Burst)
	return time.Duration(max(over, 0) / float64(m.PerSecond) * float64(time.Second))
}

// charge adds what an operation has cost.
func (m *meter) charge(who string, units int) {
	if m == nil || m.PerSecond == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.debts) >= mostCallers {
		m.forget()
	}
	m.debts[who] = debt{m.owed(who) + float64(units), m.now()}
}

// owed is a caller's debt now; the lock is held.
func (m *meter) owed(who string) float64 {
	d := m.debts[who]
	return max(d.units-m.now().Sub(d.at).Seconds()*float64(m.PerSecond), 0)
}

func (m *meter) forget() {
	for who := range m.debts {
		if m.owed(who) == 0 {
			delete(m.debts, who)
		}
	}
}

// tooMuch refuses a caller who has to wait, and says how long.
func (m *meter) tooMuch(w http.ResponseWriter, wait time.Duration) *refusal {
	seconds := int(math.Ceil(wait.Seconds()))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return &refusal{http.StatusTooManyRequests, gqlerror.List{exceeded(
		"More than %d units of work a second were asked for, a unit being a row read or ten values: ask again in %d s, for less at a time.", m.PerSecond, seconds)}}
}
