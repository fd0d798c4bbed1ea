package hostile_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// honestCaller is somebody who continues ordinary work while the service is attacked.
type honestCaller struct {
	*attackTarget
	body   []byte
	header http.Header
}

func (g *attackTarget) newHonestCaller(t testing.TB) honestCaller {
	t.Helper()
	return honestCaller{
		attackTarget: g,
		body: []byte(requestBody("{ needs { edges { node { reference status offers { provider { name } ranking { rank total } } } } } }",
			nil)),
		header: http.Header{"Content-Type": {"application/json"}, "Authorization": {g.authorizationOf(t, demo.Commissioner)}},
	}
}

// timeRequest asks once, and says how long it took.
func (h honestCaller) timeRequest(t testing.TB) time.Duration {
	begun := time.Now()
	if r := h.postBody(t, h.body, h.header); !r.data || len(r.errors) > 0 {
		t.Errorf("an honest request is refused: %.300s", r.body)
	}
	return time.Since(begun)
}

// waitTimes are how long honest callers waited.
type waitTimes struct{ before, during time.Duration }

// measureDuring measures how long honest callers wait before and during an attack. It only reports, because that
// depends on the machine. Their requests must still be answered, or the test fails.
func (h honestCaller) measureDuring(t testing.TB, attack func()) waitTimes {
	t.Helper()
	var quiet, busy []time.Duration
	for range 40 {
		quiet = append(quiet, h.timeRequest(t))
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
				busy = append(busy, h.timeRequest(t))
			}
		}
	}()
	attack()
	stop()
	<-done
	return waitTimes{percentile95(quiet), percentile95(busy)}
}

func percentile95(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)*95/100]
}

// warmUp makes the service do what it does once: connections, caches.
func (g *attackTarget) warmUp(t testing.TB) {
	t.Helper()
	h := g.newHonestCaller(t)
	for range 20 {
		h.timeRequest(t)
	}
}
