package hostile_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// honest is somebody who goes on with ordinary work while the service is attacked.
type honest struct {
	*target
	body   []byte
	header http.Header
}

func (g *target) honest(t testing.TB) honest {
	t.Helper()
	return honest{
		target: g,
		body:   []byte(request("{ needs { edges { node { reference status offers { provider { name } ranking { rank total } } } } } }", nil)),
		header: http.Header{"Content-Type": {"application/json"}, "Authorization": {g.authorization(t, demo.Commissioner)}},
	}
}

// ask asks once, and says how long it took.
func (h honest) ask(t testing.TB) time.Duration {
	begun := time.Now()
	if r := h.send(t, h.body, h.header); !r.data || len(r.errors) > 0 {
		t.Errorf("an honest request is refused: %.300s", r.body)
	}
	return time.Since(begun)
}

// p95 are of what the honest have waited.
type p95 struct{ before, during time.Duration }

// during measures what the honest wait before and during an attack: a report, as it hangs on the machine. What they ask
// is answered all the same, or the test fails.
func (h honest) during(t testing.TB, attack func()) p95 {
	t.Helper()
	var quiet, busy []time.Duration
	for range 40 {
		quiet = append(quiet, h.ask(t))
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pause := time.NewTicker(50 * time.Millisecond); ; {
			select {
			case <-ctx.Done():
				pause.Stop()
				return
			case <-pause.C:
				busy = append(busy, h.ask(t))
			}
		}
	}()
	attack()
	stop()
	<-done
	return p95{ninetyFifth(quiet), ninetyFifth(busy)}
}

func ninetyFifth(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)*95/100]
}

// warm lets the service make what it makes once: connections, caches.
func (g *target) warm(t testing.TB) {
	t.Helper()
	h := g.honest(t)
	for range 20 {
		h.ask(t)
	}
}
